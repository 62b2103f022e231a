// Strings: building, concatenation, splitting, searching, conversion, formatting.
package main

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
)

func main() {
	total := 0
	for r := 0; r < 20; r++ {
		var b strings.Builder
		for i := 0; i < 50000; i++ {
			b.WriteString("item ")
			b.WriteString(strconv.Itoa(i))
			b.WriteByte(',')
		}
		s := b.String()
		parts := strings.Split(s, ",")
		total += len(parts)
		for _, p := range parts {
			if i := strings.IndexByte(p, ' '); i >= 0 {
				n, _ := strconv.Atoi(p[i+1:])
				total += n & 1
			}
			if strings.Contains(p, "999") {
				total++
			}
		}
		total += len(strings.ToUpper(s)) + strings.Count(s, "item")
		total += len(strings.ReplaceAll(s, "item", "thing"))
		bs := []byte(s)
		total += bytes.Count(bs, []byte("99")) + len(bytes.Fields(bs))
		x := ""
		for i := 0; i < 2000; i++ {
			x += string(rune('a' + i%26))
		}
		total += len(x)
		for i := 0; i < 20000; i++ {
			total += len(fmt.Sprintf("%d %s %5.2f %v", i, "abc", float64(i)/3, i%2 == 0))
		}
		for i, c := range s {
			total += i & int(c) & 1
		}
	}
	fmt.Println(total)
}
