/*
 * timer.c - heaps of timers, and package time's functions on them.
 *
 * t->lock guards where a timer is (t->in, when, period); it is taken before the heap's lock. Timers fire with no lock held. A channel timer's send checks
 * t->seq under the channel's lock, so after Stop or Reset returns no old value can arrive (Go 1.23's rule).
 * Pending timers keep their objects alive (gc/roots.c), but for channel timers: one that nothing leads to is forgotten at the end of marking.
 */
#include "time/timer.h"
#include "chan/chan.h"
#include "netpoll/netpoll.h"
#include <string.h>
#include <time.h>

/* ---- the heap: 4-ary ---- */

static void
up(Timers *ts, uint32_t i)
{
	Timer *t = ts->heap[i];

	while (i > 0) {
		uint32_t p = (i - 1) / 4;

		if (ts->heap[p]->when <= t->when)
			break;
		ts->heap[i] = ts->heap[p];
		ts->heap[i]->index = i;
		i = p;
	}
	ts->heap[i] = t;
	t->index = i;
}

static void
down(Timers *ts, uint32_t i)
{
	Timer *t = ts->heap[i];

	for (;;) {
		uint32_t c = i * 4 + 1, best = c;

		if (c >= ts->n)
			break;
		for (uint32_t k = c + 1; k < c + 4 && k < ts->n; k++)
			if (ts->heap[k]->when < ts->heap[best]->when)
				best = k;
		if (ts->heap[best]->when >= t->when)
			break;
		ts->heap[i] = ts->heap[best];
		ts->heap[i]->index = i;
		i = best;
	}
	ts->heap[i] = t;
	t->index = i;
}

static void
setnext(Timers *ts)
{
	STORESC(&ts->next, ts->n == 0 ? 0 : ts->heap[0]->when);
}

static void
heapadd(Timers *ts, Timer *t)
{
	if (ts->n == ts->cap) {
		uint32_t cap = ts->cap == 0 ? 64 : ts->cap * 2;
		Timer **h = rt_persistent(cap * sizeof *h, 8);

		if (ts->n != 0)
			memcpy(h, ts->heap, ts->n * sizeof *h);
		ts->heap = h;
		ts->cap = cap;
	}
	t->in = ts;
	ts->heap[ts->n] = t;
	up(ts, ts->n++);
	setnext(ts);
}

static void
heapdel(Timers *ts, Timer *t)
{
	uint32_t i = t->index;
	Timer *last = ts->heap[--ts->n];

	ts->heap[ts->n] = NULL;
	t->in = NULL;
	if (last != t) {
		ts->heap[i] = last;
		last->index = i;
		up(ts, i);
		down(ts, last->index);
	}
	setnext(ts);
}

/* ---- the queue of the timer goroutine ---- */

static Lock duelock;
static Timer *duehead, *duetail;
static G *duewaiter;

static void
pushdue(Timer *t)
{
	G *g;

	rt_lock(&duelock);
	if (!t->queued) {
		t->queued = true;
		t->nextdue = NULL;
		if (duetail != NULL)
			duetail->nextdue = t;
		else
			duehead = t;
		duetail = t;
	}
	g = duewaiter;
	duewaiter = NULL;
	rt_unlock(&duelock);
	if (g != NULL)
		rt_ready(g);
}

/* (f, arg type, arg data, seq, delta); f nil: nothing yet, ask again. */
void
rt_nexttimerfunc(void)
{
	G *g = getg();
	Timer *t;

	memset(g->ret, 0, sizeof g->ret);
	rt_lock(&duelock);
	t = duehead;
	if (t == NULL) {
		duewaiter = g;
		g_wait(g, WAIT_TIMERS);
		rt_unlock(&duelock);
		act(ACT_PARK);
		return;
	}
	duehead = t->nextdue;
	if (duehead == NULL)
		duetail = NULL;
	t->nextdue = NULL;
	t->queued = false;
	rt_unlock(&duelock);
	g->ret[0] = (uintptr_t)t->f;
	g->ret[1] = (uintptr_t)t->argtype;
	g->ret[2] = (uintptr_t)t->argdata;
	g->ret[3] = t->seq;
	g->ret[4] = (uintptr_t)t->delta;
}

static bool
unqueue(Timer *t)
{
	bool was;

	rt_lock(&duelock);
	was = t->queued;
	if (was) {
		Timer *prev = NULL;

		for (Timer *x = duehead; x != NULL; prev = x, x = x->nextdue)
			if (x == t) {
				if (prev != NULL)
					prev->nextdue = t->nextdue;
				else
					duehead = t->nextdue;
				if (duetail == t)
					duetail = prev;
				break;
			}
		t->queued = false;
		t->nextdue = NULL;
	}
	rt_unlock(&duelock);
	return was;
}

/* ---- firing ---- */

/* time.Time as package time lays it out, made from the clocks: {wall, ext, loc} */
typedef struct {
	uint64_t wall;
	int64_t ext;
	const void *loc;
} GoTime;

