/*
 * timer.h - timers: one heap per P, ordered by time.
 *
 * A timer is due in C, three ways: a C callback (sleep, poll deadlines), a send on a channel (time.Timer, time.Ticker), or a Go function
 * handed to the overlay's timer goroutine (time.AfterFunc).
 */
#ifndef SLIPWAY_TIMER_H
#define SLIPWAY_TIMER_H

#include "sched/sched.h"

struct Hchan;

/* The part that package time sees comes first: {C <-chan Time, initTimer bool}. On the Go heap if made by newTimer. */
struct Timer {
	struct Hchan *chan;
	uint8_t init, pad[7];
	/* ours; words 2 to 4 are pointers too */
	Funcval *f;
	void *argtype, *argdata;	/* interface */
	Timer *nextdue;			/* queue of the timer goroutine */
	int64_t when, period;
	Timers *in;			/* heap it is in, NULL: none */
	uint32_t index;
	uint32_t seq;			/* changed by stop and reset: invalidates sends under way; chan lock */
	uint32_t sending;		/* popped, not sent yet */
	bool queued;			/* in the due queue */
	uint8_t kind;			/* TIMER_… */
	void (*cfn)(Timer *t, uintptr_t arg, uintptr_t seq, int64_t now);
	uintptr_t carg, cseq;
	int64_t delta;
	Lock lock;			/* which heap it is in */
};
enum { TIMER_C, TIMER_CHAN, TIMER_GO };

/* Runs what is due on p. *now is read if 0. true: something ran. */
bool timers_check(P *p, int64_t *now);
void timers_move(P *to, P *from);	/* world stopped */
void timer_start(Timer *t, int64_t when, int64_t period);
bool timer_stop(Timer *t);		/* true: it was pending */
void timer_poke(Timer *t);		/* a receiver looks: run it if it is due */
/* For each timer that keeps itself alive while it is pending or due, as those of time.AfterFunc do: fn(t, ctx). World stopped. */
void timers_each(void (*fn)(Timer *t, void *ctx), void *ctx);
/* Channel timers that are not reached are taken off their heaps: nobody can see them fire (Go 1.23's rule). World stopped, marking done. */
void timers_forget(bool (*reached)(uintptr_t obj));

#endif
