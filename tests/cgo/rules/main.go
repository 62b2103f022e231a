// The rules for pointers given to C, as far as they are checked; handles; pinning; the environment.
package main

/*
#include <stdint.h>
#include <stdlib.h>

typedef struct { int *p; int n; } holder;
static void take(void *p) { }
static int deref(holder *h) { return h->p == NULL ? -1 : *h->p; }
static int first(int **p) { return p[0] == NULL ? 0 : *p[0]; }
static int scalar(int *p) { return *p; }
extern char *goResult(int);
static char *result(int n) { return goResult(n); }
*/
import "C"

import (
	"fmt"
	"os"
	"runtime"
	"runtime/cgo"
	"strings"
	"unsafe"
)

var global = new(C.int)

//export goResult
func goResult(n C.int) *C.char {
	if n == 0 {
		return nil
	}
	b := make([]byte, 8)
	return (*C.char)(unsafe.Pointer(&b[0]))
}

func try(what string, f func()) {
	defer func() {
		if e := recover(); e != nil {
			fmt.Println(what+":", e)
		} else {
			fmt.Println(what+": ok")
		}
	}()
	f()
}

type deep struct {
	pad  [40]int
	next *deep
}

func main() {
	x := new(C.int)
	*x = 5
	try("pointer to scalar", func() { C.scalar(x) })
	try("holder of nil", func() { C.deref(&C.holder{}) })
	try("holder of a Go pointer", func() { C.deref(&C.holder{p: x}) })
	m := (*C.int)(C.malloc(4))
	*m = 9
	try("holder of a C pointer", func() { C.deref(&C.holder{p: m}) })
	try("array of pointers", func() { ps := []*C.int{nil, x}; C.first(&ps[0]) })
	try("array of C pointers", func() { ps := []*C.int{m, m}; C.first(&ps[0]) })
	try("field beside a pointer", func() {
		s := struct {
			n C.int
			p *C.int
		}{1, x}
		C.scalar(&s.n)
	})
	try("unknown object", func() { d := &deep{next: &deep{}}; C.take(unsafe.Pointer(d)) })
	try("neighbours", func() {
		var cells [1000]**C.int // small objects side by side: what the next one holds does not count
		for i := range cells {
			cells[i] = new(*C.int)
			if i%2 == 1 {
				*cells[i] = x
			}
		}
		for i := 0; i < len(cells); i += 2 {
			C.first(cells[i])
		}
	})
	try("map", func() { m := map[string]int{"a": 1}; C.take(unsafe.Pointer(&m)) })
	try("string", func() { s := strings.Repeat("x", 100); C.take(unsafe.Pointer(&s)) })
	try("result nil", func() { C.result(0) })
	try("result Go pointer", func() { C.result(1) })
	try("pinned", func() {
		var p runtime.Pinner
		defer p.Unpin()
		p.Pin(x)
		fmt.Println(C.deref(&C.holder{p: x}))
	})
	try("not pinned any more", func() { C.deref(&C.holder{p: x}) })
	C.free(unsafe.Pointer(m))

	h := cgo.NewHandle("value")
	fmt.Println(h.Value())
	h.Delete()
	try("deleted handle", func() { h.Value() })

	os.Setenv("CGO_TEST_VAR", "from Go")
	k := C.CString("CGO_TEST_VAR")
	fmt.Println(C.GoString(C.getenv(k)))
	os.Unsetenv("CGO_TEST_VAR")
	fmt.Println(C.getenv(k) == nil)
	C.free(unsafe.Pointer(k))
}
