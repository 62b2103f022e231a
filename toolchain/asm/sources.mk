# The assembler: language here, instructions in target/<goarch>/asm*.c.
asm_SRC := \
	lex.c \
	macro.c \
	operand.c \
	parse.c \
	data.c \
	func.c \
	cpu.c \
	list.c \
	all.c
