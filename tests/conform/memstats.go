// run

// Reading statistics allocates nothing: what is counted between two readings is the program's.

package main

import (
	"fmt"
	"runtime"
)

func main() {
	var a, b runtime.MemStats
	runtime.ReadMemStats(&a)
	for range 3 {
		runtime.ReadMemStats(&b)
	}
	if n := b.Mallocs - a.Mallocs; n != 0 {
		fmt.Println(n, "allocations in 3 readings")
	}
}
