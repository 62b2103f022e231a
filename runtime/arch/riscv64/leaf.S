/*
 * leaf.S - runtime functions that run on the goroutine's own stack: moving, comparing, hashing, bounds failures, barriers.
 *
 * memmove, memclr, memequal and cmpstring use no stack at all and leave x1 alone: a fault in them becomes a panic in their Go caller
 * (os/linux/signal.c). Where both addresses allow it they copy whole words: the collector never sees half a pointer.
 */
#include "arch/riscv64/stub.h"

	.text
	.globl	arch_leaves, arch_eleaves
arch_leaves:

/* memmove(to, from, n) */
GOFUNC reflect.memmove
GOFUNC runtime.memmove
.Lmove:					/* x10 to, x11 from, x12 n */
	beq	x10, x11, .Lm0
	sub	x5, x10, x11
	bltu	x5, x12, .Lback		/* unsigned: 0 < to - from < n: overlapping, backward */
	andi	x5, x5, 7
	li	x6, 8
	bnez	x5, .Lmbytes		/* no common alignment */
	bltu	x12, x6, .Lmtail
	andi	x5, x10, 7
	beqz	x5, 2f
	sub	x5, x6, x5		/* bytes up to a word */
	sub	x12, x12, x5
1:	lbu	x7, 0(x11)
	sb	x7, 0(x10)
	addi	x11, x11, 1
	addi	x10, x10, 1
	addi	x5, x5, -1
	bnez	x5, 1b
2:	andi	x5, x12, -32
	beqz	x5, 4f
	add	x5, x10, x5
	andi	x12, x12, 31
3:	ld	x6, 0(x11)
	ld	x7, 8(x11)
	ld	x28, 16(x11)
	ld	x29, 24(x11)
	sd	x6, 0(x10)
	sd	x7, 8(x10)
	sd	x28, 16(x10)
	sd	x29, 24(x10)
	addi	x11, x11, 32
	addi	x10, x10, 32
	bltu	x10, x5, 3b
4:	andi	x5, x12, -8
	beqz	x5, .Lmtail
	add	x5, x10, x5
	andi	x12, x12, 7
5:	ld	x6, 0(x11)
	sd	x6, 0(x10)
	addi	x11, x11, 8
	addi	x10, x10, 8
	bltu	x10, x5, 5b
.Lmtail: beqz	x12, .Lm0
	add	x12, x11, x12
6:	lbu	x7, 0(x11)
	sb	x7, 0(x10)
	addi	x11, x11, 1
	addi	x10, x10, 1
	bltu	x11, x12, 6b
.Lm0:	ret
.Lmbytes:				/* eight at a time */
	andi	x5, x12, -8
	beqz	x5, .Lmtail
	add	x5, x10, x5
	andi	x12, x12, 7
7:	lbu	x6, 0(x11)
	lbu	x7, 1(x11)
	lbu	x28, 2(x11)
	lbu	x29, 3(x11)
	sb	x6, 0(x10)
	sb	x7, 1(x10)
	sb	x28, 2(x10)
	sb	x29, 3(x10)
	lbu	x6, 4(x11)
	lbu	x7, 5(x11)
	lbu	x28, 6(x11)
	lbu	x29, 7(x11)
	sb	x6, 4(x10)
	sb	x7, 5(x10)
	sb	x28, 6(x10)
	sb	x29, 7(x10)
	addi	x11, x11, 8
	addi	x10, x10, 8
	bltu	x10, x5, 7b
	j	.Lmtail
.Lback:	andi	x5, x5, 7
	add	x28, x10, x12		/* ends */
	add	x29, x11, x12
	bnez	x5, .Lbtail
	li	x6, 8
	bltu	x12, x6, .Lbtail
	andi	x5, x28, 7
	beqz	x5, 2f
1:	lbu	x7, -1(x29)
	sb	x7, -1(x28)
	addi	x29, x29, -1
	addi	x28, x28, -1
	andi	x5, x28, 7
	bnez	x5, 1b
2:	sub	x12, x28, x10
	bltu	x12, x6, .Lbtail
