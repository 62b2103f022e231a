/*
 * build_stmt.c - statements: blocks, if, for, labels, branches, return, declarations.
 */
#include "lower/build.h"

/* ---- leaving ---- */

static Jump *
findjump(Stmt *target, bool iscontinue)
{
	Jump *j;

	if (target != NULL && target->kind == ST_LABELED)
		target = target->labeled.stmt;
	for (j = bd->ctx->jumps; j != NULL; j = j->up)
		if (target == NULL ? (!iscontinue || j->cont != NULL) : j->s == target)
			return j;
	return NULL;
}

void
bd_leave(Stmt *target, bool iscontinue)
{
	Jump *j = findjump(target, iscontinue);

	if (j != NULL) {
		bd_jump(iscontinue ? j->cont : j->brk);
		return;
	}
	if (target == NULL)
		target = bd->ctx->lit->range;
	if (target->kind == ST_LABELED)
		target = target->labeled.stmt;
	bd_rangefnleave(target, iscontinue ? TK_CONTINUE : TK_BREAK);
}

Block *
bd_label(Ctx *c, Stmt *labeled)
{
	Block *b = map_get(c->labels, labeled);

	if (b == NULL) {
		b = bd_block();
		map_set(c->labels, labeled, b);
		vec_push(bd->a, &bd->top->unsealed, b);
	}
	return b;
}

static void
branch(Stmt *s)
{
	LitInfo *li = bd->ctx->lit;

	switch (s->branch.tok) {
	case TK_BREAK:
		bd_leave(s->branch.target, false);
		return;
	case TK_CONTINUE:
		bd_leave(s->branch.target, true);
		return;
	case TK_FALLTHROUGH:
		bd_fallthrough();
		return;
	default:
		for (int i = 0; i < li->exits.n; i++)
			if (li->exits.at[i].target == s->branch.target && li->exits.at[i].how == TK_GOTO) {
				bd_rangefnleave(s->branch.target, TK_GOTO);
				return;
			}
		bd_jump(bd_label(bd->ctx, s->branch.target));
	}
}

static Type *
resulttype(int i)
{
	Ctx *c = bd->ctx;

	if (c->lit->range != NULL)
		return bd_type(obj_type(bd_fnlit(c->lit)->retobjs.at[i]));
	return c->sig->fn.results->tuple.vars.at[i]->type;
}

static void
returnstmt(Stmt *s)
{
	ExprVec *v = &s->ret.results;
	OpdVec xs = { 0 };

	if (v->n == 0) {
		bd_return(NULL, 0);
		return;
	}
	if (v->n == 1 && v->at[0]->type != NULL && v->at[0]->type->kind == T_TUPLE) {
		bd_multi(v->at[0], &xs);
		bd->pos = s->pos;
		for (int i = 0; i < xs.n; i++)
			xs.at[i] = bd_implicit(xs.at[i], resulttype(i));
	} else if (v->n == 1) {
		Opd x = bd_exprconv(v->at[0], resulttype(0));

		vec_push(bd->a, &xs, bd->hasdefer ? bd_hold(x) : x);
	} else {
		Type **ts = NEWN(bd->a, Type *, v->n);

		xs.at = NEWN(bd->a, Opd, v->n);
		xs.n = v->n;
		for (int i = 0; i < v->n; i++)
			ts[i] = resulttype(i);
		bd_exprlist(v->at, ts, v->n, xs.at);
	}
	bd->pos = s->pos;
	bd_return(xs.at, xs.n);
}

/* ---- for ---- */

/* Variables of the init statement whose address is needed: a new one for every iteration. */
static void
periteration(Stmt *init, Var **vars, int *n)
{
	*n = 0;
	if (init == NULL || init->kind != ST_DEFINE)
		return;
	for (int i = 0; i < init->assign.lhs.n && *n < 16; i++) {
		Expr *e = init->assign.lhs.at[i];
		Var *v;

		if (bd_isblank(e) || e->name.obj == NULL)
			continue;
		v = bd_var(e->name.obj);
		if (v->kind != VAR_MEM)
			continue;
		v->base = bd_newvar(VT_PTR);
		v->kind = VAR_IND;
		bd_write(v->base, v->addr);
		vars[(*n)++] = v;
	}
}

