/* parse_type.c - types, parameters and type arguments. Source: The Go Programming Language Specification, "Types". */
#include "syntax/parse.h"

static bool
atop(const Parser *p, Token op)
{
	return p->s.tok == op;
}

static Field *
newfield(Parser *p, Pos pos, Expr *name, Expr *type)
{
	Field *f = NEW(p->a, Field);

	f->pos = pos;
	f->name = name;
	f->type = type;
	return f;
}

static Expr *
star(Parser *p, Pos pos, Expr *elem)
{
	Expr *e = parse_new(p, EX_STAR, pos);

	e->unary.x = elem;
	return e;
}

Expr *
parse_type(Parser *p)
{
	Expr *e = parse_typeornull(p);

	if (e == NULL) {
		e = parse_bad(p);
		parse_unexpected(p, ", expected type");
		parse_advance(p,
		    SET(TK_COMMA) | SET(TK_COLON) | SET(TK_SEMI) | SET(TK_RPAREN) | SET(TK_RBRACK) | SET(TK_RBRACE));
	}
	return e;
}

/* Type { "," Type } [ "," ]; unless strict the first may be any expression. */
bool
parse_typelist(Parser *p, bool strict, ExprVec *out)
{
	int mark = p->nstack;
	bool comma = false;

	p->xnest++;
	parse_push(p, strict ? parse_type(p) : parse_expr(p));
	while (parse_got(p, TK_COMMA)) {
		Expr *e = parse_typeornull(p);

		comma = true;
		if (e == NULL)
			break;
		parse_push(p, e);
	}
	p->xnest--;
	TAKE(p, mark, out);
	return comma;
}

/* Name, pkg.Name, either with type arguments. name: already read, or NULL. */
static Expr *
qualified(Parser *p, Expr *name)
{
	Expr *x = name, *e;

	if (x == NULL && p->s.tok == TK_NAME)
		x = parse_name(p);
	else if (x == NULL) {
		x = parse_newname(p, parse_pos(p), intern_str("_"));
		parse_unexpected(p, ", expected name");
		parse_advance(p, SET(TK_DOT) | SET(TK_SEMI) | SET(TK_RBRACE));
	}
	if (p->s.tok == TK_DOT) {
		e = parse_new(p, EX_SELECTOR, parse_pos(p));
		scan_next(&p->s);
		e->selector.x = x;
		e->selector.sel = parse_name(p);
		x = e;
	}
	if (p->s.tok == TK_LBRACK) {
		e = parse_new(p, EX_INDEX, parse_pos(p));
		scan_next(&p->s);
		e->index.x = x;
		if (p->s.tok == TK_RBRACK) {
			int mark = p->nstack;

			parse_unexpected(p, ", expected type argument list");
			parse_push(p, parse_bad(p));
			TAKE(p, mark, &e->index.index);
		} else
			parse_typelist(p, true, &e->index.index);
		parse_want(p, TK_RBRACK);
		x = e;
	}
	return x;
}

Expr *
parse_arraytype(Parser *p, Pos pos, Expr *len)
{
	Expr *e;

	if (len == NULL && !parse_got(p, TK_ELLIPSIS)) {
		p->xnest++;
		len = parse_expr(p);
		p->xnest--;
	}
	if (p->s.tok == TK_COMMA) {
		parse_syntax(p, "unexpected comma; expected ]");	/* fine in type parameter lists only */
		scan_next(&p->s);
	}
	parse_want(p, TK_RBRACK);
	e = parse_new(p, EX_ARRAYTYPE, pos);
	e->array.len = len;
	e->array.elem = parse_type(p);
	return e;
}

Expr *
parse_slicetype(Parser *p, Pos pos)
{
	Expr *e = parse_new(p, EX_SLICETYPE, pos);

	e->unary.x = parse_type(p);
	return e;
}

static Expr *
chantype(Parser *p, Pos pos, ChanDir dir)
{
	Expr *e = parse_new(p, EX_CHANTYPE, pos);

	e->op = (uint8_t)dir;
	e->chan.elem = parse_typeornull(p);
	if (e->chan.elem == NULL) {
		e->chan.elem = parse_bad(p);
		parse_syntax(p, "missing channel element type");
	}
	return e;
}

