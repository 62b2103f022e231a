/*
 * scope.c - names to objects.
 *
 * Most scopes hold a handful of names, so the map is made with the first one.
 * The scope of an imported package asks its export data for a name it does
 * not have yet.
 */
#include "types/types.h"

Scope *
scope_new(Scope *parent)
{
	Scope *sc = NEW(perm, Scope);

	sc->parent = parent;
	return sc;
}

Obj *
scope_lookup(Scope *sc, const char *name)
{
	Obj *o = sc->names != NULL ? map_get(sc->names, name) : NULL;

	if (o == NULL && sc->lazy != NULL)
		o = import_lookup(sc->lazy, name);
	return o;
}

Obj *
scope_lookupparent(Scope *sc, const char *name, Pos pos, Scope **where)
{
	for (; sc != NULL; sc = sc->parent) {
		Obj *o = scope_lookup(sc, name);

		if (o != NULL && (pos == 0 || o->isglobal || o->scopepos <= pos)) {
			if (where != NULL)
				*where = sc;
			return o;
		}
	}
	if (where != NULL)
		*where = NULL;
	return NULL;
}

Obj *
scope_insert(Scope *sc, Obj *o)
{
	Obj *other = scope_lookup(sc, o->name);

	if (other != NULL)
		return other;
	if (sc->names == NULL)
		sc->names = map_new(perm);
	map_set(sc->names, o->name, o);
	if (o->parent == NULL)
		o->parent = sc;
	return NULL;
}

void
scope_complete(Scope *sc)
{
	if (sc->lazy != NULL)
		import_all(sc->lazy);
}
