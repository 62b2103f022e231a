#include "textflag.h"
#include "funcdata.h"

// func add(a, b int64) int64
TEXT ·add(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	ADDQ b+8(FP), AX
	MOVQ AX, ret+16(FP)
	RET

// func sum(x []int64) int64
TEXT ·sum(SB), NOSPLIT, $0-32
	MOVQ x_base+0(FP), SI
	MOVQ x_len+8(FP), CX
	XORL AX, AX
	TESTQ CX, CX
	JEQ  done
loop:
	ADDQ -8(SI)(CX*8), AX
	DECQ CX
	JNE  loop
done:
	MOVQ AX, ret+24(FP)
	RET

// func visit(n int64) int64
// Its frame has room for what step takes and returns, and for the sum.
TEXT ·visit(SB), 0, $24-16
	NO_LOCAL_POINTERS
	MOVQ $0, total-8(SP)
loop:
	MOVQ n+0(FP), AX
	TESTQ AX, AX
	JEQ  done
	MOVQ AX, 0(SP)
	CALL ·step(SB)
	MOVQ 8(SP), AX
	ADDQ AX, total-8(SP)
	DECQ n+0(FP)
	JMP  loop
done:
	MOVQ total-8(SP), AX
	MOVQ AX, ret+8(FP)
	RET