extern const int64_t gostartnano __asm__("time.startNano") __attribute__((weak));
extern const char golocal __asm__("time.localLoc") __attribute__((weak));

static void
gonow(GoTime *t)
{
	struct timespec ts;
	int64_t mono = rt_nanotime();
	uint64_t sec;

	clock_gettime(CLOCK_REALTIME, &ts);
	/* wall: bit 63 monotonic, 33 bits of seconds since 1885, 30 bits of nanoseconds; ext: monotonic reading since the start.
	 * Source: package time, comment of type Time */
	sec = (uint64_t)(ts.tv_sec + 2682288000);
	t->loc = &golocal;
	if (sec >> 33 != 0 || &gostartnano == NULL) {
		t->wall = (uint64_t)ts.tv_nsec;
		t->ext = (int64_t)ts.tv_sec + 62135596800;
		return;
	}
	t->wall = (uint64_t)1 << 63 | sec << 30 | (uint64_t)ts.tv_nsec;
	t->ext = mono - gostartnano;
}

static bool
stale(Timer *t, uint32_t seq)
{
	__atomic_sub_fetch(&t->sending, 1, __ATOMIC_SEQ_CST);
	return t->seq != seq;
}

static void
fire(Timer *t, int64_t now, uint32_t seq)
{
	switch (t->kind) {
	case TIMER_C:
		t->cfn(t, t->carg, t->cseq, now);
		return;
	case TIMER_CHAN: {
		GoTime gt;

		gonow(&gt);
		chan_timersend(t->chan, &gt, stale, t, seq);
		return;
	}
	default:
		t->delta = now - t->when;
		pushdue(t);
	}
}

/* Pops the first timer of ts if it is due at now, or moves it on. ts->lock held. */
static Timer *
popdue(Timers *ts, int64_t now, uint32_t *seq)
{
	Timer *t;

	if (ts->n == 0 || (t = ts->heap[0])->when > now)
		return NULL;
	t->delta = now - t->when;
	if (t->period > 0) {
		t->when += t->period * (1 + (now - t->when) / t->period);
		if (t->when < 0)
			t->when = INT64_MAX;
		down(ts, 0);
		setnext(ts);
	} else {
		heapdel(ts, t);
	}
	*seq = LOADREL(&t->seq);
	__atomic_add_fetch(&t->sending, t->kind == TIMER_CHAN, __ATOMIC_SEQ_CST);
	return t;
}

bool
timers_check(P *p, int64_t *now)
{
	Timers *ts = &p->timers;
	int64_t next = LOADSC(&ts->next);
	bool ran = false;
	uint32_t seq;
	Timer *t;

	if (next == 0)
		return false;
	if (*now == 0)
		*now = rt_nanotime();
	if (next > *now)
		return false;
	for (;;) {
		rt_lock(&ts->lock);
		t = popdue(ts, *now, &seq);
		rt_unlock(&ts->lock);
		if (t == NULL)
			return ran;
		ran = true;
		fire(t, *now, seq);
	}
}

void
timer_poke(Timer *t)
{
	Timers *ts = LOADACQ(&t->in);
	uint32_t seq = 0;
	Timer *due = NULL;
	int64_t now;

	if (ts == NULL || LOADREL(&t->when) > (now = rt_nanotime()))
		return;
	rt_lock(&ts->lock);
	if (t->in == ts && t->when <= now) {
		/* as popdue, but not the first perhaps */
		if (t->period > 0) {
			t->when += t->period * (1 + (now - t->when) / t->period);
			down(ts, t->index);
			setnext(ts);
		} else {
			heapdel(ts, t);
		}
		seq = LOADREL(&t->seq);
		__atomic_add_fetch(&t->sending, 1, __ATOMIC_SEQ_CST);
		due = t;
	}
	rt_unlock(&ts->lock);
	if (due != NULL)
		fire(t, now, seq);
}

void
timers_move(P *to, P *from)
{
	Timers *a = &from->timers;

	while (a->n > 0) {
		Timer *t = a->heap[0];

		heapdel(a, t);
		heapadd(&to->timers, t);
	}
}

/* ---- start and stop ---- */

static bool
removeit(Timer *t)
{
	Timers *ts;

	for (;;) {
		ts = LOADACQ(&t->in);
		if (ts == NULL)
			return false;
		rt_lock(&ts->lock);
		if (t->in == ts) {
			heapdel(ts, t);
			rt_unlock(&ts->lock);
			return true;
		}
		rt_unlock(&ts->lock);
	}
}

static void
addit(Timer *t, int64_t when, int64_t period)
{
	M *m = getm();
	P *p = m->p != NULL ? m->p : sched.allp[0];
	Timers *ts = &p->timers;

	netpoll_init();
	if (when < 0)
		when = INT64_MAX;
	if (when == 0)
		when = 1;
	rt_lock(&ts->lock);
	t->when = when;
	t->period = period;
	heapadd(ts, t);
	rt_unlock(&ts->lock);
	netpoll_wakefor(when);
}

