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

enum { R_PAIR = 200 };

static uint64_t
get(const uint8_t *p, int n)
{
	uint64_t v = 0;

	for (int i = 0; i < n; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

static void
put(uint8_t *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Replaces the bits of mask in an instruction of n bytes. */
static void
setbits(uint8_t *p, int n, uint32_t mask, uint32_t bits)
{
	put(p, (get(p, n) & ~(uint64_t)mask) | (bits & mask), n);
}

static uint32_t
field(uint64_t v, int from, int n, int to)
{
	return ((uint32_t)(v >> from) & ((1u << n) - 1)) << to;
}

static bool
fits(int64_t v, int bits)
{
	return v >= -((int64_t)1 << (bits - 1)) && v < (int64_t)1 << (bits - 1);
}

/* ---- data ---- */

static bool
abs64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	(void)p;
	put(loc, s + (uint64_t)a, 8);
	return true;
}

static bool
abs32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	put(loc, v, 4);
	return v == (uint32_t)v || (int64_t)v == (int32_t)v;
}

static bool
pc32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	put(loc, s + (uint64_t)a - p, 4);
	return fits((int64_t)(s + (uint64_t)a - p), 32);
}

/* Differences: one relocation sets or adds, another subtracts. */
#define DIFF(name, n, expr) \
	static bool name(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) \
	{ \
		uint64_t v = s + (uint64_t)a, old = get(loc, n); \
		(void)p; \
		(void)old; \
		put(loc, expr, n); \
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
	return fits((int64_t)d, 13);
}

static bool
jal(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;

	setbits(loc, 4, 0xfffff000,
	    field(d, 12, 8, 12) | field(d, 11, 1, 20) | field(d, 1, 10, 21) | field(d, 20, 1, 31));
	return fits((int64_t)d, 21);
}

static bool
rvcbranch(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;

	setbits(loc, 2, 0x1c7c,
	    field(d, 5, 1, 2) | field(d, 1, 2, 3) | field(d, 6, 2, 5) | field(d, 3, 2, 10) | field(d, 8, 1, 12));
	return fits((int64_t)d, 9);
}

static bool
rvcjump(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t d = s + (uint64_t)a - p;

	setbits(loc, 2, 0x1ffc,
	    field(d, 5, 1, 2) | field(d, 1, 3, 3) | field(d, 7, 1, 6) | field(d, 6, 1, 7) | field(d, 10, 1, 8) |
		field(d, 8, 2, 9) | field(d, 4, 1, 11) | field(d, 11, 1, 12));
	return fits((int64_t)d, 12);
}

