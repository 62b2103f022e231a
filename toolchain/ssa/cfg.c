/*
 * cfg.c - order and shape of the control-flow graph.
 *
 * A function has one entry, and one more if it defers: the runtime resumes a
 * recovered frame at f->deferexit, whatever was running. Both are roots of
 * every walk here.
 */
#include "ssa/ssa.h"

/* One frame of the explicit depth-first stack: Go functions can be deep chains of blocks. */
typedef struct {
	Block *b;
	int next;
} Frame;

static int
postorder(Func *f, Block *root, Block **order, int n, uint64_t *seen, Frame *stack)
{
	int sp = 0;

	if (bit_test(seen, root->id))
		return n;
	bit_set(seen, root->id);
	stack[sp++] = (Frame){ root, 0 };
	while (sp > 0) {
		Frame *t = &stack[sp - 1];

		if (t->next < t->b->succ.n) {
			/* the last successor first, so that the first one comes first in reverse */
			Block *s = t->b->succ.at[t->b->succ.n - 1 - t->next++];

			if (!bit_test(seen, s->id)) {
				bit_set(seen, s->id);
				stack[sp++] = (Frame){ s, 0 };
			}
			continue;
		}
		order[n++] = t->b;
		sp--;
	}
	(void)f;
	return n;
}

Block **
ssa_rpo(Func *f, int *n)
{
	Block **order = NEWN(f->a, Block *, f->nblock);
	Frame *stack = NEWN(f->a, Frame, f->nblock + 1);
	uint64_t *seen = NEWN(f->a, uint64_t, f->nblock / 64 + 1);
	int len = 0;

	if (f->deferexit != NULL)
		len = postorder(f, f->deferexit, order, len, seen, stack);
	len = postorder(f, f->entry, order, len, seen, stack);
	for (int i = 0, j = len - 1; i < j; i++, j--) {
		Block *t = order[i];

		order[i] = order[j];
		order[j] = t;
	}
	for (Block *b = f->entry; b != NULL; b = b->next)
		b->rpo = -1;
	for (int i = 0; i < len; i++)
		order[i]->rpo = i;
	*n = len;
	return order;
}

void
ssa_unreachable(Func *f)
{
	int n;
	bool any = false;

	ssa_rpo(f, &n);
	for (Block *b = f->entry; b != NULL; b = b->next)
		if (b->rpo < 0) {
			any = true;
			while (b->succ.n > 0)
				block_dropedge(f, b, b->succ.n - 1);
		}
	if (!any)
		return;
	for (Block *b = f->entry, *next; b != NULL; b = next) {
		next = b->next;
		if (b->rpo < 0) {
			if (b->ctl != NULL)
				block_setctl(b, NULL);
			if (b->kind == BK_RET)
				for (int i = 0; i < f->sig->nresult; i++)
					if (b->ret != NULL && b->ret[i] != NULL)
						b->ret[i]->nuse--;
			for (Value *v = b->phis; v != NULL; v = v->next)
				value_dropargs(v);
			for (Value *v = b->first; v != NULL; v = v->next)
				value_dropargs(v);
			block_remove(f, b);
		}
	}
}

/* A phi whose arguments are all the same value, or itself, is a copy of it. */
static bool
trivialphi(Func *f, Value *v)
{
	Value *same = NULL;

	for (int i = 0; i < v->narg; i++) {
		Value *x = value_uncopy(v->arg[i]);

		if (x == v || x == same)
			continue;
		if (same != NULL)
			return false;
		same = x;
	}
	if (same == NULL)
		return false;	/* unreachable loop: ssa_unreachable removes it */
	value_tocopy(f, v, same);
	return true;
}

