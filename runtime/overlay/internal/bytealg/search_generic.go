// search_generic.go - comparing, searching and counting bytes, eight at a time: for CPUs that have no code for it in runtime/arch/<cpu>/syscall.S.

//go:build !amd64 && !arm64

package bytealg

import "unsafe"

const (
	lsbs = 0x0101010101010101
	msbs = 0x8080808080808080
)

//go:linkname cmpstring runtime.cmpstring
//go:noescape
func cmpstring(a, b string) int

//go:linkname Compare
func Compare(a, b []byte) int {
	return cmpstring(unsafe.String(unsafe.SliceData(a), len(a)), unsafe.String(unsafe.SliceData(b), len(b)))
}

func CompareString(a, b string) int { return cmpstring(a, b) }

// load8 reads eight bytes at index i; the order of the bytes does not matter to its users.
func load8(p *byte, i int) uint64 {
	return *(*uint64)(unsafe.Add(unsafe.Pointer(p), i))
}

func index(p *byte, n int, c byte) int {
	i := 0
	pattern := lsbs * uint64(c)
	for ; i+8 <= n; i += 8 {
		v := load8(p, i) ^ pattern
		if (v-lsbs)&^v&msbs != 0 {
			break
		}
	}
	for ; i < n; i++ {
		if *(*byte)(unsafe.Add(unsafe.Pointer(p), i)) == c {
			return i
		}
	}
	return -1
}

//go:linkname IndexByte
func IndexByte(b []byte, c byte) int { return index(unsafe.SliceData(b), len(b), c) }

//go:linkname IndexByteString
func IndexByteString(s string, c byte) int { return index(unsafe.StringData(s), len(s), c) }

func count(p *byte, n int, c byte) int {
	found, i := 0, 0
	pattern := lsbs * uint64(c)
	for ; i+8 <= n; i += 8 {
		v := load8(p, i) ^ pattern
		// The top bit of each byte that is zero, exactly: no borrow passes between bytes.
		v = ^((v&^msbs + ^uint64(msbs)) | v | ^uint64(msbs))
		found += int(v >> 7 * lsbs >> 56)
	}
	for ; i < n; i++ {
		if *(*byte)(unsafe.Add(unsafe.Pointer(p), i)) == c {
			found++
		}
	}
	return found
}

func Count(b []byte, c byte) int { return count(unsafe.SliceData(b), len(b), c) }

func CountString(s string, c byte) int { return count(unsafe.StringData(s), len(s), c) }

// MaxBruteForce is the length up to which callers may use Index on any text; 0: they never call it, as MaxLen is 0.
const MaxBruteForce = 0

// Index, IndexString and Cutover are there for the callers that MaxLen keeps from calling them.

func Index(a, b []byte) int { panic("bytealg: Index is not implemented") }

func IndexString(a, b string) int { panic("bytealg: IndexString is not implemented") }

func Cutover(n int) int { panic("bytealg: Cutover is not implemented") }
