// Maps: growth, deletion while ranging, keys of every kind, NaN, and word counts of the standard input.
package main

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"sort"
	"strings"
)

type point struct{ x, y int }

func main() {
	m := make(map[int]int)
	for i := range 100000 {
		m[i*7] = i
	}
	sum := 0
	for k, v := range m {
		if v%3 == 0 {
			delete(m, k)
		} else {
			sum += v
		}
	}
	fmt.Println(len(m), sum, m[7], m[14], m[21])

	any := map[any]string{1: "int", "1": "string", 1.0: "float", point{1, 2}: "struct", [2]bool{true}: "array", nil: "nil"}
	fmt.Println(len(any), any[1], any["1"], any[1.0], any[point{1, 2}], any[[2]bool{true, false}], any[nil])

	nan := map[float64]int{math.NaN(): 1, math.NaN(): 2, 0: 3, math.Copysign(0, -1): 4}
	_, ok := nan[math.NaN()]
	fmt.Println(len(nan), ok, nan[0])
	clear(nan)
	fmt.Println(len(nan), map[string][]int{"b": {2}, "a": nil})

	count := map[string]int{}
	in := bufio.NewScanner(os.Stdin)
	in.Split(bufio.ScanWords)
	for in.Scan() {
		count[strings.ToLower(strings.Trim(in.Text(), ".,;"))]++
	}
	words := make([]string, 0, len(count))
	for w := range count {
		words = append(words, w)
	}
	sort.Slice(words, func(i, j int) bool {
		a, b := words[i], words[j]
		return count[a] > count[b] || count[a] == count[b] && a < b
	})
	for _, w := range words[:5] {
		fmt.Printf("%-6s %d\n", w, count[w])
	}
}
