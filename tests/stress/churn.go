// Fifty gigabytes allocated, fifty megabytes alive: memory stays bounded.
//
// quick: 3000
// hard: 60
package main

import (
	"fmt"
	"os"
	"strings"
)

type block struct {
	next *block
	data []byte
}

func rss() int {
	b, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(b), "\n") {
		if n := 0; strings.HasPrefix(l, "VmHWM:") {
			fmt.Sscanf(l, "VmHWM: %d kB", &n)
			return n >> 10
		}
	}
	return 0
}

func main() {
	total := uint64(50) << 30
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &total)
		total <<= 20
	}
	live := make([]*block, 5000)
	var done uint64
	x := uint32(1)
	for done < total {
		x = x*1664525 + 1013904223
		size := 100 + int(x>>8)%20000
		b := &block{data: make([]byte, size)}
		b.data[0], b.data[size-1] = byte(size), byte(size>>8)
		i := int(x>>4) % len(live)
		if o := live[i]; o != nil && (o.data[0] != byte(len(o.data)) || o.data[len(o.data)-1] != byte(len(o.data)>>8)) {
			fmt.Println("an object was overwritten")
			os.Exit(1)
		}
		live[i] = b
		done += uint64(size) + 32
	}
	if m := rss(); m > 200 {
		fmt.Println("too much memory:", m, "MB")
		os.Exit(1)
	}
	fmt.Println("ok")
}
