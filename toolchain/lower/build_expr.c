/*
 * build_expr.c - expressions: names, selectors, indexing, slicing, operators, places.
 *
 * Evaluation goes left to right. An operand that is memory may be a variable that a
 * later operand changes, so the left one is held (bd_hold) before the right one is evaluated.
 */
#include "lower/build.h"

/* ---- constants ---- */

static int64_t
floatbits(double d, VType t)
{
	int64_t i = 0;

	if (t == VT_F32) {
		float f = (float)d;
		int32_t w;

		memcpy(&w, &f, 4);
		i = w;
	} else
		memcpy(&i, &d, 8);
	return i;
}

static Value *
fconst(const Const *c, VType t)
{
	double d = t == VT_F32 ? (double)const_float32(c) : const_float64(c);

	return bd_emit(OP_FCONST, t, floatbits(d, t));
}

Opd
bd_const(const Const *c, Type *t)
{
	Type *u = type_under(t);

	if (u->kind == T_INTERFACE) {	/* an untyped constant that went into an interface: its default type */
		/* clang-format off */
		switch (c->kind) {
		case CONST_BOOL: u = typ[T_BOOL]; break;
		case CONST_STRING: u = typ[T_STRING]; break;
		case CONST_INT: u = typ[T_INT]; break;
		case CONST_FLOAT: u = typ[T_FLOAT64]; break;
		default: u = typ[T_COMPLEX128]; break;
		}
		/* clang-format on */
		return bd_toiface(bd_const(c, u), t);
	}
	/* clang-format off */
	switch (u->kind) {
	case T_BOOL: case T_UNTYPED_BOOL:
		return bd_opd1(t->kind == T_UNTYPED_BOOL ? typ[T_BOOL] : t, bd_int(VT_I8, c->b));
	case T_STRING: case T_UNTYPED_STRING: {
		if (t->kind == T_UNTYPED_STRING)
			t = typ[T_STRING];
		if (c->s.n == 0)
			return bd_zero(t);
		return bd_opd2(t, bd_symaddr(lower_stringdata(c->s.p, c->s.n), 0), bd_int(VT_I64, (int64_t)c->s.n));
	}
	/* clang-format on */
	case T_FLOAT32:
		return bd_opd1(t, fconst(const_tofloat(c), VT_F32));
	case T_UNTYPED_FLOAT:
		t = typ[T_FLOAT64];
		/* fallthrough */
	case T_FLOAT64:
		return bd_opd1(t, fconst(const_tofloat(c), VT_F64));
	case T_UNTYPED_COMPLEX:
		t = typ[T_COMPLEX128];
		/* fallthrough */
	case T_COMPLEX64:
	case T_COMPLEX128: {
		const Const *z = const_tocomplex(c);
		VType ft = lower_type(t)->comp[0].type;

		return bd_opd2(t, fconst(const_tofloat(const_real(z)), ft), fconst(const_tofloat(const_imag(z)), ft));
	}
	case T_UNTYPED_INT:
		t = typ[T_INT];
		break;
	case T_UNTYPED_RUNE:
		t = type_rune;
		break;
	case T_UNSAFEPTR:
	case T_PTR: {
		uint64_t i = const_bits(const_toint(c));

		if (i == 0)
			return bd_zero(t);
		return bd_opd1(t, bd_emit1(OP_I2P, VT_PTR, bd_int(VT_I64, (int64_t)i), 0));
	}
	default:
		break;
	}
	return bd_opd1(t, bd_int(lower_vtype(t), (int64_t)const_bits(const_toint(c))));
}

/* ---- order of evaluation ----
 * The specification orders calls, receives and logical operators, and leaves open when variables are read. Programs
 * have come to rely on what gc does: calls first, in order, then the rest. So an operand without calls is evaluated after
 * one that has some. */

typedef struct {
	bool calls, any;	/* something that may change memory; or that gc evaluates in place as it does calls */
} Calls;

static bool
findcall(void *ctx, Expr *e)
{
	Calls *c = ctx;

	if (c->calls || e->mode == MODE_TYPE || e->mode == MODE_CONST)
		return false;
	switch (e->kind) {
	case EX_FUNCLIT:
		return false;
	case EX_CALL:
		if (e->call.what == CALL_CONVERT)
			return true;
		c->any = true;
		if (e->call.what == CALL_FUNC || e->call.builtin == BUILTIN_APPEND || e->call.builtin == BUILTIN_COPY ||
		    e->call.builtin == BUILTIN_RECOVER)
			c->calls = true;
		return true;
	case EX_UNARY:
		if (e->op == TK_ARROW)
			c->calls = c->any = true;
		return true;
	case EX_INDEX:
		if (e->index.inst == NULL && e->index.x->type != NULL && type_core(e->index.x->type) != NULL &&
		    type_core(e->index.x->type)->kind == T_MAP)
			c->any = true;
		return true;
	default:
		return true;
	}
}

static Calls
calls(Expr *e)
{
	static Map *known;	/* operators, so that long sums are not searched again for every addend */
	Calls c = { 0 };
	Visitor v = { .ctx = &c, .expr = findcall };
	uintptr_t bits;

	e = bd_unparen(e);
	if (e->kind != EX_BINARY || e->mode == MODE_CONST) {
		walk_expr(&v, e);
		return c;
	}
	if (known == NULL)
		known = map_new(lw.a);
	bits = (uintptr_t)map_get(known, e);
	if (bits == 0) {
		Calls x = calls(e->binary.x), y = calls(e->binary.y);

		bits = 4 | (x.calls || y.calls) | (x.any || y.any) << 1;
		map_set(known, e, (void *)bits);
	}
	c.calls = bits & 1;
	c.any = bits & 2;
	return c;
}

bool
bd_hascall(Expr *e)
{
	return calls(e).calls;
}

bool
bd_callfree(Expr *e)
{
	Calls c = calls(e);

	return !c.any && !c.calls;
}

/* Evaluates n expressions, each converted to its type (NULL: as it is), those with calls first; the results hold. */
void
bd_exprlist(Expr **es, Type **ts, int n, Opd *out)
{
	int last = -1;

	for (int i = n - 1; i >= 0 && last < 0; i--)
		if (bd_hascall(es[i]))
			last = i;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < n; i++) {
			bool late = i < last && bd_callfree(es[i]);

			if (late != (pass == 1))
				continue;
			out[i] = bd_hold(ts[i] != NULL ? bd_exprconv(es[i], ts[i]) : bd_expr(es[i]));
		}
}

/* ---- indices ---- */

