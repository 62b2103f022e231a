// cgo.go - runtime/cgo without C of its own: what upstream's does in C and assembly is in the C runtime, whoever compiled the rest.

/*
Package cgo contains runtime support for code generated
by the cgo tool.  See the documentation for the cgo command
for details on using cgo.
*/
package cgo

import (
	"runtime/internal/sys"
	"unsafe"
)

// Incomplete is used specifically for the semantics of incomplete C types.
type Incomplete struct {
	_ sys.NotInHeap
}

//go:linkname iscgo runtime.iscgo
var iscgo = true

// Changes of the environment reach libc through these functions of runtime/cgo/libc.c.

//go:cgo_import_static x_cgo_setenv
//go:linkname x_cgo_setenv x_cgo_setenv
//go:linkname _cgo_setenv runtime._cgo_setenv
var x_cgo_setenv byte
var _cgo_setenv = unsafe.Pointer(&x_cgo_setenv)

//go:cgo_import_static x_cgo_unsetenv
//go:linkname x_cgo_unsetenv x_cgo_unsetenv
//go:linkname _cgo_unsetenv runtime._cgo_unsetenv
var x_cgo_unsetenv byte
var _cgo_unsetenv = unsafe.Pointer(&x_cgo_unsetenv)

//go:linkname cgo_panic_internal runtime._cgo_panic_internal
func cgo_panic_internal(p *byte)

// _cgo_panic is for C: struct { const char *p; } a = { "text" }; crosscall2(_cgo_panic, &a, sizeof a, 0);
//
//go:cgo_export_static _cgo_panic
//go:linkname _cgo_panic _cgo_panic
func _cgo_panic(a *struct{ text *byte }) {
	cgo_panic_internal(a.text)
}
