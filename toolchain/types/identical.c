/*
 * identical.c - type identity, hashing, one pointer per class of types.
 *
 * Spec: Type identity. Interfaces are compared by type set. Only interfaces
 * can be cyclic without a name in between, so a stack of interface pairs
 * under comparison ends the recursion. The hash looks at names, never at what
 * they stand for, and treats all interface literals alike: it must be
 * computable while the checker is still completing types.
 */
#include "types/types.h"

typedef struct Pair Pair;
struct Pair {
	const Type *x, *y;
	const Pair *up;
};

static bool identical(Type *x, Type *y, bool tags, const Pair *up, int depth);

static bool
sametuple(const Type *x, const Type *y, bool tags, const Pair *up, int depth)
{
	if (x->tuple.vars.n != y->tuple.vars.n)
		return false;
	for (int i = 0; i < x->tuple.vars.n; i++)
		if (!identical(x->tuple.vars.at[i]->type, y->tuple.vars.at[i]->type, tags, up, depth))
			return false;
	return true;
}

static bool
sametags(const Type *x, const Type *y, int i)
{
	uint32_t nx = x->st.tags != NULL && x->st.tags[i] != NULL ? x->st.taglens[i] : 0;
	uint32_t ny = y->st.tags != NULL && y->st.tags[i] != NULL ? y->st.taglens[i] : 0;

	return nx == ny && (nx == 0 || memcmp(x->st.tags[i], y->st.tags[i], nx) == 0);
}

static bool
samestruct(const Type *x, const Type *y, bool tags, const Pair *up, int depth)
{
	if (x->st.fields.n != y->st.fields.n)
		return false;
	for (int i = 0; i < x->st.fields.n; i++) {
		const Obj *f = x->st.fields.at[i], *g = y->st.fields.at[i];

		if (f->embedded != g->embedded || !obj_sameid(f, g->pkg, g->name) || (tags && !sametags(x, y, i)) ||
		    !identical(f->type, g->type, tags, up, depth))
			return false;
	}
	return true;
}

static bool
samefunc(Type *x, Type *y, bool tags, const Pair *up, int depth)
{
	int n = x->fn.tparams.n;
	Type *yp = y->fn.params, *yr = y->fn.results;

	if (x->variadic != y->variadic || n != y->fn.tparams.n)
		return false;
	if (n > 0) {
		/* Type parameters are compared up to renaming: express y in terms of x's. */
		for (int i = 0; i < n; i++) {
			Type *yb = type_subst(y->fn.tparams.at[i]->tp.bound, y->fn.tparams.at, x->fn.tparams.at, n);

			if (!identical(x->fn.tparams.at[i]->tp.bound, yb, tags, up, depth))
				return false;
		}
		yp = type_subst(yp, y->fn.tparams.at, x->fn.tparams.at, n);
		yr = type_subst(yr, y->fn.tparams.at, x->fn.tparams.at, n);
	}
	return sametuple(x->fn.params, yp, tags, up, depth) && sametuple(x->fn.results, yr, tags, up, depth);
}

static bool
sameinterface(Type *x, Type *y, bool tags, const Pair *up, int depth)
{
	Pair here = { x, y, up };
	const TypeSet *xs, *ys;

	if (!x->complete || !y->complete)
		return false;
	for (const Pair *p = up; p != NULL; p = p->up)
		if ((p->x == x && p->y == y) || (p->x == y && p->y == x))
			return true;
	xs = type_typeset(x);
	ys = type_typeset(y);
	if (xs->comparable != ys->comparable || xs->all != ys->all || xs->methods.n != ys->methods.n)
		return false;
	if (!xs->all && !(typeset_subset(xs, ys) && typeset_subset(ys, xs)))
		return false;
	for (int i = 0; i < xs->methods.n; i++) {
		Obj *f = xs->methods.at[i], *g = ys->methods.at[i];

		if (!obj_sameid(f, g->pkg, g->name) || !identical(obj_type(f), obj_type(g), tags, &here, depth))
			return false;
	}
	return true;
}

static bool
sameunion(const Type *x, const Type *y, bool tags, const Pair *up, int depth)
{
	if (x->un.terms.n != y->un.terms.n)
		return false;
	for (int i = 0; i < x->un.terms.n; i++)
		if (x->un.terms.at[i].tilde != y->un.terms.at[i].tilde ||
		    !identical(x->un.terms.at[i].type, y->un.terms.at[i].type, tags, up, depth))
			return false;
	return true;
}

static bool
samenamed(Type *x, Type *y)
{
	Type *xo = x->named.origin != NULL ? x->named.origin : x;
	Type *yo = y->named.origin != NULL ? y->named.origin : y;

	if (xo != yo && xo->named.obj != yo->named.obj)
		return false;
	if (x->named.targs.n != y->named.targs.n)
		return false;
	for (int i = 0; i < x->named.targs.n; i++)
		if (!type_identical(x->named.targs.at[i], y->named.targs.at[i]))
			return false;
	return true;
}

