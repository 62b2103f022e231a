/*
 * stubs.S - one stub per row of abi/exports.def: saves the goroutine's context, switches to the system stack, calls C, acts on m->action.
 *
 * The CPU's stub.h has the instructions:
 *   STUB_IFPOLL label          goes there if g->poll says so
 *   SAVECTX                    SP and link to g
 *   SYSSTACK                   m to its register, and its stack
 *   STUB_CALL fn, nint         C, with the first nint integer arguments of ABIInternal
 *   STUB_ACT                   leaves for arch_action if m->action is set
 *   STUB_RETURN nres           to Go, with that many results: up to two where C left them, more from g->ret
 *   STUB_POLL start, nint, mask    saves the arguments in g->spill, mask says which are pointers, and goes to arch_poll, for a new start
 */
#include STUB_HEADER

	.text
	.globl	arch_stubs, arch_estubs
arch_stubs:

.macro STUB go, c, args, nres, kind
GOFUNC \go
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
	STUB_IFPOLL .Lpoll\@
	.endif
	SAVECTX
	SYSSTACK
	STUB_CALL \c, .Lint
	.ifnc	\kind, FAST
	STUB_ACT
	.endif
	STUB_RETURN \nres
	.ifc	\kind, CALL
.Lpoll\@:
	STUB_POLL .Lstart\@, .Lint, .Lmask
	.endif
ENDFUNC \go
.endm

#define F(go, c, args, nres, kind) STUB go, c, args, nres, kind ;
#include "abi/exports.def"
#undef F

arch_estubs:
	.section .note.GNU-stack, "", @progbits
