/*
 * asmforms.h - the assembler of arm64: register numbers and forms of instructions, for asm.c, asminsn.c and asmencode.c.
 */
#ifndef SLIPWAY_ARM64_ASMFORMS_H
#define SLIPWAY_ARM64_ASMFORMS_H

#include "asm/asm.h"

/* clang-format off */
/* AsmOpd.reg */
enum {
	AR_R0 = 1, AR_R3 = AR_R0 + 3, AR_R16 = AR_R0 + 16, AR_R17, AR_G = AR_R0 + 28, AR_LINK = AR_R0 + 30, AR_ZR, AR_SP, AR_F0,
	AR_V0 = AR_F0 + 32,
};

/* What becomes of a form: what its operands fill in, or a case of asmencode.c. */
typedef enum {
	PLAIN, NOTHING, ADDIMM, LOGIMM, LOGBITS, LSLIMM, LSRIMM, RORIMM, EXTRACT, FIELDRS, FIELDIN, FIELDOUT, REMAINDER, CONST, ADDRESS, SYMADDRESS,
	MOVEWIDE, MEMORY, INDEXED, SYMBOL, PAIR, PAIRSYMBOL, PREFETCH, EXCLUSIVE, LOADPAIR, JUMP, CALL, BRANCH19, BRANCH14, LABELADDRESS,
	LABELPAGE, DATA4, DATA8, FLOATCONST, VECCONST, SIZEQ, ONLYQ, FLOATQ, VECIMM, VECEXT, VECSHR, VECSHL, VECTABLE, ELEMVEC, GENVEC,
	ELEMENT, ELEMENTOUT, ELEMENT2, VECLIST, VECLANE,
} ArmHow;

/* Arrangements of vectors: their numbers, which have the size of elements above the lowest bit, and sets of them. */
enum { ARR_B8, ARR_B16, ARR_H4, ARR_H8, ARR_S2, ARR_S4, ARR_D1, ARR_D2, ARR_Q1, ARR_COUNT };
enum { B8 = 1, B16 = 2, H4 = 4, H8 = 8, S2 = 16, S4 = 32, D1 = 64, D2 = 128 };

/* The value of OPD_SPECIAL is one of these and what stands in the instruction. */
enum { SPECIAL_COND = 1, SPECIAL_SYSREG, SPECIAL_TLBI, SPECIAL_DC, SPECIAL_PREFETCH, SPECIAL_PSTATE, SPECIAL_KIND = 28 };
/* Flags of such values: what may be done to a system register; that TLBI takes no register. */
enum { SPECIAL_RO = 1 << 24, SPECIAL_WO = 1 << 25, SPECIAL_RW = SPECIAL_RO | SPECIAL_WO, SPECIAL_ALONE = 1 << 24, SPECIAL_BITS = SPECIAL_RO - 1 };
/* clang-format on */

/* A row of asm.def in one of its sizes. */
typedef struct {
	const char *opds;
	uint32_t bits;
	uint16_t arrs;		/* arrangements that it takes */
	uint8_t how;
} ArmForm;

typedef struct {
	const char *name;
	Vec(ArmForm) forms;	/* in the order they are tried */
} ArmInsn;

/* What the operands of a form that fits have given. */
typedef struct {
	uint32_t bits;		/* with registers and constants that have a place of their own */
	int64_t k[2];
	int nk;
	double fval;
	int arr;		/* ARR_..., -1: none */
	const AsmOpd *mem;	/* memory, address, or symbol */
	const AsmOpd *list, *elem[2];
	int nelem;
	AsmInsn *label;
} ArmFields;

int arm64_asmop(const char *word);		/* AsmCpu.op */
const ArmInsn *arm64_asminsn(int op);
int arm64_asmspecial(const char *word);		/* AsmCpu.special */
/* The first form of i whose operands fit; NULL: none does. */
const ArmForm *arm64_asmmatch(const AsmInsn *i, ArmFields *out);
int arm64_arrangement(const char *ext);		/* ARR_..., -1: none */
int arm64_extension(const char *ext);		/* UXTB 0 to SXTX 7 as instructions encode them, -1: none */
void arm64_asmencode(AsmFunc *f, AsmInsn *i);	/* AsmCpu.encode */

static inline bool
arm64_asmis(int op, const char *name)
{
	return op >= AOP_CPU && strcmp(arm64_asminsn(op)->name, name) == 0;
}

#endif
