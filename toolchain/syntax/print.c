/*
 * print.c - trees back to text, in the short form of gc's messages: bodies of
 * functions and composite literals are only hinted at.
 *
 * Texts are cut off at a depth where nobody reads them any more, so that a
 * monstrous expression costs neither time nor stack.
 */
#include "syntax/syntax.h"

enum { MAXDEPTH = 1000 };

static void expr(Buf *b, const Expr *e, int depth);

static void
exprs(Buf *b, const ExprVec *v, int depth)
{
	for (int i = 0; i < v->n; i++) {
		if (i > 0)
			buf_str(b, ", ");
		expr(b, v->at[i], depth);
	}
}

/* Fields that share a type are printed together: a, b T. */
static void
params(Buf *b, const FieldVec *v, const char *brackets, int depth)
{
	buf_byte(b, (uint8_t)brackets[0]);
	for (int i = 0; i < v->n; i++) {
		const Field *f = v->at[i];

		if (i > 0)
			buf_str(b, ", ");
		if (f->name != NULL) {
			expr(b, f->name, depth);
			if (i + 1 < v->n && v->at[i + 1]->name != NULL && v->at[i + 1]->sametype)
				continue;
			buf_byte(b, ' ');
		}
		expr(b, expr_unparen(f->type), depth);
	}
	buf_byte(b, (uint8_t)brackets[1]);
}

static void
signature(Buf *b, const Expr *e, int depth)
{
	const FieldVec *r = &e->functype.results;

	params(b, &e->functype.params, "()", depth);
	if (r->n == 0)
		return;
	buf_byte(b, ' ');
	if (r->n == 1 && r->at[0]->name == NULL)
		expr(b, r->at[0]->type, depth);
	else
		params(b, r, "()", depth);
}

static void
structfields(Buf *b, const FieldVec *v, int depth)
{
	for (int i = 0; i < v->n; i++) {
		const Field *f = v->at[i];

		if (i > 0)
			buf_str(b, v->at[i]->sametype ? ", " : "; ");
		if (f->name != NULL) {
			expr(b, f->name, depth);
			if (i + 1 < v->n && v->at[i + 1]->sametype)
				continue;
			buf_byte(b, ' ');
		}
		expr(b, f->type, depth);
		if (f->tag != NULL) {
			bool raw = strchr(f->tag, '`') == NULL && strpbrk(f->tag, "\"\\") != NULL;

			buf_printf(b, raw ? " `%s`" : " \"%s\"", f->tag);
		}
	}
}

static void
methods(Buf *b, const FieldVec *v, int depth)
{
	for (int i = 0; i < v->n; i++) {
		const Field *f = v->at[i];

		if (i > 0)
			buf_str(b, "; ");
		if (f->name != NULL && f->type->kind == EX_FUNCTYPE) {
			expr(b, f->name, depth);
			signature(b, f->type, depth);
		} else
			expr(b, f->type, depth);
	}
}

