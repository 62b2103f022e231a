/*
 * desc.c - type descriptors: internal/abi's Type and what follows it, bit for
 * bit as package reflect reads them.
 *
 * A descriptor is defined by the package that declares its type, pointers to
 * such a type included; package runtime defines those of the predeclared
 * types. All others (unnamed types, instances, types local to functions) are
 * DUPOK: every package that needs one defines it.
 *
 * Asking for a descriptor only notes it. lower_flushdescs writes those that
 * were noted, and those that generated code refers to through GcType.desc
 * without having asked; writing one may ask for more, and for functions.
 *
 * Source: internal/abi (type.go), whose names are used below.
 */
#include "lower/lower.h"

/* clang-format off */
enum {
	TFLAG_UNCOMMON = 1, TFLAG_EXTRASTAR = 2, TFLAG_NAMED = 4, TFLAG_REGULARMEMORY = 8,
	KIND_DIRECTIFACE = 1 << 5, KIND_GCPROG = 1 << 6,
	NAME_EXPORTED = 1, NAME_TAG = 2, NAME_PKGPATH = 4, NAME_EMBEDDED = 8,
	MAXMASKBYTES = 2048,	/* longer pointer masks become programs */
	UNCOMMONSIZE = 16, METHODSIZE = 16, IMETHODSIZE = 8,
	MAPKEYMAX = 128, MAPELEMMAX = 128, MAPBUCKET = 8,
};
/* clang-format on */

static Vec(Type *) wanted;
static int nwritten;		/* wanted[..nwritten) are written */
static uint8_t *scanned;	/* per symbol of lw.o: relocations looked at */
static int nscanned;

static int
abikind(const Type *u)
{
	/* clang-format off */
	switch (u->kind) {
	case T_BOOL: return 1;
	case T_INT: return 2;
	case T_INT8: return 3;
	case T_INT16: return 4;
	case T_INT32: return 5;
	case T_INT64: return 6;
	case T_UINT: return 7;
	case T_UINT8: return 8;
	case T_UINT16: return 9;
	case T_UINT32: return 10;
	case T_UINT64: return 11;
	case T_UINTPTR: return 12;
	case T_FLOAT32: return 13;
	case T_FLOAT64: return 14;
	case T_COMPLEX64: return 15;
	case T_COMPLEX128: return 16;
	case T_ARRAY: return 17;
	case T_CHAN: return 18;
	case T_FUNC: return 19;
	case T_INTERFACE: return 20;
	case T_MAP: return 21;
	case T_PTR: return 22;
	case T_SLICE: return 23;
	case T_STRING: return 24;
	case T_STRUCT: return 25;
	case T_UNSAFEPTR: return 26;
	default: bug("no descriptor for type kind %d", u->kind);
	}
	/* clang-format on */
}

static bool
isnamed(const Type *t)
{
	return t->kind == T_NAMED || t->kind <= T_UNSAFEPTR;
}

static bool
isuniverse(const Type *t)
{
	return t->kind <= T_UNSAFEPTR || (t->kind == T_NAMED && t->named.obj->pkg == NULL);
}

/* The package whose object defines the descriptor and wrappers of t; NULL: every object that needs them. */
static const char *
ownerpath(Type *t)
{
	if (t->kind == T_PTR)
		t = t->elem;
	if (isuniverse(t))
		return "runtime";
	if (t->kind != T_NAMED || t->named.targs.n > 0 || !t->named.obj->isglobal)
		return NULL;
	return t->named.obj->pkg->path;
}

bool
lower_ownedelsewhere(Type *t)
{
	const char *path = ownerpath(t);

	return path != NULL && strcmp(path, lw.pkg->path) != 0;
}

const char *
lower_descname(Type *t)
{
	return intern_printf("type:%s", type_linkstring(t));
}

uint32_t
lower_typehash(Type *t)
{
	const char *s = type_linkstring(type_canon(t));
	uint64_t h = hash64(s, strlen(s), 0x736c6970);

	return (uint32_t)(h ^ h >> 32);
}

