/*
 * check_expr.c - expressions: the dispatch, names, selectors, and what is
 * common to all operands.
 *
 * Every expression goes through ck_raw, which writes the result into the tree.
 */
#include "types/check.h"

Expr *
ck_unparen(Expr *e)
{
	while (e->kind == EX_PAREN)
		e = e->unary.x;
	return e;
}

void
ck_record(Checker *k, Operand *x)
{
	Expr *e = x->e;

	(void)k;
	e->mode = x->mode;
	e->cv = NULL;
	e->commaok = 0;
	switch (x->mode) {
	case MODE_NONE:
		e->type = typ[T_INVALID];
		e->untyped = 0;
		return;
	case MODE_NOVALUE:
		e->type = type_emptytuple;
		e->untyped = 0;
		return;
	case MODE_CONST:
		e->cv = x->cv;
		break;
	}
	e->type = x->t;
	e->untyped = x->t != NULL && type_isuntyped(x->t);
	e->shiftlhs = 0;
}

/* e yields a second value of type t1 here. */
void
ck_recordcommaok(Checker *k, Expr *e, Type *t0, Type *t1)
{
	Obj *v[2];

	v[0] = obj_new(OBJ_VAR, e->pos, k->pkg, intern_str(""), t0);
	v[1] = obj_new(OBJ_VAR, e->pos, k->pkg, intern_str(""), t1);
	for (;; e = e->unary.x) {
		e->type = type_tuple(v, 2);
		e->commaok = 1;
		e->untyped = 0;
		if (e->kind != EX_PAREN)
			return;
	}
}

/* ---- facts about variables for the lowering ---- */

/* The variable whose memory e names a part of, or NULL. */
static Obj *
rootvar(Expr *e)
{
	for (;;) {
		switch (e->kind) {
		case EX_PAREN:
			e = e->unary.x;
			break;
		case EX_NAME:
			return e->name.obj != NULL && e->name.obj->kind == OBJ_VAR && !e->name.obj->isglobal ?
			    e->name.obj :
			    NULL;
		case EX_SELECTOR:
			if (e->selector.selection == NULL || e->selector.selection->kind != SEL_FIELD ||
			    e->selector.selection->indirect)
				return NULL;
			e = e->selector.x;
			break;
		case EX_INDEX:
			if (e->index.x->type == NULL)
				return NULL;
			if (e->index.x->type->kind != T_TPARAM && ck_under(e->index.x->type)->kind != T_ARRAY)
				return NULL;
			e = e->index.x;
			break;
		default:
			return NULL;
		}
	}
}

void
ck_assigned(Expr *e)
{
	Obj *o = rootvar(e);

	if (o != NULL)
		o->reassigned = 1;
}

void
ck_addrtaken(Expr *e)
{
	Obj *o = rootvar(e);

	if (o != NULL)
		o->addrtaken = o->reassigned = 1;
}

/* ---- names ---- */

