// Searches of strings that end at a page's end or begin at its start, against the simplest loop: the code of the CPU reads sixteen bytes at once.
//
// hard: 20
package main

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"syscall"
	"unsafe"
)

const page = 4096

func index(s, sep string) int {
	for i := 0; i+len(sep) <= len(s); i++ {
		if s[i:i+len(sep)] == sep {
			return i
		}
	}
	return -1
}

func count(s string, c byte) (n int) {
	for i := range len(s) {
		if s[i] == c {
			n++
		}
	}
	return n
}

// check searches s, which lies where it may hurt, for all of its own parts of length n and for near misses of these.
func check(s []byte, n int) {
	for at := 0; at+n <= len(s); at += 1 + n/3 {
		for miss := -1; miss < n; miss += 1 + n/2 {
			sep := bytes.Clone(s[at : at+n])
			if miss >= 0 {
				sep[miss] ^= 3
			}
			want := index(string(s), string(sep))
			if got := bytes.Index(s, sep); got != want {
				fmt.Printf("Index(%q, %q) = %d, not %d\n", s, sep, got, want)
				os.Exit(1)
			}
			if got := strings.Index(unsafe.String(unsafe.SliceData(s), len(s)), string(sep)); got != want {
				fmt.Printf("strings.Index(%q, %q) = %d, not %d\n", s, sep, got, want)
				os.Exit(1)
			}
		}
	}
	for _, c := range "abz" {
		if got, want := bytes.IndexByte(s, byte(c)), index(string(s), string(c)); got != want {
			fmt.Printf("IndexByte(%q, %q) = %d, not %d\n", s, c, got, want)
			os.Exit(1)
		}
		if got, want := bytes.Count(s, []byte{byte(c)}), count(string(s), byte(c)); got != want {
			fmt.Printf("Count(%q, %q) = %d, not %d\n", s, c, got, want)
			os.Exit(1)
		}
	}
}

func main() {
	most := 90
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &most)
	}
	mem, err := syscall.Mmap(-1, 0, 4*page, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	for i := range 2 { // the first and the last cannot be touched
		if err := syscall.Mprotect(mem[i*3*page:][:page], syscall.PROT_NONE); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
	}
	mem = mem[page : 3*page]
	x := uint32(1)
	for i := range mem { // few different letters, so that much nearly fits
		x = x*1664525 + 1013904223
		mem[i] = 'a' + byte(x>>30&(x>>28))
	}
	for size := range most {
		for n := 2; n <= size; n += 1 + n/4 {
			check(mem[:size], n)
			check(mem[len(mem)-size:], n)
			check(mem[page-size/2:][:size], n)
		}
	}
	fmt.Println("ok")
}
