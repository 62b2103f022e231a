#include "textflag.h"
#include "funcdata.h"

// func call(p *int, s []string, n int) (q *int, t string)
TEXT ·call(SB), 0, $24-64
	NO_LOCAL_POINTERS
	MOV n+32(FP), X10
	MOV X10, 8(X2)
	CALL ·back(SB)
	MOV p+0(FP), X10
	MOV X10, q+40(FP)
	MOV s_base+8(FP), X11
	MOV 16(X11), X12
	MOV X12, t_base+48(FP)
	MOV 24(X11), X12
	MOV X12, t_len+56(FP)
	RET

// func untyped(n int): as call, but nobody knows what its frame holds
TEXT ·untyped(SB), 0, $24-8
	MOV n+0(FP), X10
	MOV X10, 8(X2)
	CALL ·back(SB)
	RET

// func registers(n uint64) uint64: changes all that Go code relies on
TEXT ·registers(SB), NOSPLIT, $0-16
	MOV n+0(FP), X10
	SLLI $1, X10, X11
	ADD X10, X11
	MOV X11, ret+8(FP)
	MOV $-1, X5
	MOV $-1, X31
	RET

// func copies(to, from *byte, n int)
TEXT ·copies(SB), NOSPLIT, $32-24
	MOV to+0(FP), X10
	MOV X10, 8(X2)
	MOV from+8(FP), X10
	MOV X10, 16(X2)
	MOV n+16(FP), X10
	MOV X10, 24(X2)
	CALL runtime·memmove(SB)
	RET
