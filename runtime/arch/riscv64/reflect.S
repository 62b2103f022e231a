/*
 * reflect.S - the code behind function values that package reflect makes: makeFuncStub and methodValueCall.
 *
 * Called with any signature, context register x26 = the closure. The frame keeps an abi.RegArgs image and the closure; the unwinder knows
 * it by a magic word (stack/unwind.c), so that nothing but their use links these functions, and package reflect's
 * behind them, into a program. Frame, from SP: return address, 32 bytes of spill space for the calls, +40 closure, +48 retValid byte,
 * +64 RegArgs, +464 the magic word.
 */
#include "arch/riscv64/stub.h"

.macro REFLECTSTUB name, target
	.section .text.reflect.\name, "ax", @progbits
	.p2align 3
1:	.quad	ARCH_STUB_MAGIC
GOFUNC reflect.\name
	addi	sp, sp, -ARCH_STUB_FRAME
	sd	ra, 0(sp)
	sd	ctxt, 40(sp)
	sd	zero, 48(sp)
	addi	x25, sp, 64
	call	runtime.spillArgs
	ld	x31, 1b
	sd	x31, ARCH_STUB_MAGICAT(sp)
	.set	.Lat, 64+256		/* Ptrs: nothing the collector may misread until they are set */
	.rept	18
	sd	zero, .Lat(sp)
	.set	.Lat, .Lat + 8
	.endr
	mv	x10, ctxt
	addi	x11, sp, 64
	call	reflect.moveMakeFuncArgPtrs
	ld	x10, 40(sp)
	addi	x11, sp, ARCH_STUB_FRAME+8
	addi	x12, sp, 48
	addi	x13, sp, 64
	call	reflect.\target
	addi	x25, sp, 64
	call	runtime.unspillArgs
	ld	ra, 0(sp)
	addi	sp, sp, ARCH_STUB_FRAME
	ret
ENDFUNC reflect.\name
	.globl	reflect.\name\().abi0
	.set	reflect.\name\().abi0, reflect.\name
.endm
REFLECTSTUB makeFuncStub, callReflect
REFLECTSTUB methodValueCall, callMethod

/* archFloat32FromReg(reg uint64) float32, archFloat32ToReg(float32) uint64: a float32 in a register has all bits above it set */
	.section .text.reflect.archFloat32FromReg, "ax", @progbits
GOFUNC reflect.archFloat32FromReg
	fmv.w.x	f10, x10
	ret
ENDFUNC reflect.archFloat32FromReg
	.section .text.reflect.archFloat32ToReg, "ax", @progbits
GOFUNC reflect.archFloat32ToReg
	fmv.x.d	x10, f10
	ret
ENDFUNC reflect.archFloat32ToReg

	.section .note.GNU-stack, "", @progbits
