/*
 * pages.c - the page heap: arenas from the system, runs of pages as spans, joining and splitting.
 *
 * Free runs stand in lists by length; the longest list is searched for the best fit. The first and last page of a free run point to its span, so
 * that neighbours find each other; entries between may be stale, which is why every lookup checks state and bounds.
 */
#include "mem/mem.h"
#include <string.h>

Heap heap;
Central central[NSPANCLASS];

void
list_push(SpanList *l, Span *s)
{
	s->next = l->first;
	s->prev = NULL;
	if (l->first != NULL)
		l->first->prev = s;
	else
		l->last = s;
	l->first = s;
	s->list = l;
}

void
list_remove(Span *s)
{
	SpanList *l = s->list;

	if (s->prev != NULL)
		s->prev->next = s->next;
	else
		l->first = s->next;
	if (s->next != NULL)
		s->next->prev = s->prev;
	else
		l->last = s->prev;
	s->next = s->prev = NULL;
	s->list = NULL;
}

Span *
list_pop(SpanList *l)
{
	Span *s = l->first;

	if (s != NULL)
		list_remove(s);
	return s;
}

void
heap_init(void)
{
	class_init();
	heap.hint = (uintptr_t)0xc0 << 32;
	heap.sweepgen = 2;
	heap.trigger = 4 << 20;
}

static Span *
newspan(void)
{
	Span *s = heap.spanpool;

	if (s != NULL) {
		heap.spanpool = s->next;
		memset(s, 0, sizeof *s);
		return s;
	}
	s = rt_persistent(sizeof(Span) * 16, 64);
	for (int i = 1; i < 16; i++) {
		s[i].next = heap.spanpool;
		s[i].state = SPAN_DEAD;
		heap.spanpool = &s[i];
	}
	return s;
}

static void
dropspan(Span *s)
{
	s->state = SPAN_DEAD;
	s->next = heap.spanpool;
	heap.spanpool = s;
}

static void
setends(Span *s)
{
	uintptr_t last = s->base + (s->npages - 1) * PAGE_SIZE;

	arena_of(s->base)->span[(s->base >> PAGE_SHIFT) & (ARENA_PAGES - 1)] = s;
	arena_of(last)->span[(last >> PAGE_SHIFT) & (ARENA_PAGES - 1)] = s;
}

static void
insertfree(Span *s)
{
	list_push(&heap.freelist[s->npages < 128 ? s->npages : 128], s);
}

/* Joins s with free neighbours and lists it. heap.lock held. */
static void
addfree(Span *s)
{
	Span *o;
	uintptr_t end = s->base + s->npages * PAGE_SIZE;

	s->state = SPAN_FREE;
	o = span_of(s->base - 1);
	if (o != NULL && o->state == SPAN_FREE && o->base + o->npages * PAGE_SIZE == s->base) {
		list_remove(o);
		s->base = o->base;
		s->npages += o->npages;
		s->needzero |= o->needzero;
		s->scavenged &= o->scavenged;
		dropspan(o);
	}
	o = span_of(end);
	if (o != NULL && o->state == SPAN_FREE && o->base == end) {
		list_remove(o);
		s->npages += o->npages;
		s->needzero |= o->needzero;
		s->scavenged &= o->scavenged;
		dropspan(o);
	}
	setends(s);
	insertfree(s);
}

static void *
maparenas(uintptr_t n)
{
	uint8_t *p;
	uintptr_t skip;

	if (heap.failat != 0 && --heap.failat == 0)
		return NULL;
	p = os_map(heap.hint, n, MEM_HEAP);
	if (p == NULL)
		return NULL;
	if (((uintptr_t)p & (ARENA_SIZE - 1)) == 0)
		return p;
	os_unmap(p, n, MEM_HEAP);
	p = os_map(0, n + ARENA_SIZE, MEM_HEAP);
	if (p == NULL)
		return NULL;
	skip = (ARENA_SIZE - ((uintptr_t)p & (ARENA_SIZE - 1))) & (ARENA_SIZE - 1);
	if (skip != 0)
		os_unmap(p, skip, MEM_HEAP);
	if (skip != ARENA_SIZE)
		os_unmap(p + skip + n, ARENA_SIZE - skip, MEM_HEAP);
	return p + skip;
}

static bool
grow(uintptr_t npages)
{
	uintptr_t n = (npages * PAGE_SIZE + ARENA_SIZE - 1) & ~(ARENA_SIZE - 1);
	uint8_t *p = maparenas(n);
	Span *s;

	if (p == NULL)
		return false;
	heap.hint = (uintptr_t)p + n;
	for (uintptr_t a = (uintptr_t)p; a < (uintptr_t)p + n; a += ARENA_SIZE) {
		Arena ***l1 = &heap.l1[a >> L1_SHIFT];
		Arena *ar;

		if (a >> 48 != 0)
			rt_throw("heap memory above 48 bits");
		ar = os_map(0, (sizeof(Arena) + os_pagesize - 1) & ~(os_pagesize - 1), MEM_META);
		if (ar == NULL)
			return false;
		if (*l1 == NULL)
			STOREREL(l1, rt_persistent(sizeof(Arena *) << L2_BITS, 4096));
		if (heap.narena == heap.caparena) {
			uint32_t cap = heap.caparena == 0 ? 1024 : heap.caparena * 2;
			Arena **as = rt_persistent(cap * sizeof *as, 8);
			uintptr_t *bs = rt_persistent(cap * sizeof *bs, 8);

			if (heap.narena != 0) {
				memcpy(as, heap.arenas, heap.narena * sizeof *as);
				memcpy(bs, heap.arenabase, heap.narena * sizeof *bs);
			}
			heap.arenas = as;
			heap.arenabase = bs;
			heap.caparena = cap;
		}
		heap.arenas[heap.narena] = ar;
		heap.arenabase[heap.narena++] = a;
		STOREREL(&(*l1)[(a >> ARENA_SHIFT) & ((1u << L2_BITS) - 1)], ar);
	}
	s = newspan();
	s->base = (uintptr_t)p;
	s->npages = n / PAGE_SIZE;
	s->scavenged = true;
	heap.idle += n;
	heap.released += n;
	addfree(s);
	return true;
}

