/*
 * live.c - which values are live where blocks begin and end.
 *
 * Backward data flow over bit sets by value id, blocks in postorder, until
 * nothing changes. A phi's argument is live at the end of the predecessor it
 * comes from, not at the start of the phi's block; the phi itself is not in
 * its block's livein.
 */
#include "ssa/ssa.h"

static bool
merge(uint64_t *to, const uint64_t *from, int nword)
{
	uint64_t changed = 0;

	for (int i = 0; i < nword; i++) {
		uint64_t x = to[i] | from[i];

		changed |= x ^ to[i];
		to[i] = x;
	}
	return changed != 0;
}

static void
transfer(const Func *f, const Block *b, uint64_t *live, int nword)
{
	memcpy(live, b->liveout, sizeof *live * (size_t)nword);
	if (b->ctl != NULL)
		bit_set(live, b->ctl->id);
	if (b->kind == BK_RET)
		for (int i = 0; i < f->sig->nresult; i++)
			bit_set(live, b->ret[i]->id);
	for (const Value *v = b->last; v != NULL; v = v->prev) {
		bit_clear(live, v->id);
		for (int i = 0; i < v->narg; i++)
			bit_set(live, v->arg[i]->id);
	}
	for (const Value *v = b->phis; v != NULL; v = v->next)
		bit_clear(live, v->id);
}

void ssa_live(Func *f);

void
ssa_live(Func *f)
{
	int n, nword = f->nvalue / 64 + 1;
	Block **order = ssa_rpo(f, &n);
	uint64_t *live = NEWN(f->a, uint64_t, nword);
	bool again = true;

	for (int i = 0; i < n; i++) {
		order[i]->livein = NEWN(f->a, uint64_t, nword);
		order[i]->liveout = NEWN(f->a, uint64_t, nword);
	}
	while (again) {
		again = false;
		for (int i = n - 1; i >= 0; i--) {
			Block *b = order[i];

			for (int k = 0; k < b->succ.n; k++) {
				const Block *s = b->succ.at[k];
				int p;

				merge(b->liveout, s->livein, nword);
				if (s->phis == NULL)
					continue;
				p = block_predindex(b, k);
				for (const Value *v = s->phis; v != NULL; v = v->next)
					bit_set(b->liveout, v->arg[p]->id);
			}
			transfer(f, b, live, nword);
			again |= merge(b->livein, live, nword);
		}
	}
}
