/*
 * build_conv.c - conversions, interfaces, type assertions.
 *
 * A value goes into an interface as itself if it is pointer-shaped; else as the
 * address of a copy: read-only data for constants, runtime.staticuint64s for
 * bytes, a NEW object otherwise, which escape analysis may leave on the stack.
 * Dynamic types are compared by descriptor, which is unique in a program.
 */
#include "lower/build.h"

bool
bd_isiface(Type *t)
{
	return type_under(t)->kind == T_INTERFACE;
}

static bool
isempty(Type *iface)
{
	return type_typeset(type_under(iface))->methods.n == 0;
}

/* v ? a() : nil, for a load that needs v */
static Value *
loadifnotnil(Value *p, int64_t off)
{
	Block *yes, *no, *done;
	int var;
	Value *v;

	if (p->nonnil)
		return bd_emit1(OP_LOAD, VT_PTR, p, off);
	yes = bd_block();
	no = bd_block();
	done = bd_block();
	var = bd_newvar(VT_PTR);
	bd_if(bd_emit2(OP_NE, VT_I8, p, bd_nil(), 0), yes, no, 1);
	bd_sealstart(yes);
	v = bd_emit1(OP_LOAD, VT_PTR, p, off);
	bd_write(var, v);
	bd_jump(done);
	bd_sealstart(no);
	bd_write(var, bd_nil());
	bd_jump(done);
	bd_sealstart(done);
	return bd_read(var);
}

Value *
bd_typeword(Opd x)
{
	if (isempty(x.t))
		return x.c[0];
	return loadifnotnil(x.c[0], lw.target->ptrsize);
}

Opd
bd_unbox(Opd x, Type *t)
{
	const LowerType *lt = lower_type(t);
	Opd y;

	if (lt->direct) {
		if (lt->ssa && lt->ncomp == 1)
			return bd_opd1(t, x.c[1]);
		if (lt->ssa && lt->ncomp == 0)
			return bd_zero(t);
		bug("lower: direct interface type %s", type_string(t, NULL));
	}
	y = bd_load(t, x.c[1], 0);
	y.fresh = true;		/* boxed values never change */
	return y;
}

/* Read-only data holding the components of x if all are constants. */
static ObjSym *
constdata(Opd x)
{
	uint8_t bytes[4 * 8] = { 0 };
	Buf key = { 0 };
	ObjSym *s;
	const char *name;
	bool addr = false;
	size_t size = (size_t)x.lt->gc.size;

	if (x.mem || size > sizeof bytes)
		return NULL;
	for (int i = 0; i < x.lt->ncomp; i++) {
		Value *v = value_uncopy(x.c[i]);
		int64_t bits = v->aux;
		int n = vtype_size(x.lt->comp[i].type);
		uint8_t *p = bytes + x.lt->comp[i].off;

		if (v->op == OP_SYMADDR) {
			addr = true;
			continue;
		}
		if (v->op != OP_CONST && v->op != OP_FCONST)
			return NULL;
		for (int k = 0; k < n; k++)
			p[lw.target->bigendian ? n - 1 - k : k] = (uint8_t)((uint64_t)bits >> (8 * k));
	}
	for (size_t i = 0; i < size; i++)
		buf_printf(&key, "%02x", bytes[i]);
	if (addr)
		for (int i = 0; i < x.lt->ncomp; i++) {
			Value *v = value_uncopy(x.c[i]);

			if (v->op == OP_SYMADDR)
				buf_printf(&key, ",%d:%s+%lld", x.lt->comp[i].off, v->sym->name, (long long)v->aux);
		}
	if (key.n > 200) {
		char hex[65];

		sha256_hex(key.p, key.n, hex);
		name = intern_printf("go:ro%d.%d.%s", addr, x.lt->gc.align, hex);
	} else
		name = intern_printf("go:ro%d.%d.%.*s", addr, x.lt->gc.align, (int)key.n, (char *)key.p);
	buf_free(&key);
	s = obj_sym(lw.o, name);
	if (s->defined)
		return s;
	s = obj_define(lw.o, name, addr ? SYM_RELRO : SYM_RODATA, SYMF_DUPOK, (uint32_t)x.lt->gc.align);
	buf_put(&s->data, bytes, size);
	s->size = size;
	for (int i = 0; i < x.lt->ncomp; i++) {
		Value *v = value_uncopy(x.c[i]);

		if (v->op == OP_SYMADDR)
			obj_reloc(s, (uint32_t)x.lt->comp[i].off, OBJ_R_ADDR, v->sym, v->aux);
	}
	return s;
}

