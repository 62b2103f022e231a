/*
 * isel.c - generic operations become machine operations of riscv64.
 *
 * needs   use counts
 * keeps   the graph; use counts
 *
 * An operation takes in addresses, constants, comparisons; select.c says how.
 *
 * There are no flags: a comparison feeds a branch, a selection or a set
 * operation as two registers and a condition. Comparisons look at whole
 * registers, so narrow operands are extended first, unless the operation that
 * makes them is known to do so: Sel.fact says it of every value. Operations on
 * 32 bits extend the sign, loads of 8 and 16 bits do not.
 */
#include "target/riscv64/riscv64.h"

enum { SIGN = 1, ZERO = 2 };	/* a narrow value's register holds it extended so */

typedef struct {
	Func *f;
	uint8_t *fact;		/* by value id */
	int nfact;
} Sel;

static bool
isimm(const Value *v, int32_t *imm)
{
	int64_t i;

	if (!select_isconst(v, &i) || !fits12(i))
		return false;
	*imm = (int32_t)i;
	return true;
}

static bool
iszero(const Value *v)
{
	int64_t i;

	return select_isconst(v, &i) && i == 0;
}

/* A machine operation before `at`. */
static Value *
opbefore(Sel *s, Value *at, int op, VType t, Value *a0, Value *a1, int64_t packed)
{
	Value *v = select_before(s->f, at, (Op)op, t, select_strip(a0));

	if (a1 != NULL)
		value_addarg(s->f, v, select_strip(a1));
	v->size = packed;
	return v;
}

/* ---- what is known of narrow values ---- */

static int factof(const Sel *s, const Value *v, int depth);

static int
allargs(const Sel *s, const Value *v, int from, int depth)
{
	int known = SIGN | ZERO;

	for (int i = from; i < v->narg && known != 0; i++)
		known &= v->arg[i] == v ? known : factof(s, v->arg[i], depth);
	return known;
}

/* From the operation, as select_blocks makes it. */
static int
evaluate(const Sel *s, const Value *v, int depth)
{
	int n = value_size(v), of32 = n == 4 ? SIGN : 0, a, b;
	int64_t c;

	if (n == 8 || !vtype_isint((VType)v->type))
		return SIGN | ZERO;
	/* clang-format off */
	switch (v->op) {
	case OP_CONST:
		select_isconst(v, &c);
		return c >= 0 ? SIGN | ZERO : SIGN;
	case OP_LOAD:
	case OP_ATOMICLOAD:
		return n == 4 ? SIGN : ZERO;
	case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
	case OP_FEQ: case OP_FNE: case OP_FLT: case OP_FLE:
	case OP_ATOMICCAS:
		return SIGN | ZERO;
	case OP_ADD: case OP_SUB: case OP_MUL: case OP_NEG: case OP_SHL: case OP_ROTL: case OP_MULHS: case OP_MULHU:
	case OP_DIVS: case OP_MODS: case OP_ATOMICXCHG: case OP_ATOMICADD: case OP_ATOMICAND: case OP_ATOMICOR:
	case OP_F2S: case OP_F2BITS: case OP_WBFLAG:
		return of32;
	case OP_SHRU: case OP_DIVU: case OP_MODU:
		return n == 4 ? SIGN : ZERO;
	case OP_SHRS:
		return SIGN;
	case OP_AND:
		a = factof(s, v->arg[0], depth);
		b = factof(s, v->arg[1], depth);
		/* one that is known to be small makes the result small */
		return a == (SIGN | ZERO) || b == (SIGN | ZERO) ? SIGN | ZERO : ((a | b) & ZERO) | (a & b & SIGN);
	case OP_OR: case OP_XOR: case OP_BOOLNOT: case OP_PHI: case OP_COPY:
		return allargs(s, v, 0, depth);
	case OP_SELECT:
		return allargs(s, v, 1, depth);
	case OP_NOT:
		return factof(s, v->arg[0], depth) & SIGN;
	case OP_SEXT:
		return SIGN;
	case OP_ZEXT:
		return SIGN | ZERO;
	default:
		return 0;
	}
	/* clang-format on */
}

