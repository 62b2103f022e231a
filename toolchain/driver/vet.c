/*
 * vet.c - go vet: runs the SDK's vet program on each package, with a file that says where the imported ones are.
 *
 * Packages of the main module's dependencies outside std are visited first, for the facts that vet keeps about their
 * functions. Files of tests are not looked at yet. A visit without findings is remembered in the cache.
 * Source: documentation of golang.org/x/tools/go/analysis/unitchecker (Config).
 */
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "driver/driver.h"

static const Command self = { "vet", "go vet [build flags] [-vettool prog] [vet flags] [packages]", NULL, NULL, NULL, NULL, 0, true, false };
static Strs toolflags;
static const char *vettool;
static Map *vetx;		/* import path -> file of facts */
static int seq;
static bool json;

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
		if (what == 2 && map_has(vetx, d->path))
			val_set(m, d->path, val_str(map_get(vetx, d->path)), false);
	}
	return m;
}

static void
abspaths(Strs *out, const Pkg *p, const Strs *names)
{
	for (int i = 0; i < names->n; i++)
		strs_add(out, path_join(p->dir, names->at[i]));
}

/* False: vet complained, or could not run. */
static bool
visit(Pkg *p, bool factsonly)
{
	Value *v = val_struct(), *im = val_map();
	Strs go = { 0 }, other = { 0 }, ignored = { 0 }, argv = { 0 };
	const char *dir = intern_printf("%s/v%03d", work_dir(), ++seq), *facts, *file, *out;
	Buf b = { 0 }, id = { 0 };
	CacheEntry e = { 0 };
	char *key;
	Job *j;
	size_t n;

	if (p->gofiles.n == 0)
		return true;
	abspaths(&go, p, &p->gofiles);
	abspaths(&other, p, &p->sfiles);
	abspaths(&ignored, p, &p->ignoredgo);
	for (int i = 0; i < p->imports.n; i++)
		val_set(im, p->imports.at[i], val_str(p->imports.at[i]), false);
	for (int i = 0; i < p->importmap.n; i++)
		val_set(im, p->importmap.at[i].from, val_str(p->importmap.at[i].to), false);
	val_set(v, "ID", val_str(p->path), false);
	val_set(v, "Compiler", val_str("gc"), false);
	val_set(v, "Dir", val_str(p->dir), false);
	val_set(v, "ImportPath", val_str(p->path), false);
	val_set(v, "GoFiles", val_strs(&go), false);
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
	val_set(v, "SucceedOnTypecheckFailure", val_bool(false), false);
	val_json(&id, v, 0);
	buf_printf(&id, "\nvet %s %s\n", vettool != NULL ? file_hash(vettool) : tool_id("vet"), strs_join(&toolflags, " "));
	for (int i = 0; i < go.n; i++)
		buf_printf(&id, "%s\n", file_hash(go.at[i]) != NULL ? file_hash(go.at[i]) : "missing");
	for (int i = 0; i < p->all.n; i++) {
		const char *f = map_get(vetx, p->all.at[i]->path);

		if (f != NULL && file_hash(f) != NULL)
			buf_printf(&id, "%s %s\n", p->all.at[i]->path, file_hash(f));
	}
	key = build_hash(&id);
	buf_free(&id);
	if (cache_get(key, &e, &file)) {
		map_set(vetx, p->path, (void *)(uintptr_t)file);
		return true;
	}
	facts = intern_printf("%s/vet.out", dir);
	val_set(v, "VetxOutput", val_str(facts), false);
	val_json(&b, v, 0);
	if (!cfg.n) {
		mkdir(dir, 0777);
		file_replace(intern_printf("%s/vet.cfg", dir), b.p, b.n, 0666);
	}
	strs_add(&argv, vettool != NULL ? vettool : tool_path("vet"));
	strs_append(&argv, &toolflags);
	strs_add(&argv, intern_printf("%s/vet.cfg", dir));
	if (cfg.n || cfg.x) {
		fprintf(stderr, "mkdir -p $WORK/v%03d/\ncat >$WORK/v%03d/vet.cfg << 'EOF' # internal\n%s\nEOF\n", seq, seq, buf_cstr(&b));
		show_cmd(cfg.cwd, "%s", strs_join(&argv, " "));
	}
	buf_free(&b);
	if (cfg.n)
		return true;
	if (cfg.v && !factsonly)
		fprintf(stderr, "%s\n", p->path);
	j = job_start(&argv, cfg.cwd, NULL, NULL);
	j = job_wait();
	out = job_output(j, &n);
	if (file_exists(facts))
		map_set(vetx, p->path, (void *)(uintptr_t)facts);
	if (n > 0 && !factsonly)
		fprintf(stderr, "# %s\n%s%s", p->path, build_relative(out, p->dir), out[n - 1] == '\n' ? "" : "\n");
	if (j->status != 0 && n == 0)
		fprintf(stderr, "# %s\nvet: exit status %d\n", p->path, WEXITSTATUS(j->status));
	if (j->status == 0 && n == 0 && file_exists(facts)) {
		snprintf(e.out, sizeof e.out, "%s", file_hash(facts));
		e.text = "";
		file = cache_put(key, facts, &e);
		if (file != NULL)
			map_set(vetx, p->path, (void *)(uintptr_t)file);
	}
	return factsonly || (j->status == 0 && (n == 0 || json));
}

