/*
 * const.c - exact constant arithmetic.
 *
 * Spec: Constants, Constant expressions. Behaves as gc, which means as
 * described in const.h, with every floating-point operation rounded to
 * nearest even at 512 bits. mini-gmp keeps its temporaries on the C heap;
 * results are moved into the arena.
 */
#include <math.h>

#include "types/const.h"

static Const unknown = { .kind = CONST_UNKNOWN };
static const int64_t MAXEXP = INT32_MAX;	/* binary exponents beyond are infinite or zero */

Const *
const_unknown(void)
{
	return &unknown;
}

static Const *
mk(ConstKind k, int rep)
{
	Const *c = NEW(perm, Const);

	c->kind = (uint8_t)k;
	c->rep = (uint8_t)rep;
	return c;
}

/* Moves the limbs of src to the arena. */
static void
keep(mpz_ptr dst, mpz_t src)
{
	size_t n = mpz_size(src);

	dst->_mp_alloc = (int)n;
	dst->_mp_size = src->_mp_size;
	dst->_mp_d = arena_dup(perm, src->_mp_d, n * sizeof(mp_limb_t));
	mpz_clear(src);
}

static long
bitlen(const mpz_t z)
{
	return mpz_sgn(z) == 0 ? 0 : (long)mpz_sizeinbase(z, 2);
}

/* ---- making ---- */

Const *
const_bool(bool b)
{
	Const *c = mk(CONST_BOOL, REP_NONE);

	c->b = b;
	return c;
}

Const *
const_string(const char *p, size_t n)
{
	Const *c = mk(CONST_STRING, REP_NONE);

	c->s.p = p;
	c->s.n = n;
	return c;
}

Const *
const_int(int64_t i)
{
	static Const small[256];
	Const *c;

	if (i >= -16 && i < 240) {
		c = &small[i + 16];
		c->kind = CONST_INT;
		c->rep = REP_INT;
	} else
		c = mk(CONST_INT, REP_INT);
	c->i = i;
	return c;
}

Const *
const_mkint(mpz_t z)
{
	Const *c;

	_Static_assert(sizeof(long) == 8, "mini-gmp's long holds an int64");
	if (mpz_fits_slong_p(z)) {
		c = const_int(mpz_get_si(z));
		mpz_clear(z);
		return c;
	}
	c = mk(CONST_INT, REP_BIGINT);
	c->big = NEW(perm, __mpz_struct);
	keep(c->big, z);
	return c;
}

Const *
const_uint(uint64_t i)
{
	mpz_t z;

	if (i <= INT64_MAX)
		return const_int((int64_t)i);
	mpz_init_set_ui(z, i);
	return const_mkint(z);
}

Const *
const_mkfloat(mpz_t m, int64_t e, bool sticky)
{
	Const *c;
	long n = bitlen(m), cut = n - CONST_PREC;

	if (cut > 0) {
		bool half, rest, neg = mpz_sgn(m) < 0;

		mpz_abs(m, m);
		half = mpz_tstbit(m, (mp_bitcnt_t)cut - 1) != 0;
		rest = sticky || (long)mpz_scan1(m, 0) < cut - 1;
		mpz_tdiv_q_2exp(m, m, (mp_bitcnt_t)cut);
		e += cut;
		if (half && (rest || mpz_odd_p(m)))
			mpz_add_ui(m, m, 1);
		if (neg)
			mpz_neg(m, m);
	}
	if (mpz_sgn(m) == 0)
		e = 0;
	else {
		mp_bitcnt_t tz = mpz_scan1(m, 0);

		if (tz > 0) {
			mpz_tdiv_q_2exp(m, m, tz);
			e += (int64_t)tz;
		}
		if (e + bitlen(m) > MAXEXP) {
			mpz_clear(m);
			return &unknown;
		}
		if (e + bitlen(m) < -MAXEXP) {
			mpz_set_ui(m, 0);
			e = 0;
		}
	}
	c = mk(CONST_FLOAT, REP_FLOAT);
	c->big = NEW(perm, Flt);
	FLT(c)->e = e;
	keep(FLT(c)->m, m);
	return c;
}

