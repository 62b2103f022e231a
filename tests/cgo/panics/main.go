// Panics and Goexit leave C's frames behind; what is called afterwards works.
package main

/*
#include <setjmp.h>

extern void goPanic(int);
extern void goExit(int);
extern int goRecover(int);
extern void goAgain(int);

static int through(int n) { volatile char pad[4000]; pad[0] = 1; goPanic(n); return pad[0]; }
static int leave(int n) { goExit(n); return n; }
static int recovered(int n) { return goRecover(n) + 1; }
static void again(int n) { goAgain(n); }
static int twice(int x) { return 2 * x; }
static int nilpointer(int *p) { return *p; }
*/
import "C"

import (
	"errors"
	"fmt"
	"runtime"
	"sync"
)

var errDeep = errors.New("deep")

//export goPanic
func goPanic(n C.int) {
	if n == 0 {
		panic(errDeep)
	}
	C.through(n - 1)
}

//export goExit
func goExit(n C.int) {
	if n == 0 {
		runtime.Goexit()
	}
	C.leave(n - 1)
}

//export goRecover
func goRecover(n C.int) (r C.int) {
	defer func() {
		if e := recover(); e != nil {
			r = 100 + C.twice(n)
		}
	}()
	C.through(n)
	return 0
}

//export goAgain
func goAgain(n C.int) {
	defer func() {
		e := recover()
		if n < 5 {
			panic(fmt.Sprint(e, " again ", n)) // from a deferred call, through C once more
		}
	}()
	if n == 0 {
		panic("first")
	}
	C.again(n - 1)
}

func try(f func()) (err any) {
	defer func() { err = recover() }()
	f()
	return nil
}

func main() {
	fmt.Println(try(func() { C.through(0) }), C.twice(1))
	fmt.Println(try(func() { C.through(20) }) == any(errDeep), C.twice(2))
	for i := 0; i < 1000; i++ {
		if try(func() { C.through(3) }) == nil {
			fmt.Println("no panic")
		}
	}
	fmt.Println(C.recovered(4), C.twice(3))
	fmt.Println(try(func() { C.again(4) }))
	fmt.Println(try(func() { var p *int; *p = 1 }))

	var wg sync.WaitGroup
	var mu sync.Mutex
	ended := 0
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				C.twice(1)
				mu.Lock()
				ended++
				mu.Unlock()
			}()
			C.leave(C.int(i % 5))
			fmt.Println("not reached")
		}()
	}
	wg.Wait()
	fmt.Println(ended, C.twice(21))

	// the thread is free again after all of that: many goroutines go on
	c := make(chan C.int)
	for i := 0; i < 100; i++ {
		go func() {
			try(func() { C.through(C.int(i % 4)) })
			c <- C.twice(C.int(i))
		}()
	}
	s := C.int(0)
	for i := 0; i < 100; i++ {
		s += <-c
	}
	fmt.Println(s)
}
