/*
 * build_assign.c - assignments, definitions, variable declarations.
 *
 * Two phases, as the specification says: operands of the left side and the values first,
 * then the assignments in order. What may panic in a place itself (index out of range, nil
 * pointer) belongs to the second phase: Lval keeps it for later.
 */
#include "lower/build.h"

void
bd_multi(Expr *e, OpdVec *out)
{
	Type *t;
	Value *ok;
	Opd x, key;

	e = bd_unparen(e);
	if (!e->commaok) {
		bd_callresults(e, out);
		return;
	}
	bd->pos = e->pos;
	t = e->type->kind == T_TUPLE ? bd_type(e->type->tuple.vars.at[0]->type) : bd_type(e->type);
	switch (e->kind) {
	case EX_INDEX: {
		Opd m = bd_expr(e->index.x);

		key = bd_peekconv(e->index.index.at[0], type_core(m.t)->key);
		bd->pos = e->pos;
		x = bd_mapaccess2(m, key, &ok);
		break;
	}
	case EX_ASSERT:
		x = bd_expr(e->assert.x);
		bd->pos = e->pos;
		x = bd_assert(x, t, true, &ok);
		break;
	case EX_UNARY: {
		Opd ch = bd_expr(e->unary.x);

		bd->pos = e->pos;
		ok = bd_recv(ch, type_core(ch.t)->elem, &x, true);
		break;
	}
	default:
		bug("lower: two values of expression kind %d", e->kind);
	}
	vec_push(bd->a, out, x);
	vec_push(bd->a, out, bd_opd1(typ[T_BOOL], ok));
}

static Opd
one(Type *t)
{
	Type *u = type_under(t);

	/* clang-format off */
	switch (u->kind) {
	case T_FLOAT32: case T_FLOAT64: case T_COMPLEX64: case T_COMPLEX128:
		return bd_const(const_float(1), t);
	default:
		return bd_const(const_int(1), t);
	}
	/* clang-format on */
}

static void
opassign(Stmt *s)
{
	Expr *l = s->assign.lhs.at[0];
	bool late = s->kind != ST_INCDEC && bd_hascall(s->assign.rhs.at[0]) && bd_callfree(l);
	Lval lv;
	Opd x, y;

	if (late) {	/* calls first */
		y = bd_expr(s->assign.rhs.at[0]);
		lv = bd_lval(l);
		bd->pos = s->pos;
		x = bd_lvload(&lv);
		x = bd_arith(s->op, x, y, x.t, y.lt->ncomp == 1 && type_isunsigned(y.t));
		bd_lvstore(&lv, x);
		return;
	}
	lv = bd_lval(l);
	if (s->kind == ST_INCDEC) {
		bd->pos = s->pos;
		x = bd_lvload(&lv);
		y = one(x.t);
	} else {
		y = bd_expr(s->assign.rhs.at[0]);
		bd->pos = s->pos;
		x = bd_lvload(&lv);
	}
	x = bd_arith(s->op, x, y, x.t, y.lt->ncomp == 1 && type_isunsigned(y.t));
	bd_lvstore(&lv, x);
}

static bool
isfresh(Expr *e)
{
	return e->kind == EX_NAME && e->name.obj != NULL && e->name.obj->pos == e->pos && !bd_isblank(e);
}

static void
discard(Expr *e)
{
	if (bd_isnil(e))
		return;
	if (bd_unparen(e)->mode == MODE_CONST)
		return;
	bd_expr(e);
}

static void
single(Stmt *s, Expr *l, Expr *r)
{
	if (bd_isblank(l)) {
		Opd x;

		if (bd_isnil(r) || bd_unparen(r)->mode == MODE_CONST)
			return;
		if (bd_addressable(r)) {	/* the checks of the place, without the load */
			Lval lv = bd_lval(r);
			int64_t off;

			if (lv.kind == LV_MEM || lv.kind == LV_INDEX)
				bd_lvaddr(&lv, &off);
			return;
		}
		x = bd_expr(r);
		(void)x;
		return;
	}
	if (s->kind == ST_DEFINE && isfresh(l)) {
		bd_defineexpr(l, r);
		return;
	}
	if (bd_unparen(l)->kind != EX_NAME && bd_hascall(r) && bd_callfree(l)) {	/* calls first */
		Opd x = bd_hold(bd_exprconv(r, bd_type(l->type)));
		Lval lv = bd_lval(l);

		bd->pos = s->pos;
		bd_lvstore(&lv, x);
	} else {
		Lval lv = bd_lval(l);
		Opd x = bd_exprconv(r, lv.t);

		bd->pos = s->pos;
		bd_lvstore(&lv, x);
	}
}