/* ---- names ---- */

static ObjSym *
namesym(const char *symname, const char *name, const char *tag, size_t taglen, const ObjSym *pkg, unsigned flags)
{
	ObjSym *s = obj_sym(lw.o, symname);
	size_t n = strlen(name);

	if (s->defined)
		return s;
	s = obj_define(lw.o, symname, SYM_TYPE, SYMF_DUPOK, 1);
	if (taglen > 0)
		flags |= NAME_TAG;
	if (pkg != NULL)
		flags |= NAME_PKGPATH;
	buf_byte(&s->data, (uint8_t)flags);
	buf_uvarint(&s->data, n);
	buf_put(&s->data, name, n);
	if (taglen > 0) {
		buf_uvarint(&s->data, taglen);
		buf_put(&s->data, tag, taglen);
	}
	if (pkg != NULL)
		lower_putoff(s, (int64_t)s->data.n, OBJ_R_TYPEOFF, (ObjSym *)pkg);
	s->size = s->data.n;
	return s;
}

static ObjSym *
importpath(const Package *pkg)
{
	if (pkg == NULL)
		return NULL;
	return namesym(intern_printf("type:.importpath.%s.", pkg->path), pkg->path, NULL, 0, NULL, 0);
}

/* pkg: recorded in the name, for unexported names of another package than the type's. */
static ObjSym *
namedata(const char *name, const char *tag, size_t taglen, const Package *pkg, bool exported, bool embedded)
{
	Buf b = { 0 };
	const char *symname;

	buf_str(&b, "type:.namedata.");
	if (name[0] == '\0')
		buf_str(&b, exported ? "-noname-exported." : "-noname-unexported.");
	else {
		buf_str(&b, name);
		buf_byte(&b, exported ? '.' : '-');
	}
	if (taglen > 0) {
		if (memchr(tag, '\0', taglen) != NULL)
			buf_printf(&b, "#%016llx", (unsigned long long)hash64(tag, taglen, 1));
		else
			buf_put(&b, tag, taglen);
	}
	if (embedded)
		buf_str(&b, ".embedded");
	if (pkg != NULL)
		buf_printf(&b, "..pkg.%s", pkg->path);
	symname = intern((const char *)b.p, b.n);
	buf_free(&b);
	return namesym(symname, name, tag, taglen, importpath(pkg),
		       (exported ? NAME_EXPORTED : 0u) | (embedded ? NAME_EMBEDDED : 0u));
}

/* An unexported name says its package where that is not the type's. */
static ObjSym *
methodname(const Obj *m, const Package *typepkg)
{
	return namedata(m->name, NULL, 0, !m->exported && m->pkg != typepkg ? m->pkg : NULL, m->exported, false);
}

/* ---- pointer masks and programs ---- */

/* A read-only symbol named by its content. */
static ObjSym *
contentsym(const char *prefix, const uint8_t *p, size_t n, uint32_t align)
{
	Buf b = { 0 };
	ObjSym *s;

	buf_str(&b, prefix);
	if (n <= 64)
		for (size_t i = 0; i < n; i++)
			buf_printf(&b, "%02x", p[i]);
	else {
		char hex[65];

		sha256_hex(p, n, hex);
		buf_str(&b, hex);
	}
	s = obj_sym(lw.o, intern((const char *)b.p, b.n));
	buf_free(&b);
	if (!s->defined) {
		s = obj_define(lw.o, s->name, SYM_RODATA, SYMF_DUPOK, align);
		lower_putbytes(s, 0, p, n);
	}
	return s;
}

/* Writer of the pointer programs of runtime/mbitmap.go: literal bits and repetitions of what came before. */
typedef struct {
	Buf out;
	uint8_t lit[16];
	int nlit;		/* pending literal bits, at most 127 */
	int64_t nbits;
} Prog;

