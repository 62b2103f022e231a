/*
 * build_lit.c - composite literals.
 *
 * A literal that SSA can hold is made of its parts' components; any other is
 * built in fresh zeroed memory, element by element, or copied from read-only
 * data if all of it is constant. The memory a literal is assigned to is never
 * used directly: its elements may mention the old value.
 */
#include "lower/build.h"

enum { MANYMAP = 25 };	/* constant map literals with more elements are filled by a loop over tables */

static Expr *
elemvalue(Expr *x)
{
	return x->kind == EX_KEYVALUE ? x->binary.y : x;
}

static int
structfield(Type *u, Expr *x, int k)
{
	if (x->kind != EX_KEYVALUE)
		return k;
	for (int i = 0; i < u->st.fields.n; i++)
		if (u->st.fields.at[i]->name == x->binary.x->name.text)
			return i;
	bug("lower: no field %s", x->binary.x->name.text);
}

/* Blank fields are evaluated, but stay zero. */
static bool
blankfield(const Type *u, int i)
{
	return strcmp(u->st.fields.at[i]->name, "_") == 0;
}

/* Index of the next element; *next is where it continues. */
static int64_t
elemindex(Expr *x, int64_t *next)
{
	int64_t i = *next;

	if (x->kind == EX_KEYVALUE && !const_isint64(const_toint(x->binary.x->cv), &i))
		bug("lower: index of an element");
	*next = i + 1;
	return i;
}

static int64_t
literallen(Expr *e)
{
	int64_t next = 0, max = 0;

	for (int i = 0; i < e->composite.elems.n; i++) {
		elemindex(e->composite.elems.at[i], &next);
		if (next > max)
			max = next;
	}
	return max;
}

static void
copyfrom(ObjSym *s, Type *t, Value *addr, int64_t off)
{
	Value *src = bd_symaddr(s, 0);

	bd_storefresh(addr, off, bd_mem(t, src, 0));
}

/* As everywhere, elements with calls come before those without (build_expr.c), whatever literals they are nested in. */
typedef enum { ALL, CALLS, REST } Part;

static Part
firstpart(Expr *e)
{
	return bd_hascall(e) ? CALLS : ALL;
}

static bool
inpart(Expr *x, Part part)
{
	return part == ALL || (part == REST) == bd_callfree(x);
}

static void fillpart(Expr *e, Type *t, Value *addr, int64_t off, Part part);

static void
fillelem(Expr *x, Type *t, Value *addr, int64_t off, Part part)
{
	Expr *lit = bd_unparen(x);
	int kind = type_under(t)->kind;

	if (lit->kind == EX_COMPOSITE && !lit->isptr && (kind == T_STRUCT || kind == T_ARRAY))
		fillpart(lit, t, addr, off, part);
	else if (inpart(x, part))
		bd_exprto(x, t, addr, off);
}

static void
fillarray(Expr *e, Type *elem, Value *addr, int64_t off, Part part)
{
	int64_t next = 0, size = lower_gctype(elem)->size;

	for (int i = 0; i < e->composite.elems.n; i++) {
		Expr *x = e->composite.elems.at[i];
		int64_t at = elemindex(x, &next);

		fillelem(elemvalue(x), elem, addr, off + at * size, part);
	}
}

static void
fillstruct(Expr *e, Type *u, Value *addr, int64_t off, Part part)
{
	for (int k = 0; k < e->composite.elems.n; k++) {
		Expr *x = e->composite.elems.at[k], *v = elemvalue(x);
		int i = structfield(u, x, k);

		if (!blankfield(u, i))
			fillelem(v, obj_type(u->st.fields.at[i]), addr, off + type_offset(u, i), part);
		else if (inpart(v, part))
			bd_expr(v);
	}
}

