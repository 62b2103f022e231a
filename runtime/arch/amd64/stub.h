/*
 * stub.h - assembler macros of the amd64 stubs. Intel syntax.
 *
 * In Go code: integers in RAX RBX RCX RDI RSI R8 R9 R10 R11, floats in X0-X14, RDX context, R14 g, X15 zero, RBP frame pointer kept by
 * everybody, all others lost in calls. C keeps RBX RBP R12-R15: so R14 is still g after a call of C, and R12 holds m in stubs.
 */
#define STUB_ALIGN 4
#include "arch/stub.h"

	.intel_syntax noprefix

.macro SAVECTX
	mov	[r14+G_SP], rsp
	mov	[r14+G_LINK], rbp
.endm
.macro SYSSTACK
	mov	r12, [r14+G_M]
	mov	rsp, [r12+M_SYSSP]
.endm
/* After C has returned: does what m->action says, or loads g's context again. */
.macro RESUME
	cmp	dword ptr [r12+M_ACTION], ACT_NONE
	jne	arch_action
	jmp	arch_resume
.endm
/* The first n integer arguments to g->spill. */
.macro SPILLARG n, i, reg
	.if	\n > \i
	mov	[r14+G_SPILL+8*\i], \reg
	.endif
.endm
.macro SPILLARGS n
	SPILLARG \n, 0, rax
	SPILLARG \n, 1, rbx
	SPILLARG \n, 2, rcx
	SPILLARG \n, 3, rdi
	SPILLARG \n, 4, rsi
	SPILLARG \n, 5, r8
	SPILLARG \n, 6, r9
	SPILLARG \n, 7, r10
	SPILLARG \n, 8, r11
.endm

/* ---- all registers that Go uses but R14; RBP and X15 are for their callers ---- */

.macro PUSHREGS
	pushfq
	.irp	r, rax, rbx, rcx, rdx, rdi, rsi, r8, r9, r10, r11, r12, r13, r15
	push	\r
	.endr
.endm
.macro POPREGS
	.irp	r, r15, r13, r12, r11, r10, r9, r8, rsi, rdi, rdx, rcx, rbx, rax
	pop	\r
	.endr
	popfq
.endm
.macro STOREXMM
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	movups	[rsp+\i*16], xmm\i
	.endr
.endm
.macro LOADXMM
	.irp	i, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14
	movups	xmm\i, [rsp+\i*16]
	.endr
.endm

/* ---- stubs ---- */

.macro STUB_IFPOLL label
	cmp	dword ptr [r14+G_POLL], 0
	jne	\label
.endm
.macro STUB_CALL c, nint
	.if	\nint > 6
		.if	(\nint & 1)
	sub	rsp, 8
		.endif
		.if	\nint > 8
	push	r11
		.endif
		.if	\nint > 7
	push	r10
		.endif
	push	r9
	.endif
	.if	\nint > 3
	mov	r10, rdi
	.endif
	.if	\nint > 4
	mov	r11, rsi
	.endif
	.if	\nint > 0
	mov	rdi, rax
	.endif
	.if	\nint > 1
	mov	rsi, rbx
	.endif
	.if	\nint > 2
	mov	rdx, rcx
	.endif
	.if	\nint > 3
	mov	rcx, r10
	.endif
	.if	\nint > 5
	mov	r9, r8
	.endif
	.if	\nint > 4
	mov	r8, r11
	.endif
	call	\c
.endm
.macro STUB_ACT
	cmp	dword ptr [r12+M_ACTION], ACT_NONE
	jne	arch_action
.endm
.macro STUB_RETURN nres
	mov	rsp, [r14+G_SP]
	.if	\nres == 2
	mov	rbx, rdx
	.endif
	.if	\nres > 2
	mov	rax, [r14+G_RET]
	mov	rbx, [r14+G_RET+8]
	mov	rcx, [r14+G_RET+16]
	.endif
	.if	\nres > 3
	mov	rdi, [r14+G_RET+24]
	.endif
	.if	\nres > 4
	mov	rsi, [r14+G_RET+32]
	.endif
	xorps	xmm15, xmm15
	ret
.endm
.macro STUB_POLL start, nint, mask
	SPILLARGS \nint
	mov	dword ptr [r14+G_SPILLMASK], \mask
	lea	r11, [rip+\start]
	jmp	arch_poll
.endm
