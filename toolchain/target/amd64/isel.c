/*
 * isel.c - generic operations become machine operations of amd64.
 *
 * needs   use counts
 * keeps   the graph; use counts
 *
 * An operation takes in addresses, constants, a load used only here, a comparison; select.c says how.
 *
 * An operation that sets flags stands right before the one that reads them;
 * the allocator puts only moves in between, which keep flags.
 */
#include "target/amd64/amd64.h"

static bool
isimm(const Value *v, int32_t *imm)
{
	int64_t i;

	if (!select_isconst(v, &i) || !fits32(i))
		return false;
	*imm = (int32_t)i;
	return true;
}

/* ---- memory operands ---- */

static const AddrRules rules = { .maxdisp = INT32_MAX, .neardisp = INT32_MAX, .maxscale = 3, .indexdisp = true };

static Mem
address(Value *p, int64_t off, const Block *b)
{
	return select_mem(&rules, p, off, b, false);
}

/* A load that `at`, its only user, may do itself. */
static bool
canfold(const Value *ld, const Value *at, int nbytes)
{
	return (ld->op == OP_LOAD || ld->op == OP_WBFLAG) && value_size(ld) == nbytes && select_canfold(ld, at);
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
	int w = value_size(x);
	int32_t imm;
	int64_t c;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		value_swap(&x, &y);
		cc = swapcc(cc);
	}
	if (isimm(y, &imm)) {
		if (imm == 0 && (cc == CC_E || cc == CC_NE) && x->op == OP_AND && x->nuse == 1) {
			int32_t m;

			if (isimm(x->arg[1], &m)) {
				select_op(f, fl, M_TESTI, x->arg[0], NULL, NULL, IW(m, w));
				return cc;
			}
			if (select_isconst(x->arg[1], &c) && c != 0 && ((uint64_t)c & ((uint64_t)c - 1)) == 0) {
				select_op(f, fl, M_BTI, x->arg[0], NULL, NULL, IW(__builtin_ctzll((uint64_t)c), w));
				return cc == CC_E ? CC_AE : CC_B;
			}
			select_op(f, fl, M_TEST, x->arg[0], x->arg[1], NULL, W(w));
			return cc;
		}
		if (canfold(x, fl, w)) {
			Mem m = loadmem(x, fl->block);

			select_memop(f, fl, M_CMPMI, NULL, NULL, &m, IW(imm, w));
			return cc;
		}
		if (imm == 0 && cc != CC_B && cc != CC_AE && cc != CC_BE && cc != CC_A)
			select_op(f, fl, M_TEST, x, x, NULL, W(w));
		else
			select_op(f, fl, M_CMPI, x, NULL, NULL, IW(imm, w));
		return cc;
	}
	if (x != y && canfold(y, fl, w)) {
		Mem m = loadmem(y, fl->block);

		select_memop(f, fl, M_CMPM, x, NULL, &m, W(w));
		return cc;
	}
	if (x != y && canfold(x, fl, w)) {
		Mem m = loadmem(x, fl->block);

		select_memop(f, fl, M_CMPM, y, NULL, &m, W(w));
		return swapcc(cc);
	}
	select_op(f, fl, M_CMP, x, y, NULL, W(w));
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

/* fl becomes what sets the flags for "c is true"; the result is the condition. */
static int
flags(Func *f, Value *fl, Value *c, int depth)
{
	Value *x, *y;

	if (select_isnear(c, fl->block))
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
			select_op(f, fl, M_UCOMI, c->arg[0], c->arg[1], NULL, W(value_size(c->arg[0])));
			return c->op == OP_FEQ ? CC_FEQ : CC_FNE;
		case OP_FLT:
		case OP_FLE:
			/* "above" is false for unordered operands, "below" is true: so y > x */
			x = c->arg[0];
			y = c->arg[1];
			select_op(f, fl, M_UCOMI, y, x, NULL, W(value_size(x)));
			return c->op == OP_FLT ? CC_A : CC_AE;
		case OP_BOOLNOT:
			if (depth < 8)
				return flags(f, fl, c->arg[0], depth + 1) ^ 1;
			break;
		case OP_AND:
			if (c->nuse == 1 && value_size(c) == 1) {
				int32_t imm;

				if (isimm(c->arg[1], &imm))
					select_op(f, fl, M_TESTI, c->arg[0], NULL, NULL, IW(imm, 1));
				else
					select_op(f, fl, M_TEST, c->arg[0], c->arg[1], NULL, W(1));
				return CC_NE;
			}
			break;
		case OP_LOAD:
			if (canfold(c, fl, 1)) {
				Mem m = loadmem(c, fl->block);

				select_memop(f, fl, M_CMPMI, NULL, NULL, &m, W(1));
				return CC_NE;
			}
			break;
		default:
			break;
		}
	select_op(f, fl, M_TEST, c, c, NULL, W(1));
	return CC_NE;
}

