/*
 * stub.h - assembler macros of the arm64 stubs.
 *
 * In Go code: integers in X0-X15, floats in F0-F15, X26 context, X28 g, X30 return address, X29 left alone, X18 not touched, all others lost
 * in calls. C keeps X19-X29 and the lower halves of V8-V15: so X28 is still g after a call of C, and X19 holds m in stubs.
 */
#include "abi/g.h"
#include "abi/stack.h"

.macro GOFUNC name
	.globl	"\name"
	.type	"\name", @function
	.p2align 4
"\name":
.endm
.macro ENDFUNC name
	.size	"\name", .-"\name"
.endm
/* Saves the goroutine's context and takes the system stack; X19 is m. Uses X16. */
.macro TOSYSTEM
	mov	x16, sp
	str	x16, [x28, #G_SP]
	str	x30, [x28, #G_LINK]
	ldr	x19, [x28, #G_M]
	ldr	x16, [x19, #M_SYSSP]
	mov	sp, x16
.endm
/* After C has returned: does what m->action says, or loads g's context again. */
.macro RESUME
	ldr	w16, [x19, #M_ACTION]
	cbz	w16, 9f
	b	arch_action
9:	b	arch_resume
.endm
/* d = address of sym */
.macro ADDR d, sym
	adrp	\d, "\sym"
	add	\d, \d, :lo12:"\sym"
.endm
