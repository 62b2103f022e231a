/*
 * dom.c - dominator tree and natural loops.
 *
 * The root is a virtual block (NULL) above f->entry and f->deferexit, so no
 * block dominates the deferreturn point but itself.
 * Source: Cooper, Harvey, Kennedy, "A Simple, Fast Dominance Algorithm".
 */
#include "ssa/ssa.h"

/* Nearest common dominator; depth by reverse postorder number. */
static Block *
intersect(Block *a, Block *b)
{
	while (a != b) {
		if (a == NULL || b == NULL)
			return NULL;
		if (a->rpo > b->rpo)
			a = a->idom;
		else
			b = b->idom;
	}
	return a;
}

/* Intervals of a walk of the tree: a dominates b if a's holds b's. Blocks out of the tree hold none and are held by none. */
static void
number(Func *f, Block **order, int n)
{
	int32_t *size = NEWN(f->a, int32_t, n), *next = NEWN(f->a, int32_t, n), top = 1;

	for (Block *b = f->entry; b != NULL; b = b->next)
		b->domin = b->domout = -1 - b->id;
	for (int i = n - 1; i >= 0; i--) {
		size[i]++;
		if (order[i]->idom != NULL)
			size[order[i]->idom->rpo] += size[i];
	}
	for (int i = 0; i < n; i++) {
		Block *b = order[i];
		int32_t *at = b->idom != NULL ? &next[b->idom->rpo] : &top;

		b->domin = *at;
		b->domout = *at + size[i] - 1;
		*at += size[i];
		next[i] = b->domin + 1;
	}
}

static void
dominators(Func *f)
{
	int n;
	Block **order = ssa_rpo(f, &n);
	bool *done = NEWN(f->a, bool, n), again = true;

	for (Block *b = f->entry; b != NULL; b = b->next)
		b->idom = NULL;
	while (again) {
		again = false;
		for (int i = 0; i < n; i++) {
			Block *b = order[i], *idom = NULL;
			bool first = true;

			if (b != f->entry && b != f->deferexit)
				for (int k = 0; k < b->pred.n; k++) {
					Block *p = b->pred.at[k];

					if (p->rpo < 0 || !done[p->rpo])
						continue;
					idom = first ? p : intersect(idom, p);
					first = false;
				}
			if (!done[i] || b->idom != idom) {
				b->idom = idom;
				done[i] = true;
				again = true;
			}
		}
	}
	for (int i = 0; i < n; i++)
		order[i]->domdepth = order[i]->idom == NULL ? 0 : order[i]->idom->domdepth + 1;
	number(f, order, n);
}

bool
ssa_dominates(const Block *a, const Block *b)
{
	return a == b || (b != NULL && a->domin <= b->domin && b->domout <= a->domout);
}

/* Adds one to the depth of every block of the loop with head h that b's back edge closes. */
static void
addloop(Block *h, Block *b, Block **stack, int32_t *inloop, int32_t stamp)
{
	int sp = 0;

	if (inloop[h->id] != stamp) {
		inloop[h->id] = stamp;
		h->loopdepth++;
	}
	if (inloop[b->id] != stamp) {
		inloop[b->id] = stamp;
		b->loopdepth++;
		stack[sp++] = b;
	}
	while (sp > 0) {
		Block *x = stack[--sp];

		for (int i = 0; i < x->pred.n; i++) {
			Block *p = x->pred.at[i];

			if (p->rpo >= 0 && inloop[p->id] != stamp) {
				inloop[p->id] = stamp;
				p->loopdepth++;
				stack[sp++] = p;
			}
		}
	}
}

static void
loops(Func *f)
{
	int n;
	Block **order = ssa_rpo(f, &n), **stack = NEWN(f->a, Block *, f->nblock);
	int32_t *inloop = NEWN(f->a, int32_t, f->nblock), stamp = 0;

	for (Block *b = f->entry; b != NULL; b = b->next) {
		b->loopdepth = 0;
		b->loophead = NULL;
	}
	/* outer heads come first in reverse postorder, so an inner loop overwrites loophead */
	for (int i = 0; i < n; i++) {
		Block *h = order[i];
		bool any = false;

		stamp++;
		for (int k = 0; k < h->pred.n; k++) {
			Block *p = h->pred.at[k];

			if (p->rpo >= 0 && ssa_dominates(h, p)) {
				addloop(h, p, stack, inloop, stamp);
				any = true;
			}
		}
		if (any)
			for (int k = i; k < n; k++)
				if (inloop[order[k]->id] == stamp)
					order[k]->loophead = h;
	}
}

void ssa_live(Func *f);

static void
uses(Func *f)
{
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next)
			v->nuse = 0;
		for (Value *v = b->first; v != NULL; v = v->next)
			v->nuse = 0;
	}
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next)
			for (int i = 0; i < v->narg; i++)
				v->arg[i]->nuse++;
		for (Value *v = b->first; v != NULL; v = v->next)
			for (int i = 0; i < v->narg; i++)
				v->arg[i]->nuse++;
		if (b->ctl != NULL)
			b->ctl->nuse++;
		if (b->kind == BK_RET)
			for (int i = 0; i < f->sig->nresult; i++)
				b->ret[i]->nuse++;
	}
}

void
ssa_ensure(Func *f, unsigned needs)
{
	unsigned stale;

	if (needs & AN_LOOPS)
		needs |= AN_DOM;
	stale = needs & ~f->valid;
	if (stale & AN_USES)
		uses(f);
	if (stale & AN_DOM)
		dominators(f);
	if (stale & AN_LOOPS)
		loops(f);
	if (stale & AN_LIVE)
		ssa_live(f);
	f->valid |= stale;
}
