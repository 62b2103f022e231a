// search_native.go - declares what runtime/arch/<cpu>/syscall.S defines.

//go:build amd64 || arm64

package bytealg

import _ "unsafe" // for linkname

//go:linkname cmpstring runtime.cmpstring
//go:noescape
func cmpstring(a, b string) int

func CompareString(a, b string) int { return cmpstring(a, b) }

//go:linkname Compare
//go:noescape
func Compare(a, b []byte) int

//go:linkname IndexByte
//go:noescape
func IndexByte(b []byte, c byte) int

//go:linkname IndexByteString
//go:noescape
func IndexByteString(s string, c byte) int

//go:noescape
func Count(b []byte, c byte) int

//go:noescape
func CountString(s string, c byte) int
