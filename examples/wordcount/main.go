// Wordcount reads text from standard input and prints how often the commonest words occur.
package main

import (
	"bufio"
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

func main() {
	counts := map[string]int{}
	lines, words, chars, bytes := 0, 0, 0, 0
	sc := bufio.NewScanner(os.Stdin)
	sc.Buffer(nil, 1<<20)
	for sc.Scan() {
		lines++
		bytes += len(sc.Bytes()) + 1
		chars += utf8.RuneCount(sc.Bytes()) + 1
		for _, w := range strings.FieldsFunc(sc.Text(), func(r rune) bool { return !unicode.IsLetter(r) && r != '\'' }) {
			words++
			counts[strings.ToLower(w)]++
		}
	}
	if err := sc.Err(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(lines, words, chars, bytes)
	type entry struct {
		word string
		n    int
	}
	var all []entry
	for w, n := range counts {
		all = append(all, entry{w, n})
	}
	slices.SortFunc(all, func(a, b entry) int { return cmp.Or(cmp.Compare(b.n, a.n), strings.Compare(a.word, b.word)) })
	w := bufio.NewWriter(os.Stdout)
	defer w.Flush()
	for _, e := range all[:min(len(all), 12)] {
		fmt.Fprintf(w, "%4d %s\n", e.n, e.word)
	}
}