static void
forstmt(Stmt *s)
{
	Block *head, *body, *cont, *done;
	Jump j = { .s = s, .up = bd->ctx->jumps };
	Var *fresh[16];
	int nfresh = 0;

	if (s->fors.init != NULL)
		bd_stmt(s->fors.init);
	if (s->fors.periter)
		periteration(s->fors.init, fresh, &nfresh);
	head = bd_block();
	body = bd_block();
	cont = bd_block();
	done = bd_block();
	bd_jump(head);
	bd_start(head);
	if (s->fors.cond != NULL) {
		void *mark = bd_tempmark();

		bd->pos = s->fors.cond->pos;
		bd_branch(s->fors.cond, body, done, 1);
		bd_temprelease(mark);
	} else
		bd_jump(body);
	bd_sealstart(body);
	j.brk = done;
	j.cont = cont;
	bd->ctx->jumps = &j;
	bd->ctx->loops++;
	fuzz_edge();
	bd_stmt(s->fors.body);
	bd->ctx->loops--;
	bd->ctx->jumps = j.up;
	bd_jump(cont);
	bd_sealstart(cont);
	for (int i = 0; i < nfresh; i++) {
		Var *v = fresh[i];
		Opd old = bd_load(v->t, bd_read(v->base), 0);
		Value *p = bd_new(v->t);

		report_variable(p, v->o);
		bd_storefresh(p, 0, old);
		bd_write(v->base, p);
	}
	if (s->fors.post != NULL)
		bd_stmt(s->fors.post);
	bd_jump(head);
	bd_seal(head);
	bd_sealstart(done);
}

static void
ifstmt(Stmt *s)
{
	Block *yes, *no, *done;
	Expr *cond;

	if (s->ifs.init != NULL)
		bd_stmt(s->ifs.init);
	cond = bd_unparen(s->ifs.cond);
	bd->pos = s->pos;
	if (cond->mode == MODE_CONST && cond->cv != NULL && !bd_fnlit(bd->ctx->lit)->haslabel &&
	    !bd->ctx->lit->haslabel) {
		if (cond->cv->b)
			bd_stmt(s->ifs.then);
		else if (s->ifs.els != NULL)
			bd_stmt(s->ifs.els);
		return;
	}
	yes = bd_block();
	done = bd_block();
	no = s->ifs.els != NULL || lw.fuzz ? bd_block() : done;
	bd_branch(s->ifs.cond, yes, no, 0);
	bd_sealstart(yes);
	fuzz_edge();
	bd_stmt(s->ifs.then);
	bd_jump(done);
	if (no != done) {
		bd_sealstart(no);
		fuzz_edge();
		if (s->ifs.els != NULL)
			bd_stmt(s->ifs.els);
		bd_jump(done);
	}
	bd_sealstart(done);
}

void
bd_stmts(StmtVec *list)
{
	for (int i = 0; i < list->n; i++)
		bd_stmt(list->at[i]);
}

void
bd_stmt(Stmt *s)
{
	void *mark = bd_tempmark();
	Map *temps = bd->temps;
	OpdVec out = { 0 };

	/* A loop has temporaries of its own: what one points to may then be made anew in each iteration (ssa/escape.c). */
	if (s->kind == ST_FOR || s->kind == ST_RANGE)
		bd->temps = map_new(bd->a);
	if (s->pos != 0)
		bd->pos = s->pos;
	/* clang-format off */
	switch (s->kind) {
	case ST_EMPTY: case ST_BAD:
		break;
	case ST_EXPR: {
		Expr *e = bd_unparen(s->expr.x);

		if (e->kind == EX_CALL)
			bd_callresults(e, &out);
		else
			bd_expr(e);
		break;
	}
	/* clang-format on */
	case ST_SEND: {
		Opd ch = bd_expr(s->send.ch);
		Opd x = bd_exprconv(s->send.x, type_core(ch.t)->elem);

		bd->pos = s->pos;
		bd_send(ch, x);
		break;
	}
	case ST_INCDEC:
	case ST_ASSIGN:
	case ST_DEFINE:
		bd_assign(s);
		break;
	case ST_GO:
		bd_go(s);
		break;
	case ST_DEFER:
		bd_defer(s);
		break;
	case ST_RETURN:
		returnstmt(s);
		break;
	case ST_BRANCH:
		branch(s);
		break;
	case ST_BLOCK:
		bd_stmts(&s->block.list);
		break;
	case ST_IF:
		ifstmt(s);
		break;
	case ST_SWITCH:
		bd_switch(s);
		break;
	case ST_TYPESWITCH:
		bd_typeswitch(s);
		break;
	case ST_SELECT:
		bd_select(s);
		break;
	case ST_FOR:
		forstmt(s);
		break;
	case ST_RANGE: {
		Type *core = type_core(bd_type(s->range.x->type));

		if (core != NULL && core->kind == T_FUNC)
			bd_rangefunc(s);
		else
			bd_range(s);
		break;
	}
	case ST_LABELED:
		if (bd->ctx->info != NULL && map_has(bd->ctx->info->gotos, s)) {
			Block *b = bd_label(bd->ctx, s);

			bd_jump(b);
			bd_start(b);
			bd->ctx->loops++;	/* maybe: deferred calls in it go to the heap */
		}
		bd_stmt(s->labeled.stmt);
		break;
	case ST_DECL:
		for (int i = 0; i < s->decl.list.n; i++)
			if (s->decl.list.at[i]->kind == DE_VAR)
				bd_vardecl(s->decl.list.at[i]);
		break;
	default:
		bug("lower: statement kind %d not supported yet", s->kind);
	}
	bd_temprelease(mark);
	bd->temps = temps;
}