void
ck_ident(Checker *k, Operand *x, Expr *e, Obj *def, bool wanttype)
{
	const char *name = e->name.text;
	Scope *sc;
	bool crossed = false;
	Obj *o;
	Type *t;

	memset(x, 0, sizeof *x);
	x->e = e;
	x->t = typ[T_INVALID];
	o = ck_lookup(k, name, &sc, &crossed);
	if (o == NULL) {
		if (!ck_isblank(e)) {
			ck_error(k, e->pos, "undefined: %s", name);
		} else if (e->name.obj != NULL && e->name.obj->kind == OBJ_TYPE && e->name.obj->type != NULL &&
			   e->name.obj->type->kind == T_TPARAM) {
			x->mode = MODE_TYPE;	/* the _ of a receiver such as *T[_] */
			x->t = e->name.obj->type;
		} else {
			ck_error(k, e->pos, "cannot use _ as value or type");
		}
		return;
	}
	if (o->pkg == NULL && k->env.minor < 18 && o->kind == OBJ_TYPE &&
	    (o->type == type_any || o->type == type_comparable) && !ck_require(k, e->pos, 18, "predeclared %s", name))
		return;
	e->name.obj = o;
	if (o->kind != OBJ_TYPE && wanttype) {
		ck_error(k, e->pos, "%s is not a type", o->name);
		if (o->kind == OBJ_VAR && o->pkg == k->pkg)
			o->used = 1;
		return;
	}
	if (o->kind == OBJ_PKG) {
		ck_error(k, e->pos, "use of package %s not in selector", o->name);
		return;
	}
	if (o->color != 2 && (o->type == NULL || (o->kind == OBJ_TYPE && wanttype)))
		ck_objdecl(k, o, def);
	t = o->type != NULL ? o->type : obj_type(o);
	if (t == NULL)
		t = typ[T_INVALID];
	if (k->dots.n > 0 && o->pkg != k->pkg)
		for (int i = 0; i < k->dots.n; i++)
			if (k->dots.at[i].sc == sc && k->dots.at[i].o->imported == o->pkg)
				k->dots.at[i].o->used = 1;
	switch (o->kind) {
	case OBJ_CONST:
		ck_use_dep(k, o);
		if (!ck_valid(t))
			return;
		if (o->pkg == NULL && o->cv != NULL && strcmp(name, "iota") == 0) {
			if (k->env.iota == NULL) {
				ck_error(k, e->pos, "cannot use iota outside constant declaration");
				return;
			}
			x->cv = k->env.iota;
		} else {
			x->cv = o->cv != NULL ? o->cv : ck_unknown();
		}
		x->mode = MODE_CONST;
		break;
	case OBJ_TYPE:
		x->mode = MODE_TYPE;
		break;
	case OBJ_VAR:
		if (o->pkg == k->pkg)
			o->used = 1;
		if (crossed && !o->isglobal)
			o->captured = 1;
		ck_use_dep(k, o);
		if (!ck_valid(t))
			return;
		x->mode = MODE_VAR;
		break;
	case OBJ_FUNC:
		ck_use_dep(k, o);
		x->mode = MODE_VALUE;
		break;
	case OBJ_BUILTIN:
		x->mode = MODE_BUILTIN;
		x->builtin = o->builtin;
		break;
	case OBJ_NIL:
		x->mode = MODE_NIL;
		t = typ[T_UNTYPED_NIL];
		break;
	default:
		return;
	}
	x->t = t;
}

/* ---- selectors ---- */

static const char *
lookuphint(Checker *k, Type *t, const char *sel, Obj *alt)
{
	const char *ts = ck_tstr(k, t), *what;
	bool exported;
	uint32_t r;

	if (alt == NULL)
		return intern_printf("type %s has no field or method %s", ts, sel);
	what = alt->kind == OBJ_FUNC ? "method" : "field";
	utf8_decode((const uint8_t *)sel, strlen(sel), &r);
	exported = utf8_isupper(r);
	if (alt->pkg == k->pkg || (exported && alt->exported) ||
	    (!exported && alt->exported && strcmp(sel + utf8_encode(r, (uint8_t[4]){ 0 }), alt->name + 1) == 0))
		return intern_printf("type %s has no field or method %s, but does have %s %s", ts, sel, what,
		    alt->name);
	if (exported && !alt->exported && strcmp(sel + 1, alt->name + 1) == 0)
		return intern_printf("type %s has no field or method %s, but does have unexported %s %s", ts, sel, what,
		    alt->name);
	if (!exported && !alt->exported && strcmp(sel, alt->name) == 0)
		return intern_printf("cannot refer to unexported %s %s", what, alt->name);
	return intern_printf("type %s has no field or method %s", ts, sel);
}

