/*
 * stackmap.c - which spill slots hold pointers at which call, and which may share a place.
 *
 * needs   register allocation done
 *
 * Spill slots are live from their SPILLs to their last RELOAD: each slot is
 * followed backwards from its readers, so the work is as large as the live
 * ranges. At every call the live slots of type PTR are
 * recorded (Value.callmap); a SPILL dominates all RELOADs, so they are
 * initialised. The same walk gives each slot one interval in the order of the code;
 * slots whose intervals do not meet share a place.
 */
#include <stdlib.h>

#include "ssa/ssa.h"
#include "target/target.h"

struct CallMap {
	int n;
	Slot *slot[];
};

typedef struct {
	int first, last;	/* instruction numbers */
} Interval;

static bool
iscall(const Value *v)
{
	return v->op < OP_GENERIC_END && op_info[v->op].call;
}

typedef Vec(int) Ints;

/* Slots that are live now: a sparse set. */
typedef struct {
	int *at, *index, n;
} SlotSet;

static bool
has(const SlotSet *s, int i)
{
	return s->index[i] < s->n && s->at[s->index[i]] == i;
}

static void
add(SlotSet *s, int i)
{
	if (!has(s, i)) {
		s->index[i] = s->n;
		s->at[s->n++] = i;
	}
}

static void
del(SlotSet *s, int i)
{
	if (has(s, i)) {
		int k = s->index[i];

		s->at[k] = s->at[--s->n];
		s->index[s->at[k]] = k;
	}
}

static void
recordcall(Func *f, Value *v, const SlotSet *live, Slot **slots)
{
	int n = 0;
	struct CallMap *m;

	for (int i = 0; i < live->n; i++)
		n += slots[live->at[i]]->type.ptrbytes > 0;
	m = arena_alloc(f->a, sizeof *m + sizeof(Slot *) * (size_t)n);
	for (int i = 0; i < live->n; i++)
		if (slots[live->at[i]]->type.ptrbytes > 0)
			m->slot[m->n++] = slots[live->at[i]];
	v->callmap = m;
}

static void
extend(Interval *iv, int at)
{
	if (at < iv->first)
		iv->first = at;
	if (at > iv->last)
		iv->last = at;
}

static void
liveslots(Func *f, Slot **slots, int n, Interval *iv)
{
	Ints *use = NEWN(f->a, Ints, n + 1),
	     *def = NEWN(f->a, Ints, n + 1); /* by slot: blocks that read it first, that write it */
	Ints *out = NEWN(f->a, Ints, f->nblock);	/* by block: slots live at its end */
	Block **block = NEWN(f->a, Block *, f->nblock), **work = NEWN(f->a, Block *, f->nblock + 1);
	int *seen = NEWN(f->a, int, n + 1), *hasdef = NEWN(f->a, int, f->nblock), *isin = NEWN(f->a, int, f->nblock),
	    *isout = NEWN(f->a, int, f->nblock);
	SlotSet live = { NEWN(f->a, int, n + 1), NEWN(f->a, int, n + 1), 0 };
	int at = 0;

	for (Block *b = f->entry; b != NULL; b = b->next) {
		block[b->id] = b;
		for (Value *v = b->first; v != NULL; v = v->next) {
			int i;

			if (v->spill == NULL)
				continue;
			i = (int)v->spill->off;
			if (v->op == OP_SPILL) {
				if (seen[i] != b->id + 1)
					vec_push(f->a, &def[i], b->id);
				seen[i] = b->id + 1;
			} else if (seen[i] != b->id + 1 && (use[i].n == 0 || vec_last(&use[i]) != b->id)) {
				vec_push(f->a, &use[i], b->id);
			}
		}
	}
	/* each slot on its own: backwards from its readers to its writers */
	for (int i = 0; i < n; i++) {
		int sp = 0;

		for (int k = 0; k < def[i].n; k++)
			hasdef[def[i].at[k]] = i + 1;
		for (int k = 0; k < use[i].n; k++) {
			isin[use[i].at[k]] = i + 1;
			work[sp++] = block[use[i].at[k]];
		}
		while (sp > 0) {
			const Block *b = work[--sp];

			for (int k = 0; k < b->pred.n; k++) {
				Block *p = b->pred.at[k];

				if (isout[p->id] == i + 1)
					continue;
				isout[p->id] = i + 1;
				vec_push(f->a, &out[p->id], i);
				if (hasdef[p->id] != i + 1 && isin[p->id] != i + 1) {
					isin[p->id] = i + 1;
					work[sp++] = p;
				}
			}
		}
	}
	for (int i = 0; i < n; i++)
		iv[i] = (Interval){ INT32_MAX, -1 };
	for (Block *b = f->entry; b != NULL; b = b->next) {
		int start = at, end;

		for (Value *v = b->first; v != NULL; v = v->next)
			at++;
		end = ++at;
		at++;
		live.n = 0;
		for (int k = 0; k < out[b->id].n; k++) {
			add(&live, out[b->id].at[k]);
			extend(&iv[out[b->id].at[k]], end);
		}
		for (Value *v = b->last; v != NULL; v = v->prev) {
			end--;
			if (v->spill != NULL) {
				extend(&iv[v->spill->off], end);
				if (v->op == OP_SPILL)
					del(&live, (int)v->spill->off);
				else
					add(&live, (int)v->spill->off);
			}
			if (iscall(v))
				recordcall(f, v, &live, slots);
		}
		for (int k = 0; k < live.n; k++)
			extend(&iv[live.at[k]], start);
	}
}

