//go:build !amd64 && !arm64 && !riscv64

package main

func add(a, b int64) int64 { return a + b }

func sum(x []int64) (s int64) {
	for _, v := range x {
		s += v
	}
	return s
}

func visit(n int64) (s int64) {
	for ; n > 0; n-- {
		s += step(n)
	}
	return s
}