/* The data word of an interface holding x. */
static Value *
box(Opd x)
{
	ObjSym *s;
	Value *p;

	if (x.lt->direct)
		return x.lt->ncomp == 1 ? x.c[0] : bd_nil();
	if (x.lt->gc.size == 0)
		return bd_symaddr(lower_rt("zerobase"), 0);
	s = constdata(x);
	if (s != NULL)
		return bd_symaddr(s, 0);
	if (!x.mem && x.lt->ncomp == 1 && x.lt->gc.size == 1) {
		Value *i = bd_emit2(OP_SHL, VT_I64, bd_ext(x.c[0], VT_I64, true), bd_int(VT_I64, 3), 0);

		i->bounded = true;
		return bd_emit2(OP_ADDPTR, VT_PTR, bd_symaddr(lower_rt("staticuint64s"), lw.target->bigendian ? 7 : 0),
		    i, 0);
	}
	p = bd_new(x.t);
	p->boxed = true;
	report_expr(p, x.src);
	bd_storefresh(p, 0, x);
	return p;
}

static Map *itabs;		/* itab or descriptor symbol -> Type: what toiface has used */

Type *
bd_dyntype(Opd x)
{
	Value *w = value_uncopy(x.c[0]);

	return w->op == OP_SYMADDR && w->aux == 0 && itabs != NULL ? map_get(itabs, w->sym) : NULL;
}

Opd
bd_toiface(Opd x, Type *to)
{
	if (!bd_isiface(x.t)) {
		Value *data = box(x), *word;

		bd_useiface(x.t);
		word = isempty(to) ? bd_desc(x.t) : bd_symaddr(lower_itab(x.t, to), 0);
		if (itabs == NULL)
			itabs = map_new(lw.a);
		map_set(itabs, word->sym, x.t);
		return bd_opd2(to, word, data);
	}
	/* interface types with the same methods but different names have different itabs */
	if (type_identical(x.t, to) || (isempty(x.t) && isempty(to)))
		return bd_retype(x, to);
	if (isempty(to))
		return bd_opd2(to, bd_typeword(x), x.c[1]);
	{
		Value *tw = bd_typeword(x), *itab;
		Block *yes = bd_block(), *no = bd_block(), *done = bd_block();
		int var = bd_newvar(VT_PTR);

		bd_if(bd_emit2(OP_NE, VT_I8, tw, bd_nil(), 0), yes, no, 1);
		bd_sealstart(yes);
		itab = bd_rt1("assertE2I", 2, bd_desc(to), tw);
		bd_write(var, itab);
		bd_jump(done);
		bd_sealstart(no);
		bd_write(var, bd_nil());
		bd_jump(done);
		bd_sealstart(done);
		return bd_opd2(to, bd_read(var), x.c[1]);
	}
}

Opd
bd_implicit(Opd x, Type *to)
{
	if (x.t == to)
		return x;
	if (bd_isiface(to))
		return bd_toiface(x, to);
	return bd_retype(x, to);
}

/* ---- explicit conversions ---- */

static Value *
floatto(Value *v, VType to)
{
	return v->type == to ? v : bd_emit1(OP_F2F, to, v, 0);
}

