/*
 * build_opd.c - operands, memory, and local variables of the function being built.
 *
 * An operand of a type that SSA can hold is its components; any other is an
 * address. An address may be that of a variable, so an operand which has to
 * survive other evaluations goes through bd_hold. Temporaries are slots that are
 * given back at the end of the statement that took them; a slot with pointers is
 * always valid for the collector (Slot.live), so reuse needs no clearing.
 */
#include "lower/build.h"

enum { MAXSTACKVAR = 128 << 10, MAXBYVALUE = 128, MAXOFFSET = 1 << 30 };

typedef struct Temp Temp;
struct Temp {
	Slot *slot;
	const LowerType *lt;
	Temp *next;
};

/* ---- making ---- */

static Opd
opd(Type *t)
{
	Opd x = { .t = t, .lt = lower_type(t) };

	return x;
}

Opd
bd_zero(Type *t)
{
	Opd x = opd(t);

	if (!x.lt->ssa) {
		x.mem = true;
		x.fresh = true;
		return x;
	}
	for (int i = 0; i < x.lt->ncomp; i++)
		x.c[i] = bd_zeroval(x.lt->comp[i].type);
	return x;
}

Opd
bd_opd1(Type *t, Value *v)
{
	Opd x = opd(t);

	assert(x.lt->ssa && x.lt->ncomp == 1);
	x.c[0] = v;
	return x;
}

Opd
bd_opd2(Type *t, Value *a, Value *b)
{
	Opd x = opd(t);

	assert(x.lt->ssa && x.lt->ncomp == 2);
	x.c[0] = a;
	x.c[1] = b;
	return x;
}

Opd
bd_opd3(Type *t, Value *a, Value *b, Value *c)
{
	Opd x = opd(t);

	assert(x.lt->ssa && x.lt->ncomp == 3);
	x.c[0] = a;
	x.c[1] = b;
	x.c[2] = c;
	return x;
}

Opd
bd_mem(Type *t, Value *addr, int64_t off)
{
	Opd x = opd(t);

	x.mem = true;
	x.addr = addr;
	x.off = off;
	return x;
}

Opd
bd_load(Type *t, Value *addr, int64_t off)
{
	Opd x = opd(t);

	if (!x.lt->ssa)
		return bd_mem(t, addr, off);
	if (off > MAXOFFSET) {
		addr = bd_addptr(addr, off);
		off = 0;
	}
	for (int i = 0; i < x.lt->ncomp; i++) {
		x.c[i] = bd_emit1(OP_LOAD, x.lt->comp[i].type, addr, off + x.lt->comp[i].off);
		x.c[i]->islen = x.lt->comp[i].len;
	}
	return x;
}

Opd
bd_retype(Opd x, Type *t)
{
	const LowerType *lt = lower_type(t);

	assert(lt->ssa == x.lt->ssa && lt->ncomp == x.lt->ncomp);
	x.t = t;
	x.lt = lt;
	return x;
}

/* ---- memory ---- */

bool
bd_stackaddr(const Value *addr)
{
	while (addr->op == OP_ADDPTR || addr->op == OP_COPY)
		addr = addr->arg[0];
	return addr->op == OP_SLOTADDR || addr->op == OP_ARGADDR;
}

static void
store(Value *addr, int64_t off, Opd x, bool barrier)
{
	Value *v;

	if (off > MAXOFFSET) {
		addr = bd_addptr(addr, off);
		off = 0;
	}
	if (!x.mem) {
		for (int i = 0; i < x.lt->ncomp; i++) {
			v = bd_emit2(OP_STORE, VT_VOID, addr, x.c[i], off + x.lt->comp[i].off);
			v->size = vtype_size(x.lt->comp[i].type);
			v->barrier = barrier && x.lt->comp[i].type == VT_PTR;
		}
		return;
	}
	if (x.lt->gc.size == 0)
		return;
	addr = bd_addptr(addr, off);
	/* arrays reached through pointers that slices were converted to may overlap partially */
	if (x.addr != NULL && !x.fresh && barrier && type_under(x.t)->kind == T_ARRAY && !bd_stackaddr(x.addr)) {
		Value *src = bd_addptr(x.addr, x.off);

		if (x.lt->gc.ptrbytes > 0)
			bd_rt1("typedmemmove", 3, bd_desc(x.t), addr, src);
		else
			bd_rt1("memmove", 3, addr, src,
			    bd_int(lw.target->ptrsize == 8 ? VT_I64 : VT_I32, x.lt->gc.size));
		return;
	}
	if (x.addr == NULL)
		v = bd_emit1(OP_ZERO, VT_VOID, addr, 0);
	else
		v = bd_emit2(OP_MOVE, VT_VOID, addr, bd_addptr(x.addr, x.off), 0);
	v->size = x.lt->gc.size;
	if (x.lt->gc.ptrbytes > 0) {
		v->gctype = &x.lt->gc;
		v->barrier = barrier;
	}
}

