/* base_test.c - arenas, vectors, maps, names, buffers, paths, UTF-8, hashes. */
#include "../../cmocka_all.h"

#include "base/base.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void
arenas_give_zeroed_aligned_memory_again_and_again(void **state)
{
	Arena *a = arena_new("test");

	(void)state;
	for (int round = 0; round < 3; round++) {
		for (size_t n = 0; n < 5000; n += 37) {
			uint8_t *p = arena_alloc(a, n);

			assert_int_equal((uintptr_t)p % 16, 0);
			for (size_t i = 0; i < n; i++)
				assert_int_equal(p[i], 0);
			if (n > 0)
				memset(p, 0xff, n);
		}
		arena_reset(a);
	}
	arena_free(a);
}

static void
releasing_a_mark_keeps_what_came_before(void **state)
{
	Arena *a = arena_new("test");
	char *s = arena_printf(a, "%s-%d", "kept", 1), *big;
	ArenaMark m = arena_mark(a);
	size_t size;

	(void)state;
	big = arena_alloc(a, 1 << 20);
	memset(big, 1, 1 << 20);
	size = arena_size(a);
	arena_release(a, m);
	assert_string_equal(s, "kept-1");
	big = arena_alloc(a, 1 << 20);
	assert_int_equal(big[12345], 0);
	assert_int_equal(arena_size(a), size);	/* reused */
	arena_free(a);
}

static void
vectors_grow(void **state)
{
	Vec(int) v = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++)
		vec_push(perm, &v, i * i);
	assert_int_equal(v.n, 1000);
	assert_int_equal(v.at[999], 999 * 999);
	assert_int_equal(vec_pop(&v), 999 * 999);
	assert_int_equal(vec_last(&v), 998 * 998);
}

static void
maps_keep_insertion_order(void **state)
{
	Map *m = map_new(perm);
	const void *key;
	void *value;
	uintptr_t want = 1;

	(void)state;
	for (uintptr_t i = 1; i <= 5000; i++)
		map_set(m, (void *)(i * 64), (void *)i);
	for (uintptr_t i = 2; i <= 5000; i += 2)
		map_del(m, (void *)(i * 64));
	map_del(m, (void *)(uintptr_t)7);
	assert_int_equal(map_len(m), 2500);
	for (int i = 0; map_next(m, &i, &key, &value);) {
		assert_int_equal((uintptr_t)key, want * 64);
		assert_int_equal((uintptr_t)value, want);
		want += 2;
	}
	assert_int_equal(want, 5001);
	assert_null(map_get(m, (void *)(uintptr_t)128));
	map_set(m, (void *)(uintptr_t)128, NULL);
	assert_true(map_has(m, (void *)(uintptr_t)128));
	for (uintptr_t i = 1; i <= 20000; i++) {	/* holes are reused */
		map_set(m, (void *)(uintptr_t)1, m);
		map_del(m, (void *)(uintptr_t)1);
	}
	assert_int_equal(map_len(m), 2501);
}

static void
same_text_gives_same_pointer(void **state)
{
	char buf[] = "main.init";
	const char *s = intern("main.init", 9);

	(void)state;
	assert_ptr_equal(s, intern(buf, 9));
	assert_ptr_not_equal(s, intern(buf, 4));
	assert_ptr_equal(intern_printf("main.%s", "init"), s);
	assert_int_equal(intern_len(s), 9);
	buf[0] = 'X';
	assert_string_equal(s, "main.init");
	for (int i = 0; i < 20000; i++)
		assert_ptr_equal(intern_printf("n%d", i), intern_printf("n%d", i));
}

static void
buffers_write_numbers_as_go_does(void **state)
{
	Buf b = { 0 };

	(void)state;
	buf_uvarint(&b, 300);
	buf_varint(&b, -1);
	buf_varint(&b, 64);
	buf_varint(&b, INT64_MIN);
	assert_memory_equal(b.p, "\xac\x02\x01\x80\x01\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01", 15);
	assert_int_equal(b.n, 15);
	buf_align(&b, 8);
	assert_int_equal(b.n, 16);
	buf_u32(&b, 0x01020304);
	assert_memory_equal(b.p + 16, "\4\3\2\1", 4);
	b.n = 0;
	for (int i = 0; i < 100; i++)
		buf_printf(&b, "%0100d", i);
	assert_int_equal(b.n, 10000);
	buf_free(&b);
}

static void
paths_are_cleaned_as_go_does(void **state)
{
	/* clang-format off */
	static const char *const tests[][2] = {
		{ "", "." }, { "abc", "abc" }, { "abc/def", "abc/def" }, { "a/b/c", "a/b/c" }, { ".", "." },
		{ "..", ".." }, { "../..", "../.." }, { "/abc", "/abc" }, { "/", "/" }, { "abc/", "abc" },
		{ "../../", "../.." }, { "abc//def//ghi", "abc/def/ghi" }, { "//abc", "/abc" }, { "abc/./def", "abc/def" },
		{ "/./abc/def", "/abc/def" }, { "abc/def/ghi/../jkl", "abc/def/jkl" }, { "abc/def/../../..", ".." },
		{ "/abc/def/../../..", "/" }, { "abc/def/../../../ghi/jkl/../../../mno", "../../mno" },
		{ "abc/../../././../def", "../../def" }, { "/../abc", "/abc" },
	};
	/* clang-format on */

	(void)state;
	for (size_t i = 0; i < NELEM(tests); i++)
		assert_string_equal(path_clean(tests[i][0]), tests[i][1]);
	assert_string_equal(path_join("a", "../b"), "b");
	assert_string_equal(path_dir("/a/b"), "/a");
	assert_string_equal(path_dir("a"), ".");
	assert_string_equal(path_base("/a/b//"), "b");
	assert_string_equal(path_base("/"), "/");
}

