/*
 * build.c - the action graph: compile each package, link each command, and do nothing where the result is known.
 *
 * An action's ID is the hash of everything its result depends on; of imported packages only what importers can see
 * counts (deepexport), so that a change inside a function body stops at its package. Results are looked for in the
 * SDK's pkg folder (std packages, index file below), then in the cache. The executable that `go build` wrote last time
 * is recognised by the link action's ID, which is the first part of its build ID.
 * Names of source files of the standard library are written as $GOROOT/src/..., whatever -trimpath says: so its archives
 * do not depend on where the SDK lies. The linker puts the folder in (its GOROOT variable; empty: nothing).
 *
 *	pkg/GOOS_GOARCH/pkg.index: "slipway-pkg 2", then lines: path actionid out export content size.
 *	An action ID of * is trusted whatever the sources are.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/driver.h"

static Vec(Action *) actions;
static int lastid, nrunning, nfailed;
static Map *layer;			/* std path -> line of the index, split */
static Vec(Action *) ready;		/* sorted by priority */

/* ---- tools ---- */

const char *
tool_path(const char *name)
{
	return intern_printf("%s/%s", cfg.tooldir, name);
}

const char *
tool_id(const char *name)
{
	static Map *ids;
	const char *id;

	if (ids == NULL)
		ids = map_new(perm);
	name = intern_str(name);
	id = map_get(ids, name);
	if (id == NULL) {
		id = file_hash(tool_path(name));
		if (id == NULL) {
			fprintf(stderr, "go: no such tool %s (%s): %s\n", goquoted(name), tool_path(name),
			    errtext(errno));
			go_exit(1);
		}
		map_set(ids, name, (void *)(uintptr_t)id);
	}
	return id;
}

void
build_toolwords(Strs *v, const char *name)
{
	if (cfg.toolexec != NULL && cfg.toolexec[0] != '\0') {
		if (!strs_quotedfields(v, cfg.toolexec))
			go_fatal("invalid -toolexec: unterminated quote");
	}
	strs_add(v, tool_path(name));
}

static void
buildmodebad(void)
{
	static const char *const modes[] = { "c-archive", "c-shared", "shared", "plugin" };
	bool known = false;

	for (size_t i = 0; i < NELEM(modes); i++)
		known = known || streq(modes[i], cfg.buildmode);
	if (known)
		fprintf(stderr, "-buildmode=%s not supported on %s/%s\n", cfg.buildmode, cfg.goos, cfg.goarch);
	else
		fprintf(stderr, "buildmode=%s not supported\n", cfg.buildmode);
	go_exit(1);
}

/* Only aliastypeparams can be changed here. To ask for what is so anyway is no mistake, and rangefunc is part of the language by now. */
static void
checkexperiments(void)
{
	Strs v = { 0 };

	strs_split(&v, env_get("GOEXPERIMENT"), ',');
	for (int i = 0; i < v.n; i++) {
		const char *w = v.at[i];
		bool on = !hasprefix(w, "no");
		const char *name = on ? w : w + 2;

		if (w[0] == '\0')
			continue;
		if (!streq(w, "none") &&
		    !file_exists(intern_printf("%s/internal/goexperiment/exp_%s_off.go", cfg.gorootsrc, name)))
			go_fatal("unknown GOEXPERIMENT %s", w);
		if (streq(w, "none") ||
		    (!streq(w, "rangefunc") && !streq(name, "aliastypeparams") &&
			tag_match(intern_printf("goexperiment.%s", name), false) != on))
			go_fatal("GOEXPERIMENT %s is not supported by this SDK", w);
	}
}

/* GOAMD64 and its like must name a level of the CPU that there is. */
static void
checklevel(void)
{
	static const struct {
		const char *arch, *levels, *must;
	} table[] = {
		{ "amd64", "^v[1-4]$", "v1, v2, v3, v4" },
		{ "arm64", "^(v8\\.[0-9]|v9\\.[0-5])(,lse|,crypto)*$",
			"v8.{0-9} or v9.{0-5}, which may be followed by \",lse\" and \",crypto\"" },
		{ "riscv64", "^rva2[02]u64$", "rva20u64, rva22u64" },
	};
	const char *name, *level = env_archlevel(&name);

	for (size_t i = 0; level != NULL && i < NELEM(table); i++)
		if (streq(table[i].arch, cfg.goarch) && !regex_match(table[i].levels, level)) {
			fprintf(stderr, "go: invalid %s: must be %s\n", name, table[i].must);
			go_exit(2);
		}
}

static void
checktoolexec(void)
{
	Strs v = { 0 };

	if (cfg.toolexec == NULL || !strs_quotedfields(&v, cfg.toolexec) || v.n == 0)
		return;
	if (strchr(v.at[0], '/') == NULL ? cc_find(v.at[0]) == NULL : access(v.at[0], X_OK) < 0)
		go_fatal("-toolexec: exec: %s: %s", goquoted(v.at[0]),
		    strchr(v.at[0], '/') == NULL ? "executable file not found in $PATH" : errtext(errno));
}

/* No decision is made by a profile here, but it must be there. */
static void
checkprofile(void)
{
	const char *file;
	Bytes b;

	if (cfg.pgo == NULL || cfg.pgo[0] == '\0' || streq(cfg.pgo, "auto") || streq(cfg.pgo, "off"))
		return;
	file = path_abs(cfg.pgo);
	if (!file_trymap(file, &b)) {
		fprintf(stderr, "# %s\npreprofile: error opening profile: open %s: %s\n", file, file, errtext(errno));
		go_exit(1);
	}
	file_unmap(b);
}

