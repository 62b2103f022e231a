/*
 * stub.h - assembler macros of the riscv64 stubs.
 *
 * In Go code: integers in X10-X17 X8 X9 X18-X23, floats in F10-F17 F8 F9 F18-F23, X26 context, X27 g, X1 return address; X3 and X4 are C's
 * and never touched, all others lost in calls. The first eight of each kind are C's argument registers too. C keeps X8 X9 X18-X27: so X27 is
 * still g after a call of C, and X24 holds m in stubs. X31 is scratch.
 */
#define STUB_ALIGN 2
#include "arch/stub.h"

	.option	norelax

#define g x27
#define m x24
#define ctxt x26

/* A run of registers to or from memory: op is sd or ld; fsd or fld. */
.macro INTS op, base, off, first, last
	REGS	\op, x, \base, \off, \first, \last
.endm
.macro FLOATS op, base, off, first, last
	REGS	\op, f, \base, \off, \first, \last
.endm
.macro REGS op, kind, base, off, first, last
	.set	.Lat, \off
	.altmacro
	.set	.Lreg, \first
	.rept	\last - \first + 1
	REG	\op, \kind, %.Lreg, %.Lat, \base
	.set	.Lreg, .Lreg + 1
	.set	.Lat, .Lat + 8
	.endr
	.noaltmacro
.endm
.macro REG op, kind, reg, at, base
	\op	\kind\reg, \at(\base)
.endm

.macro SAVECTX
	sd	sp, G_SP(g)
	sd	ra, G_LINK(g)
.endm
.macro SYSSTACK
	ld	m, G_M(g)
	ld	sp, M_SYSSP(m)
.endm
/* After C has returned: does what m->action says, or loads g's context again. */
.macro RESUME
	lw	x31, M_ACTION(m)
	bnez	x31, arch_action
	j	arch_resume
.endm

/* ---- stubs; arguments and up to two results are in the registers that C wants ---- */

.macro STUB_IFPOLL label
	lw	x31, G_POLL(g)
	bnez	x31, \label
.endm
.macro STUB_CALL c, nint
	.if	\nint > 8
	.error	"a stub with more than eight integer arguments"
	.endif
	call	\c
.endm
.macro STUB_ACT
	lw	x31, M_ACTION(m)
	beqz	x31, 1f
	tail	arch_action
1:
.endm
.macro STUB_RETURN nres
	ld	sp, G_SP(g)
	ld	ra, G_LINK(g)
	.if	\nres > 2
	INTS	ld, g, G_RET, 10, 9+\nres
	.endif
	ret
.endm
.macro STUB_POLL start, nint, mask
	INTS	sd, g, G_SPILL, 10, 9+\nint
	li	x31, \mask
	sw	x31, G_SPILLMASK(g)
	lla	ctxt, \start
	tail	arch_poll
.endm