3:	ld	x7, -8(x29)
	sd	x7, -8(x28)
	addi	x29, x29, -8
	addi	x28, x28, -8
	addi	x12, x12, -8
	bgeu	x12, x6, 3b
.Lbtail: bgeu	x10, x28, 5f
4:	lbu	x7, -1(x29)
	sb	x7, -1(x28)
	addi	x29, x29, -1
	addi	x28, x28, -1
	bltu	x10, x28, 4b
5:	ret
ENDFUNC runtime.memmove
ENDFUNC reflect.memmove

/* memclrNoHeapPointers(p, n) */
GOFUNC runtime.memclrNoHeapPointers
.Lclear:				/* x10 p, x11 n */
	li	x6, 8
	bltu	x11, x6, .Lctail
	andi	x5, x10, 7
	beqz	x5, 2f
	sub	x5, x6, x5
	sub	x11, x11, x5
1:	sb	zero, 0(x10)
	addi	x10, x10, 1
	addi	x5, x5, -1
	bnez	x5, 1b
2:	andi	x5, x11, -32
	beqz	x5, 4f
	add	x5, x10, x5
	andi	x11, x11, 31
3:	sd	zero, 0(x10)
	sd	zero, 8(x10)
	sd	zero, 16(x10)
	sd	zero, 24(x10)
	addi	x10, x10, 32
	bltu	x10, x5, 3b
4:	andi	x5, x11, -8
	beqz	x5, .Lctail
	add	x5, x10, x5
	andi	x11, x11, 7
5:	sd	zero, 0(x10)
	addi	x10, x10, 8
	bltu	x10, x5, 5b
.Lctail: beqz	x11, 7f
	add	x11, x10, x11
6:	sb	zero, 0(x10)
	addi	x10, x10, 1
	bltu	x10, x11, 6b
7:	ret
ENDFUNC runtime.memclrNoHeapPointers

/* memequal(p, q, n) bool; memequal_varlen(p, q) bool with n in the closure */
GOFUNC runtime.memequal_varlen
	ld	x12, 8(ctxt)
GOFUNC runtime.memequal
	beq	x10, x11, .Leq
	add	x12, x10, x12		/* the end */
	xor	x5, x10, x11
	andi	x5, x5, 7
	bnez	x5, 4f
1:	andi	x5, x10, 7		/* up to a word */
	beqz	x5, 2f
	bgeu	x10, x12, .Leq
	lbu	x6, 0(x10)
	lbu	x7, 0(x11)
	bne	x6, x7, .Lne
	addi	x10, x10, 1
	addi	x11, x11, 1
	j	1b
2:	sub	x5, x12, x10		/* what is left; the end may be nil */
	sltiu	x5, x5, 8
	bnez	x5, 4f
	addi	x5, x12, -8
3:	ld	x6, 0(x10)
	ld	x7, 0(x11)
	bne	x6, x7, .Lne
	addi	x10, x10, 8
	addi	x11, x11, 8
	bgeu	x5, x10, 3b
4:	bgeu	x10, x12, .Leq
5:	lbu	x6, 0(x10)
	lbu	x7, 0(x11)
	bne	x6, x7, .Lne
	addi	x10, x10, 1
	addi	x11, x11, 1
	bltu	x10, x12, 5b
.Leq:	li	x10, 1
	ret
.Lne:	li	x10, 0
	ret
ENDFUNC runtime.memequal
ENDFUNC runtime.memequal_varlen

/* cmpstring(a, b string) int */
GOFUNC runtime.cmpstring
	mv	x14, x11		/* x10/x11, x12/x13; x14 the common length */
	bgeu	x13, x11, 1f
	mv	x14, x13
1:	beq	x10, x12, .Lslen
	add	x14, x10, x14		/* its end */
	xor	x5, x10, x12
	andi	x5, x5, 7
	bnez	x5, 5f
2:	andi	x5, x10, 7		/* up to a word */
	beqz	x5, 3f
	bgeu	x10, x14, .Lslen
	lbu	x6, 0(x10)
	lbu	x7, 0(x12)
	bne	x6, x7, .Lsdiff
	addi	x10, x10, 1
	addi	x12, x12, 1
	j	2b
