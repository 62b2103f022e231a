/*
 * bodyinfo.c - what must be known of a body before it is lowered: which variables its literals
 * capture, the numbers in the names of literals, and how control leaves the bodies of
 * ranges over functions.
 *
 * Found once per declaration and kept at its tree. The body of a range over a function is a
 * literal to us though not to the checker, so the `captured` bit of variables is
 * completed here. Such a body talks to the function around it through variables made
 * here: the loop's state, `next` (where to go on), the results, the token of deferrangefunc.
 */
#include "lower/build.h"

typedef struct {
	BodyInfo *bi;
	LitInfo *cur;
	Map *owner;	/* Obj -> LitInfo that declares it */
	Map *home;	/* statement -> LitInfo that contains it */
} Walk;

static void wexpr(Walk *w, Expr *e);
static void wstmt(Walk *w, Stmt *s);

LitInfo *
bd_fnlit(LitInfo *li)
{
	while (li->range != NULL)
		li = li->up;
	return li;
}

const char *
bd_litname(const LitInfo *li, const char *base)
{
	const LitInfo *up = li->up;

	if (up == NULL)
		return base;
	if (li->range != NULL)
		return intern_printf("%s-range%d", bd_litname(up, base), li->number);
	while (up->range != NULL)
		up = up->up;
	return intern_printf("%s%s%d", bd_litname(up, base), up->lit != NULL ? "." : ".func", li->number);
}

static void
declare(Walk *w, Obj *o)
{
	if (o != NULL && o->kind == OBJ_VAR)
		map_set(w->owner, o, w->cur);
}

static void
use(Walk *w, Obj *o)
{
	LitInfo *owner;

	if (o == NULL || o->kind != OBJ_VAR || o->isglobal)
		return;
	owner = map_get(w->owner, o);
	if (owner == NULL) {
		declare(w, o);
		return;
	}
	for (LitInfo *li = w->cur; li != owner; li = li->up) {
		if (li == NULL)
			bug("lower: capture of %s", o->name);
		if (li->captured == NULL)
			li->captured = map_new(lw.a);
		if (map_has(li->captured, o))
			continue;
		map_set(li->captured, o, o);
		vec_push(lw.a, &li->captures, o);
		o->captured = 1;
	}
}

static Obj *synthvar(Walk *w, LitInfo *owner, const char *name, Type *t);

static void
wexprs(Walk *w, ExprVec *v)
{
	for (int i = 0; i < v->n; i++)
		wexpr(w, v->at[i]);
}

static void
wstmts(Walk *w, StmtVec *v)
{
	for (int i = 0; i < v->n; i++)
		wstmt(w, v->at[i]);
}

static void
fields(Walk *w, FieldVec *v)
{
	for (int i = 0; i < v->n; i++)
		if (v->at[i]->name != NULL)
			declare(w, v->at[i]->name->name.obj);
}

static void
wlit(Walk *w, Expr *e)
{
	LitInfo *li = NEW(lw.a, LitInfo);

	li->up = w->cur;
	li->lit = e;
	li->body = e->func.body;
	li->functype = e->func.type;
	li->number = ++bd_fnlit(w->cur)->nfunc;
	bd_fnlit(w->cur)->haslit = true;
	map_set(w->bi->lits, e, li);
	w->cur = li;
	fields(w, &e->func.type->functype.params);
	fields(w, &e->func.type->functype.results);
	wstmt(w, e->func.body->block);
	w->cur = li->up;
}

static void
wexpr(Walk *w, Expr *e)
{
	if (e == NULL)
		return;
	switch (e->kind) {
	case EX_NAME:
		use(w, e->name.obj);
		return;
	case EX_COMPOSITE: {
		Type *t = e->type;
		bool wasptr;
		bool st = t != NULL && type_core(type_deref(t, &wasptr)) != NULL &&
		    type_core(type_deref(t, &wasptr))->kind == T_STRUCT;

		for (int i = 0; i < e->composite.elems.n; i++) {
			Expr *x = e->composite.elems.at[i];

			if (x->kind == EX_KEYVALUE) {
				if (!st)
					wexpr(w, x->binary.x);
				wexpr(w, x->binary.y);
			} else
				wexpr(w, x);
		}
		return;
	}
	case EX_KEYVALUE:
	case EX_BINARY:
		wexpr(w, e->binary.x);
		wexpr(w, e->binary.y);
		return;
	case EX_FUNCLIT:
		wlit(w, e);
		return;
	case EX_PAREN:
	case EX_STAR:
	case EX_UNARY:
		wexpr(w, e->unary.x);
		return;
	case EX_SELECTOR:
		if (e->selector.selection != NULL)
			wexpr(w, e->selector.x);
		return;
	case EX_INDEX:
		wexpr(w, e->index.x);
		if (e->index.inst == NULL)
			wexprs(w, &e->index.index);
		return;
	case EX_SLICE:
		wexpr(w, e->slice.x);
		wexpr(w, e->slice.lo);
		wexpr(w, e->slice.hi);
		wexpr(w, e->slice.max);
		return;
	case EX_ASSERT:
		wexpr(w, e->assert.x);
		return;
	case EX_CALL:
		if (e->call.what == CALL_FUNC)
			wexpr(w, e->call.fn);
		else if (e->call.what == CALL_BUILTIN && e->call.builtin == BUILTIN_RECOVER) {
			LitInfo *fn = bd_fnlit(w->cur);

			w->cur->hasrecover = true;
			if (fn != w->cur) {
				if (fn->argdepth == NULL) {
					fn->argdepth = synthvar(w, fn, ".argdepth", typ[T_UINTPTR]);
					fn->argdepth->reassigned = 0;
				}
				use(w, fn->argdepth);
			}
		}
		wexprs(w, &e->call.args);
		return;
	default:	/* types */
		return;
	}
}

