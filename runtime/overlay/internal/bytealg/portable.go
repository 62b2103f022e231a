// portable.go - the part of searching and comparing bytes that is Go on every CPU: upstream has it in assembly.
//
// Substring search has no special code: MaxLen stays 0 and callers use their own.

package bytealg

// MaxBruteForce is the length up to which callers may use Index on any text; 0: they never call it.
const MaxBruteForce = 0

// Equal reports whether a and b are the same length and contain the same bytes. A nil argument is equivalent to an empty slice.
func Equal(a, b []byte) bool {
	return string(a) == string(b)
}

func LastIndexByte(s []byte, c byte) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == c {
			return i
		}
	}
	return -1
}

func LastIndexByteString(s string, c byte) int {
	for i := len(s) - 1; i >= 0; i-- {
		if s[i] == c {
			return i
		}
	}
	return -1
}

// Index, IndexString and Cutover are there for the callers that MaxLen keeps from calling them.

func Index(a, b []byte) int { panic("bytealg: Index is not implemented") }

func IndexString(a, b string) int { panic("bytealg: IndexString is not implemented") }

func Cutover(n int) int { panic("bytealg: Cutover is not implemented") }
