#include "textflag.h"
#include "funcdata.h"

// func add(a, b int64) int64
TEXT ·add(SB), NOSPLIT, $0-24
	MOV a+0(FP), X10
	MOV b+8(FP), X11
	ADD X11, X10
	MOV X10, ret+16(FP)
	RET

// func sum(x []int64) int64
TEXT ·sum(SB), NOSPLIT, $0-32
	MOV x_base+0(FP), X11
	MOV x_len+8(FP), X12
	MOV X0, X10
	BEQZ X12, done
loop:
	MOV 0(X11), X13
	ADD X13, X10
	ADD $8, X11
	ADD $-1, X12
	BNEZ X12, loop
done:
	MOV X10, ret+24(FP)
	RET

// func visit(n int64) int64
// Its frame has room for what step takes and returns, and for the sum.
TEXT ·visit(SB), 0, $24-16
	NO_LOCAL_POINTERS
	MOV X0, total-8(SP)
loop:
	MOV n+0(FP), X10
	BEQZ X10, done
	MOV X10, 8(X2)
	CALL ·step(SB)
	MOV 16(X2), X10
	MOV total-8(SP), X11
	ADD X10, X11
	MOV X11, total-8(SP)
	MOV n+0(FP), X10
	ADD $-1, X10
	MOV X10, n+0(FP)
	JMP loop
done:
	MOV total-8(SP), X10
	MOV X10, ret+8(FP)
	RET
