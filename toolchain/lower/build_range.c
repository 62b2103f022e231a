/*
 * build_range.c - for range over integers, arrays, slices, strings, maps and
 * channels. Range over functions is build_rangefunc.c.
 *
 * The operand is evaluated once. Variables declared by the statement are made
 * afresh for every iteration (since Go 1.22; once before the loop for files of
 * an older language version), so the loop counts in a hidden variable.
 */
#include "lower/build.h"

typedef struct {
	Stmt *s;
	Block *head, *body, *cont, *done;
	Jump jump;
} Loop;

static VType
inttype(void)
{
	return lw.target->ptrsize == 8 ? VT_I64 : VT_I32;
}

static bool
wanted(Expr *e)
{
	return e != NULL && !bd_isblank(e);
}

/* Variables of the statement that live across iterations. */
static void
declareonce(Stmt *s)
{
	Expr *es[2] = { s->range.key, s->range.value };

	if (!s->range.define || s->range.periter)
		return;
	for (int i = 0; i < 2; i++)
		if (wanted(es[i])) {
			Obj *o = es[i]->name.obj;
			Type *t = bd_type(obj_type(o));

			bd_define(o, t, bd_zero(t));
		}
}

static void
setvar(Stmt *s, Expr *e, Opd x)
{
	if (!wanted(e))
		return;
	if (s->range.define) {
		Obj *o = e->name.obj;
		Type *t = bd_type(obj_type(o));

		x = bd_implicit(x, t);
		if (s->range.periter)
			bd_define(o, t, x);
		else
			bd_varstore(bd_var(o), x);
	} else {
		Lval lv = bd_lval(e);

		bd_lvstore(&lv, bd_implicit(x, lv.t));
	}
}

static void
setvars(Stmt *s, Opd *k, Opd *v)
{
	Expr *ke = s->range.key, *ve = s->range.value;

	bd->pos = s->pos;
	if (s->range.define || !wanted(ke) || !wanted(ve)) {
		if (k != NULL)
			setvar(s, ke, *k);
		if (v != NULL)
			setvar(s, ve, *v);
		return;
	}
	/* an assignment: both places are evaluated before either is assigned */
	{
		Lval lk = bd_lval(ke), lv = bd_lval(ve);

		if (k != NULL)
			bd_lvstore(&lk, bd_implicit(*k, lk.t));
		if (v != NULL)
			bd_lvstore(&lv, bd_implicit(*v, lv.t));
	}
}

/* Opens a loop: the head is current, not sealed. */
static void
begin(Loop *l, Stmt *s)
{
	l->s = s;
	l->head = bd_block();
	l->body = bd_block();
	l->cont = bd_block();
	l->done = bd_block();
	declareonce(s);
	bd->ctx->loops++;
	bd_jump(l->head);
	bd_start(l->head);
}

static void
enter(Loop *l, Value *more, int likely)
{
	bd_if(more, l->body, l->done, likely);
	bd_sealstart(l->body);
}

/* The body; then the block of `continue` is current. */
static void
runbody(Loop *l)
{
	l->jump.s = l->s;
	l->jump.brk = l->done;
	l->jump.cont = l->cont;
	l->jump.up = bd->ctx->jumps;
	bd->ctx->jumps = &l->jump;
	fuzz_edge();
	bd_stmt(l->s->range.body);
	bd->ctx->jumps = l->jump.up;
	bd_jump(l->cont);
	bd_sealstart(l->cont);
}

static void
end(Loop *l)
{
	bd_jump(l->head);
	bd_seal(l->head);
	bd->ctx->loops--;
	bd_sealstart(l->done);
}

static void
count(int i, VType t)
{
	bd_write(i, bd_emit2(OP_ADD, t, bd_read(i), bd_int(t, 1), 0));
}

static void
rangeint(Stmt *s, Opd n)
{
	Loop l = { 0 };
	VType t = n.c[0]->type;
	int i = bd_newvar(t);
	Opd k;

	bd_write(i, bd_int(t, 0));
	begin(&l, s);
	enter(&l, bd_emit2(type_isunsigned(n.t) ? OP_LTU : OP_LTS, VT_I8, bd_read(i), n.c[0], 0), 1);
	k = bd_opd1(n.t, bd_read(i));
	setvars(s, &k, NULL);
	runbody(&l);
	count(i, t);
	end(&l);
}

