/* parse_expr.c - expressions. Source: The Go Programming Language Specification, "Expressions". */
#include "syntax/parse.h"

static const uint8_t precedence[TK_COUNT] = {
#define T(name, text, prec) prec,
#include "syntax/tokens.def"
#undef T
};

static Expr *
toolong(Parser *p, Expr *x)
{
	parse_errorat(p, parse_pos(p), "exceeded max nesting depth");
	scan_stop(&p->s);
	return x;
}

/* Surely a type or type set, never a value? */
bool
parse_istypeelem(const Expr *e)
{
	for (;;)
		/* clang-format off */
		switch (e->kind) {
		case EX_ARRAYTYPE: case EX_SLICETYPE: case EX_STRUCTTYPE: case EX_FUNCTYPE: case EX_INTERFACETYPE:
		case EX_MAPTYPE: case EX_CHANTYPE:
			return true;
		case EX_UNARY:
			if (e->op == TK_TILDE)
				return true;
			e = e->unary.x;
			break;
		case EX_STAR:
		case EX_PAREN:
			e = e->unary.x;
			break;
		case EX_BINARY:
			if (parse_istypeelem(e->binary.y))
				return true;
			e = e->binary.x;
			break;
		default:
			return false;
		}
		/* clang-format on */
}

/* Surely a value, never a type? */
static bool
isvalue(const Expr *e)
{
	for (;;)
		/* clang-format off */
		switch (e->kind) {
		case EX_LIT: case EX_COMPOSITE: case EX_FUNCLIT: case EX_SLICE: case EX_ASSERT: case EX_CALL:
		case EX_UNARY: case EX_BINARY:
			return true;
		case EX_PAREN:
			e = e->unary.x;
			break;
		case EX_INDEX:
			if (e->index.index.n == 1 && isvalue(e->index.index.at[0]))
				return true;
			e = e->index.x;
			break;
		default:
			return false;
		}
		/* clang-format on */
}

/* ---- operands ---- */

static Expr *composite(Parser *p);

static Expr *
element(Parser *p)
{
	return p->s.tok == TK_LBRACE ? composite(p) : parse_expr(p);
}

/* { elements }; the caller fills in the type. */
static Expr *
composite(Parser *p)
{
	Expr *e = parse_new(p, EX_COMPOSITE, parse_pos(p)), *x;
	int mark = p->nstack;

	e->dots = 1;
	if (!parse_enter(p))
		return e;
	p->xnest++;
	parse_want(p, TK_LBRACE);
	while (p->s.tok != TK_EOF && p->s.tok != TK_RBRACE) {
		x = element(p);
		if (p->s.tok == TK_COLON) {
			Expr *kv = parse_new(p, EX_KEYVALUE, parse_pos(p));

			scan_next(&p->s);
			kv->binary.x = x;
			kv->binary.y = element(p);
			x = kv;
		}
		parse_push(p, x);
		if (!parse_sep(p, "composite literal", TK_COMMA, TK_RBRACE)) {
			e->composite.rbrace = parse_pos(p);
			goto out;
		}
	}
	e->composite.rbrace = parse_pos(p);
	parse_want(p, TK_RBRACE);
out:
	p->xnest--;
	TAKE(p, mark, &e->composite.elems);
	parse_leave(p);
	return e;
}

/* Moves over a body that nobody wants to see. */
static void
skipbody(Parser *p)
{
	int level = 0;

	do {
		if (p->s.tok == TK_LBRACE)
			level++;
		else if (p->s.tok == TK_RBRACE)
			level--;
		scan_next(&p->s);
	} while (level > 0 && p->s.tok != TK_EOF);
	p->pragmas.any = false;
	p->pragmas.flags = 0;
	p->pragmas.at.n = p->pragmas.embeds.n = p->pragmas.embedpos.n = 0;
}

FuncBody *
parse_body(Parser *p, size_t start)
{
	FuncBody *b = NEW(p->a, FuncBody);
	int nerrors = p->nerrors;

	b->srcoff = (uint32_t)start;
	if (p->flags & PARSE_BODYLESS && p->fnest == 0) {
		skipbody(p);
		return b;
	}
	p->fnest++;
	b->block = parse_block(p, "");
	p->fnest--;
	b->srcend = (uint32_t)(pos_offset(b->block->block.rbrace) + 1);
	if (b->srcend > (size_t)(p->s.end - p->s.text))
		b->srcend = (uint32_t)(p->s.end - p->s.text);
	if (p->nerrors == nerrors)	/* else a label may be missing only because its line was not understood */
		parse_branches(b->block);
	return b;
}

static Expr *
funclit(Parser *p)
{
	size_t start = p->s.off;
	Pos pos = parse_pos(p);
	FieldVec tparams = { 0 };
	Expr *type, *e;

	scan_next(&p->s);
	type = parse_functype(p, "function type", &tparams);
	if (p->s.tok != TK_LBRACE)
		return type;
	p->xnest++;
	e = parse_new(p, EX_FUNCLIT, pos);
	e->func.type = type;
	e->func.body = parse_body(p, start);
	p->xnest--;
	return e;
}

