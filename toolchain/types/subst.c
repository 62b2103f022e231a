/*
 * subst.c - type arguments for type parameters; instances.
 *
 * type_subst returns its argument when nothing changes, so unchanged parts
 * stay shared. An instance of a named type is only a name and arguments; its
 * underlying type and the signatures of its methods are substituted when
 * somebody asks, which is what makes recursive generic types finite.
 *
 * A type declared inside a generic function is generic over the function's
 * type parameters without saying so. It is treated here as if it did: its
 * instances have the declared type as origin and one argument for each type
 * parameter of the function (the receiver's for a method).
 */
#include "types/types.h"

typedef struct {
	Type **from, **to;
	int n;
	int depth;
} Subst;

/* A method of an instance whose signature is not made yet. */
typedef struct {
	Obj o;
	Type *recv;
} InstMethod;

static Type *sub(Subst *s, Type *t);

static const TypeVec notparams;

bool
type_isgeneric(Type *t)
{
	if (t->spelling != NULL && t->spelling->tparams.n > 0)
		return true;
	return t->kind == T_NAMED && t->named.origin == NULL && type_tparams(t)->n > 0;
}

const TypeVec *
type_tparams(Type *t)
{
	if (t->spelling != NULL && t->spelling->tparams.n > 0)
		return &t->spelling->tparams;
	if (t->kind == T_FUNC)
		return t->fn.tparams.n > 0 ? &t->fn.tparams : &t->fn.recvtparams;
	if (t->kind != T_NAMED)
		return &notparams;
	t = type_unspelled(t);
	if (t->named.origin != NULL)
		t = t->named.origin;
	if (t->named.obj->expoff != 0)
		obj_type(t->named.obj);
	return &t->named.tparams;
}

const TypeVec *
type_instparams(Type *t)
{
	if (t->kind == T_NAMED) {
		const Obj *o;

		t = type_unspelled(t);
		if (t->named.origin != NULL)
			t = t->named.origin;
		o = t->named.obj;
		if (t->named.tparams.n == 0 && o->outerfn != NULL && o->outerfn->type != NULL &&
		    o->outerfn->type->kind == T_FUNC)
			t = o->outerfn->type;
	}
	return type_tparams(t);
}

int
type_nmethods(Type *named)
{
	Type *o = named->named.origin != NULL ? named->named.origin : type_unspelled(named);

	if (o->named.obj->expoff != 0)
		obj_type(o->named.obj);
	return o->named.methods.n;
}

static Type *
subtuple(Subst *s, Type *t)
{
	Obj **vars = NULL;
	int n = t->tuple.vars.n;

	for (int i = 0; i < n; i++) {
		Obj *v = t->tuple.vars.at[i];
		Type *u = sub(s, v->type);

		if (u == v->type)
			continue;
		if (vars == NULL) {
			vars = NEWN(perm, Obj *, n);
			memcpy(vars, t->tuple.vars.at, sizeof *vars * (size_t)n);
		}
		vars[i] = NEW(perm, Obj);
		*vars[i] = *v;
		vars[i]->type = u;
		vars[i]->origin = v->origin != NULL ? v->origin : v;
	}
	return vars != NULL ? type_tuple(vars, n) : t;
}

static Type *
substruct(Subst *s, Type *t)
{
	Type *r = NULL;

	for (int i = 0; i < t->st.fields.n; i++) {
		Obj *f = t->st.fields.at[i], *g;
		Type *u = sub(s, f->type);

		if (u == f->type)
			continue;
		if (r == NULL) {
			r = type_new(T_STRUCT);
			r->complete = t->complete;
			r->st.tags = t->st.tags;
			r->st.taglens = t->st.taglens;
			for (int j = 0; j < t->st.fields.n; j++)
				vec_push(perm, &r->st.fields, t->st.fields.at[j]);
		}
		g = NEW(perm, Obj);
		*g = *f;
		g->type = u;
		g->lower = NULL;
		g->origin = f->origin != NULL ? f->origin : f;
		r->st.fields.at[i] = g;
	}
	return r != NULL ? r : t;
}

