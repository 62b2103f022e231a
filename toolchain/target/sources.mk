# Back ends: the list of CPUs; each has its own folder.
target_SRC := \
	all.c \
	emit.c \
	list.c \
	reloc.c \
	select.c
