/*
 * passes_test.c - single passes of the middle end on functions in text form.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "ssa/ssa.h"
#include "target/target.h"

/* No CPU is involved: a word size and some argument registers are all these passes may know. */
static const uint8_t intargs[] = { 0, 1, 2, 3, 4, 5, 6, 7, 8 };
static const Target null_target = { .name = "null",
	.ptrsize = 8,
	.regsize = 8,
	.stackalign = 8,
	.minlc = 1,
	.intargs = intargs,
	.nintargs = NELEM(intargs) };

void ssa_fold(Func *f), ssa_cse(Func *f), ssa_escape(Func *f), ssa_promote(Func *f), ssa_deadcode(Func *f);
void ssa_nilcheck(Func *f), ssa_bounds(Func *f), ssa_barrier(Func *f), ssa_memory(Func *f), ssa_alloc(Func *f);

static ObjSym *
rtsym(const char *name)
{
	static ObjSym flag, newobject, mallocgc, other;

	if (strcmp(name, "writeBarrier") == 0)
		return &flag;
	if (strcmp(name, "newobject") == 0)
		return &newobject;
	if (strcmp(name, "mallocgc") == 0)
		return &mallocgc;
	other.name = name;
	return &other;
}

static Func *
parse(const char *text)
{
	const char *err = NULL;
	Func *f;

	ssa_rtsym = rtsym;
	f = ssa_parse(arena_new("test"), &null_target, text, &err);
	if (f == NULL)
		fail_msg("%s", err);
	ssa_check(f, "parse");
	return f;
}

static int
count(const Func *f, Op op)
{
	int n = 0;

	for (const Block *b = f->entry; b != NULL; b = b->next) {
		for (const Value *v = b->phis; v != NULL; v = v->next)
			n += v->op == op;
		for (const Value *v = b->first; v != NULL; v = v->next)
			n += v->op == op;
	}
	return n;
}

