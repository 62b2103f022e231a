/*
 * reflect.S - the code behind function values that package reflect makes: makeFuncStub and methodValueCall.
 *
 * Called with any signature, context register RDX = the closure. The frame keeps an abi.RegArgs image and the closure; the unwinder knows
 * it by a magic word below the saved frame pointer (stack/unwind.c), so that nothing but their use links these functions, and package reflect's
 * behind them, into a program. Frame, from RSP: 32 bytes of spill space
 * for the calls, +40 closure, +48 retValid byte, +64 RegArgs; RBP-8 the magic word.
 */
#include "arch/amd64/stub.h"

.macro REFLECTSTUB name, target
	.section .text.reflect.\name, "ax", @progbits
GOFUNC reflect.\name
	push	rbp
	mov	rbp, rsp
	sub	rsp, 352
	mov	[rsp+40], rdx
	lea	r12, [rsp+64]
	mov	byte ptr [rsp+48], 0
	call	runtime.spillArgs
	movabs	rax, ARCH_STUB_MAGIC
	mov	[rbp-8], rax
	xor	eax, eax
	mov	[rsp+64+192], rax	/* Ptrs: nothing the collector may misread until they are set */
	mov	[rsp+64+200], rax
	mov	[rsp+64+208], rax
	mov	[rsp+64+216], rax
	mov	[rsp+64+224], rax
	mov	[rsp+64+232], rax
	mov	[rsp+64+240], rax
	mov	[rsp+64+248], rax
	mov	[rsp+64+256], rax
	mov	[rsp+64+264], rax
	mov	rax, rdx
	lea	rbx, [rsp+64]
	call	reflect.moveMakeFuncArgPtrs
	mov	rax, [rsp+40]
	lea	rbx, [rbp+16]
	lea	rcx, [rsp+48]
	lea	rdi, [rsp+64]
	call	reflect.\target
	lea	r12, [rsp+64]
	call	runtime.unspillArgs
	xorps	xmm15, xmm15
	mov	rsp, rbp
	pop	rbp
	ret
ENDFUNC reflect.\name
	.globl	reflect.\name\().abi0
	.set	reflect.\name\().abi0, reflect.\name
.endm
REFLECTSTUB makeFuncStub, callReflect
REFLECTSTUB methodValueCall, callMethod

	.section .note.GNU-stack, "", @progbits
