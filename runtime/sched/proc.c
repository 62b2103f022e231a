/*
 * proc.c - the scheduler: threads look for runnable goroutines and run them.
 *
 * Each P has a ring of runnable goroutines and one slot for the goroutine that should run next. A thread with a P looks at its own queue, the global
 * one, the poller, and other Ps' queues; thieves are "spinning" while they search, and the rule that keeps work from being forgotten
 * is: whoever makes a goroutine runnable wakes a thread if none is spinning, and the last spinner that finds work wakes another.
 *
 * Lock order: sched.lock, then allglock; timers' locks and channel locks are never held while sched.lock is wanted, except as
 * runtime/README says.
 * Source of the shape: Blumofe and Leiserson, "Scheduling Multithreaded Computations by Work Stealing"; Go's design document by Vyukov.
 */
#include "gc/gc.h"
#include "netpoll/netpoll.h"
#include "panic/panic.h"
#include "stack/stack.h"
#include "time/timer.h"
#include <string.h>

Sched sched;
_Thread_local M *rt_m __attribute__((tls_model("local-exec")));

void g_exit(M *m, G *g);
static void stopm(M *m);

/* ---- random numbers: wyrand per thread ---- */

uint64_t
rt_random(void)
{
	M *m = getm();
	__uint128_t t;

	if (m->rng == 0)
		os_random(&m->rng, sizeof m->rng);
	m->rng += 0xa0761d6478bd642fu;
	t = (__uint128_t)m->rng * (m->rng ^ 0xe7037ed1a0b428dbu);
	return (uint64_t)(t >> 64) ^ (uint64_t)t;
}

/* ---- queues ---- */

static bool
runq_empty(P *p)
{
	for (;;) {
		uint32_t h = LOADSC(&p->runqhead), t = LOADSC(&p->runqtail);
		G *n = LOADSC(&p->runnext);

		if (t == LOADSC(&p->runqtail))
			return h == t && n == NULL;
	}
}

/* sched.lock held. */
void
globrunq_put(G *g)
{
	g->schedlink = NULL;
	if (sched.runq.tail != NULL)
		sched.runq.tail->schedlink = g;
	else
		sched.runq.head = g;
	sched.runq.tail = g;
	STOREREL(&sched.runq.n, sched.runq.n + 1);
}

/* sched.lock held. */
static void
globrunq_putfirst(G *g)
{
	g->schedlink = sched.runq.head;
	sched.runq.head = g;
	if (sched.runq.tail == NULL)
		sched.runq.tail = g;
	STOREREL(&sched.runq.n, sched.runq.n + 1);
	STORESC(&sched.urgent, 1);
}

void
sched_readyurgent(G *g)
{
	if (!cas32(&g->status, GS_WAITING, GS_RUNNABLE))
		rt_throw("goroutine woken that does not wait");
	rt_lock(&sched.lock);
	globrunq_putfirst(g);
	rt_unlock(&sched.lock);
	sched_wakep();
	sched_preemptall();
}

static G *
globpop(void)
{
	G *g = sched.runq.head;

	sched.runq.head = g->schedlink;
	if (sched.runq.head == NULL)
		sched.runq.tail = NULL;
	g->schedlink = NULL;
	STOREREL(&sched.runq.n, sched.runq.n - 1);
	return g;
}

static void
runq_putslow(P *p, G *g, uint32_t h, uint32_t t)
{
	G *batch[RUNQ_SIZE / 2 + 1];
	uint32_t n = (t - h) / 2;

	for (uint32_t i = 0; i < n; i++)
		batch[i] = p->runq[(h + i) % RUNQ_SIZE];
	if (!cas32(&p->runqhead, h, h + n)) {
		runq_put(p, g, false);
		return;
	}
	batch[n] = g;
	rt_lock(&sched.lock);
	for (uint32_t i = 0; i <= n; i++)
		globrunq_put(batch[i]);
	rt_unlock(&sched.lock);
}

/* p is the caller's own. next: runs before all others. */
void
runq_put(P *p, G *g, bool next)
{
	if (next) {
		g = XCHG(&p->runnext, g);
		if (g == NULL)
			return;
	}
	for (;;) {
		uint32_t h = LOADACQ(&p->runqhead), t = p->runqtail;

		if (t - h < RUNQ_SIZE) {
			STOREREL(&p->runq[t % RUNQ_SIZE], g);
			STOREREL(&p->runqtail, t + 1);
			return;
		}
		runq_putslow(p, g, h, t);
		return;
	}
}

