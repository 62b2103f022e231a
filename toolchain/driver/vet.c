/*
 * vet.c - go vet, and what go test runs of it: the SDK's vet program on each package, with a file that says where the
 * imported ones are.
 *
 * Of files that use cgo it reads what cgo makes of them, so these are compiled first.
 *
 * Packages outside std that are imported are visited first, for the facts that vet keeps about their functions. A visit
 * without findings is remembered in the cache.
 * Source: documentation of golang.org/x/tools/go/analysis/unitchecker (Config).
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "driver/driver.h"

typedef struct {
	bool factsonly;
	const Strs *flags;
	const char *key, *facts;	/* facts: file, once the visit is over */
	const char *dir;
} Visit;

static const Command self = { "vet", "go vet [build flags] [-vettool prog] [vet flags] [packages]", NULL, NULL, NULL,
	NULL, 0, true, false };
static Strs toolflags;
static const char *vettool;
static int seq;
static bool json;

static const char *
vetprogram(void)
{
	return vettool != NULL ? vettool : tool_path("vet");
}

static const char *
factsof(const Pkg *p)
{
	return p->vet != NULL ? ((Visit *)p->vet->ctx)->facts : NULL;
}

static Value *
mapof(const Pkg *p, int what)
{
	Value *m = val_map();

	for (int i = 0; i < p->all.n; i++) {
		const Pkg *d = p->all.at[i];

		if (what == 0 && d->act != NULL && d->act->built != NULL)
			val_set(m, d->path, val_str(d->act->built), false);
		if (what == 1 && d->std)
			val_set(m, d->path, val_bool(true), false);
		if (what == 2 && factsof(d) != NULL)
			val_set(m, d->path, val_str(factsof(d)), false);
	}
	return m;
}

static void
abspaths(Strs *out, const Pkg *p, const Strs *names)
{
	for (int i = 0; i < names->n; i++)
		strs_add(out, overlay_path(path_join(p->dir, names->at[i])));
}

/* The configuration; go gets the files. */
static Value *
config(const Pkg *p, bool factsonly, Strs *go)
{
	Value *v = val_struct(), *im = val_map();
	Strs other = { 0 }, ignored = { 0 };

	abspaths(go, p, &p->gofiles);
	if (p->cgofiles.n > 0)
		strs_append(go, cgo_gofiles(p->act));
	abspaths(&other, p, &p->sfiles);
	abspaths(&other, p, &p->cfiles);
	abspaths(&other, p, &p->cxxfiles);
	abspaths(&ignored, p, &p->ignoredgo);
	for (int i = 0; i < p->imports.n; i++)
		val_set(im, p->imports.at[i], val_str(p->imports.at[i]), false);
	for (int i = 0; p->cgofiles.n > 0 && i < p->deps.n; i++)	/* what cgo wrote imports more */
		val_set(im, p->deps.at[i]->path, val_str(p->deps.at[i]->path), false);
	for (int i = 0; i < p->importmap.n; i++)
		val_set(im, p->importmap.at[i].from, val_str(p->importmap.at[i].to), false);
	val_set(v, "ID", val_str(p->path), false);
	val_set(v, "Compiler", val_str("gc"), false);
	val_set(v, "Dir", val_str(p->dir), false);
	val_set(v, "ImportPath", val_str(p->path), false);
	val_set(v, "GoFiles", val_strs(go), false);
	val_set(v, "NonGoFiles", val_strs(&other), false);
	val_set(v, "IgnoredFiles", val_strs(&ignored), false);
	val_set(v, "ModulePath", val_str(p->mod != NULL ? p->mod->path : ""), false);
	val_set(v, "ModuleVersion", val_str(p->mod != NULL ? p->mod->version : ""), false);
	val_set(v, "ImportMap", im, false);
	val_set(v, "PackageFile", mapof(p, 0), false);
	val_set(v, "Standard", mapof(p, 1), false);
	val_set(v, "PackageVetx", mapof(p, 2), false);
	val_set(v, "VetxOnly", val_bool(factsonly), false);
	val_set(v, "GoVersion", val_str(intern_printf("go%s", p->lang)), false);
	val_set(v, "SucceedOnTypecheckFailure", val_bool(streq(cfg.cmdname, "test")), false);
	return v;
}

