// run

// Comparing and hashing types of very many parts.

package main

type t0 struct {
	a, b *int
	s    string
	f    float32
}
type t1 struct{ a, b t0 }
type t2 struct{ a, b t1 }
type t3 struct{ a, b t2 }
type t4 struct{ a, b t3 }
type t5 struct{ a, b t4 }
type t6 struct{ a, b t5 }
type t7 struct{ a, b t6 }
type one [1]struct{ x t6 }
type mixed struct {
	i any
	a one
	_ string
	b [3]t5
	j any
}

func set(p *t7, s string) {
	p.b.a.b.a.b.a.b.s = s
}

func main() {
	var x, y t7
	if x != y || any(x) != any(y) {
		panic("equal")
	}
	set(&x, "x")
	if x == y || any(x) == any(y) {
		panic("not equal")
	}
	m := map[t7]int{x: 1, y: 2}
	set(&y, string([]byte{'x'}))
	if x != y || m[y] != 1 || m[t7{}] != 2 || len(m) != 2 {
		panic("map")
	}
	var a, b mixed
	n := map[mixed]int{a: 1}
	b.b[2].b.a.b.a.b.f = 0.5
	n[b] = 2
	if a == b || n[a] != 1 || n[b] != 2 {
		panic("mixed")
	}
	a.b[2].b.a.b.a.b.f = 0.5
	if a != b {
		panic("mixed equal")
	}
	a.a[0].x.b.b.b.b.b.b.s = "q"
	if a == b {
		panic("one")
	}
	// different parts before an interface that cannot be compared: no panic
	a.j, b.j = []int{}, []int{}
	if a == b {
		panic("one")
	}
	a.a = b.a
	defer func() {
		if recover() == nil {
			panic("no panic")
		}
	}()
	_ = a == b
}
