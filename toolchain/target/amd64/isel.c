/*
 * isel.c - generic operations become machine operations of amd64.
 *
 * needs   use counts
 * keeps   the graph; use counts
 *
 * Blocks are visited users first (reverse of reverse postorder) and walked
 * backwards, so that an operation can take in what feeds it before that is
 * selected: addresses, constants, a load used only here, a comparison. What
 * loses its last use that way is dropped when the walk reaches it. A load is
 * taken in only if no effect stands between it and its new place; Value.num
 * counts the effects before each value of a block.
 *
 * An operation that sets flags stands right before the one that reads them;
 * the allocator puts only moves in between, which keep flags.
 */
#include "target/amd64/amd64.h"

typedef struct {
	int am, scale;
	Value *reg[2];
	int nreg;
	int64_t disp;
	ObjSym *sym;
	Slot *slot;
} Mem;

static bool
fits32(int64_t i)
{
	return i == (int32_t)i;
}

static int
size(const Value *v)
{
	return vtype_size((VType)v->type);
}

/* Registers are at least 32 bits wide: narrow arithmetic is done on 32. */
static int
width(const Value *v)
{
	int n = size(v);

	return n < 4 ? 4 : n;
}

static bool
isimm(const Value *v, int32_t *imm)
{
	int64_t i;

	if (!select_isconst(v, &i) || !fits32(i))
		return false;
	*imm = (int32_t)i;
	return true;
}

/* v becomes op with these arguments; NULL ends the list. */
static void
become(Func *f, Value *v, int op, Value *a0, Value *a1, Value *a2, int64_t packed)
{
	Value *arg[3] = { a0, a1, a2 };
	int n = a0 == NULL ? 0 : a1 == NULL ? 1 : a2 == NULL ? 2 : 3;

	select_setargs(f, v, arg, n);
	v->op = (uint16_t)op;
	v->size = packed;
}

/* v becomes op with up to two register arguments and a memory operand. */
static void
becomemem(Func *f, Value *v, int op, Value *a0, Value *a1, const Mem *m, int32_t imm, int w, int w2)
{
	Value *arg[4];
	int n = 0;

	if (a0 != NULL)
		arg[n++] = a0;
	if (a1 != NULL)
		arg[n++] = a1;
	for (int i = 0; i < m->nreg; i++)
		arg[n++] = m->reg[i];
	select_setargs(f, v, arg, n);
	v->op = (uint16_t)op;
	v->aux = m->disp;
	v->size = am_pack(imm, m->am, m->scale, w, w2, 0);
	if (m->am == AM_SYM)
		v->sym = m->sym;
	else
		v->slot = m->slot;
}

#define W(w) am_pack(0, 0, 0, (w), 0, 0)
#define IW(imm, w) am_pack((imm), 0, 0, (w), 0, 0)
#define WW(w, w2) am_pack(0, 0, 0, (w), (w2), 0)

/* ---- memory operands ---- */

static bool
near(const Value *v, const Block *b)
{
	return v->nuse == 1 || v->block == b;
}

/* index << scale of x, looking through shifts and additions of constants. */
static void
addindex(Mem *m, Value *x, const Block *b)
{
	int64_t c;

	for (;;) {
		if (x->op == OP_ADD && select_isconst(x->arg[1], &c) && near(x, b) && fits32(c) &&
		    fits32(m->disp + c * (1 << m->scale))) {
			m->disp += c * (1 << m->scale);
			x = x->arg[0];
		} else if (x->op == OP_SHL && select_isconst(x->arg[1], &c) && c >= 0 && c + m->scale <= 3 &&
		    near(x, b)) {
			m->scale += (int)c;
			x = x->arg[0];
		} else if (x->op == OP_MUL && select_isconst(x->arg[1], &c) && (c == 2 || c == 4 || c == 8) &&
			   m->scale + __builtin_ctzll((uint64_t)c) <= 3 && near(x, b)) {
			m->scale += __builtin_ctzll((uint64_t)c);
			x = x->arg[0];
		} else {
			break;
		}
	}
	m->reg[m->nreg++] = x;
}

static Mem
addressof(Value *p, int64_t off, const Block *b, bool whole)
{
	Mem m = { .disp = off };
	int64_t c;
	Value *index = NULL, *top = whole ? p : NULL;

	if (!fits32(off))
		bug("amd64 isel: offset %lld of a memory access", (long long)off);
	for (;;) {
		if (p->op == OP_ADDPTR && select_isconst(p->arg[1], &c)) {
			if (!fits32(c) || !fits32(m.disp + c))
				break;
			m.disp += c;
			p = p->arg[0];
		} else if (p->op == OP_ADDPTR && index == NULL &&
		    (p->nuse == 1 || (p->nuse == 2 && p->block == b) || p == top)) {
			/* an element accessed often gets its address in a register once */
			index = p->arg[1];
			p = p->arg[0];
		} else if (p->op == OP_SYMADDR && index == NULL && fits32(m.disp + p->aux)) {
			m.am = AM_SYM;
			m.disp += p->aux;
			m.sym = p->sym;
			return m;
		} else if (p->op == OP_ARGADDR && index == NULL) {
			m.am = AM_ARG;
			m.disp += p->aux;
			return m;
		} else if (p->op == OP_SLOTADDR && fits32(m.disp + p->aux)) {
			m.am = index != NULL ? AM_SLOTX : AM_SLOT;
			m.disp += p->aux;
			m.slot = p->slot;
			if (index != NULL)
				addindex(&m, index, b);
			return m;
		} else {
			break;
		}
	}
	m.am = index != NULL ? AM_INDEX : AM_BASE;
	m.reg[m.nreg++] = p;
	if (index != NULL)
		addindex(&m, index, b);
	return m;
}

