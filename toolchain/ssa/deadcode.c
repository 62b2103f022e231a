/*
 * deadcode.c - remove values that nobody needs.
 *
 * needs   nothing
 * keeps   block order, dominators
 * breaks  liveness
 *
 * Marks from effects, branches and results backwards, then sweeps; so cycles
 * of phis that only feed each other go too. Recounts uses on the way.
 */
#include "ssa/ssa.h"

static void
mark(Value *v, Value **stack, int *sp)
{
	if (!v->mark) {
		v->mark = true;
		stack[(*sp)++] = v;
	}
}

static bool
needed(const Value *v)
{
	/* A machine operation's own table was consulted when it was selected: back-end passes do not call this one. */
	return v->op >= OP_GENERIC_END || (op_info[v->op].effect && v->op != OP_NEW && v->op != OP_NEWARRAY);
}

void ssa_deadcode(Func *f);

void
ssa_deadcode(Func *f)
{
	Value **stack = NEWN(f->a, Value *, f->nvalue + 1);
	int sp = 0;

	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next)
			v->mark = false;
		for (Value *v = b->first; v != NULL; v = v->next)
			v->mark = false;
	}
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->first; v != NULL; v = v->next)
			if (needed(v))
				mark(v, stack, &sp);
		if (b->ctl != NULL)
			mark(b->ctl, stack, &sp);
		if (b->kind == BK_RET)
			for (int i = 0; i < f->sig->nresult; i++)
				mark(b->ret[i], stack, &sp);
	}
	while (sp > 0) {
		Value *v = stack[--sp];

		for (int i = 0; i < v->narg; i++)
			mark(v->arg[i], stack, &sp);
	}
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis, *next; v != NULL; v = next) {
			next = v->next;
			if (!v->mark)
				value_remove(v);
		}
		/* backwards, so that RESULTs leave before their call could */
		for (Value *v = b->last, *prev; v != NULL; v = prev) {
			prev = v->prev;
			if (!v->mark)
				value_remove(v);
		}
	}
}
