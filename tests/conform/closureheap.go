// run

// What a closure holds is decided where it is made: variables that it only uses stay in the frame whoever calls it, what it gives away does not.

package main

import (
	"runtime"
	"sort"
	"testing"
)

type big struct{ next *big }

var sink *big

//go:noinline
func call(f func() *big) *big { return f() }

//go:noinline
func each(n int, f func(i int)) {
	for i := range n {
		f(i)
	}
}

func gives(i int) *big {
	b := &big{}
	return call(func() *big { return b })
}

func givesdeep() *big {
	b := &big{next: &big{}}
	return call(func() *big { return b.next })
}

func keeps() *big {
	var b *big
	each(3, func(i int) { b = &big{next: b} })
	return b
}

func stores() {
	var b big
	each(1, func(i int) { sink = &b })
}

func method() func() *big {
	b := &big{}
	b.next = b
	return b.self
}

func (b *big) self() *big { return b.next }

func churn() {
	for range 20 {
		runtime.GC()
		_ = make([]byte, 1<<16)
	}
}

func main() {
	var a []*big
	for i := range 100 {
		a = append(a, gives(i), givesdeep(), keeps(), method()())
	}
	stores()
	churn()
	seen := map[*big]bool{}
	for _, b := range a {
		if seen[b] {
			panic("two objects at one place")
		}
		seen[b] = true
	}
	if a[2].next.next == nil || a[2].next.next.next != nil || a[3].next != a[3] || sink.next != nil {
		panic("overwritten")
	}
	x := []int{3, 1, 2}
	n := testing.AllocsPerRun(10, func() {
		sum := 0
		each(3, func(i int) { sum += x[i] })
		if i := sort.Search(3, func(i int) bool { return sum > 5 }); i != 0 {
			panic(i)
		}
	})
	if n != 0 {
		println("closures that keep to themselves allocate", int(n))
	}
}
