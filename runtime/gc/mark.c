/*
 * mark.c - finding all live objects: work buffers, helper threads, scanning.
 *
 * Each worker has a private buffer of grey objects; full buffers go to a shared list, idle workers take from it. Marking ends when
 * every worker is idle and the list is empty. Beside the program, Ps add what their barriers shade and help when they allocate; they keep
 * nothing back, so that the end is seen. Mark bits are set with atomic operations because workers share them.
 */
#include "gc/gc.h"
#include "stack/stack.h"
#include <string.h>

enum { BUFCAP = 510, MAXWORKERS = 8, AHEAD = 8 };

typedef struct Buf {
	struct Buf *next;
	uint32_t n, pad;
	uintptr_t obj[BUFCAP];
} Buf;

struct GcWork {
	Buf *buf, *spare;
	uint64_t bytes;			/* marked */
	uint64_t scanned;
};

static Lock buflock;
static Buf *fullbufs, *emptybufs;
static uint32_t nidle, nworkers, nextroot, nroots, done;
static uint32_t fullcount;
static GcWork works[MAXWORKERS];
static uint32_t helpers;		/* threads started */
static uint32_t starts;			/* futex: incremented for each marking phase */
static uint32_t finished;		/* helpers that left this phase */
static uint32_t wanthelpers;

static Buf *
getempty(void)
{
	Buf *b;

	rt_lock(&buflock);
	b = emptybufs;
	if (b != NULL)
		emptybufs = b->next;
	rt_unlock(&buflock);
	if (b == NULL)
		b = rt_persistent(sizeof *b, 64);
	b->n = 0;
	b->next = NULL;
	return b;
}

static void
putfull(Buf *b)
{
	rt_lock(&buflock);
	b->next = fullbufs;
	fullbufs = b;
	STORESC(&fullcount, fullcount + 1);
	rt_unlock(&buflock);
}

static Buf *
takefull(void)
{
	Buf *b;

	if (LOADSC(&fullcount) == 0)
		return NULL;
	rt_lock(&buflock);
	b = fullbufs;
	if (b != NULL) {
		fullbufs = b->next;
		STORESC(&fullcount, fullcount - 1);
	}
	rt_unlock(&buflock);
	return b;
}

static void
putempty(Buf *b)
{
	rt_lock(&buflock);
	b->next = emptybufs;
	emptybufs = b;
	rt_unlock(&buflock);
}

static inline void
push(GcWork *w, uintptr_t obj)
{
	Buf *b = w->buf;

	if (b == NULL)
		b = w->buf = getempty();
	if (b->n == BUFCAP) {
		if (w->spare != NULL) {
			putfull(b);
			b = w->spare;
			w->spare = NULL;
			b->n = 0;
		} else {
			w->spare = NULL;
			putfull(b);
			b = getempty();
		}
		w->buf = b;
	}
	b->obj[b->n++] = obj;
}

/* Marks object i of s; true: it was white. */
static inline bool
setmark(Span *s, uint32_t i)
{
	uint64_t *m = &s->markbits[i >> 6], bit = (uint64_t)1 << (i & 63);

	if (LOADREL(m) & bit)
		return false;
	return (__atomic_fetch_or(m, bit, __ATOMIC_RELAXED) & bit) == 0;
}

static inline void
shade(GcWork *w, Span *s, uintptr_t p)
{
	uint32_t i = span_index(s, p);

	if (!setmark(s, i))
		return;
	w->bytes += s->elemsize;
	if (!span_noscan(s))
		push(w, s->base + i * s->elemsize);
}

static inline void
markloose(GcWork *w, uintptr_t p)
{
	Span *s = p < 4096 ? NULL : span_of(p);

	if (s != NULL && s->state == SPAN_INUSE && p >= s->base && p < s->limit)
		shade(w, s, p);
}

void
gc_mark(GcWork *w, uintptr_t p)
{
	markloose(w, p);
	if (gc.verify && p >= 4096) {
		Span *s = span_of(p);

		if (s != NULL && s->state == SPAN_FREE && p >= s->base && p < s->base + s->npages * PAGE_SIZE)
			rt_throw("found bad pointer in Go heap");
	}
}

