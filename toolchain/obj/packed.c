/*
 * packed.c - objects of the standard library, packed for the archives that the SDK ships.
 *
 *   u8 magic[4], u32 size of the object (little endian), an LZ4 block
 *
 * LZ4 because it unpacks at the speed of memory: a link reads half as many
 * bytes and takes no longer. The packer takes its time instead: it looks for the longest
 * match at every byte, and then for the way through them that costs the fewest bytes.
 * Source: lz4_Block_format.md of the LZ4 project.
 */
#include <stdlib.h>

#include "obj/obj.h"

#define MAGIC "SlpZ"
#define HEADER 8
#define MINMATCH 4
#define LASTLITERALS 5		/* a block ends with so many literals */
#define MATCHLIMIT 12		/* and no match starts so close to its end */
#define WINDOW 65535
#define HASHBITS 16
#define TRIES 64
#define LONG 256		/* a match of that length is taken as it is */
#define FAR 40			/* more than a sequence of the shortest lengths, 1 + 14 + 2, or its copies of 16 and 18 write */

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint32_t
hash4(const uint8_t *p)
{
	return get32(p) * 2654435761u >> (32 - HASHBITS);
}

/* A length beyond what fits the token's four bits. */
static void
put_length(Buf *out, size_t n)
{
	for (; n >= 255; n -= 255)
		buf_byte(out, 255);
	buf_byte(out, (uint8_t)n);
}

/* nmatch 0: the last sequence, which has no match. */
static void
put_sequence(Buf *out, const uint8_t *literals, size_t n, size_t offset, size_t nmatch)
{
	size_t m = nmatch == 0 ? 0 : nmatch - MINMATCH;

	buf_byte(out, (uint8_t)((n < 15 ? n : 15) << 4 | (m < 15 ? m : 15)));
	if (n >= 15)
		put_length(out, n - 15);
	buf_put(out, literals, n);
	if (nmatch == 0)
		return;
	buf_byte(out, (uint8_t)offset);
	buf_byte(out, (uint8_t)(offset >> 8));
	if (m >= 15)
		put_length(out, m - 15);
}

static size_t
common(const uint8_t *a, const uint8_t *b, const uint8_t *end)
{
	const uint8_t *start = b;

	while (b < end && *a == *b)
		a++, b++;
	return (size_t)(b - start);
}

/* What stands best at a byte: at first the longest match, in the end that of the cheapest way. */
typedef struct {
	uint32_t cost;			/* bytes for all from here on, but the lengths of long runs of literals */
	uint32_t len, offset;		/* of the match; 0: a literal */
} Step;

/* The longest match at each byte. */
static void
find_matches(const uint8_t *p, size_t n, Step *step)
{
	int32_t *head = malloc(sizeof *head << HASHBITS), *prev = malloc(sizeof *prev * (n + 1));
	size_t known = 0;		/* bytes before this one lie in a long match */

	if (head == NULL || prev == NULL)
		fatal("object is too large to pack");
	memset(head, 0xff, sizeof *head << HASHBITS);
	for (size_t at = 0; at + MATCHLIMIT < n; at++) {
		uint32_t h = hash4(p + at);
		int32_t c = at < known ? -1 : head[h];

		for (int i = 0; i < TRIES && c >= 0 && at - (size_t)c <= WINDOW; i++, c = prev[c]) {
			size_t k = common(p + c, p + at, p + n - LASTLITERALS);

			if (k >= MINMATCH && k > step[at].len)
				step[at].len = (uint32_t)k, step[at].offset = (uint32_t)(at - (size_t)c);
		}
		if (step[at].len >= LONG)
			known = at + step[at].len;
		prev[at] = head[h];
		head[h] = (int32_t)at;
	}
	free(head);
	free(prev);
}

/* The cheapest way from each byte to the end: a match may be cut short where a better one follows. */
static void
cheapest(size_t n, Step *step)
{
	step[n].cost = 0;
	for (size_t at = n; at-- > 0;) {
		uint32_t longest = step[at].len, len = 0, cost = step[at + 1].cost + 1;

		for (uint32_t k = longest >= LONG ? longest : MINMATCH; k <= longest; k++) {
			uint32_t c = step[at + k].cost + 3 + (k >= MINMATCH + 15 ? 1 + (k - MINMATCH - 15) / 255 : 0);

			if (c < cost)
				cost = c, len = k;
		}
		step[at].cost = cost;
		step[at].len = len;
	}
}

