/*
 * switch.S - between goroutine stacks and system stacks.
 *
 * arch_run(g, m) is called by the scheduler on the system stack, loads the goroutine's context and returns, with m->action, when the
 * goroutine is left for good (parked, yielded, exited). Stubs (stubs.S) run C below arch_run's frame, at m->syssp.
 */
#include "arch/riscv64/stub.h"
#include "abi/funcdata.h"

	.text

#define RUNFRAME 208			/* x1, x8, x9, x18-x27, f8, f9, f18-f27: what C wants kept */

GOFUNC arch_run
	addi	sp, sp, -RUNFRAME
	sd	ra, 0(sp)
	INTS	sd, sp, 8, 8, 9
	INTS	sd, sp, 24, 18, 27
	FLOATS	fsd, sp, 104, 8, 9
	FLOATS	fsd, sp, 120, 18, 27
	sd	sp, M_SYSSP(a1)
	sw	zero, M_ACTION(a1)
	mv	g, a0
	.globl	arch_resume
arch_resume:				/* x27: g */
	ld	sp, G_SP(g)
	ld	ra, G_LINK(g)
	ld	ctxt, G_CTXT(g)
	sd	zero, G_CTXT(g)
	sw	zero, G_STOP(g)		/* STOP_CALL */
	ld	x10, G_RET(g)
	ld	x11, G_RET+8(g)
	ld	x12, G_RET+16(g)
	ld	x13, G_RET+24(g)
	ld	x14, G_RET+32(g)
	ld	x31, G_PC(g)
	beqz	x31, 1f
	sd	zero, G_PC(g)
	jr	x31
1:	ret
ENDFUNC arch_run

/* A stub found m->action set: x24 m, x27 g (not to be touched unless the action is ACT_RESUME). */
GOFUNC arch_action
	lw	a0, M_ACTION(m)
	li	a1, ACT_RESUME
	bne	a0, a1, 1f
	sw	zero, M_ACTION(m)
	j	arch_resume
1:	ld	sp, M_SYSSP(m)
	ld	ra, 0(sp)
	INTS	ld, sp, 8, 8, 9
	INTS	ld, sp, 24, 18, 27
	FLOATS	fld, sp, 104, 8, 9
	FLOATS	fld, sp, 120, 18, 27
	addi	sp, sp, RUNFRAME
	ret
ENDFUNC arch_action

/* A stub must poll first: its arguments are in g->spill already, x26 is its address. It starts again afterwards. */
GOFUNC arch_poll
	SAVECTX
	sd	ctxt, G_CTXT(g)
	lla	x31, arch_repoll
	sd	x31, G_PC(g)
	SYSSTACK
	mv	a0, g
	call	rt_poll
	RESUME
ENDFUNC arch_poll

arch_repoll:				/* resumed: x26 is the stub */
	INTS	ld, g, G_SPILL, 10, 17
	ld	x8, G_SPILL+64(g)
	sw	zero, G_SPILLMASK(g)
	jr	ctxt

/* Called by prologues, linked by x5: x1 is the return address of the function. The context register is live in morestack. */
GOFUNC runtime.morestack_noctxt
	li	ctxt, 0
GOFUNC runtime.morestack
	SAVECTX
	sd	x5, G_PC(g)
	sd	ctxt, G_CTXT(g)
	li	x31, STOP_PROLOGUE
	sw	x31, G_STOP(g)
	SYSSTACK
	mv	a0, g
	call	rt_newstack
	RESUME
ENDFUNC runtime.morestack
ENDFUNC runtime.morestack_noctxt

/* A goroutine whose C function asked for a panic, or a leaf that faulted, goes on here: with the frame that ctx_call makes. */
GOFUNC arch_sigpanic
	addi	sp, sp, -16
	sd	ra, 0(sp)
	tail	runtime.sigpanic
ENDFUNC arch_sigpanic

/* The return address of the first function of every goroutine. */
GOFUNC arch_goexit
	nop
	.globl	arch_goexit_ret
arch_goexit_ret:
	sd	sp, G_SP(g)
	lla	x31, arch_goexit_ret
	sd	x31, G_LINK(g)
	SYSSTACK
	call	rt_goexit0
	j	arch_action
ENDFUNC arch_goexit

/* The signal handler diverts a goroutine that ignored the poisoned guard here (ctx_call): x1 is the interrupted PC, the link register of that
 * time lies at SP. x31 is lost: compiled code marks where it is in use. */
GOFUNC arch_asyncpreempt
	addi	sp, sp, -ARCH_ASYNCSIZE
	INTS	sd, sp, 0, 5, 26
	INTS	sd, sp, 176, 28, 30
	FLOATS	fsd, sp, 200, 0, 31
	frcsr	x31
	sd	x31, 456(sp)
	SAVECTX
	lla	x31, 1f
	sd	x31, G_PC(g)
	li	x31, STOP_ASYNC
	sw	x31, G_STOP(g)
	SYSSTACK
	mv	a0, g
	call	rt_asyncyield
	RESUME