static Value *
find(const Func *f, Op op)
{
	for (const Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if (v->op == op)
				return v;
	fail_msg("no %s", op_info[op].name);
	return NULL;
}

/* NEW cannot be written in text: a type is attached to the first one. */
static void
typed(Func *f, int64_t size, int64_t ptrbytes)
{
	static const uint8_t mask[8] = { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff };
	static ObjSym desc;

	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if (v->op == OP_NEW || v->op == OP_NEWARRAY) {
				GcType *t = NEW(f->a, GcType);

				*t = (GcType){ .size = size,
					.align = 8,
					.ptrbytes = ptrbytes,
					.ptrmask = mask,
					.desc = &desc,
					.name = "T" };
				v->gctype = t;
			}
}

static void
run(Func *f, void (*pass)(Func *), const char *name)
{
	ssa_ensure(f, AN_USES | AN_LOOPS);
	pass(f);
	f->valid = 0;
	ssa_check(f, name);
}

static void
constants_fold_and_dead_values_go(void **state)
{
	Func *f = parse("func f (I64) (I64)\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv1 I64 = CONST 3\n"
			"\tv2 I64 = CONST 4\n"
			"\tv3 I64 = MUL v1 v2\n"
			"\tv4 I64 = ADD v0 v3\n"
			"\tv5 I64 = ADD v4 v1\n"
			"\tret v5\n");

	(void)state;
	run(f, ssa_fold, "fold");
	run(f, ssa_deadcode, "deadcode");
	assert_int_equal(count(f, OP_MUL), 0);
	assert_int_equal(count(f, OP_ADD), 1);
	assert_int_equal(find(f, OP_CONST)->aux, 15);
}

static void
narrow_constants_wrap(void **state)
{
	Func *f = parse("func f () (I8)\n"
			"b0:\n"
			"\tv1 I8 = CONST 127\n"
			"\tv2 I8 = CONST 1\n"
			"\tv3 I8 = ADD v1 v2\n"
			"\tret v3\n");

	(void)state;
	run(f, ssa_fold, "fold");
	assert_int_equal(f->entry->ret[0]->op, OP_CONST);
	assert_int_equal(f->entry->ret[0]->aux, -128);
}

static void
equal_values_in_dominated_blocks_are_shared(void **state)
{
	Func *f = parse("func f (I64 I64) (I64)\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv1 I64 = PARAM 1\n"
			"\tv2 I64 = ADD v0 v1\n"
			"\tv3 I8 = LTS v0 v1\n"
			"\tif v3 b1 b2\n"
			"b1:\n"
			"\tv4 I64 = ADD v1 v0\n"
			"\tret v4\n"
			"b2:\n"
			"\tret v2\n");

	(void)state;
	run(f, ssa_cse, "cse");
	assert_int_equal(count(f, OP_ADD), 1);
}

static void
object_that_stays_becomes_values(void **state)
{
	Func *f = parse("func f (I64) (I64)\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv1 PTR = NEW\n"
			"\tv2 VOID = STORE v1 v0 8\n"
			"\tv3 I64 = LOAD v1 8\n"
			"\tret v3\n");

	(void)state;
	typed(f, 16, 0);
	run(f, ssa_escape, "escape");
	assert_false(find(f, OP_NEW)->notstack);
	run(f, ssa_promote, "promote");
	run(f, ssa_deadcode, "deadcode");
	assert_int_equal(count(f, OP_LOAD) + count(f, OP_STORE) + count(f, OP_SLOTADDR), 0);
	assert_int_equal(f->entry->ret[0]->op, OP_PARAM);
}

static void
object_returned_goes_to_the_heap(void **state)
{
	Func *f = parse("func f () (PTR)\n"
			"b0:\n"
			"\tv1 PTR = NEW\n"
			"\tret v1\n");

	(void)state;
	typed(f, 16, 0);
	run(f, ssa_escape, "escape");
	assert_true(find(f, OP_NEW)->notstack);
	run(f, ssa_alloc, "alloc");
	assert_int_equal(count(f, OP_CALL), 1);
}

static void
parameter_that_is_returned_says_so(void **state)
{
	Func *f = parse("func f (PTR PTR PTR) (PTR)\n"
			"b0:\n"
			"\tv0 PTR = PARAM 0\n"
			"\tv1 PTR = PARAM 1\n"
			"\tv2 PTR = PARAM 2\n"
			"\tv3 I64 = LOAD v1 0\n"
			"\tv4 PTR = SYMADDR @g\n"
			"\tv5 VOID = STORE v4 v2 0 barrier\n"
			"\tret v0\n");

	(void)state;
	run(f, ssa_escape, "escape");
	assert_int_equal(f->paramescape[0], ESC_RESULT0);
	assert_int_equal(f->paramescape[1], 0);
	assert_int_equal(f->paramescape[2], ESC_HEAP);
}

static void
object_of_one_iteration_kept_by_the_next_goes_to_the_heap(void **state)
{
	Func *f = parse("func f (I64) ()\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv1 PTR = CONST 0\n"
			"\tjump b1\n"
			"b1:\t; from b0 b1\n"
			"\tv2 PTR = PHI v1 v3\n"
			"\tv3 PTR = NEW\n"
			"\tv4 VOID = STORE v3 v2 0\n"
			"\tv5 I64 = LOAD v3 8\n"
			"\tv6 I8 = LTS v5 v0\n"
			"\tif v6 b1 b2\n"
			"b2:\n"
			"\tret\n");

	(void)state;
	typed(f, 16, 8);
	run(f, ssa_escape, "escape");
	assert_true(find(f, OP_NEW)->notstack);
}

static void
slot_set_on_two_paths_becomes_a_phi(void **state)
{
	Func *f = parse("func f (I8) (I64)\n"
			"slot s0 8 8 0 x\n"
			"b0:\n"
			"\tv0 I8 = PARAM 0\n"
			"\tv1 PTR = SLOTADDR s0\n"
			"\tv2 I64 = CONST 1\n"
			"\tv3 I64 = CONST 2\n"
			"\tif v0 b1 b2\n"
			"b1:\n"
			"\tv4 VOID = STORE v1 v2 0\n"
			"\tjump b3\n"
			"b2:\n"
			"\tv5 VOID = STORE v1 v3 0\n"
			"\tjump b3\n"
			"b3:\t; from b1 b2\n"
			"\tv6 I64 = LOAD v1 0\n"
			"\tret v6\n");

	(void)state;
	run(f, ssa_promote, "promote");
	assert_int_equal(count(f, OP_PHI), 1);
	assert_int_equal(count(f, OP_LOAD), 0);
}

static void
second_nil_check_goes(void **state)
{
	Func *f = parse("func f (PTR) (I64)\n"
			"b0:\n"
			"\tv0 PTR = PARAM 0\n"
			"\tv1 PTR = NILCHECK v0\n"
			"\tv2 I64 = LOAD v1 0\n"
			"\tv3 PTR = NILCHECK v0\n"
			"\tv4 I64 = LOAD v3 8\n"
			"\tv5 I64 = ADD v2 v4\n"
			"\tret v5\n");

	(void)state;
	run(f, ssa_nilcheck, "nilcheck");
	assert_int_equal(count(f, OP_NILCHECK), 1);
}

static void
counter_of_a_loop_needs_no_bounds_check(void **state)
{
	Func *f = parse("func f (PTR I64) ()\n"
			"b0:\n"
			"\tv0 PTR = PARAM 0\n"
			"\tv1 I64 = PARAM 1\n"
			"\tv2 I64 = CONST 0\n"
			"\tv3 I64 = CONST 1\n"
			"\tjump b1\n"
			"b1:\t; from b0 b2\n"
			"\tv4 I64 = PHI v2 v7\n"
			"\tv5 I8 = LTS v4 v1\n"
			"\tif v5 b2 b3\n"
			"b2:\n"
			"\tv6 VOID = BOUNDS v4 v1 0\n"
			"\tv7 I64 = ADD v4 v3\n"
			"\tjump b1\n"
			"b3:\n"
			"\tret\n");

	(void)state;
	run(f, ssa_bounds, "bounds");
	assert_int_equal(count(f, OP_BOUNDS), 0);
}

static void
index_that_may_be_too_large_is_checked(void **state)
{
	Func *f = parse("func f (I64 I64) ()\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv1 I64 = PARAM 1\n"
			"\tv2 I64 = CONST 1\n"
			"\tv3 VOID = BOUNDS v0 v1 0\n"
			"\tv4 I64 = ADD v0 v2\n"
			"\tv5 VOID = BOUNDS v4 v1 0\n"
			"\tret\n");

	(void)state;
	run(f, ssa_bounds, "bounds");
	assert_int_equal(count(f, OP_BOUNDS), 2);
}

static void
sum_that_may_wrap_around_proves_nothing(void **state)
{
	/* x >= 0 && x+1 < n says nothing of x: it may be the largest integer */
	Func *f = parse("func f (I64 I64) ()\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv1 I64 = PARAM 1\n"
			"\tv2 I64 = CONST 0\n"
			"\tv3 I64 = CONST 1\n"
			"\tv4 I8 = LES v2 v0\n"
			"\tif v4 b1 b3\n"
			"b1:\t; from b0\n"
			"\tv5 I64 = ADD v0 v3\n"
			"\tv6 I8 = LTS v5 v1\n"
			"\tif v6 b2 b4\n"
			"b2:\t; from b1\n"
			"\tv7 VOID = BOUNDS v0 v1 0\n"
			"\tret\n"
			"b3:\t; from b0\n"
			"\tret\n"
			"b4:\t; from b1\n"
			"\tret\n");

	(void)state;
	run(f, ssa_bounds, "bounds");
	assert_int_equal(count(f, OP_BOUNDS), 1);
}

static void
counter_that_starts_anywhere_may_wrap_around(void **state)
{
	/* for i := start; ; i++ { if i < n { a[i] } } with start >= 0 */
	Func *f = parse("func f (I64 I64) ()\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv1 I64 = PARAM 1\n"
			"\tv2 I64 = CONST 0\n"
			"\tv3 I64 = CONST 1\n"
			"\tv4 I8 = LES v2 v0\n"
			"\tif v4 b1 b2\n"
			"b1:\t; from b0\n"
			"\tjump b3\n"
			"b2:\t; from b0\n"
			"\tret\n"
			"b3:\t; from b1 b5\n"
			"\tv5 I64 = PHI v0 v8\n"
			"\tv6 I8 = LTS v5 v1\n"
			"\tif v6 b4 b5\n"
			"b4:\t; from b3\n"
			"\tv7 VOID = BOUNDS v5 v1 0\n"
			"\tret\n"
			"b5:\t; from b3\n"
			"\tv8 I64 = ADD v5 v3\n"
			"\tjump b3\n");

	(void)state;
	run(f, ssa_bounds, "bounds");
	assert_int_equal(count(f, OP_BOUNDS), 1);
}

static void
fact_of_this_round_says_nothing_of_the_last_one(void **state)
{
	/* i is what g() returned in the round before; that it is not negative now does not help */
	Func *f = parse("func f (I64 PTR) ()\n"
			"b0:\n"
			"\tv0 I64 = PARAM 0\n"
			"\tv8 PTR = PARAM 1\n"
			"\tv1 I64 = CONST 0\n"
			"\tjump b1\n"
			"b1:\t; from b0 b4\n"
			"\tv2 I64 = PHI v1 v3\n"
			"\tv3 I64 = LOAD v8 0\n"
			"\tv4 I8 = LES v1 v3\n"
			"\tif v4 b2 b4\n"
			"b2:\t; from b1\n"
			"\tv5 I8 = LTS v2 v0\n"
			"\tif v5 b3 b5\n"
			"b3:\t; from b2\n"
			"\tv6 VOID = BOUNDS v2 v0 0\n"
			"\tret\n"
			"b5:\t; from b2\n"
			"\tret\n"
			"b4:\t; from b1\n"
			"\tjump b1\n");

	(void)state;
	run(f, ssa_bounds, "bounds");
	assert_int_equal(count(f, OP_BOUNDS), 1);
}

static void
store_to_the_heap_gets_a_barrier_and_the_frame_none(void **state)
{
	Func *f = parse("func f (PTR PTR) ()\n"
			"slot s0 8 8 1 x\n"
			"b0:\n"
			"\tv0 PTR = PARAM 0\n"
			"\tv1 PTR = PARAM 1\n"
			"\tv2 PTR = SLOTADDR s0\n"
			"\tv3 VOID = STORE v0 v1 0 barrier\n"
			"\tv4 VOID = STORE v0 v1 8 barrier\n"
			"\tv5 VOID = STORE v2 v1 0 barrier\n"
			"\tret\n");

	(void)state;
	run(f, ssa_barrier, "barrier");
	assert_int_equal(count(f, OP_WBFLAG), 1);
	assert_int_equal(count(f, OP_WB), 2);
	assert_int_equal(count(f, OP_STORE), 3);
}

static void
load_of_what_was_stored_is_forwarded(void **state)
{
	Func *f = parse("func f (PTR I64) (I64)\n"
			"b0:\n"
			"\tv0 PTR = PARAM 0\n"
			"\tv1 I64 = PARAM 1\n"
			"\tv2 VOID = STORE v0 v1 8\n"
			"\tv3 I64 = LOAD v0 8\n"
			"\tv4 VOID = CALL @g () ()\n"
			"\tv5 I64 = LOAD v0 8\n"
			"\tv6 I64 = ADD v3 v5\n"
			"\tret v6\n");

	(void)state;
	run(f, ssa_memory, "memory");
	assert_int_equal(count(f, OP_LOAD), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(constants_fold_and_dead_values_go),
		cmocka_unit_test(narrow_constants_wrap),
		cmocka_unit_test(equal_values_in_dominated_blocks_are_shared),
		cmocka_unit_test(object_that_stays_becomes_values),
		cmocka_unit_test(object_returned_goes_to_the_heap),
		cmocka_unit_test(parameter_that_is_returned_says_so),
		cmocka_unit_test(object_of_one_iteration_kept_by_the_next_goes_to_the_heap),
		cmocka_unit_test(slot_set_on_two_paths_becomes_a_phi),
		cmocka_unit_test(second_nil_check_goes),
		cmocka_unit_test(counter_of_a_loop_needs_no_bounds_check),
		cmocka_unit_test(index_that_may_be_too_large_is_checked),
		cmocka_unit_test(sum_that_may_wrap_around_proves_nothing),
		cmocka_unit_test(counter_that_starts_anywhere_may_wrap_around),
		cmocka_unit_test(fact_of_this_round_says_nothing_of_the_last_one),
		cmocka_unit_test(store_to_the_heap_gets_a_barrier_and_the_frame_none),
		cmocka_unit_test(load_of_what_was_stored_is_forwarded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
