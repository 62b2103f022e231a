/*
 * check_type.c - type expressions.
 *
 * While a declared type is being built, its right side is known to it from
 * the moment the outermost node exists (ck_setdef), so that what refers back
 * to it finds something. Parts not filled in yet are typ[T_INVALID], never NULL.
 */
#include "types/check.h"

void
ck_settypeexpr(Expr *e, Type *t)
{
	e->mode = ck_valid(t) ? MODE_TYPE : MODE_NONE;
	e->type = t;
	e->untyped = 0;
}

/* def is being declared as t. */
void
ck_setdef(Obj *def, Type *t)
{
	if (def == NULL)
		return;
	if (def->type == NULL) {
		if (def->isalias)
			def->type = t;
	} else if (def->type->kind == T_NAMED && def->type->named.obj == def && !def->isalias) {
		def->type->named.rhs = t;
	}
}

/* ---- variable types ---- */

static void
latervartype(Checker *k, Later *l)
{
	Type *t = l->a;
	Type *u = ck_under(t);

	if (u->kind == T_INTERFACE) {
		TypeSet *ts = type_typeset(u);

		if (!ts->all || ts->comparable) {
			if (ts->comparable)
				ck_error(k, l->pos,
				    "cannot use type %s outside a type constraint: interface is (or embeds) comparable",
				    ck_tstr(k, t));
			else
				ck_error(k, l->pos,
				    "cannot use type %s outside a type constraint: interface contains type constraints",
				    ck_tstr(k, t));
		}
	}
}

/* Constraint interfaces are no types for variables; known only once the interface is complete. */
void
ck_validvartype(Checker *k, Expr *e, Type *t)
{
	if (t->kind == T_INTERFACE ? t->iface.embeds.n == 0 && t->complete : t->kind != T_NAMED)
		return;
	if (t == type_error || t == type_any)
		return;
	if (t->kind == T_NAMED && t->named.under != NULL && t->named.under->kind != T_INTERFACE)
		return;
	{
		Later l = { .fn = latervartype, .a = t, .pos = ck_start(e) };

		ck_later(k, l);
	}
}

Type *
ck_vartype(Checker *k, Expr *e)
{
	Type *t = ck_definedtype(k, e, NULL);

	ck_validvartype(k, e, t);
	return t;
}

/* ---- pieces ---- */

static int64_t
arraylength(Checker *k, Expr *e)
{
	Operand x;

	if (e->kind == EX_NAME) {
		Obj *o = ck_lookup(k, e->name.text, NULL, NULL);

		if (o == NULL) {
			ck_error(k, e->pos, "undefined array length %s or missing type constraint", e->name.text);
			return -1;
		}
		if (o->kind != OBJ_CONST) {
			ck_error(k, e->pos, "invalid array length %s", e->name.text);
			o->used = o->kind == OBJ_VAR ? 1 : o->used;
			return -1;
		}
	}
	ck_expr(k, NULL, &x, e);
	if (x.mode != MODE_CONST) {
		if (x.mode != MODE_NONE)
			ck_error(k, ck_xpos(&x), "array length %s must be constant", ck_str(&x));
		return -1;
	}
	if (type_isuntyped(x.t) || type_isinteger(x.t)) {
		Const *c = const_toint(x.cv);
		int64_t n;

		if (c->kind == CONST_INT && const_representable(c, typ[T_INT], NULL) && const_isint64(c, &n) &&
		    n >= 0) {
			if (type_isuntyped(x.t))
				ck_settype(k, e, typ[T_INT], true);
			return n;
		}
	}
	ck_error(k, ck_xpos(&x), type_isinteger(x.t) ? "invalid array length %s" : "array length %s must be integer",
	    ck_str(&x));
	return -1;
}

static Expr *
embeddedname(Expr *e)
{
	switch (e->kind) {
	case EX_NAME:
		return e;
	case EX_STAR:
		return e->unary.x->kind == EX_STAR ? NULL : embeddedname(e->unary.x);
	case EX_SELECTOR:
		return e->selector.sel;
	case EX_INDEX:
		return embeddedname(e->index.x);
	case EX_PAREN:
		return embeddedname(e->unary.x);
	default:
		return NULL;
	}
}