void
bd_store(Value *addr, int64_t off, Opd x)
{
	store(addr, off, x, !bd_stackaddr(addr));
}

void
bd_storefresh(Value *addr, int64_t off, Opd x)
{
	int64_t i;

	if (x.mem && x.addr == NULL)
		return;
	if (!x.mem && x.lt->ncomp == 1 && bd_isconst(x.c[0], &i) && i == 0)
		return;
	store(addr, off, x, false);
}

void
bd_zeromem(Type *t, Value *addr, int64_t off)
{
	const LowerType *lt = lower_type(t);
	Opd x = { .t = t, .lt = lt };

	if (lt->ssa)
		x = bd_zero(t);
	else
		x.mem = true;
	bd_store(addr, off, x);
}

Value *
bd_temp(Type *t)
{
	const LowerType *lt = lower_type(t);
	Temp *p = map_get(bd->temps, lt);

	if (lt->gc.size > MAXSTACKVAR)
		return bd_new(t);
	if (p != NULL)
		map_set(bd->temps, lt, p->next);
	else {
		p = NEW(bd->a, Temp);
		p->lt = lt;
		p->slot = slot_new(bd->f, &lt->gc, NULL);
		p->slot->live = lt->gc.ptrbytes > 0;
		p->slot->pos = bd->pos;
	}
	p->next = (Temp *)bd->busy;
	bd->busy = (struct Temp *)p;
	return bd_slotaddr(p->slot, 0);
}

void *
bd_tempmark(void)
{
	return bd->busy;
}

void
bd_temprelease(void *mark)
{
	while ((void *)bd->busy != mark) {
		Temp *p = (Temp *)bd->busy;

		bd->busy = (struct Temp *)p->next;
		p->next = map_get(bd->temps, p->lt);
		map_set(bd->temps, p->lt, p);
	}
}

Opd
bd_hold(Opd x)
{
	Value *p;

	if (!x.mem || x.fresh || x.addr == NULL)
		return x;
	p = bd_temp(x.t);
	bd_store(p, 0, x);
	x.addr = p;
	x.off = 0;
	x.fresh = true;
	return x;
}

Value *
bd_toaddr(Opd x)
{
	Value *p;

	if (x.mem && x.addr != NULL)
		return bd_addptr(x.addr, x.off);
	p = bd_temp(x.t);
	bd_store(p, 0, x);
	return p;
}

Value *
bd_new(Type *t)
{
	Value *v;

	v = bd_emit(OP_NEW, VT_PTR, 0);
	v->gctype = lower_gctype(t);
	v->nonnil = true;
	return v;
}

Value *
bd_tmpbuf(int64_t nbytes)
{
	Value *v = bd_emit(OP_NEW, VT_PTR, 0);

	v->gctype = lower_gctype(type_array(typ[T_UINT8], nbytes));
	v->tmpbuf = v->zeroed = true;
	return v;
}

void
bd_useiface(Type *t)
{
	ObjSym *s = lower_desc(t);

	if (bd->f->sym != NULL)
		obj_reloc(bd->f->sym, 0, OBJ_R_USEIFACE, s, 0);
}

Value *
bd_desc(Type *t)
{
	return bd_symaddr(lower_desc(t), 0);
}

/* ---- parts ---- */

int
bd_fieldcomp(Type *st, int i)
{
	Type *u = type_under(st);
	int n = 0;

	for (int k = 0; k < i; k++)
		n += lower_type(u->st.fields.at[k]->type)->ncomp;
	return n;
}

Opd
bd_field(Opd x, int i)
{
	Type *u = type_under(x.t);
	Type *ft = u->st.fields.at[i]->type;
	Opd y;
	int c;

	if (x.mem) {
		if (x.addr == NULL)
			return bd_zero(ft);
		y = bd_load(ft, x.addr, x.off + type_offset(u, i));
		y.fresh = x.fresh;
		return y;
	}
	y = opd(ft);
	c = bd_fieldcomp(u, i);
	for (int k = 0; k < y.lt->ncomp; k++)
		y.c[k] = x.c[c + k];
	return y;
}

int
bd_abicomps(Opd x, Value **out)
{
	if (!x.mem) {
		for (int i = 0; i < x.lt->ncomp; i++)
			out[i] = x.c[i];
		return x.lt->ncomp;
	}
	for (int i = 0; i < x.lt->nabi; i++)
		out[i] = x.addr == NULL ? bd_zeroval(x.lt->abi[i].type) :
					  bd_emit1(OP_LOAD, x.lt->abi[i].type, x.addr, x.off + x.lt->abi[i].off);
	return x.lt->nabi;
}

