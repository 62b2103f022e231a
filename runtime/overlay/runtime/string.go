// string.go - strings: concatenation and conversions. buf, where given, is room on the caller's stack for a result that does not escape.

package runtime

import (
	"internal/bytealg"
	"unsafe"
)

const tmpStringBufSize = 32

type tmpBuf [tmpStringBufSize]byte

const (
	runeError = 0xFFFD
	maxRune   = 0x10FFFF
)

// rawstring gives memory of n bytes and a string over it, which nobody may see before it is filled.
func rawstring(n int) (string, []byte) {
	p := mallocgc(uintptr(n), nil, false)
	return unsafe.String((*byte)(p), n), unsafe.Slice((*byte)(p), n)
}

func rawbyteslice(n int) []byte {
	c := roundupsize(uintptr(n), true)
	p := mallocgc(c, nil, false)
	if c > uintptr(n) {
		memclrNoHeapPointers(add(p, uintptr(n)), c-uintptr(n))
	}
	return unsafe.Slice((*byte)(p), int(c))[:n]
}

func rawstringtmp(buf *tmpBuf, n int) (string, []byte) {
	if buf != nil && n <= len(buf) {
		b := buf[:n]
		return unsafe.String(unsafe.SliceData(b), n), b
	}
	return rawstring(n)
}

func onstack(s string) bool {
	gp := getg()
	p := uintptr(unsafe.Pointer(unsafe.StringData(s)))
	return p >= gp.stacklo && p < gp.stackhi
}

func concatstrings(buf *tmpBuf, a []string) string {
	n, last, count := 0, 0, 0
	for i, x := range a {
		if len(x) == 0 {
			continue
		}
		if n+len(x) < n {
			throw("string concatenation too long")
		}
		n += len(x)
		count++
		last = i
	}
	if count == 0 {
		return ""
	}
	// A single piece is the result, unless it lives on this stack and the result may leave it.
	if count == 1 && (buf != nil || !onstack(a[last])) {
		return a[last]
	}
	s, b := rawstringtmp(buf, n)
	for _, x := range a {
		copy(b, x)
		b = b[len(x):]
	}
	return s
}

func concatstring2(buf *tmpBuf, a0, a1 string) string {
	return concatstrings(buf, []string{a0, a1})
}

func concatstring3(buf *tmpBuf, a0, a1, a2 string) string {
	return concatstrings(buf, []string{a0, a1, a2})
}

func concatstring4(buf *tmpBuf, a0, a1, a2, a3 string) string {
	return concatstrings(buf, []string{a0, a1, a2, a3})
}

func concatstring5(buf *tmpBuf, a0, a1, a2, a3, a4 string) string {
	return concatstrings(buf, []string{a0, a1, a2, a3, a4})
}

func slicebytetostring(buf *tmpBuf, ptr *byte, n int) string {
	if n == 0 {
		return ""
	}
	if n == 1 {
		return unsafe.String((*byte)(smallInt(uint64(*ptr), 1)), 1)
	}
	var p unsafe.Pointer
	if buf != nil && n <= len(buf) {
		p = unsafe.Pointer(buf)
	} else {
		p = mallocgc(uintptr(n), nil, false)
	}
	memmove(p, unsafe.Pointer(ptr), uintptr(n))
	return unsafe.String((*byte)(p), n)
}

// slicebytetostringtmp is for uses that end before the bytes change; calls of it are in line.
func slicebytetostringtmp(ptr *byte, n int) string {
	return unsafe.String(ptr, n)
}

func stringtoslicebyte(buf *tmpBuf, s string) []byte {
	var b []byte
	if buf != nil && len(s) <= len(buf) {
		*buf = tmpBuf{}
		b = buf[:len(s)]
	} else {
		b = rawbyteslice(len(s))
	}
	copy(b, s)
	return b
}

func stringtoslicerune(buf *[tmpStringBufSize]rune, s string) []rune {
	n := countrunes(s)
	var a []rune
	if buf != nil && n <= len(buf) {
		*buf = [tmpStringBufSize]rune{}
		a = buf[:n]
	} else {
		c := roundupsize(uintptr(n)*4, true) / 4
		p := mallocgc(c*4, nil, false)
		if c > uintptr(n) {
			memclrNoHeapPointers(add(p, uintptr(n)*4), (c-uintptr(n))*4)
		}
		a = unsafe.Slice((*rune)(p), int(c))[:n]
	}
	n = 0
	for _, r := range s {
		a[n] = r
		n++
	}
	return a
}