/* ---- operations ---- */

static void
binary(Func *f, Value *v, int rr, int ri, int rm, bool commutes)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v);
	int32_t imm;

	if (commutes &&
	    ((x->op == OP_CONST && y->op != OP_CONST) ||
		(x != y && canfold(x, v, w) && !canfold(y, v, w) && y->op != OP_CONST))) {
		value_swap(&x, &y);
	}
	if (ri != 0 && isimm(y, &imm)) {
		select_op(f, v, ri, x, NULL, NULL, IW(imm, w));
	} else if (commutes && x->nuse > 1 && y->nuse == 1 && y->op == OP_LOAD) {
		/* x lives on: better work in the register of y than on a copy of x */
		select_op(f, v, rr, y, x, NULL, W(w));
	} else if (rm != 0 && x != y && canfold(y, v, w)) {
		Mem m = loadmem(y, v->block);

		select_memop(f, v, rm, x, NULL, &m, W(w));
	} else {
		select_op(f, v, rr, x, y, NULL, W(w));
	}
}

static void
addptr(Func *f, Value *v)
{
	Mem m = select_mem(&rules, v, 0, v->block, true);	/* at least v itself is taken apart */

	if (m.nreg == 0)
		select_memop(f, v, M_LEA0, NULL, NULL, &m, W(8));
	else if (m.reg[0] == v)
		binary(f, v, M_ADD, 0, M_ADDM, false);
	else if (m.am == AM_BASE)
		select_op(f, v, M_ADDI, m.reg[0], NULL, NULL, IW((int32_t)m.disp, 8));
	else if (m.am == AM_INDEX && m.scale == 0 && m.disp == 0 && m.reg[0] == v->arg[0] && m.reg[1] == v->arg[1])
		binary(f, v, M_ADD, 0, M_ADDM, false);
	else
		select_memop(f, v, M_LEA, NULL, NULL, &m, W(8));
}

static void
add(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v);
	int32_t imm;
	int64_t c;

	if (x->op == OP_CONST && y->op != OP_CONST) {
		value_swap(&x, &y);
	}
	if (isimm(y, &imm)) {
		if (x->op == OP_ADD && x->nuse == 1 && w == 8 && x->arg[1]->op != OP_CONST &&
		    x->arg[0]->op != OP_CONST) {
			Mem m = { .am = AM_INDEX, .reg = { x->arg[0] }, .nreg = 1, .disp = imm };

			select_index(&rules, &m, x->arg[1], v->block);
			select_memop(f, v, M_LEA, NULL, NULL, &m, W(w));
			return;
		}
		select_op(f, v, M_ADDI, x, NULL, NULL, IW(imm, w));
		return;
	}
	for (int i = 0; i < 2; i++) {
		if (y->op == OP_SHL && y->nuse == 1 && select_isconst(y->arg[1], &c) && c >= 1 && c <= 3 &&
		    value_size(y) >= 4) {
			Mem m = { .am = AM_INDEX, .reg = { x, y->arg[0] }, .nreg = 2, .scale = (int)c };

			select_memop(f, v, M_LEA, NULL, NULL, &m, W(w));
			return;
		}
		value_swap(&x, &y);
	}
	binary(f, v, M_ADD, M_ADDI, M_ADDM, true);
}

