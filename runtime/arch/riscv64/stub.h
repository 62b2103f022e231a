/*
 * stub.h - assembler macros of the riscv64 stubs.
 *
 * In Go code: integers in X10-X17 X8 X9 X18-X23, floats in F10-F17 F8 F9 F18-F23, X26 context, X27 g, X1 return address; X3 and X4 are C's
 * and never touched, all others lost in calls. The first eight of each kind are C's argument registers too. C keeps X8 X9 X18-X27: so X27 is
 * still g after a call of C, and X24 holds m in stubs. X31 is scratch.
 */
#include "abi/g.h"
#include "abi/stack.h"

	.option	norelax

#define g x27
#define m x24
#define ctxt x26

.macro GOFUNC name
	.globl	"\name"
	.type	"\name", @function
	.p2align 2
"\name":
.endm
.macro ENDFUNC name
	.size	"\name", .-"\name"
.endm

/* A run of registers to or from memory: op is sd or ld; fsd or fld. */
.macro INTS op, base, off, first, last
	.set	.Lat, \off
	.altmacro
	.set	.Lreg, \first
	.rept	\last - \first + 1
	ONEINT	\op, %.Lreg, %.Lat, \base
	.set	.Lreg, .Lreg + 1
	.set	.Lat, .Lat + 8
	.endr
	.noaltmacro
.endm
.macro ONEINT op, reg, at, base
	\op	x\reg, \at(\base)
.endm
.macro FLOATS op, base, off, first, last
	.set	.Lat, \off
	.altmacro
	.set	.Lreg, \first
	.rept	\last - \first + 1
	ONEFLOAT \op, %.Lreg, %.Lat, \base
	.set	.Lreg, .Lreg + 1
	.set	.Lat, .Lat + 8
	.endr
	.noaltmacro
.endm
.macro ONEFLOAT op, reg, at, base
	\op	f\reg, \at(\base)
.endm
