// Declarations: types, constants, variables, methods, imports.
package p

import (
	"unsafe"
	u2 "unsafe"
	_ "unsafe"
)

const (
	c0 = iota
	c1, c2
	c3 = f()
	c4 int8 = 1000
	c5      = 1 << 1000
	c6 []int = nil
)

var (
	v0 int = "a"
	v1, v2 = 1
	v3     = nil
	v4     = v5
	v5     = v4
	v6     undefined
	v7, v8 int = 1, 2, 3
)

type (
	T0 T0
	T1 [2]T1
	T2 struct {
		a int
		a string
	}
	T3 struct {
		*T3
		T4
	}
	T4 struct{ T3 }
	T5 interface {
		m()
		m()
	}
	T6 map[[]int]string
	T7 [c3]int
	T8 [-1]int
	T9 struct{ unsafe.Pointer }
	A0 = A1
	A1 = A0
	T10 func(x int, x string)
	T11 func(a ...int, b int)
)

func f() int { return 1 }
func f()     {}

func (T2) a()      {}
func (t *T2) m()   {}
func (t T2) m()    {}
func (int) m()     {}
func (*T5) m()     {}
func (x nosuchT) m() {}
func ([]int) m()   {}

func init() int { return 1 }
func nobody()

var init = 1

func locals() {
	const a = 1
	const a = 2
	var unused int
	x := 1
	x := 2
	y, y := 1, 2
	_ = x
	type unusedtype int
	var b, c = 1, 2
}