/* n/d as a binary float; n and d are not consumed. */
static Const *
quofloat(const mpz_t n, const mpz_t d, int64_t e)
{
	mpz_t a, q, r;
	long k = CONST_PREC + 3 - (bitlen(n) - bitlen(d));
	bool sticky;

	mpz_init_set(a, n);
	mpz_init(q);
	mpz_init(r);
	if (k < 0)
		k = 0;
	mpz_mul_2exp(a, a, (mp_bitcnt_t)k);
	mpz_tdiv_qr(q, r, a, d);
	sticky = mpz_sgn(r) != 0;
	mpz_clear(a);
	mpz_clear(r);
	return const_mkfloat(q, e - k, sticky);
}

Const *
const_mkrat(mpz_t n, mpz_t d)
{
	Const *c;

	if (mpz_cmp_ui(d, 1) != 0) {
		mpz_t g;

		mpz_init(g);
		mpz_gcd(g, n, d);
		if (mpz_cmp_ui(g, 1) > 0) {
			mpz_divexact(n, n, g);
			mpz_divexact(d, d, g);
		}
		mpz_clear(g);
		if (mpz_sgn(d) < 0) {
			mpz_neg(n, n);
			mpz_neg(d, d);
		}
	}
	if (bitlen(n) >= CONST_MAXRAT || bitlen(d) >= CONST_MAXRAT) {
		c = quofloat(n, d, 0);
		mpz_clear(n);
		mpz_clear(d);
		return c;
	}
	c = mk(CONST_FLOAT, REP_RAT);
	c->big = NEW(perm, Rat);
	keep(RAT(c)->n, n);
	keep(RAT(c)->d, d);
	return c;
}

Const *
const_float(double v)
{
	mpz_t m, d;
	int e;
	double f;

	if (isinf(v) || isnan(v))
		return &unknown;
	f = frexp(v, &e);
	mpz_init_set_si(m, (long)ldexp(f, 53));
	e -= 53;
	mpz_init_set_ui(d, 1);
	if (e >= 0)
		mpz_mul_2exp(m, m, (mp_bitcnt_t)e);
	else
		mpz_mul_2exp(d, d, (mp_bitcnt_t)-e);
	return const_mkrat(m, d);
}

/* ---- reading ---- */

void
const_getint(const Const *x, mpz_t z)
{
	if (x->kind == CONST_INT && x->rep == REP_INT)
		mpz_init_set_si(z, (long)x->i);
	else if (x->kind == CONST_INT)
		mpz_init_set(z, BIG(x));
	else
		mpz_init(z);
}

bool
const_isint64(const Const *x, int64_t *v)
{
	if (x->kind != CONST_INT || x->rep != REP_INT)
		return false;
	if (v != NULL)
		*v = x->i;
	return true;
}

bool
const_isuint64(const Const *x, uint64_t *v)
{
	uint64_t u;

	if (x->kind != CONST_INT)
		return false;
	if (x->rep == REP_INT) {
		if (x->i < 0)
			return false;
		u = (uint64_t)x->i;
	} else {
		if (!mpz_fits_ulong_p(BIG(x)))
			return false;
		u = mpz_get_ui(BIG(x));
	}
	if (v != NULL)
		*v = u;
	return true;
}

uint64_t
const_bits(const Const *x)
{
	uint64_t u;

	if (x->kind != CONST_INT)
		return 0;
	if (x->rep == REP_INT)
		return (uint64_t)x->i;
	u = mpz_get_ui(BIG(x));	/* low limb of the absolute value */
	return mpz_sgn(BIG(x)) < 0 ? 0 - u : u;
}

int
const_bitlen(const Const *x)
{
	if (x->kind != CONST_INT)
		return 0;
	if (x->rep == REP_INT) {
		uint64_t u = x->i < 0 ? 0 - (uint64_t)x->i : (uint64_t)x->i;

		return u == 0 ? 0 : 64 - __builtin_clzll(u);
	}
	return (int)bitlen(BIG(x));
}

int
const_sign(const Const *x)
{
	switch (x->kind) {
	case CONST_INT:
		return x->rep == REP_INT ? (x->i > 0) - (x->i < 0) : mpz_sgn(BIG(x));
	case CONST_FLOAT:
		return x->rep == REP_RAT ? mpz_sgn(RAT(x)->n) : mpz_sgn(FLT(x)->m);
	case CONST_COMPLEX:
		return const_sign(x->cx.re) | const_sign(x->cx.im);
	default:
		return 1;
	}
}

