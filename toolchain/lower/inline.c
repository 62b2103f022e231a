/*
 * inline.c - calls replaced by the callee's body.
 *
 * The callee's tree is lowered into the caller under a context of its own:
 * parameters are variables that hold the arguments, return stores the results and
 * jumps behind the call. The same works for methods, instances of generic functions, and functions
 * of other packages whose bodies their export data keeps. What is worth it is decided by a
 * count of tree nodes with gc's weights and budget.
 */
#include "lower/build.h"

/* clang-format off */
enum {
	CALLCOST = 57, PANICCOST = 1,
	BIGFUNCTION = 12000,	/* values; beyond, only small callees */
	BIGBUDGET = 20,
	MAXDEPTH = 12,		/* of inlined calls in each other */
	NEVER = 1 << 20
};
/* clang-format on */

static int cost_expr(Expr *e);
static int cost_stmt(Stmt *s);

static int
cost_exprs(ExprVec *v)
{
	int n = 0;

	for (int i = 0; i < v->n && n < NEVER; i++)
		n += cost_expr(v->at[i]);
	return n;
}

/* The function a call surely calls, without evaluating anything; NULL: unknown. */
static Obj *
statically(Expr *fn)
{
	fn = bd_unparen(fn);
	if (fn->kind == EX_INDEX && fn->index.inst != NULL)
		fn = bd_unparen(fn->index.x);
	if (fn->kind == EX_SELECTOR && fn->selector.selection != NULL) {
		Selection *sel = fn->selector.selection;
		Obj *m = sel->obj, *r;

		if (sel->kind != SEL_METHOD || m->kind != OBJ_FUNC)
			return NULL;
		if (m->origin != NULL)
			m = m->origin;
		r = obj_type(m)->fn.recv;
		if (r == NULL || type_isinterface(r->type) || type_istparam(r->type))
			return NULL;
		return m;
	}
	if (fn->kind == EX_SELECTOR)
		fn = fn->selector.sel;
	if (fn->kind == EX_NAME && fn->name.obj != NULL && fn->name.obj->kind == OBJ_FUNC)
		return fn->name.obj;
	return NULL;
}

static int
cost_call(Expr *e)
{
	int n = 1 + cost_exprs(&e->call.args);
	Obj *fn;
	Expr *f = bd_unparen(e->call.fn);

	switch (e->call.what) {
	case CALL_CONVERT:
		return n;
	case CALL_BUILTIN:
		/* clang-format off */
		switch (e->call.builtin) {
		case BUILTIN_RECOVER:
			return NEVER;
		case BUILTIN_PANIC:
			return n + PANICCOST;
		case BUILTIN_APPEND: case BUILTIN_COPY: case BUILTIN_PRINT: case BUILTIN_PRINTLN:
			return n + 6;
		default:
			return n;
		}
		/* clang-format on */
	default:
		break;
	}
	if (f->kind == EX_SELECTOR && f->selector.selection != NULL)
		n += cost_expr(f->selector.x);
	fn = statically(f);
	if (fn == NULL)
		return n + CALLCOST + (f->kind == EX_SELECTOR ? 0 : cost_expr(f));
	if (fn->pkg != NULL && strcmp(fn->pkg->path, "runtime") == 0) {
		if (strcmp(fn->name, "getcallerpc") == 0 || strcmp(fn->name, "getcallersp") == 0 ||
		    strcmp(fn->name, "getclosureptr") == 0)
			return NEVER;
		if (strcmp(fn->name, "throw") == 0)
			return n + PANICCOST;
	}
	if (bd_isintrinsic(fn))
		return n + 1;
	{
		int c = bd_inlinecost(fn);

		return n + (c <= lw.inlinebudget ? c : CALLCOST);
	}
}

