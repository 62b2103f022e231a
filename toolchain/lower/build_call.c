/*
 * build_call.c - calls: what is called, the arguments, the call itself, the results.
 *
 * Receiver and arguments are all evaluated (and held) before anything is put where the
 * callee expects it, because evaluating an argument may itself be a call.
 */
#include "lower/build.h"

const char *
bd_pkgpath(const Obj *o)
{
	return o->pkg != NULL ? o->pkg->path : "";
}

/* ---- what is called ---- */

bool
bd_resolve(Expr *e, Obj **fn, Type ***targs, int *n)
{
	Inst *inst = NULL;
	Obj *o;

	e = bd_unparen(e);
	if (e->kind == EX_INDEX) {
		inst = e->index.inst;
		e = bd_unparen(e->index.x);
	}
	if (e->kind == EX_SELECTOR && e->selector.selection == NULL)
		e = e->selector.sel;
	if (e->kind != EX_NAME || e->name.obj == NULL || e->name.obj->kind != OBJ_FUNC)
		return false;
	o = e->name.obj;
	if (e->name.inst != NULL)	/* the whole list, inferred arguments included */
		inst = e->name.inst;
	*fn = o;
	*n = 0;
	*targs = NULL;
	if (inst != NULL) {
		*n = inst->targs.n;
		*targs = NEWN(lw.a, Type *, *n);
		for (int i = 0; i < *n; i++)
			(*targs)[i] = bd_type(inst->targs.at[i]);
	}
	return true;
}

ObjSym *
bd_code(Obj *fn, Type **targs, int n)
{
	return lower_code(fn, targs, n);
}

/* The method m of recv (a type, or a pointer to one, after embedded fields were followed): fills cl but for the receiver value. */
void
bd_method(Type *recv, Obj *m, Callee *cl)
{
	bool wasptr;
	Type *base = type_deref(recv, &wasptr), *sig;
	Obj *o = m->origin != NULL ? m->origin : m;

	memset(cl, 0, sizeof *cl);
	cl->kind = CALLEE_STATIC;
	cl->fn = o;
	cl->hasrecv = true;
	sig = obj_type(o);
	if (base->kind == T_NAMED && base->named.targs.n > 0) {
		cl->targs = base->named.targs.at;
		cl->ntargs = base->named.targs.n;
		sig = type_subst(sig, sig->fn.recvtparams.at, cl->targs, cl->ntargs);
	}
	cl->sig = sig;
	cl->recvtype = o->ptrrecv ? type_ptr(base) : base;
}

/*
 * Calls of reflect's Method and MethodByName, through reflect.Type or on a
 * reflect.Value, can reach any exported method: the linker must keep them all.
 */
void
bd_markreflect(const Obj *m, const Type *sig)
{
	const Obj *r = sig->fn.results->tuple.vars.n > 0 ? sig->fn.results->tuple.vars.at[0] : NULL, *o;

	if (strcmp(m->name, "MethodByName") != 0 &&
	    (strcmp(m->name, "Method") != 0 || sig->fn.params->tuple.vars.n != 1))
		return;
	if (r == NULL || r->type->kind != T_NAMED || strcmp(lw.pkg->path, "reflect") == 0)
		return;
	o = r->type->named.obj;
	if ((strcmp(o->name, "Method") == 0 || strcmp(o->name, "Value") == 0) && strcmp(bd_pkgpath(o), "reflect") == 0)
		bd->f->sym->flags |= SYMF_REFLECTMETHOD;
}

static void
ifacemethod(Opd x, Obj *m, Callee *cl)
{
	Type *u = type_under(x.t);
	const TypeSet *ts = type_typeset(u);
	Value *tab;
	int i = 0;

	memset(cl, 0, sizeof *cl);
	cl->kind = CALLEE_IFACE;
	while (i < ts->methods.n && !obj_sameid(ts->methods.at[i], m->pkg, m->name))
		i++;
	if (i == ts->methods.n)
		bug("lower: interface %s has no method %s", type_string(x.t, NULL), m->name);
	m = ts->methods.at[i];
	cl->sig = obj_type(m);
	cl->recvtype = typ[T_UNSAFEPTR];
	tab = bd_nilcheck(x.c[0]);
	cl->code = bd_emit1(OP_LOAD, VT_PTR, tab, lower_itabslot(x.t, m));
	cl->data = x.c[1];
	if (bd->f->sym != NULL) {
		obj_reloc(bd->f->sym, 0, OBJ_R_USEIFACEMETHOD, lower_desc(x.t), lower_imethodoff(x.t, i));
		bd_markreflect(m, cl->sig);
	}
}

