/*
 * divconst.c - division and remainder by constants become multiplications and shifts.
 *
 * needs   nothing
 * breaks  AN_USES, AN_LIVE
 *
 * Algorithms: Granlund and Montgomery, "Division by Invariant Integers using
 * Multiplication"; Warren, "Hacker's Delight", chapter 10. Narrow operands
 * are divided at a larger width, where the magic number always fits.
 */
#include "ssa/ssa.h"
#include "target/target.h"

typedef struct {
	Func *f;
	Value *at;	/* new values go before it */
	VType t;
} Div;

static Value *
make(Div *d, Op op, VType t, Value *x, Value *y)
{
	Value *v = value_newbefore(d->f, d->at, op, t, d->at->pos);

	value_addarg(d->f, v, x);
	if (y != NULL)
		value_addarg(d->f, v, y);
	return v;
}

static Value *
number(Div *d, VType t, int64_t i)
{
	Value *v = value_newbefore(d->f, d->at, OP_CONST, t, d->at->pos);

	v->aux = i;
	return v;
}

static Value *
shift(Div *d, Op op, VType t, Value *x, int n)
{
	return n == 0 ? x : make(d, op, t, x, number(d, VT_I8, n));
}

/* floor(2^n * hi / c) for hi < c, n = 32 or 64; *rem: what is left */
static uint64_t
scaled(uint64_t hi, uint64_t c, int n, uint64_t *rem)
{
	uint64_t q = 0;

	for (int i = 0; i < n; i++) {
		bool carry = hi >> 63;

		hi <<= 1;
		q <<= 1;
		if (carry || hi >= c) {
			hi -= c;
			q |= 1;
		}
	}
	*rem = hi;
	return q;
}

static int
bitlen(uint64_t x)
{
	return x == 0 ? 0 : 64 - __builtin_clzll(x);
}

/* x / c, unsigned, 64 or 32 bits; c is no power of two. */
static Value *
udiv(Div *d, Value *x, uint64_t c)
{
	VType t = d->t;
	int n = t == VT_I64 ? 64 : 32, s = bitlen(c);	/* 2^(s-1) < c < 2^s */
	uint64_t m, rem, e;
	Value *q;

	/* the short form: M = floor(2^(n+s-1) / c) + 1 if its error is small enough */
	m = scaled((uint64_t)1 << (s - 1), c, n, &rem);
	e = c - rem;
	if (e < (uint64_t)1 << (s - 1)) {
		if (t == VT_I32 && d->f->target->regsize == 8) {
			q = make(d, OP_MUL, VT_I64, make(d, OP_ZEXT, VT_I64, x, NULL),
			    number(d, VT_I64, (int64_t)(m + 1)));
			return make(d, OP_TRUNC, t, shift(d, OP_SHRU, VT_I64, q, n + s - 1), NULL);
		}
		q = make(d, OP_MULHU, t, x, number(d, t, n == 32 ? (int32_t)(uint32_t)(m + 1) : (int64_t)(m + 1)));
		return shift(d, OP_SHRU, t, q, s - 1);
	}
	if (t == VT_I32 && d->f->target->regsize == 8) {
		/* M = floor(2^64 / c) + 1: its error is at most c, and that times x is less than 2^64 */
		m = scaled(1, c, 64, &rem) + 1;
		q = make(d, OP_MULHU, VT_I64, make(d, OP_ZEXT, VT_I64, x, NULL), number(d, VT_I64, (int64_t)m));
		return make(d, OP_TRUNC, t, q, NULL);
	}
	/* M = 2^n + m', one bit too many: x * M >> n = x + hi, averaged so that it does not overflow */
	m = s == 64 ? scaled(0 - c, c, n, &rem) : scaled(((uint64_t)1 << s) - c, c, n, &rem);
	q = make(d, OP_MULHU, t, x, number(d, t, n == 32 ? (int32_t)(uint32_t)(m + 1) : (int64_t)(m + 1)));
	x = shift(d, OP_SHRU, t, make(d, OP_SUB, t, x, q), 1);
	return shift(d, OP_SHRU, t, make(d, OP_ADD, t, x, q), s - 1);
}

