/*
 * arena.c - memory that is given back all at once.
 *
 * An arena is a list of chunks; `cur` is the one being filled, those after it
 * are empty and kept for reuse. Each chunk remembers in `dirty` how far it was
 * ever filled, so that only reused memory is cleared and fresh memory, which
 * the system hands out zeroed, is not touched twice.
 *
 * Under AddressSanitizer what is not handed out is poisoned and every block is
 * followed by 16 poisoned bytes.
 */
#include "base/base.h"

#include <stdlib.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_ASAN 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_ASAN 1
#endif
#endif

#ifdef ARENA_ASAN
#include <sanitizer/asan_interface.h>
#define POISON(p, n) __asan_poison_memory_region((p), (n))
#define UNPOISON(p, n) __asan_unpoison_memory_region((p), (n))
#define REDZONE 16
#else
#define POISON(p, n) ((void)(p), (void)(n))
#define UNPOISON(p, n) ((void)(p), (void)(n))
#define REDZONE 0
#endif

typedef struct Chunk Chunk;
struct Chunk {
	Chunk *next;
	size_t size, used, dirty;	/* bytes of mem; dirty >= used */
	_Alignas(16) uint8_t mem[];
};

struct Arena {
	const char *name;
	Chunk *first, *cur;
	size_t nextsize;		/* of the next chunk */
	size_t total;
};

enum { MINCHUNK = 32 << 10, MAXCHUNK = 4 << 20 };

static Arena permarena = { .name = "perm", .nextsize = MINCHUNK };
Arena *perm = &permarena;

static NORETURN void
outofmemory(const Arena *a, size_t nbytes)
{
	fatal("out of memory: arena %s holds %zu bytes and needs %zu more", a->name, a->total, nbytes);
}

Arena *
arena_new(const char *name)
{
	Arena *a = calloc(1, sizeof *a);

	if (a == NULL)
		fatal("out of memory");
	a->name = name;
	a->nextsize = MINCHUNK;
	return a;
}

/* Makes a chunk with room for nbytes the current one. */
static void
addchunk(Arena *a, size_t nbytes)
{
	Chunk *c = a->cur != NULL ? a->cur->next : a->first;
	size_t size;

	if (c != NULL && c->size >= nbytes) {
		c->used = 0;
		a->cur = c;
		return;
	}
	size = a->nextsize;
	if (nbytes > size)
		size = (nbytes + 4095) & ~(size_t)4095;
	else if (a->nextsize < MAXCHUNK)
		a->nextsize *= 2;
	c = size < nbytes ? NULL : calloc(1, sizeof *c + size);
	if (c == NULL)
		outofmemory(a, nbytes);
	c->size = size;
	a->total += size;
	if (a->cur != NULL) {
		c->next = a->cur->next;
		a->cur->next = c;
	} else {
		c->next = a->first;
		a->first = c;
	}
	a->cur = c;
	POISON(c->mem, c->size);
}

void *
arena_alloc(Arena *a, size_t nbytes)
{
	Chunk *c = a->cur;
	size_t n = (nbytes + REDZONE + 15) & ~(size_t)15;
	uint8_t *p;

	if (n < nbytes)
		outofmemory(a, nbytes);
	if (c == NULL || c->size - c->used < n) {
		addchunk(a, n);
		c = a->cur;
	}
	p = c->mem + c->used;
	UNPOISON(p, nbytes);
	if (c->used < c->dirty) {
		size_t old = c->dirty - c->used;

		memset(p, 0, old < nbytes ? old : nbytes);
	}
	c->used += n;
	if (c->dirty < c->used)
		c->dirty = c->used;
	return p;
}

void *
arena_dup(Arena *a, const void *p, size_t nbytes)
{
	void *q = arena_alloc(a, nbytes);

	if (nbytes > 0)
		memcpy(q, p, nbytes);
	return q;
}

char *
arena_strndup(Arena *a, const char *s, size_t n)
{
	char *q = arena_alloc(a, n + 1);

	if (n > 0)
		memcpy(q, s, n);
	return q;
}

char *
arena_printf(Arena *a, const char *fmt, ...)
{
	Buf b = { 0 };
	va_list ap;
	char *s;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	s = arena_strndup(a, (char *)b.p, b.n);
	buf_free(&b);
	return s;
}

ArenaMark
arena_mark(Arena *a)
{
	return (ArenaMark){ a->cur, a->cur != NULL ? a->cur->used : 0 };
}

void
arena_release(Arena *a, ArenaMark m)
{
	a->cur = m.chunk;
	if (a->cur != NULL)
		a->cur->used = m.used;
#ifdef ARENA_ASAN
	for (Chunk *c = a->cur != NULL ? a->cur : a->first; c != NULL; c = c->next)
		POISON(c->mem + (c == a->cur ? c->used : 0), c->size - (c == a->cur ? c->used : 0));
#endif
}

void
arena_reset(Arena *a)
{
	arena_release(a, (ArenaMark){ NULL, 0 });
}

void
arena_free(Arena *a)
{
	for (Chunk *c = a->first, *next; c != NULL; c = next) {
		next = c->next;
		UNPOISON(c->mem, c->size);
		free(c);
	}
	if (a == &permarena)
		*a = (Arena){ .name = "perm", .nextsize = MINCHUNK };
	else
		free(a);
}

size_t
arena_size(const Arena *a)
{
	return a->total;
}
