/*
 * switch.S - between goroutine stacks and system stacks.
 *
 * arch_run(g, m) is called by the scheduler on the system stack, loads the goroutine's context and returns, with m->action, when the
 * goroutine is left for good (parked, yielded, exited). Stubs (stubs.S) run C below arch_run's frame, at m->syssp.
 */
#include "arch/amd64/stub.h"
#include "abi/funcdata.h"

	.text

GOFUNC arch_run
	push	rbp
	push	rbx
	push	r12
	push	r13
	push	r14
	push	r15
	sub	rsp, 8
	mov	[rsi+M_SYSSP], rsp
	mov	dword ptr [rsi+M_ACTION], ACT_NONE
	mov	r14, rdi
arch_resume:				/* r14: g */
	mov	rsp, [r14+G_SP]
	mov	rbp, [r14+G_LINK]
	mov	rdx, [r14+G_CTXT]
	mov	qword ptr [r14+G_CTXT], 0
	mov	dword ptr [r14+G_STOP], STOP_CALL
	mov	rax, [r14+G_RET]
	mov	rbx, [r14+G_RET+8]
	mov	rcx, [r14+G_RET+16]
	mov	rdi, [r14+G_RET+24]
	mov	rsi, [r14+G_RET+32]
	xorps	xmm15, xmm15
	mov	r11, [r14+G_PC]
	test	r11, r11
	jz	1f
	mov	qword ptr [r14+G_PC], 0
	jmp	r11
1:	ret
ENDFUNC arch_run

/* A stub found m->action set: r12 m, r14 g (not to be touched unless the action is ACT_RESUME). */
GOFUNC arch_action
	mov	eax, [r12+M_ACTION]
	cmp	eax, ACT_RESUME
	jne	1f
	mov	dword ptr [r12+M_ACTION], ACT_NONE
	jmp	arch_resume
1:	mov	rsp, [r12+M_SYSSP]
	add	rsp, 8
	pop	r15
	pop	r14
	pop	r13
	pop	r12
	pop	rbx
	pop	rbp
	ret
ENDFUNC arch_action

/* A stub must poll first: its arguments are in g->spill already, r11 is its address. It starts again afterwards. */
GOFUNC arch_poll
	SAVECTX
	mov	[r14+G_CTXT], r11
	lea	rax, [rip+arch_repoll]
	mov	[r14+G_PC], rax
	SYSSTACK
	mov	rdi, r14
	call	rt_poll
	RESUME
ENDFUNC arch_poll

arch_repoll:				/* resumed: rdx is the stub */
	mov	rax, [r14+G_SPILL]
	mov	rbx, [r14+G_SPILL+8]
	mov	rcx, [r14+G_SPILL+16]
	mov	rdi, [r14+G_SPILL+24]
	mov	rsi, [r14+G_SPILL+32]
	mov	r8, [r14+G_SPILL+40]
	mov	r9, [r14+G_SPILL+48]
	mov	r10, [r14+G_SPILL+56]
	mov	r11, [r14+G_SPILL+64]
	mov	dword ptr [r14+G_SPILLMASK], 0
	jmp	rdx

/* Called by prologues; the context register is live in morestack. */
GOFUNC runtime.morestack_noctxt
	xor	edx, edx
GOFUNC runtime.morestack
	SAVECTX
	mov	[r14+G_CTXT], rdx
	mov	qword ptr [r14+G_PC], 0
	mov	dword ptr [r14+G_STOP], STOP_PROLOGUE
	SYSSTACK
	mov	rdi, r14
	call	rt_newstack
	RESUME
ENDFUNC runtime.morestack
ENDFUNC runtime.morestack_noctxt

/* A goroutine whose C function asked for a panic, or a leaf that faulted, goes on here. */
GOFUNC arch_sigpanic
	jmp	runtime.sigpanic
ENDFUNC arch_sigpanic

/* The return address of the first function of every goroutine. */
GOFUNC arch_goexit
	nop
	.globl	arch_goexit_ret
arch_goexit_ret:
	lea	rsp, [rsp-8]		/* back to where the return address lies */
	SAVECTX
	SYSSTACK
	call	rt_goexit0
	jmp	arch_action
ENDFUNC arch_goexit

/*
 * The signal handler diverts a goroutine that ignored the poisoned guard here; the interrupted PC is on the stack. X15 counts too: an operation
 * of several instructions may be using it.
 */
GOFUNC arch_asyncpreempt
	PUSHREGS
	push	rbp
	sub	rsp, 16*16+8
	STOREXMM
	movups	[rsp+15*16], xmm15
	stmxcsr	[rsp+16*16]
	SAVECTX
	lea	rax, [rip+1f]
	mov	[r14+G_PC], rax
	mov	dword ptr [r14+G_STOP], STOP_ASYNC
	SYSSTACK
	mov	rdi, r14
	call	rt_asyncyield
	RESUME
