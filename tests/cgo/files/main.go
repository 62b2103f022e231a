// C and assembly files beside Go ones, headers, flags with conditions and ${SRCDIR}, a library of our own, two packages with cgo.
package main

/*
#cgo CFLAGS: -DFROM_CFLAGS=11 -I${SRCDIR}/inc
#cgo linux CFLAGS: -DON_LINUX=1
#cgo windows CFLAGS: -DON_WINDOWS=1
#cgo !windows,linux CPPFLAGS: -DNOT_WINDOWS="1"
#cgo LDFLAGS: -lz -lm
#include "own.h"
#include "deep.h"
#include <zlib.h>
*/
import "C"

import (
	"fmt"

	"example.com/files/sub"
)

func main() {
	fmt.Println(C.square(7), C.FROM_CFLAGS, C.ON_LINUX, C.NOT_WINDOWS, C.DEEP, C.windows())
	fmt.Println(C.shared_name(1), sub.Shared(1))
	fmt.Println(C.GoString(C.zlibVersion()), C.crc32(0, nil, 0))
	fmt.Println(C.common_block, C.weak_value(), C.constructed)
}
