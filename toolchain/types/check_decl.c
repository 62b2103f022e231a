/*
 * check_decl.c - declarations: constants, variables, types, functions.
 *
 * An object is white until somebody asks for it, grey while its declaration
 * is being checked and black afterwards. Meeting a grey object is a cycle,
 * which check_cycle.c judges; types may refer to themselves.
 */
#include "types/check.h"

enum { WHITE, GREY, BLACK };

static void funcdecl(Checker *k, Obj *o, DeclInfo *info);

/* Makes sure that o has a type. def: the type declaration whose right side is being looked at, or NULL. */
void
ck_objdecl(Checker *k, Obj *o, Obj *def)
{
	DeclInfo *info;
	Env saved;

	if (o->color == BLACK)
		return;
	if (o->pkg != k->pkg || o->expoff != 0) {
		obj_type(o);
		return;
	}
	if (o->color == WHITE && o->type != NULL) {
		o->color = BLACK;
		return;
	}
	if (o->color == GREY) {
		bool ok = ck_validcycle(k, o);

		switch (o->kind) {
		case OBJ_CONST:
		case OBJ_VAR:
			if (!ok || o->type == NULL)
				o->type = typ[T_INVALID];
			break;
		case OBJ_TYPE:
			if (!ok) {
				o->type = typ[T_INVALID];
			} else if (o->type == NULL) {
				ck_error(k, o->pos,
				    "invalid use of type alias %s in recursive type (see go.dev/issue/50729)", o->name);
				o->type = typ[T_INVALID];
			}
			break;
		default:
			break;
		}
		return;
	}
	info = ck_info(k, o);
	if (info == NULL) {
		o->type = typ[T_INVALID];	/* a declaration that was refused */
		o->color = BLACK;
		return;
	}
	saved = k->env;
	memset(&k->env, 0, sizeof k->env);
	ck_setfile(k, info->file);
	k->env.scope = info->file->scope;
	o->color = GREY;
	vec_push(perm, &k->path, o);
	switch (o->kind) {
	case OBJ_CONST:
		k->env.decl = info;
		ck_constdecl(k, o, info->vtype, info->init, info->inherited);
		break;
	case OBJ_VAR:
		k->env.decl = info;
		if (info->lhs != NULL && ck_info(k, info->lhs[0]) != NULL)
			k->env.decl = ck_info(k, info->lhs[0]);
		ck_vardecl(k, o, info->lhs, info->nlhs, info->vtype, info->init);
		break;
	case OBJ_TYPE:
		ck_typedecl(k, o, info->d, def);
		break;
	case OBJ_FUNC:
		funcdecl(k, o, info);
		break;
	default:
		bug("declaration of object kind %d", o->kind);
	}
	k->path.n--;
	o->color = BLACK;
	k->env = saved;
}

/* o->cv holds iota on entry. */
void
ck_constdecl(Checker *k, Obj *o, Expr *type, Expr *init, bool inherited)
{
	Const *iota = k->env.iota;
	Pos errpos = k->env.errpos;
	Operand x = { 0 };

	k->env.iota = o->cv;
	k->env.errpos = 0;
	o->cv = ck_unknown();
	if (type != NULL) {
		Type *t = ck_type(k, type);

		if (!type_isconst(t)) {
			if (ck_valid(ck_under(t)))
				ck_error(k, ck_start(type), "invalid constant type %s", ck_tstr(k, t));
			o->type = typ[T_INVALID];
			goto out;
		}
		o->type = t;
	}
	x.t = typ[T_INVALID];
	if (init != NULL) {
		if (inherited)
			k->env.errpos = o->pos;
		ck_expr(k, NULL, &x, init);
	}
	if (x.mode == MODE_NONE || !ck_valid(x.t) || (o->type != NULL && !ck_valid(o->type))) {
		if (o->type == NULL)
			o->type = typ[T_INVALID];
		goto out;
	}
	if (x.mode != MODE_CONST) {
		ck_error(k, ck_xpos(&x), "%s is not constant", ck_str(&x));
		if (o->type == NULL)
			o->type = typ[T_INVALID];
		goto out;
	}
	if (o->type == NULL)
		o->type = x.t;
	ck_assignment(k, &x, o->type, "constant declaration");
	if (x.mode != MODE_NONE)
		o->cv = x.cv;
out:
	k->env.iota = iota;
	k->env.errpos = errpos;
}