static Value *
numeric(Value *v, Type *from, Type *to)
{
	VType vt = lower_vtype(to);
	bool uns = type_isunsigned(from);

	if (vtype_isint(v->type) && vtype_isint(vt))
		return bd_ext(v, vt, uns);
	if (vtype_isfloat(v->type) && vtype_isfloat(vt))
		return floatto(v, vt);
	if (vtype_isint(v->type)) {
		int size = vtype_size(v->type);

		if (size == 8)
			return bd_emit1(uns ? OP_U2F : OP_S2F, vt, v, 0);
		if (size == 4 && uns)
			return bd_emit1(OP_S2F, vt, bd_ext(v, VT_I64, true), 0);
		return bd_emit1(OP_S2F, vt, bd_ext(v, VT_I32, uns), 0);
	}
	uns = type_isunsigned(to);
	switch (vtype_size(vt)) {
	case 8:
		return bd_emit1(uns ? OP_F2U : OP_F2S, vt, v, 0);
	case 4:
		if (uns)
			return bd_emit1(OP_TRUNC, vt, bd_emit1(OP_F2S, VT_I64, v, 0), 0);
		return bd_emit1(OP_F2S, vt, v, 0);
	default:
		return bd_emit1(OP_TRUNC, vt, bd_emit1(OP_F2S, VT_I32, v, 0), 0);
	}
}

static Opd
slicetoarray(Opd x, Type *to, Type *u)
{
	Type *at = u->kind == T_PTR ? type_under(u->elem) : u;
	Value *n = bd_int(VT_I64, at->len);

	/* panics unless n <= len */
	if (at->len > 0)
		bd_emit2(OP_BOUNDS, VT_VOID, n, x.c[1], BOUNDS_CONVERT);
	if (u->kind == T_PTR)
		return bd_opd1(to, x.c[0]);
	if (at->len == 0)
		return bd_zero(to);
	return bd_load(to, x.c[0], 0);
}

Opd
bd_convert(Opd x, Type *to)
{
	Type *u = type_under(to), *f = type_under(x.t);
	Value *r[3];

	if (x.t == to)
		return x;
	if (u->kind == T_INTERFACE)
		return bd_toiface(x, to);
	if (u->kind == T_STRING && f->kind != T_STRING) {
		if (type_isinteger(f)) {
			/* values beyond int64 are as invalid as any negative one */
			Value *v = bd_ext(x.c[0], VT_I64, type_isunsigned(f));

			bd_rt("intstring", (Value *[]){ bd_tmpbuf(4), v }, r);
			return bd_opd2(to, r[0], r[1]);
		}
		if (type_isbytes(f))
			bd_rt("slicebytetostring", (Value *[]){ bd_tmpbuf(TMPBUF), x.c[0], x.c[1] }, r);
		else
			bd_rt("slicerunetostring", (Value *[]){ bd_tmpbuf(TMPBUF), x.c[0], x.c[1], x.c[2] }, r);
		return bd_opd2(to, r[0], r[1]);
	}
	if (f->kind == T_STRING && u->kind == T_SLICE) {
		bd_rt(type_isbytes(u) ? "stringtoslicebyte" : "stringtoslicerune",
		    (Value *[]){ bd_tmpbuf(type_isbytes(u) ? TMPBUF : 4 * TMPBUF), x.c[0], x.c[1] }, r);
		return bd_opd3(to, r[0], r[1], r[2]);
	}
	if (f->kind == T_SLICE && (u->kind == T_ARRAY || (u->kind == T_PTR && type_under(u->elem)->kind == T_ARRAY)))
		return slicetoarray(x, to, u);
	if (f->kind == T_UNSAFEPTR && u->kind == T_UINTPTR)
		return bd_opd1(to, bd_emit1(OP_P2I, VT_I64, x.c[0], 0));
	if (f->kind == T_UINTPTR && u->kind == T_UNSAFEPTR) {
		int64_t i;

		if (bd_isconst(x.c[0], &i) && i == 0)
			return bd_zero(to);
		return bd_opd1(to, bd_emit1(OP_I2P, VT_PTR, x.c[0], 0));
	}
	if (type_iscomplex(u) && type_iscomplex(f)) {
		VType vt = lower_type(to)->comp[0].type;

		return bd_opd2(to, floatto(x.c[0], vt), floatto(x.c[1], vt));
	}
	if (type_isnumeric(u) && type_isnumeric(f))
		return bd_opd1(to, numeric(x.c[0], f, u));
	return bd_retype(x, to);
}

