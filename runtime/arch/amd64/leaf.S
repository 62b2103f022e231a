/*
 * leaf.S - runtime functions that run on the goroutine's own stack: moving, comparing, hashing, bounds failures, barriers.
 *
 * memmove, memclr, memequal and cmpstring use no stack at all: a fault in them becomes a panic in their Go caller, whose return address lies
 * at SP (os/linux/signal.c). They copy whole words: the collector never sees half a pointer.
 */
#include "arch/amd64/stub.h"

	.text
	.globl	arch_leaves, arch_eleaves
arch_leaves:

/* memmove(to, from, n) */
GOFUNC reflect.memmove
GOFUNC runtime.memmove
	mov	rdi, rax
	mov	rsi, rbx
.Lmove:					/* rdi to, rsi from, rcx n */
	cmp	rcx, 16
	ja	.Lm17
	cmp	rcx, 8
	jae	.Lm8
	cmp	rcx, 4
	jae	.Lm4
	test	rcx, rcx
	jz	.Lm0
	movzx	eax, byte ptr [rsi]
	movzx	edx, byte ptr [rsi+rcx-1]
	cmp	rcx, 2
	jbe	1f
	movzx	r8d, byte ptr [rsi+1]
	mov	[rdi+1], r8b
1:	mov	[rdi], al
	mov	[rdi+rcx-1], dl
.Lm0:	ret
.Lm4:	mov	eax, [rsi]
	mov	edx, [rsi+rcx-4]
	mov	[rdi], eax
	mov	[rdi+rcx-4], edx
	ret
.Lm8:	mov	rax, [rsi]
	mov	rdx, [rsi+rcx-8]
	mov	[rdi], rax
	mov	[rdi+rcx-8], rdx
	ret
.Lm17:	cmp	rcx, 32
	ja	.Lm33
	movdqu	xmm0, [rsi]
	movdqu	xmm1, [rsi+rcx-16]
	movdqu	[rdi], xmm0
	movdqu	[rdi+rcx-16], xmm1
	ret
.Lm33:	cmp	rcx, 64
	ja	.Lm65
	movdqu	xmm0, [rsi]
	movdqu	xmm1, [rsi+16]
	movdqu	xmm2, [rsi+rcx-32]
	movdqu	xmm3, [rsi+rcx-16]
	movdqu	[rdi], xmm0
	movdqu	[rdi+16], xmm1
	movdqu	[rdi+rcx-32], xmm2
	movdqu	[rdi+rcx-16], xmm3
	ret
.Lm65:	mov	rax, rdi
	sub	rax, rsi
	jz	.Lm0
	cmp	rax, rcx		/* unsigned: 0 < to - from < n: overlapping, backward */
	jb	.Lback
	cmp	rcx, 2048
	jae	.Lrep
.Lfwd:	movdqu	xmm4, [rsi+rcx-16]	/* the last 64 bytes, kept before they are overwritten */
	movdqu	xmm5, [rsi+rcx-32]
	movdqu	xmm6, [rsi+rcx-48]
	movdqu	xmm7, [rsi+rcx-64]
	lea	r8, [rdi+rcx]
	sub	rcx, 64
1:	movdqu	xmm0, [rsi]
	movdqu	xmm1, [rsi+16]
	movdqu	xmm2, [rsi+32]
	movdqu	xmm3, [rsi+48]
	movdqu	[rdi], xmm0
	movdqu	[rdi+16], xmm1
	movdqu	[rdi+32], xmm2
	movdqu	[rdi+48], xmm3
	add	rsi, 64
	add	rdi, 64
	sub	rcx, 64
	ja	1b
	movdqu	[r8-16], xmm4
	movdqu	[r8-32], xmm5
	movdqu	[r8-48], xmm6
	movdqu	[r8-64], xmm7
	ret
.Lrep:	neg	rax			/* from - to, if small: microcode is slow on close overlaps */
	cmp	rax, 64
	jb	.Lfwd
	mov	r8, rcx
	shr	rcx, 3
	cld
	rep movsq
	mov	rcx, r8
	and	ecx, 7
	jz	.Lm0
	mov	rax, [rsi+rcx-8]
	mov	[rdi+rcx-8], rax
	ret
