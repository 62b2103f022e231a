/*
 * check_report.c - how the checker words things: errors, operands, positions.
 *
 * Source: the wording of gc 1.23, which tests and editors match.
 */
#include "types/check.h"

void
ck_error(Checker *k, Pos p, const char *fmt, ...)
{
	Buf b = { 0 };
	va_list ap;
	char text[512], *msg = text;
	int n;
	const char *first;

	assert(fmt != NULL);
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	if (n >= (int)sizeof text) {
		msg = arena_alloc(perm, (size_t)n + 1);
		va_start(ap, fmt);
		vsnprintf(msg, (size_t)n + 1, fmt, ap);
		va_end(ap);
	}
	/* What follows from an earlier error is not worth a message. */
	if (k->nerrors > 0) {
		first = strstr(msg, "invalid operand");
		if (first != NULL && first != msg)
			return;
		first = strstr(msg, "invalid type");
		if (first != NULL && first != msg)
			return;
	}
	k->nerrors++;
	if (k->env.errpos != 0)
		p = k->env.errpos;
	first = strstr(msg, "requires go1.");
	buf_str(&b, msg);
	if (first != NULL && strstr(first, " or later") != NULL)
		buf_str(&b, ck_versionsuffix(k));
	diag_error(p, "%s", buf_cstr(&b));
	buf_free(&b);
}

const char *
ck_posstr(Pos p)
{
	Loc l = pos_loc(p);

	return l.col > 0 ? intern_printf("%s:%d:%d", l.file, l.line, l.col) : intern_printf("%s:%d", l.file, l.line);
}

const char *
ck_altdecl(Obj *o)
{
	if (o->expoff != 0)
		obj_type(o);	/* reads the position too */
	if (o->pos == 0)
		return "";
	return intern_printf("\n\t%s: other declaration of %s", ck_posstr(o->pos), o->name);
}

const char *
ck_tstr(Checker *k, Type *t)
{
	(void)k;
	return t != NULL ? type_string(t, type_curpkg) : "<nil>";
}

static const char *const modename[] = {
	[MODE_NONE] = "invalid operand",
	[MODE_NOVALUE] = "no value",
	[MODE_BUILTIN] = "built-in",
	[MODE_TYPE] = "type",
	[MODE_CONST] = "constant",
	[MODE_VAR] = "variable",
	[MODE_MAPINDEX] = "map index expression",
	[MODE_VALUE] = "value",
	[MODE_NIL] = "nil",
	[MODE_COMMAOK] = "comma, ok expression",
	[MODE_PACKAGE] = "package",
};

const char *
ck_str(Operand *x)
{
	Buf b = { 0 };
	const char *expr = NULL, *r;
	bool hastype = false;

	if (x->mode == MODE_NIL) {
		if (x->t == NULL || !ck_valid(x->t))
			return "nil (with invalid type)";
		if (x->t->kind == T_UNTYPED_NIL)
			return "nil";
		return intern_printf("nil (of type %s)", type_string(x->t, type_curpkg));
	}
	if (x->e != NULL)
		expr = expr_string(x->e);
	else if (x->mode == MODE_BUILTIN)
		expr = builtin_info[x->builtin].name;
	else if (x->mode == MODE_TYPE)
		expr = type_string(x->t, type_curpkg);
	else if (x->mode == MODE_CONST)
		expr = const_string_repr(x->cv);
	if (expr != NULL) {
		buf_str(&b, expr);
		buf_str(&b, " (");
	}
	if (x->mode > MODE_TYPE && x->t != NULL) {
		if (type_isuntyped(x->t)) {
			buf_str(&b, x->t->basic.name);
			buf_byte(&b, ' ');
		} else {
			hastype = true;
		}
	}
	buf_str(&b, modename[x->mode]);
	if (x->mode == MODE_CONST) {
		const char *v = const_string_repr(x->cv);

		if (expr == NULL || strcmp(v, expr) != 0) {
			buf_byte(&b, ' ');
			buf_str(&b, v);
		}
	}
	if (hastype) {
		if (ck_valid(x->t)) {
			buf_str(&b, ck_isgeneric(x->t) ? " of generic type " : " of type ");
			buf_str(&b, type_string(x->t, type_curpkg));
			if (x->t->kind == T_TPARAM) {
				TypeSet *ts = type_typeset(type_under(x->t));

				buf_str(&b, " constrained by ");
				buf_str(&b, type_string(x->t->tp.bound, type_curpkg));
				if (!ts->all && ts->terms.n == 0)
					buf_str(&b, " with empty type set");
			}
		} else {
			buf_str(&b, " with invalid type");
		}
	}
	if (expr != NULL)
		buf_byte(&b, ')');
	r = intern((const char *)b.p, b.n);
	buf_free(&b);
	return r;
}

const char *
ck_kindstr(Checker *k, Type *t)
{
	switch (ck_under(t)->kind) {
	case T_ARRAY:
		return "array";
	case T_SLICE:
		return "slice";
	case T_STRUCT:
		return "struct";
	case T_PTR:
		return "pointer";
	case T_FUNC:
		return "func";
	case T_INTERFACE:
		return t->kind == T_TPARAM ? intern_printf("type parameter %s", ck_tstr(k, t)) : "interface";
	case T_MAP:
		return "map";
	case T_CHAN:
		return "chan";
	default:
		return ck_tstr(k, t);
	}
}

/* "(int, number, ...string)": what was given or wanted in a call or return. */
const char *
ck_tlist(Checker *k, Type **t, int n, bool variadic)
{
	Buf b = { 0 };
	const char *r;

	buf_byte(&b, '(');
	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_str(&b, ", ");
		if (t[i] == NULL || !ck_valid(t[i])) {
			buf_str(&b, "unknown type");
		} else if (type_isuntyped(t[i])) {
			if (type_isnumeric(t[i]))
				buf_str(&b, "number");
			else
				buf_str(&b,
				    strncmp(t[i]->basic.name, "untyped ", 8) == 0 ? t[i]->basic.name + 8 :
										    t[i]->basic.name);
		} else if (variadic && i == n - 1 && t[i]->kind == T_SLICE) {
			buf_str(&b, "...");
			buf_str(&b, ck_tstr(k, t[i]->elem));
		} else {
			buf_str(&b, ck_tstr(k, t[i]));
		}
	}
	buf_byte(&b, ')');
	r = intern((const char *)b.p, b.n);
	buf_free(&b);
	return r;
}

Pos
ck_start(const Expr *e)
{
	for (;;) {
		switch (e->kind) {
		case EX_COMPOSITE:
			if (e->composite.type == NULL)
				return e->pos;
			e = e->composite.type;
			break;
		case EX_KEYVALUE:
		case EX_BINARY:
			e = e->binary.x;
			break;
		case EX_SELECTOR:
			e = e->selector.x;
			break;
		case EX_INDEX:
			e = e->index.x;
			break;
		case EX_ASSERT:
			e = e->assert.x;
			break;
		case EX_CALL:
			e = e->call.fn;
			break;
		default:
			return e->pos;
		}
	}
}

Pos
ck_stmtstart(const Stmt *s)
{
	switch (s->kind) {
	case ST_SEND:
		return ck_start(s->send.ch);
	case ST_INCDEC:
	case ST_ASSIGN:
	case ST_DEFINE:
		return s->assign.lhs.n > 0 ? ck_start(s->assign.lhs.at[0]) : s->pos;
	default:
		return s->pos;
	}
}
