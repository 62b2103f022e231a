// Timers: accuracy, Stop and Reset, tickers, deadlines, many at once.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"time"
)

func fail(a ...any) { fmt.Println(a...); os.Exit(1) }

func main() {
	start := time.Now()
	c := make(chan int, 100)
	for _, n := range []int{50, 10, 40, 20, 30} {
		time.AfterFunc(time.Duration(n)*time.Millisecond, func() { c <- n })
	}
	sum := 0
	for i := 0; i < 5; i++ {
		n := <-c
		if e := time.Since(start); e < time.Duration(n)*time.Millisecond || e > time.Duration(n)*time.Millisecond+400*time.Millisecond {
			fail("timer of", n, "ms came after", e)
		}
		sum += n
	}
	if sum != 150 {
		fail("one function was called twice")
	}
	t := time.NewTimer(time.Hour)
	if !t.Stop() || t.Stop() {
		fail("Stop")
	}
	t.Reset(time.Millisecond)
	<-t.C
	if t.Reset(time.Hour) || !t.Stop() {
		fail("Reset")
	}
	begin := time.Now()
	tk := time.NewTicker(2 * time.Millisecond)
	for i := 0; i < 50; i++ {
		<-tk.C
	}
	if e := time.Since(begin); e < 99*time.Millisecond {
		fail("ticker too fast", e)
	}
	tk.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
	defer cancel()
	<-ctx.Done()
	if !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		fail(ctx.Err())
	}
	var wg sync.WaitGroup
	for i := 0; i < 20000; i++ {
		wg.Add(1)
		d := time.Duration(i*7919%100) * time.Millisecond
		if i%2 == 0 {
			time.AfterFunc(d, wg.Done)
		} else {
			go func() {
				b := time.Now()
				time.Sleep(d)
				if time.Since(b) < d {
					fail("slept too short")
				}
				wg.Done()
			}()
		}
	}
	wg.Wait()
	fmt.Println("ok")
}