3:	sub	x5, x14, x10		/* what is left; the end may be nil */
	sltiu	x5, x5, 8
	bnez	x5, 5f
	addi	x5, x14, -8
4:	ld	x6, 0(x10)
	ld	x7, 0(x12)
	bne	x6, x7, 6f		/* the bytes will tell */
	addi	x10, x10, 8
	addi	x12, x12, 8
	bgeu	x5, x10, 4b
5:	bgeu	x10, x14, .Lslen
6:	lbu	x6, 0(x10)
	lbu	x7, 0(x12)
	bne	x6, x7, .Lsdiff
	addi	x10, x10, 1
	addi	x12, x12, 1
	bltu	x10, x14, 6b
.Lslen:	sltu	x5, x13, x11		/* longer: 1; shorter: -1 */
	sltu	x6, x11, x13
	sub	x10, x5, x6
	ret
.Lsdiff: sltu	x5, x7, x6
	sltu	x6, x6, x7
	sub	x10, x5, x6
	ret
ENDFUNC runtime.cmpstring

/* Typed memory: plain moves unless marking runs concurrently. typ x10, dst x11, src x12. */
GOFUNC reflect.typedmemmove
GOFUNC internal/reflectlite.typedmemmove
GOFUNC runtime.typedmemmove
	beq	x11, x12, 1f
	ld	x5, 0(x10)		/* Type.size */
	mv	x10, x11
	mv	x11, x12
	mv	x12, x5
	lw	x5, runtime.writeBarrier
	beqz	x5, 2f
	tail	arch_barriermove
2:	tail	runtime.memmove
1:	ret
ENDFUNC runtime.typedmemmove
GOFUNC reflect.typedmemclr
GOFUNC runtime.typedmemclr
	ld	x5, 0(x10)
	mv	x10, x11
	mv	x11, x5
GOFUNC runtime.memclrHasPointers	/* (p, n) */
	lw	x5, runtime.writeBarrier
	beqz	x5, 2f
	tail	arch_barrierclear
2:	tail	runtime.memclrNoHeapPointers
ENDFUNC runtime.memclrHasPointers
ENDFUNC runtime.typedmemclr

arch_eleaves:

/* wbMove(typ, dst, src), wbZero(typ, dst): the barrier of a move that the compiler makes itself, called while marking only */
GOFUNC runtime.wbMove
GOFUNC runtime.wbZero
	ld	x5, 0(x10)
	mv	x10, x11
	mv	x11, x12
	mv	x12, x5
	j	arch_shade
ENDFUNC runtime.wbZero
ENDFUNC runtime.wbMove

/* The barrier is on: the old pointers of [x10, x10+n) (and the new ones at x11) are shaded on the system stack first. */
arch_barriermove:
	addi	sp, sp, -32
	sd	ra, 0(sp)
	sd	x10, 8(sp)
	sd	x11, 16(sp)
	sd	x12, 24(sp)
	call	arch_shade
	ld	ra, 0(sp)
	ld	x10, 8(sp)
	ld	x11, 16(sp)
	ld	x12, 24(sp)
	addi	sp, sp, 32
	tail	runtime.memmove
arch_barrierclear:
	addi	sp, sp, -32
	sd	ra, 0(sp)
	sd	x10, 8(sp)
	sd	x11, 16(sp)
	mv	x12, x11
	li	x11, 0
	call	arch_shade
	ld	ra, 0(sp)
	ld	x10, 8(sp)
	ld	x11, 16(sp)
	addi	sp, sp, 32
	tail	runtime.memclrNoHeapPointers
arch_shade:
	mv	x22, ra
	mv	x23, sp
	SYSSTACK
	call	rt_shaderange		/* (dst, src, n): src is not looked at */
	mv	sp, x23
	jr	x22