/* Words of [lo, hi) whose bit in mask is set. */
void
gc_markrange(GcWork *w, uintptr_t lo, uintptr_t hi, const uint8_t *mask)
{
	uintptr_t n = (hi - lo) / sizeof(uintptr_t);

	for (uintptr_t i = 0; i < n; i += 8) {
		unsigned b = mask[i >> 3];

		if (n - i < 8)
			b &= (1u << (n - i)) - 1;
		while (b != 0) {
			gc_mark(w, ((uintptr_t *)lo)[i + (unsigned)__builtin_ctz(b)]);
			b &= b - 1;
		}
	}
}

/* Anything that looks like a pointer to an allocated object. */
void
gc_markcons(GcWork *w, uintptr_t lo, uintptr_t hi)
{
	for (uintptr_t p = lo; p + 8 <= hi; p += 8) {
		uintptr_t base;
		Span *s = mem_find(*(uintptr_t *)p, &base);

		if (s != NULL)
			shade(w, s, base);
	}
}

static void
scanlarge(GcWork *w, Span *s, uintptr_t x)
{
	const Type *t = s->largetype;
	const uint8_t *mask = type_mask(t);
	uintptr_t end = s->base + s->npages * PAGE_SIZE;

	for (; x + t->size <= end && t->size != 0; x += t->size)
		gc_markrange(w, x, x + t->ptrbytes, mask);
}

static void
scan(GcWork *w, uintptr_t x)
{
	Span *s = span_of(x);
	Arena *a;
	uint64_t at, n;

	if (s->spanclass >> 1 == 0) {
		scanlarge(w, s, x);
		return;
	}
	a = arena_of(x);
	at = (x & (ARENA_SIZE - 1)) >> 3;
	n = s->elemsize >> 3;
	w->scanned += s->elemsize;
	while (n > 0) {
		unsigned sh = at & 63;
		uint64_t k = 64 - sh, bits = a->ptr[at >> 6] >> sh;

		if (k > n) {
			k = n;
			bits &= ((uint64_t)1 << k) - 1;
		}
		while (bits != 0) {
			uintptr_t p = ((uintptr_t *)x)[__builtin_ctzll(bits)];

			bits &= bits - 1;
			if (p >= 4096) {
				Span *o = span_of(p);

				if (o != NULL && o->state == SPAN_INUSE && p >= o->base && p < o->limit)
					shade(w, o, p);
				else if (gc.verify)
					gc_mark(w, p);
			}
		}
		x += k * 8;
		at += k;
		n -= k;
	}
}

/*
 * Scans until nothing grey is left to this worker. An object is fetched from memory some turns before it is looked at: marking spends most
 * of its time waiting for memory otherwise.
 */
static void
drainsome(GcWork *w)
{
	uintptr_t ahead[AHEAD] = { 0 };
	Buf *b = w->buf;
	uint32_t since = 0, at = 0, waiting = 0;

	if (b == NULL)
		return;
	for (;;) {
		uintptr_t x = ahead[at];

		if (b->n > 0) {
			uintptr_t next = b->obj[--b->n];

			__builtin_prefetch((void *)next);
			ahead[at] = next;
			waiting += x == 0;
		} else if (waiting == 0) {
			return;
		} else {
			ahead[at] = 0;
			waiting -= x != 0;
		}
		at = (at + 1) % AHEAD;
		if (x == 0)
			continue;
		scan(w, x);
		b = w->buf;
		/* share when others starve */
		if (++since == 64) {
			since = 0;
			if (LOADREL(&nidle) != 0 && b->n > 8 && LOADREL(&fullcount) == 0) {
				Buf *o = getempty();
				uint32_t half = b->n / 2;

				memcpy(o->obj, b->obj, half * sizeof b->obj[0]);
				o->n = half;
				memmove(b->obj, b->obj + half, (b->n - half) * sizeof b->obj[0]);
				b->n -= half;
				putfull(o);
			}
		}
	}
}

