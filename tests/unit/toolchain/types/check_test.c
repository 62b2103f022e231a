/*
 * check_test.c - what the checker says about wrong programs, and what it
 * writes into the trees of right ones.
 *
 * Messages are compared with positions: those of gc 1.23 for the same text.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "types/types.h"

static Package *
import(const char *path, const char **err)
{
	Package *p = package_find(path);

	*err = "no such package";
	return p;
}

static Checked *
run(const char *text, const char *lang)
{
	static int n;
	CheckConfig cfg = {
		.pkgpath = intern_printf("test/q%d", ++n), .lang = lang, .complete = true, .import = import
	};
	const char *src = intern_str(text);
	Bytes b = { (const uint8_t *)src, strlen(src) };
	File *f = parse_file(perm, pos_addfile("x.go", b.n, 1), b, 0);

	return diag.nsyntax == 0 ? check_package(&cfg, &f, 1) : NULL;
}

/* The messages about a program, checked in a child process because the end of the messages ends it. */
static const char *
messages(const char *text, const char *lang)
{
	static char out[65536];
	int fd[2], status;
	size_t n = 0;
	ssize_t got;
	pid_t pid;

	fflush(stdout);
	assert_int_equal(pipe(fd), 0);
	pid = fork();
	if (pid == 0) {
		dup2(fd[1], 1);
		close(fd[0]);
		diag.all = true;
		run(text, lang);
		diag_checkpoint();
		fflush(stdout);
		_exit(0);
	}
	close(fd[1]);
	while ((got = read(fd[0], out + n, sizeof out - 1 - n)) > 0)
		n += (size_t)got;
	out[n] = '\0';
	close(fd[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) <= 1);
	return out;
}

#define SAYS(text, want) assert_string_equal(messages("package p\n" text, "go1.23"), want)

static void
names_that_nobody_declared_or_uses(void **state)
{
	(void)state;
	SAYS("func f() { x := 1 }", "x.go:2:12: declared and not used: x\n");
	SAYS("func f() { y = 1 }", "x.go:2:12: undefined: y\n");
	SAYS("import \"unsafe\"", "x.go:2:8: \"unsafe\" imported and not used\n");
	SAYS("import u \"unsafe\"", "x.go:2:8: \"unsafe\" imported as u and not used\n");
	SAYS("var a int\nvar a string", "x.go:3:5: a redeclared in this block\n\tx.go:2:5: other declaration of a\n");
	SAYS("func f(i any) { switch x := i.(type) { case int: } }", "x.go:2:24: x declared and not used\n");
}

static void
types_that_do_not_fit(void **state)
{
	(void)state;
	SAYS("var x int = \"a\"",
	    "x.go:2:13: cannot use \"a\" (untyped string constant) as int value in variable declaration\n");
	SAYS("var x uint8 = 256",
	    "x.go:2:15: cannot use 256 (untyped int constant) as uint8 value in variable declaration (overflows)\n");
	SAYS("var x int = 1.5",
	    "x.go:2:13: cannot use 1.5 (untyped float constant) as int value in variable declaration (truncated)\n");
	SAYS("func f(a int, b string) bool { return a == b }",
	     "x.go:2:44: invalid operation: a == b (mismatched types int and string)\n");
	SAYS("type T struct{}\nfunc (*T) m()   {}\ntype I interface{ m() }\nvar _ I = T{}",
	    "x.go:5:11: cannot use T{} (value of type T) as I value in variable declaration: T does not implement I "
	    "(method m has pointer receiver)\n");
	SAYS("func f() (int, string) { return 1 }",
	    "x.go:2:33: not enough return values\n\thave (number)\n\twant (int, string)\n");
	SAYS("func f(int) {}\nfunc g() { f(1, 2) }",
	    "x.go:3:17: too many arguments in call to f\n\thave (number, number)\n\twant (int)\n");
	SAYS("func f() int { }", "x.go:2:16: missing return\n");
	SAYS("func f(x int) { x.y() }", "x.go:2:19: x.y undefined (type int has no field or method y)\n");
}

