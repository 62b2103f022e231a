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

/* Compare(a, b []byte) int */
GOFUNC internal/bytealg.Compare
	mov	rcx, rdi
	mov	rdi, rsi
	jmp	runtime.cmpstring
ENDFUNC internal/bytealg.Compare

	.section .note.GNU-stack, "", @progbits
