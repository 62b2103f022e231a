/* parse_test.c - operands, expressions, labels, frames: whole files through the assembler, for a CPU that every build has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "asm/asm.h"

static ObjFile *o;

/* Assembles text as package p. */
static void
assemble(const char *text)
{
	AsmConfig cfg = { .cpu = asm_cpu("amd64"), .pkgpath = "p" };
	char name[] = "/tmp/parse_test.XXXXXX";
	int fd = mkstemp(name);

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	diag_reset();
	diag.nocolumns = diag.all = true;
	o = objfile_new(perm, "amd64", "p");
	asm_file(&cfg, o, name);
	if (diag.nerrors == 0)
		asm_finish(o);
	unlink(name);
}

static const ObjSym *
symbol(const char *name)
{
	for (int i = 0; i < o->syms.n; i++)
		if (strcmp(o->syms.at[i]->name, name) == 0)
			return o->syms.at[i];
	return NULL;
}

/* The code of one statement in a function without a frame, in hexadecimal. */
static const char *
code(const char *statement)
{
	const ObjSym *s;
	Buf b = { 0 };
	const char *hex;

	assemble(intern_printf("TEXT ·f(SB), 4, $0-16\n%s\n", statement));
	if (diag.nerrors > 0)
		return strchr(diag_text(), ':') + 1;
	s = symbol("p.f.abi0");
	for (size_t i = 0; i < s->data.n; i++)
		buf_printf(&b, "%02x", s->data.p[i]);
	hex = intern((const char *)b.p, b.n);
	buf_free(&b);
	return hex;
}

static void
expressions_have_gos_precedence(void **state)
{
	(void)state;
	assert_string_equal(code("BYTE $1+2*3"), "07");
	assert_string_equal(code("BYTE $(1+2)*3"), "09");
	assert_string_equal(code("BYTE $1<<4|3"), "13");
	assert_string_equal(code("BYTE $0x0f&~3^1"), "0d");
	assert_string_equal(code("BYTE $-(2-5)"), "03");
	assert_string_equal(code("BYTE $'a'+0b101+0o17"), "75");
	assert_string_equal(code("QUAD $0x8000000000000000"), "0000000000000080");
}

static void
wrong_expressions_are_said(void **state)
{
	(void)state;
	assert_string_equal(code("BYTE $1/0"), "2: division by zero\n");
	assert_string_equal(code("BYTE $(1"), "2: missing closing paren\n");
	assert_string_equal(code("BYTE $1+"), "2: unexpected EOF evaluating expression\n");
	assert_string_equal(code("BYTE $0x10000000000000000"),
	    "2: strconv.ParseUint: parsing \"0x10000000000000000\": value out of range\n");
	assert_string_equal(code("BYTE $08"), "2: strconv.ParseUint: parsing \"08\": invalid syntax\n");
}

static void
nested_parentheses_have_a_limit(void **state)
{
	(void)state;
	Buf b = { 0 };

	buf_str(&b, "BYTE $");
	for (int i = 0; i < 100000; i++)
		buf_byte(&b, '(');
	assert_string_equal(code(buf_cstr(&b)), "2: expression is nested too deeply\n");
	buf_free(&b);
}

static void
memory_has_base_index_and_scale(void **state)
{
	(void)state;
	assert_string_equal(code("MOVQ (AX), BX"), "488b18");
	assert_string_equal(code("MOVQ 8(AX)(CX*4), BX"), "488b5c8808");
	assert_string_equal(code("MOVQ (CX*8), BX"), "488b1ccd00000000");
	assert_string_equal(code("MOVQ -8(SP), BX"), "488b5c24f8");
	assert_string_equal(code("MOVQ a+8(FP), BX"), "488b5c2410");
	assert_string_equal(code("MOVQ (AX*3), BX"), "2: bad scale: 3\n");
	assert_string_equal(code("MOVQ 8(FP), BX"), "2: cannot reference FP without a symbol\n");
	assert_string_equal(code("MOVQ FP, BX"), "2: illegal use of pseudo-register FP\n");
	assert_string_equal(code("MOVQ $AX, BX"), "2: prefix $ not allowed for register: $AX\n");
	assert_string_equal(code("MOVQ (AX, CX), BX"), "2: (register,register) not supported on this architecture\n");
}

static void
jumps_are_short_until_they_do_not_reach(void **state)
{
	(void)state;
	assert_string_equal(code("l: JMP l"), "ebfe");
	assert_string_equal(code("JEQ 1(PC)\nRET"), "7400c3");
	assert_int_equal(strlen(code(intern_printf(
			     "JMP l\n#define A QUAD $0; QUAD $0; QUAD $0; QUAD $0; QUAD $0; QUAD $0; QUAD $0; QUAD $0\n"
						   "A\nA\nl: RET"))),
	    2 * (5 + 128 + 1));
	assert_string_equal(code("JMP nowhere"), "2: undefined label nowhere\n");
	assert_string_equal(code("l: NOP\nl: RET"), "3: label \"l\" multiply defined\n");
	assert_string_equal(code("JMP 9(PC)"), "2: branch out of range: 9(PC)\n");
}

static void
a_label_at_the_end_is_the_end(void **state)
{
	(void)state;
	assert_string_equal(code("JMP l\nRET\nl:"), "eb01c3");
}

