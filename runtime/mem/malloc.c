/*
 * malloc.c - allocation: from the P's span of the class, else from the central list, else from the page heap.
 *
 * Objects without pointers below 16 bytes share 16-byte blocks (the tiny allocator): they live as long as their last neighbour.
 */
#include "mem/mem.h"
#include <string.h>

/* The next free index of s at or after freeindex, nelems if none. */
static inline uint32_t
nextfree(Span *s)
{
	for (;;) {
		uint32_t i;

		if (s->alloccache != 0) {
			int b = __builtin_ctzll(s->alloccache);

			i = s->freeindex + (uint32_t)b;
			if (i >= s->nelems) {
				s->freeindex = s->nelems;
				return s->nelems;
			}
			s->alloccache = b == 63 ? 0 : s->alloccache >> (b + 1);
			s->freeindex = i + 1;
			if ((s->freeindex & 63) == 0 && s->freeindex < s->nelems)
				s->alloccache = ~s->allocbits[s->freeindex >> 6];
			return i;
		}
		i = (s->freeindex + 64) & ~(uint32_t)63;
		if (i >= s->nelems) {
			s->freeindex = s->nelems;
			return s->nelems;
		}
		s->freeindex = i;
		s->alloccache = ~s->allocbits[i >> 6];
	}
}

static void
initspan(Span *s, int spanclass, uintptr_t elemsize)
{
	Arena *a = arena_of(s->base);
	uint64_t w = ((s->base >> PAGE_SHIFT) & (ARENA_PAGES - 1)) * PAGE_WORDS;
	uintptr_t bytes = s->npages * PAGE_SIZE;

	s->spanclass = (uint8_t)spanclass;
	s->elemsize = elemsize;
	s->nelems = (spanclass >> 1) == 0 ? 1 : (uint32_t)(bytes / elemsize);
	s->divmul = (spanclass >> 1) == 0 ? 0 : UINT32_MAX / (uint32_t)elemsize + 1;
	s->limit = s->base + s->nelems * elemsize;
	s->markbits = &a->mark[0][w];
	s->allocbits = &a->mark[1][w];
	memset(s->markbits, 0, (s->nelems + 63) / 64 * 8);
	memset(s->allocbits, 0, (s->nelems + 63) / 64 * 8);
	s->freeindex = s->nalloc = 0;
	s->alloccache = ~(uint64_t)0;
	s->sweepgen = LOADREL(&heap.sweepgen);
}

/* While marking runs beside the program a new object counts as marked; workers set bits of its neighbours at the same time. */
static inline void
bornmarked(Span *s, uint32_t i)
{
	__atomic_fetch_or(&s->markbits[i >> 6], (uint64_t)1 << (i & 63), __ATOMIC_RELAXED);
	__atomic_fetch_add(&heap.blackbytes, s->elemsize, __ATOMIC_RELAXED);
}

static void
countlive(uint64_t bytes)
{
	uint64_t live = __atomic_add_fetch(&heap.live, bytes, __ATOMIC_RELAXED);

	if (live >= LOADREL(&heap.trigger))
		mem_wantgc();
}

/* A span of the class with at least one free object, for the cache. */
static Span *
fetchspan(int sc)
{
	Central *ct = &central[sc];
	Span *s;
	int tries = 100;

	rt_lock(&ct->lock);
	if ((s = list_pop(&ct->partial)) != NULL) {
		rt_unlock(&ct->lock);
		return s;
	}
	while (tries-- > 0 && (s = list_pop(&ct->unswept)) != NULL) {
		rt_unlock(&ct->lock);
		if (!sweep_span(s)) {
			if (s->nalloc < s->nelems)
				return s;
			rt_lock(&ct->lock);
			list_push(&ct->full, s);
		} else {
			rt_lock(&ct->lock);
		}
	}
	rt_unlock(&ct->lock);
	s = heap_alloc(class_pages[sc >> 1], SPAN_INUSE);
	if (s == NULL)
		return NULL;
	initspan(s, sc, class_bytes[sc >> 1]);
	return s;
}

static void
releasespan(Span *s)
{
	Central *ct = &central[s->spanclass];

	rt_lock(&ct->lock);
	list_push(s->nalloc == s->nelems ? &ct->full : &ct->partial, s);
	rt_unlock(&ct->lock);
}

static Span *
refill(MCache *c, int sc)
{
	Span *s = c->span[sc];

	if (s != NULL)
		releasespan(s);
	c->span[sc] = s = fetchspan(sc);
	if (s == NULL)
		rt_oom("Go heap");
	/* everything that can still be allocated from it counts as live now */
	countlive((uint64_t)(s->nelems - s->nalloc) * s->elemsize);
	if (heap.marking)
		mem_assist((uint64_t)(s->nelems - s->nalloc) * s->elemsize);
	return s;
}

