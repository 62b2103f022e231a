/*
 * intern.c - one pointer per text.
 *
 * Each text is stored after a small header with its hash and length, in an
 * arena that is never given back. The table is open addressing with linear
 * probing, at most half full. Not thread-safe: tools intern on one thread.
 */
#include "base/base.h"

#include <stdlib.h>

typedef struct {
	uint32_t hash, len;
	char text[];
} Name;

static Name **table;
static uint32_t tablesize, ntable;	/* size is a power of two */

static const Name *
header(const char *s)
{
	return (const Name *)(const void *)(s - offsetof(Name, text));
}

static void
grow(void)
{
	uint32_t size = tablesize == 0 ? 1 << 13 : tablesize * 2;
	Name **t = calloc(size, sizeof *t);

	if (t == NULL)
		fatal("out of memory");
	for (uint32_t i = 0; i < tablesize; i++)
		if (table[i] != NULL) {
			uint32_t j = table[i]->hash & (size - 1);

			while (t[j] != NULL)
				j = (j + 1) & (size - 1);
			t[j] = table[i];
		}
	free(table);
	table = t;
	tablesize = size;
}

const char *
intern(const char *s, size_t n)
{
	uint32_t h = (uint32_t)hash64(s, n, 0), i;
	Name *e;

	if (ntable * 2 >= tablesize)
		grow();
	for (i = h & (tablesize - 1); (e = table[i]) != NULL; i = (i + 1) & (tablesize - 1))
		if (e->hash == h && e->len == n && (n == 0 || memcmp(e->text, s, n) == 0))
			return e->text;
	if (n > UINT32_MAX - 64)
		fatal("out of memory: a text of %zu bytes", n);
	e = arena_alloc(perm, sizeof *e + n + 1);
	e->hash = h;
	e->len = (uint32_t)n;
	if (n > 0)
		memcpy(e->text, s, n);
	table[i] = e;
	ntable++;
	return e->text;
}

const char *
intern_str(const char *s)
{
	return intern(s, strlen(s));
}

const char *
intern_printf(const char *fmt, ...)
{
	Buf b = { 0 };
	const char *s;
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	s = intern((char *)b.p, b.n);
	buf_free(&b);
	return s;
}

size_t
intern_len(const char *interned)
{
	return header(interned)->len;
}

uint32_t
intern_hash(const char *interned)
{
	return header(interned)->hash;
}
