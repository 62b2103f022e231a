/* macro_test.c - the preprocessor: what tokens come out, and what it complains of. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "asm/asm.h"

static AsmLexConfig config;

/* The tokens of text, blanks between them; newlines as "|", repeated ones and those at the ends left out. */
static const char *
tokens(const char *text)
{
	char name[] = "/tmp/macro_test.XXXXXX";
	int fd = mkstemp(name);
	AsmInput *in;
	AsmTok t;
	Buf b = { 0 };
	const char *s;
	bool line = false;

	assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	diag_reset();
	diag.nocolumns = true;
	in = asm_open(name, &config);
	while ((t = asm_next(in)).kind != TOK_EOF) {
		if (t.kind == '\n') {
			line = b.n > 0;
			continue;
		}
		buf_printf(&b, "%s%s%s", b.n > 0 ? " " : "", line ? "| " : "", t.text);
		line = false;
	}
	s = intern((const char *)b.p, b.n);
	buf_free(&b);
	unlink(name);
	return s;
}

/* The message about text, without the file's name. */
static const char *
complaint(const char *text)
{
	const char *s;

	tokens(text);
	s = strchr(diag_text(), ':');
	return s != NULL ? s + 1 : "none";
}

static void
names_hold_middle_dots_and_division_slashes(void **state)
{
	(void)state;
	assert_string_equal(tokens("internal∕bytealg·Equal ·x a1_é"), "internal/bytealg.Equal .x a1_é");
}

static void
comments_and_blanks_are_no_tokens(void **state)
{
	(void)state;
	assert_string_equal(tokens("A // b\nC /* d\ne */ F\r\n"), "A | C F");
}

static void
numbers_are_ints_and_floats(void **state)
{
	(void)state;
	AsmToks t = { 0 };

	asm_tokenize("0x1F 1.5 .5 1e9 0x1p-2 'a' \"b\\\"c\" <<", 36, NULL, 1, &t);
	int want[] = { TOK_INT, TOK_FLOAT, TOK_FLOAT, TOK_FLOAT, TOK_FLOAT, TOK_CHAR, TOK_STRING, TOK_SHL };

	assert_int_equal(t.n, NELEM(want));
	for (int i = 0; i < t.n; i++)
		assert_int_equal(t.at[i].kind, want[i]);
}

static void
two_characters_make_an_operator(void **state)
{
	(void)state;
	AsmToks t = { 0 };

	asm_tokenize("<< >> -> @> < > -", 17, NULL, 1, &t);
	int want[] = { TOK_SHL, TOK_SHR, TOK_ARR, TOK_ROT, '<', '>', '-' };

	assert_int_equal(t.n, NELEM(want));
	for (int i = 0; i < t.n; i++)
		assert_int_equal(t.at[i].kind, want[i]);
}

static void
a_macro_is_replaced_also_in_macros(void **state)
{
	(void)state;
	assert_string_equal(tokens("#define A 1+B\n#define B 2\nX A\n"), "X 1 + 2");
}

static void
a_blank_tells_a_body_from_arguments(void **state)
{
	(void)state;
	assert_string_equal(tokens("#define A(x) x x\n#define B (x)\nA(1) B\n"), "1 1 ( x )");
}

static void
arguments_may_hold_parentheses_and_be_empty(void **state)
{
	(void)state;
	assert_string_equal(tokens("#define F(a, b) b,a\nF((1,2), 3) F(,4)\n#define N() z\nN()\n"),
	    "3 , ( 1 , 2 ) 4 , | z");
}

static void
a_macro_without_its_arguments_is_a_name(void **state)
{
	(void)state;
	assert_string_equal(tokens("#define F(a) a\nF + F(1)\n"), "F + 1");
}

static void
a_backslash_takes_the_next_line_along(void **state)
{
	(void)state;
	assert_string_equal(tokens("#define F(a) \\\n\tMOV a; \\\n\tADD a\nF(R)\n"), "MOV R ; | ADD R");
}

