// A thousand goroutines over four threads, with channels, timers and a collection all the time, for so many seconds.
//
// Each goroutine has a neighbour to whom it hands messages that it has just allocated, and checks those that it gets; every
// tenth also waits for timers, which it sometimes stops. Prints on stderr how many messages arrived. Arguments: seconds.
// quick: 4
// hard: 2
package main

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

const crowd = 1000

type message struct {
	from, n int
	text    string
	chain   *message
}

var (
	steps, fired, stopped, collections atomic.Int64
	stop                               = make(chan bool)
)

func wrong(what string, args ...any) {
	fmt.Printf("wrong: "+what+"\n", args...)
	os.Exit(1)
}

func text(from, n int) string { return "message " + strconv.Itoa(n) + " of " + strconv.Itoa(from) }

// talk sends to the next goroutine and receives from the one before, whichever is possible, until the crowd stops.
func talk(me int, in <-chan *message, out chan<- *message, done *sync.WaitGroup) {
	defer done.Done()
	var kept *message
	want, n := 0, 0
	for {
		m := &message{me, n, text(me, n), kept}
		select {
		case out <- m:
			n++
		case got := <-in:
			if before := (me + crowd - 1) % crowd; got.from != before || got.n != want || got.text != text(before, want) {
				wrong("goroutine %d got message %d %q of %d, not number %d", me, got.n, got.text, got.from, want)
			}
			want++
			steps.Add(1)
			if kept = got; want%8 == 0 {
				kept = nil
			} else {
				got.chain = nil
			}
		case <-stop:
			return
		}
		if me%10 == 0 && want%50 == 1 {
			t := time.NewTimer(time.Duration(me%7) * time.Millisecond)
			if n%2 == 0 && t.Stop() {
				stopped.Add(1)
			} else if n%2 != 0 {
				<-t.C
				fired.Add(1)
			}
		}
	}
}

func main() {
	seconds := 60.0
	if len(os.Args) > 1 {
		seconds, _ = strconv.ParseFloat(os.Args[1], 64)
	}
	runtime.GOMAXPROCS(4)
	var links [crowd]chan *message
	for i := range links {
		links[i] = make(chan *message, i%3)
	}
	var done sync.WaitGroup
	for i := range links {
		done.Add(1)
		go talk(i, links[i], links[(i+1)%crowd], &done)
	}
	collector := make(chan bool)
	go func() {
		defer close(collector)
		for {
			runtime.GC()
			collections.Add(1)
			select {
			case <-stop:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	time.Sleep(time.Duration(seconds * float64(time.Second)))
	close(stop)
	done.Wait()
	<-collector
	if runtime.NumGoroutine() != 1 {
		time.Sleep(time.Second)
		if n := runtime.NumGoroutine(); n != 1 {
			wrong("%d goroutines are left", n)
		}
	}
	if steps.Load() < crowd || fired.Load() == 0 || stopped.Load() == 0 || collections.Load() == 0 {
		wrong("%d messages, %d timers fired, %d stopped, %d collections", steps.Load(), fired.Load(), stopped.Load(), collections.Load())
	}
	fmt.Fprintf(os.Stderr, "steps: %d; %d timers, %d collections in %.0f s\n", steps.Load(), fired.Load()+stopped.Load(), collections.Load(), seconds)
	fmt.Println("ok")
}
