// Channels: ping-pong, a pipeline, a shared work queue, select.
package main

import (
	"fmt"
	"sync"
)

func main() {
	ping, pong := make(chan int), make(chan int)
	go func() {
		for v := range ping {
			pong <- v + 1
		}
		close(pong)
	}()
	sum := 0
	for i := 0; i < 500000; i++ {
		ping <- i
		sum += <-pong
	}
	close(ping)
	src := make(chan int, 128)
	go func() {
		for i := 0; i < 1000000; i++ {
			src <- i
		}
		close(src)
	}()
	var wg sync.WaitGroup
	var mu sync.Mutex
	for w := 0; w < 8; w++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := 0
			for v := range src {
				s += v
			}
			mu.Lock()
			sum += s
			mu.Unlock()
		}()
	}
	wg.Wait()
	a, b, quit := make(chan int), make(chan int), make(chan bool)
	go func() {
		for i := 0; i < 300000; i++ {
			select {
			case a <- i:
			case b <- -i:
			}
		}
		close(quit)
	}()
	n := 0
	for done := false; !done; {
		select {
		case <-a:
			n++
		case <-b:
			n++
		case <-quit:
			done = true
		}
	}
	fmt.Println(sum, n)
}
