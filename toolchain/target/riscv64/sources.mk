# The riscv64 back end.
target_riscv64_SRC := \
	targ.c \
	reloc.c \
	isel.c \
	encode.c \
	asm.c
