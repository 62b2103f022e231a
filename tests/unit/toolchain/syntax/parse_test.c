/* parse_test.c - shapes and positions of trees, directives, literals, printing, walking. */
#include "../../cmocka_all.h"

#include "syntax/syntax.h"

#include <stdlib.h>

static File *
parse(const char *text, unsigned flags)
{
	size_t n = strlen(text);
	Bytes b = { arena_dup(perm, text, n + 1), n };

	diag_reset();
	return parse_file(perm, pos_addfile("x.go", n, 1), b, flags);
}

/* The value of `var x = ...`. */
static Expr *
expr(const char *text)
{
	File *fl = parse(arena_printf(perm, "package p; var x = %s\n", text), 0);

	assert_string_equal(diag_text(), "");
	assert_int_equal(fl->decls.n, 1);
	return fl->decls.at[0]->value.values.at[0];
}

static int
column(Pos p)
{
	return pos_loc(p).col - 19;	/* the expression of expr() begins in column 1 */
}

static void
expressions_print_as_they_were_written(void **state)
{
	/* clang-format off */
	static const char *const same[] = {
		"a + b * c", "(a + b) * c", "f(a, b...)", "x.(T)", "x[i]", "x[T, U]", "x[:]", "x[a:b:c]", "*p", "-x",
		"<-ch", "&T{}", "T{…}", "func(a, b int, c ...string) (x, y T) {}", "struct{a, b int; T; c *U}",
		"interface{m(x int) string; ~int | T}", "map[string][]int", "[5]int", "[...]int{…}", "chan (<-chan int)",
		"<-chan int", "chan<- func()", "1.5e3", "'x'", "a.b.c",
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < NELEM(same); i++) {
		char text[200];
		size_t n = 0;

		for (const char *s = same[i]; *s != '\0'; s++)	/* … stands for an element */
			if ((uint8_t)*s == 0xe2) {
				text[n++] = '1';
				s += 2;
			} else
				text[n++] = *s;
		text[n] = '\0';
		assert_string_equal(expr_string(expr(text)), same[i]);
	}
}

static void
positions_are_gcs(void **state)
{
	Expr *e;

	(void)state;
	assert_int_equal(column(expr("a + b")->pos), 3);
	assert_int_equal(column(expr_start(expr("a.b(c)[d] + e"))), 1);
	assert_int_equal(column(expr("f(x)")->pos), 2);
	e = expr("a.b");
	assert_int_equal(column(e->pos), 2);
	assert_int_equal(column(e->selector.sel->pos), 3);
	assert_int_equal(column(expr("a[1]")->pos), 2);
	e = expr("TT{1, 2}");
	assert_int_equal(column(e->pos), 3);
	assert_int_equal(column(e->composite.rbrace), 8);
	assert_int_equal(column(expr("-x")->pos), 1);
	assert_int_equal(column(expr("x.(T)")->pos), 2);
	e = expr("func(a int) {}");
	assert_int_equal(column(e->pos), 1);
	assert_int_equal(column(e->func.type->pos), 5);
	assert_int_equal(e->func.body->srcoff, 19);
	assert_int_equal(e->func.body->srcend, 19 + 14);
}

static void
operators_bind_as_the_specification_says(void **state)
{
	Expr *e = expr("a || b && c == d + e * f");

	(void)state;
	assert_int_equal(e->op, TK_OROR);
	e = e->binary.y;
	assert_int_equal(e->op, TK_ANDAND);
	e = e->binary.y;
	assert_int_equal(e->op, TK_EQL);
	e = e->binary.y;
	assert_int_equal(e->op, TK_ADD);
	assert_int_equal(e->binary.y->op, TK_MUL);
	e = expr("a - b - c");
	assert_int_equal(e->binary.x->kind, EX_BINARY);
}

