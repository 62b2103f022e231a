/*
 * arch.h - what the portable C and the assembly need of a CPU: its own header, arch/<goarch>/arch.h, which the makefile names, and what
 * follows from that.
 *
 * The CPU's header has the sizes ARCH_...; for C also CTX_PC, CTX_SP, CTX_LINK (frame pointer, or the link register if there is one) and
 * CTX_G, the registers of a signal's context as lvalues, and arch_pause, arch_ticks, arch_syscall6 and ctx_goregs.
 */
#ifndef SLIPWAY_ARCH_ARCH_H
#define SLIPWAY_ARCH_ARCH_H

#ifndef __ASSEMBLER__
#include <stdint.h>
#include <ucontext.h>
#endif

#include ARCH_HEADER

#define ARCH_REFLECT_TYP (-16)		/* slots of reflectcall's frame, from Frame.fp */
#define ARCH_REFLECT_ARGS (-24)
#define ARCH_REFLECT_REGS (-48)
#define ARCH_REGARGS_PTRS (8 * (ARCH_REGARGS_NINT + ARCH_REGARGS_NFLOAT))	/* abi.RegArgs: Ptrs, ReturnIsPtr */
#define ARCH_REGARGS_RETISPTR (ARCH_REGARGS_PTRS + 8 * ARCH_REGARGS_NINT)

#define ARCH_STUB_MAGIC 0x7efb3ec7a11ed51d	/* tells the frames of reflect's stubs, which have, from SP: */
#define ARCH_STUB_CLOSURE 40
#define ARCH_STUB_RETVALID 48
#define ARCH_STUB_REGS 64

#ifndef __ASSEMBLER__
uint32_t arch_run(void *g, void *m);
extern const char arch_goexit_ret[], arch_reflectcall_ret[], arch_leaves[], arch_eleaves[], arch_asyncpreempt[];
/* runtime.sigpanic for a resumed goroutine: as if its caller of C, or of a leaf, had called it */
extern const char arch_sigpanic[];

/* clang-format off */
static inline uintptr_t ctx_pc(ucontext_t *u) { return (uintptr_t)CTX_PC(u); }
static inline uintptr_t ctx_sp(ucontext_t *u) { return (uintptr_t)CTX_SP(u); }
static inline uintptr_t ctx_link(ucontext_t *u) { return (uintptr_t)CTX_LINK(u); }
static inline uintptr_t ctx_g(ucontext_t *u) { return (uintptr_t)CTX_G(u); }
/* clang-format on */

/* Makes the interrupted code call fn, which takes no arguments (they would need spill space in this frame), as if from the interrupted
 * instruction. A link register, which the call overwrites, goes below the frame. */
static inline void
ctx_call(ucontext_t *u, uintptr_t fn)
{
	uintptr_t sp = ctx_sp(u) - ARCH_CALLSIZE;

	*(uintptr_t *)sp = ARCH_LINKREG ? ctx_link(u) : ctx_pc(u);
	CTX_SP(u) = sp;
	if (ARCH_LINKREG)
		CTX_LINK(u) = CTX_PC(u);
	CTX_PC(u) = fn;
}

/* Return address of code that has no frame. */
static inline uintptr_t
ctx_retaddr(ucontext_t *u)
{
	return ARCH_LINKREG ? ctx_link(u) : *(uintptr_t *)ctx_sp(u);
}

/* The call from a leaf: as if its caller had called fn. */
static inline void
ctx_tailcall(ucontext_t *u, uintptr_t fn)
{
	CTX_PC(u) = fn;
}
#endif

#endif
