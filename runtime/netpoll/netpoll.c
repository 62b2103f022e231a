/*
 * netpoll.c - poll descriptors: at most one reader and one writer wait on each, for readiness, a deadline, or the descriptor's end.
 *
 * A PollDesc is type-stable: a late event or timer finds an old one unharmed and is recognised by its sequence number. pd->lock guards everything;
 * goroutines are made runnable after it is released.
 */
#include "netpoll/netpoll.h"
#include "panic/panic.h"
#include "time/timer.h"
#include <string.h>

enum { READY = 1 };			/* in PollDesc.g: nobody waits, and the descriptor is ready */
enum { OK, CLOSING, TIMEOUT, NOTPOLLABLE };	/* internal/poll's numbers */

typedef struct {
	uintptr_t g;			/* 0, READY, or the waiting G */
	int64_t deadline;		/* 0 none, < 0 passed */
	uint32_t seq;			/* of the timer */
	Timer timer;
} Side;

struct PollDesc {
	PollDesc *link;
	Lock lock;
	int fd;
	uint16_t gen;
	bool closing, err;
	Side side[2];			/* 0 reader, 1 writer */
};

static Lock initlock, poollock;
static PollDesc *pool;
static uint32_t inited;
static int32_t waiters;

void
netpoll_init(void)
{
	int r;

	if (LOADACQ(&inited))
		return;
	rt_lock(&initlock);
	if (!inited) {
		r = poller_open();
		if (r < 0) {
			panic_printf("runtime: cannot open the poller: errno %d\n", -r);
			rt_throw("runtime: netpollinit failed");
		}
		STOREREL(&inited, 1);
	}
	rt_unlock(&initlock);
}

bool
netpoll_ready(void)
{
	return LOADACQ(&inited) != 0;
}

bool
netpoll_anywaiters(void)
{
	return LOADSC(&waiters) > 0;
}

G *
netpoll(int64_t delay)
{
	G *list = NULL;

	if (!netpoll_ready())
		return NULL;
	poller_wait(delay, &list);
	return list;
}

void
netpoll_break(void)
{
	if (netpoll_ready())
		poller_break();
}

void
netpoll_wakefor(int64_t when)
{
	if (LOADSC(&sched.lastpoll) == 0) {
		int64_t until = LOADSC(&sched.polluntil);

		if (until == 0 || until > when)
			netpoll_break();
	} else if (sched.started) {
		sched_wakep();
	}
}

static uint64_t
tagof(PollDesc *pd)
{
	return (uint64_t)(uintptr_t)pd << 16 | pd->gen;
}

/* Takes the waiter of a side, or notes that it is ready. pd->lock held. */
static G *
take(Side *s, int code, bool ready)
{
	G *g = s->g > READY ? (G *)s->g : NULL;

	s->g = g == NULL && ready ? READY : g == NULL ? s->g : 0;
	if (g != NULL) {
		g->ret[0] = (uintptr_t)code;
		__atomic_sub_fetch(&waiters, 1, __ATOMIC_SEQ_CST);
	}
	return g;
}

void
netpoll_event(uint64_t tag, bool r, bool w, bool err, G **list)
{
	PollDesc *pd = (PollDesc *)(uintptr_t)(tag >> 16);
	G *g;

	rt_lock(&pd->lock);
	if (pd->gen == (uint16_t)tag) {
		pd->err = err;
		for (int i = 0; i < 2; i++)
			if ((i == 0 ? r : w) && (g = take(&pd->side[i], OK, true)) != NULL) {
				g->schedlink = *list;
				*list = g;
			}
	}
	rt_unlock(&pd->lock);
}

static void
deadline(Timer *t, uintptr_t arg, uintptr_t seq, int64_t now)
{
	PollDesc *pd = (PollDesc *)arg;
	G *g = NULL;

	(void)now;
	rt_lock(&pd->lock);
	for (int i = 0; i < 2; i++)
		if (t == &pd->side[i].timer && pd->side[i].seq == (uint32_t)seq && pd->side[i].deadline > 0) {
			pd->side[i].deadline = -1;
			g = take(&pd->side[i], TIMEOUT, false);
		}
	rt_unlock(&pd->lock);
	if (g != NULL)
		rt_ready(g);
}

void
rt_pollserverinit(void)
{
	netpoll_init();
}

uintptr_t
rt_ispolldesc(uintptr_t fd)
{
	return poller_isfd((int)fd);
}

