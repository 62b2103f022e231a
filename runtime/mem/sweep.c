/*
 * sweep.c - from mark bits to free objects.
 *
 * After marking every span is unswept. A span is swept by whoever takes it off its unswept list: the allocator that wants it, the collector
 * goroutine in the background, or the next cycle before it starts. Specials were dealt with while the world was stopped, so sweeping only swaps bits.
 */
#include "mem/mem.h"
#include <string.h>

static void
spliceunswept(SpanList *dst, SpanList *src, uint32_t *n)
{
	Span *s;

	while ((s = list_pop(src)) != NULL) {
		list_push(dst, s);
		++*n;
	}
}

/* World stopped, caches flushed, all spans swept before this cycle's marking. */
void
sweep_begin(void)
{
	uint32_t n = 0;

	heap.sweepgen += 2;
	for (int i = 2; i < NSPANCLASS; i++) {
		if (central[i].unswept.first != NULL)
			rt_throw("unswept span at the start of sweeping");
		spliceunswept(&central[i].unswept, &central[i].full, &n);
		spliceunswept(&central[i].unswept, &central[i].partial, &n);
	}
	spliceunswept(&heap.unsweptlarge, &heap.large, &n);
	STOREREL(&heap.unsweptspans, n);
}

static void
poison(Span *s)
{
	for (uint32_t i = 0; i < s->nelems; i++)
		if (span_allocated(s, i) && (s->markbits[i >> 6] >> (i & 63) & 1) == 0)
			memset((void *)(s->base + i * s->elemsize), 0xdb, s->elemsize);
}

/* s is on no list. true: nothing was left and the span is gone. */
bool
sweep_span(Span *s)
{
	uint32_t words = (s->nelems + 63) / 64, n = 0, freed;
	uint64_t *t;

	__atomic_sub_fetch(&heap.unsweptspans, 1, __ATOMIC_RELAXED);
	if (s->sweepgen == heap.sweepgen)
		rt_throw("span swept twice");
	if (heap.poison)
		poison(s);
	for (uint32_t i = 0; i < words; i++)
		n += (uint32_t)__builtin_popcountll(s->markbits[i]);
	freed = s->nalloc > n ? s->nalloc - n : 0;
	if (freed != 0) {
		__atomic_add_fetch(&heap.totalfreed, (uint64_t)freed * s->elemsize, __ATOMIC_RELAXED);
		if (s->spanclass >> 1 == 0) {
			__atomic_add_fetch(&heap.nlargefree, 1, __ATOMIC_RELAXED);
			__atomic_add_fetch(&heap.largefree, s->elemsize, __ATOMIC_RELAXED);
		} else {
			__atomic_add_fetch(&central[s->spanclass].nfree, freed, __ATOMIC_RELAXED);
		}
		s->needzero = true;
	}
	s->sweepgen = heap.sweepgen;
	if (n == 0) {
		heap_free(s);
		return true;
	}
	t = s->markbits;
	s->markbits = s->allocbits;
	s->allocbits = t;
	memset(s->markbits, 0, words * 8);
	s->nalloc = n;
	if (s->spanclass >> 1 != 0) {
		s->freeindex = 0;
		s->alloccache = ~s->allocbits[0];
	}
	return false;
}

/* Sweeps up to n spans; how many were, 0: there is none left (others may still be at work on theirs). */
int
sweep_some(int n)
{
	int done = 0;
	Span *s;

	if (LOADREL(&heap.unsweptspans) == 0)
		return 0;
	while (done < n) {
		rt_lock(&heap.largelock);
		s = list_pop(&heap.unsweptlarge);
		rt_unlock(&heap.largelock);
		if (s == NULL)
			break;
		if (!sweep_span(s)) {
			rt_lock(&heap.largelock);
			list_push(&heap.large, s);
			rt_unlock(&heap.largelock);
		}
		done++;
	}
	for (int i = 2; i < NSPANCLASS && done < n; i++) {
		Central *ct = &central[i];

		while (done < n && LOADREL(&ct->unswept.first) != NULL) {
			rt_lock(&ct->lock);
			s = list_pop(&ct->unswept);
			rt_unlock(&ct->lock);
			if (s == NULL)
				break;
			if (!sweep_span(s)) {
				rt_lock(&ct->lock);
				list_push(s->nalloc == s->nelems ? &ct->full : &ct->partial, s);
				rt_unlock(&ct->lock);
			}
			done++;
		}
	}
	return done;
}

/* World stopped: no sweeper is in the middle of a span. */
void
sweep_all(void)
{
	while (sweep_some(1 << 20) != 0)
		;
	if (heap.unsweptspans != 0)
		rt_throw("spans lost while sweeping");
}