/* Elements of size bytes at base; base NULL: only indices are wanted. */
static void
rangeindex(Stmt *s, Value *base, int64_t off, Value *n, Type *elem)
{
	Loop l = { 0 };
	VType t = inttype();
	int i = bd_newvar(t);
	int64_t size = elem != NULL ? lower_gctype(elem)->size : 0;
	Value *at;
	Opd k, v;

	bd_write(i, bd_int(t, 0));
	begin(&l, s);
	enter(&l, bd_emit2(OP_LTS, VT_I8, bd_read(i), n, 0), 1);
	k = bd_opd1(typ[T_INT], bd_read(i));
	if (base != NULL && wanted(s->range.value)) {
		at = bd_read(i);
		if (size == 0)
			v = bd_zero(elem);
		else {
			if (size != 1)
				at = bd_emit2(OP_MUL, t, at, bd_int(t, size), 0);
			v = bd_load(elem, bd_addvar(base, at), off);
		}
		setvars(s, &k, &v);
	} else
		setvars(s, &k, NULL);
	runbody(&l);
	count(i, t);
	end(&l);
}

static void
rangestring(Stmt *s, Opd x)
{
	Loop l = { 0 };
	VType t = inttype();
	int i = bd_newvar(t), next = bd_newvar(t), rune = bd_newvar(VT_I32);
	Block *ascii = NULL, *multi, *go;
	Value *c, *r[2];
	Opd k, v;

	bd_write(i, bd_int(t, 0));
	begin(&l, s);
	enter(&l, bd_emit2(OP_LTS, VT_I8, bd_read(i), x.c[1], 0), 1);
	ascii = bd_block();
	multi = bd_block();
	go = bd_block();
	c = bd_ext(bd_emit1(OP_LOAD, VT_I8, bd_addvar(x.c[0], bd_read(i)), 0), VT_I32, true);
	bd_if(bd_emit2(OP_LTU, VT_I8, c, bd_int(VT_I32, 0x80), 0), ascii, multi, 1);
	bd_sealstart(ascii);
	bd_write(rune, c);
	bd_write(next, bd_emit2(OP_ADD, t, bd_read(i), bd_int(t, 1), 0));
	bd_jump(go);
	bd_sealstart(multi);
	bd_rt("decoderune", (Value *[]){ x.c[0], x.c[1], bd_read(i) }, r);
	bd_write(rune, r[0]);
	bd_write(next, r[1]);
	bd_jump(go);
	bd_sealstart(go);
	k = bd_opd1(typ[T_INT], bd_read(i));
	v = bd_opd1(type_rune, bd_read(rune));
	setvars(s, &k, &v);
	runbody(&l);
	bd_write(i, bd_read(next));
	end(&l);
}

/* Memory of an iterator: runtime.hiter as reflect declares it, eight pointers and four words. */
static Type *
itertype(void)
{
	static Type *t;

	if (t == NULL) {
		t = type_new(T_STRUCT);
		vec_push(perm, &t->st.fields,
		    obj_new(OBJ_FIELD, 0, NULL, intern_str("p"), type_array(typ[T_UNSAFEPTR], 8)));
		vec_push(perm, &t->st.fields,
		    obj_new(OBJ_FIELD, 0, NULL, intern_str("w"), type_array(typ[T_UINTPTR], 4)));
	}
	return t;
}

static void
rangemap(Stmt *s, Opd m, Type *u)
{
	Loop l = { 0 };
	Type *t = itertype();
	Value *it = bd_temp(t), *kp;
	Opd k, v;

	bd_zeromem(t, it, 0);
	bd_rt1("mapiterinit", 3, bd_desc(m.t), m.c[0], it);
	begin(&l, s);
	kp = bd_emit1(OP_LOAD, VT_PTR, it, 0);
	enter(&l, bd_emit2(OP_NE, VT_I8, kp, bd_nil(), 0), 1);
	if (wanted(s->range.key))
		k = bd_load(u->key, kp, 0);
	if (wanted(s->range.value))
		v = bd_load(u->elem, bd_emit1(OP_LOAD, VT_PTR, it, lw.target->ptrsize), 0);
	setvars(s, wanted(s->range.key) ? &k : NULL, wanted(s->range.value) ? &v : NULL);
	runbody(&l);
	bd_rt1("mapiternext", 1, it);
	end(&l);
}

