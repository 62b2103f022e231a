/*
 * check_binary.c - unary and binary operators, comparisons, shifts.
 *
 * A long chain such as a + b + c + ... leans to the left and may be thousands
 * of operands deep; ck_binary walks it in a loop.
 */
#include "types/check.h"

/* Constants that double again and again must end somewhere. */
enum { MAXSTRING = 1 << 28 };

static bool
isshift(int op)
{
	return op == TK_SHL || op == TK_SHR;
}

static bool
iscomparison(int op)
{
	return op >= TK_EQL && op <= TK_GEQ;
}

/* Whether op is defined on x's type; says so if not. */
static bool
opdefined(Checker *k, Operand *x, int op, bool unary)
{
	bool ok;

	switch (op) {
	case TK_ADD:
		ok = unary ? type_allnumeric(x->t) : type_allnumericorstring(x->t);
		break;
	case TK_SUB:
	case TK_MUL:
	case TK_DIV:
		ok = type_allnumeric(x->t);
		break;
	case TK_REM:
	case TK_AND:
	case TK_OR:
	case TK_XOR:
	case TK_ANDNOT:
		ok = type_allinteger(x->t);
		break;
	case TK_ANDAND:
	case TK_OROR:
	case TK_NOT:
		ok = type_allboolean(x->t);
		break;
	default:
		ck_error(k, ck_xpos(x), "invalid syntax tree: unknown operator %s", token_text((Token)op));
		return false;
	}
	if (!ok)
		ck_error(k, ck_xpos(x), "invalid operation: operator %s not defined on %s", token_text((Token)op),
		    ck_str(x));
	return ok;
}

void
ck_unary(Checker *k, Operand *x, Expr *e)
{
	int op = e->op;
	Type *u;

	if (op == TK_AND && ck_unparen(e->unary.x)->kind == EX_COMPOSITE) {
		ck_expr(k, NULL, x, e->unary.x);
		if (x->mode == MODE_NONE)
			return;
		x->mode = MODE_VALUE;
		x->t = type_ptr(x->t);
		return;
	}
	ck_expr(k, NULL, x, e->unary.x);
	if (x->mode == MODE_NONE)
		return;
	switch (op) {
	case TK_AND:
		if (x->mode != MODE_VAR) {
			ck_error(k, ck_xpos(x), "invalid operation: cannot take address of %s", ck_str(x));
			x->mode = MODE_NONE;
			return;
		}
		ck_addrtaken(e->unary.x);
		x->mode = MODE_VALUE;
		x->t = type_ptr(x->t);
		return;
	case TK_ARROW:
		u = type_core(x->t);
		if (u == NULL)
			ck_error(k, ck_xpos(x), "invalid operation: cannot receive from %s (no core type)", ck_str(x));
		else if (u->kind != T_CHAN)
			ck_error(k, ck_xpos(x), "invalid operation: cannot receive from non-channel %s", ck_str(x));
		else if (u->dir == CHAN_SEND)
			ck_error(k, ck_xpos(x), "invalid operation: cannot receive from send-only channel %s",
			    ck_str(x));
		else {
			x->mode = MODE_COMMAOK;
			x->t = u->elem;
			k->env.hascall = true;
			return;
		}
		x->mode = MODE_NONE;
		return;
	case TK_TILDE:
		if (!type_allinteger(x->t)) {
			ck_error(k, ck_start(e), "cannot use ~ outside of interface or type constraint");
			x->mode = MODE_NONE;
			return;
		}
		ck_error(k, ck_start(e),
		    "cannot use ~ outside of interface or type constraint (use ^ for bitwise complement)");
		op = TK_XOR;
		break;
	}
	if (!opdefined(k, x, op, true)) {
		x->mode = MODE_NONE;
		return;
	}
	if (x->mode == MODE_CONST) {
		if (x->cv->kind == CONST_UNKNOWN)
			return;
		x->cv = const_unary((Token)op, x->cv, op == TK_XOR && type_isunsigned(x->t) ? ck_under(x->t) : NULL);
		x->e = e;
		ck_overflow(k, x, e->pos);
		return;
	}
	x->mode = MODE_VALUE;
}

/* ---- comparisons ---- */

