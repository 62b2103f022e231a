/*
 * data_test.c - layouts, calling convention, names, descriptors, itabs and
 * static data of a small package, as they stand in the object before writing. A process lowers one package.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "lower/lower.h"

static Package *
import(const char *path, const char **err)
{
	Package *p = package_find(path);

	*err = "no such package";
	return strcmp(path, "unsafe") == 0 ? pkg_unsafe : p;
}

static const char source[] =
	"package p\n"
	"type A struct { x int8; s string }\ntype B struct { a, b, c, d, e int }\ntype C [1]*int\ntype D [2]int\n"
	"type E struct { C; _ int32 }\ntype F func()\ntype G struct{}\ntype H struct { z [0]int; c complex64 }\n"
	"type SigF func(a1 uint8, a2 [2]uintptr, a3 uint8) (r1 struct { x uintptr; y [2]uintptr }, r2 string)\n"
	"type SigG func(a, b, c, d, e, f, g, h int, s string, i int, x, y float64)\n"
    "var a = 7\nvar b = [...]int16{3: -2, 1: 5}\nvar c = []string{\"x\", 2: \"\"}\nvar d = &struct{ p *int; f float32 "
    "}{&a, 1.5}\n"
	"var e any = [4]int16{3: 1}\nvar f = g\nfunc g() {}\nvar z [100]*int\nvar n = map[string]int{}\nvar k = &z[3]\n"
	"type T struct { n int; p *T }\nfunc (t T) A() {}\nfunc (t *T) B(int) string { return \"\" }\nfunc (t T) c() {}\n"
	"type I interface { A(); B(int) string }\nvar i I = &T{}\ntype W struct { *T; X int `tag` }\nvar w any = W{}\n"
	"type EqA struct { x, y int32 }\ntype EqB struct { x int8; y int32 }\ntype EqC struct { f float64 }\n"
	"type EqD struct { _ int; x int }\ntype EqE struct { s []int }\ntype EqF [3]EqA\n";

static void
compile(void)
{
	CheckConfig cfg = { .pkgpath = intern_str("test/p"), .lang = "go1.23", .import = import };
	Bytes b = { (const uint8_t *)source, strlen(source) };
	File *fl = parse_file(perm, pos_addfile("x.go", b.n, 1), b, 0);
	ExportFuncVec facts = { 0 };

	lw.checked = check_package(&cfg, &fl, 1);
	diag_checkpoint();
	lw.pkg = lw.checked->pkg;
	lw.a = arena_new("package");
	lw.o = objfile_new(perm, lw.target->name, lw.pkg->path);
	lw.inlinebudget = 80;
	lower_abis(NULL);
	lower_package(&facts);
}

static Type *
typ_(const char *name)
{
	Obj *o = scope_lookup(lw.pkg->scope, intern_str(name));

	assert_non_null(o);
	return obj_type(o);
}

static ObjSym *
sym(const char *name)
{
	ObjSym *s = map_get(lw.o->names, intern_printf("%s.%s", lw.pkg->path, name));

	assert_non_null(s);
	assert_true(s->defined);
	return s;
}

static uint64_t
num(const ObjSym *s, size_t off, int size)
{
	uint64_t v = 0;

	assert_true(off + (size_t)size <= s->data.n);
	for (int i = size - 1; i >= 0; i--)
		v = v << 8 | s->data.p[off + (size_t)i];
	return v;
}

static const ObjReloc *
reloc(const ObjSym *s, uint32_t off, RelocKind k)
{
	for (int i = 0; i < s->relocs.n; i++)
		if (s->relocs.at[i].off == off && s->relocs.at[i].kind == k)
			return &s->relocs.at[i];
	return NULL;
}

static void
components_follow_memory_order(void **state)
{
	const LowerType *l;

	(void)state;
	l = lower_type(typ_("A"));
	assert_int_equal(l->ncomp, 3);
	assert_int_equal(l->comp[1].off, 8);
	assert_int_equal(l->comp[1].type, VT_PTR);
	assert_int_equal(l->gc.ptrbytes, 16);
	assert_int_equal(l->gc.ptrmask[0], 2);
	l = lower_type(typ_("B"));
	assert_false(l->ssa);
	assert_true(l->regargs);
	assert_int_equal(l->nabi, 5);
	assert_true(lower_type(typ_("C"))->direct);
	l = lower_type(typ_("D"));
	assert_false(l->regargs);
	l = lower_type(typ_("E"));
	assert_int_equal(l->ncomp, 2);
	assert_false(l->direct);
	assert_true(lower_type(typ_("F"))->direct);
	assert_true(lower_type(typ_("G"))->ssa);
	l = lower_type(typ_("H"));
	assert_int_equal(l->ncomp, 2);
	assert_int_equal(l->comp[1].off, 4);
}

/* The example of abi-internal.md, "Function call argument and result passing". */
static void
registers_are_handed_out_as_the_specification_says(void **state)
{
	const LowerSig *s;

	(void)state;
	s = lower_sig(NULL, typ_("SigF"));
	assert_true(s->param[0].inregs);
	assert_int_equal(s->sig->param[0].reg, lw.target->intargs[0]);
	assert_false(s->param[1].inregs);
	assert_int_equal(s->param[1].stackoff, 0);
	assert_int_equal(s->sig->param[1].reg, lw.target->intargs[1]);
	assert_false(s->result[0].inregs);
	assert_int_equal(s->result[0].stackoff, 16);
	assert_int_equal(s->sig->resultoff, 16);
	assert_int_equal(s->sig->argsize, 40);
	assert_int_equal(s->sig->spillsize, 8);
	assert_int_equal(s->sig->param[0].off, 40);
	assert_int_equal(s->sig->param[1].off, 41);
	assert_int_equal(s->sig->nresult, 2);
	assert_int_equal(s->sig->result[0].reg, lw.target->intargs[0]);
	s = lower_sig(NULL, typ_("SigG"));
	assert_false(s->param[8].inregs);	/* two words, one register left */
	assert_true(s->param[9].inregs);
	assert_int_equal(s->sig->param[8].reg, lw.target->intargs[8]);
	assert_int_equal(s->sig->param[9].reg, lw.target->floatargs[0]);
	assert_int_equal(s->sig->argptrs[0], 1);	/* the string on the stack */
	s = lower_sig0(NULL, typ_("SigF"));
	assert_int_equal(s->sig->nparam, 0);
	assert_int_equal(s->param[2].stackoff, 24);
	assert_int_equal(s->result[1].stackoff, 56);
}

