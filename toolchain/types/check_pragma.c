/*
 * check_pragma.c - //go: directives that need types or the whole package:
 * linknames, embedded files, functions without a body.
 */
#include "types/check.h"

static void
linknames(Checker *k, File *f)
{
	for (int i = 0; i < f->linknames.n; i++) {
		Linkname *l = &f->linknames.at[i];
		Obj *o;

		if (!f->importsunsafe) {
			ck_error(k, l->pos, "//go:linkname only allowed in Go files that import \"unsafe\"");
			continue;
		}
		if (l->remote != NULL && strchr(l->remote, '[') != NULL && l->remote[strlen(l->remote) - 1] == ']') {
			ck_error(k, l->pos, "//go:linkname reference of an instantiation is not allowed");
			continue;
		}
		o = scope_lookup(k->pkg->scope, l->local);
		if (o == NULL || (o->kind != OBJ_VAR && o->kind != OBJ_FUNC)) {
			if (ck_allow(k, 18))
				ck_error(k, l->pos, "//go:linkname must refer to declared function or variable");
			continue;
		}
		if (o->linkname != NULL && (l->remote == NULL || strcmp(o->linkname, l->remote) != 0)) {
			ck_error(k, l->pos, "duplicate //go:linkname for %s", l->local);
			continue;
		}
		o->linkname = l->remote != NULL ? l->remote : intern_printf("%s.%s", k->pkg->path, l->local);
	}
}

static bool
embedtype(Type *t)
{
	Type *u = ck_under(t);

	if (t->kind == T_NAMED && t->named.obj->pkg != NULL && strcmp(t->named.obj->pkg->path, "embed") == 0 &&
	    strcmp(t->named.obj->name, "FS") == 0)
		return true;
	return u->kind == T_STRING || (u->kind == T_SLICE && ck_under(u->elem)->kind == T_UINT8);
}

static void
embeds(Checker *k, File *f, Decl *d)
{
	Pos p = d->value.embedpos != 0 ? d->value.embedpos : d->pos;
	Obj *o;

	if (!f->importsembed) {
		ck_error(k, p, "go:embed only allowed in Go files that import \"embed\"");
		return;
	}
	if (d->value.names.n > 1)
		ck_error(k, p, "go:embed cannot apply to multiple vars");
	else if (d->value.values.n > 0)
		ck_error(k, p, "go:embed cannot apply to var with initializer");
	else if (d->value.type == NULL)
		ck_error(k, p, "go:embed cannot apply to var without type");
	else if (!ck_allow(k, 16))
		ck_require(k, p, 16, "go:embed");
	else {
		o = d->value.names.at[0]->name.obj;
		if (o != NULL && o->type != NULL && ck_valid(o->type) && !embedtype(o->type))
			ck_error(k, d->value.names.at[0]->pos, "go:embed cannot apply to var of type %s",
			    ck_tstr(k, o->type));
	}
}

static void
bodies(Checker *k, Decl *d)
{
	Obj *o = d->func.name->name.obj;
	bool linked = o != NULL && o->linkname != NULL;

	if ((d->pragma & PRAGMA_NOSPLIT) && (d->pragma & PRAGMA_SYSTEMSTACK))
		ck_error(k, d->pos, "go:nosplit and go:systemstack cannot be combined");
	if (d->func.body != NULL) {
		if (d->pragma & PRAGMA_NOESCAPE)
			ck_error(k, d->pos, "can only use //go:noescape with external func implementations");
		if ((d->pragma & PRAGMA_UINTPTRKEEPALIVE) && !(d->pragma & (PRAGMA_NOSPLIT | PRAGMA_UINTPTRESCAPES)))
			ck_error(k, d->pos, "go:uintptrkeepalive requires go:nosplit");
		return;
	}
	if (strcmp(d->func.name->name.text, "_") == 0)
		return;
	/* -complete: there is no assembly, so every body must be here unless it is linked to another name. */
	if (k->cfg->complete && !linked && strcmp(d->func.name->name.text, "init") != 0)
		ck_error(k, d->pos, "missing function body");
}

void
ck_pragmas(Checker *k)
{
	for (int i = 0; i < k->pkg->files.n; i++) {
		File *f = k->pkg->files.at[i];

		ck_setfile(k, f);
		linknames(k, f);
		for (int j = 0; j < f->decls.n; j++)
			if (f->decls.at[j]->kind == DE_VAR && f->decls.at[j]->value.embeds.n > 0)
				embeds(k, f, f->decls.at[j]);
	}
	for (int i = 0; i < k->out->funcs.n; i++) {
		ck_setfile(k, k->out->funcs.at[i]->file);
		bodies(k, k->out->funcs.at[i]);
	}
	ck_setfile(k, NULL);
}