static int
factof(const Sel *s, const Value *v, int depth)
{
	if (v->id < s->nfact)
		return s->fact[v->id];
	return depth < 8 && v->op < OP_GENERIC_END ? evaluate(s, v, depth + 1) : 0;
}

/* Everything is taken for true first; then what is not goes, until nothing changes. */
static void
findfacts(Sel *s, Block **rpo, int n)
{
	bool again = true;

	s->nfact = s->f->nvalue;
	s->fact = NEWN(s->f->a, uint8_t, s->nfact + 1);
	memset(s->fact, SIGN | ZERO, (size_t)s->nfact);
	while (again) {
		again = false;
		for (int i = 0; i < n; i++)
			for (int k = 0; k < 2; k++)
				for (Value *v = k == 0 ? rpo[i]->phis : rpo[i]->first; v != NULL; v = v->next) {
					int is = s->fact[v->id] & evaluate(s, v, 0);

					if (is != s->fact[v->id]) {
						s->fact[v->id] = (uint8_t)is;
						again = true;
					}
				}
	}
}

/* A value of 64 bits that is x extended; how: SIGN or ZERO. */
static Value *
extend(Sel *s, Value *at, Value *x, int how)
{
	int n = value_size(x);
	int64_t c;

	if (n == 8)
		return x;
	if (select_isconst(x, &c)) {
		if (how == ZERO)
			c &= (int64_t)(((uint64_t)1 << 8 * n) - 1);
		return select_const(s->f, at, VT_I64, c);
	}
	if (factof(s, x, 0) & how)
		return x;
	return select_before(s->f, at, how == SIGN ? OP_SEXT : OP_ZEXT, VT_I64, x);
}

/* ---- memory operands ---- */

static const AddrRules rules = { .maxdisp = (1 << 30) - 1, .neardisp = 2047, .maxscale = -1 };

static Mem
address(Value *p, int64_t off)
{
	return select_mem(&rules, p, off, NULL, false);
}

/* A load that `at`, its only user, may do itself. */
static bool
canfold(const Value *ld, const Value *at)
{
	return ld->op == OP_LOAD && select_canfold(ld, at);
}

static Mem
loadmem(Value *ld)
{
	ld->mark = false;	/* its user faults in its place */
	return address(ld->arg[0], ld->aux);
}

/* ---- conditions ---- */

typedef struct {
	enum { COND_INT, COND_ZERO, COND_FLOAT } kind;
	int cc;
	Value *x, *y;		/* y: not of COND_ZERO */
} Cond;

static Cond
intcond(int cc, Value *x, Value *y)
{
	if (iszero(y))
		return (Cond){ COND_ZERO, cc, x, NULL };
	if (iszero(x))
		return (Cond){ COND_ZERO, cc | CC_SWAP, y, NULL };
	return (Cond){ COND_INT, cc, x, y };
}

static Cond
compare(Sel *s, Value *at, int op, Value *x, Value *y)
{
	bool sign = op == OP_LTS || op == OP_LES ||
	    value_size(x) == 4; /* extended signs keep the order of unsigned numbers too */
	int64_t c;

	if ((op == OP_EQ || op == OP_NE) && x->op == OP_AND && x->nuse == 1 && value_size(x) >= 4 && iszero(y) &&
	    select_isconst(x->arg[1], &c) && !fits12(c) && (c & (int64_t)((uint64_t)c - 1)) == 0) {
		/* one bit: it becomes the sign */
		int bit = __builtin_ctzll((uint64_t)c);

		x = opbefore(s, at, M_SLLI, VT_I64, x->arg[0], NULL, IW(63 - bit, 8));
		return (Cond){ COND_ZERO, op == OP_NE ? CC_LT : CC_GE, x, NULL };
	}
	x = extend(s, at, x, sign ? SIGN : ZERO);
	y = extend(s, at, y, sign ? SIGN : ZERO);
	/* clang-format off */
	switch (op) {
	case OP_EQ: return iszero(x) ? intcond(CC_EQ, y, x) : intcond(CC_EQ, x, y);
	case OP_NE: return iszero(x) ? intcond(CC_NE, y, x) : intcond(CC_NE, x, y);
	case OP_LTS: return intcond(CC_LT, x, y);
	case OP_LES: return intcond(CC_GE, y, x);
	case OP_LTU: return intcond(CC_LTU, x, y);
	default: return intcond(CC_GEU, y, x);
	}
	/* clang-format on */
}

