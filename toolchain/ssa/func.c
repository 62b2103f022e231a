/*
 * func.c - making and changing functions, blocks and values.
 *
 * All memory is the function's arena; nothing is given back before the
 * function is done. Use counts are exact only while AN_USES is valid: the
 * functions here keep them if they were.
 */
#include "ssa/ssa.h"
#include "target/target.h"

int
vtype_size(VType t)
{
	static const int8_t size[VT_COUNT] = { 0, 1, 2, 4, 8, 8, 4, 8, 16 };

	return size[t];
}

Func *
func_new(Arena *a, const struct Target *t, const char *name, const CallSig *sig)
{
	Func *f = NEW(a, Func);

	f->a = a;
	f->target = t;
	f->name = name;
	f->sig = sig;
	return f;
}

Block *
block_new(Func *f, BlockKind k)
{
	Block *b = NEW(f->a, Block);

	b->kind = (uint8_t)k;
	b->id = f->nblock++;
	b->prev = f->lastblock;
	if (f->lastblock != NULL)
		f->lastblock->next = b;
	else
		f->entry = b;
	f->lastblock = b;
	f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS | AN_LIVE);
	return b;
}

void
block_edgein(Func *f, Block *from, Block *to)
{
	vec_push(f->a, &from->succ, to);
	vec_push(f->a, &to->pred, from);
	for (Value *v = to->phis; v != NULL; v = v->next)
		value_addarg(f, v, NULL);
	f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS | AN_LIVE);
}

/* Removes entry i of to's predecessors and the phi arguments that belong to it. */
static void
droppred(Block *to, int i)
{
	for (Value *v = to->phis; v != NULL; v = v->next) {
		if (v->arg[i] != NULL)
			v->arg[i]->nuse--;
		memmove(v->arg + i, v->arg + i + 1, sizeof *v->arg * (size_t)(v->narg - i - 1));
		v->narg--;
	}
	memmove(to->pred.at + i, to->pred.at + i + 1, sizeof *to->pred.at * (size_t)(to->pred.n - i - 1));
	to->pred.n--;
}

/* Which of to's predecessor entries stands for from's successor entry i. A pair may be linked more than once. */
int
block_predindex(const Block *from, int i)
{
	const Block *to = from->succ.at[i];
	int nth = 0;

	for (int k = 0; k < i; k++)
		nth += from->succ.at[k] == to;
	for (int k = 0; k < to->pred.n; k++)
		if (to->pred.at[k] == from && nth-- == 0)
			return k;
	bug("block_predindex: b%d is not a predecessor of b%d", from->id, to->id);
}

void
block_dropedge(Func *f, Block *from, int i)
{
	droppred(from->succ.at[i], block_predindex(from, i));
	memmove(from->succ.at + i, from->succ.at + i + 1, sizeof *from->succ.at * (size_t)(from->succ.n - i - 1));
	from->succ.n--;
	f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS | AN_LIVE);
}

void
block_redirect(Func *f, Block *from, int i, Block *to)
{
	droppred(from->succ.at[i], block_predindex(from, i));
	from->succ.at[i] = to;
	vec_push(f->a, &to->pred, from);
	for (Value *v = to->phis; v != NULL; v = v->next)
		value_addarg(f, v, NULL);
	f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS | AN_LIVE);
}

void
block_remove(Func *f, Block *b)
{
	while (b->succ.n > 0)
		block_dropedge(f, b, b->succ.n - 1);
	assert(b->pred.n == 0);
	for (Value *v = b->first; v != NULL; v = v->next)
		for (int i = 0; i < v->narg; i++)
			v->arg[i]->nuse--;
	if (b->prev != NULL)
		b->prev->next = b->next;
	else
		f->entry = b->next;
	if (b->next != NULL)
		b->next->prev = b->prev;
	else
		f->lastblock = b->prev;
	f->valid &= ~(unsigned)(AN_USES | AN_DOM | AN_LOOPS | AN_LIVE);
}

static Value *
newvalue(Func *f, Block *b, Op op, VType t, Pos pos)
{
	Value *v = NEW(f->a, Value);

	v->op = (uint16_t)op;
	v->type = (uint8_t)t;
	v->id = f->nvalue++;
	v->pos = pos;
	v->inl = -1;
	v->reg = -1;
	v->block = b;
	return v;
}

/* Into the list of b, before at; NULL: at its end. */
static void
linkvalue(Value *v, Block *b, Value *at)
{
	Value *before = at != NULL ? at->prev : b->last;

	v->block = b;
	v->prev = before;
	v->next = at;
	if (before != NULL)
		before->next = v;
	else
		b->first = v;
	if (at != NULL)
		at->prev = v;
	else
		b->last = v;
}

static void
unlinkvalue(Value *v)
{
	Block *b = v->block;
	bool phi = v->op == OP_PHI;

	if (v->prev != NULL)
		v->prev->next = v->next;
	else if (phi)
		b->phis = v->next;
	else
		b->first = v->next;
	if (v->next != NULL)
		v->next->prev = v->prev;
	else if (!phi)
		b->last = v->prev;
}

Value *
value_new(Func *f, Block *b, Op op, VType t, Pos pos)
{
	Value *v = newvalue(f, b, op, t, pos);

	linkvalue(v, b, NULL);
	return v;
}

Value *
value_newfirst(Func *f, Block *b, Op op, VType t, Pos pos)
{
	if (b->first == NULL)
		return value_new(f, b, op, t, pos);
	return value_newbefore(f, b->first, op, t, pos);
}

