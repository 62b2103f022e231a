/*
 * isel.c - generic operations become machine operations of arm64.
 *
 * needs   use counts
 * keeps   the graph; use counts
 *
 * An operation takes in addresses, constants, shifts, multiplications, a comparison; select.c says how.
 *
 * An operation that sets flags stands right before the one that reads them;
 * the allocator puts only moves in between, which keep flags.
 */
#include "target/arm64/arm64.h"

/* The same with an immediate. */
static void
becomeimm(Func *f, Value *v, int op, Value *x, int64_t imm, int64_t packed)
{
	select_op(f, v, op, x, NULL, NULL, packed);
	v->aux = imm;
}

/* ---- memory operands ---- */

static const AddrRules rules = { .maxdisp = INT32_MAX, .neardisp = INT32_MAX, .maxscale = 4, .indexext = true };

static Mem
address(Value *p, int64_t off, const Block *b)
{
	return select_mem(&rules, p, off, b, false);
}

/* ---- shifted operands ---- */

/* If y is a value of w bytes shifted by a constant, and only used here: what is shifted, and how. */
static Value *
shifted(Value *y, int w, int32_t *how)
{
	int kind = y->op == OP_SHL ? SH_LSL : y->op == OP_SHRU ? SH_LSR : SH_ASR;
	int64_t c;

	if ((y->op != OP_SHL && y->op != OP_SHRU && y->op != OP_SHRS) || y->nuse != 1 || value_size(y) != w ||
	    !select_isconst(y->arg[1], &c) || c < 0 || c >= 8 * w)
		return NULL;
	*how = shiftbits(kind, (int)c);
	return y->arg[0];
}

