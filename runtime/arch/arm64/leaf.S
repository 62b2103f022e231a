/*
 * leaf.S - runtime functions that run on the goroutine's own stack: moving, comparing, hashing, bounds failures, barriers.
 *
 * memmove, memclr, memequal and cmpstring use no stack at all and keep the link register: a fault in them becomes a panic in their Go caller,
 * whose return address it holds (os/linux/signal.c). They copy whole words: the collector never sees half a pointer.
 */
#include "arch/arm64/stub.h"

	.text
	.globl	arch_leaves, arch_eleaves
arch_leaves:

/* memmove(to, from, n) */
GOFUNC reflect.memmove
GOFUNC runtime.memmove
.Lmove:					/* x0 to, x1 from, x2 n */
	add	x4, x1, x2		/* ends */
	add	x5, x0, x2
	cmp	x2, #16
	b.hi	.Lm17
	tbnz	x2, #4, .Lm16
	tbnz	x2, #3, .Lm8
	tbnz	x2, #2, .Lm4
	cbz	x2, .Lm0
	ldrb	w6, [x1]
	ldrb	w7, [x4, #-1]
	lsr	x3, x2, #1
	ldrb	w8, [x1, x3]
	strb	w6, [x0]
	strb	w8, [x0, x3]
	strb	w7, [x5, #-1]
.Lm0:	ret
.Lm4:	ldr	w6, [x1]
	ldr	w7, [x4, #-4]
	str	w6, [x0]
	str	w7, [x5, #-4]
	ret
.Lm8:	ldr	x6, [x1]
	ldr	x7, [x4, #-8]
	str	x6, [x0]
	str	x7, [x5, #-8]
	ret
.Lm16:	ldp	x6, x7, [x1]
	stp	x6, x7, [x0]
	ret
.Lm17:	cmp	x2, #32
	b.hi	.Lm33
	ldr	q0, [x1]
	ldr	q1, [x4, #-16]
	str	q0, [x0]
	str	q1, [x5, #-16]
	ret
.Lm33:	cmp	x2, #64
	b.hi	.Lm65
	ldp	q0, q1, [x1]
	ldp	q2, q3, [x4, #-32]
	stp	q0, q1, [x0]
	stp	q2, q3, [x5, #-32]
	ret
.Lm65:	subs	x3, x0, x1
	b.eq	.Lm0
	cmp	x3, x2			/* unsigned: 0 < to - from < n: overlapping, backward */
	b.lo	.Lback
	ldp	q4, q5, [x4, #-64]	/* the last 64 bytes, kept before they are overwritten */
	ldp	q6, q7, [x4, #-32]
	sub	x2, x2, #64
1:	ldp	q0, q1, [x1]
	ldp	q2, q3, [x1, #32]
	stp	q0, q1, [x0]
	stp	q2, q3, [x0, #32]
	add	x1, x1, #64
	add	x0, x0, #64
	subs	x2, x2, #64
	b.hi	1b
	stp	q4, q5, [x5, #-64]
	stp	q6, q7, [x5, #-32]
	ret
.Lback:	ldp	q4, q5, [x1]		/* the first 64 bytes */
	ldp	q6, q7, [x1, #32]
	sub	x2, x2, #64
1:	ldp	q0, q1, [x4, #-32]
	ldp	q2, q3, [x4, #-64]
	stp	q0, q1, [x5, #-32]
	stp	q2, q3, [x5, #-64]
	sub	x4, x4, #64
	sub	x5, x5, #64
	subs	x2, x2, #64
	b.hi	1b
	stp	q4, q5, [x0]
	stp	q6, q7, [x0, #32]
	ret
ENDFUNC runtime.memmove
ENDFUNC reflect.memmove

/* memclrNoHeapPointers(p, n) */
GOFUNC runtime.memclrNoHeapPointers
.Lclear:				/* x0 p, x1 n */
	add	x2, x0, x1
	cmp	x1, #16
	b.hi	.Lc17
	tbnz	x1, #4, .Lc16
	tbnz	x1, #3, .Lc8
	tbnz	x1, #2, .Lc4
	cbz	x1, 1f
	lsr	x3, x1, #1
	strb	wzr, [x0]
	strb	wzr, [x0, x3]
	strb	wzr, [x2, #-1]
1:	ret
.Lc16:	stp	xzr, xzr, [x0]
	ret
.Lc8:	str	xzr, [x0]
	str	xzr, [x2, #-8]
	ret
.Lc4:	str	wzr, [x0]
	str	wzr, [x2, #-4]
	ret
.Lc17:	movi	v0.2d, #0
	cmp	x1, #64
	b.hi	2f
	str	q0, [x0]
	str	q0, [x2, #-16]
	cmp	x1, #32
	b.ls	1f
	str	q0, [x0, #16]
	str	q0, [x2, #-32]
1:	ret
2:	sub	x1, x1, #64
3:	stp	q0, q0, [x0]
	stp	q0, q0, [x0, #32]
	add	x0, x0, #64
	subs	x1, x1, #64
	b.hi	3b
	stp	q0, q0, [x2, #-64]
	stp	q0, q0, [x2, #-32]
	ret
ENDFUNC runtime.memclrNoHeapPointers

/* memequal(p, q, n) bool; memequal_varlen(p, q) bool with n in the closure */
GOFUNC runtime.memequal_varlen
	ldr	x2, [x26, #8]
GOFUNC runtime.memequal
	cmp	x0, x1
	b.eq	.Leq
	add	x3, x0, x2
	add	x4, x1, x2
	cmp	x2, #8
	b.lo	.Le0
	cmp	x2, #16
	b.ls	.Le8
.Le16:	ldp	x6, x7, [x0], #16
	ldp	x8, x9, [x1], #16
	cmp	x6, x8
	ccmp	x7, x9, #0, eq
	b.ne	.Lne
	sub	x2, x2, #16
	cmp	x2, #16
	b.hi	.Le16
	ldp	x6, x7, [x3, #-16]
	ldp	x8, x9, [x4, #-16]
	cmp	x6, x8
	ccmp	x7, x9, #0, eq
	cset	w0, eq
	ret
.Le8:	ldr	x6, [x0]
	ldr	x7, [x3, #-8]
	ldr	x8, [x1]
	ldr	x9, [x4, #-8]
	cmp	x6, x8
	ccmp	x7, x9, #0, eq
	cset	w0, eq
	ret
.Le0:	cmp	x2, #4
	b.lo	1f
	ldr	w6, [x0]
	ldr	w7, [x3, #-4]
	ldr	w8, [x1]
	ldr	w9, [x4, #-4]
	cmp	w6, w8
	ccmp	w7, w9, #0, eq
	cset	w0, eq
	ret
1:	cbz	x2, .Leq
	lsr	x5, x2, #1
	ldrb	w6, [x0]
	ldrb	w7, [x1]
	ldrb	w8, [x0, x5]
	ldrb	w9, [x1, x5]
	ldrb	w10, [x3, #-1]
	ldrb	w11, [x4, #-1]
	cmp	w6, w7
	ccmp	w8, w9, #0, eq
	ccmp	w10, w11, #0, eq
	cset	w0, eq
	ret
.Leq:	mov	w0, #1
	ret
.Lne:	mov	w0, wzr
	ret
ENDFUNC runtime.memequal
ENDFUNC runtime.memequal_varlen

/* cmpstring(a, b string) int; Compare(a, b []byte) of internal/bytealg is the same for slices */
GOFUNC internal/bytealg.Compare
	mov	x2, x3
	mov	x3, x4
GOFUNC runtime.cmpstring
	cmp	x1, x3			/* x0/x1, x2/x3 */
	csel	x4, x1, x3, lo		/* common length */
	cmp	x0, x2
	b.eq	.Lslen
	subs	x4, x4, #16
	b.lo	2f
1:	ldp	x5, x6, [x0], #16
	ldp	x7, x8, [x2], #16
	cmp	x5, x7
	b.ne	.Lsdiff
	cmp	x6, x8
	b.ne	3f
	subs	x4, x4, #16
	b.hs	1b
2:	add	x4, x4, #16
	tbz	x4, #3, 4f
	ldr	x5, [x0], #8
	ldr	x7, [x2], #8
	cmp	x5, x7
	b.ne	.Lsdiff
4:	and	x4, x4, #7
	cbz	x4, .Lslen
5:	ldrb	w5, [x0], #1
	ldrb	w7, [x2], #1
	cmp	w5, w7
	b.ne	6f
	subs	x4, x4, #1
	b.ne	5b
.Lslen:	cmp	x1, x3
6:	cset	x0, hi
	csinv	x0, x0, xzr, hs
	ret
3:	mov	x5, x6
	mov	x7, x8
.Lsdiff: rev	x5, x5			/* the first byte that differs counts most */
	rev	x7, x7
	cmp	x5, x7
	b	6b
ENDFUNC runtime.cmpstring
ENDFUNC internal/bytealg.Compare

.macro BARRIER				/* w16: runtime.writeBarrier */
	adrp	x16, runtime.writeBarrier
	ldr	w16, [x16, :lo12:runtime.writeBarrier]
.endm

/* Typed memory: plain moves unless marking runs concurrently. (typ, dst, src) */
GOFUNC reflect.typedmemmove
GOFUNC internal/reflectlite.typedmemmove
GOFUNC runtime.typedmemmove
	cmp	x1, x2
	b.eq	1f
	ldr	x3, [x0]		/* Type.size */
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	BARRIER
	cbz	w16, .Lmove
	b	arch_barriermove
1:	ret
ENDFUNC runtime.typedmemmove
ENDFUNC internal/reflectlite.typedmemmove
ENDFUNC reflect.typedmemmove
GOFUNC reflect.typedmemclr
GOFUNC runtime.typedmemclr
	ldr	x3, [x0]
	mov	x0, x1
	mov	x1, x3
GOFUNC runtime.memclrHasPointers	/* (p, n) */
	BARRIER
	cbz	w16, .Lclear
	b	arch_barrierclear
ENDFUNC runtime.memclrHasPointers
ENDFUNC runtime.typedmemclr
ENDFUNC reflect.typedmemclr

arch_eleaves:

/* wbMove(typ, dst, src), wbZero(typ, dst): the barrier of a move that the compiler makes itself, called while marking only */
GOFUNC runtime.wbMove
GOFUNC runtime.wbZero
	ldr	x2, [x0]
	mov	x0, x1
	b	arch_shade
ENDFUNC runtime.wbZero
ENDFUNC runtime.wbMove

/* The barrier is on: the old pointers of [x0, x0+x2) are shaded on the system stack first. */
arch_barriermove:
	mov	x23, x0
	mov	x24, x1
	mov	x25, x2
	mov	x26, x30
	bl	arch_shade
	mov	x0, x23
	mov	x1, x24
	mov	x2, x25
	mov	x30, x26
	b	.Lmove
arch_barrierclear:
	mov	x23, x0
	mov	x24, x1
	mov	x26, x30
	mov	x2, x1
	bl	arch_shade
	mov	x0, x23
	mov	x1, x24
	mov	x30, x26
	b	.Lclear
arch_shade:
	ldr	x19, [x28, #G_M]
	mov	x21, sp
	mov	x22, x30
	ldr	x16, [x19, #M_SYSSP]
	mov	sp, x16
	bl	rt_shaderange		/* (dst, src, n): src is not looked at */
	mov	sp, x21
	ret	x22

/*
 * gcWriteBarrier: slot address in X19, new pointer in X20; X16, X17, X27 and the link register are lost, every other register is kept. The
 * old content of the slot goes into the P's buffer: what was reachable when marking began is marked (snapshot at the beginning; all stacks
 * are scanned then, and new objects are born marked, so that the new pointer needs no shading).
 */
GOFUNC runtime.gcWriteBarrier
	ldr	x16, [x19]
	cbz	x16, 2f
	ldr	x17, [x28, #G_M]
	ldr	x17, [x17, #M_P]
	cbz	x17, 1f
	ldr	x27, [x17, #P_WBNEXT]
	str	x16, [x27], #8
	str	x27, [x17, #P_WBNEXT]
	ldr	x16, [x17, #P_WBEND]
	cmp	x27, x16
	b.eq	1f
2:	ret
	/* the buffer is full, or there is no P: C does it, and keeps X19 to X28 and the lower halves of V8 to V15 */
1:	stp	x30, x21, [sp, #-336]!
	stp	x0, x1, [sp, #16]
	stp	x2, x3, [sp, #32]
	stp	x4, x5, [sp, #48]
	stp	x6, x7, [sp, #64]
	stp	x8, x9, [sp, #80]
	stp	x10, x11, [sp, #96]
	stp	x12, x13, [sp, #112]
	stp	x14, x15, [sp, #128]
	stp	d0, d1, [sp, #144]
	stp	d2, d3, [sp, #160]
	stp	d4, d5, [sp, #176]
	stp	d6, d7, [sp, #192]
	stp	d16, d17, [sp, #208]
	stp	d18, d19, [sp, #224]
	stp	d20, d21, [sp, #240]
	stp	d22, d23, [sp, #256]
	stp	d24, d25, [sp, #272]
	stp	d26, d27, [sp, #288]
	stp	d28, d29, [sp, #304]
	mov	x21, sp
	ldr	x16, [x28, #G_M]
	ldr	x16, [x16, #M_SYSSP]
	mov	sp, x16
	mov	x0, x19
	mov	x1, x20
	bl	rt_shadeslot		/* (slot, new) */
	mov	sp, x21
	ldp	x0, x1, [sp, #16]
	ldp	x2, x3, [sp, #32]
	ldp	x4, x5, [sp, #48]
	ldp	x6, x7, [sp, #64]
	ldp	x8, x9, [sp, #80]
	ldp	x10, x11, [sp, #96]
	ldp	x12, x13, [sp, #112]
	ldp	x14, x15, [sp, #128]
	ldp	d0, d1, [sp, #144]
	ldp	d2, d3, [sp, #160]
	ldp	d4, d5, [sp, #176]
	ldp	d6, d7, [sp, #192]
	ldp	d16, d17, [sp, #208]
	ldp	d18, d19, [sp, #224]
	ldp	d20, d21, [sp, #240]
	ldp	d22, d23, [sp, #256]
	ldp	d24, d25, [sp, #272]
	ldp	d26, d27, [sp, #288]
	ldp	d28, d29, [sp, #304]
	ldp	x30, x21, [sp], #336
	ret
ENDFUNC runtime.gcWriteBarrier

/* Hashing: C on the goroutine stack, below the guard. (p, seed, n) or (p, seed). */
.macro HASH go, c
GOFUNC \go
	str	x30, [sp, #-16]!
	bl	\c
	ldr	x30, [sp], #16
	ret
ENDFUNC \go
.endm
HASH runtime.memhash, rt_memhash
HASH runtime.strhash, rt_strhash
HASH hash/maphash.runtime_memhash, rt_memhash
GOFUNC runtime.memhash_varlen
	ldr	x2, [x26, #8]
	b	runtime.memhash
ENDFUNC runtime.memhash_varlen

GOFUNC runtime.publicationBarrier
	dmb	ishst
	ret
ENDFUNC runtime.publicationBarrier
GOFUNC runtime.procyield
1:	yield
	subs	w0, w0, #1
	b.ne	1b
	ret
ENDFUNC runtime.procyield
GOFUNC runtime.cputicks
	mrs	x0, cntvct_el0
	ret
ENDFUNC runtime.cputicks

/* What the CPU can do; Linux lets user code read these. */
.macro IDREG name, reg
GOFUNC internal/cpu.\name
GOFUNC vendor/golang.org/x/sys/cpu.\name
	mrs	x0, \reg
	ret
ENDFUNC vendor/golang.org/x/sys/cpu.\name
ENDFUNC internal/cpu.\name
.endm
IDREG getisar0, id_aa64isar0_el1
IDREG getisar1, id_aa64isar1_el1
IDREG getpfr0, id_aa64pfr0_el1
IDREG getzfr0, s3_0_c0_c4_4
IDREG getMIDR, midr_el1

/* Bounds failures: index X0, length X1, as compiled code leaves them. The caller has no spill space for arguments, so that they go by g->ret:
 * index, length, number of the kind. */
.macro BOUNDS name, kind
GOFUNC runtime.panic\name
	stp	x0, x1, [x28, #G_RET]
	mov	x2, #\kind
	str	x2, [x28, #G_RET+16]
	b	runtime.boundspanic
ENDFUNC runtime.panic\name
.endm
#define B(number, kind, name) BOUNDS name, number ;
#include "abi/bounds.def"
#undef B

	.section .note.GNU-stack, "", @progbits
