/*
 * load.c - packages: which files belong to them, what they import, what is wrong with them.
 *
 * A package that cannot be loaded is a Pkg all the same, with err set; whoever needs it decides what to print.
 * Source: go help packages, go help importpath, go help list (struct Package); go.dev/ref/mod.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "driver/driver.h"

static Map *pkgs;		/* import path -> Pkg */
static Strs stack;		/* import paths being loaded */
int load_nwarnings;

const char *
relpath(const char *base, const char *path)
{
	size_t common = 0, i;
	Buf b = { 0 };
	const char *s;

	for (i = 0; path[i] != '\0' && path[i] == base[i]; i++)
		if (path[i] == '/')
			common = i;
	if ((base[i] == '\0' && path[i] == '/') || (path[i] == '\0' && base[i] == '/'))
		common = i;
	for (const char *p = base + common; *p != '\0'; p++)
		if (*p == '/' && p[1] != '\0')
			buf_str(&b, b.n > 0 ? "/.." : "..");
	if (path[common] != '\0' && path[common + 1] != '\0')
		buf_printf(&b, "%s%s", b.n > 0 ? "/" : "", path + common + 1);
	s = intern_str(buf_cstr(&b));
	buf_free(&b);
	return s;
}

const char *
shortpath(const char *path)
{
	const char *rel;

	if (cfg.cwd == NULL || path[0] != '/')
		return path;
	if (streq(path, cfg.cwd))
		return ".";
	rel = relpath(cfg.cwd, path);
	return rel[0] != '\0' && strlen(rel) < strlen(path) ? rel : intern_str(path);
}

bool
load_isstdpath(const char *path)
{
	for (; *path != '\0' && *path != '/'; path++)
		if (*path == '.')
			return false;
	return true;
}

const char *
pkgerror_text(const PkgError *e)
{
	Strs st = e->stack;

	if (e->pos[0] != '\0' && (st.n == 0 || !e->alwaysstack))
		return intern_printf("%s: %s", e->pos, e->err);
	if (st.n == 0)
		return e->err;
	return intern_printf("package %s%s%s: %s", strs_join(&st, "\n\timports "), e->pos[0] != '\0' ? "\n\t" : "",
	    e->pos, e->err);
}

static PkgError *
newerror(const char *pos, const char *text)
{
	PkgError *e = NEW(perm, PkgError);

	strs_append(&e->stack, &stack);
	e->pos = pos;
	e->err = text;
	return e;
}

static void
seterror(Pkg *p, PkgError *e)
{
	if (p->err == NULL)
		p->err = e;
	p->incomplete = true;
}

static Pkg *
newpkg(const char *path)
{
	Pkg *p = NEW(perm, Pkg);

	p->path = intern_str(path);
	p->dir = p->name = p->doc = p->root = p->target = p->importcomment = p->lang = p->defaultgodebug = "";
	return p;
}

/* ---- files ---- */

static const char *
filepos(const Pkg *p, const char *file, int line, int col)
{
	return intern_printf("%s:%d:%d", shortpath(path_join(p->dir, file)), line, col);
}

static Strs *
listfor(Pkg *p, const char *name)
{
	const char *dot = strrchr(name, '.');
	static const struct {
		const char *ext;
		size_t field;
	/* clang-format off */
	} table[] = {
		{ ".c", offsetof(Pkg, cfiles) }, { ".cc", offsetof(Pkg, cxxfiles) }, { ".cpp", offsetof(Pkg, cxxfiles) },
		{ ".cxx", offsetof(Pkg, cxxfiles) }, { ".m", offsetof(Pkg, mfiles) }, { ".h", offsetof(Pkg, hfiles) },
		{ ".hh", offsetof(Pkg, hfiles) }, { ".hpp", offsetof(Pkg, hfiles) }, { ".hxx", offsetof(Pkg, hfiles) },
		{ ".f", offsetof(Pkg, ffiles) }, { ".F", offsetof(Pkg, ffiles) }, { ".for", offsetof(Pkg, ffiles) },
		{ ".f90", offsetof(Pkg, ffiles) }, { ".s", offsetof(Pkg, sfiles) }, { ".S", offsetof(Pkg, sfiles) },
		{ ".sx", offsetof(Pkg, sfiles) }, { ".swig", offsetof(Pkg, swigfiles) }, { ".swigcxx", offsetof(Pkg, swigcxx) },
		{ ".syso", offsetof(Pkg, sysofiles) },
	};
	/* clang-format on */

	for (size_t i = 0; dot != NULL && i < NELEM(table); i++)
		if (streq(dot, table[i].ext))
			return (Strs *)(void *)((char *)p + table[i].field);
	return NULL;
}

