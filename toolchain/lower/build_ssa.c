/*
 * build_ssa.c - values, blocks and variables of the function being built.
 *
 * Variables become SSA values while blocks are made (Braun et al., "Simple and
 * Efficient Construction of SSA Form", 2013): each block has a table of the
 * current value of each variable; a read looks up the predecessors. A block is
 * sealed when all its predecessors are known; before that a read leaves an
 * incomplete phi. Phis that turn out to be one value become copies, which
 * bd_cleanup sweeps away.
 */
#include "lower/build.h"

typedef struct {
	int var;
	Value *v;
} Def;

typedef struct {
	Def *tab;		/* open addressing; var is number + 1, 0 empty */
	int n, cap;		/* cap: power of two */
	Vec(Def) incomplete;
} BlockVars;

Value *
bd_emit(Op op, VType t, int64_t aux)
{
	Value *v = value0(bd->f, bd->b, op, t, bd->pos, aux);

	v->inl = bd->ctx != NULL ? bd->ctx->inl : -1;
	return v;
}

Value *
bd_emit1(Op op, VType t, Value *x, int64_t aux)
{
	Value *v = bd_emit(op, t, aux);

	value_addarg(bd->f, v, x);
	return v;
}

Value *
bd_emit2(Op op, VType t, Value *x, Value *y, int64_t aux)
{
	Value *v = bd_emit1(op, t, x, aux);

	value_addarg(bd->f, v, y);
	return v;
}

Value *
bd_emit3(Op op, VType t, Value *x, Value *y, Value *z, int64_t aux)
{
	Value *v = bd_emit2(op, t, x, y, aux);

	value_addarg(bd->f, v, z);
	return v;
}

Value *
bd_int(VType t, int64_t i)
{
	/* clang-format off */
	switch (t) {
	case VT_I8: i = (int8_t)i; break;
	case VT_I16: i = (int16_t)i; break;
	case VT_I32: i = (int32_t)i; break;
	default: break;
	}
	/* clang-format on */
	return bd_emit(OP_CONST, t, i);
}

Value *
bd_nil(void)
{
	return bd_emit(OP_CONST, VT_PTR, 0);
}

Value *
bd_zeroval(VType t)
{
	return bd_emit(vtype_isfloat(t) ? OP_FCONST : OP_CONST, t, 0);
}

Value *
bd_symaddr(ObjSym *s, int64_t off)
{
	Value *v = bd_emit(OP_SYMADDR, VT_PTR, off);

	v->sym = s;
	v->nonnil = true;
	return v;
}

Value *
bd_slotaddr(Slot *s, int64_t off)
{
	Value *v = bd_emit(OP_SLOTADDR, VT_PTR, off);

	v->slot = s;
	v->nonnil = true;
	return v;
}

bool
bd_isconst(const Value *v, int64_t *i)
{
	v = value_uncopy((Value *)v);
	if (v->op != OP_CONST)
		return false;
	*i = v->aux;
	return true;
}

/* ---- blocks ---- */

Block *
bd_block(void)
{
	Block *b = block_new(bd->f, BK_JUMP);

	b->pos = bd->pos;
	return b;
}

void
bd_start(Block *b)
{
	bd->b = b;
	if (b->pos == 0)
		b->pos = bd->pos;
}

void
bd_dead(void)
{
	Block *b = bd_block();

	b->sealed = true;
	b->cold = true;
	bd->b = b;
}

/* Nothing leads here: edges out of here would only make phis of what is one value. */
static bool
isdead(const Block *b)
{
	return b->pred.n == 0 && b->sealed && b != bd->entry && b != bd->f->deferexit;
}

void
bd_jump(Block *to)
{
	if (isdead(bd->b))
		return;
	bd->b->kind = BK_JUMP;
	block_edgein(bd->f, bd->b, to);
	bd_dead();
}

void
bd_if(Value *cond, Block *yes, Block *no, int likely)
{
	Block *b = bd->b;

	if (isdead(b))
		return;
	if (cond->op == OP_CONST) {
		bd_jump(cond->aux != 0 ? yes : no);
		return;
	}
	b->kind = BK_IF;
	b->likely = (int8_t)likely;
	b->pos = bd->pos;
	block_setctl(b, cond);
	block_edgein(bd->f, b, yes);
	block_edgein(bd->f, b, no);
	bd_dead();
}