static Mem
address(Value *p, int64_t off, const Block *b)
{
	return addressof(p, off, b, false);
}

/* A load that `at`, its only user, may do itself. */
static bool
canfold(const Value *ld, const Value *at, int nbytes)
{
	return (ld->op == OP_LOAD || ld->op == OP_WBFLAG) && ld->nuse == 1 && ld->block == at->block &&
	    ld->num == at->num && size(ld) == nbytes && !ld->volatile_;
}

static Mem
loadmem(Value *ld, const Block *b)
{
	ld->mark = false;	/* its user faults in its place */
	if (ld->op == OP_WBFLAG) {
		Mem m = { .am = AM_SYM, .sym = ssa_rtsym("writeBarrier") };

		return m;
	}
	return address(ld->arg[0], ld->aux, b);
}

/* ---- flags ---- */

static int
swapcc(int cc)
{
	/* clang-format off */
	switch (cc) {
	case CC_L: return CC_G;
	case CC_LE: return CC_GE;
	case CC_G: return CC_L;
	case CC_GE: return CC_LE;
	case CC_B: return CC_A;
	case CC_BE: return CC_AE;
	case CC_A: return CC_B;
	case CC_AE: return CC_BE;
	default: return cc;
	}
	/* clang-format on */
}

/* Makes fl set the flags of comparing x with y; returns which condition is cc then. fl stands where the flags are needed. */
static int
compare(Func *f, Value *fl, int cc, Value *x, Value *y)
{
	int w = size(x);
	int32_t imm;
	int64_t c;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		Value *t = x;

		x = y;
		y = t;
		cc = swapcc(cc);
	}
	if (isimm(y, &imm)) {
		if (imm == 0 && (cc == CC_E || cc == CC_NE) && x->op == OP_AND && x->nuse == 1) {
			int32_t m;

			if (isimm(x->arg[1], &m)) {
				become(f, fl, M_TESTI, x->arg[0], NULL, NULL, IW(m, w));
				return cc;
			}
			if (select_isconst(x->arg[1], &c) && c != 0 && ((uint64_t)c & ((uint64_t)c - 1)) == 0) {
				become(f, fl, M_BTI, x->arg[0], NULL, NULL, IW(__builtin_ctzll((uint64_t)c), w));
				return cc == CC_E ? CC_AE : CC_B;
			}
			become(f, fl, M_TEST, x->arg[0], x->arg[1], NULL, W(w));
			return cc;
		}
		if (canfold(x, fl, w)) {
			Mem m = loadmem(x, fl->block);

			becomemem(f, fl, M_CMPMI, NULL, NULL, &m, imm, w, 0);
			return cc;
		}
		if (imm == 0 && cc != CC_B && cc != CC_AE && cc != CC_BE && cc != CC_A)
			become(f, fl, M_TEST, x, x, NULL, W(w));
		else
			become(f, fl, M_CMPI, x, NULL, NULL, IW(imm, w));
		return cc;
	}
	if (x != y && canfold(y, fl, w)) {
		Mem m = loadmem(y, fl->block);

		becomemem(f, fl, M_CMPM, x, NULL, &m, 0, w, 0);
		return cc;
	}
	if (x != y && canfold(x, fl, w)) {
		Mem m = loadmem(x, fl->block);

		becomemem(f, fl, M_CMPM, y, NULL, &m, 0, w, 0);
		return swapcc(cc);
	}
	become(f, fl, M_CMP, x, y, NULL, W(w));
	return cc;
}

static int
intcc(int op)
{
	/* clang-format off */
	switch (op) {
	case OP_EQ: return CC_E;
	case OP_NE: return CC_NE;
	case OP_LTS: return CC_L;
	case OP_LES: return CC_LE;
	case OP_LTU: return CC_B;
	default: return CC_BE;
	}
	/* clang-format on */
}

static bool
iscompare(const Value *v)
{
	return v->op >= OP_EQ && v->op <= OP_FLE;
}
_Static_assert(OP_FLE == OP_EQ + 9, "comparisons stand together in ops.def");

/* fl becomes what sets the flags for "c is true"; the result is the condition. */
static int
flags(Func *f, Value *fl, Value *c, int depth)
{
	Value *x, *y;

	if (near(c, fl->block))
		switch (c->op) {
		case OP_EQ:
		case OP_NE:
		case OP_LTS:
		case OP_LES:
		case OP_LTU:
		case OP_LEU:
			return compare(f, fl, intcc(c->op), c->arg[0], c->arg[1]);
		case OP_FEQ:
		case OP_FNE:
			become(f, fl, M_UCOMI, c->arg[0], c->arg[1], NULL, W(size(c->arg[0])));
			return c->op == OP_FEQ ? CC_FEQ : CC_FNE;
		case OP_FLT:
		case OP_FLE:
			/* "above" is false for unordered operands, "below" is true: so y > x */
			x = c->arg[0];
			y = c->arg[1];
			become(f, fl, M_UCOMI, y, x, NULL, W(size(x)));
			return c->op == OP_FLT ? CC_A : CC_AE;
		case OP_BOOLNOT:
			if (depth < 8)
				return flags(f, fl, c->arg[0], depth + 1) ^ 1;
			break;
		case OP_AND:
			if (c->nuse == 1 && size(c) == 1) {
				int32_t imm;

				if (isimm(c->arg[1], &imm))
					become(f, fl, M_TESTI, c->arg[0], NULL, NULL, IW(imm, 1));
				else
					become(f, fl, M_TEST, c->arg[0], c->arg[1], NULL, W(1));
				return CC_NE;
			}
			break;
		case OP_LOAD:
			if (canfold(c, fl, 1)) {
				Mem m = loadmem(c, fl->block);

				becomemem(f, fl, M_CMPMI, NULL, NULL, &m, 0, 1, 0);
				return CC_NE;
			}
			break;
		default:
			break;
		}
	become(f, fl, M_TEST, c, c, NULL, W(1));
	return CC_NE;
}