/*
 * n/d * 2^e rounded to nearest even with p bits, the last bit no lower than
 * 2^emin. Infinite if it does not fit a double's range; the caller handles a
 * smaller one.
 */
static double
roundquo(const mpz_t n, const mpz_t d, int64_t e, int p, int emin)
{
	mpz_t a, b, q, r;
	int64_t top, lsb, final, nb;
	bool sticky, neg = mpz_sgn(n) < 0;
	double v;
	int shift;

	if (mpz_sgn(n) == 0)
		return 0;
	top = bitlen(n) - bitlen(d) + e;	/* value is in [2^(top-1), 2^(top+1)) */
	if (top > 1100)
		return neg ? -INFINITY : INFINITY;
	if (top < emin - 4)
		return 0;
	lsb = top - p - 3;
	if (lsb < emin - 3)
		lsb = emin - 3;
	mpz_init(a);
	mpz_abs(a, n);
	mpz_init_set(b, d);
	mpz_init(q);
	mpz_init(r);
	if (e - lsb >= 0)
		mpz_mul_2exp(a, a, (mp_bitcnt_t)(e - lsb));
	else
		mpz_mul_2exp(b, b, (mp_bitcnt_t)(lsb - e));
	mpz_tdiv_qr(q, r, a, b);
	sticky = mpz_sgn(r) != 0;
	nb = bitlen(q);
	final = lsb + nb - p;
	if (final < emin)
		final = emin;
	shift = (int)(final - lsb);
	if (shift > 0) {
		bool half = mpz_tstbit(q, (mp_bitcnt_t)shift - 1) != 0;

		if (mpz_sgn(q) != 0 && (int64_t)mpz_scan1(q, 0) < shift - 1)
			sticky = true;
		mpz_tdiv_q_2exp(q, q, (mp_bitcnt_t)shift);
		if (half && (sticky || mpz_odd_p(q)))
			mpz_add_ui(q, q, 1);
	}
	v = ldexp((double)mpz_get_ui(q), (int) final);
	mpz_clear(a);
	mpz_clear(b);
	mpz_clear(q);
	mpz_clear(r);
	return neg ? -v : v;
}

static double
rounded(const Const *x, int p, int emin)
{
	mpz_t one;
	double v;

	if (x->kind == CONST_COMPLEX)
		return rounded(x->cx.re, p, emin);
	if (x->kind == CONST_FLOAT && x->rep == REP_RAT)
		return roundquo(RAT(x)->n, RAT(x)->d, 0, p, emin);
	mpz_init_set_ui(one, 1);
	if (x->kind == CONST_FLOAT)
		v = roundquo(FLT(x)->m, one, FLT(x)->e, p, emin);
	else if (x->kind == CONST_INT) {
		mpz_t z;

		const_getint(x, z);
		v = roundquo(z, one, 0, p, emin);
		mpz_clear(z);
	} else
		v = 0;
	mpz_clear(one);
	return v;
}

double
const_float64(const Const *x)
{
	if (x->kind == CONST_INT && x->rep == REP_INT)
		return (double)x->i;
	return rounded(x, 53, -1074);
}

float
const_float32(const Const *x)
{
	double v;

	if (x->kind == CONST_INT && x->rep == REP_INT)
		return (float)x->i;
	v = rounded(x, 24, -149);
	return (float)v;	/* exact, or infinite */
}

/* ---- conversion between kinds ---- */

Const *
const_real(const Const *x)
{
	return (Const *)(x->kind == CONST_COMPLEX ? x->cx.re : x);
}

Const *
const_imag(const Const *x)
{
	if (x->kind == CONST_COMPLEX)
		return (Const *)x->cx.im;
	return x->kind == CONST_UNKNOWN ? &unknown : const_int(0);
}

Const *
const_complex(const Const *re, const Const *im)
{
	Const *c;

	if (re->kind == CONST_UNKNOWN || im->kind == CONST_UNKNOWN)
		return &unknown;
	c = mk(CONST_COMPLEX, REP_NONE);
	c->cx.re = re;
	c->cx.im = im;
	return c;
}

