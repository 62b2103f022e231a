// run

// The goroutine of an iterator is gone when its end is seen.

package main

import (
	"fmt"
	"iter"
	"runtime"
)

func count(yield func(int) bool) {
	for i := 0; i < 3 && yield(i); i++ {
	}
}

func main() {
	before := runtime.NumGoroutine()
	for round := 0; round < 2000; round++ {
		next, stop := iter.Pull(count)
		for range round % 5 {
			next()
		}
		stop()
		if n := runtime.NumGoroutine() - before; n != 0 {
			fmt.Println("round", round, "has", n, "goroutines more")
			return
		}
	}
}