static void
progflush(Prog *p)
{
	if (p->nlit == 0)
		return;
	buf_byte(&p->out, (uint8_t)p->nlit);
	buf_put(&p->out, p->lit, (size_t)(p->nlit + 7) / 8);
	memset(p->lit, 0, sizeof p->lit);
	p->nlit = 0;
}

static void
progbit(Prog *p, int bit)
{
	if (bit)
		p->lit[p->nlit / 8] |= (uint8_t)(1u << (p->nlit % 8));
	p->nlit++;
	p->nbits++;
	if (p->nlit == 120)
		progflush(p);
}

static void
progrepeat(Prog *p, int64_t nbits, int64_t count)
{
	if (nbits == 0 || count == 0)
		return;
	progflush(p);
	if (nbits < 128)
		buf_byte(&p->out, (uint8_t)(0x80 | nbits));
	else {
		buf_byte(&p->out, 0x80);
		buf_uvarint(&p->out, (uint64_t)nbits);
	}
	buf_uvarint(&p->out, (uint64_t)count);
	p->nbits += nbits * count;
}

static void
progzero(Prog *p, int64_t until)
{
	int64_t n = until - p->nbits;

	if (n <= 0)
		return;
	progbit(p, 0);
	n--;
	if (n < 100)
		while (n-- > 0)
			progbit(p, 0);
	else
		progrepeat(p, 1, n);
}

static void
progtype(Prog *p, Type *t, int64_t off)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;

	if (lower_gctype(t)->ptrbytes == 0)
		return;
	switch (u->kind) {
	case T_INTERFACE:
		progzero(p, off / ps);
		progbit(p, 0);
		progbit(p, 1);
		break;
	case T_ARRAY: {
		int64_t size = type_size(u->elem);

		progzero(p, off / ps);
		progtype(p, u->elem, off);
		if (u->len > 1) {
			progzero(p, (off + size) / ps);
			progrepeat(p, size / ps, u->len - 1);
		}
		break;
	}
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++)
			progtype(p, obj_type(u->st.fields.at[i]), off + type_offset(u, i));
		break;
	default:
		progzero(p, off / ps);
		progbit(p, 1);
		break;
	}
}

/* The GCData symbol; *ptrbytes may grow to what a program covers. */
static ObjSym *
gcdata(Type *t, int64_t *ptrbytes, bool *isprog)
{
	const GcType *gc = lower_gctype(t);
	int ps = lw.target->ptrsize;
	size_t nmask = (size_t)((gc->ptrbytes / ps + 7) / 8);
	Prog p = { 0 };
	ObjSym *s;
	Buf b = { 0 };

	*ptrbytes = gc->ptrbytes;
	*isprog = false;
	if (gc->ptrbytes == 0)
		return NULL;
	if (nmask <= MAXMASKBYTES)
		return contentsym("runtime.gcbits.", gc->ptrmask, nmask, 1);
	progtype(&p, t, 0);
	progflush(&p);
	buf_byte(&p.out, 0);
	buf_zero(&b, 4);
	buf_put(&b, p.out.p, p.out.n);
	for (int i = 0; i < 4; i++)
		b.p[i] = (uint8_t)(p.out.n >> (lw.target->bigendian ? 8 * (3 - i) : 8 * i));
	s = contentsym("runtime.gcprog.", b.p, b.n, 4);
	buf_free(&b);
	buf_free(&p.out);
	*ptrbytes = p.nbits * ps;
	*isprog = true;
	return s;
}

/* ---- descriptors ---- */

ObjSym *
lower_desc(Type *t)
{
	LowerType *l = (LowerType *)lower_type(t);

	if (l->descstate == 0) {
		l->descstate = 1;
		vec_push(perm, &wanted, type_canon(t));
	}
	l->desc = l->gc.desc;
	return l->gc.desc;
}

