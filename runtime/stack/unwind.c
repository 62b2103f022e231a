/*
 * unwind.c - from a goroutine's saved context to its frames, and from a frame to its pointer slots.
 *
 * Frames are found with the pcsp table alone. Where the return address lies depends on the CPU (ARCH_LINKREG):
 *   pushed by the call    above the frame, at fp. The frame pointer chain is followed beside it (every Go function with a frame saves it
 *                         just below its return address), because reflectcall's frame has a size of its own and because stack copying
 *                         must adjust the saved ones.
 *   link register         at SP, the lowest word of the frame; a function without a frame still has it in the register, which only a stop
 *                         in a prologue and a fault keep. reflectcall keeps its own on top, and at SP the size of its frame.
 */
#include "panic/panic.h"
#include "stack/stack.h"
#include <string.h>

/* reflectcall and the stubs behind reflect's function values are no Go functions. */
static bool
enterreflect(Frame *fr)
{
	fr->reflectcall = true;
	if (fr->reflectstub)
		fr->fp = fr->sp + ARCH_STUB_FRAME;
	else if (ARCH_LINKREG)
		fr->fp = fr->sp + *(uintptr_t *)fr->sp;
	else
		fr->fp = fr->link + 8;
	return fr->fp > fr->sp && fr->fp < fr->hi;
}

static bool
enter(Frame *fr)
{
	int32_t d;

	fr->reflectcall = fr->cgoback = false;
	if (fr->pc == (uintptr_t)arch_goexit_ret)
		return false;
	if (fr->sp < fr->lo || fr->sp > fr->hi)
		return false;
	fr->reflectstub = (fr->pc < rt_module->text || fr->pc >= rt_module->etext) &&
	    fr->sp + ARCH_STUB_FRAME < fr->hi && *(uint64_t *)(fr->sp + ARCH_STUB_MAGICAT) == ARCH_STUB_MAGIC;
	if (fr->pc == (uintptr_t)arch_reflectcall_ret || fr->reflectstub)
		return enterreflect(fr);
	if (fr->pc == (uintptr_t)arch_cgoback_ret) {	/* between a function that C called and the one that called C */
		fr->reflectcall = fr->cgoback = true;
		fr->fp = fr->sp + CGOBACK_FRAME;
		return fr->fp < fr->hi;
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
unwind_startat(Frame *fr, G *g, uintptr_t pc, uintptr_t sp, uintptr_t link, bool exact)
{
	memset(fr, 0, sizeof *fr);
	fr->g = g;
	fr->lo = g->stacklo;
	fr->hi = g->stackhi;
	fr->pc = pc;
	fr->sp = sp;
	fr->link = link;
	fr->exact = exact;
	fr->first = true;
	return enter(fr);
}

bool
unwind_start(Frame *fr, G *g)
{
	uintptr_t sp = g->sp, link = g->link, pc;
	bool prologue = g->stop == STOP_PROLOGUE, r;

	if (g->insyscall) {
		sp = g->syscallsp;
		link = g->syscalllink;
	}
	if (sp < g->stacklo || sp + 8 > g->stackhi) {
		memset(fr, 0, sizeof *fr);
		return false;
	}
	if (g->stop == STOP_ASYNC) {
		uintptr_t at = sp + ARCH_ASYNCSIZE;

		/* ctx_call left one word at `at`: the interrupted pc, or the link register of that time */
		pc = ARCH_LINKREG ? link : *(uintptr_t *)at;
		link = ARCH_LINKREG ? *(uintptr_t *)at : *(uintptr_t *)(sp + ARCH_ASYNC_LINK);
		r = unwind_startat(fr, g, pc, at + ARCH_CALLSIZE, link, true);
		fr->async = true;
		return r;
	}
	if (ARCH_LINKREG)
		pc = prologue ? g->pc : link;
	else
		pc = *(uintptr_t *)sp;
	r = unwind_startat(fr, g, pc, sp + ARCH_RETADDRSIZE, link, false);
	fr->prologue = prologue;
	return r;
}

extern const char sigpanic[] __asm__("runtime.sigpanic");

/* Return address of the frame and what its caller's link was. */
static void
leave(Frame *fr)
{
	uintptr_t fp = fr->fp;

	if (!ARCH_LINKREG) {
		fr->pc = *(uintptr_t *)fp;
		if (fp > fr->sp && !fr->cgoback)
			fr->link = *(uintptr_t *)(fp - 8);
		return;
	}
	if (fp == fr->sp)
		fr->pc = fr->link;
	else if (fr->reflectcall && !fr->reflectstub && !fr->cgoback)
		fr->pc = *(uintptr_t *)(fp - 8);
	else
		fr->pc = *(uintptr_t *)fr->sp;
	fr->link = 0;
}

bool
unwind_next(Frame *fr)
{
	bool fault = !fr->reflectcall && fr->f.entry == (uintptr_t)sigpanic;

	leave(fr);
	fr->sp = fr->fp + ARCH_RETADDRSIZE;
	if (ARCH_LINKREG && fault) {	/* what ctx_call and arch_sigpanic put on top of its frame */
		fr->link = *(uintptr_t *)fr->sp;
		fr->sp += ARCH_CALLSIZE;
	}
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
	visitbits((const uint8_t *)bv[1], (uint32_t)nbits, fr->fp + FRAME_ARGS, visit, ctx);
}

static _Noreturn void
untyped(const Frame *fr)
{
	panic_printf("runtime: frame %s untyped locals %lx+%lx\n", func_name(fr->f.f), (unsigned long)fr->sp,
	    (unsigned long)(fr->fp - fr->sp));
	rt_throw("missing stackmap");
}

void
frame_slots(Frame *fr, SlotFn visit, RangeFn cons, void *ctx)
{
	const StackMap *sm;
	const uint8_t *b;
	uint32_t off, lo, hi;

	if (fr->cgoback)
		return;
	if (fr->reflectstub) {
		reflectstub(fr, visit, ctx);
		return;
	}
	if (fr->reflectcall) {
		visit((uintptr_t *)(fr->fp + ARCH_REFLECT_TYP), ctx);
		visit((uintptr_t *)(fr->fp + ARCH_REFLECT_ARGS), ctx);
		visit((uintptr_t *)(fr->fp + ARCH_REFLECT_REGS), ctx);
		return;
	}
	if (fr->async && cons != NULL)
		cons(fr->sp - ARCH_CALLSIZE - ARCH_ASYNCSIZE, fr->fp, ctx);
	sm = func_stackmap(fr->f.f);
	if (sm == NULL)
		return;
	b = (const uint8_t *)sm;
	if (fr->prologue) {
		if (sm->argmap != 0)
			visitbits(b + sm->argmap, sm->nargs, fr->fp + FRAME_ARGS, visit, ctx);
		return;
	}
	if (sm->callargmap != 0)
		visitbits(b + sm->callargmap, sm->nargs, fr->fp + FRAME_ARGS, visit, ctx);
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
	if ((sm->flags & STACKMAP_UNTYPED) != 0)
		untyped(fr);
	visitbits(b + sm->map[lo].bitmap, sm->nlocals, fr->sp, visit, ctx);
}
