/*
 * promote.c - frame objects become slots, and slots become values.
 *
 * needs   AN_DOM
 * breaks  AN_USES, AN_LIVE
 *
 * First, each NEW that escape analysis left in the frame turns into the
 * address of a slot, cleared where the NEW stood. Then a slot whose address is used
 * only to load, store, clear and copy it at known offsets is taken apart
 * into fields that never overlap, and each field becomes SSA values: phis on the iterated
 * dominance frontier of its stores (Cytron et al., "Efficiently Computing
 * Static Single Assignment Form"), then one walk in reverse postorder.
 * Slots that the deferreturn point reads stay in memory.
 */
#include <stdlib.h>

#include "ssa/ssa.h"
#include "target/target.h"

enum { MAXFIELDS = 16 };

typedef struct {
	int64_t off;
	uint8_t type;		/* VType */
	int first;		/* number of its variable: index into the block tables */
} PField;

typedef struct {
	Slot *slot;
	PField field[MAXFIELDS];
	int nfield;
	bool ok;
	bool copied;		/* source or destination of a MOVE: every byte must be in a field */
} Cand;

typedef struct {
	Func *f;
	Arena *a;
	Cand *cand;		/* by slot id */
	int nvar;
	uint8_t *vartype;
	Value ***end;		/* by block rpo: value of each variable at its end */
	Value *zero[VT_COUNT];
} Promote;

/* ---- NEW to slots ---- */

static void
toslot(Func *f, Value *v)
{
	GcType t = *v->gctype;
	Slot *s;

	if (v->op == OP_NEWARRAY) {
		/* pointer masks of arrays are repeated element masks */
		int ps = f->target->ptrsize;
		int64_t n = v->aux, esize = t.size;

		t.size *= n;
		if (t.ptrbytes > 0 && n > 0) {
			int64_t words = t.size / ps;
			uint8_t *m = NEWN(f->a, uint8_t, words / 8 + 1);

			for (int64_t k = 0; k < n; k++)
				for (int64_t w = 0; w < t.ptrbytes / ps; w++)
					if (t.ptrmask == NULL || (t.ptrmask[w / 8] >> w % 8 & 1)) {
						int64_t at = k * esize / ps + w;

						m[at / 8] |= (uint8_t)(1 << at % 8);
					}
			t.ptrbytes += (n - 1) * esize;
			t.ptrmask = m;
		} else {
			t.ptrbytes = 0;
		}
		t.desc = NULL;
	}
	s = slot_new(f, &t, NULL);
	s->pos = v->pos;
	if (!v->zeroed && t.size > 0) {
		Value *z = value_newafter(f, v, OP_ZERO, VT_VOID, v->pos);

		value_addarg(f, z, v);
		z->size = t.size;
		z->gctype = NULL;
	}
	v->op = OP_SLOTADDR;
	v->slot = s;
	v->aux = 0;
	v->gctype = NULL;
	v->nonnil = true;
}

/* ---- candidates ---- */

static bool
overlaps(int64_t a, int64_t an, int64_t b, int64_t bn)
{
	return a < b + bn && b < a + an;
}

static void
addfield(Cand *c, int64_t off, VType t)
{
	for (int i = 0; i < c->nfield; i++) {
		PField *p = &c->field[i];

		if (p->off == off && p->type == t)
			return;
		if (overlaps(p->off, vtype_size(p->type), off, vtype_size(t))) {
			c->ok = false;
			return;
		}
	}
	if (c->nfield == MAXFIELDS || off < 0 || off + vtype_size(t) > c->slot->type.size) {
		c->ok = false;
		return;
	}
	c->field[c->nfield++] = (PField){ .off = off, .type = (uint8_t)t };
}

/* Fields for the bytes of a copied slot that no load or store names. */
static void
fillgaps(const Func *f, Cand *c)
{
	int ps = f->target->ptrsize;
	int64_t size = c->slot->type.size;

	for (int64_t off = 0; c->ok && off < size;) {
		const GcType *t = &c->slot->type;
		int64_t next = size, w = off / ps;
		VType vt;
		bool in = false;

		for (int i = 0; i < c->nfield; i++) {
			const PField *p = &c->field[i];

			if (p->off <= off && off < p->off + vtype_size(p->type)) {
				off = p->off + vtype_size(p->type);
				in = true;
				break;
			}
			if (p->off > off && p->off < next)
				next = p->off;
		}
		if (in)
			continue;
		if (off % ps == 0 && next - off >= ps) {
			bool ptr = off < t->ptrbytes && (t->ptrmask == NULL || (t->ptrmask[w / 8] >> w % 8 & 1));

			vt = ptr ? VT_PTR : ps == 8 ? VT_I64 : VT_I32;
		} else if (off % 4 == 0 && next - off >= 4) {
			vt = VT_I32;
		} else if (off % 2 == 0 && next - off >= 2) {
			vt = VT_I16;
		} else {
			vt = VT_I8;
		}
		addfield(c, off, vt);
		off += vtype_size(vt);
	}
}

