/*
 * bounds.c - remove bounds checks and comparisons whose answer is known.
 *
 * needs   AN_LOOPS
 * breaks  AN_USES, AN_LIVE
 *
 * Facts are difference constraints x <= y + k between 64-bit values (after
 * Bodik, Gupta, Sarkar, "ABCD: Eliminating Array Bounds Checks on Demand"), collected
 * on the way down the dominator tree from branches and from checks that
 * passed. Lengths (second operands of BOUNDS) are never negative. A counter
 * that starts at a value not negative and rises by a small constant is taken to
 * stay so: to wrap around, a 64-bit counter would have to run for years.
 */
#include "ssa/ssa.h"

enum { MAXSTEP = 64, MAXDEPTH = 4 };

typedef struct Fact Fact;
struct Fact {
	Value *y;		/* x <= y + k; NULL: x <= k */
	int64_t k;
	Fact *next;
};

typedef struct {
	Func *f;
	Fact **upper;		/* by id of x */
	Fact **lower;		/* by id of y: y >= x - k, stored as facts of x; only the constant form: y >= k */
	bool *islen;
	Block **child, **sibling;
} Prove;

typedef Vec(Value *) Undo;

/* v = base + off with a constant off. */
static Value *
split(Value *v, int64_t *off)
{
	*off = 0;
	for (int i = 0; i < MAXDEPTH; i++) {
		if (v->op == OP_COPY) {
			v = v->arg[0];
		} else if (v->op == OP_ADD && v->arg[1]->op == OP_CONST && v->arg[1]->aux > -(1 << 30) && v->arg[1]->aux < 1 << 30) {
			*off += v->arg[1]->aux;
			v = v->arg[0];
		} else {
			break;
		}
	}
	return v;
}

static void
push(Prove *p, Fact **table, Undo *undo, Value *x, Value *y, int64_t k)
{
	Fact *t = NEW(p->f->a, Fact);

	t->y = y;
	t->k = k;
	t->next = table[x->id];
	table[x->id] = t;
	if (undo != NULL)
		vec_push(p->f->a, undo, x);
}

typedef struct {
	Undo upper, lower;
} Undos;

/* x <= y + k holds from here on. */
static void
learn(Prove *p, Undos *u, Value *x, Value *y, int64_t k)
{
	int64_t ox, oy;

	if (x->type != VT_I64 || y->type != VT_I64)
		return;
	x = split(x, &ox);
	y = split(y, &oy);
	k += oy - ox;
	if (x->op == OP_CONST && y->op == OP_CONST)
		return;
	if (x->op == OP_CONST)
		push(p, p->lower, &u->lower, y, NULL, x->aux - k);	/* y >= x - k */
	else if (y->op == OP_CONST)
		push(p, p->upper, &u->upper, x, NULL, y->aux + k);
	else
		push(p, p->upper, &u->upper, x, y, k);
}

static bool
atleast(const Prove *p, Value *v, int64_t min, int depth);

/* A phi whose arguments are values >= min, or itself plus a small positive step. */
static bool
counter_atleast(const Prove *p, Value *phi, int64_t min, int depth)
{
	for (int i = 0; i < phi->narg; i++) {
		Value *a = value_uncopy(phi->arg[i]);

		if (a == phi || (a->op == OP_ADD && value_uncopy(a->arg[0]) == phi && a->arg[1]->op == OP_CONST && a->arg[1]->aux > 0 &&
				 a->arg[1]->aux <= MAXSTEP))
			continue;
		if (!atleast(p, a, min, depth))
			return false;
	}
	return phi->narg > 0;
}

/* v >= min, min small. */
static bool
atleast(const Prove *p, Value *v, int64_t min, int depth)
{
	int64_t off;
	Value *b;

	if (v->op == OP_CONST)
		return v->aux >= min;
	if (min <= 0 && (p->islen[v->id] || (v->op == OP_ZEXT && vtype_size(v->arg[0]->type) < 8)))
		return true;
	if (min <= 0 && v->op == OP_AND && v->arg[1]->op == OP_CONST && v->arg[1]->aux >= 0)
		return true;
	if (min <= 0 && v->op == OP_SHRU && v->arg[1]->op == OP_CONST && v->arg[1]->aux > 0)
		return true;
	for (const Fact *t = p->lower[v->id]; t != NULL; t = t->next)
		if (t->k >= min)
			return true;
	if (depth == 0)
		return false;
	if (v->op == OP_PHI && v->type == VT_I64 && counter_atleast(p, v, min, depth - 1))
		return true;
	if ((v->op == OP_SHRU || v->op == OP_SHRS) && min <= 0 && atleast(p, v->arg[0], 0, depth - 1))
		return true;
	if ((v->op == OP_DIVS || v->op == OP_MODS) && min <= 0 && v->arg[1]->op == OP_CONST && v->arg[1]->aux > 0)
		return atleast(p, v->arg[0], 0, depth - 1);
	b = split(v, &off);
	if (b != v && off < 0)
		return atleast(p, b, min - off, depth - 1);
	if (b != v && off <= 1 << 20) {
		/* no overflow if something bounds b from above */
		for (const Fact *t = p->upper[b->id]; t != NULL; t = t->next)
			if (t->k + off <= 0 && atleast(p, b, min - off, depth - 1))
				return true;
	}
	return false;
}