/* A method of an interface whose dynamic type is known, if it is declared for that type itself. */
static bool
devirtualize(Opd x, Type *dyn, Obj *m, Callee *cl)
{
	const MethodSet *ms = type_methodset(dyn);
	bool wasptr;
	Type *base = type_deref(dyn, &wasptr);

	if (lw.noopt)
		return false;
	for (int i = 0; i < ms->n; i++) {
		Obj *fn = ms->at[i].fn;

		if (!obj_sameid(fn, m->pkg, m->name))
			continue;
		if (ms->at[i].path.n != 1 || base->kind != T_NAMED || bd_isiface(base) ||
		    (fn->origin != NULL ? fn->origin : fn)->ptrrecv != wasptr)
			return false;
		bd_method(dyn, fn, cl);
		cl->recv = bd_hold(bd_retype(bd_unbox(x, dyn), cl->recvtype));
		if (bd->f->sym != NULL)
			bd_markreflect(m, cl->sig);
		return true;
	}
	return false;
}

/* x.m(...) */
static void
methodcallee(Expr *e, Callee *cl)
{
	Selection *sel = e->selector.selection, found;
	Expr *xe = e->selector.x;
	Type *t = bd_type(xe->type);
	bool wasptr;
	Obj *m = sel->obj;
	Opd x = { 0 };
	Lval lv = { 0 };
	bool islv;
	Type *cur;

	if (type_deref(sel->recv, &wasptr)->kind == T_TPARAM || sel->recv->kind == T_TPARAM) {
		if (type_lookup(t, true, m->pkg, m->name, false, &found) != LOOKUP_OK)
			bug("lower: %s has no method %s", type_string(t, NULL), m->name);
		sel = &found;
		m = sel->obj;
	}
	/* the value that has the method itself */
	islv = bd_addressable(xe) && type_under(t)->kind != T_PTR && type_under(t)->kind != T_INTERFACE;
	if (islv)
		lv = bd_lval(xe);
	else
		x = bd_expr(xe);
	bd->pos = e->pos;
	bd_path(&lv, &x, &islv, t, sel->path.at, sel->path.n - 1);
	cur = islv ? lv.t : x.t;
	if (bd_isiface(cur)) {
		Expr *name = bd_unparen(xe);
		Type *dyn = NULL;

		if (islv)
			x = bd_lvload(&lv);
		if (sel->path.n == 1) {
			dyn = bd_dyntype(x);
			if (dyn == NULL && name->kind == EX_NAME && name->name.obj->kind == OBJ_VAR &&
			    !name->name.obj->isglobal)
				dyn = bd_var(name->name.obj)->dyn;
		}
		if (dyn != NULL && devirtualize(x, dyn, m, cl))
			return;
		ifacemethod(x, m, cl);
		return;
	}
	bd_method(cur, m, cl);
	if (bd->f->sym != NULL)
		bd_markreflect(m, cl->sig);
	if (cl->fn->ptrrecv) {
		if (islv && cur->kind != T_PTR && type_under(cur)->kind != T_PTR) {
			int64_t off;
			Value *p;

			if (lv.kind == LV_SSA)
				bug("lower: method with pointer receiver on a variable that was not marked");
			p = bd_lvaddr(&lv, &off);
			cl->recv = bd_opd1(cl->recvtype, bd_addptr(p, off));
		} else if (type_under(cur)->kind != T_PTR) {
			/* only in instances of generic bodies: a type parameter's value with a pointer method */
			cl->recv = bd_opd1(cl->recvtype, bd_toaddr(x));
		} else {
			if (islv)
				x = bd_lvload(&lv);
			cl->recv = bd_retype(x, cl->recvtype);
		}
		return;
	}
	if (islv)
		x = bd_lvload(&lv);
	if (cur->kind == T_PTR) {	/* value receiver through a pointer */
		Value *p = bd_nilcheck(x.c[0]);

		x = bd_load(cl->recvtype, p, 0);
	}
	cl->recv = bd_hold(bd_retype(x, cl->recvtype));
}

