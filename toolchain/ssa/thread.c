/*
 * thread.c - a branch whose outcome is known for some predecessors is skipped by them.
 *
 * needs   dominators
 * breaks  everything but use counts
 *
 * Inlined functions that return a boolean or an error leave blocks that do
 * nothing but merge constants and test the result:
 *
 *     b: x = PHI 1 y; if x s else o      the first predecessor goes straight to s
 *
 * Other phis of b may be used in s, in o and below them; where s is entered
 * by b alone it gets phis of its own. A use that neither successor dominates
 * would need phis in far places: then b is left alone. Loop heads too, since
 * skipping their test would make a loop with two entries.
 */
#include "ssa/ssa.h"

typedef struct {
	Block *at;	/* where the value must be available */
	Value *v;	/* user; NULL: the terminator of `at` */
	int arg;	/* without user: index into ret, -1 the block's ctl. Of phis all arguments are meant: they move when edges go */
} Use;

typedef Vec(Use) Uses;

typedef struct {
	Func *f;
	Uses *uses;	/* by Value.num - 1 of the phis of candidates */
	int nuses;
	uint64_t *stale;	/* blocks whose dominance changed in this round */
} Thread;

/* v is a constant once the phis of b have their i-th argument. */
static bool
eval(const Block *b, const Value *v, int i, int64_t *c, int depth)
{
	int64_t x, y;
	int n;

	if (v->op == OP_PHI && v->block == b)
		v = v->arg[i];
	if (v->op == OP_CONST) {
		n = vtype_size((VType)v->type);
		*c = n == 1 ? (int8_t)v->aux : n == 2 ? (int16_t)v->aux : n == 4 ? (int32_t)v->aux : v->aux;
		return true;
	}
	if (v->block != b || depth > 3)
		return false;
	switch (v->op) {
	case OP_BOOLNOT:
		if (!eval(b, v->arg[0], i, &x, depth + 1))
			return false;
		*c = (x & 1) == 0;
		return true;
	case OP_EQ:
	case OP_NE:
	case OP_LTS:
	case OP_LES:
		if (!eval(b, v->arg[0], i, &x, depth + 1) || !eval(b, v->arg[1], i, &y, depth + 1))
			return false;
		*c = v->op == OP_EQ ? x == y : v->op == OP_NE ? x != y : v->op == OP_LTS ? x < y : x <= y;
		return true;
	default:
		return false;
	}
}

static bool
uses(const Value *user, const Value *v)
{
	for (int i = 0; user != NULL && i < user->narg; i++)
		if (user->arg[i] == v)
			return true;
	return false;
}

/* b only merges and tests: what it computes is used for the test alone. */
static bool
candidate(const Block *b)
{
	if (b->kind != BK_IF || b->phis == NULL || b->pred.n < 2 || b->succ.at[0] == b->succ.at[1])
		return false;
	for (const Value *v = b->first; v != NULL; v = v->next)
		switch (v->op) {
		case OP_CONST:
			break;
		case OP_BOOLNOT:
		case OP_EQ:
		case OP_NE:
		case OP_LTS:
		case OP_LES:
			if (v->nuse != 1 || (v != b->ctl && !uses(v->next, v)))
				return false;
			break;
		default:
			return false;
		}
	for (int i = 0; i < b->pred.n; i++)
		if (b->pred.at[i] == b || ssa_dominates(b, b->pred.at[i]))
			return false;
	return b->ctl->block == b;
}

static void
adduse(Thread *t, Value *x, Block *at, Value *v, int arg)
{
	if (x != NULL && x->op == OP_PHI && x->num > 0)
		vec_push(t->f->a, &t->uses[x->num - 1], ((Use){ at, v, arg }));
}

static bool
collect(Thread *t)
{
	Func *f = t->f;

	t->nuses = 0;
	for (Block *b = f->entry; b != NULL; b = b->next) {
		bool c = candidate(b);

		for (Value *v = b->phis; v != NULL; v = v->next)
			v->num = c ? ++t->nuses : 0;
	}
	if (t->nuses == 0)
		return false;
	t->uses = NEWN(f->a, Uses, t->nuses);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next)
			for (int i = 0; i < v->narg; i++)
				adduse(t, v->arg[i], b, v, 0);
		for (Value *v = b->first; v != NULL; v = v->next)
			for (int i = 0; i < v->narg; i++)
				adduse(t, v->arg[i], b, v, i);
		if (b->ctl != NULL)
			adduse(t, b->ctl, b, NULL, -1);
		if (b->kind == BK_RET)
			for (int i = 0; i < f->sig->nresult; i++)
				adduse(t, b->ret[i], b, NULL, i);
	}
	return true;
}

static Value *
useof(const Use *u)
{
	if (u->v != NULL)
		return u->v->arg[u->arg];
	return u->arg < 0 ? u->at->ctl : u->at->ret[u->arg];
}

static bool
below(const Block *s, const Block *b, const Block *at)
{
	return s->pred.n == 1 && s->pred.at[0] == b && ssa_dominates(s, at);
}

/* May b's phis be skipped on the way to s? */
static bool
usesallow(Thread *t, Block *b, Block *s, Block *o)
{
	for (Value *x = b->phis; x != NULL; x = x->next) {
		const Uses *us = &t->uses[x->num - 1];

		for (int i = 0; i < us->n; i++) {
			const Use *u = &us->at[i];

			if (u->v != NULL && u->v->op == OP_PHI) {
				for (int k = 0; k < u->v->narg; k++) {
					Block *at = u->v->block->pred.at[k];

					if (u->v->arg[k] == x && at != b && !below(s, b, at) && !below(o, b, at))
						return false;
				}
			} else if (useof(u) == x && u->at != b && !below(s, b, u->at) && !below(o, b, u->at)) {
				return false;
			}
		}
	}
	return true;
}

