/*
 * stack.c - goroutine stacks: allocation in powers of two, growth by copying, shrinking.
 *
 * Stacks of 2 to 16 KiB are carved from spans of 32 KiB, larger ones are spans of their own. stack_lock guards the pools; it is taken before heap.lock.
 */
#include "stack/stack.h"
#include <string.h>

enum { NORDER = 4, POOL_PAGES = 4 };
#define POOL_BYTES (POOL_PAGES * PAGE_SIZE)

uintptr_t stack_max = 1000000000;
uint32_t stack_hardmove;
static Lock stack_lock;
static SpanList pool[NORDER];		/* spans with free stacks */
static SpanList full[NORDER];

void
stack_init(void)
{
}

static int
order(uintptr_t size)
{
	int o = 0;

	while (((uintptr_t)STACK_MIN << o) < size)
		o++;
	return o;
}

static uintptr_t
getstack(uintptr_t size)
{
	int o = order(size);
	Span *s;
	void **p;

	if (o >= NORDER) {
		s = heap_alloc(size >> PAGE_SHIFT, SPAN_STACK);
		if (s == NULL)
			rt_oom("goroutine stack");
		return s->base;
	}
	rt_lock(&stack_lock);
	s = pool[o].first;
	if (s == NULL) {
		s = heap_alloc(POOL_PAGES, SPAN_STACK);
		if (s == NULL)
			rt_oom("goroutine stack");
		s->stackorder = (uint32_t)o;
		s->nalloc = 0;
		for (uintptr_t off = 0; off < POOL_BYTES; off += size) {
			p = (void **)(s->base + off);
			*p = s->freestacks;
			s->freestacks = p;
		}
		list_push(&pool[o], s);
	}
	p = s->freestacks;
	s->freestacks = *p;
	s->nalloc++;
	if (s->freestacks == NULL) {
		list_remove(s);
		list_push(&full[o], s);
	}
	rt_unlock(&stack_lock);
	return (uintptr_t)p;
}

void
stack_alloc(G *g, uintptr_t size)
{
	uintptr_t lo = getstack(size);

	g->stacklo = lo;
	g->stackhi = lo + size;
	g->stackguard = lo + STACK_GUARD;
}

void
stack_free(uintptr_t lo, uintptr_t size)
{
	int o = order(size);
	Span *s = span_of(lo);

	if (heap.poison)
		memset((void *)lo, 0xfb, size);
	if (o >= NORDER) {
		heap_free(s);
		return;
	}
	rt_lock(&stack_lock);
	if (s->freestacks == NULL) {
		list_remove(s);
		list_push(&pool[o], s);
	}
	*(void **)lo = s->freestacks;
	s->freestacks = (void *)lo;
	s->nalloc--;
	rt_unlock(&stack_lock);
}

void
stack_sweepfree(void)
{
	rt_lock(&stack_lock);
	for (int o = 0; o < NORDER; o++)
		for (Span *s = pool[o].first, *next; s != NULL; s = next) {
			next = s->next;
			if (s->nalloc == 0) {
				list_remove(s);
				heap_free(s);
			}
		}
	rt_unlock(&stack_lock);
}

/* ---- copying ---- */

typedef struct {
	uintptr_t lo, hi, delta;
} Move;

static inline void
adjust(uintptr_t *p, const Move *m)
{
	if (*p >= m->lo && *p < m->hi)
		*p += m->delta;
}

static void
visit(uintptr_t *slot, void *ctx)
{
	const Move *m = ctx;

	adjust((uintptr_t *)((uintptr_t)slot + m->delta), m);
}

/* Everything off the frames that may point into the stack. */
static void
adjustg(G *g, const Move *m)
{
	adjust(&g->link, m);
	adjust((uintptr_t *)&g->ctxt, m);
	adjust((uintptr_t *)&g->panic, m);
	adjust((uintptr_t *)&g->param, m);
	for (int i = 0; i < 9; i++)
		if (g->spillmask >> i & 1)
			adjust(&g->spill[i], m);
	adjust((uintptr_t *)&g->defer, m);
	for (Defer *d = g->defer; d != NULL; d = d->link) {
		adjust(&d->sp, m);
		adjust((uintptr_t *)&d->fn, m);
		adjust((uintptr_t *)&d->link, m);
		adjust((uintptr_t *)&d->head, m);
	}
	for (Sudog *s = g->waiting; s != NULL; s = s->waitlink)
		adjust((uintptr_t *)&s->elem, m);
}

void
stack_copy(G *g, uintptr_t size)
{
	uintptr_t oldlo = g->stacklo, oldhi = g->stackhi, used = oldhi - g->sp, newlo = getstack(size);
	Move m = { oldlo, oldhi, newlo + size - oldhi };
	Frame fr;
	bool ok;

	if (used > size)
		rt_throw("stack copied to one too small");
	memcpy((void *)(newlo + size - used), (void *)g->sp, used);
	/* the old stack stays as it is while it is walked; slots are adjusted in the copy */
	for (ok = unwind_start(&fr, g); ok; ok = unwind_next(&fr)) {
		frame_slots(&fr, visit, NULL, &m);
		if (!ARCH_LINKREG && fr.fp > fr.sp)	/* the saved frame pointer */
			adjust((uintptr_t *)(fr.fp - 8 + m.delta), &m);
	}
	if (!unwind_ok(&fr))
		rt_throw("stack cannot be copied: unknown frame");
	g->sp += m.delta;
	g->stacklo = newlo;
	g->stackhi = newlo + size;
	if (g->stackguard != STACK_PREEMPT)
		g->stackguard = newlo + STACK_GUARD;
	adjustg(g, &m);
	stack_free(oldlo, oldhi - oldlo);
}

void
stack_shrink(G *g)
{
	uintptr_t size = g->stackhi - g->stacklo;

	if (size <= STACK_MIN || g->insyscall || g->stop == STOP_ASYNC ||
	    (g->status != GS_WAITING && g->status != GS_RUNNABLE))
		return;
	if (g->stackhi - g->sp + STACK_NOSPLIT >= size / 4)
		return;
	stack_copy(g, size / 2);
}

static _Noreturn void
overflow(G *g)
{
	extern _Noreturn void rt_stackoverflow(G * g, uintptr_t size);

	rt_stackoverflow(g, g->stackhi - g->stacklo);
}

/* A prologue found too little room, or a poisoned guard. */
void
rt_newstack(G *g)
{
	uintptr_t size;

	if (g->stackguard == STACK_PREEMPT) {
		g->stackguard = g->stacklo + STACK_GUARD;
		if (stack_hardmove)
			stack_copy(g, g->stackhi - g->stacklo);
		rt_poll(g);		/* yields if it may; the prologue runs again then */
		return;
	}
	if (g->sp < g->stacklo)
		rt_throw("stack pointer below the stack");
	size = (g->stackhi - g->stacklo) * 2;
	if (size > stack_max)
		overflow(g);
	stack_copy(g, size);
}

/* reflectcall wants need bytes below SP. */
void
rt_growfor(G *g, uintptr_t need)
{
	uintptr_t size = g->stackhi - g->stacklo, used = g->stackhi - g->sp;

	if (g->stackguard == STACK_PREEMPT) {
		g->stackguard = g->stacklo + STACK_GUARD;
		rt_poll(g);
		return;
	}
	while (size < used + need + STACK_GUARD + STACK_SMALL) {
		size *= 2;
		if (size > stack_max)
			overflow(g);
	}
	if (size == g->stackhi - g->stacklo)
		size *= 2;
	stack_copy(g, size);
}
