// run

// A block that merges and tests computes beside its test what a later block uses: no predecessor may skip it.

package main

var arr [16]byte

//go:noinline
func parse(s string) ([16]byte, bool) { arr[0] = s[0] - '0'; return arr, s != "" }

func ip(s string) []byte {
	if a, ok := parse(s); ok {
		return a[:]
	}
	return nil
}

func zeros(b []byte) bool {
	for _, c := range b {
		if c != 0 {
			return false
		}
	}
	return true
}

func short(b []byte) []byte {
	if len(b) == 4 {
		return b
	}
	if len(b) == 16 && zeros(b[:10]) && b[10] == 0 && b[11] == 0 {
		return b[12:16]
	}
	return nil
}

func alike(host string, addrs []any) (n int) {
	if a := ip(host); a != nil {
		for _, x := range addrs {
			if x, ok := x.([]byte); ok && (short(x) != nil) == (short(a) != nil) && len(x) < 20 {
				n++
			}
		}
	}
	return n
}

func main() {
	long := make([]byte, 16)
	other := []byte("0123456789abcdef")
	addrs := []any{long[:4], long, other, other[:4], 1}
	if a, b := alike("0", addrs), alike("1", addrs); a != 3 || b != 1 {
		println(a, b)
		panic("alike")
	}
}
