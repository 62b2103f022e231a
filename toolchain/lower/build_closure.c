/*
 * build_closure.c - func values: functions, method values, method expressions; go and defer.
 *
 * A go or defer statement makes a closure without parameters: the callee and its arguments are
 * evaluated into captures, and a small wrapper calls. recover looks through frames of wrappers, so
 * nothing is inlined into them.
 */
#include "lower/build.h"

Opd
bd_funcvalue(Obj *fn, Type **targs, int n, Type *t)
{
	ObjSym *s = bd_code(fn, targs, n);

	return bd_opd1(t, bd_symaddr(lower_funcval(s->name), 0));
}

/* ---- wrappers with captures ---- */

typedef struct {
	Callee cl;		/* without values */
	Type *codetype;
	Type **types;		/* of the captures: callee's part first, then arguments, then what must be kept alive */
	int ncapture, ncallee, nkept;
	Expr *builtin;		/* or the builtin called */
	Ctx *outer;
	Pos pos;
	bool pass;		/* method value: parameters of the wrapper are the arguments */
	Type *st;
} Thunk;

static Type *
capturestruct(Type **types, int n)
{
	ObjVec fields = { 0 };
	Type *st = type_new(T_STRUCT);

	vec_push(perm, &fields, obj_new(OBJ_FIELD, 0, lw.pkg, intern_str("F"), typ[T_UINTPTR]));
	for (int i = 0; i < n; i++)
		vec_push(perm, &fields, obj_new(OBJ_FIELD, 0, lw.pkg, intern_printf("X%d", i), types[i]));
	st->st.fields = fields;
	return type_canon(st);
}

static void
thunkbody(void *ctx, Opd *params)
{
	Thunk *t = ctx;
	Callee cl = t->cl;
	Opd *caps = NEWN(bd->a, Opd, t->ncapture + 1);
	OpdVec out = { 0 };

	bd->pos = bd->f->pos = t->pos;
	bd->f->isclosure = true;
	bd->f->needctxt = true;
	bd->closure = value_newfirst(bd->f, bd->entry, OP_CLOSURE, VT_PTR, bd->pos);
	bd->closure->nonnil = true;
	if (t->outer != NULL) {
		bd->ctx->tparams = t->outer->tparams;
		bd->ctx->targs = t->outer->targs;
		bd->ctx->ntparams = t->outer->ntparams;
	}
	for (int i = 0; i < t->ncapture; i++)
		caps[i] = bd_load(t->types[i], bd->closure, type_offset(t->st, i + 1));
	if (t->builtin != NULL) {
		if (t->builtin->call.builtin ==
		    BUILTIN_RECOVER) { /* counts as called by the function with the defer statement */
			Value *word1;

			bd_recover(caps[0].c[0], &word1);
		} else
			bd_builtinargs(t->builtin, caps, t->ncapture);
		if (bd->b->pred.n > 0 || bd->b == bd->entry)
			bd_ret(NULL, 0);
		return;
	}
	switch (cl.kind) {
	case CALLEE_STATIC:
		if (cl.hasrecv)
			cl.recv = caps[0];
		break;
	case CALLEE_CLOSURE:
		cl.code = caps[0].c[0];
		break;
	default:
		cl.code = bd_emit1(OP_I2P, VT_PTR, caps[0].c[0], 0);
		cl.data = caps[1].c[0];
	}
	if (t->pass)
		bd_docall(&cl, params, cl.sig->fn.params->tuple.vars.n, &out);
	else
		bd_docall(&cl, caps + t->ncallee, t->ncapture - t->ncallee - t->nkept, &out);
	for (int i = t->ncapture - t->nkept; i < t->ncapture; i++)
		bd_emit1(OP_KEEPALIVE, VT_VOID, caps[i].c[0], 0);
	bd_ret(out.at, t->pass ? out.n : 0);
}

/* The part of a callee that must be captured. */
static int
calleecaptures(Callee *cl, Type **types, Opd *vals)
{
	switch (cl->kind) {
	case CALLEE_STATIC:
		if (!cl->hasrecv)
			return 0;
		types[0] = cl->recvtype;
		vals[0] = cl->recv;
		return 1;
	case CALLEE_CLOSURE:
		types[0] = typ[T_UNSAFEPTR];
		vals[0] = bd_opd1(types[0], cl->code);
		return 1;
	default:
		types[0] = typ[T_UINTPTR];
		vals[0] = bd_opd1(types[0], bd_emit1(OP_P2I, VT_I64, cl->code, 0));
		types[1] = typ[T_UNSAFEPTR];
		vals[1] = bd_opd1(types[1], cl->data);
		return 2;
	}
}