static Cand *
candidate(const Promote *x, Value *p, int64_t *off)
{
	Addr a = ssa_addr(p);

	if (a.base->op != OP_SLOTADDR)
		return NULL;
	if (!a.exact)
		x->cand[a.base->slot->id].ok = false;
	*off = a.off;
	return &x->cand[a.base->slot->id];
}

/* v uses p in a way that is not just an access. Address arithmetic is judged where it ends. */
static void
leaks(const Promote *x, const Value *v, Value *p)
{
	int64_t off;
	Cand *c;

	if (p->type != VT_PTR || v->op == OP_COPY || v->op == OP_NILCHECK)
		return;
	if (v->op == OP_ADDPTR && p == v->arg[0] && v->arg[1]->op == OP_CONST)
		return;
	c = candidate(x, p, &off);
	if (c != NULL)
		c->ok = false;
}

static void
scan(const Promote *x, Value *v)
{
	int64_t off;
	Cand *c, *d;

	switch (v->op) {
	case OP_LOAD:
	case OP_STORE:
		c = candidate(x, v->arg[0], &off);
		if (c != NULL)
			addfield(c, off + v->aux, v->op == OP_LOAD ? v->type : v->arg[1]->type);
		if (v->op == OP_STORE)
			leaks(x, v, v->arg[1]);
		return;
	case OP_ZERO:
		c = candidate(x, v->arg[0], &off);
		if (c != NULL && (off + v->aux != 0 || v->size != c->slot->type.size))
			c->ok = false;
		return;
	case OP_MOVE:
		c = candidate(x, v->arg[0], &off);
		if (c != NULL && (off + v->aux != 0 || v->size != c->slot->type.size))
			c->ok = false;
		d = candidate(x, v->arg[1], &off);
		if (d != NULL && (off != 0 || v->size != d->slot->type.size))
			d->ok = false;
		if (c != NULL)
			c->copied = true;
		if (d != NULL)
			d->copied = true;
		if ((c != NULL || d != NULL) && v->size > MAXFIELDS / 2 * 8) {
			if (c != NULL)
				c->ok = false;
			if (d != NULL)
				d->ok = false;
		}
		return;
	case OP_KEEPALIVE:
		return;
	default:
		for (int i = 0; i < v->narg; i++)
			leaks(x, v, v->arg[i]);
	}
}

/* Both sides of a copy between two candidates need the same fields: give up one that the other does not have. */
static bool
agree(const Promote *x)
{
	bool changed = false;

	for (Block *b = x->f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next) {
			Cand *c, *d;
			int64_t off;
			int n;

			if (v->op != OP_MOVE)
				continue;
			c = candidate(x, v->arg[0], &off);
			d = candidate(x, v->arg[1], &off);
			if (c == NULL || d == NULL || !c->ok || !d->ok)
				continue;
			n = d->nfield;
			for (int i = 0; i < c->nfield; i++)
				addfield(d, c->field[i].off, c->field[i].type);
			changed |= d->nfield != n || !d->ok;
			n = c->nfield;
			for (int i = 0; d->ok && i < d->nfield; i++)
				addfield(c, d->field[i].off, d->field[i].type);
			changed |= c->nfield != n || !c->ok || !d->ok;
		}
	return changed;
}

static int
byoff(const void *a, const void *b)
{
	const PField *p = a, *q = b;

	return p->off < q->off ? -1 : p->off > q->off;
}

static bool
findcandidates(Promote *x)
{
	Func *f = x->f;
	bool any = false;

	for (Slot *s = f->slots; s != NULL; s = s->next) {
		x->cand[s->id].slot = s;
		x->cand[s->id].ok = !s->isparam && !s->indefer && !s->live && s->type.size <= 1024;
	}
	for (Block *b = f->entry; b != NULL; b = b->next) {
		for (Value *v = b->phis; v != NULL; v = v->next)
			for (int i = 0; i < v->narg; i++)
				leaks(x, v, v->arg[i]);
		for (Value *v = b->first; v != NULL; v = v->next)
			scan(x, v);
		if (b->ctl != NULL && b->ctl->type == VT_PTR)
			leaks(x, b->ctl, b->ctl);
		if (b->kind == BK_RET)
			for (int i = 0; i < f->sig->nresult; i++) {
				int64_t off;
				Cand *c = b->ret[i]->type == VT_PTR ? candidate(x, b->ret[i], &off) : NULL;

				if (c != NULL)
					c->ok = false;
			}
	}
	while (agree(x))
		;
	for (int i = 0; i < f->nslot; i++)
		if (x->cand[i].slot != NULL && x->cand[i].ok && x->cand[i].copied)
			fillgaps(f, &x->cand[i]);
	while (agree(x))
		;
	for (int i = 0; i < f->nslot; i++) {
		Cand *c = &x->cand[i];

		if (c->slot == NULL || !c->ok)
			continue;
		any = true;
		qsort(c->field, (size_t)c->nfield, sizeof *c->field, byoff);
		for (int k = 0; k < c->nfield; k++)
			c->field[k].first = x->nvar++;
	}
	return any;
}