void
build_init(void)
{
	sdk_checktarget();
	if (cfg.compiler != NULL && !streq(cfg.compiler, "gc"))
		go_fatal("-compiler gccgo is not supported by this SDK");
	checktoolexec();
	checkprofile();
	if (cfg.race || cfg.msan || cfg.asan) {
		fprintf(stderr, "go: -%s is not supported on %s/%s\n",
		    cfg.race     ? "race" :
			cfg.msan ? "msan" :
				   "asan",
		    cfg.goos, cfg.goarch);
		go_exit(2);
	}
	if (cfg.linkshared)
		go_fatal("-linkshared is not supported");
	if (cfg.buildmode == NULL || streq(cfg.buildmode, "default"))
		cfg.buildmode = "exe";
	if (!streq(cfg.buildmode, "exe") && !streq(cfg.buildmode, "pie") && !streq(cfg.buildmode, "archive"))
		buildmodebad();
	checkexperiments();
	checklevel();
	if (cfg.p <= 0)
		go_fatal("-p must be a positive integer: %d", cfg.p);
	cache_dir();
}

Strs
pkg_flags(const FlagPatterns *f, const Pkg *p)
{
	Strs none = { 0 };

	if (p->flagsof != NULL)
		p = p->flagsof;
	for (int i = f->n - 1; i >= 0; i--) {
		const FlagPattern *fp = &f->at[i];

		if (fp->pattern == NULL ?
			p->named :
			fp->matchall || pattern_match(fp->pattern, p->path) || (streq(fp->pattern, ".") && p->named))
			return fp->flags;
	}
	return none;
}

/* ---- the graph ---- */

const char *
pkg_title(const Pkg *p)
{
	return p->fortest != NULL ? intern_printf("%s [%s.test]", p->path, p->fortest) : p->path;
}

static Action *
newaction(int kind, Pkg *p)
{
	Action *a = NEW(perm, Action);

	a->kind = kind;
	a->p = p;
	a->id = ++lastid;
	a->deepexport[0] = '\0';
	vec_push(perm, &actions, a);
	return a;
}

static void
after(Action *a, Action *dep)
{
	vec_push(perm, &a->deps, dep);
}

void
build_after(Action *a, Action *dep)
{
	after(a, dep);
}

Action *
build_action(Pkg *p, void (*start)(Action *), void (*end)(Action *, Job *), void *ctx)
{
	Action *a = newaction(ACT_OTHER, p);

	a->start = start;
	a->end = end;
	a->ctx = ctx;
	return a;
}

static Action *
compileaction(Pkg *p)
{
	Action *a;

	if (p->act != NULL)
		return p->act;
	a = p->act = newaction(ACT_COMPILE, p);
	for (int i = 0; i < p->deps.n; i++)
		if (!p->deps.at[i]->fake)
			after(a, compileaction(p->deps.at[i]));
	a->priority = actions.n + 1000000 - a->id;
	return a;
}

static const char *
objdir(Action *a)
{
	if (a->kind == ACT_LINK && a->objdir == NULL)
		a->objdir = objdir(a->p->act);
	if (a->objdir == NULL) {
		a->objdir = intern_printf("%s/b%03d", work_dir(), a->id);
		if (!cfg.n)
			mkdir(a->objdir, 0777);
		if (cfg.n || cfg.x)
			show_cmd(NULL, "mkdir -p %s/", a->objdir);
	}
	return a->objdir;
}

/* ---- showing commands ---- */

static const char *
replaceall(const char *s, const char *old, const char *new)
{
	Buf b = { 0 };
	size_t n = strlen(old);
	const char *r;

	if (n == 0 || strstr(s, old) == NULL)
		return s;
	for (const char *q; (q = strstr(s, old)) != NULL; s = q + n) {
		buf_put(&b, s, (size_t)(q - s));
		buf_str(&b, new);
	}
	buf_str(&b, s);
	r = arena_strndup(perm, buf_cstr(&b), b.n);
	buf_free(&b);
	return r;
}

void
show_cmd(const char *dir, const char *fmt, ...)
{
	static const char *lastdir;
	char *text;
	const char *s;
	va_list ap;
	Buf b = { 0 };

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	text = arena_strndup(perm, buf_cstr(&b), b.n);
	buf_free(&b);
	s = replaceall(text, work_dir(), "$WORK");
	if (dir != NULL && !streq(dir, "/")) {
		s = replaceall(s, intern_printf(" %s/", dir), " ./");
		if (lastdir == NULL || !streq(dir, lastdir))
			fprintf(stderr, "cd %s\n", dir);
		lastdir = dir;
	}
	fprintf(stderr, "%s\n", s);
}

/* Paths in a tool's messages as the user would write them. */
const char *
build_relative(const char *out, const char *dir)
{
	out = replaceall(out, work_dir(), "$WORK");
	for (const char *d = dir;; d = path_dir(d)) {
		const char *r = shortpath(d);

		if (!streq(r, d)) {
			const char *with = intern_printf("%s/", r), *from = intern_printf("%s/", d);

			if (hasprefix(out, from))
				out = arena_printf(perm, "%s%s", with, out + strlen(from));
			out = replaceall(out, intern_printf(" %s", from), intern_printf(" %s", with));
			out = replaceall(out, intern_printf("\n%s", from), intern_printf("\n%s", with));
			out = replaceall(out, intern_printf("\n\t%s", from), intern_printf("\n\t%s", with));
		}
		if (streq(d, "/") || streq(d, "."))
			return out;
	}
}

/* What a tool said of a package, under its name; "" if that is nothing. */
static const char *
output(const Pkg *p, const char *out)
{
	if (out[0] == '\0')
		return "";
	return arena_printf(perm, "# %s\n%s%s", pkg_title(p), build_relative(out, p->dir[0] != '\0' ? p->dir : cfg.cwd),
	    out[strlen(out) - 1] == '\n' ? "" : "\n");
}

static void
showoutput(const Pkg *p, const char *out)
{
	fflush(stdout);
	fputs(output(p, out), stderr);
}

static void
showargv(const char *dir, const Strs *v, const char *prefix)
{
	Buf b = { 0 };

	for (int i = 0; i < v->n; i++) {
		if (i > 0)
			buf_byte(&b, ' ');
		/* the work folder is put back as $WORK by show_cmd, so quoting is decided on that text */
		put_shellquoted(&b, replaceall(v->at[i], work_dir(), "$WORK"));
	}
	show_cmd(dir, "%s%s", prefix, buf_cstr(&b));
	buf_free(&b);
}