/* A literal of a struct or an array, or one part of its elements. */
static void
fillpart(Expr *e, Type *t, Value *addr, int64_t off, Part part)
{
	Type *u = type_under(t);
	ObjSym *ro;

	if (part != ALL && bd_callfree(e)) {
		if (part == CALLS)
			return;
		part = ALL;
	}
	if (part == ALL && e->composite.elems.n > 4 && (ro = lower_readonly(t, e)) != NULL)
		copyfrom(ro, t, addr, off);
	else if (u->kind == T_STRUCT)
		fillstruct(e, u, addr, off, part);
	else
		fillarray(e, u->elem, addr, off, part);
}

/* Into zeroed memory. */
static void
fill(Expr *e, Type *t, Value *addr, int64_t off)
{
	int kind = type_under(t)->kind;
	Part part = firstpart(e);

	if (kind != T_STRUCT && kind != T_ARRAY) {
		bd_storefresh(addr, off, bd_composite(e));
		return;
	}
	fillpart(e, t, addr, off, part);
	if (part == CALLS)
		fillpart(e, t, addr, off, REST);
}

static Opd
slicelit(Expr *e, Type *t)
{
	Type *elem = type_under(t)->elem, *at;
	int64_t n = literallen(e);
	Value *p;
	ObjSym *ro;

	if (n == 0)
		return bd_opd3(t, bd_symaddr(lower_rt("zerobase"), 0), bd_int(VT_I64, 0), bd_int(VT_I64, 0));
	at = type_array(elem, n);
	p = bd_newarray(elem, n);
	report_expr(p, e);
	if (e->composite.elems.n > 4 && (ro = lower_readonlyarray(at, e)) != NULL)
		copyfrom(ro, at, p, 0);
	else {
		Part part = firstpart(e);

		fillarray(e, elem, p, 0, part);
		if (part == CALLS)
			fillarray(e, elem, p, 0, REST);
	}
	return bd_opd3(t, p, bd_int(VT_I64, n), bd_int(VT_I64, n));
}

static void
setelem(Opd m, Type *u, Opd key, Opd value)
{
	Lval lv = { .kind = LV_MAP, .t = u->elem, .map = m, .key = key, .pos = bd->pos };

	bd_lvstore(&lv, value);
}

/* for i := range keys { m[keys[i]] = values[i] } */
static bool
mapfromtables(Expr *e, Opd m, Type *u)
{
	ObjSym *ks, *vs;
	int64_t n = e->composite.elems.n;
	VType it = lw.target->ptrsize == 8 ? VT_I64 : VT_I32;
	int i;
	Block *head, *body, *done;
	Value *at, *kp, *vp;

	if (!lower_readonlytables(e, u->key, u->elem, &ks, &vs))
		return false;
	i = bd_newvar(it);
	head = bd_block();
	body = bd_block();
	done = bd_block();
	bd_write(i, bd_int(it, 0));
	bd_jump(head);
	bd_start(head);
	bd_if(bd_emit2(OP_LTS, VT_I8, bd_read(i), bd_int(it, n), 0), body, done, 1);
	bd_sealstart(body);
	at = bd_read(i);
	kp = bd_addvar(bd_symaddr(ks, 0), bd_emit2(OP_MUL, it, at, bd_int(it, type_size(u->key)), 0));
	vp = bd_addvar(bd_symaddr(vs, 0), bd_emit2(OP_MUL, it, at, bd_int(it, type_size(u->elem)), 0));
	setelem(m, u, bd_load(u->key, kp, 0), bd_load(u->elem, vp, 0));
	bd_write(i, bd_emit2(OP_ADD, it, bd_read(i), bd_int(it, 1), 0));
	bd_jump(head);
	bd_seal(head);
	bd_sealstart(done);
	return true;
}

