/*
 * fatal.c - how a program dies: unrecovered panics, errors the runtime detects, fatal signals.
 *
 * Only one thread reports; others that fail at the same time wait for the end of the process. A failure while reporting ends it at once.
 */
#include "gc/gc.h"
#include "panic/panic.h"
#include <signal.h>
#include <string.h>

extern int panic_crashfd;
int32_t panic_printing;			/* goroutines printing a panic */

static const char *
signame(int sig)
{
	/* clang-format off */
	switch (sig) {
	case SIGHUP: return "SIGHUP: terminal line hangup";
	case SIGINT: return "SIGINT: interrupt";
	case SIGQUIT: return "SIGQUIT: quit";
	case SIGILL: return "SIGILL: illegal instruction";
	case SIGTRAP: return "SIGTRAP: trace trap";
	case SIGABRT: return "SIGABRT: abort";
	case SIGBUS: return "SIGBUS: bus error";
	case SIGFPE: return "SIGFPE: floating-point exception";
	case SIGSEGV: return "SIGSEGV: segmentation violation";
	case SIGPIPE: return "SIGPIPE: write to broken pipe";
	case SIGTERM: return "SIGTERM: termination";
	case SIGSYS: return "SIGSYS: bad system call";
	}
	/* clang-format on */
	return NULL;
}

/* One thread gets through. */
static void
startdying(void)
{
	M *m = getm();
	uint32_t n = XADD(&sched.panicking, 1);

	if (m != NULL && m->dying) {
		static const char msg[] = "\nfatal error while reporting a fatal error\n";

		rt_write(2, msg, sizeof msg - 1);
		os_exit(4);
	}
	if (n > 1)
		for (;;)
			os_usleep(1000000);
	if (m != NULL) {
		m->dying = true;
		m->sink = NULL;
	}
}

_Noreturn void
fatal_exit(bool crash)
{
	print_flush();
	if (crash) {
		struct sigaction sa;
		sigset_t set;

		memset(&sa, 0, sizeof sa);
		sa.sa_handler = SIG_DFL;
		sigaction(SIGABRT, &sa, NULL);
		sigemptyset(&set);
		sigaddset(&set, SIGABRT);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		os_tgkill(os_gettid(), SIGABRT);
	}
	os_exit(2);
}

static void
stacks(void)
{
	M *m = getm();
	G *g = m != NULL ? m->curg : NULL;
	bool all, crash;
	int level = trace_level(&all, &crash);

	if (level <= 0)
		return;
	if (g != NULL) {
		panic_printf("\n");
		trace_goroutine(g, true);
	}
	if (all || g == NULL)
		trace_others(g);
}

static _Noreturn void
die(const char *text, uintptr_t n, uint32_t throwing)
{
	M *m = getm();
	bool all, crash;

	startdying();
	if (m != NULL)
		m->throwing = throwing;
	panic_printf("fatal error: ");
	rt_printlock();
	print_bytes(text, n);
	rt_printunlock();
	panic_printf("\n");
	if (m != NULL && m->curg != NULL && m->curg->sig != 0 && throwing == 2)
		panic_printf("[signal %s code=%lx addr=%lx pc=%lx]\n", signame((int)m->curg->sig), m->curg->sigcode,
		    m->curg->sigaddr, m->curg->sigpc);
	stacks();
	trace_level(&all, &crash);
	fatal_exit(crash);
}

_Noreturn void
rt_throw(const char *text)
{
	die(text, strlen(text), 2);
}

_Noreturn void
rt_fatal(const char *text)
{
	die(text, strlen(text), 1);
}

void
rt_throwgo(const char *p, uintptr_t n)
{
	die(p, n, 2);
}

void
rt_fatalgo(const char *p, uintptr_t n)
{
	die(p, n, 1);
}

_Noreturn void
rt_oom(const char *what)
{
	panic_printf("runtime: out of memory: cannot get memory for %s (%lu bytes in use)\n", what,
		     (unsigned long)(os_mapped[MEM_HEAP] + os_mapped[MEM_META] + os_mapped[MEM_STACK]));
	rt_fatal("out of memory");
}

