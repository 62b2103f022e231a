/*
 * build_fn.c - functions whole: parameters, results, the way out.
 *
 * A function with defers keeps its results in memory and leaves through one block that starts with
 * DEFERRETURN: the runtime resumes there after a recovered panic, with nothing but the frame. A result that
 * a literal captures is an object made at entry, whose address is kept in a slot for that block.
 */
#include "abi/funcdata.h"
#include "lower/build.h"

Build *bd;

Type *
bd_type(Type *t)
{
	Ctx *c = bd->ctx;

	if (c == NULL || c->ntparams == 0 || t == NULL)
		return t;
	return type_subst(t, c->tparams, c->targs, c->ntparams);
}

void
bd_begin(Build *b, const char *name, const LowerSig *sig, bool dupok)
{
	static Arena *pool[64];
	int depth = bd != NULL ? bd->depth + 1 : 0;

	memset(b, 0, sizeof *b);
	if (pool[depth] == NULL)
		pool[depth] = arena_new("function");
	arena_reset(pool[depth]);
	b->a = pool[depth];
	b->depth = depth;
	b->sig = sig;
	b->f = func_new(b->a, lw.target, name, sig->sig);
	b->f->sym = obj_define(lw.o, name, SYM_TEXT, dupok ? SYMF_DUPOK : 0, 16);
	b->temps = map_new(b->a);
	bd = b;
	b->entry = block_new(b->f, BK_JUMP);
	b->entry->sealed = true;
	b->b = b->entry;
}

/* Register parameters are read first; big ones then go to memory. */
void
bd_params(const LowerSig *ls, Opd *out)
{
	const CallSig *sig = ls->sig;
	Value **regs = NEWN(bd->a, Value *, sig->nparam + 1);

	for (int i = 0; i < sig->nparam; i++)
		regs[i] = bd_emit(OP_PARAM, sig->param[i].type, i);
	for (int i = 0; i < ls->nparam; i++) {
		Type *t = ls->ptype[i];

		if (ls->param[i].inregs)
			out[i] = bd_fromabi(t, regs + ls->param[i].first);
		else {
			Slot *s = slot_new(bd->f, lower_gctype(t), NULL);

			s->isparam = true;
			s->off = ls->param[i].stackoff;
			out[i] = bd_load(t, bd_slotaddr(s, 0), 0);
		}
	}
}

/* Returns the values, one per result. */
void
bd_ret(Opd *vals, int n)
{
	const LowerSig *ls = bd->sig;
	Block *b;
	Value **ret = NEWN(bd->a, Value *, ls->sig->nresult + 1);
	int k = 0;

	assert(n == ls->nresult);
	for (int i = 0; i < n; i++)
		if (!ls->result[i].inregs && vals[i].lt->gc.size > 0) {
			if (bd->ressslot == NULL)
				bd->ressslot = NEWN(bd->a, Slot *, n);
			if (bd->ressslot[i] == NULL) {
				Slot *s = slot_new(bd->f, lower_gctype(ls->rtype[i]), NULL);

				s->isparam = true;
				s->off = ls->result[i].stackoff;
				bd->ressslot[i] = s;
			}
			vals[i] = bd_hold(vals[i]);
		}
	for (int i = 0; i < n; i++)
		if (!ls->result[i].inregs && vals[i].lt->gc.size > 0)
			bd_store(bd_slotaddr(bd->ressslot[i], 0), 0, vals[i]);
	for (int i = 0; i < n; i++)
		if (ls->result[i].inregs)
			k += bd_abicomps(vals[i], ret + k);
	assert(k == ls->sig->nresult);
	b = bd->b;
	b->kind = BK_RET;
	b->pos = bd->pos;
	b->ret = ret;
	for (int i = 0; i < k; i++)
		ret[i]->nuse++;
	bd_dead();
}

/* ---- results ---- */

