/*
 * cgo.S - C code of users, called on the system stack; see sched/cgo.c.
 */
#include "arch/arm64/stub.h"

	.text

/* runtime.asmcgocall_(fn, arg) int32. C may call Go meanwhile, and the goroutine's stack may move then: nothing of it is kept but in g. */
GOFUNC runtime.asmcgocall_
	mov	x20, x0
	mov	x21, x1
	SAVECTX
	SYSSTACK
	bl	rt_entercgo
	mov	x0, x21
	blr	x20
	str	x0, [x28, #G_RET]
	bl	rt_exitcgo
	RESUME
ENDFUNC runtime.asmcgocall_

/* A function that C called returns here: the thread goes on in crosscall2. */
	.globl	arch_cgoback_ret
arch_cgoback_ret:
	ldr	x30, [sp], #32		/* CGOBACK_FRAME */
	SAVECTX
	SYSSTACK
	mov	w16, #ACT_RETURN
	str	w16, [x19, #M_ACTION]
	b	arch_action

	.section .note.GNU-stack, "", @progbits
