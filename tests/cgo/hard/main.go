// A library whose C only a C compiler's linker knows to link: tests/cli/external.sh makes it of lib.
package main

/*
#cgo LDFLAGS: -L${SRCDIR} -lhard
int hard(int);
*/
import "C"
import "fmt"

func main() {
	fmt.Println(C.hard(3), C.hard(4))
}