static void
declareresults(Ctx *c, ObjVec *objs, bool named)
{
	ObjVec *rs = &c->sig->fn.results->tuple.vars;

	c->nresults = rs->n;
	c->namedresults = named;
	c->results = NEWN(bd->a, Var *, rs->n + 1);
	for (int i = 0; i < rs->n; i++) {
		Type *t = rs->at[i]->type;
		Obj *o = objs != NULL && i < objs->n ? objs->at[i] : NULL;
		Var *v;

		if (bd->hasdefer && !(o != NULL && (o->addrtaken || bd_byref(o, t)))) {
			v = NEW(bd->a, Var);
			v->kind = VAR_SLOT;
			v->t = t;
			v->lt = lower_type(t);
			v->o = o;
			v->slot = slot_new(bd->f, &v->lt->gc, o != NULL ? o->name : NULL);
			v->slot->live = v->lt->gc.ptrbytes > 0;
			v->slot->indefer = true;
			v->slot->pos = bd->pos;
			if (o != NULL)
				map_set(bd->ctx->vars, o, v);
		} else
			v = bd_declare(o, t, o != NULL && bd_inmem(o, t));
		c->results[i] = v;
		if (v->kind != VAR_MEM)
			bd_varstore(v, bd_zero(t));
	}
}

static void
deferexit(Ctx *c)
{
	Opd *vals = NEWN(bd->a, Opd, c->nresults + 1);
	Value *home[64] = { NULL };

	/* only the frame is there after a recovered panic: the address of a result that is an object has a home in it */
	for (int i = 0; i < c->nresults && i < 64; i++)
			if (c->results[i]->kind == VAR_MEM) {
				Slot *s = slot_new(bd->f, lower_gctype(typ[T_UNSAFEPTR]), NULL);
				Value *sa, *st;

				s->live = true;
				s->indefer = true;
				sa = value_newafter(bd->f, c->results[i]->addr, OP_SLOTADDR, VT_PTR, bd->pos);
				sa->slot = s;
				st = value_newafter(bd->f, sa, OP_STORE, VT_VOID, bd->pos);
				st->size = lw.target->ptrsize;
				value_addarg(bd->f, st, sa);
				value_addarg(bd->f, st, c->results[i]->addr);
				home[i] = sa;
			}
	bd_sealstart(bd->deferexit);
	bd_emit(OP_DEFERRETURN, VT_VOID, 0)->sym = lower_rt("deferreturn");
	for (int i = 0; i < c->nresults; i++) {
		Var *v = c->results[i];

		if (v->kind == VAR_MEM && i < 64 && home[i] != NULL)
			vals[i] = bd_load(v->t, bd_emit1(OP_LOAD, VT_PTR, bd_slotaddr(home[i]->slot, 0), 0), v->off);
		else
			vals[i] = bd_varload(v);
	}
	bd_ret(vals, c->nresults);
}

void
bd_return(Opd *vals, int n)
{
	Ctx *c = bd->ctx;
	Opd *out;

	if (c->lit->range != NULL) {
		bd_rangefnreturn(vals, n);
		return;
	}
	if (c->ret != NULL) {	/* inlined */
		for (int i = 0; i < n; i++)
			bd_varstore(c->results[i], vals[i]);
		bd_jump(c->ret);
		return;
	}
	if (bd->hasdefer) {
		for (int i = 0; i < n; i++)
			bd_varstore(c->results[i], vals[i]);
		bd_jump(bd->deferexit);
		return;
	}
	if (n == 0 && c->nresults > 0) {
		out = NEWN(bd->a, Opd, c->nresults);
		for (int i = 0; i < c->nresults; i++)
			out[i] = bd_varload(c->results[i]);
		bd_ret(out, c->nresults);
		return;
	}
	bd_ret(vals, n);
}

/* ---- captures ---- */

/* How a captured variable lies in the closure: itself, or its address. */
static void
capturetypes(LitInfo *li, Type **types)
{
	for (int i = 0; i < li->captures.n; i++) {
		Obj *o = li->captures.at[i];
		Type *t = bd_type(obj_type(o));

		types[i] = bd_byref(o, t) ? type_ptr(t) : t;
	}
}

