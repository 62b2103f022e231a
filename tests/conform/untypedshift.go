// run

// Shift counts that are themselves shifts of constants have type uint; constants are converted to type parameters as
// constants.

package main

type Complex interface{ ~complex64 | ~complex128 }

func conv[T Complex]() (T, T, T) { return T(0), T(3.14), T(-1i) }

type Float interface{ ~float32 | ~float64 }

func float[T Float]() T { return T(0.1) }

//go:noinline
func f(v uint) uint { return v >> ((1 >> v) + (1 >> v)) }

type huge struct {
	large [1 << 31]byte
	a, b  int
}

//go:noinline
func far(t *huge) { t.b = t.a }

//go:noinline
func farindex(t *[1<<31 + 2]byte) { t[1<<31+1] = 42 }

func mustpanic(f func()) {
	defer func() {
		if recover() == nil {
			panic("no panic")
		}
	}()
	f()
}

func main() {
	x := 1
	if x<<(1<<x) != 4 || x<<(1.<<x) != 4 || x<<((1+0i)<<x) != 4 || f(48) != 48 {
		panic("shift")
	}
	a, b, c := conv[complex64]()
	if a != 0 || b != 3.14 || c != -1i {
		panic("complex64")
	}
	d, e, g := conv[complex128]()
	if d != 0 || e != 3.14 || g != -1i || float[float32]() != 0.1 || float[float64]() != 0.1 {
		panic("complex128")
	}
	mustpanic(func() { far(nil) })
	mustpanic(func() { farindex(nil) })
}