static void
mul(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v);
	int64_t c;

	if (x->op == OP_CONST) {
		value_swap(&x, &y);
	}
	if (select_isconst(y, &c)) {
		if (c > 0 && (c & (c - 1)) == 0) {
			select_op(f, v, M_SHLI, x, NULL, NULL, IW(__builtin_ctzll((uint64_t)c), w));
			return;
		}
		if (c == 3 || c == 5 || c == 9) {
			Mem m = { .am = AM_INDEX, .reg = { x, x }, .nreg = 2, .scale = c == 3 ? 1 : c == 5 ? 2 : 3 };

			select_memop(f, v, M_LEA, NULL, NULL, &m, W(w));
			return;
		}
		if (fits32(c)) {
			select_op(f, v, M_IMULI, x, NULL, NULL, IW((int32_t)c, w));
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
		value_swap(&x, &y);
	}
	if (select_isconst(y, &c) && value_size(v) >= 4) {
		int from = c == 0xff ? 1 : c == 0xffff ? 2 : c == 0xffffffff && value_size(v) == 8 ? 4 : 0;

		if (from != 0) {
			select_op(f, v, M_ZX, x, NULL, NULL, WW(from, 8));
			return;
		}
	}
	binary(f, v, M_AND, M_ANDI, M_ANDM, true);
}

static void
shift(Func *f, Value *v)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_width(v), bits = 8 * value_size(v), op = v->op;
	bool bounded;
	int64_t c;

	if (op == OP_ROTL) {
		if (select_isconst(y, &c))
			select_op(f, v, M_ROLI, x, NULL, NULL, IW((int32_t)(c & (bits - 1)), value_size(v)));
		else
			select_op(f, v, M_ROL, x, y, NULL, W(value_size(v)));
		return;
	}
	if (select_isconst(y, &c)) {
		uint64_t n = select_unsigned(y, c);

		if (n >= (uint64_t)bits)	/* of OP_SHRS only: the sign stays */
			n = (uint64_t)bits - 1;
		if (op != OP_SHL)
			x = select_extend32(f, v, x, op == OP_SHRS);
		select_op(f, v,
		    op == OP_SHL      ? M_SHLI :
			op == OP_SHRU ? M_SHRI :
					M_SARI,
		    x, NULL, NULL, IW((int32_t)n, w));
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
		    x, y, NULL, OP_PACK(8 * w - 1, 0, 0, 0, w, value_size(y), 0));
}

static void
divide(Func *f, Value *v)
{
	bool sign = v->op == OP_DIVS || v->op == OP_MODS;
	int op = v->op == OP_DIVS ? M_DIVS : v->op == OP_MODS ? M_MODS : v->op == OP_DIVU ? M_DIVU : M_MODU;
	int64_t c;
	/* imm 1: the quotient fits, the divisor is not -1 or the operands are narrow */
	int32_t safe = (select_isconst(v->arg[1], &c) && c != -1) || value_size(v) < 4;
	Value *x = select_extend32(f, v, v->arg[0], sign), *y = select_extend32(f, v, v->arg[1], sign);

	select_op(f, v, op, x, y, NULL, IW(safe, value_width(v)));
}

/* Do the upper 32 bits of the register of x hold zero once x is selected? */
static bool
zeroextended(const Value *x)
{
	int64_t c;

	if (x->op == OP_LOAD)
		return vtype_isint((VType)x->type);
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
	int w = value_size(op), mr, mi;
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
		select_memop(f, v, mi, NULL, NULL, &m, IW(imm, w));
	else if (isimm(y, &imm) && imm != INT32_MIN)
		select_memop(f, v, M_ADDMI, NULL, NULL, &m, IW(-imm, w));
	else
		select_memop(f, v, mr, y, NULL, &m, W(w));
	return true;
}

static void
store(Func *f, Value *v)
{
	Value *x = v->arg[1];
	int w = value_size(x);
	int32_t imm;
	Mem m;

	if (w > 8)
		bug("amd64 isel: store of %d bytes", w);
	if (readmodifywrite(f, v))
		return;
	m = address(v->arg[0], v->aux, v->block);
	if (isimm(x, &imm))
		select_memop(f, v, M_STI, NULL, NULL, &m, IW(imm, w));
	else if (x->op == OP_FCONST && x->aux == 0)
		select_memop(f, v, M_STI, NULL, NULL, &m, W(w));
	else
		select_memop(f, v, vtype_isfloat((VType)x->type) ? M_FST : M_ST, x, NULL, &m, W(w));
}

