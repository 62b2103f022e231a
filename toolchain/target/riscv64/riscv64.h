/*
 * riscv64.h - what the files of this folder share: register numbers, machine
 * operations, and how a machine operation keeps its operands.
 *
 * A machine operation's Value holds
 *   arg     registers; that of a memory operand last
 *   aux     displacement of the memory operand; MOVC, FMOVC: the constant
 *   size    packed: immediate, addressing mode, widths, condition
 *   sym     AM_SYM;  slot  AM_SLOT
 *
 * Narrow values: the bits of a register above a value's width are unspecified at calls and wherever selection cannot see
 * where the value comes from; isel.c extends what needs it.
 */
#ifndef SLIPWAY_RISCV64_H
#define SLIPWAY_RISCV64_H

#include "target/target.h"

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

typedef enum {
	AM_NONE,
	AM_BASE,		/* base + aux */
	AM_SYM,			/* sym + aux */
	AM_SLOT,		/* slot + aux */
	AM_ARG,			/* outgoing argument area + aux */
} AddrMode;

static inline int64_t
rv_pack(int32_t imm, int am, int w, int w2, int cc)
{
	return (int64_t)((uint64_t)(uint32_t)imm | (uint64_t)am << 32 | (uint64_t)w << 40 | (uint64_t)w2 << 46 |
	    (uint64_t)cc << 52);
}
/* clang-format off */
static inline int32_t op_imm(const Value *v) { return (int32_t)(uint32_t)v->size; }
static inline int op_am(const Value *v) { return (int)(v->size >> 32 & 15); }
static inline int op_w(const Value *v) { return (int)(v->size >> 40 & 31); }	/* bytes */
static inline int op_w2(const Value *v) { return (int)(v->size >> 46 & 31); }
static inline int op_cc(const Value *v) { return (int)(v->size >> 52 & 31); }
static inline int op_nmem(const Value *v) { return op_am(v) == AM_BASE; }	/* arguments that belong to the memory operand */
/* clang-format on */

/* Value.machine of MOVES: where from; its register, if any, is the last argument. */
typedef struct {
	int am;
	int64_t disp;
	union {
		ObjSym *sym;
		Slot *slot;
	};
} MoveSource;

static inline bool
fits12(int64_t i)
{
	return i >= -2048 && i < 2048;
}

extern const Target targ_riscv64;
extern const Insn riscv64_insns[];
void riscv64_isel(Func *f);
void riscv64_encode(Func *f);
void riscv64_listinsn(FILE *out, const Value *v);
const char *riscv64_listbranch(int cc);
uint32_t riscv64_elfreloc(int kind);
enum { RISCV64_NRELOC = 34 };
extern const RelocRow riscv64_relocs[];
extern const int riscv64_nreloc;
RelClass riscv64_relclass(uint32_t type);
bool riscv64_relpair(uint32_t type, const uint8_t *loc, uint32_t *hi, uint32_t *lo);

#endif
