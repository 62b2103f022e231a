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

/* ---- -verify: what the lowering relies on ---- */

static bool verify;
static void verifystmts(Stmt *s);
static int nbad;
static long nverified;

static void
bad(Pos p, const char *what, const Expr *e)
{
	Loc l = pos_loc(p);

	if (nbad++ < 40)
		printf("VERIFY %s:%d:%d: %s: %s (kind %d mode %d)\n", l.file, l.line, l.col, what, expr_string(e),
		    e->kind, e->mode);
}

/* -dump: every value expression with its type, as a go/types program prints it, to compare the two. */
static bool dump;

static void
dumpinst(const Expr *name)
{
	Loc l = pos_loc(name->pos);

	if (name->name.inst == NULL || name->name.inst->type->kind != T_FUNC)
		return;
	printf("%s:%d:%d inst %s", l.file, l.line, l.col, name->name.text);
	for (int i = 0; i < name->name.inst->targs.n; i++)
		printf(" %s", type_string(name->name.inst->targs.at[i], NULL));
	printf(" : %s\n", type_string(name->name.inst->type, NULL));
}

static void
dumpexpr(Expr *e)
{
	static const char *const names[] = { [EX_NAME] = "name ",
		[EX_LIT] = "lit",
		[EX_CALL] = "call",
		[EX_BINARY] = "binary ",
		[EX_UNARY] = "unary ",
		[EX_STAR] = "star",
		[EX_SELECTOR] = "sel ",
		[EX_INDEX] = "index",
		[EX_SLICE] = "slice",
		[EX_ASSERT] = "assert",
		[EX_COMPOSITE] = "composite",
		[EX_FUNCLIT] = "funclit",
		[EX_PAREN] = "paren" };
	Loc l = pos_loc(expr_start(e));

	if (e->kind == EX_NAME)
		dumpinst(e);
	if (e->kind == EX_SELECTOR)
		dumpinst(e->selector.sel);
	if (e->kind == EX_INDEX && e->index.inst != NULL) {
		Expr *x = expr_unparen(e->index.x);

		dumpinst(x->kind == EX_SELECTOR ? x->selector.sel : x);
	}
	if (e->mode == MODE_NIL || e->mode == MODE_TYPE || e->kind >= NELEM(names) || names[e->kind] == NULL)
		return;
	printf("%s:%d:%d %s", l.file, l.line, l.col, names[e->kind]);
	if (e->kind == EX_NAME)
		printf("%s", e->name.text);
	else if (e->kind == EX_BINARY || e->kind == EX_UNARY)
		printf("%s", token_text((Token)e->op));
	else if (e->kind == EX_SELECTOR) {
		printf("%s", e->selector.sel->name.text);
		if (e->selector.selection != NULL) {
			Selection *s = e->selector.selection;

			printf("[");
			for (int i = 0; i < s->path.n; i++)
				printf("%s%d", i > 0 ? " " : "", s->path.at[i]);
			printf("] %d", s->kind);
		}
	}
	printf(" %s", e->mode == MODE_NOVALUE ? "void" : type_string(e->type, NULL));
	if (e->cv != NULL) {
		const char *v = const_string_repr(e->cv);

		printf(" = %s", e->cv->kind == CONST_STRING && strlen(v) > 37 ? "string" : v);
	}
	printf("\n");
}

