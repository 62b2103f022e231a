/*
 * embed.c - which files //go:embed patterns name, and the file that tells the compiler.
 *
 * Source: documentation of package embed, "Directives", and of path.Match.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "driver/driver.h"

/* path.Match on one element; -1: malformed pattern */
static int
match1(const char *p, const char *s)
{
	uint32_t r;

	while (*p != '\0') {
		if (*p == '*') {
			while (*p == '*')
				p++;
			for (;; s++) {
				int m = match1(p, s);

				if (m != 0)
					return m;
				if (*s == '\0')
					return 0;
			}
		}
		if (*p == '?') {
			if (*s == '\0')
				return 0;
			s += utf8_decode((const uint8_t *)s, strlen(s), &r);
			p++;
			continue;
		}
		if (*p == '[') {
			bool neg = false, hit = false;
			uint32_t c, lo, hi;
			int k = 0;

			if (*s == '\0')
				return strchr(p, ']') != NULL ? 0 : -1;
			s += utf8_decode((const uint8_t *)s, strlen(s), &c);
			p++;
			if (*p == '^') {
				neg = true;
				p++;
			}
			for (; *p != ']' || k == 0; k++) {
				if (*p == '\0' || *p == '-' || (*p == ']' && k == 0))
					return -1;
				if (*p == '\\' && *++p == '\0')
					return -1;
				p += utf8_decode((const uint8_t *)p, strlen(p), &lo);
				hi = lo;
				if (*p == '-') {
					p++;
					if (*p == '\\')
						p++;
					if (*p == '\0' || *p == ']')
						return -1;
					p += utf8_decode((const uint8_t *)p, strlen(p), &hi);
				}
				if (lo <= c && c <= hi)
					hit = true;
			}
			p++;
			if (hit == neg)
				return 0;
			continue;
		}
		if (*p == '\\') {
			if (*++p == '\0')
				return -1;
		}
		if (*p != *s)
			return 0;
		p++;
		s++;
	}
	return *s == '\0';
}

static bool
ismeta(const char *s)
{
	return strpbrk(s, "*?[\\") != NULL;
}

static void
glob(const char *dir, const char *rel, const char *pat, Strs *out)
{
	const char *slash = strchr(pat, '/'), *elem = slash != NULL ? sub(pat, (size_t)(slash - pat)) : pat;

	if (!ismeta(elem)) {
		const char *r = rel[0] == '\0' ? elem : intern_printf("%s/%s", rel, elem);
		struct stat st;

		if (src_lstat(path_join(dir, r), &st) < 0)
			return;
		if (slash == NULL)
			strs_add(out, r);
		else
			glob(dir, r, slash + 1, out);
		return;
	}
	{
		DirInfo *d = dir_read(path_join(dir, rel));

		for (int i = 0; i < d->nfiles; i++)
			if (match1(elem, d->files[i].name) == 1) {
				const char *r =
				    rel[0] == '\0' ? d->files[i].name : intern_printf("%s/%s", rel, d->files[i].name);

				if (slash == NULL)
					strs_add(out, r);
				else
					glob(dir, r, slash + 1, out);
			}
	}
}

static bool
badname(const char *name)
{
	static const char *const vcs[] = { "", ".bzr", ".hg", ".git", ".svn" };

	for (size_t i = 0; i < NELEM(vcs); i++)
		if (streq(name, vcs[i]))
			return true;
	for (const char *p = name; *p != '\0'; p++)
		if (strchr("\"'*<>?`|\\:", *p) != NULL || (unsigned char)*p < 0x20)
			return true;
	return false;
}

static void
walk(const Pkg *p, const char *rel, bool all, Strs *out, int depth)
{
	DirInfo *d = dir_read(path_join(p->dir, rel));

	for (int i = 0; i < d->nfiles && depth < 200; i++) {
		const SrcInfo *s = &d->files[i];
		const char *r = intern_printf("%s/%s", rel, s->name);

		if (badname(s->name) || (!all && (s->name[0] == '.' || s->name[0] == '_')))
			continue;
		if (s->isdir) {
			if (dir_file(dir_read(path_join(p->dir, r)), "go.mod") == NULL)
				walk(p, r, all, out, depth + 1);
			continue;
		}
		if (!s->islink && !s->isother)
			strs_add(out, r);
	}
}

static bool
validpattern(const char *p)
{
	if (streq(p, "."))
		return true;
	for (;;) {
		size_t n = strcspn(p, "/");

		if (n == 0 || (n == 1 && p[0] == '.') || (n == 2 && p[0] == '.' && p[1] == '.'))
			return false;
		if (match1(sub(p, n), "") < 0)
			return false;
		if (p[n] == '\0')
			return true;
		p += n + 1;
	}
}

