/*
 * parse.c - a source file, and what all parts of the parser use.
 *
 * Source: The Go Programming Language Specification, "Source file
 * organization". The wording of messages is gc's, which users and the tests of
 * the Go distribution know.
 */
#include "syntax/parse.h"

#include <stdlib.h>

/* ---- messages ---- */

Pos
parse_pos(const Parser *p)
{
	return pos_make(p->s.src, p->s.off);
}

const char *
parse_tokenname(Token t)
{
	return t == TK_COMMA ? "comma" : t == TK_SEMI ? "semicolon or newline" : token_text(t);
}

/* At the end of the input a further error is most likely a result of the first. */
static bool
pointless(const Parser *p)
{
	return p->s.tok == TK_EOF && p->nerrors > 0;
}

void
parse_errorat(Parser *p, Pos pos, const char *fmt, ...)
{
	va_list ap;

	p->nerrors++;
	va_start(ap, fmt);
	diag_verror(pos, fmt, ap);
	va_end(ap);
}

static void PRINTF(4, 0) vsyntax(Parser *p, Pos pos, const char *what, const char *fmt, va_list ap)
{
	Buf b = { 0 };

	if (pointless(p))
		return;
	p->nerrors++;
	buf_str(&b, what);
	buf_vprintf(&b, fmt, ap);
	diag_syntax(pos, "%s", buf_cstr(&b));
	buf_free(&b);
}

void
parse_syntaxat(Parser *p, Pos pos, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsyntax(p, pos, "", fmt, ap);
	va_end(ap);
}

void
parse_syntax(Parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsyntax(p, parse_pos(p), "", fmt, ap);
	va_end(ap);
}

static const char *
semitext(const Scanner *s)
{
	return s->kind == SEMI_CHAR ? "semicolon" : s->kind == SEMI_NEWLINE ? "newline" : "EOF";
}

/* The current token, as "unexpected" calls it. */
static const char *
current(const Scanner *s)
{
	switch (s->tok) {
	case TK_NAME:
		return intern_printf("name %s", s->lit);
	case TK_SEMI:
		return semitext(s);
	case TK_LITERAL:
		return intern_printf("literal %s", scan_literal(s));
	case TK_ASSIGNOP:
		return intern_printf("%s=", token_text(s->op));
	case TK_INCOP:
		return s->op == TK_ADD ? "++" : "--";
	default:
		return parse_tokenname(s->tok);
	}
}

void
parse_unexpected(Parser *p, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsyntax(p, parse_pos(p), intern_printf("unexpected %s", current(&p->s)), fmt, ap);
	va_end(ap);
}

static void
lexicalerror(Scanner *s, size_t off, const char *msg)
{
	Parser *p = (Parser *)s;

	p->nerrors++;
	diag_error(pos_make(s->src, off), "%s", msg);
}

/* ---- tokens ---- */

bool
parse_got(Parser *p, Token t)
{
	if (p->s.tok != t)
		return false;
	scan_next(&p->s);
	return true;
}

void
parse_want(Parser *p, Token t)
{
	if (parse_got(p, t))
		return;
	parse_unexpected(p, ", expected %s", parse_tokenname(t));
	parse_advance(p, 0);
}

/* Takes = and, with a complaint, := */
bool
parse_gotassign(Parser *p)
{
	if (p->s.tok == TK_DEFINE)
		parse_unexpected(p, ", expected =");
	else if (p->s.tok != TK_ASSIGN)
		return false;
	scan_next(&p->s);
	return true;
}