static G *
runq_get(P *p, bool *inherit)
{
	G *g = LOADACQ(&p->runnext);

	*inherit = false;
	if (g != NULL && casp(&p->runnext, g, NULL)) {
		*inherit = true;
		return g;
	}
	for (;;) {
		uint32_t h = LOADACQ(&p->runqhead), t = p->runqtail;

		if (t == h)
			return NULL;
		g = LOADREL(&p->runq[h % RUNQ_SIZE]);
		if (cas32(&p->runqhead, h, h + 1))
			return g;
	}
}

/* Moves half of victim's queue to p's; one of them is returned. */
static G *
runq_steal(P *p, P *victim, bool stealnext)
{
	uint32_t t = p->runqtail, n, h, vt;

	for (;;) {
		h = LOADACQ(&victim->runqhead);
		vt = LOADACQ(&victim->runqtail);
		n = vt - h;
		n -= n / 2;
		if (n == 0) {
			G *g = LOADACQ(&victim->runnext);

			if (!stealnext || g == NULL)
				return NULL;
			/* a goroutine that was just readied will probably run at once on its own P */
			if (LOADREL(&victim->status) == PS_RUNNING)
				os_usleep(3);
			if (casp(&victim->runnext, g, NULL))
				return g;
			continue;
		}
		if (n > RUNQ_SIZE / 2)
			continue;		/* head and tail were read at different times */
		for (uint32_t i = 0; i < n; i++)
			p->runq[(t + i) % RUNQ_SIZE] = LOADREL(&victim->runq[(h + i) % RUNQ_SIZE]);
		if (cas32(&victim->runqhead, h, h + n))
			break;
	}
	n--;
	if (n > 0)
		STOREREL(&p->runqtail, t + n);
	return p->runq[(t + n) % RUNQ_SIZE];
}

/* sched.lock held: takes a share of the global queue. */
static G *
globrunq_get(P *p, uint32_t max)
{
	uint32_t n = sched.runq.n;
	G *g;

	if (n == 0)
		return NULL;
	n = n / (uint32_t)sched.nproc + 1;
	if (n > sched.runq.n)
		n = sched.runq.n;
	if (max > 0 && n > max)
		n = max;
	if (n > RUNQ_SIZE / 2)
		n = RUNQ_SIZE / 2;
	g = globpop();
	while (--n > 0)
		runq_put(p, globpop(), false);
	return g;
}

/* ---- Ps and Ms ---- */

static void
pidle_put(P *p)
{
	STORESC(&p->status, PS_IDLE);
	p->link = sched.pidle;
	sched.pidle = p;
	XADD(&sched.npidle, 1);
}

static P *
pidle_get(void)
{
	P *p = sched.pidle;

	if (p != NULL) {
		sched.pidle = p->link;
		p->link = NULL;
		XADD(&sched.npidle, (uint32_t)-1);
	}
	return p;
}

static void
acquirep(M *m, P *p)
{
	if (m->p != NULL || p->m != NULL)
		rt_throw("acquirep: already in use");
	m->p = p;
	p->m = m;
	STORESC(&p->status, PS_RUNNING);
}

static P *
releasep(M *m)
{
	P *p = m->p;

	m->p = NULL;
	p->m = NULL;
	return p;
}

static void
stacksizeof(M *m)
{
	char here;

	m->g0hi = (uintptr_t)&here + 256;
}

static void
mstart(M *m)
{
	stacksizeof(m);
	if (m->nextp != NULL) {
		P *p = m->nextp;

		m->nextp = NULL;
		acquirep(m, p);
	}
	sched_run(m);
}

static uintptr_t
sysstacksize(void)
{
	return rt_module != NULL && rt_module->cgo ? 8 << 20 : 256 << 10;
}

int32_t
sched_mcount(void)
{
	return (int32_t)sched.mnext - sched.nmfreed;
}

void
sched_addm(M *m)
{
	rt_lock(&sched.lock);
	m->id = sched.mnext++;
	if (m->alllink == NULL) {
		m->alllink = sched.allm;
		STOREREL(&sched.allm, m);
	}
	if (sched_mcount() > sched.maxm) {
		rt_unlock(&sched.lock);
		panic_printf("runtime: program exceeds %d-thread limit\n", (int)sched.maxm);
		rt_throw("thread exhaustion");
	}
	rt_unlock(&sched.lock);
}

static void
newm(P *p, bool spinning)
{
	M *m = threads_newm();
	int r;

	m->nextp = p;
	m->spinning = spinning;
	sched_addm(m);
	r = threads_start(m, mstart, sysstacksize());
	if (r != 0) {
		panic_printf("runtime: failed to create new OS thread (have %d already; errno=%d)\n",
		    (int)sched_mcount() - 1, -r);
		if (r == -11)
			panic_printf("runtime: may need to increase max user processes (ulimit -u)\n");
		rt_throw("newosproc");
	}
}