static Value *
ownphi(Thread *t, Block *s, Value *x)
{
	Value *own = value_phi(t->f, s, (VType)x->type);

	own->num = 0;
	own->pos = x->pos;
	own->inl = x->inl;
	own->nonnil = x->nonnil;
	value_setarg(own, 0, x);
	adduse(t, x, s, own, 0);
	return own;
}

/* s is entered by b alone: what it uses of b's phis comes through phis of its own. */
static void
ownphis(Thread *t, Block *b, Block *s)
{
	if (s->pred.n != 1)
		return;
	for (Value *x = b->phis; x != NULL; x = x->next) {
		Uses *us = &t->uses[x->num - 1];
		Value *own = NULL;

		for (int i = 0, n = us->n; i < n; i++) {
			const Use u1 = us->at[i], *u = &u1;

			if (u->v != NULL && u->v->op == OP_PHI) {
				for (int k = 0; k < u->v->narg; k++) {
					Block *at = u->v->block->pred.at[k];

					if (u->v->arg[k] != x || at == b || !ssa_dominates(s, at))
						continue;
					if (own == NULL)
						own = ownphi(t, s, x);
					value_setarg(u->v, k, own);
				}
				continue;
			}
			if (useof(u) != x || u->at == b || !ssa_dominates(s, u->at))
				continue;
			if (own == NULL)
				own = ownphi(t, s, x);
			if (u->v != NULL) {
				value_setarg(u->v, u->arg, own);
			} else if (u->arg < 0) {
				block_setctl(u->at, own);
			} else {
				x->nuse--;
				own->nuse++;
				u->at->ret[u->arg] = own;
			}
		}
	}
}

/* The value that a phi of a successor has for the edge from b, when control comes from b's i-th predecessor p. */
static Value *
through(Thread *t, Block *b, Block *p, int i, Value *a)
{
	int64_t c;
	Value *k;

	if (a->block != b)
		return a;
	if (a->op == OP_PHI)
		return a->arg[i];
	if (!eval(b, a, i, &c, 0))
		bug("ssa thread: v%d of b%d is not constant", a->id, b->id);
	k = value_new(t->f, p, OP_CONST, (VType)a->type, a->pos);
	k->inl = a->inl;
	k->aux = c;
	return k;
}

/* Constants of b are used wherever b dominated so far. */
static void
hoistconsts(Func *f, Block *b)
{
	for (Value *v = b->first, *next; v != NULL; v = next) {
		next = v->next;
		if (v->op == OP_CONST)
			value_move(v, f->entry, NULL);
	}
}

static bool
skip(Thread *t, Block *b, int i)
{
	Block *p = b->pred.at[i], *s, *o;
	int64_t c;
	int k, from;
	Value **arg;
	int n = 0;

	if (!eval(b, b->ctl, i, &c, 0))
		return false;
	s = b->succ.at[c != 0 ? 0 : 1];
	o = b->succ.at[c != 0 ? 1 : 0];
	if (s == b || o == b || s == t->f->deferexit || bit_test(t->stale, s->id) || bit_test(t->stale, o->id) ||
	    p->kind == BK_SWITCH)
		return false;
	/* a second edge between the same blocks would confuse which phi argument belongs to which */
	for (int j = 0; j < s->pred.n; j++)
		if (s->pred.at[j] == p)
			return false;
	for (int j = 0, same = 0; j < b->pred.n; j++)
		if (b->pred.at[j] == p && ++same > 1)
			return false;
	if (!usesallow(t, b, s, o))
		return false;
	hoistconsts(t->f, b);
	ownphis(t, b, s);
	for (k = 0; p->succ.at[k] != b; k++)
		;
	for (from = 0; s->pred.at[from] != b; from++)
		;
	for (Value *y = s->phis; y != NULL; y = y->next)
		n++;
	arg = NEWN(t->f->a, Value *, n + 1);
	n = 0;
	for (Value *y = s->phis; y != NULL; y = y->next)
		arg[n++] = through(t, b, p, i, y->arg[from]);
	bit_set(t->stale, b->id);
	block_redirect(t->f, p, k, s);
	n = 0;
	for (Value *y = s->phis; y != NULL; y = y->next, n++) {
		value_setarg(y, y->narg - 1, arg[n]);
		adduse(t, arg[n], s, y, 0);
	}
	return true;
}

void ssa_thread(Func *f);

void
ssa_thread(Func *f)
{
	Thread t = { .f = f };

	for (int round = 0; round < 3; round++) {
		bool any = false;

		ssa_ensure(f, AN_DOM);
		if (!collect(&t))
			return;
		t.stale = NEWN(f->a, uint64_t, f->nblock / 64 + 1);
		for (Block *b = f->entry; b != NULL; b = b->next) {
			if (b->phis == NULL || b->phis->num <= 0 || b->idom == NULL)
				continue;
			for (int i = 0; i < b->pred.n; i++)
				if (skip(&t, b, i)) {
					any = true;
					i--;
				}
		}
		if (!any)
			return;
		f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS | AN_LIVE);
		ssa_simplifycfg(f);
		if (ssa_opt.check)
			ssa_check(f, "thread");
	}
}
