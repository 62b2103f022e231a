/*
 * syscall.S - system calls made from Go code, and the byte searches of internal/bytealg: leaves on the goroutine's stack.
 */
#include "arch/amd64/stub.h"
#include <sys/syscall.h>

	.text

/* Syscall6(num, a1..a6) (r1, r2, errno) */
GOFUNC internal/runtime/syscall.Syscall6
	cmp	rax, SYS_execve
	je	runtime.execve_
	mov	rdx, rdi		/* a3 */
	mov	r10, rsi		/* a4 */
	mov	rdi, rbx
	mov	rsi, rcx
	/* r8, r9: a5, a6 are there */
	syscall
	cmp	rax, -4095
	jae	1f
	mov	rbx, rdx
	xor	ecx, ecx
	ret
1:	neg	rax
	mov	rcx, rax
	mov	rax, -1
	xor	ebx, ebx
	ret
ENDFUNC internal/runtime/syscall.Syscall6

/* rawVforkSyscall(trap, a1, a2, a3) (r1, err): the child runs on this stack, so the return address waits in a register */
GOFUNC syscall.rawVforkSyscall
	mov	rdx, rdi
	mov	rdi, rbx
	mov	rsi, rcx
	xor	r10d, r10d
	xor	r8d, r8d
	xor	r9d, r9d
	pop	r12
	syscall
	push	r12
	cmp	rax, -4095
	jae	1f
	xor	ebx, ebx
	ret
1:	neg	rax
	mov	rbx, rax
	mov	rax, -1
	ret
ENDFUNC syscall.rawVforkSyscall

/* rawSyscallNoError(trap, a1, a2, a3) (r1, r2) */
GOFUNC syscall.rawSyscallNoError
	mov	rdx, rdi
	mov	rdi, rbx
	mov	rsi, rcx
	syscall
	mov	rbx, rdx
	ret
ENDFUNC syscall.rawSyscallNoError

/* gettimeofday(*Timeval) errno */
GOFUNC syscall.gettimeofday
	mov	rdi, rax
	xor	esi, esi
	mov	eax, 96
	syscall
	neg	rax
	ret
ENDFUNC syscall.gettimeofday

/* ---- internal/bytealg ---- */

/* IndexByte(b []byte, c byte) int, IndexByteString(s string, c byte) int */
GOFUNC internal/bytealg.IndexByte
	mov	ecx, edi
GOFUNC internal/bytealg.IndexByteString
	mov	rsi, rax
	cmp	rbx, 16
	jb	.Lsmall
	movzx	ecx, cl
	movd	xmm0, ecx
	punpcklbw xmm0, xmm0
	punpcklwd xmm0, xmm0
	pshufd	xmm0, xmm0, 0
	lea	r8, [rax+rbx-16]	/* last full block */
1:	movdqu	xmm1, [rsi]
	pcmpeqb	xmm1, xmm0
	pmovmskb edx, xmm1
	test	edx, edx
	jnz	2f
	add	rsi, 16
	cmp	rsi, r8
	jb	1b
	mov	rsi, r8
	movdqu	xmm1, [rsi]
	pcmpeqb	xmm1, xmm0
	pmovmskb edx, xmm1
	test	edx, edx
	jz	.Lnone
2:	bsf	edx, edx
	sub	rsi, rax
	lea	rax, [rsi+rdx]
	ret
.Lsmall: xor	edx, edx
3:	cmp	rdx, rbx
	jae	.Lnone
	cmp	[rsi+rdx], cl
	je	4f
	inc	rdx
	jmp	3b
4:	mov	rax, rdx
	ret
.Lnone:	mov	rax, -1
	ret
ENDFUNC internal/bytealg.IndexByteString
ENDFUNC internal/bytealg.IndexByte

/* Count(b []byte, c byte) int, CountString(s string, c byte) int */
GOFUNC internal/bytealg.Count
	mov	ecx, edi
GOFUNC internal/bytealg.CountString
	mov	rsi, rax
	xor	eax, eax
	cmp	rbx, 16
	jb	3f
	movzx	edx, cl
	movd	xmm0, edx
	punpcklbw xmm0, xmm0
	punpcklwd xmm0, xmm0
	pshufd	xmm0, xmm0, 0
1:	movdqu	xmm1, [rsi]
	pcmpeqb	xmm1, xmm0
	pxor	xmm2, xmm2
	psubb	xmm2, xmm1		/* 1 per match */
	psadbw	xmm2, xmm15
	movd	edx, xmm2
	add	rax, rdx
	pshufd	xmm2, xmm2, 2
	movd	edx, xmm2
	add	rax, rdx
	add	rsi, 16
	sub	rbx, 16
	cmp	rbx, 16
	jae	1b
3:	test	rbx, rbx
	jz	5f
4:	xor	edx, edx
	cmp	[rsi+rbx-1], cl
	sete	dl
	add	rax, rdx
	dec	rbx
	jnz	4b
