/*
 * arm64_test.c - every machine operation of arm64 against llvm-mc.
 */
// link: tests/unit/toolchain/target/asmcheck.c
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "asmcheck.h"
#include "target/arm64/arm64.h"

/* am_pack of arm64.h, for static data */
#define PACK(imm, am, scale, ext, w, w2, cc) \
	((int64_t)((uint64_t)(uint32_t)(imm) | (uint64_t)(am) << 32 | (uint64_t)(scale) << 36 | \
	    (uint64_t)(ext) << 39 | (uint64_t)(w) << 41 | (uint64_t)(w2) << 47 | (uint64_t)(cc) << 53))
#define W(w) PACK(0, 0, 0, 0, w, 0, 0)
#define IW(imm, w) PACK(imm, 0, 0, 0, w, 0, 0)
#define WW(w, w2) PACK(0, 0, 0, 0, w, w2, 0)
#define MEM(am, w) PACK(0, am, 0, 0, w, 0, 0)
#define INDEX(scale, ext, w) PACK(0, AM_INDEX, scale, ext, w, 0, 0)
#define CC(cc, w) PACK(0, 0, 0, 0, w, 0, cc)
#define ICC(imm, w, cc) PACK(imm, 0, 0, 0, w, 0, cc)
#define BLOCK(n) PACK(n, AM_BASE, 0, 0, 8, 0, 0)
#define SHIFT(kind, n) ((kind) << 22 | (n) << 10)
/* one row in both widths */
#define BOTH(op, text8, text4) \
	{ op, W(8), 0, text8 }, \
	{ \
		op, W(4), 0, text4 \
	}
#define RRR(op, mn) BOTH(op, mn " x$d, x$0, x$1", mn " w$d, w$0, w$1")
#define FRR(op, mn) BOTH(op, mn " d$d, d$0, d$1", mn " s$d, s$0, s$1")
#define FR(op, mn) BOTH(op, mn " d$d, d$0", mn " s$d, s$0")
/* slow paths of a function without frame begin so */
#define TAIL "str x30, [sp, #-16]!\n"

