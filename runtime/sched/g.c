/*
 * g.c - goroutines: made, parked, made runnable, ended; and the small functions of package runtime about them.
 *
 * A dead G keeps its struct for ever (type-stable: stale pointers to it stay harmless) and, if it is minimal, its stack.
 */
#include "gc/gc.h"
#include "stack/stack.h"
#include <string.h>

static const char *const waittext[WAIT_COUNT] = {
#define W(name, text) text,
	WAITREASONS
#undef W
};

_Static_assert(offsetof(G, stackguard) == G_STACKGUARD && offsetof(G, panic) == G_PANIC &&
	offsetof(G, defer) == G_DEFER,
    "abi/g.h");
_Static_assert(offsetof(G, m) == G_M && offsetof(G, sp) == G_SP && offsetof(G, link) == G_LINK &&
	offsetof(G, pc) == G_PC,
    "abi/g.h");
_Static_assert(offsetof(G, ctxt) == G_CTXT && offsetof(G, ret) == G_RET && offsetof(G, spill) == G_SPILL, "abi/g.h");
_Static_assert(offsetof(G, spillmask) == G_SPILLMASK && offsetof(G, poll) == G_POLL && offsetof(G, stop) == G_STOP,
    "abi/g.h");
_Static_assert(offsetof(G, insyscall) == G_INSYSCALL && offsetof(G, goid) == G_ID && offsetof(G, param) == G_PARAM,
    "abi/g.h");
_Static_assert(offsetof(G, labels) == G_LABELS && offsetof(G, gopc) == G_GOPC && offsetof(G, parent) == G_PARENT,
    "abi/g.h");
_Static_assert(offsetof(G, flags) == G_FLAGS && offsetof(G, pinned) == G_LOCKS && offsetof(G, syncgroup) == G_SYNCGROUP,
    "abi/g.h");
_Static_assert(offsetof(G, status) == G_GO_END, "abi/g.h");
_Static_assert(offsetof(P, wbnext) == P_WBNEXT && offsetof(P, wbend) == P_WBEND, "abi/g.h");
_Static_assert(offsetof(M, syssp) == M_SYSSP && offsetof(M, action) == M_ACTION && offsetof(M, curg) == M_CURG &&
	offsetof(M, p) == M_P,
    "abi/g.h");

const char *
g_waittext(int reason)
{
	return waittext[reason];
}

static void
addallg(G *g)
{
	rt_lock(&sched.allglock);
	if (sched.nallg == sched.capallg) {
		uint32_t cap = sched.capallg == 0 ? 1024 : sched.capallg * 2;
		G **n = rt_persistent(cap * sizeof *n, 8);

		if (sched.nallg != 0)
			memcpy(n, sched.allg, sched.nallg * sizeof *n);
		STOREREL(&sched.allg, n);
		sched.capallg = cap;
	}
	sched.allg[sched.nallg] = g;
	STOREREL(&sched.nallg, sched.nallg + 1);
	rt_unlock(&sched.allglock);
}

static G *
getfree(P *p)
{
	G *g = p->gfree;

	if (g != NULL) {
		p->gfree = g->schedlink;
		p->ngfree--;
		return g;
	}
	if (LOADREL(&sched.ngfree) == 0)
		return NULL;
	rt_lock(&sched.gfreelock);
	if ((g = sched.gfree) != NULL) {
		sched.gfree = g->schedlink;
		sched.ngfree--;
	} else if ((g = sched.gfreenostack) != NULL) {
		sched.gfreenostack = g->schedlink;
		sched.ngfree--;
	}
	rt_unlock(&sched.gfreelock);
	return g;
}

static void
putfree(P *p, G *g)
{
	uintptr_t size = g->stackhi - g->stacklo;

	if (size != STACK_MIN) {
		stack_free(g->stacklo, size);
		g->stacklo = g->stackhi = 0;
	}
	if (p != NULL && g->stacklo != 0 && p->ngfree < 64) {
		g->schedlink = p->gfree;
		p->gfree = g;
		p->ngfree++;
		return;
	}
	rt_lock(&sched.gfreelock);
	if (g->stacklo != 0) {
		g->schedlink = sched.gfree;
		sched.gfree = g;
	} else {
		g->schedlink = sched.gfreenostack;
		sched.gfreenostack = g;
	}
	sched.ngfree++;
	rt_unlock(&sched.gfreelock);
}

