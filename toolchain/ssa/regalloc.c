/*
 * regalloc.c - a register for every value at every use.
 *
 * needs   dominators, loops; machine operations everywhere but for a few generic ones (calls, PHI, PARAM, RESULT, COPY, GETG ...);
 *         no critical edges
 * breaks  everything: afterwards arguments are registers (Value.reg of a shared placeholder), the code is no longer SSA
 *
 * Blocks are visited in reverse postorder. Each starts with what its
 * predecessor left in registers (of several: of the best one already done)
 * and is walked once; when a register is needed and none is free, the value whose next
 * use is farthest loses its own (Belady). A value may sit in several
 * registers, or in none: then it is in its spill slot. A value is stored to
 * its slot by one instruction that dominates all reloads; so a slot never
 * holds anything else and is initialised wherever it is read. Calls lose all registers: a call counts as FAR positions, so a
 * value whose next use is beyond a call is never worth keeping. Values that
 * are cheap to make again are never stored.
 *
 * At joins, edges get the moves that lead from what the predecessor has to
 * what the block starts with: a parallel copy over registers and slots (phis may live in slots).
 */
#include "ssa/ssa.h"
#include "target/target.h"

enum { FAR = 1000, DISTMAX = 1 << 28 };

#define BIT(r) ((RegSet)1 << (r))

typedef struct Use Use;
struct Use {
	int64_t pos;
	Use *next;
};

typedef struct {
	Value *v;
	RegSet regs;		/* where it is at the moment */
	Use *uses;		/* those still to come in this block; one for the first after it */
	Slot *slot;
	Block *spillat;		/* dominates all places that read the slot */
	int8_t hint;		/* preferred register of the definition, -1 none */
	int8_t want;		/* while scanning backwards */
	bool needspill, remat, memphi, fixed;
	int32_t wantepoch;
} State;

typedef struct {
	int32_t id, dist;
} Live;

typedef struct {
	int reg;
	Value *v;
} RegVal;

typedef struct {
	Vec(Live) out;		/* live at the end, with the distance of the next use from there */
	RegVal *start, *end;
	int nstart, nend;
	int pressure[2];	/* most values live at once: general, float */
	int looppressure[2];	/* heads: of the whole loop */
	bool done, dirty;
	bool hascall, loopcall;	/* heads: some block of the loop that is not cold has a call */
} BlockState;

typedef struct {
	Func *f;
	const Target *t;
	State *st;		/* by value id */
	int nid;
	BlockState *bs;		/* by block id */
	Block **rpo;
	int nrpo;
	RegSet all[2];		/* allocatable: general, float */
	uint8_t order[2][64];	/* in which order free registers are taken */
	int norder[2];
	Value *placeholder[64];
	/* while walking a block */
	Block *b;
	Value *cur;		/* new instructions go before it; NULL: to the end */
	int64_t pos;
	Value *occ[64];
	RegSet busy;		/* occ != NULL */
	RegSet used;		/* by the instruction at hand: not to be taken away */
	Use *freeuse;
	int32_t epoch;
} Alloc;

/* clang-format off */
static inline int lowest(RegSet s) { return __builtin_ctzll(s); }
static inline int isfloat(const Value *v) { return vtype_isfloat((VType)v->type) || v->type == VT_V128; }
static inline State *state(Alloc *ra, const Value *v) { return &ra->st[v->id]; }
/* clang-format on */

static bool
iscall(const Value *v)
{
	return v->op < OP_GENERIC_END && op_info[v->op].call;
}

static const Insn *
insn(const Alloc *ra, const Value *v)
{
	return v->op >= OP_TARGET ? &ra->t->insn[v->op - OP_TARGET] : NULL;
}

/* Instructions count one position, calls FAR. */
static inline int
cost(const Value *v)
{
	return iscall(v) ? FAR : 1;
}

/* ---- liveness with distances ---- */

typedef struct {
	Live *at;
	int n;
	int32_t *index;		/* by value id: place in `at`, valid if at[index].id == id */
} LiveSet;

static inline bool
inset(const LiveSet *s, int32_t id)
{
	int32_t i = s->index[id];

	return i < s->n && s->at[i].id == id;
}

static inline void
addlive(LiveSet *s, int32_t id, int32_t dist)
{
	if (inset(s, id)) {
		if (dist < s->at[s->index[id]].dist)
			s->at[s->index[id]].dist = dist;
		return;
	}
	s->index[id] = s->n;
	s->at[s->n++] = (Live){ id, dist };
}

static inline void
setlive(LiveSet *s, int32_t id, int32_t dist)
{
	addlive(s, id, dist);
	s->at[s->index[id]].dist = dist;
}

static inline void
dellive(LiveSet *s, int32_t id)
{
	if (inset(s, id)) {
		int32_t i = s->index[id];

		s->at[i] = s->at[--s->n];
		s->index[s->at[i].id] = i;
	}
}

enum { EXITCOST = 200 };	/* of leaving a loop */

static int32_t
edgecost(const Block *p, const Block *b)
{
	int32_t c = 1;

	if (b->cold && !p->cold)
		c += 300;
	if (p->succ.n == 2 && ((p->likely > 0 && b == p->succ.at[1]) || (p->likely < 0 && b == p->succ.at[0])))
		c += 100;
	if (p->loopdepth > b->loopdepth)
		c += EXITCOST;
	return c;
}

/* Adds what b needs at its start to what p has live at its end. */
static bool
mergelive(Alloc *ra, LiveSet *tmp, const LiveSet *in, int32_t shift, Block *p, Block *b, int predindex)
{
	BlockState *ps = &ra->bs[p->id];
	int32_t c = edgecost(p, b);
	bool changed = false;

	for (int i = 0; i < ps->out.n; i++)
		tmp->index[ps->out.at[i].id] = i;
#define ADD(id_, dist_)                                                                                                        \
	do {                                                                                                                   \
		int32_t id = (id_), d = (dist_), k = tmp->index[id];                                                          \
		if (d > DISTMAX)                                                                                              \
			d = DISTMAX;                                                                                          \
		if (k < ps->out.n && ps->out.at[k].id == id) {                                                                \
			if (d < ps->out.at[k].dist) {                                                                         \
				ps->out.at[k].dist = d;                                                                       \
				changed = true;                                                                               \
			}                                                                                                     \
		} else {                                                                                                      \
			tmp->index[id] = ps->out.n;                                                                           \
			vec_push(ra->f->a, &ps->out, ((Live){ id, d }));                                                      \
			changed = true;                                                                                       \
		}                                                                                                             \
	} while (0)
	for (int i = 0; i < in->n; i++)
		ADD(in->at[i].id, in->at[i].dist + shift + c);
	for (Value *v = b->phis; v != NULL; v = v->next)
		if (!ra->st[v->arg[predindex]->id].fixed)
			ADD(v->arg[predindex]->id, c);
#undef ADD
	return changed;
}