/* The [ of "name [" is current: an array or slice type, or an EX_INDEX whose x the caller fills in. */
static Expr *
arrayortypeargs(Parser *p)
{
	Pos pos = parse_pos(p);
	ExprVec list = { 0 };
	Expr *e, *elem;
	bool comma;

	parse_want(p, TK_LBRACK);
	if (parse_got(p, TK_RBRACK))
		return parse_slicetype(p, pos);
	comma = parse_typelist(p, false, &list);
	parse_want(p, TK_RBRACK);
	if (!comma && (elem = parse_typeornull(p)) != NULL) {
		e = parse_new(p, EX_ARRAYTYPE, pos);
		e->array.len = list.at[0];
		e->array.elem = elem;
		return e;
	}
	e = parse_new(p, EX_INDEX, pos);
	e->index.index = list;
	return e;
}

/* ---- structs ---- */

/* Reads the tag, if any, and gives it to the fields pushed since mark. */
static void
tag(Parser *p, int mark)
{
	Expr *lit = parse_literalornull(p);
	const char *text;
	Buf b = { 0 };

	if (lit == NULL || lit->bad)
		return;
	if (lit->op != LIT_STRING) {
		if (p->badtag == NULL)
			p->badtag = lit;
		return;
	}
	lit_string(&b, lit->lit.text);
	text = intern((const char *)b.p, b.n);
	for (int i = mark; i < p->nstack; i++) {
		Field *f = p->stack[i];

		f->tag = text;
		f->taglen = (uint32_t)b.n;
	}
	buf_free(&b);
}

static void
embed(Parser *p, Pos pos, Expr *type)
{
	Field *f = newfield(p, pos, NULL, type);
	int mark = p->nstack;

	f->embedded = 1;
	parse_push(p, f);
	tag(p, mark);
}

/* The names after the first and the type of "a, b T", where first was read. */
static void
namedfields(Parser *p, Expr *first)
{
	int mark = p->nstack;
	Expr *type;

	parse_push(p, newfield(p, first->pos, first, NULL));
	while (parse_got(p, TK_COMMA)) {
		Expr *name = parse_name(p);

		parse_push(p, newfield(p, name->pos, name, NULL));
	}
	if (p->nstack == mark + 1 && p->s.tok == TK_LBRACK) {
		/* A field T of array type, or an embedded T[P]. */
		type = arrayortypeargs(p);
		if (type->kind == EX_INDEX) {
			p->nstack = mark;
			type->index.x = first;
			embed(p, first->pos, type);
			return;
		}
	} else
		type = parse_type(p);
	for (int i = mark; i < p->nstack; i++) {
		Field *f = p->stack[i];

		f->type = type;
		f->sametype = i > mark;
	}
	tag(p, mark);
}

static void
field(Parser *p)
{
	Pos pos = parse_pos(p), starpos = 0;
	Expr *x;

	switch (p->s.tok) {
	case TK_NAME:
		x = parse_name(p);
		if (p->s.tok == TK_DOT || p->s.tok == TK_LITERAL || p->s.tok == TK_SEMI || p->s.tok == TK_RBRACE)
			embed(p, pos, qualified(p, x));
		else
			namedfields(p, x);
		break;
	case TK_MUL:
		scan_next(&p->s);
		if (p->s.tok == TK_LPAREN) {
			parse_syntax(p, "cannot parenthesize embedded type");
			scan_next(&p->s);
			x = qualified(p, NULL);
			parse_got(p, TK_RPAREN);
		} else
			x = qualified(p, NULL);
		embed(p, pos, star(p, pos, x));
		break;
	case TK_LPAREN:
		parse_syntax(p, "cannot parenthesize embedded type");
		scan_next(&p->s);
		if (p->s.tok == TK_MUL) {
			starpos = parse_pos(p);
			scan_next(&p->s);
		}
		x = qualified(p, NULL);
		if (starpos != 0)
			x = star(p, starpos, x);
		parse_got(p, TK_RPAREN);
		embed(p, pos, x);
		break;
	default:
		parse_unexpected(p, ", expected field name or embedded type");
		parse_advance(p, SET(TK_SEMI) | SET(TK_RBRACE));
	}
}

