// slice.go - slices: what is left besides C (makeslice, growslice) and what reflect needs.

package runtime

import "unsafe"

func panicmakeslicelen() { panic(errorString("makeslice: len out of range")) }
func panicmakeslicecap() { panic(errorString("makeslice: cap out of range")) }

func slicecopy(toPtr unsafe.Pointer, toLen int, fromPtr unsafe.Pointer, fromLen int, width uintptr) int {
	n := min(fromLen, toLen)
	if n != 0 && width != 0 {
		memmove(toPtr, fromPtr, uintptr(n)*width)
	}
	return n
}

func panicunsafeslicelen()     { panic(errorString("unsafe.Slice: len out of range")) }
func panicunsafeslicenilptr()  { panic(errorString("unsafe.Slice: ptr is nil and len is not zero")) }
func panicunsafestringlen()    { panic(errorString("unsafe.String: len out of range")) }
func panicunsafestringnilptr() { panic(errorString("unsafe.String: ptr is nil and len is not zero")) }

func unsafeslice(et *_type, ptr unsafe.Pointer, len int) {
	if len < 0 {
		panicunsafeslicelen()
	}
	if et.Size_ == 0 {
		if ptr == nil && len > 0 {
			panicunsafeslicenilptr()
		}
		return
	}
	if ptr == nil {
		if len > 0 {
			panicunsafeslicenilptr()
		}
		return
	}
	if uintptr(len) > (-uintptr(ptr))/et.Size_ {
		panicunsafeslicelen()
	}
}

func unsafeslicecheckptr(et *_type, ptr unsafe.Pointer, len64 int64) {
	if int64(int(len64)) != len64 {
		panicunsafeslicelen()
	}
	unsafeslice(et, ptr, int(len64))
}

func unsafestringcheckptr(ptr unsafe.Pointer, len64 int64) {
	if len64 < 0 || int64(int(len64)) != len64 {
		panicunsafestringlen()
	}
	if ptr == nil && len64 > 0 {
		panicunsafestringnilptr()
	}
	if uintptr(len64) > -uintptr(ptr) && ptr != nil {
		panicunsafestringlen()
	}
}

//go:linkname reflect_unsafeslice reflect.unsafeslice
func reflect_unsafeslice(et *_type, ptr unsafe.Pointer, len int) { unsafeslice(et, ptr, len) }

//go:linkname reflect_growslice reflect.growslice
func reflect_growslice(et *_type, old slice, num int) slice {
	num -= old.cap - old.len // growslice counts from the capacity
	n := growslice(old.array, old.cap+num, old.cap, num, et)
	// append would fill the new part at once; the caller may not.
	if !et.Pointers() {
		memclrNoHeapPointers(add(n.array, uintptr(old.cap)*et.Size_), uintptr(n.len-old.cap)*et.Size_)
	}
	n.len = old.len
	return n
}

//go:linkname reflect_typedslicecopy reflect.typedslicecopy
func reflect_typedslicecopy(et *_type, dst, src slice) int {
	if !et.Pointers() {
		return slicecopy(dst.array, dst.len, src.array, src.len, et.Size_)
	}
	return typedslicecopy(et, dst.array, dst.len, src.array, src.len)
}

//go:linkname reflect_typedarrayclear reflect.typedarrayclear
func reflect_typedarrayclear(et *_type, ptr unsafe.Pointer, len int) {
	n := et.Size_ * uintptr(len)
	if et.Pointers() {
		memclrHasPointers(ptr, n)
	} else {
		memclrNoHeapPointers(ptr, n)
	}
}

//go:linkname reflect_typedmemclrpartial reflect.typedmemclrpartial
func reflect_typedmemclrpartial(t *_type, ptr unsafe.Pointer, off, size uintptr) {
	if t.Pointers() {
		memclrHasPointers(ptr, size)
	} else {
		memclrNoHeapPointers(ptr, size)
	}
}

func newarray(t *_type, n int) unsafe.Pointer {
	if n < 0 || (t.Size_ != 0 && uintptr(n) > maxAlloc/t.Size_) {
		panic(plainError("runtime: allocation size out of range"))
	}
	return mallocgc(t.Size_*uintptr(n), t, true)
}

//go:linkname reflect_unsafe_New reflect.unsafe_New
func reflect_unsafe_New(t *_type) unsafe.Pointer { return newobject(t) }

//go:linkname reflectlite_unsafe_New internal/reflectlite.unsafe_New
func reflectlite_unsafe_New(t *_type) unsafe.Pointer { return newobject(t) }