static void
count(const Alloc *ra, const LiveSet *s, int pressure[2])
{
	int n[2] = { 0, 0 };

	for (int i = 0; i < s->n; i++) {
		const State *st = &ra->st[s->at[i].id];

		if (!st->remat)
			n[isfloat(st->v)]++;
	}
	for (int k = 0; k < 2; k++)
		if (n[k] > pressure[k])
			pressure[k] = n[k];
}

/* Walks b backwards from its live-out set; *shift: what to add to the distances in `in`. */
static void
walkback(Alloc *ra, Block *b, LiveSet *in, int32_t *shift, bool pressure)
{
	BlockState *s = &ra->bs[b->id];
	int32_t k = 0;
	int tick = 0;

	in->n = 0;
	for (int i = 0; i < s->out.n; i++)
		setlive(in, s->out.at[i].id, s->out.at[i].dist);
	if (b->kind == BK_RET)
		for (int i = 0; i < ra->f->sig->nresult; i++)
			if (!state(ra, b->ret[i])->fixed)
				setlive(in, b->ret[i]->id, 0);
	if (b->kind == BK_SWITCH)
		setlive(in, b->ctl->id, 0);
	for (Value *v = b->last; v != NULL; v = v->prev) {
		if (k < DISTMAX)
			k += cost(v);
		s->hascall |= iscall(v);
		dellive(in, v->id);
		for (int i = 0; i < v->narg; i++)
			if (v->op != OP_RESULT && !state(ra, v->arg[i])->fixed)
				setlive(in, v->arg[i]->id, -k);
		if (pressure && (++tick & 3) == 0)
			count(ra, in, s->pressure);
	}
	if (pressure)
		count(ra, in, s->pressure);
	for (Value *v = b->phis; v != NULL; v = v->next)
		dellive(in, v->id);
	*shift = k;
}

static void
liveness(Alloc *ra)
{
	LiveSet in = { 0 }, tmp = { 0 };
	bool again = true;

	in.at = NEWN(ra->f->a, Live, ra->nid + 1);
	in.index = NEWN(ra->f->a, int32_t, ra->nid + 1);
	tmp.index = NEWN(ra->f->a, int32_t, ra->nid + 1);
	for (int i = 0; i < ra->nrpo; i++)
		ra->bs[ra->rpo[i]->id].dirty = true;
	while (again) {
		again = false;
		for (int i = ra->nrpo - 1; i >= 0; i--) {
			Block *b = ra->rpo[i];
			int32_t shift;

			if (!ra->bs[b->id].dirty)
				continue;
			ra->bs[b->id].dirty = false;
			walkback(ra, b, &in, &shift, false);
			for (int k = 0; k < b->pred.n; k++)
				if (mergelive(ra, &tmp, &in, shift, b->pred.at[k], b, k)) {
					ra->bs[b->pred.at[k]->id].dirty = true;
					again = true;
				}
		}
	}
	for (int i = 0; i < ra->nrpo; i++) {
		Block *b = ra->rpo[i];
		int32_t shift;

		if (b->loophead != NULL)
			walkback(ra, b, &in, &shift, true);
	}
	for (int i = ra->nrpo - 1; i >= 0; i--) {
		Block *b = ra->rpo[i], *h = b->loophead;
		BlockState *s = &ra->bs[b->id];

		for (int depth = 0; h != NULL && depth < 8; depth++) {
			BlockState *hs = &ra->bs[h->id];
			Block *up;

			hs->loopcall |= s->hascall && !b->cold;
			for (int k = 0; k < 2; k++)
				if (s->pressure[k] > hs->looppressure[k])
					hs->looppressure[k] = s->pressure[k];
			/* the loop around this one holds whatever dominates its head */
			for (up = h->idom; up != NULL && up->loophead == h; up = up->idom)
				;
			h = up != NULL && up->loophead != NULL && up->loopdepth < h->loopdepth ? up->loophead : NULL;
		}
	}
}

/* ---- registers ---- */

static int64_t
nextuse(const State *st)
{
	return st->uses != NULL ? st->uses->pos : INT64_MAX;
}

static Value *
emit(Alloc *ra, Op op, VType type)
{
	Func *f = ra->f;
	Value *v;

	if (ra->cur != NULL) {
		v = value_newbefore(f, ra->cur, op, type, ra->cur->pos);
		v->nopreempt = ra->cur->nopreempt;
	} else {
		v = value_new(f, ra->b, op, type, ra->b->last != NULL ? ra->b->last->pos : ra->b->pos);
		if (v->prev != NULL) {
			v->inl = v->prev->inl;
			v->nopreempt = v->prev->nopreempt;
		}
	}
	return v;
}

static void
emitcopy(Alloc *ra, int dst, int src, VType type)
{
	Value *c = emit(ra, OP_COPY, type);

	c->reg = (int16_t)dst;
	value_addarg(ra->f, c, ra->placeholder[src]);
}

/* The value again, from nothing. */
static void
emitremat(Alloc *ra, int dst, const Value *v)
{
	Value *c = emit(ra, (Op)v->op, (VType)v->type);

	c->aux = v->aux;
	c->size = v->size;
	c->sym = v->sym;
	c->reg = (int16_t)dst;
}

static Block *
commondom(Block *a, Block *b)
{
	if (ssa_dominates(a, b))
		return a;
	while (a != b) {
		if (a->domdepth >= b->domdepth)
			a = a->idom;
		else
			b = b->idom;
		if (a == NULL || b == NULL)
			bug("regalloc: uses that no block dominates");
	}
	return a;
}