static void
writefile(const char *path, const Buf *b)
{
	if (cfg.n || cfg.x)
		fprintf(stderr, "cat >%s << 'EOF' # internal\n%.*s%sEOF\n", replaceall(path, work_dir(), "$WORK"),
		    (int)b->n, (const char *)b->p, b->n > 0 && b->p[b->n - 1] != '\n' ? "\n" : "");
	if (!cfg.n)
		file_replace(path, b->p, b->n, 0666);
}

/* ---- archives ---- */

static const char *
layerdir(void)
{
	return intern_printf("%s/pkg/%s_%s", cfg.goroot, cfg.goos, cfg.goarch);
}

static void
readlayer(void)
{
	const char *text = text_file(intern_printf("%s/pkg.index", layerdir()), NULL);
	Strs lines = { 0 };

	layer = map_new(perm);
	if (text == NULL || !hasprefix(text, "slipway-pkg 2\n"))
		return;
	strs_split(&lines, text + 14, '\n');
	for (int i = 0; i < lines.n; i++) {
		Strs *w = NEW(perm, Strs);

		strs_fields(w, lines.at[i]);
		if (w->n == 6)
			map_set(layer, w->at[0], w);
	}
}

/* Names of files whose content comes from elsewhere: the program has them as if it were in the package's folder. */
static const char *
overlaid(const Action *a, const char *dir)
{
	const Pkg *p = a->p;
	Buf b = { 0 };
	const char *s;

	for (int i = 0; i < p->gofiles.n && p->testmain == NULL; i++) {
		const char *file = path_join(p->dir, p->gofiles.at[i]);

		if (overlay_replaces(file))
			buf_printf(&b, "%s=>%s/%s;",
			    p->covermode != NULL ? cover_source(p, p->gofiles.at[i], a->objdir) : overlay_path(file),
			    dir, p->gofiles.at[i]);
	}
	s = intern_str(buf_cstr(&b));
	buf_free(&b);
	return s;
}

static bool
fromlayer(Action *a)
{
	Strs *w;
	const char *file, *h;

	if (layer == NULL)
		readlayer();
	if (!a->p->std || cfg.a)
		return false;
	w = map_get(layer, a->p->path);
	if (w == NULL || a->p->fortest != NULL || (!streq(w->at[1], a->actionid) && !streq(w->at[1], "*")) ||
	    (streq(w->at[1], "*") && (a->p->fuzz || overlaid(a, "")[0] != '\0')))
		return false;
	file = intern_printf("%s/%s.a", layerdir(), a->p->path);
	h = file_hash(file);
	if (h == NULL)
		return false;
	if (streq(w->at[1], "*")) {
		if (!archive_hash(file, "", &a->e))
			return false;
	} else {
		if (!streq(h, w->at[2]))
			return false;
		snprintf(a->e.out, sizeof a->e.out, "%s", w->at[2]);
		snprintf(a->e.export, sizeof a->e.export, "%s", w->at[3]);
		snprintf(a->e.content, sizeof a->e.content, "%s", w->at[4]);
		a->e.size = strtoull(w->at[5], NULL, 10);
	}
	a->e.text = "";
	a->built = file;
	return true;
}

static void
writelayer(void)
{
	Buf b = { 0 };
	Strs lines = { 0 };
	const void *k;
	void *v;

	for (int i = 0; map_next(layer, &i, &k, &v);)
		strs_add(&lines, strs_join(v, " "));
	strs_sort(&lines);
	buf_str(&b, "slipway-pkg 2\n");
	for (int i = 0; i < lines.n; i++)
		buf_printf(&b, "%s\n", lines.at[i]);
	file_replace(intern_printf("%s/pkg.index", layerdir()), b.p, b.n, 0666);
	buf_free(&b);
}

char *
build_hash(const Buf *b)
{
	char *hex = arena_alloc(perm, 65);

	sha256_hex(b->p, b->n, hex);
	return hex;
}

/* ---- compiling ---- */

static const char *
id20(const char *hex)		/* an ID as it stands in build IDs: 20 characters of base64url */
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
	uint8_t raw[15];
	char out[21];

	for (int i = 0; i < 15; i++) {
		char h[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		raw[i] = (uint8_t)strtol(h, NULL, 16);
	}
	for (int i = 0; i < 5; i++) {
		uint32_t v = (uint32_t)raw[3 * i] << 16 | (uint32_t)raw[3 * i + 1] << 8 | raw[3 * i + 2];

		for (int k = 0; k < 4; k++)
			out[4 * i + k] = digits[v >> (18 - 6 * k) & 63];
	}
	return intern(out, 20);
}

const char *
build_trimpath(Action *a)
{
	const Pkg *p = a->p;
	const char *to;

	if (p->std)
		return intern_printf("%s%s=>$GOROOT/src;%s=>",
		    overlaid(a, intern_printf("$GOROOT/src%s", p->dir + strlen(cfg.gorootsrc))), cfg.gorootsrc,
		    objdir(a));
	if (!cfg.trimpath)
		return intern_printf("%s%s=>", overlaid(a, p->dir), objdir(a));
	if (p->mod != NULL && p->mod->version[0] != '\0')
		to = intern_printf("%s@%s%s", p->mod->path, p->mod->version, p->path + strlen(p->mod->path));
	else
		to = p->path;
	return intern_printf("%s=>%s;%s%s=>", p->dir, to, overlaid(a, to), objdir(a));
}

const char *
build_ppath(const Pkg *p)
{
	return streq(p->name, "main") && !p->forcelib ? "main" : p->path;
}

static void
hashlist(Buf *b, const char *what, const Strs *v)
{
	for (int i = 0; i < v->n; i++)
		buf_printf(b, "%s %s\n", what, v->at[i]);
}

static void
seal(Action *a, Buf *b)
{
	sha256_hex(b->p, b->n, a->actionid);
	if (strstr(env_get("GODEBUG"), "gocachehash=1") != NULL)
		fprintf(stderr, "HASH[%s %s]\n%.*sHASH: %s\n", a->kind == ACT_COMPILE ? "build" : "link", a->p->path,
		    (int)b->n, (const char *)b->p, a->actionid);
	buf_free(b);
}

