/*
 * bounds.c - remove bounds checks and comparisons whose answer is known.
 *
 * needs   AN_LOOPS
 * breaks  AN_USES, AN_LIVE
 *
 * Facts are difference constraints x <= y + k between 64-bit values (after
 * Bodik, Gupta, Sarkar, "ABCD: Eliminating Array Bounds Checks on Demand"), collected
 * on the way down the dominator tree from branches and from checks that
 * passed. Lengths (second operands of BOUNDS) are never negative.
 *
 * Two traps. Sums wrap around: b + c is taken apart only where it is known not
 * to. And what a phi brings into a loop from its last round is another value than
 * the one facts speak of: they do not hold for its arguments, unless these
 * are from outside. A counter that starts at less than 2^62 and rises by a small
 * constant does not wrap around: that would take years.
 */
#include "ssa/ssa.h"

enum { MAXSTEP = 64, MAXDEPTH = 4, FUEL = 1000 };
#define SMALL ((int64_t)1 << 62)

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
	Block **child, **sibling;
	int otherround;		/* > 0: the values in question may be those of an earlier round of a loop: no facts */
	int fuel;		/* steps left for the current question */
} Prove;

typedef Vec(Value *) Undo;

static bool atleast(Prove *p, Value *v, int64_t min, int depth);
static bool small(Prove *p, Value *v, int depth);

static const Fact *
facts(const Prove *p, Fact **table, const Value *v)
{
	return p->otherround ? NULL : table[v->id];
}

/* a - b; false if it does not fit. */
static bool
minus(int64_t a, int64_t b, int64_t *r)
{
	return !__builtin_sub_overflow(a, b, r);
}

static bool
isoffset(const Value *v)
{
	return v->op == OP_ADD && v->type == VT_I64 && v->arg[1]->op == OP_CONST && v->arg[1]->aux > -(1 << 30) &&
	       v->arg[1]->aux < 1 << 30;
}

/* The sum v = b + c does not wrap around. */
static bool
exact(Prove *p, Value *v, int depth)
{
	Value *b = value_uncopy(v->arg[0]);
	int64_t c = v->arg[1]->aux;

	if (c <= 0)
		return atleast(p, b, -SMALL, depth);
	for (const Fact *t = facts(p, p->upper, b); t != NULL; t = t->next)
		if (t->k <= (t->y == NULL ? SMALL : -c))
			return true;
	return small(p, b, depth);
}

