// A hundred thousand goroutines parked on channels, all woken, in bounded memory.
//
// hard: 3000
package main

import (
	"fmt"
	"os"
	"strings"
	"sync"
)

func rss() int {
	b, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(b), "\n") {
		if n := 0; strings.HasPrefix(l, "VmRSS:") {
			fmt.Sscanf(l, "VmRSS: %d kB", &n)
			return n >> 10
		}
	}
	return 0
}

func main() {
	n := 100000
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &n)
	}
	var wg sync.WaitGroup
	in, out := make([]chan int, n), make(chan int, 100)
	for i := range in {
		in[i] = make(chan int)
		wg.Add(1)
		go func() {
			defer wg.Done()
			out <- <-in[i] * 2
		}()
	}
	if m := rss(); m > 400 {
		fmt.Println("too much memory:", m, "MB")
		os.Exit(1)
	}
	go func() {
		for i, c := range in {
			c <- i
		}
		wg.Wait()
		close(out)
	}()
	sum, k := 0, 0
	for v := range out {
		sum += v
		k++
	}
	fmt.Println(k == n, sum == n*(n-1))
}
