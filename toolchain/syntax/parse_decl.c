/* parse_decl.c - declarations. Source: The Go Programming Language Specification, "Declarations and scope". */
#include "syntax/parse.h"

/* State of a parenthesised group; constants repeat the last spec that had values. */
typedef struct {
	int iota;
	Decl *last;
} Group;

static Decl *
newdecl(Parser *p, DeclKind kind)
{
	Decl *d = NEW(p->a, Decl);

	d->kind = (uint8_t)kind;
	d->pos = parse_pos(p);
	d->file = p->file;
	return d;
}

static Decl *
importspec(Parser *p)
{
	Decl *d = newdecl(p, DE_IMPORT);
	Expr *path;
	Buf b = { 0 };

	parse_takepragmas(p, 0, NULL);
	if (p->s.tok == TK_NAME)
		d->import.name = parse_name(p);
	else if (p->s.tok == TK_DOT) {
		d->import.name = parse_newname(p, parse_pos(p), intern_str("."));
		scan_next(&p->s);
	}
	d->import.pathpos = parse_pos(p);
	path = parse_literalornull(p);
	if (path == NULL) {
		parse_syntax(p, "missing import path");
		parse_advance(p, SET(TK_SEMI) | SET(TK_RPAREN));
		return d;
	}
	if (path->bad)
		return d;
	if (path->op != LIT_STRING) {
		parse_syntaxat(p, path->pos, "import path must be a string");
		return d;
	}
	lit_string(&b, path->lit.text);
	d->import.path = intern((const char *)b.p, b.n);
	buf_free(&b);
	if (strcmp(d->import.path, "unsafe") == 0)
		p->file->importsunsafe = true;
	if (strcmp(d->import.path, "embed") == 0)
		p->file->importsembed = true;
	return d;
}

static void
namelist(Parser *p, ExprVec *out)
{
	int mark = p->nstack;

	do
		parse_push(p, parse_name(p));
	while (parse_got(p, TK_COMMA));
	TAKE(p, mark, out);
}

static Decl *
constspec(Parser *p, Group *g)
{
	Decl *d = newdecl(p, DE_CONST);

	parse_takepragmas(p, 0, NULL);
	namelist(p, &d->value.names);
	if (p->s.tok != TK_EOF && p->s.tok != TK_SEMI && p->s.tok != TK_RPAREN) {
		d->value.type = parse_typeornull(p);
		if (parse_gotassign(p))
			parse_exprlist(p, &d->value.values);
	}
	d->value.iota = g->iota++;
	if (d->value.type != NULL || d->value.values.n > 0)
		g->last = d;
	else
		d->value.inherit = g->last;
	return d;
}

static Decl *
varspec(Parser *p)
{
	Decl *d = newdecl(p, DE_VAR);
	const char *what = NULL;

	parse_takepragmas(p, 0, d);
	namelist(p, &d->value.names);
	if (parse_gotassign(p))
		parse_exprlist(p, &d->value.values);
	else {
		d->value.type = parse_type(p);
		if (parse_gotassign(p))
			parse_exprlist(p, &d->value.values);
	}
	if (d->value.embedpos == 0)
		return d;
	if (!p->file->importsembed)
		what = "only allowed in Go files that import \"embed\"";
	else if (d->value.names.n > 1)
		what = "cannot apply to multiple vars";
	else if (d->value.values.n > 0)
		what = "cannot apply to var with initializer";
	else if (p->fnest > 0)
		what = "cannot apply to var inside func";
	if (what != NULL)
		diag_error(d->value.embedpos, "go:embed %s", what);
	return d;
}

/*
 * Reads x, parsed as an expression after "type T [", as a type parameter and
 * its constraint: P *C and P (C) look like products and calls. Without force
 * only if the constraint can be nothing but a type. Returns the name, NULL if
 * x is no such thing; *type stays NULL if x is the name alone. Rewrites x.
 */
static Expr *
splitparam(Expr *x, bool force, Expr **type)
{
	Expr *name;

	*type = NULL;
	if (x->kind == EX_NAME)
		return x;
	if (x->kind == EX_CALL && x->call.fn->kind == EX_NAME && x->call.args.n == 1 && !x->dots &&
	    (force || parse_istypeelem(x->call.args.at[0]))) {
		*type = x->call.args.at[0];
		return x->call.fn;
	}
	if (x->kind != EX_BINARY)
		return NULL;
	if (x->op == TK_MUL && x->binary.x->kind == EX_NAME && (force || parse_istypeelem(x->binary.y))) {
		Expr *elem = x->binary.y;

		name = x->binary.x;
		memset(&x->binary, 0, sizeof x->binary);
		x->kind = EX_STAR;
		x->op = 0;
		x->unary.x = elem;
		*type = x;
		return name;
	}
	if (x->op == TK_OR) {
		Expr *left;

		name = splitparam(x->binary.x, force || parse_istypeelem(x->binary.y), &left);
		if (name != NULL && left != NULL) {
			x->binary.x = left;
			*type = x;
			return name;
		}
	}
	return NULL;
}