static int
cost_expr(Expr *e)
{
	if (e == NULL)
		return 0;
	if (e->mode == MODE_CONST)
		return 1;
	switch (e->kind) {
	case EX_COMPOSITE: {
		int n = 1;

		for (int i = 0; i < e->composite.elems.n && n < NEVER; i++) {
			Expr *x = e->composite.elems.at[i];

			n += 1 + cost_expr(x->kind == EX_KEYVALUE ? x->binary.y : x);
		}
		return n;
	}
	case EX_KEYVALUE:
	case EX_BINARY:
		return 1 + cost_expr(e->binary.x) + cost_expr(e->binary.y);
	case EX_FUNCLIT:
		return NEVER;
	case EX_PAREN:
		return cost_expr(e->unary.x);
	case EX_STAR:
	case EX_UNARY:
		return 1 + cost_expr(e->unary.x);
	case EX_SELECTOR:
		return e->selector.selection == NULL ? 1 : 1 + cost_expr(e->selector.x);
	case EX_INDEX:
		return 1 + cost_expr(e->index.x) + (e->index.inst == NULL ? cost_exprs(&e->index.index) : 0);
	case EX_SLICE:
		return 1 + cost_expr(e->slice.x) + cost_expr(e->slice.lo) + cost_expr(e->slice.hi) +
		    cost_expr(e->slice.max);
	case EX_ASSERT:
		return 2 + cost_expr(e->assert.x);
	case EX_CALL:
		return cost_call(e);
	default:
		return 1;
	}
}

static int
cost_stmts(StmtVec *v)
{
	int n = 0;

	for (int i = 0; i < v->n && n < NEVER; i++)
		n += cost_stmt(v->at[i]);
	return n;
}

static int
cost_stmt(Stmt *s)
{
	int n = 1;

	if (s == NULL)
		return 0;
	/* clang-format off */
	switch (s->kind) {
	case ST_EXPR:
		return cost_expr(s->expr.x);
	case ST_GO: case ST_DEFER: case ST_SELECT:
		return NEVER;
	case ST_SEND:
		return 1 + CALLCOST + cost_expr(s->send.ch) + cost_expr(s->send.x);
	case ST_INCDEC: case ST_ASSIGN: case ST_DEFINE:
		return 1 + cost_exprs(&s->assign.lhs) + cost_exprs(&s->assign.rhs);
	case ST_RETURN:
		return 1 + cost_exprs(&s->ret.results);
	case ST_BRANCH:
		return s->branch.tok == TK_GOTO ? NEVER : 1;
	case ST_BLOCK:
		return cost_stmts(&s->block.list);
	case ST_IF:
		if (s->ifs.cond->mode == MODE_CONST && s->ifs.cond->cv != NULL)	/* half of it is dead */
			return cost_stmt(s->ifs.init) + (s->ifs.cond->cv->b ? cost_stmt(s->ifs.then) : cost_stmt(s->ifs.els));
		return n + cost_stmt(s->ifs.init) + cost_expr(s->ifs.cond) + cost_stmt(s->ifs.then) + cost_stmt(s->ifs.els);
	case ST_SWITCH: case ST_TYPESWITCH:
		n += cost_stmt(s->sw.init) + cost_expr(s->sw.tag);
		for (int i = 0; i < s->sw.clauses.n && n < NEVER; i++) {
			Clause *c = s->sw.clauses.at[i];

			n += 1 + cost_stmts(&c->body) + (s->kind == ST_TYPESWITCH ? 2 * c->exprs.n : cost_exprs(&c->exprs));
		}
		return n;
	case ST_FOR:
		return n + cost_stmt(s->fors.init) + cost_expr(s->fors.cond) + cost_stmt(s->fors.post) + cost_stmt(s->fors.body);
	case ST_RANGE:
		if (bd_israngefn(s))
			return NEVER;
		return n + cost_expr(s->range.x) + cost_stmt(s->range.body);
	case ST_LABELED:
		return n + cost_stmt(s->labeled.stmt);
	case ST_DECL:
		for (int i = 0; i < s->decl.list.n; i++) {
			Decl *d = s->decl.list.at[i];

			if (d->kind == DE_TYPE)
				return NEVER;
			if (d->kind == DE_VAR)
				n += d->value.names.n + cost_exprs(&d->value.values);
		}
		return n;
	default:
		return 0;
	}
	/* clang-format on */
}

