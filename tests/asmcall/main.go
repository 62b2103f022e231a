// Assembly with frames and pointers in its arguments calls Go, which grows the stack and collects; run by tests/cli/asm_frames.sh.
package main

import (
	"bytes"
	"fmt"
	"os"
	"runtime"
	"strings"
)

// call keeps p and s only in its arguments while it calls back, and returns p and s[1].
func call(p *int, s []string, n int) (q *int, t string)

func untyped(n int)

func registers(n uint64) uint64

// copies moves n bytes with runtime·memmove, which does not stop, so that nobody has to know what the frame holds.
func copies(to, from *byte, n int)

func grow(n int) int {
	var a [64]int
	a[n%64] = n
	if n == 0 {
		runtime.GC()
		return a[0]
	}
	return grow(n-1) + a[n%64]
}

func back(n int) {
	switch n {
	case 1:
		panic("from below assembly")
	case 2:
		pc := make([]uintptr, 4)
		fs := runtime.CallersFrames(pc[:runtime.Callers(1, pc)])
		for {
			f, more := fs.Next()
			fmt.Println(f.Function, f.File[strings.LastIndex(f.File, "/")+1:])
			if !more {
				return
			}
		}
	default:
		grow(n)
		var x [][]byte
		for i := 0; i < 100; i++ {
			x = append(x, make([]byte, 1000))
		}
		runtime.KeepAlive(x)
	}
}

func try(n int) (err any) {
	defer func() { err = recover() }()
	v := new(int)
	*v = n
	q, t := call(v, []string{"a", strings.Repeat("b", n)}, n)
	if *q != n || t != strings.Repeat("b", n) {
		fmt.Println("wrong", *q, t)
		os.Exit(1)
	}
	return nil
}

func main() {
	if len(os.Args) > 1 {
		untyped(50)
		return
	}
	done := make(chan bool)
	stop := make(chan bool)
	go func() {
		to, from := make([]byte, 100), bytes.Repeat([]byte{7}, 100)
		for {
			for i := 0; i < 1000; i++ {
				copies(&to[0], &from[0], 100)
			}
			if !bytes.Equal(to, from) {
				panic("copies")
			}
			select {
			case <-stop:
				done <- true
				return
			default:
			}
		}
	}()
	for g := 0; g < 4; g++ {
		go func() {
			for i := 0; i < 20; i++ {
				try(i*17 + 3)
				if registers(uint64(i)) != uint64(i)*3 {
					panic("registers")
				}
			}
			done <- true
		}()
	}
	for g := 0; g < 4; g++ {
		<-done
	}
	close(stop)
	<-done
	fmt.Println(try(1))
	fmt.Println(try(2))
}
