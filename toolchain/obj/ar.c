/*
 * ar.c - archives: 60-byte headers of printable text, members padded to even.
 *
 * Written without time and owner, so equal members give equal bytes. Reading
 * knows GNU's long names (// and /N), which C archives use.
 * Source: ar(5).
 */
#include <stdlib.h>

#include "obj/obj.h"

#define MAGIC "!<arch>\n"

typedef struct {
	char name[16], date[12], uid[6], gid[6], mode[8], size[10], end[2];
} Header;
_Static_assert(sizeof(Header) == 60, "ar(5)");

bool
ar_isarchive(Bytes b)
{
	return b.n >= 8 && memcmp(b.p, MAGIC, 8) == 0;
}

/* A decimal field; -1 if it is none. */
static int64_t
decimal(const char *p, size_t n)
{
	int64_t v = 0;
	size_t i = 0;

	while (i < n && p[i] >= '0' && p[i] <= '9')
		v = v * 10 + (p[i++] - '0');
	if (i == 0)
		return -1;
	for (; i < n; i++)
		if (p[i] != ' ')
			return -1;
	return v;
}

static const char *
membername(Arena *a, const Header *h, Bytes longnames)
{
	size_t n;

	if (h->name[0] == '/' && h->name[1] >= '0' && h->name[1] <= '9') {
		int64_t off = decimal(h->name + 1, sizeof h->name - 1);
		const char *p, *end;

		if (off < 0 || (uint64_t)off >= longnames.n)
			return NULL;
		p = (const char *)longnames.p + off;
		end = memchr(p, '\n', longnames.n - (size_t)off);
		if (end == NULL)
			return NULL;
		n = (size_t)(end - p);
		if (n > 0 && p[n - 1] == '/')
			n--;
		return arena_strndup(a, p, n);
	}
	for (n = sizeof h->name; n > 0 && h->name[n - 1] == ' '; n--)
		;
	if (n > 1 && h->name[n - 1] == '/' && h->name[0] != '/')
		n--;
	return arena_strndup(a, h->name, n);
}

bool
ar_read(Arena *a, Bytes b, ArMembers *out, const char **err)
{
	Bytes longnames = { NULL, 0 };
	size_t off = 8;

	if (!ar_isarchive(b)) {
		*err = "not an archive";
		return false;
	}
	while (off < b.n) {
		const Header *h = (const Header *)(b.p + off);
		int64_t size;
		ArMember m;

		if (b.n - off < sizeof *h || memcmp(h->end, "`\n", 2) != 0) {
			*err = "malformed archive: bad member header";
			return false;
		}
		size = decimal(h->size, sizeof h->size);
		off += sizeof *h;
		if (size < 0 || (uint64_t)size > b.n - off) {
			*err = "malformed archive: member is truncated";
			return false;
		}
		m.data = (Bytes){ b.p + off, (size_t)size };
		m.name = membername(a, h, longnames);
		if (m.name == NULL) {
			*err = "malformed archive: bad member name";
			return false;
		}
		if (strcmp(m.name, "//") == 0)
			longnames = m.data;
		else if (strcmp(m.name, "/") != 0 && strcmp(m.name, "/SYM64/") != 0)
			vec_push(a, out, m);
		off += (size_t)size + (size_t)(size & 1);
	}
	return true;
}

void
ar_begin(Buf *out)
{
	buf_put(out, MAGIC, 8);
}

void
ar_add(Buf *out, const char *name, const void *p, size_t n)
{
	char h[61];

	if (n > 9999999999u)
		fatal("archive member %s is too large", name);
	snprintf(h, sizeof h, "%-16.16s%-12d%-6d%-6d%-8o%-10zu`\n", name, 0, 0, 0, 0644, n);
	buf_put(out, h, 60);
	buf_put(out, p, n);
	if (n & 1)
		buf_byte(out, '\n');
}
