// run

// Arrays of several empty elements go to the stack, in what the compiler makes and in what reflect calls.

package main

import "reflect"

type E struct{ Y [3]struct{} }

type S struct {
	A int64
	X E
	B float64
}

//go:noinline
func same(s S) S { return s }

func main() {
	s := S{5, E{}, 2.5}
	if r := reflect.ValueOf(same).Call([]reflect.Value{reflect.ValueOf(s)})[0].Interface(); r != s {
		panic(r)
	}
	f := reflect.MakeFunc(reflect.TypeOf(same), func(a []reflect.Value) []reflect.Value { return a }).Interface().(func(S) S)
	if r := f(s); r != s {
		panic(r)
	}
}