typedef struct {
	Strs paths, pos;	/* parallel */
} ImportList;

static void
addimport(ImportList *l, const char *path, const char *pos)
{
	strs_add(&l->paths, path);
	strs_add(&l->pos, pos);
}

static void
sortimports(ImportList *l)
{
	/* insertion sort, stable: the first position of each path stays first; lists are short */
	for (int i = 1; i < l->paths.n; i++) {
		const char *a = l->paths.at[i], *b = l->pos.at[i];
		int j = i;

		for (; j > 0 && strcmp(l->paths.at[j - 1], a) > 0; j--) {
			l->paths.at[j] = l->paths.at[j - 1];
			l->pos.at[j] = l->pos.at[j - 1];
		}
		l->paths.at[j] = a;
		l->pos.at[j] = b;
	}
	int w = 0;
	for (int i = 0; i < l->paths.n; i++)
		if (w == 0 || l->paths.at[w - 1] != l->paths.at[i]) {
			l->paths.at[w] = l->paths.at[i];
			l->pos.at[w++] = l->pos.at[i];
		}
	l->paths.n = l->pos.n = w;
}

static void
onefile(Pkg *p, SrcInfo *s, bool forced, ImportList *imp, ImportList *timp, ImportList *ximp, const char **firstfile)
{
	const char *name = s->name, *cerr = NULL;
	bool isgo = hassuffix(name, ".go"), test, xtest;
	Strs *other = isgo ? NULL : listfor(p, name);
	const char *pkg;

	if (!isgo && other == NULL)
		return;
	if (!forced && (name[0] == '_' || name[0] == '.'))
		return;
	if (!forced && !filename_match(name)) {
		strs_add(isgo ? &p->ignoredgo : &p->ignoredother, name);
		return;
	}
	if (!isgo && hassuffix(name, ".syso")) {
		strs_add(other, name);
		return;
	}
	dir_scan(p->di, s);
	if (s->isother)
		return;
	if (s->constraint[0] != '\0' && !forced) {
		bool ok = constraint_eval(s->constraint, p->std, &cerr);

		if (cerr != NULL) {
			seterror(p,
			    newerror("",
				intern_printf("%s: parsing //go:build line: %s", shortpath(path_join(p->dir, name)),
				    cerr)));
			strs_add(&p->invalidgo, name);
			return;
		}
		if (!ok) {
			strs_add(isgo ? &p->ignoredgo : &p->ignoredother, name);
			return;
		}
	}
	if (!isgo) {
		if (other == &p->sfiles && !hassuffix(name, ".s") && !cfg.cgo) {
			strs_add(&p->ignoredother, name);
			return;
		}
		strs_add(other, name);
		return;
	}
	if (s->bad) {
		PkgError *e = newerror("", intern_printf("%s:%s", shortpath(path_join(p->dir, name)), s->err));
		const char *c2 = strchr(s->err, ':');

		c2 = c2 != NULL ? strchr(c2 + 1, ':') : NULL;
		if (c2 != NULL) {
			e->pos =
			    intern_printf("%s:%.*s", shortpath(path_join(p->dir, name)), (int)(c2 - s->err), s->err);
			e->err = intern_str(c2 + 2);
		} else {
			e->err = intern_printf("open %s: %s", path_join(p->dir, name), s->err);
		}
		e->stack.n = stack.n;
		seterror(p, e);
		strs_add(&p->invalidgo, name);
		if (hassuffix(name, "_test.go"))
			strs_add(&p->testgo, name);
		else
			strs_add(&p->gofiles, name);
		if (p->name[0] == '\0')
			p->name = s->pkg;
		return;
	}
	pkg = s->pkg;
	if (streq(pkg, "documentation")) {
		strs_add(&p->ignoredgo, name);
		return;
	}
	test = hassuffix(name, "_test.go");
	xtest = test && hassuffix(pkg, "_test");
	if (xtest)
		pkg = sub(pkg, strlen(pkg) - 5);
	if (*firstfile == NULL) {
		p->name = pkg;
		*firstfile = name;
	} else if (!streq(pkg, p->name)) {
		PkgError *e = newerror("",
		    intern_printf("found packages %s (%s) and %s (%s) in %s", p->name, *firstfile, pkg, name, p->dir));

		e->stack.n = 0;
		seterror(p, e);
		strs_add(&p->invalidgo, name);
	}
	if (s->doc[0] != '\0' && p->doc[0] == '\0' && !test)
		p->doc = s->doc;
	if (s->importcomment[0] != '\0')
		p->importcomment = s->importcomment;
	if (s->cgo) {
		if (test) {
			seterror(p, newerror("", intern_printf("use of cgo in test %s not supported", name)));
		} else if (!cfg.cgo) {
			strs_add(&p->ignoredgo, name);
			return;
		} else {
			const char *bad = cgo_scan(p, name);

			strs_add(&p->cgofiles, name);
			if (bad != NULL)
				seterror(p, newerror("", bad));
		}
	} else {
		strs_add(xtest ? &p->xtestgo : test ? &p->testgo : &p->gofiles, name);
	}
	strs_append(test ? &p->testgodebug : &p->godebug, &s->godebug);
	for (int i = 0; i < s->imports.n; i++)
		addimport(xtest ? ximp :
			test    ? timp :
				  imp,
		    s->imports.at[i].path, filepos(p, name, s->imports.at[i].line, s->imports.at[i].col));
	for (int i = 0; i < s->embeds.n; i++) {
		const SrcRef *e = &s->embeds.at[i];

		Strs *pats = xtest ? &p->xtestembedpatterns : test ? &p->testembedpatterns : &p->embedpatterns;

		if (!strs_has(pats, e->path)) {
			strs_add(pats, e->path);
			strs_add(xtest ? &p->xtestembedpos :
				test   ? &p->testembedpos :
					 &p->embedpos,
			    filepos(p, name, e->line, e->col));
		}
	}
}

