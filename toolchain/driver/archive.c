/*
 * archive.c - what of an archive counts for those who use it.
 *
 * Actions that come after a compilation depend on hashes of its result, not on how it was made: a package that comes out the same, from the
 * SDK's pkg or compiled again, leads to the same program, build ID and all.
 */
#include "driver/driver.h"
#include "obj/obj.h"

/* All of b but the build ID, wherever it is in it. */
static void
add(Sha256 *s, Bytes b, const char *buildid)
{
	const uint8_t *p = b.p, *end = b.p + b.n, *q;
	size_t n = strlen(buildid);

	while (n > 0 && p < end && (q = memmem(p, (size_t)(end - p), buildid, n)) != NULL) {
		sha256_add(s, p, (size_t)(q - p));
		p = q + n;
	}
	sha256_add(s, p, (size_t)(end - p));
}

/* __.PKGDEF without the line of its build ID. */
static void
addheader(Sha256 *s, Bytes b)
{
	const uint8_t *end = b.p + b.n, *id = memmem(b.p, b.n, "\nbuild id ", 10), *nl;

	nl = id != NULL ? memchr(id + 1, '\n', (size_t)(end - id - 1)) : NULL;
	if (nl == NULL)
		id = nl = end;
	sha256_add(s, b.p, (size_t)(id - b.p));
	sha256_add(s, nl, (size_t)(end - nl));
}

static void
hex(Sha256 *s, char *out)
{
	uint8_t sum[32];

	sha256_sum(s, sum);
	for (int i = 0; i < 32; i++)
		snprintf(out + 2 * i, 3, "%02x", sum[i]);
}

bool
archive_hash(const char *file, const char *buildid, CacheEntry *e)
{
	Arena *a = arena_new("archive");
	ArMembers members = { 0 };
	Sha256 export, content;
	const char *err;
	Bytes b;

	if (!file_trymap(file, &b))
		return false;
	e->size = b.n;
	sha256_hex(b.p, b.n, e->out);
	sha256_init(&export);
	sha256_init(&content);
	if (!ar_isarchive(b) || !ar_read(a, b, &members, &err)) {
		sha256_add(&export, b.p, b.n);
		add(&content, b, buildid);
	}
	for (int i = 0; i < members.n; i++) {
		const ArMember *m = &members.at[i];
		Bytes data = m->data;

		if (packed_is(data) && !packed_read(a, data, &data))
			data = m->data;
		sha256_add(&content, m->name, strlen(m->name) + 1);
		add(&content, data, buildid);
		if (streq(m->name, "__.PKGDEF"))
			addheader(&export, data);
		else if (streq(m->name, "_export_"))
			sha256_add(&export, data.p, data.n);
	}
	hex(&export, e->export);
	hex(&content, e->content);
	file_unmap(b);
	arena_free(a);
	return true;
}

bool
archive_append(const char *file, const Strs *objects)
{
	FILE *f = fopen(file, "ab");
	bool ok = f != NULL;

	for (int i = 0; ok && i < objects->n; i++) {
		size_t n;
		const char *data = text_file(objects->at[i], &n);

		ok = data != NULL &&
		    fprintf(f, "%-16.16s%-12d%-6d%-6d%-8o%-10zu`\n", path_base(objects->at[i]), 0, 0, 0, 0644u, n) ==
			60 &&
		    fwrite(data, 1, n, f) == n && (n % 2 == 0 || fputc('\n', f) != EOF);
	}
	if (f != NULL && fclose(f) != 0)
		ok = false;
	return ok;
}