static const MethodSet *
methods(Type *t)
{
	static const MethodSet none;
	Type *b = t->kind == T_PTR ? t->elem : t;

	if (type_under(b)->kind == T_INTERFACE || (t->kind == T_PTR && type_under(b)->kind == T_PTR))
		return &none;
	return type_methodset(t);
}

static bool
hasuncommon(Type *t)
{
	return isnamed(t) || methods(t)->n > 0;
}

/* Size of the part before the uncommon type. */
static int64_t
headsize(const Type *u)
{
	int ps = lw.target->ptrsize;
	int64_t base = 4 * ps + 16;

	/* clang-format off */
	switch (u->kind) {
	case T_ARRAY: return base + 3 * ps;
	case T_CHAN: return base + 2 * ps;
	case T_FUNC: return base + 4 + (ps == 8 ? 4 : 0);
	case T_INTERFACE: return base + 4 * ps;
	case T_MAP: return base + 4 * ps + 8;
	case T_PTR: return base + ps;
	case T_SLICE: return base + ps;
	case T_STRUCT: return base + 4 * ps;
	default: return base;
	}
	/* clang-format on */
}

int
lower_imethodoff(Type *iface, int i)
{
	Type *t = type_canon(iface);

	return (int)headsize(type_under(t)) + (hasuncommon(t) ? UNCOMMONSIZE : 0) + IMETHODSIZE * i;
}

/* A T_FUNC type as the type of a method without its receiver. */
static Type *
methodtype(Type *fn)
{
	Type *t;

	if (fn->fn.recv == NULL)
		return fn;
	t = type_func(fn->fn.params, fn->fn.results, fn->variadic);
	return t;
}

static Type *
bucketfield(Type *st, const char *name, Type *t)
{
	Obj *o = obj_new(OBJ_FIELD, 0, NULL, intern_str(name), t);

	vec_push(perm, &st->st.fields, o);
	return st;
}

/* gc's bucket of eight, for its size and pointers only: it has no fields to reflect on. */
static ObjSym *
bucketdesc(Type *map, Type *key, Type *elem, int64_t *size)
{
	Type *st = type_new(T_STRUCT);
	bool ptrs = lower_gctype(key)->ptrbytes > 0 || lower_gctype(elem)->ptrbytes > 0;
	int64_t ptrbytes;
	bool isprog;
	ObjSym *s, *gc, *str;
	const char *name;
	int ps = lw.target->ptrsize;

	bucketfield(st, "topbits", type_array(typ[T_UINT8], MAPBUCKET));
	bucketfield(st, "keys", type_array(key, MAPBUCKET));
	bucketfield(st, "elems", type_array(elem, MAPBUCKET));
	bucketfield(st, "overflow", ptrs ? typ[T_UNSAFEPTR] : typ[T_UINTPTR]);
	*size = type_size(st);
	name = intern_printf("type:map.bucket[%s]%s", type_linkstring(map->key), type_linkstring(map->elem));
	s = obj_sym(lw.o, name);
	if (s->defined)
		return s;
	gc = gcdata(st, &ptrbytes, &isprog);
	s = obj_define(lw.o, name, SYM_TYPE, SYMF_DUPOK, (uint32_t)ps);
	lower_putint(s, 0, ps, (uint64_t)*size);
	lower_putint(s, ps, ps, (uint64_t)ptrbytes);
	lower_putint(s, 2 * ps, 4, (uint32_t)hash64(name, strlen(name), 7));
	lower_putint(s, 2 * ps + 4, 1, TFLAG_EXTRASTAR);
	lower_putint(s, 2 * ps + 5, 1, (uint64_t)type_align(st));
	lower_putint(s, 2 * ps + 6, 1, (uint64_t)type_align(st));
	lower_putint(s, 2 * ps + 7, 1, (unsigned)abikind(st) | (isprog ? KIND_GCPROG : 0u));
	if (gc != NULL)
		lower_putaddr(s, 3 * ps + 8, gc, 0);
	str = namedata(intern_printf("*map.bucket[%s]%s", type_reflectstring(map->key), type_reflectstring(map->elem)),
	    NULL, 0, NULL, false, false);
	lower_putoff(s, 4 * ps + 8, OBJ_R_TYPEOFF, str);
	lower_putint(s, 4 * ps + 12, 4, 0);
	lower_putint(s, headsize(st) - ps, ps, 0);
	return s;
}

