/*
 * chan.c - send, receive, close.
 *
 * Source: Go language specification, "Channel types", "Send statements", "Receive operator", "Close".
 */
#include "chan/chan.h"
#include "prof/prof.h"
#include "time/timer.h"

static const uint8_t chanmask[] = { 0x34 };
static Type chantype = {
	.size = sizeof(Hchan), .ptrbytes = 48, .align = 8, .fieldalign = 8, .kind = KIND_STRUCT, .gcdata = chanmask
};
_Static_assert(offsetof(Hchan, buf) == 16 && offsetof(Hchan, timer) == 32 && offsetof(Hchan, elemtype) == 40,
    "chanmask");

/* ---- queues ---- */

void
waitq_put(Waitq *q, Sudog *s)
{
	s->next = NULL;
	s->prev = q->last;
	if (q->last != NULL)
		q->last->next = s;
	else
		q->first = s;
	q->last = s;
	s->queued = true;
}

void
waitq_remove(Waitq *q, Sudog *s)
{
	if (!s->queued)
		return;
	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		q->first = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	else
		q->last = s->prev;
	s->next = s->prev = NULL;
	s->queued = false;
}

Sudog *
waitq_take(Waitq *q)
{
	Sudog *s;

	while ((s = q->first) != NULL) {
		waitq_remove(q, s);
		if (!s->isselect || cas32(&s->g->selectstate, 0, 1))
			return s;
		/* the select was won elsewhere; its winner frees the sudog */
	}
	return NULL;
}

void
chan_finish(Sudog *s, bool success, bool panics)
{
	G *g = s->g;

	if (g->blockedat != 0) {
		prof_event(PROF_BLOCK, g, rt_nanotime() - g->blockedat, 0);
		g->blockedat = 0;
	}
	if (s->isselect) {
		Sudog *next;

		g->ret[0] = s->scase;
		g->ret[1] = success;
		for (Sudog *x = g->waiting; x != NULL; x = next) {
			Hchan *c = x->c;

			next = x->waitlink;
			/* also when it is off its queue: a waker that lost may still be looking at it, under the lock */
			rt_lock(&c->lock);
			waitq_remove(x->ticket ? &c->sendq : &c->recvq, x);
			rt_unlock(&c->lock);
		}
		for (Sudog *x = g->waiting; x != NULL; x = next) {
			next = x->waitlink;
			x->waitlink = NULL;
			sudog_put(x);
		}
	} else {
		g->ret[s->ticket] = success;
		sudog_put(s);
	}
	g->waiting = NULL;
	if (panics)
		g_panic(g, PANIC_SENDCLOSED, 0, 0);
	rt_ready(g);
}

/* ---- buffer ---- */

void
chan_push(Hchan *c, const void *elem)
{
	gc_copy(chan_slot(c, c->sendx), elem, c->elemsize);
	if (++c->sendx == c->dataqsiz)
		c->sendx = 0;
	c->qcount++;
}

void
chan_pop(Hchan *c, void *elem)
{
	uint8_t *p = chan_slot(c, c->recvx);

	if (elem != NULL)
		gc_copy(elem, p, c->elemsize);
	gc_clear(p, c->elemsize);
	if (++c->recvx == c->dataqsiz)
		c->recvx = 0;
	c->qcount--;
}

Hchan *
rt_makechan(ChanType *t, intptr_t size)
{
	Type *e = t->elem;
	Hchan *c;
	uintptr_t bytes;

	if (size < 0 || __builtin_mul_overflow((uintptr_t)size, e->size, &bytes) ||
	    bytes > ((uintptr_t)1 << 47) - sizeof(Hchan)) {
		act_panic(PANIC_MAKECHAN, 0, 0);
		return NULL;
	}
	c = gc_alloc(sizeof *c, &chantype);
	c->elemsize = (uint16_t)e->size;
	c->elemtype = e;
	c->dataqsiz = (uintptr_t)size;
	if (bytes != 0)
		gc_write(&c->buf, gc_alloc(bytes, e->ptrbytes != 0 ? e : NULL));
	return c;
}

/* ---- send ---- */

/* Enqueues the current goroutine. c->lock held; the caller unlocks and leaves. */
static void
enqueue(Hchan *c, Waitq *q, void *elem, int reason, uint32_t retword)
{
	G *g = getg();
	Sudog *s = sudog_get();

	s->g = g;
	s->c = c;
	s->elem = elem;
	s->ticket = retword;
	waitq_put(q, s);
	g->waiting = s;
	if (prof_rate[PROF_BLOCK] > 0)
		g->blockedat = rt_nanotime();
	g_wait(g, reason);
}

/* 1 done, 0 would block, -1 the stub acts. */
static int
send(Hchan *c, void *elem, bool block)
{
	Sudog *s;

	if (c == NULL) {
		if (!block)
			return 0;
		g_wait(getg(), WAIT_CHANSENDNIL);
		act(ACT_PARK);
		return -1;
	}
	if (!block && LOADREL(&c->closed) == 0 &&
	    (LOADREL(&c->dataqsiz) == 0 ? LOADREL(&c->recvq.first) == NULL : LOADREL(&c->qcount) == c->dataqsiz))
		return 0;
	rt_lock(&c->lock);
	if (c->closed) {
		rt_unlock(&c->lock);
		act_panic(PANIC_SENDCLOSED, 0, 0);
		return -1;
	}
	if ((s = waitq_take(&c->recvq)) != NULL) {
		if (s->elem != NULL)
			gc_copy(s->elem, elem, c->elemsize);
		rt_unlock(&c->lock);
		chan_finish(s, true, false);
		return 1;
	}
	if (c->qcount < c->dataqsiz) {
		chan_push(c, elem);
		rt_unlock(&c->lock);
		return 1;
	}
	if (!block) {
		rt_unlock(&c->lock);
		return 0;
	}
	enqueue(c, &c->sendq, elem, WAIT_CHANSEND, 0);
	rt_unlock(&c->lock);
	act(ACT_PARK);
	return -1;
}

