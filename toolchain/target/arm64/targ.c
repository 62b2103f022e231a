/*
 * targ.c - the description of arm64 for the shared code.
 */
#include "target/arm64/arm64.h"

/* clang-format off */
static const Reg regs[] = {
#define R(name_, num_, class_, alloc, dwarf_) { .name = #name_, .num = num_, .class = class_, .allocatable = alloc, .dwarf = dwarf_ },
#include "target/arm64/regs.def"
#undef R
};
/* clang-format on */

#define BIT(r) ((RegSet)1 << (r))
#define R19 BIT(R_R19)
#define R20 BIT(R_R20)
#define R21 BIT(R_R21)
#define GP ((RegSet)0x07F8FFFF)		/* R0 to R15, R19 to R26 */
#define GPG (GP | BIT(R_R28))
#define FP ((RegSet)0x3FFFFFFF << 32)	/* F0 to F29 */
enum { T = 1, C = 2, E = 4, X = 8, L = 16, M = 32, O = 64, N = 128 };	/* the flags of insns.def */

/* clang-format off */
const Insn arm64_insns[] = {
#define I(name_, mn, out_, in0, in1, in2, clobber_, flags, form, enc_) \
	{ .name = #name_, .out = out_, .in = { in0, in1, in2, in2 }, .clobber = clobber_, .encform = form, .enc = enc_, \
	  .tied = ((flags) & T) != 0, .commutative = ((flags) & C) != 0, .earlyout = ((flags) & E) != 0, .effect = ((flags) & X) != 0, \
	  .reads = ((flags) & L) != 0, .remat = ((flags) & M) != 0, .flagsout = ((flags) & O) != 0, .flagsin = ((flags) & N) != 0 },
#include "target/arm64/insns.def"
#undef I
};
/* clang-format on */

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
	.nreloc = 35,
	.relclass = arm64_relclass,
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
	.elfreloc = arm64_elfreloc,
	.isel = arm64_isel,
	.encode = arm64_encode,
	.listinsn = arm64_listinsn,
	.listbranch = arm64_listbranch,
};

_Static_assert(R_COUNT <= 64, "a register set is one 64-bit word");
_Static_assert(NELEM(arm64_insns) == M_END - OP_TARGET, "one row per operation");