static void
type_parameters_are_told_from_array_lengths(void **state)
{
	static const struct {
		const char *text;
		int ntparams;
	/* clang-format off */
	} tests[] = {
		{ "T[P any] int", 1 }, { "T[P, Q any] int", 2 }, { "T[P *C] int", 0 }, { "T[P *C,] int", 1 },
		{ "T[P *[]int] int", 1 }, { "T[P *C|D] int", 0 }, { "T[P *C|~D] int", 1 }, { "T[P []int] int", 1 },
		{ "T[N] int", 0 }, { "T[N * 2] int", 0 }, { "T[P interface{}] int", 1 }, { "T[P (C)] int", 0 },
		{ "T[P (C),] int", 1 }, { "T[P ~int] int", 1 }, { "T[] int", 0 }, { "T[5] int", 0 },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < NELEM(tests); i++) {
		File *fl = parse(arena_printf(perm, "package p\ntype %s\n", tests[i].text), 0);

		assert_string_equal(diag_text(), "");
		assert_int_equal(fl->decls.at[0]->type.tparams.n, tests[i].ntparams);
	}
}

static void
parameters_share_types(void **state)
{
	File *fl = parse("package p\nfunc f(a, b int, c string)\nfunc g(a, b)\nfunc (r *T[P, Q]) m()\n", 0);
	FieldVec *v = &fl->decls.at[0]->func.type->functype.params;

	(void)state;
	assert_int_equal(v->n, 3);
	assert_ptr_equal(v->at[0]->type, v->at[1]->type);
	assert_true(v->at[1]->sametype);
	assert_false(v->at[2]->sametype);
	v = &fl->decls.at[1]->func.type->functype.params;
	assert_null(v->at[0]->name);
	assert_string_equal(expr_string(v->at[1]->type), "b");
	assert_int_equal(fl->decls.at[2]->func.recvtparams.n, 2);
	assert_string_equal(fl->decls.at[2]->func.recvtparams.at[1]->name->name.text, "Q");
}

static void
constants_inherit_and_count(void **state)
{
	File *fl = parse("package p\nconst (a, b = iota, 1; c, d; e = 2; f)\n", 0);

	(void)state;
	assert_int_equal(fl->decls.n, 4);
	assert_ptr_equal(fl->decls.at[1]->value.inherit, fl->decls.at[0]);
	assert_int_equal(fl->decls.at[1]->value.iota, 1);
	assert_ptr_equal(fl->decls.at[3]->value.inherit, fl->decls.at[2]);
	assert_int_equal(fl->decls.at[3]->value.iota, 3);
}

static void
type_switches_and_ranges_have_their_own_nodes(void **state)
{
	File *fl = parse("package p\nfunc f() { switch v := x.(type) { case int: }; for k, v := range m {}; "
			 "for range 3 {}; switch y := 1; y {} }\n",
	    0);
	StmtVec *l = &fl->decls.at[0]->func.body->block->block.list;

	(void)state;
	assert_string_equal(diag_text(), "");
	assert_int_equal(l->at[0]->kind, ST_TYPESWITCH);
	assert_string_equal(l->at[0]->sw.bind->name.text, "v");
	assert_string_equal(l->at[0]->sw.tag->name.text, "x");
	assert_int_equal(l->at[1]->kind, ST_RANGE);
	assert_true(l->at[1]->range.define);
	assert_null(l->at[2]->range.key);
	assert_int_equal(l->at[3]->kind, ST_SWITCH);
	assert_int_equal(l->at[3]->sw.init->kind, ST_DEFINE);
}

static void
branches_know_their_targets(void **state)
{
	File *fl =
	    parse("package p\nfunc f() {\nL:\n\tfor {\n\t\tselect {\n\t\tcase <-c:\n\t\t\tbreak L\n\t\tdefault:\n"
		  "\t\t\tcontinue\n\t\t}\n\t}\n}\n",
		0);
	Stmt *lab = fl->decls.at[0]->func.body->block->block.list.at[0], *loop = lab->labeled.stmt;
	Stmt *sel = loop->fors.body->block.list.at[0];

	(void)state;
	assert_string_equal(diag_text(), "");
	assert_true(lab->labeled.used);
	assert_ptr_equal(sel->sw.clauses.at[0]->body.at[0]->branch.target, loop);
	assert_ptr_equal(sel->sw.clauses.at[1]->body.at[0]->branch.target, loop);
}

