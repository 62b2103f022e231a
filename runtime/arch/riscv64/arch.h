/*
 * arch.h - riscv64, for arch/arch.h.
 */
#ifndef SLIPWAY_ARCH_H
#define SLIPWAY_ARCH_H

#define ARCH_NAME "riscv64"
#define ARCH_LINKREG 1			/* calls leave the return address in a register */
#define ARCH_RETADDRSIZE 0		/* bytes a call pushes */
#define ARCH_CALLSIZE 16		/* bytes ctx_call takes from the stack */
#define ARCH_PCADJUST 2			/* subtracted from a return address to be inside the call */
#define ARCH_ASYNCSIZE 480		/* register area of arch_asyncpreempt */
#define ARCH_ASYNC_LINK 0		/* not used: the link register lies above that area */
#define ARCH_REGARGS_NINT 16		/* abi.RegArgs */
#define ARCH_REGARGS_NFLOAT 16
#define ARCH_STUB_FRAME 480		/* of reflect's stubs, from SP to Frame.fp */
#define ARCH_STUB_MAGICAT 464

#ifndef __ASSEMBLER__
#define CTX_PC(u) ((u)->uc_mcontext.__gregs[0])	/* 0 is the program counter */
#define CTX_SP(u) ((u)->uc_mcontext.__gregs[2])
#define CTX_LINK(u) ((u)->uc_mcontext.__gregs[1])
#define CTX_G(u) ((u)->uc_mcontext.__gregs[27])

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

#endif
