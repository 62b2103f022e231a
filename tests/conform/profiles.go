// run

// Profiles as pprof reads them: stacks end in runtime.goexit, functions of package sync that only wait are left out, an address of a function's
// start names it, the frames around a cut off inlined one come back; panics that follow each other are indented.

package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"reflect"
	"runtime"
	"runtime/pprof"
	"strings"
	"sync"
	"time"
)

func check(ok bool, what string) {
	if !ok {
		fmt.Println("wrong:", what)
	}
}

func names(pcs []uintptr) (s []string) {
	for f := runtime.CallersFrames(pcs); ; {
		fr, more := f.Next()
		s = append(s, fr.Function)
		if !more {
			return s
		}
	}
}

func text(profile string) string {
	var b bytes.Buffer
	pprof.Lookup(profile).WriteTo(&b, 1)
	return b.String()
}

func contend() {
	var mu sync.Mutex
	mu.Lock()
	go func() {
		time.Sleep(5 * time.Millisecond)
		mu.Unlock()
	}()
	mu.Lock()
	mu.Unlock()
}

func wait() {
	var mu sync.Mutex
	c := sync.NewCond(&mu)
	mu.Lock()
	go func() {
		time.Sleep(5 * time.Millisecond)
		mu.Lock()
		c.Signal()
		mu.Unlock()
	}()
	c.Wait()
	mu.Unlock()
}

type finalized struct{ a, b int }

func main() {
	if len(os.Args) > 1 {
		defer func() {
			defer func() { panic("second") }()
			runtime.Goexit()
		}()
		panic("first")
	}
	pcs := make([]uintptr, 20)
	done := make(chan int)
	go func() { done <- runtime.Callers(0, pcs) }()
	s := names(pcs[:<-done])
	check(s[len(s)-1] == "runtime.goexit" && s[0] == "runtime.Callers", "Callers "+fmt.Sprint(s))
	check(names([]uintptr{reflect.ValueOf(contend).Pointer()})[0] == "main.contend", "start of a function")

	runtime.SetBlockProfileRate(1)
	runtime.SetMutexProfileFraction(1)
	contend()
	wait()
	b, m := text("block"), text("mutex")
	check(strings.Contains(b, "sync.(*Mutex).Lock") && !strings.Contains(b, "lockSlow") && strings.Contains(b, "main.contend"), "block: "+b)
	check(strings.Contains(b, "sync.(*Cond).Wait") && strings.Contains(b, "main.wait"), "block: "+b)
	check(strings.Contains(m, "sync.(*Mutex).Unlock") && !strings.Contains(m, "unlockSlow"), "mutex: "+m)

	in, out := make(chan bool), make(chan bool)
	x := &finalized{1, 2}
	runtime.SetFinalizer(x, func(*finalized) { in <- true; <-out })
	x = nil
	runtime.GC()
	<-in
	check(strings.Contains(text("goroutine"), "runtime.runfinq"), "goroutine of finalizers")
	close(out)

	o, _ := exec.Command("/proc/self/exe", "panics").CombinedOutput()
	check(strings.HasPrefix(string(o), "panic: first\n\tpanic: second\n"), "panics: "+string(o))
}
