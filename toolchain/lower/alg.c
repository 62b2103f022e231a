/*
 * alg.c - equality and hash functions of types, as descriptors, maps and
 * comparisons of large values use them.
 *
 * Plain memory and the common kinds use functions of package runtime, by gc's
 * names. For all others a function is made, named after the type and DUPOK;
 * equality compares field by field in source order and stops at the first
 * difference, which the language promises where a comparison may panic.
 *
 * Source: spec, Comparison operators; blank fields take no part.
 */
#include "lower/build.h"

enum { UNROLL = 4 };	/* arrays of at most so many elements are compared without a loop */

static Type *whole;		/* the canonical type that the function being made is for */

static Type *
simplefunc(Type *p0, Type *p1, Type *result)
{
	Obj *in[2], *out[1];

	in[0] = obj_new(OBJ_VAR, 0, NULL, intern_str(""), p0);
	in[1] = obj_new(OBJ_VAR, 0, NULL, intern_str(""), p1);
	out[0] = obj_new(OBJ_VAR, 0, NULL, intern_str(""), result);
	return type_func(type_tuple(in, 2), type_tuple(out, 1), false);
}

static bool
isblankfield(const Obj *o)
{
	return o->name[0] == '_' && o->name[1] == '\0';
}

static bool
isplain(Type *t)
{
	Type *u = type_under(t);

	/* clang-format off */
	switch (u->kind) {
	case T_FLOAT32: case T_FLOAT64: case T_COMPLEX64: case T_COMPLEX128: case T_STRING: case T_INTERFACE:
	case T_SLICE: case T_FUNC: case T_MAP:
		return false;
	case T_ARRAY:
		return u->len == 0 || lower_plainmemory(u->elem);
	case T_STRUCT: {
		int64_t end = 0;

		for (int i = 0; i < u->st.fields.n; i++) {
			Obj *o = u->st.fields.at[i];

			if (isblankfield(o) || type_offset(u, i) != end || !lower_plainmemory(obj_type(o)))
				return false;
			end += type_size(obj_type(o));
		}
		return end == type_size(u);
	}
	/* clang-format on */
	default:
		return true;
	}
}

bool
lower_plainmemory(Type *t)
{
	LowerType *lt;
	int kind = type_under(t)->kind;

	if (kind != T_STRUCT && kind != T_ARRAY)
		return isplain(t);
	lt = (LowerType *)(uintptr_t)lower_type(t);
	if (lt->plain == 0)
		lt->plain = isplain(t) ? 2 : 1;
	return lt->plain == 2;
}

static const char *eqname(Type *t), *hashname(Type *t);
static Type *eqsig(void), *hashsig(void);

/* ---- functions to be made: when nothing else is being built ---- */

typedef struct {
	const char *name;
	Type *sig;
	void (*fn)(void *ctx, Opd *params);
	void *ctx;
} Synth;
static Vec(Synth) synths;
static int nsynth;
static Map *synthnames;

static void
want(const char *name, Type *sig, void (*fn)(void *ctx, Opd *params), void *ctx)
{
	Synth s = { .name = name, .sig = sig, .fn = fn, .ctx = ctx };

	if (synthnames == NULL)
		synthnames = map_new(perm);
	if (map_has(synthnames, name))
		return;
	map_set(synthnames, name, (void *)name);
	vec_push(perm, &synths, s);
}

bool
lower_flushalgs(void)
{
	int before = nsynth;

	while (nsynth < synths.n) {
		Synth s = synths.at[nsynth++];

		bd_synthetic(s.name, lower_sig(NULL, s.sig), true, false, s.fn, s.ctx);
	}
	return nsynth > before;
}

/* ---- equality ---- */

static Block *eqfail;	/* where a difference goes; set while an equality function is built */

static VType
wordtype(int64_t size)
{
	return size == 1 ? VT_I8 : size == 2 ? VT_I16 : size == 4 ? VT_I32 : VT_I64;
}

static void
require(Value *cond)
{
	Block *next = bd_block();

	bd_if(cond, next, eqfail, 1);
	bd_sealstart(next);
}

static Value *
loadat(VType t, Value *p, int64_t off)
{
	return bd_emit1(OP_LOAD, t, p, off);
}

