/*
 * asm_arm64_test.c - the assembler of arm64 where upstream's lists of instructions do not reach: frames, jumps that grow, symbols.
 */
// link: tests/unit/toolchain/target/asmcheck.c
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "asmcheck.h"

#define MORESTACK "mov x3, x30\n bl .\n b 1b"

static void
check(const AsmSource *cases, int n)
{
	asmcheck_source("arm64", "--triple=aarch64 -mattr=+all", cases, n);
}

static void
a_leaf_without_locals_has_no_frame(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 0, $0-16\n MOVD a+0(FP), R5\n MOVD R5, ret+8(FP)\n RET\n",
		    "ldr x5, [sp, #8]\n str x5, [sp, #16]\n ret" },
		{ "TEXT f(SB), 0, $-8-0\n CALL callee(SB)\n RET\n", "bl .\n ret" },
		{ "TEXT f(SB), 512, $0-0\n RET callee(SB)\n", "b ." },
	};

	(void)state;
	check(cases, NELEM(cases));
}

static void
the_return_address_lies_at_the_bottom_of_the_frame(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 4, $24-16\n MOVD a+0(FP), R5\n MOVD R5, x-8(SP)\n MOVD x-24(SP), R6\n MOVD $b+8(FP), "
		  "R7\n RET\n",
		    "str x30, [sp, #-32]!\n ldr x5, [sp, #40]\n str x5, [sp, #24]\n ldr x6, [sp, #8]\n add x7, sp, "
		    "#48\n"
		    "ldr x30, [sp], #32\n ret" },
		/* only the return address: there is a word above it */
		{ "TEXT f(SB), 4, $0-8\n CALL callee(SB)\n MOVD a+0(FP), R5\n RET callee(SB)\n",
		    "str x30, [sp, #-16]!\n bl .\n ldr x5, [sp, #24]\n ldr x30, [sp], #16\n b ." },
		{ "TEXT f(SB), 4, $248-0\n RET\n", "str x30, [sp, #-256]!\n ldr x30, [sp]\n add sp, sp, #256\n ret" },
		/* a jump to a return gives the frame back */
		{ "TEXT f(SB), 4, $8-0\n CBZ R5, out\n MOVD R6, R7\nout: RET\n",
		    "str x30, [sp, #-16]!\n cbz x5, 1f\n mov x7, x6\n1: ldr x30, [sp], #16\n ret" },
	};

	(void)state;
	check(cases, NELEM(cases));
}

static void
functions_that_call_check_the_stack(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 0, $8-0\n CALL callee(SB)\n RET\n",
		    "1: ldr x16, [x28, #16]\n cmp sp, x16\n b.ls 2f\n str x30, [sp, #-16]!\n bl .\n ldr x30, [sp], "
		    "#16\n ret\n2: " MORESTACK },
		{ "TEXT f(SB), 0, $1016-0\n RET\n",
		    "1: ldr x16, [x28, #16]\n orr x17, xzr, #896\n subs x17, sp, x17\n cmp x17, x16\n b.ls 2f\n sub "
		    "x16, sp, #1024\n str x30, [x16]\n"
		    "mov sp, x16\n ldr x30, [sp]\n add sp, sp, #1024\n ret\n2: " MORESTACK },
		{ "TEXT f(SB), 0, $8184-0\n RET\n",
		    "1: ldr x16, [x28, #16]\n movz x17, #8064\n subs x17, sp, x17\n b.lo 2f\n cmp x17, x16\n b.ls "
		    "2f\n"
		    "sub x16, sp, #2, lsl #12\n str x30, [x16]\n mov sp, x16\n ldr x30, [sp]\n add sp, sp, #2, lsl "
		    "#12\n ret\n2: " MORESTACK },
	};

	(void)state;
	check(cases, NELEM(cases));
}

