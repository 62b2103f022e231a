/*
 * emit.c - what the encoders of all CPUs share: labels and jumps, and the tables that go with code.
 *
 * needs   registers, frame
 *
 * Code is first made in a raw buffer where each jump takes Emit.jumpunit bytes; then jumps grow until all reach, and everything that
 * holds an offset (relocations, tables, stack maps) is moved along.
 */
#include <stdlib.h>

#include "ssa/ssa.h"
#include "target/target.h"

/* ---- labels, jumps, relocations ---- */

int
emit_label(Emit *e)
{
	if (e->nlabel == e->caplabel) {
		uint32_t *p = NEWN(e->f->a, uint32_t, e->caplabel * 2);

		memcpy(p, e->label, sizeof *p * (size_t)e->nlabel);
		e->label = p;
		e->caplabel *= 2;
	}
	return e->nlabel++;
}

void
emit_jump(Emit *e, uint32_t how, int label)
{
	vec_push(e->f->a, &e->jumps, ((EmitJump){ .off = emit_here(e), .label = label, .how = how }));
	for (int i = 0; i < e->cpu->jumpunit; i++)
		emit_byte(e, 0);
}

void
emit_reloc(Emit *e, RelocKind kind, ObjSym *sym, int64_t add)
{
	if (sym == NULL)
		bug("%s encode: reference without a symbol", e->f->target->name);
	vec_push(e->f->a, &e->relocs, ((ObjReloc){ emit_here(e), (uint8_t)kind, sym, add }));
}

void
emit_fix(Emit *e, int label, uint32_t base, int size)
{
	vec_push(e->f->a, &e->fixes, ((EmitFix){ emit_here(e), label, base, (uint8_t)size }));
}

void
emit_tail(Emit *e, Value *v, int label)
{
	vec_push(e->f->a, &e->tails, ((EmitTail){ v, label }));
}

int
emit_table(Emit *e, Block *b)
{
	int label = emit_label(e);

	vec_push(e->f->a, &e->tables, ((EmitTable){ b, label }));
	return label;
}

void
emit_jumptables(Emit *e)
{
	for (int i = 0; i < e->tables.n; i++) {
		const EmitTable *t = &e->tables.at[i];

		while (e->b.n % 8 != 0)
			emit_byte(e, e->cpu->filler);
		e->label[t->label] = emit_here(e);
		for (int k = 0; k < t->b->succ.n; k++) {
			emit_fix(e, e->target[t->b->succ.at[k]->id], emit_here(e), 8);
			for (int n = 0; n < 8; n++)
				emit_byte(e, 0);
		}
	}
}

ObjSym *
emit_boundsfn(int64_t kind)
{
	/* clang-format off */
	static const char *const name[BOUNDS_COUNT] = {
		"panicIndex", "panicIndexU", "panicSliceAlen", "panicSliceAlenU", "panicSliceAcap", "panicSliceAcapU", "panicSliceB",
		"panicSliceBU", "panicSlice3Alen", "panicSlice3AlenU", "panicSlice3Acap", "panicSlice3AcapU", "panicSlice3B", "panicSlice3BU",
		"panicSlice3C", "panicSlice3CU", "panicSliceConvert",
	};
	/* clang-format on */

	return ssa_rtsym(name[kind]);
}

/* ---- tables ---- */

static int
fileindex(ObjFunc *fn, const char *file)
{
	for (int i = fn->files.n - 1; i >= 0; i--)
		if (fn->files.at[i] == file || strcmp(fn->files.at[i], file) == 0)
			return i;
	vec_push(perm, &fn->files, file);
	return fn->files.n - 1;
}

static bool
samelines(Pos a, Pos b)
{
	Loc x, y;

	if (a == b)
		return true;
	x = pos_loc(a);
	y = pos_loc(b);
	return x.file == y.file && x.line == y.line;
}

void
emit_pos(Emit *e, Pos pos, int inl)
{
	ObjFunc *fn = e->fn;
	Loc l;

	if (pos == 0)
		pos = e->pos != 0 ? e->pos : e->f->pos;
	if (pos == e->pos && inl == e->inl)
		return;
	if (inl >= 0 && !e->marked[inl]) {
		/* the place of the call must have an instruction: tracebacks find it by its pc */
		const InlCall *c = &e->f->inltree.at[inl];

		e->marked[inl] = true;
		if (c->pos != 0 && e->inl == c->parent && e->pos != 0 && samelines(c->pos, e->pos) &&
		    e->rowpc < emit_here(e)) {
			/* the instruction just made is of that place too */
			fn->inl.at[inl].parentpc = e->rowpc;
		} else {
			emit_pos(e, c->pos, c->parent);
			fn->inl.at[inl].parentpc = emit_here(e);
			e->cpu->nop(e);
		}
		fn->inl.at[inl].file = e->file;
		fn->inl.at[inl].line = e->line;
	}
	e->pos = pos;
	l = pos_loc(pos);
	if (l.file != e->lastfile) {
		e->lastfile = l.file;
		e->file = fileindex(fn, l.absfile != NULL ? l.absfile : l.file != NULL ? l.file : "?");
	}
	e->line = l.line;
	e->inl = inl;
	if (e->rowfile != e->file || e->rowline != e->line || e->rowinl != inl) {
		e->rowpc = emit_here(e);
		e->rowfile = e->file;
		e->rowline = e->line;
		e->rowinl = inl;
	}
	pctable_add(&fn->pcfile, emit_here(e), e->file);
	pctable_add(&fn->pcline, emit_here(e), e->line);
	pctable_add(&fn->pcinl, emit_here(e), inl);
}