void
ck_vardecl(Checker *k, Obj *o, Obj **lhs, int nlhs, Expr *type, Expr *init)
{
	if (type != NULL)
		o->type = ck_vartype(k, type);
	if (init == NULL) {
		if (type == NULL)
			o->type = typ[T_INVALID];
		return;
	}
	if (lhs == NULL || nlhs == 1) {
		Operand x;
		Target tg = { NULL, o->name };

		if (o->type != NULL && ck_under(o->type)->kind == T_FUNC)
			tg.sig = ck_under(o->type);
		ck_expr(k, tg.sig != NULL ? &tg : NULL, &x, init);
		ck_initvar(k, o, &x, "variable declaration");
		return;
	}
	if (type != NULL)
		for (int i = 0; i < nlhs; i++)
			lhs[i]->type = o->type;
	{
		Expr *one[1] = { init };
		ExprVec rhs = { one, 1, 1 };

		ck_initvars(k, lhs, nlhs, &rhs, NULL);
	}
}

/* ---- types ---- */

static bool
importedconstraint(Checker *k, Type *t)
{
	Type *u;

	if (t->kind != T_NAMED || t->named.obj->pkg == k->pkg || t->named.obj->pkg == NULL)
		return false;
	u = ck_under(t);
	if (u->kind != T_INTERFACE)
		return false;
	{
		TypeSet *ts = type_typeset(u);

		return !ts->all || ts->comparable;
	}
}

/* Late checks of a type declaration: finite size, and that a field has not the name of a method. */
static void
finishtype(Checker *k, Later *l)
{
	Obj *o = l->a;
	Decl *d = l->b;
	Type *t = o->type, *u;

	if (t != NULL && t->kind == T_NAMED && t->named.obj == o) {
		if (t->named.under == NULL && !ck_namecycle(k, t)) {
			Type *ut = type_under(t);

			if (t->named.under == NULL)
				t->named.under = ut->kind == T_NAMED ? typ[T_INVALID] : ut;
		}
		t->complete = 1;
		ck_validtype(k, t);
		u = ck_under(t);
		if (u->kind == T_STRUCT)
			for (int i = 0; i < t->named.methods.n; i++) {
				Obj *m = t->named.methods.at[i];

				for (int j = 0; j < u->st.fields.n; j++) {
					Obj *f = u->st.fields.at[j];

					if (f->name == m->name && obj_sameid(f, m->pkg, m->name))
						ck_error(k, m->pos, "field and method with the same name %s%s", f->name,
						    ck_altdecl(f));
				}
			}
		if (!l->n && t->named.rhs != NULL && importedconstraint(k, t->named.rhs))
			ck_require(k, ck_start(d->type.type), 18, "using type constraint %s", ck_tstr(k, t->named.rhs));
	}
}

static void
addmethods(Checker *k, Obj *o, Type *t)
{
	ObjVec *list = map_get(k->methods, o);
	Map *seen;

	if (list == NULL)
		return;
	seen = map_new(perm);
	for (int i = 0; i < list->n; i++) {
		Obj *m = list->at[i], *alt = map_get(seen, m->name);

		if (alt != NULL) {
			ck_error(k, m->pos, "method %s.%s already declared at %s", o->name, m->name,
			    ck_posstr(alt->pos));
			continue;
		}
		map_set(seen, m->name, m);
		vec_push(perm, &t->named.methods, m);
	}
}