/* pkg.Name; false if it is none. */
static bool
qualified(Checker *k, Operand *x, Expr *e)
{
	Expr *left = e->selector.x;
	const char *sel = e->selector.sel->name.text;
	Obj *pn, *o;
	Type *t;

	if (left->kind != EX_NAME)
		return false;
	pn = ck_lookup(k, left->name.text, NULL, NULL);
	if (pn == NULL || pn->kind != OBJ_PKG)
		return false;
	left->name.obj = pn;
	left->mode = MODE_PACKAGE;
	pn->used = 1;
	o = scope_lookup(pn->imported->scope, sel);
	/* Export data may hold more than what is exported; that is nobody's business. */
	if (o != NULL && o->kind == OBJ_TYPE && !o->exported)
		ck_error(k, e->selector.sel->pos, "name %s not exported by package %s", sel, pn->imported->name);
	else if (o == NULL || o->kind == OBJ_PKG || !o->exported) {
		if (!pn->imported->fake)
			ck_error(k, e->selector.sel->pos, "undefined: %s", expr_string(e));
		return true;
	}
	e->selector.sel->name.obj = o;
	e->selector.selection = NULL;
	t = obj_type(o);
	if (o->kind == OBJ_BUILTIN) {
		x->mode = MODE_BUILTIN;
		x->builtin = o->builtin;
		x->t = typ[T_INVALID];
		return true;
	}
	if (t == NULL || !ck_valid(t))
		return true;
	switch (o->kind) {
	case OBJ_CONST:
		x->mode = MODE_CONST;
		x->cv = o->cv != NULL ? o->cv : ck_unknown();
		break;
	case OBJ_TYPE:
		x->mode = MODE_TYPE;
		break;
	case OBJ_VAR:
		x->mode = MODE_VAR;
		break;
	case OBJ_FUNC:
		x->mode = MODE_VALUE;
		break;
	default:
		return true;
	}
	x->t = t;
	return true;
}

static Type *
withoutreceiver(Type *sig)
{
	Type *t = type_func(sig->fn.params, sig->fn.results, sig->variadic);

	t->fn.tparams = sig->fn.tparams;
	return t;
}

