// run

// What uintptr(unsafe.Pointer(p)) in the arguments of a go or defer statement points to lives until that call returns.
package main

import (
	"runtime"
	"unsafe"
)

func object() unsafe.Pointer {
	s := new([4]string)
	s[0] = "alive"
	runtime.SetFinalizer(s, func(s *[4]string) { s[0] = "dead" })
	return unsafe.Pointer(s)
}

var done = make(chan bool, 1)

//go:noinline
//go:uintptrescapes
func use(what string, p uintptr, more ...uintptr) {
	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	for i, p := range append(more, p) {
		if s := *(*string)(unsafe.Pointer(p)); s != "alive" {
			println(what, i, s)
			panic("collected")
		}
	}
	done <- true
}

type method struct{ name string }

//go:noinline
//go:uintptrescapes
func (m *method) use(p uintptr, more ...uintptr) { use(m.name, p, more...) }

//go:noinline
func deferred(m *method, n int) {
	defer func() { <-done }()
	defer use("defer", uintptr(object()), uintptr(object()))
	for i := 0; i < n; i++ {
		defer func() { <-done }()
		defer m.use(uintptr(object()), uintptr(object()))
	}
}

//go:noinline
//go:uintptrescapes
func grow(n int, p uintptr) {
	deep(100)
	*(*int)(unsafe.Pointer(p)) = n
}

//go:noinline
func deep(n int) byte {
	var a [1024]byte
	a[n] = byte(n)
	if n == 0 {
		return a[0]
	}
	return a[n] + deep(n-1)
}

// What is passed this way does not lie on the stack, which may move.
func moved(c chan int) {
	var x, y int
	grow(42, uintptr(unsafe.Pointer(&x)))
	c <- x
	defer func() { c <- y }()
	defer grow(43, uintptr(unsafe.Pointer(&y)))
}

func main() {
	c := make(chan int, 2)
	go moved(c)
	if x, y := <-c, <-c; x != 42 || y != 43 {
		println(x, y)
		panic("moved")
	}
	use("call", uintptr(object()), uintptr(object()))
	<-done
	go use("go", uintptr(object()), uintptr(object()), uintptr(object()))
	<-done
	go (&method{"go of a method"}).use(uintptr(object()))
	<-done
	deferred(&method{"defer in a loop"}, 2)
}