static bool
identical(Type *x, Type *y, bool tags, const Pair *up, int depth)
{
	if (x == y)
		return true;
	if (x == NULL || y == NULL || x->kind != y->kind)
		return false;
	if (tags && x->canon != NULL && y->canon != NULL)
		return x->canon == y->canon;
	if (++depth > 10000)
		return false;
	switch (x->kind) {
	case T_ARRAY:
		/* an unknown length comes from an error already reported */
		return (x->len == y->len || x->len < 0 || y->len < 0) && identical(x->elem, y->elem, tags, up, depth);
	case T_CHAN:
		return x->dir == y->dir && identical(x->elem, y->elem, tags, up, depth);
	case T_SLICE:
	case T_PTR:
		return identical(x->elem, y->elem, tags, up, depth);
	case T_MAP:
		return identical(x->key, y->key, tags, up, depth) && identical(x->elem, y->elem, tags, up, depth);
	case T_STRUCT:
		return samestruct(x, y, tags, up, depth);
	case T_TUPLE:
		return sametuple(x, y, tags, up, depth);
	case T_FUNC:
		return samefunc(x, y, tags, up, depth);
	case T_INTERFACE:
		return sameinterface(x, y, tags, up, depth);
	case T_UNION:
		return sameunion(x, y, tags, up, depth);
	case T_NAMED:
		return samenamed(x, y);
	case T_TPARAM:
		return false;
	default:
		return true;	/* basic types; byte and uint8 have one kind */
	}
}

bool
type_identical(Type *a, Type *b)
{
	return a == b || identical(a, b, true, NULL, 0);
}

bool
type_identical_notags(Type *a, Type *b)
{
	return a == b || identical(a, b, false, NULL, 0);
}

/* ---- hashing ---- */

static uint32_t
mix(uint32_t h, uint32_t x)
{
	h ^= x + 0x9e3779b9u + (h << 6) + (h >> 2);
	return h * 0x85ebca6bu;
}

static uint32_t hash(Type *t, int depth);

static uint32_t
hashtuple(const Type *t, int depth)
{
	uint32_t h = (uint32_t)t->tuple.vars.n;

	for (int i = 0; i < t->tuple.vars.n; i++)
		h = mix(h, hash(t->tuple.vars.at[i]->type, depth));
	return h;
}

static uint32_t
hash(Type *t, int depth)
{
	uint32_t h;

	if (t == NULL)
		return 0;
	if (t->hash != 0)
		return t->hash;
	h = mix(0x51ed270b, t->kind);
	if (++depth > 1000)
		return h;
	switch (t->kind) {
	case T_ARRAY:
		h = mix(h, (uint32_t)t->len);
		h = mix(h, hash(t->elem, depth));
		break;
	case T_CHAN:
		h = mix(h, t->dir);
		/* fall through */
	case T_SLICE:
	case T_PTR:
		h = mix(h, hash(t->elem, depth));
		break;
	case T_MAP:
		h = mix(h, hash(t->key, depth));
		h = mix(h, hash(t->elem, depth));
		break;
	case T_STRUCT:
		for (int i = 0; i < t->st.fields.n; i++) {
			h = mix(h, intern_hash(t->st.fields.at[i]->name));
			h = mix(h, hash(t->st.fields.at[i]->type, depth));
		}
		break;
	case T_TUPLE:
		h = mix(h, hashtuple(t, depth));
		break;
	case T_FUNC:
		if (t->fn.tparams.n > 0)
			h = mix(h, (uint32_t)t->fn.params->tuple.vars.n);
		else {
			h = mix(h, hashtuple(t->fn.params, depth) + t->variadic);
			h = mix(h, hashtuple(t->fn.results, depth));
		}
		break;
	case T_NAMED: {
		const Obj *o = t->named.obj;

		h = mix(h, intern_hash(o->name));
		if (o->pkg != NULL)
			h = mix(h, intern_hash(o->pkg->path));
		h = mix(h, o->outerfn != NULL ? intern_hash(o->outerfn->name) : 0);
		for (int i = 0; i < t->named.targs.n; i++)
			h = mix(h, hash(t->named.targs.at[i], depth));
		break;
	}
	case T_TPARAM:
		h = mix(h, intern_hash(t->tp.obj->name));
		break;
	default:
		break;
	}
	if (h == 0)
		h = 1;
	return t->hash = h;
}

uint32_t
type_hash(Type *t)
{
	return hash(t, 0);
}

/* ---- canonical types: open hashing by type_hash ---- */

static struct {
	Type **at;
	uint32_t cap, n;
} canon;

static void
rehash(void)
{
	uint32_t cap = canon.cap == 0 ? 4096 : canon.cap * 2;
	Type **at = NEWN(perm, Type *, cap);

	for (uint32_t i = 0; i < canon.cap; i++)
		if (canon.at[i] != NULL) {
			uint32_t j = canon.at[i]->hash & (cap - 1);

			while (at[j] != NULL)
				j = (j + 1) & (cap - 1);
			at[j] = canon.at[i];
		}
	canon.at = at;
	canon.cap = cap;
}

Type *
type_canon(Type *t)
{
	uint32_t h, i;

	if (t->canon != NULL)
		return t->canon;
	if (t->spelling != NULL)
		return t->canon = type_canon(t->spelling->base);
	h = hash(t, 0);
	t->hash = h;
	if (canon.n * 2 >= canon.cap)
		rehash();
	for (i = h & (canon.cap - 1); canon.at[i] != NULL; i = (i + 1) & (canon.cap - 1))
		if (canon.at[i]->hash == h && identical(canon.at[i], t, true, NULL, 0))
			return t->canon = canon.at[i];
	canon.at[i] = t;
	canon.n++;
	return t->canon = t;
}
