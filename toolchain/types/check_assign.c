/*
 * check_assign.c - assignments: to variables, parameters, fields, results.
 */
#include "types/check.h"

/* x is assigned to something of type t, or to a new variable if t is NULL; context words where. */
void
ck_assignment(Checker *k, Operand *x, Type *t, const char *context)
{
	const char *cause = NULL;

	ck_singlevalue(k, x);
	switch (x->mode) {
	case MODE_NONE:
		return;
	case MODE_NIL:
	case MODE_CONST:
	case MODE_VAR:
	case MODE_MAPINDEX:
	case MODE_VALUE:
	case MODE_COMMAOK:
		break;
	default:
		ck_error(k, ck_xpos(x), "cannot assign %s to %s in %s", ck_str(x), ck_tstr(k, t), context);
		x->mode = MODE_NONE;
		return;
	}
	if (type_isuntyped(x->t)) {
		Type *target = t, *nt;
		Const *val;
		ConvResult r;

		if (x->mode == MODE_NIL) {
			if (t == NULL) {
				ck_error(k, ck_xpos(x), "use of untyped nil in %s", context);
				x->mode = MODE_NONE;
				return;
			}
		} else if (t == NULL || ck_nontpiface(t)) {
			/* Spec: an untyped constant in an interface has its default type. */
			target = type_default(x->t);
		}
		r = ck_implicit(k, x, target, &nt, &val);
		if (r != CONV_OK) {
			ck_error(k, ck_xpos(x), "cannot use %s as %s value in %s%s", ck_str(x), ck_tstr(k, target),
			    context,
			    r == CONV_TRUNCATED    ? " (truncated)" :
				r == CONV_OVERFLOW ? " (overflows)" :
						     "");
			x->mode = MODE_NONE;
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
	if (x->t->kind == T_FUNC && x->t->fn.tparams.n > 0) {
		ck_error(k, ck_xpos(x), "cannot use generic function %s without instantiation in %s", ck_str(x),
		    context);
		x->mode = MODE_NONE;
		return;
	}
	if (t == NULL)
		return;
	if (!ck_assignable(k, x, t, &cause)) {
		if (cause != NULL && *cause != '\0')
			ck_error(k, ck_xpos(x), "cannot use %s as %s value in %s: %s", ck_str(x), ck_tstr(k, t),
			    context, cause);
		else
			ck_error(k, ck_xpos(x), "cannot use %s as %s value in %s", ck_str(x), ck_tstr(k, t), context);
		x->mode = MODE_NONE;
	}
}

void
ck_initvar(Checker *k, Obj *o, Operand *x, const char *context)
{
	if (x->mode == MODE_NONE || !ck_valid(x->t) || (o->type != NULL && !ck_valid(o->type))) {
		if (o->type == NULL)
			o->type = typ[T_INVALID];
		x->mode = MODE_NONE;
		return;
	}
	if (o->type == NULL) {
		Type *t = x->t;

		if (type_isuntyped(t)) {
			if (t->kind == T_UNTYPED_NIL) {
				ck_error(k, ck_xpos(x), "use of untyped nil in %s", context);
				o->type = typ[T_INVALID];
				x->mode = MODE_NONE;
				return;
			}
			t = type_default(t);
		}
		o->type = t;
	}
	ck_assignment(k, x, o->type, context);
}

static void
invalidvars(Obj **lhs, int n)
{
	for (int i = 0; i < n; i++)
		if (lhs[i]->type == NULL)
			lhs[i]->type = typ[T_INVALID];
}

static void
countmismatch(Checker *k, ExprVec *rhs, int l, int r)
{
	Expr *e = rhs->at[0], *call = ck_unparen(e);

	if (rhs->n == 1 && call->kind == EX_CALL)
		ck_error(k, ck_start(e), "assignment mismatch: %d variable%s but %s returns %d value%s", l,
		    l == 1 ? "" : "s", expr_string(call->call.fn), r, r == 1 ? "" : "s");
	else
		ck_error(k, ck_start(e), "assignment mismatch: %d variable%s but %d value%s", l, l == 1 ? "" : "s", r,
		    r == 1 ? "" : "s");
}

static void
returnmismatch(Checker *k, Stmt *ret, Obj **lhs, int l, OperandVec *rhs)
{
	Pos at = ret->pos;
	TypeVec have = { 0 }, want = { 0 };

	if (rhs->n > l)
		at = ck_xpos(&rhs->at[l]);
	else if (rhs->n > 0)
		at = ck_xpos(&rhs->at[rhs->n - 1]);
	for (int i = 0; i < rhs->n; i++)
		vec_push(perm, &have, rhs->at[i].t);
	for (int i = 0; i < l; i++)
		vec_push(perm, &want, lhs[i]->type);
	ck_error(k, at, "%s return values\n\thave %s\n\twant %s", rhs->n > l ? "too many" : "not enough",
		 ck_tlist(k, have.at, have.n, false), ck_tlist(k, want.at, want.n, false));
}

static bool
singlecall(ExprVec *rhs)
{
	return rhs->n == 1 && ck_unparen(rhs->at[0])->kind == EX_CALL;
}

/* Variables lhs are initialised, or results returned if ret is the statement that does. */
void
ck_initvars(Checker *k, Obj **lhs, int nlhs, ExprVec *rhs, Stmt *ret)
{
	const char *context = ret != NULL ? "return statement" : "assignment";
	OperandVec vals = { 0 };
	bool commaok;

	if (nlhs == rhs->n && !singlecall(rhs)) {
		for (int i = 0; i < nlhs; i++) {
			Target tg = { NULL, lhs[i]->name };
			Operand x;

			if (ret != NULL && lhs[i]->name[0] == '\0')
				tg.desc = "result variable";
			if (lhs[i]->type != NULL && ck_under(lhs[i]->type)->kind == T_FUNC)
				tg.sig = ck_under(lhs[i]->type);
			ck_expr(k, tg.sig != NULL ? &tg : NULL, &x, rhs->at[i]);
			ck_initvar(k, lhs[i], &x, context);
		}
		return;
	}
	if (rhs->n != 1) {
		if (ck_uselist(k, rhs)) {
			if (ret != NULL) {
				ck_exprlist(k, rhs, &vals);
				returnmismatch(k, ret, lhs, nlhs, &vals);
			} else if (rhs->n > 0) {
				countmismatch(k, rhs, nlhs, rhs->n);
			}
		}
		invalidvars(lhs, nlhs);
		return;
	}
	ck_multiexpr(k, rhs->at[0], nlhs == 2 && ret == NULL, &vals, &commaok);
	if (nlhs == vals.n) {
		for (int i = 0; i < nlhs; i++)
			ck_initvar(k, lhs[i], &vals.at[i], context);
		if (commaok && vals.at[0].mode != MODE_NONE && vals.at[1].mode != MODE_NONE)
			ck_recordcommaok(k, rhs->at[0], vals.at[0].t, vals.at[1].t);
		return;
	}
	/* A call without results has complained already. */
	if (vals.n > 0 && vals.at[0].mode != MODE_NONE) {
		if (ret != NULL)
			returnmismatch(k, ret, lhs, nlhs, &vals);
		else
			countmismatch(k, rhs, nlhs, vals.n);
	}
	invalidvars(lhs, nlhs);
}

/* The type of e as the left side of an assignment; NULL for _, invalid after an error. */
Type *
ck_lhs(Checker *k, Expr *e)
{
	Expr *n = ck_unparen(e);
	Obj *v = NULL;
	bool used = false;
	Operand x;

	if (n->kind == EX_NAME) {
		if (ck_isblank(n)) {
			n->name.obj = NULL;
			n->type = NULL;
			return NULL;
		}
		/* Being assigned to is no use. */
		v = ck_lookup(k, n->name.text, NULL, NULL);
		if (v != NULL && (v->kind != OBJ_VAR || v->pkg != k->pkg))
			v = NULL;
		used = v != NULL && v->used;
	}
	ck_expr(k, NULL, &x, e);
	if (v != NULL)
		v->used = used;
	if (x.mode == MODE_NONE || !ck_valid(x.t))
		return typ[T_INVALID];
	if (x.mode != MODE_VAR && x.mode != MODE_MAPINDEX) {
		if (x.e->kind == EX_SELECTOR && x.e->selector.x->mode == MODE_MAPINDEX) {
			ck_error(k, ck_xpos(&x), "cannot assign to struct field %s in map", expr_string(x.e));
			return typ[T_INVALID];
		}
		ck_error(k, ck_xpos(&x), "cannot assign to %s (neither addressable nor a map index expression)",
		    expr_string(x.e));
		return typ[T_INVALID];
	}
	ck_assigned(e);
	return x.t;
}

/* Assigns rhs, or the value *x if that is not NULL. */
void
ck_assignvar(Checker *k, Expr *lhs, Expr *rhs, Operand *x, const char *context)
{
	Type *t = ck_lhs(k, lhs);
	Operand y;

	if (t != NULL && !ck_valid(t)) {
		if (x != NULL)
			x->mode = MODE_NONE;
		else
			ck_use(k, rhs);
		return;
	}
	if (x == NULL) {
		Target tg = { NULL, NULL };

		if (t != NULL && ck_under(t)->kind == T_FUNC) {
			tg.sig = ck_under(t);
			tg.desc = expr_string(lhs);
		}
		x = &y;
		ck_expr(k, tg.sig != NULL ? &tg : NULL, x, rhs);
	}
	if (t == NULL && strcmp(context, "assignment") == 0)
		context = "assignment to _ identifier";
	ck_assignment(k, x, t, context);
	if (t == NULL && x->mode != MODE_NONE)
		ck_unparen(lhs)->type = x->t;
}

void
ck_assignvars(Checker *k, ExprVec *lhs, ExprVec *rhs)
{
	OperandVec vals = { 0 };
	bool commaok, ok = true;

	if (lhs->n == rhs->n && !singlecall(rhs)) {
		for (int i = 0; i < lhs->n; i++)
			ck_assignvar(k, lhs->at[i], rhs->at[i], NULL, "assignment");
		return;
	}
	if (rhs->n != 1) {
		for (int i = 0; i < lhs->n; i++)
			ok &= ck_uselhs(k, lhs->at[i]);
		ok &= ck_uselist(k, rhs);
		if (ok && rhs->n > 0)
			countmismatch(k, rhs, lhs->n, rhs->n);
		return;
	}
	ck_multiexpr(k, rhs->at[0], lhs->n == 2, &vals, &commaok);
	if (lhs->n == vals.n) {
		for (int i = 0; i < lhs->n; i++)
			ck_assignvar(k, lhs->at[i], NULL, &vals.at[i], "assignment");
		if (commaok && vals.at[0].mode != MODE_NONE && vals.at[1].mode != MODE_NONE)
			ck_recordcommaok(k, rhs->at[0], vals.at[0].t, vals.at[1].t);
		return;
	}
	if (vals.n > 0 && vals.at[0].mode != MODE_NONE)
		countmismatch(k, rhs, lhs->n, vals.n);
	for (int i = 0; i < lhs->n; i++)
		ck_uselhs(k, lhs->at[i]);
}

/* lhs := rhs */
void
ck_define(Checker *k, Stmt *s)
{
	ExprVec *lhs = &s->assign.lhs, *rhs = &s->assign.rhs;
	int top = k->later.n, n = lhs->n, nnew = 0;
	Obj *small[8], **vars = n <= 8 ? small : NEWN(perm, Obj *, n);
	bool fresh[64] = { false }, err = false;

	for (int i = 0; i < n; i++) {
		Expr *e = lhs->at[i];
		Obj *alt;
		bool repeated = false;

		vars[i] = NULL;
		if (e->kind != EX_NAME) {
			ck_uselhs(k, e);
			ck_error(k, ck_start(e), "non-name %s on left side of :=", expr_string(e));
			err = true;
			continue;
		}
		if (!ck_isblank(e))
			for (int j = 0; j < i; j++)
				repeated |= lhs->at[j]->kind == EX_NAME && lhs->at[j]->name.text == e->name.text;
		if (repeated) {
			ck_error(k, e->pos, "%s repeated on left side of :=", e->name.text);
			err = true;
			continue;
		}
		alt = ck_isblank(e) ? NULL : scope_lookup(k->env.scope, e->name.text);
		if (alt != NULL) {
			e->name.obj = alt;
			if (alt->kind == OBJ_VAR) {
				vars[i] = alt;
				alt->reassigned = 1;
				e->mode = MODE_VAR;
				e->type = alt->type;
			} else {
				ck_error(k, e->pos, "cannot assign to %s", expr_string(e));
				err = true;
			}
			continue;
		}
		vars[i] = ck_newvar(k, e->pos, e->name.text, NULL);
		if (i < 64)
			fresh[i] = true;
		if (!ck_isblank(e))
			nnew++;
		e->name.obj = vars[i];
		e->mode = MODE_VAR;
	}
	for (int i = 0; i < n; i++)
		if (vars[i] == NULL)
			vars[i] = obj_new(OBJ_VAR, ck_start(lhs->at[i]), k->pkg, intern_str("_"), NULL);
	ck_initvars(k, vars, n, rhs, NULL);
	/* Function literals on the right do not see the new variables. */
	ck_dolater(k, top);
	if (nnew == 0 && !err) {
		ck_error(k, s->pos, "no new variables on left side of :=");
		for (int i = 0; i < n; i++)
			if (lhs->at[i]->kind == EX_NAME)
				lhs->at[i]->type = vars[i]->type;
		return;
	}
	for (int i = 0; i < n; i++) {
		if (lhs->at[i]->kind != EX_NAME)
			continue;
		lhs->at[i]->type = vars[i]->type;
		if ((i >= 64 || fresh[i]) && lhs->at[i]->name.obj == vars[i] && vars[i]->parent == NULL &&
		    !ck_isblank(lhs->at[i]))
			ck_declare(k, k->env.scope, NULL, vars[i]);
	}
}
