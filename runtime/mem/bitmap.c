/*
 * bitmap.c - pointer bits of heap words, from type descriptors.
 *
 * A descriptor's mask covers one value up to its last pointer; an allocation repeats it. Types whose mask would be huge carry a GC program
 * instead (reflect makes such types too): it is expanded once into a mask off the heap, found again by the program's address.
 */
#include "mem/mem.h"
#include <string.h>

/* ---- GC programs. Source: abi/type.go, "GC programs": 0 end; 0xxxxxxx n literal bits follow; 1xxxxxxx repeat the last n bits c times ---- */

typedef struct {
	const uint8_t *prog;
	uint8_t *mask;
} Expanded;
static Lock exlock;
static Expanded *ex;
static uint32_t nex, capex;		/* capacity is a power of two */

static uint64_t
uvarint(const uint8_t **p)
{
	uint64_t v = 0;

	for (int sh = 0;; sh += 7) {
		uint8_t b = *(*p)++;

		v |= (uint64_t)(b & 127) << sh;
		if (b < 128)
			return v;
	}
}

static void
putbit(uint8_t *m, uint64_t i, int b)
{
	if (b)
		m[i >> 3] |= (uint8_t)(1u << (i & 7));
}

/* Writes at most max bits of the program to m (zeroed before). */
static void
expand(const uint8_t *p, uint8_t *m, uint64_t max)
{
	uint64_t at = 0, n, c;

	for (;;) {
		uint8_t op = *p++;

		n = op & 127;
		if (op == 0)
			return;
		if (op < 128) {
			for (uint64_t i = 0; i < n; i++, at++)
				if (at < max)
					putbit(m, at, p[i >> 3] >> (i & 7) & 1);
			p += (n + 7) / 8;
			continue;
		}
		if (n == 0)
			n = uvarint(&p);
		c = uvarint(&p);
		if (n == 0 || n > at)
			rt_throw("bad GC program");
		for (c *= n; c > 0 && at < max; c--, at++)
			putbit(m, at, m[(at - n) >> 3] >> ((at - n) & 7) & 1);
		if (at >= max)
			return;
	}
}

static Expanded *
slot(Expanded *tab, uint32_t cap, const uint8_t *prog)
{
	uint32_t i = (uint32_t)(((uintptr_t)prog * 0x9e3779b97f4a7c15u) >> 32) & (cap - 1);

	while (tab[i].prog != NULL && tab[i].prog != prog)
		i = (i + 1) & (cap - 1);
	return &tab[i];
}

static const uint8_t *
expandedmask(const Type *t)
{
	uint64_t words = t->ptrbytes / sizeof(void *);
	uint8_t *mask;
	Expanded *e;

	rt_lock(&exlock);
	if (nex * 2 >= capex) {
		uint32_t cap = capex == 0 ? 64 : capex * 2;
		Expanded *tab = rt_persistent(cap * sizeof *tab, 8);

		for (uint32_t i = 0; i < capex; i++)
			if (ex[i].prog != NULL)
				*slot(tab, cap, ex[i].prog) = ex[i];
		ex = tab;
		capex = cap;
	}
	e = slot(ex, capex, t->gcdata);
	if (e->prog == NULL) {
		mask = rt_persistent((words + 7) / 8 + 8, 8);
		expand(t->gcdata + 4, mask, words);
		e->prog = t->gcdata;
		e->mask = mask;
		nex++;
	}
	mask = e->mask;
	rt_unlock(&exlock);
	return mask;
}

const uint8_t *
type_mask(const Type *t)
{
	return (t->kind & KIND_GCPROG) != 0 ? expandedmask(t) : t->gcdata;
}

/* ---- setting ---- */

/* Bits [i, i+n) of the byte array m, n <= 64. Reads no byte beyond the last bit. */
static inline uint64_t
getbits(const uint8_t *m, uint64_t i, uint64_t n)
{
	const uint8_t *p = m + (i >> 3);
	unsigned sh = i & 7;
	uint64_t nb = (sh + n + 7) >> 3, v = 0;

	memcpy(&v, p, nb < 8 ? nb : 8);
	v >>= sh;
	if (nb > 8)
		v |= (uint64_t)p[8] << (64 - sh);
	return n == 64 ? v : v & (((uint64_t)1 << n) - 1);
}