/* One worker's part of a marking phase. */
static void
work(GcWork *w)
{
	uint32_t i;

	if (w->buf == NULL)
		w->buf = getempty();
	while ((i = __atomic_fetch_add(&nextroot, 1, __ATOMIC_SEQ_CST)) < nroots) {
		gc_rootjob(w, i);
		drainsome(w);
	}
	for (;;) {
		Buf *b;

		drainsome(w);
		if ((b = takefull()) != NULL) {
			putempty(w->buf);
			w->buf = b;
			continue;
		}
		XADD(&nidle, 1);
		for (unsigned rounds = 0;; rounds++) {
			if (LOADSC(&nidle) == LOADSC(&nworkers) && LOADSC(&fullcount) == 0) {
				STORESC(&done, 1);
				return;
			}
			if (LOADSC(&done))
				return;
			if (LOADSC(&fullcount) != 0) {
				XADD(&nidle, (uint32_t)-1);
				break;
			}
			for (int k = 0; k < 20; k++)
				arch_pause();
			if (rounds < 20)
				os_yield();
			else
				os_usleep(20);	/* the others may need this processor */
		}
	}
}

void gc_markdone(void);
static uint32_t beside;			/* the helpers mark while the program runs */
static uint32_t firstseen[MAXWORKERS];	/* phases before a helper was made are not its business */

static M helperm[MAXWORKERS];

static void
helper(M *m)
{
	uint32_t id = (uint32_t)(m - helperm), seen = firstseen[id];

	for (;;) {
		uint32_t v = LOADSC(&starts);

		if (v == seen) {
			rt_futexwait(&starts, v, -1);
			continue;
		}
		seen = v;
		if (id < LOADSC(&wanthelpers))
			work(&works[id + 1]);
		if (XADD(&finished, 1) == LOADSC(&helpers) && XCHG(&beside, 0) != 0)
			gc_markdone();
	}
}

static void
starthelpers(void)
{
	uint32_t want = (uint32_t)(sched.ncpu < sched.nproc ? sched.ncpu : sched.nproc);

	want = want > 0 ? want - 1 : 0;
	if (want > MAXWORKERS - 1)
		want = MAXWORKERS - 1;
	while (helpers < want) {
		firstseen[helpers] = LOADSC(&starts);
		if (threads_start(&helperm[helpers], helper, 64 << 10) != 0)
			break;
		helpers++;
	}
	wanthelpers = want < helpers ? want : helpers;
}

static void
markphase(uint32_t roots, bool parallel)
{
	uint32_t h = 0;

	nroots = roots;
	STORESC(&nextroot, 0);
	STORESC(&nidle, 0);
	STORESC(&done, 0);
	if (parallel) {
		starthelpers();
		h = wanthelpers;
	} else {
		wanthelpers = 0;
	}
	STORESC(&nworkers, h + 1);
	STORESC(&finished, 0);
	if (h > 0) {
		XADD(&starts, 1);
		rt_futexwake(&starts, MAXWORKERS);
	}
	work(&works[0]);
	if (h > 0)
		while (LOADSC(&finished) != helpers)
			os_yield();
}

bool
gc_ismarked(uintptr_t obj)
{
	Span *s = span_of(obj);
	uint32_t i;

	if (s == NULL || s->state != SPAN_INUSE)
		return true;
	i = span_index(s, obj);
	return (s->markbits[i >> 6] >> (i & 63) & 1) != 0;
}

/* Gives all of w's work away. */
static void
release(GcWork *w)
{
	if (w->buf != NULL && w->buf->n > 0) {
		putfull(w->buf);
		w->buf = NULL;
	}
}

GcWork *
gc_newwork(void)
{
	return rt_persistent(sizeof(GcWork), 8);
}

void
gc_marktail(uintptr_t p)
{
	if (works[0].buf == NULL)
		works[0].buf = getempty();
	gc_mark(&works[0], p);
	drainsome(&works[0]);
	for (Buf *b; (b = takefull()) != NULL;) {
		putempty(works[0].buf);
		works[0].buf = b;
		drainsome(&works[0]);
	}
}

