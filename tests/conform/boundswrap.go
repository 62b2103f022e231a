// run

// Bounds checks whose index may have wrapped around stay.

package main

import "math"

//go:noinline
func wrapadd(a []int, x int) int {
	if x >= 0 && x+1 < len(a) {
		return a[x]
	}
	return -1
}

//go:noinline
func rises(a []byte, start int) byte {
	if start < 0 {
		return 0
	}
	for i := start; ; i++ {
		if i < len(a) {
			return a[i]
		}
	}
}

//go:noinline
func falls(a []byte, start int) byte {
	if start >= len(a) {
		return 1
	}
	for i := start; ; i-- {
		if i >= 0 {
			return a[i]
		}
	}
}

//go:noinline
func lastround(x []int, g func() int) (s int) {
	i := 0
	for {
		a := g()
		if a >= 0 && i < len(x) {
			s += x[i]
		}
		i = a
	}
}

func mustpanic(what string, f func()) {
	defer func() {
		if recover() == nil {
			panic(what + ": no panic")
		}
	}()
	f()
}

func main() {
	a := make([]int, 10)
	b := make([]byte, 10)
	mustpanic("wrapadd", func() { wrapadd(a, math.MaxInt) })
	mustpanic("rises", func() { rises(b, math.MaxInt-1) })
	mustpanic("falls", func() { falls(b, math.MinInt+1) })
	n := 0
	mustpanic("lastround", func() {
		lastround(a, func() int {
			n++
			return []int{3, -1 << 40, 2}[n-1]
		})
	})
	for x := math.MaxInt - 2; ; x++ {
		if x < x+1 {
			continue
		}
		if x != math.MaxInt {
			panic("x < x+1")
		}
		break
	}
}