bool
bd_israngefn(Stmt *s)
{
	Type *t = s->range.x->type, *core;

	if (t == NULL)
		return false;
	core = type_core(t);
	return core != NULL && core->kind == T_FUNC;
}

static Obj *
synthvar(Walk *w, LitInfo *owner, const char *name, Type *t)
{
	Obj *o = obj_new(OBJ_VAR, 0, lw.pkg, intern_str(name), t);

	o->reassigned = 1;
	map_set(w->owner, o, owner);
	return o;
}

static void
resultobjs(Walk *w, LitInfo *fn)
{
	FieldVec *r;

	if (fn->retobjs.n > 0 || fn->functype == NULL)
		return;
	r = &fn->functype->functype.results;
	for (int i = 0; i < r->n; i++) {
		Expr *name = r->at[i]->name;

		if (name != NULL && name->name.obj != NULL && !bd_isblank(name))
			vec_push(lw.a, &fn->retobjs, name->name.obj);
		else {
			Obj *o = synthvar(w, fn, ".result", r->at[i]->type->type);

			o->isresult = 1;
			vec_push(lw.a, &fn->retobjs, o);
		}
	}
}

static void
addexit(Walk *w, LitInfo *li, Stmt *target, int how)
{
	LitInfo *fn = bd_fnlit(li);
	RangeExit x = { target, (uint8_t)how, -1 };

	for (int i = 0; i < li->exits.n; i++)
		if (li->exits.at[i].target == target && li->exits.at[i].how == how)
			return;
	if (fn->next == NULL)
		fn->next = synthvar(w, fn, ".next", typ[T_INT]);
	if (how != TK_RETURN) {
		x.code = 0;
		for (int i = 0; i < fn->codes.n; i++)
			if (fn->codes.at[i].target == target && fn->codes.at[i].how == how)
				x.code = i + 1;
		if (x.code == 0) {
			vec_push(lw.a, &fn->codes, x);
			x.code = fn->codes.n;
		}
	}
	vec_push(lw.a, &li->exits, x);
	{
		LitInfo *cur = w->cur;

		w->cur = li;
		use(w, fn->next);
		w->cur = cur;
	}
}

static void
wbranch(Walk *w, Stmt *s)
{
	Stmt *t = s->branch.target;
	LitInfo *home;

	if (t != NULL && s->branch.tok == TK_GOTO)
		map_set(w->bi->gotos, t, t);
	if (t == NULL || w->cur->range == NULL || s->branch.tok == TK_FALLTHROUGH)
		return;
	if (t->kind == ST_LABELED && s->branch.tok != TK_GOTO)
		t = t->labeled.stmt;
	home = map_get(w->home, t);
	if (home == NULL)	/* a label further down in this body */
		return;
	for (LitInfo *li = w->cur; li != home && li->range != NULL; li = li->up) {
		if (li->range == t)
			return;
		addexit(w, li, t, s->branch.tok);
	}
}

static void
labels(Walk *w, Stmt *s)
{
	if (s->kind == ST_LABELED)
		map_set(w->home, s, w->cur);
}

static void
wrange(Walk *w, Stmt *s)
{
	LitInfo *li, *fn;

	wexpr(w, s->range.x);
	if (!bd_israngefn(s)) {
		w->cur->hasloop = true;
		if (s->range.define && !s->range.periter) {
			if (s->range.key != NULL && s->range.key->kind == EX_NAME && s->range.key->name.obj != NULL)
				s->range.key->name.obj->reassigned = 1;
			if (s->range.value != NULL && s->range.value->kind == EX_NAME &&
			    s->range.value->name.obj != NULL)
				s->range.value->name.obj->reassigned = 1;
		}
		wexpr(w, s->range.key);
		wexpr(w, s->range.value);
		wstmt(w, s->range.body);
		return;
	}
	li = NEW(lw.a, LitInfo);
	fn = bd_fnlit(w->cur);
	li->up = w->cur;
	li->range = s;
	li->number = ++w->cur->nrange;
	fn->hasrange = true;
	map_set(w->bi->lits, s, li);
	li->state = synthvar(w, w->cur, ".state", typ[T_INT]);
	w->cur = li;
	use(w, li->state);
	wexpr(w, s->range.key);
	wexpr(w, s->range.value);
	wstmt(w, s->range.body);
	w->cur = li->up;
	if (li->hasdefer)
		w->cur->hasdefer = true;
	if (li->hasrecover)
		w->cur->hasrecover = true;
}

