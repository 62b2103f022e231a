# Symbols in memory, object files, archives.
obj_SRC := \
	sym.c \
	write.c \
	ar.c \
	packed.c