/* k == k for every k */
static bool
isreflexive(Type *t)
{
	Type *u = type_under(t);

	/* clang-format off */
	switch (u->kind) {
	case T_FLOAT32: case T_FLOAT64: case T_COMPLEX64: case T_COMPLEX128: case T_INTERFACE:
		return false;
	case T_ARRAY:
		return isreflexive(u->elem);
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++)
			if (!isreflexive(obj_type(u->st.fields.at[i])))
				return false;
		return true;
	default:
		return true;
	}
	/* clang-format on */
}

/* Equal keys may differ in their bits: +0 and -0, strings with different backing memory. */
static bool
needkeyupdate(Type *t)
{
	Type *u = type_under(t);

	/* clang-format off */
	switch (u->kind) {
	case T_FLOAT32: case T_FLOAT64: case T_COMPLEX64: case T_COMPLEX128: case T_INTERFACE: case T_STRING:
		return true;
	case T_ARRAY:
		return needkeyupdate(u->elem);
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++)
			if (needkeyupdate(obj_type(u->st.fields.at[i])))
				return true;
		return false;
	default:
		return false;
	}
	/* clang-format on */
}

static bool
hashmightpanic(Type *t)
{
	Type *u = type_under(t);

	switch (u->kind) {
	case T_INTERFACE:
		return true;
	case T_ARRAY:
		return hashmightpanic(u->elem);
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++)
			if (hashmightpanic(obj_type(u->st.fields.at[i])))
				return true;
		return false;
	default:
		return false;
	}
}

static int64_t
writemap(ObjSym *s, int64_t off, Type *u)
{
	int ps = lw.target->ptrsize;
	Type *key = u->key, *elem = u->elem;
	unsigned flags = 0;
	int64_t size;
	ObjSym *bucket;

	if (type_size(key) > MAPKEYMAX) {
		key = type_ptr(key);
		flags |= 1;
	}
	if (type_size(elem) > MAPELEMMAX) {
		elem = type_ptr(elem);
		flags |= 2;
	}
	flags |= (isreflexive(u->key) ? 4u : 0) | (needkeyupdate(u->key) ? 8u : 0) | (hashmightpanic(u->key) ? 16u : 0);
	bucket = bucketdesc(u, key, elem, &size);
	lower_putaddr(s, off, lower_desc(u->key), 0);
	lower_putaddr(s, off + ps, lower_desc(u->elem), 0);
	lower_putaddr(s, off + 2 * ps, bucket, 0);
	lower_putaddr(s, off + 3 * ps, lower_hashfunc(u->key), 0);
	off += 4 * ps;
	lower_putint(s, off, 1, (uint64_t)type_size(key));
	lower_putint(s, off + 1, 1, (uint64_t)type_size(elem));
	lower_putint(s, off + 2, 2, (uint64_t)size);
	lower_putint(s, off + 4, 4, flags);
	return off + 8;
}

static void
putslice(ObjSym *s, int64_t off, int64_t at, int n)
{
	int ps = lw.target->ptrsize;

	lower_putaddr(s, off, s, at);
	lower_putint(s, off + ps, ps, (uint64_t)n);
	lower_putint(s, off + 2 * ps, ps, (uint64_t)n);
}

static const Package *
typepkg(const Type *t)
{
	return t->kind == T_NAMED ? t->named.obj->pkg : t->kind == T_UNSAFEPTR ? pkg_unsafe : NULL;
}

/* The package an uncommon type gives. */
static const Package *
methodpkg(const Type *t)
{
	if (t->kind == T_PTR || t->kind == T_ARRAY || t->kind == T_SLICE || t->kind == T_CHAN)
		t = t->elem;
	return typepkg(t);
}