static void
compileid(Action *a)
{
	Pkg *p = a->p;
	Buf b = { 0 };
	const char *levelname, *level = env_archlevel(&levelname);
	Strs flags = pkg_flags(&cfg.gcflags, p);

	buf_printf(&b, "compile 2\n%s\ntool %s %s\n", p->path, tool_id("compile"),
	    cfg.toolexec != NULL ? cfg.toolexec : "");
	if (env_get("GOEXPERIMENT")[0] != '\0' && !p->std)
		buf_printf(&b, "experiment %s\n", env_get("GOEXPERIMENT"));
	buf_printf(&b, "target %s %s %s\nname %s\nlang %s\nstd %d\n", cfg.goos, cfg.goarch, level != NULL ? level : "",
	    p->name, p->lang, p->std);
	if (!p->std && !cfg.trimpath)
		buf_printf(&b, "dir %s\n", p->dir);
	if (!p->std && cfg.trimpath && p->mod != NULL)
		buf_printf(&b, "module %s@%s\n", p->mod->path, p->mod->version);
	if (p->omitdebug && !p->std)
		buf_str(&b, "nodwarf\n");
	if (p->forcelib)
		buf_str(&b, "library\n");
	if (p->fuzz)
		buf_str(&b, "fuzz\n");
	if (p->covermode != NULL)
		buf_printf(&b, "cover %s %d %s\n", p->covermode, p->covermeta, tool_id("cover"));
	if (p->testmain != NULL)
		buf_printf(&b, "text %s\n", p->testmain);
	hashlist(&b, "flag", &flags);
	if (a->cgo != NULL)
		cgo_id(a, &b);
	if (a->assembly != NULL)
		asmbuild_id(a, &b);
	for (int i = 0; i < p->gofiles.n && p->testmain == NULL; i++) {
		SrcInfo *s = dir_file(p->di, p->gofiles.at[i]);
		const char *h = s != NULL ? dir_hash(p->di, s) : NULL;

		buf_printf(&b, "file %s %s\n", p->gofiles.at[i], h != NULL ? h : "missing");
	}
	for (int i = 0; i < p->embedcfg_pats.n; i++)
		buf_printf(&b, "embed %s\n%s\n", p->embedcfg_pats.at[i].key, p->embedcfg_pats.at[i].value);
	for (int i = 0; i < p->embedcfg_files.n; i++) {
		const char *h = file_hash(p->embedcfg_files.at[i].value);

		buf_printf(&b, "embedfile %s %s\n", p->embedcfg_files.at[i].key, h != NULL ? h : "missing");
	}
	for (int i = 0; i < p->importmap.n; i++)
		buf_printf(&b, "importmap %s=%s\n", p->importmap.at[i].from, p->importmap.at[i].to);
	for (int i = 0; i < a->deps.n; i++)
		buf_printf(&b, "import %s %s\n", a->deps.at[i]->p->path, a->deps.at[i]->deepexport);
	seal(a, &b);
}

static void
deepexport(Action *a)
{
	Buf b = { 0 };

	buf_str(&b, a->e.export);
	for (int i = 0; i < a->deps.n; i++)
		buf_printf(&b, "\n%s", a->deps.at[i]->deepexport);
	sha256_hex(b.p, b.n, a->deepexport);
	buf_free(&b);
}

/* Why the package could not be compiled; go list -e has it as the package's error. */
static void
complain(Pkg *p, const char *text)
{
	if (!cfg.keeperrors) {
		fflush(stdout);
		fputs(text, stderr);
		return;
	}
	if (p->err == NULL) {
		p->err = NEW(perm, PkgError);
		p->err->pos = "";
		p->err->err = text;
		p->err->built = true;
	}
}

static bool
refuse(Action *a)	/* what cannot be compiled yet */
{
	Pkg *p = a->p;
	const char *why = NULL;

	if (p->std)
		return false;
	if (p->swigfiles.n + p->swigcxx.n > 0)
		why = "swig is not supported";
	else if (p->sysofiles.n > 0)
		why = intern_printf("%s: .syso files are not supported yet",
		    shortpath(path_join(p->dir, p->sysofiles.at[0])));
	if (why != NULL)
		complain(p, intern_printf("# %s\n%s\n", p->path, why));
	return why != NULL;
}

static void done(Action *a, bool ok);

static void
fillcompileargs(Action *a, Strs *v)
{
	Pkg *p = a->p;
	Strs flags = pkg_flags(&cfg.gcflags, p);
	const char *id = id20(a->actionid), *cfgtext;

	build_toolwords(v, "compile");
	strs_add(v, "-o");
	strs_add(v, intern_printf("%s/_pkg_.a", objdir(a)));
	strs_add(v, "-trimpath");
	strs_add(v, build_trimpath(a));
	strs_add(v, "-p");
	strs_add(v, build_ppath(p));
	strs_add(v, intern_printf("-lang=go%s", p->lang));
	if (p->std)
		strs_add(v, "-std");
	else if (p->cgofiles.n == 0 && a->assembly == NULL)
		strs_add(v, "-complete");
	strs_add(v, "-buildid");
	a->buildid = intern_printf("%s/%s", id, id);
	strs_add(v, a->buildid);
	strs_add(v, "-goversion");
	strs_add(v, GOVERSION);
	if (p->omitdebug && !p->std)
		strs_add(v, "-dwarf=false");
	if (p->fuzz)
		strs_add(v, "-d=libfuzzer");
	if (a->assembly != NULL)
		asmbuild_compileflags(a, v, false);
	strs_append(v, &flags);
	strs_add(v, intern_printf("-c=%d", cfg.p < 4 ? cfg.p : 4));
	strs_add(v, "-nolocalimports");
	strs_add(v, "-importcfg");
	strs_add(v, intern_printf("%s/importcfg", objdir(a)));
	cfgtext = embed_cfg(p);
	if (cfgtext != NULL) {
		Buf b = { 0 };
		const char *file = intern_printf("%s/embedcfg", objdir(a));

		buf_str(&b, cfgtext);
		writefile(file, &b);
		buf_free(&b);
		strs_add(v, "-embedcfg");
		strs_add(v, file);
	}
	strs_add(v, "-pack");
	if (a->assembly != NULL)
		asmbuild_compileflags(a, v, true);
	/* What goes to pkg is packed; it is the same object, so this is not part of the action's ID. */
	if (p->std && p->target[0] != '\0' && !streq(p->name, "main"))
		strs_add(v, "-packobj");
	if (p->covermode != NULL) {
		Strs files = cover_files(p, objdir(a));

		strs_add(v, intern_printf("-coveragecfg=%s/coveragecfg", objdir(a)));
		strs_append(v, &files);
		return;
	}
	for (int i = 0; i < p->gofiles.n; i++)
		strs_add(v,
		    p->testmain != NULL ? path_join(objdir(a), p->gofiles.at[i]) :
						  overlay_path(path_join(p->dir, p->gofiles.at[i])));
	if (a->cgo != NULL)
		strs_append(v, cgo_gofiles(a));
}

