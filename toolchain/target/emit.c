/*
 * emit.c - what the encoders of all CPUs share: the parts of a function, labels and jumps, and the tables that go with code.
 *
 * needs   registers, frame
 *
 * Code is first made in a raw buffer where each jump takes EmitCpu.jumpunit bytes; then jumps grow until all reach, and everything that
 * holds an offset (relocations, tables, stack maps) is moved along.
 */
#include <stdlib.h>

#include "abi/stack.h"
#include "target/machine.h"

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
emit_goto(Emit *e, int label, int after)
{
	if (label != after)
		emit_jump(e, e->cpu->always, label);
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
emit_failif(Emit *e, uint32_t how, Value *v, const char *fn)
{
	int label = emit_label(e);

	vec_push(e->f->a, &e->tails, ((EmitTail){ v, label, fn }));
	emit_jump(e, how, label);
}

int
emit_const(Emit *e, int64_t bits)
{
	int label;

	for (int i = 0; i < e->consts.n && i < 100; i++)
		if (e->consts.at[i].bits == bits)
			return e->consts.at[i].label;
	label = emit_label(e);
	vec_push(e->f->a, &e->consts, ((EmitConst){ bits, label }));
	return label;
}

int
emit_table(Emit *e, Block *b)
{
	int label = emit_label(e);

	vec_push(e->f->a, &e->tables, ((EmitTable){ b, label }));
	return label;
}

/* Aligned to 8 bytes, as jumps that grow do so by multiples of that. */
static void
constants(Emit *e)
{
	while (e->consts.n > 0 && e->b.n % 8 != 0)
		e->cpu->pad(e);
	for (int i = 0; i < e->consts.n; i++) {
		e->label[e->consts.at[i].label] = emit_here(e);
		for (int k = 0; k < 8; k++)
			emit_byte(e, (uint64_t)e->consts.at[i].bits >> 8 * (e->f->target->bigendian ? 7 - k : k) & 255);
	}
}

static void
jumptables(Emit *e)
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

static ObjSym *
boundsfn(int64_t kind)
{
	static const char *const name[BOUNDS_COUNT] = {
#define B(number, kind, name) "panic" #name,
#include "abi/bounds.def"
#undef B
	};

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

/* The source position of what follows. */
static void
setpos(Emit *e, Pos pos, int inl)
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
			setpos(e, c->pos, c->parent);
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
	pctable_add(&e->fn->unsafepoint, emit_here(e), on || e->f->nostops);
}

void
emit_sp(Emit *e, int sp)
{
	pctable_add(&e->fn->pcsp, emit_here(e), sp);
}

/* ---- the frame ---- */

/* Bytes from SP that the prologue must clear, whole words; none: *lo >= *hi. */
static void
zeroed(const Emit *e, int64_t *lo, int64_t *hi)
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

/* A result on the stack that must be cleared too. */
static bool
zeroedresult(const Emit *e, const Slot *s)
{
	return s->live && !s->isspill && s->isparam && s->off >= argbase(e->f) + e->f->sig->resultoff;
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

static void
clearslots(Emit *e)
{
	int64_t lo, hi;

	for (Slot *s = e->f->slots; s != NULL; s = s->next)
		if (zeroedresult(e, s))
			e->cpu->clear(e, s->off, s->type.size);
	zeroed(e, &lo, &hi);
	if (hi > lo)
		e->cpu->clear(e, lo, hi - lo);
}

/* Between code and assembly, which may use the registers that code leaves alone. */
static void
restore(Emit *e)
{
	if (e->f->target->restore == NULL)
		return;
	emit_unsafe(e, true);
	e->cpu->call(e, ssa_rtsym(e->f->target->restore));
	emit_unsafe(e, false);
}

/* The label of the jump to code that makes room on the stack, or -1. */
static int
prologue(Emit *e)
{
	const Func *f = e->f;
	int more = -1;

	emit_sp(e, 0);
	if (f->sig->abi0)
		restore(e);
	if (e->frame == 0)
		return -1;
	emit_unsafe(e, true);
	if (!f->nosplit && !(f->leaf && e->frame < STACK_SMALL)) {
		more = emit_label(e);
		e->cpu->checkstack(e, more);
	}
	e->cpu->enter(e);
	emit_sp(e, e->frame);
	clearslots(e);
	emit_unsafe(e, false);
	return more;
}

static void
epilogue(Emit *e)
{
	if (e->frame == 0)
		return;
	emit_unsafe(e, true);
	e->cpu->leave(e);
	emit_sp(e, 0);
}

/* Code after a return or tail call runs with the frame again. */
static void
afterepilogue(Emit *e)
{
	if (e->frame == 0)
		return;
	emit_sp(e, e->frame);
	emit_unsafe(e, false);
}

static void
params(Emit *e, bool isstore)
{
	const CallSig *s = e->f->sig;

	for (int i = 0; i < s->nparam; i++)
		e->cpu->param(e, s->param[i].reg, e->f->target->callpush + e->f->target->linkarea + s->param[i].off,
		    vtype_size((VType)s->param[i].type), isstore);
}

static void
growstack(Emit *e, int more, int start)
{
	Func *f = e->f;

	if (more < 0)
		return;
	e->label[more] = emit_here(e);
	setpos(e, f->pos, -1);
	emit_sp(e, 0);
	emit_unsafe(e, true);
	params(e, true);
	e->cpu->morestack(e, ssa_rtsym(f->needctxt ? "morestack" : "morestack_noctxt"));
	stackmap_deferpoint(f, emit_here(e));
	/* at entry nothing of the frame exists yet */
	memset((void *)(uintptr_t)vec_last(&e->fn->maps).locals, 0, (size_t)(e->frame / 8 + 7) / 8);
	params(e, false);
	emit_jump(e, e->cpu->always, start);
}

/* ---- code ---- */

static void
called(Emit *e, Value *v)
{
	stackmap_call(e->f, v, emit_here(e));
}

static void
value(Emit *e, Value *v)
{
	const EmitCpu *cpu = e->cpu;

	switch (v->op) {
	case OP_PARAM:
	case OP_CLOSURE:
	case OP_RESULT:
	case OP_GETG:
	case OP_SLOTUSE:
	case OP_KEEPALIVE:
		return;
	default:
		break;
	}
	setpos(e, v->pos, v->inl);
	e->nopreempt = v->nopreempt;
	emit_unsafe(e, v->nopreempt);
	switch (v->op) {
	case OP_COPY:
		cpu->copy(e, v->reg, op_reg(v, 0));
		break;
	case OP_FCONST:
		cpu->floatconst(e, v->reg, v->aux, value_size(v));
		break;
	case OP_SPILL:
		cpu->spill(e, v, op_reg(v, 0), true);
		break;
	case OP_RELOAD:
		cpu->spill(e, v, v->reg, false);
		break;
	case OP_CALL:
		cpu->call(e, v->sym);
		called(e, v);
		if (v->sig->abi0)
			restore(e);
		break;
	case OP_CALLCLOSURE:
		cpu->callclosure(e);
		called(e, v);
		break;
	case OP_CALLPTR:
		cpu->callptr(e, op_reg(v, 0));
		called(e, v);
		break;
	case OP_TAILCALL:
		epilogue(e);
		cpu->tailcall(e, v->sym);
		afterepilogue(e);
		break;
	case OP_DEFERRETURN:
		e->fn->deferreturn = emit_here(e);
		cpu->call(e, ssa_rtsym("deferreturn"));
		called(e, v);
		break;
	default:
		if (v->op < OP_TARGET)
			bug("%s encode: %s", e->f->target->name, v->op < OP_GENERIC_END ? op_info[v->op].name : "?");
		cpu->insn(e, v);
	}
}

static void
branch(Emit *e, const Block *b, int after)
{
	int yes = e->target[b->succ.at[0]->id], no = e->target[b->succ.at[1]->id];

	if (yes == no)
		emit_goto(e, yes, after);
	else if (yes == after)	/* the lowest bit of a condition inverts it */
		e->cpu->branch(e, b, (int)b->aux ^ 1, no, yes, after);
	else
		e->cpu->branch(e, b, (int)b->aux, yes, no, after);
}

static void
terminator(Emit *e, Block *b, int after)
{
	switch (b->kind) {
	case BK_JUMP:
		emit_goto(e, e->target[b->succ.at[0]->id], after);
		break;
	case BK_TARGET:
		branch(e, b, after);
		break;
	case BK_SWITCH:
		e->cpu->jumptable(e, b);
		break;
	case BK_RET:
		setpos(e, b->pos, -1);
		epilogue(e);
		e->cpu->ret(e);
		afterepilogue(e);
		break;
	case BK_EXIT:
		if (b->last == NULL || b->last->op != OP_TAILCALL)
			e->cpu->trap(e);
		break;
	default:
		bug("%s encode: block kind %d", e->f->target->name, b->kind);
	}
}

/* The label of the block whose code follows that of b; -1: none. */
static int
following(const Emit *e, const Block *b)
{
	for (b = b->next; b != NULL; b = b->next)
		if (e->target[b->id] == b->id)
			return b->id;
	return -1;
}

static void
slowpaths(Emit *e)
{
	for (int i = 0; i < e->tails.n; i++) {
		const EmitTail *t = &e->tails.at[i];

		e->label[t->label] = emit_here(e);
		setpos(e, t->v->pos, t->v->inl);
		emit_unsafe(e, false);
		if (t->fn != NULL)
			e->cpu->fail(e, ssa_rtsym(t->fn), NULL);
		else
			e->cpu->fail(e, boundsfn(t->v->aux), t->v);
	}
	if (e->tails.n > 0)
		e->cpu->pad(e);
}

/* ---- beginning and end ---- */

static void
begin(Emit *e, Func *f, const EmitCpu *cpu)
{
	ObjFunc *fn = f->sym->fn;

	*e = (Emit){ .f = f, .cpu = cpu, .inl = -2, .file = -1, .frame = f->framesize };
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
	setpos(e, f->pos, -1);
	emit_unsafe(e, false);
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

static void
finish(Emit *e)
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

void
emit_func(Func *f, const EmitCpu *cpu)
{
	Emit e;
	int start, more;

	begin(&e, f, cpu);
	start = emit_label(&e);
	e.label[start] = emit_here(&e);
	more = prologue(&e);
	for (Block *b = f->entry; b != NULL; b = b->next) {
		if (e.target[b->id] != b->id)
			continue;
		e.label[b->id] = emit_here(&e);
		for (Value *v = b->first; v != NULL; v = v->next)
			value(&e, v);
		terminator(&e, b, following(&e, b));
	}
	slowpaths(&e);
	growstack(&e, more, start);
	constants(&e);
	jumptables(&e);
	if (e.b.n == 0)
		cpu->pad(&e);
	finish(&e);
}
