/*
 * syscall.S - system calls made from Go code, and the byte searches of internal/bytealg: leaves on the goroutine's stack.
 */
#include "arch/arm64/stub.h"
#include <sys/syscall.h>

	.text

/* Syscall6(num, a1..a6) (r1, r2, errno) */
GOFUNC internal/runtime/syscall.Syscall6
	cmp	x0, #SYS_execve
	b.ne	1f
	b	runtime.execve_
1:	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, x4
	mov	x4, x5
	mov	x5, x6
	svc	#0
	cmn	x0, #4095
	b.hs	1f
	mov	x2, xzr
	ret
1:	neg	x2, x0
	mov	x0, #-1
	mov	x1, xzr
	ret
ENDFUNC internal/runtime/syscall.Syscall6

/* rawVforkSyscall(trap, a1, a2, a3) (r1, err): the child runs on this stack, which is not touched */
GOFUNC syscall.rawVforkSyscall
	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	mov	x3, xzr
	mov	x4, xzr
	mov	x5, xzr
	svc	#0
	cmn	x0, #4095
	b.hs	1f
	mov	x1, xzr
	ret
1:	neg	x1, x0
	mov	x0, #-1
	ret
ENDFUNC syscall.rawVforkSyscall

/* rawSyscallNoError(trap, a1, a2, a3) (r1, r2) */
GOFUNC syscall.rawSyscallNoError
	mov	x8, x0
	mov	x0, x1
	mov	x1, x2
	mov	x2, x3
	svc	#0
	ret
ENDFUNC syscall.rawSyscallNoError

/* ---- internal/bytealg; Compare is in leaf.S ---- */

/* IndexByte(b []byte, c byte) int, IndexByteString(s string, c byte) int */
GOFUNC internal/bytealg.IndexByte
	mov	w2, w3
GOFUNC internal/bytealg.IndexByteString
	mov	x3, x0
	cmp	x1, #16
	b.lo	.Lsmall
	dup	v0.16b, w2
	add	x4, x0, x1
	sub	x4, x4, #16		/* last full block */
1:	ldr	q1, [x3]
	cmeq	v1.16b, v1.16b, v0.16b
	shrn	v1.8b, v1.8h, #4	/* four bits of each byte */
	fmov	x5, d1
	cbnz	x5, 2f
	add	x3, x3, #16
	cmp	x3, x4
	b.lo	1b
	mov	x3, x4
	ldr	q1, [x3]
	cmeq	v1.16b, v1.16b, v0.16b
	shrn	v1.8b, v1.8h, #4
	fmov	x5, d1
	cbz	x5, .Lnone
2:	rbit	x5, x5
	clz	x5, x5
	sub	x3, x3, x0
	add	x0, x3, x5, lsr #2
	ret
.Lsmall:
	and	w2, w2, #0xff
3:	cbz	x1, .Lnone
	ldrb	w5, [x3], #1
	sub	x1, x1, #1
	cmp	w5, w2
	b.ne	3b
	sub	x3, x3, x0
	sub	x0, x3, #1
	ret
.Lnone:	mov	x0, #-1
	ret
ENDFUNC internal/bytealg.IndexByteString
ENDFUNC internal/bytealg.IndexByte

/* Count(b []byte, c byte) int, CountString(s string, c byte) int */
GOFUNC internal/bytealg.Count
	mov	w2, w3
GOFUNC internal/bytealg.CountString
	mov	x3, x0
	mov	x0, xzr
	and	w2, w2, #0xff
	subs	x1, x1, #16
	b.lo	2f
	dup	v0.16b, w2
	movi	v2.16b, #1
1:	ldr	q1, [x3], #16
	cmeq	v1.16b, v1.16b, v0.16b
	and	v1.16b, v1.16b, v2.16b
	addv	b1, v1.16b
	fmov	w5, s1
	add	x0, x0, x5
	subs	x1, x1, #16
	b.hs	1b
2:	add	x1, x1, #16
	cbz	x1, 4f
3:	ldrb	w5, [x3], #1
	cmp	w5, w2
	cinc	x0, x0, eq
	subs	x1, x1, #1
	b.ne	3b
4:	ret
ENDFUNC internal/bytealg.CountString
ENDFUNC internal/bytealg.Count

/*
 * Index(a, b []byte) int, IndexString(a, b string) int; 2 <= len(b) <= MaxLen. The places of a whose first and last byte
 * fit, sixteen at once (Mula, SIMD-friendly algorithms for substring searching); those are compared.
 */