static M *
midle_get(void)
{
	M *m = sched.midle;

	if (m != NULL) {
		sched.midle = m->link;
		sched.nmidle--;
	}
	return m;
}

/* Gives p (or an idle one) to a thread. spinning: the caller has counted it in nmspinning. */
static void
startm(P *p, bool spinning)
{
	M *m;

	rt_lock(&sched.lock);
	if (p == NULL && (p = pidle_get()) == NULL) {
		rt_unlock(&sched.lock);
		if (spinning && (int32_t)XADD(&sched.nmspinning, (uint32_t)-1) < 0)
			rt_throw("startm: negative nmspinning");
		return;
	}
	m = midle_get();
	if (m == NULL) {
		rt_unlock(&sched.lock);
		newm(p, spinning);
		return;
	}
	m->spinning = spinning;
	m->nextp = p;
	rt_unlock(&sched.lock);
	note_wake(&m->park);
}

/* Work was made: one more thread, unless one searches already. */
void
sched_wakep(void)
{
	if (LOADSC(&sched.npidle) == 0 || LOADSC(&sched.nmspinning) != 0 || !cas32(&sched.nmspinning, 0, 1))
		return;
	startm(NULL, true);
}

/* p lost its thread (system call, locked goroutine): find it another if there is a reason. */
void
sched_handoff(P *p)
{
	if (!runq_empty(p) || LOADSC(&sched.runq.n) != 0) {
		startm(p, false);
		return;
	}
	if (LOADSC(&sched.nmspinning) + LOADSC(&sched.npidle) == 0 && cas32(&sched.nmspinning, 0, 1)) {
		startm(p, true);
		return;
	}
	rt_lock(&sched.lock);
	if (sched.gcwaiting) {
		STORESC(&p->status, PS_STOPPED);
		if (--sched.stopwait == 0)
			note_wake(&sched.stopnote);
		rt_unlock(&sched.lock);
		return;
	}
	if (sched.runq.n != 0) {
		rt_unlock(&sched.lock);
		startm(p, false);
		return;
	}
	/* the last running P must keep somebody in the poller */
	if ((int32_t)sched.npidle == sched.nproc - 1 && LOADSC(&sched.lastpoll) != 0) {
		rt_unlock(&sched.lock);
		startm(p, false);
		return;
	}
	pidle_put(p);
	rt_unlock(&sched.lock);
	if (p->timers.next != 0)
		netpoll_wakefor(p->timers.next);
}

/* sched.lock held: no thread runs Go any more. */
static void
checkdead(void)
{
	int32_t run = sched_mcount() - sched.nmidle - sched.nmidlelocked - sched.nmsys;
	int32_t users = 0;

	/* threads of C may call Go at any time */
	if (rt_module->cgo)
		return;
	/* the collector's helpers are no threads of the scheduler; they will wake somebody */
	if (run > 0 || sched.panicking || !sched.started || sched.nowait || gc.phase != 0)
		return;
	if (run < 0)
		rt_throw("checkdead: inconsistent counts");
	for (int32_t i = 0; i < sched.nproc; i++)
		if (LOADREL(&sched.allp[i]->timers.next) != 0)
			return;
	for (uint32_t i = 0; i < sched.nallg; i++) {
		G *g = sched.allg[i];
		uint32_t st = LOADREL(&g->status);

		if (g->flags & GF_SYSTEM)
			continue;
		if (st == GS_WAITING)
			users++;
		else if (st == GS_RUNNABLE || st == GS_RUNNING || st == GS_SYSCALL)
			return;
	}
	rt_unlock(&sched.lock);
	if (users == 0 && sched.maingoexited)
		rt_fatal("no goroutines (main called runtime.Goexit) - deadlock!");
	rt_fatal("all goroutines are asleep - deadlock!");
}

static void
midle_put(M *m)
{
	m->link = sched.midle;
	sched.midle = m;
	sched.nmidle++;
	checkdead();
}

/* Sleeps until somebody gives this thread a P. */
static void
stopm(M *m)
{
	rt_lock(&sched.lock);
	midle_put(m);
	rt_unlock(&sched.lock);
	note_sleep(&m->park, -1);
	note_clear(&m->park);
	if (m->nextp != NULL) {
		P *p = m->nextp;

		m->nextp = NULL;
		acquirep(m, p);
	}
}