/* Declares o, at package level or inside a function. def: see ck_objdecl. */
void
ck_typedecl(Checker *k, Obj *o, Decl *d, Obj *def)
{
	FieldVec *tps = &d->type.tparams;
	Scope *saved = k->env.scope;
	bool versionerr = false;
	Type *t, *rhs;
	int slot = k->later.n;
	Later l = { .fn = finishtype, .a = o, .b = d };

	/* Before anything that the right side puts off. */
	ck_later(k, l);
	if (d->type.alias) {
		if (tps->n > 0 && !ck_require(k, tps->at[0]->pos, 23, "generic type alias"))
			versionerr = true;
		if (!versionerr && !ck_require(k, d->pos, 9, "type alias"))
			versionerr = true;
		if (tps->n > 0) {
			TypeVec tparams = { 0 };

			if (!versionerr && !k->cfg->aliastparams)
				ck_error(k, d->pos, "generic type alias requires GOEXPERIMENT=aliastypeparams");
			ck_open(k);
			ck_tparams(k, &tparams, tps, o);
			o->type = typ[T_INVALID];
			rhs = ck_type(k, d->type.type);
			o->type = type_spelled(o, rhs, &tparams, NULL);
			k->env.scope = saved;
			return;
		}
		rhs = ck_definedtype(k, d->type.type, o);
		if (o->type == NULL || o->type->kind != T_INVALID)
			o->type = type_spelled(o, rhs, NULL, NULL);
		if (def != NULL)
			ck_setdef(def, o->type);
		return;
	}
	if (tps->n > 0 && !ck_require(k, tps->at[0]->pos, 18, "type parameter"))
		versionerr = true;
	o->type = NULL;
	t = type_named(o, NULL);
	o->type = t;
	if (def != NULL)
		ck_setdef(def, t);
	addmethods(k, o, t);
	if (tps->n > 0) {
		ck_open(k);
		ck_tparams(k, &t->named.tparams, tps, o);
	}
	rhs = ck_definedtype(k, d->type.type, o);
	k->env.scope = saved;
	if (o->type != t)
		return;		/* an invalid cycle was found and o made invalid */
	if (rhs->kind == T_TPARAM) {
		ck_error(k, ck_start(d->type.type), "cannot use a type parameter as RHS in type declaration");
		rhs = typ[T_INVALID];
	}
	t->named.rhs = rhs = type_unspelled(rhs);
	if (rhs->kind != T_NAMED)
		t->named.under = rhs;
	else if (rhs->named.under != NULL)
		t->named.under = rhs->named.under;
	if (slot < k->later.n && k->later.at[slot].a == o)
		k->later.at[slot].n = versionerr;
}

/* A type parameter that name declares in the current scope; its bound follows. */
Type *
ck_tparam(Checker *k, Expr *name)
{
	Obj *o = obj_new(OBJ_TYPE, name->pos, k->pkg, name->name.text, NULL);
	Type *t = type_tparam(o, typ[T_INVALID]);

	o->color = BLACK;
	ck_declare(k, k->env.scope, name, o);
	name->name.obj = o;
	return t;
}

void
ck_tparams(Checker *k, TypeVec *dst, FieldVec *list, Obj *owner)
{
	bool saved = k->env.intparams;
	Type *bound = NULL;

	for (int i = 0; i < list->n; i++) {
		Type *t = ck_tparam(k, list->at[i]->name);

		t->tp.index = i;
		if (owner != NULL && owner->kind == OBJ_TYPE)
			t->tp.owner = owner->type;
		vec_push(perm, dst, t);
	}
	k->env.intparams = true;
	for (int i = 0; i < list->n; i++) {
		if (i == 0 || list->at[i]->type != list->at[i - 1]->type) {
			bound = ck_bound(k, list->at[i]->type);
			if (bound->kind == T_TPARAM) {
				ck_error(k, ck_start(list->at[i]->type), "cannot use a type parameter as constraint");
				bound = typ[T_INVALID];
			}
		}
		dst->at[i]->tp.bound = bound;
	}
	k->env.intparams = saved;
}

/* ---- functions ---- */

static void
laterbody(Checker *k, Later *l)
{
	Obj *o = l->a;

	ck_body(k, l->decl, o, l->b, l->scope, o->decl->func.body, NULL);
}

static void
funcdecl(Checker *k, Obj *o, DeclInfo *info)
{
	Decl *d = info->d;
	Type *sig = type_new(T_FUNC);
	Scope *sc;

	sig->fn.params = sig->fn.results = type_emptytuple;
	o->type = sig;
	o->color = BLACK;	/* a function may refer to itself */
	k->env.fn = o;
	ck_functype(k, sig, d->func.recv, &d->func.recvtparams, &d->func.type->functype.tparams, d->func.type, &sc);
	o->color = GREY;
	ck_settypeexpr(d->func.type, sig);
	if (d->func.type->functype.tparams.n > 0 && d->func.body == NULL)
		ck_error(k, d->pos, "generic function is missing function body");
	if (d->func.body != NULL) {
		Later l = { .fn = laterbody, .a = o, .b = sig, .decl = info, .scope = sc };

		ck_later(k, l);
	}
}

