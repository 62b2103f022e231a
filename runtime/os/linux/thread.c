/*
 * thread.c - threads, clocks and the few system calls the runtime makes for itself.
 *
 * Threads are pthreads, so that libc's TLS is right in them, but their stacks are ours: musl's default is too small for cgo
 * and its own mapping would not be counted. A guard page lies below each.
 */
#include "arch/arch.h"
#include "os/os.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

struct OsThread {			/* at the low end of its memory, before the guard page */
	void (*fn)(void *);
	void *arg;
	pthread_t id;
	uintptr_t size;
};

static void *
threadmain(void *p)
{
	OsThread *t = p;

	t->fn(t->arg);
	return NULL;
}

int
os_newthread(void (*fn)(void *), void *arg, uintptr_t stacksize, OsThread **out)
{
	uintptr_t below = 2 * os_pagesize;
	pthread_attr_t a;
	sigset_t all, old;
	uint8_t *stk;
	OsThread *t;
	int r;

	stk = os_map(0, below + stacksize, MEM_STACK);
	if (stk == NULL)
		return -ENOMEM;
	mprotect(stk + os_pagesize, os_pagesize, PROT_NONE);
	t = (OsThread *)stk;
	*t = (OsThread){ .fn = fn, .arg = arg, .size = below + stacksize };
	pthread_attr_init(&a);
	pthread_attr_setstack(&a, stk + below, stacksize);
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	r = pthread_create(&t->id, &a, threadmain, t);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	pthread_attr_destroy(&a);
	if (r != 0)
		os_unmap(stk, t->size, MEM_STACK);
	else
		*out = t;
	return -r;
}

void
os_jointhread(OsThread *t)
{
	pthread_join(t->id, NULL);
	os_unmap(t, t->size, MEM_STACK);
}

int
os_gettid(void)
{
	return (int)arch_syscall6(SYS_gettid, 0, 0, 0, 0, 0, 0);
}

int
os_tgkill(int tid, int sig)
{
	return (int)arch_syscall6(SYS_tgkill, getpid(), tid, sig, 0, 0, 0);
}

void
os_yield(void)
{
	arch_syscall6(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}

void
os_usleep(uint32_t us)
{
	struct timespec ts = { us / 1000000, us % 1000000 * 1000 };

	arch_syscall6(SYS_nanosleep, (long)&ts, 0, 0, 0, 0, 0);
}

int
os_ncpu(void)
{
	uint64_t set[128];
	long n = arch_syscall6(SYS_sched_getaffinity, 0, sizeof set, (long)set, 0, 0, 0);
	int c = 0;

	for (long i = 0; i < n / 8; i++)
		c += __builtin_popcountll(set[i]);
	return c > 0 ? c : 1;
}

int64_t
rt_nanotime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

/* n, or -errno. */
uintptr_t
rt_write(uintptr_t fd, const void *p, uintptr_t n)
{
	return (uintptr_t)arch_syscall6(SYS_write, (long)fd, (long)p, (long)(int32_t)n, 0, 0, 0);
}

void
os_random(void *p, size_t n)
{
	uint8_t *b = p;

	if (arch_syscall6(SYS_getrandom, (long)p, (long)n, 0, 0, 0, 0) == (long)n)
		return;
	/* an old kernel: better than nothing */
	for (size_t i = 0; i < n; i++)
		b[i] = (uint8_t)((arch_ticks() * 0x9e3779b97f4a7c15u + (uint64_t)rt_nanotime()) >> 32);
}

_Noreturn void
os_exit(int code)
{
	for (;;)
		arch_syscall6(SYS_exit_group, code, 0, 0, 0, 0, 0);
}
