/*
 * sema.c - sleeping and waking for package sync: counting semaphores on any word, and the ticket lists of sync.Cond.
 *
 * Waiters hang on a table hashed by address: each bucket chains one head per address, each head queues its waiters. A waiter whose
 * ticket was set by a direct hand-off owns the unit already; any other competes again when it runs, which is why the woken goroutine returns
 * to the C function through its Go loop: here the release does the decrement for the woken one, always, so nobody must retry.
 */
#include "gc/gc.h"
#include "prof/prof.h"

enum { NBUCKET = 251 };

typedef struct {
	Lock lock;
	Sudog *heads;			/* one per address, linked by nextaddr */
	uint32_t nwait;
	char pad[64 - sizeof(Lock) - sizeof(void *) - 4];
} SemaRoot;

static SemaRoot table[NBUCKET];

static SemaRoot *
bucketof(uint32_t *addr)
{
	return &table[((uintptr_t)addr >> 3) % NBUCKET];
}

static bool
cansemacquire(uint32_t *addr)
{
	for (;;) {
		uint32_t v = LOADSC(addr);

		if (v == 0)
			return false;
		if (cas32(addr, v, v - 1))
			return true;
	}
}

static Sudog **
findhead(SemaRoot *b, uint32_t *addr)
{
	Sudog **p = &b->heads;

	while (*p != NULL && (*p)->addr != addr)
		p = &(*p)->nextaddr;
	return p;
}

static void
enqueue(SemaRoot *b, uint32_t *addr, Sudog *s, bool lifo)
{
	Sudog **h = findhead(b, addr), *old = *h;

	s->addr = addr;
	s->next = NULL;
	if (old == NULL) {
		s->waittail = s;
		s->nextaddr = NULL;
		*h = s;
	} else if (lifo) {
		s->next = old;
		s->waittail = old->waittail;
		s->nextaddr = old->nextaddr;
		*h = s;
	} else {
		old->waittail->next = s;
		old->waittail = s;
	}
}

static Sudog *
dequeue(SemaRoot *b, uint32_t *addr)
{
	Sudog **h = findhead(b, addr), *s = *h, *n;

	if (s == NULL)
		return NULL;
	if ((n = s->next) != NULL) {
		n->waittail = s->waittail;
		n->nextaddr = s->nextaddr;
		*h = n;
	} else {
		*h = s->nextaddr;
	}
	return s;
}

static void
acquire(uint32_t *addr, bool lifo, int reason, uintptr_t skip)
{
	SemaRoot *b;
	Sudog *s;
	G *g;

	if (cansemacquire(addr))
		return;
	b = bucketof(addr);
	g = getg();
	s = sudog_get();
	rt_lock(&b->lock);
	XADD(&b->nwait, 1);		/* before the second look: a releaser looks at it after its increment */
	if (cansemacquire(addr)) {
		XADD(&b->nwait, (uint32_t)-1);
		rt_unlock(&b->lock);
		sudog_put(s);
		return;
	}
	s->g = g;
	s->skip = (uint8_t)skip;
	if (prof_rate[PROF_BLOCK] > 0 || prof_rate[PROF_MUTEX] > 0)
		s->since = rt_nanotime();
	enqueue(b, addr, s, lifo);
	g_wait(g, reason);
	rt_unlock(&b->lock);
	act(ACT_PARK);
}

void
rt_semacquire(uint32_t *addr)
{
	acquire(addr, false, WAIT_SEMACQUIRE, 0);
}

void
rt_semacquiremutex(uint32_t *addr, uintptr_t lifo, uintptr_t skip)
{
	acquire(addr, (uint8_t)lifo != 0, WAIT_MUTEX, skip);
}

void
rt_semacquirerw(uint32_t *addr, uintptr_t lifo, uintptr_t skip)
{
	acquire(addr, (uint8_t)lifo != 0, WAIT_RWLOCK, skip);
}

void
rt_semacquirerwr(uint32_t *addr, uintptr_t lifo, uintptr_t skip)
{
	acquire(addr, (uint8_t)lifo != 0, WAIT_RWRLOCK, skip);
}

