/*
 * isel.c - generic operations become machine operations of arm64.
 *
 * needs   use counts
 * keeps   the graph; use counts
 *
 * Blocks are visited users first (reverse of reverse postorder) and walked
 * backwards, so that an operation can take in what feeds it before that is
 * selected: addresses, constants, shifts, multiplications, a comparison. What
 * loses its last use that way is dropped when the walk reaches it.
 *
 * An operation that sets flags stands right before the one that reads them;
 * the allocator puts only moves in between, which keep flags.
 */
#include "target/arm64/arm64.h"

typedef struct {
	int am, scale, ext;
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
isconst(const Value *v, int64_t *i)
{
	return select_isconst(v, i);
}

/* A constant as an unsigned number of its own width. */
static uint64_t
unsignedof(const Value *v, int64_t c)
{
	int n = size(v);

	return n < 8 ? (uint64_t)c & (((uint64_t)1 << 8 * n) - 1) : (uint64_t)c;
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

/* The same with an immediate. */
static void
becomeimm(Func *f, Value *v, int op, Value *x, int64_t imm, int64_t packed)
{
	become(f, v, op, x, NULL, NULL, packed);
	v->aux = imm;
}

/* v becomes op with at most one register argument and a memory operand. */
static void
becomemem(Func *f, Value *v, int op, Value *a0, const Mem *m, int32_t imm, int w, int w2)
{
	Value *arg[3];
	int n = 0;

	if (a0 != NULL)
		arg[n++] = a0;
	for (int i = 0; i < m->nreg; i++)
		arg[n++] = m->reg[i];
	select_setargs(f, v, arg, n);
	v->op = (uint16_t)op;
	v->aux = m->disp;
	v->size = am_pack(imm, m->am, m->scale, m->ext, w, w2, 0);
	if (m->am == AM_SYM)
		v->sym = m->sym;
	else
		v->slot = m->slot;
}

#define W(w) am_pack(0, 0, 0, 0, (w), 0, 0)
#define IW(imm, w) am_pack((imm), 0, 0, 0, (w), 0, 0)
#define WW(w, w2) am_pack(0, 0, 0, 0, (w), (w2), 0)

/* ---- memory operands ---- */

static bool
near(const Value *v, const Block *b)
{
	return v->nuse == 1 || v->block == b;
}

/* x << scale, looking through shifts, multiplications and extensions. */
static void
addindex(Mem *m, Value *x, const Block *b)
{
	int64_t c;

	for (;;) {
		if (x->op == OP_SHL && isconst(x->arg[1], &c) && c >= 0 && c + m->scale <= 4 && near(x, b))
			m->scale += (int)c;
		else if (x->op == OP_MUL && isconst(x->arg[1], &c) && c > 0 && (c & (c - 1)) == 0 &&
		    m->scale + __builtin_ctzll((uint64_t)c) <= 4 && near(x, b))
			m->scale += __builtin_ctzll((uint64_t)c);
		else
			break;
		x = x->arg[0];
	}
	if ((x->op == OP_SEXT || x->op == OP_ZEXT) && size(x) == 8 && x->arg[0]->type == VT_I32 && near(x, b)) {
		m->ext = x->op == OP_SEXT ? EXT_S32 : EXT_U32;
		x = x->arg[0];
	}
	m->reg[m->nreg++] = x;
}

static Mem
addressof(Value *p, int64_t off, const Block *b, bool whole)
{
	Mem m = { .disp = off };
	int64_t c;
	Value *index = NULL, *top = whole ? p : NULL;

	for (;;) {
		if (p->op == OP_ADDPTR && isconst(p->arg[1], &c)) {
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

/* The operand without an index. */
static Mem
plain(Value *p, int64_t off, const Block *b)
{
	Mem m = address(p, off, b);

	if (m.am == AM_INDEX || m.am == AM_SLOTX)
		return (Mem){ .am = AM_BASE, .reg = { p }, .nreg = 1, .disp = off };
	return m;
}

/* ---- shifted operands ---- */

/* If y is a value of w bytes shifted by a constant, and only used here: what is shifted, and how. */
static Value *
shifted(Value *y, int w, int32_t *how)
{
	int kind = y->op == OP_SHL ? SH_LSL : y->op == OP_SHRU ? SH_LSR : SH_ASR;
	int64_t c;

	if ((y->op != OP_SHL && y->op != OP_SHRU && y->op != OP_SHRS) || y->nuse != 1 || size(y) != w ||
	    !isconst(y->arg[1], &c) || c < 0 || c >= 8 * w)
		return NULL;
	*how = shiftbits(kind, (int)c);
	return y->arg[0];
}

/* op of two registers, the second one shifted if it can be. */
static void
binary(Func *f, Value *v, int op, Value *x, Value *y, bool commutes)
{
	int w = width(v);
	int32_t how = 0;
	Value *z = shifted(y, w, &how);

	if (z == NULL && commutes && (z = shifted(x, w, &how)) != NULL)
		x = y;
	become(f, v, op, x, z != NULL ? z : y, NULL, IW(how, w));
}

/* ---- flags ---- */

static int
swapcc(int cc)
{
	/* clang-format off */
	switch (cc) {
	case CC_LT: return CC_GT;
	case CC_LE: return CC_GE;
	case CC_GT: return CC_LT;
	case CC_GE: return CC_LE;
	case CC_LO: return CC_HI;
	case CC_LS: return CC_HS;
	case CC_HI: return CC_LO;
	case CC_HS: return CC_LS;
	default: return cc;
	}
	/* clang-format on */
}

static bool
issigned(int cc)
{
	return cc >= CC_GE;
}

/* The value of at least 32 bits that x stands for. */
static Value *
extend(Func *f, Value *at, Value *x, bool sign)
{
	if (size(x) >= 4)
		return x;
	return select_before(f, at, sign ? OP_SEXT : OP_ZEXT, VT_I32, x);
}

static bool
onebit(uint64_t u)
{
	return u != 0 && (u & (u - 1)) == 0;
}

/* Comparison with zero of x, of w bytes. A branch can do without flags. */
static bool
comparezero(Func *f, Value *fl, int *cc, Value *x, int w, bool branch)
{
	bool equal = *cc == CC_EQ || *cc == CC_NE;
	int64_t c;
	uint32_t enc;

	if (equal && x->op == OP_AND && x->nuse == 1 && isconst(x->arg[1], &c)) {
		uint64_t mask = unsignedof(x, c);

		if (branch && onebit(mask)) {
			become(f, fl, M_TBZ, x->arg[0], NULL, NULL, IW(__builtin_ctzll(mask), w));
			return true;
		}
		if (arm64_bitmask(mask, w < 4 ? 4 : w, &enc)) {
			becomeimm(f, fl, M_TSTI, x->arg[0], (int64_t)mask, W(w < 4 ? 4 : w));
			return true;
		}
	}
	if (equal && w >= 4 && x->op == OP_AND && x->nuse == 1) {
		int32_t how = 0;
		Value *y = x->arg[1], *z = shifted(y, w, &how);

		become(f, fl, M_TST, x->arg[0], z != NULL ? z : y, NULL, IW(how, w));
		return true;
	}
	if (equal && w < 4) {
		becomeimm(f, fl, M_TSTI, x, w == 1 ? 0xff : 0xffff, W(4));
		return true;
	}
	if (branch && equal) {
		become(f, fl, M_CBZ, x, NULL, NULL, W(w));
		return true;
	}
	if (branch && (*cc == CC_LT || *cc == CC_GE)) {
		become(f, fl, M_TBZ, x, NULL, NULL, IW(8 * w - 1, w));
		*cc = *cc == CC_LT ? CC_NE : CC_EQ;
		return true;
	}
	return false;
}

/* Makes fl set the flags of comparing x with y; returns which condition is cc then. fl stands where the flags are needed. */
static int
compare(Func *f, Value *fl, int cc, Value *x, Value *y, bool branch)
{
	int w = size(x), w4 = w < 4 ? 4 : w;
	int32_t how = 0;
	int64_t c;
	Value *z;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		z = x;
		x = y;
		y = z;
		cc = swapcc(cc);
	}
	if (isconst(y, &c)) {
		if (!issigned(cc) && w < 4)
			c = (int64_t)unsignedof(y, c);
		if (c == 0 && comparezero(f, fl, &cc, x, w, branch))
			return cc;
		if (fits12(c)) {
			/* equality of narrow values: extended as the constant is */
			becomeimm(f, fl, M_CMPI, extend(f, fl, x, issigned(cc)), c, W(w4));
			return cc;
		}
	}
	if (w < 4) {
		/* the second operand is extended by the comparison itself */
		int option = (issigned(cc) ? 4 : 0) + (w == 1 ? 0 : 1);

		become(f, fl, M_CMPX, extend(f, fl, x, issigned(cc)), y, NULL, IW(option << 13, 4));
		return cc;
	}
	if (y->op == OP_NEG && y->nuse == 1 && (cc == CC_EQ || cc == CC_NE)) {
		become(f, fl, M_CMN, x, y->arg[0], NULL, W(w));
		return cc;
	}
	z = shifted(y, w, &how);
	if (z == NULL && (z = shifted(x, w, &how)) != NULL) {
		x = y;
		cc = swapcc(cc);
	}
	become(f, fl, M_CMP, x, z != NULL ? z : y, NULL, IW(how, w));
	return cc;
}

static int
intcc(int op)
{
	/* clang-format off */
	switch (op) {
	case OP_EQ: return CC_EQ;
	case OP_NE: return CC_NE;
	case OP_LTS: return CC_LT;
	case OP_LES: return CC_LE;
	case OP_LTU: return CC_LO;
	default: return CC_LS;
	}
	/* clang-format on */
}

static bool
iscompare(const Value *v)
{
	return v->op >= OP_EQ && v->op <= OP_FLE;
}
_Static_assert(OP_FLE == OP_EQ + 9, "comparisons stand together in ops.def");

static bool
iszerofloat(const Value *v)
{
	return v->op == OP_FCONST && v->aux == 0;
}

/* fl becomes what sets the flags for "c is true"; the result is the condition. branch: the branch of the block uses them. */
static int
flags(Func *f, Value *fl, Value *c, bool branch, int depth)
{
	if (near(c, fl->block))
		switch (c->op) {
		case OP_EQ:
		case OP_NE:
		case OP_LTS:
		case OP_LES:
		case OP_LTU:
		case OP_LEU:
			return compare(f, fl, intcc(c->op), c->arg[0], c->arg[1], branch);
		case OP_FEQ:
		case OP_FNE:
		case OP_FLT:
		case OP_FLE:
			if (iszerofloat(c->arg[1]))
				become(f, fl, M_FCMPZ, c->arg[0], NULL, NULL, W(size(c->arg[0])));
			else
				become(f, fl, M_FCMP, c->arg[0], c->arg[1], NULL, W(size(c->arg[0])));
			/* these are false for unordered operands, but for "not equal" */
			return c->op == OP_FEQ ? CC_EQ : c->op == OP_FNE ? CC_NE : c->op == OP_FLT ? CC_MI : CC_LS;
		case OP_BOOLNOT:
			if (depth < 8)
				return flags(f, fl, c->arg[0], branch, depth + 1) ^ 1;
			break;
		default:
			break;
		}
	/* a boolean is 0 or 1 */
	if (branch)
		become(f, fl, M_TBZ, c, NULL, NULL, IW(0, 4));
	else
		becomeimm(f, fl, M_TSTI, c, 1, W(4));
	return CC_NE;
}

/* ---- operations ---- */

static void
addimm(Func *f, Value *v, Value *x, int64_t c)
{
	int w = width(v);

	if (fits12(c) || (c > -(1 << 24) && c < 1 << 24))
		becomeimm(f, v, M_ADDI, x, c, W(w));
	else
		become(f, v, M_ADD, x, select_const(f, v, w == 8 ? VT_I64 : VT_I32, c), NULL, W(w));
}

static void
addptr(Func *f, Value *v)
{
	Mem m = addressof(v, 0, v->block, true);	/* at least v itself is taken apart */

	if (m.nreg == 0)
		becomemem(f, v, M_LEA0, NULL, &m, 0, 8, 0);
	else if (m.reg[0] == v)
		binary(f, v, M_ADD, v->arg[0], v->arg[1], false);
	else if (m.am == AM_BASE)
		addimm(f, v, m.reg[0], m.disp);
	else if (m.am == AM_INDEX && m.scale == 0 && m.ext == EXT_NONE && m.disp == 0)
		binary(f, v, M_ADD, m.reg[0], m.reg[1], false);
	else
		becomemem(f, v, M_LEA, NULL, &m, 0, 8, 0);
}

/* A multiplication that v, its only user, may take in. */
static bool
isproduct(const Value *p, const Value *v)
{
	int64_t c;

	return p->op == OP_MUL && p->nuse == 1 && size(p) == size(v) && p->block == v->block &&
		!(isconst(p->arg[1], &c) && (onebit((uint64_t)c) || onebit((uint64_t)c - 1)));
}

static void
add(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1], *t;
	int64_t c;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		t = x;
		x = y;
		y = t;
	}
	if (isconst(y, &c)) {
		addimm(f, v, x, c);
		return;
	}
	if (isproduct(x, v) && !isproduct(y, v)) {
		t = x;
		x = y;
		y = t;
	}
	if (isproduct(y, v)) {
		become(f, v, M_MADD, y->arg[0], y->arg[1], x, W(width(v)));
		return;
	}
	if ((y->op == OP_SEXT || y->op == OP_ZEXT) && y->nuse == 1 && size(v) == 8 && y->arg[0]->type == VT_I32) {
		become(f, v, M_ADDX, x, y->arg[0], NULL, IW((y->op == OP_SEXT ? 6 : 2) << 13, 8));
		return;
	}
	binary(f, v, M_ADD, x, y, true);
}

static void
sub(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int64_t c;

	if (isconst(y, &c) && c != INT64_MIN)
		addimm(f, v, x, -c);
	else if (isconst(x, &c) && c == 0)
		become(f, v, M_NEG, y, NULL, NULL, W(width(v)));
	else if (isproduct(y, v))
		become(f, v, M_MSUB, y->arg[0], y->arg[1], x, W(width(v)));
	else
		binary(f, v, M_SUB, x, y, false);
}

static void
mul(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = width(v), bits = 8 * w;
	int64_t c;

	if (x->op == OP_CONST) {
		Value *t = x;

		x = y;
		y = t;
	}
	if (isconst(y, &c) && c > 0) {
		if (onebit((uint64_t)c)) {
			int n = __builtin_ctzll((uint64_t)c);

			become(f, v, M_UBFM, x, NULL, NULL,
			    IW(((bits - n) & (bits - 1)) << 16 | (bits - 1 - n) << 10, w));
			return;
		}
		if (onebit((uint64_t)c - 1)) {
			become(f, v, M_ADD, x, x, NULL, IW(shiftbits(SH_LSL, __builtin_ctzll((uint64_t)c - 1)), w));
			return;
		}
	}
	if (x->op == OP_NEG && x->nuse == 1)
		become(f, v, M_MNEG, x->arg[0], y, NULL, W(w));
	else
		become(f, v, M_MUL, x, y, NULL, W(w));
}

/* Bits from..from+n of x, moved to the lowest: UBFX; as SBFX with op SBFM. */
static void
field(Func *f, Value *v, int op, Value *x, int from, int n, int w)
{
	become(f, v, op, x, NULL, NULL, IW(from << 16 | (from + n - 1) << 10, w));
}

/* op, its form with an immediate, its form with the complement of the second operand */
static void
logic(Func *f, Value *v, int op, int opi, int opn)
{
	Value *x = v->arg[0], *y = v->arg[1], *t;
	int w = width(v);
	uint32_t enc;
	int64_t c, s;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		t = x;
		x = y;
		y = t;
	}
	if (isconst(y, &c)) {
		uint64_t u = w == 4 ? (uint32_t)c : (uint64_t)c;

		if (v->op == OP_AND && u != 0 && (u & (u + 1)) == 0 && x->op == OP_SHRU && x->nuse == 1 &&
		    size(x) == w && isconst(x->arg[1], &s) && s >= 0 && s + __builtin_popcountll(u) <= 8 * w) {
			field(f, v, M_UBFM, x->arg[0], (int)s, __builtin_popcountll(u), w);
			return;
		}
		if (v->op == OP_XOR && c == -1) {
			become(f, v, M_NOT, x, NULL, NULL, W(w));
			return;
		}
		if (arm64_bitmask(u, w, &enc)) {
			becomeimm(f, v, opi, x, (int64_t)u, W(w));
			return;
		}
	}
	if (x->op == OP_NOT && x->nuse == 1 && y->op != OP_NOT) {
		t = x;
		x = y;
		y = t;
	}
	if (y->op == OP_NOT && y->nuse == 1)
		binary(f, v, opn, x, y->arg[0], false);
	else
		binary(f, v, op, x, y, true);
}

static void
shiftconst(Func *f, Value *v, int op, Value *x, uint64_t n)
{
	int w = width(v), bits = 8 * w, own = 8 * size(v), k;

	if (n >= (uint64_t)own) {
		if (op != OP_SHRS) {
			become(f, v, M_MOVC, NULL, NULL, NULL, W(w));
			v->aux = 0;
			return;
		}
		n = (uint64_t)own - 1;
	}
	k = (int)n;
	if (op == OP_SHL)
		become(f, v, M_UBFM, x, NULL, NULL, IW(((bits - k) & (bits - 1)) << 16 | (bits - 1 - k) << 10, w));
	else if (own < 32)	/* extension and shift at once */
		field(f, v, op == OP_SHRU ? M_UBFM : M_SBFM, x, k, own - k, w);
	else
		field(f, v, op == OP_SHRU ? M_UBFM : M_SBFM, x, k, bits - k, w);
}

static void
rotate(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = size(v);
	int64_t c;

	if (w < 4) {	/* 32 bits full of copies rotate as one does */
		Value *z = extend(f, v, x, false);

		x = select_before(f, v, OP_MUL, VT_I32, z);
		value_addarg(f, x, select_const(f, x, VT_I32, w == 1 ? 0x01010101 : 0x00010001));
		w = 4;
	}
	if (isconst(y, &c))
		become(f, v, M_RORI, x, NULL, NULL, IW((int32_t)(-(uint64_t)c & (uint64_t)(8 * w - 1)), w));
	else
		become(f, v, M_ROL, x, y, NULL, W(w));
}

static void
shift(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = width(v), bits = 8 * size(v);
	bool bounded = v->bounded;
	int op = v->op;
	int64_t c;

	if (isconst(y, &c)) {	/* counts are unsigned of their own width */
		shiftconst(f, v, op, x, unsignedof(y, c));
		return;
	}
	if (y->op == OP_AND && isconst(y->arg[1], &c) && c >= 0 && c < bits) {
		bounded = true;
		if (c == (w == 8 ? 63 : 31))
			y = y->arg[0];
	}
	if (op != OP_SHL)
		x = extend(f, v, x, op == OP_SHRS);
	if (bounded)
		become(f, v, op == OP_SHL ? M_SHL : op == OP_SHRU ? M_SHR : M_SAR, x, y, NULL, W(w));
	else
		become(f, v, op == OP_SHL ? M_SHLV : op == OP_SHRU ? M_SHRV : M_SARV, x, y, NULL, WW(w, size(y)));
}

static void
divide(Func *f, Value *v)
{
	bool sign = v->op == OP_DIVS || v->op == OP_MODS;
	int op = v->op == OP_DIVS ? M_DIVS : v->op == OP_MODS ? M_MODS : v->op == OP_DIVU ? M_DIVU : M_MODU;
	Value *x = extend(f, v, v->arg[0], sign), *y = extend(f, v, v->arg[1], sign);

	become(f, v, op, x, y, NULL, W(width(v)));
}

static void
mulhigh(Func *f, Value *v)
{
	bool sign = v->op == OP_MULHS;
	int w = size(v);

	if (w < 4)
		bug("arm64 isel: high half of a narrow product");
	become(f, v, w == 8 ? (sign ? M_MULHS : M_MULHU) : (sign ? M_MULHSW : M_MULHUW), v->arg[0], v->arg[1], NULL,
	    W(8));
}

/* Are the bits of the register of x above its width zero once x is selected? */
static bool
zeroextended(const Value *x)
{
	int64_t c;

	if (x->op == OP_LOAD || x->op == OP_ATOMICLOAD)
		return vtype_isint((VType)x->type);
	if (iscompare(x))
		return true;
	/* narrow operands of these are extended first */
	if (size(x) < 4)
		return x->op == OP_SHRU || x->op == OP_DIVU || x->op == OP_MODU ||
		    (x->op == OP_AND && isconst(x->arg[1], &c) && c >= 0);
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
	case OP_ROTL:
	case OP_DIVS:
	case OP_DIVU:
	case OP_MODS:
	case OP_MODU:
	case OP_CLZ:
	case OP_CTZ:
	case OP_WBFLAG:
		return true;
	default:
		return false;
	}
}

