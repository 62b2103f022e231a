// run

// Timers and tickers that nothing leads to are collected although they have not fired; those in use are not.

package main

import (
	"fmt"
	"runtime"
	"time"
)

const n = 20000

func live() uint64 {
	var m runtime.MemStats

	for i := 0; i < 3; i++ {
		runtime.GC()
	}
	runtime.ReadMemStats(&m)
	return m.HeapObjects
}

func main() {
	kinds := map[string]func(){
		"After":     func() { time.After(time.Hour) },
		"NewTicker": func() { time.NewTicker(time.Hour) },
		"Reset":     func() { time.NewTimer(time.Minute).Reset(time.Hour) },
	}
	for name, make := range kinds {
		before := live()
		for i := 0; i < n; i++ {
			make()
		}
		if after := live(); after > before+n/10 {
			fmt.Println(name, "keeps", after-before, "objects")
		}
	}

	// Only the channel, only a goroutine that waits, only the function: all of them still fire.
	soon := time.After(50 * time.Millisecond)
	waited := make(chan bool)
	go func() {
		<-time.After(50 * time.Millisecond)
		waited <- true
	}()
	called := make(chan bool)
	time.AfterFunc(50*time.Millisecond, func() { called <- true })
	tick := time.Tick(10 * time.Millisecond)
	live()
	<-soon
	<-waited
	<-called
	<-tick
	<-tick
}
