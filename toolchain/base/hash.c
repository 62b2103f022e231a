/*
 * hash.c - a fast hash whose value is the same on every host.
 *
 * Eight bytes at a time through a 64x64->128 multiply whose halves are
 * folded together, the mixing step known from MUM and wyhash.
 */
#include "base/base.h"

static uint64_t
mix(uint64_t a, uint64_t b)
{
	unsigned __int128 p = (unsigned __int128)a * b;

	return (uint64_t)p ^ (uint64_t)(p >> 64);
}

static uint64_t
load(const uint8_t *p, size_t n)
{
	uint64_t v = 0;

#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	if (n == 8) {
		memcpy(&v, p, 8);
		return v;
	}
#endif
	for (size_t i = 0; i < n; i++)
		v |= (uint64_t)p[i] << (8 * i);
	return v;
}

uint64_t
hash64(const void *data, size_t n, uint64_t seed)
{
	const uint8_t *p = data;
	uint64_t h = seed ^ 0x9e3779b97f4a7c15u;
	size_t left = n;

	for (; left >= 8; left -= 8, p += 8)
		h = mix(h ^ load(p, 8), 0xd6e8feb86659fd93u);
	if (left > 0)
		h = mix(h ^ load(p, left), 0xa0761d6478bd642fu);
	return mix(h ^ n, 0xe7037ed1a0b428dbu);
}
