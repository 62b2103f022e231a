/*
 * signal.c - signals: faults that become panics, preemption, the queue of os/signal, and the death of the process.
 *
 * Handlers run on the alternate stack of their thread, find M through the thread-local, and take no lock. A fault in Go code (the module's text) or in
 * a leaf of arch/ becomes a call of the overlay's rtpanic; one in C is fatal. Signals 32 to 34 belong to libc.
 */
#include "abi/funcdata.h"
#include "panic/panic.h"
#include "prof/prof.h"
#include "stack/stack.h"
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NSIG_ALL = 65, ALTSIZE = 32 << 10, SIGPREEMPT = SIGURG };

static uint8_t installed[NSIG_ALL];	/* our handler is there */
static uint8_t ignoredatstart[NSIG_ALL];
static uint32_t wanted[3], ignored[3];	/* os/signal: bit per signal */
static uint32_t pending[3];
static uint32_t inflight;		/* handlers that look at wanted or fill pending */
static uint32_t delivering;		/* the receiver has taken one and has not come back; set before it leaves pending */
static G *receiver;			/* parked in signal_recv; 1: a wake is under way */
static Lock recvlock;
static Note signote;
static uint32_t signotestate;
static uint64_t initmask;

extern const char sigpanic[] __asm__("runtime.sigpanic");

static bool
synchronous(int sig)
{
	return sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL || sig == SIGTRAP;
}

static bool
inleaf(uintptr_t pc)
{
	return pc >= (uintptr_t)arch_leaves && pc < (uintptr_t)arch_eleaves;
}

static bool
ingotext(uintptr_t pc)
{
	return rt_module != NULL && pc >= rt_module->text && pc < rt_module->etext;
}

static void
fault(int sig, siginfo_t *si, ucontext_t *u)
{
	M *m = rt_m;
	G *g = m != NULL ? m->curg : NULL;
	uintptr_t pc = ctx_pc(u), sp = ctx_sp(u), addr = (uintptr_t)si->si_addr, a = 0;
	bool go = ingotext(pc) || inleaf(pc), badcall = false;
	int kind;

	if (g != NULL && !go && (pc == 0 || pc == addr || si->si_code == SI_KERNEL) && sig == SIGSEGV &&
	    sp >= g->stacklo && sp < g->stackhi &&
	    (ingotext(ctx_retaddr(u)) || ctx_retaddr(u) == (uintptr_t)arch_reflectcall_ret)) {
		badcall = true;			/* a call through a bad func value: as if the caller had failed */
		go = true;
	}
	if (g == NULL || !go || sp < g->stacklo || sp >= g->stackhi || (si->si_code <= 0 && si->si_code != SI_KERNEL) ||
	    m->p == NULL) {
		if (m != NULL)
			m->crashlink = ctx_link(u);
		fatal_signal(sig, g, (uintptr_t)(intptr_t)si->si_code, addr, pc, sp, ingotext(pc) && g != NULL);
	}
	switch (sig) {
	case SIGFPE:
		kind = si->si_code == FPE_INTOVF ? PANIC_OVERFLOW :
		    si->si_code == FPE_INTDIV    ? PANIC_DIVIDE :
						   PANIC_FLOAT;
		break;
	case SIGSEGV:
		kind = PANIC_MEMORY;
		if (addr >= 4096) {
			kind = PANIC_MEMORYADDR;
			a = addr;
		}
		break;
	case SIGBUS:
		kind = PANIC_MEMORYADDR;
		a = addr;
		break;
	default:
		m->crashlink = ctx_link(u);
		fatal_signal(sig, g, (uintptr_t)(intptr_t)si->si_code, addr, pc, sp, true);
	}
	if (kind == PANIC_MEMORYADDR && !badcall && (g->flags & GF_PANICONFAULT) == 0) {
		g->sig = (uint32_t)sig;
		m->crashlink = ctx_link(u);
		fatal_signal(sig, g, (uintptr_t)(intptr_t)si->si_code, addr, pc, sp, true);
	}
	g->sig = (uint32_t)sig;
	g->sigcode = (uintptr_t)(intptr_t)si->si_code;
	g->sigaddr = addr;
	g->sigpc = pc;
	g->ret[0] = (uintptr_t)kind;	/* for sigpanic */
	g->ret[1] = a;
	g->ret[2] = 0;
	ctx_goregs(u);
	if (badcall || inleaf(pc))
		ctx_tailcall(u, (uintptr_t)arch_sigpanic);
	else
		ctx_call(u, (uintptr_t)sigpanic);
}