static void
rangechan(Stmt *s, Opd ch, Type *elem)
{
	Loop l = { 0 };
	bool want = wanted(s->range.key) && lower_gctype(elem)->size > 0;
	Value *tmp, *ok;
	Opd v;

	begin(&l, s);
	tmp = want ? bd_recvtemp(elem) : bd_nil();
	ok = bd_rt1("chanrecv2", 2, ch.c[0], tmp);
	enter(&l, ok, 1);
	v = want ? bd_load(elem, tmp, 0) : bd_zero(elem);
	setvars(s, &v, NULL);
	runbody(&l);
	end(&l);
}

void
bd_range(Stmt *s)
{
	Expr *xe = bd_unparen(s->range.x);
	Type *t = bd_type(xe->type), *u = type_core(t);
	Opd x;
	bool value = wanted(s->range.value);

	bd->pos = s->pos;
	if (u == NULL)
		bug("lower: range over %s", type_string(t, NULL));
	u = type_under(u);
	if (u->kind == T_FUNC) {
		bd_rangefunc(s);
		return;
	}
	if (u->kind == T_PTR || u->kind == T_ARRAY) {
		Type *at = u->kind == T_PTR ? type_under(u->elem) : u;
		Value *n;

		if (!value) {
			/* the operand is not evaluated if len of it is constant */
			bool fixed = true;

			if (bd_haseffect(xe))
				fixed = false;
			if (!fixed)
				bd_expr(xe);
			n = bd_int(inttype(), at->len);
			rangeindex(s, NULL, 0, n, NULL);
			return;
		}
		if (u->kind == T_PTR) {
			x = bd_expr(xe);
			rangeindex(s, bd_nilcheck(x.c[0]), 0, bd_int(inttype(), at->len), at->elem);
			return;
		}
		x = bd_hold(bd_expr(xe));
		n = bd_int(inttype(), at->len);
		if (x.mem && x.addr == NULL)
			rangeindex(s, bd_toaddr(x), 0, n, at->elem);
		else if (x.mem)
			rangeindex(s, bd_addptr(x.addr, x.off), 0, n, at->elem);
		else
			rangeindex(s, bd_toaddr(x), 0, n, at->elem);
		return;
	}
	x = u->kind == T_SLICE ? bd_peek(xe) : bd_expr(xe);	/* nobody can write to the slice */
	switch (u->kind) {
	case T_SLICE:
		rangeindex(s, x.c[0], 0, x.c[1], u->elem);
		break;
	case T_STRING:
		rangestring(s, x);
		break;
	case T_MAP:
		rangemap(s, x, u);
		break;
	case T_CHAN:
		rangechan(s, x, u->elem);
		break;
	default:
		if (!type_isinteger(x.t))
			bug("lower: range over %s", type_string(t, NULL));
		rangeint(s, x);
		break;
	}
}

static bool
effectin(void *ctx, Expr *e)
{
	bool *found = ctx;

	if (e->kind == EX_FUNCLIT || e->mode == MODE_TYPE || e->mode == MODE_CONST)
		return false;
	if ((e->kind == EX_CALL && e->call.what == CALL_FUNC) || (e->kind == EX_UNARY && e->op == TK_ARROW))
		*found = true;
	return !*found;
}

static bool
noeffect(void *ctx, Stmt *s)
{
	(void)ctx;
	(void)s;
	return false;
}

/* Spec, Length and capacity: does len(e) have to evaluate e? */
bool
bd_haseffect(Expr *e)
{
	bool found = false;
	Visitor v = { .ctx = &found, .expr = effectin, .stmt = noeffect };

	walk_expr(&v, e);
	return found;
}
