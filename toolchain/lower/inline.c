/*
 * inline.c - calls replaced by the callee's body.
 *
 * The callee's tree is lowered into the caller's function under a context of
 * its own: parameters become variables that hold the arguments, a return
 * stores the results and jumps to the end. So bodies of generic functions and
 * of other packages (whose source excerpts are in export data) are inlined
 * the same way.
 *
 * What is worth it follows gc's model: nodes of the tree are counted, a call
 * that stays a call counts CALLCOST more, and the sum may not exceed the
 * budget (80). Functions that defer, recover, start goroutines, select,
 * contain literals, labels or ranges over functions, or ask for their caller
 * are never inlined; nor is a function into itself.
 */
#include "lower/build.h"

enum { CALLCOST = 57, BIGCALLER = 20000, BIGBUDGET = 20, MAXDEPTH = 12, NEVER = 1 << 20 };

typedef struct {
	int cost;
	int limit;
} Count;

static int costof(Obj *fn);

static void
add(Count *c, int n)
{
	c->cost += n;
	if (c->cost > NEVER)
		c->cost = NEVER;
}

static bool
asksforcaller(const Obj *fn)
{
	return strcmp(fn->name, "getcallerpc") == 0 || strcmp(fn->name, "getcallersp") == 0 || strcmp(fn->name, "getclosureptr") == 0 ||
	       strcmp(fn->name, "getcallerfp") == 0;
}

/* The function a call names, if it is known without running; origin of an instance. */
static Obj *
statically(Expr *e)
{
	Obj *o = NULL;

	e = bd_unparen(e);
	if (e->kind == EX_INDEX && e->index.inst != NULL)
		e = bd_unparen(e->index.x);
	if (e->kind == EX_NAME)
		o = e->name.obj;
	else if (e->kind == EX_SELECTOR) {
		o = e->selector.sel->name.obj;
		if (e->selector.selection != NULL) {
			const Selection *sel = e->selector.selection;

			if (sel->kind != SEL_METHOD || type_isinterface(type_deref(sel->recv, NULL)))
				return NULL;
			o = sel->obj;
		}
	}
	if (o == NULL || o->kind != OBJ_FUNC)
		return NULL;
	return o->origin != NULL ? o->origin : o;
}

static bool
countexpr(void *ctx, Expr *e)
{
	Count *c = ctx;

	if (c->cost > c->limit)
		return false;
	if (e->mode == MODE_TYPE)
		return false;
	if (e->mode == MODE_CONST || e->mode == MODE_NIL) {
		add(c, 1);
		return false;
	}
	switch (e->kind) {
	case EX_PAREN: case EX_KEYVALUE:
		return true;
	case EX_FUNCLIT:
		add(c, NEVER);
		return false;
	case EX_CALL:
		if (e->call.what == CALL_CONVERT) {
			add(c, 1);
			return true;
		}
		if (e->call.what == CALL_BUILTIN) {
			if (e->call.builtin == BUILTIN_RECOVER)
				add(c, NEVER);
			else
				add(c, e->call.builtin == BUILTIN_PANIC ? 2 : e->call.builtin == BUILTIN_APPEND ? 10 : 2);
			return true;
		}
		{
			Obj *fn = statically(e->call.fn);
			int inner = -1;

			if (fn != NULL && fn->pkg != NULL && asksforcaller(fn)) {
				add(c, NEVER);
				return false;
			}
			if (fn != NULL)
				inner = bd_isintrinsic(fn) ? 1 : costof(fn);
			add(c, inner >= 0 ? inner + 1 : CALLCOST + 1);
			return true;
		}
	default:
		add(c, 1);
		return true;
	}
}

static bool
countstmt(void *ctx, Stmt *s)
{
	Count *c = ctx;

	if (c->cost > c->limit)
		return false;
	switch (s->kind) {
	case ST_GO: case ST_DEFER: case ST_SELECT: case ST_LABELED:
		add(c, NEVER);
		return false;
	case ST_BRANCH:
		add(c, s->branch.tok == TK_GOTO || s->branch.label != NULL ? NEVER : 1);
		return true;
	case ST_DECL:
		for (int i = 0; i < s->decl.list.n; i++)
			if (s->decl.list.at[i]->kind == DE_TYPE)
				add(c, NEVER);
		return true;
	case ST_RANGE:
		if (bd_israngefn(s))
			add(c, NEVER);
		else
			add(c, 5);
		return true;
	case ST_BLOCK: case ST_EXPR: case ST_EMPTY:
		return true;
	default:
		add(c, 1);
		return true;
	}
}

enum { NOINLINEPRAGMAS = PRAGMA_NOINLINE | PRAGMA_UINTPTRESCAPES | PRAGMA_UINTPTRKEEPALIVE | PRAGMA_CGOUNSAFEARGS |
	PRAGMA_YESWRITEBARRIERREC | PRAGMA_SYSTEMSTACK };

