/*
 * check_cycle.c - what may refer to itself and what not: declarations,
 * types of infinite size, anonymous interfaces.
 */
#include <stdlib.h>

#include "types/check.h"

/* Judges the cycle from the grey object o back to itself; reports it if it is invalid. */
bool
ck_validcycle(Checker *k, Obj *o)
{
	int start = k->path.n - 1, nval = 0, ndef = 0, first;
	bool tparcycle = false;

	while (start > 0 && k->path.at[start] != o)
		start--;
	for (int i = start; i < k->path.n; i++) {
		Obj *p = k->path.at[i];

		if (p->kind == OBJ_CONST || p->kind == OBJ_VAR) {
			nval++;
		} else if (p->kind == OBJ_TYPE) {
			if (k->env.intparams && p->type != NULL && ck_isgeneric(p->type)) {
				tparcycle = true;
				break;
			}
			if (!p->isalias)
				ndef++;
		}
	}
	if (!tparcycle) {
		/* A cycle of values only is an initialisation problem, or none at all. */
		if (nval == k->path.n - start)
			return true;
		if (nval == 0 && ndef > 0)
			return true;
	}
	first = start;
	for (int i = start; i < k->path.n; i++)
		if (k->path.at[i]->pos < k->path.at[first]->pos)
			first = i;
	ck_cycleerror(k, k->path.at + start, k->path.n - start, first - start);
	return false;
}

static const char *
cyclename(Checker *k, Obj *o)
{
	return o->pkg != NULL && o->pkg != k->pkg ? intern_printf("%s.%s", o->pkg->name, o->name) : o->name;
}

void
ck_cycleerror(Checker *k, Obj **cycle, int n, int start)
{
	Obj *o = cycle[start];
	bool istype = o->kind == OBJ_TYPE;
	const char *name = cyclename(k, o);
	Buf b = { 0 };

	if (n == 1) {
		if (istype)
			ck_error(k, o->pos, "invalid recursive type: %s refers to itself", name);
		else
			ck_error(k, o->pos, "invalid cycle in declaration: %s refers to itself", name);
		return;
	}
	buf_printf(&b, istype ? "invalid recursive type %s" : "invalid cycle in declaration of %s", name);
	for (int i = 0; i < n; i++) {
		Obj *p = cycle[(start + i) % n];

		buf_printf(&b, "\n\t%s: %s refers to", ck_posstr(p->pos), cyclename(k, p));
	}
	buf_printf(&b, "\n\t%s: %s", ck_posstr(o->pos), name);
	ck_error(k, o->pos, "%s", buf_cstr(&b));
	buf_free(&b);
}

/* ---- types of infinite size ---- */

typedef struct {
	Checker *k;
	TypeVec nest;	/* named types we are inside of */
	TypeVec path;	/* the same, with those that type arguments led out of */
	int steps;
} Valid;

/* The object of t; of an instance a copy that is where the instance was first mentioned. */
static Obj *
placed(Checker *k, Type *t)
{
	void *p = t->named.origin != NULL ? map_get(k->instpos, t) : NULL;
	Obj *o = t->named.obj;

	if (p != NULL) {
		o = arena_dup(perm, o, sizeof *o);
		o->pos = (Pos)(uintptr_t)p;
	}
	return o;
}

/* Whether the right sides of t, all of them names, lead back: type T T, type A B with type B A. Reported and cut. */
bool
ck_namecycle(Checker *k, Type *t)
{
	Vec(Type *) seen = { 0 };
	ObjVec cycle = { 0 };
	int first = 0;

	for (Type *n = t; n != NULL && n->kind == T_NAMED;) {
		Type *o = n->named.origin != NULL ? n->named.origin : n;

		for (int i = 0; i < seen.n; i++) {
			Type *s = seen.at[i];

			if ((s->named.origin != NULL ? s->named.origin : s) != o)
				continue;
			/* An instance says better where the cycle runs. */
			if (seen.at[i]->named.origin == NULL && n->named.origin != NULL)
				seen.at[i] = n;
			for (; i < seen.n; i++) {
				Type *c = seen.at[i];

				vec_push(perm, &cycle, placed(k, c));
				c->named.under = typ[T_INVALID];
				if (c->named.origin != NULL)
					c->named.origin->named.under = typ[T_INVALID];
			}
			for (int j = 1; j < cycle.n; j++)
				if (cycle.at[j]->pos < cycle.at[first]->pos)
					first = j;
			ck_cycleerror(k, cycle.at, cycle.n, first);
			return true;
		}
		if (o->named.under != NULL || seen.n > 1000)
			return false;
		vec_push(perm, &seen, n);
		n = o->named.rhs != NULL ? type_unspelled(o->named.rhs) : NULL;
	}
	return false;
}

