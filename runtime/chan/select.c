/*
 * select.c - select statements.
 *
 * All channels are locked in the order of their addresses; ready cases are tried in random order; if there is none the goroutine is put on every
 * queue and whoever wakes it finishes the select (chan_finish). The case arrays lie on the goroutine's stack and are not touched after parking.
 * Sudog.ticket tells on which queue of its channel a case waits: 1 send, 0 receive.
 */
#include "chan/chan.h"
#include "prof/prof.h"
#include "time/timer.h"
#include <string.h>

static void
lockall(Scase *cas, uint16_t *order, int n)
{
	Hchan *last = NULL;

	for (int i = 0; i < n; i++) {
		Hchan *c = cas[order[i]].c;

		if (c != last)
			rt_lock(&c->lock);
		last = c;
	}
}

static void
unlockall(Scase *cas, uint16_t *order, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		Hchan *c = cas[order[i]].c;

		if (i > 0 && cas[order[i - 1]].c == c)
			continue;
		rt_unlock(&c->lock);
	}
}

static void
sift(Scase *cas, uint16_t *o, int i, int n)
{
	uint16_t x = o[i];

	for (;;) {
		int k = 2 * i + 1;

		if (k >= n)
			break;
		if (k + 1 < n && (uintptr_t)cas[o[k]].c < (uintptr_t)cas[o[k + 1]].c)
			k++;
		if ((uintptr_t)cas[x].c >= (uintptr_t)cas[o[k]].c)
			break;
		o[i] = o[k];
		i = k;
	}
	o[i] = x;
}

static void
sortcases(Scase *cas, uint16_t *o, int n)
{
	if (n == 2) {
		if ((uintptr_t)cas[o[0]].c > (uintptr_t)cas[o[1]].c) {
			uint16_t t = o[0];

			o[0] = o[1];
			o[1] = t;
		}
		return;
	}
	for (int i = n / 2 - 1; i >= 0; i--)
		sift(cas, o, i, n);
	for (int i = n - 1; i > 0; i--) {
		uint16_t t = o[0];

		o[0] = o[i];
		o[i] = t;
		sift(cas, o, 0, i);
	}
}

/* Result: chosen case (-1: default), whether a receive got a value. */
Words2
rt_selectgo(Scase *cas, uint16_t *order, uintptr_t *pcs, intptr_t nsends, intptr_t nrecvs, uintptr_t ublock)
{
	int ncases = (int)(nsends + nrecvs), n = 0;
	uint16_t *poll = order, *lock = order + ncases;
	G *g = getg();
	Sudog *s, **link;

	(void)pcs;
	for (int i = 0; i < ncases; i++) {
		Hchan *c = cas[i].c;
		uint32_t j;

		if (c == NULL)
			continue;
		if (c->timer != NULL && i >= nsends)
			timer_poke(c->timer);
		j = n == 0 ? 0 : (uint32_t)(((rt_random() & 0xffffffff) * (uint64_t)(n + 1)) >> 32);
		poll[n] = poll[j];
		poll[j] = (uint16_t)i;
		n++;
	}
	memcpy(lock, poll, (size_t)n * sizeof *lock);
	sortcases(cas, lock, n);
	lockall(cas, lock, n);

	for (int k = 0; k < n; k++) {
		int i = poll[k];
		Hchan *c = cas[i].c;

		if (i < nsends) {
			if (c->closed) {
				unlockall(cas, lock, n);
				act_panic(PANIC_SENDCLOSED, 0, 0);
				return (Words2){ 0, 0 };
			}
			if ((s = waitq_take(&c->recvq)) != NULL) {
				if (s->elem != NULL)
					gc_copy(s->elem, cas[i].elem, c->elemsize);
				unlockall(cas, lock, n);
				chan_finish(s, true, false);
				return (Words2){ (uintptr_t)i, 0 };
			}
			if (c->qcount < c->dataqsiz) {
				chan_push(c, cas[i].elem);
				unlockall(cas, lock, n);
				return (Words2){ (uintptr_t)i, 0 };
			}
			continue;
		}
		if (c->qcount > 0) {
			chan_pop(c, cas[i].elem);
			if ((s = waitq_take(&c->sendq)) != NULL)
				chan_push(c, s->elem);
			unlockall(cas, lock, n);
			if (s != NULL)
				chan_finish(s, true, false);
			return (Words2){ (uintptr_t)i, 1 };
		}
		if ((s = waitq_take(&c->sendq)) != NULL) {
			if (cas[i].elem != NULL)
				gc_copy(cas[i].elem, s->elem, c->elemsize);
			unlockall(cas, lock, n);
			chan_finish(s, true, false);
			return (Words2){ (uintptr_t)i, 1 };
		}
		if (c->closed) {
			unlockall(cas, lock, n);
			if (cas[i].elem != NULL)
				gc_clear(cas[i].elem, c->elemsize);
			return (Words2){ (uintptr_t)i, 0 };
		}
	}
	if ((uint8_t)ublock == 0) {
		unlockall(cas, lock, n);
		return (Words2){ (uintptr_t)-1, 0 };
	}
	if (n == 0) {
		g_wait(g, WAIT_SELECTNOCASES);
		act(ACT_PARK);
		return (Words2){ 0, 0 };
	}
	link = &g->waiting;
	for (int k = 0; k < n; k++) {
		int i = lock[k];
		Hchan *c = cas[i].c;

		s = sudog_get();
		s->g = g;
		s->c = c;
		s->elem = cas[i].elem;
		s->isselect = true;
		s->scase = (uint16_t)i;
		s->ticket = i < nsends;
		waitq_put(i < nsends ? &c->sendq : &c->recvq, s);
		*link = s;
		link = &s->waitlink;
	}
	*link = NULL;
	g->selectstate = 0;
	if (prof_rate[PROF_BLOCK] > 0)
		g->blockedat = rt_nanotime();
	g_wait(g, WAIT_SELECT);
	/* From the first unlock on somebody may win; but the winner needs every channel's lock before it lets the goroutine go, so the arrays on
	 * its stack stay readable until the first lock, which is released last. */
	{
		Lock *first = &((Hchan *)cas[lock[0]].c)->lock, *prev = NULL;

		for (int k = n - 1; k >= 0; k--) {
			Lock *x = &((Hchan *)cas[lock[k]].c)->lock;

			if (x != first && x != prev)
				rt_unlock(x);
			prev = x;
		}
		rt_unlock(first);
	}
	act(ACT_PARK);
	return (Words2){ 0, 0 };
}
