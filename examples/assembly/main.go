// Functions in assembly, one file for each CPU that has one, and the same in Go for the others.
package main

import "fmt"

func main() {
	x := []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}
	fmt.Println(add(40, 2), sum(x), sum(nil))
	fmt.Println(visit(3))
}

// step is called by visit.
func step(n int64) int64 {
	fmt.Println("step", n)
	return n * n
}
