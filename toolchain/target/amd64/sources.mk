# The amd64 back end.
target_amd64_SRC := \
	targ.c \
	reloc.c \
	isel.c \
	encode.c \
	asm.c \
	asminsn.c \
	asmencode.c