static Slot *
slotof(Alloc *ra, Value *v)
{
	static const GcType integer = { .size = 8, .align = 8 };
	static const uint8_t one = 1;
	State *st = state(ra, v);

	if (st->slot == NULL) {
		GcType t = integer;

		t.size = t.align = v->type == VT_V128      ? 16 :
		    v->type == VT_I64 || v->type == VT_F64 ? 8 :
							     ra->t->regsize;
		if (v->type == VT_PTR) {
			t.ptrbytes = ra->t->ptrsize;
			t.ptrmask = &one;
		}
		st->slot = slot_new(ra->f, &t, NULL);
		st->slot->isspill = true;
	}
	if (!st->memphi) {
		st->needspill = true;
		st->spillat = st->spillat == NULL ? ra->b : commondom(st->spillat, ra->b);
	}
	return st->slot;
}

static void
emitreload(Alloc *ra, int dst, Value *v)
{
	Value *c = emit(ra, OP_RELOAD, (VType)v->type);

	c->spill = slotof(ra, v);
	c->reg = (int16_t)dst;
}

static void
setreg(Alloc *ra, int r, Value *v)
{
	assert(ra->occ[r] == NULL);
	ra->occ[r] = v;
	ra->busy |= BIT(r);
	state(ra, v)->regs |= BIT(r);
}

static void
clearreg(Alloc *ra, int r)
{
	if (ra->occ[r] != NULL) {
		state(ra, ra->occ[r])->regs &= ~BIT(r);
		ra->occ[r] = NULL;
		ra->busy &= ~BIT(r);
	}
}

static int
firstfree(const Alloc *ra, RegSet set, int class)
{
	for (int i = 0; i < ra->norder[class]; i++)
		if (set & BIT(ra->order[class][i]))
			return ra->order[class][i];
	return lowest(set);
}

/* Empties r; its value moves to another register if it is wanted soon and one outside `avoid` is free. */
static void
vacate(Alloc *ra, int r, RegSet avoid)
{
	Value *v = ra->occ[r];
	State *st;
	RegSet freeset;

	if (v == NULL)
		return;
	st = state(ra, v);
	if (st->uses != NULL && st->regs == BIT(r) && !st->remat && nextuse(st) - ra->pos < FAR) {
		freeset = ra->all[isfloat(v)] & ~ra->busy & ~ra->used & ~avoid & ~BIT(r);
		if (freeset != 0) {
			int to = firstfree(ra, freeset, isfloat(v));

			if (st->hint >= 0 && (freeset & BIT(st->hint)))
				to = st->hint;
			emitcopy(ra, to, r, (VType)v->type);
			clearreg(ra, r);
			setreg(ra, to, v);
			return;
		}
	}
	clearreg(ra, r);
}

/* A free register of the set, after taking it from the value used last if need be. */
static int
pick(Alloc *ra, RegSet set, int class, int hint)
{
	RegSet m = set & ~ra->used, freeset = m & ~ra->busy;
	int best = -1;
	int64_t bestuse = -1;

	if (hint >= 0 && (m & BIT(hint))) {
		if (freeset & BIT(hint))
			return hint;
		/* whoever is there will be lost at a call before it is used */
		if (nextuse(state(ra, ra->occ[hint])) - ra->pos >= FAR) {
			clearreg(ra, hint);
			return hint;
		}
	}
	if (freeset != 0) {
		return firstfree(ra, freeset, class);
	}
	if (m == 0)
		bug("regalloc: no register is left for an instruction of %s", ra->f->name);
	for (RegSet s = m; s != 0; s &= s - 1) {
		int r = lowest(s);
		State *st = state(ra, ra->occ[r]);
		int64_t n = (st->regs & (st->regs - 1)) != 0 ? INT64_MAX - 1 : nextuse(st);

		if (st->remat && n < INT64_MAX - FAR)
			n += 4;
		if (n > bestuse) {
			bestuse = n;
			best = r;
		}
	}
	vacate(ra, best, m);
	return best;
}

static int
class_of(const Alloc *ra, RegSet set)
{
	return (set & ra->all[0]) == 0 && (set & ra->all[1]) != 0;
}

/* Puts v into a register of the set, and says which. */
static int
toreg(Alloc *ra, Value *v, RegSet set)
{
	State *st = state(ra, v);
	int r;

	if (st->regs & set) {
		r = lowest(st->regs & set);
		if (st->hint >= 0 && (st->regs & set & BIT(st->hint)))
			r = st->hint;
		ra->used |= BIT(r);
		return r;
	}
	r = pick(ra, set & (ra->all[0] | ra->all[1]), class_of(ra, set), st->want);
	if (st->regs != 0)
		emitcopy(ra, r, lowest(st->regs), (VType)v->type);
	else if (st->remat)
		emitremat(ra, r, v);
	else
		emitreload(ra, r, v);
	setreg(ra, r, v);
	ra->used |= BIT(r);
	return r;
}

static void
popuse(Alloc *ra, Value *v)
{
	State *st = state(ra, v);

	while (st->uses != NULL && st->uses->pos <= ra->pos) {
		Use *u = st->uses;

		st->uses = u->next;
		u->next = ra->freeuse;
		ra->freeuse = u;
	}
}

static void
dropdead(Alloc *ra, Value *v)
{
	State *st = state(ra, v);

	if (st->uses == NULL && !st->fixed)
		while (st->regs != 0)
			clearreg(ra, lowest(st->regs));
}

static void
pushuse(Alloc *ra, Value *v, int64_t pos)
{
	State *st = state(ra, v);
	Use *u = ra->freeuse;

	if (st->fixed)
		return;
	if (u != NULL)
		ra->freeuse = u->next;
	else
		u = NEW(ra->f->a, Use);
	u->pos = pos;
	u->next = st->uses;
	st->uses = u;
}

static void
want(Alloc *ra, Value *v, int r)
{
	State *st = state(ra, v);

	st->want = (int8_t)r;
	st->wantepoch = ra->epoch;
}

static int
wanted(const Alloc *ra, const State *st)
{
	return st->wantepoch == ra->epoch ? st->want : -1;
}