static Type *
subfunc(Subst *s, Type *t)
{
	Type *params = sub(s, t->fn.params), *results = sub(s, t->fn.results), *r;

	if (params == t->fn.params && results == t->fn.results)
		return t;
	r = type_func(params, results, t->variadic);
	r->fn.recv = t->fn.recv;
	r->fn.tparams = t->fn.tparams;
	r->fn.recvtparams = t->fn.recvtparams;
	return r;
}

static Type *
subinterface(Subst *s, Type *t)
{
	Type *r = NULL;

	for (int i = 0; i < t->iface.methods.n; i++) {
		Obj *m = t->iface.methods.at[i], *c;
		Type *mt = obj_type(m), *u = sub(s, mt);

		if (u == mt)
			continue;
		if (r == NULL) {
			r = type_new(T_INTERFACE);
			r->iface.methods.n = r->iface.methods.cap = t->iface.methods.n;
			r->iface.methods.at =
			    arena_dup(perm, t->iface.methods.at, sizeof(Obj *) * (size_t)t->iface.methods.n);
		}
		c = NEW(perm, Obj);
		*c = *m;
		c->type = u;
		c->origin = m->origin != NULL ? m->origin : m;
		r->iface.methods.at[i] = c;
	}
	for (int i = 0; i < t->iface.embeds.n; i++) {
		Type *u = sub(s, t->iface.embeds.at[i]);

		if (u == t->iface.embeds.at[i] && (r == NULL || r->iface.embeds.n == 0))
			continue;
		if (r == NULL) {
			r = type_new(T_INTERFACE);
			r->iface.methods = t->iface.methods;
		}
		if (r->iface.embeds.n == 0) {
			r->iface.embeds.n = r->iface.embeds.cap = t->iface.embeds.n;
			r->iface.embeds.at =
			    arena_dup(perm, t->iface.embeds.at, sizeof(Type *) * (size_t)t->iface.embeds.n);
		}
		r->iface.embeds.at[i] = u;
	}
	if (r == NULL)
		return t;
	if (r->iface.embeds.n == 0)
		r->iface.embeds = t->iface.embeds;
	/* a vector shared with the original must not grow in place */
	r->iface.methods.cap = r->iface.methods.n;
	r->iface.embeds.cap = r->iface.embeds.n;
	r->complete = t->complete;
	r->comparable = t->comparable;
	r->implicit = t->implicit;
	r->iface.pkg = t->iface.pkg;
	r->iface.embedpos = t->iface.embedpos;
	return r;
}

static Type *
subunion(Subst *s, Type *t)
{
	Type *r = NULL;

	for (int i = 0; i < t->un.terms.n; i++) {
		Type *u = sub(s, t->un.terms.at[i].type);

		if (u == t->un.terms.at[i].type)
			continue;
		if (r == NULL) {
			r = type_new(T_UNION);
			for (int j = 0; j < t->un.terms.n; j++)
				vec_push(perm, &r->un.terms, t->un.terms.at[j]);
		}
		r->un.terms.at[i].type = u;
	}
	return r != NULL ? r : t;
}

static Type *
subnamed(Subst *s, Type *t)
{
	Type *small[8], **targs = small;
	const TypeVec *old = &t->named.targs;
	bool changed = false;

	if (t->named.origin == NULL) {
		/* A generic type by itself stands for the declaration. Only local types have parameters they do not show. */
		if (t->named.obj->outerfn == NULL || type_unspelled(t)->named.tparams.n > 0)
			return t;
		old = type_instparams(t);
	}
	if (old->n == 0)
		return t;
	if (old->n > (int)NELEM(small))
		targs = NEWN(perm, Type *, old->n);
	for (int i = 0; i < old->n; i++) {
		targs[i] = sub(s, old->at[i]);
		if (targs[i] != old->at[i])
			changed = true;
	}
	if (!changed)
		return t;
	return type_instantiate(t->named.origin != NULL ? t->named.origin : t, targs, old->n);
}