static void
the_frame_holds_locals_and_the_saved_frame_pointer(void **state)
{
	const ObjSym *s;

	(void)state;
	assemble("TEXT ·f(SB), 4, $24-8\n\tMOVQ x-8(SP), AX\n\tMOVQ a+0(FP), AX\n\tRET\n");
	s = symbol("p.f.abi0");
	assert_int_equal(s->fn->framesize, 32);
	/* PUSHQ BP; MOVQ SP, BP; SUBQ $24, SP; 16(SP); 40(SP); ADDQ; POPQ; RET */
	assert_memory_equal(s->data.p,
	    "\x55\x48\x89\xe5\x48\x83\xec\x18\x48\x8b\x44\x24\x10\x48\x8b\x44\x24\x28\x48\x83\xc4\x18\x5d\xc3", 24);
	assert_int_equal(s->fn->pcsp.at[0].val, 0);
	assert_int_equal(s->fn->pcsp.at[1].val, 8);
	assert_int_equal(s->fn->pcsp.at[2].val, 32);
}

static void
pushes_move_what_locals_are_at(void **state)
{
	const ObjSym *s;

	(void)state;
	assemble("TEXT ·f(SB), 4, $0-8\n\tPUSHQ AX\n\tMOVQ a+0(FP), AX\n\tPOPQ AX\n\tRET\n");
	s = symbol("p.f.abi0");
	assert_memory_equal(s->data.p, "\x50\x48\x8b\x44\x24\x10\x58\xc3", 8);
	assemble("TEXT ·f(SB), 4, $0-8\n\tPUSHQ AX\n\tRET\n");
	assert_non_null(strstr(diag_text(), "3: unbalanced PUSH/POP"));
}

static void
data_has_the_bytes_that_are_said(void **state)
{
	const ObjSym *s;

	(void)state;
	assemble("DATA t<>+0(SB)/4, $0x01020304\nDATA t<>+4(SB)/2, $\"a\\n\"\nDATA t<>+8(SB)/8, $1.5\nGLOBL t<>(SB), "
		 "8, $24\n");
	s = symbol("t");
	assert_int_equal(s->kind, SYM_RODATA);
	assert_int_equal(s->size, 24);
	assert_memory_equal(s->data.p, "\4\3\2\1a\n\0\0\0\0\0\0\0\0\xf8\x3f\0\0\0\0\0\0\0\0", 24);
	assert_int_equal(s->flags & SYMF_LOCAL, SYMF_LOCAL);
}

static void
wrong_data_is_said(void **state)
{
	(void)state;
	assemble("DATA t+0(SB)/4, $1\nDATA t+2(SB)/4, $1\n");
	assert_non_null(strstr(diag_text(), "2: overlapping DATA entry for t"));
	assemble("DATA t+0(SB)/3, $1\n");
	assert_non_null(strstr(diag_text(), "1: bad int size for DATA argument: 3"));
	assemble("DATA t+0(SB)/4, $·f(SB)\n");
	assert_non_null(strstr(diag_text(), "1: bad addr size for DATA argument: 4"));
	assemble("DATA t+0(SB)/8, $1\nGLOBL t(SB), 24, $4\n");
	assert_non_null(strstr(diag_text(), "1: DATA for t goes beyond its size of 4 bytes"));
	assemble("DATA t+0(SB)/8, $1\n");
	assert_non_null(strstr(diag_text(), "1: DATA for t, which has no GLOBL"));
	assemble("GLOBL t(SB), 24, $8\nGLOBL t(SB), 24, $8\n");
	assert_non_null(strstr(diag_text(), "2: symbol t redeclared"));
}

static void
functions_and_unknown_symbols_are_of_the_stack_convention(void **state)
{
	(void)state;
	assemble("TEXT ·f(SB), 4, $0\n\tCALL ·g(SB)\n\tMOVQ ·v(SB), AX\n\tRET\nGLOBL ·d(SB), 16, $8\n");
	assert_non_null(symbol("p.f.abi0"));
	assert_non_null(symbol("p.g.abi0"));
	assert_non_null(symbol("p.v.abi0"));
	assert_non_null(symbol("p.d"));
}

static void
symabis_lists_what_is_defined_and_referred_to(void **state)
{
	AsmConfig cfg = { .cpu = asm_cpu("amd64"), .pkgpath = "p" };
	const char *text =
	    "TEXT ·f(SB), 4, $0\n\tCALL ·g(SB)\n\tMOVQ $other·v+8(SB), AX\n\tMOVQ s<>(SB), AX\n\tFOO what(SB)\n";
	char name[] = "/tmp/parse_test.XXXXXX";
	int fd = mkstemp(name);
	Buf b = { 0 };

	(void)state;
	assert_true(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	diag_reset();
	asm_symabis(&cfg, name, &b);
	assert_string_equal(buf_cstr(&b), "def p.f ABI0\nref p.g ABI0\nref other.v ABI0\nref what ABI0\n");
	buf_free(&b);
	unlink(name);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(expressions_have_gos_precedence),
		cmocka_unit_test(wrong_expressions_are_said),
		cmocka_unit_test(nested_parentheses_have_a_limit),
		cmocka_unit_test(memory_has_base_index_and_scale),
		cmocka_unit_test(jumps_are_short_until_they_do_not_reach),
		cmocka_unit_test(a_label_at_the_end_is_the_end),
		cmocka_unit_test(the_frame_holds_locals_and_the_saved_frame_pointer),
		cmocka_unit_test(pushes_move_what_locals_are_at),
		cmocka_unit_test(data_has_the_bytes_that_are_said),
		cmocka_unit_test(wrong_data_is_said),
		cmocka_unit_test(functions_and_unknown_symbols_are_of_the_stack_convention),
		cmocka_unit_test(symabis_lists_what_is_defined_and_referred_to),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
