// run

// A slice that a function gives back inside a big struct, which travels on the stack, does not stay in the frame.

package main

type builder struct {
	msg        []byte
	a, b, c, d [4]int
}

//go:noinline
func newBuilder(buf []byte, n int) builder {
	return builder{msg: append(buf, byte(n)), a: [4]int{n}}
}

//go:noinline
func (b *builder) finish() []byte { return b.msg }

//go:noinline
func request() []byte {
	b := newBuilder(make([]byte, 2, 514), 7)
	return b.finish()
}

//go:noinline
func clobber(n int) int {
	var a [400]int
	for i := range a {
		a[i] = -1 - n
	}
	return a[n]
}

func main() {
	r := request()
	clobber(3)
	if len(r) != 3 || r[0] != 0 || r[2] != 7 {
		panic("the slice is gone")
	}
}