Value *
bd_index(Expr *e, bool *isunsigned)
{
	Type *t = bd_type(e->type);
	Opd x = bd_expr(e);

	*isunsigned = type_isunsigned(t);
	return bd_ext(x.c[0], VT_I64, *isunsigned);
}

Value *
bd_bounds(Value *idx, Value *len, BoundsKind k, bool isunsigned)
{
	int64_t i, n;

	if (bd_isconst(idx, &i) && bd_isconst(len, &n) &&
	    (k == BOUNDS_INDEX ? (uint64_t)i < (uint64_t)n : (uint64_t)i <= (uint64_t)n))
		return idx;
	if (k != BOUNDS_CONVERT && isunsigned)
		k++;
	bd_emit2(OP_BOUNDS, VT_VOID, idx, len, k);
	return idx;
}

static Value *
scaled(Value *idx, int64_t size)
{
	int64_t i;

	if (size == 1)
		return idx;
	if (bd_isconst(idx, &i))
		return bd_int(VT_I64, i * size);
	return bd_emit2(OP_MUL, VT_I64, idx, bd_int(VT_I64, size), 0);
}

/* ---- places ---- */

static Lval
lvmem(Type *t, Value *addr, int64_t off, bool check)
{
	Lval lv = { .kind = LV_MEM, .t = t, .addr = addr, .off = off, .check = check && !addr->nonnil, .pos = bd->pos };

	return lv;
}

/* reflect.SliceHeader and StringHeader overlay real slices and strings: Data is declared a uintptr, and the collector sees a pointer. */
static bool
isheaderdata(Type *t, int i)
{
	const Obj *o;

	t = type_unspelled(t);
	if (i != 0 || t->kind != T_NAMED)
		return false;
	o = t->named.obj;
	return (strcmp(o->name, "SliceHeader") == 0 || strcmp(o->name, "StringHeader") == 0) &&
	       strcmp(bd_pkgpath(o), "reflect") == 0;
}

static void
lvfield(Lval *lv, int i)
{
	Type *u = type_under(lv->t);

	if (lv->kind == LV_SSA) {
		lv->comp += bd_fieldcomp(u, i);
	} else {
		lv->off += type_offset(u, i);
		lv->isaddress = isheaderdata(lv->t, i);
	}
	lv->t = u->st.fields.at[i]->type;
}

/* Follows a pointer that lv holds. */
static void
lvderef(Lval *lv)
{
	Type *u = type_under(lv->t);
	Opd p = bd_lvload(lv);

	*lv = lvmem(u->elem, p.c[0], 0, true);
}

static void
lvpath(Lval *lv, const int *path, int n)
{
	for (int i = 0; i < n; i++) {
		if (type_under(lv->t)->kind == T_PTR)
			lvderef(lv);
		lvfield(lv, path[i]);
	}
}

static void
lvindex(Lval *lv, Value *base, Value *len, Expr *e, Value *idx, bool uns, Type *elem, int64_t off, bool check)
{
	Lval l = { .kind = LV_INDEX,
		.t = elem,
		.addr = base,
		.len = len,
		.scale = lower_type(elem)->gc.size,
		.off = off,
		.check = check };

	l.idx = idx;
	l.isunsigned = uns;
	if (idx == NULL)
		l.idx = bd_index(e->index.index.at[0], &l.isunsigned);
	bd->pos = l.pos = e->pos;
	*lv = l;
}

bool
bd_addressable(Expr *e)
{
	e = bd_unparen(e);
	switch (e->kind) {
	case EX_NAME:
		return e->name.obj != NULL && e->name.obj->kind == OBJ_VAR;
	case EX_STAR:
		return true;
	case EX_SELECTOR: {
		Selection *sel = e->selector.selection;
		Type *t;

		if (sel == NULL)
			return e->selector.sel->name.obj->kind == OBJ_VAR;
		if (sel->kind != SEL_FIELD)
			return false;
		t = bd_type(e->selector.x->type);
		if (type_under(t)->kind == T_PTR || bd_addressable(e->selector.x))
			return true;
		for (int i = 0; i + 1 < sel->path.n; i++) {
			t = type_under(t)->st.fields.at[sel->path.at[i]]->type;
			if (type_under(t)->kind == T_PTR)
				return true;
		}
		return false;
	}
	case EX_INDEX: {
		Type *u;

		if (e->index.inst != NULL)
			return false;
		u = type_under(bd_type(e->index.x->type));
		return u->kind == T_SLICE || u->kind == T_PTR || (u->kind == T_ARRAY && bd_addressable(e->index.x));
	}
	default:
		return false;
	}
}

static Lval
lvvar(Var *v)
{
	Lval lv = { .t = v->t };

	if (v->kind == VAR_SSA) {
		lv.kind = LV_SSA;
		lv.comp = v->base;
		return lv;
	}
	lv.kind = LV_MEM;
	lv.addr = bd_varaddr(v, &lv.off);
	return lv;
}

static Lval
lvname(Obj *o)
{
	if (o->isglobal) {
		bool none = lower_type(obj_type(o))->gc.size == 0 && !fuzz_isbound(o);

		return lvmem(obj_type(o), bd_symaddr(none ? lower_rt("zerobase") : lower_varsym(o), 0), 0, false);
	}
	return lvvar(bd_var(o));
}

