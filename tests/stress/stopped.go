// Goroutines that stop the world one after the other while the others keep being preempted.
//
// quick: 300
// hard: 300
package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
)

func spin(started *sync.WaitGroup, stop chan bool) {
	started.Done()
	for n := 0; ; n++ {
		select {
		case <-stop:
			return
		default:
			_ = strings.Repeat("x", n%100)
		}
	}
}

func main() {
	n := 10000
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &n)
	}
	stop := make(chan bool)
	var started sync.WaitGroup
	started.Add(4)
	for range 4 {
		go spin(&started, stop)
	}
	started.Wait() // a goroutine that has not run yet is shown as the wrapper of its go statement
	var wg sync.WaitGroup
	var bad sync.Map
	for id := range 4 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			buf := make([]byte, 1<<16)
			for range n {
				switch id {
				case 0:
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					if m.HeapSys == 0 {
						bad.Store("ReadMemStats", true)
					}
				case 1:
					if !strings.Contains(string(buf[:runtime.Stack(buf, true)]), "main.spin") {
						bad.Store("Stack", true)
					}
				case 2:
					var out strings.Builder
					pprof.Lookup("goroutine").WriteTo(&out, 1)
					if !strings.Contains(out.String(), "main.spin") {
						bad.Store("goroutine profile", true)
					}
				case 3:
					runtime.GOMAXPROCS(1 + runtime.GOMAXPROCS(0)%3)
				}
			}
		}()
	}
	wg.Wait()
	close(stop)
	bad.Range(func(k, v any) bool { fmt.Println("bad:", k); return true })
	fmt.Println("ok")
}
