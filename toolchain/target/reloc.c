/*
 * reloc.c - relocations of data, which all CPUs have, and what those of instructions are made of. Little-endian.
 */
#include "target/machine.h"

const RelocRow *
target_reloc(const Target *t, uint32_t type)
{
	for (const RelocRow *r = t->reloc; r->name != NULL; r++)
		if (r->num == type)
			return r;
	return NULL;
}

uint64_t
reloc_get(const uint8_t *p, int n)
{
	uint64_t v = 0;

	for (int i = 0; i < n; i++)
		v |= (uint64_t)p[i] << 8 * i;
	return v;
}

void
reloc_put(uint8_t *p, uint64_t v, int n)
{
	for (int i = 0; i < n; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

bool
reloc_fits(int64_t v, int bits)
{
	return v >= -((int64_t)1 << (bits - 1)) && v < (int64_t)1 << (bits - 1);
}

bool
reloc_abs64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	(void)p;
	reloc_put(loc, s + (uint64_t)a, 8);
	return true;
}

bool
reloc_abs32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	reloc_put(loc, v, 4);
	return v == (uint32_t)v || reloc_fits((int64_t)v, 32);
}

bool
reloc_abs16(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a;

	(void)p;
	reloc_put(loc, v, 2);
	return v == (uint16_t)v || reloc_fits((int64_t)v, 16);
}

bool
reloc_pc64(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	reloc_put(loc, s + (uint64_t)a - p, 8);
	return true;
}

bool
reloc_pc32(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a - p;

	reloc_put(loc, v, 4);
	return reloc_fits((int64_t)v, 32);
}

bool
reloc_pc16(uint8_t *loc, uint64_t s, int64_t a, uint64_t p)
{
	uint64_t v = s + (uint64_t)a - p;

	reloc_put(loc, v, 2);
	return reloc_fits((int64_t)v, 16);
}