/* A runnable goroutine, on no queue, that will call fn. */
G *
g_new(Funcval *fn, uintptr_t callerpc, bool system)
{
	M *m = getm();
	G *g = getfree(m->p), *cur = m->curg;
	bool fresh = g == NULL;

	if (fresh)
		g = rt_persistent(sizeof *g, 64);
	if (g->stacklo == 0)
		stack_alloc(g, STACK_MIN);
	g->stackguard = g->stacklo + STACK_GUARD;
	g->sp = g->stackhi - 32;
	memset((void *)g->sp, 0, 32);
	if (!ARCH_LINKREG)
		*(uintptr_t *)g->sp = (uintptr_t)arch_goexit_ret;
	g->link = ARCH_LINKREG ? (uintptr_t)arch_goexit_ret : 0;
	g->pc = fn->fn;
	g->ctxt = fn;
	g->startfn = fn;
	g->startpc = fn->fn;
	g->gopc = callerpc;
	g->parent = cur != NULL ? cur->goid : 0;
	g->labels = cur != NULL && !system ? cur->labels : NULL;
	g->stop = STOP_CALL;
	g->goid = __atomic_add_fetch(&sched.goidgen, 1, __ATOMIC_RELAXED);
	g->flags = system ? GF_SYSTEM : 0;
	g->waitreason = 0;
	if (system)
		__atomic_add_fetch(&sched.ngsys, 1, __ATOMIC_RELAXED);
	STOREREL(&g->status, GS_RUNNABLE);
	if (fresh)
		addallg(g);
	return g;
}

G *
g_newforeign(void)
{
	G *g = rt_persistent(sizeof *g, 64);

	stack_alloc(g, STACK_MIN);
	g->sp = g->stackhi - 32;
	memset((void *)g->sp, 0, 32);
	if (!ARCH_LINKREG)
		*(uintptr_t *)g->sp = (uintptr_t)arch_goexit_ret;
	g->link = ARCH_LINKREG ? (uintptr_t)arch_goexit_ret : 0;
	g->goid = __atomic_add_fetch(&sched.goidgen, 1, __ATOMIC_RELAXED);
	STOREREL(&g->status, GS_DEAD);
	addallg(g);
	return g;
}

static uintptr_t
callerpc(G *g)
{
	return g == NULL ? 0 : g_callerpc(g);
}

void
rt_newproc(Funcval *fn)
{
	M *m = getm();
	G *g;

	if (fn == NULL) {
		act_panic(PANIC_GONIL, 0, 0);
		return;
	}
	g = g_new(fn, callerpc(m->curg), false);
	runq_put(m->p, g, true);
	if (sched.started)
		sched_wakep();
}

void
rt_newsystemproc(Funcval *fn)
{
	M *m = getm();

	runq_put(m->p, g_new(fn, callerpc(m->curg), true), true);
	sched_wakep();
}

void
g_wait(G *g, int reason)
{
	g->waitreason = (uint8_t)reason;
	g->waitsince = 0;		/* the collector dates long waits */
	STOREREL(&g->status, GS_WAITING);
}

void
rt_ready(G *g)
{
	M *m = getm();

	if (!cas32(&g->status, GS_WAITING, GS_RUNNABLE))
		rt_throw("goroutine woken that does not wait");
	if (m != NULL && m->p != NULL) {
		runq_put(m->p, g, true);
	} else {
		rt_lock(&sched.lock);
		globrunq_put(g);
		rt_unlock(&sched.lock);
	}
	sched_wakep();
}

void
g_readylist(G *list)
{
	while (list != NULL) {
		G *g = list;

		list = g->schedlink;
		g->schedlink = NULL;
		rt_ready(g);
	}
}

void
g_panic(G *g, int kind, uintptr_t a, uintptr_t b)
{
	g->pc = (uintptr_t)arch_sigpanic;
	g->ret[0] = (uintptr_t)kind;
	g->ret[1] = a;
	g->ret[2] = b;
}

void
act_panic(int kind, uintptr_t a, uintptr_t b)
{
	g_panic(getg(), kind, a, b);
	act(ACT_RESUME);
}

/* On the system stack after the goroutine was left: it is no longer running. */
void
g_exit(M *m, G *g)
{
	if (g->flags & GF_SYSTEM)
		__atomic_sub_fetch(&sched.ngsys, 1, __ATOMIC_RELAXED);
	g->m = NULL;
	g->defer = NULL;
	g->panic = NULL;
	g->param = NULL;
	g->labels = NULL;
	g->ctxt = NULL;
	g->startfn = NULL;
	g->waiting = NULL;
	g->coro = NULL;
	g->lockcount = 0;
	g->pinned = 0;
	g->insyscall = 0;
	g->spillmask = 0;
	g->unparked = g->parked = false;
	g->sendtimer = NULL;
	g->syncgroup = NULL;
	STOREREL(&g->status, GS_DEAD);
	putfree(m->p, g);
}

void
rt_goexit0(void)
{
	G *g = getg();

	cgo_unwind(g, g->stackhi);
	if (g->goid == 1)
		sched.maingoexited = true;
	act(ACT_EXIT);
}

void
rt_gosched(void)
{
	act(ACT_YIELD);
}

void
rt_goyield(void)
{
	act(ACT_NEXT);
}

void
rt_block(void)
{
	g_wait(getg(), WAIT_SELECTNOCASES);
	act(ACT_PARK);
}

