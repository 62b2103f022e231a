// run

// A parameter that becomes part of a result on the stack leaks, and so does an object reached only through that result.

package main

type builder struct {
	msg   []byte
	start int
	h     [3]int
	n     map[string]int
}

//go:noinline
func newBuilder(buf []byte) builder {
	return builder{msg: buf, start: len(buf)}
}

func (b *builder) add(c byte) { b.msg = append(b.msg, c) }

//go:noinline
func (b *builder) finish() []byte { return b.msg }

//go:noinline
func request() ([]byte, []byte) {
	b := newBuilder(make([]byte, 2, 514))
	b.add(7)
	t := b.finish()
	return t, t[2:]
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
	t, u := request()
	use(20)
	if len(t) != 3 || t[2] != 7 || u[0] != 7 {
		panic("stale")
	}
}
