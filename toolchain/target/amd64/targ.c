/*
 * targ.c - amd64: everything the shared code may know about this CPU.
 *
 * Sources: Go internal ABI specification, "amd64 architecture"; System V
 * psABI for the ELF and DWARF numbers.
 */
#include "target/amd64/amd64.h"
#include "target/rows.h"

static const Reg regs[] = {
#define R REGROW
#include "target/amd64/regs.def"
#undef R
};

#define BIT(r) ((RegSet)1 << (r))
#define AX BIT(R_AX)
#define CX BIT(R_CX)
#define DX BIT(R_DX)
#define SI BIT(R_SI)
#define DI BIT(R_DI)
#define GP ((RegSet)0x3FCF)		/* all but SP, BP, R14, R15 */
#define GPG (GP | BIT(R_R14))
#define GND (GP & ~(AX | DX))
#define GNC (GP & ~CX)
#define GNA (GP & ~AX)
#define FP ((RegSet)0x7FFF0000)

const Insn amd64_insns[] = {
#define I INSNROW
#include "target/amd64/insns.def"
#undef I
};

/* POPCNT has a way without the instruction: it tests x86HasPOPCNT itself. */
/* clang-format off */
static const OptOp optops[] = {
	{ OP_DIV128U, NULL }, { OP_MOD128U, NULL }, { OP_ROTL, NULL }, { OP_CTZ, NULL }, { OP_CLZ, NULL }, { OP_POPCNT, NULL },
	{ OP_BSWAP, NULL }, { OP_FFLOOR, "x86HasSSE41" }, { OP_FCEIL, "x86HasSSE41" }, { OP_FTRUNC, "x86HasSSE41" },
	{ OP_FRINT, "x86HasSSE41" }, { OP_FMA, "x86HasFMA" },
};
/* clang-format on */

static const uint8_t intargs[] = { R_AX, R_BX, R_CX, R_DI, R_SI, R_R8, R_R9, R_R10, R_R11 };
static const uint8_t floatargs[] = { R_X0, R_X1, R_X2, R_X3, R_X4, R_X5, R_X6, R_X7, R_X8, R_X9, R_X10, R_X11, R_X12,
	R_X13, R_X14 };

static const char *const cond[] = { "O", "NO", "B", "AE", "E", "NE", "BE", "A", "S", "NS", "P", "NP", "L", "GE", "LE",
	"G", "FE", "FNE" };

const Target targ_amd64 = {
	.name = "amd64",
	.ptrsize = 8,
	.regsize = 8,
	.elfmachine = 62,
	.minlc = 1,
	.stackalign = 8,
	.callpush = 8,
	.tlsgap = -1,
	.textbase = 0x400000,
	.pagesize = 4096,
	.reg = regs,
	.nreg = NELEM(regs),
	.insn = amd64_insns,
	.ninsn = NELEM(amd64_insns),
	.optop = optops,
	.noptop = NELEM(optops),
	.reloc = amd64_relocs,
	.relaxgot = amd64_relaxgot,
	.intargs = intargs,
	.nintargs = NELEM(intargs),
	.floatargs = floatargs,
	.nfloatargs = NELEM(floatargs),
	.sp = R_SP,
	.dwarfra = 16,
	.g = R_R14,
	.ctxt = R_DX,
	.zerofloat = R_X15,
	.restore = "loadg",
	.intscratch = R_R15,
	.floatscratch = R_X15,
	.elfreloc = { [OBJ_R_ADDR] = 1,
	    [OBJ_R_ADDR32] = 10,
	    [OBJ_R_PCREL32] = 2,
	    [OBJ_R_CALL] = 4,
	    [OBJ_R_TLSLE] = 23,
	    [OBJ_R_GOT] = 9 },
	.isel = amd64_isel,
	.encode = amd64_encode,
	.cond = cond,
	.branch = "J",
	.widths = "BWLQ",
	.framefixed = 8,
};

_Static_assert(R_COUNT <= 64, "a register set is one 64-bit word");
_Static_assert(NELEM(amd64_insns) == M_END - OP_TARGET, "one row per operation");