/* ---- operations ---- */

/* The value of at least 32 bits that x stands for. */
static Value *
extend(Func *f, Value *at, Value *x, bool sign)
{
	if (size(x) >= 4)
		return x;
	return select_before(f, at, sign ? OP_SEXT : OP_ZEXT, VT_I32, x);
}

static void
binary(Func *f, Value *v, int rr, int ri, int rm, bool commutes)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = width(v);
	int32_t imm;

	if (commutes &&
	    ((x->op == OP_CONST && y->op != OP_CONST) ||
		(x != y && canfold(x, v, w) && !canfold(y, v, w) && y->op != OP_CONST))) {
		Value *t = x;

		x = y;
		y = t;
	}
	if (ri != 0 && isimm(y, &imm)) {
		become(f, v, ri, x, NULL, NULL, IW(imm, w));
	} else if (commutes && x->nuse > 1 && y->nuse == 1 && y->op == OP_LOAD) {
		/* x lives on: better work in the register of y than on a copy of x */
		become(f, v, rr, y, x, NULL, W(w));
	} else if (rm != 0 && x != y && canfold(y, v, w)) {
		Mem m = loadmem(y, v->block);

		becomemem(f, v, rm, x, NULL, &m, 0, w, 0);
	} else {
		become(f, v, rr, x, y, NULL, W(w));
	}
}

static void
addptr(Func *f, Value *v)
{
	Mem m = addressof(v, 0, v->block, true);	/* at least v itself is taken apart */

	if (m.nreg == 0)
		becomemem(f, v, M_LEA0, NULL, NULL, &m, 0, 8, 0);
	else if (m.reg[0] == v)
		binary(f, v, M_ADD, 0, M_ADDM, false);
	else if (m.am == AM_BASE)
		become(f, v, M_ADDI, m.reg[0], NULL, NULL, IW((int32_t)m.disp, 8));
	else if (m.am == AM_INDEX && m.scale == 0 && m.disp == 0 && m.reg[0] == v->arg[0] && m.reg[1] == v->arg[1])
		binary(f, v, M_ADD, 0, M_ADDM, false);
	else
		becomemem(f, v, M_LEA, NULL, NULL, &m, 0, 8, 0);
}

static void
add(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = width(v);
	int32_t imm;
	int64_t c;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		Value *t = x;

		x = y;
		y = t;
	}
	if (isimm(y, &imm)) {
		if (x->op == OP_ADD && x->nuse == 1 && w == 8 && x->arg[1]->op != OP_CONST &&
		    x->arg[0]->op != OP_CONST) {
			Mem m = { .am = AM_INDEX, .reg = { x->arg[0] }, .nreg = 1, .disp = imm };

			addindex(&m, x->arg[1], v->block);
			becomemem(f, v, M_LEA, NULL, NULL, &m, 0, w, 0);
			return;
		}
		become(f, v, M_ADDI, x, NULL, NULL, IW(imm, w));
		return;
	}
	for (int i = 0; i < 2; i++) {
		if (y->op == OP_SHL && y->nuse == 1 && select_isconst(y->arg[1], &c) && c >= 1 && c <= 3 &&
		    size(y) >= 4) {
			Mem m = { .am = AM_INDEX, .reg = { x, y->arg[0] }, .nreg = 2, .scale = (int)c };

			becomemem(f, v, M_LEA, NULL, NULL, &m, 0, w, 0);
			return;
		}
		Value *t = x;

		x = y;
		y = t;
	}
	binary(f, v, M_ADD, M_ADDI, M_ADDM, true);
}

static void
mul(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = width(v);
	int64_t c;

	if (x->op == OP_CONST) {
		Value *t = x;

		x = y;
		y = t;
	}
	if (select_isconst(y, &c)) {
		if (c > 0 && (c & (c - 1)) == 0) {
			become(f, v, M_SHLI, x, NULL, NULL, IW(__builtin_ctzll((uint64_t)c), w));
			return;
		}
		if (c == 3 || c == 5 || c == 9) {
			Mem m = { .am = AM_INDEX, .reg = { x, x }, .nreg = 2, .scale = c == 3 ? 1 : c == 5 ? 2 : 3 };

			becomemem(f, v, M_LEA, NULL, NULL, &m, 0, w, 0);
			return;
		}
		if (fits32(c)) {
			become(f, v, M_IMULI, x, NULL, NULL, IW((int32_t)c, w));
			return;
		}
	}
	binary(f, v, M_IMUL, 0, M_IMULM, true);
}