/* The package struct and interface descriptors give for their unexported names. */
static const Package *
structpkg(const Type *u)
{
	for (int i = 0; i < u->st.fields.n; i++)
		if (!u->st.fields.at[i]->exported)
			return u->st.fields.at[i]->pkg;
	return NULL;
}

static void
writedesc(Type *t)
{
	Type *u = type_under(t);
	const LowerType *l = lower_type(t);
	ObjSym *s = l->gc.desc, *gc, *eq, *ptr;
	int ps = lw.target->ptrsize;
	const MethodSet *ms = methods(t);
	bool uncommon = hasuncommon(t), isprog, extrastar = false, dup = ownerpath(t) == NULL, ptrstrong;
	int64_t ptrbytes, off, at, uoff, exported = 0;
	const char *str = type_reflectstring(t);
	bool strexported;
	unsigned tflag = 0, flags = dup ? SYMF_DUPOK : 0;

	if (s->defined)
		return;
	/* clang-format off */
	switch (t->kind) {
	case T_PTR: case T_ARRAY: case T_CHAN: case T_FUNC: case T_MAP: case T_SLICE: case T_STRUCT:
		flags |= SYMF_TYPELINK;
		break;
	default:
		break;
	}
	/* clang-format on */
	s = obj_define(lw.o, s->name, SYM_TYPE, flags, (uint32_t)ps);
	gc = gcdata(t, &ptrbytes, &isprog);
	eq = lower_eqfunc(t);

	if (t->kind == T_PTR)
		strexported = t->elem->kind == T_NAMED && t->elem->named.obj->exported;
	else {
		extrastar = true;
		str = intern_printf("*%s", str);
		strexported = t->kind == T_NAMED && t->named.obj->exported;
	}
	tflag = (uncommon ? TFLAG_UNCOMMON : 0u) | (extrastar ? TFLAG_EXTRASTAR : 0u) |
	    (isnamed(t) ? TFLAG_NAMED : 0u) | (eq != NULL && lower_plainmemory(t) ? TFLAG_REGULARMEMORY : 0u);

	lower_putint(s, 0, ps, (uint64_t)l->gc.size);
	lower_putint(s, ps, ps, (uint64_t)ptrbytes);
	off = 2 * ps;
	lower_putint(s, off, 4, lower_typehash(t));
	lower_putint(s, off + 4, 1, tflag);
	lower_putint(s, off + 5, 1, (uint64_t)l->gc.align);
	lower_putint(s, off + 6, 1, (uint64_t)l->gc.align);
	lower_putint(s, off + 7, 1,
	    (unsigned)abikind(u) | (l->direct ? KIND_DIRECTIFACE : 0u) | (isprog ? KIND_GCPROG : 0u));
	off += 8;
	lower_putint(s, off, ps, 0);
	lower_putint(s, off + ps, ps, 0);
	if (eq != NULL)
		lower_putaddr(s, off, eq, 0);
	if (gc != NULL)
		lower_putaddr(s, off + ps, gc, 0);
	off += 2 * ps;
	lower_putoff(s, off, OBJ_R_TYPEOFF, namedata(str, NULL, 0, NULL, strexported, false));
	lower_putint(s, off + 4, 4, 0);
	ptrstrong = isnamed(t) ||
	    (t->kind != T_PTR && methods(type_canon(type_ptr(t)))->n > 0); /* reflect cannot make methods */
	if (ptrstrong || t->kind != T_PTR) {
		Type *pt = type_ptr(t);

		ptr = ptrstrong ? lower_desc(pt) : lower_type(pt)->gc.desc;
		lower_putoff(s, off + 4, ptrstrong ? OBJ_R_TYPEOFF : OBJ_R_WEAKTYPEOFF, ptr);
	}
	off += 8;

	at = headsize(u) + (uncommon ? UNCOMMONSIZE : 0);
	uoff = headsize(u);
	switch (u->kind) {
	case T_ARRAY:
		lower_putaddr(s, off, lower_desc(u->elem), 0);
		lower_putaddr(s, off + ps, lower_desc(type_slice(u->elem)), 0);
		lower_putint(s, off + 2 * ps, ps, (uint64_t)u->len);
		break;
	case T_CHAN:
		lower_putaddr(s, off, lower_desc(u->elem), 0);
		lower_putint(s, off + ps, ps, u->dir == CHAN_RECV ? 1 : u->dir == CHAN_SEND ? 2 : 3);
		break;
	case T_FUNC: {
		const ObjVec *in = &u->fn.params->tuple.vars, *out = &u->fn.results->tuple.vars;

		lower_putint(s, off, 2, (uint64_t)in->n);
		lower_putint(s, off + 2, 2, (uint64_t)out->n | (u->variadic ? 0x8000u : 0u));
		if (ps == 8)
			lower_putint(s, off + 4, 4, 0);
		at += (int64_t)(in->n + out->n) * ps;
		break;
	}
	case T_INTERFACE: {
		const Package *pkg = typepkg(t);
		int n = type_typeset(u)->methods.n;

		lower_putint(s, off, ps, 0);
		if (pkg != NULL)
			lower_putaddr(s, off, importpath(pkg), 0);
		putslice(s, off + ps, at, n);
		at += (int64_t)n * IMETHODSIZE;
		break;
	}
	case T_MAP:
		writemap(s, off, u);
		break;
	case T_PTR:
	case T_SLICE:
		lower_putaddr(s, off, lower_desc(u->elem), 0);
		break;
	case T_STRUCT: {
		const Package *pkg = structpkg(u);

		lower_putint(s, off, ps, 0);
		if (pkg != NULL)
			lower_putaddr(s, off, importpath(pkg), 0);
		putslice(s, off + ps, at, u->st.fields.n);
		at += (int64_t)u->st.fields.n * 3 * ps;
		break;
	}
	default:
		break;
	}

	if (uncommon) {
		const Package *pkg = methodpkg(t);

		for (int i = 0; i < ms->n; i++)
			exported += ms->at[i].fn->exported;
		lower_putint(s, uoff, 4, 0);
		if (pkg != NULL)
			lower_putoff(s, uoff, OBJ_R_TYPEOFF, importpath(pkg));
		lower_putint(s, uoff + 4, 2, (uint64_t)ms->n);
		lower_putint(s, uoff + 6, 2, (uint64_t)exported);
		lower_putint(s, uoff + 8, 4, (uint64_t)(at - uoff));
		lower_putint(s, uoff + 12, 4, 0);
	}
	off = headsize(u) + (uncommon ? UNCOMMONSIZE : 0);
	switch (u->kind) {
	case T_FUNC: {
		const ObjVec *in = &u->fn.params->tuple.vars, *out = &u->fn.results->tuple.vars;

		for (int i = 0; i < in->n; i++, off += ps)
			lower_putaddr(s, off, lower_desc(obj_type(in->at[i])), 0);
		for (int i = 0; i < out->n; i++, off += ps)
			lower_putaddr(s, off, lower_desc(obj_type(out->at[i])), 0);
		break;
	}
	case T_INTERFACE: {
		const ObjVec *im = &type_typeset(u)->methods;

		for (int i = 0; i < im->n; i++, off += IMETHODSIZE) {
			Obj *m = im->at[i];

			lower_putoff(s, off, OBJ_R_TYPEOFF, methodname(m, typepkg(t)));
			lower_putoff(s, off + 4, OBJ_R_TYPEOFF, lower_desc(methodtype(obj_type(m))));
		}
		break;
	}
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++, off += 3 * ps) {
			Obj *o = u->st.fields.at[i];
			const char *tag = u->st.tags != NULL ? u->st.tags[i] : NULL;
			size_t taglen = tag == NULL ? 0 : u->st.taglens != NULL ? u->st.taglens[i] : strlen(tag);

			lower_putaddr(s, off, namedata(o->name, tag, taglen, NULL, o->exported, o->embedded), 0);
			lower_putaddr(s, off + ps, lower_desc(obj_type(o)), 0);
			lower_putint(s, off + 2 * ps, ps, (uint64_t)type_offset(u, i));
		}
		break;
	default:
		break;
	}
	for (int i = 0; i < ms->n; i++, off += METHODSIZE) {
		const MethodSel *m = &ms->at[i];

		lower_putoff(s, off, OBJ_R_TYPEOFF, methodname(m->fn, methodpkg(t)));
		lower_putoff(s, off + 4, OBJ_R_METHODOFF, lower_desc(methodtype(obj_type(m->fn))));
		lower_putoff(s, off + 8, OBJ_R_METHODOFF, lower_methodcode(t, m, true));
		lower_putoff(s, off + 12, OBJ_R_METHODOFF, lower_methodcode(t, m, false));
	}
	if ((int64_t)s->data.n < headsize(u))
		buf_zero(&s->data, (size_t)headsize(u) - s->data.n);
	s->size = s->data.n;
	lower_sortrelocs(s);
}

