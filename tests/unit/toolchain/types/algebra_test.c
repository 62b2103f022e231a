/*
 * algebra_test.c - identity, text, sizes, lookup, method sets, inference and
 * export data, on types that the checker makes from small sources.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

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
checkas(const char *path, const char *text)
{
	CheckConfig cfg = { .pkgpath = intern_str(path), .lang = "go1.23", .import = import };
	const char *src = intern_printf("package p\n%s", text);
	Bytes b = { (const uint8_t *)src, strlen(src) };
	File *f = parse_file(perm, pos_addfile("x.go", b.n, 1), b, 0);
	Checked *c = check_package(&cfg, &f, 1);

	diag_checkpoint();	/* the sources are right: an error ends the program */
	return c;
}

static Package *
check(const char *text)
{
	static int n;

	return checkas(intern_printf("test/p%d", ++n), text)->pkg;
}

static Obj *
lookup(Package *p, const char *name)
{
	Obj *o = scope_lookup(p->scope, intern_str(name));

	assert_non_null(o);
	return o;
}

static Type *
typeof_(Package *p, const char *name)
{
	return obj_type(lookup(p, name));
}

static void
identical_types_have_one_canonical_pointer(void **state)
{
	Package *p = check("type T struct{}\n"
			   "var a map[string][]*T; var b map[string][]*T\n"
			   "var c struct{ X int `t:\"1\"` }; var d struct{ X int `t:\"2\"` }\n"
			   "var e interface{ M(); N(int) }; var f interface{ N(x int); M() }\n"
			   "var g func(x byte) rune; var h func(uint8) int32\n"
			   "type I interface{ m() I }; type J interface{ m() J }\n"
			   "var i interface{ m() I }; var j I\n");

	(void)state;
	assert_true(type_identical(typeof_(p, "a"), typeof_(p, "b")));
	assert_ptr_equal(type_canon(typeof_(p, "a")), type_canon(typeof_(p, "b")));
	assert_false(type_identical(typeof_(p, "c"), typeof_(p, "d")));
	assert_true(type_identical_notags(typeof_(p, "c"), typeof_(p, "d")));
	assert_ptr_equal(type_canon(typeof_(p, "e")), type_canon(typeof_(p, "f")));
	assert_string_equal(type_linkstring(typeof_(p, "e")), type_linkstring(typeof_(p, "f")));
	assert_ptr_equal(type_canon(typeof_(p, "g")), type_canon(typeof_(p, "h")));
	assert_true(type_identical(type_under(typeof_(p, "j")), typeof_(p, "i")));
	assert_false(type_identical(typeof_(p, "I"), typeof_(p, "J")));
}

static void
texts_are_those_of_gc_and_reflect(void **state)
{
	Package *p = checkas("example.com/x",
	    "type T struct{}\ntype List[E any] struct{ next *List[E] }\ntype Pair[A, B any] struct{ a A; b B }\n"
					      "var a List[T]; var b Pair[int, map[string]any]\n"
					      "var c func(a int, b ...string) (n int, err error); var d struct{ f int; T }\n"
					      "var e chan (<-chan int); var f interface{ m() }; var g [3]*List[List[T]]\n")
			     ->pkg;

	(void)state;
	assert_string_equal(type_string(typeof_(p, "a"), p), "List[T]");
	/* another package called p is loaded: the path must tell them apart */
	assert_string_equal(type_string(typeof_(p, "a"), NULL), "\"example.com/x\".List[\"example.com/x\".T]");
	assert_string_equal(type_reflectstring(typeof_(p, "a")), "p.List[example.com/x.T]");
	assert_string_equal(type_linkstring(typeof_(p, "a")), "example.com/x.List[example.com/x.T]");
	assert_string_equal(type_reflectstring(typeof_(p, "b")), "p.Pair[int,map[string]interface {}]");
	assert_string_equal(type_string(typeof_(p, "c"), p), "func(a int, b ...string) (n int, err error)");
	assert_string_equal(type_reflectstring(typeof_(p, "c")), "func(int, ...string) (int, error)");
	assert_string_equal(type_reflectstring(typeof_(p, "d")), "struct { f int; p.T }");
	assert_string_equal(type_linkstring(typeof_(p, "d")), "struct { example.com/x.f int; ? example.com/x.T }");
	assert_string_equal(type_reflectstring(typeof_(p, "e")), "chan (<-chan int)");
	assert_string_equal(type_linkstring(typeof_(p, "f")), "interface { example.com/x.m() }");
	assert_string_equal(type_linkstring(typeof_(p, "g")),
	    "[3]*example.com/x.List[example.com/x.List[example.com/x.T]]");
}