/* ---- renaming ---- */

static int
findfield(const Cand *c, int64_t off)
{
	for (int i = 0; i < c->nfield; i++)
		if (c->field[i].off == off)
			return c->field[i].first;
	bug("promote: no field at offset %lld", (long long)off);
}

/* The zero of a type, in the entry block. */
static Value *
zeroof(Promote *x, VType t)
{
	if (x->zero[t] == NULL) {
		Value *z = value_newfirst(x->f, x->f->entry, vtype_isfloat(t) ? OP_FCONST : OP_CONST, t, 0),
		      *at = z->next;

		/* parameters stay first */
		while (at != NULL && (at->op == OP_PARAM || at->op == OP_CLOSURE))
			at = at->next;
		value_move(z, z->block, at);
		x->zero[t] = z;
	}
	return x->zero[t];
}

static Cand *
live(const Promote *x, Value *p)
{
	int64_t off;
	Cand *c = candidate(x, p, &off);

	return c != NULL && c->ok ? c : NULL;
}

/* Block where each variable is set: for phi placement. */
static void
definitions(Promote *x, uint64_t **defs, int nword)
{
	(void)nword;
	for (Block *b = x->f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next) {
			Cand *c;
			int64_t off;

			if (v->op != OP_STORE && v->op != OP_ZERO && v->op != OP_MOVE)
				continue;
			c = candidate(x, v->arg[0], &off);
			if (c == NULL || !c->ok)
				continue;
			if (v->op == OP_STORE)
				bit_set(defs[findfield(c, off + v->aux)], b->rpo);
			else
				for (int i = 0; i < c->nfield; i++)
					bit_set(defs[c->field[i].first], b->rpo);
		}
}

typedef struct {
	Block **at;
	int n, cap;
} BlockList;

static void
frontiers(Promote *x, Block **order, int n, BlockList *df)
{
	for (int i = 0; i < n; i++) {
		Block *b = order[i];

		if (b->pred.n < 2 && b != x->f->deferexit)
			continue;
		for (int k = 0; k < b->pred.n; k++)
			for (Block *r = b->pred.at[k]; r != NULL && r->rpo >= 0 && r != b->idom; r = r->idom) {
				BlockList *l = &df[r->rpo];

				if (l->n == 0 || l->at[l->n - 1] != b)
					vec_push(x->a, l, b);
			}
	}
}

static void
placephis(Promote *x, Block **order, int n, Value ***phis)
{
	BlockList *df = NEWN(x->a, BlockList, n);
	int nword = n / 64 + 1;
	uint64_t **defs = NEWN(x->a, uint64_t *, x->nvar);
	int32_t *work = NEWN(x->a, int32_t, n + 1);

	for (int i = 0; i < x->nvar; i++)
		defs[i] = NEWN(x->a, uint64_t, nword);
	definitions(x, defs, nword);
	frontiers(x, order, n, df);
	for (int var = 0; var < x->nvar; var++) {
		int sp = 0;

		for (int i = 0; i < n; i++)
			if (bit_test(defs[var], i))
				work[sp++] = i;
		while (sp > 0) {
			const BlockList *l = &df[work[--sp]];

			for (int i = 0; i < l->n; i++) {
				Block *b = l->at[i];

				if (phis[b->rpo] != NULL && phis[b->rpo][var] != NULL)
					continue;
				if (phis[b->rpo] == NULL)
					phis[b->rpo] = NEWN(x->a, Value *, x->nvar);
				phis[b->rpo][var] = value_phi(x->f, b, x->vartype[var]);
				if (!bit_test(defs[var], b->rpo)) {
					bit_set(defs[var], b->rpo);
					work[sp++] = b->rpo;
				}
			}
		}
	}
}

/* Copies between a promoted slot and memory, field by field, just before the MOVE v. */
static void
move(Promote *x, Value *v, Cand *dst, Cand *src, Value **cur)
{
	const Cand *c = dst != NULL ? dst : src;
	Value *tmp[MAXFIELDS];

	for (int i = 0; i < c->nfield; i++) {
		const PField *p = &c->field[i];

		if (src != NULL) {
			tmp[i] = cur[findfield(src, p->off)];
			if (tmp[i] == NULL)
				tmp[i] = zeroof(x, p->type);
		} else {
			Value *l = value_newbefore(x->f, v, OP_LOAD, p->type, v->pos);

			value_addarg(x->f, l, v->arg[1]);
			l->aux = p->off;
			tmp[i] = l;
		}
	}
	for (int i = 0; i < c->nfield; i++) {
		const PField *p = &c->field[i];

		if (dst != NULL) {
			cur[p->first] = tmp[i];
		} else {
			Value *s = value_newbefore(x->f, v, OP_STORE, VT_VOID, v->pos);

			value_addarg(x->f, s, v->arg[0]);
			value_addarg(x->f, s, tmp[i]);
			s->aux = v->aux + p->off;
			s->barrier = v->barrier && p->type == VT_PTR;
		}
	}
}

