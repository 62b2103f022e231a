// Binary trees made and dropped: allocation of small objects and collection.
package main

import "fmt"

type tree struct{ l, r *tree }

func grow(d int) *tree {
	if d == 0 {
		return &tree{}
	}
	return &tree{grow(d - 1), grow(d - 1)}
}

func (t *tree) count() int {
	if t.l == nil {
		return 1
	}
	return 1 + t.l.count() + t.r.count()
}

func main() {
	const depth = 17
	long := grow(depth)
	for d := 4; d <= depth; d += 4 {
		n, c := 1<<(depth-d+4), 0
		for i := 0; i < n; i++ {
			c += grow(d).count()
		}
		fmt.Println(n, d, c)
	}
	fmt.Println(long.count())
}
