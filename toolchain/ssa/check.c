/*
 * check.c - the invariants of the SSA form, verified between passes.
 *
 * needs   nothing
 * keeps   everything
 *
 * A broken one is our bug: the message names the pass that ran last, the
 * function, and the value.
 */
#include "ssa/ssa.h"

typedef struct {
	Func *f;
	const char *after;
	int32_t *order;		/* by value id: 1 + place in its block; 0: not in the function */
} Check;

#define FAIL(c, v, ...) checkfail((c), (v), __VA_ARGS__)

static NORETURN void PRINTF(3, 4) checkfail(const Check *c, const Value *v, const char *fmt, ...)
{
	char msg[200];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(msg, sizeof msg, fmt, ap);
	va_end(ap);
	ssa_print(stderr, c->f);
	bug("ssa check after %s: %s: v%d: %s", c->after, c->f->name, v != NULL ? v->id : -1, msg);
}

static void
check_use(const Check *c, const Value *user, const Value *v, const Block *at, int32_t place)
{
	if (v == NULL)
		FAIL(c, user, "missing argument");
	if (v->id >= c->f->nvalue || c->order[v->id] == 0)
		FAIL(c, user, "argument v%d is not in the function", v->id);
	if (v->type == VT_VOID && v->op < OP_GENERIC_END && !op_info[v->op].call)
		FAIL(c, user, "argument v%d has no value", v->id);
	if (v->block == at ? c->order[v->id] > place : !ssa_dominates(v->block, at))
		FAIL(c, user, "argument v%d does not dominate its use in b%d", v->id, at->id);
}

static void
check_value(const Check *c, const Block *b, const Value *v)
{
	if (v->block != b)
		FAIL(c, v, "wrong block");
	if (v->op < OP_GENERIC_END) {
		const OpInfo *o = &op_info[v->op];

		if (o->name == NULL)
			FAIL(c, v, "operation %d", v->op);
		if (o->nargs >= 0 && v->narg != o->nargs)
			FAIL(c, v, "%s has %d arguments", o->name, v->narg);
		if (o->call && v->op != OP_DEFERRETURN && v->sig == NULL)
			FAIL(c, v, "call without signature");
		if (v->op == OP_SLOTADDR && v->slot == NULL)
			FAIL(c, v, "no slot");
		if (v->op == OP_RESULT && (v->prev == NULL || (v->prev != v->arg[0] && v->prev->op != OP_RESULT)))
			FAIL(c, v, "result does not follow its call");
	}
	for (int i = 0; i < v->narg; i++)
		check_use(c, v, v->arg[i], b, c->order[v->id] - 1);
}

static void
check_edges(const Check *c, const Block *b)
{
	static const int8_t nsucc[] = {
		[BK_JUMP] = 1, [BK_IF] = 2, [BK_SWITCH] = -1, [BK_RET] = 0, [BK_EXIT] = 0, [BK_TARGET] = -1
	};

	if (nsucc[b->kind] >= 0 && b->succ.n != nsucc[b->kind])
		FAIL(c, NULL, "b%d has %d successors", b->id, b->succ.n);
	for (int i = 0; i < b->succ.n; i++)
		block_predindex(b, i);	/* bug() if it is missing */
	for (const Value *v = b->phis; v != NULL; v = v->next) {
		if (v->op != OP_PHI || v->block != b)
			FAIL(c, v, "not a phi of b%d", b->id);
		if (v->narg != b->pred.n)
			FAIL(c, v, "phi has %d arguments, b%d %d predecessors", v->narg, b->id, b->pred.n);
		for (int i = 0; i < v->narg; i++) {
			check_use(c, v, v->arg[i], b->pred.at[i], INT32_MAX);
			if (v->arg[i]->type != v->type)
				FAIL(c, v, "phi argument v%d has another type", v->arg[i]->id);
		}
	}
	if (b->ctl != NULL)
		check_use(c, NULL, b->ctl, b, INT32_MAX);
	if (b->kind == BK_RET)
		for (int i = 0; i < c->f->sig->nresult; i++)
			check_use(c, NULL, b->ret[i], b, INT32_MAX);
}

void
ssa_check(Func *f, const char *after)
{
	Check c = { f, after, NEWN(f->a, int32_t, f->nvalue) };

	f->valid &= ~(unsigned)(AN_DOM | AN_LOOPS);
	ssa_ensure(f, AN_DOM);
	for (const Block *b = f->entry; b != NULL; b = b->next) {
		int32_t n = 1;

		for (const Value *v = b->phis; v != NULL; v = v->next)
			c.order[v->id] = n;
		for (const Value *v = b->first; v != NULL; v = v->next)
			c.order[v->id] = ++n;
	}
	for (const Block *b = f->entry; b != NULL; b = b->next) {
		if (b->rpo < 0)
			continue;	/* unreachable code obeys nothing */
		check_edges(&c, b);
		for (const Value *v = b->first; v != NULL; v = v->next)
			check_value(&c, b, v);
	}
}
