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

	.section .note.GNU-stack, "", @progbits
