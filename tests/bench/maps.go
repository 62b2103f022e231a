// Maps of integers, strings and structs: insert, look up, delete, range.
package main

import (
	"fmt"
	"strconv"
)

type key struct {
	a int32
	s string
}

func main() {
	sum := 0
	m := map[int]int{}
	for r := 0; r < 10; r++ {
		for i := 0; i < 200000; i++ {
			m[i*7919] += i
		}
		for i := 0; i < 200000; i += 3 {
			delete(m, i*7919)
		}
	}
	for k, v := range m {
		sum += k ^ v
	}
	words := make([]string, 50000)
	for i := range words {
		words[i] = "word" + strconv.Itoa(i*31)
	}
	sm := map[string]int{}
	for r := 0; r < 30; r++ {
		for _, w := range words {
			sm[w]++
		}
	}
	for _, w := range words {
		sum += sm[w]
	}
	km := map[key]int{}
	for r := 0; r < 10; r++ {
		for i, w := range words {
			km[key{int32(i), w}] += r
		}
	}
	for _, v := range km {
		sum += v
	}
	fmt.Println(sum, len(m), len(sm), len(km))
}