static Type *
closuretype(Type **types, int n)
{
	ObjVec fields = { 0 };
	Type *st = type_new(T_STRUCT);

	vec_push(perm, &fields, obj_new(OBJ_FIELD, 0, lw.pkg, intern_str("F"), typ[T_UINTPTR]));
	for (int i = 0; i < n; i++)
		vec_push(perm, &fields, obj_new(OBJ_FIELD, 0, lw.pkg, intern_printf("X%d", i), types[i]));
	st->st.fields = fields;
	return type_canon(st);
}

Value *
bd_makeclosure(ObjSym *code, Type **types, Opd *vals, int n)
{
	Type *st;
	Value *p, *v;

	if (n == 0)
		return bd_symaddr(lower_funcval(code->name), 0);
	st = closuretype(types, n);
	for (int i = 0; i < n; i++)
		vals[i] = bd_hold(vals[i]);
	p = bd_new(st);
	v = bd_emit2(OP_STORE, VT_VOID, p, bd_emit1(OP_P2I, VT_I64, bd_symaddr(code, 0), 0), 0);
	v->size = lw.target->ptrsize;
	for (int i = 0; i < n; i++)
		bd_storefresh(p, type_offset(st, i + 1), vals[i]);
	return p;
}

/* In the closure's body: the captured variables, from the context register. */
void
bd_bindcaptures(LitInfo *li)
{
	int n = li->captures.n;
	Type **types, *st;

	bd->closure = value_newfirst(bd->f, bd->entry, OP_CLOSURE, VT_PTR, bd->pos);
	bd->closure->nonnil = true;
	if (n == 0)
		return;
	types = NEWN(bd->a, Type *, n);
	capturetypes(li, types);
	st = closuretype(types, n);
	for (int i = 0; i < n; i++) {
		Obj *o = li->captures.at[i];
		Type *t = bd_type(obj_type(o));
		int64_t off = type_offset(st, i + 1);
		Var *v;

		if (bd_byref(o, t)) {
			v = NEW(bd->a, Var);
			v->kind = VAR_MEM;
			v->t = t;
			v->lt = lower_type(t);
			v->o = o;
			v->addr = bd_emit1(OP_LOAD, VT_PTR, bd->closure, off);
			v->addr->nonnil = true;
			map_set(bd->ctx->vars, o, v);
		} else if (lower_type(t)->ssa) {
			v = bd_declare(o, t, false);
			bd_varinit(v, bd_load(t, bd->closure, off));
		} else {	/* never changed: used where it lies */
			v = NEW(bd->a, Var);
			v->kind = VAR_MEM;
			v->t = t;
			v->lt = lower_type(t);
			v->o = o;
			v->addr = bd->closure;
			v->off = off;
			map_set(bd->ctx->vars, o, v);
		}
	}
}

static Value *
closureof(LitInfo *li, const char *name)
{
	int n = li->captures.n;
	Type **types = NEWN(bd->a, Type *, n + 1);
	Opd *vals = NEWN(bd->a, Opd, n + 1);

	capturetypes(li, types);
	for (int i = 0; i < n; i++) {
		Obj *o = li->captures.at[i];
		Var *v = bd_var(o);

		if (types[i] != v->t && bd_byref(o, v->t)) {
			int64_t off;
			Value *p = bd_varaddr(v, &off);

			vals[i] = bd_opd1(types[i], bd_addptr(p, off));
		} else
			vals[i] = bd_varload(v);
	}
	return bd_makeclosure(lower_funcsym(name), types, vals, n);
}

static void
enqueuelit(Expr *e, Stmt *range, LitInfo *li, const char *name)
{
	Ctx *c = bd->ctx;
	Body b = { .lit = e, .range = range, .name = name, .litinfo = li, .dup = c->body != NULL && bd_isdup(c->body) };

	b.fn = NULL;
	b.decl = c->body != NULL ? c->body->decl : NULL;
	b.tparams = c->tparams;
	b.targs = c->targs;
	b.ntparams = c->ntparams;
	bd_enqueue(&b);
}

