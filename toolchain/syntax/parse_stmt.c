/* parse_stmt.c - statements. Source: The Go Programming Language Specification, "Statements". */
#include "syntax/parse.h"

static Stmt *stmtornull(Parser *p);
static void stmtlist(Parser *p, StmtVec *out);

static Stmt *
newstmt(Parser *p, StmtKind kind, Pos pos)
{
	Stmt *s = NEW(p->a, Stmt);

	s->kind = (uint8_t)kind;
	s->pos = pos;
	return s;
}

static Stmt *
exprstmt(Parser *p, Expr *x)
{
	Stmt *s = newstmt(p, ST_EXPR, x->pos);

	s->expr.x = x;
	return s;
}

/* ---- simple statements ---- */

static void
one(Parser *p, ExprVec *v, Expr *x)
{
	int mark = p->nstack;

	parse_push(p, x);
	TAKE(p, mark, v);
}

/* The word range is current. */
static Stmt *
rangeclause(Parser *p, ExprVec *lhs, bool define, Pos oppos)
{
	Stmt *s = newstmt(p, ST_RANGE, parse_pos(p));

	s->range.rangepos = s->pos;
	s->range.oppos = oppos;
	s->range.define = define;
	if (lhs != NULL) {
		s->range.key = lhs->at[0];
		s->range.value = lhs->n > 1 ? lhs->at[1] : NULL;
		if (lhs->n > 2)
			s->range.extra = (ExprVec){ lhs->at + 2, lhs->n - 2, lhs->n - 2 };
	}
	scan_next(&p->s);
	s->range.x = parse_expr(p);
	return s;
}

/*
 * A simple statement; the expressions it begins with, if already read. keyword:
 * the statement in whose header it stands, or TK_NONE. In the header of a
 * switch "x := y.(type)" gives an ST_TYPESWITCH with only tag and bind, in that
 * of a for a range clause gives an ST_RANGE.
 */
static Stmt *
simple(Parser *p, ExprVec *first, Token keyword)
{
	ExprVec lhs = { 0 };
	Token tok;
	Stmt *s;
	Pos pos;

	if (keyword == TK_FOR && p->s.tok == TK_RANGE)
		return rangeclause(p, NULL, false, 0);
	if (first != NULL)
		lhs = *first;
	else
		parse_exprlist(p, &lhs);
	pos = parse_pos(p);
	tok = p->s.tok;
	if (tok == TK_ASSIGN || tok == TK_DEFINE) {
		scan_next(&p->s);
		if (keyword == TK_FOR && p->s.tok == TK_RANGE)
			return rangeclause(p, &lhs, tok == TK_DEFINE, pos);
		s = newstmt(p, tok == TK_DEFINE ? ST_DEFINE : ST_ASSIGN, pos);
		s->assign.lhs = lhs;
		parse_exprlist(p, &s->assign.rhs);
		if (keyword == TK_SWITCH && tok == TK_DEFINE && lhs.n == 1 && lhs.at[0]->kind == EX_NAME &&
		    s->assign.rhs.n == 1) {
			Expr *x = s->assign.rhs.at[0];

			if (x->kind == EX_ASSERT && x->assert.type == NULL) {
				s = newstmt(p, ST_TYPESWITCH, x->pos);
				s->sw.tag = x;
				s->sw.bind = lhs.at[0];
			}
		}
		return s;
	}
	if (lhs.n > 1) {
		parse_unexpected(p, ", expected := or = or comma");
		parse_advance(p, SET(TK_SEMI) | SET(TK_RBRACE));
		return exprstmt(p, lhs.at[0]);
	}
	switch (tok) {
	case TK_ASSIGNOP:
		s = newstmt(p, ST_ASSIGN, pos);
		s->op = p->s.op;
		s->assign.lhs = lhs;
		scan_next(&p->s);
		one(p, &s->assign.rhs, parse_expr(p));
		return s;
	case TK_INCOP:
		s = newstmt(p, ST_INCDEC, pos);
		s->op = p->s.op;
		s->assign.lhs = lhs;
		scan_next(&p->s);
		return s;
	case TK_ARROW:
		s = newstmt(p, ST_SEND, pos);
		s->send.ch = lhs.at[0];
		scan_next(&p->s);
		s->send.x = parse_expr(p);
		return s;
	default:
		return exprstmt(p, lhs.at[0]);
	}
}

/* ---- blocks and clauses ---- */

