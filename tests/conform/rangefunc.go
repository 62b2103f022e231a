// run

// Ranges over functions: every way out of their bodies.

package main

func seq(n int) func(func(int) bool) {
	return func(yield func(int) bool) {
		for i := 0; i < n; i++ {
			if !yield(i) {
				println("stopped at", i)
				return
			}
		}
		println("exhausted", n)
	}
}

func seq2(n int) func(func(int, string) bool) {
	return func(yield func(int, string) bool) {
		for i := 0; i < n; i++ {
			if !yield(i, "abcdefgh"[i:i+1]) {
				return
			}
		}
	}
}

func find(n, want int) (idx int, s string) {
	for i, c := range seq2(n) {
		if i == want {
			return i, c
		}
	}
	return -1, ""
}

func named(n int) (r int, err string) {
	defer func() { r *= 10; err += "!" }()
	for i := range seq(n) {
		r += i
		if i == 3 {
			err = "three"
			return
		}
		if i == 2 && n == 3 {
			return r + 100, "two"
		}
	}
	return
}

func nested() string {
	s := ""
outer:
	for i := range seq(4) {
		for j := range seq(4) {
			if j == 2 {
				continue outer
			}
			if i == 2 {
				break outer
			}
			for k := range seq(2) {
				if k == 1 && i == 1 && j == 1 {
					return s + "ret"
				}
				s += string(rune('a'+i)) + string(rune('0'+j)) + string(rune('0'+k)) + " "
			}
		}
	}
	return s
}

func mixed() (out int) {
	for a := 0; a < 3; a++ {
	lab:
		for b := range seq(3) {
			switch b {
			case 0:
				continue
			case 1:
				for c := range seq(5) {
					if c == 1 {
						continue lab
					}
					if a == 2 {
						break lab
					}
					out++
				}
			default:
				out += 10
				if a == 1 {
					goto done
				}
			}
		}
	}
done:
	return
}

func deferred() {
	for i := range seq(3) {
		defer println("deferred", i)
	}
	println("end of deferred")
}

func assignloop() {
	var i int
	var s string
	for i, s = range seq2(3) {
	}
	println(i, s)
	for range seq(2) {
		println("x")
	}
}

func closures() {
	var fs []func() int
	for i := range seq(3) {
		fs = append(fs, func() int { i++; return i })
	}
	for _, f := range fs {
		println(f(), f())
	}
}

type T struct{ a, b, c, d, e int }

func big(n int) T {
	for i := range seq(n) {
		if i == 1 {
			return T{1, 2, 3, 4, i}
		}
	}
	return T{}
}

func gen[T any](xs []T) func(func(int, T) bool) {
	return func(y func(int, T) bool) {
		for i, x := range xs {
			if !y(i, x) {
				return
			}
		}
	}
}

func bad(yield func(int) bool) {
	yield(1)
	yield(2)
}

func main() {
	println(find(5, 3))
	println(find(2, 3))
	println(named(5))
	println(named(3))
	println(named(2))
	println(nested())
	println(mixed())
	deferred()
	assignloop()
	closures()
	b := big(4)
	println(b.a, b.e)
	for i, s := range gen([]string{"x", "y"}) {
		println(i, s)
	}
	for i := range 3 {
		defer println("d", i)
	}
	func() {
		defer func() { println(recover() != nil) }()
		for x := range bad {
			println("bad", x)
			break
		}
	}()
	func() {
		defer func() { println(recover().(string)) }()
		for x := range seq(3) {
			if x == 1 {
				panic("in body")
			}
		}
	}()
}