/* Registers that the arguments of a call must be in. */
static RegSet
callmask(const Alloc *ra, const Value *v, int i)
{
	if (v->op == OP_CALLCLOSURE || v->op == OP_CALLPTR) {
		if (i == 0) {
			RegSet s = ra->all[0];

			if (v->op == OP_CALLCLOSURE)
				return BIT(ra->t->ctxt);
			for (int k = 0; k < ra->t->nintargs; k++)
				s &= ~BIT(ra->t->intargs[k]);
			return s & ~BIT(ra->t->ctxt);
		}
		i--;
	}
	return BIT(v->sig->param[i].reg);
}

static RegSet
argmask(const Alloc *ra, const Value *v, int i)
{
	const Insn *in = insn(ra, v);

	if (in != NULL)
		return in->in[i < 3 ? i : 3];
	if (iscall(v))
		return callmask(ra, v, i);
	return ra->all[isfloat(v->arg[i])] | (v->op == OP_COPY ? BIT(ra->t->g) : 0);
}

/* Fills the use lists of b's values, latest first, and finds preferred registers of definitions. */
static void
scanuses(Alloc *ra, Block *b)
{
	BlockState *s = &ra->bs[b->id];
	int64_t end = 0;

	for (Value *v = b->first; v != NULL; v = v->next) {
		v->num = (int32_t)end;
		end += cost(v);
	}
	ra->epoch++;
	for (int i = 0; i < s->out.n; i++) {
		Value *v = ra->st[s->out.at[i].id].v;

		pushuse(ra, v, end + 1 + s->out.at[i].dist);
	}
	if (b->kind == BK_RET)
		for (int i = ra->f->sig->nresult - 1; i >= 0; i--) {
			pushuse(ra, b->ret[i], end);
			want(ra, b->ret[i], ra->f->sig->result[i].reg);
		}
	if (b->kind == BK_SWITCH)
		pushuse(ra, b->ctl, end);
	if (b->succ.n == 1) {
		Block *t = b->succ.at[0];
		const BlockState *ts = &ra->bs[t->id];

		if (ts->done && t->pred.n > 1) {
			int k = block_predindex(b, 0);

			for (int i = 0; i < ts->nstart; i++) {
				Value *v = ts->start[i].v;

				want(ra, v->op == OP_PHI && v->block == t ? v->arg[k] : v, ts->start[i].reg);
			}
		}
	}
	for (Value *v = b->last; v != NULL; v = v->prev) {
		State *st = state(ra, v);
		const Insn *in = insn(ra, v);

		st->hint = (int8_t)wanted(ra, st);
		if (v->op == OP_RESULT)
			continue;
		if (iscall(v))
			ra->epoch++;
		for (int i = v->narg - 1; i >= 0; i--) {
			RegSet m;

			pushuse(ra, v->arg[i], v->num);
			if (v->op == OP_SLOTUSE || v->op == OP_KEEPALIVE)
				continue;
			m = argmask(ra, v, i);
			if (m != 0 && (m & (m - 1)) == 0)
				want(ra, v->arg[i], lowest(m));
			else if (i == 0 && st->hint >= 0 &&
			    ((in != NULL && (in->tied || v->narg == 1)) || v->op == OP_COPY) && (m & BIT(st->hint)))
				want(ra, v->arg[i], st->hint);
		}
	}
	/* phis of this block: a preferred register is worth knowing too */
	for (Value *v = b->phis; v != NULL; v = v->next)
		state(ra, v)->hint = (int8_t)wanted(ra, state(ra, v));
}

/* ---- the instructions ---- */

enum { MAXARG = 80 };

/* Puts the arguments where they must be; reg[i]: where they are. Those that are right already first, then the fixed ones. */
static void
placeargs(Alloc *ra, Value *v, int n, Value **arg, const RegSet *mask, int *reg)
{
	(void)v;
	for (int i = 0; i < n; i++) {
		State *st = state(ra, arg[i]);

		reg[i] = -1;
		if (mask[i] != 0 && (mask[i] & (mask[i] - 1)) == 0 && (st->regs & mask[i])) {
			reg[i] = lowest(mask[i]);
			ra->used |= mask[i];
		}
	}
	for (int i = 0; i < n; i++)
		if (reg[i] < 0 && mask[i] != 0 && (mask[i] & (mask[i] - 1)) == 0)
			reg[i] = toreg(ra, arg[i], mask[i]);
	for (int i = 0; i < n; i++)
		if (reg[i] < 0 && mask[i] != 0)
			reg[i] = toreg(ra, arg[i], mask[i]);
}

static void
losewhole(Alloc *ra)
{
	while (ra->busy != 0)
		clearreg(ra, lowest(ra->busy));
}

static void
docall(Alloc *ra, Value *v)
{
	RegSet mask[MAXARG];
	int reg[MAXARG];

	if (v->narg > MAXARG)
		bug("regalloc: a call with %d register arguments", v->narg);
	for (int i = 0; i < v->narg; i++)
		mask[i] = callmask(ra, v, i);
	placeargs(ra, v, v->narg, v->arg, mask, reg);
	for (int i = 0; i < v->narg; i++)
		popuse(ra, v->arg[i]);
	for (int i = 0; i < v->narg; i++)
		v->arg[i] = ra->placeholder[reg[i]];
	/* What lives on must have been stored: a later use will reload it, and so make slotof note that. */
	losewhole(ra);
	for (Value *w = v->next; w != NULL && w->op == OP_RESULT && w->arg[0] == v; w = w->next) {
		w->reg = v->sig->result[w->aux].reg;
		if (state(ra, w)->uses != NULL)
			setreg(ra, w->reg, w);
	}
}

