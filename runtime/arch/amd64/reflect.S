/*
 * reflect.S - the code behind function values that package reflect makes: makeFuncStub and methodValueCall.
 *
 * Called with any signature, context register RDX = the closure. The frame keeps an abi.RegArgs image and the closure; the unwinder knows
 * it by a magic word below the saved frame pointer (stack/unwind.c), so that nothing but their use links these functions, and package reflect's
 * behind them, into a program. Frame, from RSP: +8 closure, +16 retValid byte, +32 RegArgs; RBP-8 the magic word.
 */
#include "arch/amd64/stub.h"

#define ARCH_STUB_MAGIC 0x7efb3ec7a11ed51d	/* arch.h */

.macro REFLECTSTUB name, target
	.section .text.reflect.\name, "ax", @progbits
GOFUNC reflect.\name
	push	rbp
	mov	rbp, rsp
	sub	rsp, 320
	mov	[rsp+8], rdx
	lea	r12, [rsp+32]
	mov	byte ptr [rsp+16], 0
	call	runtime.spillArgs
	movabs	rax, ARCH_STUB_MAGIC
	mov	[rbp-8], rax
	xor	eax, eax
	mov	[rsp+32+192], rax	/* Ptrs: nothing the collector may misread until they are set */
	mov	[rsp+32+200], rax
	mov	[rsp+32+208], rax
	mov	[rsp+32+216], rax
	mov	[rsp+32+224], rax
	mov	[rsp+32+232], rax
	mov	[rsp+32+240], rax
	mov	[rsp+32+248], rax
	mov	[rsp+32+256], rax
	mov	[rsp+32+264], rax
	mov	rax, rdx
	lea	rbx, [rsp+32]
	call	reflect.moveMakeFuncArgPtrs
	mov	rax, [rsp+8]
	lea	rbx, [rbp+16]
	lea	rcx, [rsp+16]
	lea	rdi, [rsp+32]
	call	reflect.\target
	lea	r12, [rsp+32]
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