static Expr *
structtype(Parser *p)
{
	Expr *e = parse_new(p, EX_STRUCTTYPE, parse_pos(p));
	int mark = p->nstack;

	parse_want(p, TK_STRUCT);
	parse_want(p, TK_LBRACE);
	while (p->s.tok != TK_EOF && p->s.tok != TK_RBRACE) {
		field(p);
		if (!parse_sep(p, "struct type", TK_SEMI, TK_RBRACE))
			goto out;
	}
	parse_want(p, TK_RBRACE);
out:
	TAKE(p, mark, &e->structt.fields);
	return e;
}

/* ---- interfaces and constraints ---- */

static Expr *
term(Parser *p)
{
	Expr *e;

	if (atop(p, TK_TILDE)) {
		e = parse_new(p, EX_UNARY, parse_pos(p));
		e->op = TK_TILDE;
		scan_next(&p->s);
		e->unary.x = parse_type(p);
		return e;
	}
	e = parse_typeornull(p);
	if (e == NULL) {
		e = parse_bad(p);
		parse_unexpected(p, ", expected ~ term or type");
		parse_advance(p, SET(TK_OROR) | SET(TK_SEMI) | SET(TK_RPAREN) | SET(TK_RBRACK) | SET(TK_RBRACE));
	}
	return e;
}

/* x | term | ...; x NULL: not yet read. */
static Expr *
unionof(Parser *p, Expr *x)
{
	if (x == NULL)
		x = term(p);
	for (int n = 0; atop(p, TK_OR); n++) {
		Expr *e = parse_new(p, EX_BINARY, parse_pos(p));

		if (n == MAXCHAIN) {
			parse_errorat(p, parse_pos(p), "exceeded max nesting depth");
			scan_stop(&p->s);
			break;
		}
		e->op = TK_OR;
		scan_next(&p->s);
		e->binary.x = x;
		e->binary.y = term(p);
		x = e;
	}
	return x;
}

static void
method(Parser *p, Field *f, Expr *name)
{
	FieldVec tparams = { 0 };

	f->name = name;
	f->type = parse_functype(p, "interface method", &tparams);
}

/* "name [" in an interface: a generic method, which is an error, or an embedded T[P]. */
static void
methodorinstance(Parser *p, Field *f, Expr *name)
{
	Pos pos = parse_pos(p), inner;
	FieldVec list = { 0 };
	Expr *e;

	scan_next(&p->s);
	if (p->s.tok == TK_RBRACK) {
		inner = parse_pos(p);
		scan_next(&p->s);
		if (p->s.tok == TK_LPAREN) {
			parse_errorat(p, inner, "empty type parameter list");
			method(p, f, name);
		} else {
			parse_errorat(p, inner, "empty type argument list");
			f->type = name;
		}
		return;
	}
	parse_params(p, NULL, NULL, TK_RBRACK, false, &list);
	if (list.n == 0) {	/* because of errors */
		if (p->s.tok == TK_LPAREN)
			method(p, f, name);
		else
			f->type = name;
		return;
	}
	if (list.at[0]->name != NULL) {
		method(p, f, name);
		parse_errorat(p, pos, "interface method must have no type parameters");
		return;
	}
	e = parse_new(p, EX_INDEX, pos);
	e->index.x = name;
	for (int i = 0; i < list.n; i++)
		vec_push(p->a, &e->index.index, list.at[i]->type);
	f->type = e;
}

static Expr *
interfacetype(Parser *p)
{
	Expr *e = parse_new(p, EX_INTERFACETYPE, parse_pos(p));
	int mark = p->nstack;

	parse_want(p, TK_INTERFACE);
	parse_want(p, TK_LBRACE);
	while (p->s.tok != TK_EOF && p->s.tok != TK_RBRACE) {
		Field *f = newfield(p, parse_pos(p), NULL, NULL);

		if (p->s.tok == TK_NAME) {
			Expr *name = parse_name(p);

			if (p->s.tok == TK_LPAREN)
				method(p, f, name);
			else if (p->s.tok == TK_LBRACK)
				methodorinstance(p, f, name);
			else
				f->type = qualified(p, name);
		}
		if (f->name == NULL) {
			f->type = unionof(p, f->type);
			f->embedded = 1;
		}
		parse_push(p, f);
		if (!parse_sep(p, "interface type", TK_SEMI, TK_RBRACE))
			goto out;
	}
	parse_want(p, TK_RBRACE);
out:
	TAKE(p, mark, &e->iface.elems);
	return e;
}

