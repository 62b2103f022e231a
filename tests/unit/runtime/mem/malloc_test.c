/*
 * malloc_test.c - the allocator against a model: sizes, layout bits, reuse after sweeping, runs of pages.
 */
// link: runtime/mem/class.c runtime/mem/pages.c runtime/mem/bitmap.c runtime/mem/malloc.c runtime/mem/sweep.c runtime/os/linux/futex.c runtime/os/linux/mmap.c
#include "../../cmocka_all.h"
#include "mem/mem.h"

#include "../host.h"

static MCache cache;
static int wanted;

void
mem_wantgc(void)
{
	wanted++;
}

void
mem_assist(uint64_t bytes)
{
	(void)bytes;
}

MCache *
mem_anymcache(int i)
{
	return i == 0 ? &cache : NULL;
}

int64_t
rt_nanotime(void)
{
	return 0;
}

static const uint8_t mask5[] = { 0x15 };	/* words 0, 2, 4 */
static const Type type5 = { .size = 40, .ptrbytes = 40, .gcdata = mask5 };
static const uint8_t mask1[] = { 1 };
static const Type ptrtype = { .size = 8, .ptrbytes = 8, .gcdata = mask1 };

static bool
bitat(uintptr_t p)
{
	Arena *a = arena_of(p);
	uint64_t w = (p & (ARENA_SIZE - 1)) >> 3;

	return a->ptr[w >> 6] >> (w & 63) & 1;
}

static void
mark(void *p)
{
	Span *s = span_of((uintptr_t)p);
	uint32_t i = span_index(s, (uintptr_t)p);

	s->markbits[i >> 6] |= (uint64_t)1 << (i & 63);
}

static void
classes_hold_what_was_asked_for(void **state)
{
	(void)state;
	for (uintptr_t n = 1; n <= MAX_SMALL; n++) {
		int c = class_of(n);

		assert_true(class_bytes[c] >= n);
		assert_true(c == 1 || class_bytes[c - 1] < n);
	}
}

static void
slices_grow_to_the_sizes_users_know(void **state)
{
	(void)state;
	assert_int_equal(rt_roundupsize(5, 1), 8);
	assert_int_equal(rt_roundupsize(33, 1), 48);
	assert_int_equal(rt_roundupsize(1025, 1), 1152);
	assert_int_equal(rt_roundupsize(1025, 0), 1144);
	assert_int_equal(rt_roundupsize(40000, 1), 40960);
}

static void
objects_are_zero_distinct_and_found_from_inside(void **state)
{
	static uint8_t *p[3000];
	uintptr_t base;

	(void)state;
	for (int i = 0; i < 3000; i++) {
		uintptr_t n = 16 + rnd() % 2000;

		p[i] = mem_alloc(&cache, n, NULL, true);
		for (uintptr_t k = 0; k < n; k++)
			assert_int_equal(p[i][k], 0);
		memset(p[i], i, n);
		assert_non_null(mem_find((uintptr_t)p[i] + n - 1, &base));
		assert_true(base == (uintptr_t)p[i]);
	}
	for (int i = 0; i < 3000; i++)
		assert_int_equal(p[i][0], (uint8_t)i);
	assert_null(mem_find(12345, &base));
}

static void
tiny_objects_share_a_block(void **state)
{
	uint8_t *a = mem_alloc(&cache, 1, NULL, true), *b = mem_alloc(&cache, 1, NULL, true);

	(void)state;
	assert_true(b == a + 1 || ((uintptr_t)b & 15) == 0);
	assert_int_equal((uintptr_t)mem_alloc(&cache, 8, NULL, true) & 7, 0);
}

static void
pointer_bits_follow_the_type(void **state)
{
	(void)state;
	for (uintptr_t n = 1; n < 700; n = n * 3 / 2 + 1) {
		uintptr_t x = (uintptr_t)mem_alloc(&cache, n * 40, &type5, true);
		Span *s = span_of(x);

		if (n * 40 > MAX_SMALL) {
			assert_ptr_equal(s->largetype, &type5);
			continue;
		}
		for (uintptr_t w = 0; w < s->elemsize / 8; w++)
			assert_int_equal(bitat(x + w * 8), w < n * 5 && (mask5[0] >> (w % 5) & 1));
	}
	for (uintptr_t n = 1; n < 300; n += 7) {
		uintptr_t x = (uintptr_t)mem_alloc(&cache, n * 8, &ptrtype, true);

		for (uintptr_t w = 0; w < span_of(x)->elemsize / 8; w++)
			assert_int_equal(bitat(x + w * 8), w < n);
	}
}

