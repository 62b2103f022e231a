/*
 * packed_test.c - packed objects: they come back, and nothing damaged gets past the reader.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "obj/obj.h"

static uint32_t seed = 1;

static uint32_t
rnd(uint32_t n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 8) % n;
}

/* Runs, repeats of earlier text and noise, n bytes of it. */
static uint8_t *
sample(size_t n)
{
	uint8_t *p = malloc(n + 1);
	size_t at = 0;

	while (at < n) {
		size_t len = 1 + rnd(rnd(4) > 0 ? 24 : 700), from = at > 0 ? rnd((uint32_t)at) : 0;
		uint32_t how = rnd(3);

		for (; len > 0 && at < n; len--, at++)
			p[at] = how == 0 || at == 0 ? (uint8_t)rnd(256) : how == 1 ? p[from++] : p[at - 1];
	}
	return p;
}

static void
objects_come_back(void **state)
{
	static const size_t sizes[] = { 0, 1, 4, 5, 12, 13, 14, 20, 63, 64, 255, 270, 4096, 65535, 65536, 65537, 70000,
		300000 };

	(void)state;
	for (size_t i = 0; i < NELEM(sizes); i++)
		for (int round = 0; round < 4; round++) {
			uint8_t *p = sample(sizes[i]);
			Buf b = { 0 };
			Bytes got;

			packed_write(&b, p, sizes[i]);
			assert_true(packed_is((Bytes){ b.p, b.n }));
			assert_true(packed_read(perm, (Bytes){ b.p, b.n }, &got));
			assert_int_equal(got.n, sizes[i]);
			assert_memory_equal(got.p, p, sizes[i]);
			if (sizes[i] >= 4096)
				assert_true(b.n < sizes[i]);
			buf_free(&b);
			free(p);
		}
}

/* The example of the format's description: a run is a match that overlaps itself. */
static void
blocks_of_others_are_read(void **state)
{
	static const uint8_t block[] = { 'S', 'l', 'p', 'Z', 26, 0, 0, 0, 0x1f, 'a', 1, 0, 1, 0x50, 'b', 'c', 'd', 'e',
		'f' };
	Bytes got;

	(void)state;
	assert_true(packed_read(perm, (Bytes){ block, sizeof block }, &got));
	assert_int_equal(got.n, 26);
	assert_memory_equal(got.p, "aaaaaaaaaaaaaaaaaaaaabcdef", 26);
}

static void
damage_is_no_crash(void **state)
{
	uint8_t *p = sample(5000);
	Buf b = { 0 };
	Bytes got;

	(void)state;
	packed_write(&b, p, 5000);
	for (size_t n = 0; n < b.n; n++) {
		uint8_t *copy = malloc(n + 1);	/* of its own size, for the address sanitizer */

		memcpy(copy, b.p, n);
		assert_false(packed_read(perm, (Bytes){ copy, n }, &got));
		free(copy);
	}
	for (int i = 0; i < 20000; i++) {
		size_t at = rnd((uint32_t)b.n);
		uint8_t old = b.p[at];

		b.p[at] = (uint8_t)rnd(256);
		packed_read(perm, (Bytes){ b.p, b.n }, &got);
		b.p[at] = old;
		if (i % 64 == 0)
			arena_reset(perm);
	}
	buf_free(&b);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(objects_come_back),
		cmocka_unit_test(blocks_of_others_are_read),
		cmocka_unit_test(damage_is_no_crash),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