/* The place of an expression that is addressable, a map element, or blank; of any other a temporary holding its value. */
Lval
bd_lval(Expr *e)
{
	Lval lv = { .kind = LV_BLANK };

	e = bd_unparen(e);
	bd->pos = e->pos;
	if (bd_isblank(e))
		return lv;
	if (!bd_addressable(e) && !(e->kind == EX_INDEX && type_under(bd_type(e->index.x->type))->kind == T_MAP)) {
		Opd x = bd_expr(e);

		return lvmem(x.t, bd_toaddr(x), 0, false);
	}
	switch (e->kind) {
	case EX_NAME:
		return lvname(e->name.obj);
	case EX_STAR: {
		Opd p = bd_expr(e->unary.x);

		bd->pos = e->pos;
		return lvmem(type_under(p.t)->elem, p.c[0], 0, true);
	}
	case EX_SELECTOR: {
		Selection *sel = e->selector.selection;
		Expr *x = e->selector.x;

		if (sel == NULL)
			return lvname(e->selector.sel->name.obj);
		if (type_under(bd_type(x->type))->kind == T_PTR) {
			Opd p = bd_expr(x);

			lv = lvmem(type_under(p.t)->elem, p.c[0], 0, true);
		} else
			lv = bd_lval(x);
		bd->pos = e->pos;
		lvpath(&lv, sel->path.at, sel->path.n);
		return lv;
	}
	case EX_INDEX: {
		Expr *x = e->index.x, *idx = e->index.index.at[0];
		Type *t = bd_type(x->type), *u = type_under(t);

		switch (u->kind) {
		case T_MAP: {
			lv.kind = LV_MAP;
			lv.t = u->elem;
			lv.map = bd_expr(x);
			lv.key = bd_hold(bd_exprconv(idx, u->key));
			lv.pos = e->pos;
			return lv;
		}
		case T_SLICE: {
			bool late = bd_hascall(idx) && bd_callfree(x), uns = false;
			Value *i = late ? bd_index(idx, &uns) : NULL;
			Opd s = bd_expr(x);

			lvindex(&lv, s.c[0], s.c[1], e, i, uns, u->elem, 0, false);
			return lv;
		}
		case T_PTR: {
			bool late = bd_hascall(idx) && bd_callfree(x), uns = false;
			Value *i = late ? bd_index(idx, &uns) : NULL;
			Opd p = bd_expr(x);
			Type *at = type_under(u->elem);

			lvindex(&lv, p.c[0], bd_int(VT_I64, at->len), e, i, uns, at->elem, 0, true);
			return lv;
		}
		default: {
			Lval a = bd_lval(x);
			bool uns;
			Value *i, *len = NULL;
			int64_t off;

			if (a.kind != LV_SSA) {
				Value *p = bd_lvaddr(&a, &off);

				len = bd_int(VT_I64, u->len);
				lvindex(&lv, p, len, e, NULL, false, u->elem, off, false);
				return lv;
			}
			i = bd_index(idx, &uns);
			bd->pos = e->pos;
			bd_bounds(i, bd_int(VT_I64, u->len), BOUNDS_INDEX, uns);
			if (u->len == 0)	/* never got to */
				return lvmem(u->elem, bd_temp(u->elem), 0, false);
			a.t = u->elem;
			return a;
		}
		}
	}
	default:
		bug("lower: not a place: expression kind %d", e->kind);
	}
}

Value *
bd_lvaddr(Lval *lv, int64_t *off)
{
	*off = lv->off;
	if (lv->pos != 0)
		bd->pos = lv->pos;
	switch (lv->kind) {
	case LV_MEM:
		if (lv->check) {
			lv->addr = bd_nilcheck(lv->addr);
			lv->check = false;
		}
		return lv->addr;
	case LV_INDEX: {
		Value *p = lv->addr;
		int64_t i;

		bd_bounds(lv->idx, lv->len, BOUNDS_INDEX, lv->isunsigned);
		if (lv->check)
			p = bd_nilcheck(p);
		if (bd_isconst(lv->idx, &i)) {
			*off += i * lv->scale;
			lv->addr = p;
		} else
			lv->addr = bd_addvar(p, scaled(lv->idx, lv->scale));
		lv->kind = LV_MEM;
		lv->check = false;
		lv->off = *off;
		return lv->addr;
	}
	default:
		bug("lower: place kind %d has no address", lv->kind);
	}
}

static bool
simplekey(Type *key, VType *vt)
{
	Type *u = type_under(key);

	/* clang-format off */
	switch (u->kind) {
	case T_INT: case T_INT32: case T_INT64: case T_UINT: case T_UINT32: case T_UINT64: case T_UINTPTR: case T_UNSAFEPTR: case T_PTR: case T_CHAN:
		*vt = lower_vtype(key);
		return true;
	default:
		return false;
	}
	/* clang-format on */
}

/* Which family of map functions: "", "_fast32", "_fast64", "_faststr"; ptr: the key is a pointer. */
static const char *
mapfamily(Type *m, bool *ptr)
{
	VType vt;

	*ptr = false;
	if (lower_type(m->elem)->gc.size > 128)
		return "";
	if (type_under(m->key)->kind == T_STRING)
		return "_faststr";
	if (!simplekey(m->key, &vt))
		return "";
	*ptr = vt == VT_PTR;
	return vtype_size(vt) == 4 ? "_fast32" : "_fast64";
}

/* Calls runtime.<fn><family>(maptype, map, key...) */
static void
mapcall(const char *fn, Opd m, Opd key, bool assign, Value **results)
{
	Type *u = type_under(m.t);
	bool ptr;
	const char *family = mapfamily(u, &ptr);
	Value *args[6];
	int n = 0;

	args[n++] = bd_desc(m.t);
	args[n++] = m.c[0];
	if (family[0] == '\0')
		args[n++] = bd_toaddr(key);
	else if (key.lt->ncomp == 2) {
		args[n++] = key.c[0];
		args[n++] = key.c[1];
	} else if (ptr && !assign)
		args[n++] = bd_emit1(OP_P2I, VT_I64, key.c[0], 0);
	else
		args[n++] = key.c[0];
	if (family[0] == '\0' && (strcmp(fn, "mapaccess1") == 0 || strcmp(fn, "mapaccess2") == 0) &&
	    lower_type(u->elem)->gc.size > 1024) {
		/* absent elements read as a zero object of their own size */
		ObjSym *zero = obj_sym(lw.o, intern_printf("go:map.zero%lld", (long long)lower_type(u->elem)->gc.size));

		if (!zero->defined) {
			zero = obj_define(lw.o, zero->name, SYM_NOPTRBSS, SYMF_DUPOK, 16);
			zero->size = (uint64_t)lower_type(u->elem)->gc.size;
		}
		args[n++] = bd_symaddr(zero, 0);
		family = "_fat";
	}
	bd_rt(intern_printf("%s%s%s", fn, family, assign && ptr ? "ptr" : ""), args, results);
}

Opd
bd_mapaccess2(Opd m, Opd key, Value **ok)
{
	Value *r[2];

	mapcall("mapaccess2", m, key, false, r);
	r[0]->nonnil = true;
	*ok = r[1];
	return bd_load(type_under(m.t)->elem, r[0], 0);
}

static Value *
mapassign(Opd m, Opd key)
{
	Value *r[2];

	mapcall("mapassign", m, key, true, r);
	r[0]->nonnil = true;
	return r[0];
}