Words2
rt_pollopen(uintptr_t fd)
{
	PollDesc *pd;
	int r;

	rt_lock(&poollock);
	if (pool == NULL) {
		PollDesc *a = rt_persistent(16 * sizeof *a, 64);

		for (int i = 0; i < 16; i++) {
			a[i].link = pool;
			pool = &a[i];
		}
	}
	pd = pool;
	pool = pd->link;
	rt_unlock(&poollock);
	rt_lock(&pd->lock);
	pd->fd = (int)fd;
	pd->closing = pd->err = false;
	pd->gen++;
	for (int i = 0; i < 2; i++) {
		Side *s = &pd->side[i];

		s->g = 0;
		s->deadline = 0;
		s->seq++;
		s->timer.kind = TIMER_C;
		s->timer.cfn = deadline;
		s->timer.carg = (uintptr_t)pd;
	}
	rt_unlock(&pd->lock);
	r = poller_add((int)fd, tagof(pd));
	if (r < 0) {
		rt_lock(&poollock);
		pd->link = pool;
		pool = pd;
		rt_unlock(&poollock);
		return (Words2){ 0, (uintptr_t)-r };
	}
	return (Words2){ (uintptr_t)pd, 0 };
}

void
rt_pollclose(PollDesc *pd)
{
	if (!pd->closing)
		rt_throw("runtime: close polldesc w/o unblock");
	if (pd->side[0].g > READY || pd->side[1].g > READY)
		rt_throw("runtime: blocked on closing polldesc");
	poller_del(pd->fd);
	rt_lock(&pd->lock);
	pd->gen++;
	rt_unlock(&pd->lock);
	rt_lock(&poollock);
	pd->link = pool;
	pool = pd;
	rt_unlock(&poollock);
}

static int
check(PollDesc *pd, Side *s, int i)
{
	if (pd->closing)
		return CLOSING;
	if (s->deadline < 0)
		return TIMEOUT;
	return i == 0 && pd->err ? NOTPOLLABLE : OK;
}

static int
sideof(uintptr_t mode)
{
	return (int)mode == 'r' ? 0 : 1;
}

static int
waitside(PollDesc *pd, int i, bool canceled)
{
	Side *s = &pd->side[i];
	G *g = getg();
	int r;

	rt_lock(&pd->lock);
	if (!canceled && (r = check(pd, s, i)) != OK) {
		rt_unlock(&pd->lock);
		return r;
	}
	if (s->g == READY) {
		s->g = 0;
		rt_unlock(&pd->lock);
		return OK;
	}
	if (s->g != 0)
		rt_throw("runtime: double wait");
	s->g = (uintptr_t)g;
	__atomic_add_fetch(&waiters, 1, __ATOMIC_SEQ_CST);
	g_wait(g, WAIT_IOWAIT);
	rt_unlock(&pd->lock);
	act(ACT_PARK);
	return OK;
}

uintptr_t
rt_pollwait(PollDesc *pd, uintptr_t mode)
{
	return (uintptr_t)waitside(pd, sideof(mode), false);
}

void
rt_pollwaitcanceled(PollDesc *pd, uintptr_t mode)
{
	waitside(pd, sideof(mode), true);
}

uintptr_t
rt_pollreset(PollDesc *pd, uintptr_t mode)
{
	int i = sideof(mode), r;

	rt_lock(&pd->lock);
	r = check(pd, &pd->side[i], i);
	if (r == OK)
		pd->side[i].g = 0;
	rt_unlock(&pd->lock);
	return (uintptr_t)r;
}

void
rt_pollsetdeadline(PollDesc *pd, int64_t d, uintptr_t umode)
{
	int mode = (int)umode;
	G *wake[2] = { NULL, NULL };

	if (d > 0) {
		d += rt_nanotime();
		if (d <= 0)
			d = INT64_MAX;
	}
	for (int i = 0; i < 2; i++) {
		Side *s = &pd->side[i];
		bool start;

		if (mode != 'r' + 'w' && mode != (i == 0 ? 'r' : 'w'))
			continue;
		timer_stop(&s->timer);
		rt_lock(&pd->lock);
		if (pd->closing) {
			rt_unlock(&pd->lock);
			return;
		}
		s->deadline = d;
		s->seq++;
		s->timer.cseq = s->seq;
		start = d > 0;
		if (d < 0)
			wake[i] = take(s, TIMEOUT, false);
		rt_unlock(&pd->lock);
		if (start)
			timer_start(&s->timer, d, 0);
	}
	for (int i = 0; i < 2; i++)
		if (wake[i] != NULL)
			rt_ready(wake[i]);
}

void
rt_pollunblock(PollDesc *pd)
{
	G *wake[2];

	rt_lock(&pd->lock);
	if (pd->closing)
		rt_throw("runtime: unblock on closing polldesc");
	pd->closing = true;
	for (int i = 0; i < 2; i++) {
		pd->side[i].seq++;
		wake[i] = take(&pd->side[i], CLOSING, false);
	}
	rt_unlock(&pd->lock);
	for (int i = 0; i < 2; i++) {
		timer_stop(&pd->side[i].timer);
		if (wake[i] != NULL)
			rt_ready(wake[i]);
	}
}