/* Appends to's values to from, which jumps to nowhere else and is its only predecessor. */
static void
merge(Func *f, Block *from, Block *to)
{
	while (to->phis != NULL)
		value_tocopy(f, to->phis, to->phis->arg[0]);
	for (Value *v = to->first; v != NULL; v = v->next)
		v->block = from;
	if (to->first != NULL) {
		to->first->prev = from->last;
		if (from->last != NULL)
			from->last->next = to->first;
		else
			from->first = to->first;
		from->last = to->last;
		to->first = to->last = NULL;
	}
	block_dropedge(f, from, 0);
	from->kind = to->kind;
	from->likely = to->likely;
	from->ctl = to->ctl;
	from->ret = to->ret;
	from->aux = to->aux;
	to->ctl = NULL;
	to->ret = NULL;
	to->kind = BK_EXIT;
	/* the successors' predecessor entries are renamed in place, so that phi order is kept */
	from->succ.n = 0;
	for (int i = 0; i < to->succ.n; i++) {
		Block *s = to->succ.at[i];

		vec_push(f->a, &from->succ, s);
		for (int k = 0; k < s->pred.n; k++)
			if (s->pred.at[k] == to)
				s->pred.at[k] = from;
	}
	to->succ.n = 0;
	block_remove(f, to);
}

static bool
fold_branch(Func *f, Block *b)
{
	if (b->kind == BK_IF && b->succ.at[0] == b->succ.at[1]) {
		const Block *s = b->succ.at[0];
		int i = block_predindex(b, 0), k = block_predindex(b, 1);

		for (const Value *v = s->phis; v != NULL; v = v->next)
			if (v->arg[i] != v->arg[k])
				return false;
		block_dropedge(f, b, 1);
	} else if (b->kind == BK_IF && value_uncopy(b->ctl)->op == OP_CONST) {
		block_dropedge(f, b, value_uncopy(b->ctl)->aux != 0 ? 1 : 0);
	} else if (b->kind == BK_IF && value_uncopy(b->ctl)->op == OP_BOOLNOT) {
		Block *t = b->succ.at[0];

		block_setctl(b, value_uncopy(b->ctl)->arg[0]);
		b->succ.at[0] = b->succ.at[1];
		b->succ.at[1] = t;
		b->likely = (int8_t)-b->likely;
		f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS | AN_LIVE);
		return true;
	} else {
		return false;
	}
	b->kind = BK_JUMP;
	b->likely = 0;
	block_setctl(b, NULL);
	return true;
}

/* b does nothing but jump: its predecessors may jump to its successor, if that has no phis that would tell them apart. */
static bool
skip_empty(Func *f, Block *b)
{
	Block *to;

	if (b->kind != BK_JUMP || b->first != NULL || b->phis != NULL || b == f->entry || b == f->deferexit)
		return false;
	to = b->succ.at[0];
	if (to == b || to->phis != NULL || b->pred.n == 0)
		return false;
	while (b->pred.n > 0) {
		Block *p = b->pred.at[0];
		int i = 0;

		while (p->succ.at[i] != b)
			i++;
		block_redirect(f, p, i, to);
	}
	return true;
}

void
ssa_simplifycfg(Func *f)
{
	bool again = true;

	ssa_unreachable(f);
	for (int round = 0; again && round < 10; round++) {
		again = false;
		for (Block *b = f->entry; b != NULL; b = b->next) {
			for (Value *v = b->phis, *next; v != NULL; v = next) {
				next = v->next;
				again |= trivialphi(f, v);
			}
			again |= fold_branch(f, b);
			while (b->kind == BK_JUMP && b->succ.n == 1 && b->succ.at[0]->pred.n == 1 &&
			    b->succ.at[0] != b && b->succ.at[0] != f->entry && b->succ.at[0] != f->deferexit) {
				merge(f, b, b->succ.at[0]);
				again = true;
			}
		}
		ssa_unreachable(f);
		for (Block *b = f->entry, *next; b != NULL; b = next) {
			next = b->next;
			if (skip_empty(f, b))
				again = true;
		}
		ssa_unreachable(f);
	}
	ssa_uncopy(f);
}

void
ssa_splitcritical(Func *f)
{
	for (Block *b = f->entry; b != NULL; b = b->next) {
		if (b->succ.n < 2)
			continue;
		for (int i = 0; i < b->succ.n; i++) {
			Block *to = b->succ.at[i], *mid;
			int k = block_predindex(b, i);

			if (to->pred.n < 2)
				continue;
			mid = block_new(f, BK_JUMP);
			mid->pos = b->pos;
			mid->cold = to->cold;
			b->succ.at[i] = mid;
			vec_push(f->a, &mid->pred, b);
			vec_push(f->a, &mid->succ, to);
			to->pred.at[k] = mid;
		}
	}
	f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS | AN_LIVE);
}