1:	ld	x31, 456(sp)		/* resumed: x1 is the interrupted PC again */
	fscsr	x31
	mv	x31, ra
	INTS	ld, sp, 0, 5, 26
	INTS	ld, sp, 176, 28, 30
	FLOATS	fld, sp, 200, 0, 31
	ld	ra, ARCH_ASYNCSIZE(sp)
	addi	sp, sp, ARCH_ASYNCSIZE+16
	jr	x31
ENDFUNC arch_asyncpreempt

/* reflect's register image (abi.RegArgs) at x25. */
GOFUNC runtime.spillArgs
	INTS	sd, x25, 0, 10, 17
	INTS	sd, x25, 64, 8, 9
	INTS	sd, x25, 80, 18, 23
	FLOATS	fsd, x25, 128, 10, 17
	FLOATS	fsd, x25, 192, 8, 9
	FLOATS	fsd, x25, 208, 18, 23
	ret
ENDFUNC runtime.spillArgs
GOFUNC runtime.unspillArgs
	INTS	ld, x25, 0, 10, 17
	INTS	ld, x25, 64, 8, 9
	INTS	ld, x25, 80, 18, 23
	FLOATS	fld, x25, 128, 10, 17
	FLOATS	fld, x25, 192, 8, 9
	FLOATS	fld, x25, 208, 18, 23
	ret
ENDFUNC runtime.unspillArgs

/*
 * reflect.call(typ, f, stackArgs, stackArgsSize, stackRetOffset, frameSize u32, regArgs): calls f with a copy of the argument frame and the
 * register image, and copies results back. Frame, from its top (the caller's SP): -8 return address, -16 typ, -24 stackArgs, -32 size,
 * -40 retoffset, -48 regArgs, -56 size of this frame; from SP: that size, then the argument copy.
 * The unwinder knows it by arch_reflectcall_ret and visits the three pointers.
 */
GOFUNC reflect.call
GOFUNC runtime.reflectcall
	slli	x13, x13, 32
	srli	x13, x13, 32
	slli	x14, x14, 32
	srli	x14, x14, 32
	slli	x15, x15, 32
	srli	x15, x15, 32
	li	x31, 128
	add	x31, x31, x15
	bltu	sp, x31, 9f
	sub	x31, sp, x31
	ld	x30, G_STACKGUARD(g)
	bgeu	x30, x31, 9f
	addi	x5, x15, 64+15
	andi	x5, x5, -16
	sub	x31, sp, x5
	sd	x5, 0(x31)
	sd	ra, -8(sp)
	sd	x10, -16(sp)
	sd	x12, -24(sp)
	sd	x13, -32(sp)
	sd	x14, -40(sp)
	sd	x16, -48(sp)
	mv	sp, x31
	addi	x5, sp, 8		/* bytes of the frame: word by word, it is aligned and the rest is ours */
	add	x6, x12, x13
1:	bgeu	x12, x6, 2f
	lbu	x7, 0(x12)
	sb	x7, 0(x5)
	addi	x12, x12, 1
	addi	x5, x5, 1
	j	1b
2:	mv	ctxt, x11
	mv	x25, x16
	call	runtime.unspillArgs
	ld	x31, 0(ctxt)
	jalr	x31
	.globl	arch_reflectcall_ret
arch_reflectcall_ret:
	ld	x5, 0(sp)
	add	x5, sp, x5		/* the frame's top */
	ld	x25, -48(x5)
	call	runtime.spillArgs
	/* rt_reflectcallmove(typ, dst, src, n, regs): no stop can happen before the results are where the collector sees them */
	ld	a0, -16(x5)
	ld	a1, -24(x5)
	addi	a2, sp, 8
	ld	a3, -32(x5)
	mv	a4, x25
	ld	x6, -40(x5)
	add	a1, a1, x6
	add	a2, a2, x6
	sub	a3, a3, x6
	sd	sp, G_SP(g)
	lla	x31, arch_reflectcall_ret
	sd	x31, G_LINK(g)
	mv	x23, x5
	SYSSTACK
	call	rt_reflectcallmove
	mv	sp, x23
	ld	ra, -8(sp)
	ret
9:	INTS	sd, g, G_SPILL, 10, 16
	li	x31, 0x47
	sw	x31, G_SPILLMASK(g)
	lla	x31, runtime.reflectcall
	SAVECTX
	sd	x31, G_CTXT(g)
	lla	x31, arch_repoll
	sd	x31, G_PC(g)
	SYSSTACK
	mv	a0, g
	addi	a1, x15, 256
	call	rt_growfor
	lw	x31, M_ACTION(m)
	beqz	x31, 1f
	tail	arch_action
1:	tail	arch_resume
ENDFUNC runtime.reflectcall
ENDFUNC reflect.call

	.section .note.GNU-stack, "", @progbits
