// defer, panic, recover: deep, nested, across goroutines, with Goexit, runtime errors, results changed.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"sync"
)

func level(n int, log *[]int) (r int) {
	defer func() {
		*log = append(*log, n)
		if n%100 == 0 {
			if x := recover(); x != nil {
				r = x.(int) + 1
			}
		}
	}()
	if n == 777 {
		panic(n)
	}
	return level(n+1, log)
}

func runtimeErr(f func()) (s string) {
	defer func() {
		e := recover()
		if re, ok := e.(runtime.Error); ok {
			s = re.Error()
		} else {
			s = fmt.Sprint("other:", e)
		}
	}()
	f()
	return "none"
}

func loopDefers(n int) (s int) {
	for i := 0; i < n; i++ {
		defer func() { s += i }()
	}
	return 0
}

func nested() (s string) {
	defer func() { s += fmt.Sprint(recover()) }()
	defer func() {
		defer func() { s += fmt.Sprint(recover()); panic("three") }()
		panic("two")
	}()
	panic("one")
}

func main() {
	var log []int
	fmt.Println(level(0, &log), len(log))
	var m map[string]int
	var p *struct{ a, b int }
	var a []int
	var i any
	zero := 0
	for _, f := range []func(){
		func() { m["a"] = 1 }, func() { p.b = 1 }, func() { _ = a[zero] }, func() { _ = i.(int) }, func() { _ = 1 / zero },
		func() { _ = a[zero : zero-1 : zero] }, func() { _ = make([]int, zero-1) }, func() { var c chan int; close(c) },
		func() { i = "s"; _ = i.(fmt.Stringer) }, func() { _ = map[any]int{[]int{}: 1} }, func() { panic(errors.New("e")) },
		func() { _ = [4]int(make([]int, 3)) }, func() { panic(nil) },
		func() { var e error; _ = e.Error() }, func() { c := make(chan int); close(c); close(c) },
	} {
		fmt.Println(runtimeErr(f))
	}
	fmt.Println(loopDefers(10000), nested())
	var wg sync.WaitGroup
	var mu sync.Mutex
	n := 0
	for g := 0; g < 200; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			defer func() {
				r := recover()
				mu.Lock()
				defer mu.Unlock()
				if g%3 == 0 && r == nil {
					n++
				} else if r != nil && strings.HasPrefix(fmt.Sprint(r), "g") {
					n++
				}
			}()
			for k := 0; k < 200; k++ {
				func() {
					defer func() { recover() }()
					var x *int
					*x = k
				}()
			}
			if g%3 == 0 {
				runtime.Goexit()
			}
			panic(fmt.Sprint("g", g))
		}()
	}
	wg.Wait()
	fmt.Println(n)
	if n != 200 {
		os.Exit(1)
	}
}
