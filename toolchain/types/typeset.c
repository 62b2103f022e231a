/*
 * typeset.c - what types an interface admits.
 *
 * Spec: General interfaces. A set is a list of methods and a list of terms
 * (T or ~T) in normal form: disjoint, and empty means no type at all. `all`
 * stands for the missing restriction. An interface that the checker is still
 * collecting has the set of all types for the moment, and nothing is cached.
 */
#include "types/types.h"

typedef Vec(UnionTerm) Terms;

enum { MAXTERMS = 100 };	/* as gc; the checker reports a longer union */

static TypeSet topset = { .all = true };

bool
typeset_isempty(const TypeSet *ts)
{
	return !ts->all && ts->terms.n == 0;
}

bool
typeset_hasterms(const TypeSet *ts)
{
	return !ts->all && ts->terms.n > 0;
}

/* Whether type t is in term x's set. */
static bool
includes(UnionTerm x, Type *t)
{
	return type_identical(x.type, x.tilde ? type_under(t) : t);
}

static bool
disjoint(UnionTerm x, UnionTerm y)
{
	Type *ux = y.tilde ? type_under(x.type) : x.type;
	Type *uy = x.tilde ? type_under(y.type) : y.type;

	return !type_identical(ux, uy);
}

static bool
termsubset(UnionTerm x, UnionTerm y)
{
	return !disjoint(x, y) && (!x.tilde || y.tilde);
}

bool
typeset_subset(const TypeSet *a, const TypeSet *b)
{
	if (b->all)
		return true;
	if (a->all)
		return false;
	for (int i = 0; i < a->terms.n; i++) {
		bool found = false;

		for (int j = 0; !found && j < b->terms.n; j++)
			found = termsubset(a->terms.at[i], b->terms.at[j]);
		if (!found)
			return false;
	}
	return true;
}

/* Adds a term to a normal form, keeping it one. */
static void
addterm(Terms *ts, UnionTerm x)
{
	int n = 0;

	for (int i = 0; i < ts->n; i++)
		if (termsubset(x, ts->at[i]))
			return;
	for (int i = 0; i < ts->n; i++)
		if (!termsubset(ts->at[i], x))
			ts->at[n++] = ts->at[i];
	ts->n = n;
	vec_push(perm, ts, x);
}

/* The terms of a union, or all. */
static void
unionterms(Type *u, Terms *out, bool *isall, int depth)
{
	for (int i = 0; i < u->un.terms.n; i++) {
		UnionTerm x = u->un.terms.at[i];
		Type *xu = type_under(x.type);

		if (xu->kind == T_INTERFACE && x.type->kind != T_TPARAM) {
			const TypeSet *ts = type_typeset(xu);

			if (ts->all) {
				*isall = true;
				return;
			}
			for (int j = 0; j < ts->terms.n; j++)
				addterm(out, ts->terms.at[j]);
		} else if (xu->kind == T_UNION && depth < 100) {
			unionterms(xu, out, isall, depth + 1);
			if (*isall)
				return;
		} else if (xu->kind != T_INVALID) {
			if (x.tilde && x.type->kind != T_TPARAM && !type_identical(x.type, xu))
				continue;	/* no type has x.type as its underlying type */
			addterm(out, x);
		}
		if (out->n > MAXTERMS)
			return;
	}
}

static void
intersect(TypeSet *ts, const Terms *terms, bool isall, bool comparable)
{
	bool comp = ts->comparable || comparable;

	if (!isall) {
		Terms r = { 0 };

		if (ts->all)
			for (int i = 0; i < terms->n; i++)
				addterm(&r, terms->at[i]);
		else
			for (int i = 0; i < ts->terms.n; i++)
				for (int j = 0; j < terms->n; j++) {
					UnionTerm x = ts->terms.at[i], y = terms->at[j];

					if (!disjoint(x, y))
						addterm(&r, x.tilde && !y.tilde ? y : x);
				}
		ts->all = false;
		ts->terms.at = r.at;
		ts->terms.n = r.n;
		ts->terms.cap = r.cap;
	}
	if (comp && !ts->all) {
		int n = 0;

		for (int i = 0; i < ts->terms.n; i++)
			if (type_comparable_(ts->terms.at[i].type, false, NULL))
				ts->terms.at[n++] = ts->terms.at[i];
		ts->terms.n = n;
		comp = false;
	}
	ts->comparable = comp;
}