static const char *
metaid(const Action *a)
{
	Buf b = { 0 };
	const char *id;

	buf_printf(&b, "covmeta %s", a->actionid);
	id = build_hash(&b);
	buf_free(&b);
	return id;
}

/* Whether runtime comes before p because something it imports needs it: a main package also has it for the link, later. */
static bool
needsruntime(const Pkg *p)
{
	if (!streq(p->name, "main") || strs_has(&p->imports, "runtime"))
		return true;
	for (int i = 0; i < p->all.n; i++)
		if (strs_has(&p->all.at[i]->imports, "runtime"))
			return true;
	return false;
}

static void runcompile(Action *a);

/* What cgo made, and what cover said of the package, is kept beside the archive. */
static bool
restoremore(Action *a)
{
	size_t n;
	const char *data;

	if (a->cgo != NULL && !cgo_restore(a))
		return false;
	if (!a->p->covermeta)
		return true;
	data = cache_getbytes(metaid(a), &n);
	if (data == NULL)
		return false;
	if (!cfg.n)
		file_replace(cover_metafile(a->p, objdir(a)), data, n, 0666);
	return true;
}

static void
startcompile(Action *a)
{
	Pkg *p = a->p;
	Strs v = { 0 };
	const char *file;

	if (streq(p->path, "unsafe")) {
		snprintf(a->deepexport, sizeof a->deepexport, "unsafe");
		done(a, true);
		return;
	}
	if ((cfg.keeperrors && p->err != NULL) || refuse(a)) {
		done(a, false);
		return;
	}
	if (p->gofiles.n + p->cgofiles.n == 0) {
		complain(p, intern_printf("%s: no non-test Go files in %s\n", p->path, p->dir));
		done(a, false);
		return;
	}
	if (p->cgofiles.n > 0 && !cgo_prepare(a)) {
		done(a, false);
		return;
	}
	if (asmbuild_wanted(p))
		asmbuild_prepare(a);
	compileid(a);
	if (!cfg.a &&
	    (fromlayer(a) || (cache_get(a->actionid, &a->e, &file) && restoremore(a) && (a->built = file) != NULL))) {
		a->cached = true;
		if (a->e.text[0] != '\0')
			showoutput(p, a->e.text);
		deepexport(a);
		done(a, true);
		return;
	}
	if (cfg.v && !streq(cfg.cmdname, "test"))
		fprintf(stderr, "%s\n", p->path);
	if (cfg.n)
		fprintf(stderr, "\n#\n# %s\n#\n\n", pkg_title(p));
	objdir(a);
	if (p->testmain != NULL && !cfg.n)
		file_replace(path_join(a->objdir, p->gofiles.at[0]), p->testmain, strlen(p->testmain), 0666);
	if (p->covermode != NULL) {
		v = cover_words(p, a->objdir);
		if (cfg.n || cfg.x)
			showargv(cfg.cwd, &v, "");
		if (!cfg.n) {
			a->covering = true;
			a->job = job_start(&v, a->objdir, NULL, a);
			nrunning++;
			return;
		}
	}
	runcompile(a);
}

static void
runcompile(Action *a)
{
	Pkg *p = a->p;
	Buf cfgb = { 0 };

	buf_str(&cfgb, "# import config\n");
	for (int i = 0; i < p->importmap.n; i++)
		buf_printf(&cfgb, "importmap %s=%s\n", p->importmap.at[i].from, p->importmap.at[i].to);
	load_deps(p);
	/* all that can be reached, not only what is imported: bodies of imported functions name packages of their own */
	for (int i = 0; i < p->all.n; i++) {
		Action *d = p->all.at[i]->act;

		if (d != NULL && d->built != NULL && !(streq(p->all.at[i]->path, "runtime") && !needsruntime(p)))
			buf_printf(&cfgb, "packagefile %s=%s\n", p->all.at[i]->path, d->built);
	}
	writefile(intern_printf("%s/importcfg", a->objdir), &cfgb);
	buf_free(&cfgb);
	if (a->cgo != NULL)
		cgo_start(a);
	else if (a->assembly != NULL)
		asmbuild_start(a);
	else
		build_gocompile(a);
}

/* Starts a program of the SDK for a. */
void
build_tool(Action *a, const Strs *argv, const char *dir)
{
	Strs env = { 0 };

	strs_add(&env, intern_printf("PWD=%s", dir));
	strs_add(&env, intern_printf("GOROOT=%s", cfg.goroot));
	strs_add(&env, intern_printf("GOOS=%s", cfg.goos));
	strs_add(&env, intern_printf("GOARCH=%s", cfg.goarch));
	if (cfg.toolexec != NULL)
		strs_add(&env, intern_printf("TOOLEXEC_IMPORTPATH=%s", a->p->path));
	build_job(a, argv, dir, &env);
}

void
build_gocompile(Action *a)
{
	Strs v = { 0 };

	fillcompileargs(a, &v);
	if (cfg.n || cfg.x)
		showargv(cfg.cwd, &v, "");
	a->built = intern_printf("%s/_pkg_.a", a->objdir);
	if (cfg.n) {
		if (a->assembly != NULL)
			asmbuild_finished(a, "");
		snprintf(a->e.export, sizeof a->e.export, "%s", a->actionid);
		deepexport(a);
		done(a, true);
		return;
	}
	a->compiling = true;
	build_tool(a, &v, cfg.cwd);
}

