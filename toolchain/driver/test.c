/*
 * test.c - go test: builds a test binary for each package, runs it in the package's folder, prints what came of it.
 *
 * Each package has a chain of actions: compile and link its test binary, vet its files, run. Runs start in the order of
 * the packages, at most -p at a time with all other jobs; output is kept back and printed in that order, except where a
 * reader wants to see it grow: one package with -v, benchmarks, no package named, JSON.
 * Source: go help test; texts and exit codes are those of Go.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "driver/driver.h"

typedef struct {
	Pkg *p;
	TestPkgs t;
	Action *link, *run;
	enum { OUT_KEPT, OUT_BOTH, OUT_DIRECT } mode;	/* kept back; kept and shown at once; shown only */
	Test2Json *json;
	Buf out;
	bool started, waiting, finished, nocache;	/* waiting: it is ready, the one before has not started */
	const char *ids[2];		/* keys of its result: by what the binary is linked of, by the binary */
	const char *cached;
	size_t ncached;
	Bytes profile;			/* its rows of the coverage profile */
	bool failed, keep;
	int64_t start;
} Test;

static Vec(Test *) tests;
static int nprinted, ntested;
static bool failfast;		/* one has failed, and that is enough */
static TestCover *cover;

/* ---- output ---- */

static void
show(Test *t, const char *s, size_t n)
{
	if (t->json != NULL) {
		test2json_write(t->json, s, n);
	} else {
		fwrite(s, 1, n, stdout);
		fflush(stdout);
	}
}

static void
put(Test *t, const char *s, size_t n)
{
	if (t->mode != OUT_DIRECT)
		buf_put(&t->out, s, n);
	if (t->mode != OUT_KEPT)
		show(t, s, n);
}

static void putf(Test *t, const char *fmt, ...) PRINTF(2, 3);

static void
putf(Test *t, const char *fmt, ...)
{
	Buf b = { 0 };
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	put(t, (const char *)b.p, b.n);
	buf_free(&b);
}

static void
sink(Job *j, const char *s, size_t n)
{
	put(((Action *)j->ctx)->ctx, s, n);
}

/* Prints what is finished and whose turn it is; the coverage profile has the order of what is printed. */
static void
flush(void)
{
	for (; nprinted < tests.n && tests.at[nprinted]->finished; nprinted++) {
		Test *t = tests.at[nprinted];

		cover_merge(t->profile);
		if (t->mode == OUT_KEPT && t->out.n > 0)
			show(t, (const char *)t->out.p, t->out.n);
		buf_free(&t->out);
	}
}

static bool
showpass(void)
{
	return tf.verbose || tf.list[0] != '\0' || tf.help;
}

static void
finish(Test *t, bool failed)
{
	t->finished = true;
	t->failed = failed;
	if (failed)
		go_status = 1;
	if (t->json != NULL)
		test2json_close(t->json, failed);
	flush();
	build_done(t->run, true);
}

/* ---- running ---- */

static Strs
testargv(Test *t, Strs *env)
{
	Strs v = { 0 };
	const char *dir = t->link->objdir;

	if (exec_words(&v, env))
		t->nocache = true;
	strs_add(&v, t->link->built);
	if (!t->nocache)
		strs_add(&v, intern_printf("-test.testlogfile=%s/testlog.txt", dir));
	strs_add(&v, "-test.paniconexit0");
	if (tf.fuzz[0] != '\0')
		strs_add(&v, intern_printf("-test.fuzzcachedir=%s/fuzz/%s", cache_dir(), t->p->path));
	if (cover != NULL)
		strs_add(&v, intern_printf("-test.gocoverdir=%s/gocoverdir", dir));
	for (int i = 0; i < tf.args.n; i++)
		strs_add(&v,
		    hasprefix(tf.args.at[i], "-test.coverprofile=") ?
			intern_printf("-test.coverprofile=%s/_cover_.out", dir) :
			tf.args.at[i]);
	return v;
}

