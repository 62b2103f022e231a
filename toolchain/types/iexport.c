/*
 * iexport.c - export data in the indexed format, version 2, for tools.
 *
 * This is what programs using go/importer read (vet, gopls, analysis
 * drivers); our own compiler never does. Contents: the exported objects of
 * the package and whatever declarations, of any package, their types mention.
 * The layout is what go/internal/gcimporter's iimport.go accepts: strings,
 * then declarations and types, then an index by package and name.
 */
#include <stdlib.h>

#include "types/export.h"

enum { RESERVED = 32 };	/* numbers below are predeclared types */

/* clang-format off */
enum { DEFINEDTYPE, POINTERTYPE, SLICETYPE, ARRAYTYPE, CHANTYPE, MAPTYPE, SIGNATURETYPE, STRUCTTYPE, INTERFACETYPE, TPARAMTYPE, INSTANCETYPE, UNIONTYPE };
/* clang-format on */

typedef struct {
	Package *pkg;
	const char *name;	/* for a type parameter with its owner: F.P, T.m.P */
	Obj *o;
	uint32_t off;
} Entry;

typedef struct {
	Buf strings, data;
	Map *stringoff;		/* interned -> offset + 1 */
	Map *typeoff;		/* Type -> offset + RESERVED + 1 */
	Map *entered;		/* Obj -> its Entry's number + 1 */
	Map *tparamname;	/* Type (T_TPARAM) -> name with owner */
	Vec(Entry) entries;
	Vec(Package *) pkgs;
	Map *pkgseen;
	Package *pkg;
} Exporter;

/* One declaration or type being written; positions are deltas within it. */
typedef struct {
	Buf b;
	const char *file;
	int64_t line, col;
} Rec;

static uint64_t typeoff(Exporter *x, Type *t);
static void signature(Exporter *x, Rec *r, Type *t);

static uint64_t
string(Exporter *x, const char *s)
{
	const char *key = intern_str(s != NULL ? s : "");
	uintptr_t off = (uintptr_t)map_get(x->stringoff, key);

	if (off == 0) {
		off = x->strings.n + 1;
		map_set(x->stringoff, key, (void *)off);
		buf_uvarint(&x->strings, intern_len(key));
		buf_put(&x->strings, key, intern_len(key));
	}
	return off - 1;
}

static void
putstring(Exporter *x, Rec *r, const char *s)
{
	buf_uvarint(&r->b, string(x, s));
}

/* The package itself goes by the empty path: the importer knows it under the path it asked for. */
static uint64_t
pkgstring(Exporter *x, Package *pkg)
{
	if (pkg == NULL)
		pkg = x->pkg;
	if (!map_has(x->pkgseen, pkg)) {
		map_set(x->pkgseen, pkg, pkg);
		vec_push(perm, &x->pkgs, pkg);
	}
	return string(x, pkg == x->pkg ? "" : pkg->path);
}

static void
putpkg(Exporter *x, Rec *r, Package *pkg)
{
	buf_uvarint(&r->b, pkgstring(x, pkg));
}

static void
putpos(Exporter *x, Rec *r, Pos pos)
{
	const char *file = intern_str("");
	int64_t line = 0, col = 0, dl, dc;

	if (pos != 0) {
		Loc loc = pos_loc(pos);

		file = intern_str(loc.absfile);
		line = loc.line;
		col = loc.col;
	}
	if (r->file == NULL)
		r->file = intern_str("");
	dc = (col - r->col) * 2;
	dl = (line - r->line) * 2;
	if (file != r->file)
		dl |= 1;
	if (dl != 0)
		dc |= 1;
	buf_varint(&r->b, dc);
	if (dc & 1) {
		buf_varint(&r->b, dl);
		if (dl & 1)
			putstring(x, r, file);
	}
	r->file = file;
	r->line = line;
	r->col = col;
}

static void
puttype(Exporter *x, Rec *r, Type *t)
{
	buf_uvarint(&r->b, typeoff(x, t));
}

static uint32_t
flush(Exporter *x, Rec *r)
{
	uint32_t off = (uint32_t)x->data.n;

	buf_put(&x->data, r->b.p, r->b.n);
	buf_free(&r->b);
	return off;
}

/* Queues o to be declared. */
static void
enter(Exporter *x, Obj *o, Package *pkg, const char *name)
{
	if (map_has(x->entered, o))
		return;
	vec_push(perm, &x->entries, ((Entry){ pkg, name, o, 0 }));
	map_set(x->entered, o, (void *)(uintptr_t)x->entries.n);
	pkgstring(x, pkg);
	string(x, name);
}