Opd
bd_lvload(Lval *lv)
{
	int64_t off;
	Value *p;

	switch (lv->kind) {
	case LV_SSA: {
		Opd x = { .t = lv->t, .lt = lower_type(lv->t) };

		for (int i = 0; i < x.lt->ncomp; i++)
			x.c[i] = bd_read(lv->comp + i);
		return x;
	}
	case LV_MAP: {
		Value *r[2];

		mapcall("mapaccess1", lv->map, lv->key, false, r);
		r[0]->nonnil = true;
		return bd_load(lv->t, r[0], 0);
	}
	case LV_BLANK:
		bug("lower: value of _");
	default:
		p = bd_lvaddr(lv, &off);
		if (lv->isaddress)
			return bd_convert(bd_load(typ[T_UNSAFEPTR], p, off), lv->t);
		return bd_load(lv->t, p, off);
	}
}

void
bd_lvstore(Lval *lv, Opd x)
{
	int64_t off;
	Value *p;

	switch (lv->kind) {
	case LV_BLANK:
		return;
	case LV_SSA:
		for (int i = 0; i < x.lt->ncomp; i++)
			bd_write(lv->comp + i, x.c[i]);
		return;
	case LV_MAP:
		bd->pos = lv->pos;
		p = mapassign(lv->map, lv->key);
		bd_store(p, 0, x);
		return;
	default:
		p = bd_lvaddr(lv, &off);
		bd_store(p, off, lv->isaddress ? bd_convert(x, typ[T_UNSAFEPTR]) : x);
	}
}

Value *
bd_addrof(Expr *e)
{
	Lval lv;
	int64_t off;
	Value *p;

	e = bd_unparen(e);
	if (e->kind == EX_COMPOSITE)
		return bd_compositeptr(e);
	lv = bd_lval(e);
	if (lv.kind == LV_SSA)
		bug("lower: address of a variable that was not marked");
	if (lv.kind == LV_MEM && lv.off != 0 && lv.check)
		p = bd_nilcheck(lv.addr), lv.check = false, lv.addr = p;
	p = bd_lvaddr(&lv, &off);
	return bd_addptr(p, off);
}

/* ---- selectors ---- */

/* Follows fields (and pointers) from a value. */
Opd
bd_walkpath(Opd x, const int *path, int n)
{
	for (int i = 0; i < n; i++) {
		Type *u = type_under(x.t);

		if (u->kind == T_PTR) {
			Lval lv = lvmem(u->elem, x.c[0], 0, true);

			lvpath(&lv, path + i, n - i);
			return bd_lvload(&lv);
		}
		x = bd_field(x, path[i]);
	}
	return x;
}

Opd
bd_selected(Expr *e)
{
	Selection *sel = e->selector.selection;
	Obj *o = e->selector.sel->name.obj;

	if (sel == NULL) {	/* package-qualified */
		if (o->kind == OBJ_FUNC) {
			Type **targs;
			int n;

			if (!bd_resolve(e, &o, &targs, &n))
				bug("lower: function %s", o->name);
			return bd_funcvalue(o, targs, n, bd_type(e->type));
		} else {
			Lval lv = lvname(o);

			return bd_lvload(&lv);
		}
	}
	switch (sel->kind) {
	case SEL_FIELD:
		if (bd_addressable(e)) {
			Lval lv = bd_lval(e);

			return bd_lvload(&lv);
		}
		return bd_walkpath(bd_expr(e->selector.x), sel->path.at, sel->path.n);
	case SEL_METHOD:
		return bd_methodvalue(e);
	default:
		return bd_methodexpr(e);
	}
}

/* ---- slicing ---- */

static Value *
slicedptr(Value *p, Value *lo, int64_t size, Value *newcap)
{
	int64_t i, n;
	Value *off;

	if (bd_isconst(lo, &i) && i == 0)
		return p;
	off = scaled(lo, size);
	if (!bd_isconst(newcap, &n) || n == 0) {
		/* never point past the end: no offset if nothing is left */
		Value *neg = bd_emit1(OP_NEG, VT_I64, newcap, 0);
		Value *mask = bd_emit2(OP_SHRS, VT_I64, neg, bd_int(VT_I64, 63), 0);

		mask->bounded = true;
		off = bd_emit2(OP_AND, VT_I64, off, mask, 0);
	}
	return bd_addvar(p, off);
}

static Value *
sub(Value *a, Value *b)
{
	int64_t i, j;

	if (bd_isconst(b, &j)) {
		if (j == 0)
			return a;
		if (bd_isconst(a, &i))
			return bd_int(VT_I64, i - j);
	}
	return bd_emit2(OP_SUB, VT_I64, a, b, 0);
}

static Opd
sliceexpr(Expr *e)
{
	Expr *xe = e->slice.x;
	Type *t = bd_type(e->type), *xt = bd_type(xe->type), *u = type_under(xt);
	Value *ptr, *len, *cap, *lo = NULL, *hi = NULL, *max = NULL, *newcap;
	bool ulo = false, uhi = false, umax = false, alen = true;
	int64_t size = 1;

	if (u->kind == T_INTERFACE || xt->kind == T_TPARAM)
		bug("lower: slice of a type parameter");
	if (u->kind == T_STRING) {
		Opd s = bd_expr(xe);

		ptr = s.c[0];
		len = cap = s.c[1];
	} else if (u->kind == T_SLICE) {
		Opd s = bd_expr(xe);

		ptr = s.c[0];
		len = s.c[1];
		cap = s.c[2];
		alen = false;
		size = lower_type(u->elem)->gc.size;
	} else {
		Type *at = u;

		if (u->kind == T_PTR) {
			at = type_under(u->elem);
			ptr = bd_expr(xe).c[0];
			bd->pos = e->pos;
			ptr = bd_nilcheck(ptr);
		} else
			ptr = bd_addrof(xe);
		len = cap = bd_int(VT_I64, at->len);
		size = lower_type(at->elem)->gc.size;
	}
	if (e->slice.lo != NULL)
		lo = bd_index(e->slice.lo, &ulo);
	if (e->slice.hi != NULL)
		hi = bd_index(e->slice.hi, &uhi);
	if (e->slice.max != NULL)
		max = bd_index(e->slice.max, &umax);
	bd->pos = e->pos;
	if (lo == NULL)
		lo = bd_int(VT_I64, 0);
	if (max != NULL) {
		bd_bounds(max, cap, alen ? BOUNDS_SLICE3ALEN : BOUNDS_SLICE3ACAP, umax);
		bd_bounds(hi, max, BOUNDS_SLICE3B, uhi);
		bd_bounds(lo, hi, BOUNDS_SLICE3C, ulo);
		cap = max;
	} else {
		if (hi != NULL)
			bd_bounds(hi, cap, alen ? BOUNDS_SLICEALEN : BOUNDS_SLICEACAP, uhi);
		else
			hi = len;
		bd_bounds(lo, hi, BOUNDS_SLICEB, ulo);
	}
	if (u->kind == T_STRING) {
		Value *n = sub(hi, lo);

		return bd_opd2(t, slicedptr(ptr, lo, 1, n), n);
	}
	newcap = sub(cap, lo);
	return bd_opd3(t, slicedptr(ptr, lo, size, newcap), sub(hi, lo), newcap);
}

