// Declarations.
package p

import "fmt"
import fmt
import 5
import . "math"; import _ "os"
import (
	"a"
	b "c"
	d
)

const a, b = 1
const c int
var d
var e, = 1
var f := 2
type T
type U = 
type V[P any] struct{}
type W[P] struct{}
type X[P, Q] int
type Y[P *C] int
type Z[P *C,] int
type A[P interface{}, Q] int
type B[] int
type C [
	5]int
type D[P ~int|string, Q interface{ ~int }] []P
type E[P(int)] int
type F[N *[]int] int
type G[5,] int
type H[P any,] = []P

func () f() {}
func (a, b T) g() {}
func (t T) [P any]() {}
func h[P any](x P) P { return x }
func i[](x int)
func j(a, b) {}
func k(a int, b) {}
func l(a int, string) {}
func m(...int, x ...string)
func n(a ...)
func o() (a, b int, c) {}
func (t *T[P, Q]) r() {}
func 5() {}
func s() {} func t() {}
func u()
{
}

x := 1
import "late"
return
