/*
 * unwind.c - from a goroutine's saved context to its frames, and from a frame to its pointer slots.
 *
 * Frames are found with the pcsp table alone. The frame pointer chain is followed beside it (every Go function with a frame saves RBP just below its
 * return address), because reflectcall's frame has a size of its own and because stack copying must adjust the saved ones.
 */
#include "stack/stack.h"
#include <string.h>

static bool
enter(Frame *fr)
{
	int32_t d;

	fr->reflectcall = false;
	if (fr->pc == (uintptr_t)arch_goexit_ret)
		return false;
	if (fr->sp < fr->lo || fr->sp > fr->hi)
		return false;
	fr->reflectstub = (fr->pc < rt_module->text || fr->pc >= rt_module->etext) && fr->bp > fr->sp && fr->bp + 8 < fr->hi &&
		(fr->bp & 7) == 0 && *(uint64_t *)(fr->bp - 8) == ARCH_STUB_MAGIC;
	if (fr->pc == (uintptr_t)arch_reflectcall_ret || fr->reflectstub) {
		fr->reflectcall = true;		/* no Go function */
		fr->fp = fr->bp + 8;
		if (fr->fp < fr->sp || fr->fp >= fr->hi)
			return false;
		return true;
	}
	/* a call that does not return may end its function: look up inside the call */
	if (!func_find(fr->exact ? fr->pc : fr->pc - ARCH_PCADJUST, &fr->f))
		return false;
	d = func_spdelta(fr->f, fr->exact ? fr->pc : fr->pc - ARCH_PCADJUST);
	if (d < 0)
		return false;
	fr->fp = fr->sp + (uintptr_t)d;
	return fr->fp < fr->hi;
}

bool
unwind_startat(Frame *fr, G *g, uintptr_t pc, uintptr_t sp, uintptr_t bp, bool exact)
{
	memset(fr, 0, sizeof *fr);
	fr->g = g;
	fr->lo = g->stacklo;
	fr->hi = g->stackhi;
	fr->pc = pc;
	fr->sp = sp;
	fr->bp = bp;
	fr->exact = exact;
	fr->first = true;
	return enter(fr);
}

bool
unwind_start(Frame *fr, G *g)
{
	uintptr_t sp = g->sp, bp = g->bp;
	bool r;

	if (g->insyscall) {
		sp = g->syscallsp;
		bp = g->syscallbp;
	}
	if (sp < g->stacklo || sp + 8 > g->stackhi) {
		memset(fr, 0, sizeof *fr);
		return false;
	}
	if (g->stop == STOP_ASYNC) {
		uintptr_t at = sp + ARCH_ASYNCSIZE;

		r = unwind_startat(fr, g, *(uintptr_t *)at, at + ARCH_RETADDRSIZE, *(uintptr_t *)(sp + ARCH_ASYNC_BP), true);
		fr->async = true;
		return r;
	}
	r = unwind_startat(fr, g, *(uintptr_t *)sp, sp + ARCH_RETADDRSIZE, bp, false);
	fr->prologue = g->stop == STOP_PROLOGUE;
	return r;
}

extern const char sigpanic[] __asm__("runtime.sigpanic");

bool
unwind_next(Frame *fr)
{
	uintptr_t fp = fr->fp;
	bool fault = !fr->reflectcall && fr->f.entry == (uintptr_t)sigpanic;

	if (fp > fr->sp)
		fr->bp = *(uintptr_t *)(fp - 8);
	fr->pc = *(uintptr_t *)fp;
	fr->sp = fp + ARCH_RETADDRSIZE;
	fr->prologue = fr->async = fr->first = false;
	/* what a signal made call sigpanic stands at the faulting instruction itself */
	fr->exact = fault && fr->pc == fr->g->sigpc;
	return enter(fr);
}

bool
unwind_ok(const Frame *fr)
{
	return fr->pc == (uintptr_t)arch_goexit_ret;
}

