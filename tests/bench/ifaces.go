// Calls that are not static: interfaces, closures, generics, type switches, defer.
package main

import "fmt"

type shape interface{ area() int }
type square struct{ a int }
type rect struct{ a, b int }
type disc struct{ r int }

func (s square) area() int { return s.a * s.a }
func (r *rect) area() int  { return r.a * r.b }
func (d disc) area() int   { return 3 * d.r * d.r }

func fold[T any](v []T, f func(int, T) int) int {
	n := 0
	for _, x := range v {
		n = f(n, x)
	}
	return n
}

func kind(s shape) int {
	switch v := s.(type) {
	case square:
		return v.a
	case *rect:
		return v.b
	case disc:
		return v.r
	}
	return 0
}

type counter struct{ n int }

func (c *counter) bump() { c.n++ }
func (c *counter) guarded() {
	defer c.bump()
	if c.n < 0 {
		panic("negative")
	}
}

func fib(n int) int {
	if n < 2 {
		return n
	}
	return fib(n-1) + fib(n-2)
}

func main() {
	shapes := make([]shape, 1000)
	for i := range shapes {
		switch i % 3 {
		case 0:
			shapes[i] = square{i}
		case 1:
			shapes[i] = &rect{i, 2}
		default:
			shapes[i] = disc{i}
		}
	}
	t := 0
	for r := 0; r < 50000; r++ {
		for _, s := range shapes {
			t += s.area()
		}
	}
	for r := 0; r < 20000; r++ {
		for _, s := range shapes {
			t += kind(s)
		}
		t += fold(shapes, func(n int, s shape) int { return n ^ 1 })
	}
	c := &counter{}
	for i := 0; i < 50000000; i++ {
		c.guarded()
	}
	fmt.Println(t, c.n, fib(38))
}
