// Pancake flips over all permutations: indexing of small slices.
package main

import "fmt"

func fannkuch(n int) (check, most int) {
	perm, p, count := make([]int, n), make([]int, n), make([]int, n)
	for i := range perm {
		perm[i] = i
	}
	r, k := n, 0
	for {
		for ; r > 1; r-- {
			count[r-1] = r
		}
		copy(p, perm)
		flips := 0
		for first := p[0]; first != 0; first = p[0] {
			for i, j := 0, first; i < j; i, j = i+1, j-1 {
				p[i], p[j] = p[j], p[i]
			}
			flips++
		}
		if flips > most {
			most = flips
		}
		if k%2 == 0 {
			check += flips
		} else {
			check -= flips
		}
		for {
			if r == n {
				return
			}
			first := perm[0]
			for i := 0; i < r; i++ {
				perm[i] = perm[i+1]
			}
			perm[r] = first
			count[r]--
			if count[r] > 0 {
				break
			}
			r++
		}
		k++
	}
}

func main() {
	c, m := fannkuch(10)
	fmt.Println(c, m)
}
