/*
 * targ.c - riscv64 (rv64gc, lp64d): everything the shared code may know about this CPU.
 *
 * Sources: Go internal ABI specification, "riscv64 architecture"; RISC-V ELF
 * psABI for the ELF and DWARF numbers.
 */
#include "target/riscv64/riscv64.h"
#include "target/rows.h"

static const Reg regs[] = {
#define R REGROW
#include "target/riscv64/regs.def"
#undef R
};

#define BIT(r) ((RegSet)1 << (r))
#define X5 BIT(R_X5)
#define X6 BIT(R_X6)
#define X7 BIT(R_X7)
#define X28 BIT(R_X28)
#define GP ((RegSet)0x37FFFFE0)		/* all but X0 to X4, X27, X30, X31 */
#define GPG (GP | BIT(R_X27))
#define GPM (GPG & ~X5)
#define FP ((RegSet)0x7FFFFFFF << R_F0)

const Insn riscv64_insns[] = {
#define I INSNROW
#include "target/riscv64/insns.def"
#undef I
};

/* Rotations are made of shifts by selection. */
static const OptOp optops[] = { { OP_ROTL, NULL }, { OP_FMA, NULL } };

static const uint8_t intargs[] = { R_X10, R_X11, R_X12, R_X13, R_X14, R_X15, R_X16, R_X17, R_X8, R_X9, R_X18, R_X19,
	R_X20, R_X21, R_X22, R_X23 };
static const uint8_t floatargs[] = { R_F10, R_F11, R_F12, R_F13, R_F14, R_F15, R_F16, R_F17, R_F8, R_F9, R_F18, R_F19,
	R_F20, R_F21, R_F22, R_F23 };

/* clang-format off */
static const char *const cond[] = {
	[CC_EQ] = "EQ", [CC_NE] = "NE", [CC_LT] = "LT", [CC_GE] = "GE", [CC_LTU] = "LTU", [CC_GEU] = "GEU",
	[CC_EQ | CC_SWAP] = "EQ X0,", [CC_NE | CC_SWAP] = "NE X0,", [CC_LT | CC_SWAP] = "LT X0,", [CC_GE | CC_SWAP] = "GE X0,",
	[CC_LTU | CC_SWAP] = "LTU X0,", [CC_GEU | CC_SWAP] = "GEU X0,",
	[CC_FEQ] = "FEQ", [CC_FNE] = "FNE", [CC_FLT] = "FLT", [CC_FNLT] = "FNLT", [CC_FLE] = "FLE", [CC_FNLE] = "FNLE",
};
/* clang-format on */

const Target targ_riscv64 = {
	.name = "riscv64",
	.ptrsize = 8,
	.regsize = 8,
	.elfmachine = 243,
	.elfflags = 5,			/* compressed instructions (in C code), double-float ABI */
	.minlc = 2,
	.stackalign = 16,
	.linkarea = 8,
	.textbase = 0x10000,
	.pagesize = 4096,
	.reg = regs,
	.nreg = NELEM(regs),
	.insn = riscv64_insns,
	.ninsn = NELEM(riscv64_insns),
	.optop = optops,
	.noptop = NELEM(optops),
	.reloc = riscv64_relocs,
	.relpair = riscv64_relpair,
	.tlsgap = 0,
	.intargs = intargs,
	.nintargs = NELEM(intargs),
	.floatargs = floatargs,
	.nfloatargs = NELEM(floatargs),
	.sp = R_X2,
	.dwarfra = 1,
	.g = R_X27,
	.ctxt = R_X26,
	.zerofloat = -1,
	.intscratch = R_X30,
	.floatscratch = R_F31,
	.elfreloc = { [OBJ_R_ADDR] = 2, [OBJ_R_ADDR32] = 1, [OBJ_R_PCREL32] = RISCV64_PAIR, [OBJ_R_CALL] = 19 },
	.isel = riscv64_isel,
	.encode = riscv64_encode,
	.cond = cond,
	.branch = "B",
	.widths = "BHWD",
};

_Static_assert(R_COUNT <= 64, "a register set is one 64-bit word");
_Static_assert(NELEM(riscv64_insns) == M_END - OP_TARGET, "one row per operation");
