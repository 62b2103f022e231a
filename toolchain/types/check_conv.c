/*
 * check_conv.c - assignability, conversions, representability, and the final
 * types of untyped expressions.
 *
 * Source: spec sections Assignability, Representability, Conversions and
 * Constant expressions.
 */
#include "types/check.h"

void
ck_terms(Type *t, Terms *out)
{
	out->n = 1;
	out->one.tilde = false;
	out->at = &out->one;
	if (t->kind != T_TPARAM) {
		out->one.type = ck_under(t);
	} else {
		TypeSet *ts = type_typeset(type_under(t));

		out->n = ts->all ? 0 : ts->terms.n;
		out->at = ts->terms.at;
	}
}

/* ---- final types of untyped expressions ---- */

void
ck_setvalue(Expr *e, Const *c)
{
	if (e != NULL && e->untyped)
		e->cv = c;
}

/*
 * The untyped expression e has type t. If t is typed, or final says that nothing better will come, this is written
 * for good into e and the operands it takes its type from; constants stop the descent, since their value is known.
 */
static void
settype1(Checker *k, Expr *e, Type *t, bool final)
{
	Type *old = e->type;

	if (!final && type_isuntyped(t)) {
		e->type = ck_under(t);
		return;
	}
	e->untyped = 0;
	if (e->shiftlhs && !type_allinteger(t)) {
		ck_error(k, ck_start(e), "invalid operation: shifted operand %s (type %s) must be integer",
		    expr_string(e), ck_tstr(k, t));
		e->type = t;
		return;
	}
	e->type = t;
	if (e->cv != NULL && e->mode == MODE_CONST) {
		Operand c = { MODE_CONST, 0, e, old, e->cv };

		ck_untyped(k, &c, t);
		if (c.mode != MODE_NONE && type_isconst(t))
			e->cv = c.cv;
	}
}

void
ck_settype(Checker *k, Expr *e, Type *t, bool final)
{
	enum { NEAR = 16 };
	Expr *near[NEAR], **spine = near;
	int n = 0, cap = NEAR;

	/* Down the left side, which may be long, then up again: operands before what they are part of. */
	while (e != NULL && e->untyped) {
		Expr *next = NULL;

		switch (e->kind) {
		case EX_CALL:
		case EX_NAME:
		case EX_LIT:
		case EX_SELECTOR:
			break;
		case EX_PAREN:
			next = e->unary.x;
			break;
		case EX_UNARY:
			if (e->cv == NULL)
				next = e->unary.x;
			break;
		case EX_BINARY:
			if (e->cv != NULL || (e->op >= TK_EQL && e->op <= TK_GEQ))
				break;
			next = e->binary.x;
			break;
		default:
			next = NULL;
			break;
		}
		if (n == cap) {
			Expr **more = NEWN(perm, Expr *, cap * 4);

			memcpy(more, spine, sizeof *spine * (size_t)n);
			spine = more;
			cap *= 4;
		}
		spine[n++] = e;
		e = next;
	}
	while (n-- > 0) {
		e = spine[n];
		if (e->kind == EX_BINARY && e->cv == NULL && !(e->op >= TK_EQL && e->op <= TK_GEQ) && e->op != TK_SHL &&
		    e->op != TK_SHR)
			ck_settype(k, e->binary.y, t, final);
		settype1(k, e, t, final);
	}
}

/* The type that the untyped operand x takes when target is wanted. */
ConvResult
ck_implicit(Checker *k, Operand *x, Type *target, Type **newtype, Const **val)
{
	Type *u;

	*newtype = x->t;
	*val = NULL;
	if (x->mode == MODE_NONE || !type_isuntyped(x->t) || !ck_valid(target))
		return CONV_OK;
	if (type_isuntyped(target)) {
		*newtype = type_max(x->t, target);
		return *newtype != NULL ? CONV_OK : CONV_INVALID;
	}
	*newtype = target;
	if (x->mode == MODE_NIL)
		return type_hasnil(target) ? CONV_OK : CONV_INVALID;
	u = ck_under(target);
	if (u->kind < T_ARRAY) {
		if (x->mode == MODE_CONST)
			return ck_representation(x, u, val);
		switch (x->t->kind) {
		case T_UNTYPED_BOOL:
			return type_isboolean(target) ? CONV_OK : CONV_INVALID;
		case T_UNTYPED_INT:
		case T_UNTYPED_RUNE:
		case T_UNTYPED_FLOAT:
		case T_UNTYPED_COMPLEX:
			return type_isnumeric(target) ? CONV_OK : CONV_INVALID;
		case T_UNTYPED_STRING:
			return type_isstring(target) ? CONV_OK : CONV_INVALID;
		default:
			return CONV_INVALID;
		}
	}
	if (u->kind != T_INTERFACE)
		return CONV_INVALID;
	if (target->kind == T_TPARAM) {
		Terms ts;

		ck_terms(target, &ts);
		for (int i = 0; i < ts.n; i++) {
			Type *nt;
			Const *v;

			if (ck_implicit(k, x, ck_under(ts.at[i].type), &nt, &v) != CONV_OK)
				return CONV_INVALID;
		}
		return ts.n > 0 ? CONV_OK : CONV_INVALID;
	}
	{
		TypeSet *ts = type_typeset(u);

		/* Untyped values fit the empty interface only, under their default types. */
		if (ts->methods.n > 0 || !ts->all || ts->comparable)
			return CONV_INVALID;
	}
	*newtype = type_default(x->t);
	return CONV_OK;
}