static void
widen(Func *f, Value *v)
{
	Value *x = v->arg[0];
	int from = size(x), to = size(v);

	if (v->op == OP_SEXT) {
		if (x->op == OP_LOAD && from < to && x->nuse == 1 && x->block == v->block && x->num == v->num &&
		    !x->volatile_) {
			Mem m = address(x->arg[0], x->aux, v->block);

			x->mark = false;	/* v faults in its place */
			becomemem(f, v, M_LDS, NULL, &m, 0, from, width(v));
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
load(Func *f, Value *v)
{
	Mem m;

	if (v->nuse == 0) {
		/* kept for the fault alone */
		become(f, v, M_NILCHECK, v->arg[0], NULL, NULL, 0);
		v->aux = 0;
		return;
	}
	m = address(v->arg[0], v->aux, v->block);
	becomemem(f, v, vtype_isfloat((VType)v->type) ? M_FLD : M_LD, NULL, &m, 0, size(v), 0);
}

static void
store(Func *f, Value *v)
{
	Value *x = v->arg[1];
	int w = size(x);
	Mem m = address(v->arg[0], v->aux, v->block);
	int64_t c;

	if (w > 8)
		bug("arm64 isel: store of %d bytes", w);
	if ((isconst(x, &c) && c == 0) || iszerofloat(x))
		becomemem(f, v, M_STZ, NULL, &m, 0, w, 0);
	else
		becomemem(f, v, vtype_isfloat((VType)x->type) ? M_FST : M_ST, x, &m, 0, w, 0);
}

enum { UNROLL = 256 };	/* bytes; beyond that a loop is shorter */

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
		m = plain(v->arg[0], v->aux, v->block);
		becomemem(f, v, M_ZEROS, NULL, &m, (int32_t)v->size, 8, 0);
		return;
	}
	select_split(f, v);
	become(f, v, M_ZEROL, select_address(f, v, v->arg[0], v->aux), NULL, NULL, IW((int32_t)v->size, 8));
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
	v->size = am_pack((int32_t)n, d.am, 0, 0, 8, 0, 0);
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
	int cc = index ? CC_HS : CC_HI;
	int64_t i, l;

	if (isconst(x, &i) && isconst(n, &l) && i >= 0 && l >= 0 && (i < l || (!index && i == l))) {
		value_remove(v);
		return;
	}
	if (size(x) < 4)
		bug("arm64 isel: bounds of %d bytes", size(x));
	/* one that fails always is still one instruction, so that the code after it stays in one piece */
	if (isconst(n, &l) && fits12(l))
		become(f, v, M_BOUNDSI, x, NULL, NULL, am_pack((int32_t)l, 0, 0, 0, size(x), 0, cc));
	else if (isconst(x, &i) && fits12(i))
		become(f, v, M_BOUNDSX, n, NULL, NULL, am_pack((int32_t)i, 0, 0, 0, size(x), 0, swapcc(cc)));
	else
		become(f, v, M_BOUNDS, x, n, NULL, am_pack(0, 0, 0, 0, size(x), 0, cc));
}

static void
atomic(Func *f, Value *v)
{
	Value *x = v->narg > 1 ? v->arg[1] : NULL, *y = v->narg > 2 ? v->arg[2] : NULL;
	Value *p = select_address(f, v, v->arg[0], v->aux);
	int64_t w = W(x != NULL ? size(x) : size(v));

	/* clang-format off */
	switch (v->op) {
	case OP_ATOMICLOAD: become(f, v, M_ALD, p, NULL, NULL, w); break;
	case OP_ATOMICSTORE: become(f, v, M_AST, x, p, NULL, w); break;
	case OP_ATOMICXCHG: become(f, v, M_XCHG, x, p, NULL, w); break;
	case OP_ATOMICADD: become(f, v, M_XADD, x, p, NULL, w); break;
	case OP_ATOMICCAS: become(f, v, M_CAS, x, y, p, w); break;
	default: become(f, v, v->op == OP_ATOMICAND ? M_AAND : M_AOR, x, p, NULL, w);
	}
	/* clang-format on */
}

static void
setcc(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL);
	int cc = flags(f, fl, v, false, 0);

	become(f, v, M_SETCC, NULL, NULL, NULL, am_pack(0, 0, 0, 0, 4, 0, cc));
}

