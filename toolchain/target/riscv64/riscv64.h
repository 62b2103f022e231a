/*
 * riscv64.h - what the files of this folder share: register numbers, machine operations, conditions.
 *
 * Narrow values: the bits of a register above a value's width are unspecified at calls and wherever selection cannot see
 * where the value comes from; isel.c extends what needs it.
 */
#ifndef SLIPWAY_RISCV64_H
#define SLIPWAY_RISCV64_H

#include "target/machine.h"

enum {
#define R(name, num, class, alloc, dwarf) R_##name,
#include "target/riscv64/regs.def"
#undef R
	R_COUNT
};

typedef enum {
	M_FIRST = OP_TARGET - 1,
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) M_##name,
#include "target/riscv64/insns.def"
#undef I
	M_END
} MachOp;

/* clang-format off */
typedef enum {
	F_MOVC, F_FMOVC, F_LEA, F_LOAD, F_FLOAD, F_STORE, F_STOREZ, F_R, F_I, F_NEG, F_SHV, F_SARV, F_ROLI, F_ROL, F_ZX, F_SX, F_BR, F_SEL,
	F_FR, F_FR1, F_FRR, F_FR4, F_FMINMAX, F_S2F, F_F2S, F_F2U, F_F2F, F_ZEROS, F_ZEROL, F_MOVES, F_MOVEL, F_NILCHK, F_BOUNDS, F_ZEROCHK,
	F_SHIFTCHK, F_WB, F_CALLERPC, F_CALLERSP, F_ALOAD, F_ASTORE, F_AMO, F_AMOADD, F_AMOZ, F_AMO8, F_CAS, F_PAUSE
} Form;
/* clang-format on */

/* Conditions: funct3 of the branch, or 8 + two times the kind of float comparison; the lowest bit inverts. */
/* clang-format off */
enum {
	CC_EQ, CC_NE, CC_LT = 4, CC_GE, CC_LTU, CC_GEU,
	CC_FEQ = 8, CC_FNE, CC_FLT, CC_FNLT, CC_FLE, CC_FNLE,
	CC_SWAP = 16		/* BRZ, SELZ: zero is the first operand */
};
/* clang-format on */

static inline bool
fits12(int64_t i)
{
	return i >= -2048 && i < 2048;
}

extern const Target targ_riscv64;
extern const Insn riscv64_insns[];
void riscv64_isel(Func *f);
void riscv64_encode(Func *f);
enum { RISCV64_PAIR = 200 };	/* ELF number of a relocation of our own, see reloc.c */
extern const RelocRow riscv64_relocs[];
bool riscv64_relpair(uint32_t type, const uint8_t *loc, uint32_t *hi, uint32_t *lo);

#endif