static void
sizes_are_those_of_gc(void **state)
{
	Package *p = check("var a struct{ b bool; i int64; c byte }\nvar z struct{ i int32; e struct{} }\nvar c "
			   "[4]struct{ x int16; y byte }\n"
			   "var d struct{ e struct{}; i int32 }\nvar e [0]int64\n");

	(void)state;
	assert_int_equal(type_size(typeof_(p, "a")), 24);
	assert_int_equal(type_offset(typeof_(p, "a"), 2), 16);
	assert_int_equal(type_size(typeof_(p, "z")), 8);
	assert_int_equal(type_size(typeof_(p, "c")), 16);
	assert_int_equal(type_size(typeof_(p, "d")), 4);
	assert_int_equal(type_size(typeof_(p, "e")), 0);
	assert_int_equal(type_align(typeof_(p, "e")), 8);
}

static void
selectors_find_the_shallowest_field_or_method(void **state)
{
	Package *p = check("type A struct{ X int; D int }\nfunc (a A) V() {}\nfunc (a *A) P() {}\n"
			   "type B struct{ D string }\ntype C struct{ A; *B; Y int }\ntype E struct{ *C; Z int }\n");
	Type *c = typeof_(p, "C"), *e = typeof_(p, "E");
	Selection sel;

	(void)state;
	assert_int_equal(type_lookup(c, false, p, intern_str("X"), false, &sel), LOOKUP_OK);
	assert_int_equal(sel.path.n, 2);
	assert_false(sel.indirect);
	assert_int_equal(type_lookup(c, false, p, intern_str("D"), false, &sel), LOOKUP_AMBIGUOUS);
	assert_int_equal(type_lookup(c, false, p, intern_str("P"), false, &sel), LOOKUP_PTRRECV);
	assert_int_equal(type_lookup(c, true, p, intern_str("P"), false, &sel), LOOKUP_OK);
	assert_int_equal(type_lookup(e, false, p, intern_str("P"), false, &sel), LOOKUP_OK);
	assert_true(sel.indirect);
	assert_int_equal(sel.path.n, 3);
	assert_int_equal(type_lookup(c, false, p, intern_str("nope"), false, &sel), LOOKUP_MISSING);
	assert_int_equal(type_methodset(c)->n, 1);
	assert_int_equal(type_methodset(type_ptr(c))->n, 2);
	assert_int_equal(type_methodset(e)->n, 2);
	assert_string_equal(type_methodset(e)->at[0].fn->name, "P");
}

static void
missing_methods_are_explained(void **state)
{
	Package *p = check("type I interface{ M(int); N() }\ntype A struct{}\nfunc (*A) M(int) {}\nfunc (*A) N() {}\n"
			   "type B struct{}\nfunc (B) M(string) {}\nfunc (B) N() {}\ntype C struct{}\nfunc (C) M(int) "
			   "{}\nfunc (C) n() {}\n");
	const char *why = NULL;

	(void)state;
	assert_false(type_implements(typeof_(p, "A"), typeof_(p, "I"), false, &why));
	assert_string_equal(why, "A does not implement I (method M has pointer receiver)");
	assert_true(type_implements(type_ptr(typeof_(p, "A")), typeof_(p, "I"), false, &why));
	assert_false(type_implements(typeof_(p, "B"), typeof_(p, "I"), false, &why));
	assert_string_equal(why,
	    "B does not implement I (wrong type for method M)\n\t\thave M(string)\n\t\twant M(int)");
	assert_false(type_implements(typeof_(p, "C"), typeof_(p, "I"), false, &why));
	assert_string_equal(why, "C does not implement I (missing method N)\n\t\thave n()\n\t\twant N()");
}

static void
instances_are_shared_and_substituted_lazily(void **state)
{
	Package *p = check("type L[E any] struct{ next *L[E]; v E }\nfunc (l *L[T]) Get() T { return l.v }\nvar a, b "
			   "L[int]\nvar g = a.Get\n");
	Type *a = typeof_(p, "a");
	Selection sel;

	(void)state;
	assert_ptr_equal(a, typeof_(p, "b"));
	assert_string_equal(type_string(type_under(a), p), "struct{next *L[int]; v int}");
	assert_int_equal(type_lookup(a, true, p, intern_str("Get"), false, &sel), LOOKUP_OK);
	assert_string_equal(type_string(sel.type, p), "func() int");
	assert_ptr_equal(sel.obj->origin, typeof_(p, "L")->named.methods.at[0]);
}

