/*
 * targ.c - the description of arm64 for the shared code.
 */
#include "target/arm64/arm64.h"
#include "target/rows.h"

static const Reg regs[] = {
#define R REGROW
#include "target/arm64/regs.def"
#undef R
};

#define BIT(r) ((RegSet)1 << (r))
#define R19 BIT(R_R19)
#define R20 BIT(R_R20)
#define R21 BIT(R_R21)
#define GP ((RegSet)0x07F8FFFF)		/* R0 to R15, R19 to R26 */
#define GPG (GP | BIT(R_R28))
#define FP ((RegSet)0x3FFFFFFF << 32)	/* F0 to F29 */

const Insn arm64_insns[] = {
#define I INSNROW
#include "target/arm64/insns.def"
#undef I
};

static const uint8_t intargs[] = { R_R0, R_R1, R_R2, R_R3, R_R4, R_R5, R_R6, R_R7, R_R8, R_R9, R_R10, R_R11, R_R12,
	R_R13, R_R14, R_R15 };
static const uint8_t floatargs[] = { R_F0, R_F1, R_F2, R_F3, R_F4, R_F5, R_F6, R_F7, R_F8, R_F9, R_F10, R_F11, R_F12,
	R_F13, R_F14, R_F15 };

/* clang-format off */
static const OptOp optops[] = {
	{ OP_ROTL, NULL }, { OP_CTZ, NULL }, { OP_CLZ, NULL }, { OP_POPCNT, NULL }, { OP_BSWAP, NULL }, { OP_FFLOOR, NULL }, { OP_FCEIL, NULL },
	{ OP_FTRUNC, NULL }, { OP_FRINT, NULL }, { OP_FMA, NULL },
};
/* clang-format on */

static const char *const cond[] = { "EQ", "NE", "HS", "LO", "MI", "PL", "VS", "VC", "HI", "LS", "GE", "LT", "GT", "LE",
	"AL" };

const Target targ_arm64 = {
	.name = "arm64",
	.ptrsize = 8,
	.regsize = 8,
	.elfmachine = 183,
	.minlc = 4,
	.stackalign = 16,
	.linkarea = 8,
	.tlsgap = 16,
	.textbase = 0x400000,
	.pagesize = 65536,
	.reg = regs,
	.nreg = NELEM(regs),
	.insn = arm64_insns,
	.ninsn = NELEM(arm64_insns),
	.optop = optops,
	.noptop = NELEM(optops),
	.reloc = arm64_relocs,
	.relaxgot = arm64_relaxgot,
	.intargs = intargs,
	.nintargs = NELEM(intargs),
	.floatargs = floatargs,
	.nfloatargs = NELEM(floatargs),
	.sp = R_RSP,
	.dwarfra = 30,
	.g = R_R28,
	.ctxt = R_R26,
	.zerofloat = -1,
	.intscratch = R_R16,
	.floatscratch = R_F31,
	.elfreloc = { [OBJ_R_ADDR] = 257,
	    [OBJ_R_ADDR32] = 258,
	    [OBJ_R_PCREL32] = 261,
	    [OBJ_R_CALL] = 283,
	    [OBJ_R_HI] = 275,
	    [OBJ_R_LO] = 277 },
	.isel = arm64_isel,
	.encode = arm64_encode,
	.cond = cond,
	.branch = "B",
	.widths = "BWLQ",
};

_Static_assert(R_COUNT <= 64, "a register set is one 64-bit word");
_Static_assert(NELEM(arm64_insns) == M_END - OP_TARGET, "one row per operation");