/* Follows the fields of path from an lvalue or a value, whichever it is. */
void
bd_path(Lval *lv, Opd *x, bool *islv, Type *recv, const int *path, int n)
{
	(void)recv;
	for (int i = 0; i < n; i++) {
		Type *u = type_under(*islv ? lv->t : x->t);

		if (u->kind == T_PTR) {
			Opd p = *islv ? bd_lvload(lv) : *x;
			Lval d = {
				.kind = LV_MEM, .t = u->elem, .addr = p.c[0], .check = !p.c[0]->nonnil, .pos = bd->pos
			};

			*lv = d;
			*islv = true;
			u = type_under(u->elem);
		}
		if (*islv) {
			if (lv->kind == LV_SSA)
				lv->comp += bd_fieldcomp(u, path[i]);
			else
				lv->off += type_offset(u, path[i]);
			lv->t = u->st.fields.at[path[i]]->type;
		} else
			*x = bd_field(*x, path[i]);
	}
}

static Type *
instsig(Obj *fn, Type **targs, int n)
{
	Type *sig = obj_type(fn);

	if (n > 0) {
		Type *s = type_subst(sig, sig->fn.tparams.at, targs, n);

		return s;
	}
	return sig;
}

bool
bd_callee(Expr *fn, Callee *cl)
{
	Opd x;

	fn = bd_unparen(fn);
	memset(cl, 0, sizeof *cl);
	if (bd_resolve(fn, &cl->fn, &cl->targs, &cl->ntargs)) {
		cl->kind = CALLEE_STATIC;
		cl->sig = instsig(cl->fn, cl->targs, cl->ntargs);
		return true;
	}
	if (fn->kind == EX_SELECTOR && fn->selector.selection != NULL && fn->selector.selection->kind == SEL_METHOD) {
		methodcallee(fn, cl);
		return true;
	}
	x = bd_expr(fn);
	cl->kind = CALLEE_CLOSURE;
	cl->sig = type_core(x.t);
	cl->code = x.c[0];
	return true;
}

/* ---- arguments ---- */

Value *
bd_newarray(Type *elem, int64_t n)
{
	Value *v = bd_emit(OP_NEWARRAY, VT_PTR, n);

	v->gctype = lower_gctype(elem);
	v->nonnil = true;
	return v;
}

Opd
bd_variadic(Type *slice, Opd *xs, int n)
{
	Type *elem = type_under(slice)->elem;
	int64_t size = lower_type(elem)->gc.size;
	Value *p;

	if (n == 0)
		return bd_zero(slice);
	p = bd_newarray(elem, n);
	report_object(p, bd->pos, "... argument");
	for (int i = 0; i < n; i++)
		bd_storefresh(p, i * size, bd_implicit(xs[i], elem));
	return bd_opd3(slice, p, bd_int(VT_I64, n), bd_int(VT_I64, n));
}

/* An argument uintptr(unsafe.Pointer(p)) keeps what p points to alive during the call, as system calls rely on. */
static Expr *
hiddenpointer(Expr *e)
{
	Expr *x;

	e = bd_unparen(e);
	if (e->kind != EX_CALL || e->call.what != CALL_CONVERT || e->mode == MODE_CONST || e->type == NULL ||
	    type_under(e->type)->kind != T_UINTPTR)
		return NULL;
	x = bd_unparen(e->call.args.at[0]);
	if (x->type == NULL || type_under(x->type)->kind != T_UNSAFEPTR || x->mode == MODE_CONST || x->mode == MODE_NIL)
		return NULL;
	return x;
}

static ValueVec *keeping;	/* of the call whose arguments are evaluated */

static Opd
argument(Expr *e, Type *t)
{
	ValueVec *mine = keeping;
	Expr *x = mine != NULL ? hiddenpointer(e) : NULL;
	Value *p;
	Opd r;

	keeping = NULL;	/* arguments of calls in it are their own matter */
	if (x == NULL)
		r = bd_hold(bd_exprconv(e, t));
	else {
		p = bd_expr(x).c[0];
		vec_push(bd->a, mine, p);
		r = bd_implicit(bd_opd1(bd_type(e->type), bd_emit1(OP_P2I, VT_I64, p, 0)), t);
	}
	keeping = mine;
	return r;
}

