// run

// Variables captured by closures that keep nothing stay in the frame.

package main

import "testing"

//go:noinline
func f(n int) (err error) {
	defer func() {
		if n == 7 {
			err = nil
		}
	}()
	return nil
}

//go:noinline
func g(n int) (err error) {
	x := func() {
		if n == 7 {
			err = nil
		}
	}
	x()
	return
}

func main() {
	if n := testing.AllocsPerRun(100, func() { f(1) }); n != 0 {
		panic(n)
	}
	if n := testing.AllocsPerRun(100, func() { g(1) }); n != 0 {
		panic(n)
	}
}