static void
rename_value(Promote *x, Value *v, Value **cur)
{
	Cand *c, *d;
	int64_t off;

	switch (v->op) {
	case OP_LOAD:
		c = candidate(x, v->arg[0], &off);
		if (c != NULL && c->ok) {
			int var = findfield(c, off + v->aux);

			value_tocopy(x->f, v, cur[var] != NULL ? cur[var] : zeroof(x, v->type));
		}
		break;
	case OP_STORE:
		c = candidate(x, v->arg[0], &off);
		if (c != NULL && c->ok) {
			cur[findfield(c, off + v->aux)] = v->arg[1];
			value_remove(v);
		}
		break;
	case OP_ZERO:
		c = live(x, v->arg[0]);
		if (c != NULL) {
			for (int i = 0; i < c->nfield; i++)
				cur[c->field[i].first] = zeroof(x, c->field[i].type);
			value_remove(v);
		}
		break;
	case OP_MOVE:
		c = live(x, v->arg[0]);
		d = live(x, v->arg[1]);
		if (c != NULL || d != NULL) {
			move(x, v, c, d, cur);
			value_remove(v);
		}
		break;
	case OP_KEEPALIVE:
		if (v->arg[0]->type == VT_PTR && live(x, v->arg[0]) != NULL)
			value_remove(v);
		break;
	default:
		break;
	}
}

static void
rename_all(Promote *x)
{
	int n;
	Block **order = ssa_rpo(x->f, &n);
	Value ***phis = NEWN(x->a, Value **, n);

	x->vartype = NEWN(x->a, uint8_t, x->nvar + 1);
	for (int i = 0; i < x->f->nslot; i++)
		if (x->cand[i].slot != NULL && x->cand[i].ok)
			for (int k = 0; k < x->cand[i].nfield; k++)
				x->vartype[x->cand[i].field[k].first] = x->cand[i].field[k].type;
	placephis(x, order, n, phis);
	x->end = NEWN(x->a, Value **, n);
	for (int i = 0; i < n; i++) {
		Block *b = order[i];
		Value **cur = NEWN(x->a, Value *, x->nvar + 1);

		if (b->idom != NULL)
			memcpy(cur, x->end[b->idom->rpo], sizeof *cur * (size_t)x->nvar);
		if (phis[i] != NULL)
			for (int k = 0; k < x->nvar; k++)
				if (phis[i][k] != NULL)
					cur[k] = phis[i][k];
		for (Value *v = b->first, *next; v != NULL; v = next) {
			next = v->next;
			rename_value(x, v, cur);
		}
		x->end[i] = cur;
	}
	for (int i = 0; i < n; i++)
		for (int k = 0; phis[i] != NULL && k < x->nvar; k++)
			for (int p = 0; phis[i][k] != NULL && p < order[i]->pred.n; p++) {
				const Block *from = order[i]->pred.at[p];
				Value *arg = from->rpo >= 0 ? x->end[from->rpo][k] : NULL;

				value_setarg(phis[i][k], p, arg != NULL ? arg : zeroof(x, x->vartype[k]));
			}
}

/* Slots that stay: those with pointers must always look right to the collector. The others need no room. */
static void
keepslots(Promote *x)
{
	for (Slot *s = x->f->slots; s != NULL; s = s->next)
		if (x->cand[s->id].ok)
			s->type.size = s->type.ptrbytes = 0;
		else if (!s->isparam && s->type.ptrbytes > 0)
			s->live = true;
}

void ssa_promote(Func *f);

void
ssa_promote(Func *f)
{
	Promote x = { .f = f, .a = f->a };

	ssa_unreachable(f);
	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if ((v->op == OP_NEW || v->op == OP_NEWARRAY) && !v->notstack) {
				toslot(f, v);
			} else if (v->op == OP_NEW && v->tmpbuf) {
				v->op = OP_CONST;
				v->aux = 0;
				v->gctype = NULL;
				v->nonnil = false;
			}
	if (f->slots == NULL)
		return;
	ssa_ensure(f, AN_DOM);
	x.cand = NEWN(f->a, Cand, f->nslot);
	if (findcandidates(&x))
		rename_all(&x);
	keepslots(&x);
	ssa_uncopy(f);
}
