/*
 * jit_host.h - what jit_test.c needs of the CPU it runs on: how to call code and be called by it, how to put it into memory.
 *
 * extstub fills extin, extpc and extsp (SP of the caller's frame), calls extcall, and leaves garbage in all other registers;
 * gocall(code, regs, g) calls code with its arguments in registers and stores the results.
 */
#ifndef SLIPWAY_JIT_HOST_H
#define SLIPWAY_JIT_HOST_H

extern uint64_t extin[3], extout[3];
extern uint64_t extpc, *extsp;
extern char extstub[] __asm__("extstub");
void extcall(void);

#if defined(__x86_64__)

#define HOST_ARCH "amd64"
/* Operations that need a runtime, a fault, or an instruction set that may be missing. */
#define HOST_ELSEWHERE \
	"FMA", "NILCHECK", "SHIFTCHK", "WB", "CALLERPC", "CALLERSP", "PREFETCH", "PAUSE", "BOUNDSX", "BOUNDSI"

/* Everything but SP, BP, R14 and X15 comes back as garbage. */
__asm__(
    ".text\n"
	"extstub:\n"
	"	mov (%rsp), %rcx\n mov %rcx, extpc(%rip)\n lea 8(%rsp), %rcx\n mov %rcx, extsp(%rip)\n"
	"	push %rbp\n mov %rsp, %rbp\n and $-16, %rsp\n"
	"	mov %rax, extin(%rip)\n mov %rbx, extin+8(%rip)\n movq %xmm0, extin+16(%rip)\n"
	"	call extcall\n"
	"	mov %rbp, %rsp\n pop %rbp\n"
    "	mov $0x1111111111111111, %rcx\n mov %rcx, %rdx\n mov %rcx, %rsi\n mov %rcx, %rdi\n mov %rcx, %r8\n mov %rcx, "
    "%r9\n"
	"	mov %rcx, %r10\n mov %rcx, %r11\n mov %rcx, %r12\n mov %rcx, %r13\n mov %rcx, %r15\n"
    "	movq %rcx, %xmm1\n movq %rcx, %xmm2\n movq %rcx, %xmm3\n movq %rcx, %xmm4\n movq %rcx, %xmm5\n movq %rcx, "
    "%xmm6\n movq %rcx, %xmm7\n"
    "	movq %rcx, %xmm8\n movq %rcx, %xmm9\n movq %rcx, %xmm10\n movq %rcx, %xmm11\n movq %rcx, %xmm12\n movq %rcx, "
    "%xmm13\n movq %rcx, %xmm14\n"
	"	mov extout(%rip), %rax\n mov extout+8(%rip), %rbx\n movq extout+16(%rip), %xmm0\n xorps %xmm15, %xmm15\n ret\n"
	"gocall:\n" /* gocall(code, regs, g) */
	"	push %rbp\n push %rbx\n push %r12\n push %r13\n push %r14\n push %r15\n push %rsi\n"
	"	mov %rdx, %r14\n mov %rdi, %r12\n mov %rsi, %r13\n"
	"	movq 32(%r13), %xmm0\n movq 40(%r13), %xmm1\n xorps %xmm15, %xmm15\n"
	"	mov 0(%r13), %rax\n mov 8(%r13), %rbx\n mov 16(%r13), %rcx\n mov 24(%r13), %rdi\n"
	"	call *%r12\n"
	"	pop %rsi\n"
    "	mov %rax, 0(%rsi)\n mov %rbx, 8(%rsi)\n mov %rcx, 16(%rsi)\n mov %rdi, 24(%rsi)\n movq %xmm0, 32(%rsi)\n movq "
    "%xmm1, 40(%rsi)\n"
	"	pop %r15\n pop %r14\n pop %r13\n pop %r12\n pop %rbx\n pop %rbp\n ret\n");

/* What a conversion to an integer gives; out of range too. */
static int64_t
host_f2s(double d, int n)
{
	int64_t r;
	int32_t r4;

	if (n == 8) {
		__asm__("cvttsd2si %1, %0" : "=r"(r) : "x"(d));
		return r;
	}
	__asm__("cvttsd2si %1, %0" : "=r"(r4) : "x"(d));
	return r4;
}

#elif defined(__riscv)

#define HOST_ARCH "riscv64"
#define HOST_ELSEWHERE \
	"FMA", "NILCHECK", "SHIFTCHK", "WB", "CALLERPC", "CALLERSP", "PAUSE", "BOUNDSX", "BOUNDSI", "AMOAND8", \
	    "AMOOR8", "ALOAD"