/* May the goroutine be stopped at this very instruction? */
static bool
safepoint(G *g, uintptr_t pc, uintptr_t sp)
{
	Func f;
	uint32_t t;

	if (!ingotext(pc) || sp < g->stacklo + ARCH_ASYNCSIZE + 256 || sp >= g->stackhi)
		return false;
	if (!func_find(pc, &f) || (f.f->flag & FUNCFLAG_ASM) != 0 || strncmp(func_name(f.f), "runtime.", 8) == 0)
		return false;
	t = func_pcdata(f.f, PCDATA_UNSAFEPOINT);
	return func_pcvalue(f, t, pc, 0) <= 0 && func_pcvalue(f, t, pc, 0) != -2;
}

static void
preempt(ucontext_t *u)
{
	M *m = rt_m;
	G *g = m != NULL ? m->curg : NULL;

	if (m == NULL)
		return;
	STORESC(&m->signalg, 0);
	if (g == NULL || m->p == NULL || !g->preempt || g->pinned != 0 || g->insyscall || ctx_g(u) != (uintptr_t)g)
		return;
	if (!safepoint(g, ctx_pc(u), ctx_sp(u)))
		return;
	ctx_call(u, (uintptr_t)arch_asyncpreempt);
}

void
signal_preempt(M *m)
{
	if (m->tid != 0 && cas32(&m->signalg, 0, 1))
		os_tgkill(m->tid, SIGPREEMPT);
}

static void
diefrom(int sig)
{
	struct sigaction sa;
	sigset_t set;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = SIG_DFL;
	sigaction(sig, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, sig);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	os_tgkill(os_gettid(), sig);
	os_yield();
	os_exit(2);
}

static bool
bit(uint32_t *set, int sig)
{
	return (LOADSC(&set[sig / 32]) >> (sig & 31) & 1) != 0;
}

/* Queue for os/signal. false: nobody wants it. Only flags and a futex: safe in a handler. */
static bool
enqueue(int sig)
{
	bool want;

	XADD(&inflight, 1);
	want = bit(wanted, sig);
	if (want)
		__atomic_fetch_or(&pending[sig / 32], 1u << (sig & 31), __ATOMIC_SEQ_CST);
	XADD(&inflight, (uint32_t)-1);
	if (!want)
		return false;
	if (XCHG(&signotestate, 1) == 0) {
		STORESC(&signote.v, 1);
		rt_futexwake(&signote.v, 1);
	}
	return true;
}

static void
handler(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *u = ctx;
	M *m = rt_m;
	int err = errno;

	if (sig == SIGPREEMPT) {
		if (m != NULL)
			threads_signal(m);
		preempt(u);
		if (m != NULL && bit(wanted, sig))
			enqueue(sig);
		errno = err;
		return;
	}
	if (sig == SIGPROF && !bit(wanted, sig)) {
		prof_signal(ctx_pc(u), ctx_sp(u), ctx_link(u));
		errno = err;
		return;
	}
	if (synchronous(sig) && (si->si_code > 0 || si->si_code == SI_KERNEL)) {
		fault(sig, si, u);
		errno = err;
		return;
	}
	if (enqueue(sig)) {
		errno = err;
		return;
	}
	switch (sig) {
	case SIGHUP:
	case SIGINT:
	case SIGTERM:
		diefrom(sig);
		break;
	case SIGQUIT:
	case SIGABRT:
	case SIGSEGV:
	case SIGBUS:
	case SIGFPE:
	case SIGILL:
	case SIGTRAP:
	case SIGSYS:
	case SIGSTKFLT:
		if (m != NULL)
			m->crashlink = ctx_link(u);
		fatal_signal(sig, m != NULL ? m->curg : NULL, (uintptr_t)(intptr_t)si->si_code, 0, ctx_pc(u), ctx_sp(u),
			     m != NULL && m->curg != NULL && ingotext(ctx_pc(u)));
	default:
		break;
	}
	errno = err;
}

static void
install(int sig)
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = handler;
	sa.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
	sigfillset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
	installed[sig] = 1;
}

static void
setdefault(int sig, void (*fn)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof sa);
	sa.sa_handler = fn;
	sigaction(sig, &sa, NULL);
	installed[sig] = 0;
}

/* A thread of C may have one: then that is used. */
static void
altstack(M *m)
{
	stack_t ss;

	if (m->isextra && sigaltstack(NULL, &ss) == 0 && (ss.ss_flags & SS_DISABLE) == 0 && ss.ss_sp != m->altstack)
		return;
	if (m->altstack == NULL)
		m->altstack = os_map(0, ALTSIZE, MEM_STACK);
	if (m->altstack == NULL)
		rt_oom("signal stack");
	memset(&ss, 0, sizeof ss);
	ss.ss_sp = m->altstack;
	ss.ss_size = ALTSIZE;
	sigaltstack(&ss, NULL);
}