void
rt_semrelease(uint32_t *addr, uintptr_t handoff, uintptr_t skip)
{
	SemaRoot *b = bucketof(addr);
	Sudog *s;
	G *g;

	XADD(addr, 1);
	if (LOADSC(&b->nwait) == 0)
		return;
	rt_lock(&b->lock);
	/* Somebody else may have taken the unit; then nobody is to be woken. Otherwise take it back for the waiter. */
	if (b->nwait == 0 || *findhead(b, addr) == NULL || !cansemacquire(addr)) {
		rt_unlock(&b->lock);
		return;
	}
	s = dequeue(b, addr);
	XADD(&b->nwait, (uint32_t)-1);
	rt_unlock(&b->lock);
	g = s->g;
	if (s->since != 0) {
		int64_t ns = rt_nanotime() - s->since;

		prof_event(PROF_BLOCK, g, ns, s->skip);
		if (g->waitreason != WAIT_SEMACQUIRE)
			prof_event(PROF_MUTEX, getg(), ns, (intptr_t)(uint32_t)skip);
	}
	sudog_put(s);
	rt_ready(g);
	if ((uint8_t)handoff != 0 && getg()->pinned == 0)
		act(ACT_NEXT);		/* the waiter is in the next slot: run it now */
}

void
rt_semrelease1(uint32_t *addr)
{
	rt_semrelease(addr, 0, 0);
}

/* ---- sync.notifyList: {wait u32, notify u32, lock uintptr, head, tail} ---- */

typedef struct {
	uint32_t wait, notify;
	Lock lock;
	uint32_t pad;
	Sudog *head, *tail;		/* sudogs are off the heap: the collector ignores them */
} NotifyList;

_Static_assert(sizeof(NotifyList) == 32, "sync.notifyList");

uintptr_t
rt_notifyadd(NotifyList *l)
{
	return XADD(&l->wait, 1) - 1;
}

static bool
before(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

void
rt_notifywait(NotifyList *l, uintptr_t t)
{
	uint32_t ticket = (uint32_t)t;
	Sudog *s = sudog_get();
	G *g = getg();

	rt_lock(&l->lock);
	if (before(ticket, l->notify)) {	/* notified already */
		rt_unlock(&l->lock);
		sudog_put(s);
		return;
	}
	s->g = g;
	g->blockedat = prof_rate[PROF_BLOCK] > 0 ? rt_nanotime() : 0;
	s->ticket = ticket;
	s->next = NULL;
	if (l->tail == NULL)
		l->head = s;
	else
		l->tail->next = s;
	l->tail = s;
	g_wait(g, WAIT_COND);
	rt_unlock(&l->lock);
	act(ACT_PARK);
}

static void
notified(Sudog *s)
{
	G *g = s->g;

	if (g->blockedat != 0) {
		prof_event(PROF_BLOCK, g, rt_nanotime() - g->blockedat, 0);
		g->blockedat = 0;
	}
	sudog_put(s);
	rt_ready(g);
}

void
rt_notifyall(NotifyList *l)
{
	Sudog *s, *n;

	if (LOADSC(&l->wait) == LOADSC(&l->notify))
		return;
	rt_lock(&l->lock);
	s = l->head;
	l->head = l->tail = NULL;
	STORESC(&l->notify, LOADSC(&l->wait));
	rt_unlock(&l->lock);
	for (; s != NULL; s = n) {
		n = s->next;
		notified(s);
	}
}

void
rt_notifyone(NotifyList *l)
{
	uint32_t t;

	if (LOADSC(&l->wait) == LOADSC(&l->notify))
		return;
	rt_lock(&l->lock);
	t = l->notify;
	if (t == LOADSC(&l->wait)) {
		rt_unlock(&l->lock);
		return;
	}
	STORESC(&l->notify, t + 1);
	for (Sudog *prev = NULL, *s = l->head; s != NULL; prev = s, s = s->next)
		if (s->ticket == t) {
			if (prev != NULL)
				prev->next = s->next;
			else
				l->head = s->next;
			if (l->tail == s)
				l->tail = prev;
			rt_unlock(&l->lock);
			notified(s);
			return;
		}
	rt_unlock(&l->lock);
}

void
rt_notifycheck(uintptr_t size)
{
	if (size != sizeof(NotifyList))
		rt_throw("bad notifyList size");
}