/* The world is being stopped: give up the P. */
static void
gcstop(M *m)
{
	P *p;

	if (m->spinning) {
		m->spinning = false;
		XADD(&sched.nmspinning, (uint32_t)-1);
	}
	p = releasep(m);
	rt_lock(&sched.lock);
	STORESC(&p->status, PS_STOPPED);
	if (--sched.stopwait == 0)
		note_wake(&sched.stopnote);
	rt_unlock(&sched.lock);
	stopm(m);
}

/* The goroutine this thread is locked to is not runnable: lend the P and wait for it. */
static void
stoplockedm(M *m)
{
	if (m->p != NULL)
		sched_handoff(releasep(m));
	rt_lock(&sched.lock);
	sched.nmidlelocked++;
	checkdead();
	rt_unlock(&sched.lock);
	note_sleep(&m->park, -1);
	note_clear(&m->park);
	acquirep(m, m->nextp);
	m->nextp = NULL;
}

/* g must run on the thread it is locked to. */
static void
startlockedm(M *m, G *g)
{
	M *lm = g->lockedm;
	P *p = releasep(m);

	rt_lock(&sched.lock);
	sched.nmidlelocked--;
	rt_unlock(&sched.lock);
	lm->nextp = p;
	note_wake(&lm->park);
	stopm(m);
}

/* ---- looking for work ---- */

static int64_t
earliesttimer(void)
{
	int64_t t = 0;

	for (int32_t i = 0; i < sched.nproc; i++) {
		int64_t n = LOADREL(&sched.allp[i]->timers.next);

		if (n != 0 && (t == 0 || n < t))
			t = n;
	}
	return t;
}

static bool
inject(M *m, G *list)
{
	bool any = list != NULL;

	(void)m;
	g_readylist(list);
	return any;
}

static G *
steal(M *m, int64_t *now, bool *ran)
{
	P *p = m->p;
	int32_t n = sched.nproc;

	for (int round = 0; round < 4; round++) {
		uint32_t start = (uint32_t)rt_random() % (uint32_t)n;

		for (int32_t k = 0; k < n; k++) {
			P *v = sched.allp[(start + (uint32_t)k) % (uint32_t)n];
			G *g;

			if (LOADREL(&sched.gcwaiting))
				return NULL;
			if (v == p)
				continue;
			if (round == 3 && LOADREL(&v->timers.next) != 0) {
				if (timers_check(v, now)) {
					bool inherit;

					*ran = true;
					if ((g = runq_get(p, &inherit)) != NULL)
						return g;
				}
			}
			if ((g = runq_steal(p, v, round == 3)) != NULL)
				return g;
		}
	}
	return NULL;
}