__asm__(
    ".text\n"
    ".macro GARBAGE first, last\n .altmacro\n .set .Lr, \\first\n .rept \\last - \\first + 1\n ONEGARBAGE %.Lr\n .set "
    ".Lr, .Lr + 1\n .endr\n"
	" .noaltmacro\n .endm\n"
	".macro ONEGARBAGE r\n mv x\\r, t0\n .endm\n"
    ".macro FGARBAGE first, last\n .altmacro\n .set .Lr, \\first\n .rept \\last - \\first + 1\n ONEFGARBAGE %.Lr\n "
    ".set .Lr, .Lr + 1\n .endr\n"
	" .noaltmacro\n .endm\n"
	".macro ONEFGARBAGE r\n fmv.d.x f\\r, t0\n .endm\n"
	"extstub:\n"
	"	la t0, extpc\n sd ra, 0(t0)\n la t0, extsp\n sd sp, 0(t0)\n"
	"	la t0, extin\n sd a0, 0(t0)\n sd a1, 8(t0)\n fsd fa0, 16(t0)\n"
	"	addi sp, sp, -16\n sd ra, 0(sp)\n call extcall\n ld ra, 0(sp)\n addi sp, sp, 16\n"
	"	li t0, 0x1111111111111111\n"
	"	GARBAGE 6, 26\n GARBAGE 28, 31\n FGARBAGE 0, 31\n"
	"	la t1, extout\n ld a0, 0(t1)\n ld a1, 8(t1)\n fld fa0, 16(t1)\n mv t1, t0\n ret\n"
	"gocall:\n" /* gocall(code, regs, g) */
    "	addi sp, sp, -224\n sd ra, 0(sp)\n sd s0, 8(sp)\n sd s1, 16(sp)\n sd s2, 24(sp)\n sd s3, 32(sp)\n sd s4, "
    "40(sp)\n sd s5, 48(sp)\n"
    "	sd s6, 56(sp)\n sd s7, 64(sp)\n sd s8, 72(sp)\n sd s9, 80(sp)\n sd s10, 88(sp)\n sd s11, 96(sp)\n sd a1, "
    "104(sp)\n"
    "	fsd fs0, 112(sp)\n fsd fs1, 120(sp)\n fsd fs2, 128(sp)\n fsd fs3, 136(sp)\n fsd fs4, 144(sp)\n fsd fs5, "
    "152(sp)\n fsd fs6, 160(sp)\n"
	"	fsd fs7, 168(sp)\n fsd fs8, 176(sp)\n fsd fs9, 184(sp)\n fsd fs10, 192(sp)\n fsd fs11, 200(sp)\n"
	"	mv s11, a2\n mv t0, a0\n mv t1, a1\n"
	"	ld a0, 0(t1)\n ld a1, 8(t1)\n ld a2, 16(t1)\n ld a3, 24(t1)\n fld fa0, 32(t1)\n fld fa1, 40(t1)\n"
	"	addi sp, sp, -64\n jalr t0\n addi sp, sp, 64\n"	/* room where the callee may spill its parameters */
    "	ld t1, 104(sp)\n sd a0, 0(t1)\n sd a1, 8(t1)\n sd a2, 16(t1)\n sd a3, 24(t1)\n fsd fa0, 32(t1)\n fsd fa1, "
    "40(t1)\n"
	"	ld ra, 0(sp)\n ld s0, 8(sp)\n ld s1, 16(sp)\n ld s2, 24(sp)\n ld s3, 32(sp)\n ld s4, 40(sp)\n ld s5, 48(sp)\n"
	"	ld s6, 56(sp)\n ld s7, 64(sp)\n ld s8, 72(sp)\n ld s9, 80(sp)\n ld s10, 88(sp)\n ld s11, 96(sp)\n"
    "	fld fs0, 112(sp)\n fld fs1, 120(sp)\n fld fs2, 128(sp)\n fld fs3, 136(sp)\n fld fs4, 144(sp)\n fld fs5, "
    "152(sp)\n fld fs6, 160(sp)\n"
    "	fld fs7, 168(sp)\n fld fs8, 176(sp)\n fld fs9, 184(sp)\n fld fs10, 192(sp)\n fld fs11, 200(sp)\n addi sp, sp, "
    "224\n ret\n");

static int64_t
host_f2s(double d, int n)
{
	int64_t r;

	if (n == 8)
		__asm__("fcvt.l.d %0, %1, rtz" : "=r"(r) : "f"(d));
	else
		__asm__("fcvt.w.d %0, %1, rtz" : "=r"(r) : "f"(d));
	return r;
}

#endif
#endif