/* What must be compared, before `at`, to know whether c is true. */
static Cond
condition(Sel *s, Value *at, Value *c, int depth)
{
	if (select_isnear(c, at->block))
		/* clang-format off */
		switch (c->op) {
		case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
			return compare(s, at, c->op, c->arg[0], c->arg[1]);
		case OP_FEQ:
			return (Cond){ COND_FLOAT, CC_FEQ, c->arg[0], c->arg[1] };
		case OP_FNE:
			return (Cond){ COND_FLOAT, CC_FNE, c->arg[0], c->arg[1] };
		case OP_FLT:
			return (Cond){ COND_FLOAT, CC_FLT, c->arg[0], c->arg[1] };
		case OP_FLE:
			return (Cond){ COND_FLOAT, CC_FLE, c->arg[0], c->arg[1] };
		case OP_BOOLNOT:
			if (depth < 8) {
				Cond r = condition(s, at, c->arg[0], depth + 1);

				r.cc ^= 1;
				return r;
			}
			break;
		default:
			break;
		}
		/* clang-format on */
	return (Cond){ COND_ZERO, CC_NE, extend(s, at, c, ZERO), NULL };
}

/* fl, the last value of a block, becomes the branch. */
static int
branch(void *ctx, Value *fl, Value *c)
{
	Sel *s = ctx;
	Cond k = condition(s, fl, c, 0);
	int w = k.kind == COND_FLOAT ? value_size(k.x) : 8;

	select_op(s->f, fl,
	    k.kind == COND_INT      ? M_BR :
		k.kind == COND_ZERO ? M_BRZ :
				      M_FBR,
	    k.x, k.y, NULL, CW(k.cc, w));
	return k.cc;
}

static void
selectop(Sel *s, Value *v)
{
	Cond k = condition(s, v, v->arg[0], 0);
	bool isfloat = vtype_isfloat((VType)v->type);
	Value *arg[4] = { v->arg[2], v->arg[1], k.x, k.y };

	select_setargs(s->f, v, arg, k.y != NULL ? 4 : 3);
	v->op = (uint16_t)(k.kind == COND_INT ? (isfloat ? M_FSEL : M_SEL) :
		k.kind == COND_ZERO           ? (isfloat ? M_FSELZ : M_SELZ) :
		isfloat                       ? M_FSELF :
						M_SELF);
	v->size = CW(k.cc, k.kind == COND_FLOAT ? value_size(arg[2]) : 8);
}

/* v becomes 1 - op(x, y). */
static void
becomenot(Sel *s, Value *v, int op, Value *x, Value *y, int64_t packed)
{
	select_op(s->f, v, M_XORI, opbefore(s, v, op, VT_I8, x, y, packed), NULL, NULL, IW(1, 8));
}

static void
set(Sel *s, Value *v, bool not, int op, Value *x, Value *y, int64_t packed)
{
	if (not)
		becomenot(s, v, op, x, y, packed);
	else
		select_op(s->f, v, op, x, y, NULL, packed);
}

