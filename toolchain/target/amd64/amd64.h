/*
 * amd64.h - what the files of this folder share: register numbers, machine
 * operations, and how a machine operation keeps its operands.
 *
 * A machine operation's Value holds
 *   arg     registers; those of a memory operand last: base, then index
 *   aux     displacement of the memory operand; MOVC, FMOVC: the constant
 *   size    packed: immediate, addressing mode, scale, widths, condition
 *   sym     AM_SYM;  slot  AM_SLOT, AM_SLOTX
 */
#ifndef SLIPWAY_AMD64_H
#define SLIPWAY_AMD64_H

#include "target/target.h"

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

/* clang-format off */
typedef enum {
	AM_NONE,
	AM_BASE,		/* [base + aux] */
	AM_INDEX,		/* [base + index << scale + aux] */
	AM_SYM,			/* [rip + sym + aux] */
	AM_SLOT,		/* [slot + aux] */
	AM_SLOTX,		/* [slot + index << scale + aux] */
	AM_ARG,			/* [outgoing argument area + aux] */
} AddrMode;
/* clang-format on */

static inline int64_t
am_pack(int32_t imm, int am, int scale, int w, int w2, int cc)
{
	return (int64_t)((uint64_t)(uint32_t)imm | (uint64_t)am << 32 | (uint64_t)scale << 36 | (uint64_t)w << 40 |
	    (uint64_t)w2 << 46 | (uint64_t)cc << 52);
}
/* clang-format off */
static inline int32_t op_imm(const Value *v) { return (int32_t)(uint32_t)v->size; }
static inline int op_am(const Value *v) { return (int)(v->size >> 32 & 15); }
static inline int op_scale(const Value *v) { return (int)(v->size >> 36 & 3); }
static inline int op_w(const Value *v) { return (int)(v->size >> 40 & 31); }	/* bytes */
static inline int op_w2(const Value *v) { return (int)(v->size >> 46 & 31); }
static inline int op_cc(const Value *v) { return (int)(v->size >> 52 & 31); }
/* clang-format on */
/* How many arguments belong to the memory operand. */
static inline int
op_nmem(const Value *v)
{
	static const int8_t n[] = { 0, 1, 2, 0, 0, 1, 0 };

	return n[op_am(v)];
}

/* Value.machine of MOVES: where from; its register, if any, is the last argument. */
typedef struct {
	int am;			/* AM_BASE, AM_SYM, AM_SLOT or AM_ARG */
	int64_t disp;
	union {
		ObjSym *sym;
		Slot *slot;
	};
} MoveSource;

extern const Target targ_amd64;
extern const Insn amd64_insns[];
void amd64_isel(Func *f);
void amd64_encode(Func *f);
void amd64_listinsn(FILE *out, const Value *v);
const char *amd64_listbranch(int cc);
bool amd64_abs64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p);
uint32_t amd64_elfreloc(int kind);
extern const RelocRow amd64_relocs[];
extern const int amd64_nreloc;

RelClass amd64_relclass(uint32_t type);
const RelocRow *amd64_relaxgot(uint8_t *loc, uint64_t before, uint32_t type);

#endif
