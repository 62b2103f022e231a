/*
 * export.c - writes what other compilations need of a package.
 *
 * The layout is described in export.h. All package-level objects are written,
 * unexported ones too, because bodies kept for inlining and generic functions
 * are source text that may mention any of them. Equal records are written
 * once; numbers are handed out in order of first use and objects are sorted
 * by name, so that the same source gives the same bytes.
 */
#include <stdlib.h>

#include "types/export.h"

typedef struct {
	Buf strings, data;
	Vec(uint32_t) stringoffs, pkgs, files, types;
	Map *stringid, *pkgid, *fileid, *typeid, *recordid;
	Map *funcs;	/* Obj -> ExportFunc */
	Package *pkg;
} Writer;

static uint32_t putrecord(Writer *w, Buf *b);
static uint32_t typeref(Writer *w, Type *t);

static uint32_t
string(Writer *w, const char *interned)
{
	uintptr_t id = (uintptr_t)map_get(w->stringid, interned);

	if (id == 0) {
		id = (uintptr_t)w->stringoffs.n + 1;
		map_set(w->stringid, interned, (void *)id);
		vec_push(perm, &w->stringoffs, (uint32_t)w->strings.n);
		buf_put(&w->strings, interned, intern_len(interned));
	}
	return (uint32_t)id - 1;
}

static void
putstring(Writer *w, Buf *b, const char *s)
{
	buf_uvarint(b, string(w, s != NULL ? intern_str(s) : intern_str("")));
}

static uint32_t
pkgnum(Writer *w, const Package *pkg)
{
	uintptr_t id = (uintptr_t)map_get(w->pkgid, pkg);

	if (id == 0) {
		id = (uintptr_t)w->pkgs.n / 2 + 1;
		map_set(w->pkgid, pkg, (void *)id);
		vec_push(perm, &w->pkgs, string(w, pkg->path));
		vec_push(perm, &w->pkgs, string(w, pkg->name != NULL ? pkg->name : intern_str("")));
	}
	return (uint32_t)id - 1;
}

/* Fields and methods of universe types have no package; ours will do, their names are exported. */
static void
putpkg(Writer *w, Buf *b, const Package *pkg)
{
	buf_uvarint(b, pkgnum(w, pkg != NULL ? pkg : w->pkg));
}

static uint32_t
filenum(Writer *w, const char *name, const File *f)
{
	uintptr_t id = (uintptr_t)map_get(w->fileid, name);
	Buf b = { 0 }, imports = { 0 };
	int n = 0;

	if (id != 0)
		return (uint32_t)id - 1;
	id = (uintptr_t)w->files.n + 1;
	map_set(w->fileid, name, (void *)id);
	putstring(w, &b, name);
	putstring(w, &b, f != NULL ? f->goversion : NULL);
	for (int i = 0; f != NULL && i < f->decls.n; i++) {
		const Decl *d = f->decls.at[i];
		const Package *imp;
		const char *local;

		if (d->kind != DE_IMPORT || d->import.obj == NULL || d->import.obj->imported == NULL)
			continue;
		imp = d->import.obj->imported;
		local = d->import.name != NULL ? d->import.name->name.text : imp->name;
		if (strcmp(local, "_") == 0)
			continue;
		putstring(w, &imports, local);
		putstring(w, &imports, imp->path);
		n++;
	}
	buf_uvarint(&b, (uint64_t)n);
	buf_put(&b, imports.p, imports.n);
	buf_free(&imports);
	vec_push(perm, &w->files, putrecord(w, &b));
	return (uint32_t)id - 1;
}

static const File *
fileof(const Obj *o)
{
	if (o->decl != NULL && o->decl->file != NULL)
		return o->decl->file;
	return o->file;
}

static void
putpos(Writer *w, Buf *b, const File *f, Pos pos)
{
	Loc loc;

	if (pos == 0) {
		buf_uvarint(b, 0);
		return;
	}
	loc = pos_loc(pos);
	buf_uvarint(b, filenum(w, intern_str(loc.absfile), f) + 1);
	buf_uvarint(b, (uint64_t)loc.line);
	buf_uvarint(b, (uint64_t)loc.col);
}

/* Appends b to the data, once for equal contents; returns its offset and frees b. */
static uint32_t
putrecord(Writer *w, Buf *b)
{
	const char *key = intern((const char *)b->p, b->n);
	uintptr_t off = (uintptr_t)map_get(w->recordid, key);

	if (off == 0) {
		off = w->data.n + 1;
		map_set(w->recordid, key, (void *)off);
		buf_put(&w->data, b->p, b->n);
	}
	buf_free(b);
	return (uint32_t)off - 1;
}

