// C calls Go: nested, deep, with collections and moving stacks in between, from many goroutines, while others wait.
package main

/*
#include <stdint.h>
#include <stdlib.h>

extern int goDown(int);
extern int goSum(int, int64_t, double, char *);
extern void goVisit(uintptr_t, int);
typedef struct { int a; int b; } pair;
extern pair goSwap(pair);
extern int goCompare(void *, void *);

static int down(int n) { char pad[512]; pad[n % 512] = 1; return n == 0 ? 0 : goDown(n - 1) + pad[n % 512]; }
static int sum(void) { return goSum(1, 2, 3.5, "four"); }
static void visit(uintptr_t h, int n) { for (int i = 0; i < n; i++) goVisit(h, i); }
static pair swap(int a, int b) { pair p = { a, b }; return goSwap(p); }
static int compare(const void *a, const void *b) { return goCompare((void *)a, (void *)b); }
static void sort(int *p, int n) { qsort(p, n, sizeof *p, compare); }
static int *newints(int n) { int *p = malloc(n * sizeof *p); for (int i = 0; i < n; i++) p[i] = (i * 7919) % 1009; return p; }
*/
import "C"

import (
	"fmt"
	"runtime"
	"runtime/cgo"
	"sync"
	"time"
	"unsafe"
)

//export goDown
func goDown(n C.int) C.int {
	if n%10 == 0 {
		runtime.GC()
	}
	return C.down(n) + 1
}

//export goSum
func goSum(a C.int, b C.int64_t, c C.double, d *C.char) C.int {
	return a + C.int(b) + C.int(c) + C.int(len(C.GoString(d)))
}

type visitor struct {
	seen []int
	c    chan int
}

//export goVisit
func goVisit(h C.uintptr_t, i C.int) {
	v := cgo.Handle(h).Value().(*visitor)
	v.seen = append(v.seen, int(i))
	if v.c != nil {
		v.c <- int(i) // blocks: the thread waits in C's frame
		runtime.Gosched()
	}
}

//export goSwap
func goSwap(p C.pair) C.pair { return C.pair{a: p.b, b: p.a} }

//export goCompare
func goCompare(a, b unsafe.Pointer) C.int { return *(*C.int)(a) - *(*C.int)(b) }

// grow uses about n KiB of stack, so that it moves below C's frames.
func grow(n int) byte {
	var a [1024]byte
	a[n%1024] = 1
	if n == 0 {
		return a[0]
	}
	return grow(n-1) + a[n%1024]
}

//export goGrow
func goGrow(n C.int) C.int { return C.int(grow(int(n))) }

func main() {
	fmt.Println(C.down(60))
	fmt.Println(C.sum())
	p := C.swap(1, 2)
	fmt.Println(p.a, p.b)

	v := &visitor{}
	h := cgo.NewHandle(v)
	C.visit(C.uintptr_t(h), 5)
	h.Delete()
	fmt.Println(v.seen)

	ints := unsafe.Slice(C.newints(1000), 1000)
	C.sort(&ints[0], 1000)
	ok := true
	for i := 1; i < len(ints); i++ {
		ok = ok && ints[i-1] <= ints[i]
	}
	fmt.Println(ok)

	// many at once, each waiting inside its callback
	var wg sync.WaitGroup
	total := make([]int, 20)
	for g := range total {
		wg.Add(1)
		go func() {
			defer wg.Done()
			v := &visitor{c: make(chan int)}
			h := cgo.NewHandle(v)
			defer h.Delete()
			done := make(chan bool)
			go func() {
				for i := 0; i < 50; i++ {
					total[g] += <-v.c
				}
				done <- true
			}()
			C.visit(C.uintptr_t(h), 50)
			<-done
		}()
	}
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
				time.Sleep(time.Millisecond)
			}
		}
	}()
	wg.Wait()
	stop <- true
	all := 0
	for _, t := range total {
		all += t
	}
	fmt.Println(all)
	growMain()
}
