/*
 * prof.h - sampling: where memory is allocated, where goroutines block, where time goes.
 *
 * Records are kept off the heap for ever, one per distinct stack. The overlay reads them with profread_ and makes what package runtime and
 * runtime/pprof export.
 */
#ifndef SLIPWAY_PROF_H
#define SLIPWAY_PROF_H

#include "panic/panic.h"

enum { PROF_MEM, PROF_BLOCK, PROF_MUTEX, PROF_KINDS };
typedef struct Bucket Bucket;

/* ---- bucket.c ---- */
extern int64_t prof_memrate __asm__("runtime.MemProfileRate");	/* bytes per sample; the overlay's variable */
extern int64_t prof_rate[PROF_KINDS];	/* block: ns per sample; mutex: one in n; 0 off */
/* An allocation by the current goroutine (in a stub) that crossed the sampling point. */
void prof_malloc(void *p, uintptr_t size);
void prof_free(Bucket *b, uintptr_t size);
void prof_publish(void);		/* world stopped, a cycle ended: numbers up to here become visible */
/* g (stopped, or the current one in a stub) waited, or made others wait, for ns; skip: innermost frames that are not told. */
void prof_event(int kind, G *g, int64_t ns, intptr_t skip);
int64_t prof_next(int64_t rate);	/* distance to the next sample */

/* ---- cpu.c ---- */
void prof_signal(uintptr_t pc, uintptr_t sp, uintptr_t link);	/* SIGPROF, in the handler */

#endif