static int
predeclared(const Type *t)
{
	if (t == type_byte)
		return 17;
	if (t == type_rune)
		return 18;
	if (t == type_error)
		return 19;
	if (t == type_comparable)
		return 30;
	if (t == type_any)
		return 31;
	if (t->kind >= T_BOOL && t->kind <= T_STRING)
		return t->kind - T_BOOL;
	if (t->kind >= T_UNTYPED_BOOL && t->kind <= T_UNTYPED_NIL)
		return 20 + t->kind - T_UNTYPED_BOOL;
	if (t->kind == T_UNSAFEPTR)
		return 27;
	return t->kind == T_INVALID ? 28 : -1;
}

static void
tparams(Exporter *x, Rec *r, const TypeVec *v, const char *owner)
{
	for (int i = 0; i < v->n; i++) {
		const char *name = v->at[i]->tp.obj->name;

		if (strcmp(name, "_") == 0)
			name = intern_printf("$%d", i);
		if (!map_has(x->tparamname, v->at[i]))
			map_set(x->tparamname, v->at[i], (void *)intern_printf("%s.%s", owner, name));
	}
	if (r == NULL)
		return;
	buf_uvarint(&r->b, (uint64_t)v->n);
	for (int i = 0; i < v->n; i++)
		puttype(x, r, v->at[i]);
}

static void
interfacetype(Exporter *x, Rec *r, Type *t)
{
	Package *pkg = t->iface.methods.n > 0 ? t->iface.methods.at[0]->pkg : t->iface.pkg;

	buf_uvarint(&r->b, INTERFACETYPE);
	putpkg(x, r, pkg);
	buf_uvarint(&r->b, (uint64_t)t->iface.embeds.n);
	for (int i = 0; i < t->iface.embeds.n; i++) {
		putpos(x, r, 0);
		puttype(x, r, t->iface.embeds.at[i]);
	}
	buf_uvarint(&r->b, (uint64_t)t->iface.methods.n);
	for (int i = 0; i < t->iface.methods.n; i++) {
		Obj *m = t->iface.methods.at[i];

		putpos(x, r, m->pos);
		putstring(x, r, m->name);
		signature(x, r, obj_type(m));
	}
}

static uint64_t
typeoff(Exporter *x, Type *t)
{
	uintptr_t off;
	Rec r = { 0 };
	int pre;

	t = type_unspelled(t);
	pre = predeclared(t);

	if (pre >= 0)
		return (uint64_t)pre;
	off = (uintptr_t)map_get(x->typeoff, t);
	if (off != 0)
		return off - 1;
	switch (t->kind) {
	case T_NAMED:
		if (t->named.targs.n > 0) {
			buf_uvarint(&r.b, INSTANCETYPE);
			putpos(x, &r, 0);
			buf_uvarint(&r.b, (uint64_t)t->named.targs.n);
			for (int i = 0; i < t->named.targs.n; i++)
				puttype(x, &r, t->named.targs.at[i]);
			puttype(x, &r, t->named.origin);
		} else {
			Obj *o = t->named.obj;

			enter(x, o, o->pkg, o->name);
			buf_uvarint(&r.b, DEFINEDTYPE);
			putstring(x, &r, o->name);
			putpkg(x, &r, o->pkg);
		}
		break;
	case T_TPARAM: {
		const char *name = map_get(x->tparamname, t);
		Obj *o = t->tp.obj;

		if (name == NULL)
			bug("export of %s: type parameter %s without an owner", x->pkg->path, o->name);
		enter(x, o, o->pkg, name);
		buf_uvarint(&r.b, TPARAMTYPE);
		putstring(x, &r, name);
		putpkg(x, &r, o->pkg);
		break;
	}
	case T_PTR:
		buf_uvarint(&r.b, POINTERTYPE);
		puttype(x, &r, t->elem);
		break;
	case T_SLICE:
		buf_uvarint(&r.b, SLICETYPE);
		puttype(x, &r, t->elem);
		break;
	case T_ARRAY:
		buf_uvarint(&r.b, ARRAYTYPE);
		buf_uvarint(&r.b, (uint64_t)t->len);
		puttype(x, &r, t->elem);
		break;
	case T_CHAN:
		/* 1 receive, 2 send, 3 both */
		buf_uvarint(&r.b, CHANTYPE);
		buf_uvarint(&r.b, t->dir == CHAN_RECV ? 1 : t->dir == CHAN_SEND ? 2 : 3);
		puttype(x, &r, t->elem);
		break;
	case T_MAP:
		buf_uvarint(&r.b, MAPTYPE);
		puttype(x, &r, t->key);
		puttype(x, &r, t->elem);
		break;
	case T_FUNC:
		buf_uvarint(&r.b, SIGNATURETYPE);
		putpkg(x, &r, x->pkg);
		signature(x, &r, t);
		break;
	case T_STRUCT:
		buf_uvarint(&r.b, STRUCTTYPE);
		putpkg(x, &r, t->st.fields.n > 0 ? t->st.fields.at[0]->pkg : NULL);
		buf_uvarint(&r.b, (uint64_t)t->st.fields.n);
		for (int i = 0; i < t->st.fields.n; i++) {
			Obj *f = t->st.fields.at[i];
			const char *tag =
			    t->st.tags != NULL && t->st.tags[i] != NULL ? intern(t->st.tags[i], t->st.taglens[i]) : "";

			putpos(x, &r, f->pos);
			putstring(x, &r, f->name);
			puttype(x, &r, obj_type(f));
			buf_uvarint(&r.b, f->embedded);
			putstring(x, &r, tag);
		}
		break;
	case T_INTERFACE:
		interfacetype(x, &r, t);
		break;
	case T_UNION:
		buf_uvarint(&r.b, UNIONTYPE);
		buf_uvarint(&r.b, (uint64_t)t->un.terms.n);
		for (int i = 0; i < t->un.terms.n; i++) {
			buf_uvarint(&r.b, t->un.terms.at[i].tilde);
			puttype(x, &r, t->un.terms.at[i].type);
		}
		break;
	default:
		bug("export of %s: type of kind %d", x->pkg->path, t->kind);
	}
	off = flush(x, &r) + RESERVED + 1;
	map_set(x->typeoff, t, (void *)off);
	return off - 1;
}

