/*
 * check_imported.c - bodies of functions from other packages.
 *
 * The export data keeps the source text of generic and inlinable functions.
 * Such a text is parsed and checked here as if it stood in its own file: in
 * the scope of its package, under the imports and the language version of the
 * file it came from. The function keeps its type parameters, so whatever was
 * instantiated before stays valid; its parameters are made anew, because
 * facts about them are facts about this body, and functions of equal type
 * share one signature in the export data.
 */
#include "types/check.h"

static Map *checkers;	/* Package -> Checker */
static Map *done;	/* Obj -> itself: was tried */

static Checker *
checkerfor(Package *pkg)
{
	Checker *k;

	if (checkers == NULL)
		checkers = map_new(perm);
	k = map_get(checkers, pkg);
	if (k == NULL) {
		CheckConfig *cfg = NEW(perm, CheckConfig);

		cfg->pkgpath = pkg->path;
		cfg->lang = pkg->goversion;
		cfg->std = true;
		k = ck_new(cfg, pkg);
		map_set(checkers, pkg, k);
	}
	return k;
}

static bool
isword(uint8_t c)
{
	return c == '_' || c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* Whether the text may mention the name: most imports of a file are not needed for one function. */
static bool
mentions(Bytes text, const char *name)
{
	size_t n = strlen(name);
	const uint8_t *p = text.p, *end = text.p + text.n;

	while ((size_t)(end - p) >= n) {
		const uint8_t *q = memmem(p, (size_t)(end - p), name, n);

		if (q == NULL)
			return false;
		if ((q == text.p || !isword(q[-1])) && (q + n == end || !isword(q[n])))
			return true;
		p = q + 1;
	}
	return false;
}

static void
declareimport(File *f, Package *from, const ImportName *in)
{
	const char *err = "no such package";
	Package *imp = strcmp(in->path, "unsafe") == 0 ? pkg_unsafe : package_find(in->path);
	const void *key;
	void *value;
	Obj *o;

	if (imp == NULL && import_open != NULL)
		imp = import_open(in->path, &err);
	if (imp == NULL)
		fatal("could not import %s (used by a function of package %s): %s", in->path, from->path, err);
	if (imp == pkg_unsafe)
		f->importsunsafe = true;
	if (strcmp(in->local, ".") == 0) {
		scope_complete(imp->scope);
		if (imp->scope->names != NULL)
			for (int i = 0; map_next(imp->scope->names, &i, &key, &value);)
				if (((Obj *)value)->exported)
					scope_insert(f->scope, value);
		return;
	}
	o = obj_new(OBJ_PKG, 0, from, in->local, typ[T_INVALID]);
	o->imported = imp;
	o->color = 2;
	o->used = 1;
	o->file = f;
	scope_insert(f->scope, o);
}

/* The excerpt as a file; blanks before it put the first byte into its column. */
static File *
makefile(Package *pkg, const ImportBody *body)
{
	File *f = NEW(perm, File);
	size_t indent = body->col > 1 && body->col < 1000 ? (size_t)body->col - 1 : 0;
	uint8_t *text = arena_alloc(perm, indent + body->text.n + 1);

	memset(text, ' ', indent);
	memcpy(text + indent, body->text.p, body->text.n);
	f->text.p = text;
	f->text.n = indent + body->text.n;
	f->src = pos_addfile(body->file, f->text.n, body->line);
	pos_isabs(f->src);
	f->goversion = body->goversion;
	f->scope = scope_new(pkg->scope);
	for (int i = 0; i < body->imports.n; i++) {
		const ImportName *in = &body->imports.at[i];

		if (strcmp(in->local, ".") == 0 || mentions(body->text, in->local))
			declareimport(f, pkg, in);
	}
	return f;
}

static void
declaretparams(Checker *k, const TypeVec *tps)
{
	for (int i = 0; i < tps->n; i++)
		if (strcmp(tps->at[i]->tp.obj->name, "_") != 0)
			scope_insert(k->env.scope, tps->at[i]->tp.obj);
}

static void
checkbody(Checker *k, Obj *fn, Decl *d, File *f)
{
	Type *old = fn->type, *sig = type_new(T_FUNC);
	Scope *sc;

	memset(&k->env, 0, sizeof k->env);
	ck_setfile(k, f);
	k->env.scope = f->scope;
	k->env.fn = fn;
	ck_open(k);
	declaretparams(k, &old->fn.tparams);
	declaretparams(k, &old->fn.recvtparams);
	sig->fn.params = sig->fn.results = type_emptytuple;
	ck_functype(k, sig, NULL, NULL, NULL, d->func.type, &sc);
	sig->fn.tparams = old->fn.tparams;
	sig->fn.recvtparams = old->fn.recvtparams;
	if (old->fn.recv != NULL) {
		Obj *recv = NEW(perm, Obj);
		Expr *name = d->func.recv != NULL ? d->func.recv->name : NULL;

		*recv = *old->fn.recv;
		recv->outerfn = fn;
		recv->file = f;
		recv->color = 2;
		recv->used = 1;
		if (name != NULL) {
			recv->pos = name->pos;
			name->name.obj = recv;
			if (strcmp(recv->name, "_") != 0 && recv->name[0] != '\0')
				scope_insert(sc, recv);
		}
		sig->fn.recv = recv;
	}
	ck_settypeexpr(d->func.type, sig);
	fn->type = sig;
	k->nlocaltypes = 0;
	ck_body(k, NULL, fn, sig, sc, d->func.body, NULL);
	ck_dolater(k, 0);
}

bool
check_importedbody(Obj *o)
{
	ImportBody body;
	Checker *k, *outer = ck_current;
	Package *cur = type_curpkg;
	Env saved;
	Decl *d;
	File *f;

	if (o->origin != NULL)
		o = o->origin;
	if (done == NULL)
		done = map_new(perm);
	if (map_has(done, o))
		return o->decl != NULL;
	map_set(done, o, o);
	if (!import_body(o, &body))
		return false;
	obj_type(o);
	k = checkerfor(o->pkg);
	saved = k->env;
	f = makefile(o->pkg, &body);
	d = parse_funcdecl(perm, f->src, f->text);
	if (d == NULL || d->kind != DE_FUNC || d->func.body == NULL)
		bug("kept body of %s.%s does not parse", o->pkg->path, o->name);
	d->file = f;
	d->pragma = o->pragma;
	d->func.name->name.obj = o;
	o->decl = d;
	o->file = f;
	ck_current = k;
	obj_resolve = ck_resolvehook;
	type_curpkg = o->pkg;
	checkbody(k, o, d, f);
	type_curpkg = cur;
	ck_current = outer;
	k->env = saved;
	if (k->nerrors > 0) {
		diag_checkpoint();	/* shows what is wrong, which must not be */
		bug("kept body of %s.%s does not check", o->pkg->path, o->name);
	}
	return true;
}