/* Sets bits [i, i+n) of w to v, n <= 64. */
static inline void
putbits(uint64_t *w, uint64_t i, uint64_t n, uint64_t v)
{
	uint64_t mask = n == 64 ? ~(uint64_t)0 : ((uint64_t)1 << n) - 1;
	unsigned sh = i & 63;
	uint64_t *p = w + (i >> 6);

	p[0] = (p[0] & ~(mask << sh)) | v << sh;
	if (sh + n > 64)
		p[1] = (p[1] & ~(mask >> (64 - sh))) | v >> (64 - sh);
}

/*
 * Pointer bits of the object at x with room elemsize, filled with values of typ up to size. x's span lies in one arena (small objects); other
 * goroutines set bits of neighbouring objects of other spans only, and spans are whole pages, so whole words are written freely.
 */
void
bits_set(uintptr_t x, uintptr_t elemsize, uintptr_t size, const Type *typ)
{
	Arena *a = arena_of(x);
	uint64_t at = (x & (ARENA_SIZE - 1)) >> 3, end = at + (elemsize >> 3);
	uint64_t tw = typ->size >> 3, pw = typ->ptrbytes >> 3;
	const uint8_t *mask = type_mask(typ);

	if (pw <= 8 && end - at <= 8 && size == typ->size) {	/* one tiny value */
		putbits(a->ptr, at, end - at, mask[0] & (((uint64_t)1 << pw) - 1));
		return;
	}
	if (tw <= 64 && size == typ->size) {	/* one small value: the usual case */
		uint64_t n = end - at;

		putbits(a->ptr, at, pw, getbits(mask, 0, pw));
		at += pw;
		n -= pw;
		for (; n > 64; n -= 64, at += 64)
			putbits(a->ptr, at, 64, 0);
		if (n > 0)
			putbits(a->ptr, at, n, 0);
		return;
	}
	if (tw <= 32) {				/* several small values: build a word's worth of pattern */
		uint64_t one = getbits(mask, 0, pw), pat = 0, k = 64 / tw, left = size / typ->size;

		for (uint64_t i = 0; i < k; i++)
			pat |= one << (i * tw);
		while (left > 0) {
			uint64_t n = left < k ? left : k;

			putbits(a->ptr, at, n * tw, n * tw == 64 ? pat : pat & (((uint64_t)1 << (n * tw)) - 1));
			at += n * tw;
			left -= n;
		}
	} else {
		for (uintptr_t off = 0; off + typ->size <= size; off += typ->size) {
			uint64_t i = 0;

			for (; i + 64 <= pw; i += 64)
				putbits(a->ptr, at + i, 64, getbits(mask, i, 64));
			if (i < pw)
				putbits(a->ptr, at + i, pw - i, getbits(mask, i, pw - i));
			for (i = pw; i + 64 <= tw; i += 64)
				putbits(a->ptr, at + i, 64, 0);
			if (i < tw)
				putbits(a->ptr, at + i, tw - i, 0);
			at += tw;
		}
	}
	for (; at + 64 <= end; at += 64)
		putbits(a->ptr, at, 64, 0);
	if (at < end)
		putbits(a->ptr, at, end - at, 0);
}

/* ---- asking ---- */

/* The first word at or after p, in the heap object around p, that may hold a pointer; 0 if there is none. */
uintptr_t
rt_nextpointer(uintptr_t p)
{
	uintptr_t base, end;
	Span *s = mem_find(p, &base);

	if (s == NULL || span_noscan(s))
		return 0;
	end = base + s->elemsize;
	if (s->spanclass >> 1 == 0) {	/* large */
		const Type *t = s->largetype;
		const uint8_t *mask = type_mask(t);

		for (; p < end; p += sizeof(uintptr_t)) {
			uintptr_t off = (p - base) % t->size;

			if (off < t->ptrbytes && mask[off >> 6] >> (off >> 3 & 7) & 1)
				return p;
		}
		return 0;
	}
	for (; p < end; p += sizeof(uintptr_t)) {
		uint64_t i = (p & (ARENA_SIZE - 1)) >> 3;

		if (arena_of(p)->ptr[i >> 6] >> (i & 63) & 1)
			return p;
	}
	return 0;
}
