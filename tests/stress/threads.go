// Threads that die with the goroutine that was locked to them, and system calls on all threads meanwhile: none is missed, and no stack is left behind.
//
// quick: 1000
// hard: 300
package main

import (
	"fmt"
	"os"
	"runtime"
	"syscall"
)

// size is how much memory stacks have, those of threads too, in MB.
func size() int {
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int(m.StackSys >> 20)
}

// setAll gives every thread the value i: the slack of its timers.
func setAll(i int) bool {
	const prSetTimerslack = 29
	_, _, e := syscall.AllThreadsSyscall(syscall.SYS_PRCTL, prSetTimerslack, uintptr(i), 0)
	return e == 0
}

// wrong counts the threads that have another one.
func wrong(i int) (n int) {
	const prGetTimerslack = 30
	done := make(chan bool)
	for range 8 {
		go func() {
			runtime.LockOSThread() // ends the thread
			r, _, _ := syscall.RawSyscall(syscall.SYS_PRCTL, prGetTimerslack, 0, 0)
			done <- int(r) == i
		}()
	}
	for range 8 {
		if !<-done {
			n++
		}
	}
	return n
}

func main() {
	n := 20000
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &n)
	}
	before := 0
	for i := 1; i <= n; i++ {
		for range 3 {
			go func() { runtime.LockOSThread() }()
		}
		if !setAll(i) {
			fmt.Println("AllThreadsSyscall failed")
		}
		if k := wrong(i); k != 0 {
			fmt.Println(k, "threads missed a call")
			break
		}
		if i == n/10 {
			before = size()
		}
	}
	if grown := size() - before; grown > 64 {
		fmt.Println("grown by", grown, "MB")
	}
	fmt.Println("ok")
}