static void
param(Exporter *x, Rec *r, const Obj *v)
{
	putpos(x, r, v->pos);
	putstring(x, r, v->name);
	puttype(x, r, v->type);
}

static void
paramlist(Exporter *x, Rec *r, const Type *t)
{
	buf_uvarint(&r->b, (uint64_t)t->tuple.vars.n);
	for (int i = 0; i < t->tuple.vars.n; i++)
		param(x, r, t->tuple.vars.at[i]);
}

static void
signature(Exporter *x, Rec *r, Type *t)
{
	paramlist(x, r, t->fn.params);
	paramlist(x, r, t->fn.results);
	if (t->fn.params->tuple.vars.n > 0)
		buf_uvarint(&r->b, t->variadic);
}

static void
value(Exporter *x, Rec *r, const Obj *o)
{
	Type *u = type_under(o->type);
	const Const *c = o->cv;

	puttype(x, r, o->type);
	buf_varint(&r->b, c->kind);
	if (type_isboolean(u))
		buf_uvarint(&r->b, c->kind == CONST_BOOL && c->b);
	else if (type_isstring(u))
		putstring(x, r, c->kind == CONST_STRING ? intern(c->s.p, c->s.n) : "");
	else if (type_isinteger(u))
		const_exportint(&r->b, c, u);
	else if (type_isfloat(u))
		const_exportfloat(&r->b, c, u);
	else if (type_iscomplex(u)) {
		const_exportfloat(&r->b, const_real(c), u);
		const_exportfloat(&r->b, const_imag(c), u);
	} else
		bug("export of %s: constant %s of type %s", x->pkg->path, o->name, type_string(o->type, NULL));
}

static void
namedtype(Exporter *x, Rec *r, Obj *o)
{
	Type *t = o->type;
	const TypeVec *tps = type_tparams(t);
	int n = type_nmethods(t);

	buf_byte(&r->b, tps->n > 0 ? 'U' : 'T');
	putpos(x, r, o->pos);
	if (tps->n > 0)
		tparams(x, r, tps, o->name);
	puttype(x, r, type_under(t));
	if (type_under(t)->kind == T_INTERFACE)
		return;
	buf_uvarint(&r->b, (uint64_t)n);
	for (int i = 0; i < n; i++) {
		Obj *m = type_method(t, i);
		Type *mt = obj_type(m);

		tparams(x, NULL, &mt->fn.recvtparams, intern_printf("%s.%s", o->name, m->name));
		putpos(x, r, m->pos);
		putstring(x, r, m->name);
		param(x, r, mt->fn.recv);
		signature(x, r, mt);
	}
}