static void
expr(Buf *b, const Expr *e, int depth)
{
	if (e == NULL)
		return;
	if (++depth > MAXDEPTH) {
		buf_str(b, "…");
		return;
	}
	switch ((ExprKind)e->kind) {
	case EX_BAD:
		buf_str(b, "<bad expr>");
		break;
	case EX_NAME:
		buf_str(b, e->name.text);
		break;
	case EX_LIT:
		buf_str(b, e->lit.text);
		break;
	case EX_COMPOSITE:
		expr(b, e->composite.type, depth);
		buf_str(b, e->composite.elems.n > 0 ? "{…}" : "{}");
		break;
	case EX_KEYVALUE:
		expr(b, e->binary.x, depth);
		buf_str(b, ": ");
		expr(b, e->binary.y, depth);
		break;
	case EX_FUNCLIT:
		expr(b, e->func.type, depth);
		buf_str(b, e->func.body->block != NULL && e->func.body->block->block.list.n > 0 ? " {…}" : " {}");
		break;
	case EX_PAREN:
		buf_byte(b, '(');
		expr(b, e->unary.x, depth);
		buf_byte(b, ')');
		break;
	case EX_SELECTOR:
		expr(b, e->selector.x, depth);
		buf_byte(b, '.');
		expr(b, e->selector.sel, depth);
		break;
	case EX_INDEX:
		expr(b, e->index.x, depth);
		buf_byte(b, '[');
		exprs(b, &e->index.index, depth);
		buf_byte(b, ']');
		break;
	case EX_SLICE:
		expr(b, e->slice.x, depth);
		buf_byte(b, '[');
		expr(b, e->slice.lo, depth);
		buf_byte(b, ':');
		expr(b, e->slice.hi, depth);
		if (e->slice.max != NULL) {
			buf_byte(b, ':');
			expr(b, e->slice.max, depth);
		}
		buf_byte(b, ']');
		break;
	case EX_ASSERT:
		expr(b, e->assert.x, depth);
		buf_str(b, ".(");
		if (e->assert.type != NULL)
			expr(b, e->assert.type, depth);
		else
			buf_str(b, "type");
		buf_byte(b, ')');
		break;
	case EX_CALL:
		expr(b, e->call.fn, depth);
		buf_byte(b, '(');
		exprs(b, &e->call.args, depth);
		buf_str(b, e->dots ? "...)" : ")");
		break;
	case EX_STAR:
		buf_byte(b, '*');
		expr(b, e->unary.x, depth);
		break;
	case EX_UNARY:
		buf_str(b, token_text(e->op));
		expr(b, e->unary.x, depth);
		break;
	case EX_BINARY:
		expr(b, e->binary.x, depth);
		buf_printf(b, " %s ", token_text(e->op));
		expr(b, e->binary.y, depth);
		break;
	case EX_ARRAYTYPE:
		buf_byte(b, '[');
		if (e->array.len != NULL)
			expr(b, e->array.len, depth);
		else
			buf_str(b, "...");
		buf_byte(b, ']');
		expr(b, e->array.elem, depth);
		break;
	case EX_SLICETYPE:
		buf_str(b, "[]");
		expr(b, e->unary.x, depth);
		break;
	case EX_STRUCTTYPE:
		buf_str(b, "struct{");
		structfields(b, &e->structt.fields, depth);
		buf_byte(b, '}');
		break;
	case EX_FUNCTYPE:
		buf_str(b, "func");
		signature(b, e, depth);
		break;
	case EX_INTERFACETYPE:
		buf_str(b, "interface{");
		methods(b, &e->iface.elems, depth);
		buf_byte(b, '}');
		break;
	case EX_MAPTYPE:
		buf_str(b, "map[");
		expr(b, e->binary.x, depth);
		buf_byte(b, ']');
		expr(b, e->binary.y, depth);
		break;
	case EX_CHANTYPE:
		buf_str(b, e->op == CHAN_RECV ? "<-chan " : e->op == CHAN_SEND ? "chan<- " : "chan ");
		if (e->op == CHAN_BOTH && e->chan.elem->kind == EX_CHANTYPE && e->chan.elem->op == CHAN_RECV) {
			buf_byte(b, '(');	/* chan (<-chan T) is not chan <-chan T */
			expr(b, e->chan.elem, depth);
			buf_byte(b, ')');
		} else
			expr(b, e->chan.elem, depth);
		break;
	case EX_ELLIPSIS:
		buf_str(b, "...");
		expr(b, e->unary.x, depth);
		break;
	}
}

void
print_expr(Buf *b, const Expr *e)
{
	expr(b, e, 0);
}

const char *
expr_string(const Expr *e)
{
	Buf b = { 0 };
	const char *s;

	if (e != NULL && e->kind == EX_NAME)
		return e->name.text;
	expr(&b, e, 0);
	s = intern((const char *)b.p, b.n);
	buf_free(&b);
	return s;
}

void
print_stmt(Buf *b, const Stmt *s)
{
	switch ((StmtKind)s->kind) {
	case ST_EXPR:
		expr(b, s->expr.x, 0);
		break;
	case ST_SEND:
		expr(b, s->send.ch, 0);
		buf_str(b, " <- ");
		expr(b, s->send.x, 0);
		break;
	case ST_INCDEC:
		exprs(b, &s->assign.lhs, 0);
		buf_str(b, s->op == TK_ADD ? "++" : "--");
		break;
	case ST_ASSIGN:
	case ST_DEFINE:
		exprs(b, &s->assign.lhs, 0);
		buf_printf(b, " %s= ", s->kind == ST_DEFINE ? ":" : token_text(s->op));
		exprs(b, &s->assign.rhs, 0);
		break;
	default:
		buf_str(b, "statement");
	}
}
