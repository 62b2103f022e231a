/*
 * fold.c - constant folding and algebraic identities.
 *
 * needs   AN_USES
 * breaks  AN_USES, AN_LIVE
 *
 * One sweep in reverse postorder, so arguments are simplified before their
 * users; loops converge with the second run of the pass. Constants are kept
 * sign-extended to 64 bits from the width of their type, so equal constants
 * have equal aux.
 */
#include <math.h>

#include "ssa/ssa.h"
#include "target/target.h"

static int
bits(VType t)
{
	return vtype_size(t) * 8;
}

/* x as a constant of type t is stored. */
static int64_t
canon(VType t, uint64_t x)
{
	int n = 64 - bits(t);

	return n <= 0 ? (int64_t)x : (int64_t)(x << n) >> n;
}

static uint64_t
unsign(VType t, int64_t x)
{
	int n = 64 - bits(t);

	return n <= 0 ? (uint64_t)x : (uint64_t)x << n >> n;
}

static bool
isconst(const Value *v)
{
	return v->op == OP_CONST;
}

static bool
isval(const Value *v, int64_t i)
{
	return v->op == OP_CONST && v->aux == i;
}

static void
toconst(Value *v, int64_t i)
{
	value_dropargs(v);
	v->op = OP_CONST;
	v->aux = canon(v->type, (uint64_t)i);
	v->slot = NULL;
}

static Value *
constbefore(Func *f, Value *at, VType t, int64_t i)
{
	Value *c = value_newbefore(f, at, OP_CONST, t, at->pos);

	c->aux = canon(t, (uint64_t)i);
	return c;
}

static int
log2of(uint64_t x)
{
	return x != 0 && (x & (x - 1)) == 0 ? __builtin_ctzll(x) : -1;
}

/* Value of a binary operation on constants of type t; false: not to be folded. */
static bool
fold_binary(Op op, VType t, int64_t x, int64_t y, int64_t *r)
{
	uint64_t ux = unsign(t, x), uy = unsign(t, y);
	int n = bits(t);

	/* clang-format off */
	switch (op) {
	case OP_ADD: *r = (int64_t)((uint64_t)x + (uint64_t)y); return true;
	case OP_SUB: *r = (int64_t)((uint64_t)x - (uint64_t)y); return true;
	case OP_MUL: *r = (int64_t)((uint64_t)x * (uint64_t)y); return true;
	case OP_AND: *r = x & y; return true;
	case OP_OR: *r = x | y; return true;
	case OP_XOR: *r = x ^ y; return true;
	case OP_DIVS:
	case OP_MODS:
		if (y == 0)
			return false;
		if (y == -1)
			*r = op == OP_DIVS ? (int64_t)(0 - (uint64_t)x) : 0;
		else
			*r = op == OP_DIVS ? x / y : x % y;
		return true;
	case OP_DIVU:
	case OP_MODU:
		if (uy == 0)
			return false;
		*r = (int64_t)(op == OP_DIVU ? ux / uy : ux % uy);
		return true;
	case OP_ROTL:
		uy &= (uint64_t)(n - 1);
		*r = uy == 0 ? x : (int64_t)(ux << uy | ux >> ((uint64_t)n - uy));
		return true;
	default:
		return false;
	}
	/* clang-format on */
}

static int64_t
fold_shift(Op op, VType t, int64_t x, uint64_t count)
{
	uint64_t n = (uint64_t)bits(t);

	/* clang-format off */
	switch (op) {
	case OP_SHL: return count >= n ? 0 : (int64_t)((uint64_t)x << count);
	case OP_SHRU: return count >= n ? 0 : (int64_t)(unsign(t, x) >> count);
	default: return x >> (count >= n ? n - 1 : count);
	}
	/* clang-format on */
}

static bool
fold_compare(Op op, VType t, int64_t x, int64_t y)
{
	/* clang-format off */
	switch (op) {
	case OP_EQ: return x == y;
	case OP_NE: return x != y;
	case OP_LTS: return x < y;
	case OP_LES: return x <= y;
	case OP_LTU: return unsign(t, x) < unsign(t, y);
	default: return unsign(t, x) <= unsign(t, y);
	}
	/* clang-format on */
}

