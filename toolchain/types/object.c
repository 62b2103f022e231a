/*
 * object.c - declared things: objects and packages, and their lazy types.
 */
#include "types/types.h"

void (*obj_resolve)(Obj *o);
Package *type_curpkg;

static Map *packages;	/* path -> Package */

static bool
isexported(const char *name)
{
	uint32_t r;

	if ((uint8_t)name[0] < 0x80)
		return name[0] >= 'A' && name[0] <= 'Z';
	utf8_decode((const uint8_t *)name, strlen(name), &r);
	return utf8_isupper(r);
}

Obj *
obj_new(ObjKind k, Pos pos, Package *pkg, const char *name, Type *t)
{
	Obj *o = NEW(perm, Obj);

	o->kind = (uint8_t)k;
	o->pos = pos;
	o->pkg = pkg;
	o->name = name;
	o->type = t;
	o->exported = name != NULL && isexported(name);
	return o;
}

Type *
obj_type(Obj *o)
{
	if (o->expoff != 0)
		import_resolve(o);
	if (o->type == NULL && o->origin != NULL && o->kind == OBJ_FUNC)
		type_substmethod(o);
	if (obj_resolve != NULL &&
	    (o->type == NULL ||
		(o->kind == OBJ_TYPE && o->type->kind == T_NAMED && o->type->named.obj == o &&
				 o->type->named.under == NULL && o->type->named.rhs == NULL && o->type->named.origin == NULL)))
		obj_resolve(o);
	return o->type;
}

static bool
samepkg(const Package *a, const Package *b)
{
	return a == b || (a != NULL && b != NULL && a->path == b->path);
}

bool
obj_sameid(const Obj *o, const Package *pkg, const char *name)
{
	return o->name == name && (o->exported || samepkg(o->pkg, pkg));
}

int
obj_less(const Obj *a, const Obj *b)
{
	int c;

	if (a == b)
		return 0;
	if (a->exported != b->exported)
		return a->exported;
	if (a->name != b->name)
		return strcmp(a->name, b->name) < 0;
	if (a->exported || a->pkg == b->pkg)
		return 0;
	c = strcmp(a->pkg != NULL ? a->pkg->path : "", b->pkg != NULL ? b->pkg->path : "");
	return c < 0;
}

Package *
package_new(const char *path, const char *name)
{
	Package *pkg = NEW(perm, Package);

	pkg->path = intern_str(path);
	pkg->name = name != NULL ? intern_str(name) : NULL;
	pkg->scope = scope_new(universe);
	package_register(pkg);
	return pkg;
}

void
package_register(Package *pkg)
{
	if (packages == NULL)
		packages = map_new(perm);
	map_set(packages, pkg->path, pkg);
}

Package *
package_find(const char *path)
{
	return packages != NULL ? map_get(packages, intern_str(path)) : NULL;
}

/* Whether another package than pkg has its name: messages must tell them apart. */
bool
package_ambiguous(const Package *pkg)
{
	const void *key;
	void *value;

	for (int i = 0; map_next(packages, &i, &key, &value);) {
		const Package *p = value;

		if (p->name == pkg->name && p->path != pkg->path)
			return true;
	}
	return false;
}