static void
conjunction(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int64_t c;

	if (x->op == OP_CONST) {
		Value *t = x;

		x = y;
		y = t;
	}
	if (select_isconst(y, &c) && size(v) >= 4) {
		int from = c == 0xff ? 1 : c == 0xffff ? 2 : c == 0xffffffff && size(v) == 8 ? 4 : 0;

		if (from != 0) {
			become(f, v, M_ZX, x, NULL, NULL, WW(from, 8));
			return;
		}
	}
	binary(f, v, M_AND, M_ANDI, M_ANDM, true);
}

static void
shift(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = width(v), bits = 8 * size(v);
	bool bounded = v->bounded;
	int op = v->op;
	int64_t c;

	if (op == OP_ROTL) {
		if (select_isconst(y, &c))
			become(f, v, M_ROLI, x, NULL, NULL, IW((int32_t)(c & (bits - 1)), size(v)));
		else
			become(f, v, M_ROL, x, y, NULL, W(size(v)));
		return;
	}
	if (select_isconst(y, &c)) {
		/* counts are unsigned of their own width */
		uint64_t n = (uint64_t)c;

		if (size(y) < 8)
			n &= ((uint64_t)1 << 8 * size(y)) - 1;
		if (n >= (uint64_t)bits) {
			if (op != OP_SHRS) {
				become(f, v, M_MOVC, NULL, NULL, NULL, W(w));
				v->aux = 0;
				return;
			}
			n = (uint64_t)bits - 1;
		}
		if (op != OP_SHL)
			x = extend(f, v, x, op == OP_SHRS);
		become(f, v, op == OP_SHL ? M_SHLI : op == OP_SHRU ? M_SHRI : M_SARI, x, NULL, NULL, IW((int32_t)n, w));
		return;
	}
	if (y->op == OP_AND && select_isconst(y->arg[1], &c) && c >= 0 && c < bits) {
		bounded = true;
		if (c == (w == 8 ? 63 : 31))
			y = y->arg[0];
	}
	if (op != OP_SHL)
		x = extend(f, v, x, op == OP_SHRS);
	if (bounded)
		become(f, v, op == OP_SHL ? M_SHL : op == OP_SHRU ? M_SHR : M_SAR, x, y, NULL, W(w));
	else
		become(f, v,
		    op == OP_SHL      ? M_SHLV :
			op == OP_SHRU ? M_SHRV :
					M_SARV,
		    x, y, NULL, am_pack(8 * w - 1, 0, 0, w, size(y), 0));
}

static void
divide(Func *f, Value *v)
{
	bool sign = v->op == OP_DIVS || v->op == OP_MODS;
	int op = v->op == OP_DIVS ? M_DIVS : v->op == OP_MODS ? M_MODS : v->op == OP_DIVU ? M_DIVU : M_MODU;
	int64_t c;
	/* imm 1: the quotient fits, the divisor is not -1 or the operands are narrow */
	int32_t safe = (select_isconst(v->arg[1], &c) && c != -1) || size(v) < 4;
	Value *x = extend(f, v, v->arg[0], sign), *y = extend(f, v, v->arg[1], sign);

	become(f, v, op, x, y, NULL, IW(safe, width(v)));
}

/* Do the upper 32 bits of the register of x hold zero once x is selected? */
static bool
zeroextended(const Value *x)
{
	int64_t c;

	if (x->op == OP_LOAD)
		return vtype_isint((VType)x->type);
	/* narrow operands of these are extended first */
	if (size(x) < 4)
		return x->op == OP_SHRU || x->op == OP_DIVU || x->op == OP_MODU ||
		    (x->op == OP_AND && select_isconst(x->arg[1], &c) && c >= 0);
	if (x->type != VT_I32)
		return false;
	switch (x->op) {
	case OP_ADD:
	case OP_SUB:
	case OP_MUL:
	case OP_AND:
	case OP_OR:
	case OP_XOR:
	case OP_NEG:
	case OP_NOT:
	case OP_SHL:
	case OP_SHRU:
	case OP_SHRS:
	case OP_WBFLAG:
		return true;
	default:
		return false;
	}
}

/* STORE(p, op(LOAD(p), y)): memory op= y */
static bool
readmodifywrite(Func *f, Value *v)
{
	Value *op = v->arg[1], *ld, *y;
	int w = size(op), mr, mi;
	int32_t imm;
	Mem m;

	/* clang-format off */
	switch (op->op) {
	case OP_ADD: mr = M_ADDMR; mi = M_ADDMI; break;
	case OP_SUB: mr = M_SUBMR; mi = 0; break;
	case OP_AND: mr = M_ANDMR; mi = M_ANDMI; break;
	case OP_OR: mr = M_ORMR; mi = M_ORMI; break;
	case OP_XOR: mr = M_XORMR; mi = M_XORMI; break;
	default: return false;
	}
	/* clang-format on */
	if (op->nuse != 1 || op->block != v->block)
		return false;
	ld = op->arg[0];
	y = op->arg[1];
	if (op->op != OP_SUB && !(ld->op == OP_LOAD && ld->arg[0] == v->arg[0] && ld->aux == v->aux)) {
		ld = op->arg[1];
		y = op->arg[0];
	}
	if (ld == y || ld->op != OP_LOAD || !canfold(ld, v, w) || ld->arg[0] != v->arg[0] || ld->aux != v->aux ||
	    !vtype_isint((VType)op->type))
		return false;
	m = loadmem(ld, v->block);
	if (isimm(y, &imm) && mi != 0)
		becomemem(f, v, mi, NULL, NULL, &m, imm, w, 0);
	else if (isimm(y, &imm) && imm != INT32_MIN)
		becomemem(f, v, M_ADDMI, NULL, NULL, &m, -imm, w, 0);
	else
		becomemem(f, v, mr, y, NULL, &m, 0, w, 0);
	return true;
}