/* ---- functions ---- */

/* One parameter: either part may be missing, which is sorted out at the end of the list. NULL after an error. */
static Field *
param(Parser *p, Expr *name, Token close)
{
	bool sets = close == TK_RBRACK;		/* type parameters: ~T and A | B are allowed */
	Pos pos = name != NULL ? name->pos : parse_pos(p);
	Field *f = newfield(p, pos, NULL, NULL);

	if (name == NULL && sets && atop(p, TK_TILDE)) {
		f->type = unionof(p, NULL);
		return f;
	}
	if (name == NULL && p->s.tok == TK_NAME)
		name = parse_name(p);
	if (name != NULL) {
		if (p->s.tok == TK_LBRACK) {
			f->type = arrayortypeargs(p);
			if (f->type->kind == EX_INDEX)
				f->type->index.x = name;
			else
				f->name = name;
			if (sets && atop(p, TK_OR))
				f->type = unionof(p, f->type);
			return f;
		}
		if (p->s.tok == TK_DOT) {
			f->type = qualified(p, name);
			if (sets && atop(p, TK_OR))
				f->type = unionof(p, f->type);
			return f;
		}
		if (sets && atop(p, TK_OR)) {
			f->type = unionof(p, name);
			return f;
		}
		f->name = name;
	}
	if (p->s.tok == TK_ELLIPSIS) {
		Expr *e = parse_new(p, EX_ELLIPSIS, parse_pos(p));

		scan_next(&p->s);
		e->unary.x = parse_typeornull(p);
		if (e->unary.x == NULL) {
			e->unary.x = parse_bad(p);
			parse_syntax(p, "... is missing type");
		}
		f->type = e;
		return f;
	}
	if (sets && atop(p, TK_TILDE)) {
		f->type = unionof(p, NULL);
		return f;
	}
	f->type = parse_typeornull(p);
	if (sets && atop(p, TK_OR) && f->type != NULL)
		f->type = unionof(p, f->type);
	if (f->name != NULL || f->type != NULL)
		return f;
	parse_unexpected(p, ", expected %s", parse_tokenname(close));
	parse_advance(p, SET(TK_COMMA) | SET(close));
	return NULL;
}

/*
 * Gives every parameter of the list its name and type. A lone word may be
 * either: a name if any parameter has both, a type otherwise.
 */
static void
distribute(Parser *p, Field **list, int n, Pos end, bool wantnames)
{
	int named = 0, typed = 0;
	Pos errpos = 0;
	Expr *type = NULL;

	for (int i = 0; i < n; i++) {
		named += list[i]->name != NULL && list[i]->type != NULL;
		typed += list[i]->type != NULL;
	}
	if (named == 0 && !wantnames) {
		for (int i = 0; i < n; i++)
			if (list[i]->name != NULL) {
				list[i]->type = list[i]->name;
				list[i]->name = NULL;
			}
		return;
	}
	if (named == n)
		return;
	for (int i = n - 1; i >= 0; i--) {
		Field *f = list[i];

		if (f->type != NULL) {
			type = f->type;
			if (f->name == NULL) {
				errpos = expr_start(type);
				f->name = parse_newname(p, errpos, intern_str("_"));
			}
		} else if (type != NULL) {
			f->type = type;
			list[i + 1]->sametype = 1;
		} else {
			errpos = f->name->pos;
			f->type = parse_new(p, EX_BAD, errpos);
		}
	}
	if (errpos == 0)
		return;
	if (!wantnames)
		parse_syntaxat(p, errpos, "mixed named and unnamed parameters");
	else if (named == typed)	/* the ones at the end lack a type: the others would have found one */
		parse_syntaxat(p, end, "missing type constraint");
	else
		parse_syntaxat(p, errpos, "missing type parameter name%s", n == 1 ? " or invalid array length" : "");
}

