/*
 * asm_riscv64_test.c - the assembler of riscv64 where upstream's lists of instructions do not reach: frames, jumps that grow, distances.
 */
// link: tests/unit/toolchain/target/asmcheck.c
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "asmcheck.h"

#define MC "--triple=riscv64 -mattr=+m,+a,+f,+d"
#define CALL(link) "auipc " link ", 0\n jalr " link ", " link ", 0\n"

static void
check(const AsmSource *cases, int n)
{
	asmcheck_source("riscv64", MC, cases, n);
}

static void
a_leaf_without_locals_has_no_frame(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 0, $0-16\n MOV a+0(FP), X5\n MOV X5, ret+8(FP)\n RET\n",
		    "ld t0, 8(sp)\n sd t0, 16(sp)\n ret" },
		{ "TEXT f(SB), 0, $-8-0\n CALL callee(SB)\n RET\n", CALL("ra") "ret" },
		{ "TEXT f(SB), 512, $0-0\n RET callee(SB)\n", "auipc t6, 0\n jr t6" },
	};

	(void)state;
	check(cases, NELEM(cases));
}

static void
the_return_address_lies_at_the_bottom_of_the_frame(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 4, $16-16\n MOV a+0(FP), X5\n MOV X5, x-8(SP)\n MOV x-16(SP), X6\n MOV $b+8(FP), X7\n "
		  "RET\n",
		    "sd ra, -24(sp)\n addi sp, sp, -24\n ld t0, 32(sp)\n sd t0, 16(sp)\n ld t1, 8(sp)\n addi t2, sp, "
		    "40\n"
		    "ld ra, 0(sp)\n addi sp, sp, 24\n ret" },
		{ "TEXT f(SB), 4, $8-0\n CALL callee(SB)\n RET callee(SB)\n",
		    "sd ra, -16(sp)\n addi sp, sp, -16\n" CALL(
			"ra") "ld ra, 0(sp)\n addi sp, sp, 16\n auipc t6, 0\n jr t6" },
		/* a jump to a return gives the frame back */
		{ "TEXT f(SB), 4, $8-0\n BEQZ X5, out\n MOV $1, X6\nout: RET\n",
		    "sd ra, -16(sp)\n addi sp, sp, -16\n beqz t0, 1f\n li t1, 1\n1: ld ra, 0(sp)\n addi sp, sp, 16\n "
		    "ret" },
	};

	(void)state;
	check(cases, NELEM(cases));
}

static void
functions_that_call_check_the_stack(void **state)
{
	static const AsmSource cases[] = {
		{ "TEXT f(SB), 0, $8-0\n CALL callee(SB)\n RET\n",
		    "1: ld t1, 16(s11)\n bgeu t1, sp, 2f\n sd ra, -16(sp)\n addi sp, sp, -16\n" CALL(
			"ra") "ld ra, 0(sp)\n"
		    "addi sp, sp, 16\n ret\n2:" CALL("t0") "j 1b" },
		{ "TEXT f(SB), 0, $1016-0\n RET\n",
		    "1: ld t1, 16(s11)\n addi t0, sp, -896\n bgeu t1, t0, 2f\n sd ra, -1024(sp)\n addi sp, sp, -1024\n "
		    "ld ra, 0(sp)\n"
		    "addi sp, sp, 1024\n ret\n2:" CALL("t0") "j 1b" },
		{ "TEXT f(SB), 0, $8184-0\n RET\n",
		    "1: ld t1, 16(s11)\n lui t0, 2\n addiw t0, t0, -128\n bltu sp, t0, 2f\n sub t0, sp, t0\n bgeu t1, "
		    "t0, 2f\n"
		    "lui t6, 0xffffe\n add t6, t6, sp\n sd ra, 0(t6)\n lui t6, 0xffffe\n add sp, sp, t6\n ld ra, "
		    "0(sp)\n"
		    "lui t6, 2\n add sp, sp, t6\n ret\n2:" CALL("t0") "j 1b" },
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
		{ far("BEQ X5, X6, out", 1), ".option norvc\n beq t0, t1, .+0x804\n..." },
		{ far("BEQ X5, X6, out", 2), "bne t0, t1, .+8\n jal x0, .+0x1000\n..." },
		{ far("BLTZ X5, out", 512), "bgez t0, .+12\n auipc t6, 0x100\n jr t6\n..." },
		{ far("JMP out", 511), "jal x0, .+0xff804\n..." },
		{ far("JAL X5, out", 512), "auipc t6, 0x100\n jalr t0, 4(t6)\n..." },
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
	};

	diag_init("asm_riscv64_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