Value *
value_newbefore(Func *f, Value *at, Op op, VType t, Pos pos)
{
	Value *v = newvalue(f, at->block, op, t, pos);

	v->inl = at->inl;
	linkvalue(v, at->block, at);
	return v;
}

Value *
value_newafter(Func *f, Value *at, Op op, VType t, Pos pos)
{
	Value *v = newvalue(f, at->block, op, t, pos);

	v->inl = at->inl;
	linkvalue(v, at->block, at->next);
	return v;
}

Value *
value_phi(Func *f, Block *b, VType t)
{
	Value *v = newvalue(f, b, OP_PHI, t, b->pos);

	v->next = b->phis;
	if (b->phis != NULL)
		b->phis->prev = v;
	b->phis = v;
	if (b->pred.n > 0) {
		v->arg = NEWN(f->a, Value *, b->pred.n);
		v->narg = b->pred.n;
		v->argcap = b->pred.n;
	}
	return v;
}

void
value_addarg(Func *f, Value *v, Value *arg)
{
	if (v->narg == v->argcap) {
		int32_t cap = v->argcap == 0 ? 2 : v->argcap * 2;
		Value **p = NEWN(f->a, Value *, cap);

		if (v->narg > 0)
			memcpy(p, v->arg, sizeof *p * (size_t)v->narg);
		v->arg = p;
		v->argcap = cap;
	}
	v->arg[v->narg++] = arg;
	if (arg != NULL)
		arg->nuse++;
}

void
value_setarg(Value *v, int i, Value *arg)
{
	if (v->arg[i] != NULL)
		v->arg[i]->nuse--;
	v->arg[i] = arg;
	if (arg != NULL)
		arg->nuse++;
}

void
value_dropargs(Value *v)
{
	for (int i = 0; i < v->narg; i++)
		if (v->arg[i] != NULL)
			v->arg[i]->nuse--;
	v->narg = 0;
}

void
value_move(Value *v, Block *b, Value *at)
{
	unlinkvalue(v);
	linkvalue(v, b, at);
}

void
value_remove(Value *v)
{
	value_dropargs(v);
	unlinkvalue(v);
}

void
value_tocopy(Func *f, Value *v, Value *of)
{
	of->nuse++;	/* before the arguments go: of may be one of them */
	value_dropargs(v);
	if (v->op == OP_PHI)	/* a copy is no phi: it goes to the head of its block */
		value_move(v, v->block, v->block->first);
	v->op = OP_COPY;
	v->aux = 0;
	v->slot = NULL;
	value_addarg(f, v, of);
	of->nuse--;
}

/* The value a chain of copies stands for. */
Value *
value_uncopy(Value *v)
{
	while (v->op == OP_COPY)
		v = v->arg[0];
	return v;
}

/*
 * Makes every use of a COPY use the original, and removes the copies. One
 * pass for many replacements: value_tocopy marks, ssa_uncopy sweeps.
 */
void
ssa_uncopy(Func *f)
{
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next)
			for (int i = 0; i < v->narg; i++)
				if (v->arg[i]->op == OP_COPY)
					value_setarg(v, i, value_uncopy(v->arg[i]));
		for (Value *v = b->first; v != NULL; v = v->next)
			if (v->op != OP_COPY)
				for (int i = 0; i < v->narg; i++)
					if (v->arg[i]->op == OP_COPY)
						value_setarg(v, i, value_uncopy(v->arg[i]));
		if (b->ctl != NULL && b->ctl->op == OP_COPY) {
			b->ctl->nuse--;
			b->ctl = value_uncopy(b->ctl);
			b->ctl->nuse++;
		}
		if (b->kind == BK_RET)
			for (int i = 0; i < f->sig->nresult; i++)
				if (b->ret[i]->op == OP_COPY) {
					b->ret[i]->nuse--;
					b->ret[i] = value_uncopy(b->ret[i]);
					b->ret[i]->nuse++;
				}
	}
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first, *next; v != NULL; v = next) {
			next = v->next;
			if (v->op == OP_COPY)
				value_remove(v);
		}
}

void
block_setctl(Block *b, Value *ctl)
{
	if (b->ctl != NULL)
		b->ctl->nuse--;
	b->ctl = ctl;
	if (ctl != NULL)
		ctl->nuse++;
}

Value *
value0(Func *f, Block *b, Op op, VType t, Pos pos, int64_t aux)
{
	Value *v = value_new(f, b, op, t, pos);

	v->aux = aux;
	return v;
}

Value *
value1(Func *f, Block *b, Op op, VType t, Pos pos, Value *x, int64_t aux)
{
	Value *v = value0(f, b, op, t, pos, aux);

	value_addarg(f, v, x);
	return v;
}

Value *
value2(Func *f, Block *b, Op op, VType t, Pos pos, Value *x, Value *y, int64_t aux)
{
	Value *v = value1(f, b, op, t, pos, x, aux);

	value_addarg(f, v, y);
	return v;
}

Value *
value_const(Func *f, Block *b, VType t, int64_t i)
{
	return value0(f, b, vtype_isfloat(t) ? OP_FCONST : OP_CONST, t, b->pos, i);
}

Slot *
slot_new(Func *f, const GcType *t, const char *name)
{
	Slot *s = NEW(f->a, Slot);

	s->type = *t;
	s->name = name;
	s->id = f->nslot++;
	if (f->lastslot != NULL)
		f->lastslot->next = s;
	else
		f->slots = s;
	f->lastslot = s;
	return s;
}
