/*
 * type.c - making types, underlying and core types, predicates.
 *
 * A reader cannot see from the code that T_NAMED may be a stub: a type from
 * export data that nobody has looked at, an instance whose underlying type
 * has not been substituted yet, or a declaration the checker is in the middle
 * of. type_under is the one place that completes such stubs; whatever looks
 * into named.tparams or named.methods directly must have called it.
 */
#include "types/types.h"

Type *typ[T_UNTYPED_NIL + 1];
Type *type_byte, *type_rune;
Type *type_error, *type_any, *type_comparable;
Type *type_emptytuple;

Type *
type_new(TypeKind k)
{
	Type *t = NEW(perm, Type);

	t->kind = (uint8_t)k;
	t->size = -1;
	return t;
}

Type *
type_array(Type *elem, int64_t len)
{
	Type *t = type_new(T_ARRAY);

	t->elem = elem;
	t->len = len;
	return t;
}

Type *
type_slice(Type *elem)
{
	Type *t = type_new(T_SLICE);

	t->elem = elem;
	return t;
}

Type *
type_ptr(Type *elem)
{
	Type *t = type_new(T_PTR);

	t->elem = elem;
	return t;
}

Type *
type_map(Type *key, Type *elem)
{
	Type *t = type_new(T_MAP);

	t->key = key;
	t->elem = elem;
	return t;
}

Type *
type_chan(ChanDir dir, Type *elem)
{
	Type *t = type_new(T_CHAN);

	t->dir = (uint8_t)dir;
	t->elem = elem;
	return t;
}

Type *
type_tuple(Obj **vars, int n)
{
	Type *t;

	if (n == 0 && type_emptytuple != NULL)
		return type_emptytuple;
	t = type_new(T_TUPLE);
	for (int i = 0; i < n; i++)
		vec_push(perm, &t->tuple.vars, vars[i]);
	return t;
}

Type *
type_func(Type *params, Type *results, bool variadic)
{
	Type *t = type_new(T_FUNC);

	t->fn.params = params != NULL ? params : type_emptytuple;
	t->fn.results = results != NULL ? results : type_emptytuple;
	t->variadic = variadic;
	return t;
}

/* Gives o its type when it has none: the usual case of a declaration. */
Type *
type_named(Obj *o, Type *under)
{
	Type *t = type_new(T_NAMED);

	t->named.obj = o;
	if (under != NULL) {
		t->named.under = under->kind == T_NAMED ? type_under(under) : under;
		t->named.rhs = under;
	}
	if (o->type == NULL)
		o->type = t;
	return t;
}

static const TypeVec nothing;

Type *
type_spelled(Obj *o, Type *t, const TypeVec *tparams, const TypeVec *targs)
{
	Type *base = type_unspelled(t), *s;
	Spelling *sp;

	if (base->kind == T_INVALID || type_isuntyped(base) || (base->kind == T_TPARAM && tparams == NULL))
		return base;
	s = arena_dup(perm, base, sizeof *base);
	sp = NEW(perm, Spelling);
	sp->obj = o;
	sp->base = base;
	sp->tparams = tparams != NULL ? *tparams : nothing;
	sp->targs = targs != NULL ? *targs : nothing;
	s->spelling = sp;
	s->lower = NULL;
	if (s->kind == T_NAMED) {
		/* These are the base's to know, which may learn them later. */
		s->named.under = s->named.rhs = NULL;
		memset(&s->named.tparams, 0, sizeof s->named.tparams);
		memset(&s->named.methods, 0, sizeof s->named.methods);
	}
	return s;
}

Type *
type_tparam(Obj *o, Type *bound)
{
	static int id;
	Type *t = type_new(T_TPARAM);

	t->tp.obj = o;
	t->tp.bound = bound;
	t->tp.id = ++id;
	if (o->type == NULL)
		o->type = t;
	return t;
}