static void
doinsn(Alloc *ra, Value *v)
{
	const Insn *in = insn(ra, v);
	State *st = state(ra, v);
	RegSet mask[MAXARG], out;
	Value *orig[MAXARG];
	int reg[MAXARG], n = v->narg, d = -1, class;
	bool tied = in != NULL && in->tied;

	assert(n <= MAXARG);
	if (in != NULL && in->commutative && (in->in[0] & (in->in[0] - 1)) == 0 &&
	    !(state(ra, v->arg[0])->regs & in->in[0]) && (state(ra, v->arg[1])->regs & in->in[0])) {
		Value *t = v->arg[0];

		v->arg[0] = v->arg[1];
		v->arg[1] = t;
	}
	for (int i = 0; i < n; i++) {
		mask[i] = argmask(ra, v, i);
		orig[i] = v->arg[i];
	}
	placeargs(ra, v, n, orig, mask, reg);
	for (int i = 0; i < n; i++)
		popuse(ra, orig[i]);
	out = in != NULL ? in->out : ra->all[isfloat(v)];
	class = class_of(ra, out);
	if (tied) {
		State *s0 = state(ra, orig[0]);

		if (in->commutative && orig[0] != orig[1]) {
			State *s1 = state(ra, orig[1]);

			if ((mask[0] & BIT(reg[1])) && (mask[1] & BIT(reg[0])) && s1->uses == NULL && !s1->fixed &&
			    (s0->uses != NULL || s0->fixed || st->hint == reg[1])) {
				Value *t = orig[0];
				int r = reg[0];

				orig[0] = orig[1];
				orig[1] = t;
				reg[0] = reg[1];
				reg[1] = r;
				s0 = s1;
			}
		}
		if (s0->fixed ||
		    (s0->uses != NULL && s0->regs == BIT(reg[0]) && !s0->remat && nextuse(s0) - ra->pos < FAR)) {
			/* still needed: the instruction works on a copy */
			RegSet m = out & mask[0] & ~ra->used;
			int r2;

			if (m != 0) {
				r2 = pick(ra, m, class, st->hint);
				emitcopy(ra, r2, reg[0], (VType)orig[0]->type);
				reg[0] = r2;
				ra->used |= BIT(r2);
			} else {
				vacate(ra, reg[0], 0);
			}
		}
		d = reg[0];
	}
	if (in == NULL || !in->earlyout)
		for (int i = 0; i < n; i++)
			dropdead(ra, orig[i]);
	if (in != NULL) {
		for (RegSet m = in->clobber & ra->busy; m != 0; m &= m - 1)
			vacate(ra, lowest(m), in->clobber | out * ((out & (out - 1)) == 0));
	}
	if (out != 0) {
		if (tied) {
			clearreg(ra, d);
		} else if ((out & (out - 1)) == 0) {
			d = lowest(out);
			vacate(ra, d, in->clobber);
		} else {
			int hint = st->hint;
			RegSet keep = ra->used;

			/* the register of an argument may be taken unless the result comes before it is read */
			if (in == NULL || !in->earlyout)
				ra->used = 0;
			if ((hint < 0 || !(out & BIT(hint)) ||
				((ra->busy & BIT(hint)) && nextuse(state(ra, ra->occ[hint])) - ra->pos < FAR)) &&
			    n > 0 && reg[0] >= 0 && (out & BIT(reg[0])) && !(ra->busy & BIT(reg[0])))
				hint = reg[0];
			d = pick(ra, out, class, hint);
			ra->used = keep;
		}
		v->reg = (int16_t)d;
		if (in != NULL && in->earlyout)
			for (int i = 0; i < n; i++)
				dropdead(ra, orig[i]);
		clearreg(ra, d);
		if (st->uses != NULL)
			setreg(ra, d, v);
	} else if (in != NULL && in->earlyout) {
		for (int i = 0; i < n; i++)
			dropdead(ra, orig[i]);
	}
	/* an operation with several results: they follow it, and aux is the register */
	for (Value *w = v->next; w != NULL && w->op == OP_RESULT && w->arg[0] == v; w = w->next) {
		w->reg = (int16_t)w->aux;
		clearreg(ra, w->reg);
		if (state(ra, w)->uses != NULL)
			setreg(ra, w->reg, w);
	}
	for (int i = 0; i < n; i++)
		v->arg[i] = reg[i] >= 0 ? ra->placeholder[reg[i]] : ra->placeholder[0];
}

static void
dokeepalive(Alloc *ra, Value *v)
{
	State *st = state(ra, v->arg[0]);
	Value *x = v->arg[0];

	popuse(ra, x);
	v->narg = 0;
	/* Only its slot matters: a register is no place a collector looks at. */
	if (st->regs == 0 && !st->remat && !st->fixed) {
		v->op = OP_SLOTUSE;
		v->spill = slotof(ra, x);
	}
	dropdead(ra, x);
}

/* ---- blocks ---- */

static void
recordregs(Alloc *ra, RegVal **list, int *n)
{
	int k = 0;

	*list = NEWN(ra->f->a, RegVal, __builtin_popcountll(ra->busy) + 1);
	for (RegSet s = ra->busy; s != 0; s &= s - 1)
		(*list)[k++] = (RegVal){ lowest(s), ra->occ[lowest(s)] };
	*n = k;
}

static Block *
bestpred(Alloc *ra, Block *b)
{
	Block *best = NULL;

	for (int i = 0; i < b->pred.n; i++) {
		Block *p = b->pred.at[i];

		if (!ra->bs[p->id].done)
			continue;
		if (best == NULL || (best->cold && !p->cold) ||
		    (best->cold == p->cold && p->loopdepth > best->loopdepth))
			best = p;
	}
	return best;
}

static bool
inend(const BlockState *s, const Value *v)
{
	for (int i = 0; i < s->nend; i++)
		if (s->end[i].v == v)
			return true;
	return false;
}

/* A loop that needs more registers than there are: values that only live through it had better be in their slots. */
static void
relieve(Alloc *ra, Block *b)
{
	BlockState *s = &ra->bs[b->id];

	for (int class = 0; class < 2; class ++) {
		int over = s->looppressure[class] - __builtin_popcountll(ra->all[class]);

		while (over-- > 0) {
			int best = -1;
			int64_t bestuse = EXITCOST;

			for (RegSet m = ra->busy & ra->all[class]; m != 0; m &= m - 1)
				if (nextuse(state(ra, ra->occ[lowest(m)])) > bestuse) {
					best = lowest(m);
					bestuse = nextuse(state(ra, ra->occ[best]));
				}
			if (best < 0)
				break;
			clearreg(ra, best);
		}
	}
}

