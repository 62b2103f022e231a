# The middle end, in reading order.
ssa_SRC := \
	ops.c \
	abi.c \
	func.c \
	cfg.c \
	dom.c \
	live.c \
	print.c \
	parse.c \
	check.c \
	passes.c \
	addr.c \
	escape.c \
	promote.c \
	fold.c \
	cse.c \
	memory.c \
	nilcheck.c \
	bounds.c \
	divconst.c \
	thread.c \
	deadcode.c \
	alloc.c \
	barrier.c \
	slotlive.c \
	regalloc.c \
	stackmap.c \
	frame.c \
	gen.c