/* The interface that a type parameter's bound stands for; an implicit one is made for ~int and the like. */
static Type *
boundinterface(Type *t)
{
	Type *b = t->tp.bound, *u;

	if (b == NULL)
		return type_under(type_any);
	u = b->kind == T_TPARAM ? NULL : type_under(b);
	if (u != NULL && u->kind == T_INTERFACE)
		return u;
	if (u != NULL && u->kind == T_INVALID)
		return type_under(type_any);
	u = type_new(T_INTERFACE);
	vec_push(perm, &u->iface.embeds, b);
	vec_push(perm, &u->iface.embedpos, t->tp.obj->pos);
	u->complete = u->implicit = 1;
	if (b->kind != T_TPARAM)
		t->tp.bound = u;
	return u;
}

Type *
type_under(Type *t)
{
	Type *u;
	int steps = 0;

	if (t->kind == T_TPARAM)
		return boundinterface(t);
	if (t->kind != T_NAMED)
		return t;
	if (t->named.under != NULL)
		return t->named.under;
	if (t->spelling != NULL)
		return type_under(t->spelling->base);
	if (t->named.origin != NULL) {
		static int depth;
		const TypeVec *tps = type_instparams(t);
		Type *o = t->named.origin, *ou;

		/* type N[P any] M[P] with type M[P any] N[P]: the checker reports it. */
		if (depth > 500)
			return typ[T_INVALID];
		depth++;
		ou = type_under(o);
		depth--;

		/* ou may be provisional while the checker is inside the declaration: do not keep it then. */
		if (ou->kind == T_INVALID || tps->n != t->named.targs.n)
			return typ[T_INVALID];
		u = type_subst(ou, tps->at, t->named.targs.at, tps->n);
		if (u->kind == T_TPARAM)
			return typ[T_INVALID];
		/* An interface that is still being collected must be substituted again later. */
		if (o->named.under != NULL && !(ou->kind == T_INTERFACE && !ou->complete))
			t->named.under = u;
		return u;
	}
	obj_type(t->named.obj);
	if (t->named.under != NULL)
		return t->named.under;
	for (u = t->named.rhs; u != NULL && u->kind == T_NAMED; u = u->named.rhs) {
		u = type_unspelled(u);
		obj_type(u->named.obj);	/* an imported one that an alias led to may not have been read */
		if (u->named.under != NULL || u->named.origin != NULL) {
			u = type_under(u);
			break;
		}
		if (++steps > 10000 || u == t)
			return typ[T_INVALID];
	}
	if (u == NULL || u->kind == T_TPARAM)
		return typ[T_INVALID];
	return u;
}

Type *
type_deref(Type *t, bool *wasptr)
{
	if (t->kind == T_PTR) {
		if (wasptr != NULL)
			*wasptr = true;
		return t->elem != NULL ? t->elem : typ[T_INVALID];
	}
	if (wasptr != NULL)
		*wasptr = false;
	return t;
}

/* ---- core types (spec: Core types) ---- */

/* The underlying type of term i; a ~T term's T is one already. */
static Type *
termunder(const TypeSet *ts, int i)
{
	return type_under(ts->terms.at[i].type);
}

/* x, or of two channel types that differ in direction only the restricted one; NULL: no common type. */
static Type *
match(Type *x, Type *y)
{
	if (type_identical(x, y))
		return x;
	if (x->kind == T_CHAN && y->kind == T_CHAN && type_identical(x->elem, y->elem)) {
		if (x->dir == CHAN_BOTH)
			return y;
		if (y->dir == CHAN_BOTH)
			return x;
	}
	return NULL;
}

static Type *
core(Type *t, bool bytestring)
{
	const TypeSet *ts;
	Type *su = NULL;
	bool hasstring = false;

	if (t->kind != T_TPARAM)
		return type_under(t);
	ts = type_typeset(type_under(t));
	if (!typeset_hasterms(ts))
		return NULL;
	for (int i = 0; i < ts->terms.n; i++) {
		Type *u = termunder(ts, i);

		if (bytestring && (u->kind == T_STRING || u->kind == T_UNTYPED_STRING)) {
			u = type_slice(type_byte);
			hasstring = true;
		}
		if (su != NULL) {
			u = match(su, u);
			if (u == NULL)
				return NULL;
		}
		su = u;
	}
	return hasstring ? typ[T_STRING] : su;
}

