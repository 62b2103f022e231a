/* const_test.c - constant arithmetic against known values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "types/types.h"

static Const *
lit(const char *s)
{
	Const *c =
	    const_literal(strchr(s, '.') != NULL || ((strchr(s, 'e') != NULL || strchr(s, 'p') != NULL)) ? LIT_FLOAT :
													   LIT_INT,
		intern_str(s));

	assert_non_null(c);
	return c;
}

static void
integer_literals_of_all_bases_are_read(void **state)
{
	(void)state;
	assert_string_equal(const_string_repr(lit("0x_FF")), "255");
	assert_string_equal(const_string_repr(lit("0755")), "493");
	assert_string_equal(const_string_repr(lit("0b1010")), "10");
	assert_string_equal(const_string_repr(lit("0o17")), "15");
	assert_string_equal(const_string_repr(lit("1_000_000")), "1000000");
	assert_string_equal(const_string_repr(lit("340282366920938463463374607431768211456")),
	    "340282366920938463463374607431768211456");
	assert_null(const_literal(LIT_INT, intern_str("0b12")));
}

static void
integers_grow_and_shrink(void **state)
{
	Const *one = const_int(1), *big = const_shift(TK_SHL, one, 100);
	int64_t v;

	(void)state;
	assert_int_equal(const_bitlen(big), 101);
	assert_false(const_isint64(big, &v));
	assert_true(const_isint64(const_shift(TK_SHR, big, 98), &v));
	assert_int_equal(v, 4);
	assert_string_equal(const_string_repr(const_binary(TK_SUB, const_int(INT64_MIN), one, true)),
	    "-9223372036854775809");
	assert_string_equal(const_string_repr(const_unary(TK_SUB, const_int(INT64_MIN), NULL)), "9223372036854775808");
}

static void
division_truncates_only_between_integers(void **state)
{
	Const *q;

	(void)state;
	assert_string_equal(const_string_repr(const_binary(TK_DIV, const_int(-7), const_int(2), true)), "-3");
	assert_string_equal(const_string_repr(const_binary(TK_REM, const_int(-7), const_int(2), true)), "-1");
	q = const_binary(TK_DIV, const_int(7), const_int(2), false);
	assert_int_equal(q->kind, CONST_FLOAT);
	assert_string_equal(const_string_repr(q), "3.5");
	assert_null(const_binary(TK_DIV, const_int(1), const_int(0), true));
}

static void
complement_of_an_unsigned_constant_has_its_width(void **state)
{
	(void)state;
	assert_string_equal(const_string_repr(const_unary(TK_XOR, const_int(0), typ[T_UINT8])), "255");
	assert_string_equal(const_string_repr(const_unary(TK_XOR, const_int(0), typ[T_INT8])), "-1");
}

static void
fractions_are_exact(void **state)
{
	Const *third = const_binary(TK_DIV, const_int(1), const_int(3), false);

	(void)state;
	assert_true(const_compare(TK_EQL, const_binary(TK_MUL, third, const_int(3), false), const_int(1)));
	assert_true(const_compare(TK_EQL, const_binary(TK_ADD, lit("0.1"), lit("0.2"), false), lit("0.3")));
	assert_int_equal(const_toint(third)->kind, CONST_UNKNOWN);
	assert_int_equal(const_toint(lit("5.0"))->kind, CONST_INT);
}

static void
conversion_to_double_rounds_to_nearest_even(void **state)
{
	/* clang-format off */
	static const char *const texts[] = {
		"0.1", "1.7976931348623157e308", "4.9e-324", "2.4e-324", "2.5e-324", "1e-320", "2.2250738585072011e-308", "0x1p-1074",
		"0x1.8p-1075", "9007199254740993.0", "16777217.0", "1e23", "8.5e22", "1e400", "1e-400",
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < NELEM(texts); i++) {
		assert_true(const_float64(lit(texts[i])) == strtod(texts[i], NULL));
		assert_true(const_float32(lit(texts[i])) == strtof(texts[i], NULL));
	}
}

static void
random_decimals_agree_with_the_c_library(void **state)
{
	uint32_t seed = 1;

	(void)state;
	for (int i = 0; i < 5000; i++) {
		char s[64];
		uint32_t r[3];

		for (int j = 0; j < 3; j++)
			r[j] = seed = seed * 1664525u + 1013904223u;
		snprintf(s, sizeof s, "%u.%09ue%d", r[0] >> 8, r[1] % 1000000000u, (int)(r[2] >> 8) % 660 - 335);
		assert_true(const_float64(lit(s)) == strtod(s, NULL));
		assert_true(const_float32(lit(s)) == strtof(s, NULL));
	}
}