/*
 * gcWriteBarrier: slot address in x5, new pointer in x6, return address in x31; every other register but x30 is kept. The old content of the
 * slot goes into the P's buffer: what was reachable when marking began is marked (snapshot at the beginning; all stacks are scanned then, and
 * new objects are born marked, so that the new pointer needs no shading).
 */
#define WB_FRAME (16*8 + 20*8 + 32)
GOFUNC runtime.gcWriteBarrier
	ld	x30, 0(x5)
	beqz	x30, 2f
	sd	x7, -8(sp)
	sd	x8, -16(sp)
	ld	x7, G_M(g)
	ld	x7, M_P(x7)
	beqz	x7, 1f
	ld	x8, P_WBNEXT(x7)
	sd	x30, 0(x8)
	addi	x8, x8, 8
	sd	x8, P_WBNEXT(x7)
	ld	x7, P_WBEND(x7)
	beq	x8, x7, 1f
	ld	x7, -8(sp)
	ld	x8, -16(sp)
2:	jr	x31
1:	ld	x7, -8(sp)
	ld	x8, -16(sp)
	/* the buffer is full, or there is no P: C does it, which keeps x8 x9 x18-x27 and their floats */
	addi	sp, sp, -WB_FRAME
	sd	ra, 0(sp)
	INTS	sd, sp, 8, 5, 7
	INTS	sd, sp, 32, 10, 17
	INTS	sd, sp, 96, 28, 31
	sd	x23, 128(sp)
	sd	m, 136(sp)
	FLOATS	fsd, sp, 144, 0, 7
	FLOATS	fsd, sp, 208, 10, 17
	FLOATS	fsd, sp, 272, 28, 31
	ld	m, G_M(g)
	mv	x23, sp
	ld	sp, M_SYSSP(m)
	mv	a0, x5
	mv	a1, x6
	call	rt_shadeslot		/* (slot, new) */
	mv	sp, x23
	ld	ra, 0(sp)
	INTS	ld, sp, 8, 5, 7
	INTS	ld, sp, 32, 10, 17
	INTS	ld, sp, 96, 28, 31
	ld	x23, 128(sp)
	ld	m, 136(sp)
	FLOATS	fld, sp, 144, 0, 7
	FLOATS	fld, sp, 208, 10, 17
	FLOATS	fld, sp, 272, 28, 31
	addi	sp, sp, WB_FRAME
	jr	x31
ENDFUNC runtime.gcWriteBarrier

/* Hashing: C on the goroutine stack, in a frame of its own below the guard. (p, seed, n) or (p, seed). */
.macro HASH go, c
GOFUNC \go
	addi	sp, sp, -16
	sd	ra, 0(sp)
	call	\c
	ld	ra, 0(sp)
	addi	sp, sp, 16
	ret
ENDFUNC \go
.endm
HASH runtime.memhash, rt_memhash
HASH runtime.strhash, rt_strhash
HASH hash/maphash.runtime_memhash, rt_memhash
GOFUNC runtime.memhash_varlen
	ld	x12, 8(ctxt)
	j	runtime.memhash
ENDFUNC runtime.memhash_varlen

GOFUNC runtime.publicationBarrier
	fence	w, w
	ret
ENDFUNC runtime.publicationBarrier
GOFUNC runtime.procyield
1:	.word	0x0100000f		/* pause */
	addiw	x10, x10, -1
	bnez	x10, 1b
	ret
ENDFUNC runtime.procyield
GOFUNC runtime.cputicks
	rdtime	x10
	ret
ENDFUNC runtime.cputicks

/* Bounds failures: index x5, length x6, as compiled code leaves them. The caller has no spill space for arguments, so that they go by g->ret:
 * index, length, number of the kind. */
.macro BOUNDS name, kind
GOFUNC runtime.panic\name
	sd	x5, G_RET(g)
	sd	x6, G_RET+8(g)
	li	x5, \kind
	sd	x5, G_RET+16(g)
	tail	runtime.boundspanic
ENDFUNC runtime.panic\name
.endm
#define B(number, kind, name) BOUNDS name, number ;
#include "abi/bounds.def"
#undef B

	.section .note.GNU-stack, "", @progbits