void
rt_chansend1(Hchan *c, void *elem)
{
	send(c, elem, true);
}

uintptr_t
rt_selectnbsend(Hchan *c, void *elem)
{
	return send(c, elem, false) == 1;
}

uintptr_t
rt_reflectchansend(Hchan *c, void *elem, uintptr_t nb)
{
	return send(c, elem, (uint8_t)nb == 0) == 1;
}

void
chan_timersend(Hchan *c, const void *elem, bool (*stale)(Timer *t, uint32_t seq), Timer *t, uint32_t seq)
{
	Sudog *s;

	rt_lock(&c->lock);
	if (stale(t, seq)) {
		rt_unlock(&c->lock);
		return;
	}
	if ((s = waitq_take(&c->recvq)) != NULL) {
		if (s->elem != NULL)
			gc_copy(s->elem, elem, c->elemsize);
		rt_unlock(&c->lock);
		chan_finish(s, true, false);
		return;
	}
	if (c->qcount < c->dataqsiz)
		chan_push(c, elem);
	rt_unlock(&c->lock);
}

bool
chan_drain(Hchan *c)
{
	bool any = c->qcount != 0;

	while (c->qcount != 0)
		chan_pop(c, NULL);
	return any;
}

/* ---- receive ---- */

/* 1 received, 0 would block, 2 closed, -1 parked: then word retword of g->ret tells success. */
static int
recv(Hchan *c, void *elem, bool block, uint32_t retword)
{
	Sudog *s;

	if (c == NULL) {
		if (!block)
			return 0;
		g_wait(getg(), WAIT_CHANRECVNIL);
		act(ACT_PARK);
		return -1;
	}
	if (c->timer != NULL)
		timer_poke(c->timer);
	/* empty, and open even after that: in the other order it could be closed and emptied in between */
	if (!block && (LOADREL(&c->dataqsiz) == 0 ? LOADACQ(&c->sendq.first) == NULL : LOADACQ(&c->qcount) == 0) &&
	    LOADREL(&c->closed) == 0)
		return 0;
	rt_lock(&c->lock);
	if (c->qcount > 0) {
		chan_pop(c, elem);
		if ((s = waitq_take(&c->sendq)) != NULL) {
			chan_push(c, s->elem);
			rt_unlock(&c->lock);
			chan_finish(s, true, false);
			return 1;
		}
		rt_unlock(&c->lock);
		return 1;
	}
	if (c->closed) {
		rt_unlock(&c->lock);
		if (elem != NULL)
			gc_clear(elem, c->elemsize);
		return 2;
	}
	if ((s = waitq_take(&c->sendq)) != NULL) {
		if (elem != NULL)
			gc_copy(elem, s->elem, c->elemsize);
		rt_unlock(&c->lock);
		chan_finish(s, true, false);
		return 1;
	}
	if (!block) {
		rt_unlock(&c->lock);
		return 0;
	}
	enqueue(c, &c->recvq, elem, WAIT_CHANRECV, retword);
	rt_unlock(&c->lock);
	act(ACT_PARK);
	return -1;
}

void
rt_chanrecv1(Hchan *c, void *elem)
{
	recv(c, elem, true, 0);
}

uintptr_t
rt_chanrecv2(Hchan *c, void *elem)
{
	return recv(c, elem, true, 0) == 1;
}

Words2
rt_selectnbrecv(void *elem, Hchan *c)
{
	int r = recv(c, elem, false, 0);

	return (Words2){ r > 0, r == 1 };
}

Words2
rt_reflectchanrecv(Hchan *c, uintptr_t nb, void *elem)
{
	int r;

	getg()->ret[0] = 1;
	r = recv(c, elem, (uint8_t)nb == 0, 1);
	return (Words2){ r > 0, r == 1 };
}

/* ---- close, len, cap ---- */

void
rt_closechan(Hchan *c)
{
	Sudog *list = NULL, **tail = &list, *s;

	if (c == NULL) {
		act_panic(PANIC_CLOSENIL, 0, 0);
		return;
	}
	rt_lock(&c->lock);
	if (c->closed) {
		rt_unlock(&c->lock);
		act_panic(PANIC_CLOSECLOSED, 0, 0);
		return;
	}
	STOREREL(&c->closed, 1);
	while ((s = waitq_take(&c->recvq)) != NULL) {
		if (s->elem != NULL)
			gc_clear(s->elem, c->elemsize);
		s->lifo = false;
		*tail = s;
		tail = &s->next;
	}
	while ((s = waitq_take(&c->sendq)) != NULL) {
		s->lifo = true;		/* panics */
		*tail = s;
		tail = &s->next;
	}
	*tail = NULL;
	rt_unlock(&c->lock);
	while ((s = list) != NULL) {
		list = s->next;
		s->next = NULL;
		chan_finish(s, false, s->lifo);
	}
}

intptr_t
rt_chanlen(Hchan *c)
{
	if (c == NULL)
		return 0;
	if (c->timer != NULL)
		return 0;		/* looks unbuffered since Go 1.23 */
	return (intptr_t)LOADREL(&c->qcount);
}

intptr_t
rt_chancap(Hchan *c)
{
	return c == NULL || c->timer != NULL ? 0 : (intptr_t)c->dataqsiz;
}
