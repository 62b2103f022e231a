// Memory: a collector under load, deep recursion that moves stacks, finalizers, strings and byte slices.
package main

import (
	"fmt"
	"runtime"
	"strings"
)

type tree struct{ l, r *tree }

func build(d int) *tree {
	if d == 0 {
		return &tree{}
	}
	return &tree{build(d - 1), build(d - 1)}
}

func (t *tree) count() int {
	if t.l == nil {
		return 1
	}
	return 1 + t.l.count() + t.r.count()
}

func deep(n int, p *int) int {
	var pad [16]int
	pad[n%16] = n
	if n == 0 {
		*p++
		return pad[0]
	}
	return deep(n-1, p) + pad[n%16] - n + 1
}

func main() {
	long := build(16)
	total := 0
	for d := 4; d <= 16; d += 4 {
		for range 1 << (18 - d) {
			total += build(d).count()
		}
	}
	fmt.Println("trees:", total, long.count())

	here := 0
	done := make(chan int)
	for range 4 {
		go func() { x := 0; done <- deep(100000, &x) + x }()
	}
	for range 4 {
		fmt.Println("deep:", <-done)
	}
	fmt.Println("deep:", deep(200000, &here), here)

	fin := make(chan string, 1)
	func() {
		t := &struct{ name [64]byte }{}
		runtime.SetFinalizer(t, func(*struct{ name [64]byte }) { fin <- "finalized" })
	}()
	for range 10 {
		runtime.GC()
	}
	fmt.Println(<-fin)

	var b strings.Builder
	for i := range 100000 {
		fmt.Fprintf(&b, "%d,", i)
	}
	s := b.String()
	h := uint32(2166136261)
	for _, c := range []byte(s) {
		h = (h ^ uint32(c)) * 16777619
	}
	fmt.Println(len(s), h, strings.Count(s, "99"))

	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for range 1000 {
		_ = make([]byte, 1<<20)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	fmt.Println(after.NumGC > before.NumGC, after.HeapAlloc < 200<<20)
	runtime.KeepAlive(long)
}