/* op of two registers, the second one shifted if it can be. */
static void
binary(Func *f, Value *v, int op, Value *x, Value *y, bool commutes)
{
	int w = value_width(v);
	int32_t how = 0;
	Value *z = shifted(y, w, &how);

	if (z == NULL && commutes && (z = shifted(x, w, &how)) != NULL)
		x = y;
	select_op(f, v, op, x, z != NULL ? z : y, NULL, IW(how, w));
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

	if (equal && x->op == OP_AND && x->nuse == 1 && select_isconst(x->arg[1], &c)) {
		uint64_t mask = select_unsigned(x, c);

		if (branch && onebit(mask)) {
			select_op(f, fl, M_TBZ, x->arg[0], NULL, NULL, IW(__builtin_ctzll(mask), w));
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

		select_op(f, fl, M_TST, x->arg[0], z != NULL ? z : y, NULL, IW(how, w));
		return true;
	}
	if (equal && w < 4) {
		becomeimm(f, fl, M_TSTI, x, w == 1 ? 0xff : 0xffff, W(4));
		return true;
	}
	if (branch && equal) {
		select_op(f, fl, M_CBZ, x, NULL, NULL, W(w));
		return true;
	}
	if (branch && (*cc == CC_LT || *cc == CC_GE)) {
		select_op(f, fl, M_TBZ, x, NULL, NULL, IW(8 * w - 1, w));
		*cc = *cc == CC_LT ? CC_NE : CC_EQ;
		return true;
	}
	return false;
}

/* Makes fl set the flags of comparing x with y; returns which condition is cc then. fl stands where the flags are needed. */
static int
compare(Func *f, Value *fl, int cc, Value *x, Value *y, bool branch)
{
	int w = value_size(x), w4 = w < 4 ? 4 : w;
	int32_t how = 0;
	int64_t c;
	Value *z;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		z = x;
		x = y;
		y = z;
		cc = swapcc(cc);
	}
	if (select_isconst(y, &c)) {
		if (!issigned(cc) && w < 4)
			c = (int64_t)select_unsigned(y, c);
		if (c == 0 && comparezero(f, fl, &cc, x, w, branch))
			return cc;
		if (fits12(c)) {
			/* equality of narrow values: extended as the constant is */
			becomeimm(f, fl, M_CMPI, select_extend32(f, fl, x, issigned(cc)), c, W(w4));
			return cc;
		}
	}
	if (w < 4) {
		/* the second operand is extended by the comparison itself */
		int option = (issigned(cc) ? 4 : 0) + (w == 1 ? 0 : 1);

		select_op(f, fl, M_CMPX, select_extend32(f, fl, x, issigned(cc)), y, NULL, IW(option << 13, 4));
		return cc;
	}
	if (y->op == OP_NEG && y->nuse == 1 && (cc == CC_EQ || cc == CC_NE)) {
		select_op(f, fl, M_CMN, x, y->arg[0], NULL, W(w));
		return cc;
	}
	z = shifted(y, w, &how);
	if (z == NULL && (z = shifted(x, w, &how)) != NULL) {
		x = y;
		cc = swapcc(cc);
	}
	select_op(f, fl, M_CMP, x, z != NULL ? z : y, NULL, IW(how, w));
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
iszerofloat(const Value *v)
{
	return v->op == OP_FCONST && v->aux == 0;
}

/* fl becomes what sets the flags for "c is true"; the result is the condition. branch: the branch of the block uses them. */
static int
flags(Func *f, Value *fl, Value *c, bool branch, int depth)
{
	if (select_isnear(c, fl->block))
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
				select_op(f, fl, M_FCMPZ, c->arg[0], NULL, NULL, W(value_size(c->arg[0])));
			else
				select_op(f, fl, M_FCMP, c->arg[0], c->arg[1], NULL, W(value_size(c->arg[0])));
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
		select_op(f, fl, M_TBZ, c, NULL, NULL, IW(0, 4));
	else
		becomeimm(f, fl, M_TSTI, c, 1, W(4));
	return CC_NE;
}

/* ---- operations ---- */

static void
addimm(Func *f, Value *v, Value *x, int64_t c)
{
	int w = value_width(v);

	if (fits12(c) || (c > -(1 << 24) && c < 1 << 24))
		becomeimm(f, v, M_ADDI, x, c, W(w));
	else
		select_op(f, v, M_ADD, x, select_const(f, v, w == 8 ? VT_I64 : VT_I32, c), NULL, W(w));
}

static void
addptr(Func *f, Value *v)
{
	Mem m = select_mem(&rules, v, 0, v->block, true);	/* at least v itself is taken apart */

	if (m.nreg == 0)
		select_memop(f, v, M_LEA0, NULL, NULL, &m, W(8));
	else if (m.reg[0] == v)
		binary(f, v, M_ADD, v->arg[0], v->arg[1], false);
	else if (m.am == AM_BASE)
		addimm(f, v, m.reg[0], m.disp);
	else if (m.am == AM_INDEX && m.scale == 0 && m.ext == EXT_NONE && m.disp == 0)
		binary(f, v, M_ADD, m.reg[0], m.reg[1], false);
	else
		select_memop(f, v, M_LEA, NULL, NULL, &m, W(8));
}

/* A multiplication that v, its only user, may take in. */
static bool
isproduct(const Value *p, const Value *v)
{
	int64_t c;

	return p->op == OP_MUL && p->nuse == 1 && value_size(p) == value_size(v) && p->block == v->block &&
		!(select_isconst(p->arg[1], &c) && (onebit((uint64_t)c) || onebit((uint64_t)c - 1)));
}

static void
add(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int64_t c;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		value_swap(&x, &y);
	}
	if (select_isconst(y, &c)) {
		addimm(f, v, x, c);
		return;
	}
	if (isproduct(x, v) && !isproduct(y, v)) {
		value_swap(&x, &y);
	}
	if (isproduct(y, v)) {
		select_op(f, v, M_MADD, y->arg[0], y->arg[1], x, W(value_width(v)));
		return;
	}
	if ((y->op == OP_SEXT || y->op == OP_ZEXT) && y->nuse == 1 && value_size(v) == 8 && y->arg[0]->type == VT_I32) {
		select_op(f, v, M_ADDX, x, y->arg[0], NULL, IW((y->op == OP_SEXT ? 6 : 2) << 13, 8));
		return;
	}
	binary(f, v, M_ADD, x, y, true);
}