/* Skips to a token of the set, inside functions also to one that starts a statement; one token if the set is empty. */
void
parse_advance(Parser *p, TokenSet follow)
{
	static const TokenSet starters = SET(TK_BREAK) | SET(TK_CONST) | SET(TK_CONTINUE) | SET(TK_DEFER) |
	    SET(TK_FALLTHROUGH) | SET(TK_FOR) | SET(TK_GO) | SET(TK_GOTO) | SET(TK_IF) | SET(TK_RETURN) |
	    SET(TK_SELECT) | SET(TK_SWITCH) | SET(TK_TYPE) | SET(TK_VAR);

	if (follow == 0) {
		if (p->s.tok != TK_EOF)
			scan_next(&p->s);
		return;
	}
	if (p->fnest > 0)
		follow |= starters;
	follow |= SET(TK_EOF);
	while ((follow & SET(p->s.tok)) == 0)
		scan_next(&p->s);
}

bool
parse_enter(Parser *p)
{
	if (p->depth < MAXNEST) {
		p->depth++;
		return true;
	}
	if (p->s.tok != TK_EOF) {
		parse_errorat(p, parse_pos(p), "exceeded max nesting depth");
		scan_stop(&p->s);
	}
	return false;
}

void
parse_leave(Parser *p)
{
	p->depth--;
}

/*
 * After an element of a list: takes the separator, which may be missing before
 * the closing token. False: neither was there, and the list cannot be resumed.
 */
bool
parse_sep(Parser *p, const char *context, Token sep, Token close)
{
	if (parse_got(p, sep) || p->s.tok == close)
		return true;
	parse_unexpected(p, " in %s; possibly missing %s or %s", context, parse_tokenname(sep), parse_tokenname(close));
	parse_advance(p, SET(TK_RPAREN) | SET(TK_RBRACK) | SET(TK_RBRACE));
	return p->s.tok == close;
}

/* ---- nodes ---- */

Expr *
parse_new(Parser *p, ExprKind kind, Pos pos)
{
	Expr *e = NEW(p->a, Expr);

	e->kind = (uint8_t)kind;
	e->pos = pos;
	return e;
}

Expr *
parse_bad(Parser *p)
{
	return parse_new(p, EX_BAD, parse_pos(p));
}

Expr *
parse_newname(Parser *p, Pos pos, const char *text)
{
	Expr *e = parse_new(p, EX_NAME, pos);

	e->name.text = text;
	return e;
}

Expr *
parse_name(Parser *p)
{
	Expr *e;

	if (p->s.tok == TK_NAME) {
		e = parse_newname(p, parse_pos(p), p->s.lit);
		scan_next(&p->s);
		return e;
	}
	e = parse_newname(p, parse_pos(p), intern_str("_"));
	parse_unexpected(p, ", expected name");
	parse_advance(p, 0);
	return e;
}

Expr *
parse_literalornull(Parser *p)
{
	Expr *e;

	if (p->s.tok != TK_LITERAL)
		return NULL;
	e = parse_new(p, EX_LIT, parse_pos(p));
	e->op = p->s.kind;
	e->bad = p->s.bad;
	e->lit.text = scan_literal(&p->s);
	scan_next(&p->s);
	return e;
}

void
parse_push(Parser *p, void *item)
{
	if (p->nstack == p->capstack) {
		int cap = p->capstack == 0 ? 256 : p->capstack * 2;
		void **stack = realloc(p->stack, sizeof *stack * (size_t)cap);

		if (stack == NULL)
			fatal("out of memory");
		p->stack = stack;
		p->capstack = cap;
	}
	p->stack[p->nstack++] = item;
}

int
parse_take(Parser *p, int mark, void ***at)
{
	int n = p->nstack - mark;

	*at = n > 0 ? arena_dup(p->a, p->stack + mark, sizeof *p->stack * (size_t)n) : NULL;
	p->nstack = mark;
	return n;
}

/* ---- files ---- */

static void
start(Parser *p, Arena *a, SrcFile *src, Bytes text, unsigned flags)
{
	const char *base = path_base(pos_filename(src));

	memset(p, 0, sizeof *p);
	p->a = a;
	p->flags = flags;
	p->top = true;
	p->cgofile = strncmp(base, "_cgo_", 5) == 0;
	p->file = NEW(a, File);
	p->file->src = src;
	p->file->text = text;
	p->s.error = lexicalerror;
	p->s.directive = parse_directive;
	scan_init(&p->s, src, text);
	scan_next(&p->s);
}

