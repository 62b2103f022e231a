# runtime.mk - sources of libruntime.a, by who includes whom: os, mem, stack, the rest.
runtime_SRC := \
	mem/class.c mem/pages.c mem/bitmap.c mem/malloc.c mem/sweep.c \
	stack/symtab.c stack/unwind.c stack/stack.c \
	sched/g.c sched/proc.c sched/sysmon.c sched/sema.c sched/coro.c \
	gc/gc.c gc/mark.c gc/roots.c gc/special.c gc/stats.c \
	chan/chan.c chan/select.c time/timer.c netpoll/netpoll.c \
	prof/bucket.c prof/cpu.c \
	panic/print.c panic/traceback.c panic/fatal.c panic/recover.c
runtime_SRC_linux := \
	os/linux/futex.c os/linux/mmap.c os/linux/thread.c os/linux/epoll.c os/linux/signal.c os/linux/main.c
runtime_SRC_amd64 := \
	arch/amd64/switch.S arch/amd64/stubs.S arch/amd64/leaf.S arch/amd64/reflect.S arch/amd64/syscall.S
