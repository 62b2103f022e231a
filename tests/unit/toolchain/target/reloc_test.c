/*
 * reloc_test.c - the relocation tables of all CPUs.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "target/machine.h"

static void
every_relocation_of_the_compiler_has_a_row(void **state)
{
	(void)state;
	for (int i = 0; targets[i] != NULL; i++)
		for (int kind = 0; kind < (int)NELEM(targets[i]->elfreloc); kind++) {
			uint32_t num = targets[i]->elfreloc[kind];

			if (num != 0 &&
			    (target_reloc(targets[i], num) == NULL || target_reloc(targets[i], num)->apply == NULL))
				fail_msg("%s: kind %d", targets[i]->name, kind);
		}
}

static void
rows_are_in_order_and_none_has_two(void **state)
{
	(void)state;
	for (int i = 0; targets[i] != NULL; i++)
		for (const RelocRow *r = targets[i]->reloc; r->name != NULL && r[1].name != NULL; r++)
			if (r[1].num <= r->num)
				fail_msg("%s: %s after %s", targets[i]->name, r[1].name, r->name);
}

static void
what_does_nothing_has_no_bytes_and_all_else_has(void **state)
{
	(void)state;
	for (int i = 0; targets[i] != NULL; i++)
		for (const RelocRow *r = targets[i]->reloc; r->name != NULL; r++)
			if ((r->class == REL_NONE) != (r->size == 0) || (r->class == REL_NONE) != (r->apply == NULL))
				fail_msg("%s: %s", targets[i]->name, r->name);
}

/* A load from a thread's variable, in the place of its lower 12 bits: scaled by the width. */
static void
arm64_loads_thread_variables_of_every_width(void **state)
{
	static const struct {
		uint32_t type, insn;
	} load[] = {
		{ 553, 0x39400020 },	/* ldrb w0, [x1]: TLSLE_LDST8_TPREL_LO12_NC */
		{ 555, 0x79400020 },	/* ldrh */
		{ 557, 0xb9400020 },	/* ldr w0 */
		{ 559, 0xf9400020 },	/* ldr x0 */
	};

	(void)state;
	for (int i = 0; i < (int)NELEM(load); i++) {
		const RelocRow *r = target_reloc(target_find("arm64"), load[i].type);
		uint8_t insn[4];

		assert_non_null(r);
		assert_int_equal(r->class, REL_TLSLE);
		reloc_put(insn, load[i].insn, 4);
		assert_true(r->apply(insn, 0x12345600, 0x78, 0));
		assert_int_equal(reloc_get(insn, 4), load[i].insn | (uint32_t)(0x678 >> i) << 10);
	}
}

static void
data_that_does_not_fit_is_out_of_range(void **state)
{
	uint8_t b[8] = { 0 };

	(void)state;
	assert_true(reloc_abs32(b, 0xffffffff, 0, 0));
	assert_true(reloc_abs32(b, 0, -1, 0));
	assert_int_equal(reloc_get(b, 8), 0xffffffff);
	assert_false(reloc_abs32(b, 0x100000000, 0, 0));
	assert_true(reloc_pc32(b, 0x1000, 0, 0x1000 + 0x80000000));
	assert_false(reloc_pc32(b, 0x1000, -1, 0x1000 + 0x80000000));
	assert_true(reloc_pc16(b, 0x1000, 0x7fff, 0x1000));
	assert_false(reloc_pc16(b, 0x1000, 0x8000, 0x1000));
	assert_true(reloc_pc64(b, 2, 0, 5));
	assert_true(reloc_get(b, 8) == (uint64_t)-3);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_relocation_of_the_compiler_has_a_row),
		cmocka_unit_test(rows_are_in_order_and_none_has_two),
		cmocka_unit_test(what_does_nothing_has_no_bytes_and_all_else_has),
		cmocka_unit_test(arm64_loads_thread_variables_of_every_width),
		cmocka_unit_test(data_that_does_not_fit_is_out_of_range),
	};

	diag_init("reloc_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