void
packed_write(Buf *out, const void *object, size_t n)
{
	const uint8_t *p = object;
	size_t from = 0;
	Step *step;

	if (n > INT32_MAX || (step = calloc(n + 1, sizeof *step)) == NULL)
		fatal("object is too large to pack");
	buf_put(out, MAGIC, 4);
	for (int i = 0; i < 4; i++)
		buf_byte(out, (uint8_t)(n >> 8 * i));
	find_matches(p, n, step);
	cheapest(n, step);
	for (size_t at = 0; at < n; at += step[at].len == 0 ? 1 : step[at].len)
		if (step[at].len != 0) {
			put_sequence(out, p + from, at - from, step[at].offset, step[at].len);
			from = at + step[at].len;
		}
	put_sequence(out, p + from, n - from, 0, 0);
	free(step);
}

bool
packed_is(Bytes b)
{
	return b.n >= HEADER && memcmp(b.p, MAGIC, 4) == 0;
}

/* False: the input ends within the length. */
static bool
get_length(const uint8_t **p, const uint8_t *end, size_t *n)
{
	uint8_t c;

	if (*n < 15)
		return true;
	do {
		if (*p >= end)
			return false;
		c = *(*p)++;
		*n += c;
	} while (c == 255);
	return true;
}

/*
 * Reads sequences as long as both lengths are in the token and both ends are far: copies of fixed size, which cost no call, may then
 * write more than is wanted, and what comes next writes over it. Most sequences are such ones.
 */
static void
short_sequences(const uint8_t **pp, const uint8_t *end, const uint8_t *out, uint8_t **oo, const uint8_t *oend)
{
	const uint8_t *p = *pp;
	uint8_t *o = *oo;

	while (end - p >= FAR && oend - o >= FAR) {
		size_t n = *p >> 4, m = *p & 15, offset;

		if (n == 15 || m == 15)
			break;
		offset = (size_t)(p[n + 1] | p[n + 2] << 8);
		if (offset < 8 || offset > (size_t)(o - out) + n)
			break;
		memcpy(o, p + 1, 16);
		o += n;
		p += n + 3;
		memcpy(o, o - offset, 8);	/* three, because they may overlap by offset */
		memcpy(o + 8, o + 8 - offset, 8);
		memcpy(o + 16, o + 16 - offset, 2);
		o += m + MINMATCH;
	}
	*pp = p;
	*oo = o;
}

/* Copies n bytes from offset bytes before o; where they overlap, they repeat. */
static void
repeat(uint8_t *o, size_t offset, size_t n)
{
	for (; n > offset; o += offset, n -= offset, offset *= 2)
		memcpy(o, o - offset, offset);
	memcpy(o, o - offset, n);
}

bool
packed_read(Arena *a, Bytes b, Bytes *object)
{
	const uint8_t *p = b.p + HEADER, *end = b.p + b.n;
	uint8_t *out, *o, *oend;
	size_t size;

	/* One byte of a block gives at most 255 of the object. */
	if (!packed_is(b) || (size = get32(b.p + 4)) / 255 > b.n)
		return false;
	out = o = arena_alloc(a, size + 1);
	oend = out + size;
	for (;;) {
		size_t n, m, offset;

		short_sequences(&p, end, out, &o, oend);
		if (p >= end)
			return false;
		n = *p >> 4;
		m = *p++ & 15;
		if (!get_length(&p, end, &n) || n > (size_t)(end - p) || n > (size_t)(oend - o))
			return false;
		memcpy(o, p, n);
		o += n;
		p += n;
		if (p == end)
			break;
		if (end - p < 2)
			return false;
		offset = (size_t)(p[0] | p[1] << 8);
		p += 2;
		if (!get_length(&p, end, &m) || offset == 0 || offset > (size_t)(o - out))
			return false;
		m += MINMATCH;
		if (m > (size_t)(oend - o))
			return false;
		repeat(o, offset, m);
		o += m;
	}
	*object = (Bytes){ out, size };
	return o == oend;
}
