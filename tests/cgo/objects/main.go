// What C compilers put into objects: all kinds of relocations, TLS, atomics that call a library, wide integers, constructors, common and weak
// symbols. tests/cli/cgo_compilers.sh builds it by different compilers and flags.
package main

// #cgo LDFLAGS: -lm -lpthread
// #include "objects.h"
import "C"
import "fmt"

func main() {
	for i := 0; i < 10; i++ {
		C.count()
	}
	fmt.Println(C.atomics(), C.tls(), C.wide(5), C.number(2), C.jumps(), C.constructed, C.words(), C.common_one, C.protect(9), C.other())
}