static ObjSym *
thunk(const char *name, Thunk *t, const LowerSig *sig, bool dup)
{
	static Map *made;

	if (made == NULL)
		made = map_new(perm);
	if (!map_has(made, name)) {
		map_set(made, name, (void *)name);
		t->st = t->ncapture > 0 ? capturestruct(t->types, t->ncapture) : NULL;
		bd_synthetic(name, sig, dup, true, thunkbody, t);
	}
	return lower_funcsym(name);
}

Opd
bd_methodvalue(Expr *e)
{
	Callee cl;
	Type *types[2], *t = bd_type(e->type);
	Opd vals[2];
	Thunk *th = NEW(bd->a, Thunk);
	const char *name;

	bd_callee(e, &cl);
	th->ncallee = th->ncapture = calleecaptures(&cl, types, vals);
	th->types = types;
	th->cl = cl;
	th->pos = e->pos;
	th->pass = true;
	if (cl.kind == CALLEE_STATIC)
		name = intern_printf("%s-fm", lower_code(cl.fn, cl.targs, cl.ntargs)->name);
	else	/* one wrapper per signature: the code pointer is captured */
		name = intern_printf("go:ifacemethod.%s-fm",
		    type_linkstring(type_canon(cl.sig->fn.recv == NULL ?
			    cl.sig :
			    type_func(cl.sig->fn.params, cl.sig->fn.results, cl.sig->variadic))));
	return bd_opd1(t,
	    bd_makeclosure(thunk(intern_str(name), th, lower_sig(NULL, cl.sig), true), types, vals, th->ncapture));
}

/* ---- method expressions ---- */

static void
ifaceexprbody(void *ctx, Opd *params)
{
	Selection *sel = ctx;
	Callee cl = { .kind = CALLEE_IFACE };
	OpdVec out = { 0 };
	const TypeSet *ts = type_typeset(type_under(params[0].t));
	int i = 0;

	while (!obj_sameid(ts->methods.at[i], sel->obj->pkg, sel->obj->name))
		i++;
	cl.sig = obj_type(ts->methods.at[i]);
	cl.recvtype = typ[T_UNSAFEPTR];
	cl.code =
	    bd_emit1(OP_LOAD, VT_PTR, bd_nilcheck(params[0].c[0]), lower_itabslot(params[0].t, ts->methods.at[i]));
	cl.data = params[0].c[1];
	obj_reloc(bd->f->sym, 0, OBJ_R_USEIFACEMETHOD, lower_desc(params[0].t), lower_imethodoff(params[0].t, i));
	bd_markreflect(ts->methods.at[i], cl.sig);
	bd_docall(&cl, params + 1, cl.sig->fn.params->tuple.vars.n, &out);
	bd_ret(out.at, out.n);
}

Opd
bd_methodexpr(Expr *e)
{
	Selection *sel = e->selector.selection;
	Type *recv = bd_type(sel->recv), *t = bd_type(e->type);
	const MethodSet *ms;

	if (bd_isiface(recv)) {
		static Map *made;
		const char *name = intern_printf("%s.%s-mx", type_linkstring(type_canon(recv)), sel->obj->name);
		Type *sig = type_under(t);

		if (made == NULL)
			made = map_new(perm);
		if (!map_has(made, name)) {
			map_set(made, name, (void *)name);
			bd_synthetic(name, lower_sig(NULL, sig), true, true, ifaceexprbody, sel);
		}
		return bd_opd1(t, bd_symaddr(lower_funcval(name), 0));
	}
	ms = type_methodset(recv);
	for (int i = 0; i < ms->n; i++)
		if (obj_sameid(ms->at[i].fn, sel->obj->pkg, sel->obj->name)) {
			ObjSym *s = lower_methodcode(recv, &ms->at[i], false);

			return bd_opd1(t, bd_symaddr(lower_funcval(s->name), 0));
		}
	bug("lower: method expression %s.%s", type_string(recv, NULL), sel->obj->name);
}

/* ---- go and defer ---- */

static const char *
thunkname(const char *kind, int *counter)
{
	const char *base = bd->ctx->body != NULL ? bd->ctx->body->name : bd->ctx->name;

	return intern_printf("%s.%s%d", base, kind, ++*counter);
}