static Type *
sub(Subst *s, Type *t)
{
	Type *r = t;

	if (t == NULL)
		return NULL;
	if (t->kind == T_TPARAM) {
		for (int i = 0; i < s->n; i++)
			if (s->from[i] == t)
				return s->to[i] != NULL ? s->to[i] : t;
		return t;
	}
	if (t->kind < T_ARRAY || t->hastparam == 1)
		return t;
	if (++s->depth > 5000) {
		s->depth--;
		return typ[T_INVALID];
	}
	switch (t->kind) {
	case T_ARRAY: {
		Type *e = sub(s, t->elem);

		if (e != t->elem)
			r = type_array(e, t->len);
		break;
	}
	case T_SLICE: {
		Type *e = sub(s, t->elem);

		if (e != t->elem)
			r = type_slice(e);
		break;
	}
	case T_PTR: {
		Type *e = sub(s, t->elem);

		if (e != t->elem)
			r = type_ptr(e);
		break;
	}
	case T_CHAN: {
		Type *e = sub(s, t->elem);

		if (e != t->elem)
			r = type_chan(t->dir, e);
		break;
	}
	case T_MAP: {
		Type *k = sub(s, t->key), *e = sub(s, t->elem);

		if (k != t->key || e != t->elem)
			r = type_map(k, e);
		break;
	}
	case T_STRUCT:
		r = substruct(s, t);
		break;
	case T_TUPLE:
		r = subtuple(s, t);
		break;
	case T_FUNC:
		r = subfunc(s, t);
		break;
	case T_INTERFACE:
		r = subinterface(s, t);
		break;
	case T_UNION:
		r = subunion(s, t);
		break;
	case T_NAMED:
		r = subnamed(s, t);
		break;
	default:
		break;
	}
	s->depth--;
	return r;
}

Type *
type_subst(Type *t, Type **tparams, Type **targs, int n)
{
	Subst s = { tparams, targs, n, 0 };

	if (n == 0 || t == NULL || t->hastparam == 1)
		return t;
	if (t->kind > T_UNTYPED_NIL && !type_hastparam(t) && t->hastparam == 1)
		return t;
	return sub(&s, t);
}

/* ---- instances ---- */

typedef struct InstEntry InstEntry;
struct InstEntry {
	Type *inst;
	uint32_t hash;
	InstEntry *next;
};

static struct {
	InstEntry **at;
	uint32_t cap, n;
} insts;

static void
growinsts(void)
{
	uint32_t cap = insts.cap == 0 ? 256 : insts.cap * 2;
	InstEntry **at = NEWN(perm, InstEntry *, cap);

	for (uint32_t i = 0; i < insts.cap; i++)
		for (InstEntry *e = insts.at[i], *next; e != NULL; e = next) {
			next = e->next;
			e->next = at[e->hash & (cap - 1)];
			at[e->hash & (cap - 1)] = e;
		}
	insts.at = at;
	insts.cap = cap;
}

static Type *
instantiatenamed(Type *generic, Type **targs, int n)
{
	uint32_t h = type_hash(generic);
	InstEntry *e;
	Type *t;

	for (int i = 0; i < n; i++)
		h = h * 31 + type_hash(targs[i]);
	if (insts.n >= insts.cap)
		growinsts();
	for (e = insts.at[h & (insts.cap - 1)]; e != NULL; e = e->next) {
		bool same = e->hash == h && e->inst->named.origin == generic && e->inst->named.targs.n == n;

		for (int i = 0; same && i < n; i++)
			same = type_identical(e->inst->named.targs.at[i], targs[i]);
		if (same)
			return e->inst;
	}
	t = type_new(T_NAMED);
	t->named.obj = generic->named.obj;
	t->named.origin = generic;
	t->complete = 1;
	for (int i = 0; i < n; i++)
		vec_push(perm, &t->named.targs, targs[i]);
	e = NEW(perm, InstEntry);
	e->inst = t;
	e->hash = h;
	e->next = insts.at[h & (insts.cap - 1)];
	insts.at[h & (insts.cap - 1)] = e;
	insts.n++;
	return t;
}