.Lback:	movdqu	xmm4, [rsi]		/* the first 64 bytes */
	movdqu	xmm5, [rsi+16]
	movdqu	xmm6, [rsi+32]
	movdqu	xmm7, [rsi+48]
	mov	r8, rdi
	sub	rcx, 64
1:	movdqu	xmm0, [rsi+rcx+48]
	movdqu	xmm1, [rsi+rcx+32]
	movdqu	xmm2, [rsi+rcx+16]
	movdqu	xmm3, [rsi+rcx]
	movdqu	[rdi+rcx+48], xmm0
	movdqu	[rdi+rcx+32], xmm1
	movdqu	[rdi+rcx+16], xmm2
	movdqu	[rdi+rcx], xmm3
	sub	rcx, 64
	ja	1b
	movdqu	[r8], xmm4
	movdqu	[r8+16], xmm5
	movdqu	[r8+32], xmm6
	movdqu	[r8+48], xmm7
	ret
ENDFUNC runtime.memmove
ENDFUNC reflect.memmove

/* memclrNoHeapPointers(p, n) */
GOFUNC runtime.memclrNoHeapPointers
	mov	rdi, rax
	mov	rcx, rbx
.Lclear:				/* rdi p, rcx n */
	cmp	rcx, 16
	ja	.Lc17
	xor	eax, eax
	cmp	rcx, 8
	jae	1f
	cmp	rcx, 4
	jae	2f
	test	rcx, rcx
	jz	3f
	mov	[rdi], al
	mov	[rdi+rcx-1], al
	shr	rcx, 1
	mov	[rdi+rcx], al
3:	ret
1:	mov	[rdi], rax
	mov	[rdi+rcx-8], rax
	ret
2:	mov	[rdi], eax
	mov	[rdi+rcx-4], eax
	ret
.Lc17:	cmp	rcx, 2048
	jae	.Lcrep
	movups	[rdi+rcx-16], xmm15
1:	movups	[rdi], xmm15
	add	rdi, 16
	sub	rcx, 16
	cmp	rcx, 16
	ja	1b
	ret
.Lcrep:	xor	eax, eax
	mov	[rdi+rcx-8], rax
	shr	rcx, 3
	cld
	rep stosq
	ret
ENDFUNC runtime.memclrNoHeapPointers

/* memequal(p, q, n) bool; memequal_varlen(p, q) bool with n in the closure */
GOFUNC runtime.memequal_varlen
	mov	rcx, [rdx+8]
GOFUNC runtime.memequal
	cmp	rax, rbx
	je	.Leq
	mov	rsi, rax
	mov	rdi, rbx
	cmp	rcx, 8
	jb	.Le0
	cmp	rcx, 16
	jbe	.Le8
.Le16:	movdqu	xmm0, [rsi]
	movdqu	xmm1, [rdi]
	pcmpeqb	xmm0, xmm1
	pmovmskb eax, xmm0
	cmp	eax, 0xffff
	jne	.Lne
	add	rsi, 16
	add	rdi, 16
	sub	rcx, 16
	cmp	rcx, 16
	ja	.Le16
	movdqu	xmm0, [rsi+rcx-16]
	movdqu	xmm1, [rdi+rcx-16]
	pcmpeqb	xmm0, xmm1
	pmovmskb eax, xmm0
	cmp	eax, 0xffff
	sete	al
	ret
.Le8:	mov	rax, [rsi]
	cmp	rax, [rdi]
	jne	.Lne
	mov	rax, [rsi+rcx-8]
	cmp	rax, [rdi+rcx-8]
	sete	al
	ret
.Le0:	cmp	rcx, 4
	jb	1f
	mov	eax, [rsi]
	cmp	eax, [rdi]
	jne	.Lne
	mov	eax, [rsi+rcx-4]
	cmp	eax, [rdi+rcx-4]
	sete	al
	ret
1:	test	rcx, rcx
	jz	.Leq
2:	mov	al, [rsi+rcx-1]
	cmp	al, [rdi+rcx-1]
	jne	.Lne
	dec	rcx
	jnz	2b
.Leq:	mov	eax, 1
	ret
.Lne:	xor	eax, eax
	ret
