// run

// Nothing is read of a string or slice without content, even if its pointer is nil.

package main

import (
	"bytes"
	"strings"
)

//go:noinline
func compare(a, b []byte, s, t string) {
	if !bytes.Equal(a, b) || bytes.Compare(a, b) != 0 || s != t || strings.Compare(s, t) != 0 || s < t {
		panic("empty things differ")
	}
	if bytes.Equal(a, []byte{1}) || bytes.Compare(a, []byte{1}) != -1 || s == "x" || s > "x" {
		panic("empty things are like others")
	}
	if bytes.IndexByte(a, 0) != -1 || strings.IndexByte(s, 0) != -1 || bytes.Count(a, []byte{0}) != 0 {
		panic("something is in them")
	}
	copy(a, b)
	clear(a)
}

func main() {
	buf := make([]byte, 16)
	for i := range buf {
		compare(nil, buf[i:i], "", string(buf[i:i]))
		compare(buf[i:i], nil, string(buf[i:i]), "")
	}
	compare(nil, nil, "", "")
}