static void
setzero(Sel *s, Value *v, int cc, Value *x)
{
	switch (cc) {
	case CC_EQ:
	case CC_EQ | CC_SWAP:
	case CC_GEU | CC_SWAP:
		select_op(s->f, v, M_SLTIU, x, NULL, NULL, IW(1, 8));
		break;
	case CC_NE:
	case CC_NE | CC_SWAP:
	case CC_LTU | CC_SWAP:
		select_op(s->f, v, M_SNEZ, x, NULL, NULL, W(8));
		break;
	case CC_LT:
	case CC_GE:
		set(s, v, cc == CC_GE, M_SRLI, x, NULL, IW(63, 8));
		break;
	case CC_LT | CC_SWAP:
	case CC_GE | CC_SWAP:
		set(s, v, cc == (CC_GE | CC_SWAP), M_SGTZ, x, NULL, W(8));
		break;
	default:	/* nothing unsigned is below zero */
		select_op(s->f, v, M_MOVC, NULL, NULL, NULL, W(8));
		v->aux = cc == CC_GEU;
	}
}

static void
setcc(Sel *s, Value *v)
{
	Cond k = condition(s, v, v, 0);
	bool not = (k.cc & 1) != 0;
	int64_t c;
	int32_t imm;

	if (k.kind == COND_ZERO) {
		setzero(s, v, k.cc, k.x);
		return;
	}
	if (k.kind == COND_FLOAT) {
		int op = (k.cc & ~1) == CC_FEQ ? M_FEQ : (k.cc & ~1) == CC_FLT ? M_FLT : M_FLE;

		set(s, v, not, op, k.x, k.y, W(value_size(k.x)));
		return;
	}
	if (k.cc == CC_EQ || k.cc == CC_NE) {
		Value *x = isimm(k.y, &imm) ? opbefore(s, v, M_XORI, VT_I64, k.x, NULL, IW(imm, 8)) :
				isimm(k.x, &imm) ? opbefore(s, v, M_XORI, VT_I64, k.y, NULL, IW(imm, 8)) :
						   opbefore(s, v, M_XOR, VT_I64, k.x, k.y, W(8));

		setzero(s, v, k.cc, x);
		return;
	}
	if (isimm(k.y, &imm)) {
		set(s, v, not, k.cc < CC_LTU ? M_SLTI : M_SLTIU, k.x, NULL, IW(imm, 8));
	} else if (select_isconst(k.x, &c) && fits12(c + 1) && !(k.cc >= CC_LTU && c == -1)) {
		/* c < y is not y < c + 1 */
		set(s, v, !not, k.cc < CC_LTU ? M_SLTI : M_SLTIU, k.y, NULL, IW((int32_t)c + 1, 8));
	} else {
		set(s, v, not, k.cc < CC_LTU ? M_SLT : M_SLTU, k.x, k.y, W(8));
	}
}

/* ---- operations ---- */

static void
binary(Sel *s, Value *v, int rr, int ri)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int32_t imm;

	if (ri != 0 && isimm(x, &imm) && y->op != OP_CONST) {
		value_swap(&x, &y);
	}
	if (ri != 0 && isimm(y, &imm))
		select_op(s->f, v, ri, x, NULL, NULL, IW(imm, rr == M_ADD ? value_width(v) : 8));
	else
		select_op(s->f, v, rr, x, y, NULL, W(rr == M_AND || rr == M_OR || rr == M_XOR ? 8 : value_width(v)));
}

static void
addptr(Sel *s, Value *v)
{
	Mem m = select_mem(&rules, v, 0, NULL, true);

	if (m.am != AM_BASE)
		select_memop(s->f, v, M_LEA0, NULL, NULL, &m, W(8));
	else if (m.reg[0] == v)
		select_op(s->f, v, M_ADD, v->arg[0], v->arg[1], NULL, W(8));
	else if (fits12(m.disp))
		select_op(s->f, v, M_ADDI, m.reg[0], NULL, NULL, IW((int32_t)m.disp, 8));
	else
		select_op(s->f, v, M_ADD, m.reg[0], select_const(s->f, v, VT_I64, m.disp), NULL, W(8));
}

static void
mul(Sel *s, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int64_t c;

	if (x->op == OP_CONST) {
		value_swap(&x, &y);
	}
	if (select_isconst(y, &c) && c > 0 && (c & (c - 1)) == 0)
		select_op(s->f, v, M_SLLI, x, NULL, NULL, IW(__builtin_ctzll((uint64_t)c), value_width(v)));
	else
		select_op(s->f, v, M_MUL, x, y, NULL, W(value_width(v)));
}