/* context: what the { belongs to, for the message if it is missing. */
Stmt *
parse_block(Parser *p, const char *context)
{
	Stmt *s = newstmt(p, ST_BLOCK, parse_pos(p));

	if (!parse_got(p, TK_LBRACE)) {
		parse_unexpected(p, ", expected { after %s", context);
		parse_advance(p, SET(TK_NAME) | SET(TK_RBRACE));
		s->block.rbrace = parse_pos(p);
		if (parse_got(p, TK_RBRACE))
			return s;
	}
	stmtlist(p, &s->block.list);
	s->block.rbrace = parse_pos(p);
	parse_want(p, TK_RBRACE);
	return s;
}

static Clause *
clause(Parser *p, bool comm)
{
	Clause *c = NEW(p->a, Clause);

	c->pos = parse_pos(p);
	if (parse_got(p, TK_CASE)) {
		if (comm)
			c->comm = simple(p, NULL, TK_NONE);
		else
			parse_exprlist(p, &c->exprs);
	} else if (parse_got(p, TK_DEFAULT))
		c->isdefault = true;
	else {
		parse_unexpected(p, ", expected case or default or }");
		parse_advance(p, SET(TK_COLON) | SET(TK_CASE) | SET(TK_DEFAULT) | SET(TK_RBRACE));
		c->isdefault = true;
	}
	c->colon = parse_pos(p);
	parse_want(p, TK_COLON);
	stmtlist(p, &c->body);
	return c;
}

static void
clauses(Parser *p, Stmt *s, const char *what, bool comm)
{
	int mark = p->nstack;

	if (!parse_got(p, TK_LBRACE)) {
		parse_syntax(p, "missing { after %s clause", what);
		parse_advance(p, SET(TK_CASE) | SET(TK_DEFAULT) | SET(TK_RBRACE));
	}
	while (p->s.tok != TK_EOF && p->s.tok != TK_RBRACE)
		parse_push(p, clause(p, comm));
	TAKE(p, mark, &s->sw.clauses);
	s->sw.rbrace = parse_pos(p);
	parse_want(p, TK_RBRACE);
}

/* ---- headers of if, for and switch ---- */

typedef struct {
	Stmt *init, *post;	/* or NULL; for a range clause init is the ST_RANGE */
	Expr *cond;		/* or NULL */
	Expr *bind;		/* v of "v := x.(type)", or NULL */
} Header;

/* The left or right side of an assignment in a message about = in place of ==; brackets make the = stand out. */
static void
emphasize(Buf *b, const ExprVec *v)
{
	bool brackets = v->n == 1 && v->at[0]->kind == EX_BINARY;

	if (brackets)
		buf_byte(b, '(');
	for (int i = 0; i < v->n; i++) {
		if (i > 0)
			buf_str(b, ", ");
		print_expr(b, v->at[i]);
	}
	if (brackets)
		buf_byte(b, ')');
}

static void
notavalue(Parser *p, const Stmt *s)
{
	Buf b = { 0 };

	if (s->kind == ST_ASSIGN && s->op == 0) {
		buf_str(&b, "assignment ");
		emphasize(&b, &s->assign.lhs);
		buf_str(&b, " = ");
		emphasize(&b, &s->assign.rhs);
	} else
		print_stmt(&b, s);
	parse_syntaxat(p, s->pos, "cannot use %s as value", buf_cstr(&b));
	buf_free(&b);
}

/* A type switch guard that stands where only its expression can be kept: the checker will refuse it. */
static Stmt *
demote(Parser *p, Stmt *s)
{
	return s != NULL && s->kind == ST_TYPESWITCH ? exprstmt(p, s->sw.tag) : s;
}