static void
programs_expand_to_masks(void **state)
{
	/* 2 literal bits 01, then repeat the last 2 bits 9 times: 01 x 10 */
	static const uint8_t prog[] = { 3, 0, 0, 0, 2, 0x02, 0x80 | 2, 9, 0 };
	Type t = { .size = 160, .ptrbytes = 160, .kind = KIND_GCPROG, .gcdata = prog };
	const uint8_t *m = type_mask(&t);

	(void)state;
	for (int i = 0; i < 20; i++)
		assert_int_equal(m[i >> 3] >> (i & 7) & 1, i & 1);
	assert_ptr_equal(type_mask(&t), m);
}

static void
sweeping_frees_what_is_not_marked(void **state)
{
	enum { N = 20000 };
	static void *p[N];
	static uint8_t keep[N];
	uint64_t before;
	uintptr_t base;

	(void)state;
	for (int i = 0; i < N; i++) {
		p[i] = mem_alloc(&cache, 24 + (i % 5) * 50, i % 3 ? &ptrtype : NULL, true);
		keep[i] = rnd() % 4 == 0;
	}
	void *large = mem_alloc(&cache, 100000, NULL, true);
	mcache_flush(&cache);
	sweep_all();
	for (int i = 0; i < N; i++)
		if (keep[i])
			mark(p[i]);
	sweep_begin();
	before = heap.inuse;
	sweep_all();
	assert_true(heap.inuse < before);
	assert_null(mem_find((uintptr_t)large, &base));
	for (int i = 0; i < N; i++)
		if (keep[i])
			assert_non_null(mem_find((uintptr_t)p[i], &base));
	/* what comes next lies in the holes and is zero */
	for (int i = 0; i < N; i++) {
		uint64_t *q = mem_alloc(&cache, 24, NULL, true);

		assert_true(q[0] == 0 && q[1] == 0 && q[2] == 0);
		q[0] = q[1] = q[2] = ~(uint64_t)0;
		for (int k = 0; k < 1; k++)
			assert_false(keep[i] && (void *)q == p[i]);
	}
}

static void
runs_of_pages_join_again(void **state)
{
	Span *s[64];
	uint64_t idle;

	(void)state;
	idle = heap.idle;
	for (int i = 0; i < 64; i++)
		s[i] = heap_alloc(1 + (uintptr_t)i % 7, SPAN_INUSE);
	for (int i = 0; i < 64; i += 2)
		heap_free(s[i]);
	for (int i = 1; i < 64; i += 2)
		heap_free(s[i]);
	assert_true(heap.idle >= idle);
	/* one run of all they had */
	Span *big = heap_alloc(200, SPAN_INUSE);
	assert_non_null(big);
	for (uintptr_t i = 0; i < 200; i++)
		assert_ptr_equal(span_of(big->base + i * PAGE_SIZE), big);
	heap_free(big);
	assert_true(heap_scavenge(UINTPTR_MAX) > 0);
	assert_int_equal(heap.released, heap.idle);
}

static void
much_allocation_asks_for_a_collection(void **state)
{
	(void)state;
	heap.trigger = heap.live + (1 << 20);
	wanted = 0;
	for (int i = 0; i < 3000; i++)
		mem_alloc(&cache, 1000, NULL, true);
	assert_true(wanted > 0);
}

static int
setup(void **state)
{
	(void)state;
	heap_init();
	return 0;
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(classes_hold_what_was_asked_for),
		cmocka_unit_test(slices_grow_to_the_sizes_users_know),
		cmocka_unit_test(objects_are_zero_distinct_and_found_from_inside),
		cmocka_unit_test(tiny_objects_share_a_block),
		cmocka_unit_test(pointer_bits_follow_the_type),
		cmocka_unit_test(programs_expand_to_masks),
		cmocka_unit_test(sweeping_frees_what_is_not_marked),
		cmocka_unit_test(runs_of_pages_join_again),
		cmocka_unit_test(much_allocation_asks_for_a_collection),
	};

	return cmocka_run_group_tests(tests, setup, NULL);
}