static void
startjoin(Alloc *ra, Block *b)
{
	BlockState *s = &ra->bs[b->id];
	Block *p = bestpred(ra, b);
	BlockState *ps = p != NULL ? &ra->bs[p->id] : NULL;
	int pi = 0;
	bool loop = false;

	for (int i = 0; i < b->pred.n; i++) {
		if (!ra->bs[b->pred.at[i]->id].done)
			loop = true;
		if (b->pred.at[i] == p)
			pi = i;
	}
	ra->used = 0;
	for (int i = 0; ps != NULL && i < ps->nend; i++) {
		State *st = state(ra, ps->end[i].v);
		bool everywhere = true;

		if (st->uses == NULL || nextuse(st) >= FAR || st->regs != 0)
			continue;
		/* not used in the loop, and lost in it anyway */
		if (loop && s->loopcall && nextuse(st) >= EXITCOST)
			continue;
		/* what can be made again is not worth a move on other edges */
		for (int k = 0; k < b->pred.n && st->remat; k++)
			everywhere = everywhere && ra->bs[b->pred.at[k]->id].done &&
			    inend(&ra->bs[b->pred.at[k]->id], ps->end[i].v);
		if (everywhere)
			setreg(ra, ps->end[i].reg, ps->end[i].v);
	}
	if (loop)
		relieve(ra, b);
	/* phis: first those whose argument comes in a register that is free now */
	for (Value *v = b->phis; v != NULL; v = v->next) {
		State *st = state(ra, v);

		v->reg = -1;
		if (st->uses == NULL)
			continue;
		if (nextuse(st) >= FAR || p == NULL) {
			st->memphi = true;
			continue;
		}
		for (int i = 0; i < ps->nend; i++)
			if (ps->end[i].v == v->arg[pi] && ra->occ[ps->end[i].reg] == NULL &&
			    (st->hint < 0 || st->hint == ps->end[i].reg)) {
				v->reg = (int16_t)ps->end[i].reg;
				setreg(ra, v->reg, v);
				break;
			}
	}
	for (Value *v = b->phis; v != NULL; v = v->next) {
		State *st = state(ra, v);
		RegSet set = ra->all[isfloat(v)];

		if (st->uses == NULL || st->memphi || v->reg >= 0)
			continue;
		if ((set & ~ra->busy) == 0) {
			/* takes the place of something used later, else lives in memory */
			int best = -1;
			int64_t bestuse = nextuse(st);

			for (RegSet m = set & ra->busy; m != 0; m &= m - 1)
				if (nextuse(state(ra, ra->occ[lowest(m)])) > bestuse &&
				    ra->occ[lowest(m)]->block != b) {
					best = lowest(m);
					bestuse = nextuse(state(ra, ra->occ[best]));
				}
			if (best < 0) {
				st->memphi = true;
				continue;
			}
			clearreg(ra, best);
		}
		v->reg = (int16_t)pick(ra, set, isfloat(v), st->hint);
		setreg(ra, v->reg, v);
	}
	for (Value *v = b->phis; v != NULL; v = v->next)
		if (state(ra, v)->memphi)
			slotof(ra, v);
	/* a loop's own values come in registers even if a call before it lost them */
	if (loop) {
		int spare[2];

		for (int k = 0; k < 2; k++)
			spare[k] = __builtin_popcountll(ra->all[k] & ~ra->busy) - 2;
		for (int i = 0; ps != NULL && i < ps->out.n; i++) {
			Value *v = ra->st[ps->out.at[i].id].v;
			State *st = state(ra, v);
			int class = isfloat(v);

			if (st->regs != 0 || st->remat || st->uses == NULL || nextuse(st) >= 100 || spare[class] <= 0 ||
			    s->looppressure[class] > __builtin_popcountll(ra->all[class]))
				continue;
			setreg(ra, pick(ra, ra->all[class], class, st->hint), v);
			spare[class]--;
		}
	}
	recordregs(ra, &s->start, &s->nstart);
}

static void
startentry(Alloc *ra, Block *b)
{
	Value *head = NULL;

	if (b->pred.n > 0)
		bug("regalloc: the entry block of %s is a loop", ra->f->name);
	/* what comes in registers stands first, so that nothing overwrites it */
	for (Value *v = b->first, *next; v != NULL; v = next) {
		next = v->next;
		if (v->op != OP_PARAM && v->op != OP_CLOSURE)
			continue;
		v->reg = v->op == OP_PARAM ? ra->f->sig->param[v->aux].reg : ra->t->ctxt;
		if (state(ra, v)->uses != NULL)
			setreg(ra, v->reg, v);
		if (v->prev != head)
			value_move(v, b, head != NULL ? head->next : b->first);
		head = v;
	}
}

static void
dorets(Alloc *ra, Block *b)
{
	int n = ra->f->sig->nresult, reg[MAXARG];
	RegSet mask[MAXARG];

	if (n > MAXARG)
		bug("regalloc: %d results in registers", n);
	ra->used = 0;
	for (int i = 0; i < n; i++)
		mask[i] = BIT(ra->f->sig->result[i].reg);
	placeargs(ra, NULL, n, b->ret, mask, reg);
}

static void
doblock(Alloc *ra, Block *b)
{
	BlockState *s = &ra->bs[b->id];

	ra->b = b;
	ra->cur = NULL;
	ra->pos = 0;
	scanuses(ra, b);
	ra->busy = 0;
	memset(ra->occ, 0, sizeof ra->occ);
	if (b == ra->f->entry) {
		startentry(ra, b);
	} else if (b->pred.n == 1) {
		const BlockState *ps = &ra->bs[b->pred.at[0]->id];

		if (!ps->done)
			bug("regalloc: b%d of %s comes before its only predecessor", b->id, ra->f->name);
		for (int i = 0; i < ps->nend; i++)
			if (state(ra, ps->end[i].v)->uses != NULL)
				setreg(ra, ps->end[i].reg, ps->end[i].v);
		for (Value *v = b->phis; v != NULL; v = v->next)
			bug("regalloc: b%d of %s has a phi and one predecessor", b->id, ra->f->name);
	} else {
		startjoin(ra, b);
	}
	for (Value *v = b->first, *next; v != NULL; v = next) {
		State *st = state(ra, v);

		next = v->next;
		ra->cur = v;
		ra->pos = v->num;
		ra->used = 0;
		if (v->op == OP_PARAM || v->op == OP_CLOSURE || v->op == OP_RESULT)
			continue;
		if (v->op == OP_GETG)
			continue;
		if (v->op == OP_KEEPALIVE)
			dokeepalive(ra, v);
		else if (iscall(v))
			docall(ra, v);
		else if (st->remat)
			value_remove(v);
		else if (v->op == OP_COPY || v->op >= OP_TARGET)
			doinsn(ra, v);
		else
			bug("regalloc: %s (v%d) was not selected", op_info[v->op].name, v->id);
	}
	ra->cur = NULL;
	ra->pos = INT32_MAX;
	ra->used = 0;
	if (b->kind == BK_RET) {
		dorets(ra, b);
	} else if (b->kind == BK_SWITCH) {
		Value *ctl = b->ctl;

		b->ctl = ra->placeholder[toreg(ra, ctl, ra->all[0])];
		ra->pos = b->last != NULL ? b->last->num + cost(b->last) : 0;
		popuse(ra, ctl);
		dropdead(ra, ctl);
	}
	if (b->kind != BK_RET && b->kind != BK_EXIT) {
		for (RegSet m = ra->busy; m != 0; m &= m - 1)
			if (state(ra, ra->occ[lowest(m)])->uses == NULL)
				clearreg(ra, lowest(m));
		recordregs(ra, &s->end, &s->nend);
	}
	losewhole(ra);
	/* all use lists are of this block only */
	ra->pos = INT64_MAX;
	for (int i = 0; i < s->out.n; i++)
		popuse(ra, ra->st[s->out.at[i].id].v);
	if (b->kind == BK_RET)
		for (int i = 0; i < ra->f->sig->nresult; i++)
			popuse(ra, b->ret[i]);
	s->done = true;
}

