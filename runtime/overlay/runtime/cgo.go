// cgo.go - calls of C functions by the code that cgo generates, and calls of Go functions by C.
//
// Replaces upstream's cgocall.go: the stack switch and the threads are in runtime/sched/cgo.c and runtime/arch/<cpu>/cgo.S.

package runtime

import "unsafe"

// iscgo and the two functions are set by package runtime/cgo.
var (
	iscgo          bool
	_cgo_setenv    unsafe.Pointer
	_cgo_unsetenv  unsafe.Pointer
	cgoAlwaysFalse bool // cgo-generated code keeps arguments alive with calls that depend on it
)

func asmcgocall_(fn, arg unsafe.Pointer) int32
func numcgocall_() int
func cgoready_()

// cgocall calls the C function fn on the system stack and returns what it does: errno. arg points into the caller's frame, which
// must not move before C has the address.
//
//go:nosplit
func cgocall(fn, arg unsafe.Pointer) int32 {
	if fn == nil {
		throw("cgocall nil")
	}
	return asmcgocall_(fn, arg)
}

// cgocallback calls the function at address fn for C.
func cgocallback(fn uintptr, frame unsafe.Pointer) {
	p := unsafe.Pointer(&fn) // a func value is the address of a code address
	(*(*func(unsafe.Pointer))(unsafe.Pointer(&p)))(frame)
}

// _cgo_panic_internal is what runtime/cgo._cgo_panic calls for C.
func _cgo_panic_internal(p *byte) { panic(gostring(p)) }

// cgoUse is called by code that cgo generates, but never run: it makes its argument escape.
//
//go:linkname cgoUse
func cgoUse(x any) { throw("cgoUse should not be called") }

//go:linkname cgoNoCallback
func cgoNoCallback(on bool) {}

// syscall_cgocaller calls a function of libc that package runtime/cgo wraps: it gets a pointer to {address of args, result}.
//
//go:linkname syscall_cgocaller syscall.cgocaller
func syscall_cgocaller(fn unsafe.Pointer, args ...uintptr) uintptr {
	as := struct {
		args   unsafe.Pointer
		retval uintptr
	}{args: unsafe.Pointer(unsafe.SliceData(args))}
	cgocall(fn, unsafe.Pointer(&as))
	return as.retval
}

// csetenv tells libc of a change of the environment.
func csetenv(k, v string) {
	if _cgo_setenv == nil {
		return
	}
	kb, vb := append([]byte(k), 0), append([]byte(v), 0)
	arg := [2]unsafe.Pointer{unsafe.Pointer(&kb[0]), unsafe.Pointer(&vb[0])}
	cgocall(_cgo_setenv, unsafe.Pointer(&arg))
}

func cunsetenv(k string) {
	if _cgo_unsetenv == nil {
		return
	}
	kb := append([]byte(k), 0)
	arg := [1]unsafe.Pointer{unsafe.Pointer(&kb[0])}
	cgocall(_cgo_unsetenv, unsafe.Pointer(&arg))
}