/* x / c, signed, 64 or 32 bits; |c| is at least 3 and no power of two. */
static Value *
sdiv(Div *d, Value *x, int64_t c)
{
	VType t = d->t;
	int n = t == VT_I64 ? 64 : 32;
	uint64_t a = c < 0 ? 0 - (uint64_t)c : (uint64_t)c, m, rem;
	int s = bitlen(a);	/* 2^(s-1) < a < 2^s */
	Value *q, *sign = shift(d, OP_SHRS, t, x, n - 1);

	if (t == VT_I32 && d->f->target->regsize == 8) {
		/* M = floor(2^(n+s-1) / a) + 1 has 32 bits: no trouble in a 64-bit product */
		m = scaled((uint64_t)1 << (s - 1), a, n, &rem) + 1;
		q = make(d, OP_MUL, VT_I64, make(d, OP_SEXT, VT_I64, x, NULL), number(d, VT_I64, (int64_t)m));
		q = make(d, OP_TRUNC, t, shift(d, OP_SHRS, VT_I64, q, n + s - 1), NULL);
		return c < 0 ? make(d, OP_SUB, t, sign, q) : make(d, OP_SUB, t, q, sign);
	}
	m = scaled((uint64_t)1 << (s - 1), a, n - 1, &rem) + 1;
	if (a - rem < (uint64_t)1 << (s - 1)) {
		/* a bit less will do, and then M is positive */
		q = make(d, OP_MULHS, t, x, number(d, t, (int64_t)m));
		q = shift(d, OP_SHRS, t, q, s - 2);
	} else {
		/* as a signed number M is M - 2^n: add x back */
		m = scaled((uint64_t)1 << (s - 1), a, n, &rem) + 1;
		q = make(d, OP_MULHS, t, x, number(d, t, n == 32 ? (int32_t)(uint32_t)m : (int64_t)m));
		q = shift(d, OP_SHRS, t, make(d, OP_ADD, t, q, x), s - 1);
	}
	return c < 0 ? make(d, OP_SUB, t, sign, q) : make(d, OP_SUB, t, q, sign);
}

/* x / 2^k, rounded to zero. */
static Value *
sdivpow2(Div *d, Value *x, int k)
{
	VType t = d->t;
	int n = t == VT_I64 ? 64 : 32;
	Value *bias = k == 1 ? x : shift(d, OP_SHRS, t, x, n - 1);

	bias = shift(d, OP_SHRU, t, bias, n - k);
	return shift(d, OP_SHRS, t, make(d, OP_ADD, t, x, bias), k);
}

static Value *
signedquotient(Div *d, Value *x, int64_t c)
{
	uint64_t a = c < 0 ? 0 - (uint64_t)c : (uint64_t)c;
	Value *q;

	if (d->t == VT_I32)
		a &= 0xffffffff;
	if (a == 1)
		return c < 0 ? make(d, OP_NEG, d->t, x, NULL) : x;
	if ((a & (a - 1)) != 0)
		return sdiv(d, x, c);
	q = sdivpow2(d, x, __builtin_ctzll(a));
	return c < 0 ? make(d, OP_NEG, d->t, q, NULL) : q;
}

static void
replace(Func *f, Value *v)
{
	Div d = { f, v, (VType)v->type };
	Value *x = v->arg[0], *q, *r;
	int n = vtype_size(d.t);
	int64_t c = v->arg[1]->aux;
	bool sign = v->op == OP_DIVS || v->op == OP_MODS, mod = v->op == OP_MODS || v->op == OP_MODU;
	uint64_t u;

	c = n == 1 ? (int8_t)c : n == 2 ? (int16_t)c : n == 4 ? (int32_t)c : c;
	u = n == 8 ? (uint64_t)c : (uint64_t)c & (((uint64_t)1 << 8 * n) - 1);
	if (c == 0 || n > f->target->regsize)
		return;
	if (n < 4) {
		x = make(&d, sign ? OP_SEXT : OP_ZEXT, VT_I32, x, NULL);
		d.t = VT_I32;
		if (!sign)
			c = (int64_t)u;
	}
	if (sign) {
		/* the most negative divisor: the quotient is 1 for itself, else 0; rare */
		if ((n == 8 && c == INT64_MIN) || (n == 4 && c == INT32_MIN))
			return;
		q = signedquotient(&d, x, c);
	} else if ((u & (u - 1)) == 0) {
		if (mod)
			q = NULL;
		else
			q = shift(&d, OP_SHRU, d.t, x, __builtin_ctzll(u));
	} else {
		q = udiv(&d, x, u);
	}
	if (!mod)
		r = q;
	else if (q == NULL)
		r = make(&d, OP_AND, d.t, x, number(&d, d.t, d.t == VT_I32 ? (int32_t)(u - 1) : (int64_t)(u - 1)));
	else
		r = make(&d, OP_SUB, d.t, x, make(&d, OP_MUL, d.t, q, number(&d, d.t, c)));
	if (n < 4)
		r = make(&d, OP_TRUNC, (VType)v->type, r, NULL);
	value_tocopy(f, v, r);
}

void ssa_divconst(Func *f);

void
ssa_divconst(Func *f)
{
	bool any = false;

	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if ((v->op == OP_DIVS || v->op == OP_DIVU || v->op == OP_MODS || v->op == OP_MODU) &&
			    v->arg[1]->op == OP_CONST) {
				replace(f, v);
				any = true;
			}
	if (any)
		ssa_uncopy(f);
}