static void
sub(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int64_t c;

	if (select_isconst(y, &c) && c != INT64_MIN)
		addimm(f, v, x, -c);
	else if (select_isconst(x, &c) && c == 0)
		select_op(f, v, M_NEG, y, NULL, NULL, W(value_width(v)));
	else if (isproduct(y, v))
		select_op(f, v, M_MSUB, y->arg[0], y->arg[1], x, W(value_width(v)));
	else
		binary(f, v, M_SUB, x, y, false);
}

static void
mul(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v), bits = 8 * w;
	int64_t c;

	if (x->op == OP_CONST) {
		value_swap(&x, &y);
	}
	if (select_isconst(y, &c) && c > 0) {
		if (onebit((uint64_t)c)) {
			int n = __builtin_ctzll((uint64_t)c);

			select_op(f, v, M_UBFM, x, NULL, NULL,
			    IW(((bits - n) & (bits - 1)) << 16 | (bits - 1 - n) << 10, w));
			return;
		}
		if (onebit((uint64_t)c - 1)) {
			select_op(f, v, M_ADD, x, x, NULL, IW(shiftbits(SH_LSL, __builtin_ctzll((uint64_t)c - 1)), w));
			return;
		}
	}
	if (x->op == OP_NEG && x->nuse == 1)
		select_op(f, v, M_MNEG, x->arg[0], y, NULL, W(w));
	else
		select_op(f, v, M_MUL, x, y, NULL, W(w));
}

/* Bits from..from+n of x, moved to the lowest: UBFX; as SBFX with op SBFM. */
static void
field(Func *f, Value *v, int op, Value *x, int from, int n, int w)
{
	select_op(f, v, op, x, NULL, NULL, IW(from << 16 | (from + n - 1) << 10, w));
}

/* op, its form with an immediate, its form with the complement of the second operand */
static void
logic(Func *f, Value *v, int op, int opi, int opn)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v);
	uint32_t enc;
	int64_t c, s;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		value_swap(&x, &y);
	}
	if (select_isconst(y, &c)) {
		uint64_t u = w == 4 ? (uint32_t)c : (uint64_t)c;

		if (v->op == OP_AND && u != 0 && (u & (u + 1)) == 0 && x->op == OP_SHRU && x->nuse == 1 &&
		    value_size(x) == w && select_isconst(x->arg[1], &s) && s >= 0 &&
		    s + __builtin_popcountll(u) <= 8 * w) {
			field(f, v, M_UBFM, x->arg[0], (int)s, __builtin_popcountll(u), w);
			return;
		}
		if (v->op == OP_XOR && c == -1) {
			select_op(f, v, M_NOT, x, NULL, NULL, W(w));
			return;
		}
		if (arm64_bitmask(u, w, &enc)) {
			becomeimm(f, v, opi, x, (int64_t)u, W(w));
			return;
		}
	}
	if (x->op == OP_NOT && x->nuse == 1 && y->op != OP_NOT) {
		value_swap(&x, &y);
	}
	if (y->op == OP_NOT && y->nuse == 1)
		binary(f, v, opn, x, y->arg[0], false);
	else
		binary(f, v, op, x, y, true);
}

static void
shiftconst(Func *f, Value *v, int op, Value *x, uint64_t n)
{
	int w = value_width(v), bits = 8 * w, own = 8 * value_size(v), k;

	if (n >= (uint64_t)own)	/* of OP_SHRS only: the sign stays */
		n = (uint64_t)own - 1;
	k = (int)n;
	if (op == OP_SHL)
		select_op(f, v, M_UBFM, x, NULL, NULL, IW(((bits - k) & (bits - 1)) << 16 | (bits - 1 - k) << 10, w));
	else if (own < 32)	/* extension and shift at once */
		field(f, v, op == OP_SHRU ? M_UBFM : M_SBFM, x, k, own - k, w);
	else
		field(f, v, op == OP_SHRU ? M_UBFM : M_SBFM, x, k, bits - k, w);
}

