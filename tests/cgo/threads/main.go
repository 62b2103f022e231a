// Threads that C makes call Go: many at once, again after others have ended, with goroutines and collections beside them.
package main

/*
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>

extern int goTick(int, int);
extern void goLast(int);

static int rounds;
static pthread_key_t atexit_key;
static void last(void *p) { goLast((int)(intptr_t)p); }

static void *work(void *p)
{
	int id = (int)(intptr_t)p;
	long s = 0;

	pthread_setspecific(atexit_key, p);
	for (int i = 0; i < rounds; i++)
		s += goTick(id, i);
	return (void *)s;
}

static long run(int threads, int n)
{
	pthread_t t[64];
	long s = 0;
	void *r;

	if (rounds == 0)
		pthread_key_create(&atexit_key, last);
	rounds = n;
	for (int i = 0; i < threads; i++)
		pthread_create(&t[i], NULL, work, (void *)(intptr_t)(i + 1));
	for (int i = 0; i < threads; i++) {
		pthread_join(t[i], &r);
		s += (long)r;
	}
	return s;
}

// a thread that lives on beside the program and calls now and then
static void *background(void *p)
{
	for (int i = 0; i < 10; i++)
		goTick(100, i);
	return p;
}
static pthread_t bg;
static void startbackground(void) { pthread_create(&bg, NULL, background, NULL); }
static void waitbackground(void) { pthread_join(bg, NULL); }

extern void waitearly(void);

static void kill_self(int sig) { pthread_kill(pthread_self(), sig); }
static void *signaller(void *p) { kill_self(SIGUSR1); goTick(200, 0); return p; }
static void signalthread(void) { pthread_t t; pthread_create(&t, NULL, signaller, NULL); pthread_join(t, NULL); }
*/
import "C"

import (
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
)

var (
	ticks, lasts atomic.Int64
	early        = make(chan bool, 1)
	kept         [300][]byte
	answers      = make(chan chan int)
)

//export goTick
func goTick(id, i C.int) C.int {
	ticks.Add(1)
	kept[id] = make([]byte, 100+int(i)) // garbage for the collector
	if i%7 == 0 {
		c := make(chan int)
		answers <- c
		return C.int(<-c)
	}
	return 1
}

//export goLast
func goLast(id C.int) { lasts.Add(1) }

//export goEarly
func goEarly() { early <- true }

func main() {
	C.waitearly()
	fmt.Println(<-early)
	go func() {
		for c := range answers {
			c <- 1
		}
	}()
	fmt.Println(C.run(1, 100))
	fmt.Println(C.run(8, 1000))
	stop := make(chan bool)
	go func() {
		for {
			select {
			case <-stop:
				return
			default:
				runtime.GC()
			}
		}
	}()
	C.startbackground()
	fmt.Println(C.run(16, 200))
	C.waitbackground()
	for i := 0; i < 20; i++ {
		C.run(4, 3)
	}
	stop <- true
	fmt.Println(ticks.Load(), lasts.Load())

	sig := make(chan os.Signal, 1)
	signal.Notify(sig, syscall.SIGUSR1)
	C.signalthread()
	fmt.Println(<-sig)
	fmt.Println(runtime.NumGoroutine() < 8)
}
