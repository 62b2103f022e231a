// cgocheck.go - the rules for passing pointers to C (go doc cmd/cgo), as far as they are checked at run time.
//
// Replaces the second half of upstream's cgocall.go. cgo puts a call of cgoCheckPointer before each call of C that has a
// pointer among its arguments, and cgoCheckResult behind each exported function that returns one. GODEBUG=cgocheck=0 turns both off.

package runtime

import (
	"internal/abi"
	"unsafe"
)

// nextpointer_ is the first word at or after p, in the heap object around p, that may hold a pointer; nil if there is none.
func nextpointer_(p unsafe.Pointer) unsafe.Pointer

const (
	cgoArgumentFail = "cgo argument has Go pointer to unpinned Go pointer"
	cgoResultFail   = "cgo result is unpinned Go pointer or points to unpinned Go pointer"
)

// pinned counts by object how often runtime.Pinners hold it. Kept in programs that use cgo only.
var pinned struct {
	lock  mutex
	count map[uintptr]int
}

func pinCount(p unsafe.Pointer, d int) {
	base, _ := findobject(p)
	if !iscgo || base == 0 {
		return
	}
	lock(&pinned.lock)
	if pinned.count == nil {
		pinned.count = make(map[uintptr]int)
	}
	if n := pinned.count[base] + d; n > 0 {
		pinned.count[base] = n
	} else {
		delete(pinned.count, base)
	}
	unlock(&pinned.lock)
}

func isPinned(p unsafe.Pointer) bool {
	base, _ := findobject(p)
	if base == 0 {
		return true // a variable, which no collection frees
	}
	lock(&pinned.lock)
	n := pinned.count[base]
	unlock(&pinned.lock)
	return n > 0
}

func isGoPointer(p unsafe.Pointer) bool {
	if p == nil {
		return false
	}
	if base, _ := findobject(p); base != 0 {
		return true
	}
	a := uintptr(p)
	return a >= module.data && a < module.edata || a >= module.bss && a < module.ebss
}

// cgoCheckPointer checks an argument of a C function. base is nil; or true for the address of a variable or field, of which just that
// is looked at; or, for the address of an element, the slice or array it is in.
//
//go:linkname cgoCheckPointer
func cgoCheckPointer(ptr any, base any) {
	if debug.cgocheck == 0 {
		return
	}
	e := efaceOf(&ptr)
	t, p := e._type, e.data
	if t == nil {
		return
	}
	if k := t.Kind_ & abi.KindMask; base != nil && (k == abi.Pointer || k == abi.UnsafePointer) {
		if !isGoPointer(p) {
			return
		}
		b := efaceOf(&base)
		switch b._type.Kind_ & abi.KindMask {
		case abi.Bool:
			if k == abi.Pointer {
				checkValue((*ptrtype)(unsafe.Pointer(t)).Elem, p, false, cgoArgumentFail)
				return
			}
		case abi.Slice:
			checkValue(b._type, b.data, true, cgoArgumentFail)
			return
		case abi.Array:
			checkWord(b._type, b.data, false, cgoArgumentFail)
			return
		default:
			throw("cgoCheckPointer: unexpected base")
		}
	}
	checkWord(t, p, true, cgoArgumentFail)
}

// cgoCheckResult checks the result of an exported function.
//
//go:linkname cgoCheckResult
func cgoCheckResult(val any) {
	if debug.cgocheck == 0 {
		return
	}
	e := efaceOf(&val)
	if e._type != nil {
		checkWord(e._type, e.data, false, cgoResultFail)
	}
}

// checkWord is checkValue for what the data word of an interface holds or points to.
func checkWord(t *_type, data unsafe.Pointer, top bool, msg string) {
	if t.Kind_&abi.KindDirectIface != 0 {
		checkValue(t, unsafe.Pointer(&data), top, msg)
	} else {
		checkValue(t, data, top, msg)
	}
}

// checkValue checks the value of type t at p. top: it is the argument itself, whose target is pinned by being passed.
func checkValue(t *_type, p unsafe.Pointer, top bool, msg string) {
	if t.PtrBytes == 0 || p == nil {
		return
	}
	word := *(*unsafe.Pointer)(p)
	switch t.Kind_ & abi.KindMask {
	case abi.Array:
		a := (*arraytype)(unsafe.Pointer(t))
		for i := uintptr(0); i < a.Len; i++ {
			checkValue(a.Elem, add(p, i*a.Elem.Size_), top, msg)
		}
	case abi.Struct:
		s := (*structtype)(unsafe.Pointer(t))
		for i := range s.Fields {
			checkValue(s.Fields[i].Typ, add(p, s.Fields[i].Offset), top, msg)
		}
	case abi.Chan, abi.Map, abi.Func: // they lead to pointers wherever they are
		if isGoPointer(word) {
			panic(errorString(msg))
		}
	case abi.Interface:
		if word == nil {
			return
		}
		dyn := (*_type)(word)
		if len((*interfacetype)(unsafe.Pointer(t)).Methods) != 0 {
			dyn = (*itab)(word).Type
		}
		data := *(*unsafe.Pointer)(add(p, ptrSize))
		if !isGoPointer(data) {
			return
		}
		needPinned(data, top, msg)
		checkWord(dyn, data, false, msg)
	case abi.Slice:
		s := (*slice)(p)
		if !isGoPointer(s.array) {
			return
		}
		needPinned(s.array, top, msg)
		elem := (*slicetype)(unsafe.Pointer(t)).Elem
		for i := 0; i < s.cap && elem.PtrBytes != 0; i++ {
			checkValue(elem, add(s.array, uintptr(i)*elem.Size_), false, msg)
		}
	case abi.String:
		if isGoPointer(word) {
			needPinned(word, top, msg)
		}
	case abi.Pointer, abi.UnsafePointer:
		if !isGoPointer(word) {
			return
		}
		needPinned(word, top, msg)
		checkObject(word, msg)
	}
}

func needPinned(p unsafe.Pointer, top bool, msg string) {
	if !top && !isPinned(p) {
		panic(errorString(msg))
	}
}

// checkObject checks all of the heap object around p: C may reach any part of it. Of variables the size is not known.
func checkObject(p unsafe.Pointer, msg string) {
	base, size := findobject(p)
	for off := uintptr(0); off < size; off += ptrSize {
		q := nextpointer_(unsafe.Pointer(base + off))
		if q == nil {
			return
		}
		off = uintptr(q) - base
		if v := *(*unsafe.Pointer)(q); isGoPointer(v) && !isPinned(v) {
			panic(errorString(msg))
		}
	}
}