static void
rotate(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_size(v);
	int64_t c;

	if (w < 4) {	/* 32 bits full of copies rotate as one does */
		Value *z = select_extend32(f, v, x, false);

		x = select_before(f, v, OP_MUL, VT_I32, z);
		value_addarg(f, x, select_const(f, x, VT_I32, w == 1 ? 0x01010101 : 0x00010001));
		w = 4;
	}
	if (select_isconst(y, &c))
		select_op(f, v, M_RORI, x, NULL, NULL, IW((int32_t)(-(uint64_t)c & (uint64_t)(8 * w - 1)), w));
	else
		select_op(f, v, M_ROL, x, y, NULL, W(w));
}

static void
shift(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v), op = v->op;
	bool bounded;
	int64_t c;

	if (select_isconst(y, &c)) {	/* counts are unsigned of their own width */
		shiftconst(f, v, op, x, select_unsigned(y, c));
		return;
	}
	bounded = select_isbounded(v, &y);
	if (op != OP_SHL)
		x = select_extend32(f, v, x, op == OP_SHRS);
	if (bounded)
		select_op(f, v, op == OP_SHL ? M_SHL : op == OP_SHRU ? M_SHR : M_SAR, x, y, NULL, W(w));
	else
		select_op(f, v,
		    op == OP_SHL      ? M_SHLV :
			op == OP_SHRU ? M_SHRV :
					M_SARV,
		    x, y, NULL, WW(w, value_size(y)));
}

static void
divide(Func *f, Value *v)
{
	bool sign = v->op == OP_DIVS || v->op == OP_MODS;
	int op = v->op == OP_DIVS ? M_DIVS : v->op == OP_MODS ? M_MODS : v->op == OP_DIVU ? M_DIVU : M_MODU;
	Value *x = select_extend32(f, v, v->arg[0], sign), *y = select_extend32(f, v, v->arg[1], sign);

	select_op(f, v, op, x, y, NULL, W(value_width(v)));
}

static void
mulhigh(Func *f, Value *v)
{
	bool sign = v->op == OP_MULHS;
	int w = value_size(v);

	select_op(f, v, w == 8 ? (sign ? M_MULHS : M_MULHU) : (sign ? M_MULHSW : M_MULHUW), v->arg[0], v->arg[1], NULL,
	    W(8));
}

/* Are the bits of the register of x above its width zero once x is selected? */
static bool
zeroextended(const Value *x)
{
	int64_t c;

	if (x->op == OP_LOAD || x->op == OP_ATOMICLOAD)
		return vtype_isint((VType)x->type);
	if (select_iscompare(x))
		return true;
	/* narrow operands of these are extended first */
	if (value_size(x) < 4)
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
	int from = value_size(x), to = value_size(v);

	if (v->op == OP_SEXT) {
		if (x->op == OP_LOAD && from < to && select_canfold(x, v)) {
			Mem m = address(x->arg[0], x->aux, v->block);

			x->mark = false;	/* v faults in its place */
			select_memop(f, v, M_LDS, NULL, NULL, &m, WW(from, value_width(v)));
		} else {
			select_op(f, v, M_SX, x, NULL, NULL, WW(from, value_width(v)));
		}
	} else if (zeroextended(x)) {
		select_op(f, v, OP_COPY, x, NULL, NULL, 0);
	} else {
		select_op(f, v, M_ZX, x, NULL, NULL, WW(from, value_width(v)));
	}
}

static void
load(Func *f, Value *v)
{
	Mem m;

	m = address(v->arg[0], v->aux, v->block);
	select_memop(f, v, vtype_isfloat((VType)v->type) ? M_FLD : M_LD, NULL, NULL, &m, W(value_size(v)));
}

