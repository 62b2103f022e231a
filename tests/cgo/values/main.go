// What passes between Go and C: numbers, structs, unions, enums, arrays, strings, function pointers, variables, errno.
package main

/*
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>

#define LIMIT 42
#define RATIO 2.5
#define NAME "slip" "way"

enum color { RED, GREEN = 5, BLUE };
typedef enum { SMALL = 1, LARGE = -1 } size;

struct point { int x; double y; char tag[8]; };
struct big { int64_t v[20]; struct point p; };
union number { int32_t i; float f; uint8_t b[8]; };
struct node { int value; struct node *next; };
struct flags { unsigned a : 3; unsigned b : 5; int plain; };
typedef int (*binary)(int, int);

int counter = 7;
int table[4] = { 1, 2, 3, 4 };
const char *greeting = "hello from C";
_Thread_local int perthread = 3;

static int add(int a, int b) { return a + b; }
static int mul(int a, int b) { return a * b; }
static binary pick(bool m) { return m ? mul : add; }
static int apply(binary f, int a, int b) { return f(a, b); }
static struct point shift(struct point p, int d) { p.x += d; p.y *= 2; strcpy(p.tag, "moved"); return p; }
static struct big fill(struct big b, int64_t k) { for (int i = 0; i < 20; i++) b.v[i] += i * k; b.p.x = 99; return b; }
static int64_t mix(int8_t a, uint16_t b, int32_t c, uint64_t d, float e, double f, bool g) { return a + b + c + (int64_t)d + (int64_t)e + (int64_t)f + g; }
static enum color next(enum color c) { return c == RED ? GREEN : BLUE; }
static int fails(int e) { errno = e; return -1; }
static void quiet(void) { }
static int sum(const int *p, size_t n) { int s = 0; for (size_t i = 0; i < n; i++) s += p[i]; return s; }
static struct node *list(int n) { struct node *l = NULL; while (n-- > 0) { struct node *x = malloc(sizeof *x); x->value = n; x->next = l; l = x; } return l; }
static void freelist(struct node *l) { while (l != NULL) { struct node *n = l->next; free(l); l = n; } }
static void bytes(char *p, int n) { for (int i = 0; i < n; i++) p[i] = (char)('a' + i); }
static int many(int a, int b, int c, int d, int e, int f, int g, int h, int i, int j, int k, int l) { return a+2*b+3*c+4*d+5*e+6*f+7*g+8*h+9*i+10*j+11*k+12*l; }
static int tls(void) { return ++perthread; }
static float half(float x) { return x / 2; }
static int flagsum(struct flags *f) { f->a = 5; f->b = 17; return f->a + f->b + f->plain; }
*/
import "C"

import (
	"fmt"
	"runtime"
	"syscall"
	"unsafe"
)

func main() {
	fmt.Println(C.add(1, 2), C.LIMIT, C.RATIO, C.NAME, C.RED, C.GREEN, C.BLUE, C.SMALL, C.LARGE)
	fmt.Println(C.mix(-1, 2, -3, 4, 5.5, 6.5, true))
	fmt.Println(C.next(C.RED), C.next(C.GREEN))
	fmt.Println(C.half(3), C.sqrt(2) > 1.41)

	p := C.shift(C.struct_point{x: 3, y: 1.5}, 4)
	fmt.Println(p.x, p.y, C.GoString(&p.tag[0]), unsafe.Sizeof(p))
	var b C.struct_big
	b.v[3] = 1000
	b = C.fill(b, 3)
	fmt.Println(b.v[3], b.v[19], b.p.x)

	var u C.union_number
	*(*C.float)(unsafe.Pointer(&u)) = 1
	fmt.Println(*(*C.int32_t)(unsafe.Pointer(&u)), len(u))
	f := C.struct_flags{plain: 100}
	fmt.Println(C.flagsum(&f))

	fmt.Println(C.apply(C.pick(true), 6, 7), C.apply(C.pick(false), 6, 7))
	fmt.Println(C.many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12))

	_, err := C.fails(C.ENOENT)
	fmt.Println(err, err == syscall.ENOENT)
	_, err = C.quiet()
	fmt.Println(err)
	n, err := C.add(20, 22)
	fmt.Println(n, err)

	C.counter++
	C.table[2] = 30
	fmt.Println(C.counter, C.table, C.GoString(C.greeting))
	runtime.LockOSThread()
	fmt.Println(C.tls(), C.tls())
	runtime.UnlockOSThread()

	nums := []C.int{1, 2, 3, 4, 5}
	fmt.Println(C.sum(&nums[0], C.size_t(len(nums))))
	s := C.CString("text")
	fmt.Println(C.strlen(s), C.GoString(s), C.GoStringN(s, 2), C.GoBytes(unsafe.Pointer(s), 3))
	C.free(unsafe.Pointer(s))
	raw := C.CBytes([]byte{1, 2, 3})
	fmt.Println(C.GoBytes(raw, 3))
	C.free(raw)
	buf := make([]byte, 5)
	C.bytes((*C.char)(unsafe.Pointer(&buf[0])), 5)
	fmt.Println(string(buf))

	l := C.list(4)
	for x := l; x != nil; x = x.next {
		fmt.Print(x.value, " ")
	}
	fmt.Println()
	C.freelist(l)
	mem := (*[4]C.int)(C.malloc(16))
	mem[3] = 9
	fmt.Println(C.sum(&mem[3], 1))
	C.free(unsafe.Pointer(mem))
	fmt.Println(runtime.NumCgoCall() > 20)
}
