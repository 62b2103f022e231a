/*
 * stub.h - what the assembly of all CPUs is made of; each includes it from its own stub.h, which says STUB_ALIGN, the power of two that functions
 * begin at.
 */
#include "abi/g.h"
#include "abi/stack.h"
#include "arch/arch.h"

.macro GOFUNC name
	.globl	"\name"
	.type	"\name", @function
	.p2align STUB_ALIGN
"\name":
.endm
.macro ENDFUNC name
	.size	"\name", .-"\name"
.endm
