/*
 * reloc.c - the relocations of riscv64: ELF numbers and how they are applied.
 *
 * Source: RISC-V ELF psABI, "Relocations". What our own objects contain, and C
 * objects made without relaxation. GOT and TLS kinds are given their targets
 * by the linker before they get here.
 *
 * An address takes two instructions, AUIPC and one with the lower 12 bits. In
 * C objects each has a relocation and the second names the place of the first
 * (PCREL_VIAHIGH); in ours one relocation covers both, with a number that
 * the psABI leaves to nonstandard extensions.
 */
#include "target/riscv64/riscv64.h"

/* Replaces the bits of mask in an instruction of n bytes. */
static void
setbits(uint8_t *p, int n, uint32_t mask, uint32_t bits)
{
	reloc_put(p, (reloc_get(p, n) & ~(uint64_t)mask) | (bits & mask), n);
}

static uint32_t
field(uint64_t v, int from, int n, int to)
{
	return ((uint32_t)(v >> from) & ((1u << n) - 1)) << to;
}

/* ---- data ---- */

/* Differences: one relocation sets or adds, another subtracts. */
#define DIFF(name, n, expr) \
	static bool name(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) \
	{ \
		uint64_t v = s + (uint64_t)a, old = reloc_get(loc, n); \
		(void)p; \
		(void)old; \
		reloc_put(loc, expr, n); \
		return true; \
	}
DIFF(add8, 1, old + v)
DIFF(add16, 2, old + v)
DIFF(add32, 4, old + v)
DIFF(add64, 8, old + v)
DIFF(sub8, 1, old - v)
DIFF(sub16, 2, old - v)
DIFF(sub32, 4, old - v)
DIFF(sub64, 8, old - v)
DIFF(set6, 1, (old & 0xc0) | (v & 0x3f))
DIFF(sub6, 1, (old & 0xc0) | ((old - v) & 0x3f))
DIFF(set8, 1, v)
DIFF(set16, 2, v)
DIFF(set32, 4, v)
#undef DIFF

/* ---- code ---- */

static bool
branch(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;

	setbits(loc, 4, 0xfe000f80, field(d, 11, 1, 7) | field(d, 1, 4, 8) | field(d, 5, 6, 25) | field(d, 12, 1, 31));
	return reloc_fits((int64_t)d, 13);
}

static bool
jal(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;

	setbits(loc, 4, 0xfffff000,
	    field(d, 12, 8, 12) | field(d, 11, 1, 20) | field(d, 1, 10, 21) | field(d, 20, 1, 31));
	return reloc_fits((int64_t)d, 21);
}

static bool
rvcbranch(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;

	setbits(loc, 2, 0x1c7c,
	    field(d, 5, 1, 2) | field(d, 1, 2, 3) | field(d, 6, 2, 5) | field(d, 3, 2, 10) | field(d, 8, 1, 12));
	return reloc_fits((int64_t)d, 9);
}

static bool
rvcjump(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;

	setbits(loc, 2, 0x1ffc,
	    field(d, 5, 1, 2) | field(d, 1, 3, 3) | field(d, 7, 1, 6) | field(d, 6, 1, 7) | field(d, 10, 1, 8) |
		field(d, 8, 2, 9) | field(d, 4, 1, 11) | field(d, 11, 1, 12));
	return reloc_fits((int64_t)d, 12);
}

/* The upper 20 bits, so that the lower 12, which are signed, lead to v. */
static bool
high(uint8_t *loc, uint64_t v)
{
	setbits(loc, 4, 0xfffff000, (uint32_t)(v + 0x800));
	return reloc_fits((int64_t)(v + 0x800), 32);
}

static void
lowi(uint8_t *loc, uint64_t v)
{
	setbits(loc, 4, 0xfff00000, field(v, 0, 12, 20));
}

static void
lows(uint8_t *loc, uint64_t v)
{
	setbits(loc, 4, 0xfe000f80, field(v, 0, 5, 7) | field(v, 5, 7, 25));
}

static bool
pcrelhigh(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	return high(loc, s + (uint64_t)a - p);
}

static bool
pcrellowi(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	lowi(loc, s + (uint64_t)a - p);
	return true;
}

static bool
pcrellows(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	lows(loc, s + (uint64_t)a - p);
	return true;
}

static bool
abshigh(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	(void)p;
	return high(loc, s + (uint64_t)a);
}

static bool
abslowi(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	(void)p;
	lowi(loc, s + (uint64_t)a);
	return true;
}

static bool
abslows(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	(void)p;
	lows(loc, s + (uint64_t)a);
	return true;
}

/* AUIPC and the instruction after it: JALR, a load, ADDI, or a store. */
static bool
pair(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;
	unsigned opcode = loc[4] & 0x7f;

	if (opcode == 0x23 || opcode == 0x27)
		lows(loc + 4, d);
	else
		lowi(loc + 4, d);
	return high(loc, d);
}