1:	ldmxcsr	[rsp+16*16]
	LOADXMM
	movups	xmm15, [rsp+15*16]
	add	rsp, 16*16+8
	pop	rbp
	POPREGS
	ret
ENDFUNC arch_asyncpreempt

/* reflect's register image (abi.RegArgs) at R12. */
.macro STORE op, at, reg
	\op	[r12+\at], \reg
.endm
.macro LOAD op, at, reg
	\op	\reg, [r12+\at]
.endm
.macro ARGREGS move
	\move	mov, 0, rax
	\move	mov, 8, rbx
	\move	mov, 16, rcx
	\move	mov, 24, rdi
	\move	mov, 32, rsi
	\move	mov, 40, r8
	\move	mov, 48, r9
	\move	mov, 56, r10
	\move	mov, 64, r11
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	\move	movsd, 72+8*\i, xmm\i
	.endr
.endm
GOFUNC runtime.spillArgs
	ARGREGS	STORE
	ret
ENDFUNC runtime.spillArgs
GOFUNC runtime.unspillArgs
	ARGREGS	LOAD
	ret
ENDFUNC runtime.unspillArgs
/* Assembly may use every register: g and zero again. Nothing else changes. */
GOFUNC runtime.loadg
	mov	r14, fs:rt_m@tpoff
	mov	r14, [r14+M_CURG]
	xorps	xmm15, xmm15
	ret
ENDFUNC runtime.loadg

/* The Plan 9 assembler of upstream's reflect calls them by their stack-ABI names; registers are what matters. */
	.globl	runtime.spillArgs.abi0
	.set	runtime.spillArgs.abi0, runtime.spillArgs
	.globl	runtime.unspillArgs.abi0
	.set	runtime.unspillArgs.abi0, runtime.unspillArgs

/*
 * reflect.call(typ, f, stackArgs, stackArgsSize, stackRetOffset, frameSize u32, regArgs): calls f with a copy of the argument frame and the
 * register image, and copies results back. Frame: RBP-8 typ, -16 stackArgs, -24 size, -32 retoffset, -40 regArgs, then the argument copy.
 * The unwinder knows it by arch_reflectcall_ret and visits the three pointers.
 */
GOFUNC reflect.call
GOFUNC runtime.reflectcall
	mov	edi, edi
	mov	esi, esi
	mov	r8d, r8d
	mov	r10, rsp
	sub	r10, r8
	jb	9f
	sub	r10, 128
	cmp	r10, [r14+G_STACKGUARD]
	jbe	9f
	push	rbp
	mov	rbp, rsp
	sub	rsp, 56
	mov	[rbp-8], rax
	mov	[rbp-16], rcx
	mov	[rbp-24], rdi
	mov	[rbp-32], rsi
	mov	[rbp-40], r9
	add	r8, 15
	and	r8, -16
	sub	rsp, r8
	mov	rdx, rbx
	mov	r12, r9
	mov	rsi, rcx
	mov	rcx, rdi
	mov	rdi, rsp
	cld
	rep movsb
	call	runtime.unspillArgs
	call	[rdx]
	.globl	arch_reflectcall_ret
arch_reflectcall_ret:
	mov	r12, [rbp-40]
	call	runtime.spillArgs
	xorps	xmm15, xmm15
	/* rt_reflectcallmove(typ, dst, src, n, regs): no stop can happen before the results are where the collector sees them */
	mov	rcx, [rbp-24]
	mov	rdx, rsp
	mov	rsi, [rbp-16]
	mov	rdi, [rbp-8]
	mov	r8, r12
	mov	rax, [rbp-32]
	add	rdx, rax
	add	rsi, rax
	sub	rcx, rax
	SAVECTX
	mov	r13, rsp
	SYSSTACK
	call	rt_reflectcallmove
	xorps	xmm15, xmm15
	mov	rsp, rbp
	pop	rbp
	ret
9:	SPILLARGS 7
	mov	dword ptr [r14+G_SPILLMASK], 0x47
	lea	r11, [rip+runtime.reflectcall]
	SAVECTX
	mov	[r14+G_CTXT], r11
	lea	rax, [rip+arch_repoll]
	mov	[r14+G_PC], rax
	SYSSTACK
	mov	rdi, r14
	lea	rsi, [r8+256]
	call	rt_growfor
	RESUME
ENDFUNC runtime.reflectcall
ENDFUNC reflect.call

	.section .note.GNU-stack, "", @progbits
