/* buf.c - growing byte buffers. */
#include "base/base.h"

#include <stdlib.h>

void
buf_reserve(Buf *b, size_t more)
{
	size_t cap = b->cap;
	uint8_t *p;

	if (b->cap - b->n >= more)
		return;
	if (b->n + more < more)
		fatal("out of memory: a buffer of %zu bytes cannot grow by %zu", b->n, more);
	if (cap < 64)
		cap = 64;
	while (cap < b->n + more)
		cap = cap > SIZE_MAX / 2 ? b->n + more : cap * 2;
	p = realloc(b->p, cap);
	if (p == NULL)
		fatal("out of memory: a buffer of %zu bytes cannot grow by %zu", b->n, more);
	b->p = p;
	b->cap = cap;
}

void
buf_put(Buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	buf_reserve(b, n);
	memcpy(b->p + b->n, p, n);
	b->n += n;
}

void
buf_byte(Buf *b, uint8_t c)
{
	buf_reserve(b, 1);
	b->p[b->n++] = c;
}

void
buf_str(Buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_vprintf(Buf *b, const char *fmt, va_list ap)
{
	va_list again;
	size_t room;
	int n;

	buf_reserve(b, 64);
	room = b->cap - b->n;
	va_copy(again, ap);
	n = vsnprintf((char *)b->p + b->n, room, fmt, ap);
	if (n > 0 && (size_t)n >= room) {
		buf_reserve(b, (size_t)n + 1);
		vsnprintf((char *)b->p + b->n, (size_t)n + 1, fmt, again);
	}
	va_end(again);
	if (n > 0)
		b->n += (size_t)n;
}

void
buf_printf(Buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buf_zero(Buf *b, size_t n)
{
	if (n == 0)
		return;
	buf_reserve(b, n);
	memset(b->p + b->n, 0, n);
	b->n += n;
}

void
buf_align(Buf *b, size_t align)
{
	if (align > 1 && b->n % align != 0)
		buf_zero(b, align - b->n % align);
}

static void
little(Buf *b, uint64_t v, size_t n)
{
	buf_reserve(b, n);
	for (size_t i = 0; i < n; i++)
		b->p[b->n + i] = (uint8_t)(v >> (8 * i));
	b->n += n;
}

void
buf_u16(Buf *b, uint16_t v)
{
	little(b, v, 2);
}

void
buf_u32(Buf *b, uint32_t v)
{
	little(b, v, 4);
}

void
buf_u64(Buf *b, uint64_t v)
{
	little(b, v, 8);
}

void
buf_uvarint(Buf *b, uint64_t v)
{
	buf_reserve(b, 10);
	for (; v >= 0x80; v >>= 7)
		b->p[b->n++] = (uint8_t)(v | 0x80);
	b->p[b->n++] = (uint8_t)v;
}

void
buf_varint(Buf *b, int64_t v)
{
	uint64_t u = (uint64_t)v << 1;

	buf_uvarint(b, v < 0 ? ~u : u);
}

char *
buf_cstr(Buf *b)
{
	buf_reserve(b, 1);
	b->p[b->n] = 0;
	return (char *)b->p;
}

void
buf_free(Buf *b)
{
	free(b->p);
	*b = (Buf){ 0 };
}