static void
utf8_refuses_what_is_malformed(void **state)
{
	static const char *const bad[] = {
		"\x80",
		"\xc0\x80",
		"\xc1\xbf",
		"\xe0\x80\x80",
		"\xed\xa0\x80",
		"\xf0\x80\x80\x80",
		"\xf4\x90\x80\x80",
		"\xf5\x80\x80\x80",
		"\xe2\x82",
		"\xc3",
	};
	uint8_t out[4];
	uint32_t r;

	(void)state;
	for (size_t i = 0; i < NELEM(bad); i++) {
		assert_int_equal(utf8_decode((const uint8_t *)bad[i], strlen(bad[i]), &r), 1);
		assert_int_equal(r, 0xfffd);
	}
	for (uint32_t c = 1; c <= 0x10ffff; c += c < 0x1000 ? 1 : 251) {
		int n = utf8_encode(c, out);

		if (c >= 0xd800 && c < 0xe000)
			continue;
		assert_int_equal(utf8_decode(out, (size_t)n, &r), n);
		assert_int_equal(r, c);
	}
}

static void
letters_are_those_of_unicode(void **state)
{
	(void)state;
	assert_true(utf8_isletter('_'));
	assert_true(utf8_isletter(0xe4));
	assert_true(utf8_isletter(0x4e16));
	assert_true(utf8_isletter(0x2b740));
	assert_false(utf8_isletter(0xd7));
	assert_false(utf8_isletter(0x301));
	assert_true(utf8_isdigit(0x0663));
	assert_false(utf8_isdigit(0xb2));
	assert_true(utf8_isupper(0xc4));
	assert_true(utf8_isupper(0x100));
	assert_false(utf8_isupper(0x101));
	assert_false(utf8_isupper(0x1c5));	/* title case */
}

static void
sha256_agrees_with_the_standard(void **state)
{
	char hex[65], million[1000];
	uint8_t sum[32], sum2[32];
	Sha256 s, t;

	(void)state;
	sha256_hex("abc", 3, hex);
	assert_string_equal(hex, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	sha256_hex("", 0, hex);
	assert_string_equal(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	sha256_hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56, hex);
	assert_string_equal(hex, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
	memset(million, 'a', sizeof million);
	sha256_init(&s);
	sha256_init(&t);
	for (int i = 0; i < 1000; i++) {
		sha256_add(&s, million, 1000);
		sha256_add(&t, million, (size_t)i);
		sha256_add(&t, million, (size_t)(1000 - i));
	}
	sha256_sum(&s, sum);
	sha256_sum(&t, sum2);
	assert_memory_equal(sum, "\xcd\xc7\x6e\x5c\x99\x14\xfb\x92", 8);
	assert_memory_equal(sum, sum2, 32);
}

static void
hash64_is_the_same_everywhere(void **state)
{
	(void)state;
	assert_true(hash64("abcdefghij", 10, 0) == hash64("abcdefghij", 10, 0));
	assert_true(hash64("abcdefghij", 10, 0) != hash64("abcdefghij", 10, 1));
	assert_true(hash64("a", 1, 0) != hash64("a\0", 2, 0));
	assert_true(hash64("slipway", 7, 0) == UINT64_C(0x6e270c928e259222));
}

static void
folders_are_made_with_those_above_them(void **state)
{
	char top[] = "/tmp/base_test.XXXXXX", name[100], cmd[100];

	(void)state;
	assert_non_null(mkdtemp(top));
	snprintf(name, sizeof name, "%s/a/b//c/", top);
	assert_true(file_mkdirs(name));
	assert_true(file_mkdirs(name));
	assert_true(file_mkdirs("."));
	snprintf(name, sizeof name, "%s/a/file", top);
	file_replace(name, "x", 1, 0666);
	assert_false(file_mkdirs(name));
	assert_int_equal(errno, ENOTDIR);
	snprintf(name, sizeof name, "%s/a/file/d/e", top);
	assert_false(file_mkdirs(name));
	snprintf(cmd, sizeof cmd, "rm -r %s", top);
	assert_int_equal(system(cmd), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(arenas_give_zeroed_aligned_memory_again_and_again),
		cmocka_unit_test(releasing_a_mark_keeps_what_came_before),
		cmocka_unit_test(vectors_grow),
		cmocka_unit_test(maps_keep_insertion_order),
		cmocka_unit_test(same_text_gives_same_pointer),
		cmocka_unit_test(buffers_write_numbers_as_go_does),
		cmocka_unit_test(paths_are_cleaned_as_go_does),
		cmocka_unit_test(utf8_refuses_what_is_malformed),
		cmocka_unit_test(letters_are_those_of_unicode),
		cmocka_unit_test(sha256_agrees_with_the_standard),
		cmocka_unit_test(hash64_is_the_same_everywhere),
		cmocka_unit_test(folders_are_made_with_those_above_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
