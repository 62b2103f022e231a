/*
 * reloc.c - the relocations of arm64: ELF numbers and how they are applied.
 *
 * Source: ELF for the Arm 64-bit Architecture (AAELF64), "Relocation codes". Only what our own objects, musl, compiler-rt and
 * a C compiler's static code contain. GOT and TLS kinds are rewritten by the linker before they get here.
 */
#include "target/arm64/arm64.h"

/* Replaces the n bits at `at` of an instruction. */
static void
insert(uint8_t *loc, uint64_t v, int at, int n)
{
	uint32_t mask = (uint32_t)((((uint64_t)1 << n) - 1) << at);

	reloc_put(loc, (reloc_get(loc, 4) & ~mask) | ((uint32_t)(v << at) & mask), 4);
}

/* A distance in words, n bits at `at`. */
static bool
words(uint8_t *loc, uint64_t s, int64_t a, uint64_t p, int at, int n)
{
	int64_t v = (int64_t)(s + (uint64_t)a - p);

	insert(loc, (uint64_t)v >> 2, at, n);
	return (v & 3) == 0 && reloc_fits(v, n + 2);
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
	return reloc_fits(v, 21);
}

static bool
page21(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(((s + (uint64_t)a) & ~(uint64_t)4095) - (p & ~(uint64_t)4095));

	adr(loc, (uint64_t)v >> 12);
	return reloc_fits(v, 33);
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
	{ "R_AARCH64_NONE", 0, 0, PCREL_NO, NULL, REL_NONE },
	{ "R_AARCH64_NONE", 256, 0, PCREL_NO, NULL, REL_NONE },
	{ "R_AARCH64_ABS64", 257, 8, PCREL_ABS, reloc_abs64, REL_DIRECT },
	{ "R_AARCH64_ABS32", 258, 4, PCREL_ABS, reloc_abs32, REL_DIRECT },
	{ "R_AARCH64_ABS16", 259, 2, PCREL_ABS, reloc_abs16, REL_DIRECT },
	{ "R_AARCH64_PREL64", 260, 8, PCREL_YES, reloc_pc64, REL_DIRECT },
	{ "R_AARCH64_PREL32", 261, 4, PCREL_YES, reloc_pc32, REL_DIRECT },
	{ "R_AARCH64_PREL16", 262, 2, PCREL_YES, reloc_pc16, REL_DIRECT },
	{ "R_AARCH64_MOVW_UABS_G0", 263, 4, PCREL_ABS, g0, REL_DIRECT },
	{ "R_AARCH64_MOVW_UABS_G0_NC", 264, 4, PCREL_ABS, g0nc, REL_DIRECT },
	{ "R_AARCH64_MOVW_UABS_G1", 265, 4, PCREL_ABS, g1, REL_DIRECT },
	{ "R_AARCH64_MOVW_UABS_G1_NC", 266, 4, PCREL_ABS, g1nc, REL_DIRECT },
	{ "R_AARCH64_MOVW_UABS_G2", 267, 4, PCREL_ABS, g2, REL_DIRECT },
	{ "R_AARCH64_MOVW_UABS_G2_NC", 268, 4, PCREL_ABS, g2nc, REL_DIRECT },
	{ "R_AARCH64_MOVW_UABS_G3", 269, 4, PCREL_ABS, g3, REL_DIRECT },
	{ "R_AARCH64_LD_PREL_LO19", 273, 4, PCREL_YES, branch19, REL_DIRECT },
	{ "R_AARCH64_ADR_PREL_LO21", 274, 4, PCREL_YES, adr21, REL_DIRECT },
	{ "R_AARCH64_ADR_PREL_PG_HI21", ADR_PAGE, 4, PCREL_YES, page21, REL_DIRECT },
	{ "R_AARCH64_ADR_PREL_PG_HI21_NC", 276, 4, PCREL_YES, page21, REL_DIRECT },
	{ "R_AARCH64_ADD_ABS_LO12_NC", ADD_LO12, 4, PCREL_NO, add12, REL_DIRECT },
	{ "R_AARCH64_LDST8_ABS_LO12_NC", 278, 4, PCREL_NO, add12, REL_DIRECT },
	{ "R_AARCH64_TSTBR14", 279, 4, PCREL_YES, branch14, REL_DIRECT },
	{ "R_AARCH64_CONDBR19", 280, 4, PCREL_YES, branch19, REL_DIRECT },
	{ "R_AARCH64_JUMP26", 282, 4, PCREL_YES, jump26, REL_DIRECT },
	{ "R_AARCH64_CALL26", 283, 4, PCREL_YES, jump26, REL_DIRECT },
	{ "R_AARCH64_LDST16_ABS_LO12_NC", 284, 4, PCREL_NO, ldst16, REL_DIRECT },
	{ "R_AARCH64_LDST32_ABS_LO12_NC", 285, 4, PCREL_NO, ldst32, REL_DIRECT },
	{ "R_AARCH64_LDST64_ABS_LO12_NC", 286, 4, PCREL_NO, ldst64, REL_DIRECT },
	{ "R_AARCH64_LDST128_ABS_LO12_NC", 299, 4, PCREL_NO, ldst128, REL_DIRECT },
	{ "R_AARCH64_ADR_GOT_PAGE", GOT_PAGE, 4, PCREL_YES, page21, REL_GOT },
	{ "R_AARCH64_LD64_GOT_LO12_NC", GOT_LO12, 4, PCREL_NO, ldst64, REL_GOT },
	{ "R_AARCH64_PLT32", 314, 4, PCREL_YES, reloc_pc32, REL_DIRECT },
	{ "R_AARCH64_TLSLE_ADD_TPREL_HI12", 549, 4, PCREL_NO, hi12, REL_TLSLE },
	{ "R_AARCH64_TLSLE_ADD_TPREL_LO12", 550, 4, PCREL_NO, add12, REL_TLSLE },
	{ "R_AARCH64_TLSLE_ADD_TPREL_LO12_NC", 551, 4, PCREL_NO, add12, REL_TLSLE },
	{ "R_AARCH64_TLSLE_LDST8_TPREL_LO12_NC", 553, 4, PCREL_NO, add12, REL_TLSLE },
	{ "R_AARCH64_TLSLE_LDST16_TPREL_LO12_NC", 555, 4, PCREL_NO, ldst16, REL_TLSLE },
	{ "R_AARCH64_TLSLE_LDST32_TPREL_LO12_NC", 557, 4, PCREL_NO, ldst32, REL_TLSLE },
	{ "R_AARCH64_TLSLE_LDST64_TPREL_LO12_NC", 559, 4, PCREL_NO, ldst64, REL_TLSLE },
	{ .name = NULL },
};

/* adrp x, :got:sym; ldr x, [x, :got_lo12:sym] -> adrp x, sym; add x, x, :lo12:sym. Each by itself, so that both always are. */
const RelocRow *
arm64_relaxgot(uint8_t *loc, uint64_t before, uint32_t type)
{
	(void)before;
	if (type == GOT_PAGE)
		return target_reloc(&targ_arm64, ADR_PAGE);
	reloc_put(loc, 0x91000000 | (reloc_get(loc, 4) & 0x3ff), 4);
	return target_reloc(&targ_arm64, ADD_LO12);
}
