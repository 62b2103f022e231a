/*
 * check_literal.c - basic and composite literals.
 */
#include "types/check.h"

/* Number syntax that came with Go 1.13. */
static void
litversion(Checker *k, Expr *e)
{
	const char *s = e->lit.text;

	if (s[0] == '\0' || s[1] == '\0' || s[2] == '\0' || ck_allow(k, 13))
		return;
	if (strchr(s, '_') != NULL)
		ck_require(k, e->pos, 13, "underscore in numeric literal");
	else if (s[0] != '0')
		return;
	else if (s[1] == 'b' || s[1] == 'B')
		ck_require(k, e->pos, 13, "binary literal");
	else if (s[1] == 'o' || s[1] == 'O')
		ck_require(k, e->pos, 13, "0o/0O-style octal literal");
	else if (e->op != LIT_INT && (s[1] == 'x' || s[1] == 'X'))
		ck_require(k, e->pos, 13, "hexadecimal floating-point literal");
}

bool
ck_basiclit(Checker *k, Operand *x, Expr *e)
{
	static const uint8_t kinds[] = {
		[LIT_INT] = T_UNTYPED_INT,
		[LIT_FLOAT] = T_UNTYPED_FLOAT,
		[LIT_IMAG] = T_UNTYPED_COMPLEX,
		[LIT_CHAR] = T_UNTYPED_RUNE,
		[LIT_STRING] = T_UNTYPED_STRING,
	};

	if (e->bad)
		return false;
	if (e->op <= LIT_IMAG) {
		size_t n = intern_len(e->lit.text);

		litversion(k, e);
		if (n > 10000) {
			ck_error(k, e->pos, "excessively long constant: %.10s... (%zu chars)", e->lit.text, n);
			return false;
		}
	}
	x->cv = const_literal((LitKind)e->op, e->lit.text);
	if (x->cv == NULL || x->cv->kind == CONST_UNKNOWN) {
		ck_error(k, e->pos, "malformed constant: %s", e->lit.text);
		return false;
	}
	x->mode = MODE_CONST;
	x->t = typ[kinds[e->op]];
	x->e = e;
	ck_overflow(k, x, e->pos);
	return true;
}

/* ---- composite literals ---- */

static int
fieldindex(Type *st, Package *pkg, const char *name, bool fold)
{
	if (name[0] == '_' && name[1] == '\0')
		return -1;
	for (int i = 0; i < st->st.fields.n; i++) {
		Obj *f = st->st.fields.at[i];

		if (obj_sameid(f, pkg, name))
			return i;
		if (fold && strcasecmp(f->name, name) == 0 &&
		    (f->exported || f->pkg == pkg || strcmp(f->name + 1, name + 1) == 0))
			return i;
	}
	return -1;
}

static void
unknownfield(Checker *k, Type *st, Type *base, Expr *key)
{
	const char *name = key->name.text, *ts = ck_tstr(k, base);
	int j = fieldindex(st, k->pkg, name, true);
	Obj *alt = j >= 0 ? st->st.fields.at[j] : NULL;
	bool exported = name[0] >= 'A' && name[0] <= 'Z';

	/* An unexported field of another package by its very name. */
	for (int i = 0; alt == NULL && !ck_isblank(key) && i < st->st.fields.n; i++)
		if (st->st.fields.at[i]->name == name)
			alt = st->st.fields.at[i];
	if (alt != NULL &&
	    (alt->pkg == k->pkg || (exported && alt->exported) ||
		(!exported && alt->exported && strcmp(name + 1, alt->name + 1) == 0)))
		ck_error(k, key->pos, "unknown field %s in struct literal of type %s, but does have %s", name, ts,
		    alt->name);
	else if (alt != NULL && exported && !alt->exported && strcmp(name + 1, alt->name + 1) == 0)
		ck_error(k, key->pos, "unknown field %s in struct literal of type %s, but does have unexported %s",
		    name, ts, alt->name);
	else if (alt != NULL && strcmp(name, alt->name) == 0)
		ck_error(k, key->pos, "cannot refer to unexported field %s in struct literal of type %s", alt->name,
		    ts);
	else
		ck_error(k, key->pos, "unknown field %s in struct literal of type %s", name, ts);
}