/* The integer a binary float is, or is up to an error in its last four bits. */
static Const *
floattoint(const Flt *f)
{
	long n = bitlen(f->m), cut;
	mpz_t z;

	if (f->e + n >= CONST_MAXRAT || f->e + n <= -CONST_MAXRAT)
		return &unknown;
	mpz_init_set(z, f->m);
	if (f->e >= 0) {
		mpz_mul_2exp(z, z, (mp_bitcnt_t)f->e);
		return const_mkint(z);
	}
	/* m is odd, so this is no integer; but if leaving out the last four bits gives one, blame rounding in what came before. */
	cut = n - (CONST_PREC - 4);
	for (int up = 0; cut > 0 && up < 2; up++) {
		int64_t e = f->e + cut;

		mpz_abs(z, f->m);
		if (up)
			mpz_cdiv_q_2exp(z, z, (mp_bitcnt_t)cut);
		else
			mpz_tdiv_q_2exp(z, z, (mp_bitcnt_t)cut);
		if (e < 0 && (int64_t)mpz_scan1(z, 0) < -e)
			continue;
		if (e >= 0)
			mpz_mul_2exp(z, z, (mp_bitcnt_t)e);
		else
			mpz_tdiv_q_2exp(z, z, (mp_bitcnt_t)-e);
		if (mpz_sgn(f->m) < 0)
			mpz_neg(z, z);
		return const_mkint(z);
	}
	mpz_clear(z);
	return &unknown;
}

Const *
const_toint(const Const *x)
{
	switch (x->kind) {
	case CONST_INT:
		return (Const *)x;
	case CONST_FLOAT:
		if (x->rep == REP_RAT) {
			mpz_t z;

			if (mpz_cmp_ui(RAT(x)->d, 1) != 0)
				return &unknown;
			mpz_init_set(z, RAT(x)->n);
			return const_mkint(z);
		}
		return floattoint(FLT(x));
	case CONST_COMPLEX:
		return const_sign(x->cx.im) == 0 ? const_toint(const_tofloat(x->cx.re)) : &unknown;
	default:
		return &unknown;
	}
}

Const *
const_tofloat(const Const *x)
{
	mpz_t n, d;

	switch (x->kind) {
	case CONST_INT:
		const_getint(x, n);
		mpz_init_set_ui(d, 1);
		return const_mkrat(n, d);
	case CONST_FLOAT:
		return (Const *)x;
	case CONST_COMPLEX:
		return const_sign(x->cx.im) == 0 ? const_tofloat(x->cx.re) : &unknown;
	default:
		return &unknown;
	}
}

Const *
const_tocomplex(const Const *x)
{
	switch (x->kind) {
	case CONST_INT:
	case CONST_FLOAT:
		return const_complex(x, const_int(0));
	case CONST_COMPLEX:
		return (Const *)x;
	default:
		return &unknown;
	}
}

/* ---- operations ---- */

static Const *
tobigfloat(const Const *x)
{
	mpz_t z;

	if (x->kind == CONST_FLOAT)
		return x->rep == REP_FLOAT ? (Const *)x : quofloat(RAT(x)->n, RAT(x)->d, 0);
	const_getint(x, z);
	return const_mkfloat(z, 0, false);
}

/* 0 int64, 1 big integer, 2 fraction, 3 float, 4 complex, -1 other */
static int
rank(const Const *x)
{
	switch (x->kind) {
	case CONST_INT:
		return x->rep == REP_INT ? 0 : 1;
	case CONST_FLOAT:
		return x->rep == REP_RAT ? 2 : 3;
	case CONST_COMPLEX:
		return 4;
	default:
		return -1;
	}
}

