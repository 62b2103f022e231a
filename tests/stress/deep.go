// Recursion a million deep, with pointers into the stack that must follow it when it is copied.
//
// quick: 200000
// hard: 6000
package main

import (
	"fmt"
	"os"
)

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
	n, acc := 1000000, 0
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &n)
	}
	fmt.Println(down(nil, n, &acc) == n*(n+1)/2, acc == n+1)
	done := make(chan int)
	for i := 0; i < 20; i++ {
		go func() {
			a := 0
			done <- down(nil, n/1000*i, &a) + a
		}()
	}
	t := 0
	for i := 0; i < 20; i++ {
		t += <-done
	}
	fmt.Println(t > 0, ack(2, n/2000) == 2*(n/2000)+3)
}
