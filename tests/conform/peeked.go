// run

// Conversions between strings and bytes whose result is only looked at make no copy, and nobody can tell but by counting.

package main

import (
	"fmt"
	"strings"
	"testing"
)

var (
	b    = []byte(strings.Repeat("bytes ", 20))
	s    = string(b)
	m    = map[string]int{s: 1}
	n    int
	text string
)

//go:noinline
func set(p []byte, c byte) string { p[0] = c; return "" }

func kind(p []byte) string {
	switch string(p) {
	case "one", "two":
		set(p, 'x')
		return "small " + string(p)
	case "ten":
		p[1] = 'a'
		fallthrough
	case "many":
		return "large " + string(p)
	default:
		return "other " + string(p)
	}
}

func changed() string {
	out := ""
	t := "abc"
	for i, c := range []byte(t) {
		t = "xyz"
		out += fmt.Sprint(i, c, t[i], " ")
	}
	return out
}

func main() {
	p := []byte("hello")
	kept := "<" + string(p) + ">"
	alone := "" + string(p) + ""
	named := "n" + string(p[:0])
	p[0] = 'J'
	fmt.Println(kept, alone, named, string(p)+set(p, 'Y') == "Yello")
	fmt.Println(kind([]byte("one")), kind([]byte("ten")), kind([]byte("seven")))
	fmt.Println(changed())

	q := []byte("overlap")
	fmt.Println(copy(q[1:], string(q)), string(q))
	q = make([]byte, 7, 20)
	copy(q, "overlap")
	fmt.Println(string(append(q[:2], string(q[1:])...)))
	fmt.Println(copy(q, []byte("LAP")), string(q[3:]))
	fmt.Println(len(string(q[2:])), len([]byte(s)))
	delete(m, string(b[1:]))
	fmt.Println(len(m))
	delete(m, string(b))
	fmt.Println(len(m))

	for _, t := range []struct {
		name string
		f    func()
	}{
		{"range", func() {
			for _, c := range []byte(s) {
				n += int(c)
			}
		}},
		{"switch", func() {
			switch string(b) {
			case "a", "b":
				n++
			}
		}},
		{"append", func() {
			var buf [200]byte
			n += len(append(buf[:0], []byte(s)...))
		}},
		{"copy", func() {
			var buf [200]byte
			n += copy(buf[:], []byte(s))
		}},
		{"len", func() { n += len(string(b)) + len([]byte(s)) }},
		{"lookup", func() { n += m[string(b)] }},
		{"concat", func() { text = "a" + string(b) + "c" }},
	} {
		fmt.Println(t.name, testing.AllocsPerRun(100, t.f))
	}
}