static Const *
addfloat(const Flt *a, const Flt *b, bool minus)
{
	mpz_t x, y;
	int64_t e, ta = a->e + bitlen(a->m), tb = b->e + bitlen(b->m);
	bool sticky = false;

	mpz_init_set(x, a->m);
	mpz_init_set(y, b->m);
	if (minus)
		mpz_neg(y, y);
	if (mpz_sgn(x) == 0 || mpz_sgn(y) == 0) {
		e = mpz_sgn(x) == 0 ? b->e : a->e;
		mpz_add(x, x, y);
	} else if (ta - tb > 3 * CONST_PREC || tb - ta > 3 * CONST_PREC) {
		/* The smaller one only matters as "a little more" or "a little less". */
		if (ta < tb) {
			mpz_swap(x, y);
			e = b->e;
		} else
			e = a->e;
		mpz_mul_2exp(x, x, 2 * CONST_PREC);
		e -= 2 * CONST_PREC;
		if (mpz_sgn(y) > 0)
			mpz_add_ui(x, x, 1);
		else
			mpz_sub_ui(x, x, 1);
	} else {
		e = a->e < b->e ? a->e : b->e;
		mpz_mul_2exp(x, x, (mp_bitcnt_t)(a->e - e));
		mpz_mul_2exp(y, y, (mp_bitcnt_t)(b->e - e));
		mpz_add(x, x, y);
	}
	mpz_clear(y);
	return const_mkfloat(x, e, sticky);
}

static Const *
floatop(Token op, const Flt *a, const Flt *b)
{
	mpz_t z;

	switch (op) {
	case TK_ADD:
		return addfloat(a, b, false);
	case TK_SUB:
		return addfloat(a, b, true);
	case TK_MUL:
		mpz_init(z);
		mpz_mul(z, a->m, b->m);
		return const_mkfloat(z, a->e + b->e, false);
	case TK_DIV:
		if (mpz_sgn(b->m) == 0)
			return NULL;
		return quofloat(a->m, b->m, a->e - b->e);
	default:
		return NULL;
	}
}

static void
getrat(const Const *x, mpz_t n, mpz_t d)
{
	if (x->kind == CONST_INT) {
		const_getint(x, n);
		mpz_init_set_ui(d, 1);
	} else {
		mpz_init_set(n, RAT(x)->n);
		mpz_init_set(d, RAT(x)->d);
	}
}

static Const *
ratop(Token op, const Const *x, const Const *y)
{
	mpz_t an, ad, bn, bd;
	Const *c = NULL;

	getrat(x, an, ad);
	getrat(y, bn, bd);
	switch (op) {
	case TK_ADD:
	case TK_SUB:
		mpz_mul(an, an, bd);
		if (op == TK_ADD)
			mpz_addmul(an, bn, ad);
		else
			mpz_submul(an, bn, ad);
		mpz_mul(ad, ad, bd);
		break;
	case TK_MUL:
		mpz_mul(an, an, bn);
		mpz_mul(ad, ad, bd);
		break;
	case TK_DIV:
		if (mpz_sgn(bn) == 0)
			op = TK_NONE;
		mpz_mul(an, an, bd);
		mpz_mul(ad, ad, bn);
		break;
	default:
		op = TK_NONE;
		break;
	}
	mpz_clear(bn);
	mpz_clear(bd);
	if (op != TK_NONE)
		c = const_mkrat(an, ad);
	else {
		mpz_clear(an);
		mpz_clear(ad);
	}
	return c;
}

static Const *
intop(Token op, const Const *x, const Const *y, bool intdiv)
{
	mpz_t a, b;

	if (x->rep == REP_INT && y->rep == REP_INT) {
		int64_t i = x->i, j = y->i, r;

		switch (op) {
		case TK_ADD:
			if (!__builtin_add_overflow(i, j, &r))
				return const_int(r);
			break;
		case TK_SUB:
			if (!__builtin_sub_overflow(i, j, &r))
				return const_int(r);
			break;
		case TK_MUL:
			if (!__builtin_mul_overflow(i, j, &r))
				return const_int(r);
			break;
		case TK_DIV:
			if (j == 0)
				return NULL;
			if (intdiv && !(i == INT64_MIN && j == -1))
				return const_int(i / j);
			break;
		case TK_REM:
			if (j == 0)
				return NULL;
			return const_int(j == -1 ? 0 : i % j);
		case TK_AND:
			return const_int(i & j);
		case TK_OR:
			return const_int(i | j);
		case TK_XOR:
			return const_int(i ^ j);
		case TK_ANDNOT:
			return const_int(i & ~j);
		default:
			return NULL;
		}
	}
	if (op == TK_DIV && !intdiv)
		return ratop(op, x, y);
	const_getint(x, a);
	const_getint(y, b);
	switch (op) {
	case TK_ADD:
		mpz_add(a, a, b);
		break;
	case TK_SUB:
		mpz_sub(a, a, b);
		break;
	case TK_MUL:
		mpz_mul(a, a, b);
		break;
	case TK_DIV:
	case TK_REM:
		if (mpz_sgn(b) == 0)
			goto bad;
		if (op == TK_DIV)
			mpz_tdiv_q(a, a, b);
		else
			mpz_tdiv_r(a, a, b);
		break;
	case TK_AND:
		mpz_and(a, a, b);
		break;
	case TK_OR:
		mpz_ior(a, a, b);
		break;
	case TK_XOR:
		mpz_xor(a, a, b);
		break;
	case TK_ANDNOT:
		mpz_com(b, b);
		mpz_and(a, a, b);
		break;
	default:
		goto bad;
	}
	mpz_clear(b);
	return const_mkint(a);
bad:
	mpz_clear(a);
	mpz_clear(b);
	return NULL;
}