5:	ret
ENDFUNC internal/bytealg.CountString
ENDFUNC internal/bytealg.Count

/*
 * Index(a, b []byte) int, IndexString(a, b string) int; 2 <= len(b) <= MaxLen. The places of a whose first and last byte
 * fit, sixteen at once (Mula, SIMD-friendly algorithms for substring searching); those are compared.
 */
GOFUNC internal/bytealg.Index
	mov	rcx, rdi
	mov	rdi, rsi
GOFUNC internal/bytealg.IndexString
	movzx	edx, byte ptr [rcx]
	movd	xmm0, edx
	movzx	edx, byte ptr [rcx+rdi-1]
	movd	xmm1, edx
	punpcklbw xmm0, xmm0
	punpcklbw xmm1, xmm1
	punpcklwd xmm0, xmm0
	punpcklwd xmm1, xmm1
	pshufd	xmm0, xmm0, 0
	pshufd	xmm1, xmm1, 0
	lea	r8, [rbx+1]
	sub	r8, rdi			/* places */
	jle	.Lnone
	mov	rsi, rax
	lea	r9, [rax+r8-16]		/* last block of them */
	cmp	r8, 16
	jb	.Lfew
1:	movdqu	xmm2, [rsi]
	movdqu	xmm3, [rsi+rdi-1]
	pcmpeqb	xmm2, xmm0
	pcmpeqb	xmm3, xmm1
	pand	xmm2, xmm3
	pmovmskb edx, xmm2
	test	edx, edx
	jnz	.Lcandidate
2:	cmp	rsi, r9
	jae	.Lnone
	add	rsi, 16
	cmp	rsi, r9
	cmova	rsi, r9
	jmp	1b
.Lcandidate:				/* edx: a bit for each, from rsi */
	bsf	r10d, edx
	add	r10, rsi
	cmp	rdi, 16
	jae	5f
	cmp	rdi, 8
	jae	4f
	cmp	rdi, 4
	jae	3f
	movzx	r11d, word ptr [rcx]	/* the third byte, if any, is the last */
	cmp	r11w, [r10]
	je	.Lfound
	jmp	.Lnext
3:	mov	r11d, [rcx]
	cmp	r11d, [r10]
	jne	.Lnext
	mov	r11d, [rcx+rdi-4]
	cmp	r11d, [r10+rdi-4]
	je	.Lfound
	jmp	.Lnext
4:	mov	r11, [rcx]
	cmp	r11, [r10]
	jne	.Lnext
	mov	r11, [rcx+rdi-8]
	cmp	r11, [r10+rdi-8]
	je	.Lfound
	jmp	.Lnext
5:	xor	r11d, r11d
	lea	r13, [rdi-16]		/* last block of b */
6:	movdqu	xmm2, [rcx+r11]
	movdqu	xmm3, [r10+r11]
	pcmpeqb	xmm2, xmm3
	pmovmskb r12d, xmm2
	cmp	r12d, 0xffff
	jne	.Lnext
	cmp	r11, r13
	jae	.Lfound
	add	r11, 16
	cmp	r11, r13
	cmova	r11, r13
	jmp	6b
.Lnext:	lea	r11d, [rdx-1]
	and	edx, r11d
	jnz	.Lcandidate
	jmp	2b
.Lfound:
	sub	r10, rax
	mov	rax, r10
	ret
/* Fewer than sixteen places: bytes around a are read, but none of another page. */
.Lfew:	mov	edx, esi
	and	edx, 4095
	cmp	edx, 4080
	ja	7f
	lea	rdx, [rsi+rdi-1]
	and	edx, 4095
	cmp	edx, 4080
	ja	7f
	movdqu	xmm2, [rsi]
	movdqu	xmm3, [rsi+rdi-1]
	pcmpeqb	xmm2, xmm0
	pcmpeqb	xmm3, xmm1
	pand	xmm2, xmm3
	pmovmskb edx, xmm2
	xor	r11d, r11d
	bts	r11d, r8d
	dec	r11d
	and	edx, r11d
	jnz	.Lcandidate
	jmp	.Lnone
7:	movdqu	xmm2, [r9]		/* the page of a began at least 16 bytes before it */
	movdqu	xmm3, [r9+rdi-1]
	pcmpeqb	xmm2, xmm0
	pcmpeqb	xmm3, xmm1
	pand	xmm2, xmm3
	pmovmskb edx, xmm2
	mov	r11, rcx
	mov	ecx, 16
	sub	ecx, r8d
	shr	edx, cl
	mov	rcx, r11
	test	edx, edx
	jnz	.Lcandidate
	jmp	.Lnone
ENDFUNC internal/bytealg.IndexString
ENDFUNC internal/bytealg.Index

/* Compare(a, b []byte) int */
GOFUNC internal/bytealg.Compare
	mov	rcx, rdi
	mov	rdi, rsi
	jmp	runtime.cmpstring
ENDFUNC internal/bytealg.Compare

	.section .note.GNU-stack, "", @progbits
