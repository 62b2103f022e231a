// run

// A declaration that says noescape of a runtime function leaves the compiler's own calls of it as they are: keys of maps escape.

package main

import "unsafe"

//go:linkname mapassign_faststr runtime.mapassign_faststr
//go:noescape
func mapassign_faststr(typ, m unsafe.Pointer, key string) unsafe.Pointer

var sink = false

func main() {
	m := map[string]int{}
	b := []byte("key0")
	for i := 0; i < 3; i++ {
		b[3] = '0' + byte(i)
		m[string(b)] = i
	}
	if sink {
		mapassign_faststr(nil, nil, "")
	}
	for _, key := range []string{"key0", "key1", "key2"} {
		if n, ok := m[key]; !ok || n != int(key[3]-'0') {
			println(key, n, ok)
			panic("key")
		}
	}
}