/* Constants go right, so the rules below need look at one side only. */
static void
normalize(Value *v)
{
	if (v->op < OP_GENERIC_END && op_info[v->op].commutative && v->narg == 2 && isconst(v->arg[0]) &&
	    !isconst(v->arg[1])) {
		Value *t = v->arg[0];

		v->arg[0] = v->arg[1];
		v->arg[1] = t;
	}
}

static void
rewrite1(Func *f, Value *v, Op op, Value *x)
{
	x->nuse++;
	value_dropargs(v);
	x->nuse--;
	v->op = (uint16_t)op;
	v->aux = 0;
	value_addarg(f, v, x);
}

static void
rewrite2(Func *f, Value *v, Op op, Value *x, int64_t c, VType ct)
{
	Value *k = constbefore(f, v, ct, c);

	x->nuse++;
	value_dropargs(v);
	x->nuse--;
	v->op = (uint16_t)op;
	v->aux = 0;
	value_addarg(f, v, x);
	value_addarg(f, v, k);
}

/* (x op c1) op c2 -> x op (c1 op c2) */
static bool
reassociate(Func *f, Value *v)
{
	Value *x = v->arg[0];
	int64_t c;

	if (!isconst(v->arg[1]) || x->op != v->op || x->type != v->type || !isconst(x->arg[1]))
		return false;
	if (!fold_binary(v->op, v->type, x->arg[1]->aux, v->arg[1]->aux, &c))
		return false;
	rewrite2(f, v, v->op, x->arg[0], c, v->type);
	return true;
}

static void
arith(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int64_t r;
	int k;

	if (isconst(x) && isconst(y) && fold_binary(v->op, v->type, x->aux, y->aux, &r)) {
		toconst(v, r);
		return;
	}
	switch (v->op) {
	case OP_ADD:
		if (isval(y, 0))
			value_tocopy(f, v, x);
		else
			reassociate(f, v);
		break;
	case OP_SUB:
		if (x == y)
			toconst(v, 0);
		else if (isconst(y))
			rewrite2(f, v, OP_ADD, x, (int64_t)(0 - (uint64_t)y->aux), v->type);
		else if (isval(x, 0))
			rewrite1(f, v, OP_NEG, y);
		break;
	case OP_MUL:
		if (isval(y, 0))
			toconst(v, 0);
		else if (isval(y, 1))
			value_tocopy(f, v, x);
		else if (isval(y, -1))
			rewrite1(f, v, OP_NEG, x);
		else if (isconst(y) && (k = log2of(unsign(v->type, y->aux))) > 0) {
			rewrite2(f, v, OP_SHL, x, k, VT_I64);
			v->bounded = true;
		} else
			reassociate(f, v);
		break;
	case OP_AND:
		if (isval(y, 0))
			toconst(v, 0);
		else if (isval(y, -1) || x == y)
			value_tocopy(f, v, x);
		else
			reassociate(f, v);
		break;
	case OP_OR:
		if (isval(y, 0) || x == y)
			value_tocopy(f, v, x);
		else if (isval(y, -1))
			toconst(v, -1);
		else
			reassociate(f, v);
		break;
	case OP_XOR:
		if (isval(y, 0))
			value_tocopy(f, v, x);
		else if (x == y)
			toconst(v, 0);
		else if (isval(y, -1))
			rewrite1(f, v, OP_NOT, x);
		else
			reassociate(f, v);
		break;
	case OP_DIVU:
		if (isconst(y) && (k = log2of(unsign(v->type, y->aux))) >= 0) {
			rewrite2(f, v, OP_SHRU, x, k, VT_I64);
			v->bounded = true;
		}
		break;
	case OP_MODU:
		if (isconst(y) && log2of(unsign(v->type, y->aux)) >= 0)
			rewrite2(f, v, OP_AND, x, (int64_t)(unsign(v->type, y->aux) - 1), v->type);
		break;
	case OP_DIVS:
		if (isval(y, 1))
			value_tocopy(f, v, x);
		else if (isval(y, -1))
			rewrite1(f, v, OP_NEG, x);
		break;
	case OP_MODS:
		if (isval(y, 1) || isval(y, -1))
			toconst(v, 0);
		break;
	default:
		break;
	}
}