/* Cost of fn (a generic origin for an instance) in place of a call; more than any budget if it cannot be inlined. */
int
bd_inlinecost(Obj *fn)
{
	static Map *costs;
	const uint32_t never = PRAGMA_NOINLINE | PRAGMA_UINTPTRESCAPES | PRAGMA_UINTPTRKEEPALIVE |
	    PRAGMA_YESWRITEBARRIERREC | PRAGMA_CGOUNSAFEARGS | PRAGMA_SYSTEMSTACK;
	uintptr_t known;
	Decl *d;
	int n;

	if (lw.noinline)
		return NEVER;
	if (costs == NULL)
		costs = map_new(lw.a);
	known = (uintptr_t)map_get(costs, fn);
	if (known != 0)
		return (int)known;
	map_set(costs, fn, (void *)(uintptr_t)NEVER);	/* while it is being found: recursive functions are not inlined */
	if (fn->pkg != lw.pkg && (!import_hasbody(fn) || !check_importedbody(fn)))
		return NEVER;
	d = fn->decl;
	if (d == NULL || d->kind != DE_FUNC || d->func.body == NULL || ((d->pragma | fn->pragma) & never) != 0)
		return NEVER;
	if (strcmp(fn->name, "init") == 0 && d->func.recv == NULL)
		return NEVER;
	n = cost_stmt(d->func.body->block);
	if (n < NEVER && n <= lw.inlinebudget) {
		LitInfo *li = &bd_info(d)->top;

		if (li->hasdefer || li->hasrecover || li->haslit || li->hasrange || li->hastypedecl)
			n = NEVER;
	}
	if (n == 0)
		n = 1;
	if (n > NEVER)
		n = NEVER;
	map_set(costs, fn, (void *)(uintptr_t)n);
	return n;
}

static bool
worthit(Callee *cl)
{
	int depth = 0, budget = lw.inlinebudget, c;

	if (lw.noinline || lw.noopt || bd->f->wrapper)
		return false;
	for (Ctx *x = bd->ctx; x != NULL; x = x->up, depth++)
		if (x->body != NULL && x->body->fn == cl->fn)
			return false;
	if (depth > MAXDEPTH)
		return false;
	c = bd_inlinecost(cl->fn);
	if (bd->f->nvalue > BIGFUNCTION)
		budget = BIGBUDGET;
	return c <= budget;
}

static void
bind(Field *f, Opd x)
{
	Obj *o = f->name != NULL ? f->name->name.obj : NULL;

	if (o == NULL || bd_isblank(f->name) || o->kind != OBJ_VAR)
		return;
	if (x.mem && x.fresh && x.addr != NULL && !o->reassigned && !bd_inmem(o, x.t)) {
		Var *v = NEW(bd->a, Var);

		v->kind = VAR_MEM;
		v->t = x.t;
		v->lt = x.lt;
		v->addr = x.addr;
		v->off = x.off;
		v->o = o;
		map_set(bd->ctx->vars, o, v);
		return;
	}
	bd_define(o, x.t, x);
}