static void
sortembeds(Strs *pats, Strs *pos)
{
	for (int i = 1; i < pats->n; i++)
		for (int j = i; j > 0 && strcmp(pats->at[j - 1], pats->at[j]) > 0; j--) {
			const char *t = pats->at[j];

			pats->at[j] = pats->at[j - 1];
			pats->at[j - 1] = t;
			t = pos->at[j];
			pos->at[j] = pos->at[j - 1];
			pos->at[j - 1] = t;
		}
}

/* Would there be Go files if cgo were on? */
static bool
onlycgo(const Pkg *p)
{
	for (int i = 0; !cfg.cgo && i < p->ignoredgo.n; i++) {
		const SrcInfo *s = dir_file(p->di, p->ignoredgo.at[i]);

		if (s != NULL && s->parsed && s->cgo &&
		    (s->constraint[0] == '\0' || constraint_eval(s->constraint, p->std, &(const char *){ NULL })))
			return true;
	}
	return false;
}

/* Reads the folder (or takes just the files named) and sets everything that can be known without other packages. */
static void
scanfiles(Pkg *p, const Strs *only)
{
	ImportList imp = { 0 }, timp = { 0 }, ximp = { 0 };
	const char *first = NULL;

	p->di = dir_read(p->dir);
	if (only != NULL) {
		for (int i = 0; i < only->n; i++) {
			SrcInfo *s = dir_file(p->di, only->at[i]);

			if (s != NULL)
				onefile(p, s, true, &imp, &timp, &ximp, &first);
		}
	} else {
		for (int i = 0; i < p->di->nfiles; i++)
			if (!p->di->files[i].isdir)
				onefile(p, &p->di->files[i], false, &imp, &timp, &ximp, &first);
	}
	if (p->err == NULL && p->gofiles.n + p->cgofiles.n + p->testgo.n + p->xtestgo.n == 0) {
		PkgError *e;

		if (p->ignoredgo.n > 0) {
			e = newerror("",
			    intern_printf("build constraints exclude all Go files in %s%s", p->dir,
				onlycgo(p) ? " (they use cgo, which is off: set CGO_ENABLED=1)" : ""));
		} else {
			e = newerror("", intern_printf("no Go files in %s", shortpath(p->dir)));
			e->err = intern_printf("no Go files in %s", p->dir);
			e->stack.n = 0;
		}
		e->nogo = true;
		seterror(p, e);
	}
	if (p->cgofiles.n == 0 && !p->std) {
		const Strs *c = p->cfiles.n > 0 ? &p->cfiles :
		    p->cxxfiles.n > 0           ? &p->cxxfiles :
		    p->mfiles.n > 0             ? &p->mfiles :
						  NULL;

		if (c != NULL && cfg.cgo)
			seterror(p,
			    newerror("",
				intern_printf("C%s source files not allowed when not using cgo or SWIG: %s",
				    c == &p->cxxfiles   ? "++" :
					c == &p->mfiles ? " (Objective-C)" :
							  "",
				    strs_join(c, " "))));
		if (c != NULL && !cfg.cgo) {
			strs_append(&p->ignoredother, &p->cfiles);
			strs_append(&p->ignoredother, &p->cxxfiles);
			strs_append(&p->ignoredother, &p->mfiles);
			strs_sort(&p->ignoredother);
			p->cfiles.n = p->cxxfiles.n = p->mfiles.n = 0;
		}
	}
	sortimports(&imp);
	sortimports(&timp);
	sortimports(&ximp);
	p->rawimports = imp.paths;
	p->importpos = imp.pos;
	strs_append(&p->testimports, &timp.paths);	/* copies: go list shows them with vendor/ put in front */
	strs_append(&p->xtestimports, &ximp.paths);
	p->rawtestimports = timp.paths;
	p->testimportpos = timp.pos;
	p->rawxtestimports = ximp.paths;
	p->xtestimportpos = ximp.pos;
	sortembeds(&p->embedpatterns, &p->embedpos);
	sortembeds(&p->testembedpatterns, &p->testembedpos);
	sortembeds(&p->xtestembedpatterns, &p->xtestembedpos);
}

