/*
 * const.h - inside of constants, for const.c and const_text.c only.
 *
 * An integer is an int64 or a multi-precision integer; a float is a fraction
 * as long as its parts stay below 4096 bits, then a binary floating-point
 * number of 512 bits of mantissa, and from there on it stays one: this is
 * what gc does, and a program can tell.
 */
#ifndef SLIPWAY_TYPES_CONST_H
#define SLIPWAY_TYPES_CONST_H

#include "mini-gmp.h"
#include "types/types.h"

enum { REP_NONE, REP_INT, REP_BIGINT, REP_RAT, REP_FLOAT };

typedef struct {
	mpz_t n, d;		/* no common factor; d > 0 */
} Rat;

typedef struct {
	mpz_t m;		/* at most 512 bits */
	int64_t e;		/* value is m * 2^e */
} Flt;

#define RAT(c) ((Rat *)(c)->big)
#define FLT(c) ((Flt *)(c)->big)
#define BIG(c) ((mpz_ptr)(c)->big)

enum { CONST_PREC = 512, CONST_MAXRAT = 4096 };

/* These take over their mpz arguments: do not clear them. */
Const *const_mkint(mpz_t z);
Const *const_mkrat(mpz_t n, mpz_t d);
Const *const_mkfloat(mpz_t m, int64_t e, bool sticky);	/* sticky: a part below m's last bit was cut off */
Const *const_unknown(void);
void const_getint(const Const *x, mpz_t z);		/* initialises z */

#endif
