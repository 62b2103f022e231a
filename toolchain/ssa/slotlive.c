/*
 * slotlive.c - at which calls the objects of the frame are needed.
 *
 * needs   nothing; runs right before selection, when calls and slots are final
 * keeps   everything; sets Slot.tracked, Slot.live and Value.slots of calls
 *
 * A slot with pointers that nothing can reach except by addresses made here is
 * tracked: it stands only in the stack maps of those calls after which (or
 * during which) something may look at it before it is written anew, and the
 * prologue clears it only if something may look at it before it is written at all.
 * So what a dead slot holds is not kept alive, and it may hold anything.
 *
 * An address is followed through copies, phis and arithmetic, into the results of calls
 * that give their argument back (escape.c). One that is stored in another tracked slot (a closure, a case of select) is
 * looked at when that one is. A slot whose address is stored anywhere else, or meets another slot's
 * address in one value, is not tracked: always live. So is what the deferreturn point needs, because every
 * call may go on there. Any instruction with an address of the slot among its operands
 * looks at it, but for those that write: stores, clears and copies that
 * together cover all of it, with no call between them, end what was there before.
 */
#include "ssa/ssa.h"
#include "target/target.h"

enum { MAXSLOTS = 1024, MAXWORDS = 64 };

typedef struct {
	Func *f;
	Slot **slot;		/* tracked ones, by number */
	int *number;		/* by slot id; -1 */
	int n, nword;
	int *of;		/* by value id: number of the slot whose address it may hold; -1 */
	bool *always;		/* by number */
	uint64_t **
	    holds; /* by number: set of slots whose addresses are stored in it, NULL if none; later those behind them too */
	uint64_t *full;		/* by number: its words with pointers */
	uint64_t *
	    covered; /* by number, while a block is walked backwards: words that are written before anything looks at them */
	uint64_t **in, **out;	/* by block id: sets of numbers */
	bool again;
} Live;

static bool
iscall(const Value *v)
{
	return v->op < OP_GENERIC_END && op_info[v->op].call;
}

/* Words with pointers, or 0 if the slot is too large to look at words. */
static uint64_t
words(const Slot *s, int ps)
{
	uint64_t m = 0;

	if (s->type.ptrbytes / ps > MAXWORDS)
		return 0;
	for (int64_t w = 0; w < s->type.ptrbytes / ps; w++)
		if (s->type.ptrmask == NULL || (s->type.ptrmask[w / 8] >> (w % 8) & 1))
			m |= (uint64_t)1 << w;
	return m;
}

static void
candidates(Live *x)
{
	Func *f = x->f;

	x->number = NEWN(f->a, int, f->nslot + 1);
	x->slot = NEWN(f->a, Slot *, f->nslot + 1);
	for (Slot *s = f->slots; s != NULL; s = s->next) {
		x->number[s->id] = -1;
		if (s->isparam || s->isspill || s->indefer || s->type.ptrbytes == 0 || x->n == MAXSLOTS)
			continue;
		x->number[s->id] = x->n;
		x->slot[x->n++] = s;
	}
}

static bool
member(const uint64_t *set, int i)
{
	return set != NULL && (set[i >> 6] >> (i & 63) & 1) != 0;
}

static void
forever(Live *x, int i)
{
	if (x->always[i])
		return;
	x->always[i] = true;
	x->again = true;
	for (int k = 0; x->holds[i] != NULL && k < x->n; k++)
		if (member(x->holds[i], k))
			forever(x, k);
}

/* v may hold an address of slot i. */
static void
hold(Live *x, const Value *v, int i)
{
	int *of = &x->of[v->id];

	if (i < 0 || *of == i)
		return;
	if (*of < 0) {
		*of = i;
		x->again = true;
		return;
	}
	forever(x, *of);
	forever(x, i);
}

static const uint16_t *
calltags(const Func *f, const Value *v, int *n)
{
	if (v->op != OP_CALL)
		return NULL;
	if (v->sym == f->sym && f->paramescape != NULL) {
		*n = f->nparamescape;
		return f->paramescape;
	}
	return ssa_escapelookup != NULL ? ssa_escapelookup(v->sym, n) : NULL;
}

/*
 * Only the callee's tags say that an address it gets goes no further. What is behind that address goes no further either: else escape analysis had
 * not left it in the frame. (selectgo looks at the cases' values while it runs.)
 */
static void
callargs(Live *x, Value *v)
{
	const uint16_t *tags;
	int n = 0, first = v->op == OP_CALLCLOSURE || v->op == OP_CALLPTR;
	bool hides;

	tags = calltags(x->f, v, &n);
	/* what hides an address from escape analysis gives it back all the same */
	hides =
	    v->op == OP_CALL && (strstr(v->sym->name, "noescape") != NULL || strstr(v->sym->name, "NoEscape") != NULL);
	for (int i = first; i < v->narg; i++) {
		int s = x->of[v->arg[i]->id];
		unsigned tag = tags != NULL && i - first < n ? tags[i - first] : ESC_HEAP;

		if (s < 0)
			continue;
		if (tag & ESC_HEAP)
			forever(x, s);
		for (Value *r = v->next; r != NULL && r->op == OP_RESULT; r = r->next)
			if (hides || r->aux >= ESC_NRESULT || tag & (unsigned)ESC_RESULT0 << r->aux)
				hold(x, r, s);
	}
}