/*
 * Signals are caught from the start, and those without a meaning do nothing until os/signal asks. Not caught: what the shell's job control
 * uses, and libc's own.
 */
static bool
early(int sig)
{
	/* clang-format off */
	switch (sig) {
	case SIGKILL: case SIGSTOP: case SIGCONT: case SIGTSTP: case SIGTTIN: case SIGTTOU: case 32: case 33: case 34:
		return false;
	}
	/* clang-format on */
	return true;
}

void
signal_init(void)
{
	sigset_t cur;

	sigprocmask(SIG_SETMASK, NULL, &cur);
	memcpy(&initmask, &cur, sizeof initmask);
	threads_adopt(rt_m);
	altstack(rt_m);
	for (int sig = 1; sig < NSIG_ALL; sig++) {
		struct sigaction old;

		if ((sig >= 32 && sig <= 34) || sig == SIGKILL || sig == SIGSTOP)
			continue;
		if (sigaction(sig, NULL, &old) != 0)
			continue;
		if (old.sa_handler == SIG_IGN) {
			ignoredatstart[sig] = 1;
			if (sig == SIGHUP || sig == SIGINT) {
				ignored[sig / 32] |= 1u << (sig & 31);
				continue;	/* as nohup wants it */
			}
		}
		if (early(sig))
			install(sig);
	}
}

/* Signals the runtime lives on must reach every thread. */
static void
threadmask(sigset_t *set)
{
	for (int sig = 1; sig < 32; sig++)
		if (synchronous(sig) || sig == SIGPREEMPT)
			sigdelset(set, sig);
	sigprocmask(SIG_SETMASK, set, NULL);
}

void
signal_minit(M *m)
{
	sigset_t set;

	altstack(m);
	memset(&set, 0, sizeof set);
	memcpy(&set, &initmask, sizeof initmask);
	threadmask(&set);
}

void
signal_adopt(M *m, const sigset_t *mask)
{
	sigset_t set = *mask;

	threads_adopt(m);
	altstack(m);
	threadmask(&set);
}

void
signal_exit(M *m)
{
	sigset_t all;
	stack_t ss;

	threads_leave(m);
	sigfillset(&all);
	sigprocmask(SIG_SETMASK, &all, NULL);
	if (sigaltstack(NULL, &ss) == 0 && ss.ss_sp == m->altstack && m->altstack != NULL) {
		memset(&ss, 0, sizeof ss);
		ss.ss_flags = SS_DISABLE;	/* the stack goes to another thread */
		sigaltstack(&ss, NULL);
	}
}

/* ---- os/signal ---- */

/* recvlock held: a signal out of pending, 0 if there is none. */
static uint32_t
take(void)
{
	for (uint32_t i = 0; i < NELEM(pending); i++) {
		uint32_t p = LOADSC(&pending[i]), bit = p & -p;

		if (p == 0)
			continue;
		STORESC(&delivering, 1);
		__atomic_fetch_and(&pending[i], ~bit, __ATOMIC_SEQ_CST);
		return i * 32 + (uint32_t)__builtin_ctz(p);
	}
	return 0;
}

/*
 * A thread of its own waits for the handler's futex and wakes the receiving goroutine: a handler itself may not touch scheduler locks.
 */
static void
sigthread(M *m)
{
	(void)m;
	for (;;) {
		G *g;

		note_sleep(&signote, -1);
		note_clear(&signote);
		STORESC(&signotestate, 0);
		rt_lock(&recvlock);
		g = receiver;
		receiver = NULL;
		if (g != NULL) {
			uint32_t sig = take();

			if (sig == 0) {
				receiver = g;
				g = NULL;
			} else {
				g->ret[0] = sig;
			}
		}
		rt_unlock(&recvlock);
		if (g != NULL)
			rt_ready(g);
	}
}

uintptr_t
rt_signalrecv(void)
{
	G *g = getg();
	uint32_t sig;

	rt_lock(&recvlock);
	STORESC(&delivering, 0);
	sig = take();
	if (sig != 0) {
		rt_unlock(&recvlock);
		return sig;
	}
	receiver = g;
	g_wait(g, WAIT_SIGNAL);
	rt_unlock(&recvlock);
	act(ACT_PARK);
	/* something may have been queued between the look and the parking */
	if (LOADSC(&pending[0]) | LOADSC(&pending[1]) | LOADSC(&pending[2])) {
		STORESC(&signote.v, 1);
		rt_futexwake(&signote.v, 1);
	}
	return 0;
}

