/*
 * gocheck.c - a test driver for the type checker: checks packages from source,
 * recursively, without export data.
 *
 *	gocheck [-lang=go1.N] -list=FILE PACKAGE...	checks packages of the list
 *	gocheck [-lang=go1.N] -list=FILE -files F.go...	each file is a program of its own
 *	gocheck -list=FILE -onepkg F.go...		the files are one package
 *	gocheck -list=FILE -mutate=N -seed=S F.go...	N mutants of the files, each in a child process; a crash is shown
 *
 * FILE has a line for every package that may be imported, as
 *	go list -f '{{.ImportPath}}|{{.Dir}}|{{join .GoFiles ","}}|{{range $k,$v := .ImportMap}}{{$k}}={{$v}},{{end}}'
 * prints it. With -files each file is checked in a child process and the
 * messages follow a line "== FILE status".
 */
#include <stdlib.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "fuzz/mutate.h"
#include "types/types.h"

typedef struct {
	const char *path, *dir, *files, *importmap;
	Package *pkg;
	bool busy;
} Entry;

static Map *entries;
static const char *lang = "go1.23";
static Entry *loading;
static int nfailed, nchecked;
static long nlines;
static bool verbose;
static double parsetime, checktime, nested;

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static File *
parse(const char *path, unsigned flags)
{
	Bytes text = file_map(path);
	SrcFile *src = pos_addfile(path, text.n, 1);
	double t = now();
	File *f;

	for (size_t i = 0; i < text.n; i++)
		nlines += text.p[i] == '\n';
	t = now();
	f = parse_file(perm, src, text, flags);
	parsetime += now() - t;
	return f;
}

static Package *load(Entry *e);

static Package *
import(const char *path, const char **err)
{
	Entry *e, *from = loading;
	Package *p, *cur = type_curpkg;

	if (from != NULL && from->importmap != NULL) {
		const char *key = intern_printf(",%s=", path), *at = strstr(from->importmap, key);

		if (at != NULL) {
			at += strlen(key);
			path = intern(at, strcspn(at, ","));
		}
	}
	e = map_get(entries, intern_str(path));
	if (e == NULL) {
		*err = "not in the list";
		return NULL;
	}
	p = load(e);
	if (p == NULL)
		*err = "import cycle";
	loading = from;
	type_curpkg = cur;
	return p;
}

static Package *
load(Entry *e)
{
	Vec(File *) files = { 0 };
	CheckConfig cfg = { .pkgpath = e->path, .lang = "go1.23", .std = true, .import = import };
	int before = diag.nerrors;
	double t0 = now(), parsed, t, outer = nested, own;

	if (e->pkg != NULL)
		return e->pkg;
	if (e->busy)
		return NULL;
	e->busy = true;
	for (const char *p = e->files; *p != '\0';) {
		size_t n = strcspn(p, ",");

		vec_push(perm, &files, parse(path_join(e->dir, intern(p, n)), PARSE_STD | PARSE_RUNTIME));
		p += n + (p[n] == ',');
	}
	loading = e;
	parsed = now() - t0;
	nested = 0;
	t = now();
	e->pkg = check_package(&cfg, files.at, files.n)->pkg;
	own = now() - t - nested;
	if (verbose)
		printf("%s parse %.1f check %.1f ms\n", e->path, parsed * 1e3, own * 1e3);
	nested = outer + own + nested + parsed;
	checktime += own;
	nchecked++;
	if (diag.nerrors > before) {
		printf("FAIL %s: %d errors\n", e->path, diag.nerrors - before);
		nfailed++;
	}
	return e->pkg;
}

static void
readlist(const char *name)
{
	Bytes b = file_map(name);
	const char *p = (const char *)b.p, *end = p + b.n;

	entries = map_new(perm);
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		Entry *e = NEW(perm, Entry);
		char *line, *field;

		if (nl == NULL)
			nl = end;
		line = arena_strndup(perm, p, (size_t)(nl - p));
		p = nl + 1;
		e->path = intern_str(strsep(&line, "|"));
		field = strsep(&line, "|");
		if (field == NULL)
			continue;
		e->dir = intern_str(field);
		e->files = strsep(&line, "|");
		if (e->files == NULL)
			continue;
		if (line != NULL && *line != '\0')
			e->importmap = arena_printf(perm, ",%s", line);
		map_set(entries, e->path, e);
	}
}