static const char *
incomparable(Checker *k, Type *t)
{
	const char *why = NULL;

	switch (ck_under(t)->kind) {
	case T_SLICE:
	case T_FUNC:
	case T_MAP:
		return intern_printf("%s can only be compared to nil", ck_kindstr(k, t));
	}
	type_comparable_(t, true, &why);
	return why;
}

void
ck_comparison(Checker *k, Operand *x, Operand *y, int op, bool switchcase)
{
	Operand *at = x;
	const char *cause = NULL;

	if (!ck_valid(x->t) || !ck_valid(y->t)) {
		x->mode = MODE_NONE;
		return;
	}
	if (switchcase)
		op = TK_EQL;
	if (!ck_assignable(k, x, y->t, NULL) && !ck_assignable(k, y, x->t, NULL)) {
		at = y;
		cause = intern_printf("mismatched types %s and %s", ck_tstr(k, x->t), ck_tstr(k, y->t));
		goto bad;
	}
	if (op == TK_EQL || op == TK_NEQ) {
		if (x->mode == MODE_NIL || y->mode == MODE_NIL) {
			Type *t = x->mode == MODE_NIL ? y->t : x->t;

			if (t->kind == T_UNTYPED_NIL || !type_hasnil(t)) {
				at = y;
				goto bad;
			}
		} else if (!type_comparable_(x->t, true, NULL)) {
			cause = incomparable(k, x->t);
			goto bad;
		} else if (!type_comparable_(y->t, true, NULL)) {
			at = y;
			cause = incomparable(k, y->t);
			goto bad;
		}
	} else if (!type_allordered(x->t)) {
		goto bad;
	} else if (!type_allordered(y->t)) {
		at = y;
		goto bad;
	}
	if (x->mode == MODE_CONST && y->mode == MODE_CONST) {
		if (x->cv->kind == CONST_UNKNOWN || y->cv->kind == CONST_UNKNOWN)
			x->cv = ck_unknown();
		else
			x->cv = const_bool(const_compare((Token)op, x->cv, y->cv));
	} else {
		x->mode = MODE_VALUE;
		/* The operands have their final types; the result is an untyped boolean. */
		ck_settype(k, x->e, type_default(x->t), true);
		ck_settype(k, y->e, type_default(y->t), true);
	}
	x->t = typ[T_UNTYPED_BOOL];
	return;
bad:
	if (cause == NULL) {
		if (x->t->kind == T_TPARAM || y->t->kind == T_TPARAM) {
			if (x->t->kind != T_TPARAM)
				at = y;
			cause = intern_printf("type parameter %s is not comparable with %s", ck_tstr(k, at->t),
			    token_text((Token)op));
		} else {
			cause =
			    intern_printf("operator %s not defined on %s", token_text((Token)op), ck_kindstr(k, at->t));
		}
	}
	if (switchcase)
		ck_error(k, ck_xpos(x), "invalid case %s in switch on %s (%s)", expr_string(x->e), expr_string(y->e),
		    cause);
	else
		ck_error(k, ck_xpos(at), "invalid operation: %s %s %s (%s)", expr_string(x->e), token_text((Token)op),
		    expr_string(y->e), cause);
	x->mode = MODE_NONE;
}

/* ---- shifts ---- */