static void
store(Func *f, Value *v)
{
	Value *x = v->arg[1];
	int w = size(x);
	int32_t imm;
	Mem m;

	if (w > 8)
		bug("amd64 isel: store of %d bytes", w);
	if (readmodifywrite(f, v))
		return;
	m = address(v->arg[0], v->aux, v->block);
	if (isimm(x, &imm))
		becomemem(f, v, M_STI, NULL, NULL, &m, imm, w, 0);
	else if (x->op == OP_FCONST && x->aux == 0)
		becomemem(f, v, M_STI, NULL, NULL, &m, 0, w, 0);
	else
		becomemem(f, v, vtype_isfloat((VType)x->type) ? M_FST : M_ST, x, NULL, &m, 0, w, 0);
}

enum { UNROLL = 256 };	/* bytes; beyond that string instructions are faster and shorter */

static void
zero(Func *f, Value *v)
{
	Mem m;

	if (v->size == 0) {
		value_remove(v);
		return;
	}
	v->gctype = NULL;
	if (v->size <= UNROLL) {
		m = address(v->arg[0], v->aux, v->block);
		becomemem(f, v, M_ZEROS, NULL, NULL, &m, (int32_t)v->size, 8, 0);
		return;
	}
	select_split(f, v);
	become(f, v, M_ZEROL, select_address(f, v, v->arg[0], v->aux), NULL, NULL, IW((int32_t)v->size, 8));
}

/* The operand without an index. */
static Mem
plain(Value *p, int64_t off, const Block *b)
{
	Mem m = address(p, off, b);

	if (m.am == AM_INDEX || m.am == AM_SLOTX)
		return (Mem){ .am = AM_BASE, .reg = { p }, .nreg = 1, .disp = off };
	return m;
}

static void
move(Func *f, Value *v)
{
	int64_t n;
	Mem d, s;
	MoveSource *src;
	Value *arg[2];
	int nreg = 0;

	if (v->size == 0) {
		value_remove(v);
		return;
	}
	select_split(f, v);
	n = v->size;
	v->gctype = NULL;
	if (n > UNROLL) {
		become(f, v, M_MOVEL, select_address(f, v, v->arg[0], v->aux), v->arg[1], NULL, IW((int32_t)n, 8));
		return;
	}
	d = plain(v->arg[0], v->aux, v->block);
	s = plain(v->arg[1], 0, v->block);
	src = NEW(f->a, MoveSource);
	src->am = s.am;
	src->disp = s.disp;
	if (s.am == AM_SYM)
		src->sym = s.sym;
	else
		src->slot = s.slot;
	v->machine = src;
	for (int i = 0; i < d.nreg; i++)
		arg[nreg++] = d.reg[i];
	for (int i = 0; i < s.nreg; i++)
		arg[nreg++] = s.reg[i];
	select_setargs(f, v, arg, nreg);
	v->op = M_MOVES;
	v->aux = d.disp;
	v->size = am_pack((int32_t)n, d.am, 0, 8, 0, 0);
	if (d.am == AM_SYM)
		v->sym = d.sym;
	else
		v->slot = d.slot;
}

static void
bounds(Func *f, Value *v)
{
	Value *x = v->arg[0], *n = v->arg[1];
	bool index = v->aux == BOUNDS_INDEX || v->aux == BOUNDS_INDEXU;
	int cc = index ? CC_AE : CC_A;
	int32_t i, l;

	if (isimm(x, &i) && isimm(n, &l)) {
		if (i >= 0 && l >= 0 && (i < l || (!index && i == l))) {
			value_remove(v);
			return;
		}
		/* fails always; still one instruction, so that the code after it stays in one piece */
		become(f, v, M_BOUNDSI, x, NULL, NULL, am_pack(l, 0, 0, size(x), 0, cc));
	} else if (isimm(n, &l)) {
		become(f, v, M_BOUNDSI, x, NULL, NULL, am_pack(l, 0, 0, size(x), 0, cc));
	} else if (isimm(x, &i)) {
		become(f, v, M_BOUNDSX, n, NULL, NULL, am_pack(i, 0, 0, size(x), 0, swapcc(cc)));
	} else {
		become(f, v, M_BOUNDS, x, n, NULL, am_pack(0, 0, 0, size(x), 0, cc));
	}
}

static void
atomic(Func *f, Value *v)
{
	Value *x = v->narg > 1 ? v->arg[1] : NULL, *y = v->narg > 2 ? v->arg[2] : NULL;
	Mem m = address(v->arg[0], v->aux, v->block);
	int w = x != NULL ? size(x) : size(v);

	switch (v->op) {
	case OP_ATOMICLOAD:
		becomemem(f, v, M_LD, NULL, NULL, &m, 0, w, 0);
		break;
	case OP_ATOMICSTORE:
		v->type = x->type;
		becomemem(f, v, M_XCHG, x, NULL, &m, 0, w, 0);
		break;
	case OP_ATOMICXCHG:
		becomemem(f, v, M_XCHG, x, NULL, &m, 0, w, 0);
		break;
	case OP_ATOMICADD:
		becomemem(f, v, v->nuse > 0 ? M_XADD : M_LOCKMR, x, NULL, &m, 0x01, w, 0);
		break;
	case OP_ATOMICCAS:
		becomemem(f, v, M_CAS, x, y, &m, 0, w, 0);
		break;
	default:
		becomemem(f, v, v->nuse > 0 ? M_AOP : M_LOCKMR, x, NULL, &m, v->op == OP_ATOMICAND ? 0x21 : 0x09, w, 0);
	}
}

