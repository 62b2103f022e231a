// run

// Arguments that travel on the stack may stay in the caller's frame only if the callee lets them.

package main

type big struct {
	p       *int
	a, b, c [2]int
	q       *int
}

var global *int

//go:noinline
func look(a, b, c, d, e, f, g, h, i int, p *int, s big) int { return *p + *s.p + *s.q + a }

//go:noinline
func keep(a, b, c, d, e, f, g, h, i int, p *int) { global = p }

//go:noinline
func keepbig(s big) { global = s.q }

//go:noinline
func through(a, b, c, d, e, f, g, h, i int, p *int) *int { return p }

//go:noinline
func swap(n int, s big) {
	if n == 0 {
		global = s.p
		return
	}
	swap(n-1, big{p: s.q, q: s.p})
}

//go:noinline
func use(n int) int {
	var a [64]int
	for i := range a {
		a[i] = n + i + 1000
	}
	if n > 0 {
		return use(n-1) + a[n]
	}
	return a[3]
}

//go:noinline
func run(what int) *int {
	x, y, z := 1, 2, 3
	switch what {
	case 0:
		keep(1, 2, 3, 4, 5, 6, 7, 8, 9, &x)
	case 1:
		keepbig(big{p: &x, q: &y})
	case 2:
		return through(1, 2, 3, 4, 5, 6, 7, 8, 9, &z)
	case 3:
		swap(3, big{p: &x, q: &y})
	}
	return global
}

//go:noinline
func stays() int {
	x, y, z := 1, 2, 3
	return look(1, 2, 3, 4, 5, 6, 7, 8, 9, &x, big{p: &y, q: &z})
}

func main() {
	for i, want := range []int{1, 2, 3, 2} {
		p := run(i)
		use(20)
		if *p != want {
			println(i, *p, want)
			panic("stale")
		}
	}
	if stays() != 7 {
		panic("stays")
	}
}
