/*
 * check.c - the checker's entry: collects the declarations of all files, then
 * checks them, then the bodies, then what concerns the package as a whole.
 *
 * Package-level objects are checked on demand (see check_decl.c), so order in
 * the source does not matter; the loop in packageobjects only makes sure that
 * all are done, types first because an alias needs the types it leads to.
 */
#include "types/check.h"

Checker *ck_current;

/* ---- delayed work ---- */

void
ck_later(Checker *k, Later l)
{
	l.file = k->env.file;
	vec_push(perm, &k->later, l);
}

/* Runs what was put off since the list had length top; actions may add more. */
void
ck_dolater(Checker *k, int top)
{
	if (k->later.n == top)
		return;
	for (int i = top; i < k->later.n; i++) {
		Later l = k->later.at[i];
		File *saved = k->env.file;

		ck_setfile(k, l.file);
		l.fn(k, &l);
		ck_setfile(k, saved);
	}
	k->later.n = top;
}

void
ck_setfile(Checker *k, File *f)
{
	if (k->env.file == f)
		return;
	k->env.file = f;
	k->env.minor = 1000;
	if (f != NULL) {
		int pkgminor = k->cfg->lang != NULL ? ck_minor(k->cfg->lang) : -1;
		int fileminor = f->goversion != NULL ? ck_minor(f->goversion) : -1;

		if (pkgminor >= 0)
			k->env.minor = pkgminor;
		if (fileminor >= 0)
			k->env.minor = fileminor > 21 ? fileminor : 21;
	}
}

/* ---- declarations by object, and who mentions whom ---- */

DeclInfo *
ck_info(Checker *k, Obj *o)
{
	if (o->order <= 0 || o->pkg != k->pkg || !o->isglobal || o->order > k->infos.n)
		return NULL;
	return k->infos.at[o->order - 1]->obj == o ? k->infos.at[o->order - 1] : NULL;
}

static DeclInfo *
newinfo(Checker *k, Obj *o, Decl *d, File *f)
{
	DeclInfo *info = NEW(perm, DeclInfo);

	info->obj = o;
	info->d = d;
	info->file = f;
	vec_push(perm, &k->infos, info);
	o->order = k->infos.n;
	o->isglobal = 1;
	o->decl = d;
	o->file = f;
	return info;
}

void
ck_use_dep(Checker *k, Obj *o)
{
	DeclInfo *from = k->env.decl;

	if (from == NULL || !o->isglobal || ck_info(k, o) == NULL)
		return;
	if (from->depset != NULL) {
		if (map_has(from->depset, o))
			return;
		map_set(from->depset, o, o);
	} else {
		for (int i = 0; i < from->deps.n; i++)
			if (from->deps.at[i] == o)
				return;
		if (from->deps.n == 16) {
			from->depset = map_new(perm);
			for (int i = 0; i < from->deps.n; i++)
				map_set(from->depset, from->deps.at[i], from->deps.at[i]);
			map_set(from->depset, o, o);
		}
	}
	vec_push(perm, &from->deps, o);
}

/* ---- scopes ---- */

/* crossed: the boundary of a function literal lies between here and where. */
Obj *
ck_lookup(Checker *k, const char *name, Scope **where, bool *crossed)
{
	bool c = false;

	for (Scope *sc = k->env.scope; sc != NULL; sc = sc->parent) {
		Obj *o = scope_lookup(sc, name);

		if (o != NULL) {
			if (where != NULL)
				*where = sc;
			if (crossed != NULL)
				*crossed = c;
			return o;
		}
		if (sc->isfunc)
			c = true;
	}
	if (where != NULL)
		*where = NULL;
	return NULL;
}

/* Enters o in sc and makes name, if any, refer to it; false if the name is taken. */
bool
ck_declare(Checker *k, Scope *sc, Expr *name, Obj *o)
{
	bool ok = true;

	if (!(o->name[0] == '_' && o->name[1] == '\0')) {
		Obj *alt = scope_insert(sc, o);

		if (alt != NULL) {
			ck_error(k, o->pos, "%s redeclared in this block%s", o->name, ck_altdecl(alt));
			if (o->kind == OBJ_VAR)
				o->used = 1;	/* one complaint is enough */
			ok = false;
		}
	}
	if (o->parent == NULL)
		o->parent = sc;
	if (name != NULL)
		name->name.obj = o;
	return ok;
}

