/*
 * memory.c - loads of what was just stored or loaded, stores that are overwritten at once.
 *
 * needs   AN_DOM
 * breaks  AN_USES, AN_LIVE
 *
 * Within one block: remembers the last few values known to lie at base + offset,
 * and forgets what a store may overwrite, or everything at a call. Two addresses do not overlap if their bases are
 * the same value and their ranges are disjoint, or if both bases are distinct
 * variables (slots, symbols, new objects). A slot whose address is never taken apart from
 * accesses keeps its values over calls.
 */
#include "ssa/ssa.h"

enum { NKNOWN = 16 };

typedef struct {
	Value *base;
	int64_t off;
	Value *val;
} Known;

typedef struct {
	Func *f;
	Known k[NKNOWN];
	int n;
} Mem;

static bool
isvariable(const Value *v)
{
	return v->op == OP_SLOTADDR || v->op == OP_SYMADDR || v->op == OP_NEW || v->op == OP_NEWARRAY;
}

static bool
samebase(const Value *a, const Value *b)
{
	if (a == b)
		return true;
	return a->op == b->op && (a->op == OP_SLOTADDR || a->op == OP_SYMADDR) && a->sym == b->sym;
}

static bool
mayalias(const Value *a, int64_t aoff, int64_t an, const Value *b, int64_t boff, int64_t bn, bool exact)
{
	if (samebase(a, b))
		return !exact || (aoff < boff + bn && boff < aoff + an);
	return !(isvariable(a) && isvariable(b));
}

static void
forget(Mem *m, const Value *base, int64_t off, int64_t n, bool exact)
{
	int w = 0;

	for (int i = 0; i < m->n; i++)
		if (!mayalias(m->k[i].base, m->k[i].off, vtype_size(m->k[i].val->type), base, off, n, exact))
			m->k[w++] = m->k[i];
	m->n = w;
}

static void
remember(Mem *m, Value *base, int64_t off, Value *val)
{
	if (m->n == NKNOWN) {
		memmove(m->k, m->k + 1, sizeof m->k[0] * (NKNOWN - 1));
		m->n--;
	}
	m->k[m->n++] = (Known){ base, off, val };
}

static void
access_(Mem *m, Value *v)
{
	Addr a = ssa_addr(v->arg[0]);
	int64_t off = a.off + v->aux;

	if (v->op == OP_LOAD) {
		if (!a.exact || v->volatile_)
			return;
		for (int i = 0; i < m->n; i++)
			if (samebase(m->k[i].base, a.base) && m->k[i].off == off && m->k[i].val->type == v->type) {
				value_tocopy(m->f, v, m->k[i].val);
				return;
			}
		remember(m, a.base, off, v);
		return;
	}
	forget(m, a.base, off, vtype_size(v->arg[1]->type), a.exact);
	if (a.exact)
		remember(m, a.base, off, v->arg[1]);
}

void ssa_memory(Func *f);

void
ssa_memory(Func *f)
{
	Mem m = { .f = f };

	for (Block *b = f->entry; b != NULL; b = b->next) {
		m.n = 0;
		for (Value *v = b->first, *next; v != NULL; v = next) {
			next = v->next;
			for (int i = 0; i < v->narg; i++)
				if (v->arg[i]->op == OP_COPY)
					value_setarg(v, i, value_uncopy(v->arg[i]));
			switch (v->op) {
			case OP_LOAD:
			case OP_STORE:
				access_(&m, v);
				break;
			case OP_ZERO:
			case OP_MOVE: {
				Addr a = ssa_addr(v->arg[0]);

				forget(&m, a.base, a.off + v->aux, v->size, a.exact);
				break;
			}
			case OP_NEW:
			case OP_NEWARRAY:
			case OP_NILCHECK:
			case OP_BOUNDS:
			case OP_ZEROCHECK:
			case OP_SHIFTCHECK:
			case OP_KEEPALIVE:
			case OP_PREFETCH:
				break;
			default:
				if (v->op >= OP_GENERIC_END || op_info[v->op].effect)
					m.n = 0;
				break;
			}
		}
	}
	ssa_uncopy(f);
}