/* ---- types ---- */

static void
puttype(Writer *w, Buf *b, Type *t)
{
	buf_uvarint(b, typeref(w, t));
}

static void
puttuple(Writer *w, Buf *b, const Type *t)
{
	buf_uvarint(b, (uint64_t)t->tuple.vars.n);
	for (int i = 0; i < t->tuple.vars.n; i++) {
		putstring(w, b, t->tuple.vars.at[i]->name);
		puttype(w, b, t->tuple.vars.at[i]->type);
	}
}

static void
puttypes(Writer *w, Buf *b, const TypeVec *v)
{
	buf_uvarint(b, (uint64_t)v->n);
	for (int i = 0; i < v->n; i++)
		puttype(w, b, v->at[i]);
}

static void
putstruct(Writer *w, Buf *b, const Type *t)
{
	putpkg(w, b, t->st.fields.n > 0 ? t->st.fields.at[0]->pkg : NULL);
	buf_uvarint(b, (uint64_t)t->st.fields.n);
	for (int i = 0; i < t->st.fields.n; i++) {
		Obj *f = t->st.fields.at[i];
		bool tag = t->st.tags != NULL && t->st.tags[i] != NULL && t->st.taglens[i] > 0;

		putstring(w, b, f->name);
		puttype(w, b, obj_type(f));
		buf_uvarint(b, (uint64_t)f->embedded | (uint64_t)tag << 1);
		if (tag) {
			buf_uvarint(b, t->st.taglens[i]);
			buf_put(b, t->st.tags[i], t->st.taglens[i]);
		}
	}
}

static void
putinterface(Writer *w, Buf *b, const Type *t)
{
	putpkg(w, b, t->iface.methods.n > 0 ? t->iface.methods.at[0]->pkg : NULL);
	buf_uvarint(b, (uint64_t)t->comparable | (uint64_t)t->implicit << 1);
	buf_uvarint(b, (uint64_t)t->iface.methods.n);
	for (int i = 0; i < t->iface.methods.n; i++) {
		putstring(w, b, t->iface.methods.at[i]->name);
		puttype(w, b, obj_type(t->iface.methods.at[i]));
	}
	puttypes(w, b, &t->iface.embeds);
}

static uint32_t
predeclared(const Type *t)
{
	if (t->spelling != NULL)
		return EXP_FIRSTTYPE;
	if (t == type_byte)
		return EXP_BYTE;
	if (t == type_rune)
		return EXP_RUNE;
	if (t == type_any)
		return EXP_ANY;
	if (t == type_error)
		return EXP_ERROR;
	if (t == type_comparable)
		return EXP_COMPARABLE;
	return t->kind <= T_UNTYPED_NIL ? t->kind : EXP_FIRSTTYPE;
}