/* ---- imports ---- */

static const char *vendorpath(const Pkg *by, const char *path);

static void
vendortests(const Pkg *p, Strs *v)
{
	for (int i = 0; i < v->n; i++) {
		const char *x = load_isstdpath(v->at[i]) ? NULL : vendorpath(p, v->at[i]);

		if (x != NULL)
			v->at[i] = x;
	}
	strs_sort(v);
}

static Pkg *load(const char *path, const char *pos, Pkg *by);

static const char *
vendorpath(const Pkg *by, const char *path)
{
	const char *v;

	if (by == NULL || !by->std || mods.rootdir == NULL)
		return NULL;
	v = intern_printf("%svendor/%s", by->incmd ? "cmd/" : "", path);
	return dir_read(path_join(cfg.gorootsrc, v))->hasgo ? v : NULL;
}

static bool
internalallowed(const Pkg *p, const Pkg *by)
{
	const char *path = p->path, *i = NULL, *importer = by->path;
	size_t n;

	for (const char *q = path; (q = strstr(q, "internal")) != NULL; q += 8)
		if ((q == path || q[-1] == '/') && (q[8] == '\0' || q[8] == '/'))
			i = q;
	if (i == NULL)
		return true;
	n = i == path ? 0 : (size_t)(i - path) - 1;
	if (by->cmdline) {
		Module *m;
		const char *err;

		importer = mods_import_of_dir(by->dir, &m, &err);
		if (importer == NULL)
			importer = by->path;
	}
	if (p->std) {
		size_t extra = strlen(p->dir) - strlen(p->path);

		if (by->std && n == 0)
			return true;
		return strncmp(by->dir, p->dir, extra + n) == 0 &&
		    (by->dir[extra + n] == '/' || by->dir[extra + n] == '\0' || n == 0);
	}
	return strncmp(importer, path, n) == 0 && (importer[n] == '\0' || importer[n] == '/');
}

