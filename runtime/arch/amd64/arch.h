/*
 * arch.h - amd64: what the portable C needs of the CPU. Other CPUs have a file of the same name and contents.
 */
#ifndef SLIPWAY_ARCH_H
#define SLIPWAY_ARCH_H

#include <stdint.h>
#include <ucontext.h>

#define ARCH_NAME "amd64"
#define ARCH_LINKREG 0			/* calls leave the return address in a register */
#define ARCH_RETADDRSIZE 8		/* bytes a call pushes */
#define ARCH_CALLSIZE 8			/* bytes ctx_call takes from the stack */
#define ARCH_PCADJUST 1			/* subtracted from a return address to be inside the call */
#define ARCH_ASYNCSIZE (16 * 16 + 8 + 15 * 8)	/* register area of arch_asyncpreempt below the interrupted PC */
#define ARCH_ASYNC_LINK (16 * 16 + 8)	/* where RBP lies in it */
#define ARCH_REFLECT_TYP (-16)		/* slots of reflectcall's frame, from Frame.fp */
#define ARCH_REFLECT_ARGS (-24)
#define ARCH_REFLECT_REGS (-48)
#define ARCH_REGARGS_PTRS 192		/* abi.RegArgs: Ptrs, ReturnIsPtr */
#define ARCH_REGARGS_RETISPTR 264
#define ARCH_REGARGS_NINT 9

#define ARCH_STUB_MAGIC 0x7efb3ec7a11ed51du /* tells the frames of reflect's stubs */
#define ARCH_STUB_FRAME 360		/* their size, from SP to Frame.fp; the rest from SP: */
#define ARCH_STUB_MAGICAT 344
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
	__builtin_ia32_pause();
}

static inline uint64_t
arch_ticks(void)
{
	return __builtin_ia32_rdtsc();
}

/* Machine context of a signal. */
/* clang-format off */
static inline uintptr_t ctx_pc(ucontext_t *u) { return (uintptr_t)u->uc_mcontext.gregs[REG_RIP]; }
static inline uintptr_t ctx_sp(ucontext_t *u) { return (uintptr_t)u->uc_mcontext.gregs[REG_RSP]; }
/* clang-format on */
/* Frame pointer, or the link register if the CPU has one. */
/* clang-format off */
static inline uintptr_t ctx_link(ucontext_t *u) { return (uintptr_t)u->uc_mcontext.gregs[REG_RBP]; }
static inline uintptr_t ctx_g(ucontext_t *u) { return (uintptr_t)u->uc_mcontext.gregs[REG_R14]; }
/* clang-format on */

/* Makes the interrupted code call fn, which takes no arguments (they would need spill space in this frame), as if from the interrupted
 * instruction. */
static inline void
ctx_call(ucontext_t *u, uintptr_t fn)
{
	uintptr_t sp = ctx_sp(u) - 8;

	*(uintptr_t *)sp = ctx_pc(u);
	u->uc_mcontext.gregs[REG_RSP] = (greg_t)sp;
	u->uc_mcontext.gregs[REG_RIP] = (greg_t)fn;
}

/* Return address of code that has no frame. */
static inline uintptr_t
ctx_retaddr(ucontext_t *u)
{
	return *(uintptr_t *)ctx_sp(u);
}

/* The same from a leaf: as if its caller had called fn. */
static inline void
ctx_tailcall(ucontext_t *u, uintptr_t fn)
{
	u->uc_mcontext.gregs[REG_RIP] = (greg_t)fn;
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
