// select picks fairly, never loses or doubles a value, and works with nil channels, default and close.
package main

import (
	"fmt"
	"os"
	"sync"
)

func main() {
	var cs [4]chan int
	for i := range cs {
		cs[i] = make(chan int)
		go func() {
			for j := 0; ; j++ {
				cs[i] <- j
			}
		}()
	}
	var n, next [4]int
	for i := 0; i < 100000; i++ {
		k, v := 0, 0
		select {
		case v = <-cs[0]:
			k = 0
		case v = <-cs[1]:
			k = 1
		case v = <-cs[2]:
			k = 2
		case v = <-cs[3]:
			k = 3
		}
		if next[k] != v {
			fmt.Println("lost or doubled")
			os.Exit(1)
		}
		next[k]++
		n[k]++
	}
	ready := make(chan int, 2)
	other := make(chan int, 2)
	ready <- 1
	other <- 1
	var r [2]int
	for i := 0; i < 10000; i++ {
		select {
		case <-ready:
			r[0]++
			ready <- 1
		case <-other:
			r[1]++
			other <- 1
		}
	}
	for _, x := range []int{n[0] * 100, n[1] * 100, n[2] * 100, n[3] * 100, r[0], r[1]} {
		if x < 3000 {
			fmt.Println("unfair", n, r)
			os.Exit(1)
		}
	}
	var none chan int
	select {
	case <-none:
		panic("nil")
	default:
	}
	var wg sync.WaitGroup
	in, quit := make(chan int), make(chan struct{})
	got := make([]int, 50)
	for w := range got {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for {
				select {
				case v := <-in:
					got[w] += v
				case <-quit:
					return
				}
			}
		}()
	}
	for i := 0; i < 50000; i++ {
		in <- i
	}
	close(quit)
	wg.Wait()
	s := 0
	for _, v := range got {
		s += v
	}
	fmt.Println(s == 50000*49999/2)
}