static void
constants_are_exact(void **state)
{
	(void)state;
	SAYS("const c = 1 << 600", "x.go:2:13: constant shift overflow\n");
	SAYS("const c = 1 / 0", "x.go:2:15: invalid operation: division by zero\n");
	SAYS("const c int8 = 100 + 100",
	    "x.go:2:16: cannot use 100 + 100 (untyped int constant 200) as int8 value in constant declaration "
	    "(overflows)\n");
	SAYS("var a [2]int\nvar x = a[2]", "x.go:3:11: invalid argument: index 2 out of bounds [0:2]\n");
	SAYS("func f(x int) { switch x { case 1, 2, 1: } }",
	     "x.go:2:39: duplicate case 1 (constant of type int) in expression switch\n\tx.go:2:33: previous case\n");
	SAYS("var m = map[string]int{\"a\": 1, \"a\": 2}", "x.go:2:32: duplicate key \"a\" in map literal\n");
	SAYS("func f(s uint) float64 { return 1 << s }",
	    "x.go:2:33: invalid operation: shifted operand 1 (type float64) must be integer\n");
}

static void
declarations_must_end(void **state)
{
	(void)state;
	SAYS("type T struct{ t T }", "x.go:2:6: invalid recursive type: T refers to itself\n");
	SAYS("type A B\ntype B A",
	    "x.go:2:6: invalid recursive type A\n\tx.go:2:6: A refers to\n\tx.go:3:6: B refers to\n\tx.go:2:6: A\n");
	SAYS("var a = f()\nfunc f() int { return a }",
	     "x.go:2:5: initialization cycle for a\n\tx.go:2:5: a refers to\n\tx.go:3:6: f refers to\n\tx.go:2:5: a\n");
	SAYS("type G[P any] struct{}\nfunc (G[P]) m() {}\nfunc f[P any]() { f[G[P]]() }",
	     "x.go:4:8: instantiation cycle:\n\tx.go:4:21: P instantiated as G[P]\n");
	assert_string_equal(messages("package p\ntype T struct{ p *T; f func(T) T; m map[string]T }\nvar _ T\n",
				"go1.23"),
	    "");
}

static void
generic_code(void **state)
{
	(void)state;
	SAYS("func f[T any]() {}\nfunc g() { f() }", "x.go:3:13: in call to f, cannot infer T (x.go:2:8)\n");
	SAYS("type N interface{ ~int | ~string }\nfunc f[T N](T) {}\nfunc g() { f(1.5) }",
	     "x.go:4:13: float64 does not satisfy N (float64 missing in ~int | ~string)\n");
	SAYS("type L[T any] []T\nvar x L", "x.go:3:7: cannot use generic type L[T any] without instantiation\n");
	SAYS("type L[T any] []T\nvar x L[int, int]", "x.go:3:7: too many type arguments for type L: have 2, want 1\n");
	SAYS("func f[T any](x T) { _ = x + x }",
	    "x.go:2:26: invalid operation: operator + not defined on x (variable of type T constrained by any)\n");
}

static void
language_versions(void **state)
{
	(void)state;
	assert_string_equal(messages("package p\nfunc f() { for range 3 {} }", "go1.21"),
	    "x.go:2:22: cannot range over 3 (untyped int constant): requires go1.22 or later (-lang was set to go1.21; "
	    "check go.mod)\n");
	assert_string_equal(messages("package p\nfunc f[T any]() {}", "go1.17"),
			    "x.go:2:8: type parameter requires go1.18 or later (-lang was set to go1.17; check go.mod)\n"
			    "x.go:2:10: predeclared any requires go1.18 or later (-lang was set to go1.17; check go.mod)\n");
	assert_string_equal(messages("//go:build go1.22\n\npackage p\nfunc f() { for range 3 {} }", "go1.20"), "");
}

/* ---- facts in the tree ---- */

static Obj *found;
static const char *wanted;

static bool
findvar(void *ctx, Expr *e)
{
	(void)ctx;
	if (e->kind == EX_NAME && e->name.obj != NULL && e->name.obj->kind == OBJ_VAR && e->name.text == wanted)
		found = e->name.obj;
	return true;
}