/*
 * A parameter list whose opening is behind us. name: first name, if already
 * read; type: its type, if already read. wantnames: type parameters.
 */
void
parse_params(Parser *p, Expr *name, Expr *type, Token close, bool wantnames, FieldVec *out)
{
	int mark = p->nstack;
	Pos end;

	if (name != NULL && type != NULL && parse_got(p, close)) {
		parse_push(p, newfield(p, name->pos, name, type));
		TAKE(p, mark, out);
		return;
	}
	while (p->s.tok != TK_EOF && p->s.tok != close) {
		Field *f;

		if (type != NULL)
			f = newfield(p, name->pos, name, type);
		else
			f = param(p, name, close);
		name = type = NULL;
		if (f != NULL)
			parse_push(p, f);
		if (!parse_sep(p, "parameter list", TK_COMMA, close)) {
			end = parse_pos(p);
			goto out;
		}
	}
	end = parse_pos(p);
	parse_want(p, close);
out:
	TAKE(p, mark, out);
	distribute(p, out->at, out->n, end, wantnames);
}

/* Signature. context: what this is if type parameters are not allowed, else NULL. */
Expr *
parse_functype(Parser *p, const char *context, FieldVec *tparams)
{
	Expr *e = parse_new(p, EX_FUNCTYPE, parse_pos(p)), *type;
	Pos pos;

	if (parse_got(p, TK_LBRACK)) {
		if (context != NULL)
			parse_syntaxat(p, e->pos, "%s must have no type parameters", context);
		if (p->s.tok == TK_RBRACK) {
			parse_syntax(p, "empty type parameter list");
			scan_next(&p->s);
		} else
			parse_params(p, NULL, NULL, TK_RBRACK, true, tparams);
	}
	parse_want(p, TK_LPAREN);
	parse_params(p, NULL, NULL, TK_RPAREN, false, &e->functype.params);
	if (parse_got(p, TK_LPAREN)) {
		parse_params(p, NULL, NULL, TK_RPAREN, false, &e->functype.results);
		return e;
	}
	pos = parse_pos(p);
	type = parse_typeornull(p);
	if (type != NULL) {
		int mark = p->nstack;

		parse_push(p, newfield(p, pos, NULL, type));
		TAKE(p, mark, &e->functype.results);
	}
	return e;
}

/* ---- all types ---- */

static Expr *
typeornull(Parser *p)
{
	FieldVec tparams = { 0 };
	Pos pos = parse_pos(p);
	Expr *e;

	switch (p->s.tok) {
	case TK_NAME:
		return qualified(p, NULL);
	case TK_MUL:
		scan_next(&p->s);
		return star(p, pos, parse_type(p));
	case TK_ARROW:
		scan_next(&p->s);
		parse_want(p, TK_CHAN);
		return chantype(p, pos, CHAN_RECV);
	case TK_FUNC:
		scan_next(&p->s);
		return parse_functype(p, "function type", &tparams);
	case TK_LBRACK:
		scan_next(&p->s);
		if (parse_got(p, TK_RBRACK))
			return parse_slicetype(p, pos);
		return parse_arraytype(p, pos, NULL);
	case TK_CHAN:
		scan_next(&p->s);
		return chantype(p, pos, parse_got(p, TK_ARROW) ? CHAN_SEND : CHAN_BOTH);
	case TK_MAP:
		scan_next(&p->s);
		parse_want(p, TK_LBRACK);
		e = parse_new(p, EX_MAPTYPE, pos);
		e->binary.x = parse_type(p);
		parse_want(p, TK_RBRACK);
		e->binary.y = parse_type(p);
		return e;
	case TK_STRUCT:
		return structtype(p);
	case TK_INTERFACE:
		return interfacetype(p);
	case TK_LPAREN:
		scan_next(&p->s);
		e = parse_type(p);
		parse_want(p, TK_RPAREN);
		return e;
	default:
		return NULL;
	}
}

Expr *
parse_typeornull(Parser *p)
{
	Expr *e;

	if (!parse_enter(p))
		return NULL;
	e = typeornull(p);
	parse_leave(p);
	return e;
}
