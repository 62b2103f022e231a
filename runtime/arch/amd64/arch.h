/*
 * arch.h - amd64, for arch/arch.h.
 */
#ifndef SLIPWAY_ARCH_H
#define SLIPWAY_ARCH_H

#define ARCH_NAME "amd64"
#define ARCH_LINKREG 0			/* calls leave the return address in a register */
#define ARCH_RETADDRSIZE 8		/* bytes a call pushes */
#define ARCH_CALLSIZE 8			/* bytes ctx_call takes from the stack */
#define ARCH_PCADJUST 1			/* subtracted from a return address to be inside the call */
#define ARCH_ASYNCSIZE (16 * 16 + 8 + 15 * 8)	/* register area of arch_asyncpreempt below the interrupted PC */
#define ARCH_ASYNC_LINK (16 * 16 + 8)	/* where RBP lies in it */
#define ARCH_REGARGS_NINT 9		/* abi.RegArgs */
#define ARCH_REGARGS_NFLOAT 15
#define ARCH_STUB_FRAME 360		/* of reflect's stubs, from SP to Frame.fp */
#define ARCH_STUB_MAGICAT 344

#ifndef __ASSEMBLER__
#define CTX_PC(u) ((u)->uc_mcontext.gregs[REG_RIP])
#define CTX_SP(u) ((u)->uc_mcontext.gregs[REG_RSP])
#define CTX_LINK(u) ((u)->uc_mcontext.gregs[REG_RBP])
#define CTX_G(u) ((u)->uc_mcontext.gregs[REG_R14])

static inline void
arch_pause(void)
{
	__builtin_ia32_pause();
}

static inline uint64_t
arch_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* What every Go function expects of registers: X15 is zero, but inside an operation, which a fault leaves for good. */
static inline void
ctx_goregs(ucontext_t *u)
{
	__builtin_memset(&u->uc_mcontext.fpregs->_xmm[15], 0, 16);
}

static inline long
arch_syscall6(long n, long a, long b, long c, long d, long e, long f)
{
	long r;
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;

	__asm__ volatile("syscall"
	    : "=a"(r)
	    : "a"(n), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
	    : "rcx", "r11", "memory");
	return r;
}

#endif

#endif