static void
stored(Live *x, const Value *v)
{
	if (x->of[v->id] >= 0)
		forever(x, x->of[v->id]);
}

/* The address of slot i is written to where p points. */
static void
storedat(Live *x, Value *p, int i)
{
	const Value *base = ssa_addr(p).base;
	int to = base->op == OP_SLOTADDR ? x->number[base->slot->id] : -1;

	if (i < 0 || x->always[i] || to == i)
		return;
	if (to < 0 || x->always[to]) {
		forever(x, i);
		return;
	}
	if (x->holds[to] == NULL)
		x->holds[to] = NEWN(x->f->a, uint64_t, x->nword);
	if (!member(x->holds[to], i)) {
		bit_set(x->holds[to], i);
		x->again = true;
	}
}

/* What p points to is read: into v, or to where `to` points. */
static void
loaded(Live *x, Value *p, const Value *v, Value *to)
{
	int t = x->of[p->id];

	for (int i = 0; t >= 0 && x->holds[t] != NULL && i < x->n; i++)
		if (member(x->holds[t], i)) {
			if (v != NULL)
				hold(x, v, i);
			else
				storedat(x, to, i);
		}
}

static void
follow(Live *x, Value *v)
{
	switch (v->op) {
	case OP_SLOTADDR:
		hold(x, v, x->number[v->slot->id]);
		return;
	case OP_RESULT:
	case OP_ZERO:
	case OP_KEEPALIVE:
		return;
	case OP_LOAD:
	case OP_ATOMICLOAD:
		loaded(x, v->arg[0], v, NULL);
		return;
	case OP_MOVE:
		loaded(x, v->arg[1], NULL, v->arg[0]);
		return;
	case OP_STORE:
		storedat(x, v->arg[0], x->of[v->arg[1]->id]);
		return;
	case OP_WB:
	case OP_ATOMICSTORE:
	case OP_ATOMICXCHG:
	case OP_ATOMICADD:
	case OP_ATOMICAND:
	case OP_ATOMICOR:
		stored(x, v->arg[1]);
		return;
	case OP_ATOMICCAS:
		stored(x, v->arg[1]);
		stored(x, v->arg[2]);
		return;
	default:
		if (iscall(v)) {
			callargs(x, v);
			return;
		}
		if (v->type != VT_PTR && v->type != VT_I64 && v->type != VT_I32)
			return;
		for (int i = 0; i < v->narg; i++)
			hold(x, v, x->of[v->arg[i]->id]);
	}
}

static void
addresses(Live *x)
{
	Func *f = x->f;

	x->of = NEWN(f->a, int, f->nvalue);
	x->always = NEWN(f->a, bool, x->n);
	x->holds = NEWN(f->a, uint64_t *, x->n);
	for (int i = 0; i < f->nvalue; i++)
		x->of[i] = -1;
	do {
		x->again = false;
		for (Block *b = f->entry; b != NULL; b = b->next) {
			for (Value *v = b->phis; v != NULL; v = v->next)
				follow(x, v);
			for (Value *v = b->first; v != NULL; v = v->next)
				follow(x, v);
			for (int i = 0; b->kind == BK_RET && i < f->sig->nresult; i++)
				stored(x, b->ret[i]);
		}
	} while (x->again);
}

/* Slots behind slots behind a slot are behind it too. */
static void
behind(Live *x)
{
	bool again;

	do {
		again = false;
		for (int i = 0; i < x->n; i++)
			for (int k = 0; x->holds[i] != NULL && k < x->n; k++)
				for (int w = 0; member(x->holds[i], k) && x->holds[k] != NULL && w < x->nword; w++) {
					again |= (x->holds[k][w] & ~x->holds[i][w]) != 0;
					x->holds[i][w] |= x->holds[k][w];
				}
	} while (again);
}

/* The slot v writes to at a known place, or -1. */
static int
written(const Live *x, const Value *v, int64_t *off, int64_t *size)
{
	Addr a;

	if (v->op != OP_STORE && v->op != OP_ZERO && v->op != OP_MOVE)
		return -1;
	a = ssa_addr(v->arg[0]);
	if (a.base->op != OP_SLOTADDR || !a.exact)
		return -1;
	*off = a.off + v->aux;
	*size = v->op == OP_STORE ? vtype_size((VType)v->arg[1]->type) : v->size;
	return x->number[a.base->slot->id];
}