static void
testenv(Test *t, Strs *env)
{
	const char *path = getenv("PATH");

	strs_add(env,
	    intern_printf("PATH=%s/bin%s%s", cfg.goroot, path != NULL && *path != '\0' ? ":" : "",
		path != NULL ? path : ""));
	strs_add(env, intern_printf("PWD=%s", t->p->dir));
	if (cover != NULL)
		strs_add(env, intern_printf("GOCOVERDIR=%s/gocoverdir", t->link->objdir));
}

static void
runtest(Test *t)
{
	Strs env = { 0 }, v = testargv(t, &env);
	int64_t grace = 0, limit = 0;
	bool direct;

	testenv(t, &env);

	if (cfg.n || cfg.x)
		show_cmd(NULL, "%s", strs_join(&v, " "));
	if (cfg.n) {
		finish(t, false);
		return;
	}
	if (cover != NULL)
		cover_rundir(intern_printf("%s/gocoverdir", t->link->objdir));
	if (tf.timeout > 0 && tf.fuzz[0] == '\0') {
		grace = tf.timeout / 10 < 5000000000 ? 5000000000 : tf.timeout / 10;
		limit = tf.timeout + (grace < 60000000000 ? 60000000000 : grace);
	}
	direct = t->mode == OUT_DIRECT && t->json == NULL;
	t->start = clock_ns();
	build_running(t->run, job_startstream(&v, t->p->dir, &env, t->run, direct ? NULL : sink, limit, grace));
}

static void
startrun(Action *a)
{
	Test *t = a->ctx;
	int at;

	for (at = 0; tests.at[at] != t; at++)
		;
	if (at > 0 && !tests.at[at - 1]->started) {
		t->waiting = true;
		return;
	}
	t->started = true;
	if (at + 1 < tests.n && tests.at[at + 1]->waiting)
		build_ready(tests.at[at + 1]->run);
	if (failfast) {
		finish(t, false);
		return;
	}
	if (tf.json)
		t->json = test2json_new(stdout, t->p->path, true);
	if (!tf.haspkgs || tf.bench[0] != '\0' || tf.fuzz[0] != '\0')
		t->mode = OUT_DIRECT;
	else if ((showpass() && (ntested == 1 || cfg.p == 1)) || tf.json)
		t->mode = OUT_BOTH;
	if (a->failed) {
		putf(t, "FAIL\t%s [build failed]\n", t->p->path);
		finish(t, true);
		return;
	}
	if (t->link == NULL) {
		const char *text = cover != NULL ? cover_static(t->p, &t->profile) : NULL;

		if (text != NULL)
			put(t, text, strlen(text));
		else
			putf(t, "?   \t%s\t[no test files]\n", t->p->path);
		finish(t, false);
		return;
	}
	if (t->cached == NULL && !t->nocache && !cfg.n) {
		t->ids[1] = testcache_id(t->p, t->link->e.out);
		if (t->ids[1] != NULL)
			t->cached = testcache_get(t->p, t->ids[1], &t->ncached);
	}
	if (t->cached != NULL) {
		put(t, t->cached, t->ncached);
		finish(t, false);
		return;
	}
	runtest(t);
}

/* Asked when it is known what the binary would be linked of. */
static bool
resultknown(Action *link)
{
	Test *t = link->ctx;

	t->ids[0] = testcache_id(t->p, link->actionid);
	t->nocache = t->ids[0] == NULL;
	if (t->ids[0] != NULL)
		t->cached = testcache_get(t->p, t->ids[0], &t->ncached);
	return t->cached != NULL;
}

/* ---- what came of a run ---- */

static bool
said(const Test *t, const char *line)
{
	const char *p = (const char *)t->out.p;
	size_t n = strlen(line);

	if (t->out.n == 0)
		return false;
	if (t->out.n >= n && memcmp(p, line, n) == 0)
		return true;
	return memmem(p, t->out.n, intern_printf("\n%s", line), n + 1) != NULL;
}

