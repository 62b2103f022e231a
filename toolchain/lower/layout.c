/*
 * layout.c - how a Go type looks to SSA, to the collector and to the calling
 * convention.
 *
 * Facts are kept with the canonical type, so identical types share them. Blank
 * fields are components like any other: the list for SSA and the one for the
 * calling convention are then the same whenever both exist.
 */
#include "lower/lower.h"

enum {
	SSACOMPS = 4,		/* a value with more components lives in memory */
	ABICOMPS = 64,		/* more than any CPU has argument registers */
	MAXMASKWORDS = 16384,	/* internal/abi MaxPtrmaskBytes * 8: beyond it a program describes the pointers */
	MAXDEPTH = 10000,
};
#define MAXSIZE ((int64_t)1 << 50)	/* gc's MaxWidth; what passes as an argument is bounded by MAXARGS */
#define MAXARGS ((int64_t)1 << 30)

typedef Vec(Comp) CompVec;

static VType
inttype(void)
{
	return lw.target->ptrsize == 8 ? VT_I64 : VT_I32;
}

static void
addcomp(CompVec *cs, VType t, int64_t off)
{
	Comp c = { .type = (uint8_t)t, .off = (int32_t)off };

	if (cs->n <= ABICOMPS)
		vec_push(perm, cs, c);
}

static void
addlen(CompVec *cs, int64_t off)
{
	addcomp(cs, inttype(), off);
	vec_last(cs).len = true;
}

/* Nothing can be made of such a type: compilation ends here. */
static NORETURN void
toolarge(Type *t, const char *what)
{
	diag_error(t->kind == T_NAMED && t->named.obj != NULL ? t->named.obj->pos : diag.pos, "type %s %s",
	    type_string(t, type_curpkg), what);
	diag_checkpoint();
	bug("type %s", what);
}

/* Whether the ABI lets a type without size travel in registers: it has no components, but may have very many parts. */
static bool
emptyinregs(Type *t, int *budget)
{
	Type *u = type_under(t);

	if (--*budget < 0)
		return true;
	if (u->kind == T_ARRAY)
		return u->len == 0 || (u->len == 1 && emptyinregs(u->elem, budget));
	for (int i = 0; u->kind == T_STRUCT && i < u->st.fields.n; i++)
		if (!emptyinregs(obj_type(u->st.fields.at[i]), budget))
			return false;
	return true;
}

/* Appends the components of t. False: an array of several elements is inside. */
static bool
flatten(CompVec *cs, Type *t, int64_t off, int depth)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;
	bool ok = true;

	if (depth > MAXDEPTH)
		toolarge(t, "nested too deeply");
	/* clang-format off */
	switch (u->kind) {
	case T_BOOL: case T_INT8: case T_UINT8:
		addcomp(cs, VT_I8, off);
		break;
	case T_INT16: case T_UINT16:
		addcomp(cs, VT_I16, off);
		break;
	case T_INT32: case T_UINT32:
		addcomp(cs, VT_I32, off);
		break;
	case T_INT64: case T_UINT64:
		addcomp(cs, VT_I64, off);
		break;
	case T_INT: case T_UINT: case T_UINTPTR:
		addcomp(cs, inttype(), off);
		break;
	case T_FLOAT32:
		addcomp(cs, VT_F32, off);
		break;
	case T_FLOAT64:
		addcomp(cs, VT_F64, off);
		break;
	case T_COMPLEX64:
		addcomp(cs, VT_F32, off);
		addcomp(cs, VT_F32, off + 4);
		break;
	case T_COMPLEX128:
		addcomp(cs, VT_F64, off);
		addcomp(cs, VT_F64, off + 8);
		break;
	case T_STRING:
		addcomp(cs, VT_PTR, off);
		addlen(cs, off + ps);
		break;
	case T_SLICE:
		addcomp(cs, VT_PTR, off);
		addlen(cs, off + ps);
		addlen(cs, off + 2 * ps);
		break;
	case T_INTERFACE:
		addcomp(cs, VT_PTR, off);
		addcomp(cs, VT_PTR, off + ps);
		break;
	case T_UNSAFEPTR: case T_PTR: case T_MAP: case T_CHAN: case T_FUNC: case T_UNTYPED_NIL:
		addcomp(cs, VT_PTR, off);
		break;
	case T_ARRAY:
		if (u->len == 1)
			return flatten(cs, u->elem, off, depth + 1);
		return u->len == 0;	/* several elements are not for registers even if they are empty, says the ABI */
	case T_STRUCT:
		if (type_size(u) == 0) {
			int budget = 1000;

			return emptyinregs(u, &budget);
		}
		for (int i = 0; i < u->st.fields.n && cs->n <= ABICOMPS; i++)
			if (!flatten(cs, obj_type(u->st.fields.at[i]), off + type_offset(u, i), depth + 1))
				ok = false;
		return ok;
	default:
		bug("no layout for type %s", type_string(t, NULL));
	}
	/* clang-format on */
	return true;
}

