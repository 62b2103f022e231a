/*
 * divconst.c - division by a constant becomes multiplication and shifts.
 *
 * needs   nothing
 * breaks  AN_USES, AN_LIVE
 *
 * Source: Granlund and Montgomery, "Division by Invariant Integers using
 * Multiplication"; Warren, "Hacker's Delight", chapter 10. Narrow operands are
 * widened to 64 bits, where one high multiplication by ceil(2^64/d) is exact. Only for targets
 * with 64-bit registers.
 */
#include "ssa/ssa.h"
#include "target/target.h"

typedef struct {
	Func *f;
	Value *at;		/* new values go before it */
} Ins;

static Value *
constant(const Ins *x, uint64_t c)
{
	Value *v = value_newbefore(x->f, x->at, OP_CONST, VT_I64, x->at->pos);

	v->aux = (int64_t)c;
	return v;
}

static Value *
op1(const Ins *x, Op op, VType t, Value *a)
{
	Value *v = value_newbefore(x->f, x->at, op, t, x->at->pos);

	value_addarg(x->f, v, a);
	return v;
}

static Value *
op2(const Ins *x, Op op, Value *a, Value *b)
{
	Value *v = value_newbefore(x->f, x->at, op, VT_I64, x->at->pos);

	value_addarg(x->f, v, a);
	value_addarg(x->f, v, b);
	v->bounded = op == OP_SHL || op == OP_SHRU || op == OP_SHRS;
	return v;
}

static bool
ispow2(uint64_t d)
{
	return (d & (d - 1)) == 0;
}

/* x / d for unsigned 64-bit x; small: x < 2^32 and d < 2^32. */
static Value *
divu(const Ins *x, Value *n, uint64_t d, bool small)
{
	int l = 64 - __builtin_clzll(d - 1);	/* ceil(log2 d), d > 1 and no power of two */
	Value *q, *t;

	if (small)
		return op2(x, OP_MULHU, n, constant(x, UINT64_MAX / d + 1));
	/* m' = floor(2^64 * (2^l - d) / d) + 1: the multiplier is 2^64 + m' */
	{
		unsigned __int128 num = (unsigned __int128)((l == 64 ? 0 : (uint64_t)1 << l) - d) << 64;

		q = op2(x, OP_MULHU, n, constant(x, (uint64_t)(num / d) + 1));
	}
	t = op2(x, OP_SHRU, op2(x, OP_SUB, n, q), constant(x, 1));
	return op2(x, OP_SHRU, op2(x, OP_ADD, t, q), constant(x, (uint64_t)l - 1));
}

/* x / d for signed 64-bit x, d > 1. */
static Value *
divs(const Ins *x, Value *n, uint64_t d, bool small)
{
	Value *q, *sign = op2(x, OP_SHRU, n, constant(x, 63));
	int l;

	if (ispow2(d)) {
		int k = __builtin_ctzll(d);
		Value *bias = op2(x, OP_SHRU, op2(x, OP_SHRS, n, constant(x, 63)), constant(x, 64 - (uint64_t)k));

		return op2(x, OP_SHRS, op2(x, OP_ADD, n, bias), constant(x, (uint64_t)k));
	}
	if (small)
		return op2(x, OP_ADD, op2(x, OP_MULHS, n, constant(x, UINT64_MAX / d + 1)), sign);
	l = 64 - __builtin_clzll(d - 1);
	if (l < 1)
		l = 1;
	/* m = floor(2^(63+l) / d) + 1 - 2^64, negative: n is added back */
	{
		unsigned __int128 m = ((unsigned __int128)1 << (63 + l)) / d + 1;

		q = op2(x, OP_MULHS, n, constant(x, (uint64_t)m));
	}
	q = op2(x, OP_ADD, q, n);
	return op2(x, OP_ADD, op2(x, OP_SHRS, q, constant(x, (uint64_t)l - 1)), sign);
}

static void
expand(Func *f, Value *v)
{
	Ins x = { f, v };
	bool isunsigned = v->op == OP_DIVU || v->op == OP_MODU, mod = v->op == OP_MODS || v->op == OP_MODU;
	int nbits = vtype_size(v->type) * 8;
	bool small = nbits <= 32, negative = false;
	uint64_t d = (uint64_t)v->arg[1]->aux;
	Value *n = v->arg[0], *q;

	if (isunsigned) {
		d = nbits == 64 ? d : d & (((uint64_t)1 << nbits) - 1);
	} else if ((int64_t)d < 0) {
		negative = true;
		d = 0 - d;
	}
	if (d < 2 || (isunsigned && ispow2(d)) || (!isunsigned && d == (uint64_t)1 << 63))
		return;
	if (nbits < 64)
		n = op1(&x, isunsigned ? OP_ZEXT : OP_SEXT, VT_I64, n);
	q = isunsigned ? divu(&x, n, d, small) : divs(&x, n, d, small);
	if (negative && !mod)
		q = op1(&x, OP_NEG, VT_I64, q);
	if (mod)	/* the sign of the divisor does not matter: x - x/|d|*|d| */
		q = op2(&x, OP_SUB, n, op2(&x, OP_MUL, q, constant(&x, d)));
	if (nbits < 64)
		q = op1(&x, OP_TRUNC, v->type, q);
	value_tocopy(f, v, q);
}

void ssa_divconst(Func *f);

void
ssa_divconst(Func *f)
{
	if (f->target->regsize < 8)
		return;
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first, *next; v != NULL; v = next) {
			next = v->next;
			if ((v->op == OP_DIVS || v->op == OP_DIVU || v->op == OP_MODS || v->op == OP_MODU) && v->arg[1]->op == OP_CONST)
				expand(f, v);
		}
	ssa_uncopy(f);
}