static uint32_t
typeref(Writer *w, Type *t)
{
	uintptr_t id, off;
	uint8_t kind;
	uint32_t pre;
	const char *key;
	Buf b = { 0 };

	if (t == NULL)
		bug("export of %s: an object without a type", w->pkg->path);
	/* A local alias has no name elsewhere. */
	if (t->spelling != NULL && !t->spelling->obj->isglobal)
		t = t->spelling->base;
	pre = predeclared(t);
	if (pre != EXP_FIRSTTYPE)
		return pre;
	id = (uintptr_t)map_get(w->typeid, t);
	if (id != 0)
		return (uint32_t)id - 1;
	kind = t->spelling != NULL ? EXP_SPELLED : t->kind;
	buf_byte(&b, kind);
	switch (kind) {
	case EXP_SPELLED:
		putpkg(w, &b, t->spelling->obj->pkg);
		putstring(w, &b, t->spelling->obj->name);
		puttypes(w, &b, &t->spelling->targs);
		break;
	case T_ARRAY:
		puttype(w, &b, t->elem);
		buf_uvarint(&b, (uint64_t)t->len);
		break;
	case T_SLICE:
	case T_PTR:
		puttype(w, &b, t->elem);
		break;
	case T_MAP:
		puttype(w, &b, t->key);
		puttype(w, &b, t->elem);
		break;
	case T_CHAN:
		buf_byte(&b, t->dir);
		puttype(w, &b, t->elem);
		break;
	case T_STRUCT:
		putstruct(w, &b, t);
		break;
	case T_TUPLE:
		puttuple(w, &b, t);
		break;
	case T_FUNC:
		buf_byte(&b, t->variadic);
		puttuple(w, &b, t->fn.params);
		puttuple(w, &b, t->fn.results);
		puttypes(w, &b, &t->fn.tparams);
		break;
	case T_INTERFACE:
		putinterface(w, &b, t);
		break;
	case T_UNION:
		buf_uvarint(&b, (uint64_t)t->un.terms.n);
		for (int i = 0; i < t->un.terms.n; i++) {
			buf_byte(&b, t->un.terms.at[i].tilde);
			puttype(w, &b, t->un.terms.at[i].type);
		}
		break;
	case T_NAMED: {
		const Obj *o = t->named.obj;

		if (!o->isglobal || o->pkg == NULL)
			bug("export of %s: type %s is local to a function", w->pkg->path, o->name);
		putpkg(w, &b, o->pkg);
		putstring(w, &b, o->name);
		puttypes(w, &b, &t->named.targs);
		break;
	}
	case T_TPARAM: {
		/* Its number must be known before its bound, which may mention it, is written. */
		int slot = w->types.n;

		id = (uintptr_t)slot + EXP_FIRSTTYPE + 1;
		map_set(w->typeid, t, (void *)id);
		vec_push(perm, &w->types, 0);
		type_under(t);
		putstring(w, &b, t->tp.obj->name);
		buf_uvarint(&b, (uint64_t)t->tp.index);
		putpos(w, &b, NULL, t->tp.obj->pos);
		puttype(w, &b, t->tp.bound != NULL ? t->tp.bound : type_any);
		w->types.at[slot] = (uint32_t)w->data.n;	/* never shared: identity matters */
		buf_put(&w->data, b.p, b.n);
		buf_free(&b);
		return (uint32_t)id - 1;
	}
	default:
		bug("export of %s: type of kind %d", w->pkg->path, t->kind);
	}
	/* Equal types give equal records, so share the number too. */
	key = intern((const char *)b.p, b.n);
	off = putrecord(w, &b);
	id = (uintptr_t)map_get(w->typeid, key);
	if (id == 0) {
		id = (uintptr_t)w->types.n + EXP_FIRSTTYPE + 1;
		vec_push(perm, &w->types, (uint32_t)off);
		map_set(w->typeid, key, (void *)id);
	}
	map_set(w->typeid, t, (void *)id);
	return (uint32_t)id - 1;
}

/* ---- declarations ---- */

static void
putextra(Writer *w, Buf *b, Obj *o)
{
	const ExportFunc *ef = map_get(w->funcs, o);
	const Decl *d = o->decl;

	buf_uvarint(b, o->pragma);
	putstring(w, b, o->linkname);
	putstring(w, b, ef != NULL ? ef->facts : NULL);
	if (ef != NULL && ef->keepbody && d != NULL && d->kind == DE_FUNC && d->func.body != NULL) {
		const FuncBody *body = d->func.body;
		Loc loc = pos_loc(pos_make(d->file->src, body->srcoff));

		buf_uvarint(b, filenum(w, intern_str(loc.absfile), d->file) + 1);
		buf_uvarint(b, (uint64_t)loc.line);
		buf_uvarint(b, (uint64_t)loc.col);
		buf_uvarint(b, body->srcend - body->srcoff);
		buf_put(b, d->file->text.p + body->srcoff, body->srcend - body->srcoff);
	} else
		buf_uvarint(b, 0);
}

static uint32_t
putmethod(Writer *w, Obj *m)
{
	Type *t = obj_type(m);
	const Obj *recv = t->fn.recv;
	Buf b = { 0 };

	buf_byte(&b, OBJ_FUNC);
	buf_byte(&b, 2);
	putpos(w, &b, fileof(m), m->pos);
	putstring(w, &b, recv != NULL ? recv->name : NULL);
	buf_byte(&b, recv != NULL && recv->type->kind == T_PTR);
	puttypes(w, &b, &t->fn.recvtparams);
	puttype(w, &b, t);
	putextra(w, &b, m);
	return putrecord(w, &b);
}

static const TypeVec notparams;

static uint32_t
putdecl(Writer *w, Obj *o)
{
	Type *t = obj_type(o);
	Buf b = { 0 };

	buf_byte(&b, o->kind);
	buf_byte(&b, o->kind == OBJ_TYPE && o->isalias);
	putpos(w, &b, fileof(o), o->pos);
	switch (o->kind) {
	case OBJ_CONST:
		puttype(w, &b, t);
		const_encode(&b, o->cv);
		break;
	case OBJ_VAR:
		puttype(w, &b, t);
		putstring(w, &b, o->linkname);
		break;
	case OBJ_FUNC:
		puttype(w, &b, t);
		putextra(w, &b, o);
		break;
	case OBJ_TYPE:
		if (o->isalias) {
			puttypes(w, &b, t->spelling != NULL ? &t->spelling->tparams : &notparams);
			puttype(w, &b, type_unspelled(t));
			break;
		}
		puttypes(w, &b, type_tparams(t));
		puttype(w, &b, type_under(t));
		buf_uvarint(&b, (uint64_t)t->named.methods.n);
		for (int i = 0; i < t->named.methods.n; i++) {
			Obj *m = t->named.methods.at[i];
			uint32_t off = putmethod(w, m);

			putstring(w, &b, m->name);
			buf_byte(&b, m->ptrrecv);
			buf_uvarint(&b, off);
		}
		break;
	}
	return putrecord(w, &b);
}