/* park_ and unpark_: a permit per goroutine, as in java.util.concurrent's LockSupport; what the overlay builds its waiting on. */
uintptr_t
rt_parkself(uintptr_t reason)
{
	G *g = getg();

	rt_lock(&g->parklock);
	if (g->unparked) {
		g->unparked = false;
		rt_unlock(&g->parklock);
		return 1;
	}
	g->parked = true;
	g->ret[0] = 1;
	g_wait(g, (int)(reason < WAIT_COUNT ? reason : WAIT_PARK));
	rt_unlock(&g->parklock);
	act(ACT_PARK);
	return 1;
}

void
rt_unparkg(G *g)
{
	rt_lock(&g->parklock);
	if (!g->parked) {
		g->unparked = true;
		rt_unlock(&g->parklock);
		return;
	}
	g->parked = false;
	rt_unlock(&g->parklock);
	rt_ready(g);
}

uintptr_t
rt_numgoroutine(void)
{
	intptr_t n = 0;
	uint32_t all = LOADACQ(&sched.nallg);
	G **gs = LOADACQ(&sched.allg);

	for (uint32_t i = 0; i < all; i++) {
		uint32_t st = LOADREL(&gs[i]->status);

		if (st != GS_DEAD && st != GS_IDLE && (gs[i]->flags & GF_SYSTEM) == 0)
			n++;
	}
	return (uintptr_t)n;
}

uintptr_t
rt_allgs(G **buf, intptr_t n)
{
	uint32_t all = LOADACQ(&sched.nallg);
	G **gs = LOADACQ(&sched.allg);
	intptr_t k = 0;

	for (uint32_t i = 0; i < all; i++) {
		uint32_t st = LOADREL(&gs[i]->status);

		if (st == GS_DEAD || st == GS_IDLE || (gs[i]->flags & GF_SYSTEM) != 0)
			continue;
		if (k < n)
			buf[k] = gs[i];
		k++;
	}
	return (uintptr_t)k;
}

Words2
rt_gstatus(G *g)
{
	return (Words2){ g->status, (uintptr_t)waittext[g->waitreason] };
}

uintptr_t
rt_procpin(void)
{
	M *m = getm();

	m->curg->pinned++;
	return (uintptr_t)(intptr_t)m->p->id;
}

void
rt_procunpin(void)
{
	G *g = getg();

	g->pinned--;
	if (g->pinned == 0 && g->preempt)
		g_poison(g);
}

uintptr_t
rt_canspin(uintptr_t i)
{
	P *p = getm()->p;

	/* worth it only if another P runs the holder and nothing waits here */
	return (intptr_t)i < 4 && sched.ncpu > 1 && sched.nproc > (int32_t)(sched.npidle + sched.nmspinning) + 1 &&
	    p->runqhead == p->runqtail;
}

void
rt_dospin(void)
{
	for (int i = 0; i < 30; i++)
		arch_pause();
}

void
rt_lockosthread(void)
{
	M *m = getm();
	G *g = m->curg;

	g->lockcount++;
	m->lockedg = g;
	g->lockedm = m;
}

void
rt_unlockosthread(void)
{
	M *m = getm();
	G *g = m->curg;

	if (g->lockcount == 0)
		return;
	if (--g->lockcount == 0 && g->cgolocks == 0) {
		m->lockedg = NULL;
		g->lockedm = NULL;
	}
}

/* ---- sudogs ---- */

static Lock sudoglock;
static Sudog *sudogpool;

Sudog *
sudog_get(void)
{
	P *p = getm()->p;
	Sudog *s = p->sudogs;

	if (s == NULL) {
		rt_lock(&sudoglock);
		for (int i = 0; i < 32 && sudogpool != NULL; i++) {
			s = sudogpool;
			sudogpool = s->next;
			s->next = p->sudogs;
			p->sudogs = s;
			p->nsudog++;
		}
		rt_unlock(&sudoglock);
		if (p->sudogs == NULL) {
			s = rt_persistent(32 * sizeof *s, 64);
			for (int i = 0; i < 32; i++) {
				s[i].next = p->sudogs;
				p->sudogs = &s[i];
			}
			p->nsudog += 32;
		}
		s = p->sudogs;
	}
	p->sudogs = s->next;
	p->nsudog--;
	memset(s, 0, sizeof *s);
	return s;
}

void
sudog_put(Sudog *s)
{
	P *p = getm()->p;

	s->g = NULL;
	s->elem = NULL;
	s->c = NULL;
	if (p == NULL || p->nsudog >= 128) {
		rt_lock(&sudoglock);
		s->next = sudogpool;
		sudogpool = s;
		while (p != NULL && p->nsudog > 64) {
			s = p->sudogs;
			p->sudogs = s->next;
			p->nsudog--;
			s->next = sudogpool;
			sudogpool = s;
		}
		rt_unlock(&sudoglock);
		return;
	}
	s->next = p->sudogs;
	p->sudogs = s;
	p->nsudog++;
}