static bool
verifyexpr(void *ctx, Expr *e)
{
	(void)ctx;
	nverified++;
	if (dump && e->type != NULL && e->mode != MODE_PACKAGE && e->mode != MODE_BUILTIN && e->kind < EX_ARRAYTYPE)
		dumpexpr(e);
	if (e->kind >= EX_ARRAYTYPE || e->mode == MODE_TYPE) {
		if (e->mode == MODE_TYPE && e->type == NULL)
			bad(e->pos, "type without type", e);
		return false;
	}
	if (e->kind == EX_KEYVALUE) {
		Visitor v = { NULL, verifyexpr, NULL };

		if (!(e->binary.x->kind == EX_NAME && e->binary.x->name.obj != NULL &&
			e->binary.x->name.obj->kind == OBJ_FIELD))
			walk_expr(&v, e->binary.x);
		walk_expr(&v, e->binary.y);
		return false;
	}
	if (e->kind == EX_NAME && e->name.text[0] == '_' && e->name.text[1] == 0)
		return false;
	if (e->mode == MODE_PACKAGE || e->mode == MODE_BUILTIN)
		return false;
	if (e->mode == MODE_NONE)
		bad(e->pos, "not checked", e);
	else if (e->type == NULL)
		bad(e->pos, "no type", e);
	else if (e->type == typ[T_INVALID])
		bad(e->pos, "invalid type", e);
	else if (e->untyped || type_isuntyped(e->type))
		bad(e->pos, "untyped", e);
	if (e->mode == MODE_CONST) {
		if (e->cv == NULL)
			bad(e->pos, "constant without value", e);
		return false;
	}
	if (e->cv != NULL)
		bad(e->pos, "value of no constant", e);
	if (e->kind == EX_NAME && e->name.obj == NULL)
		bad(e->pos, "no object", e);
	if (e->kind == EX_NAME && e->type->kind == T_FUNC && e->type->fn.tparams.n > 0)
		bad(e->pos, "generic function value", e);
	if (e->kind == EX_SELECTOR) {
		Visitor v = { NULL, verifyexpr, NULL };

		if (e->selector.sel->name.obj == NULL)
			bad(e->pos, "no selected object", e);
		if (e->selector.selection != NULL && e->selector.selection->path.n == 0)
			bad(e->pos, "no path", e);
		walk_expr(&v, e->selector.x);
		return false;
	}
	if (e->kind == EX_INDEX && e->index.inst != NULL)
		return false;
	if (e->kind == EX_CALL && e->call.what == CALL_CONVERT) {
		Visitor v = { NULL, verifyexpr, NULL };

		walk_expr(&v, e->call.args.at[0]);
		return false;
	}
	if (e->kind == EX_FUNCLIT) {
		verifystmts(e->func.body->block);
		return false;
	}
	return true;
}

static bool
verifystmt(void *ctx, Stmt *s)
{
	(void)ctx;
	if (s->kind == ST_BRANCH)
		return false;
	if (s->kind == ST_DECL)
		for (int i = 0; i < s->decl.list.n; i++) {
			Decl *d = s->decl.list.at[i];
			Visitor v = { NULL, verifyexpr, NULL };

			if (d->kind != DE_VAR)
				continue;
			for (int j = 0; j < d->value.values.n; j++)
				walk_expr(&v, d->value.values.at[j]);
		}
	if (s->kind == ST_DECL)
		return false;
	if (s->kind == ST_LABELED) {
		Visitor v = { NULL, verifyexpr, verifystmt };

		walk_stmt(&v, s->labeled.stmt);
		return false;
	}
	if (s->kind == ST_TYPESWITCH) {
		Visitor v = { NULL, verifyexpr, verifystmt };

		if (s->sw.init != NULL)
			walk_stmt(&v, s->sw.init);
		walk_expr(&v, s->sw.tag);
		for (int i = 0; i < s->sw.clauses.n; i++)
			for (int j = 0; j < s->sw.clauses.at[i]->body.n; j++)
				walk_stmt(&v, s->sw.clauses.at[i]->body.at[j]);
		return false;
	}
	return true;
}

static void
verifystmts(Stmt *s)
{
	Visitor v = { NULL, verifyexpr, verifystmt };

	walk_stmt(&v, s);
}

static void
verifypackage(const Checked *c)
{
	Visitor v = { NULL, verifyexpr, NULL };

	for (int i = 0; i < c->funcs.n; i++)
		if (c->funcs.at[i]->func.body != NULL)
			verifystmts(c->funcs.at[i]->func.body->block);
	for (int i = 0; i < c->inits.n; i++)
		walk_expr(&v, c->inits.at[i].rhs);
}

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
	{
		Checked *c = check_package(&cfg, files.at, files.n);

		e->pkg = c->pkg;
		if (verify && diag.nerrors == before)
			verifypackage(c);
	}
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
		else if (strcmp(argv[i], "-dump") == 0)
			dump = verify = true;
		else if (strcmp(argv[i], "-verify") == 0)
			verify = true;
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
	printf("%d packages, %d failed, %ld lines, parse %.0f ms, check %.0f ms\n", nchecked, nfailed, nlines,
	    parsetime * 1e3, checktime * 1e3);
	if (verify)
		printf("%ld expressions verified, %d bad\n", nverified, nbad);
	diag_checkpoint();
	return nbad > 0;
}
