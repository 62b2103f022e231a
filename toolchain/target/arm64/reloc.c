/*
 * reloc.c - the relocations of arm64: ELF numbers and how they are applied.
 *
 * Source: ELF for the Arm 64-bit Architecture (AAELF64), "Relocation codes". Only what our own objects, musl, compiler-rt and
 * a C compiler's static code contain. GOT and TLS kinds are rewritten by the linker before they get here.
 */
#include "target/arm64/arm64.h"

static uint32_t
get32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void
put(uint8_t *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

/* Replaces the n bits at `at` of an instruction. */
static void
insert(uint8_t *loc, uint64_t v, int at, int n)
{
	uint32_t mask = (uint32_t)((((uint64_t)1 << n) - 1) << at);

	put(loc, (get32(loc) & ~mask) | ((uint32_t)(v << at) & mask), 4);
}

static bool
fits(int64_t v, int bits)
{
	return v >= -((int64_t)1 << (bits - 1)) && v < (int64_t)1 << (bits - 1);
}

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
abs16(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	put(loc, v, 2);
	return v == (uint16_t)v || (int64_t)v == (int16_t)v;
}

static bool
prel64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	put(loc, s + (uint64_t)a - p, 8);
	return true;
}

static bool
prel32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(s + (uint64_t)a - p);

	put(loc, (uint64_t)v, 4);
	return v == (int32_t)v;
}

static bool
prel16(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(s + (uint64_t)a - p);

	put(loc, (uint64_t)v, 2);
	return v == (int16_t)v;
}

/* A distance in words, n bits at `at`. */
static bool
words(uint8_t *loc, uint64_t s, int64_t a, uint64_t p, int at, int n)
{
	int64_t v = (int64_t)(s + (uint64_t)a - p);

	insert(loc, (uint64_t)v >> 2, at, n);
	return (v & 3) == 0 && fits(v, n + 2);
}

static bool
jump26(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	return words(loc, s, a, p, 0, 26);
}

static bool
branch19(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	return words(loc, s, a, p, 5, 19);
}

static bool
branch14(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	return words(loc, s, a, p, 5, 14);
}

static void
adr(uint8_t *loc, uint64_t v)
{
	insert(loc, v, 29, 2);
	insert(loc, v >> 2, 5, 19);
}

static bool
adr21(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(s + (uint64_t)a - p);

	adr(loc, (uint64_t)v);
	return fits(v, 21);
}

static bool
page21(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(((s + (uint64_t)a) & ~(uint64_t)4095) - (p & ~(uint64_t)4095));

	adr(loc, (uint64_t)v >> 12);
	return fits(v, 33);
}

static bool
add12(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	(void)p;
	insert(loc, (s + (uint64_t)a) & 4095, 10, 12);
	return true;
}

/* The low 12 bits in a load or store of 1 << shift bytes. */
static bool
access12(uint8_t *loc, uint64_t v, int shift)
{
	insert(loc, (v & 4095) >> shift, 10, 12);
	return (v & ((1u << shift) - 1)) == 0;
}

/* clang-format off */
static bool ldst16(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return access12(loc, s + (uint64_t)a, 1); }
static bool ldst32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return access12(loc, s + (uint64_t)a, 2); }
static bool ldst64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return access12(loc, s + (uint64_t)a, 3); }
static bool ldst128(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return access12(loc, s + (uint64_t)a, 4); }
/* clang-format on */

static bool
hi12(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	insert(loc, v >> 12, 10, 12);
	return v < 1 << 24;
}

/* 16 bits of an address in a MOVZ or MOVK. */
static bool
movw(uint8_t *loc, uint64_t v, int group, bool check)
{
	insert(loc, v >> 16 * group, 5, 16);
	return !check || group == 3 || v >> 16 * (group + 1) == 0;
}

/* clang-format off */
static bool g0(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return movw(loc, s + (uint64_t)a, 0, true); }
static bool g0nc(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return movw(loc, s + (uint64_t)a, 0, false); }
static bool g1(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return movw(loc, s + (uint64_t)a, 1, true); }
static bool g1nc(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return movw(loc, s + (uint64_t)a, 1, false); }
static bool g2(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return movw(loc, s + (uint64_t)a, 2, true); }
static bool g2nc(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return movw(loc, s + (uint64_t)a, 2, false); }
static bool g3(uint8_t *loc, uint64_t s, int64_t a, uint64_t p) { (void)p; return movw(loc, s + (uint64_t)a, 3, true); }
/* clang-format on */

enum { ADR_PAGE = 275, ADD_LO12 = 277, GOT_PAGE = 311, GOT_LO12 = 312 };

