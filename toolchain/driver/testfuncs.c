/*
 * testfuncs.c - the test functions of a package, found by their names and the shape of their declarations, and the
 * text of _testmain.go that runs them.
 *
 * Source: go help testfunc; documentation of package testing ("Examples") and of go/doc.Example, go/ast.CommentGroup.Text.
 */
#include <ctype.h>
#include <wctype.h>

#include "driver/driver.h"
#include "syntax/syntax.h"

typedef struct {
	const char *pkg, *name, *output;	/* pkg: the name it is imported under */
	bool unordered;
} TestFunc;
typedef Vec(TestFunc) TestFuncVec;

struct TestFuncs {
	TestFuncVec tests, benchmarks, fuzz, examples;
	const char *mainpkg;			/* where TestMain is, or NULL */
	bool usetest, usextest;			/* something of the package, of its external test package, is named */
	const char *err;
};

/* name is prefix, or prefix and something that does not start with a lower case letter. */
static bool
istestname(const char *name, const char *prefix)
{
	const char *rest = cutprefix(name, prefix);
	uint32_t r;

	if (rest == NULL || *rest == '\0')
		return rest != NULL;
	utf8_decode((const uint8_t *)rest, strlen(rest), &r);
	return !iswlower((wint_t)r);
}

/* func(x *arg) or func(x *pkg.arg): how testing is imported is not looked at. */
static bool
istestshape(const Decl *d, const char *arg)
{
	const Expr *t = d->func.type;
	const Expr *p;

	if (t->functype.results.n > 0 || t->functype.params.n != 1)
		return false;
	p = t->functype.params.at[0]->type;
	if (p == NULL || p->kind != EX_STAR)
		return false;
	p = p->unary.x;
	if (p->kind == EX_NAME)
		return streq(p->name.text, arg);
	return p->kind == EX_SELECTOR && streq(p->selector.sel->name.text, arg);
}

static bool
checkshape(TestFuncs *t, const char *path, const Decl *d, const char *arg)
{
	const char *name = d->func.name->name.text;
	Loc at;

	if (istestshape(d, arg) && d->func.type->functype.tparams.n == 0)
		return true;
	if (t->err != NULL)
		return false;
	at = pos_loc(d->func.body != NULL ? pos_make(pos_file(d->pos), d->func.body->srcoff) : d->pos);
	if (d->func.type->functype.tparams.n > 0)
		t->err = intern_printf("%s:%d:%d: wrong signature for %s, test functions cannot have type parameters",
		    path, at.line, at.col, name);
	else
		t->err = intern_printf("%s:%d:%d: wrong signature for %s, must be: func %s(%c *testing.%s)", path,
		    at.line, at.col, name, name, tolower(arg[0]), arg);
	return false;
}

/* ---- the comment that says what an example prints ---- */

typedef struct {
	const char *p;
	size_t n;
} Comment;
typedef Vec(Comment) Comments;

static const char *
skipstring(const char *p, const char *end)
{
	char q = *p++;

	while (p < end && *p != q) {
		if (*p == '\\' && q != '`' && p + 1 < end)
			p++;
		else if (*p == '\n' && q != '`')
			return p;
		p++;
	}
	return p < end ? p + 1 : p;
}

/* Of text, from the word func to the end of the declaration: the comments of the last group inside the body. */
static Comments
lastgroup(const char *p, const char *end)
{
	Comments group = { 0 };
	bool inbody = false, sameline = false,
	     open = false; /* sameline: a token stands on this line; open: group may go on */
	int newlines = 0;

	for (const char *next; p < end; p = next) {
		bool line = p + 1 < end && p[0] == '/' && p[1] == '/',
		     block = p + 1 < end && p[0] == '/' && p[1] == '*';

		next = p + 1;
		if (*p == '\n') {
			newlines++;
			sameline = false;
			continue;
		}
		if (*p == ' ' || *p == '\t' || *p == '\r')
			continue;
		if (!line && !block) {
			if (*p == '"' || *p == '`' || *p == '\'')
				next = skipstring(p, end);
			inbody = inbody || *p == '{';
			sameline = true;
			open = false;
			newlines = 0;
			continue;
		}
		if (line) {
			while (next < end && *next != '\n')
				next++;
		} else {
			for (next = p + 2; next + 1 < end && !(next[0] == '*' && next[1] == '/'); next++)
				;
			next = next + 2 < end ? next + 2 : end;
		}
		if (!inbody)
			continue;
		if (!open || newlines > 1)
			group.n = 0;
		vec_push(perm, &group, ((Comment){ p, (size_t)(next - p) }));
		/* a comment behind a token is a group of its own with what follows on its line */
		open = !sameline || block;
		newlines = 0;
	}
	return group;
}