void
ck_selector(Checker *k, Operand *x, Expr *e, Obj *def, bool wanttype)
{
	const char *sel = e->selector.sel->name.text;
	Pos selpos = e->selector.sel->pos;
	Selection s = { 0 };
	LookupResult r;
	Obj *o;
	Type *sig;

	memset(x, 0, sizeof *x);
	x->e = e;
	x->t = typ[T_INVALID];
	if (qualified(k, x, e)) {
		x->e = e;
		return;
	}
	ck_exprortype(k, x, e->selector.x, false);
	switch (x->mode) {
	case MODE_TYPE:
		if (def != NULL && def->type == x->t) {
			ck_cycleerror(k, &def, 1, 0);
			goto bad;
		}
		break;
	case MODE_BUILTIN:
		ck_error(k, e->pos, "cannot select on %s", ck_str(x));
		goto bad;
	case MODE_NONE:
		goto bad;
	}
	/* A field or method cannot be a type: avoids cycles through types that are not complete. */
	if (wanttype) {
		ck_error(k, selpos, "%s is not a type", expr_string(e));
		goto bad;
	}
	r = type_lookup(x->t, x->mode == MODE_VAR, k->pkg, sel, false, &s);
	if (r != LOOKUP_OK) {
		const char *why;

		if (!ck_valid(ck_under(x->t)))
			goto bad;
		if (r == LOOKUP_AMBIGUOUS) {
			ck_error(k, selpos, "ambiguous selector %s.%s", expr_string(x->e), sel);
			goto bad;
		}
		if (r == LOOKUP_PTRRECV) {
			if (x->mode == MODE_TYPE)
				ck_error(k, selpos, "invalid method expression %s.%s (needs pointer receiver (*%s).%s)",
				    ck_tstr(k, x->t), sel, ck_tstr(k, x->t), sel);
			else
				ck_error(k, selpos, "cannot call pointer method %s on %s", sel, ck_tstr(k, x->t));
			goto bad;
		}
		if (ck_ifaceptr(x->t)) {
			why = intern_printf(ck_under(x->t)->elem->kind == T_TPARAM ?
				"type %s is pointer to type parameter, not type parameter" :
								      "type %s is pointer to interface, not interface",
					    ck_tstr(k, x->t));
		} else {
			Selection alt = { 0 };

			r = type_lookup(x->t, x->mode == MODE_VAR, k->pkg, sel, true, &alt);
			why = lookuphint(k, x->t, sel, r == LOOKUP_OK ? alt.obj : NULL);
		}
		ck_error(k, selpos, "%s.%s undefined (%s)", expr_string(x->e), sel, why);
		goto bad;
	}
	o = s.obj;
	if (o->kind == OBJ_FUNC && o->type == NULL)
		obj_type(o);
	if (o->type == NULL)
		goto bad;
	if (x->mode == MODE_TYPE) {
		Obj **ps, *recv;

		if (o->kind != OBJ_FUNC) {
			ck_error(k, selpos, "%s.%s undefined (type %s has no method %s)", expr_string(x->e), sel,
			    ck_tstr(k, x->t), sel);
			goto bad;
		}
		sig = o->type;
		if (sig->kind != T_FUNC || (sig->fn.recv == NULL && o->decl != NULL)) {
			ck_error(k, ck_start(e), "illegal cycle in method declaration");
			goto bad;
		}
		s.kind = SEL_METHODEXPR;
		s.recv = x->t;
		ps = NEWN(perm, Obj *, sig->fn.params->tuple.vars.n + 1);
		recv = obj_new(OBJ_VAR, o->pos, o->pkg, intern_str(""), x->t);
		if (sig->fn.params->tuple.vars.n > 0 && sig->fn.params->tuple.vars.at[0]->name[0] != '\0')
			recv->name = sig->fn.recv != NULL && sig->fn.recv->name[0] != '\0' ? sig->fn.recv->name :
											     intern_str("_");
		ps[0] = recv;
		for (int i = 0; i < sig->fn.params->tuple.vars.n; i++)
			ps[i + 1] = sig->fn.params->tuple.vars.at[i];
		x->mode = MODE_VALUE;
		x->t = type_func(type_tuple(ps, sig->fn.params->tuple.vars.n + 1), sig->fn.results, sig->variadic);
		ck_use_dep(k, o);
	} else if (o->kind == OBJ_FUNC) {
		s.kind = SEL_METHOD;
		s.recv = x->t;
		sig = o->type;
		/* &x is taken for a pointer method unless x, or what leads to the method, is a pointer already. */
		if (x->mode == MODE_VAR && sig->kind == T_FUNC && sig->fn.recv != NULL &&
		    sig->fn.recv->type->kind == T_PTR && !s.indirect)
			ck_addrtaken(e->selector.x);
		x->mode = MODE_VALUE;
		x->t = sig->kind == T_FUNC ? withoutreceiver(sig) : sig;
		ck_use_dep(k, o);
	} else {
		s.kind = SEL_FIELD;
		s.recv = x->t;
		x->mode = x->mode == MODE_VAR || s.indirect ? MODE_VAR : MODE_VALUE;
		x->t = o->type;
	}
	s.type = x->t;
	e->selector.sel->name.obj = o;
	e->selector.selection = arena_dup(perm, &s, sizeof s);
	x->e = e;
	return;
bad:
	x->mode = MODE_NONE;
	x->t = typ[T_INVALID];
	x->e = e;
}

/* ---- type assertions, indirection ---- */

