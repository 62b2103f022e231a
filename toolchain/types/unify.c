/*
 * unify.c - making two types equal by choosing type arguments.
 *
 * Spec: Type unification. Every bound type parameter has a slot with the type
 * found for it; two parameters that were unified with each other share one.
 * Three strengths: exact (identical after substitution), assignment (inexact
 * at the top, exact below) and inexact. Inexact matching ignores channel
 * directions, looks through one defined type, and matches interfaces by
 * methods.
 */
#include "types/unify.h"

typedef struct Pair Pair;
struct Pair {
	const Type *x, *y;
	const Pair *up;
};

enum { MAXDEPTH = 100 };	/* types that unify deeper than this do not exist outside of bugs */

int type_langminor = 23;

static bool nify(Unifier *u, Type *x, Type *y, int mode, const Pair *up);

void
unify_init(Unifier *u, Type **tparams, Type **targs, int n)
{
	memset(u, 0, sizeof *u);
	u->tparams = tparams;
	u->n = n;
	u->slot = NEWN(perm, int, n);
	u->type = NEWN(perm, Type *, n);
	for (int i = 0; i < n; i++) {
		u->slot[i] = i;
		u->type[i] = targs != NULL ? targs[i] : NULL;
	}
}

static int
bound(const Unifier *u, const Type *t)
{
	if (t->kind == T_TPARAM)
		for (int i = 0; i < u->n; i++)
			if (u->tparams[i] == t)
				return i;
	return -1;
}

Type *
unify_at(const Unifier *u, int i)
{
	return u->type[u->slot[i]];
}

void
unify_set(Unifier *u, int i, Type *t)
{
	u->type[u->slot[i]] = t;
}

int
unify_unknowns(const Unifier *u)
{
	int n = 0;

	for (int i = 0; i < u->n; i++)
		n += unify_at(u, i) == NULL;
	return n;
}

/* Parameters i and j stand for one type; false if two are known already. */
static bool
join(Unifier *u, int i, int j)
{
	int a = u->slot[i], b = u->slot[j], from, to;

	if (a == b)
		return true;
	if (u->type[a] != NULL && u->type[b] != NULL)
		return false;
	to = u->type[a] != NULL ? a : b;
	from = to == a ? b : a;
	for (int k = 0; k < u->n; k++)
		if (u->slot[k] == from)
			u->slot[k] = to;
	return true;
}

static Type *
asinterface(Type *t)
{
	Type *u;

	if (t->kind == T_TPARAM)
		return NULL;
	u = type_under(t);
	return u->kind == T_INTERFACE ? u : NULL;
}

static bool
isliteral(const Type *t)
{
	return t->kind != T_NAMED && t->kind != T_TPARAM;
}

static bool
sameterms(const TypeSet *x, const TypeSet *y)
{
	return x->comparable == y->comparable && x->all == y->all &&
	    (x->all || (typeset_subset(x, y) && typeset_subset(y, x)));
}

static Obj *
findmethod(const TypeSet *ts, const Obj *m)
{
	for (int i = 0; i < ts->methods.n; i++)
		if (obj_sameid(ts->methods.at[i], m->pkg, m->name))
			return ts->methods.at[i];
	return NULL;
}

/* Every method of the smaller interface is in the larger one, and they unify. */
static bool
interfaces(Unifier *u, Type *x, Type *y, const Pair *up, bool subset)
{
	Pair here = { x, y, up };
	const TypeSet *xs = type_typeset(x), *ys = type_typeset(y);

	if (!sameterms(xs, ys))
		return false;
	for (const Pair *p = up; p != NULL; p = p->up)
		if ((p->x == x && p->y == y) || (p->x == y && p->y == x))
			return true;
	if (xs->methods.n > ys->methods.n) {
		const TypeSet *t = xs;

		xs = ys;
		ys = t;
	}
	if (!subset && xs->methods.n != ys->methods.n)
		return false;
	for (int i = 0; i < xs->methods.n; i++) {
		Obj *f = xs->methods.at[i], *g = findmethod(ys, f);

		if (g == NULL || !nify(u, obj_type(f), obj_type(g), UNIFY_EXACT, &here))
			return false;
	}
	return true;
}

/* Parameter i, which has a type, meets y. */
static bool
known(Unifier *u, int i, Type *y, int mode, const Pair *up)
{
	Type *x = unify_at(u, i), *xi, *yi;
	bool xnamed, ynamed;

	if (!nify(u, x, y, mode, up))
		return false;
	xi = asinterface(x);
	yi = asinterface(y);
	xnamed = x->kind == T_NAMED;
	ynamed = y->kind == T_NAMED;
	if (xi != NULL && yi != NULL) {
		/* Which of two names would be right is unknown. */
		if (xnamed && ynamed)
			return type_identical(x, y);
		if (type_typeset(xi)->methods.n != type_typeset(yi)->methods.n)
			return false;
	} else if (xi != NULL || yi != NULL)
		return false;	/* either would do, so the order of arguments would matter */
	if ((mode & UNIFY_EXACT) == 0 && !xnamed) {
		/* A defined type is the better choice, and a directed channel. */
		Type *yu = type_under(y);

		if (ynamed || (yu->kind == T_CHAN && yu->dir != CHAN_BOTH))
			unify_set(u, i, y);
	}
	return true;
}

static bool
tuples(Unifier *u, Type *x, Type *y, int mode, const Pair *up)
{
	if (x->tuple.vars.n != y->tuple.vars.n)
		return false;
	for (int i = 0; i < x->tuple.vars.n; i++)
		if (!nify(u, x->tuple.vars.at[i]->type, y->tuple.vars.at[i]->type, mode, up))
			return false;
	return true;
}

