# sources.mk - sources of libruntime.a for every target, by who includes whom: mem, stack, the rest. Each os/<goos> and
# arch/<goarch> lists its own.
runtime_SRC := \
	mem/class.c mem/pages.c mem/bitmap.c mem/malloc.c mem/sweep.c \
	stack/symtab.c stack/unwind.c stack/stack.c \
	sched/g.c sched/proc.c sched/sysmon.c sched/sema.c sched/coro.c sched/cgo.c \
	gc/gc.c gc/mark.c gc/roots.c gc/special.c gc/stats.c gc/heapdump.c \
	chan/chan.c chan/select.c time/timer.c netpoll/netpoll.c \
	prof/bucket.c prof/cpu.c \
	cgo/libc.c \
	panic/print.c panic/traceback.c panic/fatal.c panic/recover.c \
	arch/stubs.S
