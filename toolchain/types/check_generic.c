/*
 * check_generic.c - instantiation of generic types and functions, and the
 * test that instantiation comes to an end.
 */
#include "types/check.h"

bool
ck_isgeneric(Type *t)
{
	if (t->spelling != NULL)
		return t->spelling->tparams.n > 0;
	if (t->kind == T_NAMED) {
		/* An instance is generic no more; a stub from export data must be completed to tell. */
		if (t->named.origin != NULL)
			return false;
		if (t->named.obj->expoff != 0)
			obj_type(t->named.obj);
		return t->named.tparams.n > 0;
	}
	return t->kind == T_FUNC && t->fn.tparams.n > 0;
}

static void monoinstance(Checker *k, Pos p, Type **tparams, Type **targs, int n, ExprVec *xlist);

bool
ck_typelist(Checker *k, ExprVec *list, TypeVec *out)
{
	bool ok = true;

	for (int i = 0; i < list->n; i++) {
		Type *t = ck_vartype(k, list->at[i]);

		if (!ck_valid(t))
			ok = false;
		vec_push(perm, out, t);
	}
	return ok;
}

typedef struct {
	TypeVec tparams, targs;
	ExprVec *xlist;
	Type *inst;
} Verify;

static void
laterverify(Checker *k, Later *l)
{
	Verify *v = l->a;
	const char *cause = NULL;
	int bad = type_verify(v->tparams.at, v->targs.at, v->tparams.n, &cause);

	if (bad >= 0) {
		Pos p = l->pos;

		if (v->xlist != NULL && bad < v->xlist->n)
			p = ck_start(v->xlist->at[bad]);
		ck_error(k, p, "%s", cause != NULL ? cause : "type argument does not satisfy constraint");
	} else {
		for (int i = 0; i < v->tparams.n && !ck_allow(k, 20); i++)
			if (typeset_iscomparable(type_typeset(type_under(v->tparams.at[i]))) &&
			    !type_comparable_(v->targs.at[i], false, NULL))
				ck_require(k, v->xlist != NULL && i < v->xlist->n ? ck_start(v->xlist->at[i]) : l->pos,
				    20, "%s to satisfy comparable", ck_tstr(k, v->targs.at[i]));
		monoinstance(k, l->pos, v->tparams.at, v->targs.at, v->tparams.n, v->xlist);
	}
	if (v->inst != NULL)
		ck_validtype(k, v->inst);
}

static Expr *
instident(Expr *e)
{
	for (;;) {
		switch (e->kind) {
		case EX_INDEX:
			e = e->index.x;
			break;
		case EX_SELECTOR:
			e = e->selector.sel;
			break;
		case EX_PAREN:
			e = e->unary.x;
			break;
		case EX_NAME:
			return e;
		default:
			return NULL;
		}
	}
}

static void
recordinst(Expr *e, Type **targs, int n, Type *t)
{
	Inst *inst = NEW(perm, Inst);
	Expr *name = instident(e);

	for (int i = 0; i < n; i++)
		vec_push(perm, &inst->targs, targs[i]);
	inst->type = t;
	while (e->kind == EX_PAREN)
		e = e->unary.x;
	if (e->kind == EX_INDEX)
		e->index.inst = inst;
	if (name != NULL)
		name->name.inst = inst;
}

/* The type e: G[T1, T2]. */
Type *
ck_instantiated(Checker *k, Expr *e, Obj *def)
{
	Expr *x = e->index.x;
	const char *cause = NULL;
	Type *g = ck_generictype(k, x, &cause), *inst = typ[T_INVALID];
	const TypeVec *tparams;
	TypeVec targs = { 0 };
	int want;

	if (cause != NULL) {
		Buf b = { 0 };

		for (int i = 0; i < e->index.index.n; i++) {
			if (i > 0)
				buf_str(&b, ", ");
			print_expr(&b, e->index.index.at[i]);
		}
		ck_error(k, ck_start(x), "invalid operation: %s[%s] (%s)", expr_string(x), buf_cstr(&b), cause);
		buf_free(&b);
	}
	if (!ck_valid(g))
		goto out;
	if (!ck_typelist(k, &e->index.index, &targs))
		goto out;
	tparams = type_tparams(g);
	want = tparams->n;
	if (targs.n != want) {
		ck_error(k, x->pos, "%s type arguments for type %s: have %d, want %d",
		    targs.n < want ? "not enough" : "too many",
			 g->spelling != NULL ? type_string(g, NULL) : g->named.obj->name, targs.n, want);
		inst = type_instantiate(g, targs.at, targs.n);	/* of no use, but messages can name it */
		goto out;
	}
	inst = type_instantiate(g, targs.at, targs.n);
	recordinst(e, targs.at, targs.n, inst);
	if (!map_has(k->instpos, inst))
		map_set(k->instpos, inst, (void *)(uintptr_t)x->pos);
	{
		Verify *v = NEW(perm, Verify);
		Later l = { .fn = laterverify, .a = v, .pos = x->pos };

		v->tparams = *tparams;
		v->targs = targs;
		v->xlist = &e->index.index;
		v->inst = inst;
		ck_later(k, l);
	}
out:
	ck_setdef(def, inst);
	return inst;
}

