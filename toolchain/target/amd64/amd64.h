/*
 * amd64.h - what the files of this folder share: register numbers, machine operations, conditions.
 *
 * Memory operands: AM_SYM is RIP-relative, an index is multiplied by 1, 2, 4 or 8.
 */
#ifndef SLIPWAY_AMD64_H
#define SLIPWAY_AMD64_H

#include "target/machine.h"

enum {
#define R(name, num, class, alloc, dwarf) R_##name,
#include "target/amd64/regs.def"
#undef R
	R_COUNT
};

typedef enum {
	M_FIRST = OP_TARGET - 1,
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) M_##name,
#include "target/amd64/insns.def"
#undef I
	M_END
} MachOp;

/* clang-format off */
typedef enum {
	F_MOVC, F_FMOVC, F_LEA, F_LD, F_LDS, F_FLD, F_ST, F_STI, F_FST, F_ADD, F_RM, F_RMMEM, F_ADDI, F_RI, F_IMULI, F_MR, F_MI, F_R, F_R1,
	F_DIVS, F_DIVU, F_DIV128, F_SHV, F_SARV, F_SHI, F_CTZ, F_CLZ, F_POPCNT, F_BSWAP, F_ZX, F_SX, F_CMP, F_CMPI, F_CMPM, F_TEST, F_TESTI,
	F_BTI, F_UCOMI, F_SETCC, F_CMOV, F_FSEL, F_SSE, F_SSEM, F_SSEU, F_ROUND, F_FSIGN, F_FCPSGN, F_FMINMAX, F_FMA, F_S2F, F_U2F, F_F2S,
	F_F2U, F_F2F, F_F2B, F_B2F, F_ZEROS, F_ZEROL, F_MOVES, F_MOVEL, F_NILCHK, F_BOUNDS, F_ZEROCHK, F_SHIFTCHK, F_WB, F_CALLERPC, F_CALLERSP,
	F_XCHG, F_XADD, F_LOCKMR, F_CAS, F_AOP, F_PREFETCH, F_PAUSE
} Form;
/* clang-format on */

/* Condition codes as instructions encode them, and two that need the parity flag too. */
/* clang-format off */
enum {
	CC_O, CC_NO, CC_B, CC_AE, CC_E, CC_NE, CC_BE, CC_A, CC_S, CC_NS, CC_P, CC_NP, CC_L, CC_GE, CC_LE, CC_G,
	CC_FEQ, CC_FNE		/* after UCOMI */
};
/* clang-format on */

extern const Target targ_amd64;
extern const Insn amd64_insns[];
void amd64_isel(Func *f);
void amd64_encode(Func *f);
extern const RelocRow amd64_relocs[];
const RelocRow *amd64_relaxgot(uint8_t *loc, uint64_t before, uint32_t type);

#endif