void
ck_typeassertion(Checker *k, Expr *e, Operand *x, Type *t, bool typeswitch)
{
	const char *cause = NULL;

	if (type_assertable(x->t, t, &cause))
		return;
	if (cause == NULL)
		cause = "";
	if (typeswitch)
		ck_error(k, ck_start(e), "impossible type switch case: %s\n\t%s cannot have dynamic type %s %s",
		    expr_string(e), ck_str(x), ck_tstr(k, t), cause);
	else
		ck_error(k, ck_start(e), "impossible type assertion: %s\n\t%s does not implement %s %s", expr_string(e),
		    ck_tstr(k, t), ck_tstr(k, x->t), cause);
}

static bool
assertion(Checker *k, Operand *x, Expr *e)
{
	Type *t;

	ck_expr(k, NULL, x, e->assert.x);
	if (x->mode == MODE_NONE)
		return false;
	if (e->assert.type == NULL) {
		ck_error(k, ck_start(e), "invalid syntax tree: use of .(type) outside type switch");
		return false;
	}
	if (x->t->kind == T_TPARAM) {
		ck_error(k, ck_xpos(x), "invalid operation: cannot use type assertion on type parameter value %s",
		    ck_str(x));
		return false;
	}
	if (ck_under(x->t)->kind != T_INTERFACE) {
		ck_error(k, ck_xpos(x), "invalid operation: %s is not an interface", ck_str(x));
		return false;
	}
	t = ck_vartype(k, e->assert.type);
	if (!ck_valid(t))
		return false;
	ck_typeassertion(k, e, x, t, false);
	x->mode = MODE_COMMAOK;
	x->t = t;
	return true;
}

static bool
star(Checker *k, Operand *x, Expr *e)
{
	Type *base = NULL;
	Terms ts;

	ck_exprortype(k, x, e->unary.x, false);
	if (x->mode == MODE_NONE)
		return false;
	if (x->mode == MODE_TYPE) {
		ck_validvartype(k, e->unary.x, x->t);
		x->t = type_ptr(x->t);
		return true;
	}
	if (x->mode == MODE_NIL || x->mode == MODE_BUILTIN) {
		ck_error(k, ck_xpos(x), "invalid operation: cannot indirect %s", ck_str(x));
		return false;
	}
	ck_terms(x->t, &ts);
	if (ts.n == 0) {
		ck_error(k, ck_xpos(x), "invalid operation: cannot indirect %s", ck_str(x));
		return false;
	}
	for (int i = 0; i < ts.n; i++) {
		Type *u = ck_under(ts.at[i].type);

		if (u->kind != T_PTR) {
			if (ck_valid(u))
				ck_error(k, ck_xpos(x), "invalid operation: cannot indirect %s", ck_str(x));
			return false;
		}
		if (base != NULL && !type_identical(u->elem, base)) {
			ck_error(k, ck_xpos(x), "invalid operation: pointers of %s must have identical base types",
			    ck_str(x));
			return false;
		}
		base = u->elem;
	}
	x->mode = MODE_VAR;
	x->t = base;
	return true;
}

/* ---- the dispatch ---- */