/* ---- indexing for the value ---- */

static Opd
indexexpr(Expr *e)
{
	Expr *xe = e->index.x, *ie = e->index.index.at[0];
	Type *u;
	Opd x;
	Value *i;
	bool uns;

	if (e->index.inst != NULL) {
		Obj *fn;
		Type **targs;
		int n;

		if (!bd_resolve(e, &fn, &targs, &n))
			bug("lower: instance of what is not a function");
		return bd_funcvalue(fn, targs, n, bd_type(e->type));
	}
	u = type_under(bd_type(xe->type));
	if (u->kind == T_MAP) {
		Lval lv = { .kind = LV_MAP, .t = u->elem };

		lv.map = bd_expr(xe);
		lv.key = bd_peekconv(ie, u->key);
		bd->pos = lv.pos = e->pos;
		return bd_lvload(&lv);
	}
	if (bd_addressable(e)) {
		Lval lv = bd_lval(e);

		return bd_lvload(&lv);
	}
	x = bd_expr(xe);
	i = bd_index(ie, &uns);
	bd->pos = e->pos;
	if (u->kind == T_STRING) {
		bd_bounds(i, x.c[1], BOUNDS_INDEX, uns);
		return bd_opd1(bd_type(e->type), bd_emit1(OP_LOAD, VT_I8, bd_addvar(x.c[0], i), 0));
	}
	bd_bounds(i, bd_int(VT_I64, u->len), BOUNDS_INDEX, uns);
	if (!x.mem) {
		Opd y = bd_zero(u->elem);

		if (u->len == 1)
			for (int k = 0; k < x.lt->ncomp; k++)
				y.c[k] = x.c[k];
		return y;
	}
	if (x.addr == NULL)
		return bd_zero(u->elem);
	x.addr = bd_addptr(x.addr, x.off);
	return bd_load(u->elem, bd_addvar(x.addr, scaled(i, lower_type(u->elem)->gc.size)), 0);
}

/* ---- comparisons ---- */

static Value *
and8(Value *a, Value *b)
{
	int64_t i;

	if (a == NULL || (bd_isconst(a, &i) && i == 1))
		return b;
	if (bd_isconst(b, &i) && i == 1)
		return a;
	return bd_emit2(OP_AND, VT_I8, a, b, 0);
}

/* r = a; if a { r = b() } with b computed by fn. */
typedef struct {
	Block *no, *done;
	int var;
} Chain;

static Chain
chain(void)
{
	Chain c = { bd_block(), bd_block(), bd_newvar(VT_I8) };

	return c;
}

/* Goes on only if v is true. */
static void
chainand(Chain *c, Value *v)
{
	Block *yes = bd_block();

	bd_if(v, yes, c->no, 0);
	bd_sealstart(yes);
}

static Value *
chainend(Chain *c, Value *last)
{
	bd_write(c->var, last);
	bd_jump(c->done);
	bd_sealstart(c->no);
	bd_write(c->var, bd_int(VT_I8, 0));
	bd_jump(c->done);
	bd_sealstart(c->done);
	return bd_read(c->var);
}

static Value *
eqstring(Opd x, Opd y)
{
	Chain c;
	int64_t n;
	Value *r;

	if ((bd_isconst(x.c[1], &n) && n == 0) || (bd_isconst(y.c[1], &n) && n == 0))
		return bd_emit2(OP_EQ, VT_I8, x.c[1], y.c[1], 0);
	c = chain();
	chainand(&c, bd_emit2(OP_EQ, VT_I8, x.c[1], y.c[1], 0));
	r = bd_rt1("memequal", 3, x.c[0], y.c[0], bd_isconst(y.c[1], &n) ? y.c[1] : x.c[1]);
	return chainend(&c, r);
}

static Value *
eqiface(Opd x, Opd y)
{
	/* dynamic types, not itabs: there may be several itabs of one type */
	Value *tx = bd_typeword(x), *ty = bd_typeword(y), *r;
	Chain c;

	c = chain();
	chainand(&c, bd_emit2(OP_EQ, VT_I8, tx, ty, 0));
	r = bd_rt1("efaceeq", 3, tx, x.c[1], y.c[1]);
	return chainend(&c, r);
}

/* Whether == on t needs no call and cannot panic. */
static bool
cheap(Type *t)
{
	Type *u = type_under(t);

	/* clang-format off */
	switch (u->kind) {
	case T_STRING: case T_INTERFACE:
		return false;
	case T_STRUCT:
		for (int i = 0; i < u->st.fields.n; i++)
			if (!cheap(u->st.fields.at[i]->type))
				return false;
		return true;
	case T_ARRAY:
		return u->len == 0 || cheap(u->elem);
	default:
		return true;
	}
	/* clang-format on */
}

static Value *
eqstruct(Opd x, Opd y)
{
	Type *u = type_under(x.t);
	Value *r = NULL;
	Chain c;
	bool chained = false;

	for (int pass = 0; pass < 2; pass++)	/* cheap fields first */
		for (int i = 0; i < u->st.fields.n; i++) {
			Obj *fd = u->st.fields.at[i];
			Value *v;

			if (strcmp(fd->name, "_") == 0 || cheap(fd->type) != (pass == 0))
				continue;
			if (pass == 1 && r != NULL) {
				if (!chained)
					c = chain();
				chained = true;
				chainand(&c, r);
				r = NULL;
			}
			v = bd_equal(bd_field(x, i), bd_field(y, i));
			r = and8(r, v);
		}
	if (r == NULL)
		r = bd_int(VT_I8, 1);
	return chained ? chainend(&c, r) : r;
}

static Value *
calleq(Opd x, Opd y)
{
	ObjSym *fv;
	Type *t = x.t;
	static const LowerSig *sig;
	Value *call, *p, *q, *fn;

	p = bd_toaddr(x);
	q = bd_toaddr(y);
	if (lower_plainmemory(t))
		return bd_rt1("memequal", 3, p, q, bd_int(VT_I64, lower_type(t)->gc.size));
	fv = lower_eqfunc(t);
	if (fv == NULL)
		bug("lower: type %s cannot be compared", type_string(t, NULL));
	if (sig == NULL) {
		Obj *v[2];

		v[0] = v[1] = obj_new(OBJ_VAR, 0, NULL, intern_str("p"), typ[T_UNSAFEPTR]);
		Obj *r = obj_new(OBJ_VAR, 0, NULL, intern_str("r"), typ[T_BOOL]);

		sig = lower_sig(NULL, type_func(type_tuple(v, 2), type_tuple(&r, 1), false));
	}
	fn = bd_symaddr(fv, 0);
	call = bd_emit1(OP_CALLCLOSURE, VT_VOID, fn, 0);
	call->sig = sig->sig;
	value_addarg(bd->f, call, p);
	value_addarg(bd->f, call, q);
	return bd_emit1(OP_RESULT, VT_I8, call, 0);
}