static void
badconversion(Checker *k, ConvResult why, Operand *x, Type *t)
{
	const char *xs = ck_str(x), *ts = ck_tstr(k, t);

	if (why == CONV_TRUNCATED)
		ck_error(k, ck_xpos(x), "%s truncated to %s", xs, ts);
	else if (why == CONV_OVERFLOW)
		ck_error(k, ck_xpos(x), "%s overflows %s", xs, ts);
	else
		ck_error(k, ck_xpos(x), "cannot convert %s to type %s", xs, ts);
	x->mode = MODE_NONE;
}

void
ck_untyped(Checker *k, Operand *x, Type *target)
{
	Type *nt;
	Const *val;
	ConvResult r = ck_implicit(k, x, target, &nt, &val);

	if (r != CONV_OK) {
		badconversion(k, r, x, target->kind == T_TPARAM ? target : ck_under(target));
		return;
	}
	if (val != NULL) {
		x->cv = val;
		ck_setvalue(x->e, val);
	}
	if (nt != x->t) {
		x->t = nt;
		ck_settype(k, x->e, nt, false);
	}
}

/* ---- constants ---- */

ConvResult
ck_representation(Operand *x, Type *basic, Const **val)
{
	Const *rounded = x->cv;

	if (x->cv->kind == CONST_UNKNOWN || const_representable(x->cv, basic, &rounded)) {
		*val = rounded;
		return CONV_OK;
	}
	if (type_isnumeric(x->t) && type_isnumeric(basic))
		return !type_isinteger(x->t) && type_isinteger(basic) ? CONV_TRUNCATED : CONV_OVERFLOW;
	return CONV_INVALID;
}

void
ck_representable(Checker *k, Operand *x, Type *basic)
{
	Const *val = NULL;
	ConvResult r = ck_representation(x, basic, &val);

	if (r != CONV_OK)
		badconversion(k, r, x, basic);
	else
		x->cv = val;
}

static const char *
opname(const Expr *e)
{
	if (e != NULL && e->kind == EX_UNARY && e->op == TK_XOR)
		return "bitwise complement ";
	if (e != NULL && e->kind == EX_BINARY)
		switch (e->op) {
		case TK_ADD:
			return "addition ";
		case TK_SUB:
			return "subtraction ";
		case TK_XOR:
			return "bitwise XOR ";
		case TK_MUL:
			return "multiplication ";
		case TK_SHL:
			return "shift ";
		}
	return "";
}

/* A constant operation gave x: it must fit its type, or 512 bits if untyped. */
void
ck_overflow(Checker *k, Operand *x, Pos oppos)
{
	if (x->cv == NULL || x->cv->kind == CONST_UNKNOWN) {
		if (x->cv == NULL && x->e != NULL && type_isuntyped(x->t) && type_isinteger(x->t))
			ck_error(k, oppos, "constant %soverflow", opname(x->e));
		else
			ck_error(k, oppos, "constant result is not representable");
		x->cv = ck_unknown();
		return;
	}
	if (!type_isuntyped(x->t)) {
		ck_representable(k, x, ck_under(x->t));
		return;
	}
	if (x->cv->kind == CONST_INT && const_bitlen(x->cv) > 512) {
		ck_error(k, oppos, "constant %soverflow", opname(x->e));
		x->cv = ck_unknown();
	}
}

/* ---- assignability ---- */

static void
addcause(const char **cause, const char *text)
{
	if (cause != NULL)
		*cause = *cause != NULL && **cause != '\0' ? intern_printf("%s\n\t%s", text, *cause) : text;
}

