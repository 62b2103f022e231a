/*
 * cpu.c - CPU profile: SIGPROF by the process's CPU time, samples in a ring that the overlay empties.
 *
 * The handler walks the interrupted goroutine with the function tables only; if the thread was in C on behalf of a goroutine, the stack is
 * that of the Go call. It takes the ring by a flag and counts a sample as lost if another thread has it.
 */
#include "prof/prof.h"
#include "gc/gc.h"
#include <string.h>
#include <sys/time.h>

enum { NSAMPLE = 4096, DEPTH = 64 };

typedef struct {
	uint64_t count;
	uint32_t n;
	uintptr_t stk[DEPTH];
} Sample;

static Sample *ring;
static uintptr_t *tags;			/* labels of the samples: roots */
static uint32_t head, tail;		/* head: next to write */
static uint32_t busy;
static uint64_t lost;
static int hz;

extern const char externalcode[] __asm__("runtime._ExternalCode") __attribute__((weak));
extern const char systemcode[] __asm__("runtime._System") __attribute__((weak));
extern const char gccode[] __asm__("runtime._GC") __attribute__((weak));

void
prof_signal(uintptr_t pc, uintptr_t sp, uintptr_t link)
{
	M *m = getm();
	G *g = m != NULL ? m->curg : NULL;
	Sample *s;
	Frame fr;
	bool ok = false;

	if (ring == NULL)
		return;
	if (XCHG(&busy, 1) != 0) {
		__atomic_fetch_add(&lost, 1, __ATOMIC_RELAXED);
		return;
	}
	if (head - tail >= NSAMPLE) {
		lost++;
		STORESC(&busy, 0);
		return;
	}
	s = &ring[head % NSAMPLE];
	s->n = 0;
	if (g != NULL && m->p != NULL) {
		if (rt_module != NULL && pc >= rt_module->text && pc < rt_module->etext && sp >= g->stacklo &&
		    sp < g->stackhi)
			ok = unwind_startat(&fr, g, pc, sp, link, true);
		else if ((sp < g->stacklo || sp >= g->stackhi) && g->stop == STOP_CALL)
			ok = unwind_start(&fr, g);
		if (ok)
			s->n = (uint32_t)trace_callers(&fr, ok, 0, s->stk, DEPTH);
	}
	if (s->n == 0) {
		s->stk[s->n++] = (uintptr_t)externalcode + 1;
		s->stk[s->n++] = (uintptr_t)systemcode + 1;
	}
	s->count = 1;
	tags[head % NSAMPLE] = g != NULL ? (uintptr_t)g->labels : 0;
	STORESC(&head, head + 1);
	STORESC(&busy, 0);
}

/* hz 0: off. */
void
rt_setcpuprofile(uintptr_t rate)
{
	struct itimerval it;

	if (ring == NULL && rate != 0) {
		tags = rt_persistent(NSAMPLE * sizeof *tags, 8);
		gc_root(tags, NSAMPLE);
		STOREREL(&ring, rt_persistent(NSAMPLE * sizeof *ring, 8));
	}
	hz = (int)rate;
	memset(&it, 0, sizeof it);
	if (rate != 0) {
		it.it_value.tv_usec = (int)(1000000 / rate > 999999 ? 999999 : 1000000 / rate);
		if (it.it_value.tv_usec == 0)
			it.it_value.tv_usec = 1;
		it.it_interval = it.it_value;
	}
	setitimer(ITIMER_PROF, &it, NULL);
}

/* Moves samples to buf (length 3 + n, time, count, stack each) and their labels to tagbuf: words and samples moved. */
Words2
rt_readcpuprofile(uint64_t *buf, intptr_t n, uintptr_t *tagbuf, intptr_t ntag)
{
	Words2 r = { 0, 0 };
	uint64_t l;

	while (XCHG(&busy, 1) != 0)
		arch_pause();
	while (tail != head && (intptr_t)r.b < ntag && (intptr_t)(r.a + 3 + ring[tail % NSAMPLE].n) <= n) {
		Sample *s = &ring[tail % NSAMPLE];
		uint64_t *w = buf + r.a;

		w[0] = 3 + s->n;
		w[1] = 0;
		w[2] = s->count;
		memcpy(w + 3, s->stk, s->n * sizeof s->stk[0]);
		gc_write(&tagbuf[r.b++], (void *)tags[tail % NSAMPLE]);
		tags[tail % NSAMPLE] = 0;
		r.a += w[0];
		tail++;
	}
	l = lost;
	if (l != 0 && (intptr_t)r.b < ntag && (intptr_t)(r.a + 4) <= n) {
		uint64_t *w = buf + r.a;

		lost -= l;
		w[0] = 4;
		w[1] = w[2] = 0;
		w[3] = l;
		tagbuf[r.b++] = 0;
		r.a += 4;
	}
	STORESC(&busy, 0);
	return r;
}
