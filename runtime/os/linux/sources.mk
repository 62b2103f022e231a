# The part of libruntime.a for Linux.
runtime_SRC_linux := \
	exec.c futex.c mmap.c thread.c threadlist.c epoll.c signal.c main.c