static void
writetype(Type *t)
{
	const char *subject = diag.subject;

	if (lower_ownedelsewhere(t))
		return;
	diag.subject = lower_type(t)->gc.desc->name;
	writedesc(t);
	diag.subject = subject;
}

/* Notes every descriptor this package owns. */
void
lower_owndescs(void)
{
	const void *key;
	void *value;

	if (strcmp(lw.pkg->path, "runtime") == 0) {
		for (int k = T_BOOL; k <= T_UNSAFEPTR; k++)
			lower_desc(typ[k]);
		lower_desc(type_error);
	}
	if (lw.pkg->scope == NULL || lw.pkg->scope->names == NULL)
		return;
	for (int i = 0; map_next(lw.pkg->scope->names, &i, &key, &value);) {
		Obj *o = value;
		Type *t;

		if (o->kind != OBJ_TYPE || o->isalias || o->pkg != lw.pkg)
			continue;
		t = obj_type(o);
		if (t == NULL || t->kind != T_NAMED || type_isgeneric(t) || type_hastparam(t))
			continue;
		if (type_under(t)->kind == T_INTERFACE &&
		    (typeset_hasterms(type_typeset(type_under(t))) ||
			typeset_iscomparable(type_typeset(type_under(t)))))
			continue;	/* a constraint */
		lower_desc(t);
	}
}