static void
a_type_inside_a_generic_function_is_one_per_instance(void **state)
{
	Checked *c =
	    checkas("test/local", "func F[P any](p P) any { type T struct{ x P; next *T }; return T{x: p} }\n");
	Decl *d = c->funcs.at[0];
	Type *f = obj_type(d->func.name->name.obj);
	Type *t = d->func.body->block->block.list.at[0]->decl.list.at[0]->type.obj->type;
	Type *a = type_subst(t, f->fn.tparams.at, &typ[T_INT], 1),
	     *b = type_subst(t, f->fn.tparams.at, &typ[T_STRING], 1);

	(void)state;
	assert_true(type_hastparam(t));
	assert_false(type_isgeneric(t));
	assert_ptr_not_equal(a, t);
	assert_false(type_identical(a, b));
	assert_ptr_equal(a, type_subst(t, f->fn.tparams.at, &typ[T_INT], 1));
	assert_ptr_equal(type_under(a)->st.fields.at[0]->type, typ[T_INT]);
	assert_ptr_equal(type_under(a)->st.fields.at[1]->type->elem, a);
	assert_string_equal(type_linkstring(a), "test/local.F.T[int]·1");
	assert_string_equal(type_reflectstring(a), "p.T[int]");
}

static void
type_arguments_are_inferred(void **state)
{
	Package *p =
	    check("func Map[S ~[]E, E, R any](s S, f func(E) R) []R { return nil }\ntype Ints []int\nvar m = "
		  "Map(Ints{}, func(int) string { return \"\" })\n"
			   "func Max[T int | float64 | string](a, b T) T { return a }\nvar x = Max(1, 2.5)\n"
			   "func Id[T any](x T) T { return x }\nvar y = Map([]int{}, Id[int])\nvar z = Map(Ints{}, Id)\n"
		  "type Num interface{ ~int | ~float64 }\nfunc Sum[N Num](xs ...N) N { var s N; return s }\ntype My "
		  "int\nvar w = Sum(My(1), 2)\n"
		  "func Ptr[T any, P interface{ *T; Set() }](t T) P { return nil }\ntype V struct{}\nfunc (*V) Set() "
		  "{}\nvar v = Ptr(V{})\n"
			   "var fn func(string) string = Id\n"
			   "func Chan[T any](c <-chan T) T { return <-c }\nvar ch chan string\nvar c = Chan(ch)\n");

	(void)state;
	assert_string_equal(type_string(typeof_(p, "m"), p), "[]string");
	assert_string_equal(type_string(typeof_(p, "x"), p), "float64");
	assert_string_equal(type_string(typeof_(p, "y"), p), "[]int");
	assert_string_equal(type_string(typeof_(p, "z"), p), "[]int");
	assert_string_equal(type_string(typeof_(p, "w"), p), "My");
	assert_string_equal(type_string(typeof_(p, "v"), p), "*V");
	assert_string_equal(type_string(typeof_(p, "c"), p), "string");
}

static void
failed_inference_is_worded_as_gc_does(void **state)
{
	Package *p = check(
	    "func F[T any](a, b T) {}\nfunc G[K comparable, V any](m map[K]V) {}\nfunc H[T ~[]E, E any](t T) {}\n");
	Type *f = typeof_(p, "F"), *g = typeof_(p, "G"), *h = typeof_(p, "H"), *targs[2];
	InferArg args[2] = { { typ[T_INT], 0, false, "x" }, { typ[T_STRING], 0, false, "y" } };
	const char *why;
	Pos pos;

	(void)state;
	type_curpkg = p;
	assert_false(type_infer(0, f->fn.tparams.at, 1, targs, 0, f->fn.params, args, 2, false, &why, &pos));
	assert_string_equal(why, "type string of y does not match inferred type int for T");
	assert_false(type_infer(0, g->fn.tparams.at, 2, targs, 0, g->fn.params, args, 1, false, &why, &pos));
	assert_string_equal(why, "type int of x does not match map[K]V (cannot infer K and V)");
	assert_false(type_infer(0, h->fn.tparams.at, 2, targs, 0, h->fn.params, args, 1, false, &why, &pos));
	assert_string_equal(why, "T (type int) does not satisfy ~[]E");
	args[0].type = typ[T_UNTYPED_INT];
	args[1].type = typ[T_UNTYPED_STRING];
	assert_false(type_infer(0, f->fn.tparams.at, 1, targs, 0, f->fn.params, args, 2, false, &why, &pos));
	assert_string_equal(why, "mismatched types untyped int and untyped string (cannot infer T)");
}

/* ---- export data ---- */

