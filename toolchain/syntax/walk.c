/*
 * walk.c - visiting trees, and small questions about nodes.
 *
 * A visit is in source order, parents first. The type that several fields
 * share is visited once.
 */
#include "syntax/syntax.h"

Expr *
expr_unparen(Expr *e)
{
	while (e != NULL && e->kind == EX_PAREN)
		e = e->unary.x;
	return e;
}

Pos
expr_start(const Expr *e)
{
	for (;;) {
		const Expr *left;

		switch (e->kind) {
		case EX_COMPOSITE:
			left = e->composite.type;
			break;
		case EX_KEYVALUE:
		case EX_BINARY:
			left = e->binary.x;
			break;
		case EX_SELECTOR:
			left = e->selector.x;
			break;
		case EX_INDEX:
			left = e->index.x;
			break;
		case EX_SLICE:
			left = e->slice.x;
			break;
		case EX_ASSERT:
			left = e->assert.x;
			break;
		case EX_CALL:
			left = e->call.fn;
			break;
		default:
			left = NULL;
		}
		if (left == NULL)
			return e->pos;
		e = left;
	}
}

static void
exprs(const Visitor *v, const ExprVec *l)
{
	for (int i = 0; i < l->n; i++)
		walk_expr(v, l->at[i]);
}

static void
stmts(const Visitor *v, const StmtVec *l)
{
	for (int i = 0; i < l->n; i++)
		walk_stmt(v, l->at[i]);
}

static void
fields(const Visitor *v, const FieldVec *l)
{
	for (int i = 0; i < l->n; i++) {
		walk_expr(v, l->at[i]->name);
		if (i + 1 == l->n || !l->at[i + 1]->sametype)
			walk_expr(v, l->at[i]->type);
	}
}

void
walk_expr(const Visitor *v, Expr *e)
{
	if (e == NULL || (v->expr != NULL && !v->expr(v->ctx, e)))
		return;
	switch ((ExprKind)e->kind) {
	case EX_BAD:
	case EX_NAME:
	case EX_LIT:
		break;
	case EX_COMPOSITE:
		walk_expr(v, e->composite.type);
		exprs(v, &e->composite.elems);
		break;
	case EX_KEYVALUE:
	case EX_BINARY:
	case EX_MAPTYPE:
		walk_expr(v, e->binary.x);
		walk_expr(v, e->binary.y);
		break;
	case EX_FUNCLIT:
		walk_expr(v, e->func.type);
		if (e->func.body != NULL)
			walk_stmt(v, e->func.body->block);
		break;
	case EX_PAREN:
	case EX_STAR:
	case EX_UNARY:
	case EX_SLICETYPE:
	case EX_ELLIPSIS:
		walk_expr(v, e->unary.x);
		break;
	case EX_SELECTOR:
		walk_expr(v, e->selector.x);
		walk_expr(v, e->selector.sel);
		break;
	case EX_INDEX:
		walk_expr(v, e->index.x);
		exprs(v, &e->index.index);
		break;
	case EX_SLICE:
		walk_expr(v, e->slice.x);
		walk_expr(v, e->slice.lo);
		walk_expr(v, e->slice.hi);
		walk_expr(v, e->slice.max);
		break;
	case EX_ASSERT:
		walk_expr(v, e->assert.x);
		walk_expr(v, e->assert.type);
		break;
	case EX_CALL:
		walk_expr(v, e->call.fn);
		exprs(v, &e->call.args);
		break;
	case EX_ARRAYTYPE:
		walk_expr(v, e->array.len);
		walk_expr(v, e->array.elem);
		break;
	case EX_STRUCTTYPE:
		fields(v, &e->structt.fields);
		break;
	case EX_FUNCTYPE:
		fields(v, &e->functype.tparams);
		fields(v, &e->functype.params);
		fields(v, &e->functype.results);
		break;
	case EX_INTERFACETYPE:
		fields(v, &e->iface.elems);
		break;
	case EX_CHANTYPE:
		walk_expr(v, e->chan.elem);
		break;
	}
}

void
walk_decl(const Visitor *v, Decl *d)
{
	switch ((DeclKind)d->kind) {
	case DE_IMPORT:
		break;
	case DE_CONST:
	case DE_VAR:
		exprs(v, &d->value.names);
		walk_expr(v, d->value.type);
		exprs(v, &d->value.values);
		break;
	case DE_TYPE:
		walk_expr(v, d->type.name);
		fields(v, &d->type.tparams);
		walk_expr(v, d->type.type);
		break;
	case DE_FUNC:
		walk_expr(v, d->func.name);
		if (d->func.recv != NULL) {
			walk_expr(v, d->func.recv->name);
			walk_expr(v, d->func.recv->type);
		}
		walk_expr(v, d->func.type);
		if (d->func.body != NULL)
			walk_stmt(v, d->func.body->block);
		break;
	}
}

void
walk_stmt(const Visitor *v, Stmt *s)
{
	if (s == NULL || (v->stmt != NULL && !v->stmt(v->ctx, s)))
		return;
	switch ((StmtKind)s->kind) {
	case ST_BAD:
	case ST_EMPTY:
		break;
	case ST_EXPR:
	case ST_GO:
	case ST_DEFER:
		walk_expr(v, s->expr.x);
		break;
	case ST_SEND:
		walk_expr(v, s->send.ch);
		walk_expr(v, s->send.x);
		break;
	case ST_INCDEC:
	case ST_ASSIGN:
	case ST_DEFINE:
		exprs(v, &s->assign.lhs);
		exprs(v, &s->assign.rhs);
		break;
	case ST_RETURN:
		exprs(v, &s->ret.results);
		break;
	case ST_BRANCH:
		walk_expr(v, s->branch.label);
		break;
	case ST_BLOCK:
		stmts(v, &s->block.list);
		break;
	case ST_IF:
		walk_stmt(v, s->ifs.init);
		walk_expr(v, s->ifs.cond);
		walk_stmt(v, s->ifs.then);
		walk_stmt(v, s->ifs.els);
		break;
	case ST_SWITCH:
	case ST_TYPESWITCH:
	case ST_SELECT:
		walk_stmt(v, s->sw.init);
		walk_expr(v, s->sw.bind);
		walk_expr(v, s->sw.tag);
		for (int i = 0; i < s->sw.clauses.n; i++) {
			Clause *c = s->sw.clauses.at[i];

			exprs(v, &c->exprs);
			walk_stmt(v, c->comm);
			stmts(v, &c->body);
		}
		break;
	case ST_FOR:
		walk_stmt(v, s->fors.init);
		walk_expr(v, s->fors.cond);
		walk_stmt(v, s->fors.post);
		walk_stmt(v, s->fors.body);
		break;
	case ST_RANGE:
		walk_expr(v, s->range.key);
		walk_expr(v, s->range.value);
		exprs(v, &s->range.extra);
		walk_expr(v, s->range.x);
		walk_stmt(v, s->range.body);
		break;
	case ST_LABELED:
		walk_expr(v, s->labeled.label);
		walk_stmt(v, s->labeled.stmt);
		break;
	case ST_DECL:
		for (int i = 0; i < s->decl.list.n; i++)
			walk_decl(v, s->decl.list.at[i]);
		break;
	}
}