/* x <= y + k */
static bool
atmost(const Prove *p, Value *x, Value *y, int64_t k, int depth)
{
	int64_t ox, oy;

	x = split(x, &ox);
	y = split(y, &oy);
	k += oy - ox;
	if (x == y)
		return k >= 0;
	if (x->op == OP_CONST && y->op == OP_CONST)
		return x->aux <= y->aux + k;
	if (x->op == OP_CONST)
		return atleast(p, y, x->aux - k, depth);
	for (const Fact *t = p->upper[x->id]; t != NULL; t = t->next) {
		if (t->y == NULL) {
			if (y->op == OP_CONST ? t->k <= y->aux + k : depth > 0 && atleast(p, y, t->k - k, depth - 1))
				return true;
		} else if (t->y == y ? t->k <= k : depth > 0 && atmost(p, t->y, y, k - t->k, depth - 1)) {
			return true;
		}
	}
	if (depth == 0)
		return false;
	if (x->op == OP_AND && x->arg[1]->op == OP_CONST && x->arg[1]->aux >= 0 && y->op == OP_CONST && x->arg[1]->aux <= y->aux + k)
		return true;
	if (x->op == OP_MODU && x->arg[1]->op == OP_CONST && x->arg[1]->aux > 0 && y->op == OP_CONST && x->arg[1]->aux - 1 <= y->aux + k)
		return true;
	if (x->op == OP_ZEXT && vtype_size(x->arg[0]->type) < 4 && y->op == OP_CONST &&
	    ((int64_t)1 << 8 * vtype_size(x->arg[0]->type)) - 1 <= y->aux + k)
		return true;
	/* x/c and x>>c of a value not negative are at most x */
	if (((x->op == OP_DIVS && x->arg[1]->op == OP_CONST && x->arg[1]->aux > 0) || x->op == OP_SHRU || x->op == OP_SHRS) &&
	    atleast(p, x->arg[0], 0, depth - 1) && atmost(p, x->arg[0], y, k, depth - 1))
		return true;
	/* a counter that only falls stays at most what it started as */
	if (x->op == OP_PHI && x->type == VT_I64) {
		for (int i = 0; i < x->narg; i++) {
			Value *a = value_uncopy(x->arg[i]);

			if (a == x || (a->op == OP_ADD && value_uncopy(a->arg[0]) == x && a->arg[1]->op == OP_CONST && a->arg[1]->aux < 0 &&
				       a->arg[1]->aux >= -MAXSTEP))
				continue;
			if (!atmost(p, a, y, k, depth - 1))
				return false;
		}
		return x->narg > 0;
	}
	return false;
}

/* What taking an edge out of a branch on c says. */
static void
branch(Prove *p, Undos *u, const Value *c, bool taken)
{
	Value *x, *y;
	Op op = c->op;

	if (c->narg != 2 || c->arg[0]->type != VT_I64)
		return;
	x = c->arg[0];
	y = c->arg[1];
	switch (op) {
	case OP_LTS:
		if (taken)
			learn(p, u, x, y, -1);
		else
			learn(p, u, y, x, 0);
		break;
	case OP_LES:
		if (taken)
			learn(p, u, x, y, 0);
		else
			learn(p, u, y, x, -1);
		break;
	case OP_EQ:
	case OP_NE:
		if ((op == OP_EQ) == taken) {
			learn(p, u, x, y, 0);
			learn(p, u, y, x, 0);
		} else if (y->op == OP_CONST && y->aux == 0 && p->islen[x->id]) {
			push(p, p->lower, &u->lower, x, NULL, 1);
		}
		break;
	case OP_LTU:
	case OP_LEU:
		/* below something not negative: between it and zero */
		if (taken && atleast(p, y, 0, MAXDEPTH)) {
			learn(p, u, x, y, op == OP_LTU ? -1 : 0);
			push(p, p->lower, &u->lower, x, NULL, 0);
		}
		break;
	default:
		break;
	}
}