static const char *const exported =
    "type T struct{ A int; b []byte `k:\"v\"` }\nfunc (t *T) M(x, y int) (z error) { return nil }\nfunc (t T) hidden() "
    "{}\n"
				    "type List[E any] struct{ next *List[E]; v E }\nfunc (l *List[E]) Push(v E) *List[E] { return l }\n"
				    "type Num interface{ ~int | ~float64; String() string }\n"
				    "func Map[S ~[]E, E, R any](s S, f func(E) R) (r []R) { for _, e := range s { r = append(r, f(e)) }; return }\n"
				    "const Big = 1 << 100\nconst F = 1.0 / 3\nconst s = \"a\\x00b\"\nvar V map[string]*List[T]\ntype A = []T\n"
				    "type R interface{ Next() R }\n//go:noinline\nfunc f(a int, b ...string) {}\n";

static void
export_data_is_read_back(void **state)
{
	Checked *c = checkas("test/exp", exported);
	Package *old = c->pkg, *new;
	Vec(ExportFunc) funcs = { 0 };
	Buf def = { 0 }, own = { 0 };
	const char *err = NULL;
	const void *key;
	void *value;
	int n = 0;
	ImportBody body;

	(void)state;
	for (int i = 0; i < c->funcs.n; i++)
		vec_push(perm, &funcs, ((ExportFunc){ c->funcs.at[i]->func.name->name.obj, true, "facts" }));
	export_write(&def, &own, old, funcs.at, funcs.n);
	new = import_read("test/exp", (Bytes){ own.p, own.n }, "exp.a", &err);
	assert_non_null(new);
	for (int i = 0; map_next(old->scope->names, &i, &key, &value); n++) {
		Obj *o = value, *m = lookup(new, o->name);

		assert_ptr_not_equal(o, m);
		assert_string_equal(obj_string(o, old), obj_string(m, new));
		if (o->kind == OBJ_CONST)
			assert_true(const_compare(TK_EQL, o->cv, m->cv));
	}
	assert_int_equal(n, 11);
	assert_int_equal(type_nmethods(typeof_(new, "T")), 2);
	assert_string_equal(obj_string(type_method(typeof_(new, "T"), 0), new), "func (*T).M(x int, y int) (z error)");
	assert_string_equal(type_string(type_under(typeof_(new, "V")->elem->elem), new), "struct{next *List[T]; v T}");
	assert_string_equal(import_facts(lookup(new, "Map")), "facts");
	assert_int_equal(lookup(new, "f")->pragma, PRAGMA_NOINLINE);
	assert_true(import_body(lookup(new, "f"), &body));
	assert_int_equal(body.text.n, strlen("func f(a int, b ...string) {}"));
	assert_memory_equal(body.text.p, "func f(a int, b ...string) {}", body.text.n);
	buf_free(&def);
}

static void
damaged_export_data_is_refused(void **state)
{
	Package *p = checkas("test/dam", exported)->pkg;
	Buf def = { 0 }, own = { 0 };
	const char *err;

	(void)state;
	export_write(&def, &own, p, NULL, 0);
	for (size_t i = 0; i < own.n; i++) {
		own.p[i] ^= 0x10;
		assert_null(import_read("test/dam2", (Bytes){ own.p, own.n }, "dam.a", &err));
		own.p[i] ^= 0x10;
		assert_null(import_read("test/dam2", (Bytes){ own.p, i }, "dam.a", &err));
	}
	buf_free(&def);
	buf_free(&own);
}

static void
the_same_source_gives_the_same_bytes(void **state)
{
	Buf def[2] = { 0 }, own[2] = { 0 };

	(void)state;
	for (int i = 0; i < 2; i++)
		export_write(&def[i], &own[i], checkas("test/same", exported)->pkg, NULL, 0);
	assert_int_equal(def[0].n, def[1].n);
	assert_memory_equal(def[0].p, def[1].p, def[0].n);
	assert_int_equal(own[0].n, own[1].n);
	assert_memory_equal(own[0].p, own[1].p, own[0].n);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(identical_types_have_one_canonical_pointer),
		cmocka_unit_test(texts_are_those_of_gc_and_reflect),
		cmocka_unit_test(sizes_are_those_of_gc),
		cmocka_unit_test(selectors_find_the_shallowest_field_or_method),
		cmocka_unit_test(missing_methods_are_explained),
		cmocka_unit_test(instances_are_shared_and_substituted_lazily),
		cmocka_unit_test(a_type_inside_a_generic_function_is_one_per_instance),
		cmocka_unit_test(type_arguments_are_inferred),
		cmocka_unit_test(failed_inference_is_worded_as_gc_does),
		cmocka_unit_test(export_data_is_read_back),
		cmocka_unit_test(damaged_export_data_is_refused),
		cmocka_unit_test(the_same_source_gives_the_same_bytes),
	};

	types_init(8);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
