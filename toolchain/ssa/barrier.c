/*
 * barrier.c - write barriers around pointer stores to the heap.
 *
 * needs   nothing
 * breaks  AN_USES, AN_DOM, AN_LIVE
 *
 * The hybrid barrier (Go proposal 17503) shades both the pointer that is
 * overwritten and the one written. A run of stores without a call between
 * them shares one test of runtime.writeBarrier:
 *
 *     if WBFLAG != 0 { WB a0 v0; WB a1 v1 }  STORE a0 v0; STORE a1 v1
 *
 * From the test to the last store no asynchronous stop may fall between
 * (Value.nopreempt). No barrier is needed for the frame, nor for an object
 * allocated since the last call: it holds nothing yet and is already marked.
 */
#include "ssa/ssa.h"
#include "target/target.h"

static bool
iscall(const Value *v)
{
	return v->op < OP_GENERIC_END && op_info[v->op].call;
}

/* base was just allocated in the same block, and no call came between: nothing can have seen it. */
static bool
fresh(const Value *base, const Value *store)
{
	int budget = 1000;

	if (base->op != OP_RESULT || base->block != store->block || base->arg[0]->op != OP_CALL ||
	    (base->arg[0]->sym != ssa_rtsym("newobject") && base->arg[0]->sym != ssa_rtsym("mallocgc")))
		return false;
	for (const Value *v = store->prev; v != base; v = v->prev)
		if (v == NULL || budget-- == 0 || iscall(v) || ((v->op == OP_MOVE || v->op == OP_ZERO) && v->barrier))
			return false;
	return true;
}

static bool
needsbarrier(const Value *v)
{
	Value *base;

	if (!v->barrier)
		return false;
	base = ssa_addr(v->arg[0]).base;
	if (base->op == OP_SLOTADDR || base->op == OP_ARGADDR || fresh(base, v))
		return false;
	if (v->op == OP_STORE)
		return v->arg[1]->type == VT_PTR;
	return v->gctype != NULL && v->gctype->ptrbytes > 0;
}

/* Everything from `at` on moves to a new block, which takes b's place in its successors' predecessor lists. */
static Block *
split(Func *f, Block *b, Value *at)
{
	Block *t = block_new(f, b->kind);

	t->kind = b->kind;
	t->likely = b->likely;
	t->pos = b->pos;
	t->ctl = b->ctl;
	t->ret = b->ret;
	t->aux = b->aux;
	t->cold = b->cold;
	b->ctl = NULL;
	b->ret = NULL;
	b->likely = 0;
	t->first = at;
	t->last = b->last;
	b->last = at->prev;
	if (at->prev != NULL)
		at->prev->next = NULL;
	else
		b->first = NULL;
	at->prev = NULL;
	for (Value *v = at; v != NULL; v = v->next)
		v->block = t;
	for (int i = 0; i < b->succ.n; i++) {
		Block *s = b->succ.at[i];

		vec_push(f->a, &t->succ, s);
		for (int k = 0; k < s->pred.n; k++)
			if (s->pred.at[k] == b)
				s->pred.at[k] = t;
	}
	b->succ.n = 0;
	return t;
}

static void
slow_store(Func *f, Block *slow, const Value *store)
{
	Value *addr = store->arg[0], *wb;

	if (store->aux != 0) {
		Value *off = value_const(f, slow, f->target->ptrsize == 8 ? VT_I64 : VT_I32, store->aux);

		off->pos = store->pos;
		addr = value2(f, slow, OP_ADDPTR, VT_PTR, store->pos, addr, off, 0);
		addr->inl = store->inl;
	}
	wb = value2(f, slow, OP_WB, VT_VOID, store->pos, addr, store->arg[1], 0);
	wb->inl = store->inl;
	wb->nopreempt = true;
}

