/*
 * heapdump.c - debug.WriteHeapDump: every object, root and goroutine as a stream of records.
 *
 * The form is that of Go 1.7 and later (go.dev/wiki/heapdump15-through-heapdump17): numbers are varints, strings and memory have their length
 * before them, where the pointers of a piece of memory lie is a list of (1, offset) ended by 0. Records of types and of samples of the memory
 * profile, which are optional, are left out. The world is stopped.
 */
#include "gc/gc.h"
#include "stack/stack.h"
#include <string.h>

/* clang-format off */
enum {
	END, OBJECT, OTHERROOT, TYPE, GOROUTINE, FRAME, PARAMS, FINALIZER, ITAB, THREAD, MEMSTATS, QUEUEDFINALIZER, DATA, BSS, DEFER
};
/* clang-format on */

static struct {
	uintptr_t fd;
	uint8_t buf[4096];
	uint32_t n;
	bool failed;
} out;

static void
flush(void)
{
	for (uint32_t i = 0; i < out.n && !out.failed;) {
		intptr_t k = (intptr_t)rt_write(out.fd, out.buf + i, out.n - i);

		if (k > 0)
			i += (uint32_t)k;
		else
			out.failed = k != -4;	/* interrupted */
	}
	out.n = 0;
}

static void
bytes(const void *p, uintptr_t n)
{
	for (const uint8_t *b = p; n > 0;) {
		uintptr_t k = sizeof out.buf - out.n < n ? sizeof out.buf - out.n : n;

		memcpy(out.buf + out.n, b, k);
		out.n += (uint32_t)k;
		b += k;
		n -= k;
		if (out.n == sizeof out.buf)
			flush();
	}
}

static void
num(uint64_t v)
{
	uint8_t b[10];
	int n = 0;

	for (; v >= 0x80; v >>= 7)
		b[n++] = (uint8_t)(v | 0x80);
	b[n++] = (uint8_t)v;
	bytes(b, (uintptr_t)n);
}

static void
nums(const uint64_t *v, int n)
{
	for (int i = 0; i < n; i++)
		num(v[i]);
}

#define RECORD(...) \
	nums((const uint64_t[]){ __VA_ARGS__ }, (int)(sizeof((const uint64_t[]){ __VA_ARGS__ }) / sizeof(uint64_t)))

static void
memory(uintptr_t lo, uintptr_t hi)
{
	num(hi - lo);
	bytes((const void *)lo, hi - lo);
}

static void
string(const char *s)
{
	memory((uintptr_t)s, (uintptr_t)s + strlen(s));
}

static void
params(void)
{
	uintptr_t lo = UINTPTR_MAX, hi = 0;
	const GoString *v = &rt_module->buildversion;

	for (uint32_t i = 0; i < heap.narena; i++) {
		lo = heap.arenabase[i] < lo ? heap.arenabase[i] : lo;
		hi = heap.arenabase[i] + ARENA_SIZE > hi ? heap.arenabase[i] + ARENA_SIZE : hi;
	}
	RECORD(PARAMS, 0, sizeof(uintptr_t), lo, hi);
	string(ARCH_NAME);
	memory((uintptr_t)v->p, (uintptr_t)v->p + (uintptr_t)v->n);
	num((uint64_t)sched.ncpu);
}

static void
object(uintptr_t p, uintptr_t size)
{
	RECORD(OBJECT, p);
	memory(p, p + size);
	for (uintptr_t q = p; q < p + size && (q = rt_nextpointer(q)) != 0; q += sizeof(uintptr_t))
		RECORD(1, q - p);
	num(0);
}

static void
objects(void)
{
	for (uint32_t i = 0; i < heap.narena; i++)
		for (uintptr_t p = heap.arenabase[i], end = p + ARENA_SIZE; p < end;) {
			Span *s = span_of(p);

			if (s == NULL ||
			    p != s->base) { /* never used, or the rest of one that began in another arena */
				p += PAGE_SIZE;
				continue;
			}
			for (uint32_t k = 0; s->state == SPAN_INUSE && k < s->nelems; k++)
				if (span_allocated(s, k))
					object(s->base + k * s->elemsize, s->elemsize);
			p += s->npages * PAGE_SIZE;
		}
}