static void
resolveimports(Pkg *p)
{
	static const char *const cgoimports[] = { "unsafe", "runtime/cgo", "syscall" };

	for (int i = 0; i < p->rawimports.n; i++) {
		const char *path = p->rawimports.at[i], *pos = p->importpos.at[i], *v;
		Pkg *d;
		ImportPair pair;

		if (streq(path, "C")) {
			strs_add(&p->imports, "C");
			continue;
		}
		if (hasprefix(path, "./") || hasprefix(path, "../") || streq(path, ".") || streq(path, "..")) {
			seterror(p,
			    newerror(pos,
				intern_printf(
				    "%s is relative, but relative import paths are not supported in module mode",
				    goquoted(path))));
			d = newpkg(path);
			d->loaded = true;
			seterror(d,
			    newerror(pos, intern_printf("local import %s in non-local package", goquoted(path))));
			vec_push(perm, &p->deps, d);
			continue;
		}
		v = !load_isstdpath(path) ? vendorpath(p, path) : NULL;
		d = load(v != NULL ? v : path, pos, p);
		pair.from = path;
		pair.to = d->path;
		if (v != NULL)
			vec_push(perm, &p->importmap, pair);
		strs_add(&p->imports, d->path);
		vec_push(perm, &p->deps, d);
		if (d->err != NULL)
			p->incomplete = true;
	}
	/* what cgo writes imports these */
	for (size_t i = 0; p->cgofiles.n > 0 && i < NELEM(cgoimports); i++) {
		Pkg *d = load(cgoimports[i], "", p);
		bool have = d == p || streq(p->path, "runtime/cgo");

		for (int k = 0; k < p->deps.n; k++)
			have = have || p->deps.at[k] == d;
		if (!have)
			vec_push(perm, &p->deps, d);
	}
	if (streq(p->name, "main") && p->err == NULL) {
		Pkg *rt = load("runtime", "", p);
		bool have = false;

		for (int i = 0; i < p->deps.n; i++)
			have = have || p->deps.at[i] == rt;
		if (!have)
			vec_push(perm, &p->deps, rt);
	}
}

void
load_testimports(Pkg *p, const char *what)
{
	vec_push(perm, &stack, what);
	resolveimports(p);
	stack.n--;
}

static void
setlang(Pkg *p)
{
	if (p->std)
		p->lang = "1.23";
	else if (p->mod != NULL && p->mod->goversion != NULL && p->mod->goversion[0] != '\0')
		p->lang = gover_lang(p->mod->goversion);
	else
		p->lang = p->mod != NULL ? "1.16" : "1.23";
}

static void
settarget(Pkg *p)
{
	const char *name = default_exe(p), *bin = env_get("GOBIN");

	if (!streq(p->name, "main") && p->err == NULL) {
		if (p->std && strstr(env_get("GODEBUG"), "installgoroot=all") != NULL && !streq(p->path, "unsafe"))
			p->target = intern_printf("%s/pkg/%s_%s/%s.a", cfg.goroot, cfg.goos, cfg.goarch, p->path);
		return;
	}
	if (p->err != NULL && !streq(p->name, "main"))
		return;
	if (p->cmdline)
		bin = bin[0] != '\0' ? bin : "";
	if (p->std && p->incmd && bin[0] == '\0') {
		if (streq(p->path, "cmd/go") || streq(p->path, "cmd/gofmt"))
			p->target = intern_printf("%s/bin/%s", cfg.goroot, name);
		else
			p->target = intern_printf("%s/pkg/tool/%s_%s/%s", cfg.goroot, cfg.goos, cfg.goarch, name);
		return;
	}
	if (bin[0] == '\0') {
		Strs list = { 0 };

		if (p->cmdline || cfg.gopath[0] == '\0')
			return;
		strs_split(&list, cfg.gopath, ':');
		bin = path_join(list.at[0], "bin");
		if (!streq(cfg.goos, cfg.hostos) || !streq(cfg.goarch, cfg.hostarch))
			bin = intern_printf("%s/%s_%s", bin, cfg.goos, cfg.goarch);
	}
	p->target = path_join(bin, name);
}

static void
finish(Pkg *p, const Strs *only)
{
	vec_push(perm, &stack, p->path);
	p->loading = true;
	scanfiles(p, only);
	setlang(p);
	if (p->embedpatterns.n > 0)
		embed_resolve(p);
	if (!cfg.find)
		resolveimports(p);
	if (p->std) {
		vendortests(p, &p->testimports);
		vendortests(p, &p->xtestimports);
	}
	settarget(p);
	p->loading = false;
	p->loaded = true;
	stack.n--;
}

/* Two import paths that differ in case alone would be one folder on other systems: the one that comes second is refused. */
static void
casecollision(Pkg *p, const char *pos)
{
	static Map *folded;	/* lower case path -> import path */
	const char *fold = lowercase(p->path), *other;

	if (folded == NULL)
		folded = map_new(perm);
	other = map_get(folded, fold);
	if (other == NULL)
		map_set(folded, fold, (void *)(uintptr_t)p->path);
	else if (other != p->path && p->err == NULL)
		seterror(p,
		    newerror(pos,
			intern_printf("case-insensitive import collision: %s and %s", goquoted(p->path),
			    goquoted(other))));
}

