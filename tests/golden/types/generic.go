// Generic types and functions.
package p

type Number interface {
	~int | ~float64
}

type List[T any] struct {
	next *List[T]
	val  T
}

func (l *List[T]) push(v T) {}
func (l *List[int]) odd()   { var x int = 1; _ = x }
func (l List) wrong()       {}
func (l *List[A, B]) many() {}

type Rec[T any] struct{ r Rec[T] }
type Inf[T any] struct{ p *Inf[Inf[T]] }
type Con[T Con[T]] interface{ m(T) }
type Bad[T int | string] struct{ T }
type Par[T any] T

func Map[T, U any](s []T, f func(T) U) []U { return nil }
func Sum[T Number](s []T) (t T) {
	for _, v := range s {
		t += v
	}
	return t
}
func Two[K comparable, V any](m map[K]V) {}
func Ret[T any]() T { var z T; return z }
func Op[T any](a, b T) bool { return a == b }
func Add[T any](a, b T) T   { return a + b }
func Idx[T []int | map[int]int](x T) int { return x[0] }
func Conv[T ~int | ~string](x T) string { return string(x) }
func Sel[T interface{ m() }](x T) { x.m(); x.n() }
func Sw[T any](x T) {
	switch x.(type) {
	}
}

func uses(f func(int) string) {
	_ = Map([]int{1}, f)
	_ = Map([]string{"a"}, f)
	_ = Map[int]([]int{1}, nil)
	_ = Sum([]string{"a"})
	_ = Sum[int8](nil)
	_ = Sum
	_ = Ret()
	_ = Ret[int, int]()
	Two(map[string]int{})
	Two[[]int, int](nil)
	var g func([]float64) float64 = Sum
	var h func([]string) string = Sum
	_, _ = g, h
	var l List
	var m List[int, int]
	var n List[string]
	n.push(1)
	var num Number
	var x Rec[int]
	_ = Map[int, string]([]int{}, strconv)
	_ = []Number{}
	_ = Op[func()](nil, nil)
	_, _, _, _, _ = l, m, n, num, x
}