Type *
type_core(Type *t)
{
	return core(t, false);
}

Type *
type_corestring(Type *t)
{
	return core(t, true);
}

Type *
type_default(Type *t)
{
	switch (t->kind) {
	case T_UNTYPED_BOOL:
		return typ[T_BOOL];
	case T_UNTYPED_INT:
		return typ[T_INT];
	case T_UNTYPED_RUNE:
		return type_rune;
	case T_UNTYPED_FLOAT:
		return typ[T_FLOAT64];
	case T_UNTYPED_COMPLEX:
		return typ[T_COMPLEX128];
	case T_UNTYPED_STRING:
		return typ[T_STRING];
	default:
		return t;
	}
}

Type *
type_max(Type *x, Type *y)
{
	if (x == y)
		return x;
	if (x->kind >= T_UNTYPED_INT && x->kind <= T_UNTYPED_COMPLEX && y->kind >= T_UNTYPED_INT &&
	    y->kind <= T_UNTYPED_COMPLEX)
		return x->kind > y->kind ? x : y;
	return NULL;
}

/* ---- predicates ---- */

enum {
	IS_BOOL = 1,
	IS_INT = 2,
	IS_UNSIGNED = 4,
	IS_FLOAT = 8,
	IS_COMPLEX = 16,
	IS_STRING = 32,
	IS_NUMERIC = IS_INT | IS_FLOAT | IS_COMPLEX,
	IS_ORDERED = IS_INT | IS_FLOAT | IS_STRING,
	IS_CONST = IS_BOOL | IS_NUMERIC | IS_STRING,
};

static const uint8_t info[T_TPARAM + 1] = {
	[T_BOOL] = IS_BOOL,
	[T_INT] = IS_INT,
	[T_INT8] = IS_INT,
	[T_INT16] = IS_INT,
	[T_INT32] = IS_INT,
	[T_INT64] = IS_INT,
	[T_UINT] = IS_INT | IS_UNSIGNED,
	[T_UINT8] = IS_INT | IS_UNSIGNED,
	[T_UINT16] = IS_INT | IS_UNSIGNED,
	[T_UINT32] = IS_INT | IS_UNSIGNED,
	[T_UINT64] = IS_INT | IS_UNSIGNED,
	[T_UINTPTR] = IS_INT | IS_UNSIGNED,
	[T_FLOAT32] = IS_FLOAT,
	[T_FLOAT64] = IS_FLOAT,
	[T_COMPLEX64] = IS_COMPLEX,
	[T_COMPLEX128] = IS_COMPLEX,
	[T_STRING] = IS_STRING,
	[T_UNTYPED_BOOL] = IS_BOOL,
	[T_UNTYPED_INT] = IS_INT,
	[T_UNTYPED_RUNE] = IS_INT,
	[T_UNTYPED_FLOAT] = IS_FLOAT,
	[T_UNTYPED_COMPLEX] = IS_COMPLEX,
	[T_UNTYPED_STRING] = IS_STRING,
};

/* A type parameter is none of these, even if all its types are. */
static bool
is(Type *t, int what)
{
	return t->kind != T_TPARAM && (info[type_under(t)->kind] & what) != 0;
}

static bool
all(Type *t, int what)
{
	const TypeSet *ts;

	if (t->kind != T_TPARAM)
		return (info[type_under(t)->kind] & what) != 0;
	ts = type_typeset(type_under(t));
	if (!typeset_hasterms(ts))
		return false;
	for (int i = 0; i < ts->terms.n; i++)
		if ((info[termunder(ts, i)->kind] & what) == 0)
			return false;
	return true;
}

