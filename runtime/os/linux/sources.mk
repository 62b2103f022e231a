# The part of libruntime.a for Linux.
runtime_SRC_linux := \
	futex.c mmap.c thread.c epoll.c signal.c main.c