/* NULL: fine; else the message without its "pattern x: " */
static const char *
onepattern(const Pkg *p, const char *pattern, Strs *files)
{
	const char *glb = cutprefix(pattern, "all:");
	bool all = glb != NULL;
	Strs list = { 0 };
	int count = 0;

	if (glb == NULL)
		glb = pattern;
	if (!validpattern(glb))
		return "invalid pattern syntax";
	if (streq(glb, "."))
		strs_add(&list, ".");
	else
		glob(p->dir, "", glb, &list);
	strs_sort(&list);
	if (list.n == 0)
		return "no matching files found";
	for (int i = 0; i < list.n; i++) {
		const char *r = list.at[i], *what;
		struct stat st;

		if (src_lstat(path_join(p->dir, r), &st) < 0)
			return errtext(errno);
		what = S_ISDIR(st.st_mode) ? "directory" : "file";
		for (const char *d = r; !streq(d, "."); d = path_dir(d)) {
			const char *full = path_join(p->dir, d);

			if (src_exists(path_join(full, "go.mod")) && !(streq(d, r) && !S_ISDIR(st.st_mode)))
				return intern_printf("cannot embed %s %s: in different module", what, r);
			if (!streq(d, r) || S_ISDIR(st.st_mode)) {
				struct stat ds;

				if (src_lstat(full, &ds) == 0 && !S_ISDIR(ds.st_mode))
					return intern_printf("cannot embed %s %s: in non-directory %s", what, r, d);
			}
			if (badname(path_base(d))) {
				if (streq(d, r))
					return intern_printf("cannot embed %s %s: invalid name %s", what, r,
					    path_base(d));
				return intern_printf("cannot embed %s %s: in invalid directory %s", what, r,
				    path_base(d));
			}
		}
		if (S_ISREG(st.st_mode)) {
			strs_addnew(files, r);
			count++;
		} else if (S_ISDIR(st.st_mode)) {
			int before = files->n;

			if (streq(r, ".")) {
				Strs v = { 0 };

				walk(p, ".", all, &v, 0);
				for (int j = 0; j < v.n; j++)
					strs_add(files, v.at[j] + 2);
			} else {
				walk(p, r, all, files, 0);
			}
			if (files->n == before)
				return intern_printf("cannot embed directory %s: contains no embeddable files", r);
			count++;
		} else {
			return intern_printf("cannot embed irregular file %s", r);
		}
	}
	if (count == 0)
		return "no matching files found";
	strs_sort(files);
	strs_uniq(files);
	return NULL;
}

void
embed_resolve(Pkg *p)
{
	Map *seen = map_new(perm);

	for (int i = 0; i < p->embedpatterns.n; i++) {
		const char *pat = p->embedpatterns.at[i], *err;
		Strs files = { 0 };
		KeyVal kv;

		err = onepattern(p, pat, &files);
		if (err != NULL) {
			p->embedfiles.n = p->embedcfg_pats.n = 0;
			if (p->err == NULL) {
				p->err = NEW(perm, PkgError);
				p->err->pos = p->embedpos.at[i];
				p->err->err = intern_printf("pattern %s: %s", pat, err);
				strs_add(&p->err->stack, p->path);
				p->incomplete = true;
			}
			return;
		}
		kv.key = pat;
		kv.value = strs_join(&files, "\n");
		vec_push(perm, &p->embedcfg_pats, kv);
		for (int j = 0; j < files.n; j++)
			if (!map_has(seen, files.at[j])) {
				map_set(seen, files.at[j], p);
				strs_add(&p->embedfiles, files.at[j]);
			}
	}
	strs_sort(&p->embedfiles);
	for (int j = 0; j < p->embedfiles.n; j++) {
		KeyVal kv = { p->embedfiles.at[j], overlay_path(path_join(p->dir, p->embedfiles.at[j])) };

		vec_push(perm, &p->embedcfg_files, kv);
	}
}

Strs
embed_tests(const Pkg *p, bool external)
{
	const Strs *pats = external ? &p->xtestembedpatterns : &p->testembedpatterns;
	Strs files = { 0 };

	for (int i = 0; i < pats->n; i++)
		onepattern(p, pats->at[i], &files);
	strs_sort(&files);
	strs_uniq(&files);
	return files;
}

const char *
embed_cfg(const Pkg *p)
{
	Value *v, *pats, *files;
	Buf b = { 0 };
	const char *s;

	if (p->embedpatterns.n == 0)
		return NULL;
	v = val_struct();
	pats = val_map();
	files = val_map();
	for (int i = 0; i < p->embedcfg_pats.n; i++) {
		Strs f = { 0 };

		strs_split(&f, p->embedcfg_pats.at[i].value, '\n');
		val_set(pats, p->embedcfg_pats.at[i].key, val_strs(&f), false);
	}
	for (int i = 0; i < p->embedcfg_files.n; i++)
		val_set(files, p->embedcfg_files.at[i].key, val_str(p->embedcfg_files.at[i].value), false);
	val_set(v, "Patterns", pats, false);
	val_set(v, "Files", files, false);
	val_json(&b, v, 0);
	s = intern_str(buf_cstr(&b));
	buf_free(&b);
	return s;
}