static void
setcc(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL);
	int cc = flags(f, fl, v, 0);

	become(f, v, M_SETCC, NULL, NULL, NULL, am_pack(0, 0, 0, 1, 0, cc));
}

static void
selectop(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL), *yes = v->arg[1], *no = v->arg[2];
	int cc = flags(f, fl, v->arg[0], 0);

	/* two instructions can move on "not equal or unordered", none on "equal and ordered" */
	if (cc == CC_FEQ) {
		Value *t = yes;

		cc = CC_FNE;
		yes = no;
		no = t;
	}
	become(f, v, vtype_isfloat((VType)v->type) ? M_FSEL : M_CMOV, no, yes, NULL, am_pack(0, 0, 0, width(v), 0, cc));
}

static void
floatop(Func *f, Value *v, int rr, int rm, bool commutes)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = size(v);

	if (commutes && x != y && canfold(x, v, w) && !canfold(y, v, w)) {
		Value *t = x;

		x = y;
		y = t;
	}
	if (x != y && canfold(y, v, w) && !(commutes && x->nuse > 1)) {
		Mem m = loadmem(y, v->block);

		becomemem(f, v, rm, x, NULL, &m, 0, w, 0);
		return;
	}
	if (commutes && x->nuse > 1 && y->nuse == 1) {
		Value *t = x;

		x = y;
		y = t;
	}
	become(f, v, rr, x, y, NULL, W(w));
}

static void
widen(Func *f, Value *v)
{
	Value *x = v->arg[0];
	int from = size(x), to = size(v);

	if (v->op == OP_SEXT) {
		if (x->op == OP_LOAD && from < to && canfold(x, v, from)) {
			Mem m = loadmem(x, v->block);

			becomemem(f, v, M_LDS, NULL, NULL, &m, 0, from, width(v));
		} else {
			become(f, v, M_SX, x, NULL, NULL, WW(from, width(v)));
		}
	} else if (zeroextended(x)) {
		become(f, v, OP_COPY, x, NULL, NULL, 0);
	} else {
		become(f, v, M_ZX, x, NULL, NULL, WW(from, width(v)));
	}
}

static void
convert(Func *f, Value *v)
{
	Value *x = v->arg[0];

	switch (v->op) {
	case OP_S2F:
		x = extend(f, v, x, true);
		become(f, v, M_S2F, x, NULL, NULL, WW(size(v), size(x)));
		break;
	case OP_U2F:
		if (size(x) < 8) {
			x = select_before(f, v, OP_ZEXT, VT_I64, x);
			become(f, v, M_S2F, x, NULL, NULL, WW(size(v), 8));
		} else {
			become(f, v, M_U2F, x, NULL, NULL, WW(size(v), 8));
		}
		break;
	case OP_F2S:
		become(f, v, M_F2S, x, NULL, NULL, WW(size(x), width(v)));
		break;
	case OP_F2U:
		become(f, v, size(v) == 8 ? M_F2U : M_F2S, x, NULL, NULL, WW(size(x), 8));
		break;
	case OP_F2F:
		if (size(v) == size(x))
			become(f, v, OP_COPY, x, NULL, NULL, 0);
		else
			become(f, v, M_F2F, x, NULL, NULL, WW(size(x), size(v)));
		break;
	case OP_F2BITS:
		if (x->op == OP_LOAD && canfold(x, v, size(v))) {
			Mem m = loadmem(x, v->block);

			becomemem(f, v, M_LD, NULL, NULL, &m, 0, size(v), 0);
		} else {
			become(f, v, M_F2B, x, NULL, NULL, W(size(v)));
		}
		break;
	default:
		if (x->op == OP_LOAD && canfold(x, v, size(v))) {
			Mem m = loadmem(x, v->block);

			becomemem(f, v, M_FLD, NULL, NULL, &m, 0, size(v), 0);
		} else {
			become(f, v, M_B2F, x, NULL, NULL, W(size(v)));
		}
	}
}

