/*
 * arch.h - riscv64: what the portable C needs of the CPU. Other CPUs have a file of the same name and contents.
 */
#ifndef SLIPWAY_ARCH_H
#define SLIPWAY_ARCH_H

#include <stdint.h>
#include <ucontext.h>

#define ARCH_NAME "riscv64"
#define ARCH_LINKREG 1			/* calls leave the return address in a register */
#define ARCH_RETADDRSIZE 0		/* bytes a call pushes */
#define ARCH_CALLSIZE 16		/* bytes ctx_call takes from the stack */
#define ARCH_PCADJUST 2			/* subtracted from a return address to be inside the call */
#define ARCH_ASYNCSIZE 480		/* register area of arch_asyncpreempt */
#define ARCH_ASYNC_LINK 0		/* not used: the link register lies above that area */
#define ARCH_REFLECT_TYP (-16)		/* slots of reflectcall's frame, from Frame.fp */
#define ARCH_REFLECT_ARGS (-24)
#define ARCH_REFLECT_REGS (-48)
#define ARCH_REGARGS_PTRS 256		/* abi.RegArgs: Ptrs, ReturnIsPtr */
#define ARCH_REGARGS_RETISPTR 384
#define ARCH_REGARGS_NINT 16

#define ARCH_STUB_MAGIC 0x7efb3ec7a11ed51du /* tells the frames of reflect's stubs */
#define ARCH_STUB_FRAME 480		/* their size, from SP to Frame.fp; the rest from SP: */
#define ARCH_STUB_MAGICAT 464
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
	__asm__ volatile(".word 0x0100000f");	/* pause: a hint, harmless where it is not known */
}

static inline uint64_t
arch_ticks(void)
{
	uint64_t t;

	__asm__ volatile("rdtime %0" : "=r"(t));
	return t;
}

/* Machine context of a signal: register 0 is the program counter. */
/* clang-format off */
static inline uintptr_t ctx_pc(ucontext_t *u) { return u->uc_mcontext.__gregs[0]; }
static inline uintptr_t ctx_sp(ucontext_t *u) { return u->uc_mcontext.__gregs[2]; }
/* clang-format on */
/* Frame pointer, or the link register if the CPU has one. */
/* clang-format off */
static inline uintptr_t ctx_link(ucontext_t *u) { return u->uc_mcontext.__gregs[1]; }
static inline uintptr_t ctx_g(ucontext_t *u) { return u->uc_mcontext.__gregs[27]; }
/* clang-format on */

/* Makes the interrupted code call fn, which takes no arguments (they would need spill space in this frame), as if from the interrupted
 * instruction. The link register, which the call overwrites, goes below the frame. */
static inline void
ctx_call(ucontext_t *u, uintptr_t fn)
{
	uintptr_t sp = ctx_sp(u) - ARCH_CALLSIZE;

	*(uintptr_t *)sp = ctx_link(u);
	u->uc_mcontext.__gregs[2] = sp;
	u->uc_mcontext.__gregs[1] = ctx_pc(u);
	u->uc_mcontext.__gregs[0] = fn;
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
	u->uc_mcontext.__gregs[0] = fn;
}

/* What every Go function expects of registers beside its arguments: nothing. */
static inline void
ctx_goregs(ucontext_t *u)
{
	(void)u;
}

static inline long
arch_syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	register long a7 __asm__("a7") = n;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory");
	return a0;
}

#endif
