/*
 * stackmap.c - which spill slots hold pointers at which call, and which may share a place.
 *
 * needs   register allocation done
 *
 * Spill slots are live from their SPILLs to their last RELOAD: a backward
 * data-flow over bit sets. At every call the live slots of type PTR are
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

static void
recordcall(Func *f, Value *v, const uint64_t *live, int nwords, Slot **slots)
{
	int n = 0;
	struct CallMap *m;

	for (int i = 0; i < nwords; i++)
		for (uint64_t w = live[i]; w != 0; w &= w - 1)
			n += slots[i * 64 + __builtin_ctzll(w)]->type.ptrbytes > 0;
	m = arena_alloc(f->a, sizeof *m + sizeof(Slot *) * (size_t)n);
	for (int i = 0; i < nwords; i++)
		for (uint64_t w = live[i]; w != 0; w &= w - 1) {
			Slot *s = slots[i * 64 + __builtin_ctzll(w)];

			if (s->type.ptrbytes > 0)
				m->slot[m->n++] = s;
		}
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
	int nwords = (n + 63) / 64, nrpo, at = 0;
	Block **rpo = ssa_rpo(f, &nrpo);
	uint64_t **in = NEWN(f->a, uint64_t *, f->nblock), **def = NEWN(f->a, uint64_t *, f->nblock);
	uint64_t *live = NEWN(f->a, uint64_t, nwords + 1);
	bool changed = true;

	for (int i = 0; i < nrpo; i++) {
		Block *b = rpo[i];

		in[b->id] = NEWN(f->a, uint64_t, nwords);
		def[b->id] = NEWN(f->a, uint64_t, nwords);
		for (Value *v = b->last; v != NULL; v = v->prev) {
			if (v->spill == NULL)
				continue;
			if (v->op == OP_SPILL) {
				bit_set(def[b->id], (int)v->spill->off);
				bit_clear(in[b->id], (int)v->spill->off);
			} else {
				bit_set(in[b->id], (int)v->spill->off);
			}
		}
	}
	while (changed) {
		changed = false;
		for (int i = nrpo - 1; i >= 0; i--) {
			Block *b = rpo[i];

			for (int k = 0; k < b->succ.n; k++)
				for (int w = 0; w < nwords; w++) {
					uint64_t add = in[b->succ.at[k]->id][w] & ~def[b->id][w] & ~in[b->id][w];

					if (add != 0) {
						in[b->id][w] |= add;
						changed = true;
					}
				}
		}
	}
	for (int i = 0; i < nwords * 64 && i < n; i++)
		iv[i] = (Interval){ INT32_MAX, -1 };
	for (Block *b = f->entry; b != NULL; b = b->next) {
		int start = at, end;

		for (Value *v = b->first; v != NULL; v = v->next)
			at++;
		end = ++at;
		at++;
		if (in[b->id] == NULL)
			continue;
		memset(live, 0, sizeof *live * (size_t)nwords);
		for (int k = 0; k < b->succ.n; k++)
			for (int w = 0; w < nwords; w++)
				live[w] |= in[b->succ.at[k]->id][w];
		for (int w = 0; w < nwords; w++) {
			for (uint64_t m = live[w]; m != 0; m &= m - 1)
				extend(&iv[w * 64 + __builtin_ctzll(m)], end);
			for (uint64_t m = in[b->id][w]; m != 0; m &= m - 1)
				extend(&iv[w * 64 + __builtin_ctzll(m)], start);
		}
		for (Value *v = b->last; v != NULL; v = v->prev) {
			end--;
			if (v->spill != NULL) {
				extend(&iv[v->spill->off], end);
				if (v->op == OP_SPILL)
					bit_clear(live, (int)v->spill->off);
				else
					bit_set(live, (int)v->spill->off);
			}
			if (iscall(v))
				recordcall(f, v, live, nwords, slots);
		}
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
addmap(Func *f, const struct CallMap *m, uint32_t pc)
{
	ObjFunc *fn = f->sym->fn;
	int nwords = f->framesize / f->target->ptrsize;
	uint8_t *bits = arena_alloc(perm, (size_t)(nwords + 7) / 8 + 1);

	if (f->slotmap == NULL) {
		uint8_t *always = NEWN(f->a, uint8_t, nwords / 8 + 1);

		for (Slot *s = f->slots; s != NULL; s = s->next)
			if (s->live && !s->isparam)
				addslot(f, always, s);
		f->slotmap = always;
	}
	memcpy(bits, f->slotmap, (size_t)(nwords + 7) / 8);
	for (int i = 0; m != NULL && i < m->n; i++)
		addslot(f, bits, m->slot[i]);
	vec_push(perm, &fn->maps, ((ObjStackMap){ pc, bits }));
}

void
stackmap_call(Func *f, Value *v, uint32_t pc)
{
	addmap(f, v->callmap, pc);
}

void
stackmap_deferpoint(Func *f, uint32_t pc)
{
	addmap(f, NULL, pc);
}