const RelocRow arm64_relocs[] = {
	{ "R_AARCH64_ABS64", 257, 8, PCREL_ABS, abs64 },
	{ "R_AARCH64_ABS32", 258, 4, PCREL_ABS, abs32 },
	{ "R_AARCH64_ABS16", 259, 2, PCREL_ABS, abs16 },
	{ "R_AARCH64_PREL64", 260, 8, PCREL_YES, prel64 },
	{ "R_AARCH64_PREL32", 261, 4, PCREL_YES, prel32 },
	{ "R_AARCH64_PREL16", 262, 2, PCREL_YES, prel16 },
	{ "R_AARCH64_MOVW_UABS_G0", 263, 4, PCREL_ABS, g0 },
	{ "R_AARCH64_MOVW_UABS_G0_NC", 264, 4, PCREL_ABS, g0nc },
	{ "R_AARCH64_MOVW_UABS_G1", 265, 4, PCREL_ABS, g1 },
	{ "R_AARCH64_MOVW_UABS_G1_NC", 266, 4, PCREL_ABS, g1nc },
	{ "R_AARCH64_MOVW_UABS_G2", 267, 4, PCREL_ABS, g2 },
	{ "R_AARCH64_MOVW_UABS_G2_NC", 268, 4, PCREL_ABS, g2nc },
	{ "R_AARCH64_MOVW_UABS_G3", 269, 4, PCREL_ABS, g3 },
	{ "R_AARCH64_LD_PREL_LO19", 273, 4, PCREL_YES, branch19 },
	{ "R_AARCH64_ADR_PREL_LO21", 274, 4, PCREL_YES, adr21 },
	{ "R_AARCH64_ADR_PREL_PG_HI21", ADR_PAGE, 4, PCREL_YES, page21 },
	{ "R_AARCH64_ADR_PREL_PG_HI21_NC", 276, 4, PCREL_YES, page21 },
	{ "R_AARCH64_ADD_ABS_LO12_NC", ADD_LO12, 4, PCREL_NO, add12 },
	{ "R_AARCH64_LDST8_ABS_LO12_NC", 278, 4, PCREL_NO, add12 },
	{ "R_AARCH64_TSTBR14", 279, 4, PCREL_YES, branch14 },
	{ "R_AARCH64_CONDBR19", 280, 4, PCREL_YES, branch19 },
	{ "R_AARCH64_JUMP26", 282, 4, PCREL_YES, jump26 },
	{ "R_AARCH64_CALL26", 283, 4, PCREL_YES, jump26 },
	{ "R_AARCH64_LDST16_ABS_LO12_NC", 284, 4, PCREL_NO, ldst16 },
	{ "R_AARCH64_LDST32_ABS_LO12_NC", 285, 4, PCREL_NO, ldst32 },
	{ "R_AARCH64_LDST64_ABS_LO12_NC", 286, 4, PCREL_NO, ldst64 },
	{ "R_AARCH64_LDST128_ABS_LO12_NC", 299, 4, PCREL_NO, ldst128 },
	{ "R_AARCH64_ADR_GOT_PAGE", GOT_PAGE, 4, PCREL_YES, page21 },
	{ "R_AARCH64_LD64_GOT_LO12_NC", GOT_LO12, 4, PCREL_NO, ldst64 },
	{ "R_AARCH64_PLT32", 314, 4, PCREL_YES, prel32 },
	/* s is relative to the thread pointer */
	{ "R_AARCH64_TLSLE_ADD_TPREL_HI12", 549, 4, PCREL_NO, hi12 },
	{ "R_AARCH64_TLSLE_ADD_TPREL_LO12", 550, 4, PCREL_NO, add12 },
	{ "R_AARCH64_TLSLE_ADD_TPREL_LO12_NC", 551, 4, PCREL_NO, add12 },
	{ "R_AARCH64_TLSLE_LDST8_TPREL_LO12_NC", 553, 4, PCREL_NO, add12 },
	{ "R_AARCH64_TLSLE_LDST16_TPREL_LO12_NC", 555, 4, PCREL_NO, ldst16 },
	{ "R_AARCH64_TLSLE_LDST32_TPREL_LO12_NC", 557, 4, PCREL_NO, ldst32 },
	{ "R_AARCH64_TLSLE_LDST64_TPREL_LO12_NC", 559, 4, PCREL_NO, ldst64 },
};
const int arm64_nreloc = NELEM(arm64_relocs);
_Static_assert(NELEM(arm64_relocs) == 37, "targ.c says how many");

static const RelocRow *
rowof(uint32_t type)
{
	for (int i = 0; i < arm64_nreloc; i++)
		if (arm64_relocs[i].num == type)
			return &arm64_relocs[i];
	return NULL;
}

/* 0: only Slipway's linker knows this kind. */
uint32_t
arm64_elfreloc(int kind)
{
	switch (kind) {
	case OBJ_R_ADDR:
		return 257;
	case OBJ_R_ADDR32:
		return 258;
	case OBJ_R_PCREL32:
		return 261;
	case OBJ_R_CALL:
		return 283;
	case OBJ_R_HI:
		return ADR_PAGE;
	case OBJ_R_LO:
		return ADD_LO12;
	default:
		return 0;
	}
}

RelClass
arm64_relclass(uint32_t type)
{
	if (type == 0 || type == 256)
		return REL_NONE;
	if (type == GOT_PAGE || type == GOT_LO12)
		return REL_GOT;
	if (rowof(type) == NULL)
		return REL_UNKNOWN;
	return type >= 549 && type <= 559 ? REL_TLSLE : REL_DIRECT;
}

/* adrp x, :got:sym; ldr x, [x, :got_lo12:sym] -> adrp x, sym; add x, x, :lo12:sym. Each by itself, so that both always are. */
const RelocRow *
arm64_relaxgot(uint8_t *loc, uint64_t before, uint32_t type)
{
	uint32_t insn = get32(loc);

	(void)before;
	if (type == GOT_PAGE)
		return rowof(ADR_PAGE);
	put(loc, 0x91000000 | (insn & 0x3ff), 4);
	return rowof(ADD_LO12);
}