static void
laterembedded(Checker *k, Later *l)
{
	bool isptr;
	Type *t = type_deref(l->a, &isptr), *u = ck_under(t);

	if (!ck_valid(t))
		return;
	switch (u->kind) {
	case T_UNSAFEPTR:
		ck_error(k, l->pos, "embedded field type cannot be unsafe.Pointer");
		break;
	case T_PTR:
		ck_error(k, l->pos, "embedded field type cannot be a pointer");
		break;
	case T_INTERFACE:
		if (t->kind == T_TPARAM)
			ck_error(k, l->pos, "embedded field type cannot be a (pointer to a) type parameter");
		else if (isptr)
			ck_error(k, l->pos, "embedded field type cannot be a pointer to an interface");
		break;
	default:
		break;
	}
}

static void
structtype(Checker *k, Type *st, Expr *e)
{
	FieldVec *list = &e->structt.fields;
	Map *seen = list->n > 8 ? map_new(perm) : NULL;
	Type *t = NULL;
	ObjVec fields = { 0 };
	bool tags = false;

	for (int i = 0; i < list->n; i++)
		tags |= list->at[i]->tag != NULL;
	for (int i = 0; i < list->n; i++) {
		Field *f = list->at[i];
		Expr *name = f->name;
		Obj *o, *alt = NULL;
		bool embedded = name == NULL || f->embedded;
		Pos pos;

		if (i == 0 || f->type != list->at[i - 1]->type)
			t = ck_vartype(k, f->type);
		pos = embedded ? ck_start(f->type) : name->pos;
		if (embedded) {
			name = embeddedname(f->type);
			if (name == NULL) {
				ck_error(k, pos, "invalid embedded field type %s", expr_string(f->type));
				continue;
			}
		}
		o = obj_new(OBJ_FIELD, name->pos, k->pkg, name->name.text, t);
		o->embedded = embedded;
		o->color = 2;
		if (!ck_isblank(name)) {
			if (seen != NULL) {
				alt = map_get(seen, o->name);
			} else {
				for (int j = 0; j < fields.n; j++)
					if (fields.at[j]->name == o->name)
						alt = fields.at[j];
			}
			if (alt != NULL) {
				ck_error(k, name->pos, "%s redeclared%s", o->name, ck_altdecl(alt));
			} else if (seen != NULL)
				map_set(seen, o->name, o);
		}
		if (embedded) {
			Later l = { .fn = laterembedded, .a = t, .pos = pos };

			ck_later(k, l);
		} else {
			name->name.obj = o;
		}
		if (alt != NULL)
			continue;
		if (tags) {
			if (st->st.tags == NULL) {
				st->st.tags = NEWN(perm, const char *, list->n);
				st->st.taglens = NEWN(perm, uint32_t, list->n);
			}
			st->st.tags[fields.n] = f->tag;
			st->st.taglens[fields.n] = f->taglen;
		}
		vec_push(perm, &fields, o);
	}
	st->st.fields = fields;
}

/* ---- interfaces and unions ---- */

static bool
overlap(const UnionTerm *x, const UnionTerm *y)
{
	Type *ux = x->type, *uy = y->type;

	if (y->tilde)
		ux = ck_under(ux);
	if (x->tilde)
		uy = ck_under(uy);
	return type_identical(ux, uy);
}

/* Terms are worded with the import paths of their types. */
static const char *
fullname(Type *t)
{
	if (t->kind == T_NAMED && t->named.obj->pkg != NULL && t->named.targs.n == 0)
		return intern_printf("%s.%s", t->named.obj->pkg->path, t->named.obj->name);
	return type_string(t, NULL);
}