static void
directives_reach_their_declarations(void **state)
{
	File *fl =
	    parse("//go:build linux && go1.21 || go1.22\n\npackage p\n\nimport _ \"unsafe\"\nimport _ \"embed\"\n"
			 "//go:nosplit\n//go:noinline\nfunc f() {}\n\n//go:linkname f runtime.f\n//go:linkname g\nfunc g()\n"
		  "//go:embed a.txt \"b c\" `d`\n//go:embed e/*\nvar x string\n",
		0);
	Decl *d;

	(void)state;
	assert_string_equal(diag_text(), "");
	assert_string_equal(fl->goversion, "go1.21");
	assert_true(fl->importsunsafe);
	assert_true(fl->importsembed);
	assert_int_equal(fl->decls.at[2]->pragma, PRAGMA_NOSPLIT | PRAGMA_NOCHECKPTR | PRAGMA_NOINLINE);
	assert_int_equal(fl->linknames.n, 2);
	assert_string_equal(fl->linknames.at[0].remote, "runtime.f");
	assert_null(fl->linknames.at[1].remote);
	d = fl->decls.at[4];
	assert_int_equal(d->value.embeds.n, 4);
	assert_string_equal(d->value.embeds.at[1], "b c");
	assert_string_equal(d->value.embeds.at[3], "e/*");
}

static void
misplaced_directives_are_told(void **state)
{
	(void)state;
	parse("package p\n//go:noinline\nvar x int\n\nvar y int //go:noinline\n//go:embed z\nfunc f() {}\n", 0);
	assert_string_equal(diag_text(),
	    "x.go:2:3: misplaced compiler directive\nx.go:5:13: misplaced compiler directive\n"
	    "x.go:6:3: misplaced go:embed directive\n");
	parse("package p\n//go:systemstack\nfunc f() {}\n//go:cgo_ldflag \"-lm\"\n//go:linkname a b c d\n", 0);
	assert_string_equal(diag_text(),
	    "x.go:2:3: //go:systemstack only allowed in runtime\n"
	    "x.go:4:3: //go:cgo_ldflag \"-lm\" only allowed in cgo-generated code\n"
	    "x.go:5:3: usage: //go:linkname localname [linkname]\n");
}

static void
cgo_lines_are_kept(void **state)
{
	File *fl = parse("package p\n//go:cgo_ldflag \"-lm\"\n//go:cgo_import_dynamic a b \"lib.so\"\n", PARSE_STD);

	(void)state;
	assert_string_equal(diag_text(), "");
	assert_int_equal(fl->cgodirectives.n, 2);
	assert_string_equal(fl->cgodirectives.at[0], "cgo_ldflag \"-lm\"");
}

static void
literals_have_values(void **state)
{
	Buf b = { 0 };

	(void)state;
	lit_string(&b, "\"a\\n\\x41\\101\\u00e4\\\"\\\\\"");
	assert_string_equal(buf_cstr(&b), "a\nAA\xc3\xa4\"\\");
	b.n = 0;
	lit_string(&b, "`a\\n\r\n`");
	assert_string_equal(buf_cstr(&b), "a\\n\n");
	buf_free(&b);
	assert_int_equal(lit_rune("'x'"), 'x');
	assert_int_equal(lit_rune("'\\''"), '\'');
	assert_int_equal(lit_rune("'\\U0001F600'"), 0x1f600);
	assert_int_equal(lit_rune("'\xc3\xa4'"), 0xe4);
	assert_int_equal(lit_rune("'\\xff'"), 0xff);
}

static void
imports_alone_can_be_read(void **state)
{
	File *fl = parse("package p\nimport \"a\"\nimport b \"c\"\nfunc f() { this is no Go", PARSE_IMPORTS);

	(void)state;
	assert_string_equal(diag_text(), "");
	assert_int_equal(fl->decls.n, 2);
	assert_string_equal(fl->decls.at[1]->import.path, "c");
}