/* Bytes of t up to the end of its last pointer. */
static int64_t
ptrbytes(Type *t)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;

	/* clang-format off */
	switch (u->kind) {
	case T_UNSAFEPTR: case T_PTR: case T_MAP: case T_CHAN: case T_FUNC: case T_STRING: case T_SLICE: case T_UNTYPED_NIL:
		return ps;
	case T_INTERFACE:
		return 2 * ps;
	case T_ARRAY: {
		int64_t e;

		if (u->len <= 0)
			return 0;
		e = lower_gctype(u->elem)->ptrbytes;
		return e == 0 ? 0 : (u->len - 1) * type_size(u->elem) + e;
	}
	/* clang-format on */
	case T_STRUCT:
		for (int i = u->st.fields.n - 1; i >= 0; i--) {
			int64_t e = lower_gctype(obj_type(u->st.fields.at[i]))->ptrbytes;

			if (e != 0)
				return type_offset(u, i) + e;
		}
		return 0;
	default:
		return 0;
	}
}

void
lower_ptrmask(Type *t, int64_t off, uint8_t *mask)
{
	Type *u = type_under(t);
	int ps = lw.target->ptrsize;
	int64_t w = off / ps;

	if (lower_gctype(t)->ptrbytes == 0)
		return;
	/* clang-format off */
	switch (u->kind) {
	case T_UNSAFEPTR: case T_PTR: case T_MAP: case T_CHAN: case T_FUNC: case T_STRING: case T_SLICE: case T_UNTYPED_NIL:
		mask[w / 8] |= (uint8_t)(1u << (w % 8));
		break;
	case T_INTERFACE:
		/* the first word leads to a descriptor or an itab, which are never collected: static, or kept by their makers */
		w++;
		mask[w / 8] |= (uint8_t)(1u << (w % 8));
		break;
	case T_ARRAY: {
		int64_t size = type_size(u->elem);

		for (int64_t i = 0; i < u->len; i++)
			lower_ptrmask(u->elem, off + i * size, mask);
		break;
	}
	/* clang-format on */
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++)
			lower_ptrmask(obj_type(u->st.fields.at[i]), off + type_offset(u, i), mask);
		break;
	default:
		break;
	}
}

/* Pointer-shaped: the value itself is the data word of an interface. */
static bool
isdirect(Type *t)
{
	Type *u = type_under(t);

	/* clang-format off */
	switch (u->kind) {
	case T_PTR: case T_MAP: case T_CHAN: case T_FUNC: case T_UNSAFEPTR:
		return true;
	case T_ARRAY:
		return u->len == 1 && isdirect(u->elem);
	case T_STRUCT:
		return u->st.fields.n == 1 && isdirect(obj_type(u->st.fields.at[0]));
	default:
		return false;
	}
	/* clang-format on */
}

const LowerType *
lower_type(Type *t)
{
	LowerType *l;
	Type *c;
	CompVec cs = { 0 };
	bool flat;

	if (t->lower != NULL)
		return t->lower;
	if (t->kind == T_TUPLE || type_hastparam(t))
		bug("layout of %s asked for", type_string(t, NULL));
	c = type_canon(t);
	if (c->lower != NULL)
		return t->lower = c->lower;
	l = NEW(perm, LowerType);
	l->gc.size = type_size(c);
	if (l->gc.size < 0 || l->gc.size > MAXSIZE)
		toolarge(t, "larger than address space");
	l->gc.align = type_align(c);
	l->gc.name = type_string(c, NULL);
	l->gc.desc = obj_sym(lw.o, lower_descname(c));
	if (l->gc.desc->priv == NULL)
		l->gc.desc->priv = c;
	c->lower = t->lower = l;
	l->gc.ptrbytes = ptrbytes(c);
	if (l->gc.ptrbytes > 0 && l->gc.ptrbytes / lw.target->ptrsize <= MAXMASKWORDS) {
		uint8_t *mask = NEWN(perm, uint8_t, l->gc.ptrbytes / lw.target->ptrsize / 8 + 1);

		lower_ptrmask(c, 0, mask);
		l->gc.ptrmask = mask;
	}
	flat = flatten(&cs, c, 0, 0);
	l->regargs = flat && cs.n <= ABICOMPS;
	l->ssa = flat && cs.n <= SSACOMPS;
	if (l->regargs) {
		l->nabi = cs.n;
		l->abi = NEWN(perm, AbiComp, cs.n + 1);
		for (int i = 0; i < cs.n; i++)
			l->abi[i] = (AbiComp){ .type = cs.at[i].type, .off = cs.at[i].off };
	}
	if (l->ssa) {
		l->ncomp = cs.n;
		l->comp = cs.at;
	}
	l->direct = isdirect(c);
	return l;
}

VType
lower_vtype(Type *t)
{
	const LowerType *l = lower_type(t);

	if (!l->ssa || l->ncomp != 1)
		bug("%s is not one scalar", type_string(t, NULL));
	return l->comp[0].type;
}

