/*
 * names.c - linker symbols of functions and variables, as gc names them.
 *
 * Tools and users see these names (stack traces, runtime.FuncForPC, nm), so
 * gc's escapes of import paths are kept: a dot in the last element of a path
 * is %2e. Types inside names are type_linkstring's text.
 */
#include "lower/lower.h"

static const char *
pathprefix(const char *path)
{
	static Map *cache;
	const char *r;

	if (cache == NULL)
		cache = map_new(perm);
	if ((r = map_get(cache, path)) != NULL)
		return r;
	r = obj_pkgprefix(path);
	map_set(cache, path, (void *)r);
	return r;
}

const char *
lower_pkgprefix(const Package *pkg)
{
	return pathprefix(pkg != NULL ? pkg->path : "go");
}

static void
puttargs(Buf *b, Type **targs, int n)
{
	if (n == 0)
		return;
	buf_byte(b, '[');
	for (int i = 0; i < n; i++) {
		if (i > 0)
			buf_byte(b, ',');
		buf_str(b, type_linkstring(targs[i]));
	}
	buf_byte(b, ']');
}

/* Several functions of a package may be called init (and _): gc numbers them in source order. */
static int
initnumber(const Obj *fn)
{
	int n = 0;

	for (int i = 0; lw.checked != NULL && i < lw.checked->funcs.n; i++) {
		const Expr *name = lw.checked->funcs.at[i]->func.name;

		if (lw.checked->funcs.at[i]->func.recv != NULL || name->name.text != fn->name)
			continue;
		if (name->name.obj == fn)
			return n;
		n++;
	}
	return n;
}

/* The receiver part of a method's symbol: pkg.T or pkg.(*T); for types without a package go.(...). */
const char *
lower_recvname(Type *recv)
{
	bool wasptr;
	Type *t = type_deref(recv, &wasptr);
	const char *link = type_linkstring(t);

	if (t->kind == T_NAMED && t->named.obj->pkg != NULL) {
		const char *path = t->named.obj->pkg->path;
		size_t n = strlen(path);

		/* the link string starts with the bare path */
		if (strncmp(link, path, n) == 0 && link[n] == '.')
			link += n + 1;
		return intern_printf(wasptr ? "%s.(*%s)" : "%s.%s", lower_pkgprefix(t->named.obj->pkg), link);
	}
	if (t->kind == T_NAMED)
		return intern_printf(wasptr ? "(*%s)" : "%s", link);
	return intern_printf(wasptr ? "go.(*%s)" : "go.%s", link);
}

const char *
lower_methodname(Type *recv, const Obj *m)
{
	Type *t = type_deref(recv, NULL);
	const Package *pkg = t->kind == T_NAMED ? t->named.obj->pkg : NULL;

	if (!m->exported && m->pkg != NULL && m->pkg != pkg)
		return intern_printf("%s.%s.%s", lower_recvname(recv), lower_pkgprefix(m->pkg), m->name);
	return intern_printf("%s.%s", lower_recvname(recv), m->name);
}

const char *
lower_funcname(Obj *fn, Type **targs, int ntargs)
{
	static Map *plain;
	Type *t = obj_type(fn);
	const char *r;
	Buf b = { 0 };

	if (plain == NULL)
		plain = map_new(perm);
	if (ntargs == 0 && (r = map_get(plain, fn)) != NULL)
		return r;
	if (fn->linkname != NULL && ntargs == 0)
		r = intern_str(fn->linkname);
	else if (t != NULL && t->kind == T_FUNC && t->fn.recv != NULL) {
		Type *recv = obj_type(t->fn.recv);

		if (ntargs > 0) {
			/* a method of a generic type's origin: name it as the instance's */
			bool wasptr;
			Type *base = type_deref(recv, &wasptr);

			base = type_instantiate(base->named.origin != NULL ? base->named.origin : base, targs, ntargs);
			recv = wasptr ? type_ptr(base) : base;
		}
		r = lower_methodname(recv, fn);
	} else {
		buf_printf(&b, "%s.%s", lower_pkgprefix(fn->pkg), fn->name);
		if (fn->pkg == lw.pkg && (strcmp(fn->name, "init") == 0 || strcmp(fn->name, "_") == 0))
			buf_printf(&b, ".%d", initnumber(fn));
		puttargs(&b, targs, ntargs);
		r = intern((const char *)b.p, b.n);
		buf_free(&b);
	}
	if (ntargs == 0)
		map_set(plain, fn, (void *)r);
	return r;
}

const char *
lower_varname(Obj *v)
{
	if (v->linkname != NULL)
		return intern_str(v->linkname);
	return intern_printf("%s.%s", lower_pkgprefix(v->pkg), v->name);
}

ObjSym *
lower_funcsym(const char *name)
{
	return obj_sym(lw.o, name);
}

ObjSym *
lower_funcval(const char *name)
{
	ObjSym *s = obj_sym(lw.o, intern_printf("%s·f", name));

	if (!s->defined) {
		s = obj_define(lw.o, s->name, SYM_RELRO, SYMF_DUPOK, (uint32_t)lw.target->ptrsize);
		obj_addr(s, lower_funcsym(name), 0, lw.target->ptrsize);
		s->size = s->data.n;
	}
	return s;
}

ObjSym *
lower_varsym(Obj *v)
{
	return obj_sym(lw.o, lower_varname(v));
}

ObjSym *
lower_rt(const char *name)
{
	return obj_sym(lw.o, intern_printf("runtime.%s", name));
}