static Const *
op2(Token op, const Const *x, const Const *y)
{
	return const_binary(op, x, y, false);
}

static Const *
complexop(Token op, const Const *x, const Const *y)
{
	const Const *a = x->cx.re, *b = x->cx.im, *c = y->cx.re, *d = y->cx.im;
	Const *s, *re, *im;

	switch (op) {
	case TK_ADD:
	case TK_SUB:
		return const_complex(op2(op, a, c), op2(op, b, d));
	case TK_MUL:
		return const_complex(op2(TK_SUB, op2(TK_MUL, a, c), op2(TK_MUL, b, d)),
				     op2(TK_ADD, op2(TK_MUL, b, c), op2(TK_MUL, a, d)));
	case TK_DIV:
		s = op2(TK_ADD, op2(TK_MUL, c, c), op2(TK_MUL, d, d));
		if (s->kind == CONST_UNKNOWN)
			return s;
		if (const_sign(s) == 0)
			return NULL;
		re = op2(TK_DIV, op2(TK_ADD, op2(TK_MUL, a, c), op2(TK_MUL, b, d)), s);
		im = op2(TK_DIV, op2(TK_SUB, op2(TK_MUL, b, c), op2(TK_MUL, a, d)), s);
		if (re == NULL || im == NULL)
			return NULL;
		return const_complex(re, im);
	default:
		return NULL;
	}
}

/*
 * Concatenation. A long chain of + extends the result of the one before in
 * place while nobody else has done so, which keeps it linear.
 */
static Const *
concat(const Const *x, const Const *y)
{
	static struct {
		char *p;
		size_t n, cap;
	} last;

	if (x->s.n == 0)
		return (Const *)y;
	if (y->s.n == 0)
		return (Const *)x;
	if (x->s.p != last.p || x->s.n != last.n || last.n + y->s.n > last.cap) {
		last.cap = 2 * (x->s.n + y->s.n);
		last.p = arena_alloc(perm, last.cap);
		last.n = x->s.n;
		memcpy(last.p, x->s.p, x->s.n);
	}
	memcpy(last.p + last.n, y->s.p, y->s.n);
	last.n += y->s.n;
	return const_string(last.p, last.n);
}

Const *
const_binary(Token op, const Const *x, const Const *y, bool intdiv)
{
	int rx, ry;

	if (x->kind == CONST_UNKNOWN || y->kind == CONST_UNKNOWN)
		return &unknown;
	if (x->kind == CONST_BOOL && y->kind == CONST_BOOL) {
		if (op == TK_ANDAND)
			return const_bool(x->b && y->b);
		return op == TK_OROR ? const_bool(x->b || y->b) : NULL;
	}
	if (x->kind == CONST_STRING && y->kind == CONST_STRING)
		return op == TK_ADD ? concat(x, y) : NULL;
	rx = rank(x);
	ry = rank(y);
	if (rx < 0 || ry < 0)
		return NULL;
	if (rx < ry)
		rx = ry;
	switch (rx) {
	case 0:
	case 1:
		return intop(op, x, y, intdiv);
	case 2:
		return ratop(op, x, y);
	case 3: {
		const Const *a = tobigfloat(x), *b = tobigfloat(y);

		if (a->kind == CONST_UNKNOWN || b->kind == CONST_UNKNOWN)
			return &unknown;
		return floatop(op, FLT(a), FLT(b));
	}
	default:
		return complexop(op, const_tocomplex(x), const_tocomplex(y));
	}
}

