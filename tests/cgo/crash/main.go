// How programs die with C in them; the argument says how.
package main

/*
#include <stdlib.h>

extern void goPanic(void);
static int segv(int *p) { return *p; }
static void die(void) { abort(); }
static void through(void) { goPanic(); }
*/
import "C"

import "os"

//export goPanic
func goPanic() { panic("in a callback") }

func main() {
	switch os.Args[1] {
	case "segv":
		C.segv(nil)
	case "abort":
		C.die()
	case "panic":
		C.through()
	case "exit":
		defer os.Exit(3)
		C.segv((*C.int)(C.calloc(1, 4)))
	}
}