/* The instance of the generic signature sig that expression e denotes. */
Type *
ck_instsig(Checker *k, Pos p, Expr *e, Type *sig, Type **targs, int n, ExprVec *xlist)
{
	Verify *v = NEW(perm, Verify);
	Type *inst = type_instantiate(sig, targs, n);
	Later l = { .fn = laterverify, .a = v, .pos = p };

	v->tparams = sig->fn.tparams;
	for (int i = 0; i < n; i++)
		vec_push(perm, &v->targs, targs[i]);
	v->xlist = xlist;
	if (e != NULL)
		recordinst(e, v->targs.at, n, inst);
	ck_later(k, l);
	return inst;
}

Type *
ck_rename(Type **tparams, int n, Type *t, TypeVec *fresh)
{
	int base = fresh->n;

	for (int i = 0; i < n; i++) {
		Obj *o = tparams[i]->tp.obj;
		Obj *copy = obj_new(OBJ_TYPE, o->pos, o->pkg, o->name, NULL);
		Type *f = type_tparam(copy, NULL);

		copy->color = 2;
		f->tp.index = tparams[i]->tp.index;
		vec_push(perm, fresh, f);
	}
	for (int i = 0; i < n; i++)
		fresh->at[base + i]->tp.bound = type_subst(tparams[i]->tp.bound, tparams, fresh->at + base, n);
	return t != NULL ? type_subst(t, tparams, fresh->at + base, n) : NULL;
}

/*
 * x is a generic function; inst the index expression with its type arguments, or NULL. Missing ones are inferred
 * from the target's type. With infer false and too few arguments, they are left in *partial and x stays generic.
 */
void
ck_funcinst(Checker *k, Target *tg, Pos p, Operand *x, Expr *inst, bool infer, TypeVec *partial)
{
	Pos errpos = inst != NULL ? inst->pos : p;
	TypeVec targs = { 0 };
	ExprVec *xlist = NULL;
	Type *sig;
	bool versionerr;
	int want;

	if (inst != NULL)
		x->e = inst;
	versionerr = !ck_require(k, errpos, 18, "function instantiation");
	if (inst != NULL) {
		xlist = &inst->index.index;
		if (!ck_typelist(k, xlist, &targs)) {
			x->mode = MODE_NONE;
			return;
		}
	}
	sig = x->t;
	want = sig->fn.tparams.n;
	if (targs.n > want) {
		ck_error(k, ck_start(xlist->at[targs.n - 1]), "got %d type arguments but want %d", targs.n, want);
		x->mode = MODE_NONE;
		return;
	}
	if (targs.n < want) {
		TypeVec fresh = { 0 }, all = { 0 };
		Type *params = type_emptytuple;
		InferArg arg = { 0 };
		int nargs = 0;
		const char *why = NULL;
		Pos whypos = p;
		bool reverse = false;

		if (!infer) {
			if (partial != NULL)
				*partial = targs;
			return;
		}
		if (tg != NULL) {
			Type *gsig = type_func(sig->fn.params, sig->fn.results, sig->variadic);
			Obj *v = obj_new(OBJ_VAR, x->e->pos, k->pkg, intern_str(""), gsig);

			if (!versionerr && !ck_allow(k, 21))
				ck_error(k, errpos, "%s instantiated function in assignment requires go1.21 or later",
					 inst != NULL ? "partially" : "implicitly");
			params = type_tuple(&v, 1);
			arg.type = tg->sig;
			arg.pos = x->e->pos;
			arg.text = tg->desc;
			nargs = 1;
			reverse = true;
		}
		params = ck_rename(sig->fn.tparams.at, want, params, &fresh);
		for (int i = 0; i < want; i++)
			vec_push(perm, &all, i < targs.n ? targs.at[i] : NULL);
		type_langminor = k->env.minor;
		if (!type_infer(p, fresh.at, want, all.at, targs.n, params, &arg, nargs, reverse, &why, &whypos)) {
			if (why != NULL)
				ck_error(k, whypos != 0 ? whypos : p, "%s", why);
			x->mode = MODE_NONE;
			return;
		}
		targs = all;
	}
	x->t = ck_instsig(k, x->e->pos, x->e, sig, targs.at, want, xlist);
	x->mode = MODE_VALUE;
}