static void
visitbits(const uint8_t *bits, uint32_t n, uintptr_t at, SlotFn visit, void *ctx)
{
	for (uint32_t i = 0; i < n; i += 8) {
		unsigned b = bits[i >> 3];

		if (n - i < 8)
			b &= (1u << (n - i)) - 1;
		while (b != 0) {
			visit((uintptr_t *)at + i + __builtin_ctz(b), ctx);
			b &= b - 1;
		}
	}
}

/* makeFuncStub and methodValueCall of package reflect (arch/<cpu>/reflect.S): the frame holds a register image and the closure, which
 * describes the stack arguments: {fn, *bitVector{n int32, data []byte}, argLen}. */
static void
reflectstub(Frame *fr, SlotFn visit, void *ctx)
{
	uintptr_t *closure, *bv, nbits;

	for (int i = 0; i < ARCH_REGARGS_NINT; i++)
		visit((uintptr_t *)(fr->sp + ARCH_STUB_REGS + ARCH_REGARGS_PTRS) + i, ctx);
	closure = *(uintptr_t **)(fr->sp + ARCH_STUB_CLOSURE);
	visit((uintptr_t *)(fr->sp + ARCH_STUB_CLOSURE), ctx);
	if (closure == NULL || (bv = (uintptr_t *)closure[1]) == NULL)
		return;
	nbits = *(uint32_t *)bv;
	if (*(uint8_t *)(fr->sp + ARCH_STUB_RETVALID) == 0 && nbits > (uint32_t)closure[2] / sizeof(void *))
		nbits = (uint32_t)closure[2] / sizeof(void *);
	visitbits((const uint8_t *)bv[1], (uint32_t)nbits, fr->fp + ARCH_RETADDRSIZE, visit, ctx);
}

void
frame_slots(Frame *fr, SlotFn visit, RangeFn cons, void *ctx)
{
	const StackMap *sm;
	const uint8_t *b;
	uint32_t off, lo, hi;

	if (fr->reflectstub) {
		reflectstub(fr, visit, ctx);
		return;
	}
	if (fr->reflectcall) {
		visit((uintptr_t *)(fr->bp + ARCH_REFLECT_TYP), ctx);
		visit((uintptr_t *)(fr->bp + ARCH_REFLECT_ARGS), ctx);
		visit((uintptr_t *)(fr->bp + ARCH_REFLECT_REGS), ctx);
		return;
	}
	if (fr->async && cons != NULL)
		cons(fr->sp - ARCH_RETADDRSIZE - ARCH_ASYNCSIZE, fr->fp, ctx);
	sm = func_stackmap(fr->f.f);
	if (sm == NULL)
		return;
	b = (const uint8_t *)sm;
	if (fr->prologue) {
		if (sm->argmap != 0)
			visitbits(b + sm->argmap, sm->nargs, fr->fp + ARCH_RETADDRSIZE, visit, ctx);
		return;
	}
	if (sm->callargmap != 0)
		visitbits(b + sm->callargmap, sm->nargs, fr->fp + ARCH_RETADDRSIZE, visit, ctx);
	if (fr->async || fr->fp == fr->sp)
		return;
	off = (uint32_t)(fr->pc - fr->f.entry);
	lo = 0;
	hi = sm->nmaps;
	while (lo < hi) {			/* first entry >= off */
		uint32_t mid = (lo + hi) / 2;

		if (sm->map[mid].pcoff < off)
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == sm->nmaps || sm->map[lo].pcoff != off) {
		uint32_t d = fr->f.f->deferreturn;

		if (d == 0)
			return;
		for (lo = 0; lo < sm->nmaps && sm->map[lo].pcoff <= d; lo++)
			;
		if (lo == sm->nmaps)
			return;
	}
	visitbits(b + sm->map[lo].bitmap, sm->nlocals, fr->sp, visit, ctx);
}