bool
bd_isdup(const Body *b)
{
	return b->dup || b->ntparams > 0;
}

static LitInfo *
litinfo(const void *node)
{
	LitInfo *li = NULL;

	for (Ctx *c = bd->ctx; c != NULL && li == NULL; c = c->up)
		if (c->info != NULL)
			li = map_get(c->info->lits, node);
	if (li == NULL)
		bug("lower: a function literal nobody counted");
	return li;
}

Opd
bd_funclit(Expr *e)
{
	LitInfo *li = litinfo(e);
	const char *name = bd_litname(li, bd->ctx->name);
	Type *t = bd_type(e->type);
	Value *p;

	enqueuelit(e, NULL, li, name);
	p = closureof(li, name);
	report_expr(p, e);
	return bd_opd1(t, p);
}

Value *
bd_rangefnclosure(Stmt *s)
{
	LitInfo *li = litinfo(s);
	const char *name = bd_litname(li, bd->ctx->name);

	enqueuelit(NULL, s, li, name);
	return closureof(li, name);
}

LitInfo *
bd_litinfoof(const void *node)
{
	return litinfo(node);
}

/* ---- bodies ---- */

static void
bindparams(FieldVec *fields, Opd *vals, int *k)
{
	for (int i = 0; i < fields->n; i++, (*k)++) {
		Expr *name = fields->at[i]->name;
		Obj *o = name != NULL ? name->name.obj : NULL;
		Opd x = vals[*k];

		if (o == NULL || bd_isblank(name) || o->kind != OBJ_VAR)
			continue;
		if (x.mem && x.addr != NULL && x.addr->op == OP_SLOTADDR && !bd_byref(o, x.t) && !o->addrtaken) {
			Var *v = NEW(bd->a, Var);	/* used where it came in */

			v->kind = VAR_SLOT;
			v->t = x.t;
			v->lt = x.lt;
			v->o = o;
			v->slot = x.addr->slot;
			if (!v->slot->isparam)
				v->slot->name = o->name;
			map_set(bd->ctx->vars, o, v);
			continue;
		}
		bd_define(o, x.t, x);
	}
}

static uint32_t
pragmas(const Body *b)
{
	if (b->fn != NULL)
		return b->fn->pragma | (b->decl != NULL ? b->decl->pragma : 0);
	return 0;
}

/*
 * //go:cgo_unsafe_args: C is given the address of the first parameter and finds the others, and room for the results, from there
 * as the stack ABI lays them out. So they lie side by side in one slot, which all stack maps name: C may be using what they
 * point to.
 */
static void
cgobind(Ctx *c, Expr *functype, Opd *params)
{
	FieldVec *pf = &functype->functype.params, *rf = &functype->functype.results;
	ObjVec *rs = &c->sig->fn.results->tuple.vars, fields = { 0 };
	int np = pf->n, nr = rs->n;
	Type *st = type_new(T_STRUCT);
	Slot *s;
	Value *p;

	for (int i = 0; i < np + 1 + nr; i++) {	/* an empty array between them aligns the results */
		Type *t = i < np ? params[i].t : i == np ? type_array(typ[T_UINTPTR], 0) : rs->at[i - np - 1]->type;

		vec_push(perm, &fields, obj_new(OBJ_FIELD, 0, lw.pkg, intern_printf("X%d", i), t));
	}
	st->st.fields = fields;
	st = type_canon(st);
	s = slot_new(bd->f, lower_gctype(st), NULL);
	s->live = true;
	s->pos = bd->pos;
	p = bd_slotaddr(s, 0);
	c->nresults = nr;
	c->namedresults = true;
	c->results = NEWN(bd->a, Var *, nr + 1);
	for (int i = 0; i < np + nr; i++) {
		bool result = i >= np;
		Expr *name = result ? rf->at[i - np]->name : pf->at[i]->name;
		Var *v = NEW(bd->a, Var);

		v->kind = VAR_MEM;
		v->t = result ? rs->at[i - np]->type : params[i].t;
		v->lt = lower_type(v->t);
		v->o = name != NULL && !bd_isblank(name) ? name->name.obj : NULL;
		v->addr = p;
		v->off = type_offset(st, i + result);
		if (v->o != NULL)
			map_set(c->vars, v->o, v);
		if (result)
			c->results[i - np] = v;
		bd_varinit(v, result ? bd_zero(v->t) : params[i]);
	}
}