void
rt_signalenable(uintptr_t s)
{
	static uint32_t started;
	static M sigm;
	int sig = (int)(uint32_t)s;

	if (XCHG(&started, 1) == 0) {
		sched.nowait = 1;	/* a program that waits for signals is not deadlocked */
		if (threads_start(&sigm, sigthread, 64 << 10) != 0)
			rt_throw("cannot start the signal thread");
	}
	if (sig <= 0 || sig >= NSIG_ALL)
		return;
	__atomic_fetch_or(&wanted[sig / 32], 1u << (sig & 31), __ATOMIC_SEQ_CST);
	__atomic_fetch_and(&ignored[sig / 32], ~(1u << (sig & 31)), __ATOMIC_SEQ_CST);
	if (!(sig >= 32 && sig <= 34) && sig != SIGKILL && sig != SIGSTOP && !installed[sig])
		install(sig);
}

void
rt_signaldisable(uintptr_t s)
{
	int sig = (int)(uint32_t)s;

	if (sig <= 0 || sig >= NSIG_ALL)
		return;
	__atomic_fetch_and(&wanted[sig / 32], ~(1u << (sig & 31)), __ATOMIC_SEQ_CST);
	if (sig == SIGKILL || sig == SIGSTOP || (sig >= 32 && sig <= 34))
		return;
	if (early(sig) && !(ignoredatstart[sig] && (sig == SIGHUP || sig == SIGINT)))
		install(sig);
	else
		setdefault(sig, ignoredatstart[sig] ? SIG_IGN : SIG_DFL);
}

void
rt_signalignore(uintptr_t s)
{
	int sig = (int)(uint32_t)s;

	if (sig <= 0 || sig >= NSIG_ALL)
		return;
	__atomic_fetch_and(&wanted[sig / 32], ~(1u << (sig & 31)), __ATOMIC_SEQ_CST);
	__atomic_fetch_or(&ignored[sig / 32], 1u << (sig & 31), __ATOMIC_SEQ_CST);
	if (sig != SIGKILL && sig != SIGSTOP && !(sig >= 32 && sig <= 34) && sig != SIGPREEMPT)
		setdefault(sig, SIG_IGN);
}

uintptr_t
rt_signalignored(uintptr_t s)
{
	int sig = (int)(uint32_t)s;

	return sig > 0 && sig < NSIG_ALL && bit(ignored, sig);
}

void
rt_signalwaitidle(void)
{
	extern const char again[] __asm__("os/signal.signalWaitUntilIdle");

	/* in the order in which a signal goes through them */
	if (LOADSC(&inflight) || LOADSC(&pending[0]) || LOADSC(&pending[1]) || LOADSC(&pending[2]) ||
	    LOADSC(&delivering)) {
		getg()->pc = (uintptr_t)again;	/* yield, then look once more */
		act(ACT_YIELD);
	}
}

void
rt_sigpipe(void)
{
	if (bit(ignored, SIGPIPE) || enqueue(SIGPIPE))
		return;
	diefrom(SIGPIPE);
}

void
rt_ignoresigsys(void)
{
	__atomic_fetch_or(&ignored[0], 1u << SIGSYS, __ATOMIC_SEQ_CST);
	setdefault(SIGSYS, SIG_IGN);
}

void
rt_restoresigsys(void)
{
	__atomic_fetch_and(&ignored[0], ~(1u << SIGSYS), __ATOMIC_SEQ_CST);
	install(SIGSYS);
}

void
rt_raise(uintptr_t sig)
{
	os_tgkill(os_gettid(), (int)(uint32_t)sig);
}

/* ---- fork and exec: between them nothing may be interrupted, and the child must not run our handlers ---- */

void
rt_beforefork(void)
{
	sigset_t all;

	sigfillset(&all);
	rt_procpin();
	arch_syscall6(SYS_rt_sigprocmask, SIG_SETMASK, (long)&all, (long)rt_m->forkmask, 8, 0, 0);
}

void
rt_afterfork(void)
{
	rt_procunpin();
	arch_syscall6(SYS_rt_sigprocmask, SIG_SETMASK, (long)rt_m->forkmask, 0, 8, 0, 0);
}

void
rt_afterforkinchild(void)
{
	/* the child shares our memory until it execs: tables stay as they are, only the kernel's state changes */
	for (int sig = 1; sig < NSIG_ALL; sig++)
		if (installed[sig]) {
			struct {
				void *fn;
				unsigned long flags;
				void *restorer;
				uint64_t mask;
			} sa = { SIG_DFL, 0, NULL, 0 };

			arch_syscall6(SYS_rt_sigaction, sig, (long)&sa, 0, 8, 0, 0);
		}
	arch_syscall6(SYS_rt_sigprocmask, SIG_SETMASK, (long)rt_m->forkmask, 0, 8, 0, 0);
}

static Lock execlock;

void
rt_beforeexec(void)
{
	rt_lock(&execlock);
}

void
rt_afterexec(void)
{
	rt_unlock(&execlock);
}
