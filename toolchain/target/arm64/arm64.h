/*
 * arm64.h - what the files of this folder share: register numbers, machine operations, conditions.
 *
 * Value.aux of an operation without memory operand is its immediate; the packed immediate is how the last register is shifted, or the
 * bytes of ZERO and MOVE.
 *
 * Registers hold a value's low bits; those above its width are unspecified, but 32-bit operations clear the upper half.
 * Source of all encodings: Arm Architecture Reference Manual for A-profile, chapter C4 "A64 Instruction Set Encoding".
 */
#ifndef SLIPWAY_ARM64_H
#define SLIPWAY_ARM64_H

#include "target/machine.h"

enum {
#define R(name, num, class, alloc, dwarf) R_##name,
#include "target/arm64/regs.def"
#undef R
	R_COUNT
};

typedef enum {
	M_FIRST = OP_TARGET - 1,
#define I(name, mn, out, in0, in1, in2, clobber, flags, form, enc) M_##name,
#include "target/arm64/insns.def"
#undef I
	M_END
} MachOp;

/* clang-format off */
typedef enum {
	F_MOVC, F_FMOVC, F_LEA, F_LD, F_LDS, F_FLD, F_ST, F_STZ, F_FST, F_RR, F_RRX, F_ADDI, F_LOGI, F_RZ, F_RRR, F_RRL, F_MULHW, F_MOD, F_ROL,
	F_SHV, F_SARV, F_BFM, F_RORI, F_R1, F_CTZ, F_CLZ, F_POPCNT, F_BSWAP, F_ZX, F_SX, F_CMP, F_CMPX, F_CMPI, F_TSTI, F_FCMP, F_FCMPZ, F_BRANCH,
	F_SETCC, F_CSEL, F_FSEL, F_FRR, F_FR1, F_FRRR, F_FCPSGN, F_I2F, F_F2I, F_F2F, F_F2B, F_B2F, F_ZEROS, F_ZEROL, F_MOVES, F_MOVEL, F_NILCHK,
	F_BOUNDS, F_ZEROCHK, F_SHIFTCHK, F_WB, F_CALLERPC, F_CALLERSP, F_ALD, F_AST, F_XCHG, F_XADD, F_AOP, F_CAS, F_PREFETCH, F_PAUSE
} Form;
/* clang-format on */

/* Conditions as instructions encode them; the lowest bit inverts. */
enum { CC_EQ, CC_NE, CC_HS, CC_LO, CC_MI, CC_PL, CC_VS, CC_VC, CC_HI, CC_LS, CC_GE, CC_LT, CC_GT, CC_LE, CC_AL };

/* How F_RR and F_CMP shift their last register, as instructions encode it. */
enum { SH_LSL, SH_LSR, SH_ASR, SH_ROR };
static inline int32_t
shiftbits(int kind, int n)
{
	return kind << 22 | n << 10;
}

/* The immediate of an addition: 12 bits, or 12 bits shifted by 12; negative ones are subtracted. */
static inline bool
fits12(int64_t i)
{
	uint64_t u = i < 0 ? 0 - (uint64_t)i : (uint64_t)i;

	return u < 4096 || ((u & 4095) == 0 && u < 1 << 24);
}

/* N, immr and imms of a logical immediate for w (4 or 8) bytes, as instructions encode them. false: it is none. */
bool arm64_bitmask(uint64_t v, int w, uint32_t *enc);

extern const Target targ_arm64;
extern const Insn arm64_insns[];
void arm64_isel(Func *f);
void arm64_encode(Func *f);
extern const RelocRow arm64_relocs[];
const RelocRow *arm64_relaxgot(uint8_t *loc, uint64_t before, uint32_t type);

#endif