static void
shift(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];

	if (isval(x, 0)) {
		toconst(v, 0);
		return;
	}
	if (isconst(y)) {
		uint64_t n = unsign(y->type, y->aux);

		if (isconst(x))
			toconst(v, fold_shift(v->op, v->type, x->aux, n));
		else if (n == 0)
			value_tocopy(f, v, x);
		else if (n >= (uint64_t)bits(v->type) && v->op != OP_SHRS)
			toconst(v, 0);
		else if (n >= (uint64_t)bits(v->type)) {
			value_setarg(v, 1, constbefore(f, v, VT_I64, bits(v->type) - 1));
			v->bounded = true;
		} else
			v->bounded = true;
		return;
	}
	/* a count that was masked is bounded */
	while (y->op == OP_ZEXT)
		y = y->arg[0];
	if (y->op == OP_AND && isconst(y->arg[1]) && unsign(y->type, y->arg[1]->aux) < (uint64_t)bits(v->type))
		v->bounded = true;
}

static void
compare(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];

	if (isconst(x) && isconst(y)) {
		toconst(v, fold_compare(v->op, x->type, x->aux, y->aux));
		return;
	}
	if (x == y) {
		toconst(v, v->op == OP_EQ || v->op == OP_LES || v->op == OP_LEU);
		return;
	}
	if (x->type == VT_PTR && isval(y, 0) && (v->op == OP_EQ || v->op == OP_NE) &&
	    (x->nonnil || x->op == OP_SLOTADDR || x->op == OP_SYMADDR || x->op == OP_NEW || x->op == OP_NEWARRAY)) {
		toconst(v, v->op == OP_NE);
		return;
	}
	/* unsigned x < 0 never, 0 <= x always; b != 0 of a boolean is b */
	if (v->op == OP_LTU && isval(y, 0))
		toconst(v, 0);
	else if (v->op == OP_LEU && isval(x, 0))
		toconst(v, 1);
	else if (v->op == OP_LTU && isval(y, 1)) {
		v->op = OP_EQ;
		value_setarg(v, 1, constbefore(f, v, x->type, 0));
	}
}

/* Whether v is an I8 that only takes the values 0 and 1. */
static bool
isbool(const Value *v)
{
	/* clang-format off */
	switch (v->op) {
	case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
	case OP_FEQ: case OP_FNE: case OP_FLT: case OP_FLE: case OP_BOOLNOT:
		return true;
	case OP_CONST:
		return v->aux == 0 || v->aux == 1;
	default:
		return false;
	}
	/* clang-format on */
}

static void
boolnot(Func *f, Value *v)
{
	static const uint16_t inverse[OP_GENERIC_END] = {
		[OP_EQ] = OP_NE, [OP_NE] = OP_EQ, [OP_FEQ] = OP_FNE, [OP_FNE] = OP_FEQ
	};
	static const uint16_t swapped[OP_GENERIC_END] = {
		[OP_LTS] = OP_LES, [OP_LES] = OP_LTS, [OP_LTU] = OP_LEU, [OP_LEU] = OP_LTU
	};
	Value *x = v->arg[0], *a, *b;
	Op op;
	bool swap;

	if (isconst(x)) {
		toconst(v, x->aux == 0);
		return;
	}
	if (x->op == OP_BOOLNOT) {
		value_tocopy(f, v, x->arg[0]);
		return;
	}
	swap = swapped[x->op] != 0;
	op = swap ? swapped[x->op] : inverse[x->op];
	if (op == 0)
		return;
	a = x->arg[swap ? 1 : 0];
	b = x->arg[swap ? 0 : 1];
	value_dropargs(v);
	v->op = (uint16_t)op;
	value_addarg(f, v, a);
	value_addarg(f, v, b);
}