/* "\tcoverage: 50.0% of statements" if the test said so. */
static const char *
coverage(const Test *t)
{
	const char *p = (const char *)t->out.p, *s, *nl;

	if (cover == NULL || t->out.n == 0)
		return "";
	s = memmem(p, t->out.n, "coverage: ", 10);
	if (s == NULL || (nl = memchr(s, '\n', t->out.n - (size_t)(s - p))) == NULL)
		return "";
	return intern_printf("\t%.*s", (int)(nl - s), s);
}

static void
passed(Test *t, const char *time)
{
	const char *norun = "", *cov = coverage(t);
	bool newline = t->out.n > 0 && t->out.p[t->out.n - 1] != '\n';

	if (said(t, "testing: warning: no tests to run\n"))
		norun = " [no tests to run]";
	if (said(t, "testing: warning: no fuzz tests to fuzz\n"))
		norun = " [no fuzz tests to fuzz]";
	if (said(t, "testing: warning: -fuzz matches more than one fuzz test, won't fuzz\n"))
		norun = "[-fuzz matches more than one fuzz test, won't fuzz]";
	if (!showpass() && !tf.json)
		t->out.n = 0;
	if (newline)
		put(t, "\n", 1);
	putf(t, "ok  \t%s\t%s%s%s\n", t->p->path, time, cov, norun);
	for (int i = 0; i < 2; i++)
		if (t->ids[i] != NULL && !t->nocache)
			testcache_put(t->p, t->ids[i], intern_printf("%s/testlog.txt", t->link->objdir), t->out.p,
			    t->out.n);
}

static void
failedrun(Test *t, const Job *j, const char *time)
{
	bool exited = j->error == NULL && WIFEXITED(j->status);

	if (tf.failfast)
		failfast = true;
	if (j->quit)
		putf(t, "*** Test killed with quit: ran too long (%s).\n",
			duration_text(tf.timeout + (tf.timeout / 10 > 60000000000 ? tf.timeout / 10 : 60000000000)));
	else if (j->incomplete)
		putf(t, "*** Test I/O incomplete %s after exiting.\n", duration_text(j->grace));
	if (t->out.n == 0 || !exited || j->incomplete)
		putf(t, "%s\n",
		    j->error != NULL                    ? j->error :
			j->incomplete && j->status == 0 ? "exec: WaitDelay expired before I/O complete" :
			job_status(j->status));
	else if (t->out.p[t->out.n - 1] != '\n')
		put(t, "\n", 1);
	putf(t, "%sFAIL\t%s\t%s\n", tf.json || tf.verbosejson ? "\x16" : "", t->p->path, time);
}

static void
endrun(Action *a, Job *j)
{
	Test *t = a->ctx;
	bool ok = j->error == NULL && j->status == 0 && !j->incomplete;
	static bool hinted;
	char time[40];

	if (j->error != NULL && exec_hint() != NULL && !hinted) {
		hinted = true;
		fprintf(stderr, "%s\n", exec_hint());
	}
	snprintf(time, sizeof time, "%.3fs", (double)((j->ended != 0 ? j->ended : clock_ns()) - t->start) / 1e9);
	if (cover != NULL && tf.coverprofile[0] != '\0') {
		const char *err = cover_rows(intern_printf("%s/_cover_.out", t->link->objdir), &t->profile);

		if (err != NULL)
			put(t, err, strlen(err));
	}
	if (ok)
		passed(t, time);
	else
		failedrun(t, j, time);
	if (!t->keep && !cfg.work)	/* there may be hundreds of them, and they are large */
		unlink(t->link->built);
	finish(t, !ok);
}

/* ---- the graph ---- */

static const char *
binaryname(const Pkg *p)
{
	return intern_printf("%s.test", p->cmdline ? p->name : default_exe(p));
}

/* Where the binary is kept; "" for nowhere, NULL: only for the run. */
static const char *
keepwhere(const Pkg *p)
{
	if (!tf.c && tf.o[0] == '\0' && (tf.profile == NULL || streq(tf.profile, "-trace")))
		return NULL;
	if (tf.o[0] == '\0')
		return path_abs(binaryname(p));
	if (hassuffix(tf.o, "/") || dir_exists(path_abs(tf.o)))
		return path_abs(path_join(tf.o, binaryname(p)));
	return streq(tf.o, "/dev/null") ? "" : path_abs(tf.o);
}