static void
bodies_can_be_skipped(void **state)
{
	File *fl = parse("package p\nfunc f() { if { ((( }; x }\nvar y int\n", PARSE_BODYLESS);

	(void)state;
	assert_string_equal(diag_text(), "");
	assert_int_equal(fl->decls.n, 2);
	assert_non_null(fl->decls.at[0]->func.body);
	assert_null(fl->decls.at[0]->func.body->block);
}

static void
one_function_can_be_parsed(void **state)
{
	const char *text = "func (t *T) m(a int) int { return a + 1 }";
	Bytes b = { (const uint8_t *)text, strlen(text) };
	Decl *d;

	(void)state;
	diag_reset();
	d = parse_funcdecl(perm, pos_addfile("y.go", b.n, 41), b);
	assert_string_equal(diag_text(), "");
	assert_string_equal(d->func.name->name.text, "m");
	assert_int_equal(pos_loc(d->func.name->pos).line, 41);
	assert_int_equal(d->func.body->srcend, b.n);
}

/* n times a, then b, then n times c */
static void
nest(const char *head, const char *a, int n, const char *b, const char *c)
{
	Buf t = { 0 };

	buf_str(&t, head);
	for (int i = 0; i < n; i++)
		buf_str(&t, a);
	buf_str(&t, b);
	for (int i = 0; i < n; i++)
		buf_str(&t, c);
	buf_byte(&t, '\n');
	parse(buf_cstr(&t), 0);
	buf_free(&t);
}

static void
nesting_has_a_limit(void **state)
{
	(void)state;
	nest("package p; var x = ", "(", 9000, "1", ")");
	assert_string_equal(diag_text(), "");
	nest("package p; var x = ", "(", 100000, "1", ")");
	assert_non_null(strstr(diag_text(), "exceeded max nesting depth"));
	nest("package p; var x ", "[]", 100000, "int", "");
	assert_non_null(strstr(diag_text(), "exceeded max nesting depth"));
	nest("package p; func f() ", "{", 100000, "", "}");
	assert_non_null(strstr(diag_text(), "exceeded max nesting depth"));
	nest("package p; var x = 1", " + 1", 100000, "", "");
	assert_non_null(strstr(diag_text(), "exceeded max nesting depth"));
}

static bool
count(void *ctx, Expr *e)
{
	*(int *)ctx += e->kind == EX_NAME;
	return true;
}

static void
walks_visit_everything_once(void **state)
{
	int n = 0;
	Visitor v = { &n, count, NULL };
	File *fl = parse("package p\nfunc f(a, b T) (c U) { for i, j := range g { h[i].k(l...) }; go m() }\n", 0);

	(void)state;
	walk_decl(&v, fl->decls.at[0]);
	assert_int_equal(n, 14);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_print_as_they_were_written),
		cmocka_unit_test(positions_are_gcs),
		cmocka_unit_test(operators_bind_as_the_specification_says),
		cmocka_unit_test(type_parameters_are_told_from_array_lengths),
		cmocka_unit_test(parameters_share_types),
		cmocka_unit_test(constants_inherit_and_count),
		cmocka_unit_test(type_switches_and_ranges_have_their_own_nodes),
		cmocka_unit_test(branches_know_their_targets),
		cmocka_unit_test(directives_reach_their_declarations),
		cmocka_unit_test(misplaced_directives_are_told),
		cmocka_unit_test(cgo_lines_are_kept),
		cmocka_unit_test(literals_have_values),
		cmocka_unit_test(imports_alone_can_be_read),
		cmocka_unit_test(bodies_can_be_skipped),
		cmocka_unit_test(one_function_can_be_parsed),
		cmocka_unit_test(nesting_has_a_limit),
		cmocka_unit_test(walks_visit_everything_once),
	};

	diag_bigstack();
	diag.all = true;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
