/*
 * sysmon.c - a thread without a P that watches the others: takes Ps from long system calls, preempts goroutines that run too long, polls
 * the network when nobody does, and asks for a collection every two minutes.
 *
 * Preemption is asked for by poisoning the stack guard; a goroutine that ignores this for another round is interrupted by a signal.
 */
#include "gc/gc.h"
#include "netpoll/netpoll.h"
#include "panic/panic.h"
#include "time/timer.h"

enum { SLICE_NS = 10000000 };

void sched_handoff(P *p);

static M monm;
uint32_t sched_tracems, sched_tracedetail;	/* GODEBUG=schedtrace=, scheddetail= */
uint32_t sched_hardpreempt;

static uint32_t
retake(int64_t now)
{
	uint32_t n = 0;

	for (int32_t i = 0; i < sched.nproc; i++) {
		P *p = sched.allp[i];
		uint32_t st = LOADSC(&p->status);

		if (st == PS_RUNNING) {
			uint32_t t = LOADREL(&p->schedtick);

			if (p->montick != t) {
				p->montick = t;
				p->monwhen = now;
				p->preempt = false;
			} else if (p->monwhen + SLICE_NS <= now) {
				M *m = LOADACQ(&p->m);

				sched_preempt(p);
				STOREREL(&p->sliceover, 1);
				if (p->preempt && m != NULL && p->monwhen + 2 * SLICE_NS <= now)
					signal_preempt(m);
				p->preempt = true;
			}
		} else if (st == PS_SYSCALL) {
			uint32_t t = LOADREL(&p->syscalltick) + LOADREL(&p->schedtick);

			if (p->monsystick != t) {
				p->monsystick = t;
				p->monsyswhen = now;
				continue;
			}
			/* leave it alone while nothing else wants to run */
			if (p->runqhead == p->runqtail && p->runnext == NULL &&
			    LOADSC(&sched.nmspinning) + LOADSC(&sched.npidle) > 0 && p->monsyswhen + SLICE_NS > now)
				continue;
			if (cas32(&p->status, PS_SYSCALL, PS_IDLE)) {
				n++;
				p->syscalltick++;
				sched_handoff(p);
			}
		}
	}
	return n;
}

static void
trace(int64_t now)
{
	int32_t threads, idle, spin;

	rt_lock(&sched.lock);
	threads = sched_mcount();
	idle = sched.nmidle;
	spin = (int32_t)sched.nmspinning;
	panic_printf("SCHED %dms: gomaxprocs=%d idleprocs=%d threads=%d spinningthreads=%d needspinning=%d "
		     "idlethreads=%d runqueue=%d [",
		     (int)((now - sched.inittime) / 1000000), (int)sched.nproc, (int)sched.npidle, (int)threads, (int)spin,
		     (int)sched.needspinning, (int)idle, (int)sched.runq.n);
	for (int32_t i = 0; i < sched.nproc; i++) {
		P *p = sched.allp[i];

		panic_printf(i == 0 ? "%d" : " %d",
		    (int)(LOADREL(&p->runqtail) - LOADREL(&p->runqhead)) + (p->runnext != NULL));
	}
	panic_printf("]\n");
	if (sched_tracedetail) {
		for (int32_t i = 0; i < sched.nproc; i++) {
			P *p = sched.allp[i];

			panic_printf(
			    "  P%d: status=%d schedtick=%d syscalltick=%d m=%d runqsize=%d gfreecnt=%d timerslen=%d\n",
			    (int)i, (int)p->status, (int)p->schedtick, (int)p->syscalltick,
			    p->m != NULL ? (int)p->m->id : -1, (int)(p->runqtail - p->runqhead), (int)p->ngfree,
			    (int)p->timers.n);
		}
		for (uint32_t i = 0; i < sched.nallg; i++) {
			G *g = sched.allg[i];
			M *m = g->m;

			panic_printf("  G%d: status=%d(%s) m=%d lockedm=%d\n", (int)g->goid, (int)g->status,
			    g_waittext(g->waitreason), m != NULL ? (int)m->id : -1,
			    g->lockedm != NULL ? (int)g->lockedm->id : -1);
		}
	}
	rt_unlock(&sched.lock);
}

static void
sysmon(M *m)
{
	uint32_t idle = 0, delay = 20;
	int64_t lasttrace = 0, now, last;

	(void)m;
	for (;;) {
		if (idle == 0)
			delay = 20;
		else if (idle > 50)
			delay *= 2;
		if (delay > 10000)
			delay = 10000;
		os_usleep(delay);
		now = rt_nanotime();
		if (sched_tracems == 0 &&
		    (LOADSC(&sched.gcwaiting) || LOADSC(&sched.npidle) == (uint32_t)sched.nproc)) {
			rt_lock(&sched.lock);
			if (sched.gcwaiting || sched.npidle == (uint32_t)sched.nproc) {
				int64_t sleep = 60000000000, next = 0;

				for (int32_t i = 0; i < sched.nproc; i++) {
					int64_t t = LOADREL(&sched.allp[i]->timers.next);

					if (t != 0 && (next == 0 || t < next))
						next = t;
				}
				if (next == 0 || next > now) {
					if (next != 0 && next - now < sleep)
						sleep = next - now;
					sched.sysmonwait = 1;
					rt_unlock(&sched.lock);
					note_sleep(&sched.sysmonnote, sleep);
					rt_lock(&sched.lock);
					sched.sysmonwait = 0;
					note_clear(&sched.sysmonnote);
					idle = 0;
					delay = 20;
				}
			}
			rt_unlock(&sched.lock);
			now = rt_nanotime();
		}
		last = LOADSC(&sched.lastpoll);
		if (netpoll_ready() && last != 0 && last + 10000000 < now) {
			G *list;

			cas64((uint64_t *)&sched.lastpoll, (uint64_t)last, (uint64_t)now);
			list = netpoll_anywaiters() ? netpoll(0) : NULL;
			g_readylist(list);
		}
		/* a timer is overdue and every thread is busy or asleep */
		for (int32_t i = 0; i < sched.nproc; i++) {
			int64_t t = LOADREL(&sched.allp[i]->timers.next);

			if (t != 0 && t < now) {
				sched_wakep();
				break;
			}
		}
		if (retake(now) != 0)
			idle = 0;
		else
			idle++;
		gc_tick(now);
		if (sched_tracems != 0 && lasttrace + (int64_t)sched_tracems * 1000000 <= now) {
			lasttrace = now;
			trace(now);
		}
	}
}

/* Hard mode: running goroutines are interrupted where they happen to be, without a poisoned guard to stop them sooner. */
static void
interrupter(M *self)
{
	(void)self;
	for (;;) {
		os_usleep(sched_hardpreempt);
		for (int32_t i = 0; i < sched.nproc; i++) {
			P *p = sched.allp[i];
			M *m = LOADACQ(&p->m);
			G *g = m != NULL && LOADSC(&p->status) == PS_RUNNING ? LOADACQ(&m->curg) : NULL;

			if (g == NULL)
				continue;
			g->preempt = true;
			signal_preempt(m);
		}
	}
}

void
sysmon_start(void)
{
	static M interm;

	if (sched_hardpreempt != 0 && threads_start(&interm, interrupter, 64 << 10) != 0)
		rt_throw("cannot start the interrupting thread");
	rt_lock(&sched.lock);
	monm.id = sched.mnext++;
	sched.nmsys++;
	rt_unlock(&sched.lock);
	if (threads_start(&monm, sysmon, 64 << 10) != 0)
		rt_throw("cannot start the monitor thread");
}