static bool
valid(Valid *v, Type *t)
{
	switch (t->kind) {
	case T_ARRAY:
		return valid(v, t->elem);
	case T_STRUCT:
		for (int i = 0; i < t->st.fields.n; i++)
			if (!valid(v, t->st.fields.at[i]->type))
				return false;
		return true;
	case T_UNION:
		for (int i = 0; i < t->un.terms.n; i++)
			if (!valid(v, t->un.terms.at[i].type))
				return false;
		return true;
	case T_INTERFACE:
		for (int i = 0; i < t->iface.embeds.n; i++)
			if (!valid(v, t->iface.embeds.at[i]))
				return false;
		return true;
	case T_NAMED: {
		Type *origin, *rhs;
		bool ok;

		t = type_unspelled(t);
		origin = t->named.origin != NULL ? t->named.origin : t;
		if (t->named.origin == NULL && (t->named.obj->pkg != v->k->pkg || map_has(v->k->validtypes, t)))
			return true;
		if (!ck_valid(ck_under(t)))
			return false;
		for (int i = 0; i < v->nest.n; i++) {
			Type *e = v->nest.at[i];

			if (e != t && !type_identical(e, t))
				continue;
			t->named.under = origin->named.under = typ[T_INVALID];
			for (int j = 0; j < v->path.n; j++)
				if (v->path.at[j] == t || type_identical(v->path.at[j], t)) {
					ObjVec cycle = { 0 };

					for (; j < v->path.n; j++)
						vec_push(perm, &cycle, placed(v->k, v->path.at[j]));
					ck_cycleerror(v->k, cycle.at, cycle.n, 0);
					return false;
				}
			return false;
		}
		rhs = origin->named.rhs != NULL ? origin->named.rhs : ck_under(origin);
		if (rhs == NULL || v->nest.n > 1000 || ++v->steps > 1000000)
			return true;
		vec_push(perm, &v->nest, t);
		vec_push(perm, &v->path, t);
		ok = valid(v, rhs);
		v->nest.n--;
		v->path.n--;
		if (ok && t->named.origin == NULL && t->named.tparams.n == 0)
			map_set(v->k->validtypes, t, t);
		return ok;
	}
	case T_TPARAM: {
		/* What it stands for in the innermost instance; that belongs to the place outside of it. */
		Type *inst;
		const TypeVec *tps;

		if (v->nest.n == 0)
			return true;
		inst = vec_last(&v->nest);
		if (inst->named.origin == NULL)
			return true;
		tps = &inst->named.origin->named.tparams;
		for (int i = 0; i < tps->n && i < inst->named.targs.n; i++)
			if (tps->at[i] == t) {
				bool ok;

				v->nest.n--;
				ok = valid(v, inst->named.targs.at[i]);
				vec_push(perm, &v->nest, inst);
				return ok;
			}
		return true;
	}
	default:
		return true;
	}
}

void
ck_validtype(Checker *k, Type *t)
{
	Valid v = { .k = k };

	if (t->named.origin == NULL && map_has(k->validtypes, t))
		return;
	valid(&v, t);
}

/* ---- anonymous interfaces that contain themselves ---- */

enum { IFACE_NEW, IFACE_OPEN, IFACE_DONE };

static bool ifacecyclic(Map *state, Type *t, int depth);

static bool
typecyclic(Map *state, Type *t, int depth)
{
	if (depth > 5000)
		return false;
	switch (t->kind) {
	case T_PTR:
	case T_ARRAY:
	case T_SLICE:
	case T_CHAN:
		return typecyclic(state, t->elem, depth + 1);
	case T_MAP:
		return typecyclic(state, t->key, depth + 1) || typecyclic(state, t->elem, depth + 1);
	case T_STRUCT:
		for (int i = 0; i < t->st.fields.n; i++)
			if (typecyclic(state, t->st.fields.at[i]->type, depth + 1))
				return true;
		return false;
	case T_FUNC:
		return typecyclic(state, t->fn.params, depth + 1) || typecyclic(state, t->fn.results, depth + 1);
	case T_TUPLE:
		for (int i = 0; i < t->tuple.vars.n; i++)
			if (typecyclic(state, t->tuple.vars.at[i]->type, depth + 1))
				return true;
		return false;
	case T_INTERFACE:
		if (t->iface.methods.n == 0 && t->iface.embeds.n == 0)
			return false;
		switch ((int)(intptr_t)map_get(state, t)) {
		case IFACE_OPEN:
			return true;
		case IFACE_DONE:
			return false;
		}
		map_set(state, t, (void *)(intptr_t)IFACE_OPEN);
		if (ifacecyclic(state, t, depth + 1))
			return true;
		map_set(state, t, (void *)(intptr_t)IFACE_DONE);
		return false;
	default:
		return false;
	}
}

static bool
ifacecyclic(Map *state, Type *t, int depth)
{
	TypeSet *ts = type_typeset(t);

	for (int i = 0; i < ts->methods.n; i++)
		if (typecyclic(state, obj_type(ts->methods.at[i]), depth))
			return true;
	return false;
}

static int
byposition(const void *x, const void *y)
{
	const AnonIface *a = x, *b = y;

	return (a->pos > b->pos) - (a->pos < b->pos);
}

void
ck_ifacecycles(Checker *k)
{
	Map *state = map_new(perm);

	if (k->ifaces.n > 1)
		qsort(k->ifaces.at, (size_t)k->ifaces.n, sizeof *k->ifaces.at, byposition);
	for (int i = 0; i < k->ifaces.n; i++)
		if (ifacecyclic(state, k->ifaces.at[i].t, 0)) {
			const void *key;
			void *value;

			ck_error(k, k->ifaces.at[i].pos,
			    "invalid recursive type: anonymous interface refers to itself (see "
			    "https://go.dev/issue/56103)");
			for (int j = 0; map_next(state, &j, &key, &value);)
				map_set(state, key, (void *)(intptr_t)IFACE_DONE);
		}
}
