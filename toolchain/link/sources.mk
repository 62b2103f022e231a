# The linker, in the order of its passes.
link_SRC := \
	passes.c \
	symbol.c \
	load.c \
	cobject.c \
	library.c \
	cgo.c \
	reach.c \
	strvar.c \
	layout.c \
	pclntab.c \
	module.c \
	reloc.c \
	dwarf.c \
	pie.c \
	elf.c \
	external.c \
	host.c