static Opd
maplit(Expr *e, Type *t)
{
	Type *u = type_under(t);
	int n = e->composite.elems.n;
	Value *p;
	Opd m;

	if (n <= 8)
		p = bd_rt1("makemap_small", 0);
	else
		p = bd_rt1("makemap", 3, bd_desc(t), bd_int(lw.target->ptrsize == 8 ? VT_I64 : VT_I32, n), bd_nil());
	report_expr(p, e);
	m = bd_opd1(t, p);
	if (n > MANYMAP && mapfromtables(e, m, u))
		return m;
	for (int i = 0; i < n; i++) {
		Expr *x = e->composite.elems.at[i], *kv[] = { x->binary.x, x->binary.y };
		Type *ts[] = { u->key, u->elem };
		Opd o[2];
		void *mark = bd_tempmark();

		bd_exprlist(kv, ts, 2, o);
		bd->pos = x->pos;
		setelem(m, u, o[0], o[1]);
		bd_temprelease(mark);
	}
	return m;
}

/* The components of a literal that SSA holds. */
static void
setparts(Expr *e, Type *u, Opd *r, Part part)
{
	for (int k = 0; k < e->composite.elems.n; k++) {
		Expr *x = e->composite.elems.at[k], *value = elemvalue(x);
		Type *et;
		Opd v;
		int c = 0;

		if (!inpart(value, part))
			continue;
		if (u->kind == T_STRUCT) {
			int i = structfield(u, x, k);

			if (blankfield(u, i)) {
				bd_expr(value);
				continue;
			}
			et = obj_type(u->st.fields.at[i]);
			c = bd_fieldcomp(u, i);
		} else {
			et = u->elem;
		}
		v = bd_exprconv(value, et);
		if (v.mem)
			continue;	/* nothing in it: an array of zero-sized elements */
		for (int i = 0; i < v.lt->ncomp; i++)
			r->c[c + i] = v.c[i];
	}
}

Opd
bd_composite(Expr *e)
{
	Type *t = bd_type(e->type), *u;
	const LowerType *lt;
	Opd r;
	Value *p;
	Part part;

	if (e->isptr && type_under(t)->kind == T_PTR)
		t = type_under(t)->elem;
	u = type_under(t);
	lt = lower_type(t);
	/* clang-format off */
	switch (u->kind) {
	case T_SLICE:
		return slicelit(e, t);
	case T_MAP:
		return maplit(e, t);
	case T_STRUCT: case T_ARRAY:
		break;
	default:
		bug("lower: composite literal of %s", type_string(t, NULL));
	}
	/* clang-format on */
	if (!lt->ssa) {
		if (e->composite.elems.n > 4) {
			ObjSym *ro = lower_readonly(t, e);

			if (ro != NULL) {
				r = bd_mem(t, bd_symaddr(ro, 0), 0);
				r.fresh = true;
				return r;
			}
		}
		if (e->composite.elems.n == 0)
			return bd_zero(t);
		p = bd_temp(t);
		bd_zeromem(t, p, 0);
		fill(e, t, p, 0);
		r = bd_mem(t, p, 0);
		r.fresh = true;
		return r;
	}
	r = bd_zero(t);
	part = firstpart(e);
	setparts(e, u, &r, part);
	if (part == CALLS)
		setparts(e, u, &r, REST);
	return r;
}

void
bd_compositeto(Expr *e, Value *addr, int64_t off, bool fresh)
{
	Type *t = bd_type(e->type);

	if (fresh)
		fill(e, t, addr, off);
	else
		bd_store(addr, off, bd_composite(e));
}

static void
reportnew(Value *p, Pos pos, const Expr *e)
{
	if (ssa_opt.m > 0)
		report_object(p, pos, intern_printf("&%s", report_text(e)));
}

/* &T{...} */
Value *
bd_compositeptr(Expr *e)
{
	Pos pos = bd->pos;	/* of the & */
	Type *t = bd_type(e->type);
	Value *p;

	if (e->isptr && type_under(t)->kind == T_PTR)
		t = type_under(t)->elem;
	if (type_under(t)->kind != T_STRUCT && type_under(t)->kind != T_ARRAY) {
		Opd x = bd_composite(e);

		p = bd_new(t);
		reportnew(p, pos, e);
		bd_storefresh(p, 0, x);
		return p;
	}
	p = bd_new(t);
	reportnew(p, pos, e);
	fill(e, t, p, 0);
	return p;
}
