/*
 * riscv64_test.c - every machine operation of riscv64 against llvm-mc.
 */
// link: tests/unit/toolchain/target/asmcheck.c
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>

#include <cmocka.h>

#include "asmcheck.h"
#include "target/riscv64/riscv64.h"

#define ATOMIC(op, name) { op, W(8), 0, name ".d.aqrl $d, $0, ($1)" }, { op, W(4), 0, name ".w.aqrl $d, $0, ($1)" }
/* slow paths of a function without frame begin so */
#define TAIL "sd ra, -16(sp)\n addi sp, sp, -16\n"
#define CALL "auipc ra, 0\n jalr ra, ra, 0\n"

/* clang-format off */
static const AsmCase cases[] = {
	{ M_MOVC, W(8), 0, "addi $d, zero, 0" },
	{ M_MOVC, W(8), -2048, "addi $d, zero, -2048" },
	{ M_MOVC, W(8), 0x12345678, "lui $d, 0x12345\n addiw $d, $d, 0x678" },
	{ M_MOVC, W(8), 0x7fffffff, "lui $d, 0x80000\n addiw $d, $d, -1" },
	{ M_MOVC, W(8), INT32_MIN, "lui $d, 0x80000" },
	{ M_MOVC, W(8), 0x100000000, "addi $d, zero, 1\n slli $d, $d, 32" },
	{ M_MOVC, W(8), INT64_MIN, "addi $d, zero, -1\n slli $d, $d, 63" },
	{ M_MOVC, W(8), 0xffffffff, "addi $d, zero, 1\n slli $d, $d, 32\n addi $d, $d, -1" },
	{ M_MOVC, W(8), 0x123456789abcdef0, "!auipc $d, 0\n ld $d, 16($d)\n ebreak\n ebreak\n .quad 0x123456789abcdef0" },
	{ M_FMOVC, W(8), 0, "fmv.d.x $d, zero" },
	{ M_FMOVC, W(4), 0x3f800000, "lui t5, 0x3f800\n fmv.w.x $d, t5" },
	{ M_FMOVC, W(8), 0x3ff0000000000000, "addi t5, zero, 1023\n slli t5, t5, 52\n fmv.d.x $d, t5" },
	{ M_FMOVC, W(8), 0x3fb999999999999a, "!auipc t5, 0\n fld $d, 16(t5)\n ebreak\n ebreak\n .quad 0x3fb999999999999a" },
	{ M_LEA0, MEM(AM_ARG, 8), 16, "addi $d, sp, 24" },
	{ M_LEA0, MEM(AM_SLOT, 8), 3000, "addi $d, sp, 1500\n addi $d, $d, 1500" },
	{ M_LEA0, MEM(AM_SYM, 8), 4, "auipc $d, 0\n addi $d, $d, 0" },
	/* memory */
	{ M_LDU, MEM(AM_BASE, 1), 7, "lbu $d, 7($0)" },
	{ M_LDU, MEM(AM_BASE, 2), -2, "lhu $d, -2($0)" },
	{ M_LDU, MEM(AM_BASE, 4), 2047, "lwu $d, 2047($0)" },
	{ M_LDS, MEM(AM_BASE, 1), 7, "lb $d, 7($0)" },
	{ M_LDS, MEM(AM_BASE, 2), -2048, "lh $d, -2048($0)" },
	{ M_LDS, MEM(AM_BASE, 4), 4, "lw $d, 4($0)" },
	{ M_LDS, MEM(AM_BASE, 8), 8, "ld $d, 8($0)" },
	{ M_LDS, MEM(AM_SYM, 8), 8, "auipc $d, 0\n ld $d, 0($d)" },
	{ M_LDS, MEM(AM_SLOT, 8), 0x12345678, "lui $d, 0x12345\n add $d, $d, sp\n ld $d, 1656($d)" },
	{ M_FLD, MEM(AM_BASE, 8), 8, "fld $d, 8($0)" },
	{ M_FLD, MEM(AM_BASE, 4), 8, "flw $d, 8($0)" },
	{ M_FLD, MEM(AM_BASE, 8), 0x2800, "lui t5, 3\n add t5, t5, $0\n fld $d, -2048(t5)" },
	{ M_ST, MEM(AM_BASE, 1), 7, "sb $0, 7($1)" },
	{ M_ST, MEM(AM_BASE, 2), -2, "sh $0, -2($1)" },
	{ M_ST, MEM(AM_BASE, 4), 100, "sw $0, 100($1)" },
	{ M_ST, MEM(AM_BASE, 8), 2040, "sd $0, 2040($1)" },
	{ M_ST, MEM(AM_SYM, 8), 0, "auipc t5, 0\n sd $0, 0(t5)" },
	{ M_ST, MEM(AM_BASE, 8), -4096, "lui t5, 0xfffff\n add t5, t5, $1\n sd $0, 0(t5)" },
	{ M_STZ, MEM(AM_BASE, 8), 8, "sd zero, 8($0)" },
	{ M_STZ, MEM(AM_BASE, 1), 8, "sb zero, 8($0)" },
	{ M_FST, MEM(AM_BASE, 8), -8, "fsd $0, -8($1)" },
	{ M_FST, MEM(AM_BASE, 4), -8, "fsw $0, -8($1)" },
	/* integers */
	BOTH(M_ADD, "add $d, $0, $1", "addw $d, $0, $1"),
	BOTH(M_SUB, "sub $d, $0, $1", "subw $d, $0, $1"),
	{ M_AND, W(8), 0, "and $d, $0, $1" },
	{ M_OR, W(8), 0, "or $d, $0, $1" },
	{ M_XOR, W(8), 0, "xor $d, $0, $1" },
	{ M_ADDI, IW(-1, 8), 0, "addi $d, $0, -1" },
	{ M_ADDI, IW(2047, 4), 0, "addiw $d, $0, 2047" },
	{ M_ANDI, IW(255, 8), 0, "andi $d, $0, 255" },
	{ M_ORI, IW(-2048, 8), 0, "ori $d, $0, -2048" },
	{ M_XORI, IW(-1, 8), 0, "not $d, $0" },
	BOTH(M_NEG, "neg $d, $0", "negw $d, $0"),
	BOTH(M_MUL, "mul $d, $0, $1", "mulw $d, $0, $1"),
	{ M_MULHS, W(8), 0, "mulh $d, $0, $1" },
	{ M_MULHU, W(8), 0, "mulhu $d, $0, $1" },
	BOTH(M_DIVS, "div $d, $0, $1", "divw $d, $0, $1"),
	BOTH(M_DIVU, "divu $d, $0, $1", "divuw $d, $0, $1"),
	BOTH(M_MODS, "rem $d, $0, $1", "remw $d, $0, $1"),
	BOTH(M_MODU, "remu $d, $0, $1", "remuw $d, $0, $1"),
	BOTH(M_SLL, "sll $d, $0, $1", "sllw $d, $0, $1"),
	BOTH(M_SRL, "srl $d, $0, $1", "srlw $d, $0, $1"),
	BOTH(M_SRA, "sra $d, $0, $1", "sraw $d, $0, $1"),
	{ M_SLLI, IW(63, 8), 0, "slli $d, $0, 63" },
	{ M_SLLI, IW(31, 4), 0, "slliw $d, $0, 31" },
	{ M_SRLI, IW(33, 8), 0, "srli $d, $0, 33" },
	{ M_SRLI, IW(1, 4), 0, "srliw $d, $0, 1" },
	{ M_SRAI, IW(63, 8), 0, "srai $d, $0, 63" },
	{ M_SRAI, IW(31, 4), 0, "sraiw $d, $0, 31" },
	BOTH(M_SLLV, "sltiu t5, $1, 64\n neg t5, t5\n sll $d, $0, $1\n and $d, $d, t5",
	     "sltiu t5, $1, 32\n neg t5, t5\n sllw $d, $0, $1\n and $d, $d, t5"),
	BOTH(M_SRLV, "sltiu t5, $1, 64\n neg t5, t5\n srl $d, $0, $1\n and $d, $d, t5",
	     "sltiu t5, $1, 32\n neg t5, t5\n srlw $d, $0, $1\n and $d, $d, t5"),
	BOTH(M_SRAV, "sltiu t5, $1, 64\n addi t5, t5, -1\n or t5, t5, $1\n sra $d, $0, t5",
	     "sltiu t5, $1, 32\n addi t5, t5, -1\n or t5, t5, $1\n sraw $d, $0, t5"),
	{ M_ROLI, IW(13, 8), 0, "slli t5, $0, 13\n srli $d, $0, 51\n or $d, $d, t5" },
	{ M_ROLI, IW(13, 4), 0, "slliw t5, $0, 13\n srliw $d, $0, 19\n or $d, $d, t5" },
	BOTH(M_ROL, "neg t5, $1\n srl t5, $0, t5\n sll $d, $0, $1\n or $d, $d, t5",
	     "neg t5, $1\n srlw t5, $0, t5\n sllw $d, $0, $1\n or $d, $d, t5"),
	{ M_ZX, W(1), 0, "andi $d, $0, 255" },
	{ M_ZX, W(2), 0, "slli $d, $0, 48\n srli $d, $d, 48" },
	{ M_ZX, W(4), 0, "slli $d, $0, 32\n srli $d, $d, 32" },
	{ M_SX, W(1), 0, "slli $d, $0, 56\n srai $d, $d, 56" },
	{ M_SX, W(2), 0, "slli $d, $0, 48\n srai $d, $d, 48" },
	{ M_SX, W(4), 0, "sext.w $d, $0" },
	{ M_SLT, W(8), 0, "slt $d, $0, $1" },
	{ M_SLTU, W(8), 0, "sltu $d, $0, $1" },
	{ M_SLTI, IW(-5, 8), 0, "slti $d, $0, -5" },
	{ M_SLTIU, IW(1, 8), 0, "seqz $d, $0" },
	{ M_SNEZ, W(8), 0, "snez $d, $0" },
	{ M_SGTZ, W(8), 0, "sgtz $d, $0" },
	/* branches: to the second of two blocks that end the function */
	{ M_BR, CW(CC_EQ, 8), 0, "!beq $0, $1, 1f\n ebreak\n1: ebreak" },
	{ M_BR, CW(CC_NE, 8), 0, "!bne $0, $1, 1f\n ebreak\n1: ebreak" },
	{ M_BR, CW(CC_LT, 8), 0, "!blt $0, $1, 1f\n ebreak\n1: ebreak" },
	{ M_BR, CW(CC_GE, 8), 0, "!bge $0, $1, 1f\n ebreak\n1: ebreak" },
	{ M_BR, CW(CC_LTU, 8), 0, "!bltu $0, $1, 1f\n ebreak\n1: ebreak" },
	{ M_BR, CW(CC_GEU, 8), 0, "!bgeu $0, $1, 1f\n ebreak\n1: ebreak" },
	{ M_BRZ, CW(CC_EQ, 8), 0, "!beqz $0, 1f\n ebreak\n1: ebreak" },
	{ M_BRZ, CW(CC_LT | CC_SWAP, 8), 0, "!bgtz $0, 1f\n ebreak\n1: ebreak" },
	{ M_FBR, CW(CC_FEQ, 8), 0, "!feq.d t5, $0, $1\n bnez t5, 1f\n ebreak\n1: ebreak" },
	{ M_FBR, CW(CC_FNE, 4), 0, "!feq.s t5, $0, $1\n beqz t5, 1f\n ebreak\n1: ebreak" },
	{ M_FBR, CW(CC_FLT, 4), 0, "!flt.s t5, $0, $1\n bnez t5, 1f\n ebreak\n1: ebreak" },
	{ M_FBR, CW(CC_FNLE, 8), 0, "!fle.d t5, $0, $1\n beqz t5, 1f\n ebreak\n1: ebreak" },
	{ M_SEL, CW(CC_LT, 8), 0, "bge $2, $3, 1f\n mv $d, $1\n1:" },
	{ M_SELZ, CW(CC_EQ, 8), 0, "bnez $2, 1f\n mv $d, $1\n1:" },
	{ M_SELF, CW(CC_FLE, 8), 0, "fle.d t5, $2, $3\n beqz t5, 1f\n mv $d, $1\n1:" },
	{ M_FSEL, CW(CC_GEU, 8), 0, "bltu $2, $3, 1f\n fmv.d $d, $1\n1:" },
	{ M_FSELZ, CW(CC_GE | CC_SWAP, 8), 0, "bgtz $2, 1f\n fmv.d $d, $1\n1:" },
	{ M_FSELF, CW(CC_FNE, 4), 0, "feq.s t5, $2, $3\n bnez t5, 1f\n fmv.d $d, $1\n1:" },
	/* floats */
	BOTH(M_FADD, "fadd.d $d, $0, $1", "fadd.s $d, $0, $1"),
	BOTH(M_FSUB, "fsub.d $d, $0, $1", "fsub.s $d, $0, $1"),
	BOTH(M_FMUL, "fmul.d $d, $0, $1", "fmul.s $d, $0, $1"),
	BOTH(M_FDIV, "fdiv.d $d, $0, $1", "fdiv.s $d, $0, $1"),
	BOTH(M_FSQRT, "fsqrt.d $d, $0", "fsqrt.s $d, $0"),
	BOTH(M_FNEG, "fneg.d $d, $0", "fneg.s $d, $0"),
	BOTH(M_FABS, "fabs.d $d, $0", "fabs.s $d, $0"),
	BOTH(M_FCOPYSIGN, "fsgnj.d $d, $0, $1", "fsgnj.s $d, $0, $1"),
	BOTH(M_FMIN,
	     "feq.d t5, $0, $0\n beqz t5, 1f\n feq.d t5, $1, $1\n beqz t5, 1f\n fmin.d $d, $0, $1\n j 2f\n1: fadd.d $d, $0, $1\n2:",
	     "feq.s t5, $0, $0\n beqz t5, 1f\n feq.s t5, $1, $1\n beqz t5, 1f\n fmin.s $d, $0, $1\n j 2f\n1: fadd.s $d, $0, $1\n2:"),
	BOTH(M_FMAX,
	     "feq.d t5, $0, $0\n beqz t5, 1f\n feq.d t5, $1, $1\n beqz t5, 1f\n fmax.d $d, $0, $1\n j 2f\n1: fadd.d $d, $0, $1\n2:",
	     "feq.s t5, $0, $0\n beqz t5, 1f\n feq.s t5, $1, $1\n beqz t5, 1f\n fmax.s $d, $0, $1\n j 2f\n1: fadd.s $d, $0, $1\n2:"),
	BOTH(M_FMA, "fmadd.d $d, $0, $1, $2", "fmadd.s $d, $0, $1, $2"),
	BOTH(M_FEQ, "feq.d $d, $0, $1", "feq.s $d, $0, $1"),
	BOTH(M_FLT, "flt.d $d, $0, $1", "flt.s $d, $0, $1"),
	BOTH(M_FLE, "fle.d $d, $0, $1", "fle.s $d, $0, $1"),
	{ M_S2F, WW(8, 8), 0, "fcvt.d.l $d, $0" },
	{ M_S2F, WW(8, 4), 0, "fcvt.d.w $d, $0" },
	{ M_S2F, WW(4, 8), 0, "fcvt.s.l $d, $0" },
	{ M_S2F, WW(4, 4), 0, "fcvt.s.w $d, $0" },
	{ M_U2F, WW(8, 8), 0, "fcvt.d.lu $d, $0" },
	{ M_U2F, WW(4, 8), 0, "fcvt.s.lu $d, $0" },
	{ M_F2S, WW(8, 8), 0, "fcvt.l.d $d, $0, rtz" },
	{ M_F2S, WW(8, 4), 0, "fcvt.w.d $d, $0, rtz" },
	{ M_F2S, WW(4, 8), 0, "fcvt.l.s $d, $0, rtz" },
	{ M_F2S, WW(4, 4), 0, "fcvt.w.s $d, $0, rtz" },
	{ M_F2U, WW(8, 8), 0,
	  "addi t5, zero, 543\n slli t5, t5, 53\n fmv.d.x f31, t5\n flt.d t5, $0, f31\n beqz t5, 1f\n fcvt.l.d $d, $0, rtz\n j 2f\n"
	  "1: fsub.d f31, $0, f31\n fcvt.l.d $d, f31, rtz\n addi t5, zero, -1\n slli t5, t5, 63\n xor $d, $d, t5\n2:" },
	{ M_F2U, WW(4, 8), 0,
	  "lui t5, 0x5f000\n fmv.w.x f31, t5\n flt.s t5, $0, f31\n beqz t5, 1f\n fcvt.l.s $d, $0, rtz\n j 2f\n"
	  "1: fsub.s f31, $0, f31\n fcvt.l.s $d, f31, rtz\n addi t5, zero, -1\n slli t5, t5, 63\n xor $d, $d, t5\n2:" },
	{ M_F2F, W(4), 0, "fcvt.d.s $d, $0" },
	{ M_F2F, W(8), 0, "fcvt.s.d $d, $0" },
	BOTH(M_F2B, "fmv.x.d $d, $0", "fmv.x.w $d, $0"),
	BOTH(M_B2F, "fmv.d.x $d, $0", "fmv.w.x $d, $0"),
	/* memory as a whole */
	{ M_ZEROS, OP_PACK(15, AM_BASE, 0, 0, 8, 0, 0), 8, "sd zero, 8($0)\n sw zero, 16($0)\n sh zero, 20($0)\n sb zero, 22($0)" },
	{ M_ZEROS, OP_PACK(6, AM_BASE, 0, 0, 2, 0, 0), 2044, "addi t5, $0, 2044\n sh zero, 0(t5)\n sh zero, 2(t5)\n sh zero, 4(t5)" },
	{ M_ZEROL, IW(68, 8), 0,
	  "addi x6, x5, 64\n1: sd zero, 0(x5)\n sd zero, 8(x5)\n sd zero, 16(x5)\n sd zero, 24(x5)\n addi x5, x5, 32\n bltu x5, x6, 1b\n"
	  "sw zero, 0(x5)" },
	{ M_ZEROL, IW(32, 1), 0,
	  "andi t5, x5, 7\n bnez t5, 2f\n addi x6, x5, 32\n1: sd zero, 0(x5)\n sd zero, 8(x5)\n sd zero, 16(x5)\n sd zero, 24(x5)\n"
	  "addi x5, x5, 32\n bltu x5, x6, 1b\n j 4f\n2: addi x6, x5, 32\n3: sb zero, 0(x5)\n addi x5, x5, 1\n bltu x5, x6, 3b\n4:" },
	{ M_MOVES, OP_PACK(12, AM_BASE, 0, 0, 8, 0, 0), 8, "ld x5, 16($1)\n sd x5, 8($0)\n lw x5, 24($1)\n sw x5, 16($0)" },
	{ M_MOVEL, IW(36, 8), 0,
	  "addi x28, x6, 32\n1: ld x5, 0(x7)\n sd x5, 0(x6)\n ld x5, 8(x7)\n sd x5, 8(x6)\n ld x5, 16(x7)\n sd x5, 16(x6)\n"
	  "ld x5, 24(x7)\n sd x5, 24(x6)\n addi x6, x6, 32\n addi x7, x7, 32\n bltu x6, x28, 1b\n lw x5, 0(x7)\n sw x5, 0(x6)" },
	{ M_MOVEL, IW(16, 1), 0,
	  "or t5, x6, x7\n andi t5, t5, 7\n bnez t5, 2f\n ld x5, 0(x7)\n sd x5, 0(x6)\n ld x5, 8(x7)\n sd x5, 8(x6)\n j 4f\n"
	  "2: addi x28, x6, 16\n3: lb x5, 0(x7)\n sb x5, 0(x6)\n addi x6, x6, 1\n addi x7, x7, 1\n bltu x6, x28, 3b\n4:" },
	/* checks */
	{ M_NILCHECK, 0, 0, "lb zero, 0($0)" },
	{ M_BOUNDS, ICW(0, CC_GEU, 8), BOUNDS_INDEX, "!bgeu $0, $1, 1f\n ebreak\n1: " TAIL "mv x5, $0\n mv x6, $1\n" CALL "ebreak" },
	{ M_BOUNDS, ICW(0, CC_LTU, 8), BOUNDS_SLICEB, "!bltu $1, $0, 1f\n ebreak\n1: " TAIL "mv x5, $0\n mv x6, $1\n" CALL "ebreak" },
	{ M_BOUNDSI, ICW(10, CC_GEU, 8), BOUNDS_INDEX,
	  "!addi t5, zero, 10\n bgeu $0, t5, 1f\n ebreak\n1: " TAIL "mv x5, $0\n addi x6, zero, 10\n" CALL "ebreak" },
	{ M_BOUNDSX, ICW(0, CC_GEU, 8), BOUNDS_INDEX, "!bgeu zero, $0, 1f\n ebreak\n1: " TAIL "mv x6, $0\n addi x5, zero, 0\n" CALL "ebreak" },
	{ M_ZEROCHK, W(8), 0, "!beqz $0, 1f\n ebreak\n1: " TAIL CALL "ebreak" },
	{ M_SHIFTCHK, W(8), 0, "!bltz $0, 1f\n ebreak\n1: " TAIL CALL "ebreak" },
	{ M_WB, 0, 0, "auipc t6, 0\n jalr t6, t6, 0" },
	{ M_CALLERPC, W(8), 0, "mv $d, ra" },
	{ M_CALLERSP, W(8), 0, "mv $d, sp" },
	/* atomics */
	{ M_ALOAD, W(1), 0, "fence rw, rw\n lbu $d, 0($0)\n fence r, rw" },
	{ M_ALOAD, W(4), 0, "fence rw, rw\n lw $d, 0($0)\n fence r, rw" },
	{ M_ALOAD, W(8), 0, "fence rw, rw\n ld $d, 0($0)\n fence r, rw" },
	{ M_ASTORE, W(1), 0, "fence rw, w\n sb $0, 0($1)\n fence rw, rw" },
	{ M_ASTORE, W(8), 0, "fence rw, w\n sd $0, 0($1)\n fence rw, rw" },
	ATOMIC(M_AMOSWAP, "amoswap"),
	ATOMIC(M_AMOAND, "amoand"),
	ATOMIC(M_AMOOR, "amoor"),
	{ M_AMOADD, W(8), 0, "amoadd.d.aqrl $d, $0, ($1)\n add $d, $d, $0" },
	{ M_AMOADD, W(4), 0, "amoadd.w.aqrl $d, $0, ($1)\n addw $d, $d, $0" },
	{ M_AMOADDZ, W(8), 0, "amoadd.d.aqrl zero, $0, ($1)" },
	{ M_AMOAND8, W(1), 0,
	  "andi t6, $1, 3\n slli t6, t6, 3\n andi t5, $0, 255\n xori t5, t5, 255\n sll t5, t5, t6\n not t5, t5\n andi t6, $1, -4\n"
	  "amoand.w.aqrl zero, t5, (t6)" },
	{ M_AMOOR8, W(1), 0,
	  "andi t6, $1, 3\n slli t6, t6, 3\n andi t5, $0, 255\n sll t5, t5, t6\n andi t6, $1, -4\n amoor.w.aqrl zero, t5, (t6)" },
	{ M_CAS, W(8), 0,
	  "1: lr.d.aqrl t5, ($2)\n bne t5, $0, 2f\n sc.d.rl t5, $1, ($2)\n bnez t5, 1b\n li $d, 1\n j 3f\n2: li $d, 0\n3:" },
	{ M_CAS, W(4), 0,
	  "1: lr.w.aqrl t5, ($2)\n bne t5, $0, 2f\n sc.w.rl t5, $1, ($2)\n bnez t5, 1b\n li $d, 1\n j 3f\n2: li $d, 0\n3:" },
	{ M_PAUSE, 0, 0, "pause" },
};
/* clang-format on */

static void
every_operation_is_encoded_as_llvm_mc_does(void **state)
{
	static const AsmCheck k = {
		.t = &targ_riscv64,
		.mc = "--triple=riscv64 -mattr=+m,+a,+f,+d,+zihintpause",
		.intprefix = "x",
		.floatprefix = "f",
		.behind = "ebreak",
		.use = (RegSet)0xffff00 | (RegSet)0xffff00 << 32,
		.moves = M_MOVES,
		.movesfrom = 16,
		.branch = { M_BR, M_BRZ, M_FBR },
	};

	(void)state;
	asmcheck(&k, cases, NELEM(cases));
}

int
main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(every_operation_is_encoded_as_llvm_mc_does) };

	diag_init("riscv64_test");
	return cmocka_run_group_tests(tests, NULL, NULL);
}