static StmtUse
internal(Checker *k, Target *tg, Operand *x, Expr *e, Type *hint)
{
	memset(x, 0, sizeof *x);
	x->e = e;
	x->t = typ[T_INVALID];
	switch ((ExprKind)e->kind) {
	case EX_BAD:
		goto bad;
	case EX_NAME:
		ck_ident(k, x, e, NULL, false);
		break;
	case EX_ELLIPSIS:
		ck_error(k, e->pos, "invalid use of '...'");
		goto bad;
	case EX_LIT:
		if (!ck_basiclit(k, x, e))
			goto bad;
		break;
	case EX_FUNCLIT: {
		Type *sig = type_new(T_FUNC);
		Scope *sc;

		if (e->mode == MODE_VALUE && e->type != NULL && e->type->kind == T_FUNC) {
			/* Seen before, as the operand of x op= y is: the body is checked once. */
			x->mode = MODE_VALUE;
			x->t = e->type;
			break;
		}
		ck_functype(k, sig, NULL, NULL, NULL, e->func.type, &sc);
		ck_settypeexpr(e->func.type, sig);
		ck_funclit(k, e, sig, sc);
		x->mode = MODE_VALUE;
		x->t = sig;
		break;
	}
	case EX_COMPOSITE:
		if (!ck_composite(k, x, e, hint))
			goto bad;
		break;
	case EX_PAREN: {
		StmtUse use = ck_raw(k, NULL, x, e->unary.x, NULL, false);

		x->e = e;
		return use;
	}
	case EX_SELECTOR:
		ck_selector(k, x, e, NULL, false);
		break;
	case EX_INDEX:
		if (ck_index(k, x, e))
			ck_funcinst(k, tg, e->pos, x, e, true, NULL);
		if (x->mode == MODE_NONE)
			goto bad;
		break;
	case EX_SLICE:
		ck_slice(k, x, e);
		if (x->mode == MODE_NONE)
			goto bad;
		break;
	case EX_ASSERT:
		if (!assertion(k, x, e))
			goto bad;
		break;
	case EX_CALL:
		return ck_call(k, x, e);
	case EX_STAR:
		if (!star(k, x, e))
			goto bad;
		break;
	case EX_UNARY:
		ck_unary(k, x, e);
		if (x->mode == MODE_NONE)
			goto bad;
		if (e->op == TK_ARROW) {
			x->e = e;
			return KIND_STATEMENT;
		}
		break;
	case EX_BINARY:
		ck_binary(k, x, e);
		if (x->mode == MODE_NONE)
			goto bad;
		break;
	case EX_KEYVALUE:
		ck_error(k, ck_start(e), "invalid syntax tree: no key:value expected");
		goto bad;
	case EX_ARRAYTYPE:
	case EX_SLICETYPE:
	case EX_STRUCTTYPE:
	case EX_FUNCTYPE:
	case EX_INTERFACETYPE:
	case EX_MAPTYPE:
	case EX_CHANTYPE:
		x->mode = MODE_TYPE;
		x->t = ck_type(k, e);
		if (!ck_valid(x->t))
			x->mode = MODE_TYPE;
		break;
	}
	x->e = e;
	return KIND_EXPRESSION;
bad:
	x->mode = MODE_NONE;
	x->e = e;
	return KIND_STATEMENT;
}

/* Checks e and records it. hint: type of elided composite literals. generic: an uninstantiated function or type is fine. */
StmtUse
ck_raw(Checker *k, Target *tg, Operand *x, Expr *e, Type *hint, bool generic)
{
	StmtUse use;

	if (++k->depth > CHECK_MAXDEPTH) {
		ck_error(k, e->pos, "expression nested too deeply");
		memset(x, 0, sizeof *x);
		x->e = e;
		x->t = typ[T_INVALID];
		k->depth--;
		return KIND_STATEMENT;
	}
	use = internal(k, tg, x, e, hint);
	k->depth--;
	if (!generic)
		ck_nongeneric(k, tg, x);
	ck_record(k, x);
	return use;
}

void
ck_notvalue(Checker *k, Operand *x)
{
	if (x->mode == MODE_NOVALUE)
		ck_error(k, ck_xpos(x), "%s used as value", ck_str(x));
	else if (x->mode == MODE_BUILTIN)
		ck_error(k, ck_xpos(x), "%s must be called", ck_str(x));
	else if (x->mode == MODE_TYPE)
		ck_error(k, ck_xpos(x), "%s is not an expression", ck_str(x));
	else
		return;
	x->mode = MODE_NONE;
}

void
ck_singlevalue(Checker *k, Operand *x)
{
	if (x->mode == MODE_VALUE && x->t->kind == T_TUPLE) {
		ck_error(k, ck_xpos(x), "multiple-value %s in single-value context", ck_str(x));
		x->mode = MODE_NONE;
	}
}