/* Generic types and functions are no values by themselves. */
void
ck_nongeneric(Checker *k, Target *tg, Operand *x)
{
	const char *what = NULL;

	if (x->mode == MODE_NONE || x->mode == MODE_NOVALUE || x->t == NULL)
		return;
	if (x->t->kind == T_NAMED || x->t->spelling != NULL) {
		if (x->mode == MODE_TYPE && ck_isgeneric(x->t))
			what = "type";
	} else if (x->t->kind == T_FUNC && x->t->fn.tparams.n > 0) {
		if (tg != NULL) {
			ck_funcinst(k, tg, x->e->pos, x, NULL, true, NULL);
			return;
		}
		what = "function";
	}
	if (what != NULL) {
		ck_error(k, ck_start(x->e), "cannot use generic %s %s without instantiation", what, expr_string(x->e));
		x->mode = MODE_NONE;
		x->t = typ[T_INVALID];
	}
}

/* ---- does instantiation end? ----
 * Vertices are type parameters (and types local to generic functions), edges say that one flows into another; an edge
 * weighs 1 if it wraps its source in a larger type. A cycle of positive weight would instantiate for ever. */

static int
monovertex(Checker *k, Obj *o)
{
	MonoVertex v = { 0, 0, 0, o };
	void *i;

	if (k->monoidx == NULL)
		k->monoidx = map_new(perm);
	i = map_get(k->monoidx, o);
	if (i != NULL)
		return (int)(intptr_t)i - 1;
	vec_push(perm, &k->monov, v);
	map_set(k->monoidx, o, (void *)(intptr_t)k->monov.n);
	return k->monov.n - 1;
}

static int
monotparam(Checker *k, Type *t)
{
	if (k->monocanon != NULL) {
		Type *c = map_get(k->monocanon, t);

		if (c != NULL)
			t = c;
	}
	return monovertex(k, t->tp.obj);
}

void
ck_monocanon(Checker *k, Type *mpar, Type *tpar)
{
	if (k->monocanon == NULL)
		k->monocanon = map_new(perm);
	map_set(k->monocanon, mpar, tpar);
}

static void
monoedge(Checker *k, int dst, int src, int weight, Pos p, Type *t)
{
	MonoEdge e = { dst, src, weight, p, t };

	vec_push(perm, &k->monoe, e);
}

/* The vertex of a type declared inside a generic function, with edges from the parameters it depends on; -1: none. */
static int
monolocal(Checker *k, Type *t)
{
	Obj *o = t->named.obj;
	int idx = -1;

	if (o->pkg != k->pkg || o->parent == NULL || o->parent == k->pkg->scope)
		return -1;
	if (k->monoidx != NULL) {
		void *i = map_get(k->monoidx, o);

		if (i != NULL)
			return (int)(intptr_t)i - 1;
	}
	for (Scope *sc = o->parent; sc != NULL && sc != k->pkg->scope; sc = sc->parent) {
		const void *key;
		void *value;

		if (sc->names == NULL)
			continue;
		for (int i = 0; map_next(sc->names, &i, &key, &value);) {
			Obj *e = value;

			if (e->kind == OBJ_TYPE && !e->isalias && e->pos < o->pos && e->type != NULL &&
			    e->type->kind == T_TPARAM) {
				if (idx < 0)
					idx = monovertex(k, o);
				monoedge(k, idx, monotparam(k, e->type), 1, o->pos, e->type);
			}
		}
	}
	return idx;
}

