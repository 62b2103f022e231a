// Spectral norm of an infinite matrix: integer and floating-point division in nested loops.
package main

import (
	"fmt"
	"math"
)

func at(i, j int) float64 { return 1 / float64((i+j)*(i+j+1)/2+i+1) }

func mul(dst, v []float64) {
	for i := range dst {
		s := 0.0
		for j := range v {
			s += at(i, j) * v[j]
		}
		dst[i] = s
	}
}

func mulT(dst, v []float64) {
	for i := range dst {
		s := 0.0
		for j := range v {
			s += at(j, i) * v[j]
		}
		dst[i] = s
	}
}

func main() {
	const n = 2000
	u, v, t := make([]float64, n), make([]float64, n), make([]float64, n)
	for i := range u {
		u[i] = 1
	}
	for i := 0; i < 10; i++ {
		mul(t, u)
		mulT(v, t)
		mul(t, v)
		mulT(u, t)
	}
	var uv, vv float64
	for i := range u {
		uv += u[i] * v[i]
		vv += v[i] * v[i]
	}
	fmt.Printf("%.9f\n", math.Sqrt(uv/vv))
}