bool
type_isboolean(Type *t)
{
	return is(t, IS_BOOL);
}
bool
type_isinteger(Type *t)
{
	return is(t, IS_INT);
}
bool
type_isunsigned(Type *t)
{
	return is(t, IS_UNSIGNED);
}
bool
type_isfloat(Type *t)
{
	return is(t, IS_FLOAT);
}
bool
type_iscomplex(Type *t)
{
	return is(t, IS_COMPLEX);
}
bool
type_isnumeric(Type *t)
{
	return is(t, IS_NUMERIC);
}
bool
type_isstring(Type *t)
{
	return is(t, IS_STRING);
}
bool
type_isconst(Type *t)
{
	return is(t, IS_CONST);
}
bool
type_isinterface(Type *t)
{
	return type_under(t)->kind == T_INTERFACE;
}
bool
type_istparam(Type *t)
{
	return t->kind == T_TPARAM;
}
bool
type_allboolean(Type *t)
{
	return all(t, IS_BOOL);
}
bool
type_allinteger(Type *t)
{
	return all(t, IS_INT);
}
bool
type_allunsigned(Type *t)
{
	return all(t, IS_UNSIGNED);
}
bool
type_allfloat(Type *t)
{
	return all(t, IS_FLOAT);
}
bool
type_allcomplex(Type *t)
{
	return all(t, IS_COMPLEX);
}
bool
type_allnumeric(Type *t)
{
	return all(t, IS_NUMERIC);
}
bool
type_allstring(Type *t)
{
	return all(t, IS_STRING);
}
bool
type_allordered(Type *t)
{
	return all(t, IS_ORDERED);
}
bool
type_allconst(Type *t)
{
	return all(t, IS_CONST);
}
bool
type_allnumericorstring(Type *t)
{
	return all(t, IS_NUMERIC | IS_STRING);
}

bool
type_hasnil(Type *t)
{
	Type *u = type_under(t);

	switch (u->kind) {
	case T_UNSAFEPTR:
	case T_UNTYPED_NIL:
	case T_SLICE:
	case T_PTR:
	case T_FUNC:
	case T_MAP:
	case T_CHAN:
		return true;
	case T_INTERFACE:
		if (t->kind == T_TPARAM) {
			const TypeSet *ts = type_typeset(u);

			if (!typeset_hasterms(ts))
				return false;
			for (int i = 0; i < ts->terms.n; i++)
				if (!type_hasnil(termunder(ts, i)))
					return false;
		}
		return true;
	default:
		return false;
	}
}

static bool
sliceof(Type *t, int elemkind)
{
	Type *u = type_core(t);

	return u != NULL && u->kind == T_SLICE && type_under(u->elem)->kind == elemkind;
}

bool
type_isbytes(Type *t)
{
	return sliceof(t, T_UINT8);
}
bool
type_isrunes(Type *t)
{
	return sliceof(t, T_INT32);
}

/* ---- comparability ---- */

typedef struct Seen Seen;
struct Seen {
	const Type *t;
	const Seen *up;
};

/* What was found comparable in one question that went on for long: types may share their parts many times over. */
static Map *known;
static int nknown;

static bool
iscomparable(Type *t, bool dynamic, const Seen *up, const char **why, int depth)
{
	Seen here = { t, up };
	Type *u;
	const void *key = (const char *)t + dynamic;

	if (depth == 0) {
		known = NULL;
		nknown = 0;
	}
	if (known != NULL && map_has(known, key))
		return true;

	for (const Seen *s = up; s != NULL; s = s->up)
		if (s->t == t)
			return true;
	if (depth > 2000)
		return true;
	u = type_under(t);
	switch (u->kind) {
	case T_UNTYPED_NIL:
	case T_SLICE:
	case T_MAP:
	case T_FUNC:
	case T_TUPLE:
	case T_UNION:
		return false;
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++) {
			Type *ft = obj_type(u->st.fields.at[i]);

			if (!iscomparable(ft, dynamic, &here, NULL, depth + 1)) {
				if (why != NULL)
					*why = intern_printf("struct containing %s cannot be compared",
					    type_string(ft, type_curpkg));
				return false;
			}
		}
		if (++nknown > 100) {
			if (known == NULL)
				known = map_new(perm);
			map_set(known, key, t);
		}
		return true;
	case T_ARRAY:
		if (!iscomparable(u->elem, dynamic, &here, NULL, depth + 1)) {
			if (why != NULL)
				*why = intern_printf("%s cannot be compared", type_string(u, type_curpkg));
			return false;
		}
		return true;
	case T_INTERFACE: {
		const TypeSet *ts;

		if (dynamic && t->kind != T_TPARAM)
			return true;
		ts = type_typeset(u);
		if (ts->all) {
			if (ts->comparable)
				return true;
		} else if (ts->terms.n > 0) {
			bool ok = true;

			for (int i = 0; ok && i < ts->terms.n; i++)
				ok = iscomparable(ts->terms.at[i].type, false, &here, NULL, depth + 1);
			if (ok)
				return true;
		}
		if (why != NULL)
			*why = typeset_isempty(ts) ? "empty type set" : "incomparable types in type set";
		return false;
	}
	default:
		return true;
	}
}

