/*
 * chan.h - channels. One lock each; waiters are sudogs; data moves directly between goroutines when one waits.
 *
 * Whoever wakes a waiter finishes its operation: takes its sudogs off all queues, writes its results to g->ret, and only then makes it
 * runnable. A select is won by the waker that changes g->selectstate from 0 to 1.
 * Lock order: channel locks by address, then nothing but semaphores of the scheduler (rt_ready is called after they are released).
 */
#ifndef SLIPWAY_CHAN_H
#define SLIPWAY_CHAN_H

#include "gc/gc.h"

typedef struct {
	Sudog *first, *last;
} Waitq;

typedef struct Hchan {			/* on the Go heap: words 2, 4, 5 are pointers the collector follows */
	uintptr_t qcount, dataqsiz;
	uint8_t *buf;
	uint16_t elemsize;
	uint32_t closed;
	Timer *timer;			/* channel of a time.Timer or Ticker */
	Type *elemtype;
	uintptr_t sendx, recvx;
	Waitq recvq, sendq;		/* sudogs, off the heap */
	Lock lock;
} Hchan;

void waitq_put(Waitq *q, Sudog *s);
void waitq_remove(Waitq *q, Sudog *s);
/* The first waiter whose operation the caller may finish. c->lock held. */
Sudog *waitq_take(Waitq *q);
/* After the locks are gone: ends the operation of s, which waitq_take gave, and readies its goroutine. */
void chan_finish(Sudog *s, bool success, bool panics);
/* Copies out of / into the buffer, moves the indices. c->lock held. */
void chan_push(Hchan *c, const void *elem);
void chan_pop(Hchan *c, void *elem);
/* Non-blocking send by C (timers): drops the value if the buffer is full. skip says under the lock that the send is stale. */
void chan_timersend(Hchan *c, const void *elem, bool (*stale)(Timer *t, uint32_t seq), Timer *t, uint32_t seq);
bool chan_drain(Hchan *c);	/* empties the buffer; c->lock held; true: there was something */
static inline uint8_t *
chan_slot(Hchan *c, uintptr_t i)
{
	return c->buf + i * c->elemsize;
}

#endif