static void
crashed(Pkg *p, const char *tool, const char *out, int status)
{
	const char *how = "";

	if (WIFSIGNALED(status))
		how = intern_printf("%s%s%s: %s: signal: %s\n", out[0] == '\0' ? "# " : "",
		    out[0] == '\0' ? pkg_title(p) : "go build ", out[0] == '\0' ? "" : p->path, tool_path(tool),
		    WTERMSIG(status) == SIGKILL ? "killed" : strsignal(WTERMSIG(status)));
	else if (out[0] == '\0')
		how = intern_printf("# %s\n%s: exit status %d\n", pkg_title(p), tool_path(tool), WEXITSTATUS(status));
	complain(p, arena_printf(perm, "%s%s", output(p, out), how));
}

/* ---- for cgo.c ---- */

const char *
build_objdir(Action *a)
{
	return objdir(a);
}

void
build_show(const char *dir, const Strs *argv, const char *prefix)
{
	showargv(dir, argv, prefix);
}

void
build_job(Action *a, const Strs *argv, const char *dir, const Strs *env)
{
	a->job = job_start(argv, dir, env, a);
	nrunning++;
}

void
build_fail(Action *a, const char *tool, const char *out, int status)
{
	crashed(a->p, tool, out, status);
	done(a, false);
}

bool
build_room(void)
{
	return nrunning < cfg.p;
}

static void
endcompile(Action *a, const char *out, int status)
{
	if (a->covering) {
		a->covering = false;
		if (status != 0) {
			crashed(a->p, "cover", out, status);
			done(a, false);
			return;
		}
		showoutput(a->p, out);
		runcompile(a);
		return;
	}
	a->compiling = false;
	if (status != 0) {
		crashed(a->p, "compile", out, status);
		done(a, false);
		return;
	}
	if (a->assembly == NULL || asmbuild_finished(a, out))
		build_compiled(a, out);
}

/* The archive is complete. */
void
build_compiled(Action *a, const char *out)
{
	const char *kept;

	if (a->cgo != NULL) {
		out = cgo_output(a, out);
		if (!cgo_finish(a)) {
			done(a, false);
			return;
		}
	}
	showoutput(a->p, out);
	if (!archive_hash(a->built, a->buildid, &a->e)) {
		fprintf(stderr, "# %s\ncompile wrote no %s\n", a->p->path, a->built);
		done(a, false);
		return;
	}
	a->e.text = out;
	kept = cache_put(a->actionid, a->built, &a->e);
	if (cfg.x && kept != NULL)
		show_cmd(NULL, "cp %s %s # internal", a->built, kept);
	if (a->p->covermeta) {
		size_t n;
		const char *meta = text_file(cover_metafile(a->p, a->objdir), &n);

		cache_putbytes(metaid(a), meta != NULL ? meta : "", meta != NULL ? n : 0);
	}
	if (kept != NULL) {
		if (!cfg.work)
			unlink(a->built);
		a->built = kept;
	}
	deepexport(a);
	done(a, true);
}

/* ---- linking ---- */

static const char *
libfile(const char *name)
{
	return intern_printf("%s/lib/%s_%s/%s", cfg.goroot, cfg.goos, cfg.goarch, name);
}

static bool
hasflag(const Strs *v, const char *name)
{
	for (int i = 0; i < v->n; i++)
		if (streq(v->at[i], name))
			return true;
	return false;
}

/* The value that the linker will see: of the last -name=value or -name value; NULL: none. */
static const char *
flagvalue(const Strs *v, const char *name)
{
	const char *value = NULL;

	for (int i = 0; i < v->n; i++) {
		const char *s = cutprefix(v->at[i], "-"), *rest;

		if (s == NULL)
			continue;
		s = cutprefix(s, "-") != NULL ? s + 1 : s;
		rest = cutprefix(s, name);
		if (rest != NULL && rest[0] == '=')
			value = rest + 1;
		else if (rest != NULL && rest[0] == '\0' && i + 1 < v->n)
			value = v->at[++i];
	}
	return value;
}

static bool
isexternal(const Strs *flags)
{
	const char *mode = flagvalue(flags, "linkmode");

	return mode != NULL && streq(mode, "external");
}

static Strs
linkflags(Action *a)
{
	Pkg *p = a->p;
	Strs v = { 0 }, user = pkg_flags(&cfg.ldflags, p);
	const char *dbg = default_godebug(p);

	if (p->omitdebug && !hasflag(&user, "-s")) {
		strs_add(&v, "-s");
		strs_add(&v, "-w");
	}
	if (p->testmain != NULL)
		strs_add(&v, "-X=testing.testBinary=1");
	if (dbg[0] != '\0')
		strs_add(&v, intern_printf("-X=runtime.godebugDefault=%s", dbg));
	strs_add(&v, intern_printf("-buildmode=%s", cfg.buildmode));
	strs_append(&v, &user);
	if (isexternal(&user) && flagvalue(&user, "extld") == NULL) {
		if (cc_linkwords()->n == 0)
			go_fatal("%s", cc_nolinker());
		strs_add(&v, intern_printf("-extld=%s", cgo_quoted(cc_linkwords())));
	}
	return v;
}

