/*
 * cgo.S - C code of users, called on the system stack; see sched/cgo.c.
 */
#include "arch/amd64/stub.h"

	.text

/* runtime.asmcgocall_(fn, arg) int32. C may call Go meanwhile, and the goroutine's stack may move then: nothing of it is kept but in g. */
GOFUNC runtime.asmcgocall_
	SAVECTX
	mov	r12, [r14+G_M]
	mov	r13, rax
	mov	r15, rbx
	mov	rsp, [r12+M_SYSSP]
	call	rt_entercgo
	mov	rdi, r15
	call	r13
	mov	[r14+G_RET], rax
	call	rt_exitcgo
	cmp	dword ptr [r12+M_ACTION], ACT_NONE
	jne	arch_action
	mov	rsp, [r14+G_SP]
	mov	rax, [r14+G_RET]
	xorps	xmm15, xmm15
	ret
ENDFUNC runtime.asmcgocall_

/* A function that C called returns here: the thread goes on in crosscall2. */
	.globl	arch_cgoback_ret
arch_cgoback_ret:
	add	rsp, 16			/* CGOBACK_FRAME */
	SAVECTX
	mov	r12, [r14+G_M]
	mov	dword ptr [r12+M_ACTION], ACT_RETURN
	jmp	arch_action

	.section .note.GNU-stack, "", @progbits
