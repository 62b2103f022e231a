/*
 * stub.h - assembler macros of the arm64 stubs.
 *
 * In Go code: integers in X0-X15, floats in F0-F15, X26 context, X28 g, X30 return address, X29 left alone, X18 not touched, all others lost
 * in calls. C keeps X19-X29 and the lower halves of V8-V15: so X28 is still g after a call of C, and X19 holds m in stubs.
 */
#define STUB_ALIGN 4
#include "arch/stub.h"

/* Uses X16. */
.macro SAVECTX
	mov	x16, sp
	str	x16, [x28, #G_SP]
	str	x30, [x28, #G_LINK]
.endm
/* X19 is m; uses X16. */
.macro SYSSTACK
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

/* ---- stubs; C's argument registers are the first eight of ABIInternal ---- */

.macro STUB_IFPOLL label
	ldr	w16, [x28, #G_POLL]
	cbnz	w16, \label
.endm
.macro STUB_CALL c, nint
	.if	\nint > 8
	.error	"a stub with more than eight integer arguments"
	.endif
	bl	\c
.endm
.macro STUB_ACT
	ldr	w16, [x19, #M_ACTION]
	cbz	w16, 1f
	b	arch_action
1:
.endm
.macro STUB_RETURN nres
	ldr	x16, [x28, #G_SP]
	mov	sp, x16
	.if	\nres > 2
	ldp	x0, x1, [x28, #G_RET]
	ldr	x2, [x28, #G_RET+16]
	.endif
	.if	\nres > 3
	ldr	x3, [x28, #G_RET+24]
	.endif
	.if	\nres > 4
	ldr	x4, [x28, #G_RET+32]
	.endif
	ldr	x30, [x28, #G_LINK]
	ret
.endm
.macro STUB_POLL start, nint, mask
	.if	\nint > 0
	stp	x0, x1, [x28, #G_SPILL]
	.endif
	.if	\nint > 2
	stp	x2, x3, [x28, #G_SPILL+16]
	.endif
	.if	\nint > 4
	stp	x4, x5, [x28, #G_SPILL+32]
	.endif
	.if	\nint > 6
	stp	x6, x7, [x28, #G_SPILL+48]
	.endif
	mov	w16, #\mask
	str	w16, [x28, #G_SPILLMASK]
	adr	x16, \start
	b	arch_poll
.endm
