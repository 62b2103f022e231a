/*
 * import.c - export data of other packages, read lazily.
 *
 * Opening a package checks the hash and finds the tables; a declaration is
 * read when its name is looked up and somebody asks for its type. A named
 * type that is only mentioned stays a stub (obj.expoff is set); type_under,
 * type_tparams and type_nmethods complete it. The layout is in export.h.
 *
 * The data was written by us and its hash is right, so anything wrong from
 * there on is a bug of the writer; still every read is checked against the
 * end, and what does not fit is fatal.
 */
#include "types/export.h"

#define MAXTYPEDEPTH 20000

Package *(*import_open)(const char *path, const char **err);

struct ImportData {
	const uint8_t *p;
	uint32_t size;
	const char *name;		/* file, for messages */
	uint32_t off[EXP_NSECTIONS], n[EXP_NSECTIONS];
	const char **strings;		/* interned on first use */
	Package **pkgs;
	Type **types;
	int depth;
};

/* What export.h calls extra: found again by the object. */
typedef struct {
	Package *pkg;
	const char *facts;
	uint32_t bodyoff;		/* offset of the body's file number; the text follows */
} Extra;

static Map *extras;			/* Obj -> Extra */

typedef struct {
	struct ImportData *d;
	Package *pkg;
	const uint8_t *p, *end;
} Reader;

static NORETURN void
damaged(const struct ImportData *d)
{
	fatal("%s: export data is damaged", d->name);
}