/* Blocks until there is a goroutine to run. */
static G *
findrunnable(M *m, bool *inherit)
{
	P *p;
	G *g, *list;
	int64_t now, until;
	bool wasspinning, ran, over;

top:
	p = m->p;
	*inherit = false;
	if (LOADSC(&sched.gcwaiting)) {
		gcstop(m);
		goto top;
	}
	now = 0;
	if (LOADREL(&p->timers.next) != 0)
		timers_check(p, &now);
	/*
	 * Goroutines that wake each other share one slice. Its end must not go unseen because the one that was running then
	 * parked by itself: those that wait in the queues would wait as long as the chain goes on.
	 */
	over = LOADREL(&p->sliceover) != 0;
	if (over) {
		STOREREL(&p->sliceover, 0);
		if ((g = XCHG(&p->runnext, NULL)) != NULL)
			runq_put(p, g, false);
	}
	if ((p->schedtick % 61 == 0 || LOADREL(&sched.urgent) || (over && p->schedtick % 2 == 0)) &&
	    LOADREL(&sched.runq.n) != 0) {
		rt_lock(&sched.lock);
		sched.urgent = 0;
		g = globrunq_get(p, 1);
		rt_unlock(&sched.lock);
		if (g != NULL)
			return g;
	}
	if ((g = runq_get(p, inherit)) != NULL)
		return g;
	if (LOADREL(&sched.runq.n) != 0) {
		rt_lock(&sched.lock);
		g = globrunq_get(p, 0);
		rt_unlock(&sched.lock);
		if (g != NULL)
			return g;
	}
	if (netpoll_anywaiters() && LOADSC(&sched.lastpoll) != 0 && (list = netpoll(0)) != NULL) {
		inject(m, list);
		if ((g = runq_get(p, inherit)) != NULL)
			return g;
	}
	if (m->spinning || 2 * LOADSC(&sched.nmspinning) < (uint32_t)sched.nproc - LOADSC(&sched.npidle)) {
		if (!m->spinning) {
			m->spinning = true;
			XADD(&sched.nmspinning, 1);
		}
		ran = false;
		if ((g = steal(m, &now, &ran)) != NULL)
			return g;
		if (ran)
			goto top;
	}
	rt_lock(&sched.lock);
	if (sched.gcwaiting) {
		rt_unlock(&sched.lock);
		goto top;
	}
	if (sched.runq.n != 0) {
		g = globrunq_get(p, 0);
		rt_unlock(&sched.lock);
		return g;
	}
	if (!m->spinning && LOADSC(&sched.needspinning)) {
		m->spinning = true;
		XADD(&sched.nmspinning, 1);
		STORESC(&sched.needspinning, 0);
		rt_unlock(&sched.lock);
		goto top;
	}
	releasep(m);
	pidle_put(p);
	rt_unlock(&sched.lock);

	/* From here on others may submit work that nobody looks for: stop spinning first, then look at all queues once more. */
	wasspinning = m->spinning;
	if (m->spinning) {
		m->spinning = false;
		XADD(&sched.nmspinning, (uint32_t)-1);
		for (int32_t i = 0; i < sched.nproc; i++) {
			P *v = sched.allp[i];

			if (runq_empty(v) && LOADSC(&sched.runq.n) == 0)
				continue;
			rt_lock(&sched.lock);
			p = sched.gcwaiting ? NULL : pidle_get();
			rt_unlock(&sched.lock);
			if (p == NULL)
				break;
			acquirep(m, p);
			m->spinning = true;
			XADD(&sched.nmspinning, 1);
			goto top;
		}
	}
	until = earliesttimer();
	if (netpoll_ready() && (netpoll_anywaiters() || until != 0) && XCHG(&sched.lastpoll, 0) != 0) {
		int64_t delay = -1;

		STORESC(&sched.polluntil, until);
		/* a timer may have been added between the look and the store */
		until = earliesttimer();
		if (until != 0) {
			STORESC(&sched.polluntil, until);
			now = rt_nanotime();
			delay = until > now ? until - now : 0;
		}
		if (wasspinning && LOADSC(&sched.gcwaiting))
			delay = 0;
		list = netpoll(delay);
		STORESC(&sched.polluntil, 0);
		STORESC(&sched.lastpoll, rt_nanotime());
		rt_lock(&sched.lock);
		p = sched.gcwaiting ? NULL : pidle_get();
		rt_unlock(&sched.lock);
		if (p == NULL) {
			inject(m, list);
		} else {
			acquirep(m, p);
			inject(m, list);
			if (wasspinning) {
				m->spinning = true;
				XADD(&sched.nmspinning, 1);
			}
			goto top;
		}
	} else if (until != 0 && netpoll_ready()) {
		int64_t pu = LOADSC(&sched.polluntil);

		if (pu == 0 || pu > until)
			netpoll_break();
	}
	stopm(m);
	goto top;
}

/* Leaves the search with work in hand: somebody else should go on searching. */
static void
resetspinning(M *m)
{
	m->spinning = false;
	if ((int32_t)XADD(&sched.nmspinning, (uint32_t)-1) < 0)
		rt_throw("negative nmspinning");
	sched_wakep();
}

/* ---- running ---- */

uint32_t sched_hardpoll;		/* hard mode: every goroutine starts with a poisoned guard */

static G *
exitnop(M *m, G *g)
{
	P *p;

	rt_lock(&sched.lock);
	p = sched.gcwaiting ? NULL : pidle_get();
	g->insyscall = 0;
	STOREREL(&g->status, GS_RUNNABLE);
	if (p == NULL) {
		bool locked = g->lockedm != NULL;

		globrunq_put(g);
		rt_unlock(&sched.lock);
		if (locked)
			stoplockedm(m);
		else
			stopm(m);
		return locked ? g : NULL;
	}
	rt_unlock(&sched.lock);
	acquirep(m, p);
	return g;
}

/* The other side of the coroutine that ended, if it was one. */
static void
readynext(M *m)
{
	G *g = m->nextg;

	m->nextg = NULL;
	if (g != NULL)
		rt_ready(g);
}