static void
linkid(Action *a)
{
	Pkg *p = a->p;
	Buf b = { 0 };
	Strs flags = linkflags(a);
	const char *rt = file_hash(libfile("libruntime.a")), *libc = file_hash(libfile("libc.a"));
	const char *levelname, *level = env_archlevel(&levelname);

	buf_printf(&b, "link 1\n%s\ntool %s %s\n", p->path, tool_id("link"), cfg.toolexec != NULL ? cfg.toolexec : "");
	buf_printf(&b, "target %s %s %s\nruntime %s %s\n", cfg.goos, cfg.goarch, level != NULL ? level : "",
	    rt != NULL ? rt : "", libc != NULL ? libc : "");
	buf_printf(&b, "goroot %s\n", cfg.trimpath ? "" : cfg.goroot);
	hashlist(&b, "flag", &flags);
	if (isexternal(&flags) && cc_linkwords()->n > 0)
		buf_printf(&b, "linker %s\n", file_hash(cc_linkwords()->at[0]));
	buf_printf(&b, "modinfo %s\n", modinfo_text(p));
	for (int i = 0; i < p->all.n; i++)
		if (p->all.at[i]->act != NULL) {
			buf_printf(&b, "package %s %s\n", p->all.at[i]->path, p->all.at[i]->act->e.content);
			cgo_linkid(p->all.at[i], &b);
		}
	cgo_linkid(p, &b);
	buf_printf(&b, "main %s\n", p->act->e.content);
	seal(a, &b);
}

/* target NULL: the result is wanted nowhere (go build of several packages), only whether it can be made. */
static void
startlink(Action *a)
{
	Pkg *p = a->p;
	Strs v = { 0 }, env = { 0 }, flags;
	Buf cfgb = { 0 };
	const char *file, *fullid;
	CacheEntry e;

	load_deps(p);
	linkid(a);
	a->buildid = id20(a->actionid);
	if (a->notneeded != NULL && a->notneeded(a)) {
		a->cached = true;
		done(a, true);
		return;
	}
	if (!cfg.a && a->target != NULL) {
		const char *have = place_buildid(a->target);

		if (hasprefix(have, a->buildid) && have[20] == '/') {
			a->cached = a->uptodate = true;
			a->built = a->target;
			done(a, true);
			return;
		}
	}
	if (!cfg.a && a->target == NULL && a->exe == NULL && cache_get(a->actionid, &e, NULL)) {
		a->cached = true;
		if (e.text[0] != '\0')
			showoutput(p, e.text);
		done(a, true);
		return;
	}
	if (!cfg.a && a->keep && cache_get(a->actionid, &e, &file)) {
		a->cached = true;
		a->built = intern_printf("%s/%s", objdir(a), a->exe);
		if (!cfg.n) {
			mkdir(intern_printf("%s/exe", a->objdir), 0777);
			if (place_copy(file, a->built, 0777)) {
				done(a, true);
				return;
			}
		}
	}
	objdir(a);
	for (int i = 0; i <= p->all.n; i++) {
		Action *d = i == 0 ? p->act : p->all.at[i - 1]->act;

		if (d != NULL && d->built != NULL)
			buf_printf(&cfgb, "packagefile %s=%s\n", d->p->path, d->built);
	}
	if (modinfo_text(p)[0] != '\0') {
		Buf m = { 0 };
		/* the end marker has a NUL in it, so the pieces are put together by length */
		buf_put(&m,
		    "0w\xaf\f\x92t\b\x02"
		    "A\xe1\xc1\a\xe6\xd6\x18\xe6",
		    16);
		buf_str(&m, modinfo_text(p));
		buf_put(&m,
		    "\xf9"
		    "2C1\x86\x18 r\x00\x82"
		    "B\x10"
		    "A\x16\xd8\xf2",
		    16);
		buf_str(&cfgb, "modinfo ");
		put_goquoted(&cfgb, (const char *)m.p, m.n);
		buf_str(&cfgb, "\n");
		buf_free(&m);
	}
	writefile(intern_printf("%s/importcfg.link", a->objdir), &cfgb);
	buf_free(&cfgb);
	if (!cfg.n)
		mkdir(intern_printf("%s/exe", a->objdir), 0777);
	if (cfg.n || cfg.x) {
		show_cmd(NULL, "mkdir -p %s/exe/", a->objdir);
	}
	a->built = intern_printf("%s/%s", a->objdir, a->exe != NULL ? a->exe : "exe/a.out");
	build_toolwords(&v, "link");
	strs_add(&v, "-o");
	strs_add(&v, a->built);
	strs_add(&v, "-importcfg");
	strs_add(&v, intern_printf("%s/importcfg.link", a->objdir));
	flags = linkflags(a);
	strs_append(&v, &flags);
	fullid = intern_printf("%s/%s/%s/%s", a->buildid, id20(p->act->actionid), cfg.n ? "" : id20(p->act->e.content),
	    a->buildid);
	if (!hasflag(&flags, "-buildid="))
		strs_add(&v, intern_printf("-buildid=%s", fullid));
	strs_add(&v, p->act->built);
	if (cfg.n || cfg.x)
		showargv(".", &v, intern_printf("GOROOT='%s' ", cfg.trimpath ? "" : cfg.goroot));
	if (cfg.n) {
		done(a, true);
		return;
	}
	strs_add(&env, intern_printf("GOROOT=%s", cfg.trimpath ? "" : cfg.goroot));
	strs_add(&env, intern_printf("GOOS=%s", cfg.goos));
	strs_add(&env, intern_printf("GOARCH=%s", cfg.goarch));
	if (cfg.toolexec != NULL)
		strs_add(&env, intern_printf("TOOLEXEC_IMPORTPATH=%s", p->path));
	/* linking runs in the folder of the main package: relative paths in -ldflags mean what they meant to gc */
	a->job = job_start(&v, ".", &env, a);
	nrunning++;
}

static void
endlink(Action *a, const char *out, int status)
{
	if (status != 0) {
		crashed(a->p, "link", out, status);
		done(a, false);
		return;
	}
	showoutput(a->p, out);
	a->e.text = out;
	if (a->exe != NULL) {
		if (file_hash(a->built) != NULL) {
			snprintf(a->e.out, sizeof a->e.out, "%s", file_hash(a->built));
			if (a->keep)
				cache_put(a->actionid, a->built, &a->e);
		}
	} else if (a->target == NULL) {
		snprintf(a->e.out, sizeof a->e.out, "%s", a->actionid);
		cache_put(a->actionid, NULL, &a->e);
	}
	done(a, true);
}