/* ---- edges ---- */

typedef struct {
	int dreg, sreg;		/* -1: a slot */
	Slot *dslot, *sslot;
	Value *remat;		/* source is nothing but this */
	uint8_t type;
	bool done;
} Move;

static Move
moveof(Alloc *ra, Block *p, int dreg, Slot *dslot, Value *v)
{
	const BlockState *ps = &ra->bs[p->id];
	State *st = state(ra, v);
	Move m = { .dreg = dreg, .dslot = dslot, .sreg = -1, .type = v->type };

	if (st->fixed)
		m.sreg = lowest(st->regs);
	for (int i = 0; i < ps->nend; i++)
		if (ps->end[i].v == v && (m.sreg < 0 || ps->end[i].reg == dreg))
			m.sreg = ps->end[i].reg;
	if (m.sreg < 0) {
		if (st->remat)
			m.remat = v;
		else
			m.sslot = slotof(ra, v);
	}
	m.done = m.remat == NULL && (dreg >= 0 ? m.sreg == dreg : m.sslot == dslot && m.sreg < 0);
	return m;
}

static bool
sameplace(int reg1, const Slot *slot1, int reg2, const Slot *slot2)
{
	return reg1 >= 0 ? reg1 == reg2 : reg2 < 0 && slot1 == slot2;
}

static void
emitspill(Alloc *ra, int src, Slot *dst, VType type)
{
	Value *c = emit(ra, OP_SPILL, type);

	c->spill = dst;
	value_addarg(ra->f, c, ra->placeholder[src]);
}

static void
emitfrom(Alloc *ra, int dreg, const Move *m)
{
	if (m->sreg >= 0) {
		emitcopy(ra, dreg, m->sreg, (VType)m->type);
	} else {
		Value *c = emit(ra, OP_RELOAD, (VType)m->type);

		c->spill = m->sslot;
		c->reg = (int16_t)dreg;
	}
}

static void
rezero(Alloc *ra)
{
	if (ra->t->zerofloat == ra->t->floatscratch)
		emit(ra, OP_FCONST, VT_F64)->reg = ra->t->zerofloat;
}

static void
emitmove(Alloc *ra, const Move *m, bool scratchbusy)
{
	if (m->dreg >= 0) {
		emitfrom(ra, m->dreg, m);
	} else if (m->sreg >= 0) {
		emitspill(ra, m->sreg, m->dslot, (VType)m->type);
	} else if (!scratchbusy) {
		/* any 8 bytes may pass through a general register */
		Move w = *m;

		w.type = m->type == VT_F64 ? VT_I64 : m->type == VT_F32 ? VT_I32 : m->type;
		emitfrom(ra, ra->t->intscratch, &w);
		emitspill(ra, ra->t->intscratch, m->dslot, (VType)w.type);
	} else {
		Move w = *m;

		w.type = VT_F64;
		emitfrom(ra, ra->t->floatscratch, &w);
		emitspill(ra, ra->t->floatscratch, m->dslot, VT_F64);
		rezero(ra);
	}
}

static void
parallel(Alloc *ra, Move *m, int n)
{
	int left = 0;
	bool scratchbusy = false;

	for (int i = 0; i < n; i++)
		left += !m[i].done && m[i].remat == NULL;
	while (left > 0) {
		bool progress = false;

		for (int i = 0; i < n; i++) {
			bool blocked = false;

			if (m[i].done || m[i].remat != NULL)
				continue;
			for (int k = 0; k < n && !blocked; k++)
				blocked = k != i && !m[k].done && m[k].remat == NULL &&
					  sameplace(m[i].dreg, m[i].dslot, m[k].sreg, m[k].sslot);
			if (blocked)
				continue;
			emitmove(ra, &m[i], scratchbusy && m[i].sreg != ra->t->intscratch);
			if (m[i].sreg == ra->t->intscratch)
				scratchbusy = false;
			m[i].done = true;
			progress = true;
			left--;
		}
		if (progress || left == 0)
			continue;
		/* only cycles are left: what the first one overwrites waits in the scratch register */
		for (int i = 0; i < n; i++)
			if (!m[i].done && m[i].remat == NULL) {
				for (int k = 0; k < n; k++)
					if (k != i && !m[k].done && m[k].remat == NULL &&
					    sameplace(m[i].dreg, m[i].dslot, m[k].sreg, m[k].sslot)) {
						if (!scratchbusy) {
							emitfrom(ra, ra->t->intscratch, &m[k]);
							scratchbusy = true;
						}
						m[k].sreg = ra->t->intscratch;
						m[k].sslot = NULL;
					}
				break;
			}
	}
	for (int i = 0; i < n; i++) {
		if (m[i].done || m[i].remat == NULL)
			continue;
		if (m[i].dreg >= 0) {
			emitremat(ra, m[i].dreg, m[i].remat);
		} else {
			int r = isfloat(m[i].remat) ? ra->t->floatscratch : ra->t->intscratch;

			emitremat(ra, r, m[i].remat);
			emitspill(ra, r, m[i].dslot, (VType)m[i].type);
			if (r == ra->t->floatscratch)
				rezero(ra);
		}
	}
}