/* Slot i is written from off on. */
static void
cover(Live *x, uint64_t *live, int i, int64_t off, int64_t size)
{
	int ps = x->f->target->ptrsize;

	if (off <= 0 && off + size >= x->slot[i]->type.ptrbytes) {
		bit_clear(live, i);
		return;
	}
	if (x->full[i] == 0)
		return;
	for (int64_t w = (off + ps - 1) / ps; off >= 0 && w < MAXWORDS && (w + 1) * ps <= off + size; w++)
		x->covered[i] |= (uint64_t)1 << w;
	if ((x->covered[i] & x->full[i]) == x->full[i])
		bit_clear(live, i);
}

static void
look(Live *x, uint64_t *live, const Value *v)
{
	int i = x->of[v->id];

	if (i < 0)
		return;
	bit_set(live, i);
	x->covered[i] = 0;
	for (int k = 0; x->holds[i] != NULL && k < x->n; k++)
		if (member(x->holds[i], k)) {
			bit_set(live, k);
			x->covered[k] = 0;
		}
}

static void
record(Live *x, Value *call, const uint64_t *live)
{
	int n = 0;
	Slot **list;

	for (int i = 0; i < x->n; i++)
		n += !x->always[i] && (live[i >> 6] >> (i & 63) & 1);
	list = NEWN(x->f->a, Slot *, n + 1);
	for (int i = n = 0; i < x->n; i++)
		if (!x->always[i] && (live[i >> 6] >> (i & 63) & 1))
			list[n++] = x->slot[i];
	call->slots = list;
}

/* Backwards through b, from what is live at its end. */
static void
walk(Live *x, const Block *b, uint64_t *live, bool final)
{
	memset(x->covered, 0, sizeof *x->covered * (size_t)x->n);
	if (b->ctl != NULL)
		look(x, live, b->ctl);
	for (Value *v = b->last; v != NULL; v = v->prev) {
		int64_t off, size;
		int i = written(x, v, &off, &size);

		if (i >= 0)
			cover(x, live, i, off, size);
		if (iscall(v))
			memset(x->covered, 0, sizeof *x->covered * (size_t)x->n);
		if (v->op == OP_SLOTADDR || v->op == OP_ADDPTR || v->op == OP_COPY || v->op == OP_NILCHECK)
			continue;	/* look at nothing by themselves */
		for (int k = i >= 0; k < v->narg; k++)
			look(x, live, v->arg[k]);
		if (final && iscall(v))
			record(x, v, live);
	}
	for (const Value *v = b->phis; v != NULL; v = v->next)
		for (int k = 0; k < v->narg; k++)
			look(x, live, v->arg[k]);
}

static void
solve(Live *x)
{
	Func *f = x->f;
	uint64_t *live = NEWN(f->a, uint64_t, x->nword);
	bool again;

	x->in = NEWN(f->a, uint64_t *, f->nblock);
	x->out = NEWN(f->a, uint64_t *, f->nblock);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		x->in[b->id] = NEWN(f->a, uint64_t, x->nword);
		x->out[b->id] = NEWN(f->a, uint64_t, x->nword);
	}
	do {
		again = false;
		for (Block *b = f->lastblock; b != NULL; b = b->prev) {
			for (int k = 0; k < b->succ.n; k++)
				for (int w = 0; w < x->nword; w++)
					x->out[b->id][w] |= x->in[b->succ.at[k]->id][w];
			memcpy(live, x->out[b->id], sizeof *live * (size_t)x->nword);
			walk(x, b, live, false);
			for (int w = 0; w < x->nword; w++) {
				again |= live[w] != x->in[b->id][w];
				x->in[b->id][w] = live[w];
			}
		}
	} while (again);
	for (int i = 0; f->deferexit != NULL && i < x->n; i++)
		x->always[i] |= (x->in[f->deferexit->id][i >> 6] >> (i & 63) & 1) != 0;
	for (Block *b = f->entry; b != NULL; b = b->next) {
		memcpy(live, x->out[b->id], sizeof *live * (size_t)x->nword);
		walk(x, b, live, true);
	}
}

void ssa_slotlive(Func *f);

void
ssa_slotlive(Func *f)
{
	Live x = { .f = f };

	/* the runtime hides addresses of its frames in ways that are its own */
	if (f->slots == NULL || strncmp(f->name, "runtime.", 8) == 0)
		return;
	candidates(&x);
	if (x.n == 0)
		return;
	x.nword = x.n / 64 + 1;
	addresses(&x);
	behind(&x);
	x.full = NEWN(f->a, uint64_t, x.n);
	x.covered = NEWN(f->a, uint64_t, x.n);
	for (int i = 0; i < x.n; i++)
		x.full[i] = words(x.slot[i], f->target->ptrsize);
	solve(&x);
	for (int i = 0; i < x.n; i++)
		if (!x.always[i]) {
			x.slot[i]->tracked = true;
			x.slot[i]->live = (x.in[f->entry->id][i >> 6] >> (i & 63) & 1) != 0;
		}
}