void
bd_exit(void)
{
	bd->b->kind = BK_EXIT;
	bd_dead();
}

/* ---- variables ---- */

static BlockVars *
varsof(Block *b)
{
	BlockVars *bv = b->lower;

	if (bv == NULL) {
		bv = NEW(bd->a, BlockVars);
		b->lower = bv;
	}
	return bv;
}

static Def *
slotof(BlockVars *bv, int var)
{
	uint32_t i = (uint32_t)(var + 1) * 2654435761u;

	for (i >>= 7;; i++) {
		Def *d = &bv->tab[i & (uint32_t)(bv->cap - 1)];

		if (d->var == 0 || d->var == var + 1)
			return d;
	}
}

static Value *
getdef(Block *b, int var)
{
	BlockVars *bv = b->lower;
	Def *d;

	if (bv == NULL || bv->n == 0)
		return NULL;
	d = slotof(bv, var);
	return d->var != 0 ? d->v : NULL;
}

static void
setdef(Block *b, int var, Value *v)
{
	BlockVars *bv = varsof(b);
	Def *d;

	if (2 * (bv->n + 1) > bv->cap) {
		Def *old = bv->tab;
		int oldcap = bv->cap;

		bv->cap = oldcap == 0 ? 8 : oldcap * 2;
		bv->tab = NEWN(bd->a, Def, bv->cap);
		for (int i = 0; i < oldcap; i++)
			if (old[i].var != 0)
				*slotof(bv, old[i].var - 1) = old[i];
	}
	d = slotof(bv, var);
	if (d->var == 0) {
		d->var = var + 1;
		bv->n++;
	}
	d->v = v;
}

int
bd_newvar(VType t)
{
	vec_push(bd->a, &bd->vartypes, (uint8_t)t);
	return bd->vartypes.n - 1;
}

void
bd_write(int var, Value *v)
{
	setdef(bd->b, var, v);
}

static Value *readin(Block *b, int var);

static Value *
constat(Block *b, VType t)
{
	Value *v = value_newfirst(bd->f, b, vtype_isfloat(t) ? OP_FCONST : OP_CONST, t, b->pos);

	return v;
}

/* What a phi stands for if all its arguments are one value (or itself); else NULL. */
static Value *
trivial(Value *phi)
{
	Value *same = NULL;

	for (int i = 0; i < phi->narg; i++) {
		Value *x = value_uncopy(phi->arg[i]);

		if (x == phi || x == same)
			continue;
		if (same != NULL)
			return NULL;
		same = x;
	}
	if (same == NULL)
		same = constat(phi->block, phi->type);
	return same;
}

static void
fillphi(Value *phi, int var)
{
	Block *b = phi->block;
	Value *same;

	for (int i = 0; i < b->pred.n; i++)
		value_setarg(phi, i, readin(b->pred.at[i], var));
	same = trivial(phi);
	if (same != NULL)
		value_tocopy(bd->f, phi, same);
}

static Value *
readjoin(Block *b, int var)
{
	VType t = bd->vartypes.at[var];
	Value *v;

	if (!b->sealed) {
		BlockVars *bv = varsof(b);
		Def d = { var, value_phi(bd->f, b, t) };

		vec_push(bd->a, &bv->incomplete, d);
		setdef(b, var, d.v);
		return d.v;
	}
	if (b->pred.n == 0) {
		v = constat(b, t);	/* dead code, or not yet assigned */
		setdef(b, var, v);
		return v;
	}
	v = value_phi(bd->f, b, t);
	setdef(b, var, v);
	fillphi(v, var);
	v = value_uncopy(v);
	setdef(b, var, v);
	return v;
}

static Value *
readin(Block *b, int var)
{
	Block *p = b;
	Value *v;
	int steps = 0;

	while ((v = getdef(p, var)) == NULL && p->sealed && p->pred.n == 1 && steps++ < bd->f->nblock)
		p = p->pred.at[0];
	if (v == NULL && steps >= bd->f->nblock) {	/* a loop that nothing enters */
		v = constat(p, bd->vartypes.at[var]);
		setdef(p, var, v);
	} else if (v == NULL)
		v = readjoin(p, var);
	v = value_uncopy(v);
	for (Block *q = b; q != p; q = q->pred.at[0])
		setdef(q, var, v);
	return v;
}

