// Operations of several machine instructions, again and again: an interruption in the middle of one (hard mode hardpreempt)
// must not be seen. Arguments: rounds.
// quick: 300000
// hard: 300000
package main

import (
	"fmt"
	"math"
	"math/bits"
	"os"
	"strconv"
)

type block struct {
	p    [3]*int
	s    string
	n    [4]uint64
	odd  [3]byte
	last any
}

//go:noinline
func move(dst, src *block) { *dst = *src }

//go:noinline
func array(dst *[5]block, src *block) { *dst = [5]block{*src, 1: *src, 4: *src} }

//go:noinline
func floats(x float64, y float32) (uint64, uint32, float64, float64, bool) {
	return uint64(x), uint32(y), math.Abs(-x), -x, math.IsNaN(x)
}

//go:noinline
func ints(a, b uint64, s int64) (uint64, uint64, float64, int64, int) {
	hi, lo := bits.Mul64(a, b)
	q, r := bits.Div64(hi, lo, b)
	return q, r, float64(a), s / -1, bits.OnesCount64(a)
}

func check(ok bool, what string) {
	if !ok {
		fmt.Println("wrong:", what)
		os.Exit(1)
	}
}

func main() {
	rounds := 3000000
	if len(os.Args) > 1 {
		rounds, _ = strconv.Atoi(os.Args[1])
	}
	x := 7
	want := block{[3]*int{&x, &x, &x}, "text", [4]uint64{1, 2, 3, 4}, [3]byte{5, 6, 7}, 8}
	var sink []*block
	for i := range rounds {
		b := new(block)
		move(b, &want)
		check(*b == want, "move")
		if i%100 == 0 {
			var a [5]block
			array(&a, b)
			check(a[0] == want && a[1] == want && a[2] == block{} && a[4] == want, "array")
			sink = append(sink[:min(len(sink), 50)], b)
		}
		u, w, abs, neg, nan := floats(1<<63+4096, 1<<31)
		check(u == 1<<63+4096 && w == 1<<31 && abs == 1<<63+4096 && neg == -(1<<63+4096) && !nan, "floats")
		q, r, f, s, n := ints(math.MaxUint64-1, 1<<40, math.MinInt64)
		check(q == math.MaxUint64-1 && r == 0 && f == 1<<64 && s == math.MinInt64 && n == 63, "ints")
	}
	fmt.Println("done", *sink[0] == want)
}