static void
laterunion(Checker *k, Later *l)
{
	Type *un = l->a;
	Expr **exprs = l->b;

	for (int i = 0; i < un->un.terms.n; i++) {
		UnionTerm *t = &un->un.terms.at[i];
		Type *u;
		Pos p = ck_start(exprs[i]);

		if (!ck_valid(t->type))
			continue;
		u = ck_under(t->type);
		if (t->tilde) {
			if (u->kind == T_INTERFACE) {
				ck_error(k, p, "invalid use of ~ (%s is an interface)", ck_tstr(k, t->type));
				continue;
			}
			if (!type_identical(u, t->type)) {
				ck_error(k, p, "invalid use of ~ (underlying type of %s is %s)", ck_tstr(k, t->type),
				    ck_tstr(k, u));
				continue;
			}
		}
		if (u->kind == T_INTERFACE) {
			TypeSet *ts = type_typeset(u);
			const char *name = fullname(t->type);

			if (ts->methods.n > 0)
				ck_error(k, p, "cannot use %s in union (%s contains methods)", name, name);
			else if (t->type == type_comparable)
				ck_error(k, p, "cannot use comparable in union");
			else if (ts->comparable)
				ck_error(k, p, "cannot use %s in union (%s embeds comparable)", name, name);
			continue;
		}
		for (int j = 0; j < i; j++) {
			UnionTerm *o = &un->un.terms.at[j];

			if (!ck_valid(o->type) || ck_under(o->type)->kind == T_INTERFACE)
				continue;
			if (overlap(o, t)) {
				ck_error(k, p, "overlapping terms %s%s and %s%s", t->tilde ? "~" : "",
				    fullname(t->type), o->tilde ? "~" : "", fullname(o->type));
				break;
			}
		}
	}
}

/* An element of an interface that is not a method: a type, ~T, or a union of such. */
static Type *
uniontype(Checker *k, Expr *e)
{
	enum { MAXTERMS = 100 };
	ExprVec list = { 0 };
	Expr *x = e;
	Type *un;
	bool toolong = false;

	for (; x->kind == EX_BINARY && x->op == TK_OR; x = x->binary.x)
		vec_push(perm, &list, x->binary.y);
	vec_push(perm, &list, x);
	for (int i = 0, j = list.n - 1; i < j; i++, j--) {
		Expr *tmp = list.at[i];

		list.at[i] = list.at[j];
		list.at[j] = tmp;
	}
	un = type_new(T_UNION);
	for (int i = 0; i < list.n; i++) {
		Expr *te = list.at[i];
		UnionTerm term = { NULL, false };

		if (te->kind == EX_UNARY && te->op == TK_TILDE) {
			term.tilde = true;
			te = te->unary.x;
		}
		term.type = ck_type(k, te);
		if (term.type->kind == T_TPARAM) {
			if (term.tilde)
				ck_error(k, ck_start(te), "type in term %s cannot be a type parameter",
				    expr_string(list.at[i]));
			else
				ck_error(k, ck_start(te), "term cannot be a type parameter");
			term.type = typ[T_INVALID];
		}
		if (list.n == 1 && !term.tilde)
			return term.type;
		if (un->un.terms.n >= MAXTERMS) {
			if (!toolong)
				ck_error(k, ck_start(list.at[i]),
				    "cannot handle more than %d union terms (implementation limitation)", MAXTERMS);
			toolong = true;
			continue;
		}
		vec_push(perm, &un->un.terms, term);
	}
	if (toolong)
		return typ[T_INVALID];
	ck_settypeexpr(e, un);
	{
		Later l = { .fn = laterunion, .a = un, .b = list.at };

		ck_later(k, l);
	}
	return un;
}

static const char *
altmethod(Obj *alt, const Map *where)
{
	Pos p = (Pos)(uintptr_t)map_get(where, alt);

	return p != 0 ? intern_printf("\n\t%s: other declaration of method %s", ck_posstr(p), alt->name) : "";
}