/* wbMove(typ, dst, src) and wbZero(typ, dst): the runtime shades all pointers of a piece of typed memory. */
static void
slow_typed(Func *f, Block *slow, const Value *v)
{
	static const CallSig *sig[2];
	int nparam = v->op == OP_MOVE ? 3 : 2;
	Value *call, *typ = value_new(f, slow, OP_SYMADDR, VT_PTR, v->pos), *dst = v->arg[0];

	if (sig[v->op == OP_MOVE] == NULL) {
		AbiParam p[3] = { 0 };
		AbiComp c[3];

		for (int i = 0; i < nparam; i++) {
			c[i] = (AbiComp){ VT_PTR, 0 };
			p[i] = (AbiParam){ .first = i,
				.n = 1,
				.size = f->target->ptrsize,
				.align = f->target->ptrsize,
				.registers = true };
		}
		sig[v->op == OP_MOVE] = abi_assign(perm, f->target, p, nparam, c, NULL, 0, NULL, false);
	}
	typ->sym = v->gctype->desc;
	if (v->aux != 0) {
		Value *off = value_const(f, slow, f->target->ptrsize == 8 ? VT_I64 : VT_I32, v->aux);

		dst = value2(f, slow, OP_ADDPTR, VT_PTR, v->pos, dst, off, 0);
	}
	call = value_new(f, slow, OP_CALL, VT_VOID, v->pos);
	call->inl = v->inl;
	call->nopreempt = true;
	call->sym = ssa_rtsym(v->op == OP_MOVE ? "wbMove" : "wbZero");
	call->sig = sig[v->op == OP_MOVE];
	value_addarg(f, call, typ);
	value_addarg(f, call, dst);
	if (v->op == OP_MOVE)
		value_addarg(f, call, v->arg[1]);
}

/* The last store of the run that starts at v: only pure values may stand between. */
static Value *
runend(Value *v)
{
	Value *last = v;

	if (v->op != OP_STORE)
		return v;
	for (Value *w = v->next; w != NULL; w = w->next) {
		if (w->op == OP_STORE && needsbarrier(w))
			last = w;
		else if (w->op >= OP_GENERIC_END || op_info[w->op].effect || op_info[w->op].reads)
			if (w->op != OP_STORE)
				break;
	}
	return last;
}

/* Values the slow path needs must be made before the test: pure ones between the stores move up. */
static void
hoist(Block *b, Value *first, Value *last)
{
	if (first == last)
		return;
	for (Value *v = first->next, *next; v != NULL && v != last; v = next) {
		next = v->next;
		if (v->op != OP_STORE)
			value_move(v, b, first);
	}
}

static Block *
guard(Func *f, Block *b, Value *first)
{
	Value *last = runend(first), *flag, *on, *zero;
	Block *slow, *rest;

	hoist(b, first, last);
	rest = split(f, b, first);
	slow = block_new(f, BK_JUMP);
	slow->cold = true;
	slow->pos = first->pos;
	flag = value0(f, b, OP_WBFLAG, VT_I32, first->pos, 0);
	flag->inl = first->inl;
	flag->nopreempt = true;
	zero = value_const(f, b, VT_I32, 0);
	zero->pos = first->pos;
	on = value2(f, b, OP_NE, VT_I8, first->pos, flag, zero, 0);
	on->inl = first->inl;
	b->kind = BK_IF;
	b->likely = -1;
	block_setctl(b, on);
	block_edgein(f, b, slow);
	block_edgein(f, b, rest);
	block_edgein(f, slow, rest);
	for (Value *v = first;; v = v->next) {
		if (needsbarrier(v)) {
			if (v->op == OP_STORE)
				slow_store(f, slow, v);
			else
				slow_typed(f, slow, v);
			v->barrier = false;
			v->nopreempt = true;
		} else if (v->op == OP_STORE) {
			v->nopreempt = true;
		}
		if (v == last)
			break;
	}
	return rest;
}

void ssa_barrier(Func *f);

void
ssa_barrier(Func *f)
{
	if (f->nobarrier)
		return;
	for (Block *b = f->entry, *end = f->lastblock; b != NULL; b = b == end ? NULL : b->next) {
		Vec(Value *) runs = { 0 };

		for (Value *v = b->first; v != NULL; v = v->next)
			if ((v->op == OP_STORE || v->op == OP_MOVE || v->op == OP_ZERO) && v->barrier &&
			    !needsbarrier(v))
				v->barrier = false;
		for (Value *v = b->first; v != NULL; v = v->next)
			if ((v->op == OP_STORE || v->op == OP_MOVE || v->op == OP_ZERO) && v->barrier) {
				vec_push(f->a, &runs, v);
				v = runend(v);
			}
		/* from the end, so that each split moves only what follows its run */
		while (runs.n > 0)
			guard(f, b, vec_pop(&runs));
	}
}