bool
bd_inline(Callee *cl, Opd *args, int n, OpdVec *out)
{
	Ctx *c, *up = bd->ctx;
	Body *b;
	BodyInfo *info;
	Decl *d;
	Pos pos = bd->pos;
	ObjVec *rs;
	FieldVec *rf, *pf;
	InlCall ic = { 0 };

	if (!worthit(cl))
		return false;
	b = NEW(bd->a, Body);
	if (!bd_bodyof(cl->fn, cl->targs, cl->ntargs, b))
		return false;
	report_inlined(pos, cl->fn);
	b->name = lower_funcname(cl->fn, cl->targs, cl->ntargs);
	d = b->decl;
	info = bd_info(d);
	c = bd_newctx(b, info, &info->top, cl->sig);
	c->up = up;
	c->name = b->name;
	ic.parent = up->inl;
	ic.pos = pos;
	ic.func = b->name;
	ic.funcpos = d->pos;
	vec_push(bd->a, &bd->f->inltree, ic);
	c->inl = bd->f->inltree.n - 1;
	c->loops = up->loops;
	c->ret = bd_block();
	for (int i = 0; i < n; i++)
		args[i] = bd_hold(args[i]);
	bd->ctx = c;
	bd->pos = d->pos;
	if (cl->hasrecv && d->func.recv != NULL)
		bind(d->func.recv, cl->recv);
	pf = &d->func.type->functype.params;
	for (int i = 0; i < pf->n; i++)
		bind(pf->at[i], args[i]);
	rs = &cl->sig->fn.results->tuple.vars;
	rf = &d->func.type->functype.results;
	c->nresults = rs->n;
	c->results = NEWN(bd->a, Var *, rs->n + 1);
	for (int i = 0; i < rs->n; i++) {
		Expr *name = rf->at[i]->name;
		Obj *o = name != NULL && !bd_isblank(name) ? name->name.obj : NULL;
		Type *t = rs->at[i]->type;

		c->results[i] = bd_declare(o, t, o != NULL && bd_inmem(o, t));
		if (o != NULL && c->results[i]->kind != VAR_MEM)
			bd_varstore(c->results[i], bd_zero(t));
	}
	bd_stmts(&d->func.body->block->block.list);
	bd_jump(c->ret);
	bd_sealstart(c->ret);
	bd->ctx = up;
	bd->pos = pos;
	for (int i = 0; i < rs->n; i++) {
		Opd x = bd_varload(c->results[i]);

		x.fresh = x.mem;
		if (out != NULL)
			vec_push(bd->a, out, x);
	}
	return true;
}

static void
report(Obj *fn, const Decl *d)
{
	int cost = bd_inlinecost(fn);
	const char *why = NULL;

	if (((d->pragma | fn->pragma) & PRAGMA_NOINLINE) != 0)
		why = "marked go:noinline";
	else if (cost >= NEVER)
		why = "unhandled op";
	else if (cost > lw.inlinebudget)
		why = intern_printf("function too complex: cost %d exceeds budget %d", cost, lw.inlinebudget);
	/* gc has methods begin at the receiver's parenthesis */
	report_inlinable(fn, d->func.recv != NULL ? d->func.recv->pos - 1 : d->func.name->pos, cost, why);
}

/* ---- what is kept for importers ---- */

/* Functions and methods that importers may inline or instantiate, with the facts about their parameters. */
void
bd_exportfacts(ExportFuncVec *out, const char *(*facts)(const char *name))
{
	for (int i = 0; i < lw.checked->funcs.n; i++) {
		Decl *d = lw.checked->funcs.at[i];
		Obj *fn = d->func.name->name.obj;
		ExportFunc x = { .fn = fn };
		Type *sig;

		if (fn == NULL || strcmp(fn->name, "_") == 0 || (strcmp(fn->name, "init") == 0 && d->func.recv == NULL))
			continue;
		sig = obj_type(fn);
		if (sig->fn.tparams.n > 0 || sig->fn.recvtparams.n > 0)
			x.keepbody = d->func.body != NULL;
		else {
			x.keepbody = d->func.body != NULL && bd_inlinecost(fn) <= lw.inlinebudget;
			if (d->func.body != NULL && !lw.noinline)
				report(fn, d);
			x.facts = facts(lower_funcname(fn, NULL, 0));
		}
		if (x.keepbody || x.facts != NULL)
			vec_push(lw.a, out, x);
	}
}