static void
header(Parser *p, Token keyword, Header *h)
{
	int outer = p->xnest;
	Stmt *cond = NULL;
	Pos semi = 0;
	uint8_t semikind = SEMI_CHAR;

	parse_want(p, keyword);
	if (p->s.tok == TK_LBRACE) {
		if (keyword == TK_IF) {
			parse_syntax(p, "missing condition in if statement");
			h->cond = parse_bad(p);
		}
		return;
	}
	p->xnest = -1;
	if (p->s.tok != TK_SEMI) {
		if (parse_got(p, TK_VAR))
			parse_syntax(p, "var declaration not allowed in %s initializer", token_text(keyword));
		h->init = simple(p, NULL, keyword);
		if (h->init->kind == ST_RANGE) {
			p->xnest = outer;
			return;
		}
	}
	if (p->s.tok == TK_LBRACE) {
		cond = h->init;
		h->init = NULL;
	} else {
		if (p->s.tok == TK_SEMI) {
			semi = parse_pos(p);
			semikind = p->s.kind;
			scan_next(&p->s);
		} else {
			parse_want(p, TK_LBRACE);	/* a better message than if ; were asked for */
			if (p->s.tok != TK_LBRACE)
				parse_advance(p, SET(TK_LBRACE) | SET(TK_RBRACE));
		}
		if (keyword == TK_FOR) {
			if (p->s.tok != TK_SEMI) {
				if (p->s.tok == TK_LBRACE) {
					parse_unexpected(p, ", expected for loop condition");
					goto done;
				}
				cond = simple(p, NULL, TK_NONE);
			}
			parse_want(p, TK_SEMI);
			if (p->s.tok != TK_LBRACE) {
				h->post = simple(p, NULL, TK_NONE);
				if (h->post->kind == ST_DEFINE)
					parse_syntaxat(p, h->post->pos, "cannot declare in post statement of for loop");
			}
		} else if (p->s.tok != TK_LBRACE)
			cond = simple(p, NULL, keyword);
	}
done:
	h->init = demote(p, h->init);
	if (cond == NULL) {
		if (keyword == TK_IF && semi != 0) {
			if (semikind != SEMI_CHAR)
				parse_syntaxat(p, semi, "unexpected %s, expected { after if clause",
				    semikind == SEMI_NEWLINE ? "newline" : "EOF");
			else
				parse_syntaxat(p, semi, "missing condition in if statement");
			h->cond = parse_new(p, EX_BAD, semi);
		}
	} else if (cond->kind == ST_EXPR)
		h->cond = cond->expr.x;
	else if (cond->kind == ST_TYPESWITCH) {
		h->cond = cond->sw.tag;
		h->bind = cond->sw.bind;
	} else
		notavalue(p, cond);
	p->xnest = outer;
}

static Stmt *
forstmt(Parser *p)
{
	Pos pos = parse_pos(p);
	Header h = { 0 };
	Stmt *s;

	header(p, TK_FOR, &h);
	if (h.init != NULL && h.init->kind == ST_RANGE) {
		s = h.init;
		s->pos = pos;
		s->range.body = parse_block(p, "for clause");
		return s;
	}
	s = newstmt(p, ST_FOR, pos);
	s->fors.init = h.init;
	s->fors.cond = h.cond;
	s->fors.post = h.post;
	s->fors.body = parse_block(p, "for clause");
	return s;
}

static Stmt *
ifstmt(Parser *p)
{
	Stmt *s = newstmt(p, ST_IF, parse_pos(p));
	Header h = { 0 };

	header(p, TK_IF, &h);
	s->ifs.init = h.init;
	s->ifs.cond = h.cond != NULL ? h.cond : parse_bad(p);
	s->ifs.then = parse_block(p, "if clause");
	if (!parse_got(p, TK_ELSE))
		return s;
	if (p->s.tok == TK_IF) {
		if (parse_enter(p)) {
			s->ifs.els = ifstmt(p);
			parse_leave(p);
		}
	} else if (p->s.tok == TK_LBRACE)
		s->ifs.els = parse_block(p, "");
	else {
		parse_syntax(p, "else must be followed by if or statement block");
		parse_advance(p, SET(TK_NAME) | SET(TK_RBRACE));
	}
	return s;
}

static Stmt *
switchstmt(Parser *p)
{
	Stmt *s = newstmt(p, ST_SWITCH, parse_pos(p));
	Header h = { 0 };

	header(p, TK_SWITCH, &h);
	s->sw.init = h.init;
	s->sw.tag = h.cond;
	if (h.cond != NULL && h.cond->kind == EX_ASSERT && h.cond->assert.type == NULL) {
		s->kind = ST_TYPESWITCH;
		s->sw.tag = h.cond->assert.x;
		s->sw.bind = h.bind;
	}
	clauses(p, s, "switch", false);
	return s;
}

static Stmt *
selectstmt(Parser *p)
{
	Stmt *s = newstmt(p, ST_SELECT, parse_pos(p));

	parse_want(p, TK_SELECT);
	clauses(p, s, "select", true);
	return s;
}

/* ---- the rest ---- */

static Stmt *
declstmt(Parser *p, DeclKind kind)
{
	Stmt *s = newstmt(p, ST_DECL, parse_pos(p));
	int mark = p->nstack;

	scan_next(&p->s);
	parse_declgroup(p, kind);
	TAKE(p, mark, &s->decl.list);
	return s;
}