bool
lower_flushdescs(void)
{
	int before = nwritten;
	bool did, made = false;

	do {
		did = false;
		if (lw.o->syms.n > nscanned) {
			uint8_t *p = NEWN(lw.a, uint8_t, lw.o->syms.n * 2);

			if (nscanned > 0)
				memcpy(p, scanned, (size_t)nscanned);
			scanned = p;
			nscanned = lw.o->syms.n * 2;
		}
		for (int i = 0; i < lw.o->syms.n; i++) {
			const ObjSym *s = lw.o->syms.at[i];

			if (!s->defined || scanned[i])
				continue;
			scanned[i] = 1;
			for (int j = 0; j < s->relocs.n; j++) {
				const ObjSym *to = s->relocs.at[j].sym;

				if (to == NULL || to->defined || to->priv == NULL ||
				    s->relocs.at[j].kind == OBJ_R_WEAKTYPEOFF || strncmp(to->name, "type:", 5) != 0)
					continue;
				lower_desc(to->priv);
			}
		}
		for (; nwritten < wanted.n; nwritten++) {
			writetype(wanted.at[nwritten]);
			did = true;
		}
		if (lower_flushwrappers())
			made = did = true;
		if (lower_flushalgs())
			made = did = true;
	} while (did);
	return nwritten > before || made;
}