static Expr *
operand(Parser *p, bool keepparens)
{
	Pos pos = parse_pos(p);
	Expr *x, *e;

	/* clang-format off */
	switch (p->s.tok) {
	case TK_NAME:
		return parse_name(p);
	case TK_LITERAL:
		return parse_literalornull(p);
	case TK_LPAREN:
		scan_next(&p->s);
		p->xnest++;
		x = parse_expr(p);
		p->xnest--;
		parse_want(p, TK_RPAREN);
		/* Before { they matter: T{} may not be written (T){}, and this may be such a T. */
		if (!keepparens && p->s.tok != TK_LBRACE)
			return x;
		e = parse_new(p, EX_PAREN, pos);
		e->unary.x = x;
		return e;
	case TK_FUNC:
		return funclit(p);
	case TK_LBRACK: case TK_CHAN: case TK_MAP: case TK_STRUCT: case TK_INTERFACE:
		return parse_type(p);
	default:
		x = parse_bad(p);
		parse_unexpected(p, ", expected expression");
		parse_advance(p, SET(TK_RPAREN) | SET(TK_RBRACK) | SET(TK_RBRACE));
		return x;
	}
	/* clang-format on */
}

/* ---- what may follow an operand ---- */

static Expr *
dot(Parser *p, Expr *x)
{
	Pos pos = parse_pos(p);
	Expr *e;

	scan_next(&p->s);
	if (p->s.tok == TK_NAME) {
		e = parse_new(p, EX_SELECTOR, pos);
		e->selector.x = x;
		e->selector.sel = parse_name(p);
		return e;
	}
	if (parse_got(p, TK_LPAREN)) {
		e = parse_new(p, EX_ASSERT, pos);
		e->assert.x = x;
		if (!parse_got(p, TK_TYPE))
			e->assert.type = parse_type(p);
		parse_want(p, TK_RPAREN);
		return e;
	}
	parse_unexpected(p, ", expected name or (");
	parse_advance(p, SET(TK_SEMI) | SET(TK_RPAREN));
	return x;
}

static Expr *
subscript(Parser *p, Expr *x)
{
	Pos pos = parse_pos(p);
	ExprVec list = { 0 };
	bool comma = false;
	Expr *e;

	scan_next(&p->s);
	if (p->s.tok != TK_COLON) {
		if (p->s.tok == TK_RBRACK) {
			int mark = p->nstack;

			parse_unexpected(p, ", expected operand");
			parse_push(p, parse_bad(p));
			TAKE(p, mark, &list);
		} else
			comma = parse_typelist(p, false, &list);
		if (comma || p->s.tok == TK_RBRACK) {
			parse_want(p, TK_RBRACK);
			e = parse_new(p, EX_INDEX, pos);
			e->index.x = x;
			e->index.index = list;
			return e;
		}
	}
	if (!parse_got(p, TK_COLON)) {
		parse_unexpected(p, ", expected comma, : or ]");
		parse_advance(p, SET(TK_COMMA) | SET(TK_COLON) | SET(TK_RBRACK));
	}
	p->xnest++;
	e = parse_new(p, EX_SLICE, pos);
	e->slice.x = x;
	e->slice.lo = list.n > 0 ? list.at[0] : NULL;
	if (p->s.tok != TK_COLON && p->s.tok != TK_RBRACK)
		e->slice.hi = parse_expr(p);
	if (p->s.tok == TK_COLON) {
		e->full = 1;
		if (e->slice.hi == NULL) {
			parse_errorat(p, parse_pos(p), "middle index required in 3-index slice");
			e->slice.hi = parse_bad(p);
		}
		scan_next(&p->s);
		if (p->s.tok != TK_RBRACK)
			e->slice.max = parse_expr(p);
		else {
			parse_errorat(p, parse_pos(p), "final index required in 3-index slice");
			e->slice.max = parse_bad(p);
		}
	}
	p->xnest--;
	parse_want(p, TK_RBRACK);
	return e;
}

static Expr *
call(Parser *p, Expr *fn)
{
	Expr *e = parse_new(p, EX_CALL, parse_pos(p));
	int mark = p->nstack;

	scan_next(&p->s);
	e->call.fn = fn;
	p->xnest++;
	while (p->s.tok != TK_EOF && p->s.tok != TK_RPAREN && !e->dots) {
		parse_push(p, parse_expr(p));
		e->dots = parse_got(p, TK_ELLIPSIS);
		if (!parse_sep(p, "argument list", TK_COMMA, TK_RPAREN)) {
			e->call.rparen = parse_pos(p);
			goto out;
		}
	}
	e->call.rparen = parse_pos(p);
	parse_want(p, TK_RPAREN);
out:
	p->xnest--;
	TAKE(p, mark, &e->call.args);
	return e;
}