/* ---- counts and local declarations ---- */

void
ck_arity(Checker *k, Pos p, ExprVec *names, ExprVec *inits, bool isconst, bool inherited)
{
	int l = names->n, r = inits->n;

	if (l < r) {
		Expr *n = inits->at[l];

		if (inherited)
			ck_error(k, p, "extra init expr at %s", ck_posstr(n->pos));
		else
			ck_error(k, ck_start(n), "extra init expr %s", expr_string(n));
	} else if (l > r && (isconst || r != 1)) {
		ck_error(k, names->at[r]->pos, "missing init expr for %s", names->at[r]->name.text);
	}
}

static void
localconst(Checker *k, Decl *d)
{
	Decl *src = d->value.inherit != NULL ? d->value.inherit : d;
	int top = k->later.n, n = d->value.names.n;
	Obj **lhs = NEWN(perm, Obj *, n);

	for (int i = 0; i < n; i++) {
		Expr *name = d->value.names.at[i];
		Obj *o = obj_new(OBJ_CONST, name->pos, k->pkg, name->name.text, NULL);

		lhs[i] = o;
		o->decl = d;
		o->declindex = i;
		o->file = k->env.file;
		o->cv = const_int(d->value.iota);
		ck_constdecl(k, o, src->value.type, i < src->value.values.n ? src->value.values.at[i] : NULL, src != d);
		o->color = BLACK;
	}
	ck_arity(k, d->pos, &d->value.names, &src->value.values, true, src != d);
	ck_dolater(k, top);
	for (int i = 0; i < n; i++) {
		ck_declare(k, k->env.scope, d->value.names.at[i], lhs[i]);
		d->value.names.at[i]->name.obj = lhs[i];
	}
}

static void
localvar(Checker *k, Decl *d)
{
	int top = k->later.n, n = d->value.names.n, nvalues = d->value.values.n;
	Obj **lhs = NEWN(perm, Obj *, n);

	for (int i = 0; i < n; i++) {
		Expr *name = d->value.names.at[i];

		lhs[i] = ck_newvar(k, name->pos, name->name.text, NULL);
		lhs[i]->decl = d;
		lhs[i]->declindex = i;
	}
	for (int i = 0; i < n; i++) {
		bool spread = nvalues == 1 && n > 1;

		ck_vardecl(k, lhs[i], spread ? lhs : NULL, n, d->value.type,
		    spread          ? d->value.values.at[0] :
			i < nvalues ? d->value.values.at[i] :
				      NULL);
		if (spread)
			break;
	}
	for (int i = 0; i < n; i++)
		if (lhs[i]->type == NULL)
			lhs[i]->type = typ[T_INVALID];
	if (d->value.type == NULL || nvalues > 0)
		ck_arity(k, d->pos, &d->value.names, &d->value.values, false, false);
	ck_dolater(k, top);
	for (int i = 0; i < n; i++) {
		ck_declare(k, k->env.scope, d->value.names.at[i], lhs[i]);
		d->value.names.at[i]->name.obj = lhs[i];
	}
}

void
ck_declstmt(Checker *k, DeclVec *list)
{
	for (int i = 0; i < list->n; i++) {
		Decl *d = list->at[i];

		switch ((DeclKind)d->kind) {
		case DE_CONST:
			localconst(k, d);
			break;
		case DE_VAR:
			localvar(k, d);
			break;
		case DE_TYPE: {
			Obj *o = obj_new(OBJ_TYPE, d->type.name->pos, k->pkg, d->type.name->name.text, NULL);

			o->decl = d;
			o->file = k->env.file;
			o->isalias = d->type.alias;
			o->outerfn = k->env.fn;
			if (!d->type.alias)
				o->order = ++k->nlocaltypes;
			d->type.obj = o;
			ck_declare(k, k->env.scope, d->type.name, o);
			d->type.name->name.obj = o;
			o->color = GREY;
			vec_push(perm, &k->path, o);
			ck_typedecl(k, o, d, NULL);
			k->path.n--;
			o->color = BLACK;
			break;
		}
		default:
			break;
		}
	}
}