static void
structlit(Checker *k, Expr *e, Type *st, Type *base)
{
	ExprVec *elems = &e->composite.elems;
	ObjVec *fields = &st->st.fields;
	Operand x;

	if (elems->n == 0)
		return;
	if (elems->at[0]->kind == EX_KEYVALUE) {
		bool small[64] = { false }, *seen = fields->n <= 64 ? small : NEWN(perm, bool, fields->n);

		for (int i = 0; i < elems->n; i++) {
			Expr *kv = elems->at[i], *key;
			int j;

			if (kv->kind != EX_KEYVALUE) {
				ck_error(k, ck_start(kv),
				    "mixture of field:value and value elements in struct literal");
				continue;
			}
			key = kv->binary.x;
			if (key->kind == EX_NAME && (j = fieldindex(st, k->pkg, key->name.text, false)) >= 0) {
				Obj *f = fields->at[j];
				Type *ft = f->type, *fu = ck_under(ft);
				Target tg = { fu, f->name };

				/* gc gives no target here; a generic function needs its arguments written out. */
				(void)tg;
				ck_expr(k, NULL, &x, kv->binary.y);
				key->name.obj = f;
				ck_assignment(k, &x, ft, "struct literal");
				if (seen[j])
					ck_error(k, ck_start(kv), "duplicate field name %s in struct literal",
					    key->name.text);
				seen[j] = true;
				continue;
			}
			ck_expr(k, NULL, &x, kv->binary.y);
			if (key->kind != EX_NAME)
				ck_error(k, ck_start(kv), "invalid field name %s in struct literal", expr_string(key));
			else
				unknownfield(k, st, base, key);
		}
		return;
	}
	for (int i = 0; i < elems->n; i++) {
		Expr *v = elems->at[i];

		if (v->kind == EX_KEYVALUE) {
			ck_error(k, ck_start(v), "mixture of field:value and value elements in struct literal");
			continue;
		}
		ck_expr(k, NULL, &x, v);
		if (i >= fields->n) {
			ck_error(k, ck_xpos(&x), "too many values in struct literal of type %s", ck_tstr(k, base));
			break;
		}
		if (!fields->at[i]->exported && fields->at[i]->pkg != k->pkg) {
			ck_error(k, ck_xpos(&x),
			    "implicit assignment to unexported field %s in struct literal of type %s",
			    fields->at[i]->name, ck_tstr(k, base));
			continue;
		}
		ck_assignment(k, &x, fields->at[i]->type, "struct literal");
	}
	if (elems->n < fields->n)
		ck_error(k, e->composite.rbrace, "too few values in struct literal of type %s", ck_tstr(k, base));
}

/* One text for each constant map key, the same for equal values of different numeric kinds. */
static const char *
keytext(const Const *c)
{
	Const *i;
	int64_t v;

	switch (c->kind) {
	case CONST_BOOL:
		return c->b ? "true" : "false";
	case CONST_STRING: {
			char *buf = arena_alloc(perm, c->s.n + 2);
			const char *r;

			buf[0] = '"';
			memcpy(buf + 1, c->s.p, c->s.n);
			r = intern(buf, c->s.n + 1);
			return r;
		}
	case CONST_UNKNOWN:
		return NULL;
	}
	i = const_toint(c);
	if (i->kind == CONST_INT && const_isint64(i, &v))
		return intern_printf("%lld", (long long)v);
	if (i->kind == CONST_INT)
		return intern_printf("u%llx", (unsigned long long)const_bits(i));
	if (c->kind == CONST_COMPLEX)
		return intern_printf("%a,%a", const_float64(const_real(c)), const_float64(const_imag(c)));
	return intern_printf("%a", const_float64(c));
}

typedef struct {
	TypeVec types;
} SeenKey;