static void
bounds(Func *f, Value *v)
{
	Value *x = v->arg[0], *n = v->arg[1];
	int cc = v->aux == BOUNDS_INDEX || v->aux == BOUNDS_INDEXU ? CC_AE : CC_A, w = value_size(x);
	int32_t i;

	/* one that fails always is still one instruction, so that the code after it stays in one piece */
	if (isimm(n, &i))
		select_op(f, v, M_BOUNDSI, x, NULL, NULL, ICW(i, cc, w));
	else if (isimm(x, &i))
		select_op(f, v, M_BOUNDSX, n, NULL, NULL, ICW(i, swapcc(cc), w));
	else
		select_op(f, v, M_BOUNDS, x, n, NULL, CW(cc, w));
}

static void
atomic(Func *f, Value *v)
{
	Value *x = v->narg > 1 ? v->arg[1] : NULL, *y = v->narg > 2 ? v->arg[2] : NULL;
	Mem m = address(v->arg[0], v->aux, v->block);
	int w = x != NULL ? value_size(x) : value_size(v);

	switch (v->op) {
	case OP_ATOMICLOAD:
		select_memop(f, v, M_LD, NULL, NULL, &m, W(w));
		break;
	case OP_ATOMICSTORE:
		v->type = x->type;
		select_memop(f, v, M_XCHG, x, NULL, &m, W(w));
		break;
	case OP_ATOMICXCHG:
		select_memop(f, v, M_XCHG, x, NULL, &m, W(w));
		break;
	case OP_ATOMICADD:
		select_memop(f, v, v->nuse > 0 ? M_XADD : M_LOCKMR, x, NULL, &m, IW(0x01, w));
		break;
	case OP_ATOMICCAS:
		select_memop(f, v, M_CAS, x, y, &m, W(w));
		break;
	default:
		select_memop(f, v, v->nuse > 0 ? M_AOP : M_LOCKMR, x, NULL, &m,
		    IW(v->op == OP_ATOMICAND ? 0x21 : 0x09, w));
	}
}

static void
setcc(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL);
	int cc = flags(f, fl, v, 0);

	select_op(f, v, M_SETCC, NULL, NULL, NULL, CW(cc, 1));
}

static void
selectop(Func *f, Value *v)
{
	Value *fl = select_before(f, v, OP_COPY, VT_VOID, NULL), *yes = v->arg[1], *no = v->arg[2];
	int cc = flags(f, fl, v->arg[0], 0);

	/* two instructions can move on "not equal or unordered", none on "equal and ordered" */
	if (cc == CC_FEQ) {
		cc = CC_FNE;
		value_swap(&yes, &no);
	}
	select_op(f, v, vtype_isfloat((VType)v->type) ? M_FSEL : M_CMOV, no, yes, NULL, CW(cc, value_width(v)));
}

static void
floatop(Func *f, Value *v, int rr, int rm, bool commutes)
{
	Value *x = v->arg[0], *y = v->arg[1];
	int w = value_size(v);

	if (commutes && x != y && canfold(x, v, w) && !canfold(y, v, w)) {
		value_swap(&x, &y);
	}
	if (x != y && canfold(y, v, w) && !(commutes && x->nuse > 1)) {
		Mem m = loadmem(y, v->block);

		select_memop(f, v, rm, x, NULL, &m, W(w));
		return;
	}
	if (commutes && x->nuse > 1 && y->nuse == 1) {
		value_swap(&x, &y);
	}
	select_op(f, v, rr, x, y, NULL, W(w));
}

