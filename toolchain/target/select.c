/*
 * select.c - what instruction selection of all CPUs does alike.
 */
#include "target/target.h"

Value *
select_strip(Value *v)
{
	while (v->op == OP_TRUNC || v->op == OP_P2I)
		v = v->arg[0];
	return v;
}

bool
select_isconst(const Value *v, int64_t *i)
{
	if (v->op != OP_CONST)
		return false;
	/* clang-format off */
	switch (vtype_size((VType)v->type)) {
	case 1: *i = (int8_t)v->aux; break;
	case 2: *i = (int16_t)v->aux; break;
	case 4: *i = (int32_t)v->aux; break;
	default: *i = v->aux;
	}
	/* clang-format on */
	return true;
}

void
select_setargs(Func *f, Value *v, Value **arg, int n)
{
	for (int i = 0; i < n; i++) {
		arg[i] = select_strip(arg[i]);
		arg[i]->nuse++;	/* before the old ones go */
	}
	value_dropargs(v);
	for (int i = 0; i < n; i++) {
		value_addarg(f, v, arg[i]);
		arg[i]->nuse--;
	}
}

Value *
select_before(Func *f, Value *at, Op op, VType t, Value *arg)
{
	Value *v = value_newbefore(f, at, op, t, at->pos);

	v->num = at->num;
	if (arg != NULL)
		value_addarg(f, v, arg);
	return v;
}

Value *
select_const(Func *f, Value *at, VType t, int64_t i)
{
	Value *v = select_before(f, at, OP_CONST, t, NULL);

	v->aux = i;
	return v;
}

Value *
select_address(Func *f, Value *at, Value *p, int64_t off)
{
	Value *a;

	if (off == 0)
		return p;
	a = select_before(f, at, OP_ADDPTR, VT_PTR, p);
	value_addarg(f, a, select_const(f, a, VT_I64, off));
	return a;
}

enum { MAXPIECE = 1 << 30 };	/* the size must fit an immediate */

void
select_split(Func *f, Value *v)
{
	int64_t rest = v->size - MAXPIECE;
	Value *w;

	if (rest <= 0)
		return;
	w = select_before(f, v, (Op)v->op, VT_VOID, v->arg[0]);
	if (v->op == OP_MOVE)
		value_addarg(f, w, v->arg[1]);
	w->aux = v->aux;
	w->size = rest;
	w->gctype = v->gctype;
	value_setarg(v, 0, select_address(f, v, v->arg[0], v->aux + rest));
	if (v->op == OP_MOVE)
		value_setarg(v, 1, select_address(f, v, v->arg[1], rest));
	v->aux = 0;
	v->size = MAXPIECE;
}

/* ---- nil checks ---- */

/* The access at w faults by itself if p is nil, before anything else can be seen. span: bytes of the largest access. */
static bool
faultsfor(const Value *w, const Value *p, int span)
{
	int n = w->op == OP_MOVE ? 2 : 1;

	for (int i = 0; i < n; i++) {
		Addr a = ssa_addr(w->arg[i]);
		int64_t off = a.off + (i == 0 ? w->aux : 0);

		if (a.base == p && a.exact && off >= 0 &&
		    off + (w->op == OP_LOAD || w->op == OP_STORE ? 8 : span) <= 4096)
			return true;
	}
	return false;
}