/* The body of a real function: declaration or literal. */
static void
realbody(Ctx *c, Expr *functype, Field *recv, FuncBody *body, Opd *params)
{
	int k = 0;
	FieldVec one = { 0 };
	ObjVec objs = { 0 };
	bool named = false;
	FieldVec *rf = &functype->functype.results;
	bool cgo =
	    c->body != NULL && c->body->lit == NULL && recv == NULL && (pragmas(c->body) & PRAGMA_CGOUNSAFEARGS) != 0;

	if (recv != NULL) {
		vec_push(bd->a, &one, recv);
		bindparams(&one, params, &k);
	}
	if (cgo)
		cgobind(c, functype, params);
	else
		bindparams(&functype->functype.params, params, &k);
	for (int i = 0; i < rf->n; i++) {
		Expr *name = rf->at[i]->name;
		Obj *o = name != NULL && name->name.obj != NULL && !bd_isblank(name) ? name->name.obj : NULL;

		named |= name != NULL;
		if (c->lit->retobjs.n > 0)
			o = c->lit->retobjs.at[i];
		vec_push(bd->a, &objs, o);
	}
	if (!cgo && (named || bd->hasdefer || c->lit->retobjs.n > 0))
		declareresults(c, &objs, named);
	else if (!cgo)
		c->nresults = c->sig->fn.results->tuple.vars.n;
	if (c->lit->next != NULL)
		bd_define(c->lit->next, typ[T_INT], bd_zero(typ[T_INT]));
	fuzz_edge();
	bd_stmts(&body->block->block.list);
	bd->pos = body->block->block.rbrace != 0 ? body->block->block.rbrace : bd->pos;
	if (bd->b->pred.n == 0 && bd->b != bd->entry)
		bd->b->kind = BK_EXIT;
	else if (c->sig->fn.results->tuple.vars.n == 0 || named || bd->hasdefer)
		bd_return(NULL, 0);
	else
		bd->b->kind = BK_EXIT;
}

Ctx *
bd_newctx(const Body *b, BodyInfo *info, LitInfo *lit, Type *sig)
{
	Ctx *c = NEW(bd->a, Ctx);

	c->body = b;
	c->info = info;
	c->lit = lit;
	c->sig = sig;
	c->vars = map_new(bd->a);
	c->labels = map_new(bd->a);
	c->inl = -1;
	if (b != NULL) {
		c->tparams = b->tparams;
		c->targs = b->targs;
		c->ntparams = b->ntparams;
	}
	return c;
}

static const char *
basename_(const Body *b, const LitInfo *li)
{
	/* name of the outermost function: li's own name without its suffix */
	const char *suffix = bd_litname(li, "");
	size_t n = strlen(b->name), k = strlen(suffix);

	return intern(b->name, n - k);
}

