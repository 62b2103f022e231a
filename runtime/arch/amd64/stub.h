/*
 * stub.h - assembler macros of the amd64 stubs. Intel syntax.
 *
 * In Go code: integers in RAX RBX RCX RDI RSI R8 R9 R10 R11, floats in X0-X14, RDX context, R14 g, X15 zero, RBP frame pointer kept by
 * everybody, all others lost in calls. C keeps RBX RBP R12-R15: so R14 is still g after a call of C, and R12 holds m in stubs.
 */
#include "abi/g.h"
#include "abi/stack.h"

	.intel_syntax noprefix

#define SIZEOF_REGARGS 272

.macro GOFUNC name
	.globl	"\name"
	.type	"\name", @function
	.p2align 4
"\name":
.endm
.macro ENDFUNC name
	.size	"\name", .-"\name"
.endm