bool
type_comparable_(Type *t, bool dynamic, const char **why)
{
	return iscomparable(t, dynamic, NULL, why, 0);
}

bool
typeset_iscomparable(const TypeSet *ts)
{
	if (ts->all)
		return ts->comparable;
	if (ts->terms.n == 0)
		return false;
	for (int i = 0; i < ts->terms.n; i++)
		if (!iscomparable(ts->terms.at[i].type, false, NULL, NULL, 0))
			return false;
	return true;
}

/* ---- type parameters inside a type ---- */

static int
join(int r, int s)
{
	return r == 2 || s == 2 ? 2 : r == 0 || s == 0 ? 0 : 1;
}

/* 1 no, 2 yes, 0 no but not for certain: an interface in it is not complete yet. */
static int
hastparam(Type *t, int depth)
{
	int r = 1;

	if (t == NULL)
		return 0;
	if (t->hastparam != 0)
		return t->hastparam;
	if (depth > 10000)
		return 0;
	switch (t->kind) {
	default:
		break;
	case T_TPARAM:
		r = 2;
		break;
	case T_MAP:
		r = join(r, hastparam(t->key, depth + 1));
		/* fall through */
	case T_ARRAY:
	case T_SLICE:
	case T_PTR:
	case T_CHAN:
		if (r != 2)
			r = join(r, hastparam(t->elem, depth + 1));
		break;
	case T_STRUCT:
		for (int i = 0; r != 2 && i < t->st.fields.n; i++)
			r = join(r, hastparam(t->st.fields.at[i]->type, depth + 1));
		break;
	case T_TUPLE:
		for (int i = 0; r != 2 && i < t->tuple.vars.n; i++)
			r = join(r, hastparam(t->tuple.vars.at[i]->type, depth + 1));
		break;
	case T_FUNC:
		r = join(r, hastparam(t->fn.params, depth + 1));
		if (r != 2)
			r = join(r, hastparam(t->fn.results, depth + 1));
		break;
	case T_UNION:
		for (int i = 0; r != 2 && i < t->un.terms.n; i++)
			r = join(r, hastparam(t->un.terms.at[i].type, depth + 1));
		break;
	case T_INTERFACE:
		if (!t->complete)
			r = 0;
		for (int i = 0; r != 2 && i < t->iface.methods.n; i++)
			r = join(r, hastparam(t->iface.methods.at[i]->type, depth + 1));
		for (int i = 0; r != 2 && i < t->iface.embeds.n; i++)
			r = join(r, hastparam(t->iface.embeds.at[i], depth + 1));
		break;
	case T_NAMED:
		for (int i = 0; r != 2 && i < t->named.targs.n; i++)
			r = join(r, hastparam(t->named.targs.at[i], depth + 1));
		/* A type declared inside a generic function depends on the function's type parameters. */
		if (r != 2 && t->named.origin == NULL && t->named.obj->outerfn != NULL && type_instparams(t)->n > 0)
			r = 2;
		break;
	}
	if (r != 0)
		t->hastparam = (unsigned)r & 3;
	return r;
}

bool
type_hastparam(Type *t)
{
	return hastparam(t, 0) == 2;
}