Scope *
ck_open(Checker *k)
{
	k->env.scope = scope_new(k->env.scope);
	return k->env.scope;
}

void
ck_close(Checker *k)
{
	k->env.scope = k->env.scope->parent;
}

/* ---- collecting ---- */

static DeclInfo *
declarepkgobj(Checker *k, Expr *name, Obj *o, Decl *d, File *f)
{
	DeclInfo *info;

	if (strcmp(o->name, "init") == 0) {
		ck_error(k, name->pos, "cannot declare init - must be func");
		name->name.obj = o;
		return NULL;
	}
	if (strcmp(o->name, "main") == 0 && strcmp(k->pkg->name, "main") == 0) {
		ck_error(k, name->pos, "cannot declare main - must be func");
		name->name.obj = o;
		return NULL;
	}
	ck_declare(k, k->pkg->scope, name, o);
	name->name.obj = o;
	info = newinfo(k, o, d, f);
	return info;
}

/* The position of an import's path is not kept apart: it is that of the declaration, or what follows the name. */
static void
badimport(Checker *k, Decl *d, const char *why)
{
	ck_error(k, d->import.pathpos != 0 ? d->import.pathpos : d->pos, "%s", why);
}

static const char *
badpathchar(const char *path)
{
	const uint8_t *p = (const uint8_t *)path;
	size_t n = strlen(path);

	for (size_t i = 0; i < n;) {
		uint32_t r;
		int len = utf8_decode(p + i, n - i, &r);

		if (r <= ' ' || r == 0x7f || r == 0xfffd ||
		    (r < 0x80 && strchr("!\"#$%&'()*,:;<=>?[\\]^{|}`", (int)r) != NULL) || (r >= 0x80 && r < 0xa1) ||
		    r == 0x2028 || r == 0x2029 || r == 0x3000)
			return r > ' ' && r < 0x7f ? intern_printf("invalid character U+%04X '%c'", r, (int)r) :
			       r >= 0xa1 ? intern_printf("invalid character U+%04X '%.*s'", r, len, path + i) :
			       intern_printf("invalid character U+%04X%s", r, r == ' ' ? " ' '" : "");
		i += (size_t)len;
	}
	return NULL;
}

static Package *
fakepackage(const char *path)
{
	const char *slash = strrchr(path, '/');
	Package *p = NEW(perm, Package);

	p->path = path;
	p->name = slash != NULL ? intern_str(slash + 1) : path;
	p->scope = scope_new(universe);
	p->fake = true;
	return p;
}