void
emit_unsafe(Emit *e, bool on)
{
	pctable_add(&e->fn->unsafepoint, emit_here(e), on);
}

bool
emit_value(Emit *e, const Value *v)
{
	switch (v->op) {
	case OP_PARAM:
	case OP_CLOSURE:
	case OP_RESULT:
	case OP_GETG:
	case OP_SLOTUSE:
	case OP_KEEPALIVE:
		return false;
	default:
		emit_pos(e, v->pos, v->inl);
		emit_unsafe(e, v->nopreempt);
		return true;
	}
}

void
emit_sp(Emit *e, int sp)
{
	pctable_add(&e->fn->pcsp, emit_here(e), sp);
}

/* ---- the frame ---- */

void
emit_zeroed(Emit *e, int64_t *lo, int64_t *hi)
{
	*lo = INT64_MAX;
	*hi = 0;
	for (Slot *s = e->f->slots; s != NULL; s = s->next) {
		if (!s->live || s->isspill || s->isparam)
			continue;
		if (s->off < *lo)
			*lo = s->off;
		if (s->off + s->type.size > *hi)
			*hi = s->off + s->type.size;
	}
	if (*hi > *lo)
		*hi = *lo + ((*hi - *lo + 7) & -8);
}

/* Offset of the incoming argument area from SP. */
static int64_t
argbase(const Func *f)
{
	return f->framesize + f->target->callpush + f->target->linkarea;
}

bool
emit_zeroedresult(const Emit *e, const Slot *s)
{
	return s->live && !s->isspill && s->isparam && s->off >= argbase(e->f) + e->f->sig->resultoff;
}

void
emit_growmap(Emit *e)
{
	stackmap_deferpoint(e->f, emit_here(e));
	/* at entry nothing of the frame exists yet */
	memset((void *)(uintptr_t)vec_last(&e->fn->maps).locals, 0, (size_t)(e->f->framesize / 8 + 7) / 8);
}

static void
argmaps(Emit *e)
{
	Func *f = e->f;
	const CallSig *s = f->sig;
	ObjFunc *fn = e->fn;
	uint32_t nall = (uint32_t)(s->argsize + s->spillsize) / 8;
	uint8_t *at = NEWN(perm, uint8_t, nall / 8 + 1), *later = NEWN(perm, uint8_t, nall / 8 + 1);

	/* at entry register parameters are in their spill space; later only stack arguments, and results that are always valid */
	for (uint32_t i = 0; i < nall; i++)
		if (s->argptrs != NULL && (s->argptrs[i / 8] >> (i % 8) & 1)) {
			at[i / 8] |= (uint8_t)(1u << (i % 8));
			if (i < (uint32_t)s->resultoff / 8)
				later[i / 8] |= (uint8_t)(1u << (i % 8));
		}
	for (const Slot *sl = f->slots; sl != NULL; sl = sl->next) {
		int64_t w0 = (sl->off - argbase(f)) / 8;

		if (!sl->isparam || !sl->live || w0 < s->resultoff / 8)
			continue;
		for (int64_t w = 0; w < sl->type.ptrbytes / 8; w++)
			if (sl->type.ptrmask == NULL || (sl->type.ptrmask[w / 8] >> (w % 8) & 1))
				later[(w0 + w) / 8] |= (uint8_t)(1u << ((w0 + w) % 8));
	}
	fn->argmap = at;
	fn->argmapresults = later;
	fn->nargwords = nall;
	fn->argsize = (uint32_t)(s->argsize + s->spillsize);
}

/* ---- beginning and end ---- */

void
emit_begin(Emit *e, Func *f, const EmitCpu *cpu)
{
	ObjFunc *fn = f->sym->fn;

	*e = (Emit){ .f = f, .cpu = cpu, .inl = -2, .file = -1 };
	if (fn == NULL)
		fn = f->sym->fn = NEW(perm, ObjFunc);
	e->fn = fn;
	e->caplabel = f->nblock + 64;
	e->label = NEWN(f->a, uint32_t, e->caplabel);
	e->nlabel = f->nblock;
	e->target = NEWN(f->a, int32_t, f->nblock);
	e->marked = NEWN(f->a, bool, f->inltree.n + 1);
	for (int i = 0; i < f->inltree.n; i++) {
		const InlCall *c = &f->inltree.at[i];

		vec_push(perm, &fn->inl,
		    ((ObjInl){ .parent = c->parent, .func = c->func, .startline = pos_line(c->funcpos) }));
	}
	/* blocks that only jump are skipped */
	for (Block *b = f->entry; b != NULL; b = b->next) {
		Block *t = b;

		for (int n = 0; t->kind == BK_JUMP && t->first == NULL && t != f->entry && n < 100; n++)
			t = t->succ.at[0];
		e->target[b->id] = t->id;
	}
	fn->startline = pos_line(f->pos);
	fn->framesize = (uint32_t)f->framesize;
	fn->nlocalwords = (uint32_t)f->framesize / 8;
	fn->funcid = f->funcid;
	argmaps(e);
	emit_pos(e, f->pos, -1);
	emit_unsafe(e, false);
}