static void
eqbytes(Value *p, Value *q, int64_t off, int64_t size, int align)
{
	int max = lw.target->ptrsize;

	if (size == 0)
		return;
	if (size <= 4 * (align < max ? align : max)) {
		while (size > 0) {
			int64_t n = max;

			/* aligned pieces work on every CPU */
			while (n > size || n > align)
				n /= 2;
			require(bd_emit2(OP_EQ, VT_I8, loadat(wordtype(n), p, off), loadat(wordtype(n), q, off), 0));
			off += n;
			size -= n;
		}
		return;
	}
	require(bd_rt1("memequal", 3, bd_addptr(p, off), bd_addptr(q, off),
	    bd_int(lw.target->ptrsize == 8 ? VT_I64 : VT_I32, size)));
}

static void eqmem(Type *t, Value *p, Value *q, int64_t off);

/* for i := 0; i < n; i++ { body(p + i*size, q + i*size) } */
static void
eqloop(Type *elem, int64_t n, Value *p, Value *q, int64_t off)
{
	VType it = lw.target->ptrsize == 8 ? VT_I64 : VT_I32;
	int i = bd_newvar(it);
	Block *head = bd_block(), *body = bd_block(), *done = bd_block();
	Value *at;

	p = bd_addptr(p, off);
	q = bd_addptr(q, off);
	bd_write(i, bd_int(it, 0));
	bd_jump(head);
	bd_start(head);
	bd_if(bd_emit2(OP_LTU, VT_I8, bd_read(i), bd_int(it, n * type_size(elem)), 0), body, done, 1);
	bd_sealstart(body);
	at = bd_read(i);
	eqmem(elem, bd_addvar(p, at), bd_addvar(q, at), 0);
	bd_write(i, bd_emit2(OP_ADD, it, bd_read(i), bd_int(it, type_size(elem)), 0));
	bd_jump(head);
	bd_seal(head);
	bd_sealstart(done);
}

/* Comparing it may panic. */
static bool
maypanic(Type *t)
{
	Type *u = type_under(t);
	LowerType *lt;

	if (u->kind == T_INTERFACE)
		return true;
	if (u->kind == T_ARRAY)
		return u->len > 0 && maypanic(u->elem);
	if (u->kind != T_STRUCT)
		return false;
	lt = (LowerType *)(uintptr_t)lower_type(t);
	if (lt->panics == 0) {
		lt->panics = 1;
		for (int i = 0; i < u->st.fields.n; i++)
			if (maypanic(obj_type(u->st.fields.at[i])))
				lt->panics = 2;
	}
	return lt->panics == 2;
}

/* How many parts of t are compared or hashed one by one. */
static uint32_t
parts(Type *t)
{
	enum { MANY = 1 << 20 };
	Type *u = type_under(t);
	LowerType *lt;
	uint64_t n = 0;

	if ((u->kind != T_STRUCT && u->kind != T_ARRAY) || lower_plainmemory(t))
		return 1;
	lt = (LowerType *)(uintptr_t)lower_type(t);
	if (lt->parts != 0)
		return lt->parts;
	if (u->kind == T_ARRAY)
		n = (uint64_t)parts(u->elem) * (u->len > UNROLL ? 2 : (uint64_t)u->len);
	else
		for (int i = 0; i < u->st.fields.n && n < MANY; i++)
			n += parts(obj_type(u->st.fields.at[i]));
	return lt->parts = n < 1 ? 1 : n < MANY ? (uint32_t)n : MANY;
}

/* A part of many parts is compared and hashed by a function of its own. */
static bool
isown(Type *t)
{
	enum { INLINE = 200 };

	return type_canon(t) != whole && parts(t) > INLINE;
}

static bool
isscalar(Type *t)
{
	Type *u = type_under(t);

	return u->kind != T_STRING && u->kind != T_INTERFACE && u->kind != T_ARRAY && u->kind != T_STRUCT;
}

