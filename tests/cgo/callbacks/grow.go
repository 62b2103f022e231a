package main

/*
extern int goGrow(int);
typedef struct { long r; long pad[3]; } wide;
static wide growing(int n) { wide w = { 0 }; w.r = goGrow(n) + 1000; w.pad[2] = 5; return w; }
*/
import "C"

import "fmt"

func growMain() {
	done := make(chan C.long)
	for i := 0; i < 4; i++ {
		go func() {
			w := C.growing(C.int(100 * (i + 1))) // the result is written to a stack that has moved
			done <- w.r + w.pad[2]
		}()
	}
	var s C.long
	for i := 0; i < 4; i++ {
		s += <-done
	}
	fmt.Println(s)
}