typedef struct {
	int slot, first, last;
} Item;

static int
byfirst(const void *pa, const void *pb)
{
	const Item *a = pa, *b = pb;

	return a->first != b->first ? (a->first < b->first ? -1 : 1) : (a->slot > b->slot) - (a->slot < b->slot);
}

/* Slot.off: numbers before, places after. Returns how many places of regsize bytes there are. */
int
ssa_shareslots(Func *f)
{
	Slot **slots;
	Item *item;
	Interval *iv;
	int *freeplace, nfree = 0, n = 0, nplace = 0, nitem = 0;
	int *heap, nheap = 0;	/* items that hold a place, the first to end on top */

	for (Slot *s = f->slots; s != NULL; s = s->next)
		if (s->isspill)
			s->off = n++;
	slots = NEWN(f->a, Slot *, n + 64);
	iv = NEWN(f->a, Interval, n + 64);
	item = NEWN(f->a, Item, n + 1);
	freeplace = NEWN(f->a, int, n + 1);
	heap = NEWN(f->a, int, n + 1);
	for (Slot *s = f->slots; s != NULL; s = s->next)
		if (s->isspill)
			slots[s->off] = s;
	liveslots(f, slots, n, iv);
	for (int i = 0; i < n; i++)
		item[nitem++] = (Item){ i, iv[i].first, iv[i].last };
	qsort(item, (size_t)nitem, sizeof *item, byfirst);
	for (int i = 0; i < nitem; i++) {
		Slot *s = slots[item[i].slot];

		while (nheap > 0 && item[heap[0]].last < item[i].first) {
			int last = heap[--nheap], k = 0;

			freeplace[nfree++] = (int)slots[item[heap[0]].slot]->off;
			for (;;) {
				int c = 2 * k + 1;

				if (c + 1 < nheap && item[heap[c + 1]].last < item[heap[c]].last)
					c++;
				if (c >= nheap || item[heap[c]].last >= item[last].last)
					break;
				heap[k] = heap[c];
				k = c;
			}
			heap[k] = last;
		}
		s->off = nfree > 0 ? freeplace[--nfree] : nplace++;
		int k = nheap++;
		while (k > 0 && item[heap[(k - 1) / 2]].last > item[i].last) {
			heap[k] = heap[(k - 1) / 2];
			k = (k - 1) / 2;
		}
		heap[k] = i;
	}
	return nplace;
}

/* ---- what the encoder asks for ---- */

static void
setword(uint8_t *bits, int64_t w)
{
	bits[w / 8] |= (uint8_t)(1u << (w % 8));
}

static void
addslot(const Func *f, uint8_t *bits, const Slot *s)
{
	int ptrsize = f->target->ptrsize;

	for (int64_t w = 0; w < s->type.ptrbytes / ptrsize; w++)
		if (s->type.ptrmask == NULL || (s->type.ptrmask[w / 8] >> (w % 8) & 1))
			setword(bits, s->off / ptrsize + w);
}

static void
addmap(Func *f, const struct CallMap *m, Slot **slots, uint32_t pc)
{
	ObjFunc *fn = f->sym->fn;
	int nwords = f->framesize / f->target->ptrsize;
	uint8_t *bits = arena_alloc(perm, (size_t)(nwords + 7) / 8 + 1);

	if (f->slotmap == NULL) {
		uint8_t *always = NEWN(f->a, uint8_t, nwords / 8 + 1);

		for (Slot *s = f->slots; s != NULL; s = s->next)
			if (s->live && !s->tracked && !s->isparam)
				addslot(f, always, s);
		f->slotmap = always;
	}
	memcpy(bits, f->slotmap, (size_t)(nwords + 7) / 8);
	for (int i = 0; m != NULL && i < m->n; i++)
		addslot(f, bits, m->slot[i]);
	for (; slots != NULL && *slots != NULL; slots++)
		addslot(f, bits, *slots);
	vec_push(perm, &fn->maps, ((ObjStackMap){ pc, bits }));
}

void
stackmap_call(Func *f, Value *v, uint32_t pc)
{
	addmap(f, v->callmap, v->slots, pc);
}

void
stackmap_deferpoint(Func *f, uint32_t pc)
{
	addmap(f, NULL, NULL, pc);
}