static void
selectvalue(Func *f, Value *v)
{
	Mem m;
	int64_t c;
	Value *x;

	switch (v->op) {
	case OP_PARAM:
	case OP_CLOSURE:
	case OP_RESULT:
	case OP_GETG:
	case OP_KEEPALIVE:
	case OP_DEFERRETURN:
	case OP_COPY:
		break;
	case OP_CALL:
	case OP_CALLCLOSURE:
	case OP_CALLPTR:
	case OP_TAILCALL:
		for (int i = 0; i < v->narg; i++)
			value_setarg(v, i, select_strip(v->arg[i]));
		break;
	case OP_CONST:
		select_isconst(v, &c);
		become(f, v, M_MOVC, NULL, NULL, NULL, W(width(v)));
		v->aux = c;
		break;
	case OP_FCONST:
		become(f, v, M_FMOVC, NULL, NULL, NULL, W(size(v)));
		break;
	case OP_SYMADDR:
	case OP_SLOTADDR:
	case OP_ARGADDR:
		m = address(v, 0, v->block);
		if (m.nreg != 0)
			bug("amd64 isel: offset %lld of an address", (long long)v->aux);
		becomemem(f, v, M_LEA0, NULL, NULL, &m, 0, 8, 0);
		break;
	case OP_CALLERPC:
		become(f, v, M_CALLERPC, NULL, NULL, NULL, W(8));
		break;
	case OP_CALLERSP:
		become(f, v, M_CALLERSP, NULL, NULL, NULL, W(8));
		break;
	case OP_ADD:
		add(f, v);
		break;
	case OP_ADDPTR:
		addptr(f, v);
		break;
	case OP_SUB:
		if (select_isconst(v->arg[1], &c) && fits32(c) && fits32(-c))
			become(f, v, M_ADDI, v->arg[0], NULL, NULL, IW((int32_t)-c, width(v)));
		else if (select_isconst(v->arg[0], &c) && c == 0)
			become(f, v, M_NEG, v->arg[1], NULL, NULL, W(width(v)));
		else
			binary(f, v, M_SUB, 0, M_SUBM, false);
		break;
	case OP_MUL:
		mul(f, v);
		break;
	case OP_MULHS:
	case OP_MULHU:
		if (size(v) < 4)
			bug("amd64 isel: high half of a narrow product");
		become(f, v, v->op == OP_MULHS ? M_MULHS : M_MULHU, v->arg[0], v->arg[1], NULL, W(size(v)));
		break;
	case OP_DIVS:
	case OP_DIVU:
	case OP_MODS:
	case OP_MODU:
		divide(f, v);
		break;
	case OP_DIV128U:
	case OP_MOD128U:
		become(f, v, v->op == OP_DIV128U ? M_DIV128U : M_MOD128U, v->arg[0], v->arg[1], v->arg[2], W(size(v)));
		break;
	case OP_AND:
		conjunction(f, v);
		break;
	case OP_OR:
		binary(f, v, M_OR, M_ORI, M_ORM, true);
		break;
	case OP_XOR:
		if (select_isconst(v->arg[1], &c) && c == -1)
			become(f, v, M_NOT, v->arg[0], NULL, NULL, W(width(v)));
		else
			binary(f, v, M_XOR, M_XORI, M_XORM, true);
		break;
	case OP_SHL:
	case OP_SHRU:
	case OP_SHRS:
	case OP_ROTL:
		shift(f, v);
		break;
	case OP_NEG:
		become(f, v, M_NEG, v->arg[0], NULL, NULL, W(width(v)));
		break;
	case OP_NOT:
		become(f, v, M_NOT, v->arg[0], NULL, NULL, W(width(v)));
		break;
	case OP_CTZ:
	case OP_CLZ:
		become(f, v, v->op == OP_CTZ ? M_CTZ : M_CLZ, v->arg[0], NULL, NULL, W(size(v->arg[0])));
		break;
	case OP_POPCNT:
		x = extend(f, v, v->arg[0], false);
		become(f, v, M_POPCNT, x, NULL, NULL, W(size(x)));
		v->sym = ssa_rtsym("x86HasPOPCNT");
		break;
	case OP_BSWAP:
		if (size(v) == 2)
			become(f, v, M_ROLI, v->arg[0], NULL, NULL, IW(8, 2));
		else
			become(f, v, M_BSWAP, v->arg[0], NULL, NULL, W(size(v)));
		break;
	case OP_EQ:
	case OP_NE:
	case OP_LTS:
	case OP_LES:
	case OP_LTU:
	case OP_LEU:
	case OP_FEQ:
	case OP_FNE:
	case OP_FLT:
	case OP_FLE:
		setcc(f, v);
		break;
	case OP_BOOLNOT:
		if (v->arg[0]->nuse == 1 && iscompare(v->arg[0]))
			setcc(f, v);
		else
			become(f, v, M_XORI, v->arg[0], NULL, NULL, IW(1, 4));
		break;
	case OP_SELECT:
		selectop(f, v);
		break;
	case OP_SEXT:
	case OP_ZEXT:
		widen(f, v);
		break;
	case OP_TRUNC:
	case OP_P2I:
	case OP_I2P:
		become(f, v, OP_COPY, v->arg[0], NULL, NULL, 0);
		break;
	case OP_S2F:
	case OP_U2F:
	case OP_F2S:
	case OP_F2U:
	case OP_F2F:
	case OP_F2BITS:
	case OP_BITS2F:
		convert(f, v);
		break;
	case OP_FADD:
		floatop(f, v, M_FADD, M_FADDM, true);
		break;
	case OP_FSUB:
		floatop(f, v, M_FSUB, M_FSUBM, false);
		break;
	case OP_FMUL:
		floatop(f, v, M_FMUL, M_FMULM, true);
		break;
	case OP_FDIV:
		floatop(f, v, M_FDIV, M_FDIVM, false);
		break;
	case OP_FNEG:
	case OP_FABS:
	case OP_FSQRT:
		become(f, v,
		    v->op == OP_FNEG     ? M_FNEG :
			v->op == OP_FABS ? M_FABS :
					   M_FSQRT,
		    v->arg[0], NULL, NULL, W(size(v)));
		break;
	case OP_FFLOOR:
	case OP_FCEIL:
	case OP_FTRUNC:
	case OP_FRINT:
		become(f, v, M_ROUND, v->arg[0], NULL, NULL,
		    IW(v->op == OP_FFLOOR      ? 9 :
			    v->op == OP_FCEIL  ? 10 :
			    v->op == OP_FTRUNC ? 11 :
						 8,
			size(v)));
		break;
	case OP_FMA:
		become(f, v, M_FMA, v->arg[0], v->arg[1], v->arg[2], W(size(v)));
		break;
	case OP_FCOPYSIGN:
	case OP_FMIN:
	case OP_FMAX:
		become(f, v,
		    v->op == OP_FMIN     ? M_FMIN :
			v->op == OP_FMAX ? M_FMAX :
					   M_FCOPYSIGN,
		    v->arg[0], v->arg[1], NULL, W(size(v)));
		break;
	case OP_LOAD:
		if (v->nuse == 0) {
			/* kept for the fault alone */
			become(f, v, M_NILCHECK, v->arg[0], NULL, NULL, 0);
			v->aux = 0;
			break;
		}
		m = address(v->arg[0], v->aux, v->block);
		becomemem(f, v, vtype_isfloat((VType)v->type) ? M_FLD : M_LD, NULL, NULL, &m, 0, size(v), 0);
		break;
	case OP_WBFLAG:
		m = loadmem(v, v->block);
		becomemem(f, v, M_LD, NULL, NULL, &m, 0, 4, 0);
		break;
	case OP_STORE:
		store(f, v);
		break;
	case OP_ZERO:
		zero(f, v);
		break;
	case OP_MOVE:
		move(f, v);
		break;
	case OP_NILCHECK:
		become(f, v, M_NILCHECK, v->arg[0], NULL, NULL, 0);
		v->aux = 0;
		break;
	case OP_BOUNDS:
		bounds(f, v);
		break;
	case OP_ZEROCHECK:
		if (select_isconst(v->arg[0], &c) && c != 0)
			value_remove(v);
		else
			become(f, v, M_ZEROCHK, v->arg[0], NULL, NULL, W(size(v->arg[0])));
		break;
	case OP_SHIFTCHECK:
		if (select_isconst(v->arg[0], &c) && c >= 0)
			value_remove(v);
		else
			become(f, v, M_SHIFTCHK, v->arg[0], NULL, NULL, W(size(v->arg[0])));
		break;
	case OP_WB:
		become(f, v, M_WB, v->arg[0], v->arg[1], NULL, 0);
		break;
	case OP_ATOMICLOAD:
	case OP_ATOMICSTORE:
	case OP_ATOMICXCHG:
	case OP_ATOMICADD:
	case OP_ATOMICCAS:
	case OP_ATOMICAND:
	case OP_ATOMICOR:
		atomic(f, v);
		break;
	case OP_PREFETCH:
		c = v->aux;
		m = address(v->arg[0], 0, v->block);
		becomemem(f, v, M_PREFETCH, NULL, NULL, &m, c == 0 ? 1 : 0, 8, 0);
		break;
	case OP_PAUSE:
		become(f, v, M_PAUSE, NULL, NULL, NULL, 0);
		break;
	default:
		bug("amd64 isel: %s is not supported", v->op < OP_GENERIC_END ? op_info[v->op].name : "?");
	}
}