static void
doedges(Alloc *ra)
{
	for (int i = 0; i < ra->nrpo; i++) {
		Block *b = ra->rpo[i];
		const BlockState *s = &ra->bs[b->id];
		int nphi = 0;
		Move *m;

		if (b->pred.n < 2)
			continue;
		for (Value *v = b->phis; v != NULL; v = v->next)
			nphi++;
		m = NEWN(ra->f->a, Move, s->nstart + nphi + 1);
		for (int k = 0; k < b->pred.n; k++) {
			Block *p = b->pred.at[k];
			int n = 0;

			ra->b = p;
			ra->cur = NULL;
			for (int j = 0; j < s->nstart; j++) {
				Value *v = s->start[j].v;

				m[n++] = moveof(ra, p, s->start[j].reg, NULL,
				    v->op == OP_PHI && v->block == b ? v->arg[k] : v);
			}
			for (Value *v = b->phis; v != NULL; v = v->next)
				if (state(ra, v)->memphi)
					m[n++] = moveof(ra, p, -1, state(ra, v)->slot, v->arg[k]);
			if (p->succ.n != 1)
				for (int j = 0; j < n; j++)
					if (!m[j].done)
						bug("regalloc: critical edge b%d b%d in %s", p->id, b->id, ra->f->name);
			parallel(ra, m, n);
		}
	}
}

/* The register v is in when b starts, or -1. */
static int
regatstart(Alloc *ra, const Block *b, const Value *v)
{
	const BlockState *s = &ra->bs[b->id];
	const RegVal *list = s->start;
	int n = s->nstart;

	if (b->pred.n == 1) {
		list = ra->bs[b->pred.at[0]->id].end;
		n = ra->bs[b->pred.at[0]->id].nend;
	}
	for (int i = 0; i < n; i++)
		if (list[i].v == v)
			return list[i].reg;
	return -1;
}

/*
 * The store to the slot: right after the definition, or later if all readers
 * of the slot are below a block that starts with the value in a register and is in no deeper loop.
 */
static void
spills(Alloc *ra)
{
	for (int i = 0; i < ra->nid; i++) {
		State *st = &ra->st[i];
		Value *v = st->v, *c;
		Block *at = NULL;
		int reg, best = -1, steps = 200;

		if (v == NULL || !st->needspill || st->memphi)
			continue;
		if (v->reg < 0)
			bug("regalloc: v%d of %s has a slot but never had a register", v->id, ra->f->name);
		for (Block *b = st->spillat; b != v->block && b != NULL && steps-- > 0; b = b->idom)
			if (b->loopdepth <= v->block->loopdepth && (at == NULL || b->loopdepth < at->loopdepth) &&
			    (reg = regatstart(ra, b, v)) >= 0) {
				at = b;
				best = reg;
			}
		if (at != NULL) {
			c = value_newfirst(ra->f, at, OP_SPILL, (VType)v->type, v->pos);
			if (c->next != NULL) {
				c->pos = c->next->pos;
				c->inl = c->next->inl;
				c->nopreempt = c->next->nopreempt;
			}
		} else {
			best = v->reg;
			if (v->op == OP_PHI)
				c = value_newfirst(ra->f, v->block, OP_SPILL, (VType)v->type, v->pos);
			else
				c = value_newafter(ra->f, v, OP_SPILL, (VType)v->type, v->pos);
			c->nopreempt = v->nopreempt;
		}
		c->spill = st->slot;
		value_addarg(ra->f, c, ra->placeholder[best]);
	}
}

static void
registers(Alloc *ra)
{
	const Target *t = ra->t;
	RegSet late = BIT(t->ctxt);

	for (int r = 0; r < t->nreg; r++) {
		ra->placeholder[r] = NEW(ra->f->a, Value);
		ra->placeholder[r]->reg = (int16_t)r;
		ra->placeholder[r]->type = t->reg[r].class == RC_FLOAT ? VT_F64 : VT_I64;
		if (t->reg[r].allocatable)
			ra->all[t->reg[r].class == RC_FLOAT] |= BIT(r);
	}
	/* the first argument registers last: they are wanted for arguments and results */
	for (int i = 0; i < 3 && i < t->nintargs; i++)
		late |= BIT(t->intargs[i]);
	for (int i = 3; i < t->nintargs; i++)
		ra->order[0][ra->norder[0]++] = t->intargs[i];
	for (int pass = 0; pass < 2; pass++)
		for (int r = t->nreg - 1; r >= 0; r--) {
			bool have = false;

			for (int k = 0; k < ra->norder[0]; k++)
				have = have || ra->order[0][k] == r;
			if (!have && (ra->all[0] & BIT(r)) && (pass == 1 || !(late & BIT(r))))
				ra->order[0][ra->norder[0]++] = (uint8_t)r;
		}
	for (int r = t->nreg - 1; r >= 0; r--)
		if (ra->all[1] & BIT(r))
			ra->order[1][ra->norder[1]++] = (uint8_t)r;
}

void
ssa_regalloc(Func *f)
{
	Alloc ra = { .f = f, .t = f->target };

	ra.rpo = ssa_rpo(f, &ra.nrpo);
	ra.nid = f->nvalue;
	ra.st = NEWN(f->a, State, f->nvalue + 1);
	ra.bs = NEWN(f->a, BlockState, f->nblock + 1);
	registers(&ra);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next) {
			ra.st[v->id].v = v;
			ra.st[v->id].want = -1;
		}
		for (Value *v = b->first; v != NULL; v = v->next) {
			State *st = &ra.st[v->id];

			st->v = v;
			st->want = -1;
			st->remat = v->op >= OP_TARGET && f->target->insn[v->op - OP_TARGET].remat;
			if (v->op == OP_GETG) {
				st->fixed = true;
				st->regs = BIT(f->target->g);
				v->reg = f->target->g;
			}
		}
	}
	liveness(&ra);
	for (int i = 0; i < ra.nrpo; i++)
		doblock(&ra, ra.rpo[i]);
	doedges(&ra);
	spills(&ra);
	f->valid = 0;
}