static Pkg *
load(const char *path, const char *pos, Pkg *by)
{
	Pkg *p;
	const char *err;
	bool std;

	if (pkgs == NULL)
		pkgs = map_new(perm);
	path = intern_str(path);
	p = map_get(pkgs, path);
	if (p == NULL) {
		p = newpkg(path);
		map_set(pkgs, path, p);
		if (streq(path, "unsafe")) {
			p->std = p->goroot = p->loaded = true;
			p->name = "unsafe";
			p->dir = path_join(cfg.gorootsrc, "unsafe");
			p->root = cfg.goroot;
			p->lang = "1.23";
			p->doc = "Package unsafe contains operations that step around the type safety of Go programs.";
			strs_add(&p->gofiles, "unsafe.go");
			return p;
		}
		if ((by == NULL || by->std) && (hasprefix(path, "vendor/") || hasprefix(path, "cmd/vendor/"))) {
			p->dir = path_join(cfg.gorootsrc, path);
			std = true;
		} else {
			p->dir = mods_resolve(path, &p->mod, &err, &std);
		}
		if (p->dir == NULL) {
			PkgError *e = newerror(pos, err);

			p->dir = "";
			if (by == NULL)
				e->stack.n = 0;
			seterror(p, e);
			p->loaded = true;
			if (hasprefix(err, "missing go.sum entry for")) {
				e->err = by == NULL ?
				    intern_printf("%s; to add:\n\tgo mod download %s", err,
					p->mod != NULL ? p->mod->path : path) :
					intern_printf("%s (imported by %s); to add:\n\tgo get %s", err, by->path, by->path);
			}
			return p;
		}
		p->std = p->goroot = std;
		p->incmd = std && haspathprefix(path, "cmd");
		p->root = std ? cfg.goroot : p->mod != NULL && p->mod->dir != NULL ? p->mod->dir : "";
		if (mods.vendor && p->mod != NULL && !p->mod->main)
			p->root = "";
		finish(p, NULL);
		casecollision(p, pos);
	}
	if (by == NULL)
		return p;
	if (p->loading) {
		PkgError *e = newerror(pos, "import cycle not allowed");
		Pkg *fake = newpkg(path);

		vec_push(perm, &e->stack, path);
		e->pos = "";
		e->alwaysstack = e->cycle = true;
		seterror(p, e);
		fake->err = e;
		fake->fake = true;
		return p;
	}
	if (p->err != NULL) {
		/* the error says who wanted the package first */
		if (p->err->pos[0] == '\0' && !p->err->alwaysstack && !p->err->nogo && p->err->stack.n <= 1)
			p->err->pos = pos;
	} else if (streq(p->name, "main") && !streq(p->path, "main") && !streq(p->dir, by->dir)) {
		seterror(by,
		    newerror(pos, intern_printf("import %s is a program, not an importable package", goquoted(path))));
	} else if (!internalallowed(p, by)) {
		PkgError *e = newerror(pos, intern_printf("use of internal package %s not allowed", p->path));

		e->alwaysstack = true;
		seterror(by, e);
	}
	return p;
}

Pkg *
load_import(const char *path)
{
	return load(path, "", NULL);
}

static void
post(Pkg *p, Pkg *root, int mark)
{
	p->mark = mark;
	for (int i = 0; i < p->deps.n; i++)
		if (p->deps.at[i]->mark != mark)
			post(p->deps.at[i], root, mark);
	if (p != root)
		vec_push(perm, &root->all, p);
}

void
load_deps(Pkg *p)
{
	static int mark;

	if (p->allset)
		return;
	p->allset = true;
	post(p, p, ++mark);
}

static int
bypath(const void *a, const void *b)
{
	return strcmp((*(Pkg *const *)a)->path, (*(Pkg *const *)b)->path);
}

