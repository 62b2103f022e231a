/*
 * stubs.S - one stub per row of abi/exports.def: saves the goroutine's context, switches to the system stack, calls, acts on m->action.
 * Arguments and up to two results are in the registers that C wants.
 */
#include "arch/riscv64/stub.h"

	.text
	.globl	arch_stubs, arch_estubs
arch_stubs:

.macro STUB go, c, args, nres, kind
	.globl	"\go"
	.type	"\go", @function
	.p2align 2
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
	.error "too many arguments"
	.endif
	.ifc	\kind, CALL
.Lstart\@:
	lw	x31, G_POLL(g)
	bnez	x31, .Lpoll\@
	.endif
	sd	sp, G_SP(g)
	sd	ra, G_LINK(g)
	ld	m, G_M(g)
	ld	sp, M_SYSSP(m)
	call	\c
	.ifnc	\kind, FAST
	lw	x31, M_ACTION(m)
	beqz	x31, 1f
	tail	arch_action
1:
	.endif
	ld	sp, G_SP(g)
	ld	ra, G_LINK(g)
	.if	\nres > 2
	ld	x10, G_RET(g)
	ld	x11, G_RET+8(g)
	ld	x12, G_RET+16(g)
	.endif
	.if	\nres > 3
	ld	x13, G_RET+24(g)
	.endif
	.if	\nres > 4
	ld	x14, G_RET+32(g)
	.endif
	ret
	.ifc	\kind, CALL
.Lpoll\@:
	.if	.Lint > 0
	sd	x10, G_SPILL(g)
	.endif
	.if	.Lint > 1
	sd	x11, G_SPILL+8(g)
	.endif
	.if	.Lint > 2
	sd	x12, G_SPILL+16(g)
	.endif
	.if	.Lint > 3
	sd	x13, G_SPILL+24(g)
	.endif
	.if	.Lint > 4
	sd	x14, G_SPILL+32(g)
	.endif
	.if	.Lint > 5
	sd	x15, G_SPILL+40(g)
	.endif
	.if	.Lint > 6
	sd	x16, G_SPILL+48(g)
	.endif
	.if	.Lint > 7
	sd	x17, G_SPILL+56(g)
	.endif
	li	x31, .Lmask
	sw	x31, G_SPILLMASK(g)
	lla	ctxt, .Lstart\@
	tail	arch_poll
	.endif
	.size	"\go", .-"\go"
.endm

#define F(go, c, args, nres, kind) STUB go, c, args, nres, kind ;
#include "abi/exports.def"
#undef F

arch_estubs:
	.section .note.GNU-stack, "", @progbits
