/*
 * cgo.S - C code of users, called on the system stack; see sched/cgo.c.
 */
#include "arch/riscv64/stub.h"

	.text

/* runtime.asmcgocall_(fn, arg) int32. C may call Go meanwhile, and the goroutine's stack may move then: nothing of it is kept but in g. */
GOFUNC runtime.asmcgocall_
	SAVECTX
	SYSSTACK
	mv	x18, a0
	mv	x19, a1
	call	rt_entercgo
	mv	a0, x19
	jalr	x18
	sd	a0, G_RET(g)
	call	rt_exitcgo
	lw	x31, M_ACTION(m)
	bnez	x31, 1f
	tail	arch_resume
1:	tail	arch_action
ENDFUNC runtime.asmcgocall_

/* A function that C called returns here: the thread goes on in crosscall2. */
	.globl	arch_cgoback_ret
arch_cgoback_ret:
	ld	ra, 0(sp)
	addi	sp, sp, 32		/* CGOBACK_FRAME */
	SAVECTX
	ld	m, G_M(g)
	li	x31, ACT_RETURN
	sw	x31, M_ACTION(m)
	tail	arch_action

	.section .note.GNU-stack, "", @progbits