static void
latertypeset(Checker *k, Later *l)
{
	Type *t = l->a;
	Map *seen, *where;	/* method name -> method, -> position of it or of what embeds it */

	/* Embedded elements must be usable, and methods of one name must agree. */
	seen = map_new(perm);
	where = map_new(perm);
	for (int i = 0; i < t->iface.methods.n; i++) {
		Obj *m = t->iface.methods.at[i], *alt = map_get(seen, m->name);

		if (alt != NULL) {
			ck_error(k, m->pos, "duplicate method %s%s", m->name, altmethod(alt, where));
		} else {
			map_set(seen, m->name, m);
			map_set(where, m, (void *)(uintptr_t)m->pos);
		}
	}
	for (int i = 0; i < t->iface.embeds.n; i++) {
		Type *et = t->iface.embeds.at[i], *u = ck_under(et);
		Pos p = t->iface.embedpos.at[i];
		TypeSet *ts;

		if (u->kind == T_INTERFACE) {
			ts = type_typeset(u);
			if (ts->comparable && !ck_require(k, p, 18, "embedding interface comparable"))
				continue;
			for (int j = 0; j < ts->methods.n; j++) {
				Obj *m = ts->methods.at[j], *alt = map_get(seen, m->name);

				if (alt == NULL || !obj_sameid(alt, m->pkg, m->name)) {
					map_set(seen, m->name, m);
					map_set(where, m, (void *)(uintptr_t)p);
				} else if (!type_identical(obj_type(alt), obj_type(m))) {
					ck_error(k, p, "duplicate method %s%s", m->name, altmethod(alt, where));
				} else if (!ck_allow(k, 14)) {
					ck_error(k, p, "duplicate method %s%s", m->name, altmethod(alt, where));
				}
			}
		} else if (u->kind == T_UNION) {
			int n = 0;

			if (!ck_require(k, p, 18, "embedding interface element %s", ck_tstr(k, u)))
				t->iface.embeds.at[i] = type_any;
			for (int j = 0; j < u->un.terms.n; j++) {
				Type *tu = ck_under(u->un.terms.at[j].type);

				n += tu->kind == T_INTERFACE ? type_typeset(tu)->terms.n : 1;
			}
			if (n > 100)
				ck_error(k, p, "cannot handle more than 100 union terms (implementation limitation)");
		} else if (ck_valid(u)) {
			if (!ck_require(k, p, 18, "embedding non-interface type %s", ck_tstr(k, et)))
				t->iface.embeds.at[i] = type_any;
		}
	}
	type_typeset(t);
}

static void
interfacetype(Checker *k, Type *t, Expr *e, Obj *def)
{
	FieldVec *list = &e->iface.elems;

	t->iface.pkg = k->pkg;
	if (k->env.ifacedepth++ == 0) {
		AnonIface a = { t, e->pos };

		vec_push(perm, &k->ifaces, a);
	}
	for (int i = 0; i < list->n; i++) {
		Field *f = list->at[i];
		Type *sig;
		Obj *m;

		if (f->name == NULL) {
			Type *et = uniontype(k, f->type);

			vec_push(perm, &t->iface.embeds, et);
			vec_push(perm, &t->iface.embedpos, ck_start(f->type));
			continue;
		}
		if (ck_isblank(f->name)) {
			ck_error(k, f->name->pos, "methods must have a unique non-blank name");
			continue;
		}
		sig = ck_type(k, f->type);
		if (sig->kind != T_FUNC)
			continue;
		m = obj_new(OBJ_FUNC, f->name->pos, k->pkg, f->name->name.text, sig);
		m->color = 2;
		sig->fn.recv = obj_new(OBJ_VAR, f->name->pos, k->pkg, "",
				       def != NULL && def->type != NULL && def->type->kind == T_NAMED ? def->type : t);
		sig->fn.recv->isrecv = 1;
		f->name->name.obj = m;
		vec_push(perm, &t->iface.methods, m);
	}
	k->env.ifacedepth--;
	/* In the order of method sets, stably: messages list them so. */
	for (int i = 1; i < t->iface.methods.n; i++) {
		Obj *m = t->iface.methods.at[i];
		int j = i;

		for (; j > 0 && obj_less(m, t->iface.methods.at[j - 1]); j--)
			t->iface.methods.at[j] = t->iface.methods.at[j - 1];
		t->iface.methods.at[j] = m;
	}
	t->complete = 1;
	if (list->n > 0) {
		Later l = { .fn = latertypeset, .a = t };

		ck_later(k, l);
	}
}