bool
ck_assignable(Checker *k, Operand *x, Type *t, const char **cause)
{
	Type *v = x->t, *vu, *tu;
	bool vp, tp;

	if (x->mode == MODE_NONE || !ck_valid(t) || !ck_valid(v))
		return true;
	if (v == t || type_identical(v, t))
		return true;
	vu = ck_under(v);
	tu = ck_under(t);
	vp = v->kind == T_TPARAM;
	tp = t->kind == T_TPARAM;
	if (type_isuntyped(v)) {
		Type *nt;
		Const *val;

		if (tp) {
			Terms ts;

			ck_terms(t, &ts);
			for (int i = 0; i < ts.n; i++)
				if (ck_implicit(k, x, ts.at[i].type, &nt, &val) != CONV_OK)
					return false;
			return ts.n > 0;
		}
		return ck_implicit(k, x, t, &nt, &val) == CONV_OK;
	}
	if ((!ck_named(v) || !ck_named(t)) && !vp && !tp && type_identical(vu, tu))
		return true;
	if ((tu->kind == T_INTERFACE && !tp) || ck_ifaceptr(tu)) {
		if (type_implements(type_unspelled(v), type_unspelled(t), false, cause))
			return true;
		if (!vp)
			return false;
		if (cause != NULL)
			*cause = NULL;
	}
	if (vu->kind == T_INTERFACE && !vp && type_implements(t, v, false, NULL)) {
		if (cause != NULL)
			*cause = "need type assertion";
		return false;
	}
	if (vu->kind == T_CHAN && vu->dir == CHAN_BOTH && tu->kind == T_CHAN && type_identical(vu->elem, tu->elem))
		return !ck_named(v) || !ck_named(t);
	if (!vp && !tp)
		return false;
	if (!ck_named(v) && tp) {
		Terms ts;

		ck_terms(t, &ts);
		for (int i = 0; i < ts.n; i++)
			if (!ck_assignable(k, x, ts.at[i].type, cause)) {
				addcause(cause,
				    intern_printf("cannot assign %s to %s (in %s)", ck_tstr(k, v),
					ck_tstr(k, ts.at[i].type), ck_tstr(k, t)));
				return false;
			}
		return ts.n > 0;
	}
	if (vp && !ck_named(t)) {
		Terms ts;
		Operand y = *x;

		ck_terms(v, &ts);
		for (int i = 0; i < ts.n; i++) {
			y.t = ts.at[i].type;
			if (!ck_assignable(k, &y, t, cause)) {
				addcause(cause,
				    intern_printf("cannot assign %s (in %s) to %s", ck_tstr(k, y.t), ck_tstr(k, v),
					ck_tstr(k, t)));
				return false;
			}
		}
		return ts.n > 0;
	}
	return false;
}

/* ---- conversions T(x) ---- */

static bool
bytesorrunes(Type *t)
{
	Type *u = ck_under(t);

	return t->kind != T_TPARAM && u->kind == T_SLICE &&
	    (ck_under(u->elem)->kind == T_UINT8 || ck_under(u->elem)->kind == T_INT32);
}

static bool
convertible(Checker *k, Operand *x, Type *t, const char **cause)
{
	Type *v = x->t, *vu, *tu;
	bool vp, tp;
	Terms ts, vs;
	Operand y = *x;

	if (ck_assignable(k, x, t, cause))
		return true;
	vu = ck_under(v);
	tu = ck_under(t);
	vp = v->kind == T_TPARAM;
	tp = t->kind == T_TPARAM;
	if (!vp && !tp && type_identical_notags(vu, tu))
		return true;
	if (v->kind == T_PTR && t->kind == T_PTR && v->elem->kind != T_TPARAM && t->elem->kind != T_TPARAM &&
	    type_identical_notags(ck_under(v->elem), ck_under(t->elem)))
		return true;
	if (!vp && !tp) {
		if ((type_isinteger(vu) || type_isfloat(vu)) && (type_isinteger(tu) || type_isfloat(tu)))
			return true;
		if (type_iscomplex(vu) && type_iscomplex(tu))
			return true;
		if ((type_isinteger(vu) || bytesorrunes(vu)) && type_isstring(tu))
			return true;
		if (type_isstring(vu) && bytesorrunes(tu))
			return true;
		if ((vu->kind == T_PTR || vu->kind == T_UINTPTR) && tu->kind == T_UNSAFEPTR)
			return true;
		if (vu->kind == T_UNSAFEPTR && (tu->kind == T_PTR || tu->kind == T_UINTPTR))
			return true;
		if (vu->kind == T_SLICE) {
			Type *a = tu->kind == T_PTR ? ck_under(tu->elem) : tu;

			if (a->kind == T_ARRAY && type_identical(vu->elem, a->elem)) {
				if (ck_allow(k, tu->kind == T_PTR ? 17 : 20))
					return true;
				if (cause != NULL)
					*cause = tu->kind == T_PTR ?
					    "conversion of slice to array pointer requires go1.17 or later" :
								     "conversion of slice to array requires go1.20 or later";
				return false;
			}
		}
		return false;
	}
	if (vp)
		ck_terms(v, &vs);
	if (tp)
		ck_terms(t, &ts);
	if ((vp && vs.n == 0) || (tp && ts.n == 0))
		return false;
	if (!vp) {
		vs.n = 1;
		vs.one.type = v;
		vs.at = &vs.one;
	}
	if (!tp) {
		ts.n = 1;
		ts.one.type = t;
		ts.at = &ts.one;
	}
	for (int i = 0; i < vs.n; i++)
		for (int j = 0; j < ts.n; j++) {
			y.t = vs.at[i].type;
			if (convertible(k, &y, ts.at[j].type, cause))
				continue;
			if (vp && tp)
				addcause(cause,
				    intern_printf("cannot convert %s (in %s) to type %s (in %s)", ck_tstr(k, y.t),
					ck_tstr(k, v), ck_tstr(k, ts.at[j].type), ck_tstr(k, t)));
			else if (vp)
				addcause(cause,
				    intern_printf("cannot convert %s (in %s) to type %s", ck_tstr(k, y.t),
					ck_tstr(k, v), ck_tstr(k, t)));
			else
				addcause(cause,
				    intern_printf("cannot convert %s to type %s (in %s)", ck_tstr(k, v),
							      ck_tstr(k, ts.at[j].type), ck_tstr(k, t)));
			return false;
		}
	return true;
}