/* before, n times 2048 bytes, and an end. */
static const char *
far(const char *before, int n)
{
	Buf b = { 0 };

	buf_printf(&b, "TEXT f(SB), 4, $0-0\n %s\n", before);
	for (int i = 0; i < n; i++)
		buf_str(&b, "PCALIGN $2048\n WORD $0\n");
	buf_str(&b, "out: RET\n");
	return arena_strndup(perm, (const char *)b.p, b.n);
}

static void
jumps_are_as_long_as_they_must_be(void **state)
{
	const AsmSource cases[] = {
		{ far("TBZ $3, R5, out", 15), "tbz x5, #3, .+0x7804\n..." },
		{ far("TBZ $35, R5, out", 16), "tbnz x5, #35, .+8\n b .+0x8000\n..." },
		{ far("BLT out", 511), "b.lt .+0xff804\n..." },
		{ far("BLT out", 512), "b.ge .+8\n b .+0x100000\n..." },
		{ far("CBNZW R5, out", 512), "cbz w5, .+8\n b .+0x100000\n..." },
	};

	(void)state;
	check(cases, NELEM(cases));
}

static void
symbols_are_reached_by_their_page(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 4, $0-0\n MOVD $x+8(SB), R5\n", "adrp x5, .\n add x5, x5, #0" },
		{ "TEXT f(SB), 4, $0-0\n MOVHU x(SB), R5\n", "adrp x27, .\n add x27, x27, #0\n ldrh w5, [x27]" },
		{ "TEXT f(SB), 4, $0-0\n FMOVQ F5, x(SB)\n", "adrp x27, .\n add x27, x27, #0\n str q5, [x27]" },
		{ "TEXT f(SB), 4, $0-0\n FMOVD $0.1, F5\n", "adrp x27, .\n add x27, x27, #0\n ldr d5, [x27]" },
		{ "TEXT f(SB), 4, $0-0\n VMOVQ $1, $2, V5\n", "adrp x27, .\n add x27, x27, #0\n ldr q5, [x27]" },
		{ "TEXT f(SB), 4, $0-0\n ADR 2(PC), R5\n NOOP\n RET\n", "adr x5, .+8\n nop\n ret" },
		{ "TEXT f(SB), 4, $0-0\n ADRP 2(PC), R5\n NOOP\n RET\n", "adrp x5, 0\n nop\n ret" },
	};

	(void)state;
	check(cases, NELEM(cases));
}

static void
distances_beyond_instructions_are_literals(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 4, $0-0\n MOVD 0x11223344(R1), R2\n RET\n",
		    "ldr w27, 1f\n ldr x2, [x1, x27]\n ret\n1: .word 0x11223344" },
		{ "TEXT f(SB), 4, $0-0\n MOVB R2, -5000(R1)\n RET\n",
		    "ldrsw x27, 1f\n strb w2, [x1, x27]\n ret\n1: .word -5000" },
		/* equal ones are there once, aligned */
		{ "TEXT f(SB), 4, $0-0\n MOVD 0x1122334455667788(R1), R2\n MOVD 0x1122334455667788(R3), R4\n RET\n",
		    "ldr x27, 1f\n ldr x2, [x1, x27]\n ldr x27, 1f\n ldr x4, [x3, x27]\n ret\n .word 0\n1: .quad "
		    "0x1122334455667788" },
		{ "TEXT f(SB), 4, $0-0\n LDP 0x11223344(R1), (R2, R3)\n RET\n",
		    "ldr w27, 1f\n add x27, x1, x27, uxtx\n ldp x2, x3, [x27]\n ret\n1: .word 0x11223344" },
	};

	(void)state;
	check(cases, NELEM(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_leaf_without_locals_has_no_frame),
		cmocka_unit_test(the_return_address_lies_at_the_bottom_of_the_frame),
		cmocka_unit_test(functions_that_call_check_the_stack),
		cmocka_unit_test(jumps_are_as_long_as_they_must_be),
		cmocka_unit_test(symbols_are_reached_by_their_page),
		cmocka_unit_test(distances_beyond_instructions_are_literals),
	};

	diag_init("asm_arm64_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
