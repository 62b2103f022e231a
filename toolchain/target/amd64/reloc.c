/*
 * reloc.c - the relocations of amd64: ELF numbers and how they are applied.
 *
 * Source: System V psABI, AMD64 supplement, "Relocation types". Only what our
 * own objects, musl and compiler-rt contain. GOT and TLS kinds are rewritten
 * by the linker before they get here.
 */
#include "target/amd64/amd64.h"

static bool
abs32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	reloc_put(loc, v, 4);
	return v == (uint32_t)v;
}

static bool
abs32s(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	int64_t v = (int64_t)(s + (uint64_t)a);

	(void)p;
	reloc_put(loc, (uint64_t)v, 4);
	return v == (int32_t)v;
}

enum { PC32 = 2 };

const RelocRow amd64_relocs[] = {
	{ "R_X86_64_NONE",  0,  0, PCREL_NO,  NULL, REL_NONE },
	{ "R_X86_64_64",    1,  8, PCREL_ABS, reloc_abs64, REL_DIRECT },
	{ "R_X86_64_PC32",  PC32, 4, PCREL_YES, reloc_pc32, REL_DIRECT },
	{ "R_X86_64_PLT32", 4,  4, PCREL_YES, reloc_pc32, REL_DIRECT },
	{ "R_X86_64_GOTPCREL", 9, 4, PCREL_YES, reloc_pc32, REL_GOT },
	{ "R_X86_64_32",    10, 4, PCREL_ABS, abs32, REL_DIRECT },
	{ "R_X86_64_32S",   11, 4, PCREL_ABS, abs32s, REL_DIRECT },
	{ "R_X86_64_TPOFF32", 23, 4, PCREL_NO, abs32s, REL_TLSLE },
	{ "R_X86_64_PC64",  24, 8, PCREL_YES, reloc_pc64, REL_DIRECT },
	{ "R_X86_64_GOTPCRELX", 41, 4, PCREL_YES, reloc_pc32, REL_GOT },
	{ "R_X86_64_REX_GOTPCRELX", 42, 4, PCREL_YES, reloc_pc32, REL_GOT },
	{ .name = NULL },
};

/* psABI, "Optimize GOTPCRELX Relocations": loc is the 32-bit displacement, the opcode stands before it. */
const RelocRow *
amd64_relaxgot(uint8_t *loc, uint64_t before, uint32_t type)
{
	const RelocRow *pcrel = target_reloc(&targ_amd64, PC32);

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