static uint32_t
u32(const uint8_t *p)
{
	return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint64_t
uvarint(Reader *r)
{
	uint64_t v = 0;

	for (int shift = 0; r->p < r->end && shift < 64; shift += 7) {
		uint8_t c = *r->p++;

		v |= (uint64_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return v;
	}
	damaged(r->d);
}

static uint8_t
byte(Reader *r)
{
	if (r->p >= r->end)
		damaged(r->d);
	return *r->p++;
}

static int
count(Reader *r)
{
	uint64_t n = uvarint(r);

	if (n > (uint64_t)(r->end - r->p))
		damaged(r->d);
	return (int)n;
}

static Reader
readat(Package *pkg, uint32_t off)
{
	struct ImportData *d = pkg->data;
	Reader r = { d, pkg, d->p + off, d->p + d->size };

	if (off >= d->size)
		damaged(d);
	return r;
}

/* Bytes of string number i, not NUL-terminated. */
static const char *
rawstring(const struct ImportData *d, uint32_t i, size_t *n)
{
	const uint8_t *tab = d->p + d->off[EXP_STRINGS];
	uint32_t lo, hi, blob = d->off[EXP_STRINGS] + 4 * (d->n[EXP_STRINGS] + 1);

	if (i >= d->n[EXP_STRINGS])
		damaged(d);
	lo = u32(tab + 4 * i);
	hi = u32(tab + 4 * i + 4);
	if (lo > hi || hi > d->size - blob)
		damaged(d);
	*n = hi - lo;
	return (const char *)d->p + blob + lo;
}

static const char *
stringnum(struct ImportData *d, uint64_t i)
{
	size_t n;
	const char *s;

	if (i >= d->n[EXP_STRINGS])
		damaged(d);
	if (d->strings[i] == NULL) {
		s = rawstring(d, (uint32_t)i, &n);
		d->strings[i] = intern(s, n);
	}
	return d->strings[i];
}

static const char *
string(Reader *r)
{
	return stringnum(r->d, uvarint(r));
}

static const char *
stringornull(Reader *r)
{
	const char *s = string(r);

	return s[0] != '\0' ? s : NULL;
}

static Package *
pkgnum(Reader *r)
{
	uint64_t i = uvarint(r);
	struct ImportData *d = r->d;

	if (i >= d->n[EXP_PKGS])
		damaged(d);
	if (d->pkgs[i] == NULL) {
		const char *path = stringnum(d, u32(d->p + d->off[EXP_PKGS] + 8 * i)), *err = "no such package";

		d->pkgs[i] = package_find(path);
		if (d->pkgs[i] == NULL && strcmp(path, "unsafe") == 0)
			d->pkgs[i] = pkg_unsafe;
		if (d->pkgs[i] == NULL && import_open != NULL)
			d->pkgs[i] = import_open(path, &err);
		if (d->pkgs[i] == NULL)
			fatal("could not import %s (used by package %s): %s", path, r->pkg->path, err);
	}
	return d->pkgs[i];
}

/* ---- types ---- */

static Type *typenum(Reader *r, uint64_t ref);

static Type *
type(Reader *r)
{
	return typenum(r, uvarint(r));
}

static void
types(Reader *r, TypeVec *v)
{
	int n = count(r);

	if (n > 0) {
		v->at = NEWN(perm, Type *, n);
		v->cap = n;
	}
	for (int i = 0; i < n; i++)
		v->at[v->n++] = type(r);
}

static Type *
tuple(Reader *r, bool isresult)
{
	int n = count(r);
	Type *t;

	if (n == 0)
		return type_emptytuple;
	t = type_new(T_TUPLE);
	t->tuple.vars.at = NEWN(perm, Obj *, n);
	t->tuple.vars.cap = n;
	for (int i = 0; i < n; i++) {
		const char *name = string(r);
		Obj *v = obj_new(OBJ_VAR, 0, r->pkg, name, type(r));

		v->isparam = !isresult;
		v->isresult = isresult;
		v->color = 2;
		v->used = 1;
		t->tuple.vars.at[t->tuple.vars.n++] = v;
	}
	return t;
}

static Type *
structtype(Reader *r)
{
	Type *t = type_new(T_STRUCT);
	Package *pkg = pkgnum(r);
	int n = count(r);

	t->complete = 1;
	if (n > 0) {
		t->st.fields.at = NEWN(perm, Obj *, n);
		t->st.fields.cap = n;
	}
	for (int i = 0; i < n; i++) {
		const char *name = string(r);
		Obj *f = obj_new(OBJ_FIELD, 0, pkg, name, type(r));
		uint8_t flags = byte(r);

		f->color = 2;
		f->embedded = flags & 1;
		t->st.fields.at[t->st.fields.n++] = f;
		if (flags & 2) {
			int len = count(r);

			if (t->st.tags == NULL) {
				t->st.tags = NEWN(perm, const char *, n);
				t->st.taglens = NEWN(perm, uint32_t, n);
			}
			t->st.tags[i] = intern((const char *)r->p, (size_t)len);
			t->st.taglens[i] = (uint32_t)len;
			r->p += len;
		}
	}
	return t;
}

static Type *
interfacetype(Reader *r)
{
	Type *t = type_new(T_INTERFACE);
	Package *pkg = pkgnum(r);
	uint8_t flags = byte(r);
	int n = count(r);

	t->comparable = flags & 1;
	t->implicit = flags >> 1 & 1;
	t->iface.pkg = pkg;
	for (int i = 0; i < n; i++) {
		const char *name = string(r);
		Obj *m = obj_new(OBJ_FUNC, 0, pkg, name, type(r));

		m->color = 2;
		vec_push(perm, &t->iface.methods, m);
	}
	types(r, &t->iface.embeds);
	for (int i = 0; i < t->iface.embeds.n; i++)
		vec_push(perm, &t->iface.embedpos, 0);
	t->complete = 1;
	return t;
}

/* One source line as a file of its own, so that a lone position costs nothing when it is not asked for. */
static Pos
position(Reader *r, bool wanted)
{
	uint64_t file = uvarint(r), line, col;
	SrcFile *f;
	Reader fr;

	if (file == 0)
		return 0;
	line = uvarint(r);
	col = uvarint(r);
	if (!wanted)
		return 0;
	if (file > r->d->n[EXP_FILES])
		damaged(r->d);
	if (col == 0 || col > 10000)
		col = 1;
	fr = readat(r->pkg, u32(r->d->p + r->d->off[EXP_FILES] + 4 * (file - 1)));
	f = pos_addfile(string(&fr), col, (int)line);
	pos_isabs(f);
	return pos_make(f, col - 1);
}

static Type *
readtype(Reader *r, Type **cache)
{
	Type *t;

	switch (byte(r)) {
	case T_ARRAY:
		t = type_array(type(r), 0);
		t->len = (int64_t)uvarint(r);
		return t;
	case T_SLICE:
		return type_slice(type(r));
	case T_PTR:
		return type_ptr(type(r));
	case T_MAP: {
		Type *key = type(r);

		return type_map(key, type(r));
	}
	case T_CHAN: {
		uint8_t dir = byte(r);

		return type_chan(dir, type(r));
	}
	case T_STRUCT:
		return structtype(r);
	case T_TUPLE:
		return tuple(r, false);
	case T_FUNC: {
		bool variadic = byte(r) & 1;
		Type *params = tuple(r, false), *results = tuple(r, true);

		t = type_func(params, results, variadic);
		types(r, &t->fn.tparams);
		return t;
	}
	case T_INTERFACE:
		return interfacetype(r);
	case T_UNION: {
		int n = count(r);

		t = type_new(T_UNION);
		for (int i = 0; i < n; i++) {
			UnionTerm term = { NULL, byte(r) != 0 };

			term.type = type(r);
			vec_push(perm, &t->un.terms, term);
		}
		return t;
	}
	case T_NAMED:
	case EXP_SPELLED: {
		Package *pkg = pkgnum(r);
		const char *name = string(r);
		Obj *o = scope_lookup(pkg->scope, name);
		TypeVec targs = { 0 };

		if (o == NULL || o->kind != OBJ_TYPE || (o->type == NULL && obj_type(o) == NULL))
			fatal("%s: package %s has no type %s: the package file is out of date", r->d->name, pkg->path,
			    name);
		types(r, &targs);
		return targs.n > 0 ? type_instantiate(o->type, targs.at, targs.n) : o->type;
	}
	case T_TPARAM: {
		const char *name = string(r);
		int index = (int)uvarint(r);
		Obj *o = obj_new(OBJ_TYPE, position(r, true), r->pkg, name, NULL);

		o->color = 2;
		t = type_tparam(o, NULL);
		t->tp.index = index;
		*cache = t;
		t->tp.bound = type(r);
		return t;
	}
	default:
		damaged(r->d);
	}
}

static Type *
typenum(Reader *r, uint64_t ref)
{
	struct ImportData *d = r->d;
	Reader tr;

	if (ref < EXP_FIRSTTYPE)
		switch (ref) {
		case EXP_ERROR:
			return type_error;
		case EXP_ANY:
			return type_any;
		case EXP_COMPARABLE:
			return type_comparable;
		case EXP_BYTE:
			return type_byte;
		case EXP_RUNE:
			return type_rune;
		default:
			if (ref > T_UNTYPED_NIL)
				damaged(d);
			return typ[ref];
		}
	ref -= EXP_FIRSTTYPE;
	if (ref >= d->n[EXP_TYPES])
		damaged(d);
	if (d->types[ref] == NULL) {
		Type *t;

		if (++d->depth > MAXTYPEDEPTH)
			damaged(d);
		tr = readat(r->pkg, u32(d->p + d->off[EXP_TYPES] + 4 * ref));
		t = readtype(&tr, &d->types[ref]);
		d->types[ref] = t;
		d->depth--;
	}
	return d->types[ref];
}

/* ---- declarations ---- */

static void
readextra(Reader *r, Obj *o)
{
	const char *facts;

	o->pragma = (uint32_t)uvarint(r);
	o->linkname = stringornull(r);
	facts = stringornull(r);
	if (r->p >= r->end)
		damaged(r->d);
	if (facts != NULL || *r->p != 0) {
		Extra *x = NEW(perm, Extra);

		x->pkg = r->pkg;
		x->facts = facts;
		x->bodyoff = *r->p != 0 ? (uint32_t)(r->p - r->d->p) : 0;
		if (extras == NULL)
			extras = map_new(perm);
		map_set(extras, o, x);
	}
}

static void
readmethod(Reader *r, Obj *m)
{
	Type *base = m->recvbase, *shared, *t, *rt = base;
	const char *recvname = string(r);
	bool ptr = byte(r) != 0;
	TypeVec tps = { 0 };

	types(r, &tps);
	shared = type(r);
	t = type_func(shared->fn.params, shared->fn.results,
	    shared->variadic); /* the record may be shared: add the receiver to a copy */
	t->fn.recvtparams = tps;
	if (tps.n > 0)
		rt = type_instantiate(base, tps.at, tps.n);
	if (ptr)
		rt = type_ptr(rt);
	t->fn.recv = obj_new(OBJ_VAR, 0, r->pkg, recvname, rt);
	t->fn.recv->isrecv = t->fn.recv->isparam = 1;
	m->type = t;
	readextra(r, m);
}

static void
readnamed(Reader *r, Obj *o)
{
	Type *t = o->type;
	int n;

	types(r, &t->named.tparams);
	t->named.under = t->named.rhs = type(r);
	if (t->named.under->kind == T_NAMED)
		t->named.under = type_under(t->named.under);
	n = count(r);
	if (n > 0) {
		t->named.methods.at = NEWN(perm, Obj *, n);
		t->named.methods.cap = n;
	}
	for (int i = 0; i < n; i++) {
		Obj *m = obj_new(OBJ_FUNC, 0, r->pkg, string(r), NULL);

		m->color = 2;
		m->isglobal = 1;
		m->ptrrecv = byte(r) & 1;
		m->expoff = (uint32_t)uvarint(r) + EXP_HEADER + 1;
		m->recvbase = t;
		t->named.methods.at[t->named.methods.n++] = m;
	}
	t->complete = 1;
}

static void
readalias(Reader *r, Obj *o)
{
	TypeVec tparams = { 0 };

	types(r, &tparams);
	o->type = type_spelled(o, type(r), tparams.n > 0 ? &tparams : NULL, NULL);
}

void
import_resolve(Obj *o)
{
	Reader r = readat(o->pkg, o->expoff - 1);
	uint8_t flags;
	Pos pos;

	o->expoff = 0;
	byte(&r);
	flags = byte(&r);
	pos = position(&r, o->kind == OBJ_FUNC || o->kind == OBJ_TYPE);
	o->pos = pos;
	if (flags & 2) {
		readmethod(&r, o);
		return;
	}
	switch (o->kind) {
	case OBJ_CONST:
		o->type = type(&r);
		o->cv = const_decode(&r.p, r.end);
		if (o->cv == NULL)
			damaged(r.d);
		break;
	case OBJ_VAR:
		o->type = type(&r);
		o->linkname = stringornull(&r);
		break;
	case OBJ_FUNC:
		o->type = type(&r);
		readextra(&r, o);
		break;
	case OBJ_TYPE:
		if (o->isalias)
			readalias(&r, o);
		else
			readnamed(&r, o);
		break;
	default:
		damaged(r.d);
	}
}

/* A stub for entry i of the object table. */
static Obj *
stub(Package *pkg, uint32_t i, const char *name)
{
	struct ImportData *d = pkg->data;
	uint32_t off = u32(d->p + d->off[EXP_OBJS] + 8 * i + 4);
	Obj *o;

	if (off + 2 > d->size)
		damaged(d);
	o = obj_new(d->p[off], 0, pkg, name, NULL);
	o->isglobal = 1;
	o->color = 2;
	o->used = 1;
	o->parent = pkg->scope;
	o->order = (int)i + 1;
	o->expoff = off + 1;
	if (o->kind == OBJ_TYPE) {
		if (d->p[off + 1] & 1)
			o->isalias = 1;
		else
			type_named(o, NULL);
	}
	if (pkg->scope->names == NULL)
		pkg->scope->names = map_new(perm);
	map_set(pkg->scope->names, name, o);
	return o;
}

Obj *
import_lookup(Package *pkg, const char *name)
{
	struct ImportData *d = pkg->data;
	uint32_t lo = 0, hi = d->n[EXP_OBJS];
	size_t len = intern_len(name);

	while (lo < hi) {
		uint32_t mid = (lo + hi) / 2;
		size_t n;
		const char *s = rawstring(d, u32(d->p + d->off[EXP_OBJS] + 8 * mid), &n);
		int c = memcmp(name, s, len < n ? len : n);

		if (c == 0)
			c = (len > n) - (len < n);
		if (c == 0)
			return stub(pkg, mid, name);
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

void
import_all(Package *pkg)
{
	struct ImportData *d = pkg->data;

	for (uint32_t i = 0; i < d->n[EXP_OBJS]; i++)
		scope_lookup(pkg->scope, stringnum(d, u32(d->p + d->off[EXP_OBJS] + 8 * i)));
}

Package *
import_read(const char *path, Bytes own, const char *archivename, const char **err)
{
	struct ImportData *d;
	Package *pkg;
	uint64_t hash;
	const char *name;

	if (own.n < EXP_HEADER || memcmp(own.p, EXP_MAGIC, 8) != 0) {
		*err = intern_printf("%s: not a package file of this compiler", archivename);
		return NULL;
	}
	if (u32(own.p + 16) < EXP_HEADER || u32(own.p + 16) > own.n) {
		*err = intern_printf("%s: export data is truncated", archivename);
		return NULL;
	}
	d = NEW(perm, struct ImportData);
	d->p = own.p;
	d->size = u32(own.p + 16);
	d->name = intern_str(archivename);
	memcpy(&hash, own.p + 8, 8);
	if (hash64(own.p + 16, d->size - 16, 0) != hash) {
		*err = intern_printf("%s: export data is damaged", archivename);
		return NULL;
	}
	for (int i = 0; i < EXP_NSECTIONS; i++) {
		static const uint8_t width[EXP_NSECTIONS] = { 4, 8, 4, 4, 8, 0 };

		d->off[i] = u32(own.p + 20 + 8 * i);
		d->n[i] = u32(own.p + 24 + 8 * i);
		if (d->off[i] > d->size || (uint64_t)(d->n[i] + (i == EXP_STRINGS)) * width[i] > d->size - d->off[i]) {
			*err = intern_printf("%s: export data is damaged", archivename);
			return NULL;
		}
	}
	if (d->n[EXP_PKGS] == 0) {
		*err = intern_printf("%s: export data is damaged", archivename);
		return NULL;
	}
	d->strings = NEWN(perm, const char *, d->n[EXP_STRINGS] + 1);
	d->pkgs = NEWN(perm, Package *, d->n[EXP_PKGS] + 1);
	d->types = NEWN(perm, Type *, d->n[EXP_TYPES] + 1);
	name = stringnum(d, u32(own.p + d->off[EXP_PKGS] + 4));
	pkg = package_new(path, name);
	pkg->data = d;
	name = stringnum(d, d->n[EXP_LANG]);
	pkg->goversion = name[0] != '\0' ? name : NULL;
	pkg->scope->lazy = pkg;
	pkg->complete = true;
	memcpy(pkg->fingerprint, &hash, sizeof pkg->fingerprint);
	d->pkgs[0] = pkg;
	return pkg;
}

static const Extra *
extra(Obj *fn)
{
	if (fn->origin != NULL)
		fn = fn->origin;
	obj_type(fn);
	return extras != NULL ? map_get(extras, fn) : NULL;
}

const char *
import_facts(Obj *fn)
{
	const Extra *x = extra(fn);

	return x != NULL ? x->facts : NULL;
}

bool
import_hasbody(Obj *fn)
{
	const Extra *x = extra(fn);

	return x != NULL && x->bodyoff != 0;
}

bool
import_body(Obj *fn, ImportBody *out)
{
	const Extra *x = extra(fn);
	uint64_t file;
	Reader r, fr;
	int n;

	memset(out, 0, sizeof *out);
	if (x == NULL || x->bodyoff == 0)
		return false;
	r = readat(x->pkg, x->bodyoff);
	file = uvarint(&r);
	out->line = (int)uvarint(&r);
	out->col = (int)uvarint(&r);
	out->text.n = (size_t)count(&r);
	out->text.p =
	    (const uint8_t *)arena_strndup(perm, (const char *)r.p, out->text.n); /* the scanner wants a NUL after it */
	if (file > r.d->n[EXP_FILES])
		damaged(r.d);
	fr = readat(x->pkg, u32(r.d->p + r.d->off[EXP_FILES] + 4 * (file - 1)));
	out->file = string(&fr);
	out->goversion = stringornull(&fr);
	n = count(&fr);
	for (int i = 0; i < n; i++) {
		ImportName in = { string(&fr), NULL };

		in.path = string(&fr);
		vec_push(perm, &out->imports, in);
	}
	return true;
}
