/*
 * bucket.c - memory, block and mutex profiles: counts by stack.
 *
 * A sampled object carries a special, so that its end is counted too. The memory profile shows the state as of the last collection: what was
 * allocated since then has not had a chance to be freed and would distort it.
 */
#include "prof/prof.h"
#include "gc/gc.h"
#include <math.h>
#include <string.h>

enum { MAXSTACK = 128, NHASH = 8192 };

struct Bucket {
	Bucket *next, *allnext;		/* hash chain, list of the kind */
	uint64_t hash;
	uintptr_t size;			/* PROF_MEM: of the objects */
	uint64_t v[4], pub[4];		/* mem: allocs, bytes, frees, bytes; others: count in thousandths, ns */
	uint32_t nstk;
	uint8_t kind;
	uintptr_t stk[];
};

int64_t prof_rate[PROF_KINDS];
static Lock lock;
static Bucket *table[NHASH], *all[PROF_KINDS];
static bool everpublished;

/* lock held */
static Bucket *
bucket(int kind, uintptr_t size, const uintptr_t *stk, intptr_t n)
{
	uint64_t h = (uint64_t)kind * 0x9e3779b97f4a7c15u + size;
	Bucket *b;

	for (intptr_t i = 0; i < n; i++)
		h = (h ^ stk[i]) * 0xff51afd7ed558ccdu ^ h >> 29;
	for (b = table[h % NHASH]; b != NULL; b = b->next)
		if (b->hash == h && b->kind == kind && b->size == size && b->nstk == (uint32_t)n &&
		    memcmp(b->stk, stk, (size_t)n * sizeof *stk) == 0)
			return b;
	b = rt_persistent(sizeof *b + (uintptr_t)n * sizeof *stk, 8);
	b->hash = h;
	b->kind = (uint8_t)kind;
	b->size = size;
	b->nstk = (uint32_t)n;
	memcpy(b->stk, stk, (size_t)n * sizeof *stk);
	b->next = table[h % NHASH];
	table[h % NHASH] = b;
	b->allnext = all[kind];
	all[kind] = b;
	return b;
}

int64_t
prof_next(int64_t rate)
{
	double u;

	if (rate <= 1)
		return 0;
	/* exponential with that mean, so that no pattern of allocations escapes */
	u = ((double)(rt_random() >> 11) + 1) / 9007199254740993.0;
	u = -log(u) * (double)rate;
	return u > 1e15 ? (int64_t)1e15 : (int64_t)u;
}

void
prof_malloc(void *p, uintptr_t size)
{
	uintptr_t stk[MAXSTACK];
	intptr_t n = rt_callers(0, stk, MAXSTACK);
	Bucket *b;

	rt_lock(&lock);
	b = bucket(PROF_MEM, size, stk, n);
	b->v[0]++;
	b->v[1] += size;
	rt_unlock(&lock);
	gc_attachprofile((uintptr_t)p, b);
}

void
prof_free(Bucket *b, uintptr_t size)
{
	rt_lock(&lock);
	b->v[2]++;
	b->v[3] += size;
	rt_unlock(&lock);
}

void
prof_publish(void)
{
	everpublished = true;
	for (Bucket *b = all[PROF_MEM]; b != NULL; b = b->allnext)
		memcpy(b->pub, b->v, sizeof b->v);
}

void
prof_event(int kind, G *g, int64_t ns, intptr_t skip)
{
	uintptr_t stk[MAXSTACK];
	int64_t rate = prof_rate[kind];
	intptr_t n;
	Bucket *b;
	double count = 1, cycles;

	if (rate <= 0 || ns < 0)
		return;
	if (kind == PROF_BLOCK) {
		/* short waits are sampled in proportion to their length */
		if (ns < rate && (int64_t)(rt_random() % (uint64_t)rate) > ns)
			return;
		if (ns < rate)
			count = (double)rate / (double)(ns > 0 ? ns : 1);
	} else if (rate > 1) {
		if (rt_random() % (uint64_t)rate != 0)
			return;
		count = (double)rate;
	}
	cycles = (double)ns * count;
	n = trace_gcallers(g, skip, stk, MAXSTACK);
	rt_lock(&lock);
	b = bucket(kind, 0, stk, n);
	b->v[0] += (uint64_t)(count * 1000 + 0.5);
	b->v[1] += (uint64_t)cycles;
	rt_unlock(&lock);
}

void
rt_blockevent(intptr_t ns, intptr_t skip)
{
	prof_event(PROF_BLOCK, getg(), ns > 0 ? ns : 1, skip > 1 ? skip - 1 : 0);
}

/*
 * All records of a kind: per record the stack's length, four values, the stack. Returns the number of records and of words needed;
 * nothing is written beyond n words.
 */
Words2
rt_profread(uintptr_t kind, uint64_t *buf, intptr_t n)
{
	Words2 r = { 0, 0 };

	rt_lock(&lock);
	if (kind == PROF_MEM && !everpublished)
		for (Bucket *b = all[PROF_MEM]; b != NULL; b = b->allnext)
			memcpy(b->pub, b->v, sizeof b->v);
	for (Bucket *b = kind < PROF_KINDS ? all[kind] : NULL; b != NULL; b = b->allnext) {
		uintptr_t need = 5 + b->nstk;

		if ((intptr_t)(r.b + need) <= n) {
			uint64_t *w = buf + r.b;

			w[0] = b->nstk;
			memcpy(w + 1, kind == PROF_MEM ? b->pub : b->v, sizeof b->v);
			if (kind != PROF_MEM)
				w[1] /= 1000;
			memcpy(w + 5, b->stk, b->nstk * sizeof b->stk[0]);
		}
		r.a++;
		r.b += need;
	}
	rt_unlock(&lock);
	return r;
}

uintptr_t
rt_profset(uintptr_t kind, intptr_t rate)
{
	int64_t old;

	if (kind >= PROF_KINDS)
		return 0;
	old = prof_rate[kind];
	prof_rate[kind] = rate;
	return (uintptr_t)old;
}