ENDFUNC runtime.memequal
ENDFUNC runtime.memequal_varlen

/* cmpstring(a, b string) int: internal/bytealg.Compare has the same loop for slices */
GOFUNC runtime.cmpstring
	mov	rsi, rax		/* rsi/rbx, rcx/rdi */
	mov	r8, rbx
	cmp	rbx, rdi
	cmova	r8, rdi			/* common length */
	cmp	rsi, rcx
	je	.Lslen
.Ls8:	cmp	r8, 8
	jb	.Ls0
	mov	rax, [rsi]
	mov	rdx, [rcx]
	cmp	rax, rdx
	jne	.Lsdiff
	add	rsi, 8
	add	rcx, 8
	sub	r8, 8
	jmp	.Ls8
.Lsdiff: bswap	rax
	bswap	rdx
	cmp	rax, rdx
	sbb	rax, rax
	or	rax, 1
	ret
.Ls0:	test	r8, r8
	jz	.Lslen
1:	movzx	eax, byte ptr [rsi]
	movzx	edx, byte ptr [rcx]
	cmp	eax, edx
	jne	.Lsdiff
	inc	rsi
	inc	rcx
	dec	r8
	jnz	1b
.Lslen:	xor	eax, eax
	xor	edx, edx
	cmp	rbx, rdi
	seta	al
	setb	dl
	sub	rax, rdx
	ret
ENDFUNC runtime.cmpstring

/* Typed memory: plain moves unless marking runs concurrently. typ RAX, dst RBX, src RCX. */
GOFUNC reflect.typedmemmove
GOFUNC internal/reflectlite.typedmemmove
GOFUNC runtime.typedmemmove
	cmp	rbx, rcx
	je	1f
	mov	rsi, rcx
	mov	rdi, rbx
	mov	rcx, [rax]		/* Type.size */
	cmp	dword ptr [rip+runtime.writeBarrier], 0
	je	.Lmove
	jmp	arch_barriermove
1:	ret
ENDFUNC runtime.typedmemmove
GOFUNC reflect.typedmemclr
GOFUNC runtime.typedmemclr
	mov	rdi, rbx
	mov	rcx, [rax]
	cmp	dword ptr [rip+runtime.writeBarrier], 0
	je	.Lclear
	jmp	arch_barrierclear
ENDFUNC runtime.typedmemclr
GOFUNC runtime.memclrHasPointers	/* (p, n) */
	mov	rdi, rax
	mov	rcx, rbx
	cmp	dword ptr [rip+runtime.writeBarrier], 0
	je	.Lclear
	jmp	arch_barrierclear
ENDFUNC runtime.memclrHasPointers

arch_eleaves:

/* wbMove(typ, dst, src), wbZero(typ, dst): the barrier of a move that the compiler makes itself, called while marking only */
GOFUNC runtime.wbMove
GOFUNC runtime.wbZero
	mov	rdi, rbx
	mov	rdx, [rax]
	jmp	arch_shade
ENDFUNC runtime.wbZero
ENDFUNC runtime.wbMove

/* The barrier is on: the old pointers of [rdi, rdi+rcx) (and the new ones at rsi) are shaded on the system stack first. */
arch_barriermove:
	push	rdi
	push	rsi
	push	rcx
	mov	rdx, rcx
	call	arch_shade
	pop	rcx
	pop	rsi
	pop	rdi
	jmp	.Lmove
arch_barrierclear:
	push	rdi
	push	rcx
	mov	rdx, rcx
	xor	esi, esi
	call	arch_shade
	pop	rcx
	pop	rdi
	jmp	.Lclear
arch_shade:
	mov	r12, [r14+G_M]
	mov	r13, rsp
	mov	rsp, [r12+M_SYSSP]
	call	rt_shaderange		/* (dst, src, n): src is not looked at */
	mov	rsp, r13
	xorps	xmm15, xmm15
	ret

/*
 * gcWriteBarrier: slot address in RDI, new pointer in RAX; every other register is kept. The old content of the slot goes into the P's buffer: what
 * was reachable when marking began is marked (snapshot at the beginning; all stacks are scanned then, and new objects are born marked, so
 * that the new pointer needs no shading).
 */
