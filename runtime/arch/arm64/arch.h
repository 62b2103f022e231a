/*
 * arch.h - arm64: what the portable C needs of the CPU. Other CPUs have a file of the same name and contents.
 */
#ifndef SLIPWAY_ARCH_H
#define SLIPWAY_ARCH_H

#include <stdint.h>
#include <ucontext.h>

#define ARCH_NAME "arm64"
#define ARCH_LINKREG 1			/* calls leave the return address in a register */
#define ARCH_RETADDRSIZE 0		/* bytes a call pushes */
#define ARCH_CALLSIZE 16		/* bytes ctx_call takes from the stack */
#define ARCH_PCADJUST 4			/* subtracted from a return address to be inside the call */
#define ARCH_ASYNCSIZE 512		/* register area of arch_asyncpreempt below what ctx_call left */
#define ARCH_ASYNC_LINK 0		/* not used: ctx_call keeps the link register */
#define ARCH_REFLECT_TYP (-16)		/* slots of reflectcall's frame, from Frame.fp */
#define ARCH_REFLECT_ARGS (-24)
#define ARCH_REFLECT_REGS (-48)
#define ARCH_REGARGS_PTRS 256		/* abi.RegArgs: Ptrs, ReturnIsPtr */
#define ARCH_REGARGS_RETISPTR 384
#define ARCH_REGARGS_NINT 16

#define ARCH_STUB_MAGIC 0x7efb3ec7a11ed51du /* tells the frames of reflect's stubs */
#define ARCH_STUB_FRAME 464		/* their size, from SP to Frame.fp; the rest from SP: */
#define ARCH_STUB_MAGICAT 56
#define ARCH_STUB_CLOSURE 40
#define ARCH_STUB_RETVALID 48
#define ARCH_STUB_REGS 64

uint32_t arch_run(void *g, void *m);
extern const char arch_goexit_ret[], arch_reflectcall_ret[], arch_leaves[], arch_eleaves[], arch_asyncpreempt[];
extern const char
    arch_sigpanic[]; /* runtime.sigpanic for a resumed goroutine: as if its caller of C, or of a leaf, had called it */

static inline void
arch_pause(void)
{
	__asm__ volatile("yield");
}

static inline uint64_t
arch_ticks(void)
{
	uint64_t t;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(t));
	return t;
}

/* Machine context of a signal. */
/* clang-format off */
static inline uintptr_t ctx_pc(ucontext_t *u) { return u->uc_mcontext.pc; }
static inline uintptr_t ctx_sp(ucontext_t *u) { return u->uc_mcontext.sp; }
/* clang-format on */
/* Frame pointer, or the link register if the CPU has one. */
/* clang-format off */
static inline uintptr_t ctx_link(ucontext_t *u) { return u->uc_mcontext.regs[30]; }
static inline uintptr_t ctx_g(ucontext_t *u) { return u->uc_mcontext.regs[28]; }
/* clang-format on */

/* Makes the interrupted code call fn, which takes no arguments (they would need spill space in this frame), as if from the interrupted
 * instruction: its link register waits on the stack. */
static inline void
ctx_call(ucontext_t *u, uintptr_t fn)
{
	uintptr_t sp = ctx_sp(u) - ARCH_CALLSIZE;

	*(uintptr_t *)sp = ctx_link(u);
	u->uc_mcontext.sp = sp;
	u->uc_mcontext.regs[30] = ctx_pc(u);
	u->uc_mcontext.pc = fn;
}

/* Return address of code that has no frame. */
static inline uintptr_t
ctx_retaddr(ucontext_t *u)
{
	return ctx_link(u);
}

/* The same from a leaf: as if its caller had called fn. */
static inline void
ctx_tailcall(ucontext_t *u, uintptr_t fn)
{
	u->uc_mcontext.pc = fn;
}

/* What every Go function expects of registers: g alone. */
static inline void
ctx_goregs(ucontext_t *u)
{
	(void)u;
}

static inline long
arch_syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc #0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}

#endif
