// error.go - run-time errors with the texts of Go.

package runtime

import (
	"internal/abi"
	"internal/bytealg"
)

// An Error identifies a run time error, as opposed to an ordinary one: its method RuntimeError does nothing.
type Error interface {
	error
	RuntimeError()
}

// A TypeAssertionError explains a failed type assertion.
type TypeAssertionError struct {
	_interface    *_type
	concrete      *_type
	asserted      *_type
	missingMethod string
}

func (*TypeAssertionError) RuntimeError() {}

func (e *TypeAssertionError) Error() string {
	inter := "interface"
	if e._interface != nil {
		inter = toRType(e._interface).string()
	}
	want := toRType(e.asserted).string()
	if e.concrete == nil {
		return "interface conversion: " + inter + " is nil, not " + want
	}
	have := toRType(e.concrete).string()
	if e.missingMethod != "" {
		return "interface conversion: " + have + " is not " + want + ": missing method " + e.missingMethod
	}
	s := "interface conversion: " + inter + " is " + have + ", not " + want
	if have == want {
		if toRType(e.concrete).pkgpath() != toRType(e.asserted).pkgpath() {
			s += " (types from different packages)"
		} else {
			s += " (types from different scopes)"
		}
	}
	return s
}

// errorString is a run-time error of constant text.
type errorString string

func (e errorString) RuntimeError() {}
func (e errorString) Error() string { return "runtime error: " + string(e) }

// errorAddressString is one with the address of the access that failed.
type errorAddressString struct {
	msg  string
	addr uintptr
}

func (e errorAddressString) RuntimeError() {}
func (e errorAddressString) Error() string { return "runtime error: " + e.msg }

// Addr is the memory address where a fault happened, where that is known.
func (e errorAddressString) Addr() uintptr { return e.addr }

// plainError is a run-time error without the prefix.
type plainError string

func (e plainError) RuntimeError() {}
func (e plainError) Error() string { return string(e) }

// A PanicNilError happens when code calls panic(nil), before Go 1.21 a panic that looked like none. GODEBUG=panicnil=1 brings that back.
type PanicNilError struct {
	_ [0]*PanicNilError // unlike any other struct type
}

func (*PanicNilError) Error() string {
	return "panic called with nil argument (use GODEBUG=panicnil=1 to disable)"
}
func (*PanicNilError) RuntimeError() {}

var (
	divideError   = error(errorString("integer divide by zero"))
	overflowError = error(errorString("integer overflow"))
	shiftError    = error(errorString("negative shift amount"))
	memoryError   = error(errorString("invalid memory address or nil pointer dereference"))
	floatError    = error(errorString("floating point error"))
)

// boundsError is a failed check of an index or slice bound: x does not fit y.
type boundsError struct {
	x      int64
	y      int
	signed bool // else x is a uint64
	code   uint8
}

const (
	boundsIndex = iota
	boundsSliceAlen
	boundsSliceAcap
	boundsSliceB
	boundsSlice3Alen
	boundsSlice3Acap
	boundsSlice3B
	boundsSlice3C
	boundsConvert
)

// boundsTexts: before x, between x and y, after y; for a negative x: before x, after it.
var boundsTexts = [...][5]string{
	boundsIndex:      {"index out of range [", "] with length ", "", "index out of range [", "]"},
	boundsSliceAlen:  {"slice bounds out of range [:", "] with length ", "", "slice bounds out of range [:", "]"},
	boundsSliceAcap:  {"slice bounds out of range [:", "] with capacity ", "", "slice bounds out of range [:", "]"},
	boundsSliceB:     {"slice bounds out of range [", ":", "]", "slice bounds out of range [", ":]"},
	boundsSlice3Alen: {"slice bounds out of range [::", "] with length ", "", "slice bounds out of range [::", "]"},
	boundsSlice3Acap: {"slice bounds out of range [::", "] with capacity ", "", "slice bounds out of range [::", "]"},
	boundsSlice3B:    {"slice bounds out of range [:", ":", "]", "slice bounds out of range [:", ":]"},
	boundsSlice3C:    {"slice bounds out of range [", ":", ":]", "slice bounds out of range [", "::]"},
}

func (e boundsError) RuntimeError() {}

func (e boundsError) Error() string {
	x := intText(e.x, e.signed)
	if e.code == boundsConvert {
		return "runtime error: cannot convert slice with length " + intText(int64(e.y), true) + " to array or pointer to array with length " + x
	}
	t := &boundsTexts[e.code]
	if e.signed && e.x < 0 {
		return "runtime error: " + t[3] + x + t[4]
	}
	return "runtime error: " + t[0] + x + t[1] + intText(int64(e.y), true) + t[2]
}

func intText(v int64, signed bool) string {
	var buf [20]byte
	if signed && v < 0 {
		return "-" + string(itoa(buf[:], uint64(-v)))
	}
	return string(itoa(buf[:], uint64(v)))
}

// Failed checks: index and length, or bounds, of the access.