static void
conditions_nest(void **state)
{
	(void)state;
	assert_string_equal(tokens("#define A\n#ifdef A\n1\n#ifndef A\n2\n#else\n3\n#endif\n#else\n4\n#ifdef "
				   "A\n5\n#endif\n#endif\n6\n"),
	    "1 | 3 | 6");
}

static void
undef_takes_a_macro_back(void **state)
{
	(void)state;
	assert_string_equal(tokens("#define A 1\n#undef A\nA\n#define A 2\nA\n"), "A | 2");
}

static void
command_line_definitions_are_macros(void **state)
{
	(void)state;
	vec_push(perm, &config.defines, "GOOS_linux");
	vec_push(perm, &config.defines, "N=3+4");
	assert_string_equal(tokens("#ifdef GOOS_linux\nN GOOS_linux\n#endif\n"), "3 + 4 1");
	config.defines.n = 0;
}

static void
what_a_macro_makes_is_where_it_is_used(void **state)
{
	(void)state;
	assert_string_equal(complaint("#define A #\n\nx A\n"), "3: '#' must be first item on line\n");
}

static void
endless_macros_end(void **state)
{
	(void)state;
	assert_string_equal(complaint("#define A A\nA\n"), "2: input recursion\n");
	assert_string_equal(complaint("#define A B B\n#define B A A\nA\n"), "3: input recursion\n");
}

static void
macros_that_double_end(void **state)
{
	(void)state;
	Buf b = { 0 };

	buf_str(&b, "#define A0 x x\n");
	for (int i = 1; i < 40; i++)
		buf_printf(&b, "#define F%d(a) a a\n", i);
	for (int i = 39; i > 0; i--)
		buf_printf(&b, "F%d(", i);
	buf_str(&b, "y");
	for (int i = 39; i > 0; i--)
		buf_str(&b, ")");
	buf_str(&b, "\n");
	tokens(buf_cstr(&b));
	buf_free(&b);
}

static void
wrong_directives_are_said(void **state)
{
	(void)state;
	assert_string_equal(complaint("#else\n"), "1: unmatched #else\n");
	assert_string_equal(complaint("\n#endif\n"), "2: unmatched #endif\n");
	assert_string_equal(complaint("#ifdef A\n"), "1: unclosed #ifdef or #ifndef\n");
	assert_string_equal(complaint("#define A 1\n#define A 2\n"), "2: redefinition of macro: A\n");
	assert_string_equal(complaint("#undef A\n"), "1: #undef for undefined macro: A\n");
	assert_string_equal(complaint("#what\n"), "1: unexpected token after '#': what\n");
	assert_string_equal(complaint("#define F(a,a) 1\n"), "1: duplicate argument a in definition for macro: F\n");
	assert_string_equal(complaint("#define F(a) 1\nF(1,2)\n"), "2: wrong arg count for macro F\n");
	assert_string_equal(complaint("#define F(a) 1\nF(1\n"), "2: unterminated arg list invoking macro: F\n");
	assert_string_equal(complaint("#define A 1"), "1: missing newline in definition for macro: A\n");
	assert_string_equal(complaint("\"a\n"), "1: literal not terminated\n");
	assert_string_equal(complaint("/* a\n"), "1: comment not terminated\n");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_hold_middle_dots_and_division_slashes),
		cmocka_unit_test(comments_and_blanks_are_no_tokens),
		cmocka_unit_test(numbers_are_ints_and_floats),
		cmocka_unit_test(two_characters_make_an_operator),
		cmocka_unit_test(a_macro_is_replaced_also_in_macros),
		cmocka_unit_test(a_blank_tells_a_body_from_arguments),
		cmocka_unit_test(arguments_may_hold_parentheses_and_be_empty),
		cmocka_unit_test(a_macro_without_its_arguments_is_a_name),
		cmocka_unit_test(a_backslash_takes_the_next_line_along),
		cmocka_unit_test(conditions_nest),
		cmocka_unit_test(undef_takes_a_macro_back),
		cmocka_unit_test(command_line_definitions_are_macros),
		cmocka_unit_test(what_a_macro_makes_is_where_it_is_used),
		cmocka_unit_test(endless_macros_end),
		cmocka_unit_test(macros_that_double_end),
		cmocka_unit_test(wrong_directives_are_said),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
