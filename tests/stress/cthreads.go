// Threads that C makes, in waves, call Go, which allocates, grows its stack, waits, panics, and calls C again, several deep; beside them
// goroutines that call C and are called back, and collections all the time. Everything that comes back is checked.
//
// quick: 400
// hard: 12
package main

/*
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

extern long goVisit(int thread, int round, uintptr_t handle);
extern long goNest(int depth, uintptr_t handle);
extern int goLess(void *a, void *b);
extern void goGone(int thread);

enum { THREADS = 8 };

static struct work { int thread, rounds; uintptr_t handle; long sum; } works[THREADS];
static pthread_key_t key;

static void gone(void *p) { goGone(((struct work *)p)->thread); }

static void *work(void *p)
{
	struct work *w = p;

	pthread_setspecific(key, w);	// Go is called once more when the thread ends
	for (int i = 0; i < w->rounds; i++)
		w->sum += goVisit(w->thread, i, w->handle);
	return NULL;
}

// One wave: threads that are new to Go, and are gone at its end.
static long wave(int rounds, uintptr_t handle)
{
	pthread_t t[THREADS];
	long sum = 0;

	if (key == 0 && pthread_key_create(&key, gone) != 0)
		abort();
	for (int i = 0; i < THREADS; i++) {
		works[i] = (struct work){ i, rounds, handle, 0 };
		if (pthread_create(&t[i], NULL, work, &works[i]) != 0)
			abort();
	}
	for (int i = 0; i < THREADS; i++) {
		pthread_join(t[i], NULL);
		sum += works[i].sum;
	}
	return sum;
}

// C below Go below C: a buffer of each level must be as it was when the call comes back.
static long nest(int depth, uintptr_t handle)
{
	unsigned char own[200];
	long sum;

	memset(own, depth + 1, sizeof own);
	sum = depth > 0 ? goNest(depth - 1, handle) : 0;
	for (size_t i = 0; i < sizeof own; i++)
		if (own[i] != depth + 1)
			abort();
	return sum + depth;
}

static int compare(const void *a, const void *b) { return goLess((void *)a, (void *)b); }
static void sort(int32_t *v, size_t n) { qsort(v, n, sizeof *v, compare); }
static void give(void) { sched_yield(); }
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"runtime/cgo"
	"strconv"
	"sync"
	"sync/atomic"
	"unsafe"
)

type node struct {
	next *node
	tag  string
}

type shared struct {
	mu    sync.Mutex
	lists [C.THREADS]*node
	asks  chan chan int
	gone  atomic.Int64
	bad   atomic.Int64
}

var all = &shared{asks: make(chan chan int)}

//export goGone
func goGone(thread C.int) {
	all.gone.Add(1)
}

//export goLess
func goLess(a, b unsafe.Pointer) C.int {
	x, y := *(*int32)(a), *(*int32)(b)
	if x%64 == 0 {
		runtime.Gosched()
	}
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

//export goNest
func goNest(depth C.int, h C.uintptr_t) C.long {
	s := cgo.Handle(h).Value().(*shared)
	l := &node{nil, strconv.Itoa(int(depth))}
	for i := 0; i < 20; i++ {
		l = &node{l, l.tag}
	}
	r := C.nest(depth, h)
	for n := l; n != nil; n = n.next {
		if n.tag != strconv.Itoa(int(depth)) {
			s.bad.Add(1)
		}
	}
	return r
}

// deep needs a stack of its own size at each call.
func deep(n int) int {
	var pad [40]int
	pad[n%40] = n
	if n == 0 {
		return 0
	}
	return deep(n-1) + pad[n%40] - n + 1
}

func recovered(v int) (r int) {
	defer func() { r = recover().(int) }()
	var none []int
	defer func() {
		recover()
		panic(v)
	}()
	return none[v]
}

//export goVisit
func goVisit(thread, round C.int, h C.uintptr_t) C.long {
	s := cgo.Handle(h).Value().(*shared)
	switch round % 5 {
	case 0: // a list that outlives the call, and garbage
		s.mu.Lock()
		l := &node{s.lists[thread], fmt.Sprint("thread ", thread)}
		for i := 0; l != nil && i < 30; i, l = i+1, l.next {
			if l.tag != fmt.Sprint("thread ", thread) {
				s.bad.Add(1)
			}
		}
		s.lists[thread] = &node{s.lists[thread], fmt.Sprint("thread ", thread)}
		if round%100 == 0 {
			s.lists[thread] = nil
		}
		s.mu.Unlock()
		return 1
	case 1:
		return C.long(deep(100+int(round)%200) - 99 - int(round)%200)
	case 2:
		c := make(chan int)
		s.asks <- c
		return C.long(<-c)
	case 3:
		return C.long(recovered(int(round)+1) - int(round))
	}
	return C.nest(5, h) - 14
}

func sorter(rounds int) {
	for i := 0; i < rounds; i++ {
		n := 50
		v := unsafe.Slice((*C.int32_t)(C.malloc(C.size_t(n*4))), n)
		for k := range v {
			v[k] = C.int32_t((k*7919 + i) % 1009)
		}
		C.sort(&v[0], C.size_t(n))
		for k := 1; k < n; k++ {
			if v[k-1] > v[k] {
				all.bad.Add(1)
			}
		}
		C.free(unsafe.Pointer(&v[0]))
		C.give()
	}
}

func main() {
	rounds := 4000
	if len(os.Args) > 1 {
		rounds, _ = strconv.Atoi(os.Args[1])
	}
	runtime.GOMAXPROCS(4)
	go func() {
		for c := range all.asks {
			c <- 1
		}
	}()
	var stop atomic.Bool
	var wg sync.WaitGroup
	collected := 0
	wg.Add(1)
	go func() {
		defer wg.Done()
		for ; !stop.Load(); collected++ {
			runtime.GC()
		}
	}()
	h := cgo.NewHandle(all)
	const waves = 4
	for w := 0; w < waves; w++ {
		var beside sync.WaitGroup
		for g := 0; g < 3; g++ {
			beside.Add(1)
			go func() {
				defer beside.Done()
				sorter(rounds / 4)
			}()
		}
		fmt.Println("wave", w, C.wave(C.int(rounds), C.uintptr_t(h)) == C.long(rounds)*C.THREADS)
		beside.Wait()
	}
	stop.Store(true)
	wg.Wait()
	h.Delete()
	fmt.Println("threads gone:", all.gone.Load(), "wrong:", all.bad.Load())
	fmt.Fprintln(os.Stderr, "steps:", collected, "collections")
}
