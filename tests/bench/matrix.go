// Two-dimensional slices, a sieve, bytes: bounds checks and loop code.
package main

import "fmt"

func main() {
	const n = 400
	a, b, c := make([][]float64, n), make([][]float64, n), make([][]float64, n)
	for i := range a {
		a[i], b[i], c[i] = make([]float64, n), make([]float64, n), make([]float64, n)
		for j := range a[i] {
			a[i][j], b[i][j] = float64(i^j), float64(i-j)
		}
	}
	for r := 0; r < 4; r++ {
		for i := 0; i < n; i++ {
			for j := 0; j < n; j++ {
				s := 0.0
				for k := 0; k < n; k++ {
					s += a[i][k] * b[k][j]
				}
				c[i][j] = s
			}
		}
	}
	sieve := make([]bool, 20000000)
	primes := 0
	for i := 2; i < len(sieve); i++ {
		if !sieve[i] {
			primes++
			for j := i * 2; j < len(sieve); j += i {
				sieve[j] = true
			}
		}
	}
	text := make([]byte, 1<<20)
	for i := range text {
		text[i] = byte(i*i>>3 ^ i)
	}
	var hist [256]int
	h := uint32(2166136261)
	for r := 0; r < 100; r++ {
		for _, x := range text {
			hist[x]++
			h = (h ^ uint32(x)) * 16777619
		}
	}
	fmt.Println(c[10][20], primes, hist[65], h)
}