static Stmt *
gostmt(Parser *p)
{
	Token tok = p->s.tok;
	Stmt *s = newstmt(p, tok == TK_GO ? ST_GO : ST_DEFER, parse_pos(p));
	Expr *x, *bare;

	scan_next(&p->s);
	x = parse_primary(p, NULL, p->s.tok == TK_LPAREN);
	bare = expr_unparen(x);
	if (bare != x)
		parse_errorat(p, x->pos, "expression in %s must not be parenthesized", token_text(tok));
	s->expr.x = bare;
	return s;
}

static Stmt *
labeled(Parser *p, Expr *label)
{
	Stmt *s = newstmt(p, ST_LABELED, parse_pos(p));

	s->labeled.label = label;
	parse_want(p, TK_COLON);
	if (p->s.tok == TK_RBRACE) {
		s->labeled.stmt = newstmt(p, ST_EMPTY, parse_pos(p));
		return s;
	}
	s->labeled.stmt = stmtornull(p);
	if (s->labeled.stmt != NULL)
		return s;
	parse_syntaxat(p, s->pos, "missing statement after label");
	return NULL;
}

static Stmt *
branch(Parser *p)
{
	Token tok = p->s.tok;
	Stmt *s = newstmt(p, ST_BRANCH, parse_pos(p));

	scan_next(&p->s);
	s->branch.tok = tok;
	if (tok == TK_GOTO || (tok != TK_FALLTHROUGH && p->s.tok == TK_NAME))
		s->branch.label = parse_name(p);
	return s;
}

static Stmt *
stmt(Parser *p)
{
	ExprVec lhs = { 0 };
	Stmt *s;

	switch (p->s.tok) {
	case TK_NAME:
		parse_clearpragmas(p);
		parse_exprlist(p, &lhs);
		if (p->s.tok == TK_COLON && lhs.n == 1 && lhs.at[0]->kind == EX_NAME)
			return labeled(p, lhs.at[0]);
		return simple(p, &lhs, TK_NONE);
	case TK_VAR:
		return declstmt(p, DE_VAR);
	case TK_CONST:
		return declstmt(p, DE_CONST);
	case TK_TYPE:
		return declstmt(p, DE_TYPE);
	default:
		break;
	}
	parse_clearpragmas(p);
	/* clang-format off */
	switch (p->s.tok) {
	case TK_LBRACE:
		return parse_block(p, "");
	case TK_ADD: case TK_SUB: case TK_MUL: case TK_AND: case TK_XOR: case TK_NOT:
	case TK_LITERAL: case TK_FUNC: case TK_LPAREN:
	case TK_LBRACK: case TK_STRUCT: case TK_MAP: case TK_CHAN: case TK_INTERFACE:
	case TK_ARROW:
		return simple(p, NULL, TK_NONE);
	case TK_FOR:
		return forstmt(p);
	case TK_SWITCH:
		return switchstmt(p);
	case TK_SELECT:
		return selectstmt(p);
	case TK_IF:
		return ifstmt(p);
	case TK_FALLTHROUGH: case TK_BREAK: case TK_CONTINUE: case TK_GOTO:
		return branch(p);
	case TK_GO: case TK_DEFER:
		return gostmt(p);
	case TK_RETURN:
		s = newstmt(p, ST_RETURN, parse_pos(p));
		scan_next(&p->s);
		if (p->s.tok != TK_SEMI && p->s.tok != TK_RBRACE)
			parse_exprlist(p, &s->ret.results);
		return s;
	case TK_SEMI:
		return newstmt(p, ST_EMPTY, parse_pos(p));
	default:
		return NULL;
	}
	/* clang-format on */
}

static Stmt *
stmtornull(Parser *p)
{
	Stmt *s;

	if (!parse_enter(p))
		return NULL;
	s = stmt(p);
	parse_leave(p);
	return s;
}

static void
stmtlist(Parser *p, StmtVec *out)
{
	int mark = p->nstack;

	while (p->s.tok != TK_EOF && p->s.tok != TK_RBRACE && p->s.tok != TK_CASE && p->s.tok != TK_DEFAULT) {
		Stmt *s = stmtornull(p);

		parse_clearpragmas(p);
		if (s == NULL)
			break;
		parse_push(p, s);
		if (!parse_got(p, TK_SEMI) && p->s.tok != TK_RBRACE) {
			parse_unexpected(p, " at end of statement");
			parse_advance(p, SET(TK_SEMI) | SET(TK_RBRACE) | SET(TK_CASE) | SET(TK_DEFAULT));
			parse_got(p, TK_SEMI);
		}
	}
	TAKE(p, mark, out);
}
