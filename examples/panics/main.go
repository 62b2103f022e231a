// Panics: defer order, recover, run-time errors as values, wrapped errors, and a nil map at the end.
package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

var errBase = errors.New("base")

type codeError struct{ code int }

func (e *codeError) Error() string { return fmt.Sprint("code ", e.code) }

func try(name string, f func()) {
	defer func() {
		r := recover()
		if re, ok := r.(runtime.Error); ok {
			fmt.Printf("%s: runtime error: %v\n", name, re)
			return
		}
		fmt.Printf("%s: %v (%T)\n", name, r, r)
	}()
	f()
}

func named() (n int, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("recovered: %w", r.(error))
		}
	}()
	n = 7
	panic(&codeError{42})
}

func main() {
	for i := range 3 {
		defer fmt.Println("deferred", i)
	}
	var s []int
	var m map[string]int
	var p *codeError
	var i any = "text"
	zero := len(s)
	try("index", func() { _ = s[zero+5] })
	try("slice", func() { _ = make([]int, 3)[zero+4:] })
	try("nil map", func() { m["a"] = 1 })
	try("nil pointer", func() { _ = p.code })
	try("divide", func() { _ = 1 / zero })
	try("conversion", func() { _ = i.(int) })
	try("interface", func() { _ = i.(fmt.Stringer) })
	try("closed", func() { c := make(chan int); close(c); close(c) })
	try("custom", func() { panic(fmt.Sprintf("%d", 5)) })
	try("nested", func() {
		defer func() { panic(fmt.Sprint("second after ", recover())) }()
		panic("first")
	})
	n, err := named()
	var ce *codeError
	fmt.Println(n, err, errors.As(err, &ce) && ce.code == 42)
	err = fmt.Errorf("outer: %w", errors.Join(errBase, err))
	fmt.Println(errors.Is(err, errBase))

	defer os.Exit(3)
	defer fmt.Println("last words")
	try("goexit", func() {
		done := make(chan bool)
		go func() {
			defer close(done)
			defer fmt.Println("in Goexit")
			runtime.Goexit()
		}()
		<-done
	})
}
