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
	passes.c