/* x == y for two values of one type, or an interface and a value that implements it. */
Value *
bd_equal(Opd x, Opd y)
{
	bool ix = bd_isiface(x.t), iy = bd_isiface(y.t);
	Type *u = type_under(x.t);

	if (ix && iy)
		return eqiface(x, y);
	if (ix || iy) {
		Opd i = ix ? x : y, v = ix ? y : x;
		Chain c = chain();

		chainand(&c, bd_emit2(OP_EQ, VT_I8, bd_typeword(i), bd_desc(v.t), 0));
		return chainend(&c, bd_equal(bd_unbox(i, v.t), v));
	}
	/* clang-format off */
	switch (u->kind) {
	case T_STRING:
		return eqstring(x, y);
	case T_FLOAT32: case T_FLOAT64:
		return bd_emit2(OP_FEQ, VT_I8, x.c[0], y.c[0], 0);
	case T_COMPLEX64: case T_COMPLEX128:
		return and8(bd_emit2(OP_FEQ, VT_I8, x.c[0], y.c[0], 0), bd_emit2(OP_FEQ, VT_I8, x.c[1], y.c[1], 0));
	case T_STRUCT:
		if (x.mem)
			return calleq(x, y);
		return eqstruct(x, y);
	case T_ARRAY:
		if (x.mem)
			return calleq(x, y);
		if (u->len == 0)
			return bd_int(VT_I8, 1);
		else {
			Opd a = bd_zero(u->elem), b = bd_zero(u->elem);

			for (int i = 0; i < x.lt->ncomp; i++) {
				a.c[i] = x.c[i];
				b.c[i] = y.c[i];
			}
			return bd_equal(a, b);
		}
	default:	/* slices, maps and functions only against nil: their first component */
		if (x.lt->ncomp == 0)
			return bd_int(VT_I8, 1);
		return bd_emit2(OP_EQ, VT_I8, x.c[0], y.c[0], 0);
	}
	/* clang-format on */
}

Value *
bd_compare(int op, Opd x, Opd y)
{
	Type *u = type_under(x.t);
	bool swap = op == TK_GTR || op == TK_GEQ, le = op == TK_LEQ || op == TK_GEQ;
	Value *a, *b;

	if (op == TK_EQL)
		return bd_equal(x, y);
	if (op == TK_NEQ)
		return bd_not(bd_equal(x, y));
	if (u->kind == T_STRING) {
		Value *r = bd_rt1("cmpstring", 4, x.c[0], x.c[1], y.c[0], y.c[1]);

		a = r;
		b = bd_int(VT_I64, 0);
		if (swap)
			return bd_emit2(le ? OP_LES : OP_LTS, VT_I8, b, a, 0);
		return bd_emit2(le ? OP_LES : OP_LTS, VT_I8, a, b, 0);
	}
	a = swap ? y.c[0] : x.c[0];
	b = swap ? x.c[0] : y.c[0];
	if (type_isfloat(x.t))
		return bd_emit2(le ? OP_FLE : OP_FLT, VT_I8, a, b, 0);
	if (type_isunsigned(x.t))
		return bd_emit2(le ? OP_LEU : OP_LTU, VT_I8, a, b, 0);
	return bd_emit2(le ? OP_LES : OP_LTS, VT_I8, a, b, 0);
}

/* ---- arithmetic ---- */

static Opd
complexarith(int op, Opd x, Opd y, Type *t)
{
	VType ft = x.lt->comp[0].type;
	Value *a = x.c[0], *b = x.c[1], *c = y.c[0], *d = y.c[1], *re, *im;

	/* clang-format off */
	switch (op) {
	case TK_ADD: case TK_SUB: {
		Op o = op == TK_ADD ? OP_FADD : OP_FSUB;

		return bd_opd2(t, bd_emit2(o, ft, a, c, 0), bd_emit2(o, ft, b, d, 0));
	}
	/* clang-format on */
	case TK_MUL:
	case TK_DIV:
		if (ft == VT_F32) {	/* in float64, as gc: less cancellation */
			a = bd_emit1(OP_F2F, VT_F64, a, 0);
			b = bd_emit1(OP_F2F, VT_F64, b, 0);
			c = bd_emit1(OP_F2F, VT_F64, c, 0);
			d = bd_emit1(OP_F2F, VT_F64, d, 0);
		}
		if (op == TK_DIV) {
			Value *args[4] = { a, b, c, d }, *res[2];

			bd_rt("complex128div", args, res);
			re = res[0];
			im = res[1];
		} else {
			re = bd_emit2(OP_FSUB, VT_F64, bd_emit2(OP_FMUL, VT_F64, a, c, 0),
			    bd_emit2(OP_FMUL, VT_F64, b, d, 0), 0);
			im = bd_emit2(OP_FADD, VT_F64, bd_emit2(OP_FMUL, VT_F64, a, d, 0),
			    bd_emit2(OP_FMUL, VT_F64, b, c, 0), 0);
		}
		if (ft == VT_F32) {
			re = bd_emit1(OP_F2F, VT_F32, re, 0);
			im = bd_emit1(OP_F2F, VT_F32, im, 0);
		}
		return bd_opd2(t, re, im);
	}
	bug("lower: complex operator %s", token_text(op));
}

static Opd
shift(int op, Opd x, Opd y, Type *t, bool yunsigned)
{
	Value *n = y.c[0], *v;
	int64_t i;

	if (!yunsigned && !(bd_isconst(n, &i) && i >= 0))
		bd_emit1(OP_SHIFTCHECK, VT_VOID, n, 0);
	v = bd_emit2(op == TK_SHL ? OP_SHL : type_isunsigned(t) ? OP_SHRU : OP_SHRS, x.c[0]->type, x.c[0], n, 0);
	if (bd_isconst(n, &i) && i >= 0 && i < 8 * vtype_size(x.c[0]->type))
		v->bounded = true;
	return bd_opd1(t, v);
}

