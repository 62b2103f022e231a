// run

// A fatal signal that arrives in memmove, in a function without a frame, or at any instruction of a small one: the traceback leads from there
// to main.

package main

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"
	"time"
)

var begun atomic.Bool

//go:noinline
func small(x int) int { return x*3 + 1 }

//go:noinline
func mid(x int) int { return small(x) + small(x+1) }

//go:noinline
func calls(x int) int {
	begun.Store(true)
	for {
		x = mid(x)
	}
}

//go:noinline
func copies(a, b []byte) {
	begun.Store(true)
	for {
		copy(a, b)
	}
}

func child(what string) {
	runtime.GOMAXPROCS(2)
	runtime.LockOSThread()
	tid := syscall.Gettid()
	go func() {
		for !begun.Load() {
			time.Sleep(time.Millisecond)
		}
		time.Sleep(10 * time.Millisecond)
		syscall.Tgkill(os.Getpid(), tid, syscall.SIGQUIT)
	}()
	if what == "copies" {
		copies(make([]byte, 1<<16), make([]byte, 1<<16))
	}
	calls(1)
}

func main() {
	if len(os.Args) > 1 {
		child(os.Args[1])
	}
	for i := range 12 {
		what := []string{"calls", "copies"}[i%2]
		out, _ := exec.Command("/proc/self/exe", what).CombinedOutput()
		s := string(out)
		i := strings.Index(s, "main."+what+"(")
		if !strings.Contains(s, "SIGQUIT: quit") || strings.Contains(s, "unexpected return pc") || i < 0 || !strings.Contains(s[i:], "main.main()") {
			fmt.Println(what, s)
			os.Exit(1)
		}
	}
}