static void
convert(Func *f, Value *v)
{
	Value *x = v->arg[0];

	if (isconst(x)) {
		toconst(v, v->op == OP_ZEXT ? (int64_t)unsign(x->type, x->aux) : x->aux);
		return;
	}
	if (v->type == x->type) {
		value_tocopy(f, v, x);
		return;
	}
	switch (v->op) {
	case OP_TRUNC:
		if (x->op == OP_TRUNC)
			rewrite1(f, v, OP_TRUNC, x->arg[0]);
		else if (x->op == OP_ZEXT || x->op == OP_SEXT) {
			Value *y = x->arg[0];

			if (y->type == v->type)
				value_tocopy(f, v, y);
			else
				rewrite1(f, v, vtype_size(y->type) > vtype_size(v->type) ? OP_TRUNC : x->op, y);
		}
		break;
	case OP_ZEXT:
		if (x->op == OP_ZEXT)
			rewrite1(f, v, OP_ZEXT, x->arg[0]);
		break;
	case OP_SEXT:
		if (x->op == OP_SEXT || x->op == OP_ZEXT)
			rewrite1(f, v, x->op, x->arg[0]);
		break;
	default:
		break;
	}
}

/* Address arithmetic moves into the access; an offset outside of 0..2^31 stays where it is. */
static void
foldaddr(Value *v)
{
	while (v->arg[0]->op == OP_ADDPTR && isconst(v->arg[0]->arg[1])) {
		int64_t off = v->aux + v->arg[0]->arg[1]->aux;

		if (off < INT32_MIN || off > INT32_MAX)
			return;
		v->aux = off;
		value_setarg(v, 0, v->arg[0]->arg[0]);
	}
	if (v->arg[0]->op == OP_SLOTADDR || v->arg[0]->op == OP_SYMADDR)
		return;
}

static void
addptr(Func *f, Value *v)
{
	Value *p = v->arg[0], *o = v->arg[1];

	if (isval(o, 0)) {
		value_tocopy(f, v, p);
		return;
	}
	if (!isconst(o))
		return;
	if ((p->op == OP_SLOTADDR || p->op == OP_SYMADDR) && p->aux + o->aux >= 0 && p->aux + o->aux < INT32_MAX) {
		Op op = p->op;
		int64_t off = p->aux + o->aux;
		ObjSym *sym = p->sym;
		Slot *slot = p->slot;

		value_dropargs(v);
		v->op = (uint16_t)op;
		v->aux = off;
		if (op == OP_SLOTADDR)
			v->slot = slot;
		else
			v->sym = sym;
	} else if (p->op == OP_ADDPTR && isconst(p->arg[1])) {
		int64_t off = p->arg[1]->aux + o->aux;
		Value *k = constbefore(f, v, o->type, off);

		value_setarg(v, 0, p->arg[0]);
		value_setarg(v, 1, k);
	}
}

static void
bounds(Value *v)
{
	Value *i = v->arg[0], *n = v->arg[1];

	if (!isconst(i) || !isconst(n))
		return;
	if (v->aux <= BOUNDS_INDEXU ? (uint64_t)i->aux < (uint64_t)n->aux : (uint64_t)i->aux <= (uint64_t)n->aux)
		value_remove(v);
}

static void
unary(Func *f, Value *v)
{
	Value *x = v->arg[0];

	if (v->op == OP_NEG && x->op == OP_NEG)
		value_tocopy(f, v, x->arg[0]);
	else if (v->op == OP_NOT && x->op == OP_NOT)
		value_tocopy(f, v, x->arg[0]);
	else if (isconst(x))
		toconst(v, v->op == OP_NEG ? (int64_t)(0 - (uint64_t)x->aux) : ~x->aux);
}

static double
fbits(const Value *v)
{
	double d;
	float s;
	uint32_t w = (uint32_t)v->aux;

	if (v->type == VT_F32) {
		memcpy(&s, &w, sizeof s);
		return s;
	}
	memcpy(&d, &v->aux, sizeof d);
	return d;
}

static void
tofconst(Value *v, double d)
{
	float s = (float)d;
	uint32_t w;

	value_dropargs(v);
	v->op = OP_FCONST;
	if (v->type == VT_F32) {
		memcpy(&w, &s, sizeof w);
		v->aux = w;
	} else {
		memcpy(&v->aux, &d, sizeof d);
	}
}

