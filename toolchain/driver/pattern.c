/*
 * pattern.c - from patterns of the command line to import paths: folders, import paths, "..." in both, all, std, cmd.
 *
 * Source: go help packages.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "driver/driver.h"

/* ... matches any text; x/... matches x too; vendor elements are not matched by a wildcard. */
static bool
wild(const char *p, const char *s)
{
	for (; *p != '\0'; p++, s++) {
		if (hasprefix(p, "...")) {
			if (p[3] == '\0')
				return true;
			for (;; s++) {
				if (wild(p + 3, s))
					return true;
				if (*s == '\0')
					return false;
			}
		}
		if (*p == '/' && streq(p, "/...") && *s == '\0')
			return true;
		if (*p != *s)
			return false;
	}
	return *s == '\0';
}

bool
pattern_match(const char *pattern, const char *name)
{
	return wild(pattern, name);
}

bool
dir_match(const char *pattern, const char *dir)
{
	return wild(path_join(cfg.cwd, pattern), dir);
}

/* Calls for each folder below dir that may hold packages of the module that dir belongs to. */
static void
walk(const char *dir, const char *path, const char *pattern, bool std, Strs *out, int depth)
{
	DirInfo *d = dir_read(dir);

	if (d->missing || depth > 200)
		return;
	if (d->hasgo && wild(pattern, path))
		vec_push(perm, out, path);
	for (int i = 0; i < d->nfiles; i++) {
		const SrcInfo *s = &d->files[i];
		const char *subdir;

		if (!s->isdir || s->name[0] == '.' || s->name[0] == '_' || streq(s->name, "testdata"))
			continue;
		if (streq(s->name, "vendor") && !std)
			continue;
		subdir = path_join(dir, s->name);
		if (!std && dir_file(dir_read(subdir), "go.mod") != NULL)
			continue;
		walk(subdir, path[0] == '\0' ? s->name : intern_printf("%s/%s", path, s->name), pattern, std, out,
		    depth + 1);
	}
}

static void
walkstd(bool cmd, const char *pattern, Strs *out)
{
	if (cmd) {
		walk(path_join(cfg.gorootsrc, "cmd"), "cmd", pattern, true, out, 1);
	} else {
		DirInfo *d = dir_read(cfg.gorootsrc);
		int w = 0;

		for (int i = 0; i < d->nfiles; i++)
			if (d->files[i].isdir && !streq(d->files[i].name, "cmd") &&
			    !streq(d->files[i].name, "testdata") && d->files[i].name[0] != '.' &&
			    d->files[i].name[0] != '_')
				walk(path_join(cfg.gorootsrc, d->files[i].name), d->files[i].name, pattern, true, out,
				    1);
		for (int i = 0; i < out->n; i++)
			if (!streq(out->at[i], "builtin") && (cfg.cgo || !streq(out->at[i], "runtime/cgo")))
				out->at[w++] = out->at[i];
		out->n = w;
	}
}

static bool
islocal(const char *p)
{
	return streq(p, ".") || streq(p, "..") || hasprefix(p, "./") || hasprefix(p, "../") || p[0] == '/';
}

static void
localdir(Match *r, const char *arg)
{
	const char *dir = path_abs(arg), *path, *err;
	Module *m;
	struct stat st;

	if (src_stat(dir, &st) < 0) {
		r->err = intern_printf("stat %s: directory not found", dir);
		if (mods.none)
			mods_die("%s", mods_whynone());
		return;
	}
	if (!S_ISDIR(st.st_mode)) {
		path = mods_import_of_dir(dir, &m, &err);
		r->err = m != NULL ?
		    intern_printf("%s module (%s) does not contain package %s", m->main ? "main" : "", m->path, path) :
			intern_printf("directory %s outside main module or its selected dependencies", shortpath(dir));
		return;
	}
	path = mods_import_of_dir(dir, &m, &err);
	if (path == NULL) {
		if (mods.none)
			mods_die("%s", mods_whynone());
		r->err = err != NULL ?
		    err :
		    !dir_read(dir)->hasgo ?
		    intern_printf("no Go files in %s", dir) :
		    intern_printf("directory %s outside main module or its selected dependencies", shortpath(dir));
		if (mods.gowork[0] != '\0' && err == NULL)
			r->err = intern_printf("directory %s is contained in a module that is not one of the workspace "
					       "modules listed in go.work. "
					       "You can add the module to the workspace using:\n\tgo work use %s",
			    shortpath(dir), shortpath(dir));
		return;
	}
	if (!dir_read(dir)->hasgo) {
		r->err = intern_printf("no Go files in %s", dir);
		if (m != NULL && !m->main)
			r->err = intern_printf("no Go files in %s", dir);
		return;
	}
	strs_add(&r->paths, path);
}