static void
wclauses(Walk *w, ClauseVec *v)
{
	for (int i = 0; i < v->n; i++) {
		Clause *c = v->at[i];

		wexprs(w, &c->exprs);
		declare(w, c->obj);
		if (c->comm != NULL)
			wstmt(w, c->comm);
		wstmts(w, &c->body);
	}
}

static void
wstmt(Walk *w, Stmt *s)
{
	if (s == NULL)
		return;
	map_set(w->home, s, w->cur);
	/* clang-format off */
	switch (s->kind) {
	case ST_EXPR:
		wexpr(w, s->expr.x);
		return;
	case ST_GO:
		w->cur->hasgo = true;
		wexpr(w, s->expr.x);
		return;
	case ST_DEFER:
		w->cur->hasdefer = true;
		if (w->cur->range != NULL) {
			LitInfo *fn = bd_fnlit(w->cur);

			fn->deferinrange = true;
			if (fn->token == NULL) {
				fn->token = synthvar(w, fn, ".token", type_any);
				fn->token->reassigned = 0;
			}
			use(w, fn->token);
		}
		wexpr(w, s->expr.x);
		return;
	case ST_SEND:
		wexpr(w, s->send.ch);
		wexpr(w, s->send.x);
		return;
	case ST_INCDEC: case ST_ASSIGN: case ST_DEFINE:
		wexprs(w, &s->assign.lhs);
		wexprs(w, &s->assign.rhs);
		return;
	case ST_RETURN:
		wexprs(w, &s->ret.results);
		if (w->cur->range != NULL) {
			LitInfo *fn = bd_fnlit(w->cur);

			resultobjs(w, fn);
			for (int i = 0; i < fn->retobjs.n; i++)
				use(w, fn->retobjs.at[i]);
			for (LitInfo *li = w->cur; li->range != NULL; li = li->up)
				addexit(w, li, NULL, TK_RETURN);
		}
		return;
	case ST_BRANCH:
		wbranch(w, s);
		return;
	case ST_BLOCK:
		for (int i = 0; i < s->block.list.n; i++)
			labels(w, s->block.list.at[i]);
		wstmts(w, &s->block.list);
		return;
	case ST_IF:
		wstmt(w, s->ifs.init);
		wexpr(w, s->ifs.cond);
		wstmt(w, s->ifs.then);
		wstmt(w, s->ifs.els);
		return;
	case ST_SWITCH: case ST_TYPESWITCH:
		wstmt(w, s->sw.init);
		wexpr(w, s->sw.tag);
		wclauses(w, &s->sw.clauses);
		return;
	case ST_SELECT:
		w->cur->hasselect = true;
		wclauses(w, &s->sw.clauses);
		return;
	case ST_FOR:
		w->cur->hasloop = true;
		wstmt(w, s->fors.init);
		wexpr(w, s->fors.cond);
		wstmt(w, s->fors.post);
		wstmt(w, s->fors.body);
		return;
	case ST_RANGE:
		wrange(w, s);
		return;
	case ST_LABELED:
		w->cur->haslabel = true;
		wstmt(w, s->labeled.stmt);
		return;
	case ST_DECL:
		for (int i = 0; i < s->decl.list.n; i++) {
			Decl *d = s->decl.list.at[i];

			if (d->kind == DE_TYPE)
				w->cur->hastypedecl = true;
			if (d->kind != DE_VAR)
				continue;
			wexprs(w, &d->value.names);
			wexprs(w, &d->value.values);
		}
		return;
	default:
		return;
	}
	/* clang-format on */
}

static Walk
walk(BodyInfo *bi)
{
	Walk w = { .bi = bi, .cur = &bi->top, .owner = map_new(lw.a), .home = map_new(lw.a) };

	bi->lits = map_new(lw.a);
	bi->gotos = map_new(lw.a);
	return w;
}

BodyInfo *
bd_info(Decl *d)
{
	FuncBody *body = d->func.body;
	BodyInfo *bi = body->info;
	Walk w;

	if (bi != NULL)
		return bi;
	bi = NEW(lw.a, BodyInfo);
	body->info = bi;
	bi->top.body = body;
	bi->top.functype = d->func.type;
	w = walk(bi);
	if (d->func.recv != NULL && d->func.recv->name != NULL)
		declare(&w, d->func.recv->name->name.obj);
	fields(&w, &d->func.type->functype.params);
	fields(&w, &d->func.type->functype.results);
	wstmt(&w, body->block);
	return bi;
}

/* The initialisers of package-level variables together, in source order: their literals are numbered through. */
BodyInfo *
bd_globalinfo(void)
{
	static BodyInfo *bi;
	Walk w;

	if (bi != NULL)
		return bi;
	bi = NEW(lw.a, BodyInfo);
	w = walk(bi);
	for (int i = 0; i < lw.pkg->files.n; i++) {
		DeclVec *dv = &lw.pkg->files.at[i]->decls;

		for (int k = 0; k < dv->n; k++)
			if (dv->at[k]->kind == DE_VAR)
				wexprs(&w, &dv->at[k]->value.values);
	}
	return bi;
}
