/*
 * reloc.c - the relocations of amd64: ELF numbers and how they are applied.
 *
 * Source: System V psABI, AMD64 supplement, "Relocation types". Only what our
 * own objects, musl and compiler-rt contain. GOT and TLS kinds are rewritten
 * by the linker before they get here.
 */
#include "target/amd64/amd64.h"

static void
put32(uint8_t *p, uint64_t v)
{
	for (int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

bool
amd64_abs64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	put32(loc, v);
	put32(loc + 4, v >> 32);
	return true;
}

static bool
pc64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	return amd64_abs64(loc, s, a - (int64_t)p, p);
}

static bool
pc32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(s + (uint64_t)a - p);

	put32(loc, (uint64_t)v);
	return v == (int32_t)v;
}

static bool
abs32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	put32(loc, v);
	return v == (uint32_t)v;
}

static bool
abs32s(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(s + (uint64_t)a);

	(void)p;
	put32(loc, (uint64_t)v);
	return v == (int32_t)v;
}

const RelocRow amd64_relocs[] = {
	{ "R_X86_64_64",    1,  8, PCREL_ABS, amd64_abs64 },
	{ "R_X86_64_PC32",  2,  4, PCREL_YES,  pc32 },
	{ "R_X86_64_PLT32", 4,  4, PCREL_YES,  pc32 },
	{ "R_X86_64_32",    10, 4, PCREL_ABS, abs32 },
	{ "R_X86_64_32S",   11, 4, PCREL_ABS, abs32s },
	{ "R_X86_64_TPOFF32", 23, 4, PCREL_NO, abs32s },	/* s is relative to the thread pointer */
	{ "R_X86_64_PC64",  24, 8, PCREL_YES,  pc64 },
};
const int amd64_nreloc = NELEM(amd64_relocs);
_Static_assert(NELEM(amd64_relocs) == 7, "targ.c says how many");

/* 0: only Slipway's linker knows this kind. */
uint32_t
amd64_elfreloc(int kind)
{
	switch (kind) {
	case OBJ_R_ADDR:
		return 1;
	case OBJ_R_ADDR32:
		return 10;
	case OBJ_R_PCREL32:
		return 2;
	case OBJ_R_CALL:
		return 4;
	case OBJ_R_TLSLE:
		return 23;	/* R_X86_64_TPOFF32 */
	case OBJ_R_GOT:
		return 9;	/* R_X86_64_GOTPCREL */
	default:
		return 0;
	}
}

RelClass
amd64_relclass(uint32_t type)
{
	switch (type) {
	case 0:		/* R_X86_64_NONE */
		return REL_NONE;
	case 9:		/* GOTPCREL */
	case 41:	/* GOTPCRELX */
	case 42:	/* REX_GOTPCRELX */
		return REL_GOT;
	case 23:	/* TPOFF32 */
		return REL_TLSLE;
	default:
		for (int i = 0; i < amd64_nreloc; i++)
			if (amd64_relocs[i].num == type)
				return REL_DIRECT;
		return REL_UNKNOWN;
	}
}

/* psABI, "Optimize GOTPCRELX Relocations": loc is the 32-bit displacement, the opcode stands before it. */
const RelocRow *
amd64_relaxgot(uint8_t *loc, uint64_t before, uint32_t type)
{
	const RelocRow *pcrel = &amd64_relocs[1];

	(void)type;
	if (before < 2)
		return NULL;
	if (loc[-2] == 0x8b) {		/* mov sym@GOT(%rip), %reg -> lea sym(%rip), %reg */
		loc[-2] = 0x8d;
		return pcrel;
	}
	if (loc[-2] == 0xff && loc[-1] == 0x15) {	/* call *sym@GOT(%rip) -> addr32 call sym */
		loc[-2] = 0x67;
		loc[-1] = 0xe8;
		return pcrel;
	}
	return NULL;
}
