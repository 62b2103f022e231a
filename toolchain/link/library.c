/*
 * library.c - archives of C objects: members come in when a symbol is missing.
 *
 * Uses the archive's own symbol index (member "/"): 32-bit big-endian count,
 * offsets, then names. Source: System V ABI, "Archive File".
 */
#include "link/link.h"

static uint32_t
be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void
library_index(Bytes data, Library *lib)
{
	const uint8_t *p = data.p + 8 + 60, *names, *end;
	uint64_t size = 0;
	uint32_t n;

	if (data.n < 8 + 60 + 4 || data.p[8] != '/' || data.p[9] != ' ')
		return;	/* no index: an empty library */
	for (const uint8_t *q = data.p + 8 + 48; q < data.p + 8 + 58 && *q >= '0' && *q <= '9'; q++)
		size = size * 10 + (uint64_t)(*q - '0');
	if (size > data.n - 68 || size < 4)
		fatal("%s: malformed archive index", lib->name);
	n = be32(p);
	if ((uint64_t)n * 4 + 4 > size)
		fatal("%s: malformed archive index", lib->name);
	names = p + 4 + (uint64_t)n * 4;
	end = p + size;
	for (uint32_t i = 0; i < n; i++) {
		const uint8_t *z = memchr(names, 0, (size_t)(end - names));
		const char *key;

		if (z == NULL)
			fatal("%s: malformed archive index", lib->name);
		key = intern((const char *)names, (size_t)(z - names));
		if (!map_has(lib->member, key))
			map_set(lib->member, key, (void *)(uintptr_t)be32(p + 4 + 4 * i));
		names = z + 1;
	}
}

void
library_open(const char *path)
{
	Library *lib = NEW(l.a, Library);

	lib->name = path;
	if (!file_trymap(path, &lib->data))
		fatal("cannot open file %s:", path);
	if (!ar_isarchive(lib->data))
		fatal("%s: not an archive", path);
	lib->member = map_new(l.a);
	lib->loaded = map_new(l.a);
	library_index(lib->data, lib);
	vec_push(l.a, &l.libs, lib);
}

static void
load_member(Library *lib, uint64_t off)
{
	const uint8_t *h = lib->data.p + off;
	uint64_t size = 0;
	char name[17] = { 0 };

	if (off + 60 > lib->data.n || h[58] != '`')
		fatal("%s: malformed archive", lib->name);
	for (int i = 48; i < 58 && h[i] >= '0' && h[i] <= '9'; i++)
		size = size * 10 + (uint64_t)(h[i] - '0');
	if (size > lib->data.n - off - 60)
		fatal("%s: malformed archive", lib->name);
	memcpy(name, h, 16);
	for (int i = 15; i >= 0 && (name[i] == ' ' || name[i] == '/'); i--)
		name[i] = 0;
	load_object(arena_printf(l.a, "%s(%s)", path_base(lib->name), name), (Bytes){ h + 60, size });
}

bool
library_search(Sym *s)
{
	const char *key = intern_str(s->name);

	for (int i = 0; i < l.libs.n; i++) {
		Library *lib = l.libs.at[i];
		uintptr_t off = (uintptr_t)map_get(lib->member, key);

		if (off == 0 || map_has(lib->loaded, (void *)off))
			continue;
		map_set(lib->loaded, (void *)off, lib);
		load_member(lib, off);
		if (s->kind != SYM_UNDEF || s->common)
			return true;
	}
	return false;
}