/* The bound of a type parameter: a constraint, or a literal such as ~int|string without its interface{}. */
Type *
ck_bound(Checker *k, Expr *e)
{
	Type *t;

	if (!(e->kind == EX_BINARY && e->op == TK_OR) && !(e->kind == EX_UNARY && e->op == TK_TILDE))
		return ck_type(k, e);
	t = type_new(T_INTERFACE);
	t->implicit = 1;
	t->iface.pkg = k->pkg;
	{
		Type *u = uniontype(k, e);

		vec_push(perm, &t->iface.embeds, u);
		vec_push(perm, &t->iface.embedpos, ck_start(e));
	}
	t->complete = 1;
	{
		Later l = { .fn = latertypeset, .a = t };

		ck_later(k, l);
	}
	return t;
}

static void
latermapkey(Checker *k, Later *l)
{
	Type *key = l->a;

	if (ck_valid(key) && !type_comparable_(key, true, NULL))
		ck_error(k, l->pos, "invalid map key type %s%s", ck_tstr(k, key),
			 key->kind == T_TPARAM ? " (missing comparable constraint)" : "");
}

/* ---- functions ---- */

/* Parameters or results of list, entered in the function's scope later by declareparams. */
static bool
params(Checker *k, FieldVec *list, bool variadicok, ObjVec *out, int what)
{
	bool variadic = false;
	Type *t = typ[T_INVALID];

	for (int i = 0; i < list->n; i++) {
		Field *f = list->at[i];
		Obj *o;

		if (i == 0 || f->type != list->at[i - 1]->type) {
			Expr *te = f->type;

			if (te->kind == EX_ELLIPSIS) {
				if (variadicok && i == list->n - 1)
					variadic = true;
				else
					ck_error(k, te->pos, "can only use ... with final parameter in list");
				te = te->unary.x;
			}
			t = ck_vartype(k, te);
		}
		o = obj_new(OBJ_VAR, f->name != NULL ? f->name->pos : f->pos, k->pkg,
		    f->name != NULL ? f->name->name.text : intern_str(""), t);
		o->color = 2;
		o->used = 1;
		o->outerfn = k->env.fn;
		o->file = k->env.file;
		o->isparam = what == 1;
		o->isresult = what == 2;
		o->isrecv = what == 3;
		if (f->name != NULL)
			f->name->name.obj = o;
		vec_push(perm, out, o);
	}
	if (variadic) {
		vec_last(out)->type = type_slice(vec_last(out)->type);
		ck_settypeexpr(list->at[list->n - 1]->type, vec_last(out)->type);
	}
	return variadic;
}

static void
declareparams(Checker *k, Scope *sc, ObjVec *list)
{
	for (int i = 0; i < list->n; i++)
		if (list->at[i]->name[0] != '\0')
			ck_declare(k, sc, NULL, list->at[i]);
}

static void
laterreceiver(Checker *k, Later *l)
{
	Obj *recv = l->a;
	Type *sig = l->b, *t = type_deref(recv->type, NULL), *u;
	const char *cause = NULL;

	if (!ck_valid(t))
		return;
	if (t->kind == T_NAMED) {
		if (t->named.targs.n > 0 && sig->fn.recvtparams.n == 0) {
			ck_error(k, recv->pos, "cannot define new methods on instantiated type %s", ck_tstr(k, t));
			return;
		}
		if (t->named.obj->pkg != k->pkg) {
			ck_error(k, recv->pos, "cannot define new methods on non-local type %s", ck_tstr(k, t));
			return;
		}
		u = ck_under(t);
		if (u->kind == T_UNSAFEPTR)
			cause = "unsafe.Pointer";
		else if (u->kind == T_PTR || u->kind == T_INTERFACE)
			cause = "pointer or interface type";
		if (cause != NULL)
			ck_error(k, recv->pos, "invalid receiver type %s (%s)", ck_tstr(k, t), cause);
	} else if (t->kind < T_ARRAY) {
		ck_error(k, recv->pos, "cannot define new methods on non-local type %s", ck_tstr(k, t));
	} else {
		ck_error(k, recv->pos, "invalid receiver type %s", ck_tstr(k, recv->type));
	}
}