/* A func() that makes the call later. */
static Value *
deferred(Expr *call, const char *kind, int *counter)
{
	Callee cl;
	OpdVec args = { 0 };
	ValueVec kept = { 0 };
	Type **types;
	Opd *vals;
	Thunk *th;
	int n = 0;
	bool dup = bd->ctx->body != NULL && bd_isdup(bd->ctx->body);
	Value *v;

	call = bd_unparen(call);
	th = NEW(bd->a, Thunk);
	th->pos = call->pos;
	th->outer = bd->ctx;
	bd->pos = call->pos;
	if (call->call.what == CALL_CONVERT)
		bug("lower: conversion as a statement");
	if (call->call.what == CALL_BUILTIN) {
		ExprVec *ex = &call->call.args;

		types = NEWN(bd->a, Type *, ex->n + 1);
		vals = NEWN(bd->a, Opd, ex->n + 1);
		for (int i = 0; i < ex->n; i++) {
			Type *want = NULL;

			if (call->call.builtin == BUILTIN_PANIC)
				want = type_any;
			else if (call->call.builtin == BUILTIN_DELETE && i == 1)
				want = type_core(vals[0].t)->key;
			if (bd_isnil(ex->at[i]) && want == NULL)
				want = call->call.builtin == BUILTIN_PRINT || call->call.builtin == BUILTIN_PRINTLN ?
				    typ[T_UNSAFEPTR] :
				    bd_type(ex->at[i]->type);
			vals[i] = bd_hold(want != NULL ? bd_exprconv(ex->at[i], want) : bd_expr(ex->at[i]));
			types[i] = vals[i].t;
		}
		n = ex->n;
		th->builtin = call;
		if (call->call.builtin == BUILTIN_RECOVER) {
			types[0] = typ[T_UINTPTR];
			vals[0] = bd_opd1(types[0], bd_argdepth());
			n = 1;
		}
	} else {
		bd_callee(call->call.fn, &cl);
		bd_keptargs(cl.sig, call, &args, &kept);
		bd->pos = call->pos;
		if (args.n == 0 && cl.sig->fn.results->tuple.vars.n == 0 && !cl.hasrecv) {
			if (cl.kind == CALLEE_CLOSURE)
				return cl.code;
			if (cl.kind == CALLEE_STATIC && !bd_intrinsic(cl.fn, NULL, 0, NULL))
				return bd_symaddr(lower_funcval(bd_code(cl.fn, cl.targs, cl.ntargs)->name), 0);
		}
		types = NEWN(bd->a, Type *, args.n + kept.n + 3);
		vals = NEWN(bd->a, Opd, args.n + kept.n + 3);
		n = calleecaptures(&cl, types, vals);
		th->ncallee = n;
		for (int i = 0; i < args.n; i++, n++) {
			vals[n] = args.at[i];
			types[n] = args.at[i].t;
		}
		for (int i = 0; i < kept.n; i++, n++) {
			vals[n] = bd_opd1(types[n] = typ[T_UNSAFEPTR], kept.at[i]);
			bd_emit1(OP_KEEPALIVE, VT_VOID, kept.at[i], bd_uintptrescapes(&cl));
		}
		th->nkept = kept.n;
		th->cl = cl;
	}
	th->ncapture = n;
	th->types = types;
	v = bd_makeclosure(thunk(thunkname(kind, counter), th,
			       lower_sig(NULL, type_func(type_emptytuple, type_emptytuple, false)), dup),
	    types, vals, n);
	return v;
}

void
bd_go(Stmt *s)
{
	Value *fn = deferred(s->expr.x, "gowrap", &bd->top->ngowrap);

	bd->pos = s->pos;
	bd_rt1("newproc", 1, fn);
}

void
bd_defer(Stmt *s)
{
	Ctx *c = bd->ctx;
	Value *fn;

	fn = deferred(s->expr.x, "deferwrap", &bd->top->ndeferwrap);
	bd->pos = s->pos;
	if (c->lit->range != NULL) {
		Opd token = bd_varload(bd_var(bd_fnlit(c->lit)->token));

		bd_rt1("deferprocat", 3, fn, token.c[0], token.c[1]);
		return;
	}
	if (c->loops > 0) {
		bd_rt1("deferproc", 1, fn);
		return;
	}
	{
		/* struct Defer of runtime/abi: flags, sp, pc, fn, link, head */
		static Type *rec;
		Slot *d;
		Value *p;

		if (rec == NULL) {
			Type *ts[5] = { typ[T_UINTPTR], typ[T_UINTPTR], typ[T_UNSAFEPTR], typ[T_UNSAFEPTR],
				typ[T_UNSAFEPTR] };

			rec = capturestruct(ts, 5);
		}
		d = slot_new(bd->f, lower_gctype(rec), NULL);
		d->live = true;
		d->indefer = true;
		d->addrtaken = true;
		d->pos = s->pos;
		p = bd_slotaddr(d, 0);
		bd_emit2(OP_STORE, VT_VOID, p, bd_int(VT_I64, 0), 0)->size = 8;
		bd_emit2(OP_STORE, VT_VOID, p, fn, 3 * lw.target->ptrsize)->size = lw.target->ptrsize;
		bd_rt1("deferprocStack", 1, p);
	}
}
