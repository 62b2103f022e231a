// Closures, iterators, coroutines, generics and strings under collection.
package main

import (
	"fmt"
	"iter"
	"maps"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
)

type tree[K any] struct {
	l, r *tree[K]
	k    K
}

func (t *tree[K]) insert(k K, less func(a, b K) bool) *tree[K] {
	if t == nil {
		return &tree[K]{k: k}
	}
	if less(k, t.k) {
		t.l = t.l.insert(k, less)
	} else {
		t.r = t.r.insert(k, less)
	}
	return t
}

func (t *tree[K]) all() iter.Seq[K] {
	return func(yield func(K) bool) { t.walk(yield) }
}

func (t *tree[K]) walk(yield func(K) bool) bool {
	return t == nil || t.l.walk(yield) && yield(t.k) && t.r.walk(yield)
}

func compose(fs ...func(string) string) func(string) string {
	return func(s string) string {
		for _, f := range fs {
			s = f(s)
		}
		return s
	}
}

func run(seed int) {
	var fs []func(string) string
	for i := 0; i < 20; i++ {
		fs = append(fs, func(s string) string { return s + fmt.Sprint(i+seed) })
	}
	want := "x"
	for i := 0; i < 20; i++ {
		want += fmt.Sprint(i + seed)
	}
	if compose(fs...)("x") != want {
		fmt.Println("closures")
		os.Exit(1)
	}
	var t *tree[string]
	for i := 0; i < 300; i++ {
		t = t.insert(fmt.Sprintf("%05d", i*7919%300), func(a, b string) bool { return a < b })
	}
	n := 0
	for k := range t.all() {
		if k != fmt.Sprintf("%05d", n) {
			fmt.Println("iteration", k, n)
			os.Exit(1)
		}
		n++
		if n == 250 {
			break
		}
	}
	next, stop := iter.Pull(t.all())
	for i := 0; i < 100; i++ {
		if k, ok := next(); !ok || k != fmt.Sprintf("%05d", i) {
			fmt.Println("pull", k, i)
			os.Exit(1)
		}
		if i%30 == 0 {
			runtime.Gosched()
		}
	}
	stop()
	m := map[string][]string{}
	for k := range t.all() {
		m[k[3:]] = append(m[k[3:]], strings.Repeat(k, 3))
	}
	keys := slices.Sorted(maps.Keys(m))
	if len(keys) != 100 || len(m["42"]) != 3 || m["42"][2] != "002420024200242" {
		fmt.Println("maps", len(keys), m["42"])
		os.Exit(1)
	}
}

func main() {
	var wg sync.WaitGroup
	for g := 0; g < 4; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 40; i++ {
				run(g*1000 + i)
			}
		}()
	}
	wg.Wait()
	fmt.Println("ok")
}