/* Declares the type parameters of a method's receiver, *T[P, Q]: same bounds as T's, names of their own. */
static void
recvtparams(Checker *k, Type *sig, Field *recv, FieldVec *given)
{
	Expr *e = recv->type, *base;
	ExprVec names = { 0 };
	TypeVec orig = { 0 };

	while (e->kind == EX_PAREN || e->kind == EX_STAR)
		e = e->unary.x;
	base = e;
	if (e->kind == EX_INDEX) {
		base = e->index.x;
		for (int i = 0; i < e->index.index.n; i++) {
			Expr *n = e->index.index.at[i];

			if (n->kind != EX_NAME) {
				if (n->kind != EX_BAD)
					ck_error(k, ck_start(n), "receiver type parameter %s must be an identifier",
					    expr_string(n));
				{
					Expr *blank = NEW(perm, Expr);

					blank->kind = EX_NAME;
					blank->pos = n->pos;
					blank->name.text = intern_str("_");
					n = blank;
				}
			}
			vec_push(perm, &names, n);
		}
	}
	if (names.n == 0)
		for (int i = 0; given != NULL && i < given->n; i++)
			vec_push(perm, &names, given->at[i]->name);
	if (names.n == 0)
		return;
	for (int i = 0; i < names.n; i++) {
		Type *t = ck_tparam(k, names.at[i]);

		t->tp.index = i;
		vec_push(perm, &sig->fn.recvtparams, t);
	}
	if (base->kind == EX_NAME) {
		Type *g = ck_generictype(k, base, NULL);

		if (g->kind == T_NAMED)
			orig = g->named.tparams;
	}
	if (orig.n == names.n) {
		for (int i = 0; i < names.n; i++) {
			Type *t = sig->fn.recvtparams.at[i];

			ck_monocanon(k, t, orig.at[i]);
			t->tp.bound = type_subst(orig.at[i]->tp.bound, orig.at, sig->fn.recvtparams.at, orig.n);
		}
	} else if (names.n < orig.n) {
		ck_error(k, recv->pos, "got %d type parameter%s, but receiver base type declares %d", names.n,
		    names.n == 1 ? "" : "s", orig.n);
	}
}

/* Fills in sig; *scope, if wanted, gets the scope of the parameters, which the body continues. */
Type *
ck_functype(Checker *k, Type *sig, Field *recv, FieldVec *given, FieldVec *tparams, Expr *ft, Scope **scope)
{
	Scope *saved = k->env.scope, *sc = ck_open(k);
	ObjVec recvs = { 0 }, ps = { 0 }, rs = { 0 };

	sc->isfunc = true;
	if (sig->fn.params == NULL)
		sig->fn.params = sig->fn.results = type_emptytuple;
	if (recv != NULL)
		recvtparams(k, sig, recv, given);
	if (tparams != NULL && tparams->n > 0)
		ck_tparams(k, &sig->fn.tparams, tparams, NULL);
	if (recv != NULL) {
		FieldVec one = { 0 };

		vec_push(perm, &one, recv);
		params(k, &one, false, &recvs, 3);
		sig->fn.recv = recvs.at[0];
		{
			Later l = { .fn = laterreceiver, .a = sig->fn.recv, .b = sig };

			ck_later(k, l);
		}
	}
	sig->variadic = params(k, &ft->functype.params, true, &ps, 1);
	params(k, &ft->functype.results, false, &rs, 2);
	declareparams(k, sc, &recvs);
	declareparams(k, sc, &ps);
	declareparams(k, sc, &rs);
	sig->fn.params = type_tuple(ps.at, ps.n);
	sig->fn.results = type_tuple(rs.at, rs.n);
	k->env.scope = saved;
	if (scope != NULL)
		*scope = sc;
	return sig;
}

/* ---- all of them ---- */