void
ck_expr(Checker *k, Target *tg, Operand *x, Expr *e)
{
	ck_raw(k, tg, x, e, NULL, false);
	ck_notvalue(k, x);
	ck_singlevalue(k, x);
}

void
ck_genericexpr(Checker *k, Operand *x, Expr *e)
{
	ck_raw(k, NULL, x, e, NULL, true);
	ck_notvalue(k, x);
	ck_singlevalue(k, x);
}

void
ck_exprhint(Checker *k, Operand *x, Expr *e, Type *hint)
{
	ck_raw(k, NULL, x, e, hint, false);
	ck_notvalue(k, x);
	ck_singlevalue(k, x);
}

void
ck_exprortype(Checker *k, Operand *x, Expr *e, bool generic)
{
	ck_raw(k, NULL, x, e, NULL, generic);
	if (x->mode == MODE_NOVALUE) {
		ck_error(k, ck_xpos(x), "%s used as value or type", ck_str(x));
		x->mode = MODE_NONE;
	}
	ck_singlevalue(k, x);
}

/* The values of e: all results of a call, or one, or two where a comma-ok form is wanted. */
void
ck_multiexpr(Checker *k, Expr *e, bool commaok, OperandVec *out, bool *iscommaok)
{
	Operand x;

	if (iscommaok != NULL)
		*iscommaok = false;
	ck_raw(k, NULL, &x, e, NULL, false);
	ck_notvalue(k, &x);
	if (x.mode != MODE_NONE && x.t->kind == T_TUPLE) {
		for (int i = 0; i < x.t->tuple.vars.n; i++) {
			Operand y = { MODE_VALUE, 0, e, x.t->tuple.vars.at[i]->type, NULL };

			vec_push(perm, out, y);
		}
		return;
	}
	vec_push(perm, out, x);
	if (commaok && (x.mode == MODE_MAPINDEX || x.mode == MODE_COMMAOK)) {
		Operand ok = { MODE_VALUE, 0, e, typ[T_UNTYPED_BOOL], NULL };

		vec_push(perm, out, ok);
		*iscommaok = true;
	}
}

void
ck_exprlist(Checker *k, ExprVec *list, OperandVec *out)
{
	if (list->n == 1) {
		ck_multiexpr(k, list->at[0], false, out, NULL);
		return;
	}
	for (int i = 0; i < list->n; i++) {
		Operand x;

		ck_expr(k, NULL, &x, list->at[i]);
		vec_push(perm, out, x);
	}
}

/* ---- expressions that are checked only for what else is wrong with them ---- */

static bool
use1(Checker *k, Expr *e, bool lhs)
{
	Operand x = { MODE_VALUE, 0, NULL, NULL, NULL };
	Expr *n;

	if (e == NULL)
		return true;
	n = ck_unparen(e);
	if (n->kind == EX_NAME) {
		Obj *v = NULL;
		bool used = false;

		if (ck_isblank(n))
			return true;
		if (lhs) {
			/* Being assigned to is no use. */
			v = ck_lookup(k, n->name.text, NULL, NULL);
			if (v != NULL && (v->kind != OBJ_VAR || v->pkg != k->pkg))
				v = NULL;
			used = v != NULL && v->used;
		}
		ck_exprortype(k, &x, n, true);
		if (v != NULL)
			v->used = used;
	} else if (e->kind == EX_KEYVALUE) {
		ck_raw(k, NULL, &x, e->binary.y, NULL, true);
	} else {
		ck_raw(k, NULL, &x, e, NULL, true);
	}
	return x.mode != MODE_NONE;
}

bool
ck_use(Checker *k, Expr *e)
{
	return use1(k, e, false);
}

bool
ck_uselhs(Checker *k, Expr *e)
{
	return use1(k, e, true);
}

bool
ck_uselist(Checker *k, ExprVec *list)
{
	bool ok = true;

	for (int i = 0; i < list->n; i++)
		if (!use1(k, list->at[i], false))
			ok = false;
	return ok;
}