static void
mulhigh(Sel *s, Value *v)
{
	bool sign = v->op == OP_MULHS;
	Value *p;

	if (value_size(v) == 8) {
		select_op(s->f, v, sign ? M_MULHS : M_MULHU, v->arg[0], v->arg[1], NULL, W(8));
		return;
	}
	p = opbefore(s, v, M_MUL, VT_I64, extend(s, v, v->arg[0], sign ? SIGN : ZERO),
	    extend(s, v, v->arg[1], sign ? SIGN : ZERO), W(8));
	select_op(s->f, v, M_SRAI, p, NULL, NULL, IW(32, 8));
}

static void and (Sel * s, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int64_t c;

	if (x->op == OP_CONST) {
		value_swap(&x, &y);
	}
	if (select_isconst(y, &c) && (c == 0xffff || c == 0xffffffff) && value_size(v) >= 4)
		select_op(s->f, v, M_ZX, x, NULL, NULL, W(c == 0xffff ? 2 : 4));
	else
		binary(s, v, M_AND, M_ANDI);
}

/* x << n | x >> bits - n; the count n is below the width. */
static void
rotatenarrow(Sel *s, Value *v)
{
	Func *f = s->f;
	VType t = (VType)v->type;
	int bits = 8 * value_size(v);
	Value *x = v->arg[0], *n, *left, *right;

	n = opbefore(s, v, M_ANDI, VT_I64, v->arg[1], NULL, IW(bits - 1, 8));
	left = opbefore(s, v, M_SLL, t, x, n, W(4));
	right = opbefore(s, v, M_SUB, VT_I64, select_const(f, n, VT_I64, bits), n, W(8));
	right = opbefore(s, v, M_SRL, t, extend(s, n, x, ZERO), right, W(4));
	select_op(s->f, v, M_OR, left, right, NULL, W(8));
}

static void
rotate(Sel *s, Value *v)
{
	int64_t c;

	if (value_size(v) < 4) {
		rotatenarrow(s, v);
		return;
	}
	if (!select_isconst(v->arg[1], &c))
		select_op(s->f, v, M_ROL, v->arg[0], v->arg[1], NULL, W(value_size(v)));
	else if ((c & (8 * value_size(v) - 1)) == 0)
		select_op(s->f, v, M_SLLI, v->arg[0], NULL, NULL, IW(0, value_size(v)));
	else
		select_op(s->f, v, M_ROLI, v->arg[0], NULL, NULL,
		    IW((int32_t)(c & (8 * value_size(v) - 1)), value_size(v)));
}

static void
shift(Sel *s, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v), bits = 8 * value_size(v), op = v->op;
	bool bounded;
	int64_t c;

	if (op != OP_SHL && value_size(x) < 4)
		x = extend(s, v, x, op == OP_SHRS ? SIGN : ZERO);
	if (select_isconst(y, &c)) {
		uint64_t n = select_unsigned(y, c);

		if (n >= (uint64_t)bits)	/* of OP_SHRS only: the sign stays */
			n = (uint64_t)bits - 1;
		select_op(s->f, v,
		    op == OP_SHL      ? M_SLLI :
			op == OP_SHRU ? M_SRLI :
					M_SRAI,
		    x, NULL, NULL, IW((int32_t)n, w));
		return;
	}
	bounded = select_isbounded(v, &y);
	if (bounded)
		select_op(s->f, v, op == OP_SHL ? M_SLL : op == OP_SHRU ? M_SRL : M_SRA, x, y, NULL, W(w));
	else
		select_op(s->f, v,
		    op == OP_SHL      ? M_SLLV :
			op == OP_SHRU ? M_SRLV :
					M_SRAV,
		    x, extend(s, v, y, ZERO), NULL, W(w));
}

