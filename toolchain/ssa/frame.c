/*
 * frame.c - where the slots of a function lie.
 *
 * From SP upwards: the return address if the CPU has a link register (target linkarea), outgoing stack arguments, spill slots, locals that need
 * not be cleared, those that must (so that the prologue clears one run), what the CPU saves (target framefixed). Slots of parameters lie above
 * the return address that the call pushed, or that the caller keeps at its SP. A leaf without any of these has no frame.
 */
#include "ssa/ssa.h"
#include "target/target.h"

int ssa_shareslots(Func *f);

static int64_t
roundup(int64_t n, int64_t align)
{
	return align > 1 ? (n + align - 1) & -align : n;
}

void
ssa_frame(Func *f)
{
	const Target *t = f->target;
	int nplace = ssa_shareslots(f);
	int64_t off, outargs = 0;

	for (Block *b = f->entry; b != NULL; b = b->next)
		for (Value *v = b->first; v != NULL; v = v->next)
			if (v->op < OP_GENERIC_END && op_info[v->op].call && v->sig != NULL && v->op != OP_TAILCALL &&
			    v->sig->argsize + v->sig->spillsize > outargs)
				outargs = v->sig->argsize + v->sig->spillsize;
	f->outargs = (int32_t)roundup(outargs, t->ptrsize);
	off = t->linkarea + f->outargs;
	for (Slot *s = f->slots; s != NULL; s = s->next)
		if (s->isspill)
			s->off = off + s->off * t->regsize;
	off += (int64_t)nplace * t->regsize;
	for (Slot *s = f->slots; s != NULL; s = s->next)
		if (!s->isspill && !s->isparam && s->type.ptrbytes > 0 && !s->tracked)
			s->live = true;
	for (int pass = 0; pass < 2; pass++)
		for (Slot *s = f->slots; s != NULL; s = s->next) {
			if (s->isspill || s->isparam || s->live != (pass == 1))
				continue;
			off = roundup(off,
			    s->type.align > t->ptrsize ? t->ptrsize :
				s->type.ptrbytes > 0   ? t->ptrsize :
							 s->type.align);
			s->off = off;
			off += s->type.size;
			if (off > 1 << 30)
				diag_error(f->pos, "stack frame too large (>1GB): %lld MB locals",
				    (long long)(off >> 20));
			if (off > 1 << 30)
				off = t->linkarea + f->outargs;
		}
	off = roundup(off, t->ptrsize);
	f->framesize = 0;
	if (off > t->linkarea || !f->leaf)
		f->framesize = (int32_t)off + t->framefixed;
	if (t->stackalign > t->ptrsize)
		f->framesize = (int32_t)roundup(f->framesize, t->stackalign);
	for (Slot *s = f->slots; s != NULL; s = s->next)
		if (s->isparam)
			s->off += f->framesize + t->callpush + t->linkarea;
}