/* Can the { after x begin a composite literal, rather than a block? */
static bool
literaltype(const Parser *p, const Expr *t)
{
	/* clang-format off */
	switch (t->kind) {
	case EX_NAME:
	case EX_SELECTOR:
		return p->xnest >= 0;
	case EX_INDEX:
		return p->xnest >= 0 && !isvalue(t);
	case EX_ARRAYTYPE: case EX_SLICETYPE: case EX_STRUCTTYPE: case EX_MAPTYPE:
		return true;
	default:
		return false;
	}
	/* clang-format on */
}

/* x: an operand already read, or NULL. keepparens: tell (x) from x. */
Expr *
parse_primary(Parser *p, Expr *x, bool keepparens)
{
	Expr *t, *e;

	if (x == NULL)
		x = operand(p, keepparens);
	for (int n = 0; n < MAXCHAIN; n++)
		switch (p->s.tok) {
		case TK_DOT:
			x = dot(p, x);
			break;
		case TK_LBRACK:
			x = subscript(p, x);
			break;
		case TK_LPAREN:
			x = call(p, x);
			break;
		case TK_LBRACE:
			t = expr_unparen(x);
			if (!literaltype(p, t))
				return x;
			if (t != x)
				parse_syntax(p, "cannot parenthesize type in composite literal");
			e = composite(p);
			e->composite.type = x;
			e->dots = 0;
			x = e;
			break;
		default:
			return x;
		}
	return toolong(p, x);
}

/* ---- operators ---- */

static Expr *
unaryop(Parser *p, ExprKind kind)
{
	Expr *e = parse_new(p, kind, parse_pos(p));

	if (kind == EX_UNARY)
		e->op = p->s.tok;
	scan_next(&p->s);
	return e;
}

static Expr *unary(Parser *p);

/*
 * After "<-" came x, a channel type: the arrow belongs to the type, as in
 * <-chan int(ch). Arrows of the types inside move one level down:
 * <-(chan<- T) is (<-chan (<-T)), where T must be a channel in turn.
 */
static void
givearrow(Parser *p, Expr *x)
{
	ChanDir dir = CHAN_SEND;

	while (dir == CHAN_SEND && x->kind == EX_CHANTYPE) {
		dir = x->op;
		if (dir == CHAN_RECV)
			parse_syntax(p, "unexpected <-, expected chan");
		x->op = CHAN_RECV;
		x = x->chan.elem;
	}
	if (dir == CHAN_SEND)
		parse_syntax(p, "unexpected %s, expected chan", expr_string(x));
}

static Expr *
unary1(Parser *p)
{
	Pos pos = parse_pos(p);
	Expr *e;

	/* clang-format off */
	switch (p->s.tok) {
	case TK_ADD: case TK_SUB: case TK_NOT: case TK_XOR: case TK_TILDE:
		e = unaryop(p, EX_UNARY);
		e->unary.x = unary(p);
		return e;
	case TK_MUL:
		e = unaryop(p, EX_STAR);
		e->unary.x = unary(p);
		return e;
	case TK_AND:
		e = unaryop(p, EX_UNARY);
		e->unary.x = expr_unparen(unary(p));	/* &(T{}) is &T{} */
		return e;
	case TK_ARROW:
		scan_next(&p->s);
		e = unary(p);
		if (e->kind == EX_CHANTYPE) {
			givearrow(p, e);
			return e;
		} else {
			Expr *recv = parse_new(p, EX_UNARY, pos);

			recv->op = TK_ARROW;
			recv->unary.x = e;
			return recv;
		}
	default:
		return parse_primary(p, NULL, true);
	}
	/* clang-format on */
}

static Expr *
unary(Parser *p)
{
	Expr *e;

	if (!parse_enter(p))
		return parse_bad(p);
	e = unary1(p);
	parse_leave(p);
	return e;
}

/* Operators that bind more tightly than prec. x: left operand already read, or NULL. */
Expr *
parse_binary(Parser *p, Expr *x, int prec)
{
	int oprec;

	if (x == NULL)
		x = unary(p);
	for (int n = 0; (oprec = precedence[p->s.tok]) > prec; n++) {
		Expr *e = parse_new(p, EX_BINARY, parse_pos(p));

		if (n == MAXCHAIN)
			return toolong(p, x);
		e->op = p->s.tok;
		scan_next(&p->s);
		e->binary.x = x;
		e->binary.y = parse_binary(p, NULL, oprec);
		x = e;
	}
	return x;
}

Expr *
parse_expr(Parser *p)
{
	return parse_binary(p, NULL, 0);
}

void
parse_exprlist(Parser *p, ExprVec *out)
{
	int mark = p->nstack;

	do
		parse_push(p, parse_expr(p));
	while (parse_got(p, TK_COMMA));
	TAKE(p, mark, out);
}
