// Maps of every kind of key, changed while they are ranged over, big values, floats that are not equal to themselves, clear.
//
// hard: 300
package main

import (
	"fmt"
	"math"
	"os"
	"sync"
)

func fail(a ...any) { fmt.Println(a...); os.Exit(1) }

type sk struct {
	a string
	b int8
	c any
}

func check[K comparable, V comparable](name string, n int, key func(int) K, val func(int) V) {
	m := map[K]V{}
	for r := 0; r < 3; r++ {
		for i := 0; i < n; i++ {
			m[key(i)] = val(i)
		}
		if len(m) != n {
			fail(name, "length", len(m))
		}
		for i := 0; i < n; i += 2 {
			delete(m, key(i))
		}
		for i := 0; i < n; i++ {
			v, ok := m[key(i)]
			if ok != (i%2 == 1) || ok && v != val(i) {
				fail(name, "lookup", i, v, ok)
			}
		}
		seen := map[K]bool{}
		for k, v := range m {
			if seen[k] {
				fail(name, "twice", k)
			}
			seen[k] = true
			if m[k] != v {
				fail(name, "range", k, v)
			}
			// what was seen may change and go
			if len(seen)%3 == 0 {
				m[k] = v
			} else if len(seen)%3 == 1 {
				delete(m, k)
			}
		}
		if len(seen) != n/2 {
			fail(name, "seen", len(seen))
		}
	}
	clear(m)
	for range m {
		fail(name, "not cleared")
	}
}

func main() {
	n := 3000
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &n)
	}
	id := func(i int) int { return i }
	str := func(i int) string { return fmt.Sprint("v", i) }
	var wg sync.WaitGroup
	for _, f := range []func(){
		func() { check("int", n, id, str) },
		func() { check("uint8", 250, func(i int) uint8 { return uint8(i) }, id) },
		func() { check("int32", n, func(i int) int32 { return int32(i) << 12 }, id) },
		func() { check("string", n, str, id) },
		func() { check("float", n, func(i int) float64 { return float64(i) / 3 }, str) },
		func() { check("complex", n, func(i int) complex128 { return complex(float64(i), -1) }, str) },
		func() { check("struct", n, func(i int) sk { return sk{str(i), int8(i), i % 10} }, str) },
		func() { check("array", n, func(i int) [3]string { return [3]string{"", str(i), "x"} }, str) },
		func() {
			check("any", n, func(i int) any {
				if i%2 == 0 {
					return i
				}
				return str(i)
			}, str)
		},
		func() { check("big key", n, func(i int) [40]int { return [40]int{39: i} }, id) },
		func() { check("big value", n, id, func(i int) [40]string { return [40]string{7: str(i)} }) },
		func() { check("nothing", n, id, func(i int) struct{} { return struct{}{} }) },
		func() {
			ps := make([]*int, n)
			for i := range ps {
				ps[i] = new(int)
			}
			check("pointer", n, func(i int) *int { return ps[i] }, str)
		},
		func() {
			cs := make([]chan int, n)
			for i := range cs {
				cs[i] = make(chan int)
			}
			check("channel", n, func(i int) chan int { return cs[i] }, id)
		},
	} {
		wg.Add(1)
		go func() { defer wg.Done(); f() }()
	}
	wg.Wait()
	m := map[float64]int{}
	for i := 0; i < 100; i++ {
		m[math.NaN()] = i
	}
	m[0] = 1
	m[math.Copysign(0, -1)]++
	if len(m) != 101 || m[0] != 2 {
		fail("nan", len(m))
	}
	var sm sync.Map
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < n; i++ {
				sm.Store(i*8+g, str(i))
				if v, ok := sm.Load(i*8 + g); !ok || v != str(i) {
					fail("sync.Map")
				}
			}
		}()
	}
	wg.Wait()
	grow := map[int]int{}
	for i := 0; i < 10; i++ {
		grow[i] = i
	}
	c := 0
	for k := range grow {
		grow[k+1000+c] = 1
		if c++; c > 5000 {
			break
		}
	}
	fmt.Println("ok")
}
