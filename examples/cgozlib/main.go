// Compresses with the zlib of the SDK's sysroot, which calls Go functions for its memory. Static, for every target: CGO_ENABLED=1 go build
package main

/*
#cgo LDFLAGS: -lz
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

extern void *goAlloc(void *opaque, unsigned items, unsigned size);
extern void goFree(void *opaque, void *p);

// deflate or inflate (back) all of in; the length of the output, or a negative zlib error
static long
run(int back, void *in, size_t n, void *out, size_t room)
{
	z_stream z;
	int r;

	memset(&z, 0, sizeof z);
	z.zalloc = goAlloc;
	z.zfree = goFree;
	z.next_in = in;
	z.avail_in = n;
	z.next_out = out;
	z.avail_out = room;
	r = back ? inflateInit(&z) : deflateInit(&z, 9);
	if (r != Z_OK)
		return r;
	r = back ? inflate(&z, Z_FINISH) : deflate(&z, Z_FINISH);
	if (back)
		inflateEnd(&z);
	else
		deflateEnd(&z);
	return r == Z_STREAM_END ? (long)z.total_out : r;
}
*/
import "C"

import (
	"bytes"
	"compress/zlib"
	"fmt"
	"io"
	"strings"
	"unsafe"
)

var allocated, freed int

//export goAlloc
func goAlloc(opaque unsafe.Pointer, items, size C.uint) unsafe.Pointer {
	allocated++
	return C.malloc(C.size_t(items) * C.size_t(size))
}

//export goFree
func goFree(opaque, p unsafe.Pointer) {
	freed++
	C.free(p)
}

func run(back bool, in []byte, room int) []byte {
	out := make([]byte, room)
	b := C.int(0)
	if back {
		b = 1
	}
	n := C.run(b, unsafe.Pointer(&in[0]), C.size_t(len(in)), unsafe.Pointer(&out[0]), C.size_t(room))
	if n < 0 {
		panic(fmt.Sprint("zlib: error ", n))
	}
	return out[:n]
}

func main() {
	text := []byte(strings.Repeat("one stream, two implementations; ", 200))
	packed := run(false, text, len(text))
	fmt.Println(C.GoString(C.zlibVersion()), len(text), "->", len(packed))
	fmt.Println("C reads C:", bytes.Equal(run(true, packed, len(text)), text))

	r, err := zlib.NewReader(bytes.NewReader(packed))
	if err != nil {
		panic(err)
	}
	back, err := io.ReadAll(r)
	fmt.Println("Go reads C:", bytes.Equal(back, text), err)

	var buf bytes.Buffer
	w := zlib.NewWriter(&buf)
	w.Write(text)
	w.Close()
	fmt.Println("C reads Go:", bytes.Equal(run(true, buf.Bytes(), len(text)), text))
	fmt.Println("memory through Go:", allocated > 0, allocated == freed)
}