Block *
emit_nextblock(const Emit *e, const Block *b)
{
	Block *next = b->next;

	while (next != NULL && e->target[next->id] != next->id)
		next = next->next;
	return next;
}

typedef struct {
	const Emit *e;
	uint32_t *grown;	/* bytes added before jump i */
} Place;

static uint32_t
final(const Place *p, uint32_t raw)
{
	int lo = 0, hi = p->e->jumps.n;

	while (lo < hi) {
		int m = (lo + hi) / 2;

		if (p->e->jumps.at[m].off < raw)
			lo = m + 1;
		else
			hi = m;
	}
	return raw + p->grown[lo];
}

static void
place(Emit *e, Place *p)
{
	bool again = true;

	p->e = e;
	p->grown = NEWN(e->f->a, uint32_t, e->jumps.n + 1);
	for (int i = 0; i < e->jumps.n; i++)
		e->jumps.at[i].size = (uint8_t)e->cpu->jumpsize(&e->jumps.at[i], 0);
	while (again) {
		again = false;
		for (int i = 0; i < e->jumps.n; i++)
			p->grown[i + 1] = p->grown[i] + e->jumps.at[i].size - (uint32_t)e->cpu->jumpunit;
		for (int i = 0; i < e->jumps.n; i++) {
			EmitJump *j = &e->jumps.at[i];
			int need = e->cpu->jumpsize(j,
			    (int64_t) final(p, e->label[j->label]) - (int64_t)(j->off + p->grown[i]));

			if (need > j->size) {
				j->size = (uint8_t)need;
				again = true;
			}
		}
	}
}

static void
movetable(const Place *p, PcTable *t)
{
	for (int i = 0; i < t->n; i++)
		t->at[i].pc = final(p, t->at[i].pc);
}

static int
bypc(const void *pa, const void *pb)
{
	const ObjStackMap *a = pa, *b = pb;

	return (a->pc > b->pc) - (a->pc < b->pc);
}

void
emit_finish(Emit *e)
{
	ObjSym *s = e->f->sym;
	ObjFunc *fn = e->fn;
	Buf *out = &s->data;
	uint32_t at = 0;
	Place p;

	if (fn->maps.n > 1)
		qsort(fn->maps.at, (size_t)fn->maps.n, sizeof *fn->maps.at, bypc);
	place(e, &p);
	out->n = 0;
	buf_reserve(out, e->b.n + p.grown[e->jumps.n]);
	for (int i = 0; i < e->jumps.n; i++) {
		const EmitJump *j = &e->jumps.at[i];

		buf_put(out, e->b.p + at, j->off - at);
		at = j->off + (uint32_t)e->cpu->jumpunit;
		e->cpu->putjump(out, j, (int64_t) final(&p, e->label[j->label]) - (int64_t)out->n);
	}
	buf_put(out, e->b.p + at, e->b.n - at);
	for (int i = 0; i < e->fixes.n; i++) {
		const EmitFix *x = &e->fixes.at[i];
		int64_t d = (int64_t) final(&p, e->label[x->label]) - final(&p, x->base);
		uint8_t *q = out->p + final(&p, x->off);

		if (x->size == 0)
			e->cpu->fix(q, d);
		for (int k = 0; k < x->size; k++)
			q[k] = (uint8_t)((uint64_t)d >> 8 * k);
	}
	for (int i = 0; i < e->relocs.n; i++) {
		ObjReloc *r = &e->relocs.at[i];

		obj_reloc(s, final(&p, r->off), (RelocKind)r->kind, r->sym, r->add);
	}
	movetable(&p, &fn->pcsp);
	movetable(&p, &fn->pcfile);
	movetable(&p, &fn->pcline);
	movetable(&p, &fn->pcinl);
	movetable(&p, &fn->unsafepoint);
	for (int i = 0; i < fn->maps.n; i++)
		fn->maps.at[i].pc = final(&p, fn->maps.at[i].pc);
	for (int i = 0; i < fn->inl.n; i++)
		fn->inl.at[i].parentpc = final(&p, fn->inl.at[i].parentpc);
	if (fn->deferreturn != 0)
		fn->deferreturn = final(&p, fn->deferreturn);
	s->size = out->n;
	s->align = 16;
	buf_free(&e->b);
}