static bool
constconvertible(Operand *x, Type *t, Const **val)
{
	Type *u = ck_under(t);
	Const *r = x->cv;

	if (u->kind >= T_ARRAY)
		return false;
	if (x->cv->kind == CONST_UNKNOWN)
		return true;
	if (const_representable(x->cv, u, &r)) {
		if (val != NULL)
			*val = r;
		return true;
	}
	if (type_isinteger(x->t) && type_isstring(u)) {
		uint64_t i;
		uint8_t text[4];
		int n;

		if (!const_isuint64(const_toint(x->cv), &i) || i > 0x10ffff || (i >= 0xd800 && i < 0xe000))
			i = 0xfffd;
		n = utf8_encode((uint32_t)i, text);
		if (val != NULL)
			*val = const_string(arena_strndup(perm, (const char *)text, (size_t)n), (size_t)n);
		return true;
	}
	return false;
}

void
ck_conversion(Checker *k, Operand *x, Type *t)
{
	bool constarg = x->mode == MODE_CONST, ok = false;
	const char *cause = NULL;

	if (constarg && type_isconst(t)) {
		Const *val = x->cv;

		ok = constconvertible(x, t, &val);
		if (!ok && type_isinteger(t) && const_toint(x->cv)->kind == CONST_INT)
			x->cv = const_toint(x->cv);
		if (!ok && type_isinteger(x->t) && type_isinteger(t)) {
			ck_error(k, ck_xpos(x), "constant %s overflows %s", const_string_repr(x->cv), ck_tstr(k, t));
			x->mode = MODE_NONE;
			return;
		}
		if (ok)
			x->cv = val;
	} else if (constarg && t->kind == T_TPARAM) {
		Terms ts;

		ck_terms(t, &ts);
		ok = ts.n > 0;
		if (!ok)
			cause = intern_printf("%s does not contain specific types", ck_tstr(k, t));
		for (int i = 0; ok && i < ts.n; i++) {
			Type *u = ck_under(ts.at[i].type);

			if (type_isstring(x->t) && bytesorrunes(u))
				continue;
			if (constconvertible(x, u, NULL))
				continue;
			ok = false;
			if (type_isinteger(x->t) && type_isinteger(u))
				cause = intern_printf("constant %s overflows %s (in %s)", const_string_repr(x->cv),
				    ck_tstr(k, u), ck_tstr(k, t));
			else
				cause = intern_printf("cannot convert %s to type %s (in %s)", ck_str(x), ck_tstr(k, u),
				    ck_tstr(k, t));
		}
		x->mode = MODE_VALUE;	/* type parameters are not constants */
	} else if (convertible(k, x, t, &cause)) {
		ok = true;
		x->mode = MODE_VALUE;
	}
	if (!ok) {
		if (cause != NULL && *cause != '\0')
			ck_error(k, ck_xpos(x), "cannot convert %s to type %s: %s", ck_str(x), ck_tstr(k, t), cause);
		else
			ck_error(k, ck_xpos(x), "cannot convert %s to type %s", ck_str(x), ck_tstr(k, t));
		x->mode = MODE_NONE;
		return;
	}
	if (type_isuntyped(x->t)) {
		Type *final = t;

		if (x->t->kind == T_UNTYPED_NIL)
			;
		else if (ck_nontpiface(t) || (constarg && !type_isconst(t)))
			final = type_default(x->t);
		else if (x->mode == MODE_CONST && type_isinteger(x->t) && type_allstring(t))
			final = x->t;	/* string(65): the operand stays an integer */
		ck_settype(k, x->e, final, true);
	}
	x->t = t;
}
