// run

// Data of reflect.SliceHeader and reflect.StringHeader is declared a uintptr, and what it points to is kept and escapes as through a pointer.

package main

import (
	"reflect"
	"runtime"
	"strings"
	"unsafe"
)

type value struct {
	n int
	p unsafe.Pointer
}

//go:noinline
func pack(words ...string) value {
	h := (*reflect.SliceHeader)(unsafe.Pointer(&words))
	return value{h.Len, unsafe.Pointer(h.Data)}
}

//go:noinline
func packed() value { return pack(strings.Repeat("a", 2), "b") }

func (v value) words() []string { return unsafe.Slice((*string)(v.p), v.n) }

//go:noinline
func text(b byte) string {
	buf := [4]byte{b, b, b, b}
	var s string
	h := (*reflect.StringHeader)(unsafe.Pointer(&s))
	h.Data = uintptr(unsafe.Pointer(&buf))
	h.Len = len(buf)
	return s
}

//go:noinline
func churn(n int) (s string) {
	if n > 0 {
		var fill [64]int
		for i := range fill {
			fill[i] = n
		}
		return churn(n-1) + strings.Repeat("x", fill[n]%2)
	}
	runtime.GC()
	return ""
}

type holder struct{ s string }

func main() {
	v := packed()
	s, h := text('c'), &holder{}
	hdr := (*reflect.StringHeader)(unsafe.Pointer(&h.s))
	hdr.Data = (*reflect.StringHeader)(unsafe.Pointer(&s)).Data + 1
	hdr.Len = 2
	s = ""
	for i := 0; i < 4; i++ {
		churn(20)
	}
	if got := strings.Join(v.words(), " ") + " " + h.s; got != "aa b cc" {
		panic(got)
	}
}