static void
checkfiles(char **names, int n)
{
	Vec(File *) files = { 0 };
	CheckConfig cfg = { .pkgpath = "main", .lang = lang, .complete = true, .import = import };

	for (int i = 0; i < n; i++)
		vec_push(perm, &files, parse(names[i], 0));
	if (diag.nsyntax == 0) {
		loading = NULL;
		check_package(&cfg, files.at, files.n);
	}
	diag_checkpoint();
	exit(0);
}

static void
checkmutant(Bytes text)
{
	CheckConfig cfg = { .pkgpath = "main", .lang = lang, .complete = true, .import = import };
	SrcFile *src = pos_addfile("mutant.go", text.n, 1);
	File *f;

	alarm(30);
	if (freopen("/dev/null", "w", stdout) == NULL)
		exit(3);
	f = parse_file(perm, src, text, 0);
	loading = NULL;
	check_package(&cfg, &f, 1);
	diag_checkpoint();
	exit(0);
}

/* Returns the number of mutants that crashed the checker; each is kept as crash-N.go. */
static int
mutants(long n, uint64_t seed, char **names, int nnames)
{
	Mutator *m = mutate_new(perm, seed);
	int ncrashes = 0;

	for (int i = 0; i < nnames; i++)
		mutate_addfile(m, file_map(names[i]));
	for (long i = 0; i < n; i++) {
		Bytes text = mutate_next(m);
		int status = 0;
		pid_t pid;

		fflush(stdout);
		pid = fork();
		if (pid == 0)
			checkmutant(text);
		waitpid(pid, &status, 0);
		if (!WIFEXITED(status) || WEXITSTATUS(status) > 1) {
			char *name = arena_printf(perm, "crash-%llu-%ld.go", (unsigned long long)seed, i);

			file_replace(name, text.p, text.n, 0644);
			printf("CRASH %s status %x\n", name, status);
			ncrashes++;
		}
	}
	printf("%ld mutants, %d crashes\n", n, ncrashes);
	return ncrashes > 0;
}

int
main(int argc, char **argv)
{
	bool asfiles = false, onepkg = false;
	long nmutants = 0;
	uint64_t seed = 1;
	const char *preload = NULL;
	int i;

	diag.tool = "gocheck";
	diag.all = true;
	types_init(8);
	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		if (strncmp(argv[i], "-list=", 6) == 0)
			readlist(argv[i] + 6);
		else if (strncmp(argv[i], "-lang=", 6) == 0)
			lang = argv[i] + 6;
		else if (strncmp(argv[i], "-preload=", 9) == 0)
			preload = argv[i] + 9;
		else if (strncmp(argv[i], "-mutate=", 8) == 0)
			nmutants = atol(argv[i] + 8);
		else if (strncmp(argv[i], "-seed=", 6) == 0)
			seed = (uint64_t)atol(argv[i] + 6);
		else if (strcmp(argv[i], "-files") == 0)
			asfiles = true;
		else if (strcmp(argv[i], "-onepkg") == 0)
			onepkg = true;
		else if (strcmp(argv[i], "-v") == 0)
			verbose = true;
		else
			fatal("unknown flag %s", argv[i]);
	}
	if (entries == NULL)
		entries = map_new(perm);
	if (onepkg)
		checkfiles(argv + i, argc - i);
	for (const char *p = preload; p != NULL && *p != '\0';) {
		size_t n = strcspn(p, ",");
		const char *err;

		import(intern(p, n), &err);
		p += n + (p[n] == ',');
	}
	if (nmutants > 0)
		return mutants(nmutants, seed, argv + i, argc - i);
	if (asfiles) {
		for (; i < argc; i++) {
			int status = 0;
			pid_t pid;

			fflush(stdout);
			printf("== %s\n", argv[i]);
			fflush(stdout);
			pid = fork();
			if (pid == 0) {
				alarm(20);
				checkfiles(argv + i, 1);
			}
			waitpid(pid, &status, 0);
			if (!WIFEXITED(status) || WEXITSTATUS(status) > 1)
				printf("CRASH %s status %d\n", argv[i], status);
		}
		return 0;
	}
	for (; i < argc; i++) {
		Entry *e = map_get(entries, intern_str(argv[i]));

		if (e == NULL)
			fatal("package %s is not in the list", argv[i]);
		load(e);
	}
	printf("%d packages, %d failed, %ld lines, parse %.0f ms, check %.0f ms\n", nchecked, nfailed, nlines, parsetime * 1e3, checktime * 1e3);
	diag_checkpoint();
	return 0;
}