static void
shift(Checker *k, Operand *x, Operand *y, Expr *e, int op)
{
	Const *xval = NULL, *yval = NULL;

	if (x->mode == MODE_CONST)
		xval = const_toint(x->cv);
	if (!type_allinteger(x->t) && !(type_isuntyped(x->t) && xval != NULL && xval->kind == CONST_INT)) {
		ck_error(k, ck_xpos(x), "invalid operation: shifted operand %s must be integer", ck_str(x));
		x->mode = MODE_NONE;
		return;
	}
	if (y->mode == MODE_CONST) {
		yval = const_toint(y->cv);
		if (yval->kind == CONST_INT && const_sign(yval) < 0) {
			ck_error(k, ck_xpos(y), "invalid operation: negative shift count %s", ck_str(y));
			x->mode = MODE_NONE;
			return;
		}
		if (type_isuntyped(y->t)) {
			/* A constant count must fit uint but takes its final type from the context below. */
			ck_representable(k, y, typ[T_UINT]);
			if (y->mode == MODE_NONE) {
				x->mode = MODE_NONE;
				return;
			}
		}
	} else if (type_isuntyped(y->t)) {	/* a shift of a constant by a variable */
		ck_untyped(k, y, typ[T_UINT]);
		if (y->mode == MODE_NONE) {
			x->mode = MODE_NONE;
			return;
		}
	} else if (type_allinteger(y->t)) {
		if (!type_allunsigned(y->t) &&
		    !ck_require(k, ck_xpos(y), 13, "invalid operation: signed shift count %s", ck_str(y))) {
			x->mode = MODE_NONE;
			return;
		}
	} else {
		ck_error(k, ck_xpos(y), "invalid operation: shift count %s must be integer", ck_str(y));
		x->mode = MODE_NONE;
		return;
	}
	if (x->mode == MODE_CONST) {
		if (y->mode == MODE_CONST) {
			enum { MAXSHIFT = 1023 - 1 + 52 };	/* so that 1<<n of any float's exponent works */
			uint64_t s;

			if (x->cv->kind == CONST_UNKNOWN || y->cv->kind == CONST_UNKNOWN) {
				x->cv = ck_unknown();
				if (!type_isinteger(x->t))
					x->t = typ[T_UNTYPED_INT];
				return;
			}
			if (yval->kind != CONST_INT || !const_isuint64(yval, &s) || s > MAXSHIFT) {
				ck_error(k, ck_xpos(y), "invalid operation: invalid shift count %s", ck_str(y));
				x->mode = MODE_NONE;
				return;
			}
			if (!type_isinteger(x->t))
				x->t = typ[T_UNTYPED_INT];
			x->cv = const_shift((Token)op, xval, (unsigned)s);
			x->e = e;
			ck_overflow(k, x, e != NULL ? e->pos : 0);
			return;
		}
		if (type_isuntyped(x->t)) {
			/* Spec: the left operand is converted to the type it would have without the shift. */
			if (x->e->untyped)
				x->e->shiftlhs = 1;
			if (type_isuntyped(y->t) && y->e != NULL)
				ck_settype(k, y->e, typ[T_UINT], true);
			x->mode = MODE_VALUE;
			return;
		}
	}
	if (!type_allinteger(x->t)) {
		ck_error(k, ck_xpos(x), "invalid operation: shifted operand %s must be integer", ck_str(x));
		x->mode = MODE_NONE;
		return;
	}
	if (y->mode == MODE_CONST && type_isuntyped(y->t))
		ck_settype(k, y->e, typ[T_UINT], true);
	x->mode = MODE_VALUE;
}

/* ---- arithmetic and logic ---- */

static bool
mayconvert(Operand *x, Operand *y)
{
	if (!type_isuntyped(x->t) && !type_isuntyped(y->t))
		return false;
	if (ck_nontpiface(x->t) || ck_nontpiface(y->t))
		return true;
	if (type_allboolean(x->t) != type_allboolean(y->t))
		return false;
	if (type_allstring(x->t) != type_allstring(y->t))
		return false;
	if (x->mode == MODE_NIL)
		return y->mode != MODE_NIL && type_hasnil(y->t);
	if (y->mode == MODE_NIL)
		return type_hasnil(x->t);
	if (ck_under(x->t)->kind == T_PTR || ck_under(y->t)->kind == T_PTR)
		return false;
	return true;
}

/* Gives an untyped operand the type of the other, where that can make sense. */
void
ck_matchtypes(Checker *k, Operand *x, Operand *y)
{
	if (!mayconvert(x, y))
		return;
	ck_untyped(k, x, y->t);
	if (x->mode == MODE_NONE)
		return;
	ck_untyped(k, y, x->t);
	if (y->mode == MODE_NONE)
		x->mode = MODE_NONE;
}

/* c*c is 0, or too small to be represented. */
static bool
squareiszero(const Const *c)
{
	const Const *sq = const_binary(TK_MUL, c, c, false);

	return sq == NULL || const_sign(sq) == 0;
}

