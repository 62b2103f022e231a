/*
 * embed.c - variables with a //go:embed directive.
 *
 * -embedcfg names a JSON file {"Patterns": {pattern: [file, ...]}, "Files":
 * {file: path on disk}} that the go command has made; the patterns of a
 * directive are looked up there, not matched again.
 *
 * Source: package embed (type FS, type file), whose layout and order are kept.
 */
#include <ctype.h>

#include "lower/build.h"

typedef Vec(const char *) Strings;

static Map *patterns;	/* pattern -> Strings */
static Map *paths;	/* file -> path */

/* ---- the little JSON there is: objects of strings and of lists of strings ---- */

typedef struct {
	const char *p, *end;
} Json;

static NORETURN void
badcfg(void)
{
	fatal("%s: not a valid embed configuration", lw.embedcfg);
}

static int
peek(Json *j)
{
	while (j->p < j->end && isspace((unsigned char)*j->p))
		j->p++;
	return j->p < j->end ? *j->p : 0;
}

static bool
accept(Json *j, int c)
{
	if (peek(j) != c)
		return false;
	j->p++;
	return true;
}

static void
expect(Json *j, int c)
{
	if (!accept(j, c))
		badcfg();
}

static unsigned
hex4(Json *j)
{
	unsigned r = 0;

	for (int i = 0; i < 4; i++, j->p++) {
		int c = j->p < j->end ? tolower((unsigned char)*j->p) : 0;

		if (!isxdigit(c))
			badcfg();
		r = r * 16 + (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
	}
	return r;
}

static const char *
jsonstring(Json *j)
{
	Buf b = { 0 };
	const char *r;

	expect(j, '"');
	while (j->p < j->end && *j->p != '"') {
		uint8_t u[4];
		unsigned c;

		if (*j->p != '\\') {
			buf_byte(&b, (uint8_t)*j->p++);
			continue;
		}
		j->p++;
		if (j->p == j->end)
			badcfg();
		/* clang-format off */
		switch (*j->p++) {
		case 'n': buf_byte(&b, '\n'); break;
		case 't': buf_byte(&b, '\t'); break;
		case 'r': buf_byte(&b, '\r'); break;
		case 'b': buf_byte(&b, '\b'); break;
		case 'f': buf_byte(&b, '\f'); break;
		case 'u':
			c = hex4(j);
			if (c >= 0xD800 && c < 0xDC00 && j->p + 2 <= j->end && j->p[0] == '\\' && j->p[1] == 'u') {
				j->p += 2;
				c = 0x10000 + ((c - 0xD800) << 10) + (hex4(j) - 0xDC00);
			}
			buf_put(&b, u, (size_t)utf8_encode(c, u));
			break;
		default: buf_byte(&b, (uint8_t)j->p[-1]); break;
		}
		/* clang-format on */
	}
	expect(j, '"');
	r = intern((const char *)b.p, b.n);
	buf_free(&b);
	return r;
}

static void
readcfg(void)
{
	Bytes text;
	Json j;

	if (patterns != NULL)
		return;
	patterns = map_new(perm);
	paths = map_new(perm);
	if (lw.embedcfg == NULL)
		return;
	text = file_map(lw.embedcfg);
	j.p = (const char *)text.p;
	j.end = j.p + text.n;
	expect(&j, '{');
	while (peek(&j) == '"') {
		const char *section = jsonstring(&j);

		expect(&j, ':');
		expect(&j, '{');
		while (peek(&j) == '"') {
			const char *key = jsonstring(&j);

			expect(&j, ':');
			if (strcmp(section, "Patterns") == 0) {
				Strings *list = NEW(perm, Strings);

				expect(&j, '[');
				while (peek(&j) == '"') {
					vec_push(perm, list, jsonstring(&j));
					if (!accept(&j, ','))
						break;
				}
				expect(&j, ']');
				map_set(patterns, key, list);
			} else
				map_set(paths, key, (void *)jsonstring(&j));
			if (!accept(&j, ','))
				break;
		}
		expect(&j, '}');
		if (!accept(&j, ','))
			break;
	}
	expect(&j, '}');
}

/* ---- files ---- */

/* "a/b/c/" is c in a/b */
static void
split(const char *name, size_t *dirlen, const char **elem, size_t *elemlen)
{
	size_t n = strlen(name);
	size_t i;

	if (n > 0 && name[n - 1] == '/')
		n--;
	for (i = n; i > 0 && name[i - 1] != '/'; i--)
		;
	*dirlen = i > 0 ? i - 1 : 0;
	*elem = name + i;
	*elemlen = n - i;
}

static int
cmpbytes(const char *a, size_t na, const char *b, size_t nb)
{
	int c = memcmp(a, b, na < nb ? na : nb);

	return c != 0 ? c : na < nb ? -1 : na > nb;
}

/* Order of FS.files: by directory, then by last element; a directory "." precedes by its text. */
static int
cmpfiles(const char *a, const char *b)
{
	size_t da, db, la, lb;
	const char *ea, *eb;
	int c;

	split(a, &da, &ea, &la);
	split(b, &db, &eb, &lb);
	c = cmpbytes(da > 0 ? a : ".", da > 0 ? da : 1, db > 0 ? b : ".", db > 0 ? db : 1);
	return c != 0 ? c : cmpbytes(ea, la, eb, lb);
}

static void
insert(Strings *list, const char *name)
{
	int lo = 0, hi = list->n;

	while (lo < hi) {
		int mid = (lo + hi) / 2, c = cmpfiles(name, list->at[mid]);

		if (c == 0)
			return;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	vec_push(perm, list, name);
	memmove(list->at + lo + 1, list->at + lo, (size_t)(list->n - 1 - lo) * sizeof *list->at);
	list->at[lo] = name;
}

static Bytes
contents(const char *file)
{
	const char *path = map_get(paths, file);

	if (path == NULL)
		fatal("%s: no path for embedded file %s", lw.embedcfg, file);
	return file_map(path);
}

static bool
isembedfs(const Type *t)
{
	return t->kind == T_NAMED && t->named.obj->pkg != NULL && strcmp(t->named.obj->pkg->path, "embed") == 0 &&
	       strcmp(t->named.obj->name, "FS") == 0;
}

static ObjSym *
anonymous(const Obj *v, const char *what, SymKind k)
{
	return obj_define(lw.o, intern_printf("%s..embed.%s.%s", lower_pkgprefix(v->pkg), v->name, what), k, SYMF_LOCAL,
			  (uint32_t)lw.target->ptrsize);
}

static void
putstring(ObjSym *s, int64_t off, const void *p, size_t n)
{
	int ps = lw.target->ptrsize;

	lower_putint(s, off + ps, ps, n);
	if (n > 0)
		lower_putaddr(s, off, lower_stringdata(p, n), 0);
}

/* embed.FS is struct{ files *[]file }, file is struct{ name, data string; hash [16]byte } */
static void
embedfs(const Obj *v, ObjSym *sym, const Strings *files)
{
	int ps = lw.target->ptrsize;
	Strings all = { 0 };
	ObjSym *slice, *array;

	for (int i = 0; i < files->n; i++) {
		const char *f = files->at[i];

		insert(&all, f);
		for (size_t n = strlen(f); n-- > 0;)
			if (f[n] == '/')
				insert(&all, intern(f, n + 1));
	}
	slice = anonymous(v, "slice", SYM_RELRO);
	array = anonymous(v, "files", SYM_RELRO);
	for (int i = 0; i < all.n; i++) {
		const char *f = all.at[i];
		size_t n = strlen(f);
		int64_t off = (int64_t)i * (4 * ps + 16);
		uint8_t hash[32] = { 0 };

		putstring(array, off, f, n);
		if (n > 0 && f[n - 1] == '/')
			putstring(array, off + 2 * ps, "", 0);
		else {
			Bytes data = contents(f);
			Sha256 h;

			sha256_init(&h);
			sha256_add(&h, data.p, data.n);
			sha256_sum(&h, hash);
			putstring(array, off + 2 * ps, data.p, data.n);
		}
		lower_putbytes(array, off + 4 * ps, hash, 16);
	}
	lower_sortrelocs(array);
	lower_putaddr(slice, 0, array, 0);
	lower_putint(slice, ps, ps, (uint64_t)all.n);
	lower_putint(slice, 2 * ps, ps, (uint64_t)all.n);
	lower_putaddr(sym, 0, slice, 0);
	sym->kind = SYM_DATA;
}

void
lower_embed(Obj *v)
{
	ObjSym *sym = lower_varsym(v), *data;
	const Decl *d = v->decl;
	Type *t = obj_type(v), *u = type_under(t);
	Strings files = { 0 };
	int ps = lw.target->ptrsize;
	Bytes b;

	readcfg();
	if (lw.embedcfg == NULL) {
		diag_error(d->pos, "go:embed: no embed configuration (-embedcfg) was given");
		return;
	}
	for (int i = 0; i < d->value.embeds.n; i++) {
		const char *pat = d->value.embeds.at[i];
		const Strings *list = map_get(patterns, intern_str(pat));

		if (list == NULL) {
			diag_error(d->pos, "invalid go:embed: build system did not map pattern: %s", pat);
			return;
		}
		for (int k = 0; k < list->n; k++)
			insert(&files, list->at[k]);
	}
	if (isembedfs(t)) {
		embedfs(v, sym, &files);
		return;
	}
	if (files.n != 1) {
		diag_error(d->pos, "invalid go:embed: multiple files for type %s", type_string(t, lw.pkg));
		return;
	}
	b = contents(files.at[0]);
	if (u->kind == T_STRING) {
		putstring(sym, 0, b.p, b.n);
		sym->kind = SYM_DATA;
	} else if (u->kind == T_SLICE && type_under(u->elem)->kind == T_UINT8) {
		if (b.n > 0) {
			data = anonymous(v, "bytes", SYM_NOPTRDATA);
			lower_putbytes(data, 0, b.p, b.n);
			lower_putaddr(sym, 0, data, 0);
		} else
			lower_putaddr(sym, 0, lower_rt("zerobase"), 0);
		lower_putint(sym, ps, ps, b.n);
		lower_putint(sym, 2 * ps, ps, b.n);
		sym->kind = SYM_DATA;
	} else
		diag_error(d->pos, "go:embed cannot apply to var of type %s", type_string(t, lw.pkg));
	lower_sortrelocs(sym);
}