static void
resetbytes(void)
{
	for (int i = 0; i < MAXWORKERS; i++)
		works[i].bytes = 0;
	for (int32_t i = 0; i < sched.capp; i++)
		if (sched.allp[i] != NULL && sched.allp[i]->gcw != NULL)
			sched.allp[i]->gcw->bytes = 0;
	heap.blackbytes = 0;
}

static uint64_t
sumbytes(void)
{
	uint64_t n = heap.blackbytes;

	for (int i = 0; i < MAXWORKERS; i++)
		n += works[i].bytes;
	for (int32_t i = 0; i < sched.capp; i++)
		if (sched.allp[i] != NULL && sched.allp[i]->gcw != NULL)
			n += sched.allp[i]->gcw->bytes;
	return n;
}

/* Once more from the roots, alone: nothing white may be found. */
void
gc_checkmark(void)
{
	resetbytes();
	markphase(gc_rootcount(), false);
	if (sumbytes() != 0)
		rt_throw("marking missed an object");
}

void
gc_markall(void)
{
	resetbytes();
	/* a small heap is marked sooner than a thread wakes */
	markphase(gc_rootcount(), heap.live > (1 << 20));
	gc.markedlive = sumbytes();
	if (gc.verify)
		gc_checkmark();
}

/* ---- beside the program ---- */

static uint32_t rounds;

static bool
runbeside(uint32_t first, uint32_t last)
{
	uint32_t n = (uint32_t)(sched.ncpu < sched.nproc ? sched.ncpu : sched.nproc), want = n / 4;

	starthelpers();
	if (want == 0)
		want = 1;
	if (helpers == 0 && threads_start(&helperm[0], helper, 64 << 10) == 0)
		helpers = 1;
	if (helpers == 0)
		return false;
	wanthelpers = want < helpers ? want : helpers;
	nroots = last;
	STORESC(&nextroot, first);
	STORESC(&nidle, 0);
	STORESC(&done, 0);
	STORESC(&nworkers, wanthelpers);
	STORESC(&finished, 0);
	STORESC(&beside, 1);
	XADD(&starts, 1);
	rt_futexwake(&starts, MAXWORKERS);
	return true;
}

bool
gc_markworking(void)
{
	return LOADSC(&beside) != 0;
}

void
gc_startmark(void)
{
	uint32_t total = gc_rootcount(), early = total - gc_latecount();

	resetbytes();
	rounds = 0;
	heap.marking = 1;
	STORESC(&gc_barrier, 1);
	for (uint32_t i = 0; i < early; i++)
		gc_rootjob(&works[0], i);
	release(&works[0]);
	if (!runbeside(early, total)) {
		/* no thread to be had: all of it now */
		for (uint32_t i = early; i < total; i++)
			gc_rootjob(&works[0], i);
		gc_marktail(0);
		gc_markdone();
	}
}

void
gc_flushwb(P *p)
{
	/* a slot of a stack may have held anything before its first store: a stale pointer marks too much at worst */
	for (uintptr_t *w = p->wbbuf; w < p->wbnext; w++)
		markloose(p->gcw, *w);
	p->wbnext = p->wbbuf;
	release(p->gcw);
}

bool
gc_finishmark(bool force)
{
	int64_t end = rt_nanotime() + 300000;
	GcWork *w = &works[0];
	Buf *b;

	for (int32_t i = 0; i < sched.capp; i++)
		if (sched.allp[i] != NULL)
			gc_flushwb(sched.allp[i]);
	if (force) {
		markphase(0, LOADSC(&fullcount) > 4);
	} else {
		while ((b = takefull()) != NULL) {
			if (w->buf != NULL)
				putempty(w->buf);
			w->buf = b;
			for (uint32_t k = 1; w->buf->n > 0; k++) {
				scan(w, w->buf->obj[--w->buf->n]);
				if ((k & 255) == 0 && rt_nanotime() > end) {
					release(w);
					if (runbeside(0, 0))
						return false;
					w->buf = getempty();	/* no thread to be had: here and now */
				}
			}
		}
	}
	heap.marking = 0;
	STORESC(&gc_barrier, 0);
	gc.markedlive = sumbytes();
	if (gc.verify)
		gc_checkmark();
	return true;
}