static bool
isdirective(const char *s, size_t n)
{
	static const char *const words[] = { "line ", "extern ", "export " };
	size_t i;

	for (i = 0; i < NELEM(words); i++)
		if (n >= strlen(words[i]) && memcmp(s, words[i], strlen(words[i])) == 0)
			return true;
	for (i = 0; i < n && ((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= '0' && s[i] <= '9')); i++)
		;
	return i > 0 && i + 1 < n && s[i] == ':' &&
	    ((s[i + 1] >= 'a' && s[i + 1] <= 'z') || (s[i + 1] >= '0' && s[i + 1] <= '9'));
}

/* The text of a group without markers, trailing blanks, and more than one empty line at a time. */
static void
grouptext(Buf *b, const Comments *g)
{
	bool blank = true;	/* the last line was empty, or there is none */

	for (int i = 0; i < g->n; i++) {
		const char *s = g->at[i].p + 2, *end = g->at[i].p + g->at[i].n;

		if (s[-1] == '*') {
			end -= 2;
		} else if (s < end && *s == ' ') {
			s++;
		} else if (s < end && isdirective(s, (size_t)(end - s))) {
			continue;
		}
		for (const char *nl; s <= end; s = nl + 1) {
			const char *e;

			nl = s < end ? memchr(s, '\n', (size_t)(end - s)) : NULL;
			if (nl == NULL)
				nl = end;
			for (e = nl; e > s && (e[-1] == ' ' || e[-1] == '\t' || e[-1] == '\r'); e--)
				;
			if (e > s || !blank) {
				buf_put(b, s, (size_t)(e - s));
				buf_byte(b, '\n');
			}
			blank = e == s;
		}
	}
	while (b->n > 1 && b->p[b->n - 1] == '\n' && b->p[b->n - 2] == '\n')
		b->n--;
}

static bool
matchfold(const char **s, const char *word)
{
	size_t n = strlen(word);

	if (strncasecmp(*s, word, n) != 0)
		return false;
	*s += n;
	return true;
}

/* False: the example is only compiled. */
static bool
exampleoutput(const Comments *g, TestFunc *f)
{
	Buf b = { 0 };
	const char *s;

	if (g->n == 0)
		return false;
	grouptext(&b, g);
	s = buf_cstr(&b);
	while (*s != '\0' && strchr(" \t\n\r\f\v", *s) != NULL)
		s++;
	f->unordered = matchfold(&s, "unordered ");
	if (!matchfold(&s, "output:")) {
		buf_free(&b);
		return false;
	}
	while (*s == ' ')
		s++;
	if (*s == '\n')
		s++;
	f->output = intern_str(s);
	buf_free(&b);
	return true;
}

/* ---- one file ---- */

static void
addexample(TestFuncs *t, const File *f, const Decl *d, const char *pkg, bool *used)
{
	const Expr *ft = d->func.type;
	TestFunc fn = { .pkg = pkg, .name = d->func.name->name.text };
	const char *text = (const char *)f->text.p;
	Comments g;

	if (ft->functype.params.n > 0 || ft->functype.results.n > 0 || d->func.body == NULL)
		return;
	g = lastgroup(text + d->func.body->srcoff, text + d->func.body->srcend);
	if (!exampleoutput(&g, &fn))
		return;
	vec_push(perm, &t->examples, fn);
	*used = true;
}

static void
addfunc(TestFuncs *t, const char *path, const File *f, const Decl *d, const char *pkg, bool *used)
{
	const char *name = d->func.name->name.text;
	const struct {
		const char *prefix, *arg;
		TestFuncVec *to;
	} kinds[] = { { "Test", "T", &t->tests }, { "Benchmark", "B", &t->benchmarks }, { "Fuzz", "F", &t->fuzz } };

	if (d->func.recv != NULL)
		return;
	if (streq(name, "TestMain") && !istestshape(d, "T")) {
		if (!checkshape(t, path, d, "M"))
			return;
		if (t->mainpkg != NULL && t->err == NULL)
			t->err = "multiple definitions of TestMain";
		t->mainpkg = pkg;
		*used = true;
		return;
	}
	for (size_t i = 0; i < NELEM(kinds); i++)
		if (istestname(name, kinds[i].prefix)) {
			if (!checkshape(t, path, d, kinds[i].arg))
				return;
			vec_push(perm, kinds[i].to, ((TestFunc){ .pkg = pkg, .name = name }));
			*used = true;
			return;
		}
	if (istestname(name, "Example"))
		addexample(t, f, d, pkg, used);
}

static Arena *trees;