/* Whether x/c, with x constant or not, is a division by zero; of complex constants so is one whose divisor underflows. */
static bool
iszero(const Const *c, bool complex)
{
	if (c->kind == CONST_UNKNOWN)
		return false;
	if (c->kind == CONST_COMPLEX || complex)
		return squareiszero(const_real(c)) && squareiszero(const_imag(c));
	return const_sign(c) == 0;
}

/* x holds the left operand; e is the binary expression, or NULL for lhs op= rhs. */
static void
combine(Checker *k, Operand *x, Expr *e, Expr *lhs, Expr *rhs, int op)
{
	Operand y;

	ck_expr(k, NULL, &y, rhs);
	if (x->mode == MODE_NONE)
		return;
	if (y.mode == MODE_NONE) {
		x->mode = MODE_NONE;
		x->e = y.e;
		return;
	}
	if (isshift(op)) {
		shift(k, x, &y, e, op);
		return;
	}
	ck_matchtypes(k, x, &y);
	if (x->mode == MODE_NONE)
		return;
	if (iscomparison(op)) {
		ck_comparison(k, x, &y, op, false);
		return;
	}
	if (x->t != y.t && !type_identical(x->t, y.t)) {
		/* Only an error of its own if both operands are fine. */
		if (ck_valid(x->t) && ck_valid(y.t)) {
			if (e != NULL)
				ck_error(k, ck_xpos(x), "invalid operation: %s (mismatched types %s and %s)",
				    expr_string(e), ck_tstr(k, x->t), ck_tstr(k, y.t));
			else
				ck_error(k, ck_xpos(x), "invalid operation: %s %s= %s (mismatched types %s and %s)",
				    expr_string(lhs), token_text((Token)op), expr_string(rhs), ck_tstr(k, x->t),
				    ck_tstr(k, y.t));
		}
		x->mode = MODE_NONE;
		return;
	}
	if (!opdefined(k, x, op, false)) {
		x->mode = MODE_NONE;
		return;
	}
	if ((op == TK_DIV || op == TK_REM) && y.mode == MODE_CONST &&
	    (x->mode == MODE_CONST || type_allinteger(x->t)) && iszero(y.cv, type_iscomplex(x->t))) {
		ck_error(k, ck_xpos(&y), "invalid operation: division by zero");
		x->mode = MODE_NONE;
		return;
	}
	if (x->mode == MODE_CONST && y.mode == MODE_CONST) {
		if (x->cv->kind == CONST_UNKNOWN || y.cv->kind == CONST_UNKNOWN) {
			x->cv = ck_unknown();
			return;
		}
		if (x->cv->kind == CONST_STRING && y.cv->kind == CONST_STRING && x->cv->s.n + y.cv->s.n > MAXSTRING) {
			ck_error(k, e != NULL ? e->pos : lhs->pos, "constant string too long");
			x->cv = ck_unknown();
			x->e = e;
			return;
		}
		x->cv = const_binary((Token)op, x->cv, y.cv, op == TK_DIV && type_isinteger(x->t));
		x->e = e;
		ck_overflow(k, x, e != NULL ? e->pos : lhs->pos);
		return;
	}
	x->mode = MODE_VALUE;
}

void
ck_binary(Checker *k, Operand *x, Expr *e)
{
	enum { NEAR = 32 };
	Expr *near[NEAR], **chain = near, *l;
	int n = 0, cap = NEAR;

	for (l = e; l->kind == EX_BINARY; l = l->binary.x) {
		if (n == cap) {
			Expr **more = NEWN(perm, Expr *, cap * 4);

			memcpy(more, chain, sizeof *chain * (size_t)n);
			chain = more;
			cap *= 4;
		}
		chain[n++] = l;
	}
	ck_expr(k, NULL, x, l);
	while (n-- > 0) {
		Expr *b = chain[n];

		combine(k, x, b, b->binary.x, b->binary.y, b->op);
		if (n == 0)
			return;		/* ck_raw records e itself */
		x->e = b;
		ck_record(k, x);
	}
}

/* lhs op= rhs */
void
ck_binaryop(Checker *k, Operand *x, Expr *e, Expr *lhs, Expr *rhs, int op)
{
	ck_expr(k, NULL, x, lhs);
	combine(k, x, e, lhs, rhs, op);
}
