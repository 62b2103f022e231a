/*
 * roots.c - where Go pointers are outside the heap.
 *
 * Root jobs: 0 the registered words, timers and the finalizer queue; 1 specials; then goroutines in batches; then pieces of data and bss. Everything of a G
 * that may hold a heap pointer is listed in markg.
 */
#include "gc/gc.h"
#include "stack/stack.h"
#include "time/timer.h"

enum { PIECE = 256 << 10, MAXROOTS = 64, GBATCH = 16 };

static struct {
	uintptr_t *words;
	uint32_t n;
} registered[MAXROOTS];
static uint32_t nregistered;

void
gc_root(uintptr_t *words, uint32_t n)
{
	if (nregistered == MAXROOTS)
		rt_throw("too many roots");
	registered[nregistered].words = words;
	registered[nregistered].n = n;
	nregistered++;
}

static uint32_t
pieces(uintptr_t lo, uintptr_t hi)
{
	return (uint32_t)((hi - lo + PIECE - 1) / PIECE);
}

static uint32_t gjobs;			/* of this cycle: goroutines are made while late jobs run */

uint32_t
gc_latecount(void)
{
	return pieces(rt_module->data, rt_module->edata) + pieces(rt_module->bss, rt_module->ebss);
}

uint32_t
gc_rootcount(void)
{
	gjobs = (sched.nallg + GBATCH - 1) / GBATCH;
	return 2 + gjobs + gc_latecount();
}

static void
marktimer(Timer *t, void *ctx)
{
	gc_mark(ctx, (uintptr_t)t);
}

static void
visit(uintptr_t *slot, void *ctx)
{
	gc_mark(ctx, *slot);
}

static void
conservative(uintptr_t lo, uintptr_t hi, void *ctx)
{
	gc_markcons(ctx, lo, hi);
}

static void
markg(GcWork *w, G *g)
{
	uint32_t st = LOADREL(&g->status);
	Frame fr;
	bool ok;

	if (st == GS_DEAD || st == GS_IDLE)
		return;
	gc_mark(w, (uintptr_t)g->ctxt);
	gc_mark(w, (uintptr_t)g->param);
	gc_mark(w, (uintptr_t)g->labels);
	gc_mark(w, (uintptr_t)g->startfn);
	gc_mark(w, (uintptr_t)g->panic);
	gc_mark(w, (uintptr_t)g->coro);
	gc_mark(w, (uintptr_t)g->syncgroup);
	for (int i = 0; i < 9; i++)
		if (g->spillmask >> i & 1)
			gc_mark(w, g->spill[i]);
	gc_mark(w, (uintptr_t)g->defer);
	for (Defer *d = g->defer; d != NULL; d = d->link) {
		gc_mark(w, (uintptr_t)d->fn);
		gc_mark(w, (uintptr_t)d->link);
		gc_mark(w, (uintptr_t)d->head);
	}
	for (Sudog *s = g->waiting; s != NULL; s = s->waitlink) {
		gc_mark(w, (uintptr_t)s->elem);
		gc_mark(w, (uintptr_t)s->c);
	}
	for (ok = unwind_start(&fr, g); ok; ok = unwind_next(&fr))
		frame_slots(&fr, visit, conservative, w);
	if (!unwind_ok(&fr)) {
		extern void trace_badstack(G * g, const Frame *fr);

		trace_badstack(g, &fr);
		rt_throw("stack cannot be scanned: unknown frame");
	}
}

static void
markpiece(GcWork *w, uintptr_t lo, uintptr_t hi, const uint8_t *mask, uint32_t i)
{
	uintptr_t a = lo + (uintptr_t)i * PIECE, b = a + PIECE;

	gc_markrange(w, a, b < hi ? b : hi, mask + (uintptr_t)i * (PIECE / sizeof(uintptr_t) / 8));
}

void
gc_rootjob(GcWork *w, uint32_t i)
{
	uint32_t n;

	if (i == 0) {
		for (uint32_t k = 0; k < nregistered; k++)
			for (uint32_t j = 0; j < registered[k].n; j++)
				gc_mark(w, registered[k].words[j]);
		timers_each(marktimer, w);
		gc_markfinqueue(w);
		return;
	}
	if (i == 1) {
		gc_markspecials(w);
		return;
	}
	i -= 2;
	n = gjobs;
	if (i < n) {
		i *= GBATCH;
		for (uint32_t k = i; k < i + GBATCH && k < sched.nallg; k++)
			markg(w, sched.allg[k]);
		return;
	}
	i -= n;
	n = pieces(rt_module->data, rt_module->edata);
	if (i < n) {
		markpiece(w, rt_module->data, rt_module->edata, rt_module->gcdata, i);
		return;
	}
	i -= n;
	markpiece(w, rt_module->bss, rt_module->ebss, rt_module->gcbss, i);
}