Type *
type_instantiate(Type *generic, Type **targs, int n)
{
	Type *t;

	if (generic->spelling != NULL) {
		const Spelling *sp = generic->spelling;
		TypeVec v = { targs, n, n };

		if (sp->tparams.n > 0) {
			if (n != sp->tparams.n)
				return typ[T_INVALID];
			v.at = arena_dup(perm, targs, sizeof *targs * (size_t)n);
			return type_spelled(sp->obj, type_subst(sp->base, sp->tparams.at, v.at, n), NULL, &v);
		}
		generic = sp->base;
	}
	if (generic->kind == T_NAMED) {
		if (generic->named.origin != NULL)
			generic = generic->named.origin;
		return instantiatenamed(generic, targs, n);
	}
	if (generic->kind != T_FUNC || n == 0 || n != generic->fn.tparams.n)
		return generic->kind == T_FUNC && generic->fn.tparams.n == 0 ? generic : typ[T_INVALID];
	t = type_func(type_subst(generic->fn.params, generic->fn.tparams.at, targs, n),
		      type_subst(generic->fn.results, generic->fn.tparams.at, targs, n), generic->variadic);
	t->fn.recv = generic->fn.recv;
	return t;
}

Obj *
type_method(Type *named, int i)
{
	Type *o = named->named.origin;
	Obj *m;
	InstMethod *im;

	named = type_unspelled(named);
	type_nmethods(named);
	if (o == NULL)
		return named->named.methods.at[i];
	m = o->named.methods.at[i];
	if (named->named.instmethods == NULL)
		named->named.instmethods = map_new(perm);
	im = map_get(named->named.instmethods, m);
	if (im == NULL) {
		im = NEW(perm, InstMethod);
		im->o = *m;
		im->o.type = NULL;
		im->o.lower = NULL;
		im->o.expoff = 0;
		im->o.origin = m;
		im->recv = named;
		map_set(named->named.instmethods, m, im);
	}
	return &im->o;
}

void
type_substmethod(Obj *m)
{
	InstMethod *im = (InstMethod *)m;
	Type *mt = obj_type(m->origin), *t;
	const TypeVec *tps;
	Obj *recv;

	if (mt == NULL || mt->kind != T_FUNC)
		return;
	tps = &mt->fn.recvtparams;
	if (tps->n != im->recv->named.targs.n) {
		m->type = mt;	/* an error in the receiver was reported */
		return;
	}
	t = type_func(type_subst(mt->fn.params, tps->at, im->recv->named.targs.at, tps->n),
		      type_subst(mt->fn.results, tps->at, im->recv->named.targs.at, tps->n), mt->variadic);
	if (mt->fn.recv != NULL) {
		recv = NEW(perm, Obj);
		*recv = *mt->fn.recv;
		recv->type = recv->type != NULL && recv->type->kind == T_PTR ? type_ptr(im->recv) : im->recv;
		recv->origin = mt->fn.recv;
		t->fn.recv = recv;
	}
	m->type = t;
	m->ptrrecv = m->origin->ptrrecv;
}

int
type_verify(Type **tparams, Type **targs, int n, const char **cause)
{
	for (int i = 0; i < n; i++) {
		Type *bound;

		type_under(tparams[i]);	/* makes the bound an interface */
		bound = tparams[i]->tp.bound;
		if (bound == NULL)
			continue;
		if (!type_implements(targs[i], type_subst(bound, tparams, targs, n), true, cause))
			return i;
	}
	return -1;
}

Type *
type_renametparams(Type **tparams, int n, Type *t, Type **out)
{
	for (int i = 0; i < n; i++) {
		const Obj *o = tparams[i]->tp.obj;
		Obj *c = obj_new(OBJ_TYPE, o->pos, o->pkg, o->name, NULL);

		c->color = 2;
		out[i] = type_tparam(c, NULL);
		out[i]->tp.index = tparams[i]->tp.index;
	}
	for (int i = 0; i < n; i++)
		out[i]->tp.bound = type_subst(tparams[i]->tp.bound, tparams, out, n);
	return type_subst(t, tparams, out, n);
}
