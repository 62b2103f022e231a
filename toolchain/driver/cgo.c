/*
 * cgo.c - packages with import "C": the cgo tool makes Go and C of their files, a C compiler makes objects of that and of the package's own C
 * files, the Go compiler takes what cgo made instead of the files, and the objects go into the package's archive behind its own.
 *
 * What a C compiler reads outside of the package (-I folders) is not looked at when a result is looked for in the cache, as in gc's go command.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/driver.h"

typedef struct {
	const char *file;		/* as given to the compiler, in dir */
	const char *dir;
	bool cxx;
} CFile;

struct CgoBuild {
	Strs cppflags, cflags, cxxflags, ldflags;	/* environment, #cgo lines, pkg-config */
	Vec(CFile) todo;
	int next, running;
	bool ran;			/* the cgo tool has */
	bool failed;
	Strs gofiles;			/* for the Go compiler, instead of cgofiles */
	Strs objects;
	const char *text;		/* what the tools printed */
};
typedef struct CgoBuild CgoBuild;

/*
 * Flags of every C file, and of C++ files. Sections of their own let the linker leave out what is not called. Whatever the package asks for, TLS is local-exec,
 * because all programs are static, and there is code in the object that links. What needs a C++ library is refused by the compiler, because
 * the linker would say it in names that nobody knows; a package that brings a library turns it on again.
 */
static const char *const ahead[] = { "-ffunction-sections", "-fdata-sections", NULL };
static const char *const aheadcxx[] = { "-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", NULL };
static const char *const behind[] = { "-ftls-model=local-exec", "-fno-lto", NULL };

static void
addall(Strs *v, const char *const *more)
{
	for (; *more != NULL; more++)
		strs_add(v, *more);
}

/* ---- what is needed before anything runs ---- */

/* Whether the file has a line that starts as only Go's assembly has them; any other is the C compiler's. */
static bool
isgoassembly(const char *file)
{
	static const char *const words[] = { "\nTEXT", "\nDATA", "\nGLOBL" };
	size_t n;
	const char *text = text_file(file, &n);

	for (size_t i = 0; i < NELEM(words) && text != NULL; i++)
		if (hasprefix(text, words[i] + 1) || strstr(text, words[i]) != NULL)
			return true;
	return false;
}

bool
cgo_prepare(Action *a)
{
	Pkg *p = a->p;
	CgoBuild *c = a->cgo = NEW(perm, CgoBuild);
	const char *err = cgo_checkflags(p);

	c->text = "";
	if (err == NULL && p->ffiles.n > 0)
		err = intern_printf("%s: Fortran files are not supported", p->ffiles.at[0]);
	if (err == NULL && p->mfiles.n > 0)
		err = intern_printf("%s: Objective-C files are not supported on %s/%s", p->mfiles.at[0], cfg.goos,
		    cfg.goarch);
	for (int i = 0; i < p->sfiles.n && err == NULL; i++)
		if (isgoassembly(path_join(p->dir, p->sfiles.at[i])))
			err = intern_printf("package using cgo has Go assembly file %s", p->sfiles.at[i]);
	if (err == NULL && cc_words(false)->n == 0)
		err = cc_missing();
	if (err == NULL && p->cxxfiles.n > 0 && cc_words(true)->n == 0)
		err = intern_printf("%s: no C++ compiler was found", p->cxxfiles.at[0]);
	c->cppflags = cgo_envflags("CGO_CPPFLAGS", &p->cgocppflags);
	c->cflags = cgo_envflags("CGO_CFLAGS", &p->cgocflags);
	c->cxxflags = cgo_envflags("CGO_CXXFLAGS", &p->cgocxxflags);
	c->ldflags = cgo_envflags("CGO_LDFLAGS", &p->cgoldflags);
	if (err == NULL && p->cgopkgconfig.n > 0)
		err = pkgconfig_flags(p, false, &c->cppflags);
	if (err == NULL && p->cgopkgconfig.n > 0)
		err = pkgconfig_flags(p, true, &c->ldflags);
	if (err != NULL)
		fprintf(stderr, "# %s\n%s\n", p->path, err);
	return err == NULL;
}

/* ---- identity ---- */

/* With -trimpath the folder does not count, in flags either. */
static void
words(Buf *b, const char *what, const Strs *v, const char *dir)
{
	for (int i = 0; i < v->n; i++) {
		const char *s = v->at[i];
		size_t n = strlen(dir);

		buf_printf(b, "%s ", what);
		for (const char *q; cfg.trimpath && n > 1 && (q = strstr(s, dir)) != NULL; s = q + n)
			buf_printf(b, "%.*s${SRCDIR}", (int)(q - s), s);
		buf_printf(b, "%s\n", s);
	}
}