static void
nothing(Action *a)
{
	build_done(a, !a->failed);
}

static void
addvet(Test *t, Action *run)
{
	Pkg *const ps[] = { t->t.test, t->t.xtest };

	for (size_t i = 0; i < NELEM(ps) && !tf.vetoff; i++)
		if (ps[i] != NULL && ps[i]->gofiles.n > 0)
			build_after(run, vet_action(ps[i], &tf.vetflags, false));
}

static void
addtest(Pkg *p, bool imported)
{
	Test *t = NEW(perm, Test);
	const char *err = NULL, *keep;

	t->p = p;
	if (p->testgo.n + p->xtestgo.n == 0) {
		t->t.test = p;
		t->run = build_action(p, startrun, endrun, t);
		build_after(t->run, build_compile(p));
	} else {
		t->t = testpkg_make(p, cover, &err);
		if (err != NULL) {
			fflush(stdout);
			fprintf(stderr, "# %s\n%s\n", p->path, err);
			printf("FAIL\t%s [setup failed]\n", p->path);
			go_status = 1;
			return;
		}
		keep = keepwhere(p);
		t->keep = keep != NULL;
		t->t.main->omitdebug = keep == NULL && !streq(p->path, "runtime");
		/* so that what is wrong with p is said once */
		if (imported && t->t.test != p)
			build_after(build_compile(t->t.test), build_compile(p));
		t->link = build_link(t->t.main);
		t->link->exe = binaryname(p);
		t->link->ctx = t;
		t->run = build_action(p, tf.c ? nothing : startrun, endrun, t);
		build_after(t->run, t->link);
		if (keep == NULL)
			t->link->notneeded = resultknown;
		else if (keep[0] != '\0')
			build_after(build_install(t->link, keep), t->run);
	}
	t->run->always = !tf.c;
	t->run->priority = t->link != NULL ? (t->link->priority = 3000000) : 3000000;
	addvet(t, t->run);
	vec_push(perm, &tests, t);
}

/* With -coverpkg a test also reports on packages it does not contain: what cover says of them must be there. */
static void
waitformeta(const Pkgs *ps)
{
	for (int i = 0; i < tests.n && cover != NULL && cover->patterns.n > 0; i++)
		for (int k = 0; k < ps->n; k++)
			if (ps->at[k]->covermeta && ps->at[k]->gofiles.n > 0)
				build_after(tests.at[i]->run, build_compile(ps->at[k]));
}

/* Benchmarks run alone: after all that is built, and one after the other. */
static void
serialize(void)
{
	for (int i = 0; i < tests.n && !tf.c && tf.bench[0] != '\0'; i++) {
		if (i > 0) {
			build_after(tests.at[i]->run, tests.at[i - 1]->run);
			continue;
		}
		for (int k = 1; k < tests.n; k++)
			build_after(tests.at[0]->run,
			    tests.at[k]->link != NULL ? tests.at[k]->link : build_compile(tests.at[k]->p));
	}
}

/* ---- the command ---- */

NORETURN static void die(const char *fmt, ...) PRINTF(1, 2);

NORETURN static void
die(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_exit(1);
}

/* What fails is written to the package's testdata: that of somebody else stays as it is. */
static void
checkfuzz(const Pkgs *ps)
{
	const Pkg *p = ps->at[0];

	if (ps->n != 1)
		die("cannot use -fuzz flag with multiple packages");
	if (tf.coverprofile[0] != '\0')
		die("cannot use -coverprofile flag with -fuzz flag");
	if (tf.profile != NULL)
		die("cannot use %s flag with -fuzz flag", tf.profile);
	if (p->mod != NULL ? !p->mod->main : p->std && !mods.ingorootsrc)
		die("cannot use -fuzz flag on package outside the main module");
}

