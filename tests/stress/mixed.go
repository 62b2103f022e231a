// A thousand goroutines over four threads: channels, timers, locks, allocation, collections, growing stacks, all at once.
//
// quick: 2
// hard: 1
package main

import (
	"fmt"
	"math/rand"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

type cell struct {
	next *cell
	v    int
	s    string
}

func list(n int) *cell {
	var l *cell
	for i := 0; i < n; i++ {
		l = &cell{l, i, fmt.Sprint(i)}
	}
	return l
}

func check(l *cell, n int) {
	for i := n - 1; i >= 0; i-- {
		if l.v != i || l.s != fmt.Sprint(i) {
			fmt.Println("a list was damaged")
			os.Exit(1)
		}
		l = l.next
	}
	if l != nil {
		panic("list too long")
	}
}

func deep(n int, l *cell) int {
	var pad [20]int
	pad[n%20] = n
	if n == 0 {
		return l.v
	}
	return deep(n-1, l) + pad[n%20]
}

func main() {
	secs := 20.0
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &secs)
	}
	runtime.GOMAXPROCS(4)
	end := time.Now().Add(time.Duration(secs * float64(time.Second)))
	var wg sync.WaitGroup
	var sent, got, ticks atomic.Int64
	var mu sync.RWMutex
	shared := map[int]*cell{}
	ring := make([]chan *cell, 100)
	for i := range ring {
		ring[i] = make(chan *cell, i%3)
	}
	var producers sync.WaitGroup
	for g := 0; g < 500; g++ {
		producers.Add(1)
		go func() {
			defer producers.Done()
			r := rand.New(rand.NewSource(int64(g)))
			for time.Now().Before(end) {
				n := r.Intn(30) + 1
				l := list(n)
				switch r.Intn(6) {
				case 0:
					time.Sleep(time.Duration(r.Intn(2000)) * time.Microsecond)
					ticks.Add(1)
				case 1:
					mu.Lock()
					shared[r.Intn(1000)] = l
					mu.Unlock()
				case 2:
					mu.RLock()
					o := shared[r.Intn(1000)]
					mu.RUnlock()
					if o != nil {
						check(o, o.v+1)
					}
				case 3:
					want := l.v
					for i := 1; i <= 300; i++ {
						want += i
					}
					if deep(300, l) != want {
						panic("deep")
					}
				default:
					l.s = fmt.Sprint(n - 1)
					select {
					case ring[r.Intn(100)] <- l:
						sent.Add(1)
					case <-time.After(time.Duration(r.Intn(3000)) * time.Microsecond):
						ticks.Add(1)
					}
				}
				check(l, n)
			}
		}()
	}
	for g := 0; g < 500; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for l := range ring[g%100] {
				check(l, l.v+1)
				got.Add(1)
			}
		}()
	}
	wg.Add(1)
	go func() {
		defer wg.Done()
		for time.Now().Before(end) {
			runtime.GC()
			time.Sleep(10 * time.Millisecond)
		}
	}()
	producers.Wait()
	for _, c := range ring {
		close(c)
	}
	wg.Wait()
	fmt.Println(sent.Load() == got.Load(), sent.Load() > 0, ticks.Load() > 0)
}