Const *
const_unary(Token op, const Const *x, const Type *t)
{
	mpz_t z;

	if (x->kind == CONST_UNKNOWN)
		return &unknown;
	switch (op) {
	case TK_ADD:
		return rank(x) >= 0 ? (Const *)x : NULL;
	case TK_NOT:
		return x->kind == CONST_BOOL ? const_bool(!x->b) : NULL;
	case TK_SUB:
		if (x->kind == CONST_COMPLEX)
			return const_complex(const_unary(op, x->cx.re, t), const_unary(op, x->cx.im, t));
		if (x->kind == CONST_INT && x->rep == REP_INT && x->i != INT64_MIN)
			return const_int(-x->i);
		if (x->kind == CONST_INT) {
			const_getint(x, z);
			mpz_neg(z, z);
			return const_mkint(z);
		}
		if (x->kind != CONST_FLOAT)
			return NULL;
		if (x->rep == REP_RAT) {
			mpz_t d;

			mpz_init_set(z, RAT(x)->n);
			mpz_init_set(d, RAT(x)->d);
			mpz_neg(z, z);
			return const_mkrat(z, d);
		}
		mpz_init_set(z, FLT(x)->m);
		mpz_neg(z, z);
		return const_mkfloat(z, FLT(x)->e, false);
	case TK_XOR:
		if (x->kind != CONST_INT)
			return NULL;
		const_getint(x, z);
		mpz_com(z, z);
		if (t != NULL && type_isunsigned((Type *)t)) {
			mpz_t mask;

			/* all ones of the type's width */
			mpz_init_set_ui(mask, 1);
			mpz_mul_2exp(mask, mask, (mp_bitcnt_t)(8 * type_size((Type *)t)));
			mpz_sub_ui(mask, mask, 1);
			mpz_and(z, z, mask);
			mpz_clear(mask);
		}
		return const_mkint(z);
	default:
		return NULL;
	}
}

Const *
const_shift(Token op, const Const *x, unsigned n)
{
	mpz_t z;

	if (x->kind != CONST_INT)
		return &unknown;
	if (n == 0)
		return (Const *)x;
	if (op == TK_SHR && x->rep == REP_INT)
		return const_int(n > 63 ? (x->i < 0 ? -1 : 0) : x->i >> n);
	if (op == TK_SHL && x->rep == REP_INT && x->i == 0)
		return (Const *)x;
	const_getint(x, z);
	if (op == TK_SHL)
		mpz_mul_2exp(z, z, n);
	else
		mpz_fdiv_q_2exp(z, z, n);
	return const_mkint(z);
}

static int
cmpfloat(const Flt *a, const Flt *b)
{
	Const *d = addfloat(a, b, true);

	return const_sign(d);
}

static bool
ordered(Token op, int c)
{
	switch (op) {
	case TK_EQL:
		return c == 0;
	case TK_NEQ:
		return c != 0;
	case TK_LSS:
		return c < 0;
	case TK_LEQ:
		return c <= 0;
	case TK_GTR:
		return c > 0;
	case TK_GEQ:
		return c >= 0;
	default:
		return false;
	}
}