static void
collectimport(Checker *k, Decl *d, File *f)
{
	const char *path = d->import.path, *name, *err = NULL;
	Package *imp = NULL;
	Obj *o;
	bool known = false;

	if (path == NULL)
		return;		/* the parser complained */
	if (path[0] == '\0' && intern_len(path) > 0) {
		badimport(k, d, "invalid import path (invalid character U+0000)");
		return;
	}
	if (path[0] == '\0') {
		badimport(k, d, "invalid import path (empty string)");
		return;
	}
	err = badpathchar(path);
	if (err != NULL) {
		badimport(k, d, intern_printf("invalid import path (%s)", err));
		return;
	}
	if (strcmp(path, "unsafe") == 0) {
		imp = pkg_unsafe;
	} else {
		imp = k->cfg->import != NULL ? k->cfg->import(path, &err) : NULL;
		if (imp == NULL) {
			badimport(k, d,
			    intern_printf("could not import %s (%s)", path, err != NULL ? err : "no importer"));
			imp = fakepackage(path);
		}
	}
	name = imp->name != NULL ? imp->name : path;
	if (d->import.name != NULL) {
		name = d->import.name->name.text;
		if (strcmp(path, "C") == 0) {
			ck_error(k, d->import.name->pos, "cannot rename import \"C\"");
			return;
		}
	}
	if (strcmp(name, "init") == 0) {
		ck_error(k, d->pos, "cannot import package as init - init must be a func");
		return;
	}
	for (int i = 0; i < k->pkg->imports.n; i++)
		known |= k->pkg->imports.at[i] == imp;
	if (!known)
		vec_push(perm, &k->pkg->imports, imp);
	o = obj_new(OBJ_PKG, d->pos, k->pkg, name, typ[T_INVALID]);
	o->imported = imp;
	o->color = 2;
	o->file = f;
	o->used = imp->fake;
	d->import.obj = o;
	if (d->import.name != NULL)
		d->import.name->name.obj = o;
	vec_push(perm, &k->imports, o);
	if (strcmp(name, ".") == 0) {
		const void *key;
		void *value;
		DotImport dot = { f->scope, o };

		vec_push(perm, &k->dots, dot);
		scope_complete(imp->scope);
		if (imp->scope->names != NULL)
			for (int i = 0; map_next(imp->scope->names, &i, &key, &value);) {
				Obj *io = value, *alt;

				if (!io->exported)
					continue;
				alt = scope_insert(f->scope, io);
				if (alt != NULL)
					ck_error(k, d->import.name->pos, "%s redeclared in this block%s", alt->name,
					    ck_altdecl(alt));
			}
	} else if (strcmp(name, "_") != 0) {
		ck_declare(k, f->scope, NULL, o);
	}
}

static void
collectconst(Checker *k, Decl *d, File *f)
{
	Decl *src = d->value.inherit != NULL ? d->value.inherit : d;

	for (int i = 0; i < d->value.names.n; i++) {
		Expr *name = d->value.names.at[i];
		Obj *o = obj_new(OBJ_CONST, name->pos, k->pkg, name->name.text, NULL);
		DeclInfo *info;

		o->declindex = i;
		o->cv = const_int(d->value.iota);
		info = declarepkgobj(k, name, o, d, f);
		if (info == NULL)
			continue;
		info->vtype = src->value.type;
		info->init = i < src->value.values.n ? src->value.values.at[i] : NULL;
		info->inherited = src != d;
	}
	ck_arity(k, d->pos, &d->value.names, &src->value.values, true, src != d);
}

static void
collectvar(Checker *k, Decl *d, File *f)
{
	int n = d->value.names.n, nvalues = d->value.values.n;
	Obj **lhs = nvalues == 1 && n > 1 ? NEWN(perm, Obj *, n) : NULL;

	for (int i = 0; i < n; i++) {
		Expr *name = d->value.names.at[i];
		Obj *o = obj_new(OBJ_VAR, name->pos, k->pkg, name->name.text, NULL);
		DeclInfo *info;

		o->declindex = i;
		if (lhs != NULL)
			lhs[i] = o;
		info = declarepkgobj(k, name, o, d, f);
		if (info == NULL) {
			o->type = typ[T_INVALID];
			continue;
		}
		info->vtype = d->value.type;
		if (lhs != NULL) {
			info->lhs = lhs;
			info->nlhs = n;
			info->init = d->value.values.at[0];
		} else if (i < nvalues) {
			info->init = d->value.values.at[i];
		}
	}
	if (d->value.type == NULL || nvalues > 0)
		ck_arity(k, d->pos, &d->value.names, &d->value.values, false, false);
}

/* The name in a receiver type such as *T, (T), *T[P, Q]; NULL if it is something else. */
static Expr *
recvname(Expr *e, bool *ptr)
{
	for (;;) {
		if (e->kind == EX_PAREN) {
			e = e->unary.x;
		} else if (e->kind == EX_STAR) {
			*ptr = true;
			e = e->unary.x;
		} else {
			break;
		}
	}
	if (e->kind == EX_INDEX)
		e = e->index.x;
	return e->kind == EX_NAME ? e : NULL;
}

