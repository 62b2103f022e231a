/*
 * stubs.S - one stub per row of abi/exports.def: saves the goroutine's context, switches to the system stack, calls C (whose argument registers are
 * the first eight of ABIInternal), acts on m->action, loads the results that C left in g->ret.
 */
#include "arch/arm64/stub.h"

	.text
	.globl	arch_stubs, arch_estubs
arch_stubs:

.macro STUB go, c, args, nres, kind
	.globl	"\go"
	.type	"\go", @function
	.p2align 4
"\go":
	.set	.Lint, 0		/* integer arguments */
	.set	.Lmask, 0
	.irpc	x, \args
		.ifc	\x, p
			.set	.Lmask, .Lmask | (1 << .Lint)
			.set	.Lint, .Lint + 1
		.endif
		.ifc	\x, i
			.set	.Lint, .Lint + 1
		.endif
	.endr
	.if	.Lint > 8
	.error	"a stub with more than eight integer arguments"
	.endif
	.ifc	\kind, CALL
.Lstart\@:
	ldr	w16, [x28, #G_POLL]
	cbnz	w16, .Lpoll\@
	.endif
	TOSYSTEM
	bl	\c
	.ifnc	\kind, FAST
	ldr	w16, [x19, #M_ACTION]
	cbz	w16, 1f
	b	arch_action
1:
	.endif
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
	.ifc	\kind, CALL
.Lpoll\@:
	.if	.Lint > 0
	stp	x0, x1, [x28, #G_SPILL]
	.endif
	.if	.Lint > 2
	stp	x2, x3, [x28, #G_SPILL+16]
	.endif
	.if	.Lint > 4
	stp	x4, x5, [x28, #G_SPILL+32]
	.endif
	.if	.Lint > 6
	stp	x6, x7, [x28, #G_SPILL+48]
	.endif
	mov	w16, #.Lmask
	str	w16, [x28, #G_SPILLMASK]
	adr	x16, .Lstart\@
	b	arch_poll
	.endif
	.size	"\go", .-"\go"
.endm

#define F(go, c, args, nres, kind) STUB go, c, args, nres, kind ;
#include "abi/exports.def"
#undef F

arch_estubs:
	.section .note.GNU-stack, "", @progbits
