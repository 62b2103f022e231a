/*
 * cgo.c - C code of users: calls of C from Go, calls of Go from C, threads that C made.
 *
 * A call of C is a system call that runs on the thread's system stack (arch/<cpu>/cgo.S). C may call Go again by crosscall2: the goroutine gets a P
 * back and a return address on its stack, above which the Go function runs like any other, in a scheduler loop below C's frames. The thread belongs to the
 * goroutine as long as such frames exist. A panic or Goexit that leaves them behind only moves the thread's system stack pointer back.
 *
 * The names here are those that the code written by upstream's cgo tool refers to.
 */
#include "gc/gc.h"
#include "panic/panic.h"
#include "stack/stack.h"
#include <pthread.h>
#include <signal.h>
#include <string.h>

extern const char callback[] __asm__("runtime.cgocallback");

void crosscall2(void (*fn)(void *), void *arg, int n, size_t ctxt);
char *_cgo_topofstack(void);
size_t _cgo_wait_runtime_init_done(void);
void _cgo_release_context(size_t ctxt);

static uint32_t ready;			/* init functions of Go have run: threads of C may call Go */
static Lock extralock;
static M *extras;			/* of C threads that ended, with their goroutines */
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

/* One call of Go by C, in crosscall2's frame. */
struct CgoFrame {
	CgoFrame *link;			/* the one it is nested in */
	uintptr_t syssp;		/* what m->syssp was: C's frames lie below it */
	uintptr_t depth;		/* from the top of the goroutine's stack to the frame that called C */
};

/* ---- from Go to C ---- */

void
rt_entercgo(void)
{
	M *m = getm();

	m->ncgocall++;
	m->incgo = true;
	rt_entersyscall();
}

void
rt_exitcgo(void)
{
	getm()->incgo = false;
	rt_exitsyscall();
}

uintptr_t
rt_numcgocall(void)
{
	uint64_t n = 0;

	for (M *m = LOADACQ(&sched.allm); m != NULL; m = m->alllink)
		n += LOADREL(&m->ncgocall);
	return n;
}

void
rt_cgoready(void)
{
	STORESC(&ready, 1);
	rt_futexwake(&ready, INT32_MAX);
}

/* ---- threads that C made ---- */

/* The thread ends: its M waits for another. */
static void
threadexit(void *arg)
{
	M *m = arg;

	signal_exit(m);
	rt_m = NULL;
	m->tid = 0;
	rt_lock(&extralock);
	m->link = extras;
	extras = m;
	rt_unlock(&extralock);
}

static void
makekey(void)
{
	if (pthread_key_create(&key, threadexit) != 0)
		rt_throw("cgo: no thread-specific key is left");
}

/* The first call of Go on this thread: it becomes an M, until it ends. */
static M *
adopt(void)
{
	sigset_t all, old;
	M *m;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	pthread_once(&once, makekey);
	rt_lock(&extralock);
	m = extras;
	if (m != NULL)
		extras = m->link;
	rt_unlock(&extralock);
	if (m == NULL) {
		m = rt_persistent(sizeof *m, 64);
		m->isextra = true;
		sched_addm(m);
	}
	m->link = NULL;
	m->tid = os_gettid();
	m->g0hi = (uintptr_t)&all;
	rt_m = m;
	if (m->extrag == NULL)
		m->extrag = g_newforeign();
	if (pthread_setspecific(key, m) != 0)
		rt_oom("thread-specific data");
	signal_adopt(m, &old);
	return m;
}

/* ---- from C to Go ---- */

static void
lockthread(M *m, G *g)
{
	g->cgolocks++;
	m->lockedg = g;
	g->lockedm = m;
}

static void
unlockthread(M *m, G *g)
{
	if (--g->cgolocks == 0 && g->lockcount == 0) {
		m->lockedg = NULL;
		g->lockedm = NULL;
	}
}

/* What runs next on the goroutine's stack returns to arch_cgoback_ret, which finds the context as it is. */
static void
pushreturn(G *g)
{
	g->sp -= CGOBACK_FRAME;
	if (ARCH_LINKREG) {
		*(uintptr_t *)g->sp = g->link;
		g->link = (uintptr_t)arch_cgoback_ret;
	} else {
		g->sp -= ARCH_RETADDRSIZE;
		*(uintptr_t *)g->sp = (uintptr_t)arch_cgoback_ret;
	}
}

/* Calls the Go function fn(arg); n and ctxt are of no use here. */
void
crosscall2(void (*fn)(void *), void *arg, int n, size_t ctxt)
{
	M *m = rt_m != NULL ? rt_m : adopt();
	bool foreign = m->isextra && m->cgo == NULL;
	CgoFrame fr = { .link = m->cgo, .syssp = m->syssp };
	G *g;

	(void)n;
	(void)ctxt;
	if (foreign) {
		m->curg = m->extrag;
		m->curg->m = m;
		/* a collection may look at it before we have a P */
		m->curg->syscallsp = m->curg->sp;
		m->curg->syscalllink = m->curg->link;
		m->curg->insyscall = 1;
		STOREREL(&m->curg->status, GS_SYSCALL);
	}
	g = m->curg;
	if (g == NULL || !g->insyscall)
		rt_throw("call of Go by C that Go did not call");
	m->incgo = false;
	m->cgo = &fr;
	lockthread(m, g);
	sched_reenter(m);
	fr.depth = g->stackhi - g->sp;
	pushreturn(g);
	g->ctxt = NULL;
	g->pc = (uintptr_t)callback;
	g->ret[0] = (uintptr_t)fn;
	g->ret[1] = (uintptr_t)arg;
	sched_callback(m, g);
	/* the stub popped what was pushed: g->sp is that of the call of C again, wherever the stack lies now */
	m->cgo = fr.link;
	m->syssp = fr.syssp;
	unlockthread(m, g);
	rt_entersyscall();
	if (!foreign) {
		m->incgo = true;
		return;
	}
	g->insyscall = 0;
	STOREREL(&g->status, GS_DEAD);
	g->m = NULL;
	m->curg = NULL;
	m->oldp = NULL;
}

/* The goroutine goes on in a frame at sp, or ends: calls that were nested deeper are over. */
void
cgo_unwind(G *g, uintptr_t sp)
{
	M *m = getm();

	while (m->cgo != NULL && sp >= g->stackhi - m->cgo->depth) {
		if (m->cgo->link == NULL && m->isextra)
			rt_fatal("runtime.Goexit called in a thread that was not created by the Go runtime");
		m->syssp = m->cgo->syssp;
		m->cgo = m->cgo->link;
		unlockthread(m, g);
	}
}

/* Where the results of a call are, if the stack was moved meanwhile: wrappers written by cgo look at the difference. */
char *
_cgo_topofstack(void)
{
	return (char *)getg()->stackhi;
}

/* Constructors of C run before the runtime: threads they start wait here, until all init functions of Go have run. */
size_t
_cgo_wait_runtime_init_done(void)
{
	while (rt_m == NULL && LOADACQ(&ready) == 0)
		rt_futexwait(&ready, 0, -1);
	return 0;
}

void
_cgo_release_context(size_t ctxt)
{
	(void)ctxt;
}