static void
collectfunc(Checker *k, Decl *d, File *f)
{
	Expr *name = d->func.name;
	const char *text = name->name.text;
	Obj *o = obj_new(OBJ_FUNC, name->pos, k->pkg, text, NULL);
	FieldVec *tparams = &d->func.type->functype.tparams;
	bool tperr = false;

	o->pragma = d->pragma;
	name->name.obj = o;
	if (d->func.recv == NULL) {
		if (strcmp(text, "init") == 0 || (strcmp(text, "main") == 0 && strcmp(k->pkg->name, "main") == 0)) {
			if (tparams->n > 0) {
				ck_error(k, tparams->at[0]->pos, "func %s must have no type parameters", text);
				tperr = true;
			}
			if (d->func.type->functype.params.n > 0 || d->func.type->functype.results.n > 0)
				ck_error(k, name->pos, "func %s must have no arguments and no return values", text);
		}
		if (strcmp(text, "init") == 0) {
			o->parent = k->pkg->scope;
			if (d->func.body == NULL)
				ck_error(k, o->pos, "missing function body");
		} else {
			ck_declare(k, k->pkg->scope, name, o);
		}
	}
	if (tparams->n > 0 && !tperr) {
		ck_setfile(k, f);
		ck_require(k, tparams->at[0]->pos, 18, "type parameter");
	}
	newinfo(k, o, d, f);
	vec_push(perm, &k->out->funcs, d);
}

/* Finds the type a method belongs to, through aliases. */
static void
attachmethod(Checker *k, Decl *d)
{
	bool ptr = false;
	Expr *e = recvname(d->func.recv->type, &ptr);
	Obj *m = d->func.name->name.obj;

	if (e == NULL || ck_isblank(d->func.name))
		return;
	for (int steps = 0; steps < 1000; steps++) {
		Obj *base = scope_lookup(k->pkg->scope, e->name.text);

		if (base == NULL || base->kind != OBJ_TYPE || base->decl == NULL)
			return;
		if (!base->decl->type.alias) {
			ObjVec *list = map_get(k->methods, base);

			if (list == NULL) {
				list = NEW(perm, ObjVec);
				map_set(k->methods, base, list);
			}
			m->ptrrecv = ptr;
			vec_push(perm, list, m);
			return;
		}
		e = base->decl->type.type;
		while (e->kind == EX_PAREN)
			e = e->unary.x;
		if (e->kind == EX_STAR) {
			if (ptr)
				return;
			ptr = true;
			e = e->unary.x;
			while (e->kind == EX_PAREN)
				e = e->unary.x;
		}
		if (e->kind != EX_NAME)
			return;
	}
}

static void
collect(Checker *k, File **files, int nfiles)
{
	for (int i = 0; i < nfiles; i++) {
		File *f = files[i];

		ck_setfile(k, f);
		f->scope = scope_new(k->pkg->scope);
		for (int j = 0; j < f->decls.n; j++) {
			Decl *d = f->decls.at[j];

			switch ((DeclKind)d->kind) {
			case DE_IMPORT:
				collectimport(k, d, f);
				break;
			case DE_CONST:
				collectconst(k, d, f);
				break;
			case DE_VAR:
				collectvar(k, d, f);
				break;
			case DE_TYPE: {
				Obj *o = obj_new(OBJ_TYPE, d->type.name->pos, k->pkg, d->type.name->name.text, NULL);

				o->isalias = d->type.alias;
				d->type.obj = o;
				if (declarepkgobj(k, d->type.name, o, d, f) == NULL)
					o->type = typ[T_INVALID];
				break;
			}
			case DE_FUNC:
				collectfunc(k, d, f);
				break;
			}
		}
	}
	/* A file's imports must not clash with what any file declares. */
	for (int i = 0; i < nfiles; i++) {
		const void *key;
		void *value;

		if (files[i]->scope->names == NULL)
			continue;
		for (int j = 0; map_next(files[i]->scope->names, &j, &key, &value);) {
			Obj *o = value, *alt = scope_lookup(k->pkg->scope, key);

			if (alt == NULL)
				continue;
			if (o->kind == OBJ_PKG)
				ck_error(k, alt->pos, "%s already declared through import of package %s (\"%s\")%s",
				    alt->name, o->imported->name, o->imported->path, ck_altdecl(o));
			else
				ck_error(k, alt->pos, "%s already declared through dot-import of package %s (\"%s\")%s",
				    alt->name, o->pkg != NULL ? o->pkg->name : "?", o->pkg != NULL ? o->pkg->path : "?",
				    ck_altdecl(o));
		}
	}
	for (int i = 0; i < k->out->funcs.n; i++)
		if (k->out->funcs.at[i]->func.recv != NULL)
			attachmethod(k, k->out->funcs.at[i]);
}