static void
store(Func *f, Value *v)
{
	Value *x = v->arg[1];
	int w = value_size(x);
	Mem m = address(v->arg[0], v->aux, v->block);
	int64_t c;

	if (w > 8)
		bug("arm64 isel: store of %d bytes", w);
	if ((select_isconst(x, &c) && c == 0) || iszerofloat(x))
		select_memop(f, v, M_STZ, NULL, NULL, &m, W(w));
	else
		select_memop(f, v, vtype_isfloat((VType)x->type) ? M_FST : M_ST, x, NULL, &m, W(w));
}

static void
bounds(Func *f, Value *v)
{
	Value *x = v->arg[0], *n = v->arg[1];
	int cc = v->aux == BOUNDS_INDEX || v->aux == BOUNDS_INDEXU ? CC_HS : CC_HI, w = value_size(x);
	int64_t i;

	if (w < 4)
		bug("arm64 isel: bounds of %d bytes", w);
	/* one that fails always is still one instruction, so that the code after it stays in one piece */
	if (select_isconst(n, &i) && fits12(i))
		select_op(f, v, M_BOUNDSI, x, NULL, NULL, ICW((int32_t)i, cc, w));
	else if (select_isconst(x, &i) && fits12(i))
		select_op(f, v, M_BOUNDSX, n, NULL, NULL, ICW((int32_t)i, swapcc(cc), w));
	else
		select_op(f, v, M_BOUNDS, x, n, NULL, CW(cc, w));
}

static void
atomic(Func *f, Value *v)
{
	Value *x = v->narg > 1 ? v->arg[1] : NULL, *y = v->narg > 2 ? v->arg[2] : NULL;
	Value *p = select_address(f, v, v->arg[0], v->aux);
	int64_t w = W(x != NULL ? value_size(x) : value_size(v));

	/* clang-format off */
	switch (v->op) {
	case OP_ATOMICLOAD: select_op(f, v, M_ALD, p, NULL, NULL, w); break;
	case OP_ATOMICSTORE: select_op(f, v, M_AST, x, p, NULL, w); break;
	case OP_ATOMICXCHG: select_op(f, v, M_XCHG, x, p, NULL, w); break;
	case OP_ATOMICADD: select_op(f, v, M_XADD, x, p, NULL, w); break;
	case OP_ATOMICCAS: select_op(f, v, M_CAS, x, y, p, w); break;
	default: select_op(f, v, v->op == OP_ATOMICAND ? M_AAND : M_AOR, x, p, NULL, w);
	}
	/* clang-format on */
}

static void
setcc(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL);
	int cc = flags(f, fl, v, false, 0);

	select_op(f, v, M_SETCC, NULL, NULL, NULL, CW(cc, 4));
}

static void
selectop(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL), *yes = v->arg[1], *no = v->arg[2];
	int cc = flags(f, fl, v->arg[0], false, 0);

	select_op(f, v, vtype_isfloat((VType)v->type) ? M_FSEL : M_CSEL, no, yes, NULL, CW(cc, value_width(v)));
}