static Type *
typeinternal(Checker *k, Expr *e, Obj *def)
{
	Type *t;

	switch ((ExprKind)e->kind) {
	case EX_BAD:
		break;
	case EX_NAME:
	case EX_SELECTOR: {
		Operand x;

		if (e->kind == EX_NAME)
			ck_ident(k, &x, e, def, true);
		else
			ck_selector(k, &x, e, def, true);
		switch (x.mode) {
		case MODE_TYPE:
			ck_setdef(def, x.t);
			return x.t;
		case MODE_NONE:
			break;
		case MODE_NOVALUE:
			ck_error(k, ck_xpos(&x), "%s used as type", ck_str(&x));
			break;
		default:
			ck_error(k, ck_xpos(&x), "%s is not a type", ck_str(&x));
			break;
		}
		break;
	}
	case EX_INDEX:
		ck_require(k, ck_start(e), 18, "type instantiation");
		return ck_instantiated(k, e, def);
	case EX_PAREN:
		return ck_definedtype(k, e->unary.x, def);
	case EX_ARRAYTYPE:
		t = type_array(typ[T_INVALID], -1);
		ck_setdef(def, t);
		if (e->array.len != NULL)
			t->len = arraylength(k, e->array.len);
		else
			ck_error(k, e->pos, "invalid use of [...] array (outside a composite literal)");
		t->elem = ck_vartype(k, e->array.elem);
		if (t->len >= 0) {
			if (t->len > UINT16_MAX)
				ck_sized(k, t, ck_start(e));
			return t;
		}
		break;
	case EX_SLICETYPE:
		t = type_slice(typ[T_INVALID]);
		ck_setdef(def, t);
		t->elem = ck_vartype(k, e->unary.x);
		return t;
	case EX_ELLIPSIS:
		ck_error(k, e->pos, "invalid use of '...'");
		ck_use(k, e->unary.x);
		break;
	case EX_STRUCTTYPE:
		t = type_new(T_STRUCT);
		ck_setdef(def, t);
		structtype(k, t, e);
		return t;
	case EX_STAR:
		t = type_ptr(typ[T_INVALID]);
		ck_setdef(def, t);
		t->elem = ck_vartype(k, e->unary.x);
		if (!ck_valid(t->elem))
			break;
		return t;
	case EX_FUNCTYPE:
		t = type_new(T_FUNC);
		t->fn.params = t->fn.results = type_emptytuple;
		ck_setdef(def, t);
		return ck_functype(k, t, NULL, NULL, NULL, e, NULL);
	case EX_INTERFACETYPE:
		t = type_new(T_INTERFACE);
		ck_setdef(def, t);
		interfacetype(k, t, e, def);
		return t;
	case EX_MAPTYPE: {
		Later l = { .fn = latermapkey };

		t = type_map(typ[T_INVALID], typ[T_INVALID]);
		ck_setdef(def, t);
		t->key = ck_vartype(k, e->binary.x);
		t->elem = ck_vartype(k, e->binary.y);
		if (t->key->kind >= T_ARRAY) {
			l.a = t->key;
			l.pos = ck_start(e->binary.x);
			ck_later(k, l);
		}
		return t;
	}
	case EX_CHANTYPE:
		t = type_chan((ChanDir)e->op, typ[T_INVALID]);
		ck_setdef(def, t);
		t->elem = ck_vartype(k, e->chan.elem);
		if (t->elem->kind >= T_ARRAY)
			ck_sized(k, t, ck_start(e));
		return t;
	default:
		ck_error(k, ck_start(e), "%s is not a type", expr_string(e));
		ck_use(k, e);
		break;
	}
	ck_setdef(def, typ[T_INVALID]);
	return typ[T_INVALID];
}

Type *
ck_definedtype(Checker *k, Expr *e, Obj *def)
{
	Type *t;

	if (++k->depth > CHECK_MAXDEPTH) {
		ck_error(k, e->pos, "type nested too deeply");
		k->depth--;
		return typ[T_INVALID];
	}
	t = typeinternal(k, e, def);
	k->depth--;
	if (ck_isgeneric(t)) {
		ck_error(k, ck_start(e), "cannot use generic type %s without instantiation", ck_tstr(k, t));
		t = typ[T_INVALID];
	}
	ck_settypeexpr(e, t);
	return t;
}

Type *
ck_type(Checker *k, Expr *e)
{
	return ck_definedtype(k, e, NULL);
}

Type *
ck_generictype(Checker *k, Expr *e, const char **cause)
{
	Type *t = typeinternal(k, e, NULL);

	if (ck_valid(t) && !ck_isgeneric(t)) {
		if (cause != NULL)
			*cause = intern_printf("%s is not a generic type", ck_tstr(k, t));
		t = typ[T_INVALID];
	}
	ck_settypeexpr(e, t);
	return t;
}