static void
huge_exponents_become_binary_floats(void **state)
{
	Const *a = lit("1e3000"), *b = const_binary(TK_MUL, a, a, false);

	(void)state;
	assert_string_equal(const_string_repr(b), "1e+6000");
	assert_true(const_compare(TK_EQL, const_binary(TK_DIV, b, a, false), a));
	assert_true(const_compare(TK_GTR, b, a));
	assert_true(const_compare(TK_LSS, const_unary(TK_SUB, b, NULL), a));
	assert_true(const_compare(TK_EQL, const_binary(TK_SUB, b, b, false), const_int(0)));
	assert_null(const_literal(LIT_FLOAT, intern_str("1e10000000000")));
	assert_int_equal(const_sign(lit("1e-10000000000")), 0);
}

static void
complex_arithmetic_follows_the_school_rules(void **state)
{
	Const *z = const_complex(const_int(1), const_int(2));

	(void)state;
	assert_string_equal(const_string_repr(const_binary(TK_MUL, z, z, false)), "(-3 + 4i)");
	assert_string_equal(const_string_repr(const_binary(TK_DIV, z, z, false)), "(1 + 0i)");
	assert_string_equal(const_string_repr(const_literal(LIT_IMAG, intern_str("0123i"))), "(0 + 123i)");
	assert_string_equal(const_string_repr(const_literal(LIT_IMAG, intern_str("0o17i"))), "(0 + 15i)");
}

static void
representability_knows_the_limits_of_types(void **state)
{
	Const *r = NULL;

	(void)state;
	assert_true(const_representable(const_int(255), typ[T_UINT8], NULL));
	assert_false(const_representable(const_int(256), typ[T_UINT8], NULL));
	assert_false(const_representable(const_int(-1), typ[T_UINT], NULL));
	assert_true(const_representable(const_int(-128), typ[T_INT8], NULL));
	assert_true(const_representable(const_uint(UINT64_MAX), typ[T_UINT64], NULL));
	assert_false(const_representable(const_uint(UINT64_MAX), typ[T_INT64], NULL));
	assert_true(const_representable(lit("1e10"), typ[T_INT64], &r));
	assert_int_equal(r->kind, CONST_INT);
	assert_false(const_representable(lit("1.5"), typ[T_INT], NULL));
	assert_false(const_representable(lit("1e39"), typ[T_FLOAT32], NULL));
	assert_true(const_representable(lit("0.1"), typ[T_FLOAT32], &r));
	assert_true(const_float64(r) == (double)0.1f);
}

static void
long_concatenations_keep_their_prefixes(void **state)
{
	Const *s = const_string("", 0), *first = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		s = const_binary(TK_ADD, s, const_string("ab", 2), false);
		if (i == 499)
			first = s;
	}
	assert_int_equal(s->s.n, 2000);
	assert_int_equal(first->s.n, 1000);
	/* extending the prefix differently must not disturb the longer string */
	first = const_binary(TK_ADD, first, const_string("xy", 2), false);
	assert_memory_equal(first->s.p + 998, "abxy", 4);
	assert_memory_equal(s->s.p + 998, "abab", 4);
}

static void
encoding_is_read_back(void **state)
{
	Const *all[] = {
		const_bool(true),
		const_string("a\0b", 3),
		const_int(-5),
		const_shift(TK_SHL, const_int(-3), 200),
		lit("3.25"),
		lit("1e3000"),
		const_complex(lit("1e-3000"), const_int(7)),
		lit("0.0"),
	};

	(void)state;
	for (size_t i = 0; i < NELEM(all); i++) {
		Buf b = { 0 };
		const uint8_t *p;
		Const *c;

		const_encode(&b, all[i]);
		p = b.p;
		c = const_decode(&p, b.p + b.n);
		assert_non_null(c);
		assert_ptr_equal(p, b.p + b.n);
		assert_int_equal(c->kind, all[i]->kind);
		assert_true(const_compare(TK_EQL, c, all[i]));
		for (size_t n = 0; n < b.n; n++) {
			p = b.p;
			const_decode(&p, b.p + n);	/* cut short: anything but a crash */
		}
		if (c->kind != CONST_STRING)
			buf_free(&b);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(integer_literals_of_all_bases_are_read),
		cmocka_unit_test(integers_grow_and_shrink),
		cmocka_unit_test(division_truncates_only_between_integers),
		cmocka_unit_test(complement_of_an_unsigned_constant_has_its_width),
		cmocka_unit_test(fractions_are_exact),
		cmocka_unit_test(conversion_to_double_rounds_to_nearest_even),
		cmocka_unit_test(random_decimals_agree_with_the_c_library),
		cmocka_unit_test(huge_exponents_become_binary_floats),
		cmocka_unit_test(complex_arithmetic_follows_the_school_rules),
		cmocka_unit_test(representability_knows_the_limits_of_types),
		cmocka_unit_test(long_concatenations_keep_their_prefixes),
		cmocka_unit_test(encoding_is_read_back),
	};

	types_init(8);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
