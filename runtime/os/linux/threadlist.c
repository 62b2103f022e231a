/*
 * threadlist.c - every thread that runs the program's code, and one system call on all of them.
 *
 * Linux keeps user IDs, capabilities and the like per thread, and a new thread inherits those of its maker. So that all have the same ones, a
 * thread is on the list before it exists, and neither a thread nor its maker can miss a call: both need the lock for it. A thread that ends
 * stays on the list until it is gone for the system; the next one that is started clears it away.
 */
#include "panic/panic.h"
#include <errno.h>
#include <pthread.h>
#include <string.h>

static Lock lock;
static M *threads;
static M *unused;			/* Ms of threads that are gone */
static struct {
	uint32_t seq, left;
	long arg[7];
	long want;
} call;

/* lock held */
static void
add(M *m)
{
	m->allsys = call.seq;
	m->threadlink = threads;
	threads = m;
}

/* lock held: threads that have said that they end */
static void
clear(void)
{
	for (M **p = &threads, *m; (m = *p) != NULL;) {
		if (!LOADACQ(&m->exiting)) {
			p = &m->threadlink;
			continue;
		}
		*p = m->threadlink;
		os_jointhread(m->thread);
		*m = (M){
			.alllink = m->alllink, .altstack = m->altstack, .ncgocall = m->ncgocall, .threadlink = unused
		};
		unused = m;
	}
}

static void
start(void *arg)
{
	M *m = arg;

	rt_m = m;
	STOREREL(&m->tid, os_gettid());
	signal_minit(m);
	m->startfn(m);
}

int
threads_start(M *m, void (*fn)(M *), uintptr_t stacksize)
{
	int r;

	m->startfn = fn;
	rt_lock(&lock);
	clear();
	add(m);
	r = os_newthread(start, m, stacksize, &m->thread);
	if (r != 0)
		threads = m->threadlink;
	rt_unlock(&lock);
	return r;
}

M *
threads_newm(void)
{
	M *m;

	rt_lock(&lock);
	clear();
	m = unused;
	if (m != NULL)
		unused = m->threadlink;
	rt_unlock(&lock);
	return m != NULL ? m : rt_persistent(sizeof *m, 64);
}

_Noreturn void
threads_exit(M *m)
{
	rt_m = NULL;
	STORESC(&m->exiting, 1);
	pthread_exit(NULL);
}

void
threads_adopt(M *m)
{
	rt_lock(&lock);
	add(m);
	rt_unlock(&lock);
}

void
threads_leave(M *m)
{
	rt_lock(&lock);
	for (M **p = &threads; *p != NULL; p = &(*p)->threadlink)
		if (*p == m) {
			*p = m->threadlink;
			break;
		}
	rt_unlock(&lock);
}

static bool
failed(long r)
{
	return r < 0 && r > -4096;
}

void
threads_signal(M *m)
{
	uint32_t seq = LOADSC(&call.seq);
	long *a = call.arg;

	if (m->allsys == seq)
		return;
	if (arch_syscall6(a[0], a[1], a[2], a[3], a[4], a[5], a[6]) != call.want)
		rt_throw("AllThreadsSyscall results differ between threads; runtime corrupted");
	STOREREL(&m->allsys, seq);
	XADD(&call.left, (uint32_t)-1);
}

/* lock held: has every other thread make the call. Those that are on their way out may end without. */
static void
callothers(M *m)
{
	call.left = 0;
	for (M *t = threads; t != NULL; t = t->threadlink)
		call.left += t != m;
	m->allsys = call.seq + 1;
	STORESC(&call.seq, call.seq + 1);
	while (LOADSC(&call.left) != 0) {
		for (M *t = threads; t != NULL; t = t->threadlink) {
			int tid = LOADACQ(&t->tid);

			if (t == m || tid == 0 || LOADACQ(&t->allsys) == call.seq || os_tgkill(tid, SIGURG) != -ESRCH ||
			    LOADACQ(&t->allsys) == call.seq)
				continue;
			t->allsys = call.seq;
			XADD(&call.left, (uint32_t)-1);
		}
		os_usleep(100);
	}
}

/* (r1, r2, errno): here first; if it fails no other thread tries. */
void
rt_allthreadssyscall(long trap, long a1, long a2, long a3, long a4, long a5, long a6)
{
	M *m = getm();
	G *g = m->curg;
	long r;

	rt_lock(&lock);
	r = arch_syscall6(trap, a1, a2, a3, a4, a5, a6);
	if (!failed(r)) {
		long args[] = { trap, a1, a2, a3, a4, a5, a6 };

		memcpy(call.arg, args, sizeof args);
		call.want = r;
		callothers(m);
	}
	rt_unlock(&lock);
	g->ret[0] = failed(r) ? (uintptr_t)-1 : (uintptr_t)r;
	g->ret[1] = 0;
	g->ret[2] = failed(r) ? (uintptr_t)-r : 0;
}