static void
monoflow(Checker *k, Pos p, Type *tpar, Type *targ, Type *t, int depth)
{
	if (depth > 1000)
		return;
	switch (t->kind) {
	case T_TPARAM:
		monoedge(k, monotparam(k, tpar), monotparam(k, t), t == targ ? 0 : 1, p, targ);
		break;
	case T_NAMED: {
		int src = monolocal(k, t->named.origin != NULL ? t->named.origin : type_unspelled(t));

		if (src >= 0)
			monoedge(k, monotparam(k, tpar), src, t == targ ? 0 : 1, p, targ);
		for (int i = 0; i < t->named.targs.n; i++)
			monoflow(k, p, tpar, targ, t->named.targs.at[i], depth + 1);
		break;
	}
	case T_MAP:
		monoflow(k, p, tpar, targ, t->key, depth + 1);
		/* fall through */
	case T_ARRAY:
	case T_SLICE:
	case T_PTR:
	case T_CHAN:
		monoflow(k, p, tpar, targ, t->elem, depth + 1);
		break;
	case T_STRUCT:
		for (int i = 0; i < t->st.fields.n; i++)
			monoflow(k, p, tpar, targ, t->st.fields.at[i]->type, depth + 1);
		break;
	case T_FUNC:
		monoflow(k, p, tpar, targ, t->fn.params, depth + 1);
		monoflow(k, p, tpar, targ, t->fn.results, depth + 1);
		break;
	case T_TUPLE:
		for (int i = 0; i < t->tuple.vars.n; i++)
			monoflow(k, p, tpar, targ, t->tuple.vars.at[i]->type, depth + 1);
		break;
	case T_INTERFACE: {
		TypeSet *ts = type_typeset(t);

		for (int i = 0; i < ts->methods.n; i++)
			monoflow(k, p, tpar, targ, obj_type(ts->methods.at[i]), depth + 1);
		break;
	}
	default:
		break;
	}
}

static void
monoinstance(Checker *k, Pos p, Type **tparams, Type **targs, int n, ExprVec *xlist)
{
	for (int i = 0; i < n; i++) {
		Type *t = targs[i];

		if (tparams[i]->tp.obj->pkg != k->pkg)
			continue;
		if (t->kind < T_ARRAY)
			continue;
		monoflow(k, xlist != NULL && i < xlist->n ? ck_start(xlist->at[i]) : p, tparams[i], t, t, 0);
	}
}

static void
monoreport(Checker *k, int v)
{
	Vec(int) stack = { 0 };
	bool *seen = NEWN(perm, bool, k->monov.n);
	int first = 0;
	Buf b = { 0 };
	Obj *o;

	while (!seen[v]) {
		vec_push(perm, &stack, v);
		seen[v] = true;
		v = k->monoe.at[k->monov.at[v].pre].src;
	}
	while (stack.at[first] != v)
		first++;
	o = k->monov.at[v].o;
	buf_str(&b, "instantiation cycle:");
	for (int i = first; i < stack.n; i++) {
		MonoEdge *e = &k->monoe.at[k->monov.at[stack.at[i]].pre];
		Obj *d = k->monov.at[e->dst].o;

		buf_printf(&b, "\n\t%s: %s %s %s", ck_posstr(e->pos), d->name,
		    d->type != NULL && d->type->kind == T_TPARAM ? "instantiated as" : "implicitly parameterized by",
		    ck_tstr(k, e->t));
	}
	ck_error(k, o->pos, "%s", buf_cstr(&b));
	buf_free(&b);
}

void
ck_mono(Checker *k)
{
	for (bool again = true; again;) {
		again = false;
		for (int i = 0; i < k->monoe.n; i++) {
			MonoEdge *e = &k->monoe.at[i];
			MonoVertex *src = &k->monov.at[e->src], *dst = &k->monov.at[e->dst];
			int w = src->weight + e->weight;

			if (w <= dst->weight)
				continue;
			dst->pre = i;
			dst->len = src->len + 1;
			if (dst->len == k->monov.n) {
				monoreport(k, e->dst);
				return;
			}
			dst->weight = w;
			again = true;
		}
	}
}