static void
startinstall(Action *a)
{
	Action *l = a->deps.at[0];
	Pkg *p = a->p;

	if (l->kind == ACT_COMPILE) {	/* a std archive into pkg */
		Strs *w = NEW(perm, Strs);
		const char *h;

		if (l->built == NULL) {
			done(a, true);
			return;
		}
		h = file_hash(p->target);
		if (h == NULL || !streq(h, l->e.out)) {
			Bytes m = file_map(l->built);

			file_mkdirs(path_dir(p->target));
			file_replace(p->target, m.p, m.n, 0666);
			file_unmap(m);
			file_sethash(p->target, l->e.out);
		}
		strs_add(w, p->path);
		strs_add(w, l->actionid);
		strs_add(w, l->e.out);
		strs_add(w, l->e.export);
		strs_add(w, l->e.content);
		strs_add(w, intern_printf("%llu", (unsigned long long)l->e.size));
		if (layer == NULL)
			readlayer();
		map_set(layer, intern_str(p->path), w);
		done(a, true);
		return;
	}
	if (l->uptodate || a->target == NULL) {
		done(a, true);
		return;
	}
	{
		const char *d = path_dir(a->target);

		if ((cfg.n || cfg.x) && a->kind == ACT_INSTALL && !dir_exists(d))
			show_cmd(NULL, "mkdir -p %s/", d);
		if (!cfg.n)
			file_mkdirs(d);
	}
	done(a, place_result(a, l->built, a->target, 0777, true));
	if ((cfg.x || cfg.n) && l->objdir != NULL)
		show_cmd(NULL, "rm -rf %s/", l->objdir);
}

/* ---- running it ---- */

static void
makeready(Action *a)
{
	int i;

	vec_push(perm, &ready, a);
	for (i = ready.n - 1; i > 0 && ready.at[i - 1]->priority < a->priority; i--)
		ready.at[i] = ready.at[i - 1];
	ready.at[i] = a;
}

static void
done(Action *a, bool ok)
{
	a->done = true;
	a->failed = !ok;
	if (!ok)
		nfailed++;
	for (int i = 0; i < a->rdeps.n; i++) {
		Action *r = a->rdeps.at[i];

		if (!ok)
			r->failed = true;
		if (--r->npending == 0)
			makeready(r);
	}
}

void
build_done(Action *a, bool ok)
{
	done(a, ok);
}

void
build_running(Action *a, Job *j)
{
	a->job = j;
	nrunning++;
}

void
build_ready(Action *a)
{
	makeready(a);
}

static void
start(Action *a)
{
	if (a->failed && !a->always) {	/* something it needs could not be made: said already */
		done(a, false);
		return;
	}
	/* clang-format off */
	switch (a->kind) {
	case ACT_COMPILE: startcompile(a); break;
	case ACT_LINK: startlink(a); break;
	case ACT_INSTALL: startinstall(a); break;
	case ACT_OTHER: a->start(a); break;
	}
	/* clang-format on */
}

int
build_execute(void)
{
	nfailed = 0;
	if (cfg.x || cfg.work)
		work_dir();
	for (int i = 0; i < actions.n; i++) {
		Action *a = actions.at[i];

		if (a->done)
			continue;
		a->npending = 0;
		for (int j = 0; j < a->deps.n; j++)
			if (!a->deps.at[j]->done) {
				vec_push(perm, &a->deps.at[j]->rdeps, a);
				a->npending++;
			} else if (a->deps.at[j]->failed) {
				a->failed = true;
			}
	}
	for (int i = actions.n - 1; i >= 0; i--)
		if (!actions.at[i]->done && actions.at[i]->npending == 0)
			makeready(actions.at[i]);
	for (;;) {
		Job *j;

		while (ready.n > 0 && nrunning < cfg.p && !job_stopping) {
			Action *a = vec_pop(&ready);

			start(a);
		}
		if (nrunning == 0)
			break;
		j = job_wait();
		if (j != NULL) {
			Action *a = j->ctx;
			size_t n;
			const char *out;

			nrunning--;
			if (a->kind == ACT_OTHER) {
				a->end(a, j);
				continue;
			}
			if (a->cgo != NULL && !a->compiling && !a->covering) {
				cgo_next(a, j);
				continue;
			}
			if (a->kind == ACT_COMPILE && a->assembly != NULL && !a->compiling && !a->covering) {
				asmbuild_next(a, j);
				continue;
			}
			out = job_output(j, &n);
			if (a->kind == ACT_COMPILE)
				endcompile(a, out, j->status);
			else
				endlink(a, out, j->status);
		}
	}
	return nfailed;
}

Action *
build_compile(Pkg *p)
{
	return compileaction(p);
}

Action *
build_link(Pkg *p)
{
	Action *c = compileaction(p), *l = newaction(ACT_LINK, p);

	after(l, c);
	load_deps(p);
	for (int j = 0; j < p->all.n; j++)
		if (p->all.at[j]->act != NULL)
			after(l, p->all.at[j]->act);
	return l;
}

Action *
build_install(Action *link, const char *target)
{
	Action *m = newaction(ACT_INSTALL, link->p);

	m->target = target;
	after(m, link);
	return m;
}

int
build_packages(const Pkgs *ps, const char *what)
{
	for (int i = 0; i < ps->n; i++)
		compileaction(ps->at[i]);
	(void)what;
	return build_execute();
}

/* outs->at[i]: where the executable of package i goes, "" for nowhere. Libraries are compiled only. */
int
build_exes(const Pkgs *ps, const Strs *outs, bool install)
{
	int n;
	bool std = false;

	/* numbers as gc's: the root is b001 */
	for (int i = 0; i < ps->n; i++) {
		Pkg *p = ps->at[i];
		Action *c, *l, *m;

		if (!pkg_ismain(p)) {
			c = compileaction(p);
			if (install && p->std && p->target[0] != '\0') {
				m = newaction(ACT_INSTALL, p);
				after(m, c);
				std = true;
			}
			continue;
		}
		c = compileaction(p);
		l = build_link(p);
		l->target = outs->at[i][0] != '\0' ? outs->at[i] : NULL;
		if (l->target != NULL)
			build_install(l, l->target);
		p->act = c;
		p->buildid = NULL;
		p->export = NULL;
	}
	n = build_execute();
	if (std && n == 0)
		writelayer();
	return n;
}