/* clang-format off */
static const AsmCase cases[] = {
	{ M_MOVC, W(8), 0, "movz x$d, #0" },
	{ M_MOVC, W(8), 0xffff, "movz x$d, #0xffff" },
	{ M_MOVC, W(8), -1, "movn x$d, #0" },
	{ M_MOVC, W(4), -1, "movn w$d, #0" },
	{ M_MOVC, W(8), 0x12340000, "movz x$d, #0x1234, lsl #16" },
	{ M_MOVC, W(8), -0x12340001, "movn x$d, #0x1234, lsl #16" },
	{ M_MOVC, W(8), 0x0ff00ff00ff00ff0, "orr x$d, xzr, #0x0ff00ff00ff00ff0" },
	{ M_MOVC, W(4), 0x55555555, "orr w$d, wzr, #0x55555555" },
	{ M_MOVC, W(8), 0x123456789abcdef0, "movz x$d, #0xdef0\n movk x$d, #0x9abc, lsl #16\n movk x$d, #0x5678, lsl #32\n movk x$d, #0x1234, lsl #48" },
	{ M_MOVC, W(8), -0x123456789, "movn x$d, #0x6788\n movk x$d, #0xdcba, lsl #16\n movk x$d, #0xfffe, lsl #32" },
	{ M_FMOVC, W(8), 0, "fmov d$d, xzr" },
	{ M_FMOVC, W(4), 0, "fmov s$d, wzr" },
	{ M_FMOVC, W(8), 0x3ff0000000000000, "fmov d$d, #1.0" },
	{ M_FMOVC, W(8), (int64_t)0xc03f000000000000, "fmov d$d, #-31.0" },
	{ M_FMOVC, W(4), 0x3e000000, "fmov s$d, #0.125" },
	{ M_FMOVC, W(8), 0x3fb999999999999a, "movz x27, #0x999a\n movk x27, #0x9999, lsl #16\n movk x27, #0x9999, lsl #32\n movk x27, #0x3fb9, lsl #48\n"
	  "fmov d$d, x27" },
	{ M_FMOVC, W(4), 0x7f800001, "movz w27, #1\n movk w27, #0x7f80, lsl #16\n fmov s$d, w27" },
	{ M_LEA0, MEM(AM_ARG, 8), 16, "add x$d, sp, #24" },
	{ M_LEA0, MEM(AM_SLOT, 8), 4100, "add x$d, sp, #1, lsl #12\n add x$d, x$d, #4" },
	{ M_LEA0, MEM(AM_SYM, 8), 4, "adrp x$d, #0\n add x$d, x$d, #0" },
	{ M_LEA, INDEX(3, EXT_NONE, 8), 0, "add x$d, x$0, x$1, uxtx #3" },
	{ M_LEA, INDEX(4, EXT_S32, 8), -8, "add x$d, x$0, w$1, sxtw #4\n sub x$d, x$d, #8" },
	/* memory */
	{ M_LD, MEM(AM_BASE, 1), 4095, "ldrb w$d, [x$0, #4095]" },
	{ M_LD, MEM(AM_BASE, 2), 8190, "ldrh w$d, [x$0, #8190]" },
	{ M_LD, MEM(AM_BASE, 4), 16380, "ldr w$d, [x$0, #16380]" },
	{ M_LD, MEM(AM_BASE, 8), 32760, "ldr x$d, [x$0, #32760]" },
	{ M_LD, MEM(AM_BASE, 8), -256, "ldur x$d, [x$0, #-256]" },
	{ M_LD, MEM(AM_BASE, 8), 255, "ldur x$d, [x$0, #255]" },
	{ M_LD, MEM(AM_BASE, 8), 257, "add x27, x$0, #257\n ldr x$d, [x27]" },
	{ M_LD, MEM(AM_BASE, 8), -264, "sub x27, x$0, #264\n ldr x$d, [x27]" },
	{ M_LD, MEM(AM_BASE, 8), 0x12348, "add x27, x$0, #0x12, lsl #12\n ldr x$d, [x27, #0x348]" },
	{ M_LD, MEM(AM_BASE, 8), 0x12345678, "movz x27, #0x5678\n movk x27, #0x1234, lsl #16\n add x27, x$0, x27, uxtx\n ldr x$d, [x27]" },
	{ M_LD, INDEX(3, EXT_NONE, 8), 0, "ldr x$d, [x$0, x$1, lsl #3]" },
	{ M_LD, INDEX(0, EXT_NONE, 8), 0, "ldr x$d, [x$0, x$1]" },
	{ M_LD, INDEX(2, EXT_U32, 4), 0, "ldr w$d, [x$0, w$1, uxtw #2]" },
	{ M_LD, INDEX(0, EXT_S32, 1), 0, "ldrb w$d, [x$0, w$1, sxtw]" },
	{ M_LD, INDEX(3, EXT_NONE, 8), 24, "add x27, x$0, x$1, uxtx #3\n ldr x$d, [x27, #24]" },
	{ M_LD, INDEX(4, EXT_NONE, 2), 0, "add x27, x$0, x$1, uxtx #4\n ldrh w$d, [x27]" },
	{ M_LD, PACK(0, AM_SLOTX, 3, 0, 8, 0, 0), 16, "add x27, sp, x$0, uxtx #3\n ldr x$d, [x27, #16]" },
	{ M_LD, MEM(AM_SYM, 4), 8, "adrp x27, #0\n add x27, x27, #0\n ldr w$d, [x27]" },
	{ M_LDS, PACK(0, AM_BASE, 0, 0, 1, 8, 0), 3, "ldrsb x$d, [x$0, #3]" },
	{ M_LDS, PACK(0, AM_BASE, 0, 0, 1, 4, 0), 3, "ldrsb w$d, [x$0, #3]" },
	{ M_LDS, PACK(0, AM_BASE, 0, 0, 2, 8, 0), -2, "ldursh x$d, [x$0, #-2]" },
	{ M_LDS, PACK(0, AM_INDEX, 1, 0, 2, 4, 0), 0, "ldrsh w$d, [x$0, x$1, lsl #1]" },
	{ M_LDS, PACK(0, AM_BASE, 0, 0, 4, 8, 0), 4, "ldrsw x$d, [x$0, #4]" },
	{ M_FLD, MEM(AM_BASE, 8), 8, "ldr d$d, [x$0, #8]" },
	{ M_FLD, MEM(AM_BASE, 4), -4, "ldur s$d, [x$0, #-4]" },
	{ M_FLD, INDEX(2, EXT_S32, 4), 0, "ldr s$d, [x$0, w$1, sxtw #2]" },
	{ M_ST, MEM(AM_BASE, 1), 7, "strb w$0, [x$1, #7]" },
	{ M_ST, MEM(AM_BASE, 2), 6, "strh w$0, [x$1, #6]" },
	{ M_ST, MEM(AM_BASE, 4), 4, "str w$0, [x$1, #4]" },
	{ M_ST, INDEX(3, EXT_NONE, 8), 0, "str x$0, [x$1, x$2, lsl #3]" },
	{ M_ST, MEM(AM_ARG, 8), 8, "str x$0, [sp, #16]" },
	{ M_STZ, MEM(AM_BASE, 8), 8, "str xzr, [x$0, #8]" },
	{ M_STZ, MEM(AM_BASE, 1), -1, "sturb wzr, [x$0, #-1]" },
	{ M_FST, MEM(AM_BASE, 8), 16, "str d$0, [x$1, #16]" },
	{ M_FST, MEM(AM_BASE, 4), 16, "str s$0, [x$1, #16]" },
	/* integers */
	RRR(M_ADD, "add"),
	{ M_ADD, IW(SHIFT(SH_LSL, 12), 8), 0, "add x$d, x$0, x$1, lsl #12" },
	{ M_ADD, IW(SHIFT(SH_ASR, 31), 4), 0, "add w$d, w$0, w$1, asr #31" },
	RRR(M_SUB, "sub"),
	{ M_SUB, IW(SHIFT(SH_LSR, 63), 8), 0, "sub x$d, x$0, x$1, lsr #63" },
	RRR(M_AND, "and"),
	RRR(M_BIC, "bic"),
	RRR(M_OR, "orr"),
	RRR(M_ORN, "orn"),
	RRR(M_XOR, "eor"),
	{ M_XOR, IW(SHIFT(SH_ROR, 7), 4), 0, "eor w$d, w$0, w$1, ror #7" },
	RRR(M_EON, "eon"),
	{ M_ADDX, IW(6 << 13, 8), 0, "add x$d, x$0, w$1, sxtw" },
	{ M_ADDX, IW(2 << 13, 8), 0, "add x$d, x$0, w$1, uxtw" },
	{ M_ADDI, W(8), 4095, "add x$d, x$0, #4095" },
	{ M_ADDI, W(8), -4095, "sub x$d, x$0, #4095" },
	{ M_ADDI, W(4), 0x5000, "add w$d, w$0, #5, lsl #12" },
	{ M_ADDI, W(8), -0x5001, "sub x$d, x$0, #5, lsl #12\n sub x$d, x$d, #1" },
	{ M_ANDI, W(8), 0xff, "and x$d, x$0, #0xff" },
	{ M_ANDI, W(4), 0x80000001, "and w$d, w$0, #0x80000001" },
	{ M_ANDI, W(8), (int64_t)0xfffffffffffffff8, "and x$d, x$0, #0xfffffffffffffff8" },
	{ M_ORI, W(8), 0x3333333333333333, "orr x$d, x$0, #0x3333333333333333" },
	{ M_ORI, W(8), 0x00e000e000e000e0, "orr x$d, x$0, #0x00e000e000e000e0" },
	{ M_XORI, W(4), 1, "eor w$d, w$0, #1" },
	{ M_XORI, W(8), 0x1f1f1f1f1f1f1f1f, "eor x$d, x$0, #0x1f1f1f1f1f1f1f1f" },
	BOTH(M_NEG, "neg x$d, x$0", "neg w$d, w$0"),
	BOTH(M_NOT, "mvn x$d, x$0", "mvn w$d, w$0"),
	RRR(M_MUL, "mul"),
	RRR(M_MNEG, "mneg"),
	BOTH(M_MADD, "madd x$d, x$0, x$1, x$2", "madd w$d, w$0, w$1, w$2"),
	BOTH(M_MSUB, "msub x$d, x$0, x$1, x$2", "msub w$d, w$0, w$1, w$2"),
	{ M_MULHS, W(8), 0, "smulh x$d, x$0, x$1" },
	{ M_MULHU, W(8), 0, "umulh x$d, x$0, x$1" },
	{ M_SMULL, W(8), 0, "smull x$d, w$0, w$1" },
	{ M_UMULL, W(8), 0, "umull x$d, w$0, w$1" },
	{ M_MULHSW, W(8), 0, "smull x$d, w$0, w$1\n lsr x$d, x$d, #32" },
	{ M_MULHUW, W(8), 0, "umull x$d, w$0, w$1\n lsr x$d, x$d, #32" },
	RRR(M_DIVS, "sdiv"),
	RRR(M_DIVU, "udiv"),
	BOTH(M_MODS, "sdiv x27, x$0, x$1\n msub x$d, x27, x$1, x$0", "sdiv w27, w$0, w$1\n msub w$d, w27, w$1, w$0"),
	BOTH(M_MODU, "udiv x27, x$0, x$1\n msub x$d, x27, x$1, x$0", "udiv w27, w$0, w$1\n msub w$d, w27, w$1, w$0"),
	RRR(M_SHL, "lsl"),
	RRR(M_SHR, "lsr"),
	RRR(M_SAR, "asr"),
	BOTH(M_ROL, "neg x27, x$1\n ror x$d, x$0, x27", "neg w27, w$1\n ror w$d, w$0, w27"),
	{ M_SHLV, WW(8, 8), 0, "cmp x$1, #64\n lsl x$d, x$0, x$1\n csel x$d, x$d, xzr, lo" },
	{ M_SHLV, WW(4, 1), 0, "uxtb w27, w$1\n cmp w27, #32\n lsl w$d, w$0, w27\n csel w$d, w$d, wzr, lo" },
	{ M_SHRV, WW(8, 4), 0, "cmp w$1, #64\n lsr x$d, x$0, x$1\n csel x$d, x$d, xzr, lo" },
	{ M_SHRV, WW(4, 2), 0, "uxth w27, w$1\n cmp w27, #32\n lsr w$d, w$0, w27\n csel w$d, w$d, wzr, lo" },
	{ M_SARV, WW(8, 8), 0, "cmp x$1, #64\n csinv x27, x$1, xzr, lo\n asr x$d, x$0, x27" },
	{ M_SARV, WW(4, 8), 0, "cmp x$1, #32\n csinv x27, x$1, xzr, lo\n asr w$d, w$0, w27" },
	{ M_UBFM, IW(3 << 16 | 10 << 10, 8), 0, "ubfm x$d, x$0, #3, #10" },
	{ M_UBFM, IW(31 << 16 | 30 << 10, 4), 0, "lsl w$d, w$0, #1" },
	{ M_SBFM, IW(63 << 16 | 63 << 10, 8), 0, "asr x$d, x$0, #63" },
	{ M_SBFM, IW(4 << 16 | 7 << 10, 4), 0, "sbfx w$d, w$0, #4, #4" },
	{ M_RORI, IW(13, 8), 0, "ror x$d, x$0, #13" },
	{ M_RORI, IW(31, 4), 0, "ror w$d, w$0, #31" },
	BOTH(M_CTZ, "rbit x$d, x$0\n clz x$d, x$d", "rbit w$d, w$0\n clz w$d, w$d"),
	{ M_CTZ, W(1), 0, "orr w27, w$0, #0x100\n rbit w$d, w27\n clz w$d, w$d" },
	BOTH(M_CLZ, "clz x$d, x$0", "clz w$d, w$0"),
	{ M_CLZ, W(2), 0, "uxth w27, w$0\n clz w$d, w27\n sub w$d, w$d, #16" },
	BOTH(M_POPCNT, "fmov d31, x$0\n cnt v31.8b, v31.8b\n addv b31, v31.8b\n fmov w$d, s31",
	     "fmov s31, w$0\n cnt v31.8b, v31.8b\n addv b31, v31.8b\n fmov w$d, s31"),
	BOTH(M_BSWAP, "rev x$d, x$0", "rev w$d, w$0"),
	{ M_BSWAP, W(2), 0, "rev16 w$d, w$0" },
	{ M_ZX, W(1), 0, "uxtb w$d, w$0" },
	{ M_ZX, W(2), 0, "uxth w$d, w$0" },
	{ M_ZX, W(4), 0, "mov w$d, w$0" },
	{ M_SX, WW(1, 4), 0, "sxtb w$d, w$0" },
	{ M_SX, WW(1, 8), 0, "sxtb x$d, w$0" },
	{ M_SX, WW(2, 8), 0, "sxth x$d, w$0" },
	{ M_SX, WW(4, 8), 0, "sxtw x$d, w$0" },
	/* flags and their users */
	BOTH(M_CMP, "cmp x$0, x$1", "cmp w$0, w$1"),
	{ M_CMP, IW(SHIFT(SH_LSL, 3), 8), 0, "cmp x$0, x$1, lsl #3" },
	BOTH(M_CMN, "cmn x$0, x$1", "cmn w$0, w$1"),
	BOTH(M_TST, "tst x$0, x$1", "tst w$0, w$1"),
	{ M_CMPX, IW(0 << 13, 4), 0, "cmp w$0, w$1, uxtb" },
	{ M_CMPX, IW(1 << 13, 4), 0, "cmp w$0, w$1, uxth" },
	{ M_CMPX, IW(4 << 13, 4), 0, "cmp w$0, w$1, sxtb" },
	{ M_CMPX, IW(5 << 13, 4), 0, "cmp w$0, w$1, sxth" },
	{ M_CMPI, W(8), 4095, "cmp x$0, #4095" },
	{ M_CMPI, W(4), -1, "cmn w$0, #1" },
	{ M_CMPI, W(8), 0x3000, "cmp x$0, #3, lsl #12" },
	{ M_TSTI, W(8), 0xff00, "tst x$0, #0xff00" },
	{ M_TSTI, W(4), 1, "tst w$0, #1" },
	BOTH(M_FCMP, "fcmp d$0, d$1", "fcmp s$0, s$1"),
	BOTH(M_FCMPZ, "fcmp d$0, #0.0", "fcmp s$0, #0.0"),
	/* branches: to the second of two blocks that end the function */
	{ M_CBZ, CC(CC_EQ, 8), 0, "!cbz x$0, 1f\n udf #0\n1: udf #0" },
	{ M_CBZ, CC(CC_NE, 4), 0, "!cbnz w$0, 1f\n udf #0\n1: udf #0" },
	{ M_TBZ, ICC(63, 8, CC_EQ), 0, "!tbz x$0, #63, 1f\n udf #0\n1: udf #0" },
	{ M_TBZ, ICC(5, 4, CC_NE), 0, "!tbnz w$0, #5, 1f\n udf #0\n1: udf #0" },
	{ M_SETCC, CC(CC_EQ, 4), 0, "cset w$d, eq" },
	{ M_SETCC, CC(CC_MI, 4), 0, "cset w$d, mi" },
	{ M_CSEL, CC(CC_GT, 8), 0, "csel x$d, x$1, x$0, gt" },
	{ M_CSEL, CC(CC_LO, 4), 0, "csel w$d, w$1, w$0, lo" },
	{ M_FSEL, CC(CC_LS, 8), 0, "fcsel d$d, d$1, d$0, ls" },
	{ M_FSEL, CC(CC_NE, 4), 0, "fcsel s$d, s$1, s$0, ne" },
	/* floats */
	FRR(M_FADD, "fadd"),
	FRR(M_FSUB, "fsub"),
	FRR(M_FMUL, "fmul"),
	FRR(M_FDIV, "fdiv"),
	FRR(M_FMIN, "fmin"),
	FRR(M_FMAX, "fmax"),
	FR(M_FSQRT, "fsqrt"),
	FR(M_FNEG, "fneg"),
	FR(M_FABS, "fabs"),
	FR(M_FRINTN, "frintn"),
	FR(M_FRINTP, "frintp"),
	FR(M_FRINTM, "frintm"),
	FR(M_FRINTZ, "frintz"),
	BOTH(M_FCOPYSIGN, "movi v31.2d, #0\n fneg v31.2d, v31.2d\n bit v$d.16b, v$1.16b, v31.16b",
	     "movi v31.2d, #0\n fneg v31.4s, v31.4s\n bit v$d.16b, v$1.16b, v31.16b"),
	BOTH(M_FMA, "fmadd d$d, d$0, d$1, d$2", "fmadd s$d, s$0, s$1, s$2"),
	{ M_S2F, WW(8, 8), 0, "scvtf d$d, x$0" },
	{ M_S2F, WW(8, 4), 0, "scvtf d$d, w$0" },
	{ M_S2F, WW(4, 8), 0, "scvtf s$d, x$0" },
	{ M_U2F, WW(4, 4), 0, "ucvtf s$d, w$0" },
	{ M_U2F, WW(8, 8), 0, "ucvtf d$d, x$0" },
	{ M_F2S, WW(8, 8), 0, "fcvtzs x$d, d$0" },
	{ M_F2S, WW(8, 4), 0, "fcvtzs w$d, d$0" },
	{ M_F2S, WW(4, 8), 0, "fcvtzs x$d, s$0" },
	{ M_F2U, WW(4, 8), 0, "fcvtzu x$d, s$0" },
	{ M_F2U, WW(8, 8), 0, "fcvtzu x$d, d$0" },
	{ M_F2F, W(4), 0, "fcvt d$d, s$0" },
	{ M_F2F, W(8), 0, "fcvt s$d, d$0" },
	BOTH(M_F2B, "fmov x$d, d$0", "fmov w$d, s$0"),
	BOTH(M_B2F, "fmov d$d, x$0", "fmov s$d, w$0"),
	/* memory as a whole */
	{ M_ZEROS, BLOCK(7), 8, "str wzr, [x$0, #8]\n strh wzr, [x$0, #12]\n strb wzr, [x$0, #14]" },
	{ M_ZEROS, BLOCK(27), 8, "stp xzr, xzr, [x$0, #8]\n str xzr, [x$0, #24]\n stur xzr, [x$0, #27]" },
	{ M_ZEROS, BLOCK(80), 0, "movi v31.2d, #0\n stp q31, q31, [x$0]\n stp q31, q31, [x$0, #32]\n stp xzr, xzr, [x$0, #64]" },
	{ M_ZEROS, BLOCK(16), 8000, "add x27, x$0, #1, lsl #12\n add x27, x27, #3904\n stp xzr, xzr, [x27]" },
	{ M_ZEROL, IW(136, 8), 0,
	  "movi v31.2d, #0\n add x27, x$0, #128\n1: stp q31, q31, [x$0]\n stp q31, q31, [x$0, #32]\n add x$0, x$0, #64\n cmp x$0, x27\n b.ne 1b\n"
	  "str xzr, [x$0]" },
	{ M_MOVES, BLOCK(8), 8, "ldur d31, [x$1, #-16]\n str d31, [x$0, #8]" },
	{ M_MOVES, BLOCK(13), 0, "ldur d31, [x$1, #-16]\n str d31, [x$0]\n ldur d31, [x$1, #-11]\n stur d31, [x$0, #5]" },
	{ M_MOVES, BLOCK(40), 16, "ldp q31, q30, [x$1, #-16]\n stp q31, q30, [x$0, #16]\n ldr d31, [x$1, #16]\n str d31, [x$0, #48]" },
	{ M_MOVES, BLOCK(24), 4000,
	  "add x27, x$0, #4000\n ldur q31, [x$1, #-16]\n str q31, [x27]\n ldr d31, [x$1]\n str d31, [x27, #16]" },
	{ M_MOVEL, IW(320, 8), 0,
	  "add x27, x$1, #320\n1: ldp q31, q30, [x$1]\n stp q31, q30, [x$0]\n ldp q31, q30, [x$1, #32]\n stp q31, q30, [x$0, #32]\n"
	  "add x$1, x$1, #64\n add x$0, x$0, #64\n cmp x$1, x27\n b.ne 1b" },
	/* checks */
	{ M_NILCHECK, 0, 0, "ldrb wzr, [x$0]" },
	{ M_BOUNDS, ICC(0, 8, CC_HS), BOUNDS_INDEX, "!cmp x$0, x$1\n b.hs 1f\n udf #0\n1: mov x0, x$0\n mov x1, x$1\n" TAIL "bl .\n udf #0" },
	{ M_BOUNDSI, ICC(10, 8, CC_HS), BOUNDS_INDEX, "!cmp x$0, #10\n b.hs 1f\n udf #0\n1: mov x0, x$0\n movz x1, #10\n" TAIL "bl .\n udf #0" },
	{ M_BOUNDSX, ICC(4, 4, CC_LS), BOUNDS_INDEX, "!cmp w$0, #4\n b.ls 1f\n udf #0\n1: mov x1, x$0\n movz x0, #4\n" TAIL "bl .\n udf #0" },
	{ M_ZEROCHK, W(8), 0, "!cbz x$0, 1f\n udf #0\n1: " TAIL "bl .\n udf #0" },
	{ M_ZEROCHK, W(4), 0, "!cbz w$0, 1f\n udf #0\n1: " TAIL "bl .\n udf #0" },
	{ M_SHIFTCHK, W(8), 0, "!tbnz x$0, #63, 1f\n udf #0\n1: " TAIL "bl .\n udf #0" },
	{ M_SHIFTCHK, W(2), 0, "!tbnz w$0, #15, 1f\n udf #0\n1: " TAIL "bl .\n udf #0" },
	{ M_WB, 0, 0, "str x30, [sp, #-16]!\n bl .\n ldr x30, [sp], #16" },
	{ M_CALLERPC, W(8), 0, "mov x$d, x30" },
	{ M_CALLERSP, W(8), 0, "add x$d, sp, #0" },
	/* atomics */
	{ M_ALD, W(1), 0, "ldarb w$d, [x$0]" },
	{ M_ALD, W(4), 0, "ldar w$d, [x$0]" },
	{ M_ALD, W(8), 0, "ldar x$d, [x$0]" },
	{ M_AST, W(1), 0, "stlrb w$0, [x$1]" },
	{ M_AST, W(8), 0, "stlr x$0, [x$1]" },
	BOTH(M_XCHG, "1: ldaxr x$d, [x$1]\n stlxr w27, x$0, [x$1]\n cbnz w27, 1b", "1: ldaxr w$d, [x$1]\n stlxr w27, w$0, [x$1]\n cbnz w27, 1b"),
	BOTH(M_XADD, "1: ldaxr x$d, [x$1]\n add x$d, x$d, x$0\n stlxr w27, x$d, [x$1]\n cbnz w27, 1b",
	     "1: ldaxr w$d, [x$1]\n add w$d, w$d, w$0\n stlxr w27, w$d, [x$1]\n cbnz w27, 1b"),
	BOTH(M_AAND, "1: ldaxr x$d, [x$1]\n and x27, x$d, x$0\n stlxr w16, x27, [x$1]\n cbnz w16, 1b",
	     "1: ldaxr w$d, [x$1]\n and w27, w$d, w$0\n stlxr w16, w27, [x$1]\n cbnz w16, 1b"),
	{ M_AOR, W(1), 0, "1: ldaxrb w$d, [x$1]\n orr w27, w$d, w$0\n stlxrb w16, w27, [x$1]\n cbnz w16, 1b" },
	BOTH(M_CAS, "1: ldaxr x16, [x$2]\n cmp x16, x$0\n b.ne 2f\n stlxr w27, x$1, [x$2]\n cbnz w27, 1b\n2: cset w$d, eq",
	     "1: ldaxr w16, [x$2]\n cmp w16, w$0\n b.ne 2f\n stlxr w27, w$1, [x$2]\n cbnz w27, 1b\n2: cset w$d, eq"),
	{ M_CAS, W(1), 0, "1: ldaxrb w16, [x$2]\n cmp w16, w$0, uxtb\n b.ne 2f\n stlxrb w27, w$1, [x$2]\n cbnz w27, 1b\n2: cset w$d, eq" },
	{ M_PREFETCH, IW(0, 8), 0, "prfm pldl1keep, [x$0]" },
	{ M_PREFETCH, IW(1, 8), 0, "prfm pldl1strm, [x$0]" },
	{ M_PAUSE, 0, 0, "yield" },
};
/* clang-format on */

