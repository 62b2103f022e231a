/*
 * gc.h - the collector: exact, parallel, mark and sweep, with the world stopped while it marks.
 *
 * A cycle: the collector goroutine of the overlay is woken (mem_wantgc, runtime.GC, sysmon every two minutes), runs the hooks, and calls gcrun. That
 * stops the world, flushes the caches, marks from the roots with helper threads, deals with finalizers and weak handles,
 * turns all spans into unswept ones and starts the world again. Sweeping then happens in the background and on demand.
 *
 * Roots: data and bss of the module by mask; stacks by frame maps; the fields of G that gc/roots.c lists; channel waiters; pending timers;
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
void gc_marktail(uintptr_t p);			/* after marking ended: marks p and what it reaches */
bool gc_ismarked(uintptr_t obj);

/* ---- roots.c ---- */
uint32_t gc_rootcount(void);
void gc_rootjob(GcWork *w, uint32_t i);
void gc_root(uintptr_t *words, uint32_t n);	/* words off the heap that hold Go pointers */

/* ---- special.c ---- */
void gc_markspecials(GcWork *w);
void gc_endspecials(void);
void gc_markfinqueue(GcWork *w);
void gc_attachprofile(uintptr_t p, void *bucket);	/* the object's end is told to prof_free */

/* ---- gc.c ---- */
typedef struct {
	uint64_t cycles, forced, pausetotal, lastend;
	uint64_t pause[256], pauseend[256];
	int32_t percent;
	int64_t limit;
	uint64_t markedlive;
	bool enabled, trace, hard;
	uint32_t hardperiod;			/* hard mode: collect at every nth allocation */
	bool verify;				/* hard mode: mark twice and compare */
} GcState;
extern GcState gc;
void gc_init(void);
void gc_retrigger(void);
void gc_wake(void);				/* asks for a cycle; any thread */
void gc_tick(int64_t now);			/* sysmon */

/* ---- writes to memory that the collector sees (C's side of the write barrier) ---- */
static inline void gc_write(void *slot, void *p) { *(void **)slot = p; }	/* marking never runs beside C */
void gc_copy(void *dst, const void *src, uintptr_t n);
void *gc_alloc(uintptr_t size, const Type *typ);	/* zeroed; for C that runs with a P */

#endif