/* ---- assertions ---- */

static Opd
assertiface(Opd x, Type *to, bool commaok, Value **ok)
{
	Value *tw = bd_typeword(x), *word = tw, *data = x.c[1];

	if (isempty(to)) {
		Value *some = bd_emit2(OP_NE, VT_I8, tw, bd_nil(), 0);

		if (commaok) {
			*ok = some;
			return bd_opd2(to, tw, data);
		} else {
			Block *good = bd_block(), *fail = bd_block();

			bd_if(some, good, fail, 1);
			fail->cold = true;
			bd_sealstart(fail);
			bd_rt1("panicnildottype", 1, bd_desc(to));
			bd_exit();
			bd_sealstart(good);
			return bd_opd2(to, tw, data);
		}
	}
	word = bd_rt1(commaok ? "assertE2I2" : "assertE2I", 2, bd_desc(to), tw);
	if (commaok) {
		*ok = bd_emit2(OP_NE, VT_I8, word, bd_nil(), 0);
		data = bd_emit3(OP_SELECT, VT_PTR, *ok, data, bd_nil(), 0);
	}
	return bd_opd2(to, word, data);
}

Opd
bd_assert(Opd x, Type *to, bool commaok, Value **ok)
{
	Value *tw, *same, *want;
	Block *yes, *no, *done;
	Opd y;
	int okvar, base;

	if (bd_isiface(to))
		return assertiface(x, to, commaok, ok);
	tw = bd_typeword(x);
	want = bd_desc(to);
	same = bd_emit2(OP_EQ, VT_I8, tw, want, 0);
	yes = bd_block();
	no = bd_block();
	bd_if(same, yes, no, 1);
	if (!commaok) {
		no->cold = true;
		bd_sealstart(no);
		bd_rt1("panicdottypeE", 3, tw, want, bd_desc(x.t));
		bd_exit();
		bd_sealstart(yes);
		return bd_unbox(x, to);
	}
	done = bd_block();
	okvar = bd_newvar(VT_I8);
	if (!lower_type(to)->ssa) {
		Value *p;

		bd_sealstart(yes);
		/* the temporary is taken before either branch uses it */
		p = bd_temp(to);
		bd_store(p, 0, bd_unbox(x, to));
		bd_write(okvar, bd_int(VT_I8, 1));
		bd_jump(done);
		bd_sealstart(no);
		if (p->op == OP_SLOTADDR)
			bd_zeromem(to, bd_slotaddr(p->slot, 0), 0);
		bd_write(okvar, bd_int(VT_I8, 0));
		bd_jump(done);
		bd_sealstart(done);
		*ok = bd_read(okvar);
		if (p->op != OP_SLOTADDR)
			bug("lower: type assertion to a type of %lld bytes not supported yet",
			    (long long)lower_type(to)->gc.size);
		y = bd_mem(to, bd_slotaddr(p->slot, 0), 0);
		y.fresh = true;
		return y;
	}
	y = bd_zero(to);
	base = bd->vartypes.n;
	for (int i = 0; i < y.lt->ncomp; i++)
		bd_newvar(y.lt->comp[i].type);
	bd_sealstart(yes);
	{
		Opd z = bd_unbox(x, to);

		for (int i = 0; i < y.lt->ncomp; i++)
			bd_write(base + i, z.c[i]);
	}
	bd_write(okvar, bd_int(VT_I8, 1));
	bd_jump(done);
	bd_sealstart(no);
	y = bd_zero(to);
	for (int i = 0; i < y.lt->ncomp; i++)
		bd_write(base + i, y.c[i]);
	bd_write(okvar, bd_int(VT_I8, 0));
	bd_jump(done);
	bd_sealstart(done);
	*ok = bd_read(okvar);
	for (int i = 0; i < y.lt->ncomp; i++)
		y.c[i] = bd_read(base + i);
	return y;
}
