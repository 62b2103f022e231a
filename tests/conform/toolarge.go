// errorcheck

package p

type A [1 << 50][1 << 50]int // ERROR "larger than address space|too large"

var a *A

func f() { a[3][4] = 1 }