func slicerunetostring(buf *tmpBuf, a []rune) string {
	var tmp [4]byte
	n := 0
	for _, r := range a {
		n += encoderune(tmp[:], r)
	}
	s, b := rawstringtmp(buf, n+3)
	n = 0
	for _, r := range a {
		if n >= len(b) {
			break // another goroutine changes a
		}
		if len(b)-n < 4 {
			k := encoderune(tmp[:], r)
			copy(b[n:], tmp[:k])
			n += k
			continue
		}
		n += encoderune(b[n:], r)
	}
	return s[:n]
}

func intstring(buf *[4]byte, v int64) string {
	var b []byte
	var s string
	if buf != nil {
		b = buf[:]
		s = unsafe.String(&buf[0], len(buf))
	} else {
		s, b = rawstring(4)
	}
	if int64(rune(v)) != v {
		v = runeError
	}
	return s[:encoderune(b, rune(v))]
}

// encoderune stores r in UTF-8; p has room for four bytes.
func encoderune(p []byte, r rune) int {
	switch {
	case uint32(r) < 0x80:
		p[0] = byte(r)
		return 1
	case uint32(r) < 0x800:
		_ = p[1]
		p[0] = 0xC0 | byte(r>>6)
		p[1] = 0x80 | byte(r)&0x3F
		return 2
	case uint32(r) > maxRune, 0xD800 <= r && r < 0xE000:
		r = runeError
	}
	if r < 0x10000 {
		_ = p[2]
		p[0] = 0xE0 | byte(r>>12)
		p[1] = 0x80 | byte(r>>6)&0x3F
		p[2] = 0x80 | byte(r)&0x3F
		return 3
	}
	_ = p[3]
	p[0] = 0xF0 | byte(r>>18)
	p[1] = 0x80 | byte(r>>12)&0x3F
	p[2] = 0x80 | byte(r>>6)&0x3F
	p[3] = 0x80 | byte(r)&0x3F
	return 4
}

// decoderune reads the rune at s[k] and gives the index after it; invalid bytes are U+FFFD, one by one (RFC 3629, section 4).
func decoderune(s string, k int) (r rune, pos int) {
	s = s[k:]
	c := s[0]
	switch {
	case c < 0x80:
		return rune(c), k + 1
	case c < 0xC2 || c > 0xF4:
	case c < 0xE0:
		if len(s) > 1 && s[1]&0xC0 == 0x80 {
			return rune(c&0x1F)<<6 | rune(s[1]&0x3F), k + 2
		}
	case c < 0xF0:
		if len(s) > 2 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80 {
			r = rune(c&0x0F)<<12 | rune(s[1]&0x3F)<<6 | rune(s[2]&0x3F)
			if r >= 0x800 && (r < 0xD800 || r > 0xDFFF) {
				return r, k + 3
			}
		}
	default:
		if len(s) > 3 && s[1]&0xC0 == 0x80 && s[2]&0xC0 == 0x80 && s[3]&0xC0 == 0x80 {
			r = rune(c&0x07)<<18 | rune(s[1]&0x3F)<<12 | rune(s[2]&0x3F)<<6 | rune(s[3]&0x3F)
			if r >= 0x10000 && r <= maxRune {
				return r, k + 4
			}
		}
	}
	return runeError, k + 1
}

func countrunes(s string) int {
	n := 0
	for range s {
		n++
	}
	return n
}

// atoi reads a decimal number that is the whole of s.
func atoi(s string) (int, bool) {
	if s == "" {
		return 0, false
	}
	neg := s[0] == '-'
	if neg {
		s = s[1:]
	}
	n := uint(0)
	if s == "" {
		return 0, false
	}
	for i := 0; i < len(s); i++ {
		c := s[i] - '0'
		if c > 9 || n > (1<<63)/10 {
			return 0, false
		}
		n = n*10 + uint(c)
	}
	if neg {
		return -int(n), n <= 1<<(8*ptrSize-1)
	}
	return int(n), n < 1<<(8*ptrSize-1)
}

func itoa(buf []byte, v uint64) []byte {
	i := len(buf)
	for {
		i--
		buf[i] = byte('0' + v%10)
		v /= 10
		if v == 0 {
			return buf[i:]
		}
	}
}

func hasPrefix(s, prefix string) bool {
	return len(s) >= len(prefix) && s[:len(prefix)] == prefix
}

func lastIndexByte(s string, c byte) int { return bytealg.LastIndexByteString(s, c) }
