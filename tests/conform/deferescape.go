// run

// A deferred closure may keep the address of a variable that it captured.

package main

import "runtime"

type T struct{ a, b, c, d, e, f, g int }

var g *T

//go:noinline
func f() {
	t := T{1, 2, 3, 4, 5, 6, 7}
	defer func() { g = &t }()
	clobber(1)
}

//go:noinline
func clobber(n int) int {
	var a [100]int
	for i := range a {
		a[i] = n + i
	}
	return a[n]
}

func main() {
	f()
	clobber(3)
	runtime.GC()
	if g.a != 1 || g.g != 7 {
		panic("the variable is gone")
	}
}
