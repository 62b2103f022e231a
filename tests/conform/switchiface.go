// run

// A switch without a tag compares interfaces with true.
package main

import "fmt"

//go:noinline
func f(i interface{}) int {
	switch {
	case i:
		return 1
	case false:
		return 2
	}
	return 3
}

type B bool

func main() {
	fmt.Println(f(true), f(false), f(1), f(nil), f(B(true)))
}
