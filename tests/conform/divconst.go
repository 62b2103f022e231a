// run

// Division of uint32 by constants is multiplication; the quotients and remainders are those of the CPU's division.

package main

import "fmt"

//go:noinline
func div(x, c uint32) uint32 { return x / c }

//go:noinline
func mod(x, c uint32) uint32 { return x % c }

func main() {
	x := uint32(1)
	for i := range 20000 {
		x = x*1664525 + 1013904223
		check(x)
		check(x >> (i % 32))
		check(uint32(i))
		check(-uint32(i))
		check(1<<31 + uint32(i) - 10000)
	}
	fmt.Println("ok")
}

func check(x uint32) {
	for _, t := range [...]struct{ c, q, r uint32 }{
		{3, x / 3, x % 3},
		{5, x / 5, x % 5},
		{6, x / 6, x % 6},
		{7, x / 7, x % 7},
		{9, x / 9, x % 9},
		{10, x / 10, x % 10},
		{11, x / 11, x % 11},
		{12, x / 12, x % 12},
		{13, x / 13, x % 13},
		{14, x / 14, x % 14},
		{19, x / 19, x % 19},
		{21, x / 21, x % 21},
		{25, x / 25, x % 25},
		{28, x / 28, x % 28},
		{31, x / 31, x % 31},
		{37, x / 37, x % 37},
		{53, x / 53, x % 53},
		{60, x / 60, x % 60},
		{61, x / 61, x % 61},
		{95, x / 95, x % 95},
		{100, x / 100, x % 100},
		{107, x / 107, x % 107},
		{125, x / 125, x % 125},
		{127, x / 127, x % 127},
		{255, x / 255, x % 255},
		{641, x / 641, x % 641},
		{1000, x / 1000, x % 1000},
		{3600, x / 3600, x % 3600},
		{10000, x / 10000, x % 10000},
		{65535, x / 65535, x % 65535},
		{65537, x / 65537, x % 65537},
		{86400, x / 86400, x % 86400},
		{99999, x / 99999, x % 99999},
		{1000003, x / 1000003, x % 1000003},
		{16777213, x / 16777213, x % 16777213},
		{2147483647, x / 2147483647, x % 2147483647},
		{2147483649, x / 2147483649, x % 2147483649},
		{4294967291, x / 4294967291, x % 4294967291},
		{4294967295, x / 4294967295, x % 4294967295},
	} {
		if t.q != div(x, t.c) || t.r != mod(x, t.c) {
			panic(fmt.Sprint(x, " / ", t.c, ": ", t.q, " and ", t.r))
		}
	}
}