/* The upper 20 bits, so that the lower 12, which are signed, lead to v. */
static bool
high(uint8_t *loc, uint64_t v)
{
	setbits(loc, 4, 0xfffff000, (uint32_t)(v + 0x800));
	return fits((int64_t)(v + 0x800), 32);
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
	{ "R_RISCV_32",            1,      4, PCREL_ABS,      abs32 },
	{ "R_RISCV_64",            2,      8, PCREL_ABS,      abs64 },
	{ "R_RISCV_BRANCH",        16,     4, PCREL_YES,      branch },
	{ "R_RISCV_JAL",           17,     4, PCREL_YES,      jal },
	{ "R_RISCV_CALL",          18,     8, PCREL_YES,      pair },
	{ "R_RISCV_CALL_PLT",      19,     8, PCREL_YES,      pair },
	{ "R_RISCV_GOT_HI20",      20,     4, PCREL_YES,      pcrelhigh },
	{ "R_RISCV_PCREL_HI20",    23,     4, PCREL_YES,      pcrelhigh },
	{ "R_RISCV_PCREL_LO12_I",  24,     4, PCREL_VIAHIGH,  pcrellowi },
	{ "R_RISCV_PCREL_LO12_S",  25,     4, PCREL_VIAHIGH,  pcrellows },
	{ "R_RISCV_HI20",          26,     4, PCREL_ABS,      abshigh },
	{ "R_RISCV_LO12_I",        27,     4, PCREL_ABS,      abslowi },
	{ "R_RISCV_LO12_S",        28,     4, PCREL_ABS,      abslows },
	{ "R_RISCV_TPREL_HI20",    29,     4, PCREL_NO,       abshigh },	/* s is relative to the thread pointer */
	{ "R_RISCV_TPREL_LO12_I",  30,     4, PCREL_NO,       abslowi },
	{ "R_RISCV_TPREL_LO12_S",  31,     4, PCREL_NO,       abslows },
	{ "R_RISCV_ADD8",          33,     1, PCREL_NO,       add8 },
	{ "R_RISCV_ADD16",         34,     2, PCREL_NO,       add16 },
	{ "R_RISCV_ADD32",         35,     4, PCREL_NO,       add32 },
	{ "R_RISCV_ADD64",         36,     8, PCREL_NO,       add64 },
	{ "R_RISCV_SUB8",          37,     1, PCREL_NO,       sub8 },
	{ "R_RISCV_SUB16",         38,     2, PCREL_NO,       sub16 },
	{ "R_RISCV_SUB32",         39,     4, PCREL_NO,       sub32 },
	{ "R_RISCV_SUB64",         40,     8, PCREL_NO,       sub64 },
	{ "R_RISCV_RVC_BRANCH",    44,     2, PCREL_YES,      rvcbranch },
	{ "R_RISCV_RVC_JUMP",      45,     2, PCREL_YES,      rvcjump },
	{ "R_RISCV_SUB6",          52,     1, PCREL_NO,       sub6 },
	{ "R_RISCV_SET6",          53,     1, PCREL_NO,       set6 },
	{ "R_RISCV_SET8",          54,     1, PCREL_NO,       set8 },
	{ "R_RISCV_SET16",         55,     2, PCREL_NO,       set16 },
	{ "R_RISCV_SET32",         56,     4, PCREL_NO,       set32 },
	{ "R_RISCV_32_PCREL",      57,     4, PCREL_YES,      pc32 },
	{ "R_RISCV_PLT32",         59,     4, PCREL_YES,      pc32 },
	{ "R_SLIPWAY_PCREL_PAIR",  R_PAIR, 8, PCREL_YES,      pair },
};
const int riscv64_nreloc = NELEM(riscv64_relocs);
_Static_assert(NELEM(riscv64_relocs) == RISCV64_NRELOC, "riscv64.h says how many");

/* 0: only Slipway's linker knows this kind. */
uint32_t
riscv64_elfreloc(int kind)
{
	switch (kind) {
	case OBJ_R_ADDR:
		return 2;
	case OBJ_R_ADDR32:
		return 1;
	case OBJ_R_PCREL32:
		return R_PAIR;
	case OBJ_R_CALL:
		return 19;	/* R_RISCV_CALL_PLT */
	default:
		return 0;
	}
}

bool
riscv64_relpair(uint32_t type, const uint8_t *loc, uint32_t *hi, uint32_t *lo)
{
	unsigned opcode = loc[4] & 0x7f;

	*hi = 23;
	*lo = opcode == 0x23 || opcode == 0x27 ? 25 : 24;
	return type == R_PAIR;
}

RelClass
riscv64_relclass(uint32_t type)
{
	switch (type) {
	case 0:		/* R_RISCV_NONE */
	case 32:	/* TPREL_ADD: a mark for relaxation */
	case 43:	/* ALIGN */
	case 51:	/* RELAX */
		return REL_NONE;
	case 20:	/* GOT_HI20 */
		return REL_GOT;
	case 29:	/* TPREL_HI20 */
	case 30:	/* TPREL_LO12_I */
	case 31:	/* TPREL_LO12_S */
		return REL_TLSLE;
	default:
		for (int i = 0; i < riscv64_nreloc; i++)
			if (riscv64_relocs[i].num == type)
				return REL_DIRECT;
		return REL_UNKNOWN;
	}
}