/* yunsigned matters for shifts only. */
Opd
bd_arith(int op, Opd x, Opd y, Type *t, bool yunsigned)
{
	Type *u = type_under(t);
	VType vt;
	Value *a, *b;
	Op o;
	bool uns;
	int64_t i;

	if (u->kind == T_STRING) {
		Opd xs[2] = { x, y };

		return bd_concat(xs, 2, t);
	}
	if (op == TK_SHL || op == TK_SHR)
		return shift(op, x, y, t, yunsigned);
	if (u->kind == T_COMPLEX64 || u->kind == T_COMPLEX128)
		return complexarith(op, x, y, t);
	a = x.c[0];
	b = y.c[0];
	vt = a->type;
	uns = type_isunsigned(t);
	if (vtype_isfloat(vt)) {
		/* clang-format off */
		switch (op) {
		case TK_ADD: o = OP_FADD; break;
		case TK_SUB: o = OP_FSUB; break;
		case TK_MUL: o = OP_FMUL; break;
		case TK_DIV: o = OP_FDIV; break;
		default: bug("lower: float operator %s", token_text(op));
		}
		/* clang-format on */
		return bd_opd1(t, bd_emit2(o, vt, a, b, 0));
	}
	/* clang-format off */
	switch (op) {
	case TK_ADD: o = OP_ADD; break;
	case TK_SUB: o = OP_SUB; break;
	case TK_MUL: o = OP_MUL; break;
	case TK_AND: o = OP_AND; break;
	case TK_OR: o = OP_OR; break;
	case TK_XOR: o = OP_XOR; break;
	case TK_ANDNOT:
		o = OP_AND;
		b = bd_emit1(OP_NOT, vt, b, 0);
		break;
	case TK_DIV: case TK_REM:
		if (!bd_isconst(b, &i) || i == 0)
			bd_emit1(OP_ZEROCHECK, VT_VOID, b, 0);
		o = op == TK_DIV ? (uns ? OP_DIVU : OP_DIVS) : uns ? OP_MODU : OP_MODS;
		break;
	default:
		bug("lower: operator %s", token_text(op));
	}
	/* clang-format on */
	return bd_opd1(t, bd_emit2(o, vt, a, b, 0));
}

Opd
bd_concat(Opd *xs, int n, Type *t)
{
	Value *args[12], *r[2];
	int k = 0;

	if (n == 1)
		return bd_retype(xs[0], t);
	if (n <= 5) {
		args[k++] = bd_tmpbuf(TMPBUF);
		for (int i = 0; i < n; i++) {
			args[k++] = xs[i].c[0];
			args[k++] = xs[i].c[1];
		}
		bd_rt(intern_printf("concatstring%d", n), args, r);
	} else {
		Opd s = bd_variadic(type_slice(typ[T_STRING]), xs, n);

		args[0] = bd_tmpbuf(TMPBUF);
		for (int i = 0; i < 3; i++)
			args[i + 1] = s.c[i];
		bd_rt("concatstrings", args, r);
	}
	return bd_opd2(t, r[0], r[1]);
}

static void
addends(Expr *e, ExprVec *out)
{
	Expr *p = bd_unparen(e);

	if (p->kind == EX_BINARY && p->op == TK_ADD && p->mode != MODE_CONST) {
		addends(p->binary.x, out);
		addends(p->binary.y, out);
		return;
	}
	vec_push(bd->a, out, e);
}

static Opd
logical(Expr *e)
{
	Block *yes = bd_block(), *no = bd_block(), *done = bd_block();
	int var = bd_newvar(VT_I8);
	Type *t = bd_type(e->type);

	if (type_isuntyped(t))
		t = typ[T_BOOL];
	bd_branch(e, yes, no, 0);
	bd_sealstart(yes);
	bd_write(var, bd_int(VT_I8, 1));
	bd_jump(done);
	bd_sealstart(no);
	bd_write(var, bd_int(VT_I8, 0));
	bd_jump(done);
	bd_sealstart(done);
	return bd_opd1(t, bd_read(var));
}

Opd
bd_peek(Expr *e)
{
	Expr *p = bd_unparen(e), *arg;
	Type *t, *from;
	Opd x;

	if (p->kind != EX_CALL || p->call.what != CALL_CONVERT || p->mode == MODE_CONST || p->type == NULL)
		return bd_expr(e);
	arg = p->call.args.at[0];
	t = bd_type(p->type);
	from = arg->type == NULL ? NULL : bd_type(arg->type);
	if (from == NULL || !(type_isstring(t) ? type_isbytes(from) : type_isbytes(t) && type_isstring(from)))
		return bd_expr(e);
	x = bd_expr(arg);
	return type_isstring(t) ? bd_opd2(t, x.c[0], x.c[1]) : bd_opd3(t, x.c[0], x.c[1], x.c[1]);
}

Opd
bd_peekconv(Expr *e, Type *t)
{
	if (bd_isnil(e))
		return bd_zero(t);
	return bd_implicit(bd_peek(e), t);
}

/*
 * Strings that are put together at once need no copies of their own, if no call can change bytes meanwhile. A text among them makes sure that the
 * result is a new string and not the only one that is not empty.
 */
static bool
peeked(const ExprVec *es)
{
	bool text = false;

	for (int i = 0; i < es->n; i++) {
		const Expr *e = es->at[i];

		if (bd_hascall(es->at[i]))
			return false;
		text |= e->mode == MODE_CONST && e->cv != NULL && e->cv->kind == CONST_STRING && e->cv->s.n > 0;
	}
	return text;
}