static AbiParam *
abiparams(Type **types, int n, AbiComp **comps)
{
	AbiParam *ps = NEWN(perm, AbiParam, n + 1);
	int total = 0;

	for (int i = 0; i < n; i++) {
		const LowerType *l = lower_type(types[i]);

		ps[i].first = total;
		ps[i].n = l->nabi;
		ps[i].size = l->gc.size;
		ps[i].align = l->gc.align;
		ps[i].registers = l->regargs;
		ps[i].ptrbytes = l->gc.ptrbytes;
		ps[i].ptrmask = l->gc.ptrmask;
		total += l->nabi;
	}
	*comps = NEWN(perm, AbiComp, total + 1);
	for (int i = 0; i < n; i++)
		if (ps[i].n > 0)
			memcpy(*comps + ps[i].first, lower_type(types[i])->abi, (size_t)ps[i].n * sizeof(AbiComp));
	return ps;
}

static const LowerSig *
signature(Type *recv, Type *fn, bool abi0)
{
	static Map *norecvs[2], *byrecvs[2];
	Map *norecv = norecvs[abi0], *byrecv = byrecvs[abi0];
	LowerSig *s;
	Map *m;
	AbiComp *pc, *rc;
	ObjVec *ps, *rs;
	int64_t args = 0;
	int k = 0;

	fn = type_under(fn);
	if (fn->kind != T_FUNC)
		bug("signature of %s asked for", type_string(fn, NULL));
	fn = type_canon(fn);
	if (norecv == NULL) {
		norecvs[abi0] = norecv = map_new(perm);
		byrecvs[abi0] = byrecv = map_new(perm);
	}
	m = norecv;
	if (recv != NULL) {
		recv = type_canon(recv);
		m = map_get(byrecv, recv);
		if (m == NULL)
			map_set(byrecv, recv, m = map_new(perm));
	}
	if ((s = map_get(m, fn)) != NULL)
		return s;
	s = NEW(perm, LowerSig);
	map_set(m, fn, s);
	ps = &fn->fn.params->tuple.vars;
	rs = &fn->fn.results->tuple.vars;
	s->nparam = ps->n + (recv != NULL);
	s->nresult = rs->n;
	s->ptype = NEWN(perm, Type *, s->nparam + 1);
	s->rtype = NEWN(perm, Type *, s->nresult + 1);
	if (recv != NULL)
		s->ptype[k++] = recv;
	for (int i = 0; i < ps->n; i++)
		s->ptype[k++] = obj_type(ps->at[i]);
	for (int i = 0; i < rs->n; i++)
		s->rtype[i] = obj_type(rs->at[i]);
	for (int i = 0; i < s->nparam + s->nresult; i++) {
		args += lower_gctype(i < s->nparam ? s->ptype[i] : s->rtype[i - s->nparam])->size;
		if (args > MAXARGS) {
			diag_error(diag.pos, "stack frame too large (>1GB): %lld MB args", (long long)(args >> 20));
			diag_checkpoint();
		}
	}
	s->param = abiparams(s->ptype, s->nparam, &pc);
	s->result = abiparams(s->rtype, s->nresult, &rc);
	s->sig = abi_assign(perm, lw.target, s->param, s->nparam, pc, s->result, s->nresult, rc, abi0);
	return s;
}

const LowerSig *
lower_sig(Type *recv, Type *fn)
{
	return signature(recv, fn, false);
}

const LowerSig *
lower_sig0(Type *recv, Type *fn)
{
	return signature(recv, fn, true);
}

CallSig *
lower_callsig(Type *recv, Type *fn)
{
	return (CallSig *)lower_sig(recv, fn)->sig;
}

CallSig *
lower_simplesig(const char *text)
{
	static Map *cache;
	AbiParam ps[16] = { 0 }, rs[16] = { 0 };
	AbiComp pc[16] = { 0 }, rc[16] = { 0 };
	int n[2] = { 0, 0 }, side = 0;
	const char *key = intern_str(text);
	CallSig *s;

	if (cache == NULL)
		cache = map_new(perm);
	if ((s = map_get(cache, key)) != NULL)
		return s;
	for (const char *p = text; *p != '\0'; p++) {
		AbiParam *q = side == 0 ? &ps[n[0]] : &rs[n[1]];
		AbiComp *c = side == 0 ? &pc[n[0]] : &rc[n[1]];

		if (*p == ':') {
			side = 1;
			continue;
		}
		c->type = *p == 'p' ? VT_PTR :
		    *p == 'i'       ? (uint8_t)inttype() :
		    *p == 'b'       ? VT_I8 :
		    *p == 'w'       ? VT_I32 :
				      VT_F64;
		q->first = n[side]++;
		q->n = 1;
		q->size = *p == 'p' || *p == 'i' ? lw.target->ptrsize : *p == 'b' ? 1 : *p == 'w' ? 4 : 8;
		q->align = (int32_t)q->size < lw.target->ptrsize ? (int32_t)q->size : lw.target->ptrsize;
		q->registers = true;
	}
	s = abi_assign(perm, lw.target, ps, n[0], pc, rs, n[1], rc, false);
	map_set(cache, key, s);
	return s;
}
