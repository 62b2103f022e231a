/*
 * mark.c - finding all live objects: work buffers, helper threads, scanning.
 *
 * Each worker has a private buffer of grey objects; full buffers go to a shared list, idle workers take from it. Marking ends when
 * every worker is idle and the list is empty. The world is stopped, so object contents do not change; mark bits are set with atomic operations because
 * workers share them.
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

void
gc_mark(GcWork *w, uintptr_t p)
{
	Span *s;

	if (p < 4096)
		return;
	s = span_of(p);
	if (s == NULL || s->state != SPAN_INUSE || p < s->base || p >= s->limit) {
		if (s != NULL && s->state == SPAN_FREE && gc.verify && p >= s->base && p < s->base + s->npages * PAGE_SIZE)
			rt_throw("found bad pointer in Go heap");
		return;
	}
	shade(w, s, p);
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

static uint32_t firstseen[MAXWORKERS];	/* phases before a helper was made are not its business */

static void
helper(void *arg)
{
	uint32_t id = (uint32_t)(uintptr_t)arg, seen = firstseen[id];
	static M ms[MAXWORKERS];

	rt_m = &ms[id];
	ms[id].tid = os_gettid();
	signal_minit(&ms[id]);
	for (;;) {
		uint32_t v = LOADSC(&starts);

		if (v == seen) {
			rt_futexwait(&starts, v, -1);
			continue;
		}
		seen = v;
		if (id < LOADSC(&wanthelpers))
			work(&works[id + 1]);
		XADD(&finished, 1);
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
		if (os_newthread(helper, (void *)(uintptr_t)helpers, 64 << 10) != 0)
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

void
gc_marktail(uintptr_t p)
{
	gc_mark(&works[0], p);
	drainsome(&works[0]);
	for (Buf *b; (b = takefull()) != NULL;) {
		putempty(works[0].buf);
		works[0].buf = b;
		drainsome(&works[0]);
	}
}

void
gc_markall(void)
{
	for (int i = 0; i < MAXWORKERS; i++)
		works[i].bytes = 0;
	/* a small heap is marked sooner than a thread wakes */
	markphase(gc_rootcount(), heap.live > (1 << 20));
	gc.markedlive = 0;
	for (int i = 0; i < MAXWORKERS; i++)
		gc.markedlive += works[i].bytes;
	if (gc.verify) {
		/* once more from the roots, alone: nothing white may be found */
		uint64_t before = gc.markedlive;

		for (int i = 0; i < MAXWORKERS; i++)
			works[i].bytes = 0;
		markphase(gc_rootcount(), false);
		if (works[0].bytes != 0)
			rt_throw("marking missed an object");
		gc.markedlive = before;
	}
}