/* Blocks that lead only to a panic are cold. */
static void
markcold(Func *f, Block **order, int n)
{
	for (int i = n - 1; i >= 0; i--) {
		Block *b = order[i];

		if (b == f->entry)
			continue;
		if (b->kind == BK_EXIT) {
			b->cold = true;
			continue;
		}
		if (b->succ.n == 0 || b->cold)
			continue;
		b->cold = true;
		for (int k = 0; k < b->succ.n; k++)
			b->cold &= b->succ.at[k]->cold;
	}
	for (int i = 0; i < n; i++) {
		const Block *b = order[i];

		if (b->kind == BK_IF && b->likely != 0) {
			Block *un = b->succ.at[b->likely > 0 ? 1 : 0];

			if (un->pred.n == 1)
				un->cold = true;
		}
	}
}

/*
 * A loop whose test stands at its top runs two branches an iteration. If the last block of the loop jumps back to the
 * test, the test moves below it: one conditional branch back, and a jump to the test when the loop is entered.
 */
static void
rotate(Func *f, Block **out, int n)
{
	int *at = NEWN(f->a, int, f->nblock);

	for (int i = 0; i < n; i++)
		at[out[i]->id] = i;
	for (int i = n - 1; i > 0; i--) {
		Block *h = out[i];
		int latch = -1;

		if (h->succ.n != 2 || h->cold || h == f->deferexit)
			continue;
		for (int k = 0; k < h->pred.n; k++) {
			const Block *p = h->pred.at[k];

			if (at[p->id] > i && p->succ.n == 1 && p->cold == h->cold && at[p->id] > latch)
				latch = at[p->id];
		}
		if (latch < 0)
			continue;
		memmove(out + i, out + i + 1, sizeof *out * (size_t)(latch - i));
		out[latch] = h;
		for (int k = i; k <= latch; k++)
			at[out[k]->id] = k;
	}
}

/*
 * Layout: greedy traces. From each block go on to the likely successor that is
 * not placed yet. Cold blocks follow all others; then loops are rotated.
 */
void
ssa_layout(Func *f)
{
	int n, nout = 0;
	Block **order = ssa_rpo(f, &n), **out = NEWN(f->a, Block *, n);
	uint64_t *placed = NEWN(f->a, uint64_t, f->nblock / 64 + 1);

	markcold(f, order, n);
	for (int cold = 0; cold < 2; cold++)
		for (int i = 0; i < n; i++)
			for (Block *b = order[i], *next; b != NULL; b = next) {
				next = NULL;
				if (bit_test(placed, b->id) || b->cold != cold)
					break;
				bit_set(placed, b->id);
				out[nout++] = b;
				for (int k = 0; k < b->succ.n; k++) {
					Block *s = b->succ.at[k];
					bool pref = b->likely == 0 ? true : (b->likely > 0) == (k == 0);

					if (bit_test(placed, s->id) || s->cold != cold)
						continue;
					/* a join waits for its other predecessors unless the branch says it is likely */
					if (next == NULL || (pref && b->likely != 0))
						next = s;
				}
				if (next != NULL && next->rpo != b->rpo + 1 && b->likely == 0) {
					/* keep reverse postorder unless all predecessors are placed */
					for (int k = 0; k < next->pred.n; k++)
						if (!bit_test(placed, next->pred.at[k]->id) &&
						    next->pred.at[k]->rpo < next->rpo) {
							next = NULL;
							break;
						}
				}
			}
	assert(nout == n);
	rotate(f, out, n);
	f->entry = out[0];
	for (int i = 0; i < n; i++) {
		out[i]->prev = i > 0 ? out[i - 1] : NULL;
		out[i]->next = i < n - 1 ? out[i + 1] : NULL;
	}
	f->lastblock = out[n - 1];
}