/* Runs goroutines, next first. Returns when one comes back from a call by C: the loop runs below C's frames then, for that one only. */
static void
run(M *m, G *next)
{
	G *g;
	bool inherit = false;

	for (;;) {
		if (next != NULL) {
			g = next;
			next = NULL;
		} else {
			if (m->lockedg != NULL) {
				stoplockedm(m);
				g = m->lockedg;
			} else {
				if (m->p == NULL)
					stopm(m);
				g = findrunnable(m, &inherit);
				if (m->spinning)
					resetspinning(m);
				if (g->lockedm != NULL && g->lockedm != m) {
					startlockedm(m, g);
					continue;
				}
			}
		}
		m->curg = g;
		g->m = m;
		g->preempt = false;
		g->poll = 0;
		STORESC(&g->stackguard, g->stacklo + STACK_GUARD);
		/* hard mode: every second run begins with a yield, so that the others make progress */
		if (sched_hardpoll && (++g->runs & 1) != 0)
			g_poison(g);
		STOREREL(&g->status, GS_RUNNING);
		if (!inherit)
			m->p->schedtick++;
		inherit = false;
		arch_run(g, m);
		switch (m->action) {
		case ACT_PARK:
			break;
		case ACT_YIELD:
			g->m = NULL;
			STOREREL(&g->status, GS_RUNNABLE);
			rt_lock(&sched.lock);
			if (g == sched.collector)
				globrunq_putfirst(g);
			else
				globrunq_put(g);
			rt_unlock(&sched.lock);
			break;
		case ACT_NEXT:
			g->m = NULL;
			STOREREL(&g->status, GS_RUNNABLE);
			runq_put(m->p, g, false);
			break;
		case ACT_EXIT:
			if (g->lockedm != NULL) {
				/* a goroutine that dies locked takes its thread with it: nobody may inherit the thread's state */
				g->lockedm = NULL;
				m->lockedg = NULL;
				m->curg = NULL;
				g_exit(m, g);
				readynext(m);
				if (!m->main) {
					P *p = releasep(m);

					rt_lock(&sched.lock);
					sched.nmfreed++;
					rt_unlock(&sched.lock);
					sched_handoff(p);
					threads_exit(m);
				}
				break;
			}
			m->curg = NULL;
			g_exit(m, g);
			readynext(m);
			break;
		case ACT_SWITCH:
			next = m->nextg;
			m->nextg = NULL;
			break;
		case ACT_NOP:
			m->curg = NULL;
			next = exitnop(m, g);
			break;
		case ACT_RETURN:
			m->action = ACT_NONE;
			return;
		default:
			rt_throw("goroutine left for no reason");
		}
		m->curg = NULL;
		m->action = ACT_NONE;
	}
}

_Noreturn void
sched_run(M *m)
{
	run(m, NULL);
	rt_throw("a call by C ended on a thread of Go's");
}

void
sched_callback(M *m, G *g)
{
	run(m, g);
}

void
sched_reenter(M *m)
{
	G *g = m->curg;

	rt_exitsyscall();
	if (m->action == ACT_NOP) {
		m->action = ACT_NONE;
		m->curg = NULL;
		exitnop(m, g);
	}
}

/* ---- preemption ---- */

void
g_poison(G *g)
{
	STORESC(&g->poll, 1);
	STORESC(&g->stackguard, STACK_PREEMPT);
}

void
sched_preempt(P *p)
{
	M *m = LOADACQ(&p->m);
	G *g;

	if (m == NULL || m == getm())
		return;
	g = LOADACQ(&m->curg);
	if (g == NULL)
		return;
	g->preempt = true;
	g_poison(g);
}

void
sched_preemptall(void)
{
	for (int32_t i = 0; i < sched.nproc; i++)
		if (LOADSC(&sched.allp[i]->status) == PS_RUNNING)
			sched_preempt(sched.allp[i]);
}

/* A stub or a prologue saw the flag. */
void
rt_poll(G *g)
{
	M *m = getm();

	g->poll = 0;
	if (g->stackguard == STACK_PREEMPT)
		g->stackguard = g->stacklo + STACK_GUARD;
	if (m->p == NULL || g->insyscall)
		return;
	if (g->pinned != 0) {
		g->preempt = true;	/* procUnpin looks again */
		return;
	}
	if (g->preempt || sched.gcwaiting || sched_hardpoll) {
		g->preempt = false;
		act(gc_hold(g) ? ACT_PARK : ACT_YIELD);
	}
}

void
rt_asyncyield(G *g)
{
	rt_poll(g);
}

/* ---- stopping the world ---- */

