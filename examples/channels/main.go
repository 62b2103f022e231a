// Channels: a pipeline of goroutines, select with a timer, a worker pool, a mutex, sync.Once and a context.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

func generate(n int) <-chan int {
	c := make(chan int)
	go func() {
		defer close(c)
		for i := 2; i < n; i++ {
			c <- i
		}
	}()
	return c
}

func filter(in <-chan int, p int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for v := range in {
			if v%p != 0 {
				out <- v
			}
		}
	}()
	return out
}

func sieve(n int) (primes []int) {
	c := generate(n)
	for {
		p, ok := <-c
		if !ok {
			return primes
		}
		primes = append(primes, p)
		c = filter(c, p)
	}
}

func pool(workers, jobs int) int {
	in := make(chan int, 8)
	out := make(chan int)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := range in {
				out <- j * j
			}
		}()
	}
	go func() {
		for j := range jobs {
			in <- j
		}
		close(in)
		wg.Wait()
		close(out)
	}()
	sum := 0
	for v := range out {
		sum += v
	}
	return sum
}

func main() {
	fmt.Println("primes:", sieve(60))
	fmt.Println("pool:", pool(4, 1000))

	var mu sync.Mutex
	var wg sync.WaitGroup
	n := 0
	for i := range 200 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			n += i
			mu.Unlock()
		}()
	}
	wg.Wait()
	fmt.Println("mutex:", n)

	never := make(chan int)
	select {
	case <-never:
		fmt.Println("impossible")
	case <-time.After(10 * time.Millisecond):
		fmt.Println("timeout")
	}
	select {
	case never <- 1:
		fmt.Println("impossible")
	default:
		fmt.Println("would block")
	}

	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	fmt.Println(ctx.Err(), errors.Is(ctx.Err(), context.DeadlineExceeded))

	var once sync.Once
	for range 3 {
		once.Do(func() { fmt.Println("once") })
	}
}