static void
widen(Func *f, Value *v)
{
	Value *x = v->arg[0];
	int from = value_size(x), to = value_size(v);

	if (v->op == OP_SEXT) {
		if (x->op == OP_LOAD && from < to && canfold(x, v, from)) {
			Mem m = loadmem(x, v->block);

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
convert(Func *f, Value *v)
{
	Value *x = v->arg[0];

	switch (v->op) {
	case OP_S2F:
		x = select_extend32(f, v, x, true);
		select_op(f, v, M_S2F, x, NULL, NULL, WW(value_size(v), value_size(x)));
		break;
	case OP_U2F:
		if (value_size(x) < 8) {
			x = select_before(f, v, OP_ZEXT, VT_I64, x);
			select_op(f, v, M_S2F, x, NULL, NULL, WW(value_size(v), 8));
		} else {
			select_op(f, v, M_U2F, x, NULL, NULL, WW(value_size(v), 8));
		}
		break;
	case OP_F2BITS:
		if (x->op == OP_LOAD && canfold(x, v, value_size(v))) {
			Mem m = loadmem(x, v->block);

			select_memop(f, v, M_LD, NULL, NULL, &m, W(value_size(v)));
		} else {
			select_op(f, v, M_F2B, x, NULL, NULL, W(value_size(v)));
		}
		break;
	default:
		if (x->op == OP_LOAD && canfold(x, v, value_size(v))) {
			Mem m = loadmem(x, v->block);

			select_memop(f, v, M_FLD, NULL, NULL, &m, W(value_size(v)));
		} else {
			select_op(f, v, M_B2F, x, NULL, NULL, W(value_size(v)));
		}
	}
}

static void
load(Func *f, Value *v)
{
	Mem m = v->op == OP_LOAD ? address(v->arg[0], v->aux, v->block) : loadmem(v, v->block);

	select_memop(f, v, vtype_isfloat((VType)v->type) ? M_FLD : M_LD, NULL, NULL, &m, W(value_size(v)));
}

static void
value(void *ctx, Value *v)
{
	Func *f = ctx;
	Value *x;
	Mem m;
	int64_t c;

	/* clang-format off */
	switch (v->op) {
	case OP_ADD:
		add(f, v);
		break;
	case OP_ADDPTR:
		addptr(f, v);
		break;
	case OP_SUB:
		if (select_isconst(v->arg[1], &c) && fits32(c) && fits32(-c))
			select_op(f, v, M_ADDI, v->arg[0], NULL, NULL, IW((int32_t)-c, value_width(v)));
		else if (select_isconst(v->arg[0], &c) && c == 0)
			select_op(f, v, M_NEG, v->arg[1], NULL, NULL, W(value_width(v)));
		else
			binary(f, v, M_SUB, 0, M_SUBM, false);
		break;
	case OP_MUL:
		mul(f, v);
		break;
	case OP_DIVS: case OP_DIVU: case OP_MODS: case OP_MODU:
		divide(f, v);
		break;
	case OP_AND:
		conjunction(f, v);
		break;
	case OP_OR:
		binary(f, v, M_OR, M_ORI, M_ORM, true);
		break;
	case OP_XOR:
		if (select_isconst(v->arg[1], &c) && c == -1)
			select_op(f, v, M_NOT, v->arg[0], NULL, NULL, W(value_width(v)));
		else
			binary(f, v, M_XOR, M_XORI, M_XORM, true);
		break;
	case OP_SHL: case OP_SHRU: case OP_SHRS: case OP_ROTL:
		shift(f, v);
		break;
	case OP_POPCNT:
		x = select_extend32(f, v, v->arg[0], false);
		select_op(f, v, M_POPCNT, x, NULL, NULL, W(value_size(x)));
		v->sym = ssa_rtsym("x86HasPOPCNT");
		break;
	case OP_BSWAP:
		if (value_size(v) == 2)
			select_op(f, v, M_ROLI, v->arg[0], NULL, NULL, IW(8, 2));
		else
			select_op(f, v, M_BSWAP, v->arg[0], NULL, NULL, W(value_size(v)));
		break;
	case OP_EQ: case OP_NE: case OP_LTS: case OP_LES: case OP_LTU: case OP_LEU:
	case OP_FEQ: case OP_FNE: case OP_FLT: case OP_FLE:
		setcc(f, v);
		break;
	case OP_BOOLNOT:
		if (v->arg[0]->nuse == 1 && select_iscompare(v->arg[0]))
			setcc(f, v);
		else
			select_op(f, v, M_XORI, v->arg[0], NULL, NULL, IW(1, 4));
		break;
	case OP_SELECT:
		selectop(f, v);
		break;
	case OP_SEXT: case OP_ZEXT:
		widen(f, v);
		break;
	case OP_S2F: case OP_U2F: case OP_F2BITS: case OP_BITS2F:
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
	case OP_FFLOOR: case OP_FCEIL: case OP_FTRUNC: case OP_FRINT:
		c = v->op == OP_FFLOOR ? 9 : v->op == OP_FCEIL ? 10 : v->op == OP_FTRUNC ? 11 : 8;
		select_op(f, v, M_ROUND, v->arg[0], NULL, NULL, IW(c, value_size(v)));
		break;
	case OP_LOAD: case OP_WBFLAG:
		load(f, v);
		break;
	case OP_STORE:
		store(f, v);
		break;
	case OP_BOUNDS:
		bounds(f, v);
		break;
	case OP_ATOMICLOAD: case OP_ATOMICSTORE: case OP_ATOMICXCHG: case OP_ATOMICADD: case OP_ATOMICCAS: case OP_ATOMICAND: case OP_ATOMICOR:
		atomic(f, v);
		break;
	case OP_PREFETCH:
		c = v->aux;
		m = address(v->arg[0], 0, v->block);
		select_memop(f, v, M_PREFETCH, NULL, NULL, &m, IW(c == 0 ? 1 : 0, 8));
		break;
	default:
		select_unsupported(f, v);
	}
	/* clang-format on */
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
		select_op(f, p, M_MULWU, v->arg[0], v->arg[1], NULL, W(8));
		if (w != v->next)
			value_move(w, b, v->next);
		v->aux = v->op == OP_MULHU ? R_DX : R_AX;
		w->aux = w->op == OP_MULHU ? R_DX : R_AX;
		select_op(f, v, OP_RESULT, p, NULL, NULL, 0);
		select_op(f, w, OP_RESULT, p, NULL, NULL, 0);
	}
}

static int
branch(void *f, Value *fl, Value *c)
{
	return flags(f, fl, c, 0);
}

enum { UNROLL = 256 };	/* bytes; beyond that string instructions are faster and shorter */

static bool
unrolled(const Value *v, int *w)
{
	*w = 8;
	return v->size <= UNROLL;
}

/* clang-format off */
static const Selector selector = {
	.addr = &rules, .value = value, .branch = branch, .unrolled = unrolled, .zerosindex = true,
	.lea = M_LEA0, .zeros = M_ZEROS, .zeroloop = M_ZEROL, .moves = M_MOVES, .moveloop = M_MOVEL,
	.row = {
		[OP_CONST] = { M_MOVC, SELECT_WIDTH },
		[OP_FCONST] = { M_FMOVC, SELECT_SIZE },
		[OP_CALLERPC] = { M_CALLERPC, SELECT_8 },
		[OP_CALLERSP] = { M_CALLERSP, SELECT_8 },
		[OP_MULHS] = { M_MULHS, SELECT_SIZE },
		[OP_MULHU] = { M_MULHU, SELECT_SIZE },
		[OP_DIV128U] = { M_DIV128U, SELECT_SIZE },
		[OP_MOD128U] = { M_MOD128U, SELECT_SIZE },
		[OP_NEG] = { M_NEG, SELECT_WIDTH },
		[OP_NOT] = { M_NOT, SELECT_WIDTH },
		[OP_CTZ] = { M_CTZ, SELECT_ARGSIZE },
		[OP_CLZ] = { M_CLZ, SELECT_ARGSIZE },
		[OP_F2S] = { .op = M_F2S },
		[OP_F2U] = { .op = M_F2U },
		[OP_F2F] = { .op = M_F2F },
		[OP_FNEG] = { M_FNEG, SELECT_SIZE },
		[OP_FABS] = { M_FABS, SELECT_SIZE },
		[OP_FSQRT] = { M_FSQRT, SELECT_SIZE },
		[OP_FMA] = { M_FMA, SELECT_SIZE },
		[OP_FCOPYSIGN] = { M_FCOPYSIGN, SELECT_SIZE },
		[OP_FMIN] = { M_FMIN, SELECT_SIZE },
		[OP_FMAX] = { M_FMAX, SELECT_SIZE },
		[OP_NILCHECK] = { .op = M_NILCHECK },
		[OP_ZEROCHECK] = { M_ZEROCHK, SELECT_ARGSIZE },
		[OP_SHIFTCHECK] = { M_SHIFTCHK, SELECT_ARGSIZE },
		[OP_WB] = { .op = M_WB },
		[OP_PAUSE] = { .op = M_PAUSE },
	},
};
/* clang-format on */

void
amd64_isel(Func *f)
{
	int n;
	Block **rpo;

	select_nilchecks(f, UNROLL);
	rpo = ssa_rpo(f, &n);
	for (int i = n - 1; i >= 0; i--)
		wholeproducts(f, rpo[i]);
	select_blocks(f, rpo, n, &selector, f);
}