static void
declare(Exporter *x, Entry *e)
{
	Obj *o = e->o;
	Type *t = obj_type(o);
	Rec r = { 0 };

	switch (o->kind) {
	case OBJ_VAR:
		buf_byte(&r.b, 'V');
		putpos(x, &r, o->pos);
		puttype(x, &r, t);
		break;
	case OBJ_CONST:
		buf_byte(&r.b, 'C');
		putpos(x, &r, o->pos);
		value(x, &r, o);
		break;
	case OBJ_FUNC:
		buf_byte(&r.b, t->fn.tparams.n > 0 ? 'G' : 'F');
		putpos(x, &r, o->pos);
		if (t->fn.tparams.n > 0)
			tparams(x, &r, &t->fn.tparams, o->name);
		signature(x, &r, t);
		break;
	case OBJ_TYPE:
		if (t->kind == T_TPARAM) {
			Type *iface = type_under(t);

			buf_byte(&r.b, 'P');
			putpos(x, &r, o->pos);
			buf_uvarint(&r.b, iface->implicit && t->tp.bound == iface);
			puttype(x, &r, t->tp.bound != NULL ? t->tp.bound : type_any);
		} else if (o->isalias) {
			buf_byte(&r.b, 'A');
			putpos(x, &r, o->pos);
			puttype(x, &r, t);
		} else
			namedtype(x, &r, o);
		break;
	default:
		bug("export of %s: object %s", x->pkg->path, o->name);
	}
	e->off = flush(x, &r);
}

static int
byname(const void *a, const void *b)
{
	const Entry *x = a, *y = b;

	int c = strcmp(x->name, y->name);

	return c != 0 ? c : strcmp(x->pkg->path, y->pkg->path);
}

static int
bypath(const void *a, const void *b)
{
	Package *const *x = a, *const *y = b;

	return strcmp((*x)->path, (*y)->path);
}

static void
index_(Exporter *x, Buf *b)
{
	if (x->pkgs.n > 2)
		qsort(x->pkgs.at + 1, (size_t)x->pkgs.n - 1, sizeof *x->pkgs.at, bypath);
	if (x->entries.n > 1)
		qsort(x->entries.at, (size_t)x->entries.n, sizeof *x->entries.at, byname);
	buf_uvarint(b, (uint64_t)x->pkgs.n);
	for (int i = 0; i < x->pkgs.n; i++) {
		const Package *pkg = x->pkgs.at[i];
		uint64_t n = 0;

		buf_uvarint(b, pkgstring(x, (Package *)pkg));
		buf_uvarint(b, string(x, pkg->name));
		buf_uvarint(b, 0);
		for (int j = 0; j < x->entries.n; j++)
			n += x->entries.at[j].pkg == pkg;
		buf_uvarint(b, n);
		for (int j = 0; n > 0 && j < x->entries.n; j++)
			if (x->entries.at[j].pkg == pkg) {
				buf_uvarint(b, string(x, x->entries.at[j].name));
				buf_uvarint(b, x->entries.at[j].off);
			}
	}
}

void
export_indexed(Buf *b, Package *pkg)
{
	Exporter x = { .pkg = pkg };
	Vec(Obj *) objs = { 0 };
	Buf idx = { 0 };
	const void *key;
	void *v;

	x.stringoff = map_new(perm);
	x.typeoff = map_new(perm);
	x.entered = map_new(perm);
	x.tparamname = map_new(perm);
	x.pkgseen = map_new(perm);
	pkgstring(&x, pkg);
	if (pkg->scope->names != NULL)
		for (int i = 0; map_next(pkg->scope->names, &i, &key, &v);) {
			Obj *o = v;

			/* The format of go1.23 has no generic aliases. */
			if (o->kind == OBJ_TYPE && o->isalias && type_isgeneric(obj_type(o)))
				continue;
			if (o->exported && o->pkg == pkg &&
			    (o->kind == OBJ_CONST || o->kind == OBJ_TYPE || o->kind == OBJ_VAR || o->kind == OBJ_FUNC))
				vec_push(perm, &objs, o);
		}
	for (int i = 0; i < objs.n; i++)
		enter(&x, objs.at[i], pkg, objs.at[i]->name);
	/* declaring one queues the types it mentions; a type parameter's owner is declared before it by construction */
	for (int i = 0; i < x.entries.n; i++) {
		Entry e = x.entries.at[i];

		declare(&x, &e);
		x.entries.at[i].off = e.off;
	}
	index_(&x, &idx);
	buf_byte(b, 'i');
	buf_uvarint(b, 2);
	buf_uvarint(b, x.strings.n);
	buf_uvarint(b, x.data.n);
	buf_put(b, x.strings.p, x.strings.n);
	buf_put(b, x.data.p, x.data.n);
	buf_put(b, idx.p, idx.n);
	buf_free(&idx);
	buf_free(&x.strings);
	buf_free(&x.data);
}