static const char *
keyof(const Pkg *p, const Value *v, const Strs *go, const Strs *flags)
{
	const Strs *others[] = { &p->sfiles, &p->cfiles, &p->cxxfiles };
	Buf id = { 0 };
	const char *key;

	val_json(&id, v, 0);
	buf_printf(&id, "\nvet %s %s\n", vettool != NULL ? file_hash(vettool) : tool_id("vet"), strs_join(flags, " "));
	for (int i = 0; i < go->n; i++)
		buf_printf(&id, "%s\n", file_hash(go->at[i]) != NULL ? file_hash(go->at[i]) : "missing");
	for (size_t k = 0; k < NELEM(others); k++)
		for (int i = 0; i < others[k]->n; i++) {
			const char *h = file_hash(path_join(p->dir, others[k]->at[i]));

			buf_printf(&id, "%s\n", h != NULL ? h : "missing");
		}
	for (int i = 0; i < p->all.n; i++) {
		const char *f = factsof(p->all.at[i]);

		if (f != NULL && file_hash(f) != NULL)
			buf_printf(&id, "%s %s\n", p->all.at[i]->path, file_hash(f));
	}
	key = build_hash(&id);
	buf_free(&id);
	return key;
}

static void
startvisit(Action *a)
{
	Visit *w = a->ctx;
	Pkg *p = a->p;
	Value *v;
	Strs go = { 0 }, argv = { 0 }, flags = *w->flags;
	Buf b = { 0 };
	CacheEntry e;

	for (int i = 0; i < a->deps.n; i++)
		if (a->deps.at[i]->kind == ACT_COMPILE && a->deps.at[i]->failed) {
			build_done(a, false);
			return;
		}
	if (p->gofiles.n + p->cgofiles.n == 0 || (cfg.n && p->cgofiles.n > 0)) {
		build_done(a, true);
		return;
	}
	load_deps(p);
	if (p->goroot && streq(cfg.cmdname, "test") && !tf.vetexplicit) {
		/* std has good reasons for these */
		flags = (Strs){ 0 };
		strs_append(&flags, w->flags);
		strs_add(&flags, "-unsafeptr=false");
		strs_add(&flags, "-unreachable=false");
	}
	w->dir = intern_printf("%s/v%03d", work_dir(), ++seq);
	v = config(p, w->factsonly, &go);
	w->key = keyof(p, v, &go, &flags);
	if (cache_get(w->key, &e, &w->facts)) {
		build_done(a, true);
		return;
	}
	val_set(v, "VetxOutput", val_str(intern_printf("%s/vet.out", w->dir)), false);
	val_json(&b, v, 0);
	if (!cfg.n) {
		mkdir(w->dir, 0777);
		file_replace(intern_printf("%s/vet.cfg", w->dir), b.p, b.n, 0666);
	}
	strs_add(&argv, vetprogram());
	strs_append(&argv, &flags);
	strs_add(&argv, intern_printf("%s/vet.cfg", w->dir));
	if (cfg.n || cfg.x) {
		fprintf(stderr, "mkdir -p $WORK/%s/\ncat >$WORK/%s/vet.cfg << 'EOF' # internal\n%s\nEOF\n",
		    path_base(w->dir), path_base(w->dir), buf_cstr(&b));
		show_cmd(cfg.cwd, "%s", strs_join(&argv, " "));
	}
	buf_free(&b);
	if (cfg.n) {
		build_done(a, true);
		return;
	}
	if (cfg.v && !w->factsonly)
		fprintf(stderr, "%s\n", p->path);
	build_running(a, job_start(&argv, cfg.cwd, NULL, a));
}

static void
endvisit(Action *a, Job *j)
{
	Visit *w = a->ctx;
	Pkg *p = a->p;
	CacheEntry e = { .text = "" };
	size_t n;
	const char *out = job_output(j, &n), *facts = intern_printf("%s/vet.out", w->dir), *kept;

	if (n > 0 && !w->factsonly)
		fprintf(stderr, "# %s\n%s%s%s", p->path,
		    json || p->fortest == NULL ? "" : intern_printf("# [%s]\n", p->path), build_relative(out, p->dir),
		    out[n - 1] == '\n' ? "" : "\n");
	if (j->status != 0 && n == 0)
		fprintf(stderr, "# %s\nvet: %s\n", p->path, job_status(j->status));
	if (file_exists(facts))
		w->facts = facts;
	if (j->status == 0 && n == 0 && file_exists(facts)) {
		snprintf(e.out, sizeof e.out, "%s", file_hash(facts));
		kept = cache_put(w->key, facts, &e);
		if (kept != NULL)
			w->facts = kept;
	}
	build_done(a, w->factsonly || (j->status == 0 && (n == 0 || json)));
}

Action *
vet_action(Pkg *p, const Strs *flags, bool factsonly)
{
	Visit *w;

	if (p->vet != NULL) {
		w = p->vet->ctx;
		w->factsonly = w->factsonly && factsonly;
		return p->vet;
	}
	if (!file_exists(vetprogram()))
		go_fatal("no such tool \"vet\": %s is not part of this SDK", vetprogram());
	w = NEW(perm, Visit);
	w->factsonly = factsonly;
	w->flags = flags;
	p->vet = build_action(p, startvisit, endvisit, w);
	p->vet->always = true;	/* what is found in other packages is theirs */
	load_deps(p);
	if (p->cgofiles.n > 0)	/* vet reads what cgo makes of them */
		build_after(p->vet, build_compile(p));
	for (int i = 0; i < p->all.n; i++) {
		Pkg *d = p->all.at[i];

		build_after(p->vet, build_compile(d));
		if (!d->std)
			build_after(p->vet, vet_action(d, flags, true));
	}
	return p->vet;
}