static void
addmethod(TypeSet *ts, Map *seen, Obj *m)
{
	if (seen != NULL) {
		/* Only names of different packages can share one name; then look for real. */
		if (map_has(seen, m->name))
			for (int i = 0; i < ts->methods.n; i++)
				if (obj_sameid(ts->methods.at[i], m->pkg, m->name))
					return;
		map_set(seen, m->name, m);
	} else
		for (int i = 0; i < ts->methods.n; i++)
			if (obj_sameid(ts->methods.at[i], m->pkg, m->name))
				return;
	vec_push(perm, &ts->methods, m);
}

static void
sortmethods(ObjVec *v)
{
	for (int i = 1; i < v->n; i++) {
		Obj *m = v->at[i];
		int lo = 0, hi = i;

		while (lo < hi) {
			int mid = (lo + hi) / 2;

			if (obj_less(m, v->at[mid]))
				hi = mid;
			else
				lo = mid + 1;
		}
		memmove(v->at + lo + 1, v->at + lo, sizeof *v->at * (size_t)(i - lo));
		v->at[lo] = m;
	}
}

TypeSet *
type_typeset(Type *iface)
{
	TypeSet *ts;
	Map *seen = NULL;

	if (iface->kind != T_INTERFACE)
		return &topset;
	if (iface->iface.tset != NULL)
		return iface->iface.tset;
	if (!iface->complete)
		return &topset;
	ts = NEW(perm, TypeSet);
	ts->all = true;
	iface->iface.tset = ts;	/* ends the recursion of an interface that embeds itself */
	if (iface->comparable)
		ts->comparable = true;
	if (iface->iface.methods.n > 16)
		seen = map_new(perm);
	for (int i = 0; i < iface->iface.methods.n; i++)
		addmethod(ts, seen, iface->iface.methods.at[i]);
	for (int i = 0; i < iface->iface.embeds.n; i++) {
		Type *e = iface->iface.embeds.at[i];
		Type *u = e->kind == T_TPARAM ? e : type_under(e);
		Terms terms = { 0 };
		bool isall = false;

		if (u->kind == T_INTERFACE) {
			const TypeSet *es = type_typeset(u);

			for (int j = 0; j < es->methods.n; j++)
				addmethod(ts, seen, es->methods.at[j]);
			terms.at = es->terms.at;
			terms.n = es->terms.n;
			intersect(ts, &terms, es->all, es->comparable);
		} else if (u->kind == T_UNION) {
			unionterms(u, &terms, &isall, 0);
			if (terms.n <= MAXTERMS)
				intersect(ts, &terms, isall, false);
		} else if (u->kind != T_INVALID) {
			vec_push(perm, &terms, ((UnionTerm){ e, false }));
			intersect(ts, &terms, false, false);
		}
	}
	sortmethods(&ts->methods);
	return ts;
}

/* For type_implements: whether t is in the set; *alt gets a T for which ~T would have admitted t. */
bool
typeset_includes(const TypeSet *ts, Type *t, Type **alt)
{
	if (ts->all)
		return true;
	for (int i = 0; i < ts->terms.n; i++)
		if (includes(ts->terms.at[i], t))
			return true;
	for (int i = 0; alt != NULL && *alt == NULL && i < ts->terms.n; i++) {
		UnionTerm x = ts->terms.at[i];

		if (!x.tilde && type_identical(x.type, type_under(x.type)) && type_identical(x.type, type_under(t)))
			*alt = x.type;
	}
	return false;
}
