/*
 * testpkg.c - the packages of a test binary: the package under test with its test files, its external test package,
 * the generated main, and copies of those packages in between that import the package under test.
 *
 * A copy shares what it does not change with its original; vectors that grow are made anew. It keeps the import path,
 * for only one variant of a path is in a test binary; messages call it "path [p.test]".
 * Source: go help test; go help testfunc.
 */
#include "driver/driver.h"

static Pkg *
copy(const Pkg *p)
{
	Pkg *c = NEW(perm, Pkg);

	*c = *p;
	c->target = "";
	c->act = c->vet = NULL;
	c->err = NULL;
	c->all.at = NULL;
	c->all.n = c->all.cap = 0;
	c->allset = c->incomplete = false;
	c->mark = 0;
	return c;
}

#define FRESH(v) ((v).at = NULL, (v).n = (v).cap = 0)

static void
freshlists(Pkg *c)
{
	FRESH(c->gofiles);
	FRESH(c->rawimports);
	FRESH(c->importpos);
	FRESH(c->imports);
	FRESH(c->deps);
	FRESH(c->importmap);
	FRESH(c->embedpatterns);
	FRESH(c->embedpos);
	FRESH(c->embedfiles);
	FRESH(c->embedcfg_files);
	FRESH(c->embedcfg_pats);
}

static void
addpairs(Pkg *c, const Pkg *from)
{
	for (int i = 0; i < from->importmap.n; i++)
		vec_push(perm, &c->importmap, from->importmap.at[i]);
	for (int i = 0; i < from->deps.n; i++)
		vec_push(perm, &c->deps, from->deps.at[i]);
}

static PkgError *
newerror(const char *text)
{
	PkgError *e = NEW(perm, PkgError);

	e->pos = "";
	e->err = text;
	return e;
}

/* text: lines "file:line:col: what is wrong"; the first one counts. */
static PkgError *
fileerror(const Pkg *p, const char *text)
{
	const char *line = sub(text, strcspn(text, "\n")), *colon = strstr(line, ": ");
	PkgError *e = newerror(colon != NULL ? intern_str(colon + 2) : line);

	if (colon != NULL) {
		e->pos = sub(line, (size_t)(colon - line));
		strs_add(&e->stack, p->path);
	}
	return e;
}

static void
seterror(Pkg *p, PkgError *e)
{
	if (e == NULL || p->err != NULL)
		return;
	p->err = e;
	p->incomplete = true;
}

/* p with its test files; p itself if there is nothing to add. */
static Pkg *
internaltest(Pkg *p, const char *covermode)
{
	Pkg *t;

	if (p->testgo.n == 0 && !streq(p->name, "main") && covermode == NULL)
		return p;
	t = copy(p);
	freshlists(t);
	strs_append(&t->rawimports, &p->rawtestimports);
	strs_append(&t->importpos, &p->testimportpos);
	load_testimports(t, intern_printf("%s (test)", p->path));
	strs_append(&t->rawimports, &p->rawimports);
	strs_append(&t->importpos, &p->importpos);
	strs_append(&t->imports, &p->imports);
	addpairs(t, p);
	strs_append(&t->gofiles, &p->gofiles);
	strs_append(&t->gofiles, &p->testgo);
	strs_append(&t->embedpatterns, &p->embedpatterns);
	strs_append(&t->embedpos, &p->embedpos);
	for (int i = 0; i < p->testembedpatterns.n; i++)
		if (!strs_has(&t->embedpatterns, p->testembedpatterns.at[i])) {
			strs_add(&t->embedpatterns, p->testembedpatterns.at[i]);
			strs_add(&t->embedpos, p->testembedpos.at[i]);
		}
	if (t->embedpatterns.n > 0)
		embed_resolve(t);
	t->fortest = p->path;
	t->forcelib = true;
	t->flagsof = p;
	t->covermeta = false;
	if (covermode != NULL)
		cover_instrument(t, covermode);
	return t;
}

/* A package of generated or external test files in the folder of p. */
static Pkg *
beside(Pkg *p, const char *path, const char *name)
{
	Pkg *x = NEW(perm, Pkg);

	x->path = path;
	x->name = name;
	x->doc = x->target = x->importcomment = x->defaultgodebug = "";
	x->dir = p->dir;
	x->root = p->root;
	x->lang = p->lang;
	x->di = p->di;
	x->mod = p->mod;
	x->named = p->named;
	x->cmdline = p->cmdline;
	x->loaded = true;
	x->flagsof = p;
	return x;
}

static void
tolast(Pkgs *v, Pkg *p)
{
	int w = 0;

	for (int i = 0; i < v->n; i++)
		if (v->at[i] != p)
			v->at[w++] = v->at[i];
	while (w < v->n)
		v->at[w++] = p;
}

static Pkg *
externaltest(Pkg *p)
{
	Pkg *x;

	if (p->xtestgo.n == 0)
		return NULL;
	x = beside(p, intern_printf("%s_test", p->path), intern_printf("%s_test", p->name));
	x->goroot = p->goroot;
	x->fortest = p->path;
	x->forcelib = true;
	/* what may be imported depends on where the package is, not on its name */
	x->path = p->path;
	x->std = p->std;
	x->incmd = p->incmd;
	strs_append(&x->rawimports, &p->rawxtestimports);
	strs_append(&x->importpos, &p->xtestimportpos);
	load_testimports(x, intern_printf("%s_test", p->path));
	x->path = intern_printf("%s_test", p->path);
	x->std = false;
	tolast(&x->deps, p);
	strs_append(&x->gofiles, &p->xtestgo);
	strs_append(&x->embedpatterns, &p->xtestembedpatterns);
	strs_append(&x->embedpos, &p->xtestembedpos);
	if (x->embedpatterns.n > 0)
		embed_resolve(x);
	return x;
}

