/*
 * asmcheck.h - compares the bytes of an encoder with those of llvm-mc, for a list of operations and their texts.
 *
 * Each case is tried with several choices of registers, alone in a function without frame.
 */
#ifndef SLIPWAY_ASMCHECK_H
#define SLIPWAY_ASMCHECK_H

#include "asm/asm.h"
#include "target/machine.h"

/*
 * text: the assembly that the operation must become; $0 to $3 are its arguments' registers (as many as are named are
 * given), $d the result's. A "!" at its start: this is all of the function; otherwise AsmCheck.behind follows.
 */
typedef struct {
	int op;
	int64_t size, aux;		/* of the Value */
	const char *text;
} AsmCase;

typedef struct {
	const Target *t;
	const char *mc;			/* llvm-mc's options */
	const char *intprefix, *floatprefix;	/* of registers, before the encoding number */
	RegSet use;			/* registers to choose from, where an operation leaves a choice */
	const char *behind;		/* what ends a function that does not return */
	int moves;			/* the operation that moves from memory, at `movesfrom` from its last register, to memory */
	int64_t movesfrom;
	int branch[4];			/* operations that branch: to the second of two blocks that end the function */
} AsmCheck;

#define MEM(am, w) OP_PACK(0, am, 0, 0, w, 0, 0)
/* clang-format off */
/* one row in both widths */
#define BOTH(op, text8, text4) { op, W(8), 0, text8 }, { op, W(4), 0, text4 }
/* clang-format on */

/* Fails the test (CMocka) at the first difference, and if some operation of t has no case. Skips without llvm-mc. */
void asmcheck(const AsmCheck *k, const AsmCase *cases, int ncases);

/* A function f of a file for the Plan 9 assembler, and what llvm-mc must make the same bytes of: all of f but what aligns its literals, or, with
 * "..." at the end of want, the start of it. */
typedef struct {
	const char *source, *want;
} AsmSource;

/* As asmcheck, for assembly files. */
void asmcheck_source(const char *goarch, const char *mc, const AsmSource *cases, int ncases);

#endif
