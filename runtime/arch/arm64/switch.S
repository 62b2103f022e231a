/*
 * switch.S - between goroutine stacks and system stacks.
 *
 * arch_run(g, m) is called by the scheduler on the system stack, loads the goroutine's context and returns, with m->action, when the
 * goroutine is left for good (parked, yielded, exited). Stubs (stubs.S) run C below arch_run's frame, at m->syssp.
 */
#include "arch/arm64/stub.h"
#include "abi/funcdata.h"

	.text

GOFUNC arch_run
	stp	x29, x30, [sp, #-160]!
	stp	x19, x20, [sp, #16]
	stp	x21, x22, [sp, #32]
	stp	x23, x24, [sp, #48]
	stp	x25, x26, [sp, #64]
	stp	x27, x28, [sp, #80]
	stp	d8, d9, [sp, #96]
	stp	d10, d11, [sp, #112]
	stp	d12, d13, [sp, #128]
	stp	d14, d15, [sp, #144]
	mov	x16, sp
	str	x16, [x1, #M_SYSSP]
	str	wzr, [x1, #M_ACTION]
	mov	x28, x0
	.globl	arch_resume
arch_resume:				/* x28: g */
	ldr	x16, [x28, #G_SP]
	mov	sp, x16
	ldr	x30, [x28, #G_LINK]
	ldr	x26, [x28, #G_CTXT]
	str	xzr, [x28, #G_CTXT]
	str	wzr, [x28, #G_STOP]	/* STOP_CALL */
	ldp	x0, x1, [x28, #G_RET]
	ldp	x2, x3, [x28, #G_RET+16]
	ldr	x4, [x28, #G_RET+32]
	ldr	x16, [x28, #G_PC]
	cbz	x16, 1f
	str	xzr, [x28, #G_PC]
	br	x16
1:	ret
ENDFUNC arch_run

/* A stub found m->action set: x19 m, x28 g (not to be touched unless the action is ACT_RESUME). */
GOFUNC arch_action
	ldr	w0, [x19, #M_ACTION]
	cmp	w0, #ACT_RESUME
	b.ne	1f
	str	wzr, [x19, #M_ACTION]
	b	arch_resume
1:	ldr	x16, [x19, #M_SYSSP]
	mov	sp, x16
	ldp	x19, x20, [sp, #16]
	ldp	x21, x22, [sp, #32]
	ldp	x23, x24, [sp, #48]
	ldp	x25, x26, [sp, #64]
	ldp	x27, x28, [sp, #80]
	ldp	d8, d9, [sp, #96]
	ldp	d10, d11, [sp, #112]
	ldp	d12, d13, [sp, #128]
	ldp	d14, d15, [sp, #144]
	ldp	x29, x30, [sp], #160
	ret
ENDFUNC arch_action

/* A stub must poll first: its arguments are in g->spill already, x16 is its address. It starts again afterwards. */
GOFUNC arch_poll
	str	x16, [x28, #G_CTXT]
	adr	x16, arch_repoll
	str	x16, [x28, #G_PC]
	SAVECTX
	SYSSTACK
	mov	x0, x28
	bl	rt_poll
	RESUME
ENDFUNC arch_poll

arch_repoll:				/* resumed: x26 is the stub */
	ldp	x0, x1, [x28, #G_SPILL]
	ldp	x2, x3, [x28, #G_SPILL+16]
	ldp	x4, x5, [x28, #G_SPILL+32]
	ldp	x6, x7, [x28, #G_SPILL+48]
	ldr	x8, [x28, #G_SPILL+64]
	str	wzr, [x28, #G_SPILLMASK]
	br	x26

/* Called by prologues, with the return address of the function in x3; the context register is live in morestack. */
GOFUNC runtime.morestack_noctxt
	mov	x26, xzr
GOFUNC runtime.morestack
	str	x26, [x28, #G_CTXT]
	str	x30, [x28, #G_PC]
	mov	x30, x3
	mov	w16, #STOP_PROLOGUE
	str	w16, [x28, #G_STOP]
	SAVECTX
	SYSSTACK
	mov	x0, x28
	bl	rt_newstack
	RESUME
ENDFUNC runtime.morestack
ENDFUNC runtime.morestack_noctxt

/* A goroutine whose C function asked for a panic, or a leaf that faulted, goes on here: sigpanic stands below what ctx_call takes. */
GOFUNC arch_sigpanic
	str	x30, [sp, #-16]!
	b	runtime.sigpanic
ENDFUNC arch_sigpanic

/* The return address of the first function of every goroutine. */
GOFUNC arch_goexit
	nop
	.globl	arch_goexit_ret
arch_goexit_ret:
	adr	x30, arch_goexit_ret
	SAVECTX
	SYSSTACK
	bl	rt_goexit0
	b	arch_action
ENDFUNC arch_goexit

/*
 * The signal handler diverts a goroutine that ignored the poisoned guard here: ctx_call has put the link register on the stack and the
 * interrupted PC into it. X17 is not kept: it is what leads back.
 */
.macro ASYNCREGS pair, single
	\pair	d0, d1, [sp, #0]
	\pair	d2, d3, [sp, #16]
	\pair	d4, d5, [sp, #32]
	\pair	d6, d7, [sp, #48]
	\pair	d8, d9, [sp, #64]
	\pair	d10, d11, [sp, #80]
	\pair	d12, d13, [sp, #96]
	\pair	d14, d15, [sp, #112]
	\pair	d16, d17, [sp, #128]
	\pair	d18, d19, [sp, #144]
	\pair	d20, d21, [sp, #160]
	\pair	d22, d23, [sp, #176]
	\pair	d24, d25, [sp, #192]
	\pair	d26, d27, [sp, #208]
	\pair	d28, d29, [sp, #224]
	\pair	q30, q31, [sp, #240]
	\pair	x2, x3, [sp, #288]
	\pair	x4, x5, [sp, #304]
	\pair	x6, x7, [sp, #320]
	\pair	x8, x9, [sp, #336]
	\pair	x10, x11, [sp, #352]
	\pair	x12, x13, [sp, #368]
	\pair	x14, x15, [sp, #384]
	\pair	x16, x30, [sp, #400]
	\pair	x19, x20, [sp, #416]
	\pair	x21, x22, [sp, #432]
	\pair	x23, x24, [sp, #448]
	\pair	x25, x26, [sp, #464]
	\single	x27, [sp, #480]
.endm
GOFUNC arch_asyncpreempt
	sub	sp, sp, #ARCH_ASYNCSIZE
	stp	x0, x1, [sp, #272]
	ASYNCREGS stp, str
	mrs	x0, nzcv
	mrs	x1, fpsr
	stp	x0, x1, [sp, #496]
	adr	x16, 1f
	str	x16, [x28, #G_PC]
	mov	w16, #STOP_ASYNC
	str	w16, [x28, #G_STOP]
	SAVECTX
	SYSSTACK
	mov	x0, x28
	bl	rt_asyncyield
	RESUME
1:	ldp	x0, x1, [sp, #496]
	msr	nzcv, x0
	msr	fpsr, x1
	ldp	x0, x1, [sp, #272]
	ASYNCREGS ldp, ldr
	mov	x17, x30
	ldr	x30, [sp, #ARCH_ASYNCSIZE]
	add	sp, sp, #ARCH_ASYNCSIZE+16
	br	x17
ENDFUNC arch_asyncpreempt

/* reflect's register image (abi.RegArgs) at X20. */
.macro ARGREGS pair
	\pair	x0, x1, [x20, #0]
	\pair	x2, x3, [x20, #16]
	\pair	x4, x5, [x20, #32]
	\pair	x6, x7, [x20, #48]
	\pair	x8, x9, [x20, #64]
	\pair	x10, x11, [x20, #80]
	\pair	x12, x13, [x20, #96]
	\pair	x14, x15, [x20, #112]
	\pair	d0, d1, [x20, #128]
	\pair	d2, d3, [x20, #144]
	\pair	d4, d5, [x20, #160]
	\pair	d6, d7, [x20, #176]
	\pair	d8, d9, [x20, #192]
	\pair	d10, d11, [x20, #208]
	\pair	d12, d13, [x20, #224]
	\pair	d14, d15, [x20, #240]
.endm
GOFUNC runtime.spillArgs
	ARGREGS	stp
	ret
ENDFUNC runtime.spillArgs
GOFUNC runtime.unspillArgs
	ARGREGS	ldp
	ret
ENDFUNC runtime.unspillArgs
/* The Plan 9 assembler of upstream's reflect calls them by their stack-ABI names; registers are what matters. */
	.globl	runtime.spillArgs.abi0
	.set	runtime.spillArgs.abi0, runtime.spillArgs
	.globl	runtime.unspillArgs.abi0
	.set	runtime.unspillArgs.abi0, runtime.unspillArgs

/*
 * reflect.call(typ, f, stackArgs, stackArgsSize, stackRetOffset, frameSize u32, regArgs): calls f with a copy of the argument frame and the
 * register image, and copies results back. Frame: at SP its size, then the argument copy; on top, from Frame.fp: -8 return address, -16 typ,
 * -24 stackArgs, -32 size, -40 retoffset, -48 regArgs. The unwinder knows it by arch_reflectcall_ret and visits the three pointers.
 */
GOFUNC reflect.call
GOFUNC runtime.reflectcall
	mov	w3, w3
	mov	w4, w4
	mov	w5, w5
	mov	x13, sp
	subs	x10, x13, x5
	b.lo	9f
	sub	x10, x10, #192
	ldr	x11, [x28, #G_STACKGUARD]
	cmp	x10, x11
	b.ls	9f
	add	x12, x5, #8+48+15
	and	x12, x12, #-16
	sub	x14, x13, x12
	str	x30, [x13, #-8]
	stp	x2, x0, [x13, #-24]
	stp	x4, x3, [x13, #-40]
	str	x6, [x13, #-48]
	mov	sp, x14
	str	x12, [sp]
	mov	x26, x1
	mov	x20, x6
	add	x15, sp, #8
1:	subs	x3, x3, #8
	b.lo	2f
	ldr	x16, [x2], #8
	str	x16, [x15], #8
	b	1b
2:	adds	x3, x3, #8
	b.eq	4f
3:	ldrb	w16, [x2], #1
	strb	w16, [x15], #1
	subs	x3, x3, #1
	b.ne	3b
4:	bl	runtime.unspillArgs
	ldr	x27, [x26]
	blr	x27
	.globl	arch_reflectcall_ret
arch_reflectcall_ret:
	ldr	x21, [sp]
	mov	x22, sp
	add	x21, x22, x21		/* Frame.fp */
	ldr	x20, [x21, #-48]
	bl	runtime.spillArgs
	/* rt_reflectcallmove(typ, dst, src, n, regs): no stop can happen before the results are where the collector sees them */
	ldp	x1, x0, [x21, #-24]
	ldp	x9, x3, [x21, #-40]
	add	x2, sp, #8
	mov	x4, x20
	add	x2, x2, x9
	add	x1, x1, x9
	sub	x3, x3, x9
	adr	x30, arch_reflectcall_ret
	SAVECTX
	SYSSTACK
	bl	rt_reflectcallmove
	mov	sp, x21
	ldr	x30, [sp, #-8]
	ret
9:	stp	x0, x1, [x28, #G_SPILL]
	stp	x2, x3, [x28, #G_SPILL+16]
	stp	x4, x5, [x28, #G_SPILL+32]
	str	x6, [x28, #G_SPILL+48]
	mov	w16, #0x47
	str	w16, [x28, #G_SPILLMASK]
	ADDR	x16, runtime.reflectcall
	str	x16, [x28, #G_CTXT]
	adr	x16, arch_repoll
	str	x16, [x28, #G_PC]
	SAVECTX
	SYSSTACK
	add	x1, x5, #256
	mov	x0, x28
	bl	rt_growfor
	RESUME
ENDFUNC runtime.reflectcall
ENDFUNC reflect.call

	.section .note.GNU-stack, "", @progbits