static void
maindep(Pkg *m, const char *path)
{
	vec_push(perm, &m->deps, load_import(path));
}

static void
testdep(Pkg *m, Pkg *p)
{
	strs_add(&m->imports, p->path);
	vec_push(perm, &m->deps, p);
}

static Pkg *
mainpackage(Pkg *p, Pkg *test, Pkg *xtest, bool cover)
{
	static const char *const deps[] = { "os", "reflect", "testing", "testing/internal/testdeps" };
	Pkg *m = beside(p, intern_printf("%s.test", p->path), "main");

	strs_append(&m->godebug, &p->godebug);
	strs_append(&m->godebug, &p->testgodebug);
	strs_add(&m->gofiles, "_testmain.go");
	for (size_t i = 0; i < NELEM(deps); i++) {
		strs_add(&m->imports, deps[i]);
		maindep(m, deps[i]);
	}
	maindep(m, "runtime");
	if (cover) {
		maindep(m, "internal/coverage/cfile");
		cover_instrument(m, "testmain");
	}
	if (test->gofiles.n + test->cgofiles.n > 0)
		testdep(m, test);
	if (xtest != NULL)
		testdep(m, xtest);
	strs_sort(&m->imports);
	strs_append(&m->rawimports, &m->imports);
	return m;
}

/* Replaces what main reaches by copies that use test instead of p, where they use it at all. */
static void
recompile(Pkg *p, const TestPkgs *t)
{
	Map *copies = map_new(perm);
	Pkgs order;

	load_deps(t->main);
	order = t->main->all;
	vec_push(perm, &order, t->main);
	if (t->test != p)
		map_set(copies, p, t->test);
	for (int i = 0; i < order.n; i++) {
		Pkg *q = order.at[i], *orig = q;
		bool own = q == t->main || q == t->test || q == t->xtest;

		if (q == p)
			continue;
		for (int k = 0; k <= orig->deps.n; k++) {
			Pkg *c = k < orig->deps.n ? map_get(copies, orig->deps.at[k]) : NULL;
			bool lib = k == orig->deps.n && streq(orig->name, "main");	/* two programs cannot be in one */

			if (c == NULL && !lib)
				continue;
			if (!own && q == orig) {
				q = copy(orig);
				q->err = orig->err;
				q->incomplete = orig->incomplete;
				FRESH(q->deps);
				for (int n = 0; n < orig->deps.n; n++)
					vec_push(perm, &q->deps, orig->deps.at[n]);
				q->fortest = p->path;
				q->forcelib = true;
				map_set(copies, orig, q);
			}
			if (c != NULL)
				q->deps.at[k] = c;
		}
	}
	t->main->allset = false;
	FRESH(t->main->all);
	if (t->xtest != NULL) {
		t->xtest->allset = false;
		FRESH(t->xtest->all);
	}
	if (t->test != p) {
		t->test->allset = false;
		FRESH(t->test->all);
	}
}

/* The shortest way from test back to itself; NULL: there is none. */
static PkgError *
findcycle(Pkg *test)
{
	Map *from = map_new(perm);
	Pkgs queue = { 0 };
	Strs rev = { 0 };
	PkgError *e;

	for (int i = 0; i < test->deps.n; i++)
		if (!map_has(from, test->deps.at[i])) {
			map_set(from, test->deps.at[i], NULL);
			vec_push(perm, &queue, test->deps.at[i]);
		}
	for (int i = 0; i < queue.n; i++) {
		Pkg *q = queue.at[i];

		if (q != test) {
			for (int k = 0; k < q->deps.n; k++)
				if (!map_has(from, q->deps.at[k])) {
					map_set(from, q->deps.at[k], q);
					vec_push(perm, &queue, q->deps.at[k]);
				}
			continue;
		}
		for (const Pkg *s = q; s != NULL; s = map_get(from, s))
			strs_add(&rev, s->path);
		strs_add(&rev, test->path);
		e = newerror("import cycle not allowed in test");
		for (int k = rev.n - 1; k >= 0; k--)
			strs_add(&e->stack, rev.at[k]);
		e->alwaysstack = e->cycle = true;
		return e;
	}
	return NULL;
}

static const char *
firsterror(const TestPkgs *t)
{
	Pkg *const ps[] = { t->test, t->xtest, t->main };

	for (size_t i = 0; i < NELEM(ps); i++) {
		if (ps[i] == NULL)
			continue;
		if (ps[i]->err != NULL)
			return pkgerror_text(ps[i]->err);
		load_deps(ps[i]);
		for (int k = 0; k < ps[i]->all.n; k++)
			if (ps[i]->all.at[k]->err != NULL)
				return pkgerror_text(ps[i]->all.at[k]->err);
	}
	return NULL;
}

TestPkgs
testpkg_make(Pkg *p, const TestCover *cover, const char **err)
{
	TestPkgs t;
	TestFuncs *funcs;
	const char *bad;

	t.test = internaltest(p, cover != NULL && cover->patterns.n == 0 && p->gofiles.n > 0 ? cover->mode : NULL);
	t.xtest = externaltest(p);
	t.main = mainpackage(p, t.test, t.xtest, cover != NULL);
	funcs = testfuncs_find(p, &bad);
	recompile(p, &t);
	seterror(t.test, findcycle(t.test));
	if (bad != NULL)
		seterror(t.main, fileerror(p, bad));
	*err = firsterror(&t);
	t.main->testmain = testfuncs_main(funcs, p, t.test->gofiles.n + t.test->cgofiles.n > 0, t.xtest != NULL, cover);
	return t;
}
