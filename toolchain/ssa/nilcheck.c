/*
 * nilcheck.c - remove nil checks of pointers known not to be nil.
 *
 * needs   AN_DOM
 * breaks  AN_USES, AN_LIVE
 *
 * Walks the dominator tree. A pointer is known if it is an address of a
 * variable or a new object, if a check of it dominates, or if the branch that
 * leads here tested it.
 */
#include "ssa/ssa.h"

typedef struct {
	Func *f;
	int32_t *known;		/* by value id: how many enclosing blocks say so */
	Block **child, **sibling;
} Nil;

static Value *
origin(Value *v)
{
	while (v->op == OP_COPY || v->op == OP_NILCHECK)
		v = v->arg[0];
	return v;
}

static bool
never_nil(const Nil *x, Value *v)
{
	for (;;) {
		if (v->nonnil || v->op == OP_SLOTADDR || v->op == OP_SYMADDR || v->op == OP_NEW ||
		    v->op == OP_NEWARRAY || v->op == OP_CLOSURE || x->known[v->id] > 0)
			return true;
		/* whoever added to an address had checked it, or an index into what it points to */
		if (v->op == OP_ADDPTR)
			return true;
		if (v->op != OP_COPY && v->op != OP_NILCHECK)
			return false;
		v = v->arg[0];
	}
}

/* What the branch that leads into b says; NULL: nothing. */
static Value *
branchfact(const Block *b)
{
	const Block *p;
	const Value *c;

	if (b->pred.n != 1)
		return NULL;
	p = b->pred.at[0];
	if (p->kind != BK_IF || p->succ.at[0] == p->succ.at[1])
		return NULL;
	c = p->ctl;
	if (c->op != (b == p->succ.at[0] ? OP_NE : OP_EQ) || c->arg[0]->type != VT_PTR)
		return NULL;
	if (c->arg[1]->op == OP_CONST && c->arg[1]->aux == 0)
		return origin(c->arg[0]);
	if (c->arg[0]->op == OP_CONST && c->arg[0]->aux == 0)
		return origin(c->arg[1]);
	return NULL;
}

typedef struct {
	Block *b;
	Vec(Value *) added;
	bool entered;
} NilFrame;

static void
enter(const Nil *x, NilFrame *fr)
{
	Block *b = fr->b;
	Value *fact = branchfact(b);

	if (fact != NULL) {
		x->known[fact->id]++;
		vec_push(x->f->a, &fr->added, fact);
	}
	for (Value *v = b->first, *next; v != NULL; v = next) {
		Value *o;

		next = v->next;
		if (v->op != OP_NILCHECK)
			continue;
		if (never_nil(x, v->arg[0])) {
			value_tocopy(x->f, v, v->arg[0]);
			continue;
		}
		o = origin(v->arg[0]);
		x->known[o->id]++;
		vec_push(x->f->a, &fr->added, o);
		x->known[v->id]++;
	}
}

void ssa_nilcheck(Func *f);

void
ssa_nilcheck(Func *f)
{
	Nil x = { .f = f, .known = NEWN(f->a, int32_t, f->nvalue) };
	NilFrame *stack = NEWN(f->a, NilFrame, f->nblock + 1);
	int sp = 0, n;
	Block **order = ssa_rpo(f, &n);

	x.child = NEWN(f->a, Block *, f->nblock);
	x.sibling = NEWN(f->a, Block *, f->nblock);
	for (int i = n - 1; i >= 0; i--)
		if (order[i]->idom != NULL) {
			x.sibling[order[i]->id] = x.child[order[i]->idom->id];
			x.child[order[i]->idom->id] = order[i];
		}
	for (int i = 0; i < n; i++) {
		if (order[i]->idom != NULL)
			continue;
		stack[sp++] = (NilFrame){ .b = order[i] };
		while (sp > 0) {
			NilFrame *fr = &stack[sp - 1];
			Block *c;

			if (!fr->entered) {
				fr->entered = true;
				enter(&x, fr);
			}
			c = x.child[fr->b->id];
			if (c != NULL) {
				x.child[fr->b->id] = x.sibling[c->id];
				stack[sp++] = (NilFrame){ .b = c };
				continue;
			}
			for (int k = 0; k < fr->added.n; k++)
				x.known[fr->added.at[k]->id]--;
			sp--;
		}
	}
	ssa_uncopy(f);
}
