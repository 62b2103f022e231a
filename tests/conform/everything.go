// run

// A little of everything that needs the scheduler, the poller, timers, signals and processes. Run it under the knobs of runtime/README too.

package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func main() {
	t0 := time.Now()
	// http
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		json.NewEncoder(w).Encode(map[string]any{"path": r.URL.Path, "n": 42})
	}))
	var wg sync.WaitGroup
	var n atomic.Int64
	for i := 0; i < 20; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 20; j++ {
				resp, err := http.Get(fmt.Sprintf("%s/x%d", srv.URL, i))
				check(err)
				b, err := io.ReadAll(resp.Body)
				check(err)
				resp.Body.Close()
				var m map[string]any
				check(json.Unmarshal(b, &m))
				if m["path"] != fmt.Sprintf("/x%d", i) {
					panic("bad path")
				}
				n.Add(1)
			}
		}()
	}
	wg.Wait()
	srv.Close()
	fmt.Println("http", n.Load())
	// exec
	out, err := exec.Command("/bin/echo", "hi", "there").Output()
	check(err)
	fmt.Printf("exec %q\n", out)
	cmd := exec.Command("/bin/sh", "-c", "cat; exit 3")
	cmd.Stdin = strings.NewReader("stdin text")
	var bb bytes.Buffer
	cmd.Stdout = &bb
	err = cmd.Run()
	var ee *exec.ExitError
	fmt.Println(bb.String(), errors.As(err, &ee), ee.ExitCode())
	// signals
	c := make(chan os.Signal, 1)
	signal.Notify(c, syscall.SIGUSR1)
	for i := 0; i < 10; i++ {
		syscall.Kill(syscall.Getpid(), syscall.SIGUSR1)
		s := <-c
		if s != syscall.SIGUSR1 {
			panic("sig")
		}
	}
	signal.Stop(c)
	fmt.Println("signals ok")
	// timers
	tm := time.NewTimer(time.Hour)
	fmt.Println("stop", tm.Stop(), tm.Stop())
	tm.Reset(5 * time.Millisecond)
	<-tm.C
	tk := time.NewTicker(2 * time.Millisecond)
	for i := 0; i < 5; i++ {
		<-tk.C
	}
	tk.Stop()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	<-ctx.Done()
	fmt.Println(ctx.Err())
	cancel()
	done := make(chan bool)
	time.AfterFunc(time.Millisecond, func() { done <- true })
	<-done
	// deadline
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	go func() {
		c, err := l.Accept()
		check(err)
		time.Sleep(50 * time.Millisecond)
		c.Close()
	}()
	cn, err := net.Dial("tcp", l.Addr().String())
	check(err)
	cn.SetReadDeadline(time.Now().Add(10 * time.Millisecond))
	_, err = cn.Read(make([]byte, 10))
	fmt.Println(errors.Is(err, os.ErrDeadlineExceeded))
	cn.SetReadDeadline(time.Time{})
	_, err = cn.Read(make([]byte, 10))
	fmt.Println(err)
	// mutex stress
	var mu sync.Mutex
	var rw sync.RWMutex
	cnt := 0
	for i := 0; i < 50; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for j := 0; j < 2000; j++ {
				mu.Lock()
				cnt++
				mu.Unlock()
				rw.RLock()
				_ = cnt
				rw.RUnlock()
				if j%100 == 0 {
					rw.Lock()
					rw.Unlock()
					runtime.Gosched()
				}
			}
		}()
	}
	wg.Wait()
	fmt.Println(cnt)
	// cond, once, pool
	cond := sync.NewCond(&mu)
	ready := 0
	for i := 0; i < 10; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			mu.Lock()
			for ready == 0 {
				cond.Wait()
			}
			mu.Unlock()
		}()
	}
	time.Sleep(time.Millisecond)
	mu.Lock()
	ready = 1
	cond.Broadcast()
	mu.Unlock()
	wg.Wait()
	var pool = sync.Pool{New: func() any { return new([100]int) }}
	for i := 0; i < 1000; i++ {
		x := pool.Get()
		pool.Put(x)
		if i%100 == 0 {
			runtime.GC()
		}
	}
	// LockOSThread
	go func() { runtime.LockOSThread(); defer close(done); time.Sleep(time.Millisecond); runtime.Gosched() }()
	<-done
	old := runtime.GOMAXPROCS(4)
	for i := 0; i < 100; i++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s := 0
			for k := 0; k < 100000; k++ {
				s += k
			}
			_ = s
		}()
	}
	wg.Wait()
	runtime.GOMAXPROCS(1)
	for i := 0; i < 100; i++ {
		wg.Add(1)
		go func() { defer wg.Done(); time.Sleep(time.Microsecond) }()
	}
	wg.Wait()
	runtime.GOMAXPROCS(old)
	var ms runtime.MemStats
	runtime.ReadMemStats(&ms)
	fmt.Println(ms.NumGC > 0, ms.HeapAlloc > 0, ms.Mallocs > ms.Frees)
	debug.FreeOSMemory()
	fmt.Println(strings.Contains(string(debug.Stack()), "main.main"))
	fmt.Println(runtime.NumGoroutine() < 10)
	if time.Since(t0) > 20*time.Second {
		panic("slow")
	}
	seq := func(yield func(int) bool) {
		for i := 0; ; i++ {
			if !yield(i) {
				return
			}
		}
	}
	for v := range seq {
		if v > 3 {
			fmt.Println(v)
			break
		}
	}
	defer fmt.Println("deferred")
	func() {
		defer func() { fmt.Println(recover()) }()
		var m map[string]int
		m["a"] = 1
	}()
}
