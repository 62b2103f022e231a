/*
 * cse.c - one computation for equal pure values.
 *
 * needs   AN_DOM
 * breaks  AN_USES, AN_LIVE
 *
 * Global value numbering in its simplest form: a hash table of pure values
 * seen so far, in reverse postorder; a value that equals an earlier one which
 * dominates it becomes a copy. Repeated checks (BOUNDS, ZEROCHECK) with equal
 * arguments go the same way: the first one dominates and would have panicked.
 * Constants and addresses are cheap to make again; sharing them is still
 * right, as the allocator rematerialises them where needed.
 */
#include "ssa/ssa.h"

static bool
pure(const Value *v)
{
	const OpInfo *o = &op_info[v->op];

	if (v->op >= OP_GENERIC_END)
		return false;
	switch (v->op) {
	case OP_BOUNDS:
	case OP_ZEROCHECK:
	case OP_SHIFTCHECK:
		return true;
	case OP_PHI:
	case OP_COPY:
	case OP_PARAM:
	case OP_RESULT:
	case OP_ARGADDR:
	case OP_CLOSURE:
	case OP_GETG:
	case OP_CALLERPC:
	case OP_CALLERSP:
		return false;
	default:
		return !o->effect && !o->reads;
	}
}

static uint64_t
hashof(const Value *v)
{
	uint64_t h = v->op * 0x9E3779B97F4A7C15u + v->type;

	h = (h ^ (uint64_t)v->aux) * 0xD6E8FEB86659FD93u;
	h = (h ^ (uint64_t)(uintptr_t)v->sym) * 0xD6E8FEB86659FD93u;
	if (op_info[v->op].commutative)
		return (h ^ (uint64_t)(v->arg[0]->id + v->arg[1]->id)) * 0xD6E8FEB86659FD93u;
	for (int i = 0; i < v->narg; i++)
		h = (h ^ (uint64_t)v->arg[i]->id) * 0xD6E8FEB86659FD93u;
	return h ^ h >> 32;
}

static bool
same(const Value *v, const Value *w)
{
	if (v->op != w->op || v->type != w->type || v->aux != w->aux || v->sym != w->sym || v->narg != w->narg ||
	    v->bounded != w->bounded)
		return false;
	if (op_info[v->op].commutative && v->arg[0] == w->arg[1] && v->arg[1] == w->arg[0])
		return true;
	for (int i = 0; i < v->narg; i++)
		if (v->arg[i] != w->arg[i])
			return false;
	/* comparisons of different widths have the same result type */
	return true;
}

typedef struct Entry Entry;
struct Entry {
	Value *v;
	Entry *next;
};

void ssa_cse(Func *f);

void
ssa_cse(Func *f)
{
	int n, nbucket = 64;
	Block **order = ssa_rpo(f, &n);
	Entry **bucket;

	while (nbucket < f->nvalue)
		nbucket *= 2;
	bucket = NEWN(f->a, Entry *, nbucket);
	for (int i = 0; i < n; i++)
		for (Value *v = order[i]->first, *next; v != NULL; v = next) {
			Entry **head, *e;

			next = v->next;
			for (int k = 0; k < v->narg; k++)
				if (v->arg[k]->op == OP_COPY)
					value_setarg(v, k, value_uncopy(v->arg[k]));
			if (!pure(v))
				continue;
			head = &bucket[hashof(v) & (uint64_t)(nbucket - 1)];
			for (e = *head; e != NULL; e = e->next)
				if (same(e->v, v) && ssa_dominates(e->v->block, order[i]))
					break;
			if (e != NULL) {
				if (v->type == VT_VOID)
					value_remove(v);
				else
					value_tocopy(f, v, e->v);
				continue;
			}
			e = NEW(f->a, Entry);
			e->v = v;
			e->next = *head;
			*head = e;
		}
	ssa_uncopy(f);
}
