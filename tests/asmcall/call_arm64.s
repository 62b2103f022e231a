#include "textflag.h"
#include "funcdata.h"

// func call(p *int, s []string, n int) (q *int, t string)
TEXT ·call(SB), 0, $24-64
	NO_LOCAL_POINTERS
	MOVD n+32(FP), R0
	MOVD R0, 8(RSP)
	CALL ·back(SB)
	MOVD p+0(FP), R0
	MOVD R0, q+40(FP)
	MOVD s_base+8(FP), R1
	MOVD 16(R1), R2
	MOVD R2, t_base+48(FP)
	MOVD 24(R1), R2
	MOVD R2, t_len+56(FP)
	RET

// func untyped(n int): as call, but nobody knows what its frame holds
TEXT ·untyped(SB), 0, $24-8
	MOVD n+0(FP), R0
	MOVD R0, 8(RSP)
	CALL ·back(SB)
	RET

// func registers(n uint64) uint64: changes all that Go code relies on
TEXT ·registers(SB), NOSPLIT, $0-16
	MOVD n+0(FP), R0
	ADD  R0<<1, R0, R16
	MOVD R16, ret+8(FP)
	MOVD $-1, R26
	MOVD $-1, R27
	RET

// func copies(to, from *byte, n int)
TEXT ·copies(SB), NOSPLIT, $40-24
	MOVD to+0(FP), R0
	MOVD R0, 8(RSP)
	MOVD from+8(FP), R0
	MOVD R0, 16(RSP)
	MOVD n+16(FP), R0
	MOVD R0, 24(RSP)
	CALL runtime·memmove(SB)
	RET
