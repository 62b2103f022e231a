// Panics and faults in functions that call nothing, and so may have no frame: the stack above them is found, whatever the CPU does with return
// addresses.
package main

import (
	"fmt"
	"runtime"
	"strings"
)

type T struct {
	a, b int
	p    *T
	arr  [5000]byte
}

//go:noinline
func leafNil(p *T) int { return p.b }

//go:noinline
func leafFar(p *T) byte { return p.arr[4800] }

//go:noinline
func leafIndex(s []int, i int) int { return s[i] }

//go:noinline
func leafSlice(s []int, i, j int) []int { return s[i:j] }

//go:noinline
func leafDiv(a, b int) int { return a / b }

//go:noinline
func leafShift(a int, n int) int { return a << n }

//go:noinline
func leafStore(p, q *T) { p.p = q }

//go:noinline
func leafMove(p, q *[64]byte) { *p = *q }

//go:noinline
func leafConv(s []int) [4]int { return [4]int(s) }

//go:noinline
func badCall(f func() int) int { return f() + 1 }

//go:noinline
func mem(s, t string, n int) bool { return s[:n] == t[:n] }

//go:noinline
func big(p *T) (r int) {
	var x [3000]int
	for i := range x {
		x[i] = p.b + i
	}
	return x[p.a]
}

func try(name string, f func()) {
	defer func() {
		e := recover()
		fmt.Print(name, ": ", e)
		if re, ok := e.(runtime.Error); ok {
			fmt.Print(" R ", re.Error() != "")
		}
		var pcs [40]uintptr
		fr := runtime.CallersFrames(pcs[:runtime.Callers(0, pcs[:])])
		var names []string
		for {
			f, more := fr.Next()
			n := f.Function
			if strings.HasPrefix(n, "main.") {
				n += fmt.Sprint(":", f.Line)
			}
			names = append(names, n)
			if !more {
				break
			}
		}
		var keep []string
		for _, n := range names {
			if strings.HasPrefix(n, "main.") {
				keep = append(keep, n)
			}
		}
		fmt.Println(" ", keep)
	}()
	f()
}

var sink int

func main() {
	s := []int{1, 2, 3}
	for i := 0; i < 3; i++ {
		try("nil", func() { sink = leafNil(nil) })
		try("far", func() { sink = int(leafFar(nil)) })
		try("index", func() { sink = leafIndex(s, 3+i) })
		try("slice", func() { sink = len(leafSlice(s, 2, 1)) })
		try("div", func() { sink = leafDiv(1, sink-sink) })
		try("shift", func() { sink = leafShift(1, -1-i) })
		try("store", func() { leafStore(nil, &T{}) })
		try("move", func() { leafMove(new([64]byte), nil) })
		try("conv", func() { sink = leafConv(s)[1] })
		try("call", func() { sink = badCall(nil) })
		try("mem", func() { fmt.Println(mem("abc", "abd", 4)) })
		try("big", func() { sink = big(nil) })
		try("bigidx", func() { sink = big(&T{a: 3000}) })
		try("closed", func() { c := make(chan int); close(c); close(c) })
		try("map", func() { var m map[string]int; m["x"] = 1 })
		try("assert", func() { var x any = "s"; sink = x.(int) })
	}
	c := make(chan int)
	go func() {
		defer close(c)
		defer func() { fmt.Println("goroutine:", recover()) }()
		leafNil(nil)
	}()
	<-c
}