static void
selectop(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL), *yes = v->arg[1], *no = v->arg[2];
	int cc = flags(f, fl, v->arg[0], false, 0);

	become(f, v, vtype_isfloat((VType)v->type) ? M_FSEL : M_CSEL, no, yes, NULL,
	    am_pack(0, 0, 0, 0, width(v), 0, cc));
}

static void
convert(Func *f, Value *v)
{
	Value *x = v->arg[0];

	switch (v->op) {
	case OP_S2F:
	case OP_U2F:
		x = extend(f, v, x, v->op == OP_S2F);
		become(f, v, v->op == OP_S2F ? M_S2F : M_U2F, x, NULL, NULL, WW(size(v), size(x)));
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
	default:
		become(f, v, v->op == OP_F2BITS ? M_F2B : M_B2F, x, NULL, NULL, W(size(v)));
	}
}

static int
floatop(int op)
{
	/* clang-format off */
	switch (op) {
	case OP_FADD: return M_FADD;
	case OP_FSUB: return M_FSUB;
	case OP_FMUL: return M_FMUL;
	case OP_FDIV: return M_FDIV;
	case OP_FNEG: return M_FNEG;
	case OP_FABS: return M_FABS;
	case OP_FSQRT: return M_FSQRT;
	case OP_FFLOOR: return M_FRINTM;
	case OP_FCEIL: return M_FRINTP;
	case OP_FTRUNC: return M_FRINTZ;
	case OP_FRINT: return M_FRINTN;
	case OP_FMA: return M_FMA;
	case OP_FCOPYSIGN: return M_FCOPYSIGN;
	case OP_FMIN: return M_FMIN;
	default: return M_FMAX;
	}
	/* clang-format on */
}