/* Fields [from, to): what is cheap first (lengths of strings, words of interfaces), then contents. */
static void
eqfields(Type *u, int from, int to, Value *p, Value *q, int64_t off)
{
	int ps = lw.target->ptrsize;
	VType it = ps == 8 ? VT_I64 : VT_I32;

	for (int i = from; i < to;) {
		Obj *o = u->st.fields.at[i];
		int64_t start = type_offset(u, i), end;
		Type *t = type_under(obj_type(o));

		if (isblankfield(o) || !lower_plainmemory(t)) {
			if (!isblankfield(o)) {
				if (t->kind == T_STRING)
					require(bd_emit2(OP_EQ, VT_I8, loadat(it, p, off + start + ps),
					    loadat(it, q, off + start + ps), 0));
				else if (t->kind == T_INTERFACE)
					require(bd_emit2(OP_EQ, VT_I8, loadat(VT_PTR, p, off + start),
					    loadat(VT_PTR, q, off + start), 0));
				else if (isscalar(t))
					eqmem(t, p, q, off + start);
			}
			i++;
			continue;
		}
		/* a run of plain fields without gaps */
		end = start;
		for (; i < to; i++) {
			o = u->st.fields.at[i];
			if (isblankfield(o) || type_offset(u, i) != end || !lower_plainmemory(obj_type(o)))
				break;
			end += type_size(obj_type(o));
		}
		eqbytes(p, q, off + start, end - start, (int)((start | type_align(u)) & -(start | type_align(u))));
	}
	for (int i = from; i < to; i++) {
		Obj *o = u->st.fields.at[i];
		Type *t = obj_type(o);

		if (!isblankfield(o) && !lower_plainmemory(t) && !isscalar(t))
			eqmem(t, p, q, off + type_offset(u, i));
	}
}

/* A comparison that may panic must come after those of the fields before it. */
static void
eqstruct(Type *u, Value *p, Value *q, int64_t off)
{
	int from = 0;

	for (int i = 0; i < u->st.fields.n; i++)
		if (!isblankfield(u->st.fields.at[i]) && maypanic(obj_type(u->st.fields.at[i]))) {
			eqfields(u, from, i + 1, p, q, off);
			from = i + 1;
		}
	eqfields(u, from, u->st.fields.n, p, q, off);
}

static void
eqmem(Type *t, Value *p, Value *q, int64_t off)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;
	VType it = ps == 8 ? VT_I64 : VT_I32;

	if (lower_plainmemory(t)) {
		eqbytes(p, q, off, type_size(t), type_align(t));
		return;
	}
	if (isown(t)) {
		Value *eq;

		bd_callsym(obj_sym(lw.o, eqname(t)), lower_sig(NULL, eqsig()),
		    (Value *[]){ bd_addptr(p, off), bd_addptr(q, off) }, &eq);
		require(eq);
		return;
	}
	/* clang-format off */
	switch (u->kind) {
	case T_FLOAT32: case T_FLOAT64: {
		VType ft = u->kind == T_FLOAT32 ? VT_F32 : VT_F64;

		require(bd_emit2(OP_FEQ, VT_I8, loadat(ft, p, off), loadat(ft, q, off), 0));
		break;
	}
	/* clang-format on */
	case T_COMPLEX64:
	case T_COMPLEX128: {
		VType ft = u->kind == T_COMPLEX64 ? VT_F32 : VT_F64;
		int64_t n = type_size(u) / 2;

		require(bd_emit2(OP_FEQ, VT_I8, loadat(ft, p, off), loadat(ft, q, off), 0));
		require(bd_emit2(OP_FEQ, VT_I8, loadat(ft, p, off + n), loadat(ft, q, off + n), 0));
		break;
	}
	case T_STRING: {
		Value *n = loadat(it, p, off + ps);

		require(bd_emit2(OP_EQ, VT_I8, n, loadat(it, q, off + ps), 0));
		require(bd_rt1("memequal", 3, loadat(VT_PTR, p, off), loadat(VT_PTR, q, off), n));
		break;
	}
	case T_INTERFACE: {
		Value *tab = loadat(VT_PTR, p, off);
		const char *fn = type_typeset(u)->methods.n == 0 ? "efaceeq" : "ifaceeq";

		require(bd_emit2(OP_EQ, VT_I8, tab, loadat(VT_PTR, q, off), 0));
		require(bd_rt1(fn, 3, tab, loadat(VT_PTR, p, off + ps), loadat(VT_PTR, q, off + ps)));
		break;
	}
	case T_ARRAY:
		if (u->len > UNROLL)
			eqloop(u->elem, u->len, p, q, off);
		else
			for (int64_t i = 0; i < u->len; i++)
				eqmem(u->elem, p, q, off + i * type_size(u->elem));
		break;
	case T_STRUCT:
		eqstruct(u, p, q, off);
		break;
	default:
		bug("equality of %s", type_string(t, NULL));
	}
}