void
bd_defineexpr(Expr *name, Expr *value)
{
	Obj *o = name->name.obj;
	Type *t = bd_type(obj_type(o));

	bd_define(o, t, bd_exprconv(value, t));
}

/* Gives values to the left side, whose places were found before. */
static void
assignall(Stmt *s, Lval *lv, OpdVec *xs)
{
	ExprVec *l = &s->assign.lhs;

	bd->pos = s->pos;
	for (int i = 0; i < l->n; i++) {
		Expr *e = l->at[i];

		if (bd_isblank(e))
			continue;
		if (s->kind == ST_DEFINE && isfresh(e)) {
			Obj *o = e->name.obj;
			Type *t = bd_type(obj_type(o));

			bd_define(o, t, bd_implicit(xs->at[i], t));
			continue;
		}
		bd_lvstore(&lv[i], bd_implicit(xs->at[i], lv[i].t));
	}
}

static void
places(Stmt *s, Lval *lv)
{
	ExprVec *l = &s->assign.lhs;

	for (int i = 0; i < l->n; i++)
		if (!bd_isblank(l->at[i]) && !(s->kind == ST_DEFINE && isfresh(l->at[i])))
			lv[i] = bd_lval(l->at[i]);
}

void
bd_assign(Stmt *s)
{
	ExprVec *l = &s->assign.lhs, *r = &s->assign.rhs;
	Lval *lv;
	OpdVec xs = { 0 };

	if (s->kind == ST_INCDEC || (s->kind == ST_ASSIGN && s->op != 0)) {
		opassign(s);
		return;
	}
	if (l->n == 1 && r->n == 1) {
		single(s, l->at[0], r->at[0]);
		return;
	}
	lv = NEWN(bd->a, Lval, l->n);
	if (r->n == 1) {
		bool late = true;

		for (int i = 0; i < l->n; i++)
			late = late && bd_callfree(l->at[i]);
		if (!late)
			places(s, lv);
		bd_multi(r->at[0], &xs);
		for (int i = 0; i < xs.n; i++)
			xs.at[i] = bd_hold(xs.at[i]);
		if (late)
			places(s, lv);
	} else {
		bool late = true;
		Opd none = { 0 };

		for (int i = 0; i < l->n; i++)
			late = late && bd_callfree(l->at[i]);
		if (!late)
			places(s, lv);
		for (int i = 0; i < r->n; i++)
			vec_push(bd->a, &xs, none);
		/* values with calls first, then places, then the other values */
		for (int pass = 0; pass < 2; pass++) {
			if (pass == 1 && late)
				places(s, lv);
			for (int i = 0; i < r->n; i++) {
				Expr *e = l->at[i];

				if (bd_callfree(r->at[i]) == (pass == 0))
					continue;
				if (bd_isblank(e))
					discard(r->at[i]);
				else
					xs.at[i] = bd_hold(bd_exprconv(r->at[i],
					    s->kind == ST_DEFINE && isfresh(e) ? bd_type(obj_type(e->name.obj)) :
						lv[i].t != NULL                ? lv[i].t :
										 bd_type(e->type)));
			}
		}
	}
	assignall(s, lv, &xs);
}

void
bd_vardecl(Decl *d)
{
	ExprVec *names = &d->value.names, *vals = &d->value.values;
	OpdVec xs = { 0 };

	if (vals->n == 0) {
		for (int i = 0; i < names->n; i++)
			if (!bd_isblank(names->at[i])) {
				Obj *o = names->at[i]->name.obj;
				Type *t = bd_type(obj_type(o));

				bd_define(o, t, bd_zero(t));
			}
		return;
	}
	if (vals->n == 1 && names->n > 1)
		bd_multi(vals->at[0], &xs);
	else
		for (int i = 0; i < vals->n; i++) {
			Expr *n = names->at[i];
			Opd none = { 0 };

			if (bd_isblank(n)) {
				Type *dt = d->value.type != NULL ? bd_type(d->value.type->type) : NULL;

				if (dt != NULL)
					bd_exprconv(vals->at[i], dt);
				else
					discard(vals->at[i]);
				vec_push(bd->a, &xs, none);
				continue;
			}
			if (names->n == 1) {
				bd_defineexpr(n, vals->at[i]);
				return;
			}
			vec_push(bd->a, &xs, bd_hold(bd_exprconv(vals->at[i], bd_type(obj_type(n->name.obj)))));
		}
	for (int i = 0; i < names->n; i++)
		if (!bd_isblank(names->at[i])) {
			Obj *o = names->at[i]->name.obj;
			Type *t = bd_type(obj_type(o));

			bd_define(o, t, bd_implicit(xs.at[i], t));
		}
}
