// Workers is a pipeline of goroutines: a producer, a pool that squares numbers, a collector; with select, deadlines,
// cancellation, a rate limit, and errors that stop everything.
package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"
)

var errTooBig = errors.New("too big")

func produce(ctx context.Context, n int) <-chan int {
	out := make(chan int)
	go func() {
		defer close(out)
		for i := range n {
			select {
			case out <- i:
			case <-ctx.Done():
				return
			}
		}
	}()
	return out
}

func pool(ctx context.Context, cancel context.CancelCauseFunc, workers, limit int, in <-chan int) <-chan int {
	out := make(chan int, workers)
	var wg sync.WaitGroup
	for range workers {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for x := range in {
				if x > limit {
					cancel(fmt.Errorf("item %d: %w", x, errTooBig))
					return
				}
				select {
				case out <- x * x:
				case <-ctx.Done():
					return
				}
			}
		}()
	}
	go func() {
		wg.Wait()
		close(out)
	}()
	return out
}

func sum(n, workers, limit int) (total int, err error) {
	ctx, cancel := context.WithCancelCause(context.Background())
	defer cancel(nil)
	for x := range pool(ctx, cancel, workers, limit, produce(ctx, n)) {
		total += x
	}
	return total, context.Cause(ctx)
}

func main() {
	total, err := sum(10000, 8, 1<<30)
	fmt.Println(total, err)
	_, err = sum(10000, 8, 500)
	fmt.Println(errors.Is(err, errTooBig))

	ctx, stop := context.WithTimeout(context.WithValue(context.Background(), "who", "me"), 30*time.Millisecond)
	defer stop()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	n := 0
	for done := ctx.Done(); done != nil || n < 3; {
		select {
		case <-tick.C:
			n++
		case <-done:
			done = nil // and wait for the ticks that a busy machine still owes
		}
	}
	fmt.Println(n >= 3, ctx.Err(), ctx.Value("who"))

	var once sync.Once
	var mu sync.RWMutex
	cond := sync.NewCond(&sync.Mutex{})
	ready, count := false, map[string]int{}
	var wg sync.WaitGroup
	for i := range 50 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			cond.L.Lock()
			for !ready {
				cond.Wait()
			}
			cond.L.Unlock()
			once.Do(func() { fmt.Println("once") })
			mu.Lock()
			count[fmt.Sprint(i%5)]++
			mu.Unlock()
		}()
	}
	cond.L.Lock()
	ready = true
	cond.L.Unlock()
	cond.Broadcast()
	wg.Wait()
	mu.RLock()
	fmt.Println(count)
	mu.RUnlock()

	after := make(chan string, 1)
	context.AfterFunc(ctx, func() { after <- "after" })
	timeout := time.AfterFunc(time.Hour, func() {})
	fmt.Println(<-after, timeout.Stop(), timeout.Stop())
	defer func() { fmt.Println("recovered:", recover()) }()
	var closed chan int = make(chan int)
	close(closed)
	close(closed)
}