static void
maplit(Checker *k, Expr *e, Type *m)
{
	bool iface = ck_nontpiface(m->key);
	Map *seen = e->composite.elems.n > 1 ? map_new(perm) : NULL;
	Operand x;

	for (int i = 0; i < e->composite.elems.n; i++) {
		Expr *kv = e->composite.elems.at[i];

		if (kv->kind != EX_KEYVALUE) {
			ck_error(k, ck_start(kv), "missing key in map literal");
			continue;
		}
		ck_exprhint(k, &x, kv->binary.x, m->key);
		ck_assignment(k, &x, m->key, "map literal");
		if (x.mode == MODE_NONE)
			continue;
		if (x.mode == MODE_CONST && seen != NULL) {
			const char *key = keytext(x.cv);
			SeenKey *s = key != NULL ? map_get(seen, intern_str(key)) : NULL;
			bool dup = false;

			if (s == NULL && key != NULL) {
				s = NEW(perm, SeenKey);
				map_set(seen, intern_str(key), s);
			} else if (s != NULL) {
				dup = !iface;
				for (int j = 0; j < s->types.n; j++)
					dup |= type_identical(s->types.at[j], x.t);
			}
			if (s != NULL)
				vec_push(perm, &s->types, x.t);
			if (dup) {
				ck_error(k, ck_xpos(&x), "duplicate key %s in map literal", const_string_repr(x.cv));
				continue;
			}
		}
		ck_exprhint(k, &x, kv->binary.y, m->elem);
		ck_assignment(k, &x, m->elem, "map literal");
	}
}

bool
ck_composite(Checker *k, Operand *x, Expr *e, Type *hint)
{
	Expr *te = e->composite.type;
	Type *t, *base, *u;

	if (te != NULL) {
		if (te->kind == EX_ARRAYTYPE && te->array.len == NULL) {
			/* [...]T: the length is counted. */
			t = type_array(ck_vartype(k, te->array.elem), -1);
		} else {
			t = ck_type(k, te);
		}
		base = t;
	} else if (hint != NULL) {
		Type *core = type_core(hint);

		t = hint;
		base = core;
		if (core != NULL) {
			bool isptr;

			/* *T stands for &T{...}. */
			base = type_deref(core, &isptr);
			e->isptr = isptr;
		}
		if (base == NULL) {
			ck_error(k, ck_start(e), "invalid composite literal element type %s (no core type)",
			    ck_tstr(k, t));
			return false;
		}
	} else {
		ck_error(k, ck_start(e), "missing type in composite literal");
		return false;
	}
	u = type_core(base);
	if (base->kind == T_NAMED && base->named.obj->color == 1 && base->named.obj->pkg == k->pkg && u != NULL &&
	    ((u->kind == T_STRUCT && u->st.fields.n == 0 && e->composite.elems.n == 0 && !base->complete) ||
	     ((u->kind == T_ARRAY || u->kind == T_SLICE || u->kind == T_MAP) && !ck_valid(u->elem)))) {
		/* Its own declaration needs the value of the literal. */
		ck_error(k, ck_start(e), "invalid recursive type");
		return false;
	}
	switch (u != NULL ? u->kind : T_TUPLE) {
	case T_STRUCT:
		structlit(k, e, u, base);
		break;
	case T_ARRAY: {
		int64_t n = ck_elements(k, &e->composite.elems, u->elem, u->len);

		if (u->len < 0) {
			u->len = n;
			if (te != NULL)
				ck_settypeexpr(te, u);
		}
		break;
	}
	case T_SLICE:
		ck_elements(k, &e->composite.elems, u->elem, -1);
		break;
	case T_MAP:
		maplit(k, e, u);
		break;
	default:
		for (int i = 0; i < e->composite.elems.n; i++) {
			Expr *v = e->composite.elems.at[i];

			ck_use(k, v->kind == EX_KEYVALUE ? v->binary.y : v);
		}
		if (u == NULL || ck_valid(u)) {
			ck_error(k, ck_start(e), "invalid composite literal type %s", ck_tstr(k, t));
			return false;
		}
		break;
	}
	x->mode = MODE_VALUE;
	x->t = t;
	return true;
}
