#include "textflag.h"
#include "funcdata.h"

// func add(a, b int64) int64
TEXT ·add(SB), NOSPLIT, $0-24
	MOVD a+0(FP), R0
	MOVD b+8(FP), R1
	ADD  R1, R0
	MOVD R0, ret+16(FP)
	RET

// func sum(x []int64) int64
TEXT ·sum(SB), NOSPLIT, $0-32
	MOVD x_base+0(FP), R1
	MOVD x_len+8(FP), R2
	MOVD $0, R0
	CBZ  R2, done
loop:
	MOVD.P 8(R1), R3
	ADD  R3, R0
	SUB  $1, R2
	CBNZ R2, loop
done:
	MOVD R0, ret+24(FP)
	RET

// func visit(n int64) int64
// Its frame has room for what step takes and returns, and for the sum.
TEXT ·visit(SB), 0, $24-16
	NO_LOCAL_POINTERS
	MOVD ZR, total-8(SP)
loop:
	MOVD n+0(FP), R0
	CBZ  R0, done
	MOVD R0, 8(RSP)
	CALL ·step(SB)
	MOVD 16(RSP), R0
	MOVD total-8(SP), R1
	ADD  R0, R1
	MOVD R1, total-8(SP)
	MOVD n+0(FP), R0
	SUB  $1, R0
	MOVD R0, n+0(FP)
	JMP  loop
done:
	MOVD total-8(SP), R0
	MOVD R0, ret+8(FP)
	RET