static Opd
binary(Expr *e)
{
	Expr *xe = e->binary.x, *ye = e->binary.y;
	Type *t;
	Opd x, y;

	/* clang-format off */
	switch (e->op) {
	case TK_ANDAND: case TK_OROR:
		return logical(e);
	case TK_EQL: case TK_NEQ: case TK_LSS: case TK_LEQ: case TK_GTR: case TK_GEQ:
		t = bd_type(e->type);
		if (type_isuntyped(t))
			t = typ[T_BOOL];
		if (bd_isnil(ye) || bd_isnil(xe)) {
			Opd z;

			x = bd_expr(bd_isnil(ye) ? xe : ye);
			bd->pos = e->pos;
			if (x.lt->ncomp == 0)
				return bd_opd1(t, bd_int(VT_I8, 1));
			z = bd_zero(x.t);
			return bd_opd1(t, bd_emit2(e->op == TK_EQL ? OP_EQ : OP_NE, VT_I8, x.c[0], z.c[0], 0));
		}
		if (bd_hascall(ye) && bd_callfree(xe)) {
			y = bd_hold(bd_peek(ye));
			x = bd_peek(xe);
		} else {
			x = bd_peek(xe);
			if (x.mem && !bd_callfree(ye))	/* what a call changes is not seen */
				x = bd_hold(x);
			y = bd_peek(ye);
		}
		bd->pos = e->pos;
		return bd_opd1(t, bd_compare(e->op, x, y));
	default:
		break;
	}
	/* clang-format on */
	t = bd_type(e->type);
	if (e->op == TK_ADD && type_isstring(t)) {
		ExprVec es = { 0 };
		Opd *xs;
		Type **ts;

		addends(e, &es);
		xs = NEWN(bd->a, Opd, es.n);
		ts = NEWN(bd->a, Type *, es.n);
		if (peeked(&es))
			for (int i = 0; i < es.n; i++)
				xs[i] = bd_hold(bd_peek(es.at[i]));
		else
			bd_exprlist(es.at, ts, es.n, xs);
		bd->pos = e->pos;
		return bd_concat(xs, es.n, t);
	}
	if (bd_hascall(ye) && bd_callfree(xe)) {
		y = bd_expr(ye);
		x = bd_expr(xe);
	} else {
		x = bd_expr(xe);
		y = bd_expr(ye);
	}
	bd->pos = e->pos;
	return bd_arith(e->op, x, y, t, type_isunsigned(y.t));
}

static Opd
unary(Expr *e)
{
	Type *t;
	Opd x;

	if (e->op == TK_AND) {
		Expr *xe = bd_unparen(e->unary.x);

		t = bd_type(e->type);
		return bd_opd1(t, bd_addrof(xe));
	}
	if (e->op == TK_ARROW) {
		Opd r, ch = bd_expr(e->unary.x);

		bd->pos = e->pos;
		bd_recv(ch, type_core(ch.t)->elem, &r, false);
		return r;
	}
	x = bd_expr(e->unary.x);
	t = bd_type(e->type);
	bd->pos = e->pos;
	switch (e->op) {
	case TK_ADD:
		return x;
	case TK_NOT:
		return bd_opd1(x.t, bd_not(x.c[0]));
	case TK_XOR:
		return bd_opd1(t, bd_emit1(OP_NOT, x.c[0]->type, x.c[0], 0));
	case TK_SUB:
		if (x.lt->ncomp == 2)
			return bd_opd2(t, bd_emit1(OP_FNEG, x.c[0]->type, x.c[0], 0),
			    bd_emit1(OP_FNEG, x.c[1]->type, x.c[1], 0));
		return bd_opd1(t, bd_emit1(vtype_isfloat(x.c[0]->type) ? OP_FNEG : OP_NEG, x.c[0]->type, x.c[0], 0));
	}
	bug("lower: unary operator %s", token_text(e->op));
}

/* ---- all expressions ---- */

static Opd
valueof(Expr *e)
{
	Obj *o;

	while (e->kind == EX_PAREN)
		e = e->unary.x;
	if (e->pos != 0)
		bd->pos = e->pos;
	if (e->mode == MODE_CONST && e->cv != NULL)
		return bd_const(e->cv, bd_type(e->type));
	if (e->mode == MODE_NIL)
		return bd_zero(bd_type(e->type));
	switch (e->kind) {
	case EX_NAME:
		o = e->name.obj;
		if (o == NULL)
			bug("lower: name %s without object", e->name.text);
		switch (o->kind) {
		case OBJ_VAR: {
			Lval lv = lvname(o);

			return bd_lvload(&lv);
		}
		case OBJ_FUNC: {
			Obj *fn;
			Type **targs;
			int n;

			if (!bd_resolve(e, &fn, &targs, &n))
				bug("lower: function %s", o->name);
			return bd_funcvalue(fn, targs, n, bd_type(e->type));
		}
		case OBJ_NIL:
			return bd_zero(bd_type(e->type));
		default:
			bug("lower: name %s of object kind %d", e->name.text, o->kind);
		}
	case EX_COMPOSITE:
		if (e->isptr)
			return bd_opd1(bd_type(e->type), bd_compositeptr(e));
		return bd_composite(e);
	case EX_FUNCLIT:
		return bd_funclit(e);
	case EX_SELECTOR:
		return bd_selected(e);
	case EX_INDEX:
		return indexexpr(e);
	case EX_SLICE:
		return sliceexpr(e);
	case EX_ASSERT: {
		Opd x = bd_expr(e->assert.x);

		bd->pos = e->pos;
		return bd_assert(x, bd_type(e->assert.type->type), false, NULL);
	}
	case EX_CALL:
		return bd_call(e);
	case EX_STAR: {
		Lval lv = bd_lval(e);

		return bd_lvload(&lv);
	}
	case EX_UNARY:
		return unary(e);
	case EX_BINARY:
		return binary(e);
	default:
		bug("lower: expression kind %d not supported yet", e->kind);
	}
}

Opd
bd_expr(Expr *e)
{
	Opd x = valueof(e);

	x.src = e;
	return x;
}

Opd
bd_exprconv(Expr *e, Type *t)
{
	Opd x;

	if (bd_isnil(e))
		return bd_zero(t);
	x = bd_expr(e);
	return bd_implicit(x, t);
}

void
bd_exprto(Expr *e, Type *t, Value *addr, int64_t off)
{
	Expr *p = bd_unparen(e);

	if (p->kind == EX_COMPOSITE && !p->isptr && p->mode != MODE_CONST && !bd_isiface(t)) {
		bd_compositeto(p, addr, off, true);
		return;
	}
	bd_store(addr, off, bd_exprconv(e, t));
}

Value *
bd_cond(Expr *e)
{
	return bd_expr(e).c[0];
}

void
bd_branch(Expr *e, Block *yes, Block *no, int likely)
{
	e = bd_unparen(e);
	if (e->mode != MODE_CONST) {
		if (e->kind == EX_UNARY && e->op == TK_NOT) {
			bd_branch(e->unary.x, no, yes, -likely);
			return;
		}
		if (e->kind == EX_BINARY && (e->op == TK_ANDAND || e->op == TK_OROR)) {
			Block *mid = bd_block();

			if (e->op == TK_ANDAND)
				bd_branch(e->binary.x, mid, no, 0);
			else
				bd_branch(e->binary.x, yes, mid, 0);
			bd_sealstart(mid);
			fuzz_edge();
			bd_branch(e->binary.y, yes, no, likely);
			return;
		}
	}
	bd_if(bd_cond(e), yes, no, likely);
}