/* v = base + off with a constant off. */
static Value *
split(Prove *p, Value *v, int64_t *off, int depth)
{
	*off = 0;
	for (int i = 0; i < MAXDEPTH; i++) {
		if (v->op == OP_COPY) {
			v = v->arg[0];
		} else if (isoffset(v) && exact(p, v, depth)) {
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
	int64_t ox, oy, bound;

	if (x->type != VT_I64 || y->type != VT_I64)
		return;
	p->fuel = FUEL;
	y = split(p, y, &oy, 2);
	k += oy;
	x = value_uncopy(x);
	/* b - c <= y + k with c >= k: b <= y + k + c does not wrap around either */
	while (isoffset(x) && x->arg[1]->aux <= 0 && k <= x->arg[1]->aux) {
		k -= x->arg[1]->aux;
		x = value_uncopy(x->arg[0]);
	}
	x = split(p, x, &ox, 2);
	k -= ox;
	if (x->op == OP_CONST && y->op == OP_CONST)
		return;
	if (x->op == OP_CONST) {
		if (minus(x->aux, k, &bound))
			push(p, p->lower, &u->lower, y, NULL, bound);	/* y >= x - k */
	} else if (y->op == OP_CONST) {
		if (minus(y->aux, -k, &bound))
			push(p, p->upper, &u->upper, x, NULL, bound);
	} else {
		push(p, p->upper, &u->upper, x, y, k);
	}
}

/* A branch that must be taken on the way from the phi to v, which adds a little to it, bounds the phi from above. */
static bool
guarded(Prove *p, const Value *v, const Value *phi)
{
	int64_t step = v->arg[1]->aux;

	for (const Block *b = v->block; b != NULL && b != phi->block; b = b->idom) {
		const Block *q = b->pred.n == 1 ? b->pred.at[0] : NULL;
		const Value *c = q != NULL && q->kind == BK_IF && q->succ.at[0] != q->succ.at[1] ? q->ctl : NULL;
		bool taken, below;
		Value *x, *y;

		if (c == NULL || (c->op != OP_LTS && c->op != OP_LES))
			continue;
		taken = b == q->succ.at[0];
		x = value_uncopy(c->arg[taken ? 0 : 1]);
		y = value_uncopy(c->arg[taken ? 1 : 0]);
		below = (c->op == OP_LTS) == taken;	/* x < y, or x <= y */
		if (x == phi && ((below && step <= 1) || small(p, y, 1)))
			return true;
	}
	return false;
}

static bool
iscounter(const Value *phi, const Value *a, int sign)
{
	return a->op == OP_ADD && value_uncopy(a->arg[0]) == phi && a->arg[1]->op == OP_CONST &&
	    a->arg[1]->aux * sign > 0 && a->arg[1]->aux * sign <= MAXSTEP;
}

/* The value of a phi's argument is the same in every round of the phi's loop. */
static bool
isoutside(const Value *a, const Value *phi)
{
	return a->op == OP_CONST || (a->block != phi->block && ssa_dominates(a->block, phi->block));
}

/* A phi whose arguments are values >= min, or itself plus a small positive step. */
static bool
counter_atleast(Prove *p, Value *phi, int64_t min, int depth)
{
	bool rises = false, starts = true;

	for (int i = 0; i < phi->narg; i++) {
		Value *a = value_uncopy(phi->arg[i]);
		bool inside = !isoutside(a, phi), ok = true;

		if (a == phi)
			continue;
		if (iscounter(phi, a, 1)) {
			rises = true;
			continue;
		}
		p->otherround += inside;
		ok = atleast(p, a, min, depth);
		starts = starts && ok && small(p, a, depth);
		p->otherround -= inside;
		if (!ok)
			return false;
	}
	for (int i = 0; rises && !starts && i < phi->narg; i++) {
		const Value *a = value_uncopy(phi->arg[i]);

		if (iscounter(phi, a, 1) && !guarded(p, a, phi))
			return false;
	}
	return phi->narg > 0;
}

/* A phi whose arguments are small, or itself plus a small step. */
static bool
counter_small(Prove *p, Value *phi, int depth)
{
	for (int i = 0; i < phi->narg; i++) {
		Value *a = value_uncopy(phi->arg[i]);
		bool inside = !isoutside(a, phi), ok;

		if (a == phi || iscounter(phi, a, 1))
			continue;
		p->otherround += inside;
		ok = small(p, a, depth);
		p->otherround -= inside;
		if (!ok)
			return false;
	}
	return phi->narg > 0;
}

/* v is so far from the largest integer that little sums do not get there. */
static bool
small(Prove *p, Value *v, int depth)
{
	v = value_uncopy(v);
	if (v->op == OP_CONST)
		return v->aux <= SMALL;
	if (v->islen || (v->op == OP_ZEXT && vtype_size(v->arg[0]->type) < 8))
		return true;
	if (v->narg == 2 && v->arg[1]->op == OP_CONST) {
		int64_t c = v->arg[1]->aux;

		if ((v->op == OP_AND && c >= 0 && c <= SMALL) || (v->op == OP_MODU && c > 0 && c <= SMALL) ||
		    ((v->op == OP_SHRU || v->op == OP_SHRS || v->op == OP_DIVS) && c >= 2))
			return true;
	}
	for (const Fact *t = facts(p, p->upper, v); t != NULL; t = t->next)
		if (t->k <= SMALL && (t->y == NULL || (t->k <= 1 << 30 && t->y->islen)))
			return true;
	if (depth <= 0 || --p->fuel < 0)
		return false;
	if (isoffset(v))
		return small(p, v->arg[0], depth - 1) &&
		    (v->arg[1]->aux >= 0 || atleast(p, value_uncopy(v->arg[0]), -SMALL, depth - 1));
	return v->op == OP_PHI && v->type == VT_I64 && counter_small(p, v, depth - 1);
}

/* v >= min, min small. */
static bool
atleast(Prove *p, Value *v, int64_t min, int depth)
{
	int64_t off;
	Value *b;

	if (v->op == OP_CONST)
		return v->aux >= min;
	if (min <= 0 && (v->islen || (v->op == OP_ZEXT && vtype_size(v->arg[0]->type) < 8)))
		return true;
	if (min <= 0 && v->op == OP_AND && v->arg[1]->op == OP_CONST && v->arg[1]->aux >= 0)
		return true;
	if (min <= 0 && v->op == OP_SHRU && v->arg[1]->op == OP_CONST && v->arg[1]->aux > 0)
		return true;
	for (const Fact *t = facts(p, p->lower, v); t != NULL; t = t->next)
		if (t->k >= min)
			return true;
	if (depth <= 0 || --p->fuel < 0)
		return false;
	if (v->op == OP_PHI && v->type == VT_I64 && counter_atleast(p, v, min, depth - 1))
		return true;
	if ((v->op == OP_SHRU || v->op == OP_SHRS) && min <= 0 && atleast(p, v->arg[0], 0, depth - 1))
		return true;
	if ((v->op == OP_DIVS || v->op == OP_MODS) && min <= 0 && v->arg[1]->op == OP_CONST && v->arg[1]->aux > 0)
		return atleast(p, v->arg[0], 0, depth - 1);
	b = split(p, v, &off, depth - 1);
	return b != v && minus(min, off, &min) && atleast(p, b, min, depth - 1);
}

/* x <= y + k */
static bool
atmost(Prove *p, Value *x, Value *y, int64_t k, int depth)
{
	int64_t ox, oy, bound, rest;

	x = split(p, x, &ox, depth);
	y = split(p, y, &oy, depth);
	if (!minus(k, ox, &k) || !minus(k, -oy, &k))
		return false;
	if (x == y)
		return k >= 0;
	/* y + k, if that is a constant */
	bound = INT64_MIN;
	if (y->op == OP_CONST && !minus(y->aux, -k, &bound))
		return false;
	if (x->op == OP_CONST && y->op == OP_CONST)
		return x->aux <= bound;
	if (x->op == OP_CONST)
		return minus(x->aux, k, &rest) && atleast(p, y, rest, depth);
	for (const Fact *t = facts(p, p->upper, x); t != NULL && p->fuel > 0; t = t->next) {
		p->fuel--;
		if (t->y == y ? t->k <= k : t->y == NULL && y->op == OP_CONST && t->k <= bound)
			return true;
		if (depth <= 0 || t->y == y || !minus(k, t->k, &rest))
			continue;
		if (t->y == NULL ? y->op != OP_CONST && rest != INT64_MIN && atleast(p, y, -rest, depth - 1) :
				   atmost(p, t->y, y, rest, depth - 1))
			return true;
	}
	if (depth <= 0 || --p->fuel < 0)
		return false;
	if (x->op == OP_AND && x->arg[1]->op == OP_CONST && x->arg[1]->aux >= 0 && y->op == OP_CONST &&
	    x->arg[1]->aux <= bound)
		return true;
	if (x->op == OP_MODU && x->arg[1]->op == OP_CONST && x->arg[1]->aux > 0 && y->op == OP_CONST &&
	    x->arg[1]->aux - 1 <= bound)
		return true;
	if (x->op == OP_ZEXT && vtype_size(x->arg[0]->type) < 4 && y->op == OP_CONST &&
	    ((int64_t)1 << 8 * vtype_size(x->arg[0]->type)) - 1 <= bound)
		return true;
	/* x/c and x>>c of a value not negative are at most x */
	if (((x->op == OP_DIVS && x->arg[1]->op == OP_CONST && x->arg[1]->aux > 0) || x->op == OP_SHRU ||
		x->op == OP_SHRS) &&
	    atleast(p, x->arg[0], 0, depth - 1) && atmost(p, x->arg[0], y, k, depth - 1))
		return true;
	/* a counter that only falls stays at most what it started as; it does not start close to the smallest integer */
	if (x->op == OP_PHI && x->type == VT_I64) {
		for (int i = 0; i < x->narg; i++) {
			Value *a = value_uncopy(x->arg[i]);

			if (a == x || iscounter(x, a, -1))
				continue;
			/* y is not of this round either, unless it is from outside too */
			if (!isoutside(a, x) || (y->op != OP_CONST && !isoutside(y, x)) ||
			    !atmost(p, a, y, k, depth - 1) || !atleast(p, a, -SMALL, depth - 1))
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
		} else if (y->op == OP_CONST && y->aux == 0 && x->islen) {
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
	p->fuel = FUEL;
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
	p->fuel = FUEL;
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

	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			any |= v->op == OP_BOUNDS;
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