static void
slot(uintptr_t *p, void *ctx)
{
	Frame *fr = ctx;

	if ((uintptr_t)p >= fr->sp && (uintptr_t)p < fr->fp)
		RECORD(1, (uintptr_t)p - fr->sp);
}

static void
anyslot(uintptr_t lo, uintptr_t hi, void *ctx)
{
	for (; lo < hi; lo += sizeof(uintptr_t))
		slot((uintptr_t *)lo, ctx);
}

static void
goroutine(G *g)
{
	uint64_t depth = 0;
	uintptr_t child = 0;
	Frame fr;

	RECORD(GOROUTINE, (uintptr_t)g, g->sp, g->goid, g->gopc, g->status, (g->flags & GF_SYSTEM) != 0, 0,
	    (uint64_t)g->waitsince);
	string(g_waittext(g->waitreason));
	RECORD((uintptr_t)g->ctxt, (uintptr_t)g->m, (uintptr_t)g->defer, (uintptr_t)g->panic);
	for (bool ok = unwind_start(&fr, g); ok; ok = unwind_next(&fr)) {
		const char *name = fr.reflectcall ? "reflectcall" : func_name(fr.f.f);

		RECORD(FRAME, fr.sp, depth, child);
		depth++;
		memory(fr.sp, fr.fp);
		RECORD(fr.reflectcall ? fr.pc : fr.f.entry, fr.pc, fr.pc);
		string(name);
		frame_slots(&fr, slot, anyslot, &fr);
		num(0);
		child = fr.sp;
	}
	for (const Defer *d = g->defer; d != NULL; d = d->link)
		RECORD(DEFER, (uintptr_t)d, (uintptr_t)g, d->sp, d->pc, (uintptr_t)d->fn, d->fn != NULL ? d->fn->fn : 0,
		    (uintptr_t)d->link);
}

static void
segment(int kind, uintptr_t lo, uintptr_t hi, const uint8_t *mask)
{
	RECORD((uint64_t)kind, lo);
	memory(lo, hi);
	for (uintptr_t i = 0; i < (hi - lo) / sizeof(uintptr_t); i++)
		if (mask[i >> 3] >> (i & 7) & 1)
			RECORD(1, i * sizeof(uintptr_t));
	num(0);
}

static void
finalizer(bool queued, uintptr_t obj, const Funcval *fn, const Type *fint, const Type *ot)
{
	RECORD(queued ? QUEUEDFINALIZER : FINALIZER, obj, (uintptr_t)fn, fn->fn, (uintptr_t)fint, (uintptr_t)ot);
}

/* In the order of runtime.MemStats, up to NumGC. */
static void
memstats(void)
{
	uint64_t stats[256];

	rt_readmemstats(stats);
	num(MEMSTATS);
	nums(stats, 24);
	for (int i = 0; i < 256; i++)
		num(gc.pause[(i + 1) % 256]);
	num(gc.cycles);
}

void
rt_heapdump(uintptr_t fd)
{
	static const char head[] = "go1.7 heap dump\n";

	out.fd = fd;
	out.failed = false;
	sweep_all();
	bytes(head, sizeof head - 1);
	params();
	for (intptr_t i = 0; i < rt_module->nitablinks; i++)
		RECORD(ITAB, (uintptr_t)rt_module->itablinks[i], (uintptr_t)rt_module->itablinks[i]->type);
	objects();
	for (uint32_t i = 0; i < sched.nallg; i++)
		if (sched.allg[i]->status != GS_DEAD && sched.allg[i]->status != GS_IDLE)
			goroutine(sched.allg[i]);
	for (const M *m = sched.allm; m != NULL; m = m->alllink)
		if (m->tid != 0)
			RECORD(THREAD, (uintptr_t)m, m->id, (uint64_t)m->tid);
	segment(DATA, rt_module->data, rt_module->edata, rt_module->gcdata);
	segment(BSS, rt_module->bss, rt_module->ebss, rt_module->gcbss);
	gc_eachfinalizer(finalizer);
	memstats();
	num(END);
	flush();
}