bool
sched_stop(void)
{
	M *m = getm();
	bool wait;

	if (!cas32(&sched.stwowner, 0, 1))
		return false;
	rt_lock(&sched.lock);
	sched.stopwait = sched.nproc;
	STORESC(&sched.gcwaiting, 1);
	sched_preemptall();
	STORESC(&m->p->status, PS_STOPPED);
	sched.stopwait--;
	for (int32_t i = 0; i < sched.nproc; i++) {
		P *p = sched.allp[i];

		if (LOADSC(&p->status) == PS_SYSCALL && cas32(&p->status, PS_SYSCALL, PS_STOPPED)) {
			p->syscalltick++;
			sched.stopwait--;
		}
	}
	for (P *p; (p = pidle_get()) != NULL;) {
		STORESC(&p->status, PS_STOPPED);
		sched.stopwait--;
	}
	wait = sched.stopwait > 0;
	rt_unlock(&sched.lock);
	if (wait) {
		for (int i = 0; !note_sleep(&sched.stopnote, 100000); i++) {
			sched_preemptall();
			if (i >= 2)		/* a loop without calls: interrupt it */
				for (int32_t k = 0; k < sched.nproc; k++) {
					P *p = sched.allp[k];
					M *o = LOADACQ(&p->m);

					if (LOADSC(&p->status) == PS_RUNNING && o != NULL && o != m)
						signal_preempt(o);
				}
		}
		note_clear(&sched.stopnote);
	}
	return true;
}

static void procresize(int32_t n);
static int32_t newprocs;

void
sched_start(void)
{
	M *m = getm();
	G *list = netpoll_ready() && netpoll_anywaiters() ? netpoll(0) : NULL;

	rt_lock(&sched.lock);
	if (newprocs != 0) {
		procresize(newprocs);
		newprocs = 0;
	}
	STORESC(&m->p->status, PS_RUNNING);
	STORESC(&sched.gcwaiting, 0);
	for (int32_t i = sched.nproc - 1; i >= 0; i--) {
		P *p = sched.allp[i];

		if (p == m->p)
			continue;
		pidle_put(p);
	}
	if (sched.sysmonwait) {
		sched.sysmonwait = 0;
		note_wake(&sched.sysmonnote);
	}
	rt_unlock(&sched.lock);
	STORESC(&sched.stwowner, 0);
	g_readylist(list);
	/* Ps with work get threads; one more to look for what is left */
	for (int32_t i = 0; i < sched.nproc; i++) {
		P *p = sched.allp[i];
		bool start = false;

		if (p == m->p || runq_empty(p))
			continue;
		rt_lock(&sched.lock);
		for (P **pp = &sched.pidle; *pp != NULL; pp = &(*pp)->link)
			if (*pp == p) {
				*pp = p->link;
				p->link = NULL;
				XADD(&sched.npidle, (uint32_t)-1);
				start = true;
				break;
			}
		rt_unlock(&sched.lock);
		if (start)
			startm(p, false);
	}
	sched_wakep();
}

/* Whoever stops the world must not be asked to yield before it starts again: nobody could run it. */
uintptr_t
rt_stw_go(void)
{
	if (sched_stop()) {
		rt_procpin();
		return 1;
	}
	getg()->ret[0] = 0;
	act(ACT_YIELD);
	return 0;
}

void
rt_startw_go(void)
{
	sched_start();
	rt_procunpin();
}

/* World stopped (or starting up); sched.lock held or not needed. */
static void
procresize(int32_t n)
{
	M *m = getm();
	int32_t old = sched.nproc;

	if (n > sched.capp) {
		P **np = rt_persistent((uintptr_t)n * 2 * sizeof *np, 8);

		if (sched.capp != 0)
			memcpy(np, sched.allp, (size_t)sched.capp * sizeof *np);
		STOREREL(&sched.allp, np);
		sched.capp = n * 2;
	}
	for (int32_t i = 0; i < n; i++) {
		if (sched.allp[i] == NULL) {
			sched.allp[i] = rt_persistent(sizeof(P), 64);
			sched.allp[i]->id = i;
			sched.allp[i]->wbnext = sched.allp[i]->wbbuf;
			sched.allp[i]->wbend = sched.allp[i]->wbbuf + NELEM(sched.allp[i]->wbbuf);
			sched.allp[i]->gcw = gc_newwork();
		}
		if (i >= old)
			sched.allp[i]->status = PS_STOPPED;
	}
	if (m->p != NULL && m->p->id >= n) {
		releasep(m);
		sched.allp[0]->m = NULL;
		m->p = sched.allp[0];
		m->p->m = m;
	}
	for (int32_t i = n; i < old; i++) {
		P *p = sched.allp[i];
		bool inherit;
		G *g;

		while ((g = runq_get(p, &inherit)) != NULL)
			globrunq_put(g);
		timers_move(sched.allp[0], p);
		mcache_flush(&p->mcache);
		while ((g = p->gfree) != NULL) {
			p->gfree = g->schedlink;
			p->ngfree--;
			rt_lock(&sched.gfreelock);
			g->schedlink = sched.gfree;
			sched.gfree = g;
			sched.ngfree++;
			rt_unlock(&sched.gfreelock);
		}
		p->status = PS_DEAD;
	}
	STORESC(&sched.nproc, n);
}

