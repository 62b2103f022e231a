// run

// A temporary of a loop's body may point to what an iteration makes, and nothing goes to the heap for that; what leaves the iteration does.

package main

import "testing"

type pair struct{ hi, lo uint64 }

func (p *pair) halves() [2]*uint64 { return [2]*uint64{&p.hi, &p.lo} }

func get(p pair, i int) uint64 { return *p.halves()[i%2] }

func sum(p pair) (n uint64) {
	for i := range 4 {
		for j := i; j < 4 && get(p, j) != 0; j++ {
			n += get(p, j)
		}
	}
	for i := 0; i < 4; i++ {
		n += get(p, i)
	}
	return n
}

func kept() (all []*uint64) {
	var last [2]*uint64
	for i := range 8 {
		p := pair{uint64(i), uint64(-i)}
		if last[0] != nil {
			all = append(all, last[0])
		}
		last = p.halves()
		all = append(all, p.halves()[i%2])
	}
	return all
}

func main() {
	if n := testing.AllocsPerRun(10, func() { sum(pair{1, 2}) }); n != 0 {
		println("temporaries allocate", int(n))
	}
	if n := sum(pair{1, 2}); n != 22 {
		println("sum", n)
	}
	want := []int{0, 0, -1, 1, 2, 2, -3, 3, 4, 4, -5, 5, 6, 6, -7}
	for i, p := range kept() {
		if *p != uint64(want[i]) {
			println(i, int(*p), want[i])
		}
	}
}