static bool
sametag(const Type *x, const Type *y, int i)
{
	uint32_t nx = x->st.tags != NULL && x->st.tags[i] != NULL ? x->st.taglens[i] : 0;
	uint32_t ny = y->st.tags != NULL && y->st.tags[i] != NULL ? y->st.taglens[i] : 0;

	return nx == ny && (nx == 0 || memcmp(x->st.tags[i], y->st.tags[i], nx) == 0);
}

static bool
structs(Unifier *u, Type *x, Type *y, int mode, const Pair *up)
{
	if (x->st.fields.n != y->st.fields.n)
		return false;
	for (int i = 0; i < x->st.fields.n; i++) {
		const Obj *f = x->st.fields.at[i], *g = y->st.fields.at[i];

		if (f->embedded != g->embedded || !obj_sameid(f, g->pkg, g->name) || !sametag(x, y, i) ||
		    !nify(u, f->type, g->type, mode, up))
			return false;
	}
	return true;
}

static bool
named(Unifier *u, Type *x, Type *y, int mode, const Pair *up)
{
	const Type *xo = x->named.origin != NULL ? x->named.origin : x;
	const Type *yo = y->named.origin != NULL ? y->named.origin : y;

	if (x->named.targs.n != y->named.targs.n)
		return false;
	for (int i = 0; i < x->named.targs.n; i++)
		if (!nify(u, x->named.targs.at[i], y->named.targs.at[i], mode, up))
			return false;
	return xo->named.obj == yo->named.obj;
}

static bool
nify1(Unifier *u, Type *x, Type *y, int mode, const Pair *up)
{
	int px, py, emode;
	Type *core;

	if (x == y)
		return true;
	if (x == NULL || y == NULL)
		return false;
	/* A defined type comes second, a bound type parameter first. */
	if (x->kind == T_NAMED || bound(u, y) >= 0) {
		Type *t = x;

		x = y;
		y = t;
	}
	if ((mode & UNIFY_EXACT) == 0 && y->kind == T_NAMED && isliteral(x) &&
	    (x->kind != T_INTERFACE || type_langminor < 21)) {
		y = type_under(y);
		if (x == y)
			return true;
	}
	px = bound(u, x);
	py = bound(u, y);
	if (px >= 0 && py >= 0) {
		if (join(u, px, py))
			return true;
		return nify(u, unify_at(u, px), unify_at(u, py), mode, up);
	}
	if (px >= 0) {
		if (unify_at(u, px) != NULL)
			return known(u, px, y, mode, up);
		unify_set(u, px, y);
		return true;
	}

	if ((mode & UNIFY_EXACT) == 0 && type_langminor >= 21) {
		Type *xi = asinterface(x), *yi = asinterface(y);

		if (xi != NULL && yi != NULL)
			return interfaces(u, xi, yi, up, true);
		if (xi != NULL || yi != NULL) {
			const TypeSet *ts = type_typeset(xi != NULL ? xi : yi);
			Type *other = xi != NULL ? y : x;

			for (int i = 0; i < ts->methods.n; i++) {
				Obj *m = ts->methods.at[i];
				Selection sel;

				if (type_lookup(other, false, m->pkg, m->name, false, &sel) != LOOKUP_OK ||
				    sel.obj->kind != OBJ_FUNC ||
				    !nify(u, obj_type(m), obj_type(sel.obj), UNIFY_EXACT, up))
					return false;
			}
			return true;
		}
	}

	if (y->kind == T_TPARAM) {
		Type *t = x;

		x = y;
		y = t;
	}
	if (x->kind == T_TPARAM) {
		/* A type parameter of somebody else: all that is known is its core type. */
		core = type_core(x);
		return core != NULL && nify(u, core, y, UNIFY_ASSIGN, up);
	}
	if (x->kind != y->kind)
		return false;
	emode = mode & UNIFY_ASSIGN ? mode | UNIFY_EXACT : mode;
	switch (x->kind) {
	case T_ARRAY:
		return (x->len < 0 || y->len < 0 || x->len == y->len) && nify(u, x->elem, y->elem, emode, up);
	case T_SLICE:
	case T_PTR:
		return nify(u, x->elem, y->elem, emode, up);
	case T_MAP:
		return nify(u, x->key, y->key, emode, up) && nify(u, x->elem, y->elem, emode, up);
	case T_CHAN:
		return ((mode & UNIFY_EXACT) == 0 || x->dir == y->dir) && nify(u, x->elem, y->elem, emode, up);
	case T_STRUCT:
		return structs(u, x, y, emode, up);
	case T_TUPLE:
		return tuples(u, x, y, mode, up);
	case T_FUNC:
		return x->variadic == y->variadic && tuples(u, x->fn.params, y->fn.params, emode, up) &&
		       tuples(u, x->fn.results, y->fn.results, emode, up);
	case T_INTERFACE:
		return interfaces(u, x, y, up, false);
	case T_NAMED:
		return named(u, x, y, mode, up);
	case T_UNION:
		return type_identical(x, y);
	default:
		return true;	/* basic types of one kind */
	}
}

static bool
nify(Unifier *u, Type *x, Type *y, int mode, const Pair *up)
{
	bool r;

	if (++u->depth > MAXDEPTH) {
		u->depth--;
		return false;
	}
	r = nify1(u, x, y, mode, up);
	u->depth--;
	return r;
}

bool
unify(Unifier *u, Type *x, Type *y, int mode)
{
	return nify(u, x, y, mode, NULL);
}

bool
type_unify(Type *x, Type *y, Type **tparams, Type **targs, int n, bool inexact)
{
	Unifier u;

	unify_init(&u, tparams, targs, n);
	if (!unify(&u, x, y, inexact ? 0 : UNIFY_EXACT))
		return false;
	for (int i = 0; i < n; i++)
		targs[i] = unify_at(&u, i);
	return true;
}