static int
byname(const void *a, const void *b)
{
	const Obj *const *x = a, *const *y = b;

	return strcmp((*x)->name, (*y)->name);
}

static void
section(Buf *b, size_t header, int which, const uint32_t *at, int n, int count)
{
	uint32_t off;

	buf_align(b, 4);
	off = (uint32_t)b->n;
	memcpy(b->p + header + 8 * (size_t)which, &off, 4);
	memcpy(b->p + header + 8 * (size_t)which + 4, &(uint32_t){ (uint32_t)count }, 4);
	for (int i = 0; i < n; i++)
		buf_u32(b, at[i]);
}

static void
exportown(Buf *b, Package *pkg, const ExportFunc *funcs, int nfuncs)
{
	Writer w = { .pkg = pkg };
	ObjVec objs = { 0 };
	Vec(uint32_t) index = { 0 };
	const void *key;
	void *value;
	uint32_t base;
	uint64_t hash;
	uint32_t lang;
	Buf out = { 0 };

	w.stringid = map_new(perm);
	w.pkgid = map_new(perm);
	w.fileid = map_new(perm);
	w.typeid = map_new(perm);
	w.recordid = map_new(perm);
	w.funcs = map_new(perm);
	for (int i = 0; i < nfuncs; i++)
		map_set(w.funcs, funcs[i].fn, (void *)&funcs[i]);
	pkgnum(&w, pkg);
	string(&w, intern_str(""));
	if (pkg->scope->names != NULL)
		for (int i = 0; map_next(pkg->scope->names, &i, &key, &value);) {
			Obj *o = value;

			if (o->pkg == pkg &&
			    (o->kind == OBJ_CONST || o->kind == OBJ_TYPE || o->kind == OBJ_VAR || o->kind == OBJ_FUNC))
				vec_push(perm, &objs, o);
		}
	if (objs.n > 1)
		qsort(objs.at, (size_t)objs.n, sizeof *objs.at, byname);
	for (int i = 0; i < objs.n; i++) {
		uint32_t off = putdecl(&w, objs.at[i]);

		vec_push(perm, &index, string(&w, objs.at[i]->name));
		vec_push(perm, &index, off);
	}

	buf_put(&out, EXP_MAGIC, 8);
	buf_zero(&out, EXP_HEADER - 8);
	base = (uint32_t)out.n;
	buf_put(&out, w.data.p, w.data.n);
	for (int i = 0; i < w.types.n; i++)
		w.types.at[i] += base;
	for (int i = 0; i < w.files.n; i++)
		w.files.at[i] += base;
	for (int i = 1; i < index.n; i += 2)
		index.at[i] += base;
	lang = string(&w, intern_str(pkg->goversion != NULL ? pkg->goversion : ""));
	vec_push(perm, &w.stringoffs, (uint32_t)w.strings.n);
	section(&out, 20, EXP_PKGS, w.pkgs.at, w.pkgs.n, w.pkgs.n / 2);
	section(&out, 20, EXP_FILES, w.files.at, w.files.n, w.files.n);
	section(&out, 20, EXP_TYPES, w.types.at, w.types.n, w.types.n);
	section(&out, 20, EXP_OBJS, index.at, index.n, index.n / 2);
	section(&out, 20, EXP_LANG, NULL, 0, (int)lang);
	section(&out, 20, EXP_STRINGS, w.stringoffs.at, w.stringoffs.n, w.stringoffs.n - 1);
	buf_put(&out, w.strings.p, w.strings.n);
	memcpy(out.p + 16, &(uint32_t){ (uint32_t)out.n }, 4);
	hash = hash64(out.p + 16, out.n - 16, 0);
	memcpy(out.p + 8, &hash, 8);
	buf_put(b, out.p, out.n);
	buf_free(&out);
	buf_free(&w.data);
	buf_free(&w.strings);
}

void
export_write(Buf *pkgdef, Buf *own, Package *pkg, const ExportFunc *funcs, int nfuncs)
{
	exportown(own, pkg, funcs, nfuncs);
	export_indexed(pkgdef, pkg);
}
