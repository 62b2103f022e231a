/*
 * asmforms.h - the assembler of amd64: register numbers and forms of instructions, for asm.c, asminsn.c and
 * asmencode.c.
 */
#ifndef SLIPWAY_AMD64_ASMFORMS_H
#define SLIPWAY_AMD64_ASMFORMS_H

#include "asm/asm.h"

/*
 * AsmOpd.reg. A register's number as instructions encode it is its distance from the first of its kind, but for AH to
 * BH (4 to 7).
 */
/* clang-format off */
enum {
	AR_NONE,
	AR_AL, AR_CL, AR_DL, AR_BL, AR_SPB, AR_BPB, AR_SIB, AR_DIB, AR_R8B, AR_R15B = AR_R8B + 7,
	AR_AH, AR_CH, AR_DH, AR_BH,
	AR_AX, AR_CX, AR_DX, AR_BX, AR_SP, AR_BP, AR_SI, AR_DI, AR_R8, AR_R14 = AR_R8 + 6, AR_R15,
	AR_F0, AR_M0 = AR_F0 + 8, AR_K0 = AR_M0 + 8, AR_X0 = AR_K0 + 8, AR_Y0 = AR_X0 + 32, AR_Z0 = AR_Y0 + 32,
	AR_ES = AR_Z0 + 32, AR_CS, AR_SS, AR_DS, AR_FS, AR_GS, AR_CR0, AR_DR0 = AR_CR0 + 16, AR_TLS = AR_DR0 + 8,
};
/* clang-format on */

/* Classes of operands, as the tables name them. */
/* clang-format off */
typedef enum {
	C_NONE,
	C_E, C_M, C_R, C_G, C_Z, C_EB, C_RB, C_GB, C_ZB, C_A, C_AB, C_CL, C_DX,
	C_I8, C_IU, C_I16, C_I32, C_I32S, C_I64, C_I1, C_IC,
	C_J,
	C_SAME,			/* general register, both r/m and reg */
	C_Q, C_N, C_P, C_W, C_U, C_V, C_X0, C_S, C_C, C_D, C_FS, C_GS, C_F0, C_F,
	/* VEX and EVEX: register or memory, register (both r/m), register (reg), vvvv, immediate; memory with a vector of addresses */
	C_WX, C_UX, C_VX, C_HX, C_LX, C_WY, C_UY, C_VY, C_HY, C_LY, C_WZ, C_UZ, C_VZ, C_HZ,
	C_BG,			/* general register: vvvv */
	C_KE, C_KR, C_KG, C_KH,
	C_MX, C_MY, C_MZ,
	C_4X, C_4Z,		/* four registers in a row: vvvv */
} AmdClass;
typedef enum { ENC_LEGACY, ENC_VEX, ENC_EVEX } AmdEnc;
/* clang-format on */

enum { AMD_MAXOPD = 5 };

/* One way to encode an instruction: a row of the tables for one size. */
typedef struct {
	uint8_t opd[AMD_MAXOPD];	/* C_... */
	uint8_t nopd;
	uint8_t enc;			/* ENC_... */
	uint8_t pp;			/* mandatory prefix: 0, 0x66, 0xF3, 0xF2 */
	uint8_t map;			/* 0, 1: 0F, 2: 0F38, 3: 0F3A */
	uint8_t op;
	int8_t digit;			/* reg field, or -1 */
	uint8_t op2, nop2;		/* a second byte behind the opcode */
	bool w, size16;			/* REX.W or VEX.W; prefix 66 for the operand size */
	uint8_t len;			/* VEX.L, EVEX.L'L */
	uint8_t disp, bcst;		/* EVEX: what an 8-bit displacement counts, without and with broadcast (0: there is none) */
	bool mask, needmask, zero, sae, round;
} AmdForm;

typedef struct {
	const char *name;
	Vec(AmdForm) forms;		/* in the order they are tried */
} AmdInsn;

int amd64_asmop(const char *word);		/* AsmCpu.op */
const AmdInsn *amd64_asminsn(int op);
bool amd64_asmfits(const AsmOpd *o, AmdClass c, const AmdForm *f);
void amd64_asmencode(AsmFunc *f, AsmInsn *i);	/* AsmCpu.encode */
bool amd64_asmis(int op, const char *name);

#endif