/* GOMAXPROCS: n < 1 asks only. -1: try again. */
uintptr_t
rt_gomaxprocs(uintptr_t un)
{
	int32_t n = (int32_t)un, old = sched.nproc;

	if (n < 1 || n == old)
		return (uintptr_t)(intptr_t)old;
	if (n > 1024)
		n = 1024;
	if (!sched_stop()) {
		getg()->ret[0] = (uintptr_t)-1;
		act(ACT_YIELD);
		return (uintptr_t)-1;
	}
	old = sched.nproc;
	newprocs = n;
	sched_start();
	return (uintptr_t)(intptr_t)old;
}

MCache *
mem_anymcache(int i)
{
	return i < sched.capp && sched.allp[i] != NULL ? &sched.allp[i]->mcache : NULL;
}

/* ---- system calls ---- */

void
rt_entersyscall(void)
{
	M *m = getm();
	G *g = m->curg;
	P *p = m->p;

	g->syscallsp = g->sp;
	g->syscalllink = g->link;
	g->insyscall = 1;
	STOREREL(&g->status, GS_SYSCALL);
	if (LOADREL(&sched.sysmonwait)) {
		rt_lock(&sched.lock);
		if (sched.sysmonwait) {
			sched.sysmonwait = 0;
			note_wake(&sched.sysmonnote);
		}
		rt_unlock(&sched.lock);
	}
	m->oldp = p;
	m->p = NULL;
	p->m = NULL;
	STORESC(&p->status, PS_SYSCALL);
	if (LOADSC(&sched.gcwaiting)) {
		rt_lock(&sched.lock);
		if (sched.stopwait > 0 && cas32(&p->status, PS_SYSCALL, PS_STOPPED)) {
			p->syscalltick++;
			if (--sched.stopwait == 0)
				note_wake(&sched.stopnote);
		}
		rt_unlock(&sched.lock);
	}
}

void
rt_exitsyscall(void)
{
	M *m = getm();
	G *g = m->curg;
	P *p = m->oldp;

	m->oldp = NULL;
	if (p != NULL && LOADREL(&p->status) == PS_SYSCALL && cas32(&p->status, PS_SYSCALL, PS_RUNNING)) {
		m->p = p;
		p->m = m;
		p->syscalltick++;
	} else {
		p = NULL;
		if (LOADREL(&sched.npidle) != 0) {
			rt_lock(&sched.lock);
			p = sched.gcwaiting ? NULL : pidle_get();
			rt_unlock(&sched.lock);
		}
		if (p == NULL) {
			act(ACT_NOP);
			return;
		}
		acquirep(m, p);
		p->syscalltick++;
	}
	STOREREL(&g->status, GS_RUNNING);
	g->insyscall = 0;
	if (LOADSC(&sched.gcwaiting))
		g_poison(g);
}

uintptr_t
rt_numcpu(void)
{
	return (uintptr_t)sched.ncpu;
}

uintptr_t
rt_numthread(void)
{
	return (uintptr_t)(intptr_t)sched_mcount();
}

uintptr_t
rt_setmaxthreads(uintptr_t n)
{
	int32_t old = sched.maxm;

	sched.maxm = (int32_t)n;
	return (uintptr_t)(intptr_t)old;
}

/* ---- start ---- */

static M m0;

void
sched_init(void)
{
	extern char **environ;
	int32_t n;

	sched.ncpu = os_ncpu();
	sched.maxm = 10000;
	sched.inittime = rt_nanotime();
	sched.lastpoll = sched.inittime;
	n = sched.ncpu;
	for (char **e = environ; *e != NULL; e++)
		if (strncmp(*e, "GOMAXPROCS=", 11) == 0) {
			int32_t v = 0;
			const char *s = *e + 11;

			for (; *s >= '0' && *s <= '9' && v < 100000; s++)
				v = v * 10 + (*s - '0');
			if (*s == 0 && v > 0)
				n = v < 1024 ? v : 1024;
		}
	m0.id = sched.mnext++;
	m0.main = true;
	m0.tid = os_gettid();
	sched.allm = &m0;
	rt_m = &m0;
	procresize(n);
	for (int32_t i = n - 1; i > 0; i--)
		pidle_put(sched.allp[i]);
	acquirep(&m0, sched.allp[0]);
}
