# The arm64 back end.
target_arm64_SRC := \
	targ.c \
	reloc.c \
	isel.c \
	encode.c \
	asm.c \
	asminsn.c \
	asmencode.c