/* Nodes of fn's body, or -1 if it cannot be inlined. The body must be there. */
static int
bodycost(Obj *fn)
{
	Decl *d = fn->decl;
	BodyInfo *info;
	Visitor v = { .expr = countexpr, .stmt = countstmt };
	Count c = { 0 };

	if (d == NULL || d->kind != DE_FUNC || d->func.body == NULL || ((d->pragma | fn->pragma) & NOINLINEPRAGMAS) != 0)
		return -1;
	if (strcmp(fn->name, "init") == 0 || strcmp(fn->name, "main") == 0 || strcmp(fn->name, "_") == 0)
		return -1;
	info = bd_info(d);
	if (info->top.cost != 0)
		return info->top.cost > 0 ? info->top.cost : -1;
	info->top.cost = -1;	/* while it is being counted: recursion counts as a call */
	c.limit = lw.inlinebudget;
	v.ctx = &c;
	walk_stmt(&v, d->func.body->block);
	if (c.cost <= lw.inlinebudget)
		info->top.cost = c.cost > 0 ? c.cost : 1;
	return info->top.cost;
}

static int
costof(Obj *fn)
{
	if (fn->pkg != lw.pkg) {
		if (fn->pkg == NULL || !import_hasbody(fn) || !check_importedbody(fn))
			return -1;
	}
	return bodycost(fn);
}

bool
inline_keepbody(Obj *fn)
{
	Type *sig = obj_type(fn);

	if (sig == NULL || sig->kind != T_FUNC)
		return false;
	if (sig->fn.tparams.n > 0 || sig->fn.recvtparams.n > 0)
		return true;
	return !lw.noinline && bodycost(fn) >= 0;
}

static void
bindfields(FieldVec *fields, Opd *vals, int *k, Ctx *outer, Ctx *c)
{
	for (int i = 0; i < fields->n; i++, (*k)++) {
		Expr *name = fields->at[i]->name;
		Obj *o = name != NULL ? name->name.obj : NULL;

		if (o == NULL || bd_isblank(name) || o->kind != OBJ_VAR)
			continue;
		bd->ctx = c;
		bd_define(o, vals[*k].t, vals[*k]);
		bd->ctx = outer;
	}
}

static void
declareresults(Ctx *c, Expr *functype)
{
	ObjVec *rs = &c->sig->fn.results->tuple.vars;
	FieldVec *rf = &functype->functype.results;

	c->nresults = rs->n;
	c->results = NEWN(bd->a, Var *, rs->n + 1);
	for (int i = 0; i < rs->n; i++) {
		Type *t = bd_type(obj_type(rs->at[i]));
		Expr *name = i < rf->n ? rf->at[i]->name : NULL;
		Obj *o = name != NULL && !bd_isblank(name) ? name->name.obj : NULL;

		c->namedresults |= name != NULL;
		c->results[i] = bd_declare(o, t, o != NULL && bd_inmem(o, t));
		if (c->results[i]->kind != VAR_MEM)
			bd_varstore(c->results[i], bd_zero(t));
	}
}

bool
bd_inline(Callee *cl, Opd *args, int n, OpdVec *out)
{
	Ctx *outer = bd->ctx, *c;
	Obj *fn = cl->fn;
	Type *sig;
	Decl *d;
	Body *b;
	int cost, depth = 0, k = 0;
	Opd *vals;
	InlCall inl = { 0 };
	Pos pos = bd->pos;

	if (lw.noinline || cl->kind != CALLEE_STATIC || fn == NULL)
		return false;
	for (Ctx *u = outer; u != NULL; u = u->up, depth++)
		if (depth > MAXDEPTH || (u->body != NULL && u->body->fn == fn))
			return false;
	cost = costof(fn);
	if (cost < 0 || (bd->f->nvalue > BIGCALLER && cost > BIGBUDGET))
		return false;
	d = fn->decl;
	sig = obj_type(fn);

	b = NEW(bd->a, Body);
	b->fn = fn;
	b->decl = d;
	b->name = lower_funcname(fn, cl->targs, cl->ntargs);
	if (cl->ntargs > 0) {
		const TypeVec *tp = sig->fn.recvtparams.n > 0 ? &sig->fn.recvtparams : &sig->fn.tparams;

		b->tparams = tp->at;
		b->targs = cl->targs;
		b->ntparams = cl->ntargs;
	}
	vals = NEWN(bd->a, Opd, n + 2);
	if (cl->hasrecv)
		vals[k++] = cl->recv;
	for (int i = 0; i < n; i++)
		vals[k++] = args[i];

	c = bd_newctx(b, bd_info(d), &bd_info(d)->top, cl->sig);
	c->up = outer;
	c->name = b->name;
	inl.parent = outer->inl;
	inl.pos = pos;
	inl.func = b->name;
	inl.funcpos = d->pos;
	vec_push(bd->f->a, &bd->f->inltree, inl);
	c->inl = bd->f->inltree.n - 1;
	c->ret = bd_block();
	c->loops = outer->loops;

	k = 0;
	if (d->func.recv != NULL) {
		FieldVec one = { 0 };

		vec_push(bd->a, &one, d->func.recv);
		bindfields(&one, vals, &k, outer, c);
	}
	bindfields(&d->func.type->functype.params, vals, &k, outer, c);
	bd->ctx = c;
	declareresults(c, d->func.type);
	bd_stmts(&d->func.body->block->block.list);
	bd_jump(c->ret);
	for (int i = 0; i < c->unsealed.n; i++)
		if (!c->unsealed.at[i]->sealed)
			bd_seal(c->unsealed.at[i]);
	bd->ctx = outer;
	bd->pos = pos;
	bd_sealstart(c->ret);
	for (int i = 0; i < c->nresults; i++) {
		Opd r = bd_varload(c->results[i]);

		r.fresh = true;
		vec_push(bd->a, out, r);
	}
	return true;
}
