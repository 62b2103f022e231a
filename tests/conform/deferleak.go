// run

// What a deferred function literal keeps outlives the frame.

package main

type pool struct{ a, b, c int }

var global *pool

//go:noinline
func set(p pool) {
	q := p
	defer func() { global = &q }()
	q.a++
}

//go:noinline
func use(n int) int {
	var a [64]int
	for i := range a {
		a[i] = n + i
	}
	if n > 0 {
		return use(n-1) + a[n]
	}
	return a[3]
}

func main() {
	set(pool{1, 2, 3})
	use(20)
	if *global != (pool{2, 2, 3}) {
		panic(global.a)
	}
}