static void
retbool(int64_t b)
{
	Opd r = bd_opd1(typ[T_BOOL], bd_int(VT_I8, b));

	bd_ret(&r, 1);
}

static void
buildeq(void *ctx, Opd *params)
{
	Type *t = ctx;
	Block *fail = bd_block();

	eqfail = fail;
	whole = t;
	eqmem(t, params[0].c[0], params[1].c[0], 0);
	retbool(1);
	bd_sealstart(fail);
	retbool(0);
}

static void
buildeqsize(void *ctx, Opd *params)
{
	int64_t size = (int64_t)(intptr_t)ctx;
	Opd r;

	r = bd_opd1(typ[T_BOOL],
	    bd_rt1("memequal", 3, params[0].c[0], params[1].c[0],
					bd_int(lw.target->ptrsize == 8 ? VT_I64 : VT_I32, size)));
	bd_ret(&r, 1);
}

static const char *
plainname(const char *base, int64_t size)
{
	/* clang-format off */
	switch (size) {
	case 0: case 1: case 2: case 4: case 8: case 16:
		return intern_printf("runtime.%s%d", base, (int)size * 8);
	default:
		return NULL;
	}
	/* clang-format on */
}

/* Runtime functions for whole kinds; NULL: one must be made. */
static const char *
kindfunc(Type *u, const char *suffix, const char *iface)
{
	const char *k;

	/* clang-format off */
	switch (u->kind) {
	case T_FLOAT32: k = "f32"; break;
	case T_FLOAT64: k = "f64"; break;
	case T_COMPLEX64: k = "c64"; break;
	case T_COMPLEX128: k = "c128"; break;
	case T_STRING: k = "str"; break;
	case T_INTERFACE: k = type_typeset(u)->methods.n == 0 ? intern_printf("nil%s", iface) : iface; break;
	default: return NULL;
	}
	/* clang-format on */
	return intern_printf("runtime.%s%s", k, suffix);
}

/* A struct of one field or an array of one element compares and hashes as that. */
static Type *
onlypart(Type *t)
{
	for (;;) {
		Type *u = type_under(t);

		if (u->kind == T_ARRAY && u->len == 1)
			t = u->elem;
		else if (u->kind == T_STRUCT && u->st.fields.n == 1 && !isblankfield(u->st.fields.at[0]))
			t = obj_type(u->st.fields.at[0]);
		else
			return t;
	}
}

static Type *
eqsig(void)
{
	return simplefunc(typ[T_UNSAFEPTR], typ[T_UNSAFEPTR], typ[T_BOOL]);
}

/* The function that compares, which is made if need be. */
static const char *
eqname(Type *t)
{
	int64_t size = lower_gctype(t)->size;
	const char *name;

	t = onlypart(type_canon(t));
	if (lower_plainmemory(t)) {
		name = plainname("memequal", size);
		if (name == NULL) {
			name = intern_printf("type:.eqfunc%lld", (long long)size);
			want(name, eqsig(), buildeqsize, (void *)(intptr_t)size);
		}
	} else if ((name = kindfunc(type_under(t), "equal", "inter")) == NULL) {
		name = intern_printf("type:.eq.%s", type_linkstring(t));
		want(name, eqsig(), buildeq, type_canon(t));
	}
	return name;
}

ObjSym *
lower_eqfunc(Type *t)
{
	LowerType *l = (LowerType *)lower_type(t);

	if (l->eqfn != NULL)
		return l->eqfn;
	if (!type_comparable_(t, true, NULL))
		return NULL;
	return l->eqfn = lower_funcval(eqname(t));
}

/* ---- hashing ---- */

static Value *
hashcall(const char *name, Value *p, int64_t off, Value *h)
{
	return bd_rt1(name, 2, bd_addptr(p, off), h);
}

static Value *
hashbytes(Value *p, int64_t off, int64_t size, Value *h)
{
	if (size == 0)
		return h;
	if (size == 4 || size == 8)
		return hashcall(size == 4 ? "memhash32" : "memhash64", p, off, h);
	return bd_rt1("memhash", 3, bd_addptr(p, off), h, bd_int(lw.target->ptrsize == 8 ? VT_I64 : VT_I32, size));
}