static void
value(void *ctx, Value *v)
{
	Func *f = ctx;
	Value **a = v->arg, *x;
	Mem m;

	/* clang-format off */
	switch (v->op) {
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
	case OP_MULHS: case OP_MULHU:
		mulhigh(f, v);
		break;
	case OP_DIVS: case OP_DIVU: case OP_MODS: case OP_MODU:
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
	case OP_SHL: case OP_SHRU: case OP_SHRS:
		shift(f, v);
		break;
	case OP_POPCNT:
		x = select_extend32(f, v, a[0], false);
		select_op(f, v, M_POPCNT, x, NULL, NULL, W(value_size(x)));
		break;
	case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
	case OP_FEQ: case OP_FNE: case OP_FLT: case OP_FLE:
		setcc(f, v);
		break;
	case OP_BOOLNOT:
		if (a[0]->nuse == 1 && select_iscompare(a[0]))
			setcc(f, v);
		else
			becomeimm(f, v, M_XORI, a[0], 1, W(4));
		break;
	case OP_SELECT:
		selectop(f, v);
		break;
	case OP_SEXT: case OP_ZEXT:
		widen(f, v);
		break;
	case OP_S2F: case OP_U2F:
		x = select_extend32(f, v, a[0], v->op == OP_S2F);
		select_op(f, v, v->op == OP_S2F ? M_S2F : M_U2F, x, NULL, NULL, WW(value_size(v), value_size(x)));
		break;
	case OP_LOAD:
		load(f, v);
		break;
	case OP_WBFLAG:
		m = (Mem){ .am = AM_SYM, .sym = ssa_rtsym("writeBarrier") };
		select_memop(f, v, M_LD, NULL, NULL, &m, W(4));
		break;
	case OP_STORE:
		store(f, v);
		break;
	case OP_BOUNDS:
		bounds(f, v);
		break;
	case OP_ZEROCHECK:
		select_op(f, v, M_ZEROCHK, select_extend32(f, v, a[0], false), NULL, NULL, W(value_width(a[0])));
		break;
	case OP_ATOMICLOAD: case OP_ATOMICSTORE: case OP_ATOMICXCHG: case OP_ATOMICADD: case OP_ATOMICCAS: case OP_ATOMICAND: case OP_ATOMICOR:
		atomic(f, v);
		break;
	case OP_PREFETCH:
		select_op(f, v, M_PREFETCH, a[0], NULL, NULL, IW(v->aux == 0 ? 0 : 1, 8));
		break;
	default:
		select_unsupported(f, v);
	}
	/* clang-format on */
}

/* ---- blocks ---- */

static int
branch(void *f, Value *fl, Value *c)
{
	return flags(f, fl, c, true, 0);
}

enum { UNROLL = 256 };	/* bytes; beyond that a loop is shorter */

static bool
unrolled(const Value *v, int *w)
{
	*w = 8;
	return v->size <= UNROLL;
}

/* clang-format off */
static const Selector selector = {
	.addr = &rules, .value = value, .branch = branch, .unrolled = unrolled,
	.lea = M_LEA0, .zeros = M_ZEROS, .zeroloop = M_ZEROL, .moves = M_MOVES, .moveloop = M_MOVEL,
	.row = {
		[OP_CONST] = { M_MOVC, SELECT_WIDTH },
		[OP_FCONST] = { M_FMOVC, SELECT_SIZE },
		[OP_CALLERPC] = { M_CALLERPC, SELECT_8 },
		[OP_CALLERSP] = { M_CALLERSP, SELECT_8 },
		[OP_NEG] = { M_NEG, SELECT_WIDTH },
		[OP_NOT] = { M_NOT, SELECT_WIDTH },
		[OP_CTZ] = { M_CTZ, SELECT_ARGSIZE },
		[OP_CLZ] = { M_CLZ, SELECT_ARGSIZE },
		[OP_BSWAP] = { M_BSWAP, SELECT_SIZE },
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
		[OP_FFLOOR] = { M_FRINTM, SELECT_SIZE },
		[OP_FCEIL] = { M_FRINTP, SELECT_SIZE },
		[OP_FTRUNC] = { M_FRINTZ, SELECT_SIZE },
		[OP_FRINT] = { M_FRINTN, SELECT_SIZE },
		[OP_FMA] = { M_FMA, SELECT_SIZE },
		[OP_FCOPYSIGN] = { M_FCOPYSIGN, SELECT_SIZE },
		[OP_FMIN] = { M_FMIN, SELECT_SIZE },
		[OP_FMAX] = { M_FMAX, SELECT_SIZE },
		[OP_NILCHECK] = { .op = M_NILCHECK },
		[OP_SHIFTCHECK] = { M_SHIFTCHK, SELECT_ARGSIZE },
		[OP_WB] = { .op = M_WB },
		[OP_PAUSE] = { .op = M_PAUSE },
	},
};
/* clang-format on */

void
arm64_isel(Func *f)
{
	int n;
	Block **rpo;

	select_nilchecks(f, UNROLL);
	rpo = ssa_rpo(f, &n);
	select_blocks(f, rpo, n, &selector, f);
}
