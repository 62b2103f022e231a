// run

// An object reached only through a result on the stack does not stay in the frame.

package main

type SF struct {
	Name, Pkg string
	Typ       any
	Tag       string
	Off       uintptr
	Index     []int
	An        bool
}
type T struct{ n int }

//go:noinline
func (t *T) Field(i int) (f SF) {
	if i < 0 {
		panic("x")
	}
	f.Name = "a"
	f.Index = []int{i}
	return
}

//go:noinline
func (t *T) Outer(i int) SF {
	return t.Field(i)
}

//go:noinline
func clobber(n int) int {
	var a [100]int
	for i := range a {
		a[i] = n + i
	}
	if n > 0 {
		return clobber(n-1) + a[3]
	}
	return a[5]
}
func main() {
	t := &T{}
	f := t.Outer(7)
	clobber(5)
	if f.Index[0] != 7 {
		panic(f.Index[0])
	}
}