static void
selectvalue(Func *f, Value *v)
{
	Value **a = v->arg;
	Mem m;
	int64_t c;
	Value *x;

	/* clang-format off */
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
		isconst(v, &c);
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
			bug("arm64 isel: offset %lld of an address", (long long)v->aux);
		becomemem(f, v, M_LEA0, NULL, &m, 0, 8, 0);
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
		sub(f, v);
		break;
	case OP_MUL:
		mul(f, v);
		break;
	case OP_MULHS:
	case OP_MULHU:
		mulhigh(f, v);
		break;
	case OP_DIVS:
	case OP_DIVU:
	case OP_MODS:
	case OP_MODU:
		divide(f, v);
		break;
	case OP_AND:
		logic(f, v, M_AND, M_ANDI, M_BIC);
		break;
	case OP_OR:
		logic(f, v, M_OR, M_ORI, M_ORN);
		break;
	case OP_XOR:
		logic(f, v, M_XOR, M_XORI, M_EON);
		break;
	case OP_ROTL:
		rotate(f, v);
		break;
	case OP_SHL:
	case OP_SHRU:
	case OP_SHRS:
		shift(f, v);
		break;
	case OP_NEG:
	case OP_NOT:
		become(f, v, v->op == OP_NEG ? M_NEG : M_NOT, a[0], NULL, NULL, W(width(v)));
		break;
	case OP_CTZ:
	case OP_CLZ:
		become(f, v, v->op == OP_CTZ ? M_CTZ : M_CLZ, a[0], NULL, NULL, W(size(a[0])));
		break;
	case OP_POPCNT:
		x = extend(f, v, a[0], false);
		become(f, v, M_POPCNT, x, NULL, NULL, W(size(x)));
		break;
	case OP_BSWAP:
		become(f, v, M_BSWAP, a[0], NULL, NULL, W(size(v)));
		break;
	case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
	case OP_FEQ: case OP_FNE: case OP_FLT: case OP_FLE:
		setcc(f, v);
		break;
	case OP_BOOLNOT:
		if (a[0]->nuse == 1 && iscompare(a[0]))
			setcc(f, v);
		else
			becomeimm(f, v, M_XORI, a[0], 1, W(4));
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
		become(f, v, OP_COPY, a[0], NULL, NULL, 0);
		break;
	case OP_S2F: case OP_U2F: case OP_F2S: case OP_F2U: case OP_F2F: case OP_F2BITS: case OP_BITS2F:
		convert(f, v);
		break;
	case OP_FNEG: case OP_FABS: case OP_FSQRT: case OP_FFLOOR: case OP_FCEIL: case OP_FTRUNC: case OP_FRINT:
		become(f, v, floatop(v->op), a[0], NULL, NULL, W(size(v)));
		break;
	case OP_FADD: case OP_FSUB: case OP_FMUL: case OP_FDIV: case OP_FCOPYSIGN: case OP_FMIN: case OP_FMAX:
		become(f, v, floatop(v->op), a[0], a[1], NULL, W(size(v)));
		break;
	case OP_FMA:
		become(f, v, M_FMA, a[0], a[1], a[2], W(size(v)));
		break;
	case OP_LOAD:
		load(f, v);
		break;
	case OP_WBFLAG:
		m = (Mem){ .am = AM_SYM, .sym = ssa_rtsym("writeBarrier") };
		becomemem(f, v, M_LD, NULL, &m, 0, 4, 0);
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
		become(f, v, M_NILCHECK, a[0], NULL, NULL, 0);
		v->aux = 0;
		break;
	case OP_BOUNDS:
		bounds(f, v);
		break;
	case OP_ZEROCHECK:
		if (isconst(a[0], &c) && c != 0)
			value_remove(v);
		else
			become(f, v, M_ZEROCHK, extend(f, v, a[0], false), NULL, NULL, W(width(a[0])));
		break;
	case OP_SHIFTCHECK:
		if (isconst(a[0], &c) && c >= 0)
			value_remove(v);
		else
			become(f, v, M_SHIFTCHK, a[0], NULL, NULL, W(size(a[0])));
		break;
	case OP_WB:
		become(f, v, M_WB, a[0], a[1], NULL, 0);
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
		become(f, v, M_PREFETCH, a[0], NULL, NULL, IW(v->aux == 0 ? 0 : 1, 8));
		break;
	case OP_PAUSE:
		become(f, v, M_PAUSE, NULL, NULL, NULL, 0);
		break;
	default:
		bug("arm64 isel: %s is not supported", v->op < OP_GENERIC_END ? op_info[v->op].name : "?");
	}
	/* clang-format on */
}

/* ---- blocks ---- */

static void
selectone(void *f, Value *v)
{
	selectvalue(f, v);
}

static int
selectbranch(void *f, Value *fl, Value *c)
{
	return flags(f, fl, c, true, 0);
}

void
arm64_isel(Func *f)
{
	static const Selector selector = { selectone, selectbranch };
	int n;
	Block **rpo;

	select_nilchecks(f, UNROLL);
	rpo = ssa_rpo(f, &n);
	select_blocks(f, rpo, n, &selector, f);
}