/*
 * Where npages may start in the free run s; 0: nowhere. Spans of small objects stay within one arena, since their bits are addressed through the
 * arena of their first page.
 */
static inline uintptr_t
placein(const Span *s, uintptr_t npages)
{
	uintptr_t b = s->base, n = npages * PAGE_SIZE;

	if (s->npages < npages)
		return 0;
	if (npages > MAX_CLASSPAGES || ((b ^ (b + n - 1)) >> ARENA_SHIFT) == 0)
		return b;
	b = (b + ARENA_SIZE - 1) & ~(ARENA_SIZE - 1);
	return b + n <= s->base + s->npages * PAGE_SIZE ? b : 0;
}

static Span *
bestfit(uintptr_t npages)
{
	Span *best = NULL;

	for (uintptr_t n = npages; n < 128; n++)
		for (Span *s = heap.freelist[n].first; s != NULL; s = s->next)
			if (placein(s, npages) != 0)
				return s;
	for (Span *s = heap.freelist[128].first; s != NULL; s = s->next)
		if ((best == NULL || s->npages < best->npages || (s->npages == best->npages && s->base < best->base)) &&
		    placein(s, npages) != 0)
			best = s;
	return best;
}

/* A free run of its own with what s has beyond base; s ends there. s is on no list. */
static Span *
splitat(Span *s, uintptr_t base)
{
	Span *rest = newspan();

	rest->base = base;
	rest->npages = s->npages - (base - s->base) / PAGE_SIZE;
	rest->needzero = s->needzero;
	rest->scavenged = s->scavenged;
	rest->state = SPAN_FREE;
	s->npages -= rest->npages;
	setends(rest);
	return rest;
}

/* A run of npages, state set and all pages pointing to it; the caller fills the rest. NULL: no memory. */
Span *
heap_alloc(uintptr_t npages, int state)
{
	uintptr_t base;
	Span *s;

	if (npages == 0 || npages > ((uintptr_t)1 << 47) / PAGE_SIZE)
		return NULL;
	rt_lock(&heap.lock);
	s = bestfit(npages);
	if (s == NULL) {
		if (!grow(npages)) {
			rt_unlock(&heap.lock);
			return NULL;
		}
		s = bestfit(npages);
	}
	list_remove(s);
	base = placein(s, npages);
	if (base != s->base) {
		Span *rest = splitat(s, base);

		setends(s);
		insertfree(s);
		s = rest;
	}
	if (s->npages > npages)
		insertfree(splitat(s, base + npages * PAGE_SIZE));
	for (uintptr_t i = 0; i < npages; i++) {
		uintptr_t a = s->base + i * PAGE_SIZE;

		STOREREL(&arena_of(a)->span[(a >> PAGE_SHIFT) & (ARENA_PAGES - 1)], s);
	}
	heap.idle -= npages * PAGE_SIZE;
	if (s->scavenged)
		heap.released -= npages * PAGE_SIZE;
	s->scavenged = false;
	if (state == SPAN_STACK)
		heap.stackinuse += npages * PAGE_SIZE;
	else
		heap.inuse += npages * PAGE_SIZE;
	s->limit = s->base + npages * PAGE_SIZE;
	s->specials = NULL;
	s->largetype = NULL;
	s->freestacks = NULL;
	s->nalloc = s->nelems = s->freeindex = 0;
	s->state = (uint8_t)state;
	rt_unlock(&heap.lock);
	return s;
}

void
heap_free(Span *s)
{
	rt_lock(&heap.lock);
	if (s->state == SPAN_STACK)
		heap.stackinuse -= s->npages * PAGE_SIZE;
	else
		heap.inuse -= s->npages * PAGE_SIZE;
	heap.idle += s->npages * PAGE_SIZE;
	s->needzero = true;
	s->scavenged = false;
	addfree(s);
	rt_unlock(&heap.lock);
}

/* Gives up to max bytes of free runs back to the system. */
uintptr_t
heap_scavenge(uintptr_t max)
{
	uintptr_t done = 0;

	rt_lock(&heap.lock);
	for (int i = 128; i > 0 && done < max; i--)
		for (Span *s = heap.freelist[i].first; s != NULL && done < max; s = s->next) {
			if (s->scavenged)
				continue;
			os_dontneed((void *)s->base, s->npages * PAGE_SIZE);
			s->scavenged = true;
			s->needzero = false;
			done += s->npages * PAGE_SIZE;
		}
	/* released is recounted: runs that were joined with a dirty one count as dirty */
	heap.released = 0;
	for (int i = 1; i <= 128; i++)
		for (Span *s = heap.freelist[i].first; s != NULL; s = s->next)
			if (s->scavenged)
				heap.released += s->npages * PAGE_SIZE;
	rt_unlock(&heap.lock);
	return done;
}