static void
divide(Sel *s, Value *v)
{
	int how = v->op == OP_DIVS || v->op == OP_MODS ? SIGN : ZERO;
	int op = v->op == OP_DIVS ? M_DIVS : v->op == OP_MODS ? M_MODS : v->op == OP_DIVU ? M_DIVU : M_MODU;
	Value *x = v->arg[0], *y = v->arg[1];

	if (value_size(v) < 4) {
		x = extend(s, v, x, how);
		y = extend(s, v, y, how);
	}
	select_op(s->f, v, op, x, y, NULL, W(value_width(v)));
}

static void
store(Sel *s, Value *v)
{
	Value *x = v->arg[1];
	int w = value_size(x);
	Mem m = address(v->arg[0], v->aux);

	if (w > 8)
		bug("riscv64 isel: store of %d bytes", w);
	if (iszero(x) || (x->op == OP_FCONST && x->aux == 0))
		select_memop(s->f, v, M_STZ, NULL, NULL, &m, W(w));
	else
		select_memop(s->f, v, vtype_isfloat((VType)x->type) ? M_FST : M_ST, x, NULL, &m, W(w));
}

enum { UNROLL = 128, PIECES = 8 };	/* bytes, or pieces if words cannot be used; more is done in a loop */

/* What addresses of v's memory are multiples of, 8 at most. */
static int
alignment(const Value *v)
{
	int64_t a = v->gctype != NULL ? v->gctype->align : v->size & -v->size;

	return a >= 8 || a <= 0 ? 8 : (int)a;
}

static bool
unrolled(const Value *v, int *align)
{
	*align = alignment(v);
	return *align == 8 ? v->size <= UNROLL : v->size <= PIECES * *align;
}

static bool
isimm32(const Value *v, int64_t *i)
{
	return select_isconst(v, i) && fits32(*i);
}

/* cc CC_GEU: fails if index >= length; CC_LTU: if length < index. */
static void
bounds(Sel *s, Value *v)
{
	int how = value_size(v->arg[0]) == 4 ? SIGN : ZERO;
	int cc = v->aux == BOUNDS_INDEX || v->aux == BOUNDS_INDEXU ? CC_GEU : CC_LTU;
	Value *x = extend(s, v, v->arg[0], how), *n = extend(s, v, v->arg[1], how);
	int64_t i;

	/* one that fails always is still one instruction, so that the code after it stays in one piece */
	if (isimm32(n, &i))
		select_op(s->f, v, M_BOUNDSI, x, NULL, NULL, ICW((int32_t)i, cc, 8));
	else if (isimm32(x, &i))
		select_op(s->f, v, M_BOUNDSX, n, NULL, NULL, ICW((int32_t)i, cc, 8));
	else
		select_op(s->f, v, M_BOUNDS, x, n, NULL, CW(cc, 8));
}

static void
atomic(Sel *s, Value *v)
{
	Value *x = v->narg > 1 ? v->arg[1] : NULL, *y = v->narg > 2 ? v->arg[2] : NULL;
	Value *p = select_address(s->f, v, v->arg[0], v->aux);
	int w = x != NULL ? value_size(x) : value_size(v);
	bool byte = w == 1 && v->nuse == 0 && (v->op == OP_ATOMICAND || v->op == OP_ATOMICOR);

	v->aux = 0;
	if (w < 4 && !byte && v->op != OP_ATOMICLOAD && v->op != OP_ATOMICSTORE)
		bug("riscv64 isel: %s of %d bytes", op_info[v->op].name, w);
	switch (v->op) {
	case OP_ATOMICLOAD:
		select_op(s->f, v, M_ALOAD, p, NULL, NULL, W(w));
		break;
	case OP_ATOMICSTORE:
		select_op(s->f, v, M_ASTORE, x, p, NULL, W(w));
		break;
	case OP_ATOMICXCHG:
		select_op(s->f, v, M_AMOSWAP, x, p, NULL, W(w));
		break;
	case OP_ATOMICADD:
		if (v->nuse == 0)
			v->type = VT_VOID;
		select_op(s->f, v, v->nuse > 0 ? M_AMOADD : M_AMOADDZ, x, p, NULL, W(w));
		break;
	case OP_ATOMICCAS:
		select_op(s->f, v, M_CAS, w == 4 ? extend(s, v, x, SIGN) : x, y, p, W(w));
		break;
	default:
		if (byte)
			v->type = VT_VOID;
		select_op(s->f, v,
		    v->op == OP_ATOMICAND ? (byte ? M_AMOAND8 : M_AMOAND) :
			byte              ? M_AMOOR8 :
					    M_AMOOR,
		    x, p, NULL, W(w));
	}
}