static void
packageobjects(Checker *k)
{
	int n = k->infos.n;

	for (int pass = 0; pass < 3; pass++)
		for (int i = 0; i < n; i++) {
			Obj *o = k->infos.at[i]->obj;
			int want = o->kind != OBJ_TYPE ? 2 : o->isalias ? 1 : 0;

			if (want == pass)
				ck_objdecl(k, o, NULL);
		}
}

static void
unusedimports(Checker *k)
{
	for (int i = 0; i < k->imports.n; i++) {
		Obj *o = k->imports.at[i];
		const char *path = o->imported->path, *elem = strrchr(path, '/');

		elem = elem != NULL ? elem + 1 : path;
		if (o->used || strcmp(o->name, "_") == 0)
			continue;
		if (strcmp(o->name, ".") == 0 || strcmp(o->name, elem) == 0)
			ck_error(k, o->pos, "\"%s\" imported and not used", path);
		else
			ck_error(k, o->pos, "\"%s\" imported as %s and not used", path, o->name);
	}
}

void
ck_resolvehook(Obj *o)
{
	if (ck_current != NULL && o->pkg == ck_current->pkg && o->color == 0 && ck_info(ck_current, o) != NULL)
		ck_objdecl(ck_current, o, NULL);
}

Checker *
ck_new(const CheckConfig *cfg, Package *pkg)
{
	Checker *k = NEW(perm, Checker);

	k->cfg = cfg;
	k->pkg = pkg;
	k->out = NEW(perm, Checked);
	k->out->pkg = pkg;
	k->methods = map_new(perm);
	k->validtypes = map_new(perm);
	k->instpos = map_new(perm);
	k->env.minor = 1000;
	return k;
}

Checked *
check_package(const CheckConfig *cfg, File **files, int nfiles)
{
	Checker *outer = ck_current;	/* importing from source, as tests do, nests */
	Package *pkg = package_new(cfg->pkgpath, NULL);
	Checker *k = ck_new(cfg, pkg);

	pkg->goversion = cfg->lang;
	pkg->cgo = cfg->cgo;
	diag.phase = "check";
	diag.subject = cfg->pkgpath;
	for (int i = 0; i < nfiles; i++) {
		Expr *name = files[i]->pkgname;

		if (name == NULL)
			continue;
		if (pkg->name == NULL) {
			if (ck_isblank(name))
				ck_error(k, name->pos, "invalid package name _");
			pkg->name = name->name.text;
		} else if (name->name.text != pkg->name) {
			ck_error(k, name->pos, "package %s; expected package %s", name->name.text, pkg->name);
			continue;
		}
		if (files[i]->goversion != NULL && ck_minor(files[i]->goversion) > 23)
			ck_error(k, name->pos, "file requires newer Go version %s", files[i]->goversion);
		vec_push(perm, &pkg->files, files[i]);
	}
	if (cfg->lang != NULL && ck_minor(cfg->lang) > 23 && nfiles > 0)
		ck_error(k, 0, "package requires newer Go version %s (application built with go1.23)", cfg->lang);
	if (pkg->name == NULL)
		pkg->name = intern_str("_");
	ck_current = k;
	obj_resolve = ck_resolvehook;
	type_curpkg = pkg;
	collect(k, pkg->files.at, pkg->files.n);
	packageobjects(k);
	ck_dolater(k, 0);
	ck_initorder(k);
	unusedimports(k);
	if (k->nerrors == 0)
		ck_mono(k);
	if (k->nerrors == 0)
		ck_ifacecycles(k);
	if (k->nerrors == 0)
		ck_sizes(k);
	if (k->nerrors == 0 && diag.nerrors == 0)
		ck_pragmas(k);
	pkg->complete = true;
	diag.phase = NULL;
	ck_current = outer;
	return k->out;
}
