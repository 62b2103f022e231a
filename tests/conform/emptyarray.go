// run

// An array of several empty structs keeps the struct around it out of registers; reflect and the compiler must agree.

package main

import "reflect"

type pair struct {
	a uintptr
	x struct{ y [3]struct{} }
	b float64
}

//go:noinline
func pass(p pair) pair { return p }

func main() {
	want := pair{a: 1, b: 2}
	if got := reflect.ValueOf(pass).Call([]reflect.Value{reflect.ValueOf(want)})[0].Interface(); got != want {
		panic("call")
	}
	f := reflect.MakeFunc(reflect.TypeOf(pass), func(in []reflect.Value) []reflect.Value { return in })
	if f.Interface().(func(pair) pair)(want) != want {
		panic("make")
	}
}
