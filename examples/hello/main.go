// Hello is the first program: it needs fmt, and with it most of the runtime.
package main

import (
	"fmt"
	"runtime"
)

func main() {
	fmt.Printf("Hello from Slipway: %s %s/%s\n", runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