/* ---- blocks ---- */

/* Both halves of a product come from one multiplication: the later one moves up to the earlier. */
static void
wholeproducts(Func *f, Block *b)
{
	for (Value *v = b->first; v != NULL; v = v->next) {
		Value *w, *p;
		int budget = 8;

		if ((v->op != OP_MULHU && v->op != OP_MUL) || v->type != VT_I64)
			continue;
		for (w = v->next; w != NULL && budget-- > 0; w = w->next)
			if (w->op == (v->op == OP_MUL ? OP_MULHU : OP_MUL) && w->type == VT_I64 &&
			    ((w->arg[0] == v->arg[0] && w->arg[1] == v->arg[1]) ||
				(w->arg[0] == v->arg[1] && w->arg[1] == v->arg[0])))
				break;
		if (w == NULL || budget < 0)
			continue;
		p = select_before(f, v, OP_COPY, VT_VOID, NULL);
		become(f, p, M_MULWU, v->arg[0], v->arg[1], NULL, W(8));
		if (w != v->next) {
			w->prev->next = w->next;
			if (w->next != NULL)
				w->next->prev = w->prev;
			else
				b->last = w->prev;
			w->prev = v;
			w->next = v->next;
			v->next->prev = w;
			v->next = w;
		}
		v->aux = v->op == OP_MULHU ? R_DX : R_AX;
		w->aux = w->op == OP_MULHU ? R_DX : R_AX;
		become(f, v, OP_RESULT, p, NULL, NULL, 0);
		become(f, w, OP_RESULT, p, NULL, NULL, 0);
	}
}

static void
selectone(void *f, Value *v)
{
	selectvalue(f, v);
}

static int
selectbranch(void *f, Value *fl, Value *c)
{
	return flags(f, fl, c, 0);
}

void
amd64_isel(Func *f)
{
	static const Selector selector = { selectone, selectbranch };
	int n;
	Block **rpo;

	select_nilchecks(f, UNROLL);
	rpo = ssa_rpo(f, &n);
	for (int i = n - 1; i >= 0; i--)
		wholeproducts(f, rpo[i]);
	select_blocks(f, rpo, n, &selector, f);
}