static const char *
hashof(const char *file)
{
	const char *h = file_hash(file);

	return h != NULL ? h : "missing";
}

void
cgo_id(Action *a, Buf *b)
{
	Pkg *p = a->p;
	CgoBuild *c = a->cgo;
	const Strs *lists[] = { &p->cgofiles, &p->cfiles, &p->cxxfiles, &p->hfiles, &p->sfiles };
	Strs own = { 0 };

	buf_printf(b, "cgo %s\nsysroot %s\n", tool_id("cgo"),
	    hashof(intern_printf("%s/lib/%s_%s/libc.a", cfg.goroot, cfg.goos, cfg.goarch)));
	for (int cxx = 0; cxx < (p->cxxfiles.n > 0 ? 2 : 1); cxx++) {
		const Strs *cc = cc_words(cxx);

		buf_printf(b, "compiler %s\n", hashof(cc->at[0]));
		words(b, "compilerflag", cc, "");
	}
	if (streq(cfg.buildmode, "pie"))
		buf_str(b, "pie\n");
	addall(&own, ahead);
	addall(&own, aheadcxx);
	addall(&own, behind);
	words(b, "own", &own, "");
	words(b, "cpp", &c->cppflags, p->dir);
	words(b, "c", &c->cflags, p->dir);
	words(b, "cxx", &c->cxxflags, p->dir);
	words(b, "ld", &c->ldflags, p->dir);
	for (size_t i = 0; i < NELEM(lists); i++)
		for (int k = 0; k < lists[i]->n; k++) {
			SrcInfo *s = dir_file(p->di, lists[i]->at[k]);
			const char *h = s != NULL ? dir_hash(p->di, s) : NULL;

			buf_printf(b, "file %s %s\n", lists[i]->at[k], h != NULL ? h : "missing");
		}
}

void
cgo_linkid(Pkg *p, Buf *b)
{
	Strs dirs = { 0 };
	const Strs *v;

	if (p->act == NULL || p->act->cgo == NULL)
		return;
	v = &p->act->cgo->ldflags;
	for (int i = 0; i < v->n; i++)
		if (hasprefix(v->at[i], "-L"))
			strs_add(&dirs, v->at[i][2] != '\0' ? v->at[i] + 2 : i + 1 < v->n ? v->at[++i] : "");
	strs_add(&dirs, intern_printf("%s/lib/%s_%s", cfg.goroot, cfg.goos, cfg.goarch));
	for (int i = 0; i < v->n; i++) {
		const char *lib = cutprefix(v->at[i], "-l"), *h = NULL;

		if (lib != NULL)
			for (int k = 0; k < dirs.n && h == NULL; k++)
				h = file_hash(intern_printf("%s/lib%s.a", dirs.at[k], lib));
		else if (v->at[i][0] != '-')
			h = file_hash(v->at[i]);
		if (h != NULL)
			buf_printf(b, "library %s %s\n", v->at[i], h);
	}
}

/* ---- running ---- */

