// run

// A value that is sliced up to is no length before it was checked.

package main

//go:noinline
func idx(b []byte) int { return -1 }

func tail(b []byte) int {
	if len(b) > 0 && b[len(b)-1] == 13 {
		return len(b) - 1
	}
	return len(b)
}

//go:noinline
func line(b []byte) int {
	if i := idx(b); i >= 0 {
		return tail(b[0:i])
	}
	return -2
}

//go:noinline
func first(b []byte, n int) byte {
	if n < 0 {
		return 1
	}
	return b[:n][0]
}

//go:noinline
func mk(n int) []int {
	if n < 0 {
		return nil
	}
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	if n > 3 {
		s[n-1] = 7
	}
	return s
}

func main() {
	b := make([]byte, 10)
	if line(b) != -2 || first(b, -1) != 1 || first(b, 3) != 0 || mk(-1) != nil || len(mk(5)) != 5 {
		panic("wrong")
	}
}