const RelocRow riscv64_relocs[] = {
	{ "R_RISCV_NONE",          0,      0, PCREL_NO,       NULL,        REL_NONE },
	{ "R_RISCV_32",            1,      4, PCREL_ABS,      reloc_abs32, REL_DIRECT },
	{ "R_RISCV_64",            2,      8, PCREL_ABS,      reloc_abs64, REL_DIRECT },
	{ "R_RISCV_BRANCH",        16,     4, PCREL_YES,      branch,      REL_DIRECT },
	{ "R_RISCV_JAL",           17,     4, PCREL_YES,      jal,         REL_DIRECT },
	{ "R_RISCV_CALL",          18,     8, PCREL_YES,      pair,        REL_DIRECT },
	{ "R_RISCV_CALL_PLT",      19,     8, PCREL_YES,      pair,        REL_DIRECT },
	{ "R_RISCV_GOT_HI20",      20,     4, PCREL_YES,      pcrelhigh,   REL_GOT },
	{ "R_RISCV_PCREL_HI20",    23,     4, PCREL_YES,      pcrelhigh,   REL_DIRECT },
	{ "R_RISCV_PCREL_LO12_I",  24,     4, PCREL_VIAHIGH,  pcrellowi,   REL_DIRECT },
	{ "R_RISCV_PCREL_LO12_S",  25,     4, PCREL_VIAHIGH,  pcrellows,   REL_DIRECT },
	{ "R_RISCV_HI20",          26,     4, PCREL_ABS,      abshigh,     REL_DIRECT },
	{ "R_RISCV_LO12_I",        27,     4, PCREL_ABS,      abslowi,     REL_DIRECT },
	{ "R_RISCV_LO12_S",        28,     4, PCREL_ABS,      abslows,     REL_DIRECT },
	{ "R_RISCV_TPREL_HI20",    29,     4, PCREL_NO,       abshigh,     REL_TLSLE },
	{ "R_RISCV_TPREL_LO12_I",  30,     4, PCREL_NO,       abslowi,     REL_TLSLE },
	{ "R_RISCV_TPREL_LO12_S",  31,     4, PCREL_NO,       abslows,     REL_TLSLE },
	{ "R_RISCV_TPREL_ADD",     32,     0, PCREL_NO,       NULL,        REL_NONE },
	{ "R_RISCV_ADD8",          33,     1, PCREL_NO,       add8,        REL_DIRECT },
	{ "R_RISCV_ADD16",         34,     2, PCREL_NO,       add16,       REL_DIRECT },
	{ "R_RISCV_ADD32",         35,     4, PCREL_NO,       add32,       REL_DIRECT },
	{ "R_RISCV_ADD64",         36,     8, PCREL_NO,       add64,       REL_DIRECT },
	{ "R_RISCV_SUB8",          37,     1, PCREL_NO,       sub8,        REL_DIRECT },
	{ "R_RISCV_SUB16",         38,     2, PCREL_NO,       sub16,       REL_DIRECT },
	{ "R_RISCV_SUB32",         39,     4, PCREL_NO,       sub32,       REL_DIRECT },
	{ "R_RISCV_SUB64",         40,     8, PCREL_NO,       sub64,       REL_DIRECT },
	{ "R_RISCV_ALIGN",         43,     0, PCREL_NO,       NULL,        REL_NONE },
	{ "R_RISCV_RVC_BRANCH",    44,     2, PCREL_YES,      rvcbranch,   REL_DIRECT },
	{ "R_RISCV_RVC_JUMP",      45,     2, PCREL_YES,      rvcjump,     REL_DIRECT },
	{ "R_RISCV_RELAX",         51,     0, PCREL_NO,       NULL,        REL_NONE },
	{ "R_RISCV_SUB6",          52,     1, PCREL_NO,       sub6,        REL_DIRECT },
	{ "R_RISCV_SET6",          53,     1, PCREL_NO,       set6,        REL_DIRECT },
	{ "R_RISCV_SET8",          54,     1, PCREL_NO,       set8,        REL_DIRECT },
	{ "R_RISCV_SET16",         55,     2, PCREL_NO,       set16,       REL_DIRECT },
	{ "R_RISCV_SET32",         56,     4, PCREL_NO,       set32,       REL_DIRECT },
	{ "R_RISCV_32_PCREL",      57,     4, PCREL_YES,      reloc_pc32,  REL_DIRECT },
	{ "R_RISCV_PLT32",         59,     4, PCREL_YES,      reloc_pc32,  REL_DIRECT },
	{ "R_SLIPWAY_PCREL_PAIR",  RISCV64_PAIR, 8, PCREL_YES,      pair,        REL_DIRECT },
	{ .name = NULL },
};

bool
riscv64_relpair(uint32_t type, const uint8_t *loc, uint32_t *hi, uint32_t *lo)
{
	unsigned opcode = loc[4] & 0x7f;

	*hi = 23;
	*lo = opcode == 0x23 || opcode == 0x27 ? 25 : 24;
	return type == RISCV64_PAIR;
}