/* Only operations whose result is the same on every CPU are folded; NaN results are not, their bits differ. */
static void
ffold(Value *v)
{
	const Value *x = v->arg[0], *y = v->narg > 1 ? v->arg[1] : NULL;
	double r;

	if (x->op != OP_FCONST || (y != NULL && y->op != OP_FCONST))
		return;
	/* clang-format off */
	switch (v->op) {
	case OP_FADD: r = fbits(x) + fbits(y); break;
	case OP_FSUB: r = fbits(x) - fbits(y); break;
	case OP_FMUL: r = fbits(x) * fbits(y); break;
	case OP_F2F: r = fbits(x); break;
	case OP_FEQ: toconst(v, fbits(x) == fbits(y)); return;
	case OP_FNE: toconst(v, fbits(x) != fbits(y)); return;
	case OP_FLT: toconst(v, fbits(x) < fbits(y)); return;
	case OP_FLE: toconst(v, fbits(x) <= fbits(y)); return;
	default: return;
	}
	/* clang-format on */
	if (!isnan(r))
		tofconst(v, r);
}

static void
select_(Func *f, Value *v)
{
	if (isconst(v->arg[0]))
		value_tocopy(f, v, v->arg[v->arg[0]->aux != 0 ? 1 : 2]);
	else if (v->arg[1] == v->arg[2])
		value_tocopy(f, v, v->arg[1]);
	else if (v->type == VT_I8 && isval(v->arg[1], 1) && isval(v->arg[2], 0) && isbool(v->arg[0]))
		value_tocopy(f, v, v->arg[0]);
}

static void
visit(Func *f, Value *v)
{
	for (int i = 0; i < v->narg; i++)
		if (v->arg[i]->op == OP_COPY)
			value_setarg(v, i, value_uncopy(v->arg[i]));
	normalize(v);
	/* clang-format off */
	switch (v->op) {
	case OP_ADD: case OP_SUB: case OP_MUL: case OP_AND: case OP_OR: case OP_XOR:
	case OP_DIVS: case OP_DIVU: case OP_MODS: case OP_MODU: case OP_ROTL:
		arith(f, v);
		break;
	case OP_SHL: case OP_SHRU: case OP_SHRS:
		shift(f, v);
		break;
	case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
		compare(f, v);
		break;
	case OP_NEG: case OP_NOT:
		unary(f, v);
		break;
	case OP_BOOLNOT:
		boolnot(f, v);
		break;
	case OP_SEXT: case OP_ZEXT: case OP_TRUNC:
		convert(f, v);
		break;
	case OP_P2I:
		if (v->arg[0]->op == OP_I2P)
			value_tocopy(f, v, v->arg[0]->arg[0]);
		else if (isconst(v->arg[0]))
			toconst(v, v->arg[0]->aux);
		break;
	case OP_LOAD: case OP_STORE:
		foldaddr(v);
		break;
	case OP_ADDPTR:
		addptr(f, v);
		break;
	case OP_SELECT:
		select_(f, v);
		break;
	case OP_BOUNDS:
		bounds(v);
		break;
	case OP_ZEROCHECK:
		if (isconst(v->arg[0]) && v->arg[0]->aux != 0)
			value_remove(v);
		break;
	case OP_SHIFTCHECK:
		if (isconst(v->arg[0]) && v->arg[0]->aux >= 0)
			value_remove(v);
		break;
	case OP_FADD: case OP_FSUB: case OP_FMUL: case OP_F2F:
	case OP_FEQ: case OP_FNE: case OP_FLT: case OP_FLE:
		ffold(v);
		break;
	case OP_BITS2F:
		if (isconst(v->arg[0])) {
			int64_t i = v->arg[0]->aux;

			value_dropargs(v);
			v->op = OP_FCONST;
			v->aux = v->type == VT_F32 ? (int64_t)(uint32_t)i : i;
		}
		break;
	default:
		break;
	}
	/* clang-format on */
}

void ssa_fold(Func *f);

void
ssa_fold(Func *f)
{
	int n;
	Block **order = ssa_rpo(f, &n);

	for (int i = 0; i < n; i++) {
		for (Value *v = order[i]->first, *next; v != NULL; v = next) {
			next = v->next;
			visit(f, v);
		}
		if (order[i]->ctl != NULL && order[i]->ctl->op == OP_COPY)
			block_setctl(order[i], value_uncopy(order[i]->ctl));
	}
	ssa_uncopy(f);
}