static Value *
hashmem(Type *t, Value *p, int64_t off, Value *h)
{
	Type *u = type_under(t);
	VType it = lw.target->ptrsize == 8 ? VT_I64 : VT_I32;

	if (lower_plainmemory(t))
		return hashbytes(p, off, type_size(t), h);
	if (isown(t)) {
		bd_callsym(obj_sym(lw.o, hashname(t)), lower_sig(NULL, hashsig()), (Value *[]){ bd_addptr(p, off), h },
		    &h);
		return h;
	}
	/* clang-format off */
	switch (u->kind) {
	case T_FLOAT32: return hashcall("f32hash", p, off, h);
	case T_FLOAT64: return hashcall("f64hash", p, off, h);
	case T_COMPLEX64: return hashcall("c64hash", p, off, h);
	case T_COMPLEX128: return hashcall("c128hash", p, off, h);
	case T_STRING: return hashcall("strhash", p, off, h);
	case T_INTERFACE: return hashcall(type_typeset(u)->methods.n == 0 ? "nilinterhash" : "interhash", p, off, h);
	case T_ARRAY: {
		int i, hv;
		Block *head, *body, *done;
		Value *at;

		if (u->len <= UNROLL) {
			for (int64_t k = 0; k < u->len; k++)
				h = hashmem(u->elem, p, off + k * type_size(u->elem), h);
			return h;
		}
		i = bd_newvar(it);
		hv = bd_newvar(it);
		head = bd_block();
		body = bd_block();
		done = bd_block();
		p = bd_addptr(p, off);
		bd_write(i, bd_int(it, 0));
		bd_write(hv, h);
		bd_jump(head);
		bd_start(head);
		bd_if(bd_emit2(OP_LTU, VT_I8, bd_read(i), bd_int(it, u->len * type_size(u->elem)), 0), body, done, 1);
		bd_sealstart(body);
		at = bd_read(i);
		bd_write(hv, hashmem(u->elem, bd_addvar(p, at), 0, bd_read(hv)));
		bd_write(i, bd_emit2(OP_ADD, it, bd_read(i), bd_int(it, type_size(u->elem)), 0));
		bd_jump(head);
		bd_seal(head);
		bd_sealstart(done);
		return bd_read(hv);
	}
	/* clang-format on */
	case T_STRUCT: {
		int n = u->st.fields.n;

		/* field by field, without joining them: runtime.typehash must give the same */
		for (int k = 0; k < n; k++)
			if (!isblankfield(u->st.fields.at[k]))
				h = hashmem(obj_type(u->st.fields.at[k]), p, off + type_offset(u, k), h);
		return h;
	}
	default:
		bug("hash of %s", type_string(t, NULL));
	}
}

static void
buildhash(void *ctx, Opd *params)
{
	Opd r;

	whole = ctx;
	r = bd_opd1(typ[T_UINTPTR], hashmem(ctx, params[0].c[0], 0, params[1].c[0]));
	bd_ret(&r, 1);
}

static void
buildhashsize(void *ctx, Opd *params)
{
	int64_t size = (int64_t)(intptr_t)ctx;
	Opd r = bd_opd1(typ[T_UINTPTR],
	    bd_rt1("memhash", 3, params[0].c[0], params[1].c[0],
					       bd_int(lw.target->ptrsize == 8 ? VT_I64 : VT_I32, size)));

	bd_ret(&r, 1);
}

static Type *
hashsig(void)
{
	return simplefunc(typ[T_UNSAFEPTR], typ[T_UINTPTR], typ[T_UINTPTR]);
}

static const char *
hashname(Type *t)
{
	int64_t size = lower_gctype(t)->size;
	const char *name;

	t = onlypart(type_canon(t));
	if (lower_plainmemory(t)) {
		name = plainname("memhash", size);
		if (name == NULL) {
			name = intern_printf("type:.hashfunc%lld", (long long)size);
			want(name, hashsig(), buildhashsize, (void *)(intptr_t)size);
		}
	} else if ((name = kindfunc(type_under(t), "hash", "inter")) == NULL) {
		name = intern_printf("type:.hash.%s", type_linkstring(t));
		want(name, hashsig(), buildhash, type_canon(t));
	}
	return name;
}

ObjSym *
lower_hashfunc(Type *t)
{
	LowerType *l = (LowerType *)lower_type(t);

	if (l->hashfn == NULL)
		l->hashfn = lower_funcval(hashname(t));
	return l->hashfn;
}
