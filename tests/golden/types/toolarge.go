// Offsets and sizes that no uintptr holds, divisors that underflow, indices of three-index slices.
package p

import "unsafe"

type E [1 << 30]complex128

var s struct {
	_ [1 << 30]E
	x int
}

var (
	_ = unsafe.Offsetof(s.x)
	_ = unsafe.Sizeof(s)
	_ = 1 / 1e-600000000i
	_ = 1i / (1e-600000000 + 1e-600000000i)
	_ = 1i / 1e-6
)

type R[P any] struct{ R[P] }

const _ = unsafe.Sizeof(R[int]{})

func f(str string, a *[10]int, n [4]func()) {
	_ = str[1:2:3]
	_ = str[::]
	_ = a[:2:]
	_ = a[2:1:]
	_ = a[5:4:3]
	type arr [4]func()
	_ = arr(n) == arr(n)
	go f
	defer (f("", nil, n))
	_ = '
}