/* Flags that are not ours are vet's; a value belongs to the flag only with =, as for go vet's boolean analyzers. */
static int
splitflags(int argc, char **argv)
{
	Strs own = { 0 };
	static const char *const withvalue[] = { "p", "asmflags", "buildmode", "compiler", "gccgoflags", "gcflags", "installsuffix", "ldflags", "mod",
		"modfile", "overlay", "pgo", "pkgdir", "tags", "toolexec", "covermode", "coverpkg" };
	static const char *const plain[] = { "a", "n", "v", "x", "work", "race", "msan", "asan", "cover", "linkshared", "modcacherw", "trimpath", "buildvcs" };
	int i;

	for (i = 0; i < argc && argv[i][0] == '-' && argv[i][1] != '\0'; i++) {
		const char *a = argv[i] + (argv[i][1] == '-' ? 2 : 1), *eq = strchr(a, '='), *name = eq != NULL ? sub(a, (size_t)(eq - a)) : a;
		bool mine = false;

		if (streq(a, "h") || streq(a, "help")) {
			fprintf(stderr, "usage: %s\nRun 'go help vet' for details.\nRun 'go tool vet help' for a full list of flags and analyzers.\n"
				"Run 'go tool vet -help' for an overview.\n", self.usage);
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
	size_t n;

	if (toolflags.n == 0)
		return;
	strs_add(&argv, vettool != NULL ? vettool : tool_path("vet"));
	strs_add(&argv, "-flags");
	job_start(&argv, cfg.cwd, NULL, NULL);
	out = job_output(job_wait(), &n);
	for (int i = 0; i < toolflags.n; i++) {
		const char *a = toolflags.at[i] + (toolflags.at[i][1] == '-' ? 2 : 1), *name = sub(a, strcspn(a, "="));

		json = json || streq(a, "json");
		if (strstr(out, intern_printf("\"Name\": \"%s\"", name)) == NULL && strstr(out, intern_printf("\"Name\":\"%s\"", name)) == NULL) {
			fprintf(stderr, "flag provided but not defined: -%s\nusage: %s\nRun 'go help vet' for details.\n"
				"Run 'go tool vet help' for a full list of flags and analyzers.\nRun 'go tool vet -help' for an overview.\n", name, self.usage);
			go_exit(2);
		}
	}
}

void
cmd_vet(int argc, char **argv)
{
	int i = splitflags(argc, argv);
	Pkgs ps, deps = { 0 };
	bool ok;

	build_init();
	if (vettool == NULL && !file_exists(tool_path("vet")))
		go_fatal("no such tool \"vet\": %s is not part of this SDK yet", tool_path("vet"));
	ps = load_args(argc - i, argv + i);
	load_checkerrors(&ps);
	ps = build_omittests(ps);
	checkflags();
	for (int k = 0; k < ps.n; k++) {
		load_deps(ps.at[k]);
		for (int d = 0; d < ps.at[k]->all.n; d++)
			vec_push(perm, &deps, ps.at[k]->all.at[d]);
	}
	ok = build_packages(&deps, "vet") == 0;
	if (!ok)
		go_exit(1);
	vetx = map_new(perm);
	for (int k = 0; k < ps.n; k++) {
		load_deps(ps.at[k]);
		for (int d = 0; d < ps.at[k]->all.n; d++) {
			Pkg *q = ps.at[k]->all.at[d];

			if (!q->std && !q->named && !map_has(vetx, q->path))
				visit(q, true);
		}
	}
	/* named packages may import each other: dependencies first */
	for (int k = 0; k < ps.n; k++) {
		for (int d = 0; d < ps.at[k]->all.n; d++) {
			Pkg *q = ps.at[k]->all.at[d];

			if (q->named && !q->listed) {
				q->listed = true;
				ok = visit(q, false) && ok;
			}
		}
		if (!ps.at[k]->listed) {
			ps.at[k]->listed = true;
			ok = visit(ps.at[k], false) && ok;
		}
	}
	go_exit(ok ? 0 : 1);
}
