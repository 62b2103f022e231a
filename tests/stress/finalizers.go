// Finalizers, sync.Pool, weak use of memory, memory statistics, unique, AfterFunc ordering.
package main

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unique"
)

type res struct {
	id   int
	next *res
	buf  []byte
}

func main() {
	var freed atomic.Int64
	make_ := func(n int) {
		for i := 0; i < n; i++ {
			r := &res{id: i, buf: make([]byte, 1000)}
			runtime.SetFinalizer(r, func(r *res) {
				if len(r.buf) != 1000 {
					os.Exit(1)
				}
				freed.Add(1)
			})
		}
	}
	make_(1000)
	for i := 0; i < 100 && freed.Load() < 990; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	fmt.Println(freed.Load() >= 990)
	// a finalizer sees its object whole, resurrects it, and can be set again
	var saved atomic.Pointer[res]
	func() {
		r := &res{id: 7, next: &res{id: 8}}
		runtime.SetFinalizer(r, func(r *res) { saved.Store(r) })
	}()
	for i := 0; i < 100 && saved.Load() == nil; i++ {
		runtime.GC()
		time.Sleep(5 * time.Millisecond)
	}
	runtime.GC()
	fmt.Println(saved.Load().id, saved.Load().next.id)
	var made atomic.Int64
	p := sync.Pool{New: func() any { made.Add(1); return new([4096]byte) }}
	var wg sync.WaitGroup
	for g := 0; g < 8; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < 20000; i++ {
				b := p.Get().(*[4096]byte)
				b[i%4096] = 1
				p.Put(b)
			}
		}()
	}
	wg.Wait()
	fmt.Println(made.Load() < 1000)
	runtime.GC()
	runtime.GC()
	h := unique.Make("hello")
	for i := 0; i < 10000; i++ {
		unique.Make(fmt.Sprint("x", i))
	}
	runtime.GC()
	fmt.Println(h == unique.Make("hel"+fmt.Sprint("lo")))
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	keep := make([][]byte, 100)
	for i := range keep {
		keep[i] = make([]byte, 10000)
	}
	runtime.ReadMemStats(&b)
	d := b.TotalAlloc - a.TotalAlloc
	fmt.Println(d >= 1000000 && d < 1200000, b.Mallocs-a.Mallocs >= 100, b.NumGC >= 4, len(keep))
}
