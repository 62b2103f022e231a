// Two goroutines that only compute run at the same time, and can be stopped by a third.
//
// hard: no
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
	"time"
)

func spin(n int) uint32 {
	h := uint32(1)
	for i := 0; i < n; i++ {
		h = h*16777619 ^ uint32(i)
	}
	return h
}

func main() {
	runtime.GOMAXPROCS(2)
	var r syscall.Rusage
	start := time.Now()
	c := make(chan uint32)
	for i := 0; i < 2; i++ {
		go func() { c <- spin(600000000) }()
	}
	a, b := <-c, <-c
	wall := time.Since(start)
	syscall.Getrusage(syscall.RUSAGE_SELF, &r)
	cpu := time.Duration(r.Utime.Nano())
	if a != b {
		fmt.Println("results differ")
		os.Exit(1)
	}
	// Wall time says nothing on a busy machine; but with one core cpu could never be above wall.
	if len(os.Args) > 1 && cpu < wall*5/4 {
		fmt.Println("only one core was used:", cpu, wall)
		os.Exit(1)
	}
	// endless loops do not keep others from running, nor the collector from stopping the world
	runtime.GOMAXPROCS(1)
	stop := false
	go func() {
		for !stop {
			spin(100)
		}
	}()
	go func() {
		for i := 0; ; i++ {
		}
	}()
	time.Sleep(20 * time.Millisecond)
	runtime.GC()
	stop = true
	fmt.Println("ok")
}
