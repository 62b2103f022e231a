#include "textflag.h"
#include "funcdata.h"

// func call(p *int, s []string, n int) (q *int, t string)
TEXT ·call(SB), 0, $16-64
	NO_LOCAL_POINTERS
	MOVQ $0, R14
	MOVQ n+32(FP), AX
	MOVQ AX, 0(SP)
	CALL ·back(SB)
	MOVQ p+0(FP), AX
	MOVQ AX, q+40(FP)
	MOVQ s_base+8(FP), BX
	MOVQ 16(BX), CX
	MOVQ CX, t_base+48(FP)
	MOVQ 24(BX), CX
	MOVQ CX, t_len+56(FP)
	RET

// func untyped(n int): as call, but nobody knows what its frame holds
TEXT ·untyped(SB), 0, $8-8
	MOVQ n+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·back(SB)
	RET

// func registers(n uint64) uint64: changes all that Go code relies on
TEXT ·registers(SB), NOSPLIT, $0-16
	MOVQ n+0(FP), R14
	LEAQ (R14)(R14*2), R15
	MOVQ R15, ret+8(FP)
	PCMPEQB X15, X15
	XORL R14, R14
	RET

// func copies(to, from *byte, n int)
TEXT ·copies(SB), NOSPLIT, $32-24
	MOVQ to+0(FP), AX
	MOVQ AX, 0(SP)
	MOVQ from+8(FP), AX
	MOVQ AX, 8(SP)
	MOVQ n+16(FP), AX
	MOVQ AX, 16(SP)
	CALL runtime·memmove(SB)
	RET
