/*
 * gen.c - from machine-independent SSA to bytes: the target's selection,
 * register allocation, frame layout and encoding, in this order.
 */
#include "ssa/ssa.h"
#include "target/target.h"

void ssa_run(Func *f, const Pass *passes, int npasses);

static void
isel(Func *f)
{
	f->target->isel(f);
}

static void
encode(Func *f)
{
	f->target->encode(f);
	if (ssa_opt.asmlist)
		list_func(stdout, f);
}

/* A loop may begin at the entry block; what comes in registers must not be part of it. */
static void
entry(Func *f)
{
	Block *b = f->entry, *e;

	if (b->pred.n == 0)
		return;
	e = block_new(f, BK_JUMP);
	e->pos = b->pos;
	f->lastblock = e->prev;
	e->prev->next = NULL;
	e->prev = NULL;
	e->next = b;
	b->prev = e;
	f->entry = e;
	for (Value *v = b->first, *next; v != NULL; v = next) {
		next = v->next;
		if (v->op == OP_PARAM || v->op == OP_CLOSURE)
			value_move(v, e, NULL);
	}
	if (b->phis != NULL)
		bug("the entry block of %s has phis", f->name);
	block_edgein(f, e, b);
}

/* Facts the frame depends on. */
static void
leaf(Func *f)
{
	f->leaf = true;
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if (v->op < OP_GENERIC_END && op_info[v->op].call && v->op != OP_TAILCALL)
				f->leaf = false;
}

void ssa_slotlive(Func *f);

static const Pass back[] = {
	{ "unreach",  ssa_unreachable,   0,        AN_ALL },
	{ "entry",    entry,             0,        AN_ALL },
	{ "critical", ssa_splitcritical, 0,        AN_ALL },
	{ "slotlive", ssa_slotlive,      0,        0 },
	{ "isel",     isel,              AN_USES,  AN_ALL },
	{ "leaf",     leaf,              0,        0 },
};
static const Pass finish[] = {
	{ "regalloc", ssa_regalloc,      AN_DOM | AN_LOOPS, AN_ALL },
	{ "layout",   ssa_layout,        0,        AN_ALL },
	{ "frame",    ssa_frame,         0,        0 },
	{ "encode",   encode,            0,        0 },
};

void
ssa_generate(Func *f)
{
	bool check = ssa_opt.check;

	diag.subject = f->name;
	ssa_run(f, back, NELEM(back));
	ssa_opt.check = false;	/* what follows is no SSA */
	ssa_run(f, finish, NELEM(finish));
	ssa_opt.check = check;
}