void
load_checkerrors(const Pkgs *ps)
{
	bool any = false;

	if (go_status != 0)
		go_exit(1);
	for (int i = 0; i < ps->n; i++) {
		Pkg *p = ps->at[i];
		Pkgs sorted = { 0 };
		const char *vcs;

		load_deps(p);
		if (p->err != NULL && !p->err->printed) {
			p->err->printed = any = true;
			fprintf(stderr, "%s\n", pkgerror_text(p->err));
		}
		vcs_text(p, &vcs);
		if (vcs != NULL) {
			any = true;
			fprintf(stderr,
			    "error obtaining VCS status: %s\n\tUse -buildvcs=false to disable VCS stamping.\n", vcs);
		}
		for (int j = 0; j < p->all.n; j++)
			if (p->all.at[j]->err != NULL)
				vec_push(perm, &sorted, p->all.at[j]);
		if (sorted.n > 1)
			qsort(sorted.at, (size_t)sorted.n, sizeof sorted.at[0], bypath);
		for (int j = 0; j < sorted.n; j++)
			if (!sorted.at[j]->err->printed) {
				sorted.at[j]->err->printed = any = true;
				fprintf(stderr, "%s\n", pkgerror_text(sorted.at[j]->err));
			}
	}
	if (any)
		go_exit(1);
}

/* ---- the command line ---- */

Pkg *
load_files(int n, char **files)
{
	Pkg *p = newpkg("command-line-arguments");
	Strs names = { 0 };
	const char *dir = NULL, *derr;

	mods_init();
	p->cmdline = true;
	for (int i = 0; i < n; i++) {
		struct stat st;
		const char *abs = path_abs(files[i]);

		if (!hassuffix(files[i], ".go"))
			go_fatal("named files must all be .go files: %s", files[i]);
		if (src_stat(files[i], &st) < 0) {
			fprintf(stderr, "stat %s: %s\n", files[i], errtext(errno));
			go_exit(1);
		}
		if (S_ISDIR(st.st_mode))
			go_fatal("%s is a directory, should be a Go file", files[i]);
		if (dir != NULL && !streq(dir, path_dir(abs))) {
			fprintf(stderr, "named files must all be in one directory; have %s and %s\n", shortpath(dir),
			    shortpath(path_dir(abs)));
			go_exit(1);
		}
		dir = path_dir(abs);
		strs_add(&names, path_base(abs));
	}
	p->dir = dir;
	{
		Module *m;
		const char *ip = mods_import_of_dir(dir, &m, &derr);

		p->mod = m;
		if (ip != NULL &&
		    haspathprefix(dir, cfg.gorootsrc)) { /* files of the standard library are what they are there */
			p->std = p->goroot = true;
			p->incmd = haspathprefix(ip, "cmd");
			p->mod = NULL;
		}
	}
	if (p->mod == NULL && !p->std && mods.mains.n == 1)
		p->mod = NULL;
	finish(p, &names);
	if (p->std)
		p->std = p->goroot = false;
	return p;
}

Pkgs
load_args(int n, char **args)
{
	Pkgs out = { 0 };
	static char *dot[] = { (char *)(uintptr_t)"." };
	struct stat st;

	if (n == 0) {
		n = 1;
		args = dot;
	}
	modtool_want(n, args);
	if (mods_mod() && mods_findgomod()[0] != '\0' && mods_findgowork()[0] == '\0')
		modtool_sync();
	for (int i = 0; i < n; i++)
		if (hassuffix(args[i], ".go") && src_stat(args[i], &st) == 0 && !S_ISDIR(st.st_mode)) {
			Pkg *p = load_files(n, args);

			p->named = true;
			for (int j = 0; j < n; j++)
				strs_add(&p->match, args[j]);
			vec_push(perm, &out, p);
			return out;
		}
	for (int i = 0; i < n; i++) {
		Match m = match_packages(args[i]);

		if (m.err != NULL) {
			Pkg *p = newpkg(args[i]);
			PkgError *e = newerror("", m.err);

			seterror(p, e);
			p->named = true;
			strs_add(&p->match, args[i]);
			vec_push(perm, &out, p);
			continue;
		}
		if (m.paths.n == 0 && !m.literal)
			fprintf(stderr, "go: warning: %s matched no packages\n", goquoted(args[i]));
		for (int j = 0; j < m.paths.n; j++) {
			Pkg *p = load_import(m.paths.at[j]);

			/* what a pattern finds and constraints leave empty is not an error */
			if (!m.literal && p->err != NULL && p->err->nogo)
				continue;
			strs_addnew(&p->match, args[i]);
			p->literal = p->literal || m.literal;
			if (p->named)
				continue;
			p->named = true;
			vec_push(perm, &out, p);
		}
	}
	mods_checkreplaced();
	return out;
}