_Noreturn void
rt_stackoverflow(G *g, uintptr_t size)
{
	M *m = getm();

	(void)size;
	panic_printf("runtime: goroutine stack exceeds %lu-byte limit\n", (unsigned long)stack_max);
	panic_printf("runtime: sp=%lx stack=[%lx, %lx]\n", g->sp, g->stacklo, g->stackhi);
	m->throwing = 2;
	die("stack overflow", 14, 2);
}

/* A panic nobody recovered: its text is printed already. */
void
rt_dopanic(void)
{
	M *m = getm();
	G *g = m->curg;
	bool all, crash;
	int level;

	startdying();
	if (g->sig != 0) {
		const char *n = signame((int)g->sig);

		if (n != NULL)
			panic_printf("[signal %s code=%lx addr=%lx pc=%lx]\n", n, g->sigcode, g->sigaddr, g->sigpc);
		else
			panic_printf("[signal %d code=%lx addr=%lx pc=%lx]\n", (int)g->sig, g->sigcode, g->sigaddr,
			    g->sigpc);
	}
	level = trace_level(&all, &crash);
	if (level > 0) {
		panic_printf("\n");
		trace_goroutine(g, true);
		if (all)
			trace_others(g);
	}
	fatal_exit(crash);
}

/* A signal that ends the program. ingo: pc is in Go code of g. */
_Noreturn void
fatal_signal(int sig, G *g, uintptr_t code, uintptr_t addr, uintptr_t pc, uintptr_t sp, bool ingo)
{
	M *m = getm();
	const char *n = signame(sig);
	bool all, crash;

	startdying();
	if (m != NULL)
		m->throwing = 1;
	if (sig == SIGSEGV || sig == SIGBUS || sig == SIGFPE || sig == SIGILL) {
		if (m != NULL && m->incgo)
			panic_printf("%s\nPC=%lx m=%d sigcode=%d addr=%lx\nsignal arrived during cgo execution\n",
			    n != NULL ? n : "?", pc, (int)m->id, (int)code, addr);
		else if (ingo)
			panic_printf("unexpected fault address %lx\nfatal error: fault\n", addr);
		else
			panic_printf("fatal error: unexpected signal during runtime execution\n");
		if (m == NULL || !m->incgo)
			panic_printf("[signal %s code=%lx addr=%lx pc=%lx]\n", n != NULL ? n : "?", code, addr, pc);
	} else {
		panic_printf("%s\n", n != NULL ? n : "signal");
		panic_printf("PC=%lx m=%d sigcode=%d\n", pc, m != NULL ? (int)m->id : -1, (int)code);
		if (m != NULL && m->incgo)
			panic_printf("signal arrived during cgo execution\n");
	}
	/* On the goroutine's stack its saved context is an old one. A leaf or a stub has no frame: its caller is what can be shown. */
	if (m != NULL && g != NULL && sp >= g->stacklo && sp < g->stackhi) {
		uintptr_t ret = (ARCH_LINKREG ? m->crashlink : *(uintptr_t *)sp) - ARCH_PCADJUST;
		Func f;

		m->crashpc = pc;
		m->crashsp = sp;
		if (!func_find(pc, &f) && func_find(ret, &f)) {
			m->crashpc = ret;
			m->crashsp = sp + ARCH_RETADDRSIZE;
		}
	}
	stacks();
	trace_level(&all, &crash);
	fatal_exit(crash);
}

uintptr_t
rt_setcrashfd(uintptr_t fd)
{
	int old = panic_crashfd;

	panic_crashfd = (int)fd;
	return (uintptr_t)(intptr_t)old;
}

void
rt_inpanic(uintptr_t d)
{
	__atomic_add_fetch(&panic_printing, (int32_t)d, __ATOMIC_SEQ_CST);
}

void
rt_breakpoint(void)
{
	__builtin_debugtrap();
}