static bool
isindex(const Value *v)
{
	return v->aux <= BOUNDS_INDEXU;
}

static void
check(Prove *p, Undos *u, Value *v)
{
	int64_t slack = isindex(v) ? -1 : 0;

	if (v->arg[0]->type != VT_I64 || v->arg[1]->type != VT_I64)
		return;
	if (atleast(p, v->arg[0], 0, MAXDEPTH) && atmost(p, v->arg[0], v->arg[1], slack, MAXDEPTH)) {
		value_remove(v);
		return;
	}
	if (atleast(p, v->arg[1], 0, 1)) {
		learn(p, u, v->arg[0], v->arg[1], slack);
		if (v->arg[0]->op != OP_CONST)
			push(p, p->lower, &u->lower, v->arg[0], NULL, 0);
	}
}

/* A comparison whose answer follows from the facts. */
static void
decide(Prove *p, Value *v)
{
	int known = -1;

	if (v->narg != 2 || v->arg[0]->type != VT_I64)
		return;
	if (v->op == OP_LTS) {
		if (atmost(p, v->arg[0], v->arg[1], -1, 2))
			known = 1;
		else if (atmost(p, v->arg[1], v->arg[0], 0, 2))
			known = 0;
	} else if (v->op == OP_LES) {
		if (atmost(p, v->arg[0], v->arg[1], 0, 2))
			known = 1;
		else if (atmost(p, v->arg[1], v->arg[0], -1, 2))
			known = 0;
	}
	if (known < 0)
		return;
	value_dropargs(v);
	v->op = OP_CONST;
	v->aux = known;
}

typedef struct {
	Block *b;
	Undos undo;
	bool entered;
} ProveFrame;

static void
enter(Prove *p, ProveFrame *fr)
{
	Block *b = fr->b;

	if (b->pred.n == 1 && b->pred.at[0]->kind == BK_IF && b->pred.at[0]->succ.at[0] != b->pred.at[0]->succ.at[1])
		branch(p, &fr->undo, b->pred.at[0]->ctl, b == b->pred.at[0]->succ.at[0]);
	for (Value *v = b->first, *next; v != NULL; v = next) {
		next = v->next;
		if (v->op == OP_BOUNDS)
			check(p, &fr->undo, v);
		else if (v->op == OP_LTS || v->op == OP_LES)
			decide(p, v);
	}
}

static void
leave(Prove *p, ProveFrame *fr)
{
	while (fr->undo.upper.n > 0) {
		Value *x = vec_pop(&fr->undo.upper);

		p->upper[x->id] = p->upper[x->id]->next;
	}
	while (fr->undo.lower.n > 0) {
		Value *x = vec_pop(&fr->undo.lower);

		p->lower[x->id] = p->lower[x->id]->next;
	}
}

void ssa_bounds(Func *f);

void
ssa_bounds(Func *f)
{
	Prove p = { .f = f };
	int sp = 0, n;
	bool any = false;
	Block **order;
	ProveFrame *stack;

	p.islen = NEWN(f->a, bool, f->nvalue);
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if (v->op == OP_BOUNDS) {
				any = true;
				if (v->arg[1]->op != OP_CONST && v->arg[1]->op != OP_ADD && v->arg[1]->op != OP_SUB)
					p.islen[v->arg[1]->id] = v->aux <= BOUNDS_SLICEACAPU;
			}
	if (!any)
		return;
	order = ssa_rpo(f, &n);
	stack = NEWN(f->a, ProveFrame, f->nblock + 1);
	p.upper = NEWN(f->a, Fact *, f->nvalue);
	p.lower = NEWN(f->a, Fact *, f->nvalue);
	p.child = NEWN(f->a, Block *, f->nblock);
	p.sibling = NEWN(f->a, Block *, f->nblock);
	for (int i = n - 1; i >= 0; i--)
		if (order[i]->idom != NULL) {
			p.sibling[order[i]->id] = p.child[order[i]->idom->id];
			p.child[order[i]->idom->id] = order[i];
		}
	for (int i = 0; i < n; i++) {
		if (order[i]->idom != NULL)
			continue;
		stack[sp++] = (ProveFrame){ .b = order[i] };
		while (sp > 0) {
			ProveFrame *fr = &stack[sp - 1];
			Block *c;

			if (!fr->entered) {
				fr->entered = true;
				enter(&p, fr);
			}
			c = p.child[fr->b->id];
			if (c != NULL) {
				p.child[fr->b->id] = p.sibling[c->id];
				stack[sp++] = (ProveFrame){ .b = c };
				continue;
			}
			leave(&p, fr);
			sp--;
		}
	}
}