const char *
cgo_quoted(const Strs *v)
{
	Buf b = { 0 };
	const char *r;

	for (int i = 0; i < v->n; i++) {
		bool quote = strpbrk(v->at[i], " \t'\"") != NULL || v->at[i][0] == '\0';
		const char *q = !quote ? "" : strchr(v->at[i], '\'') != NULL ? "\"" : "'";

		buf_printf(&b, "%s%s%s%s", i > 0 ? " " : "", q, v->at[i], q);
	}
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

static Strs
environment(const Pkg *p)
{
	Strs env = { 0 };

	strs_add(&env, "TERM=dumb");
	strs_add(&env, intern_printf("GOROOT=%s", cfg.goroot));
	strs_add(&env, intern_printf("GOOS=%s", cfg.goos));
	strs_add(&env, intern_printf("GOARCH=%s", cfg.goarch));
	strs_add(&env, intern_printf("CC=%s", cgo_quoted(cc_words(false))));
	strs_add(&env, "CGO_LDFLAGS=");
	if (cfg.toolexec != NULL)
		strs_add(&env, intern_printf("TOOLEXEC_IMPORTPATH=%s", p->path));
	return env;
}

static const char *
stem(const char *gofile)
{
	const char *base = path_base(gofile);

	return sub(base, strlen(base) - 3);
}

/* "content=>name" of the files that -overlay replaces; false: there are none. */
static bool
overlaid(const Pkg *p, const Strs *files, Strs *rewrites)
{
	for (int i = 0; i < files->n; i++) {
		const char *file = path_join(p->dir, files->at[i]);

		if (overlay_replaces(file))
			strs_add(rewrites, intern_printf("%s=>%s", overlay_path(file), file));
	}
	return rewrites->n > 0;
}

/* The package's folder, unless it only exists in the overlay. */
static const char *
workdir(Action *a)
{
	return access(a->p->dir, F_OK) == 0 ? a->p->dir : build_objdir(a);
}

/*
 * Where C files and headers are compiled: the package's folder, or one with copies of all of them if the overlay replaces any, because a
 * header is looked for beside the file that includes it.
 */
static const char *
cfolder(Action *a)
{
	const Pkg *p = a->p;
	const Strs *const lists[] = { &p->cfiles, &p->sfiles, &p->cxxfiles, &p->hfiles };
	Strs rewrites = { 0 };

	for (size_t k = 0; k < NELEM(lists); k++)
		overlaid(p, lists[k], &rewrites);
	if (rewrites.n == 0)
		return p->dir;
	for (size_t k = 0; k < NELEM(lists) && !cfg.n; k++)
		for (int i = 0; i < lists[k]->n; i++) {
			const char *name = lists[k]->at[i];

			if (!place_copy(overlay_path(path_join(p->dir, name)), path_join(build_objdir(a), name), 0666))
				go_fatal("copying %s: %s", path_join(p->dir, name), errtext(errno));
		}
	return build_objdir(a);
}

static void
runcgo(Action *a)
{
	Pkg *p = a->p;
	CgoBuild *c = a->cgo;
	const char *obj = build_objdir(a);
	Strs v = { 0 }, env = environment(p), rewrites = { 0 };

	if (cfg.toolexec != NULL && cfg.toolexec[0] != '\0' && !strs_quotedfields(&v, cfg.toolexec))
		go_fatal("invalid -toolexec: unterminated quote");
	strs_add(&v, tool_path("cgo"));
	strs_add(&v, "-objdir");
	strs_add(&v, intern_printf("%s/", obj));
	strs_add(&v, "-importpath");
	strs_add(&v, p->path);
	if (overlaid(p, &p->cgofiles, &rewrites)) {
		strs_add(&v, "-trimpath");
		strs_add(&v, strs_join(&rewrites, ";"));
	}
	if (c->ldflags.n > 0) {
		Buf b = { 0 };

		for (int i = 0; i < c->ldflags.n; i++)
			buf_printf(&b, "%s%s", i > 0 ? " " : "", goquoted(c->ldflags.at[i]));
		strs_add(&v, intern_printf("-ldflags=%s", buf_cstr(&b)));
		buf_free(&b);
	}
	strs_add(&v, "--");
	strs_append(&v, &c->cppflags);
	strs_add(&v, "-I");
	strs_add(&v, intern_printf("%s/", obj));
	strs_append(&v, &c->cflags);
	for (int i = 0; i < p->cgofiles.n; i++)
		strs_add(&v, rewrites.n == 0 ? p->cgofiles.at[i] : overlay_path(path_join(p->dir, p->cgofiles.at[i])));
	if (cfg.n || cfg.x)
		build_show(workdir(a), &v, "");
	if (!cfg.n)
		build_job(a, &v, workdir(a), &env);
}

static void
addfile(CgoBuild *c, const char *dir, const char *file, bool cxx)
{
	CFile f = { .file = file, .dir = dir, .cxx = cxx };

	vec_push(perm, &c->todo, f);
}

static void
plan(Action *a)
{
	Pkg *p = a->p;
	CgoBuild *c = a->cgo;
	const char *obj = build_objdir(a), *dir = cfolder(a);

	strs_add(&c->gofiles, intern_printf("%s/_cgo_gotypes.go", obj));
	addfile(c, obj, "_cgo_export.c", false);
	for (int i = 0; i < p->cgofiles.n; i++) {
		strs_add(&c->gofiles, intern_printf("%s/%s.cgo1.go", obj, stem(p->cgofiles.at[i])));
		addfile(c, obj, intern_printf("%s.cgo2.c", stem(p->cgofiles.at[i])), false);
	}
	for (int i = 0; i < p->cfiles.n; i++)
		addfile(c, dir, p->cfiles.at[i], false);
	for (int i = 0; i < p->sfiles.n; i++)
		addfile(c, dir, p->sfiles.at[i], false);
	for (int i = 0; i < p->cxxfiles.n; i++)
		addfile(c, dir, p->cxxfiles.at[i], true);
}

/* Starts the compiler on the next file. Names of folders must not get into the object. */
static void
compilenext(Action *a)
{
	Pkg *p = a->p;
	CgoBuild *c = a->cgo;
	const CFile *f = &c->todo.at[c->next++];
	const char *obj = build_objdir(a), *out = intern_printf("%s/_x%03d.o", obj, c->next);
	Strs v = { 0 }, env = environment(p);

	strs_append(&v, cc_words(f->cxx));
	strs_add(&v, "-I");
	strs_add(&v, p->dir);
	addall(&v, ahead);
	if (f->cxx)
		addall(&v, aheadcxx);
	if (streq(cfg.buildmode, "pie"))
		strs_add(&v, "-fPIE");
	strs_add(&v, intern_printf("-ffile-prefix-map=%s=/tmp/go-build", obj));
	if (cfg.trimpath || p->std)
		strs_add(&v, intern_printf("-ffile-prefix-map=%s=%s", p->dir, p->path));
	strs_append(&v, &c->cppflags);
	strs_add(&v, "-I");
	strs_add(&v, intern_printf("%s/", obj));
	strs_append(&v, f->cxx ? &c->cxxflags : &c->cflags);
	addall(&v, behind);
	strs_add(&v, "-o");
	strs_add(&v, out);
	strs_add(&v, "-c");
	strs_add(&v, f->file);
	strs_add(&c->objects, out);
	if (cfg.n || cfg.x)
		build_show(f->dir, &v, "TERM='dumb' ");
	if (cfg.n)
		return;
	c->running++;
	build_job(a, &v, f->dir, &env);
}

void
cgo_start(Action *a)
{
	CgoBuild *c = a->cgo;

	plan(a);
	runcgo(a);
	if (!cfg.n)
		return;
	while (c->next < c->todo.n)
		compilenext(a);
	build_gocompile(a);
}

void
cgo_next(Action *a, Job *j)
{
	CgoBuild *c = a->cgo;
	size_t n;
	const char *out = job_output(j, &n);

	if (n > 0)
		c->text = arena_printf(perm, "%s%s", c->text, out);
	if (j->status != 0) {
		c->failed = true;
		if (a->p->cxxfiles.n > 0 &&
		    (strstr(out, "file not found") != NULL || strstr(out, "No such file") != NULL))
			c->text =
			    arena_printf(perm, "%sgo: there is no C++ library in this SDK, nor its headers\n", c->text);
	}
	if (c->ran)
		c->running--;
	c->ran = true;
	if (c->failed) {
		if (c->running == 0)
			build_fail(a, WIFSIGNALED(j->status) || c->next == 0 ? "cgo" : cc_words(false)->at[0], c->text,
			    1 << 8);
		return;
	}
	while (c->next < c->todo.n && (c->running == 0 || build_room()))
		compilenext(a);
	if (c->running == 0)
		build_gocompile(a);
}

const Strs *
cgo_gofiles(Action *a)
{
	return &a->cgo->gofiles;
}

/* ---- what cgo made of the files, for vet and go list: kept in the cache beside the archive ---- */

static const char *
gofileid(const Action *a, int i)
{
	Buf b = { 0 };
	const char *id;

	buf_printf(&b, "cgofile %d %s", i, a->actionid);
	id = build_hash(&b);
	buf_free(&b);
	return id;
}

bool
cgo_restore(Action *a)
{
	Strs *v = &a->cgo->gofiles;

	for (int i = 0; i <= a->p->cgofiles.n; i++) {
		CacheEntry e;
		const char *file;

		if (!cache_get(gofileid(a, i), &e, &file)) {
			v->n = 0;
			return false;
		}
		strs_add(v, file);
	}
	return true;
}

/* From here on the copies count: their names are the same every time. */
static void
keepgofiles(Action *a)
{
	Strs *v = &a->cgo->gofiles;

	for (int i = 0; i < v->n; i++) {
		CacheEntry e = { .text = "" };
		const char *kept;

		snprintf(e.out, sizeof e.out, "%s", hashof(v->at[i]));
		kept = cache_put(gofileid(a, i), v->at[i], &e);
		if (kept != NULL)
			v->at[i] = kept;
	}
}

const char *
cgo_output(Action *a, const char *out)
{
	return a->cgo->text[0] == '\0' ? out : arena_printf(perm, "%s%s", a->cgo->text, out);
}

/* ---- the archive ---- */

bool
cgo_finish(Action *a)
{
	CgoBuild *c = a->cgo;
	bool ok;

	if (cfg.x)
		show_cmd(NULL, "pack r %s %s # internal", a->built, strs_join(&c->objects, " "));
	ok = archive_append(a->built, &c->objects);
	if (ok)
		keepgofiles(a);
	else
		fprintf(stderr, "# %s\ngo: adding C objects to %s: %s\n", a->p->path, a->built, errtext(errno));
	return ok;
}