/* What may stand where a declaration should. */
static void
notadecl(Parser *p)
{
	Decl *last = p->nstack > 0 ? p->stack[p->nstack - 1] : NULL;

	if (p->s.tok == TK_LBRACE && last != NULL && last->kind == DE_FUNC && last->func.body == NULL)
		parse_syntax(p, "unexpected semicolon or newline before {");
	else
		parse_syntax(p, "non-declaration statement outside function body");
}

static void
toplevel(Parser *p)
{
	static const TokenSet starters = SET(TK_IMPORT) | SET(TK_CONST) | SET(TK_TYPE) | SET(TK_VAR) | SET(TK_FUNC);
	Token prev = TK_IMPORT;

	while (p->s.tok != TK_EOF) {
		size_t off = p->s.off;
		Token t = p->s.tok;
		Decl *d;

		if (t == TK_IMPORT && prev != TK_IMPORT)
			parse_syntax(p, "imports must appear before other declarations");
		if (t != TK_IMPORT && p->flags & PARSE_IMPORTS)
			return;
		prev = t;
		switch (t) {
		case TK_IMPORT:
			scan_next(&p->s);
			parse_declgroup(p, DE_IMPORT);
			break;
		case TK_CONST:
			scan_next(&p->s);
			parse_declgroup(p, DE_CONST);
			break;
		case TK_TYPE:
			scan_next(&p->s);
			parse_declgroup(p, DE_TYPE);
			break;
		case TK_VAR:
			scan_next(&p->s);
			parse_declgroup(p, DE_VAR);
			break;
		case TK_FUNC:
			scan_next(&p->s);
			d = parse_func(p, off);
			parse_push(p, d);
			break;
		default:
			notadecl(p);
			parse_advance(p, starters);
			continue;
		}
		/* Before the semicolon is taken, since the comments after it may belong to the next declaration. */
		parse_clearpragmas(p);
		if (p->s.tok != TK_EOF && !parse_got(p, TK_SEMI)) {
			parse_unexpected(p, " after top level declaration");
			parse_advance(p, starters);
		}
	}
	parse_clearpragmas(p);
}

File *
parse_file(Arena *a, SrcFile *src, Bytes text, unsigned flags)
{
	Parser p;
	File *fl;

	start(&p, a, src, text, flags);
	fl = p.file;
	p.top = false;
	if (!parse_got(&p, TK_PACKAGE)) {
		parse_syntax(&p, "package statement must be first");
		fl->bad = true;
	} else {
		parse_takepragmas(&p, PRAGMA_GOBUILD, NULL);
		fl->pkgname = parse_name(&p);
		parse_want(&p, TK_SEMI);
		fl->bad = p.nerrors > 0;
	}
	if (!fl->bad) {
		toplevel(&p);
		TAKE(&p, 0, &fl->decls);
		if (p.badtag != NULL && p.nerrors == 0)
			parse_errorat(&p, p.badtag->pos, "invalid syntax tree: incorrect tag syntax: \"%s\"",
			    p.badtag->lit.text);
	}
	for (int i = 0; i < fl->linknames.n && !fl->importsunsafe && !(flags & PARSE_IMPORTS); i++)
		diag_error(fl->linknames.at[i].pos, "//go:linkname only allowed in Go files that import \"unsafe\"");
	if (fl->pkgname == NULL)
		fl->pkgname = parse_newname(&p, pos_make(src, 0), intern_str("_"));
	free(p.stack);
	return fl;
}

Decl *
parse_funcdecl(Arena *a, SrcFile *src, Bytes text)
{
	Parser p;
	Decl *d;

	start(&p, a, src, text, PARSE_STD | PARSE_RUNTIME);
	p.top = false;
	parse_want(&p, TK_FUNC);
	d = parse_func(&p, 0);
	d->file = NULL;
	free(p.stack);
	return d;
}