static void
widen(Sel *s, Value *v)
{
	Value *x = v->arg[0];
	bool sign = v->op == OP_SEXT;
	Mem m;

	if (factof(s, x, 0) & (sign ? SIGN : ZERO)) {
		select_op(s->f, v, OP_COPY, x, NULL, NULL, 0);
	} else if (canfold(x, v)) {
		int w = value_size(x);

		m = loadmem(x);
		select_memop(s->f, v, sign ? M_LDS : M_LDU, NULL, NULL, &m, W(w));
	} else {
		select_op(s->f, v, sign ? M_SX : M_ZX, x, NULL, NULL, W(value_size(x)));
	}
}

static void
convert(Sel *s, Value *v)
{
	Value *x = v->arg[0];

	if (v->op == OP_U2F && value_size(x) == 8) {
		select_op(s->f, v, M_U2F, x, NULL, NULL, WW(value_size(v), 8));
		return;
	}
	if (v->op == OP_U2F)
		x = extend(s, v, x, ZERO);
	else if (value_size(x) < 4)
		x = extend(s, v, x, SIGN);
	select_op(s->f, v, M_S2F, x, NULL, NULL, WW(value_size(v), value_size(x)));
}

static void
load(Sel *s, Value *v)
{
	Mem m = address(v->arg[0], v->aux);
	int w = value_size(v);

	select_memop(s->f, v, vtype_isfloat((VType)v->type) ? M_FLD : w < 4 ? M_LDU : M_LDS, NULL, NULL, &m, W(w));
}

static void
value(void *ctx, Value *v)
{
	Sel *s = ctx;
	Func *f = s->f;
	Value **a = v->arg;
	Mem m;
	int64_t c;

	/* clang-format off */
	switch (v->op) {
	case OP_ADD:
		binary(s, v, M_ADD, M_ADDI);
		break;
	case OP_ADDPTR:
		addptr(s, v);
		break;
	case OP_SUB:
		if (select_isconst(a[1], &c) && c > -2048 && c <= 2048)
			select_op(f, v, M_ADDI, a[0], NULL, NULL, IW((int32_t)-c, value_width(v)));
		else if (iszero(a[0]))
			select_op(f, v, M_NEG, a[1], NULL, NULL, W(value_width(v)));
		else
			binary(s, v, M_SUB, 0);
		break;
	case OP_MUL:
		mul(s, v);
		break;
	case OP_MULHS: case OP_MULHU:
		mulhigh(s, v);
		break;
	case OP_DIVS: case OP_DIVU: case OP_MODS: case OP_MODU:
		divide(s, v);
		break;
	case OP_AND:
		and(s, v);
		break;
	case OP_OR:
		binary(s, v, M_OR, M_ORI);
		break;
	case OP_XOR:
		binary(s, v, M_XOR, M_XORI);
		break;
	case OP_ROTL:
		rotate(s, v);
		break;
	case OP_SHL: case OP_SHRU: case OP_SHRS:
		shift(s, v);
		break;
	case OP_NOT:
		select_op(f, v, M_XORI, a[0], NULL, NULL, IW(-1, 8));
		break;
	case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
	case OP_FEQ: case OP_FNE: case OP_FLT: case OP_FLE:
		setcc(s, v);
		break;
	case OP_BOOLNOT:
		if (a[0]->nuse == 1 && select_iscompare(a[0]))
			setcc(s, v);
		else
			select_op(f, v, M_XORI, a[0], NULL, NULL, IW(1, 8));
		break;
	case OP_SELECT:
		selectop(s, v);
		break;
	case OP_SEXT: case OP_ZEXT:
		widen(s, v);
		break;
	case OP_S2F: case OP_U2F:
		convert(s, v);
		break;
	case OP_LOAD:
		load(s, v);
		break;
	case OP_WBFLAG:
		m = (Mem){ .am = AM_SYM, .sym = ssa_rtsym("writeBarrier") };
		select_memop(f, v, M_LDS, NULL, NULL, &m, W(4));
		break;
	case OP_STORE:
		store(s, v);
		break;
	case OP_BOUNDS:
		bounds(s, v);
		break;
	case OP_ZEROCHECK:
		select_op(f, v, M_ZEROCHK, extend(s, v, a[0], value_size(a[0]) == 4 ? SIGN : ZERO), NULL, NULL, W(8));
		break;
	case OP_SHIFTCHECK:
		select_op(f, v, M_SHIFTCHK, extend(s, v, a[0], SIGN), NULL, NULL, W(8));
		break;
	case OP_ATOMICLOAD: case OP_ATOMICSTORE: case OP_ATOMICXCHG: case OP_ATOMICADD: case OP_ATOMICCAS: case OP_ATOMICAND: case OP_ATOMICOR:
		atomic(s, v);
		break;
	case OP_PREFETCH:	/* no such instruction in rv64gc */
		value_remove(v);
		break;
	default:
		select_unsupported(f, v);
	}
	/* clang-format on */
}