GOFUNC internal/bytealg.Index
	mov	x2, x3
	mov	x3, x4
GOFUNC internal/bytealg.IndexString
	sub	x13, x3, #1
	ld1r	{v0.16b}, [x2]
	ldrb	w5, [x2, x13]
	dup	v1.16b, w5
	subs	x8, x1, x13		/* places */
	b.le	.Lnone
	mov	x6, x0
	add	x9, x0, x8
	sub	x9, x9, #16		/* last block of them */
	cmp	x8, #16
	b.lo	.Lfew
1:	ldr	q2, [x6]
	ldr	q3, [x6, x13]
	cmeq	v2.16b, v2.16b, v0.16b
	cmeq	v3.16b, v3.16b, v1.16b
	and	v2.16b, v2.16b, v3.16b
	shrn	v2.8b, v2.8h, #4	/* four bits of each byte */
	fmov	x5, d2
	cbnz	x5, .Lcandidate
2:	cmp	x6, x9
	b.hs	.Lnone
	add	x6, x6, #16
	cmp	x6, x9
	csel	x6, x6, x9, lo
	b	1b
.Lcandidate:				/* x5: four bits for each, from x6 */
	rbit	x7, x5
	clz	x7, x7
	add	x10, x6, x7, lsr #2
	cmp	x3, #16
	b.hs	5f
	cmp	x3, #8
	b.hs	4f
	cmp	x3, #4
	b.hs	3f
	ldrh	w11, [x2]		/* the third byte, if any, is the last */
	ldrh	w12, [x10]
	cmp	w11, w12
	b.eq	.Lfound
	b	.Lnext
3:	sub	x14, x3, #4
	ldr	w11, [x2]
	ldr	w12, [x10]
	cmp	w11, w12
	b.ne	.Lnext
	ldr	w11, [x2, x14]
	ldr	w12, [x10, x14]
	cmp	w11, w12
	b.eq	.Lfound
	b	.Lnext
4:	sub	x14, x3, #8
	ldr	x11, [x2]
	ldr	x12, [x10]
	cmp	x11, x12
	b.ne	.Lnext
	ldr	x11, [x2, x14]
	ldr	x12, [x10, x14]
	cmp	x11, x12
	b.eq	.Lfound
	b	.Lnext
5:	mov	x11, xzr
	sub	x14, x3, #16		/* last block of b */
6:	ldr	q2, [x2, x11]
	ldr	q3, [x10, x11]
	cmeq	v2.16b, v2.16b, v3.16b
	uminv	b2, v2.16b
	fmov	w12, s2
	cbz	w12, .Lnext
	cmp	x11, x14
	b.hs	.Lfound
	add	x11, x11, #16
	cmp	x11, x14
	csel	x11, x11, x14, lo
	b	6b
.Lnext:	and	x7, x7, #-4
	mov	x11, #15
	lsl	x11, x11, x7
	bics	x5, x5, x11
	b.ne	.Lcandidate
	b	2b
.Lfound:
	sub	x0, x10, x0
	ret
/* Fewer than sixteen places: bytes around a are read, but none of another page. */
.Lfew:	lsl	x14, x8, #2		/* bits of the mask */
	and	x11, x6, #4095
	cmp	x11, #4080
	b.hi	7f
	add	x11, x6, x13
	and	x11, x11, #4095
	cmp	x11, #4080
	b.hi	7f
	ldr	q2, [x6]
	ldr	q3, [x6, x13]
	cmeq	v2.16b, v2.16b, v0.16b
	cmeq	v3.16b, v3.16b, v1.16b
	and	v2.16b, v2.16b, v3.16b
	shrn	v2.8b, v2.8h, #4
	fmov	x5, d2
	mov	x11, #-1
	lsl	x11, x11, x14
	bics	x5, x5, x11
	b.ne	.Lcandidate
	b	.Lnone
7:	ldr	q2, [x9]		/* the page of a began at least 16 bytes before it */
	ldr	q3, [x9, x13]
	cmeq	v2.16b, v2.16b, v0.16b
	cmeq	v3.16b, v3.16b, v1.16b
	and	v2.16b, v2.16b, v3.16b
	shrn	v2.8b, v2.8h, #4
	fmov	x5, d2
	neg	x14, x14
	lsr	x5, x5, x14		/* by 64 less the bits */
	cbnz	x5, .Lcandidate
	b	.Lnone
ENDFUNC internal/bytealg.IndexString
ENDFUNC internal/bytealg.Index

	.section .note.GNU-stack, "", @progbits
