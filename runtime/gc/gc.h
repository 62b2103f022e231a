/*
 * gc.h - the collector: exact mark and sweep, marking beside the program.
 *
 * A cycle: the collector goroutine of the overlay is woken (mem_wantgc, runtime.GC, sysmon every two minutes), runs the hooks, and calls gcrun until
 * it says done. The first call stops the world, flushes the caches, scans stacks and other small roots, turns the write barrier on,
 * starts the world and leaves marking to helper threads, and parks. When they find nothing more, the second call stops the world again, empties the
 * barrier buffers, deals with finalizers and weak handles, and turns all spans into unswept ones. Sweeping happens in the background and on
 * demand. A small heap is marked in one stop. Whoever allocates while the heap is an eighth beyond its goal waits until the collector has caught up.
 *
 * Invariant while marking runs (snapshot at the beginning): every object that was reachable when all stacks were scanned will be marked, because
 * a pointer is shaded before it is overwritten (compiled code: gcWriteBarrier, wbMove, typedmemmove and others; C: gc_write, gc_copy, gc_clear), and
 * every object allocated since is marked at birth. So neither stacks nor other roots are scanned again; gc.verify does it to check this.
 *
 * Roots: data and bss of the module by mask; stacks by frame maps; the fields of G that gc/roots.c lists; channel waiters; pending timers but those of channels;
 * finalizers (their closures, and what their objects refer to); the finalizer queue; coroutines; roots registered with gc_root.
 *
 * sched/sched.h and this header see each other.
 */
#ifndef SLIPWAY_GC_H
#define SLIPWAY_GC_H

#include "sched/sched.h"

/* ---- mark.c ---- */
typedef struct GcWork GcWork;
void gc_mark(GcWork *w, uintptr_t p);		/* p: nil, or points into an object, or not Go's memory */
void gc_markrange(GcWork *w, uintptr_t lo, uintptr_t hi, const uint8_t *mask);
void gc_markcons(GcWork *w, uintptr_t lo, uintptr_t hi);
void gc_markall(void);				/* world stopped */
GcWork *gc_newwork(void);			/* for a P */
void gc_startmark(void);			/* world stopped: roots but data and bss are scanned, helpers started */
bool gc_finishmark(bool force);			/* world stopped: false: too much is left, helpers started again */
void gc_checkmark(void);			/* world stopped, marking done: mark from the roots once more, nothing may be white */
void gc_flushwb(P *p);
void gc_shade(uintptr_t p);			/* marking or not: p will survive this cycle; needs a P */
bool gc_markworking(void);			/* the helpers have not finished */
void gc_marktail(uintptr_t p);			/* after marking ended: marks p and what it reaches */
bool gc_ismarked(uintptr_t obj);

/* ---- roots.c ---- */
uint32_t
gc_rootcount(void); /* all jobs; the last gc_latecount ones are data and bss, which can be scanned beside the program */
uint32_t gc_latecount(void);
void gc_rootjob(GcWork *w, uint32_t i);
void gc_root(uintptr_t *words, uint32_t n);	/* words off the heap that hold Go pointers */

/* ---- special.c ---- */
void gc_markspecials(GcWork *w);
void gc_endspecials(void);
void gc_markfinqueue(GcWork *w);
void gc_attachprofile(uintptr_t p, void *bucket);	/* the object's end is told to prof_free */

/* obj, fn, fint, ot of each; queued: it is due to run. World stopped. */
void gc_eachfinalizer(void (*f)(bool queued, uintptr_t obj, const Funcval *fn, const Type *fint, const Type *ot));

/* ---- stats.c ---- */
void rt_readmemstats(uint64_t *out);

/* ---- gc.c ---- */
typedef struct {
	uint64_t cycles, forced, pausetotal, lastend;
	uint64_t pause[256], pauseend[256];
	int32_t percent;
	int64_t limit;
	uint64_t markedlive, goal;
	bool enabled, trace, hard;
	uint32_t hardperiod;			/* hard mode: collect at every nth allocation */
	bool verify;				/* hard mode: mark twice and compare */
	uint32_t mode;				/* 0 by size, 1 always stop the world, 2 always beside the program */
	uint32_t phase;				/* 1: marking beside the program */
} GcState;
extern GcState gc;
void gc_init(void);
void gc_retrigger(void);
void gc_wake(void);				/* asks for a cycle; any thread */
void gc_tick(int64_t now);			/* sysmon */
/* Whether g, at a poll, must leave its allocations to later, because the heap has outgrown its goal: it is in a list that a cycle empties, and
 * parks. */
bool gc_hold(G *g);

/* ---- writes to memory that the collector sees (C's side of the write barrier) ---- */
extern uint32_t gc_barrier __asm__("runtime.writeBarrier");
void gc_shaderange(void *dst, uintptr_t n);	/* pointers in [dst, dst+n), if that is heap, data or bss */
static inline void
gc_write(void *slot, void *p)
{
	if (gc_barrier)
		gc_shaderange(slot, sizeof(void *));
	*(void **)slot = p;
}
static inline void
gc_copy(void *dst, const void *src, uintptr_t n)
{
	if (gc_barrier)
		gc_shaderange(dst, n);
	__builtin_memmove(dst, src, n);
}
static inline void
gc_clear(void *dst, uintptr_t n)
{
	if (gc_barrier)
		gc_shaderange(dst, n);
	__builtin_memset(dst, 0, n);
}
void *gc_alloc(uintptr_t size, const Type *typ);	/* zeroed; for C that runs with a P */

#endif
