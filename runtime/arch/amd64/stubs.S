/*
 * stubs.S - one stub per row of abi/exports.def: saves the goroutine's context, switches to the system stack, maps the ABIInternal argument
 * registers to C's, calls, acts on m->action, maps the results back.
 */
#include "arch/amd64/stub.h"

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
	.ifc	\kind, CALL
.Lstart\@:
	cmp	dword ptr [r14+G_POLL], 0
	jne	.Lpoll\@
	.endif
	mov	[r14+G_SP], rsp
	mov	[r14+G_LINK], rbp
	mov	r12, [r14+G_M]
	mov	rsp, [r12+M_SYSSP]
	.if	.Lint > 6
		.if	(.Lint & 1)
	sub	rsp, 8
		.endif
		.if	.Lint > 8
	push	r11
		.endif
		.if	.Lint > 7
	push	r10
		.endif
	push	r9
	.endif
	.if	.Lint > 3
	mov	r10, rdi
	.endif
	.if	.Lint > 4
	mov	r11, rsi
	.endif
	.if	.Lint > 0
	mov	rdi, rax
	.endif
	.if	.Lint > 1
	mov	rsi, rbx
	.endif
	.if	.Lint > 2
	mov	rdx, rcx
	.endif
	.if	.Lint > 3
	mov	rcx, r10
	.endif
	.if	.Lint > 5
	mov	r9, r8
	.endif
	.if	.Lint > 4
	mov	r8, r11
	.endif
	call	\c
	.ifnc	\kind, FAST
	cmp	dword ptr [r12+M_ACTION], ACT_NONE
	jne	arch_action
	.endif
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
	.ifc	\kind, CALL
.Lpoll\@:
	.if	.Lint > 0
	mov	[r14+G_SPILL], rax
	.endif
	.if	.Lint > 1
	mov	[r14+G_SPILL+8], rbx
	.endif
	.if	.Lint > 2
	mov	[r14+G_SPILL+16], rcx
	.endif
	.if	.Lint > 3
	mov	[r14+G_SPILL+24], rdi
	.endif
	.if	.Lint > 4
	mov	[r14+G_SPILL+32], rsi
	.endif
	.if	.Lint > 5
	mov	[r14+G_SPILL+40], r8
	.endif
	.if	.Lint > 6
	mov	[r14+G_SPILL+48], r9
	.endif
	.if	.Lint > 7
	mov	[r14+G_SPILL+56], r10
	.endif
	.if	.Lint > 8
	mov	[r14+G_SPILL+64], r11
	.endif
	mov	dword ptr [r14+G_SPILLMASK], .Lmask
	lea	r11, [rip+.Lstart\@]
	jmp	arch_poll
	.endif
	.size	"\go", .-"\go"
.endm

#define F(go, c, args, nres, kind) STUB go, c, args, nres, kind ;
#include "abi/exports.def"
#undef F

arch_estubs:
	.section .note.GNU-stack, "", @progbits
