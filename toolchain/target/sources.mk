# Back ends: the list of CPUs; each has its own folder.
target_SRC := \
	all.c \
	list.c \
	select.c