static Decl *
typespec(Parser *p)
{
	Decl *d = newdecl(p, DE_TYPE);
	Expr *x, *name, *constraint;
	Pos pos;

	parse_takepragmas(p, 0, NULL);
	d->type.name = parse_name(p);
	pos = parse_pos(p);
	if (!parse_got(p, TK_LBRACK)) {
		d->type.alias = parse_gotassign(p);
		d->type.type = parse_typeornull(p);
	} else if (p->s.tok == TK_NAME) {
		/*
		 * An array length or type parameters: parse an expression and look at it. Only P [ cannot be an
		 * expression here, since indexing is never constant.
		 */
		x = parse_name(p);
		if (p->s.tok != TK_LBRACK) {
			p->xnest++;
			x = parse_binary(p, parse_primary(p, x, false), 0);
			p->xnest--;
		}
		name = splitparam(x, p->s.tok == TK_COMMA, &constraint);
		if (name != NULL && (constraint != NULL || p->s.tok != TK_RBRACK)) {
			parse_params(p, name, constraint, TK_RBRACK, true, &d->type.tparams);
			d->type.alias = parse_gotassign(p);
			d->type.type = parse_typeornull(p);
		} else
			d->type.type = parse_arraytype(p, pos, x);
	} else if (parse_got(p, TK_RBRACK))
		d->type.type = parse_slicetype(p, pos);
	else
		d->type.type = parse_arraytype(p, pos, NULL);
	if (d->type.type == NULL) {
		d->type.type = parse_bad(p);
		parse_unexpected(p, " in type declaration");
		parse_advance(p, SET(TK_SEMI) | SET(TK_RPAREN));
	}
	return d;
}

static void
spec(Parser *p, DeclKind kind, Group *g)
{
	switch (kind) {
	case DE_IMPORT:
		parse_push(p, importspec(p));
		break;
	case DE_CONST:
		parse_push(p, constspec(p, g));
		break;
	case DE_VAR:
		parse_push(p, varspec(p));
		break;
	case DE_TYPE:
		parse_push(p, typespec(p));
		break;
	default:
		bug("parse: declaration of kind %d in a group", kind);
	}
}

void
parse_declgroup(Parser *p, DeclKind kind)
{
	Group g = { 0, NULL };

	if (p->s.tok != TK_LPAREN) {
		spec(p, kind, &g);
		return;
	}
	parse_clearpragmas(p);	/* before the parenthesis is left: after it they belong to the first spec */
	scan_next(&p->s);
	while (p->s.tok != TK_EOF && p->s.tok != TK_RPAREN) {
		spec(p, kind, &g);
		if (!parse_sep(p, "grouped declaration", TK_SEMI, TK_RPAREN))
			return;
	}
	parse_want(p, TK_RPAREN);
}

/* The P, Q of a receiver (r *T[P, Q]). */
static void
recvtparams(Parser *p, Decl *d)
{
	Expr *t = expr_unparen(d->func.recv->type);
	int mark = p->nstack;

	while (t != NULL && (t->kind == EX_STAR || t->kind == EX_PAREN))
		t = t->unary.x;
	if (t == NULL || t->kind != EX_INDEX)
		return;
	for (int i = 0; i < t->index.index.n; i++) {
		Expr *x = t->index.index.at[i];
		Field *f;

		if (x->kind != EX_NAME)
			continue;
		f = NEW(p->a, Field);
		f->pos = x->pos;
		f->name = x;
		parse_push(p, f);
	}
	TAKE(p, mark, &d->func.recvtparams);
}

/* The word func is behind us; it was at offset start. */
Decl *
parse_func(Parser *p, size_t start)
{
	static const uint32_t allowed = PRAGMA_NOINTERFACE | PRAGMA_NOESCAPE | PRAGMA_NORACE | PRAGMA_NOSPLIT |
	    PRAGMA_NOINLINE | PRAGMA_NOCHECKPTR | PRAGMA_REGISTERPARAMS | PRAGMA_CGOUNSAFEARGS |
	    PRAGMA_UINTPTRKEEPALIVE | PRAGMA_UINTPTRESCAPES | PRAGMA_SYSTEMSTACK | PRAGMA_NOWRITEBARRIER |
	    PRAGMA_NOWRITEBARRIERREC | PRAGMA_YESWRITEBARRIERREC;
	Decl *d = newdecl(p, DE_FUNC);
	bool method = false;

	d->pragma = parse_takepragmas(p, allowed, NULL);
	if (parse_got(p, TK_LPAREN)) {
		FieldVec recv = { 0 };

		method = true;
		parse_params(p, NULL, NULL, TK_RPAREN, false, &recv);
		if (recv.n == 0)
			parse_errorat(p, parse_pos(p), "method has no receiver");
		else {
			if (recv.n > 1)
				parse_errorat(p, parse_pos(p), "method has multiple receivers");
			d->func.recv = recv.at[0];
			recvtparams(p, d);
		}
	}
	if (p->s.tok == TK_NAME) {
		FieldVec tparams = { 0 };

		d->func.name = parse_name(p);
		d->func.type = parse_functype(p, method ? "method" : NULL, &tparams);
		d->func.type->functype.tparams = tparams;
	} else {
		d->func.name = parse_newname(p, parse_pos(p), intern_str("_"));
		d->func.type = parse_new(p, EX_FUNCTYPE, parse_pos(p));
		parse_unexpected(p, method ? ", expected name" : ", expected name or (");
		parse_advance(p, SET(TK_LBRACE) | SET(TK_SEMI));
	}
	if (p->s.tok == TK_LBRACE)
		d->func.body = parse_body(p, start);
	return d;
}