/* Arguments of a call as the parameters of sig want them. */
void
bd_args(Type *sig, Expr *call, OpdVec *out)
{
	ObjVec *params = &sig->fn.params->tuple.vars;
	ExprVec *args = &call->call.args;
	OpdVec xs = { 0 };
	int fixed = params->n - (sig->variadic && !call->dots ? 1 : 0);

	if (args->n == 1 && bd_unparen(args->at[0])->kind == EX_CALL && args->at[0]->type != NULL &&
	    args->at[0]->type->kind == T_TUPLE)
		bd_callresults(bd_unparen(args->at[0]), &xs);
	else {
		int last = -1;

		for (int i = 0; i < args->n; i++) {
			Opd none = { 0 };

			vec_push(bd->a, &xs, none);
			if (bd_hascall(args->at[i]))
				last = i;
		}
		/* arguments with calls first: see bd_exprlist */
		for (int pass = 0; pass < 2; pass++)
			for (int i = 0; i < args->n; i++) {
				Type *t =
				    i < fixed ? params->at[i]->type : type_under(params->at[params->n - 1]->type)->elem;
				bool late = i < last && bd_callfree(args->at[i]);

				if (i >= fixed && !sig->variadic)
					bug("lower: too many arguments");
				if (late == (pass == 1))
					xs.at[i] = argument(args->at[i], t);
			}
	}
	bd->pos = call->pos;
	for (int i = 0; i < fixed; i++)
		vec_push(bd->a, out, bd_implicit(xs.at[i], params->at[i]->type));
	if (sig->variadic && !call->dots)
		vec_push(bd->a, out, bd_variadic(params->at[fixed]->type, xs.at + fixed, xs.n - fixed));
}

/* Whether the callee wants what its uintptrs point to not to move. */
bool
bd_uintptrescapes(const Callee *cl)
{
	return cl->fn != NULL &&
	    ((cl->fn->origin != NULL ? cl->fn->origin : cl->fn)->pragma & PRAGMA_UINTPTRESCAPES) != 0;
}

/* The same; kept gets what the call must find alive. */
void
bd_keptargs(Type *sig, Expr *call, OpdVec *out, ValueVec *kept)
{
	keeping = kept;
	bd_args(sig, call, out);
	keeping = NULL;
}

/* ---- the call ---- */

void
bd_docall(Callee *cl, Opd *args, int n, OpdVec *out)
{
	const LowerSig *ls;
	Opd *all;
	Value **regs, *call, *fnv = NULL;
	int nall = 0, nreg = 0, total = 0;
	Op op;

	if (cl->kind == CALLEE_STATIC && !cl->hasrecv && bd_intrinsic(cl->fn, args, n, out))
		return;
	if (cl->kind == CALLEE_STATIC && bd_inline(cl, args, n, out))
		return;
	ls = lower_sig(cl->recvtype, cl->sig);
	all = NEWN(bd->a, Opd, n + 1);
	if (cl->kind == CALLEE_IFACE)
		all[nall++] = bd_opd1(typ[T_UNSAFEPTR], cl->data);
	else if (cl->hasrecv)
		all[nall++] = cl->recv;
	for (int i = 0; i < n; i++)
		all[nall++] = args[i];
	if (nall != ls->nparam)
		bug("lower: call with %d arguments, want %d", nall, ls->nparam);
	for (int i = 0; i < nall; i++)
		total += all[i].lt->nabi + all[i].lt->ncomp;
	regs = NEWN(bd->a, Value *, total + 1);
	switch (cl->kind) {
	case CALLEE_STATIC:
		op = OP_CALL;
		break;
	case CALLEE_CLOSURE:
		op = OP_CALLCLOSURE;
		fnv = bd_nilcheck(cl->code);
		break;
	default:
		op = OP_CALLPTR;
		fnv = cl->code;
	}
	for (int i = 0; i < nall; i++)
		if (ls->param[i].inregs)
			nreg += bd_abicomps(all[i], regs + nreg);
	for (int i = 0; i < nall; i++)
		if (!ls->param[i].inregs && all[i].lt->gc.size > 0) {
			Value *p = bd_emit(OP_ARGADDR, VT_PTR, ls->param[i].stackoff);

			p->nonnil = true;
			bd_store(p, 0, all[i]);
		}
	call = bd_emit(op, VT_VOID, 0);
	call->sig = ls->sig;
	if (fnv != NULL)
		value_addarg(bd->f, call, fnv);
	else
		call->sym = bd_code(cl->fn, cl->targs, cl->ntargs);
	for (int i = 0; i < nreg; i++)
		value_addarg(bd->f, call, regs[i]);
	if (bd->f->outargs < ls->sig->argsize + ls->sig->spillsize)
		bd->f->outargs = ls->sig->argsize + ls->sig->spillsize;
	regs = NEWN(bd->a, Value *, ls->sig->nresult + 1);
	for (int i = 0; i < ls->nresult; i++) {
		const LowerType *lt = lower_type(ls->rtype[i]);

		if (ls->result[i].inregs)
			for (int k = 0; k < ls->result[i].n; k++)
				regs[ls->result[i].first + k] = bd_emit1(OP_RESULT,
				    lt->ssa ? lt->comp[k].type : lt->abi[k].type, call, ls->result[i].first + k);
	}
	for (int i = 0; i < ls->nresult; i++) {
		Type *t = ls->rtype[i];
		Opd x;

		if (ls->result[i].inregs)
			x = bd_fromabi(t, regs + ls->result[i].first);
		else {
			Value *p = bd_emit(OP_ARGADDR, VT_PTR, ls->result[i].stackoff);

			p->nonnil = true;
			x = bd_load(t, p, 0);
			x = bd_hold(x);
		}
		if (out != NULL)
			vec_push(bd->a, out, x);
	}
}