//go:linkname reflect_unsafe_NewArray reflect.unsafe_NewArray
func reflect_unsafe_NewArray(t *_type, n int) unsafe.Pointer { return newarray(t, n) }

//go:linkname reflect_verifyNotInHeapPtr reflect.verifyNotInHeapPtr
func reflect_verifyNotInHeapPtr(p uintptr) bool {
	base, _ := findobject(unsafe.Pointer(p))
	return base == 0 && p != 0xdeaddeaddeaddead
}

//go:linkname bytealg_MakeNoZero internal/bytealg.MakeNoZero
func bytealg_MakeNoZero(n int) []byte {
	if n < 0 || uintptr(n) > maxAlloc {
		panicmakeslicelen()
	}
	c := roundupsize(uintptr(n), true)
	return unsafe.Slice((*byte)(mallocgc(c, nil, false)), int(c))[:n]
}

// runtimeSelect is reflect's case of a select.
type runtimeSelect struct {
	dir uintptr // 1 send, 2 receive, 3 default
	typ unsafe.Pointer
	ch  *hchan
	val unsafe.Pointer
}

//go:linkname reflect_rselect reflect.rselect
func reflect_rselect(cases []runtimeSelect) (chosen int, recvOK bool) {
	if len(cases) == 0 {
		block()
	}
	// Sends come first, receives last.
	sel := make([]scase, len(cases))
	index := make([]int, len(cases))
	nsends, nrecvs, dflt := 0, 0, -1
	for i := range cases {
		c := &cases[i]
		var j int
		switch c.dir {
		case 1:
			j = nsends
			nsends++
		case 2:
			nrecvs++
			j = len(cases) - nrecvs
		default:
			dflt = i
			continue
		}
		sel[j] = scase{c: c.ch, elem: c.val}
		index[j] = i
	}
	if nsends+nrecvs == 0 {
		return dflt, false
	}
	if nsends+nrecvs < len(cases) {
		copy(sel[nsends:], sel[len(cases)-nrecvs:])
		copy(index[nsends:], index[len(cases)-nrecvs:])
	}
	order := make([]uint16, 2*(nsends+nrecvs))
	chosen, recvOK = selectgo(&sel[0], &order[0], nil, nsends, nrecvs, dflt == -1)
	if chosen < 0 {
		return dflt, false
	}
	return index[chosen], recvOK
}

func complex128div(n, m complex128) complex128 {
	a, b := real(n), imag(n)
	c, d := real(m), imag(m)
	var e, f float64
	// Division by the larger part keeps intermediate values in range.
	if fabs(c) >= fabs(d) {
		ratio := d / c
		denom := c + ratio*d
		e = (a + b*ratio) / denom
		f = (b - a*ratio) / denom
	} else {
		ratio := c / d
		denom := d + ratio*c
		e = (a*ratio + b) / denom
		f = (b*ratio - a) / denom
	}
	if e != e && f != f {
		// C99, annex G: infinities and zeros that the formula turned into NaN.
		switch {
		case c == 0 && d == 0 && (a == a || b == b):
			e = copysign(fromBits(infBits), c) * a
			f = copysign(fromBits(infBits), c) * b
		case (isinf(a) || isinf(b)) && isfinite(c) && isfinite(d):
			a, b = infbox(a), infbox(b)
			e = fromBits(infBits) * (a*c + b*d)
			f = fromBits(infBits) * (b*c - a*d)
		case (isinf(c) || isinf(d)) && isfinite(a) && isfinite(b):
			c, d = infbox(c), infbox(d)
			e = 0 * (a*c + b*d)
			f = 0 * (b*c - a*d)
		}
	}
	return complex(e, f)
}

// infBits is +Inf: no variable, which would need an initialisation.
const infBits = 0x7FF0000000000000

func fromBits(b uint64) float64 { return *(*float64)(unsafe.Pointer(&b)) }
func bitsOf(f float64) uint64   { return *(*uint64)(unsafe.Pointer(&f)) }
func fabs(f float64) float64    { return fromBits(bitsOf(f) &^ (1 << 63)) }
func isinf(f float64) bool      { return bitsOf(f)&^(1<<63) == 0x7FF0000000000000 }
func isfinite(f float64) bool   { return bitsOf(f)>>52&0x7FF != 0x7FF }
func copysign(f, sign float64) float64 {
	return fromBits(bitsOf(f)&^(1<<63) | bitsOf(sign)&(1<<63))
}

// infbox is 1 for an infinity and 0 for anything else, with the sign of f.
func infbox(f float64) float64 {
	if isinf(f) {
		return copysign(1, f)
	}
	return copysign(0, f)
}
