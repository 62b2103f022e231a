// Recursion a million deep, with pointers into the stack that must follow it when it is copied.
package main

import "fmt"

type link struct {
	up *link
	n  int
}

func down(up *link, n int, acc *int) int {
	l := link{up, n}
	*acc++
	if n == 0 {
		s := 0
		for p := &l; p != nil; p = p.up {
			s += p.n
		}
		return s
	}
	r := down(&l, n-1, acc)
	if l.n != n {
		panic("frame was damaged")
	}
	return r
}

func ack(m, n int) int {
	switch {
	case m == 0:
		return n + 1
	case n == 0:
		return ack(m-1, 1)
	}
	return ack(m-1, ack(m, n-1))
}

func main() {
	acc := 0
	fmt.Println(down(nil, 1000000, &acc), acc)
	done := make(chan int)
	for i := 0; i < 20; i++ {
		go func() {
			a := 0
			done <- down(nil, 1000*i, &a) + a
		}()
	}
	t := 0
	for i := 0; i < 20; i++ {
		t += <-done
	}
	fmt.Println(t, ack(2, 2000))
}
