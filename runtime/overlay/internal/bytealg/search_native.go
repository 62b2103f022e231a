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

// MaxBruteForce is the length up to which callers use Index on any text.
const MaxBruteForce = 64

// The native Index reads sixteen bytes around short texts: this keeps them within a page.
func init() { MaxLen = 63 }

// Index returns the first place of b in a, or -1; 2 <= len(b) <= MaxLen.
//
//go:noescape
func Index(a, b []byte) int

//go:noescape
func IndexString(a, b string) int

// Cutover is how many false hits of IndexByte among n bytes callers put up with before they go on with Index.
func Cutover(n int) int { return 2 + n/8 }