GOFUNC runtime.gcWriteBarrier
	push	rcx
	mov	rcx, [rdi]
	test	rcx, rcx
	jz	2f
	push	rdx
	mov	rdx, [r14+G_M]
	mov	rdx, [rdx+M_P]
	test	rdx, rdx
	jz	1f
	push	rsi
	mov	rsi, [rdx+P_WBNEXT]
	mov	[rsi], rcx
	add	rsi, 8
	mov	[rdx+P_WBNEXT], rsi
	cmp	rsi, [rdx+P_WBEND]
	pop	rsi
	je	1f
	pop	rdx
2:	pop	rcx
	ret
1:	pop	rdx
	pop	rcx
	/* the buffer is full, or there is no P: C does it */
	PUSHREGS
	sub	rsp, 16*16
	STOREXMM
	mov	r12, [r14+G_M]
	mov	r13, rsp
	mov	rsp, [r12+M_SYSSP]
	mov	rsi, rax
	call	rt_shadeslot		/* (slot, new) */
	mov	rsp, r13
	xorps	xmm15, xmm15
	LOADXMM
	add	rsp, 16*16
	POPREGS
	ret
ENDFUNC runtime.gcWriteBarrier

/* Hashing: C on the goroutine stack, in a frame of its own below the guard. (p, seed, n) or (p, seed). */
.macro HASH go, c
GOFUNC \go
	push	rbp
	mov	rbp, rsp
	and	rsp, -16
	mov	rdi, rax
	mov	rsi, rbx
	mov	rdx, rcx
	call	\c
	xorps	xmm15, xmm15
	mov	rsp, rbp
	pop	rbp
	ret
ENDFUNC \go
.endm
HASH runtime.memhash, rt_memhash
HASH runtime.strhash, rt_strhash
HASH hash/maphash.runtime_memhash, rt_memhash
GOFUNC runtime.memhash_varlen
	mov	rcx, [rdx+8]
	jmp	runtime.memhash
ENDFUNC runtime.memhash_varlen

GOFUNC runtime.publicationBarrier
	ret				/* amd64 does not reorder stores */
ENDFUNC runtime.publicationBarrier
GOFUNC runtime.procyield
	mov	ecx, eax
1:	pause
	sub	ecx, 1
	jnz	1b
	ret
ENDFUNC runtime.procyield
GOFUNC runtime.cputicks
	rdtsc
	shl	rdx, 32
	or	rax, rdx
	ret
ENDFUNC runtime.cputicks
/* cpuid(eax, ecx) (eax, ebx, ecx, edx uint32) */
GOFUNC internal/cpu.cpuid
GOFUNC vendor/golang.org/x/sys/cpu.cpuid
GOFUNC runtime.cpuid_
	mov	ecx, ebx
	cpuid
	mov	edi, edx
	ret
ENDFUNC runtime.cpuid_
ENDFUNC vendor/golang.org/x/sys/cpu.cpuid
ENDFUNC internal/cpu.cpuid
GOFUNC internal/cpu.xgetbv
GOFUNC vendor/golang.org/x/sys/cpu.xgetbv
GOFUNC runtime.xgetbv_
	xor	ecx, ecx
	xgetbv
	mov	ebx, edx
	ret
ENDFUNC runtime.xgetbv_
ENDFUNC vendor/golang.org/x/sys/cpu.xgetbv
ENDFUNC internal/cpu.xgetbv
/* getGOAMD64level() int32: what std may take for granted */
GOFUNC internal/cpu.getGOAMD64level
	mov	eax, 1
	ret
ENDFUNC internal/cpu.getGOAMD64level

/* Bounds failures: index RAX, length RCX, as compiled code leaves them. The caller has no spill space for arguments, so that they go by g->ret:
 * index, length, number of the kind. */
.macro BOUNDS name, kind
GOFUNC runtime.panic\name
	mov	[r14+G_RET], rax
	mov	[r14+G_RET+8], rcx
	mov	qword ptr [r14+G_RET+16], \kind
	jmp	runtime.boundspanic
ENDFUNC runtime.panic\name
.endm
#define B(number, kind, name) BOUNDS name, number ;
#include "abi/bounds.def"
#undef B

	.section .note.GNU-stack, "", @progbits