Value *
bd_read(int var)
{
	return readin(bd->b, var);
}

void
bd_seal(Block *b)
{
	BlockVars *bv = b->lower;

	assert(!b->sealed);
	b->sealed = true;
	if (bv == NULL)
		return;
	for (int i = 0; i < bv->incomplete.n; i++) {
		Def d = bv->incomplete.at[i];

		fillphi(d.v, d.var);
	}
}

void
bd_sealstart(Block *b)
{
	bd_seal(b);
	bd_start(b);
}

static void
markfrom(Block *entry)
{
	Vec(Block *) work = { 0 };

	vec_push(bd->a, &work, entry);
	entry->domdepth = 1;
	while (work.n > 0) {
		Block *b = vec_pop(&work);

		for (int i = 0; i < b->succ.n; i++)
			if (b->succ.at[i]->domdepth == 0) {
				b->succ.at[i]->domdepth = 1;
				vec_push(bd->a, &work, b->succ.at[i]);
			}
	}
}

void
bd_cleanup(void)
{
	Func *f = bd->f;

	for (Block *b = f->entry; b != NULL; b = b->next)
		b->domdepth = 0;
	markfrom(f->entry);
	if (f->deferexit != NULL && f->deferexit->domdepth == 0)
		markfrom(f->deferexit);
	for (Block *b = f->entry; b != NULL; b = b->next)
		if (b->domdepth == 0)
			while (b->succ.n > 0)
				block_dropedge(f, b, b->succ.n - 1);
	for (Block *b = f->entry, *next; b != NULL; b = next) {
		next = b->next;
		if (b->domdepth == 0)
			block_remove(f, b);
	}
	for (bool again = true; again;) {
		again = false;
		for (Block *b = f->entry; b != NULL; b = b->next)
			for (Value *v = b->phis, *next; v != NULL; v = next) {
				Value *same = trivial(v);

				next = v->next;
				if (same != NULL) {
					value_tocopy(f, v, same);
					again = true;
				}
			}
	}
	ssa_uncopy(f);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		b->domdepth = 0;
		b->lower = NULL;
	}
	f->valid = 0;
}

/* ---- small computations ---- */

Value *
bd_ext(Value *v, VType to, bool isunsigned)
{
	int from = vtype_size(v->type), size = vtype_size(to);

	if (v->type == VT_PTR && to != VT_PTR) {
		v = bd_emit1(OP_P2I, VT_I64, v, 0);
		from = 8;
	}
	if (v->op == OP_CONST) {
		int64_t i = v->aux;

		if (isunsigned && from < size)
			i &= ((int64_t)1 << (from * 8)) - 1;
		return bd_int(to, i);
	}
	if (from == size)
		return v;
	return bd_emit1(from > size ? OP_TRUNC : isunsigned ? OP_ZEXT : OP_SEXT, to, v, 0);
}

Value *
bd_addptr(Value *p, int64_t off)
{
	Value *v;

	if (off == 0)
		return p;
	v = bd_emit2(OP_ADDPTR, VT_PTR, p, bd_int(VT_I64, off), 0);
	v->nonnil = p->nonnil;
	return v;
}

Value *
bd_addvar(Value *p, Value *n)
{
	Value *v;
	int64_t i;

	if (bd_isconst(n, &i))
		return bd_addptr(p, i);
	v = bd_emit2(OP_ADDPTR, VT_PTR, p, n, 0);
	v->nonnil = p->nonnil;
	return v;
}

Value *
bd_nilcheck(Value *p)
{
	Value *v;

	if (p->nonnil)
		return p;
	v = bd_emit1(OP_NILCHECK, VT_PTR, p, 0);
	v->nonnil = true;
	return v;
}

Value *
bd_not(Value *v)
{
	if (v->op == OP_CONST)
		return bd_int(VT_I8, !v->aux);
	return bd_emit1(OP_BOOLNOT, VT_I8, v, 0);
}