Opd
bd_fromabi(Type *t, Value **in)
{
	Opd x = opd(t);
	Value *p;

	if (x.lt->ssa) {
		for (int i = 0; i < x.lt->ncomp; i++) {
			x.c[i] = in[i];
			in[i]->islen |= x.lt->comp[i].len;	/* parameters and results: nobody else has them */
		}
		return x;
	}
	p = bd_temp(t);
	for (int i = 0; i < x.lt->nabi; i++)
		bd_emit2(OP_STORE, VT_VOID, p, in[i], x.lt->abi[i].off)->size = vtype_size(x.lt->abi[i].type);
	x = bd_mem(t, p, 0);
	x.fresh = true;
	return x;
}

/* ---- variables ---- */

Expr *
bd_unparen(Expr *e)
{
	while (e->kind == EX_PAREN)
		e = e->unary.x;
	return e;
}

bool
bd_isblank(const Expr *e)
{
	e = bd_unparen((Expr *)e);
	return e->kind == EX_NAME && e->name.text[0] == '_' && e->name.text[1] == '\0';
}

bool
bd_isnil(Expr *e)
{
	return bd_unparen(e)->mode == MODE_NIL;
}

bool
bd_byref(Obj *o, Type *t)
{
	return o->captured && (o->reassigned || o->isresult || o->addrtaken || lower_type(t)->gc.size > MAXBYVALUE);
}

bool
bd_inmem(Obj *o, Type *t)
{
	return o->addrtaken || bd_byref(o, t) || !lower_type(t)->ssa;
}

Var *
bd_declare(Obj *o, Type *t, bool inmem)
{
	Var *v = NEW(bd->a, Var);

	v->t = t;
	v->lt = lower_type(t);
	v->o = o;
	if (v->lt->ssa && !inmem) {
		v->kind = VAR_SSA;
		v->base = bd->vartypes.n;
		for (int i = 0; i < v->lt->ncomp; i++)
			bd_newvar(v->lt->comp[i].type);
	} else if (o == NULL && v->lt->gc.size <= MAXSTACKVAR) {
		v->kind = VAR_SLOT;
		v->slot = slot_new(bd->f, &v->lt->gc, o != NULL ? o->name : NULL);
		v->slot->live = v->lt->gc.ptrbytes > 0;
		v->slot->pos = bd->pos;
	} else {
		v->kind = VAR_MEM;
		v->addr = bd_new(t);
		report_variable(v->addr, o);
	}
	if (o != NULL)
		map_set(bd->ctx->vars, o, v);
	return v;
}

Var *
bd_var(Obj *o)
{
	Var *v = map_get(bd->ctx->vars, o);

	if (v == NULL)
		bug("lower: variable %s is not known here", o->name);
	return v;
}

Value *
bd_varaddr(Var *v, int64_t *off)
{
	*off = v->off;
	if (v->kind == VAR_SLOT)
		return bd_slotaddr(v->slot, 0);
	if (v->kind == VAR_IND)
		return bd_read(v->base);
	assert(v->kind == VAR_MEM);
	return v->addr;
}

Opd
bd_varload(Var *v)
{
	Opd x;
	int64_t off;
	Value *p;

	if (v->kind == VAR_SSA) {
		x = opd(v->t);
		for (int i = 0; i < v->lt->ncomp; i++)
			x.c[i] = bd_read(v->base + i);
		return x;
	}
	p = bd_varaddr(v, &off);
	return bd_load(v->t, p, off);
}

void
bd_varstore(Var *v, Opd x)
{
	int64_t off;
	Value *p;

	if (v->kind == VAR_SSA) {
		assert(!x.mem);
		for (int i = 0; i < v->lt->ncomp; i++)
			bd_write(v->base + i, x.c[i]);
		return;
	}
	p = bd_varaddr(v, &off);
	bd_store(p, off, x);
}

void
bd_varinit(Var *v, Opd x)
{
	if (v->kind == VAR_MEM) {
		bd_storefresh(v->addr, v->off, x);
		if (x.mem && x.addr != NULL && v->addr->op == OP_NEW)
			v->addr->zeroed = true;
	} else
		bd_varstore(v, x);
}

void
bd_define(Obj *o, Type *t, Opd x)
{
	Var *v = bd_declare(o, t, bd_inmem(o, t));

	if (v->kind == VAR_SSA && !o->reassigned && bd_isiface(t))
		v->dyn = bd_dyntype(x);
	bd_varinit(v, x);
}