static void
prepare(Func *f, Value *v, const AsmCase *c)
{
	static Slot slot;
	static ObjSym sym = { .name = "x" };

	(void)c;
	if (op_am(v) == AM_SLOT || op_am(v) == AM_SLOTX)
		v->slot = &slot;
	else if (op_am(v) == AM_SYM)
		v->sym = &sym;
	if (v->op == M_MOVES) {
		MoveSource *m = NEW(f->a, MoveSource);

		m->am = AM_BASE;
		m->disp = -16;
		v->machine = m;
	}
	if (v->op == M_CBZ || v->op == M_TBZ) {
		Block *no = block_new(f, BK_EXIT), *yes = block_new(f, BK_EXIT);

		f->entry->kind = BK_TARGET;
		f->entry->aux = op_cc(v);
		f->entry->ctl = v;
		block_edgein(f, f->entry, yes);
		block_edgein(f, f->entry, no);
	}
}

static void
every_operation_is_encoded_as_llvm_mc_does(void **state)
{
	static const AsmCheck k = {
		.mc = "--triple=aarch64 -mattr=+v8a",
		.intprefix = "",
		.floatprefix = "",
		.behind = "udf #0",
		.use = (RegSet)0x00780ffc | (RegSet)0x00ffff0f << 32,
		.prepare = prepare,
	};
	AsmCheck c = k;

	(void)state;
	c.t = target_find("arm64");
	asmcheck(&c, cases, NELEM(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_operation_is_encoded_as_llvm_mc_does) };

	diag_init("arm64_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
