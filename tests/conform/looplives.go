// run

// An object that a loop makes has one place in the frame only if nothing of its iteration before can still lead to it: no variable of an
// enclosing function part, no memory that was made before the loop or in another one.

package main

import (
	"fmt"
	"runtime"
)

type box struct {
	p    *int
	next *box
}

// The box is made in one loop and filled in another, which is no part of the first.
//
//go:noinline
func otherLoop(n int) (sum []int) {
	for {
		b := &box{}
		if n > 0 {
			for i := range 3 {
				x := i * 10
				old := b.p
				b.p = &x
				if old != nil {
					sum = append(sum, *old)
				}
			}
			return sum
		}
		n++
	}
}

// The box is made in some iterations only, and carried over to the next ones.
//
//go:noinline
func sometimes() (sum []int) {
	var b *box
	for i := range 4 {
		if i%2 == 0 {
			b = &box{}
		}
		x := i
		old := b.p
		b.p = &x
		if old != nil {
			sum = append(sum, *old)
		}
	}
	return sum
}

// What the inner loop made is used after it, while the outer one makes it again.
//
//go:noinline
func outer() (sum []int) {
	var last *int
	for i := range 3 {
		var p *int
		for j := range 3 {
			x := 10*i + j
			if p == nil || j == 2 {
				p = &x
			}
		}
		if last != nil {
			sum = append(sum, *last)
		}
		last = p
	}
	return append(sum, *last)
}

//go:noinline
func list() (sum []int) {
	var head *box
	for i := range 3 {
		x := i
		head = &box{&x, head}
	}
	for ; head != nil; head = head.next {
		sum = append(sum, *head.p)
	}
	return sum
}

type span struct {
	lo, hi uint32
	delta  [3]int32
}

// What leaves the loop with the object's address does not make a second one: it stays in the frame.
//
//go:noinline
func search(spans []span, which int, x uint32) int32 {
	lo, hi := 0, len(spans)
	for lo < hi {
		m := int(uint(lo+hi) >> 1)
		s := spans[m]
		if s.lo <= x && x <= s.hi {
			return s.delta[which]
		}
		if x < s.lo {
			hi = m
		} else {
			lo = m + 1
		}
	}
	return -1
}

func main() {
	fmt.Println(otherLoop(0), sometimes(), outer(), list())
	spans := make([]span, 100)
	for i := range spans {
		spans[i] = span{uint32(i * 10), uint32(i*10 + 5), [3]int32{int32(i), int32(-i), 7}}
	}
	fmt.Println(search(spans, 0, 423), search(spans, 1, 990), search(spans, 2, 427))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		search(spans, 0, 423)
	}
	runtime.ReadMemStats(&after)
	fmt.Println(after.Mallocs-before.Mallocs < 500)
}
