/*
 * reflect.S - the code behind function values that package reflect makes: makeFuncStub and methodValueCall.
 *
 * Called with any signature, context register X26 = the closure. The frame keeps an abi.RegArgs image and the closure; the unwinder knows
 * it by a magic word (stack/unwind.c), so that nothing but their use links these functions, and package reflect's behind them, into a
 * program. Frame, from SP: return address, 32 bytes of spill space for the calls, +40 closure, +48 retValid byte, +56 the magic word,
 * +64 RegArgs.
 */
#include "arch/arm64/stub.h"

.macro REFLECTSTUB name, target
	.section .text.reflect.\name, "ax", @progbits
GOFUNC reflect.\name
	sub	x27, sp, #ARCH_STUB_FRAME
	str	x30, [x27]
	mov	sp, x27
	str	x26, [sp, #40]
	strb	wzr, [sp, #48]
	add	x20, sp, #64
	bl	runtime.spillArgs
	movz	x16, #(ARCH_STUB_MAGIC & 0xffff)
	movk	x16, #(ARCH_STUB_MAGIC >> 16 & 0xffff), lsl #16
	movk	x16, #(ARCH_STUB_MAGIC >> 32 & 0xffff), lsl #32
	movk	x16, #(ARCH_STUB_MAGIC >> 48), lsl #48
	str	x16, [sp, #ARCH_STUB_MAGICAT]
	add	x20, sp, #64+256	/* Ptrs, ReturnIsPtr: nothing the collector may misread until they are set */
	stp	xzr, xzr, [x20, #0]
	stp	xzr, xzr, [x20, #16]
	stp	xzr, xzr, [x20, #32]
	stp	xzr, xzr, [x20, #48]
	stp	xzr, xzr, [x20, #64]
	stp	xzr, xzr, [x20, #80]
	stp	xzr, xzr, [x20, #96]
	stp	xzr, xzr, [x20, #112]
	str	xzr, [x20, #128]
	mov	x0, x26
	add	x1, sp, #64
	bl	reflect.moveMakeFuncArgPtrs
	ldr	x0, [sp, #40]
	add	x1, sp, #ARCH_STUB_FRAME+8
	add	x2, sp, #48
	add	x3, sp, #64
	bl	reflect.\target
	add	x20, sp, #64
	bl	runtime.unspillArgs
	ldr	x30, [sp]
	add	sp, sp, #ARCH_STUB_FRAME
	ret
ENDFUNC reflect.\name
	.globl	reflect.\name\().abi0
	.set	reflect.\name\().abi0, reflect.\name
.endm
REFLECTSTUB makeFuncStub, callReflect
REFLECTSTUB methodValueCall, callMethod

	.section .note.GNU-stack, "", @progbits
