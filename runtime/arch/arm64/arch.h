/*
 * arch.h - arm64, for arch/arch.h.
 */
#ifndef SLIPWAY_ARCH_H
#define SLIPWAY_ARCH_H

#define ARCH_NAME "arm64"
#define ARCH_LINKREG 1			/* calls leave the return address in a register */
#define ARCH_RETADDRSIZE 0		/* bytes a call pushes */
#define ARCH_CALLSIZE 16		/* bytes ctx_call takes from the stack */
#define ARCH_PCADJUST 4			/* subtracted from a return address to be inside the call */
#define ARCH_ASYNCSIZE 512		/* register area of arch_asyncpreempt */
#define ARCH_ASYNC_LINK 0		/* not used: ctx_call keeps the link register */
#define ARCH_REGARGS_NINT 16		/* abi.RegArgs */
#define ARCH_REGARGS_NFLOAT 16
#define ARCH_STUB_FRAME 464		/* of reflect's stubs, from SP to Frame.fp */
#define ARCH_STUB_MAGICAT 56

#ifndef __ASSEMBLER__
#define CTX_PC(u) ((u)->uc_mcontext.pc)
#define CTX_SP(u) ((u)->uc_mcontext.sp)
#define CTX_LINK(u) ((u)->uc_mcontext.regs[30])
#define CTX_G(u) ((u)->uc_mcontext.regs[28])

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

#endif
