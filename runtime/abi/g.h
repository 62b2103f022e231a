/*
 * g.h - what stubs and compiled code know of G and M: byte offsets for assembly, checked against the C structs in sched/sched.h.
 *
 * Compiled code reads g->stackguard0 only. The overlay's Go struct g mirrors the first G_GO_END bytes.
 */
#ifndef SLIPWAY_ABI_G_H
#define SLIPWAY_ABI_G_H

#define G_STACKLO 0
#define G_STACKHI 8
#define G_STACKGUARD 16		/* stackguard0 */
#define G_PANIC 24		/* overlay: innermost *_panic, on its own stack; adjusted when the stack moves */
#define G_DEFER 32		/* overlay: innermost *Defer */
#define G_M 40
#define G_SP 48			/* saved context: SP, where the return address lies if calls push it */
#define G_LINK 56		/* frame pointer register; with a link register (ARCH_LINKREG): that */
#define G_PC \
	64 /* 0: return to the caller; else jump there. STOP_PROLOGUE with a link register: behind the call of morestack */
#define G_CTXT 72		/* context register to load */
#define G_RET 80		/* words: what the resumed goroutine finds in the result registers */
#define G_NRET 9
#define G_SPILL 152		/* words: arguments of a stub that yields before it enters C */
#define G_SPILLMASK 224		/* u32: which of them hold pointers; 0 when unused */
#define G_POLL 228		/* u32: nonzero: a stub must call the poll function before it enters C */
#define G_STOP 232		/* u32: STOP_…: what the innermost frame looks like */
#define G_INSYSCALL 236		/* u32 */
#define G_ID 240		/* u64 goid */
#define G_PARAM 248		/* overlay's own: unsafe.Pointer, scanned */
#define G_LABELS 256		/* pprof labels: unsafe.Pointer, scanned */
#define G_GOPC 264		/* uintptr: the go statement that made it */
#define G_STARTPC 272		/* uintptr */
#define G_PARENT 280		/* u64 */
#define G_FLAGS 288		/* u32, overlay: GF_… */
#define G_LOCKS 292		/* u32: pinned: procPin nesting */
#define G_SYNCGROUP 296
#define G_GO_END 304

#define M_SYSSP 0		/* where C runs: SP of the system stack below arch_run's frame */
#define M_ACTION 8		/* u32 */
#define M_CURG 16
#define M_P 24

#define P_WBNEXT 0		/* write barrier buffer: next free slot, end */
#define P_WBEND 8

#define GF_PANICONFAULT 1
#define GF_GOEXITING 2
#define GF_SYSTEM 4		/* runtime goroutine: not counted, not shown */

/* How the innermost frame of a stopped goroutine is to be read. */
#define STOP_CALL 0		/* [SP] (or the link) is a return address into a Go function: an ordinary call */
#define STOP_PROLOGUE \
	1 /* the same (G_PC, the link being that of the function), but it is in its own prologue: only its argument area is live */
#define STOP_ASYNC 2		/* [SP] starts the register area of asyncpreempt: scanned conservatively with the frame above it */
#define STOP_SYSCALL 3

/* What C asks of the stub that called it: m->action. */
#define ACT_NONE 0
#define ACT_PARK 1		/* leave the goroutine; its state is published, it may already run elsewhere */
#define ACT_YIELD 2		/* leave it and put it on the global queue */
#define ACT_NEXT 3		/* leave it and put it on this P's queue */
#define ACT_EXIT 4		/* it is dead */
#define ACT_RESUME 5		/* its saved context was changed: load it */
#define ACT_SWITCH 6		/* run m->nextg directly; this one is published */
#define ACT_RETURN 8		/* the function that C called has returned */
#define ACT_NOP 7		/* exitsyscall without a P: the scheduler finds one */

#endif