/* Does an access soon after do the same? Then it must not be dropped: mark. */
static bool
covered(Value *check, int span)
{
	Addr p = ssa_addr(check->arg[0]);
	int budget = 40;

	/* addresses of elements and fields come from pointers that were checked */
	if (value_uncopy(check->arg[0])->op == OP_ADDPTR || p.base->op == OP_SLOTADDR || p.base->op == OP_SYMADDR)
		return true;
	if (!p.exact || p.off != 0)
		return false;
	for (Value *w = check->next; w != NULL && budget-- > 0; w = w->next)
		switch (w->op) {
		case OP_LOAD:
		case OP_STORE:
		case OP_ZERO:
		case OP_MOVE:
			if ((w->op == OP_LOAD || w->op == OP_STORE || w->size > 0) && faultsfor(w, p.base, span)) {
				w->mark = true;
				return true;
			}
			if (w->op != OP_LOAD)
				return false;
			break;
		case OP_NILCHECK: {
			Addr q = ssa_addr(w->arg[0]);

			if (q.base == p.base && q.exact && q.off == 0)
				return true;
			break;
		}
		default:
			if (w->op >= OP_GENERIC_END || op_info[w->op].effect)
				return false;
		}
	return false;
}

void
select_nilchecks(Func *f, int span)
{
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			v->mark = false;
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->last, *prev; v != NULL; v = prev) {
			prev = v->prev;
			if (v->op == OP_NILCHECK && covered(v, span))
				value_tocopy(f, v, v->arg[0]);
		}
	/* a check that stays gives nothing new: its users take what it checked */
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first, *next; v != NULL; v = next) {
			next = v->next;
			if (v->op == OP_NILCHECK && v->nuse > 0) {
				Value *c = value_newbefore(f, v, OP_NILCHECK, VT_VOID, v->pos);

				value_addarg(f, c, v->arg[0]);
				value_tocopy(f, v, v->arg[0]);
			}
		}
	ssa_uncopy(f);
}

/* ---- blocks ---- */

static void
endblock(Func *f, Block *b, int32_t effects, const Selector *s, void *ctx)
{
	if (b->kind == BK_IF) {
		Value *c = b->ctl, *last = b->last, *fl = value_new(f, b, OP_COPY, VT_VOID, c->pos);
		int cc;

		fl->inl = c->inl;
		fl->num = effects;
		if (c->block != b) {
			fl->pos = last != NULL ? last->pos : b->pos;
			fl->inl = last != NULL ? last->inl : -1;
		}
		fl->nopreempt = last != NULL && last->nopreempt;
		cc = s->branch(ctx, fl, c);
		block_setctl(b, NULL);
		b->ctl = fl;
		b->kind = BK_TARGET;
		b->aux = cc;
	} else if (b->kind == BK_SWITCH) {
		if (vtype_size((VType)b->ctl->type) < 8) {
			Value *z = value1(f, b, OP_ZEXT, VT_I64, b->ctl->pos, b->ctl, 0);

			z->num = effects;
			block_setctl(b, z);
		}
		block_setctl(b, select_strip(b->ctl));
	} else if (b->kind == BK_RET) {
		for (int i = 0; i < f->sig->nresult; i++) {
			Value *r = select_strip(b->ret[i]);

			r->nuse++;
			b->ret[i]->nuse--;
			b->ret[i] = r;
		}
	}
}

static void
block(Func *f, Block *b, const Selector *s, void *ctx)
{
	int32_t effects = 0;

	for (Value *v = b->first; v != NULL; v = v->next) {
		v->num = effects;
		if (v->op < OP_GENERIC_END && op_info[v->op].effect)
			effects++;
	}
	endblock(f, b, effects, s, ctx);
	for (Value *v = b->last, *prev; v != NULL; v = prev) {
		prev = v->prev;
		if (v->op >= OP_TARGET)
			continue;
		if (v->nuse == 0 && !op_info[v->op].effect && !v->mark && v->op != OP_RESULT) {
			value_remove(v);
			continue;
		}
		diag.pos = v->pos;
		s->value(ctx, v);
		/* what selection put before v is selected next; v may be gone, then nothing was put */
		if (v->prev != NULL && v->prev->next == v)
			prev = v->prev;
	}
}

void
select_blocks(Func *f, Block **rpo, int n, const Selector *s, void *ctx)
{
	for (int i = n - 1; i >= 0; i--)
		block(f, rpo[i], s, ctx);
}