bool
const_compare(Token op, const Const *x, const Const *y)
{
	int rx, ry, c;

	if (x->kind == CONST_UNKNOWN || y->kind == CONST_UNKNOWN)
		return false;
	if (x->kind == CONST_BOOL && y->kind == CONST_BOOL)
		return op == TK_EQL ? x->b == y->b : x->b != y->b;
	if (x->kind == CONST_STRING && y->kind == CONST_STRING) {
		size_t n = x->s.n < y->s.n ? x->s.n : y->s.n;

		c = n > 0 ? memcmp(x->s.p, y->s.p, n) : 0;
		if (c == 0)
			c = (x->s.n > y->s.n) - (x->s.n < y->s.n);
		return ordered(op, c);
	}
	rx = rank(x);
	ry = rank(y);
	if (rx < 0 || ry < 0)
		return false;
	if (rx < ry)
		rx = ry;
	switch (rx) {
	case 0:
		c = (x->i > y->i) - (x->i < y->i);
		break;
	case 1: {
		mpz_t a, b;

		const_getint(x, a);
		const_getint(y, b);
		c = mpz_cmp(a, b);
		mpz_clear(a);
		mpz_clear(b);
		break;
	}
	case 2: {
		mpz_t an, ad, bn, bd;

		getrat(x, an, ad);
		getrat(y, bn, bd);
		mpz_mul(an, an, bd);
		mpz_mul(bn, bn, ad);
		c = mpz_cmp(an, bn);
		mpz_clear(an);
		mpz_clear(ad);
		mpz_clear(bn);
		mpz_clear(bd);
		break;
	}
	case 3: {
		const Const *a = tobigfloat(x), *b = tobigfloat(y);

		if (a->kind == CONST_UNKNOWN || b->kind == CONST_UNKNOWN)
			return false;
		c = cmpfloat(FLT(a), FLT(b));
		break;
	}
	default: {
		const Const *a = const_tocomplex(x), *b = const_tocomplex(y);
		bool same = const_compare(TK_EQL, a->cx.re, b->cx.re) && const_compare(TK_EQL, a->cx.im, b->cx.im);

		return op == TK_EQL ? same : !same;
	}
	}
	return ordered(op, c);
}

/* ---- representability ---- */

static Const *
round64(const Const *x)
{
	double d = const_float64(x);

	return isinf(d) ? NULL : const_float(d);
}

static Const *
round32(const Const *x)
{
	float f = const_float32(x);

	return isinf(f) ? NULL : const_float(f);
}

bool
const_representable(const Const *x, const Type *t, Const **out)
{
	Const *c, *re, *im;
	const Type *u = type_under((Type *)t);
	int bits, k = u->kind;

	if (x->kind == CONST_UNKNOWN)
		return true;
	switch (k) {
	case T_INT:
	case T_INT8:
	case T_INT16:
	case T_INT32:
	case T_INT64:
	case T_UINT:
	case T_UINT8:
	case T_UINT16:
	case T_UINT32:
	case T_UINT64:
	case T_UINTPTR:
	case T_UNTYPED_INT:
	case T_UNTYPED_RUNE:
		c = const_toint(x);
		if (c->kind != CONST_INT)
			return false;
		if (out != NULL)
			*out = c;
		if (k == T_UNTYPED_INT || k == T_UNTYPED_RUNE)
			return true;
		bits = 8 * (int)type_size(typ[k]);
		if (k >= T_UINT)
			return const_sign(c) >= 0 && const_bitlen(c) <= bits;
		if (c->rep != REP_INT)
			return false;
		return bits == 64 || (c->i >= -((int64_t)1 << (bits - 1)) && c->i < (int64_t)1 << (bits - 1));
	case T_FLOAT32:
	case T_FLOAT64:
	case T_UNTYPED_FLOAT:
		c = const_tofloat(x);
		if (c->kind != CONST_FLOAT)
			return false;
		if (k == T_UNTYPED_FLOAT) {
			if (out != NULL)
				*out = c;
			return true;
		}
		c = k == T_FLOAT32 ? round32(c) : round64(c);
		if (c != NULL && out != NULL)
			*out = c;
		return c != NULL;
	case T_COMPLEX64:
	case T_COMPLEX128:
	case T_UNTYPED_COMPLEX:
		c = const_tocomplex(x);
		if (c->kind != CONST_COMPLEX)
			return false;
		if (k == T_UNTYPED_COMPLEX) {
			if (out != NULL)
				*out = c;
			return true;
		}
		re = k == T_COMPLEX64 ? round32(c->cx.re) : round64(c->cx.re);
		im = k == T_COMPLEX64 ? round32(c->cx.im) : round64(c->cx.im);
		if (re == NULL || im == NULL)
			return false;
		if (out != NULL)
			*out = const_complex(re, im);
		return true;
	case T_STRING:
	case T_UNTYPED_STRING:
		return x->kind == CONST_STRING;
	case T_BOOL:
	case T_UNTYPED_BOOL:
		return x->kind == CONST_BOOL;
	default:
		return false;
	}
}