void
timer_start(Timer *t, int64_t when, int64_t period)
{
	rt_lock(&t->lock);
	removeit(t);
	addit(t, when, period);
	rt_unlock(&t->lock);
}

/* Takes back what has not been delivered. t->lock held. */
static bool
cancel(Timer *t)
{
	bool pending = removeit(t);

	if (t->kind == TIMER_CHAN) {
		struct Hchan *c = t->chan;

		rt_lock(&c->lock);
		t->seq++;
		if (chan_drain(c) || LOADSC(&t->sending) != 0)
			pending = true;
		rt_unlock(&c->lock);
	} else if (t->kind == TIMER_GO && unqueue(t)) {
		pending = true;
	}
	return pending;
}

bool
timer_stop(Timer *t)
{
	bool pending;

	rt_lock(&t->lock);
	pending = cancel(t);
	rt_unlock(&t->lock);
	return pending;
}

void
timers_each(void (*fn)(Timer *t, void *ctx), void *ctx)
{
	for (int32_t i = 0; i < sched.capp; i++) {
		P *p = sched.allp[i];

		for (uint32_t k = 0; p != NULL && k < p->timers.n; k++)
			if (p->timers.heap[k]->kind == TIMER_GO)
				fn(p->timers.heap[k], ctx);
	}
	for (Timer *t = duehead; t != NULL; t = t->nextdue)
		fn(t, ctx);
}

void
timers_forget(bool (*reached)(uintptr_t obj))
{
	for (int32_t i = 0; i < sched.capp; i++) {
		P *p = sched.allp[i];
		uint32_t n = 0, old = p != NULL ? p->timers.n : 0;

		for (uint32_t k = 0; k < old; k++) {
			Timer *t = p->timers.heap[k];

			if (t->kind == TIMER_CHAN && !reached((uintptr_t)t)) {
				t->in = NULL;
				continue;
			}
			p->timers.heap[n] = t;
			t->index = n++;
		}
		if (n == old)
			continue;
		memset(p->timers.heap + n, 0, (old - n) * sizeof p->timers.heap[0]);
		p->timers.n = n;
		for (uint32_t k = n / 4 + 1; k-- > 0;)
			if (k < n)
				down(&p->timers, k);
		setnext(&p->timers);
	}
}

/* ---- package time ---- */

static const uint8_t timermask[] = { 0x3d };
static Type timertype = {
	.size = sizeof(Timer), .ptrbytes = 48, .align = 8, .fieldalign = 8, .kind = KIND_STRUCT, .gcdata = timermask
};
_Static_assert(offsetof(Timer, chan) == 0 && offsetof(Timer, f) == 16 && offsetof(Timer, nextdue) == 40, "timermask");

Timer *
rt_newtimer(int64_t when, int64_t period, Funcval *f, void *argtype, void *argdata, struct Hchan *c)
{
	Timer *t = gc_alloc((sizeof *t + 7) & ~(uintptr_t)7, &timertype);

	t->chan = NULL;			/* package time sets it: same word */
	t->init = 1;
	t->f = f;
	t->argtype = argtype;
	t->argdata = argdata;
	t->kind = TIMER_GO;
	if (c != NULL) {
		t->kind = TIMER_CHAN;
		t->chan = c;
		gc_write(&c->timer, t);
	}
	timer_start(t, when, period);
	return t;
}

uintptr_t
rt_stoptimer(Timer *t)
{
	return timer_stop(t);
}

uintptr_t
rt_resettimer(Timer *t, int64_t when, int64_t period)
{
	bool pending;

	rt_lock(&t->lock);
	pending = cancel(t);
	addit(t, when, period);
	rt_unlock(&t->lock);
	return pending;
}

static void
wakesleeper(Timer *t, uintptr_t arg, uintptr_t seq, int64_t now)
{
	(void)t;
	(void)seq;
	(void)now;
	rt_ready((G *)arg);
}

void
rt_timesleep(int64_t ns)
{
	G *g = getg();
	Timer *t = g->timer;
	int64_t when;

	if (ns <= 0)
		return;
	if (t == NULL) {
		t = g->timer = rt_persistent(sizeof *t, 8);
		t->kind = TIMER_C;
		t->cfn = wakesleeper;
		t->carg = (uintptr_t)g;
	}
	when = rt_nanotime() + ns;
	if (when < 0)
		when = INT64_MAX;
	g_wait(g, WAIT_SLEEP);		/* before the timer can fire */
	act(ACT_PARK);
	timer_start(t, when, 0);
}

void
rt_timenow(void)
{
	struct timespec ts;
	G *g = getg();

	clock_gettime(CLOCK_REALTIME, &ts);
	g->ret[0] = (uintptr_t)ts.tv_sec;
	g->ret[1] = (uintptr_t)ts.tv_nsec;
	g->ret[2] = (uintptr_t)rt_nanotime();
}

Words2
rt_walltime(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return (Words2){ (uintptr_t)ts.tv_sec, (uintptr_t)ts.tv_nsec };
}
