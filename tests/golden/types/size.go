// What does not fit the machine is found once nothing else is wrong.
package p

import "unsafe"

type big [1 << 50]byte

var (
	c chan [1 << 17]byte
	d = make(chan struct{ a [1 << 16]int8 })
	e chan [1<<16 - 1]byte
	g [1 << 20][1 << 20][1 << 20]int
)

func args(a [1 << 29]byte, b [1 << 29]int8, s string) (c struct{ x [1 << 29]uint8 }) { return }

type E [1 << 30]complex128

func generic[T any](a [1 << 62]T) { _ = unsafe.Sizeof(a) }