/* ---- barriers ---- */

static Lock orphanlock;
static GcWork orphan;			/* for threads without a P */

void
gc_shade(uintptr_t p)
{
	M *m = getm();

	if (m->p != NULL) {
		markloose(m->p->gcw, p);
		release(m->p->gcw);
		return;
	}
	rt_lock(&orphanlock);
	markloose(&orphan, p);
	release(&orphan);
	rt_unlock(&orphanlock);
}

static void
shademask(GcWork *w, uintptr_t lo, uintptr_t hi, uintptr_t base, const uint8_t *mask)
{
	for (uintptr_t p = lo; p < hi; p += sizeof(uintptr_t)) {
		uintptr_t i = (p - base) / sizeof(uintptr_t);

		if (mask[i >> 3] >> (i & 7) & 1)
			gc_mark(w, *(uintptr_t *)p);
	}
}

/* What is about to be overwritten. Stacks need nothing: they were scanned when marking began. */
void
gc_shaderange(void *dst, uintptr_t n)
{
	M *m = getm();
	uintptr_t lo = ((uintptr_t)dst + 7) & ~(uintptr_t)7, hi = ((uintptr_t)dst + n) & ~(uintptr_t)7;
	GcWork *w = m->p != NULL ? m->p->gcw : &orphan;
	Span *s;

	if (lo >= hi)
		return;
	if (m->p == NULL)
		rt_lock(&orphanlock);
	s = span_of(lo);
	if (s != NULL) {
		if (s->state == SPAN_INUSE && lo >= s->base && hi <= s->limit && !span_noscan(s)) {
			if (s->spanclass >> 1 == 0) {
				const Type *t = s->largetype;
				const uint8_t *mask = type_mask(t);

				for (uintptr_t p = lo; p < hi; p += sizeof(uintptr_t)) {
					uintptr_t off = (p - s->base) % t->size;

					if (off < t->ptrbytes && mask[off >> 6] >> (off >> 3 & 7) & 1)
						gc_mark(w, *(uintptr_t *)p);
				}
			} else {
				Arena *a = arena_of(lo);

				for (uintptr_t p = lo; p < hi; p += sizeof(uintptr_t)) {
					uint64_t i = (p & (ARENA_SIZE - 1)) >> 3;

					if (a->ptr[i >> 6] >> (i & 63) & 1)
						gc_mark(w, *(uintptr_t *)p);
				}
			}
		}
	} else if (lo >= rt_module->data && hi <= rt_module->edata) {
		shademask(w, lo, hi, rt_module->data, rt_module->gcdata);
	} else if (lo >= rt_module->bss && hi <= rt_module->ebss) {
		shademask(w, lo, hi, rt_module->bss, rt_module->gcbss);
	}
	release(w);
	if (m->p == NULL)
		rt_unlock(&orphanlock);
}

/* From the barriers in assembly. */
void
rt_shaderange(void *dst, void *src, uintptr_t n)
{
	(void)src;
	gc_shaderange(dst, n);
}

void
rt_shadeslot(uintptr_t *slot, uintptr_t p)
{
	M *m = getm();

	(void)p;
	if (!gc_barrier)
		return;
	if (m->p != NULL)
		gc_flushwb(m->p);
	gc_shade(LOADREL(slot));
}

/* The allocator's contribution: scan about twice what it is about to give out. */
void
mem_assist(uint64_t bytes)
{
	M *m = getm();
	GcWork *w = m->p->gcw;
	uint64_t limit = w->scanned + 2 * bytes;
	Buf *b;

	while (w->scanned < limit && (b = takefull()) != NULL) {
		if (w->buf != NULL)
			putempty(w->buf);
		w->buf = b;
		while (w->buf->n > 0 && w->scanned < limit)
			scan(w, w->buf->obj[--w->buf->n]);
		release(w);
	}
}