static void
instrument(Pkg *p, const Map *skip)
{
	load_deps(p);
	for (int i = 0; i <= p->all.n; i++) {
		Pkg *q = i < p->all.n ? p->all.at[i] : p;

		q->fuzz = q->fuzz || !map_has(skip, q->path);
	}
}

/*
 * Counters for edges in p and all that it and its tests import, but for what the runtime is made of and what runs beside the function
 * under test. Where internal/fuzz reads no counters there are none.
 */
static void
forfuzzing(Pkg *p)
{
	static const char *const names[] = { "context", "internal/fuzz", "reflect", "sync", "sync/atomic", "syscall",
		"testing", "time" };
	const Strs *imports[] = { &p->testimports, &p->xtestimports };
	Map *skip = map_new(perm);
	Pkg *runtime = load_import("runtime");

	if (!strs_has(&load_import("internal/fuzz")->gofiles, "counters_supported.go"))
		return;
	for (size_t i = 0; i < NELEM(names); i++)
		map_set(skip, intern_str(names[i]), p);
	load_deps(runtime);
	map_set(skip, runtime->path, p);
	for (int i = 0; i < runtime->all.n; i++)
		map_set(skip, runtime->all.at[i]->path, p);
	instrument(p, skip);
	for (size_t k = 0; k < NELEM(imports); k++)
		for (int i = 0; i < imports[k]->n; i++)
			if (!streq(imports[k]->at[i], "C"))
				instrument(load_import(imports[k]->at[i]), skip);
}

static void
checkflags(const Pkgs *ps)
{
	Map *names = map_new(perm);

	if (tf.fuzz[0] != '\0')
		checkfuzz(ps);
	if (tf.profile != NULL && ps->n != 1)
		die("cannot use %s flag with multiple packages", tf.profile);
	if (ps->n <= 1 || (!tf.c && tf.o[0] == '\0') || streq(tf.o, "/dev/null"))
		return;
	if (tf.o[0] != '\0' && !hassuffix(tf.o, "/") && !dir_exists(path_abs(tf.o)))
		die("with multiple packages, -o must refer to a directory or /dev/null");
	for (int i = 0; i < ps->n; i++) {
		const char *name = binaryname(ps->at[i]), *before = map_get(names, name);

		if (before != NULL)
			go_error("cannot write test binary %s for multiple packages:\n%s\n%s\n", name, before,
			    ps->at[i]->path);
		map_set(names, name, (void *)(uintptr_t)ps->at[i]->path);
	}
	if (go_status != 0)
		go_exit(go_status);
}

void
cmd_test(int argc, char **argv)
{
	char **names;
	Map *imported = map_new(perm);
	Pkgs ps;

	testflags_parse(argc, argv);
	build_init();
	names = NEWN(perm, char *, tf.pkgs.n + 1);
	for (int i = 0; i < tf.pkgs.n; i++)
		names[i] = (char *)(uintptr_t)tf.pkgs.at[i];
	ps = load_args(tf.pkgs.n, names);
	load_checkerrors(&ps);
	if (ps.n == 0)
		die("no packages to test");
	checkflags(&ps);
	ntested = ps.n;
	if (tf.fuzz[0] != '\0')
		forfuzzing(ps.at[0]);
	if (cfg.cover)
		cover = cover_fortests(&ps, tf.c ? "" : tf.coverprofile, tf.outputdir);
	for (int i = 0; i < ps.n; i++)
		for (int k = 0; k < ps.at[i]->deps.n; k++)
			map_set(imported, ps.at[i]->deps.at[k], ps.at[i]);
	for (int i = 0; i < ps.n; i++)
		addtest(ps.at[i], map_has(imported, ps.at[i]));
	waitformeta(&ps);
	serialize();
	if (build_execute() > 0 || job_stopping)
		go_status = 1;
	cover_close();
	if (!tf.json && tf.haspkgs && tf.fuzz[0] == '\0' && go_status != 0)
		printf("FAIL\n");
	go_exit(go_status);
}