/* FuncPCABI0(f), FuncPCABIInternal(f) */
static bool
funcpc(Callee *cl, Expr *e, OpdVec *out)
{
	Obj *fn;
	Type **targs;
	int n;
	const char *name;
	bool abi0;
	Value *v;

	if (cl->kind != CALLEE_STATIC || cl->hasrecv || strcmp(bd_pkgpath(cl->fn), "internal/abi") != 0)
		return false;
	abi0 = strcmp(cl->fn->name, "FuncPCABI0") == 0;
	if (!abi0 && strcmp(cl->fn->name, "FuncPCABIInternal") != 0)
		return false;
	if (bd_resolve(e->call.args.at[0], &fn, &targs, &n)) {
		ObjSym *s = bd_code(fn, targs, n);

		name = s->name;
		if (abi0)
			s = obj_sym(lw.o, intern_printf("%s.abi0", name));
		v = bd_emit1(OP_P2I, VT_I64, bd_symaddr(s, 0), 0);
	} else {
		Opd f = bd_expr(e->call.args.at[0]);

		if (bd_isiface(f.t))
			f.c[0] = f.c[1];
		v = bd_emit1(OP_P2I, VT_I64, bd_emit1(OP_LOAD, VT_PTR, bd_nilcheck(f.c[0]), 0), 0);
	}
	vec_push(bd->a, out, bd_opd1(typ[T_UINTPTR], v));
	return true;
}

void
bd_callresults(Expr *e, OpdVec *out)
{
	Callee cl;
	OpdVec args = { 0 };
	ValueVec keep = { 0 };

	e = bd_unparen(e);
	bd->pos = e->pos;
	if (e->call.what != CALL_FUNC) {
		Opd x = bd_call(e);

		if (x.lt != NULL)
			vec_push(bd->a, out, x);
		return;
	}
	bd_callee(e->call.fn, &cl);
	if (funcpc(&cl, e, out))
		return;
	bd_keptargs(cl.sig, e, &args, &keep);
	bd->pos = e->pos;
	bd_docall(&cl, args.at, args.n, out);
	for (int i = 0; i < keep.n; i++)
		bd_emit1(OP_KEEPALIVE, VT_VOID, keep.at[i], bd_uintptrescapes(&cl));
}

Opd
bd_call(Expr *e)
{
	OpdVec out = { 0 };
	Opd none = { 0 };

	if (e->call.what == CALL_CONVERT) {
		Type *to = bd_type(e->type);
		Expr *a = e->call.args.at[0];
		Opd x;

		if (bd_isnil(a))
			return bd_zero(to);
		if (bd_unparen(a)->mode == MODE_CONST && bd_unparen(a)->cv != NULL && !bd_isiface(to) &&
		    (type_isuntyped(bd_unparen(a)->type) ||
			(type_isnumeric(bd_type(a->type)) && type_isnumeric(type_under(to)))))
			return bd_const(bd_unparen(a)->cv, to);	/* of a type parameter: not folded by the checker */
		x = bd_expr(a);
		bd->pos = e->pos;
		return bd_convert(x, to);
	}
	if (e->call.what == CALL_BUILTIN)
		return bd_builtin(e);
	bd_callresults(e, &out);
	return out.n > 0 ? out.at[0] : none;
}