/* clang-format off */
static const Selector selector = {
	.addr = &rules, .value = value, .branch = branch, .unrolled = unrolled,
	.lea = M_LEA0, .zeros = M_ZEROS, .zeroloop = M_ZEROL, .moves = M_MOVES, .moveloop = M_MOVEL,
	.row = {
		[OP_CONST] = { M_MOVC, SELECT_8 },
		[OP_FCONST] = { M_FMOVC, SELECT_SIZE },
		[OP_CALLERPC] = { M_CALLERPC, SELECT_8 },
		[OP_CALLERSP] = { M_CALLERSP, SELECT_8 },
		[OP_NEG] = { M_NEG, SELECT_WIDTH },
		[OP_F2S] = { .op = M_F2S },
		[OP_F2U] = { .op = M_F2U },
		[OP_F2F] = { .op = M_F2F },
		[OP_F2BITS] = { M_F2B, SELECT_SIZE },
		[OP_BITS2F] = { M_B2F, SELECT_SIZE },
		[OP_FADD] = { M_FADD, SELECT_SIZE },
		[OP_FSUB] = { M_FSUB, SELECT_SIZE },
		[OP_FMUL] = { M_FMUL, SELECT_SIZE },
		[OP_FDIV] = { M_FDIV, SELECT_SIZE },
		[OP_FNEG] = { M_FNEG, SELECT_SIZE },
		[OP_FABS] = { M_FABS, SELECT_SIZE },
		[OP_FSQRT] = { M_FSQRT, SELECT_SIZE },
		[OP_FMA] = { M_FMA, SELECT_SIZE },
		[OP_FCOPYSIGN] = { M_FCOPYSIGN, SELECT_SIZE },
		[OP_FMIN] = { M_FMIN, SELECT_SIZE },
		[OP_FMAX] = { M_FMAX, SELECT_SIZE },
		[OP_NILCHECK] = { .op = M_NILCHECK },
		[OP_WB] = { .op = M_WB },
		[OP_PAUSE] = { .op = M_PAUSE },
	},
};
/* clang-format on */

void
riscv64_isel(Func *f)
{
	Sel s = { .f = f };
	int n;
	Block **rpo;

	select_nilchecks(f, UNROLL);
	rpo = ssa_rpo(f, &n);
	findfacts(&s, rpo, n);
	select_blocks(f, rpo, n, &selector, &s);
}