static Obj *
variable(const Checked *c, const char *name)
{
	Visitor v = { NULL, findvar, NULL };

	found = NULL;
	wanted = intern_str(name);
	for (int i = 0; i < c->funcs.n; i++)
		walk_decl(&v, c->funcs.at[i]);
	assert_non_null(found);
	return found;
}

static void
variables_know_what_happens_to_them(void **state)
{
	Checked *c = run("package p\n"
			 "type S struct{ f int; a [4]int }\n"
			 "func (s *S) ptr() {}\n"
			 "func use(...any) {}\n"
			 "func f() {\n"
			 "	plain, addr, capt, assigned := 1, 2, 3, 4\n"
			 "	var field, method, sliced S\n"
			 "	assigned++\n"
			 "	field.f = 1\n"
			 "	method.ptr()\n"
			 "	use(plain, &addr, assigned, sliced.a[:], func() int { return capt })\n"
			 "	use(field)\n"
			 "}\n",
	    "go1.23");

	(void)state;
	diag_checkpoint();
	assert_false(variable(c, "plain")->addrtaken || variable(c, "plain")->captured ||
	    variable(c, "plain")->reassigned);
	assert_true(variable(c, "addr")->addrtaken && variable(c, "addr")->reassigned);
	assert_true(variable(c, "capt")->captured && !variable(c, "capt")->reassigned);
	assert_true(variable(c, "assigned")->reassigned && !variable(c, "assigned")->addrtaken);
	assert_true(variable(c, "field")->reassigned && !variable(c, "field")->addrtaken);
	assert_true(variable(c, "method")->addrtaken);
	assert_true(variable(c, "sliced")->addrtaken);
}

static void
variables_are_initialised_in_the_order_of_the_spec(void **state)
{
	Checked *c = run("package p\nvar a = c\nvar b = 1\nvar c = f()\nvar d = 2\nfunc f() int { return d }\nvar x, y "
			 "= g()\nfunc g() (int, int) { return a, b }\n",
			 "go1.23");
	static const char *const want[] = { "b", "d", "c", "a", "x" };

	(void)state;
	diag_checkpoint();
	assert_int_equal(c->inits.n, 5);
	for (int i = 0; i < 5; i++)
		assert_string_equal(c->inits.at[i].lhs.at[0]->name, want[i]);
	assert_int_equal(c->inits.at[4].lhs.n, 2);
}

static Expr *
result(const Checked *c, int fn)
{
	Stmt *body = c->funcs.at[fn]->func.body->block;

	return vec_last(&body->block.list)->ret.results.at[0];
}

static void
untyped_operands_get_their_final_types(void **state)
{
	Checked *c = run("package p\n"
			 "func a(s uint) int64 { return 1<<s + 2 }\n"
			 "func b(x, y float32) bool { return x < y*2 }\n"
			 "func d(p *int) bool { return p == nil }\n"
			 "func e() any { return 'x' }\n",
	    "go1.23");
	Expr *r;

	(void)state;
	diag_checkpoint();
	r = result(c, 0);
	assert_ptr_equal(r->type, typ[T_INT64]);
	assert_ptr_equal(r->binary.x->binary.x->type, typ[T_INT64]);
	assert_ptr_equal(r->binary.y->type, typ[T_INT64]);
	r = result(c, 1);
	assert_ptr_equal(r->type, typ[T_BOOL]);
	assert_ptr_equal(r->binary.y->binary.y->type, typ[T_FLOAT32]);
	r = result(c, 2);
	assert_int_equal(r->binary.y->mode, MODE_NIL);
	assert_int_equal(r->binary.y->type->kind, T_PTR);
	r = result(c, 3);
	assert_ptr_equal(r->type, type_rune);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_that_nobody_declared_or_uses),
		cmocka_unit_test(types_that_do_not_fit),
		cmocka_unit_test(constants_are_exact),
		cmocka_unit_test(declarations_must_end),
		cmocka_unit_test(generic_code),
		cmocka_unit_test(language_versions),
		cmocka_unit_test(variables_know_what_happens_to_them),
		cmocka_unit_test(variables_are_initialised_in_the_order_of_the_spec),
		cmocka_unit_test(untyped_operands_get_their_final_types),
	};

	diag.tool = "check_test";
	types_init(8);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