static void
scanfile(TestFuncs *t, const Pkg *p, const char *name, const char *pkg, bool *used)
{
	const char *path = path_join(p->dir, name);
	Bytes text;
	SrcFile *src;
	File *f;

	if (t->err != NULL)
		return;
	if (!src_map(path, &text)) {
		t->err = intern_printf("open %s: no such file or directory", path);
		return;
	}
	src = pos_addfile(shortpath(path), text.n, 1);
	if (trees == NULL)
		trees = arena_new("test files");
	arena_reset(trees);
	f = parse_file(trees, src, text, p->std ? PARSE_STD : 0);
	if (diag.nerrors > 0) {
		t->err = intern_str(diag_text());
		if (hassuffix(t->err, "\n"))
			t->err = sub(t->err, strlen(t->err) - 1);
		diag_reset();
		return;
	}
	for (int i = 0; i < f->decls.n; i++)
		if (f->decls.at[i]->kind == DE_FUNC)
			addfunc(t, path, f, f->decls.at[i], pkg, used);
}

TestFuncs *
testfuncs_find(const Pkg *p, const char **err)
{
	TestFuncs *t = NEW(perm, TestFuncs);

	for (int i = 0; i < p->testgo.n; i++)
		scanfile(t, p, p->testgo.at[i], "_test", &t->usetest);
	for (int i = 0; i < p->xtestgo.n; i++)
		scanfile(t, p, p->xtestgo.at[i], "_xtest", &t->usextest);
	*err = t->err;
	return t;
}

/* ---- _testmain.go ---- */

static void
puttable(Buf *b, const char *var, const char *type, const TestFuncVec *v, bool examples)
{
	buf_printf(b, "\nvar %s = []testing.%s{\n", var, type);
	for (int i = 0; i < v->n; i++) {
		const TestFunc *f = &v->at[i];

		buf_printf(b, "\t{\"%s\", %s.%s", f->name, f->pkg, f->name);
		if (examples)
			buf_printf(b, ", %s, %s", goquoted(f->output), f->unordered ? "true" : "false");
		buf_str(b, "},\n");
	}
	buf_str(b, "}\n");
}

const char *
testfuncs_main(const TestFuncs *t, const Pkg *p, bool hastest, bool hasxtest, const TestCover *cover)
{
	Buf b = { 0 };
	const char *s;

	buf_str(&b, "// Code generated by 'go test'. DO NOT EDIT.\n\npackage main\n\nimport (\n\t\"os\"\n");
	if (t->mainpkg != NULL)
		buf_str(&b, "\t\"reflect\"\n");
	buf_str(&b, "\t\"testing\"\n\t\"testing/internal/testdeps\"\n");
	if (cover != NULL)
		buf_str(&b, "\t\"internal/coverage/cfile\"\n");
	if (hastest)
		buf_printf(&b, "\t%s %s\n", t->usetest ? "_test" : "_", goquoted(p->path));
	if (hasxtest)
		buf_printf(&b, "\t%s %s\n", t->usextest ? "_xtest" : "_", goquoted(intern_printf("%s_test", p->path)));
	buf_str(&b, ")\n");
	puttable(&b, "tests", "InternalTest", &t->tests, false);
	puttable(&b, "benchmarks", "InternalBenchmark", &t->benchmarks, false);
	puttable(&b, "fuzzTargets", "InternalFuzzTarget", &t->fuzz, false);
	puttable(&b, "examples", "InternalExample", &t->examples, true);
	buf_str(&b, "\nfunc init() {\n");
	if (cover != NULL) {
		buf_printf(&b,
		    "\ttestdeps.CoverMode = %s\n\ttestdeps.Covered = %s\n\ttestdeps.CoverSelectedPackages = []string{",
		    goquoted(cover->mode),
			goquoted(cover->patterns.n > 0 ? intern_printf(" in %s", strs_join(&cover->patterns, ", ")) : ""));
		for (int i = 0; i < cover->pkgs.n; i++)
			buf_printf(&b, "%s%s", i > 0 ? ", " : "", goquoted(cover->pkgs.at[i]->path));
		if (cover->patterns.n == 0)
			buf_str(&b, goquoted(p->path));
		buf_str(&b,
		    "}\n\ttestdeps.CoverSnapshotFunc = cfile.Snapshot\n\ttestdeps.CoverProcessTestDirFunc = "
		    "cfile.ProcessCoverTestDir\n"
			"\ttestdeps.CoverMarkProfileEmittedFunc = cfile.MarkProfileEmitted\n");
	}
	buf_printf(&b, "\ttestdeps.ImportPath = %s\n}\n", goquoted(p->cmdline ? "" : p->path));
	buf_str(&b,
	    "\nfunc main() {\n\tm := testing.MainStart(testdeps.TestDeps{}, tests, benchmarks, fuzzTargets, "
	    "examples)\n");
	if (t->mainpkg != NULL)
		buf_printf(&b,
		    "\t%s.TestMain(m)\n\tos.Exit(int(reflect.ValueOf(m).Elem().FieldByName(\"exitCode\").Int()))\n}\n",
		    t->mainpkg);
	else
		buf_str(&b, "\tos.Exit(m.Run())\n}\n");
	s = arena_strndup(perm, buf_cstr(&b), b.n);
	buf_free(&b);
	return s;
}