void
bd_function(const Body *b)
{
	Build build;
	Build *outer = bd;
	Ctx *c;
	BodyInfo *info;
	LitInfo *li;
	Type *sig, *recvt = NULL;
	const LowerSig *ls;
	Opd *params;
	uint32_t pr = pragmas(b);
	FuncBody *body;
	Expr *functype = NULL;
	Field *recv = NULL;

	info = b->decl != NULL && b->decl->kind == DE_FUNC ? bd_info(b->decl) : bd_globalinfo();
	li = b->litinfo != NULL ? b->litinfo : &info->top;
	if (b->range != NULL) {
		Type *it = type_core(lower_subst(b, b->range->range.x->type));

		sig = type_core(it->fn.params->tuple.vars.at[0]->type);
		body = NULL;
	} else if (b->lit != NULL) {
		sig = type_under(lower_subst(b, b->lit->type));
		body = b->lit->func.body;
		functype = b->lit->func.type;
	} else {
		Obj *r;

		sig = lower_subst(b, obj_type(b->fn));
		r = obj_type(b->fn)->fn.recv;
		if (r != NULL)
			recvt = lower_subst(b, r->type);
		body = b->decl->func.body;
		functype = b->decl->func.type;
		recv = b->decl->func.recv;
	}
	ls = lower_sig(recvt, sig);
	bd_begin(&build, b->name, ls, bd_isdup(b));
	diag.subject = b->name;
	bd->f->pos = b->lit != NULL ? b->lit->pos : b->range != NULL ? b->range->pos : b->decl->pos;
	if (body != NULL)
		bd->f->endpos = body->block->block.rbrace;
	bd->pos = bd->f->pos;
	bd->entry->pos = bd->pos;
	bd->f->nosplit = (pr & PRAGMA_NOSPLIT) != 0;
	bd->f->nobarrier = (pr & (PRAGMA_NOWRITEBARRIER | PRAGMA_NOWRITEBARRIERREC)) != 0;
	if (bd->f->nosplit)
		bd->f->sym->flags |= SYMF_NOSPLIT;
	/* on the way from a deferred func value made by reflect to the function it calls */
	if (b->fn != NULL && strcmp(lw.pkg->path, "reflect") == 0 &&
	    (strcmp(b->fn->name, "callReflect") == 0 || strcmp(b->fn->name, "callMethod") == 0))
		bd->f->funcid = FUNCID_WRAPPER;
	bd->f->isclosure = b->lit != NULL || b->range != NULL;
	bd->f->needctxt = bd->f->isclosure && li->captures.n > 0;
	c = bd_newctx(b, info, li, sig);
	c->name = li->up != NULL ? basename_(b, li) : b->name;
	bd->ctx = bd->top = c;
	bd->hasdefer = li->range == NULL && (li->hasdefer || li->deferinrange);
	params = NEWN(bd->a, Opd, ls->nparam + 1);
	if (bd->f->isclosure && li->captures.n > 0) {
		bd_params(ls, params);
		bd_bindcaptures(li);
	} else {
		bd_params(ls, params);
		/* runtime functions such as makeFuncStub's helpers ask for the context without being literals */
		if (b->fn != NULL && lw.std && strcmp(lw.pkg->path, "runtime") == 0) {
			bd->closure = value_newfirst(bd->f, bd->entry, OP_CLOSURE, VT_PTR, bd->pos);
		}
	}
	if (bd->hasdefer) {
		bd->f->hasdefer = true;
		bd->deferexit = bd_block();
		bd->f->deferexit = bd->deferexit;
	}
	if (b->range != NULL)
		bd_rangefnbody(params, ls->nparam);
	else
		realbody(c, functype, recv, body, params);
	if (bd->hasdefer)
		deferexit(c);
	report_function(b, ls);
	bd_end();
	bd = outer;
}

/* Functions without a tree. params: as the signature says, receiver first. fn must end every path. */
void
bd_synthetic(const char *name, const LowerSig *sig, bool dupok, bool wrapper, void (*fn)(void *ctx, Opd *params),
    void *ctx)
{
	Build build;
	Build *outer = bd;
	Opd *params;
	LitInfo *li;

	bd_begin(&build, name, sig, dupok);
	diag.subject = name;
	if (wrapper) {	/* recover works in what it calls */
		bd->f->wrapper = true;
		bd->f->funcid = FUNCID_WRAPPER;
		bd->f->sym->flags |= SYMF_WRAPPER;
	}
	li = NEW(bd->a, LitInfo);
	bd->ctx = bd->top = bd_newctx(NULL, NULL, li, NULL);
	bd->ctx->name = name;
	params = NEWN(bd->a, Opd, sig->nparam + 1);
	bd_params(sig, params);
	fn(ctx, params);
	bd_end();
	bd = outer;
}