func goPanicIndex(x, y int)            { panic(boundsError{int64(x), y, true, boundsIndex}) }
func goPanicIndexU(x uint, y int)      { panic(boundsError{int64(x), y, false, boundsIndex}) }
func goPanicSliceAlen(x, y int)        { panic(boundsError{int64(x), y, true, boundsSliceAlen}) }
func goPanicSliceAlenU(x uint, y int)  { panic(boundsError{int64(x), y, false, boundsSliceAlen}) }
func goPanicSliceAcap(x, y int)        { panic(boundsError{int64(x), y, true, boundsSliceAcap}) }
func goPanicSliceAcapU(x uint, y int)  { panic(boundsError{int64(x), y, false, boundsSliceAcap}) }
func goPanicSliceB(x, y int)           { panic(boundsError{int64(x), y, true, boundsSliceB}) }
func goPanicSliceBU(x uint, y int)     { panic(boundsError{int64(x), y, false, boundsSliceB}) }
func goPanicSlice3Alen(x, y int)       { panic(boundsError{int64(x), y, true, boundsSlice3Alen}) }
func goPanicSlice3AlenU(x uint, y int) { panic(boundsError{int64(x), y, false, boundsSlice3Alen}) }
func goPanicSlice3Acap(x, y int)       { panic(boundsError{int64(x), y, true, boundsSlice3Acap}) }
func goPanicSlice3AcapU(x uint, y int) { panic(boundsError{int64(x), y, false, boundsSlice3Acap}) }
func goPanicSlice3B(x, y int)          { panic(boundsError{int64(x), y, true, boundsSlice3B}) }
func goPanicSlice3BU(x uint, y int)    { panic(boundsError{int64(x), y, false, boundsSlice3B}) }
func goPanicSlice3C(x, y int)          { panic(boundsError{int64(x), y, true, boundsSlice3C}) }
func goPanicSlice3CU(x uint, y int)    { panic(boundsError{int64(x), y, false, boundsSlice3C}) }
func goPanicSliceConvert(x, y int)     { panic(boundsError{int64(x), y, true, boundsConvert}) }

func panicdivide()   { panic(divideError) }
func panicoverflow() { panic(overflowError) }
func panicshift()    { panic(shiftError) }
func panicfloat()    { panic(floatError) }
func panicmem()      { panic(memoryError) }
func throwinit()     { throw("recursive call during initialization - linker skew") }

func panicmemAddr(addr uintptr) {
	panic(errorAddressString{msg: "invalid memory address or nil pointer dereference", addr: addr})
}

// panicwrap is called by the wrapper of a value method when the pointer is nil: the method's name is that of the caller.
func panicwrap() {
	name := funcNameAt(getcallerpc())
	// pkg.(*T).M
	i := bytealg.IndexByteString(name, '(')
	j := bytealg.IndexByteString(name, ')')
	if i < 1 || j < i+2 || j+2 > len(name) || name[i-1:i+2] != ".(*" {
		throw("panicwrap: unexpected function name: " + name)
	}
	panic(plainError("value method " + name[:i-1] + "." + name[i+2:j] + "." + name[j+2:] + " called using nil *" + name[i+2:j] + " pointer"))
}

type stringer interface {
	String() string
}

// printpanicval prints what a panic was called with, on the way out of the program.
func printpanicval(v any) {
	switch v := v.(type) {
	case nil:
		print("nil")
	case string:
		printindented(v)
	default:
		e := efaceOf(&v)
		basic, named := true, e._type.TFlag&abi.TFlagNamed != 0 && pkgOf(e._type) != ""
		name := ""
		if named {
			name = toRType(e._type).string()
		}
		switch e._type.Kind_ & abi.KindMask {
		case abi.Complex64:
			print(name, *(*complex64)(e.data))
			return
		case abi.Complex128:
			print(name, *(*complex128)(e.data))
			return
		case abi.Bool, abi.Int, abi.Int8, abi.Int16, abi.Int32, abi.Int64, abi.Uint, abi.Uint8, abi.Uint16, abi.Uint32, abi.Uint64,
			abi.Uintptr, abi.Float32, abi.Float64:
		case abi.String:
			print(name, `("`)
			printindented(*(*string)(e.data))
			print(`")`)
			return
		default:
			basic = false
		}
		if !basic {
			print("(", toRType(e._type).string(), ") ", e.data)
			return
		}
		if named {
			print(name, "(")
		}
		switch e._type.Kind_ & abi.KindMask {
		case abi.Bool:
			print(*(*bool)(e.data))
		case abi.Int:
			print(*(*int)(e.data))
		case abi.Int8:
			print(*(*int8)(e.data))
		case abi.Int16:
			print(*(*int16)(e.data))
		case abi.Int32:
			print(*(*int32)(e.data))
		case abi.Int64:
			print(*(*int64)(e.data))
		case abi.Uint:
			print(*(*uint)(e.data))
		case abi.Uint8:
			print(*(*uint8)(e.data))
		case abi.Uint16:
			print(*(*uint16)(e.data))
		case abi.Uint32:
			print(*(*uint32)(e.data))
		case abi.Uint64:
			print(*(*uint64)(e.data))
		case abi.Uintptr:
			print(*(*uintptr)(e.data))
		case abi.Float32:
			print(*(*float32)(e.data))
		case abi.Float64:
			print(*(*float64)(e.data))
		}
		if named {
			print(")")
		}
	}
}

// pkgOf tells types of packages from the predeclared ones, which are named too.
func pkgOf(t *_type) string {
	s := toRType(t).string()
	for i := 0; i < len(s); i++ {
		if s[i] == '.' {
			return s[:i]
		}
	}
	return ""
}

// printindented prints s with a tab after each newline.
func printindented(s string) {
	for {
		i := bytealg.IndexByteString(s, '\n')
		if i < 0 {
			print(s)
			return
		}
		print(s[:i+1], "\t")
		s = s[i+1:]
	}
}