static void *
alloclarge(MCache *c, uintptr_t size, const Type *typ, bool needzero)
{
	uintptr_t npages = (size + PAGE_SIZE - 1) >> PAGE_SHIFT;
	bool noscan = typ == NULL;
	Span *s;

	if (size + PAGE_SIZE < size)
		rt_oom("Go heap");
	/* a big demand pays for sweeping first: what it needs may be free but unswept */
	if (LOADREL(&heap.unsweptspans) != 0)
		sweep_some((int)(npages < 1000 ? npages : 1000));
	s = heap_alloc(npages, SPAN_INUSE);
	if (s == NULL)
		rt_oom("Go heap");
	initspan(s, noscan ? 1 : 0, npages * PAGE_SIZE);
	s->freeindex = 1;
	s->nalloc = 1;
	s->alloccache = 0;
	if (s->needzero && (needzero || !noscan))
		memset((void *)s->base, 0, s->npages * PAGE_SIZE);
	s->limit = s->base + s->npages * PAGE_SIZE;
	if (!noscan) {
		s->largetype = (Type *)typ;
		type_mask(typ);			/* expanded now, not while marking */
	}
	if (heap.marking) {
		bornmarked(s, 0);
		mem_assist(s->elemsize);
	}
	rt_lock(&heap.largelock);
	list_push(&heap.large, s);
	rt_unlock(&heap.largelock);
	c->nlarge++;
	c->largebytes += s->elemsize;
	countlive(s->elemsize);
	return (void *)s->base;
}

void *
mem_alloc(MCache *c, uintptr_t size, const Type *typ, bool needzero)
{
	uint8_t *x;
	uint32_t i;
	Span *s;
	int sc;

	if (typ != NULL && typ->ptrbytes == 0)
		typ = NULL;
	if (typ == NULL && size < TINY_SIZE) {
		uintptr_t off = c->tinyoff;

		if ((size & 7) == 0)
			off = (off + 7) & ~(uintptr_t)7;
		else if ((size & 3) == 0)
			off = (off + 3) & ~(uintptr_t)3;
		else if ((size & 1) == 0)
			off = (off + 1) & ~(uintptr_t)1;
		if (c->tiny != NULL && off + size <= TINY_SIZE) {
			c->tinyoff = off + size;
			c->ntiny++;
			return c->tiny + off;
		}
		sc = 2 << 1 | 1;		/* class of 16 bytes */
		s = c->span[sc];
		if (s == NULL || (i = nextfree(s)) == s->nelems) {
			s = refill(c, sc);
			i = nextfree(s);
		}
		s->nalloc++;
		c->nmalloc[sc]++;
		x = (uint8_t *)s->base + (uintptr_t)i * 16;
		((uint64_t *)x)[0] = 0;
		((uint64_t *)x)[1] = 0;
		if (heap.marking)
			bornmarked(s, i);
		if (c->tiny == NULL || size < c->tinyoff) {
			c->tiny = x;
			c->tinyoff = size;
		}
		return x;
	}
	if (size > MAX_SMALL)
		return alloclarge(c, size, typ, needzero);
	sc = class_of(size) << 1 | (typ == NULL);
	s = c->span[sc];
	if (s == NULL || (i = nextfree(s)) == s->nelems) {
		s = refill(c, sc);
		i = nextfree(s);
	}
	s->nalloc++;
	c->nmalloc[sc]++;
	x = (uint8_t *)s->base + i * s->elemsize;
	if (s->needzero && (needzero || typ != NULL))
		memset(x, 0, s->elemsize);
	if (typ != NULL)
		bits_set((uintptr_t)x, s->elemsize, size, typ);
	if (heap.marking)
		bornmarked(s, i);
	return x;
}

/* Gives the cached spans back to the central lists. */
void
mcache_flush(MCache *c)
{
	for (int i = 0; i < NSPANCLASS; i++)
		if (c->span[i] != NULL) {
			/* what was counted as live but never allocated */
			Span *s = c->span[i];

			__atomic_sub_fetch(&heap.live, (uint64_t)(s->nelems - s->nalloc) * s->elemsize,
			    __ATOMIC_RELAXED);
			releasespan(s);
			c->span[i] = NULL;
		}
	c->tiny = NULL;
	c->tinyoff = 0;
}

/* The span of the allocated object around p and the object's start; NULL if p is not inside one. Any word may be asked. */
Span *
mem_find(uintptr_t p, uintptr_t *base)
{
	Span *s = span_of(p);
	uint32_t i;

	if (s == NULL || s->state != SPAN_INUSE || p < s->base || p >= s->limit)
		return NULL;
	i = span_index(s, p);
	if (!span_allocated(s, i))
		return NULL;
	*base = s->base + i * s->elemsize;
	return s;
}
