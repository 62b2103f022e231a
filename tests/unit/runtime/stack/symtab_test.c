/*
 * symtab_test.c - reading a function table made by hand: two functions, one with an inlined call.
 */
// link: runtime/stack/symtab.c
#include "../../cmocka_all.h"
#include "stack/stack.h"

#include "../host.h"

static uint8_t img[4096];
static uint32_t nimg;
static uint8_t text[256], gofunc[64];
static ModuleData md;

static uint32_t
put(const void *p, size_t n)
{
	uint32_t at = nimg;

	memcpy(img + nimg, p, n);
	nimg += (uint32_t)n;
	return at;
}

static void
varint(uint8_t *b, int *n, uint32_t v)
{
	for (; v >= 128; v >>= 7)
		b[(*n)++] = (uint8_t)(v | 128);
	b[(*n)++] = (uint8_t)v;
}

/* pairs of value and the code offset where it ends */
static uint32_t
pctable(uint32_t base, const int32_t (*rows)[2], int n)
{
	uint8_t b[64];
	int k = 0, val = -1, pc = 0;

	for (int i = 0; i < n; i++) {
		int d = rows[i][0] - val;

		varint(b, &k, d < 0 ? ~((uint32_t)d << 1) : (uint32_t)d << 1);
		varint(b, &k, (uint32_t)(rows[i][1] - pc));
		val = rows[i][0];
		pc = rows[i][1];
	}
	b[k++] = 0;
	return put(b, (size_t)k) - base;
}

static int
setup(void **state)
{
	PclnHeader h = { .magic = 0xfffffff1, .minlc = 1, .ptrsize = sizeof(void *), .nfunc = 2, .nfiles = 1 };
	static const int32_t sp[][2] = { { 0, 1 }, { 8, 4 }, { 40, 90 }, { 0, 100 } };
	static const int32_t file[][2] = { { 0, 100 } };
	static const int32_t line[][2] = { { 10, 20 }, { 500, 30 }, { 12, 100 } };
	static const int32_t inl[][2] = { { -1, 20 }, { 0, 30 }, { -1, 100 } };
	InlinedCall call = { .parentpc = 15, .startline = 499 };
	PclnTab tab[2];
	PclnFunc f = { .args = 8, .npcdata = 3, .startline = 9, .nfuncdata = 4 };
	uint32_t zero = 0, one[3] = { 0 }, fd[4] = { 0xffffffffu, 0xffffffffu, 0xffffffffu, 0 }, pctab, pcln;

	(void)state;
	nimg = sizeof h;
	h.funcname = nimg;
	put("\0main.f\0main.g\0main.small", 26);
	nimg = (nimg + 3) & ~3u;
	call.name = 15;
	h.cutab = put(&zero, 4);
	h.filetab = put("/src/x.go", 10);
	h.pctab = pctab = put("", 1);
	f.pcsp = pctable(pctab, sp, 4);
	f.pcfile = pctable(pctab, file, 1);
	f.pcln = pctable(pctab, line, 3);
	one[2] = pctable(pctab, inl, 3);
	nimg = (nimg + 3) & ~3u;
	h.pcln = pcln = nimg;
	nimg += 2 * sizeof(PclnTab) + 4;
	for (int i = 0; i < 2; i++) {
		tab[i].entry = (uint32_t)i * 100;
		tab[i].off = nimg - pcln;
		f.entry = (uint32_t)i * 100;
		f.name = i == 0 ? 1 : 8;
		put(&f, sizeof f);
		put(one, sizeof one);
		put(fd, sizeof fd);
	}
	memcpy(img + pcln, tab, sizeof tab);
	memcpy(img, &h, sizeof h);
	memcpy(gofunc, &call, sizeof call);
	md.pclntab = img;
	md.text = (uintptr_t)text;
	md.etext = (uintptr_t)text + 200;
	md.gofunc = gofunc;
	symtab_init(&md);
	return 0;
}

static void
a_pc_finds_its_function(void **state)
{
	Func f;

	(void)state;
	assert_true(func_find((uintptr_t)text, &f));
	assert_string_equal(func_name(f.f), "main.f");
	assert_true(func_find((uintptr_t)text + 99, &f));
	assert_string_equal(func_name(f.f), "main.f");
	assert_true(func_find((uintptr_t)text + 100, &f));
	assert_string_equal(func_name(f.f), "main.g");
	assert_false(func_find((uintptr_t)text + 200, &f));
	assert_false(func_find((uintptr_t)text - 1, &f));
}

static void
tables_give_the_value_that_holds_at_a_pc(void **state)
{
	Func f;
	const char *file;

	(void)state;
	func_find((uintptr_t)text + 100, &f);
	assert_int_equal(func_spdelta(f, f.entry), 0);
	assert_int_equal(func_spdelta(f, f.entry + 1), 8);
	assert_int_equal(func_spdelta(f, f.entry + 4), 40);
	assert_int_equal(func_spdelta(f, f.entry + 89), 40);
	assert_int_equal(func_spdelta(f, f.entry + 90), 0);
	assert_int_equal(func_line(f, f.entry + 25, &file), 500);
	assert_string_equal(file, "/src/x.go");
}

static void
inlined_calls_are_frames_of_their_own(void **state)
{
	Func f;
	LogicalFrame lf;

	(void)state;
	func_find((uintptr_t)text, &f);
	assert_true(func_logical(f, f.entry + 25, 0, &lf));
	assert_string_equal(lf.name, "main.small");
	assert_true(lf.inlined);
	assert_int_equal(lf.line, 500);
	assert_true(func_logical(f, f.entry + 25, 1, &lf));
	assert_string_equal(lf.name, "main.f");
	assert_int_equal(lf.line, 10);
	assert_false(func_logical(f, f.entry + 25, 2, &lf));
	assert_true(func_logical(f, f.entry + 35, 0, &lf));
	assert_string_equal(lf.name, "main.f");
	assert_false(func_logical(f, f.entry + 35, 1, &lf));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_pc_finds_its_function),
		cmocka_unit_test(tables_give_the_value_that_holds_at_a_pc),
		cmocka_unit_test(inlined_calls_are_frames_of_their_own),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
