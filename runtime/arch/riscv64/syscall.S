/*
 * syscall.S - system calls made from Go code: leaves on the goroutine's stack.
 */
#include "arch/riscv64/stub.h"
#include <sys/syscall.h>

	.text

/* Syscall6(num, a1..a6) (r1, r2, errno) */
GOFUNC internal/runtime/syscall.Syscall6
	li	x31, SYS_execve
	bne	x10, x31, 1f
	tail	runtime.execve_
1:	mv	a7, x10
	mv	a0, x11
	mv	a1, x12
	mv	a2, x13
	mv	a3, x14
	mv	a4, x15
	mv	a5, x16
	ecall
	li	x31, -4096
	bltu	x31, a0, 1f
	li	x12, 0			/* r2 is a1 as it came back */
	ret
1:	neg	x12, a0
	li	x10, -1
	li	x11, 0
	ret
ENDFUNC internal/runtime/syscall.Syscall6

/* rawVforkSyscall(trap, a1, a2, a3) (r1, err): the child runs on this stack; the return address is in a register */
GOFUNC syscall.rawVforkSyscall
	mv	a7, x10
	mv	a0, x11
	mv	a1, x12
	mv	a2, x13
	li	a3, 0
	li	a4, 0
	li	a5, 0
	ecall
	li	x31, -4096
	bltu	x31, a0, 1f
	li	x11, 0
	ret
1:	neg	x11, a0
	li	x10, -1
	ret
ENDFUNC syscall.rawVforkSyscall

/* rawSyscallNoError(trap, a1, a2, a3) (r1, r2) */
GOFUNC syscall.rawSyscallNoError
	mv	a7, x10
	mv	a0, x11
	mv	a1, x12
	mv	a2, x13
	ecall
	ret
ENDFUNC syscall.rawSyscallNoError

	.section .note.GNU-stack, "", @progbits