static void
constants_become_data(void **state)
{
	const ObjSym *s;

	(void)state;
	s = sym("a");
	assert_int_equal(s->kind, SYM_NOPTRDATA);
	assert_int_equal(num(s, 0, 8), 7);
	s = sym("b");
	assert_int_equal(s->size, 8);
	assert_int_equal(num(s, 2, 2), 5);
	assert_int_equal(num(s, 6, 2), 0xfffe);
	s = sym("c");
	assert_int_equal(s->kind, SYM_DATA);
	assert_int_equal(num(s, 8, 8), 3);
	assert_int_equal(s->ptrmask[0], 1);
	s = reloc(s, 0, OBJ_R_ADDR)->sym;
	assert_int_equal(s->size, 48);
	assert_int_equal(num(s, 8, 8), 1);
	s = reloc(sym("d"), 0, OBJ_R_ADDR)->sym;
	assert_ptr_equal(reloc(s, 0, OBJ_R_ADDR)->sym, sym("a"));
	assert_int_equal(num(s, 8, 4), 0x3fc00000);
	s = sym("e");
	assert_string_equal(reloc(s, 0, OBJ_R_ADDR)->sym->name, "type:[4]int16");
	assert_non_null(reloc(s, 0, OBJ_R_USEIFACE));
	assert_int_equal(reloc(s, 8, OBJ_R_ADDR)->sym->kind, SYM_RODATA);
	assert_string_equal(reloc(reloc(sym("f"), 0, OBJ_R_ADDR)->sym, 0, OBJ_R_ADDR)->sym->name, sym("g")->name);
	s = sym("z");
	assert_int_equal(s->kind, SYM_BSS);
	assert_int_equal(s->ptrwords, 100);
	assert_int_equal(sym("n")->kind, SYM_BSS);
	assert_int_equal(reloc(sym("k"), 0, OBJ_R_ADDR)->add, 24);
}

static void
descriptors_carry_methods_and_masks(void **state)
{
	const ObjSym *s, *it;
	ObjSym *t;

	(void)state;
	t = lower_desc(typ_("T"));
	assert_true(t->defined);
	assert_int_equal(num(t, 0, 8), 16);
	assert_int_equal(num(t, 8, 8), 16);
	assert_int_equal(num(t, 20, 1), 1 | 2 | 4 | 8);
	assert_int_equal(num(t, 23, 1), 25);
	assert_int_equal(num(reloc(t, 32, OBJ_R_ADDR)->sym, 0, 1), 2);
	assert_int_equal(num(t, 80 + 4, 2), 2);	/* A and c */
	assert_int_equal(num(t, 80 + 6, 2), 1);
	assert_int_equal(num(t, 80 + 8, 4), 16 + 2 * 24);
	s = lower_desc(type_ptr(typ_("T")));
	assert_int_equal(num(s, 23, 1), 22 | 32);
	assert_int_equal(num(s, 56 + 4, 2), 3);
	assert_int_equal(num(s, 56 + 6, 2), 2);
	it = reloc(sym("i"), 0, OBJ_R_ADDR)->sym;
	assert_int_equal(it->kind, SYM_ITAB);
	assert_int_equal(it->data.n, 24 + 16);
	assert_int_equal(num(it, 16, 4), num(s, 16, 4));
	assert_string_equal(reloc(it, 32, OBJ_R_WEAKADDR)->sym->name, intern_printf("%s.(*T).B", lw.pkg->path));
	s = lower_desc(typ_("W"));
	assert_int_equal(num(s, 80 + 4, 2), 3);	/* promoted through the pointer */
	assert_non_null(map_get(lw.o->names, intern_printf("%s.W.B", lw.pkg->path)));
	assert_non_null(map_get(lw.o->names, intern_printf("%s.(*W).c", lw.pkg->path)));
}

static void
equality_is_plain_memory_only_without_gaps(void **state)
{
	(void)state;
	assert_true(lower_plainmemory(typ_("EqA")));
	assert_false(lower_plainmemory(typ_("EqB")));
	assert_false(lower_plainmemory(typ_("EqC")));
	assert_false(lower_plainmemory(typ_("EqD")));
	assert_true(lower_plainmemory(typ_("EqF")));
	assert_null(lower_eqfunc(typ_("EqE")));
	assert_string_equal(lower_eqfunc(typ_("EqA"))->name, "runtime.memequal64·f");
	assert_string_equal(lower_eqfunc(typ_("EqC"))->name, "runtime.f64equal·f");
	assert_string_equal(lower_eqfunc(typ_("EqF"))->name, "type:.eqfunc24·f");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(components_follow_memory_order),
		cmocka_unit_test(registers_are_handed_out_as_the_specification_says),
		cmocka_unit_test(constants_become_data),
		cmocka_unit_test(descriptors_carry_methods_and_masks),
		cmocka_unit_test(equality_is_plain_memory_only_without_gaps),
	};

	diag_init("data_test");
	lw.target = target_find("amd64");
	types_init(lw.target->ptrsize);
	compile();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