/* ./x/... : the folders below, as packages of whatever module they are in */
static void
localwild(Match *r, const char *arg)
{
	const char *dots = strstr(arg, "..."), *slash = dots, *prefix, *dir, *path, *err;
	Module *m;
	Strs found = { 0 };

	while (slash > arg && slash[-1] != '/')
		slash--;
	prefix = sub(arg, (size_t)(slash - arg));
	dir = path_abs(prefix[0] != '\0' ? prefix : ".");
	if (!src_isdir(dir)) {
		r->err = intern_printf("pattern %s: lstat %s: no such file or directory", arg, prefix);
		return;
	}
	path = mods_import_of_dir(dir, &m, &err);
	if (path == NULL) {
		if (streq(dir, cfg.gorootsrc) && mods.ingorootsrc) {
			walkstd(streq(mods.mains.at[0]->path, "cmd"), "...", &r->paths);
			return;
		}
		r->err = err != NULL ?
		    intern_printf("pattern %s: %s", arg, err) :
			intern_printf("pattern %s: directory prefix %s does not contain %s", arg, shortpath(dir),
				mods.gowork[0] != '\0' ? "modules listed in go.work or their selected dependencies" :
				"main module or its selected dependencies");
		return;
	}
	if (streq(dir, cfg.gorootsrc)) {
		walkstd(false, "...", &r->paths);
		return;
	}
	walk(dir, path, intern_printf("%s%s%s", path, path[0] != '\0' && *slash != '\0' ? "/" : "", slash), m == NULL,
	    &found, 0);
	strs_append(&r->paths, &found);
}

static void
addall(Strs *out)
{
	Strs own = { 0 };
	Map *seen = map_new(perm);

	for (int i = 0; i < mods.mains.n; i++)
		walk(mods.mains.at[i]->dir, mods.mains.at[i]->path, "...", false, &own, 0);
	if (mods.ingorootsrc)
		walkstd(streq(mods.mains.at[0]->path, "cmd"), "...", &own);
	for (int i = 0; i < own.n; i++) {
		Pkg *p = load_import(own.at[i]);

		if (p->err != NULL && p->err->nogo)
			continue;
		load_deps(p);
		for (int j = 0; j < p->all.n; j++)
			if (!map_has(seen, p->all.at[j]->path)) {
				map_set(seen, p->all.at[j]->path, p);
				vec_push(perm, out, p->all.at[j]->path);
			}
		if (!map_has(seen, p->path)) {
			map_set(seen, p->path, p);
			vec_push(perm, out, p->path);
		}
		/* and what tests of the main module import */
		for (int k = 0; k < 2; k++) {
			const Strs *t = k == 0 ? &p->testimports : &p->xtestimports;

			for (int j = 0; j < t->n; j++) {
				Pkg *q;

				if (streq(t->at[j], "C") || t->at[j][0] == '.')
					continue;
				q = load_import(t->at[j]);
				load_deps(q);
				for (int l = 0; l <= q->all.n; l++) {
					Pkg *x = l < q->all.n ? q->all.at[l] : q;

					if (!map_has(seen, x->path)) {
						map_set(seen, x->path, x);
						vec_push(perm, out, x->path);
					}
				}
			}
		}
	}
	strs_sort(out);
}

Match
match_packages(const char *arg)
{
	Match r = { .pattern = arg };
	bool dots = strstr(arg, "...") != NULL;

	mods_init();
	if (islocal(arg)) {
		r.literal = !dots;
		if (dots)
			localwild(&r, arg);
		else
			localdir(&r, arg);
		return r;
	}
	if (streq(arg, "all")) {
		addall(&r.paths);
		return r;
	}
	if (streq(arg, "std") || streq(arg, "cmd")) {
		walkstd(arg[0] == 'c', "...", &r.paths);
		strs_sort(&r.paths);
		return r;
	}
	if (!dots) {
		size_t n = strlen(arg);

		r.literal = true;
		if (n == 0) {
			r.err = "malformed import path \"\": empty string";
			return r;
		}
		if (strchr(arg, '@') != NULL) {
			r.err = intern_printf("package %s: can only use path@version syntax with 'go get' and 'go "
					      "install' in module-aware mode",
			    arg);
			return r;
		}
		if (mod_checkpath(arg) != NULL && strchr(arg, '~') == NULL) {
			r.err = mod_checkpath(arg);
			return r;
		}
		strs_add(&r.paths, arg);
		return r;
	}
	walkstd(false, arg, &r.paths);
	if (hasprefix(arg, "cmd"))
		walkstd(true, arg, &r.paths);
	if (mods.vendor) {
		Strs v = mods_packages_of(NULL);

		for (int i = 0; i < v.n; i++)
			if (wild(arg, v.at[i]))
				vec_push(perm, &r.paths, v.at[i]);
	}
	for (int i = 0; i < mods.list.n; i++) {
		Module *m = mods.list.at[i];
		const char *err, *dir;
		size_t k = (size_t)(strstr(arg, "...") - arg);

		if (mods.vendor && !m->main)
			continue;
		/* could a package of it match at all? */
		if (strncmp(m->path, arg, k < strlen(m->path) ? k : strlen(m->path)) != 0)
			continue;
		dir = mods_dir(m, &err);
		if (dir != NULL && !mods.ingorootsrc)
			walk(dir, m->path, arg, false, &r.paths, 0);
	}
	return r;
}