/* Flags that are not ours are vet's; a value belongs to the flag only with =, as for go vet's boolean analyzers. */
static int
splitflags(int argc, char **argv)
{
	Strs own = { 0 };
	static const char *const withvalue[] = { "p", "asmflags", "buildmode", "compiler", "gccgoflags", "gcflags",
		"installsuffix", "ldflags", "mod", "modfile", "overlay", "pgo", "pkgdir", "tags", "toolexec",
		"covermode", "coverpkg" };
	static const char *const plain[] = { "a", "n", "v", "x", "work", "race", "msan", "asan", "cover", "linkshared",
		"modcacherw", "trimpath", "buildvcs" };
	int i;

	for (i = 0; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		const char *a = argv[i] + (argv[i][1] == '-' ? 2 : 1), *eq = strchr(a, '='),
			   *name = eq != NULL ? sub(a, (size_t)(eq - a)) : a;
		bool mine = false;

		if (streq(a, "h") || streq(a, "help")) {
			fprintf(stderr,
			    "usage: %s\nRun 'go help vet' for details.\nRun 'go tool vet help' for a full list of "
			    "flags and analyzers.\n"
			    "Run 'go tool vet -help' for an overview.\n",
			    self.usage);
			go_exit(2);
		}
		if (streq(name, "vettool")) {
			if (eq == NULL && i + 1 >= argc) {
				fprintf(stderr, "flag needs an argument: -vettool\n");
				flags_usage(&self);
			}
			vettool = path_abs(eq != NULL ? eq + 1 : argv[++i]);
			continue;
		}
		for (size_t k = 0; k < NELEM(withvalue); k++)
			if (streq(withvalue[k], name)) {
				mine = true;
				strs_add(&own, argv[i]);
				if (eq == NULL && i + 1 < argc)
					strs_add(&own, argv[++i]);
				break;
			}
		for (size_t k = 0; k < NELEM(plain) && !mine; k++)
			if (streq(plain[k], name)) {
				mine = true;
				strs_add(&own, argv[i]);
			}
		if (!mine)
			strs_add(&toolflags, argv[i]);
	}
	{
		char **v = NEWN(perm, char *, own.n + 1);

		for (int k = 0; k < own.n; k++)
			v[k] = (char *)(uintptr_t)own.at[k];
		flags_parse(&self, own.n, v);
	}
	return i;
}

/* What vet does not know is a bad command line of ours. */
static void
checkflags(void)
{
	Strs argv = { 0 };
	const char *out;

	if (toolflags.n == 0)
		return;
	strs_add(&argv, vetprogram());
	strs_add(&argv, "-flags");
	out = job_capture(&argv, cfg.cwd);
	for (int i = 0; i < toolflags.n; i++) {
		const char *a = toolflags.at[i] + (toolflags.at[i][1] == '-' ? 2 : 1), *name = sub(a, strcspn(a, "="));

		json = json || streq(a, "json");
		if (strstr(out, intern_printf("\"Name\": \"%s\"", name)) == NULL &&
		    strstr(out, intern_printf("\"Name\":\"%s\"", name)) == NULL) {
			fprintf(stderr,
			    "flag provided but not defined: -%s\nusage: %s\nRun 'go help vet' for details.\n"
			    "Run 'go tool vet help' for a full list of flags and analyzers.\nRun 'go tool vet -help' "
			    "for an overview.\n",
			    name, self.usage);
			go_exit(2);
		}
	}
}

void
cmd_vet(int argc, char **argv)
{
	int i = splitflags(argc, argv);
	Pkgs ps;

	build_init();
	ps = load_args(argc - i, argv + i);
	load_checkerrors(&ps);
	checkflags();
	for (int k = 0; k < ps.n; k++) {
		Pkg *p = ps.at[k];
		const char *err = NULL;
		TestPkgs t = { .test = p };

		if (p->testgo.n + p->xtestgo.n > 0)
			t = testpkg_make(p, NULL, &err);
		if (err != NULL) {
			go_error("%s", err);
			continue;
		}
		if (t.test->gofiles.n + t.test->cgofiles.n > 0)
			vet_action(t.test, &toolflags, false);
		if (t.xtest != NULL)
			vet_action(t.xtest, &toolflags, false);
	}
	go_exit(build_execute() > 0 ? 1 : go_status);
}
