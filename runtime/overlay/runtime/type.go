// type.go - type descriptors: names and offsets, also of types that reflect has made.

package runtime

import (
	"internal/abi"
	"internal/goarch"
	"unsafe"
)

type (
	_type         = abi.Type
	maptype       = abi.MapType
	chantype      = abi.ChanType
	ptrtype       = abi.PtrType
	functype      = abi.FuncType
	structtype    = abi.StructType
	arraytype     = abi.ArrayType
	slicetype     = abi.SliceType
	interfacetype = abi.InterfaceType
	uncommontype  = abi.UncommonType
	itab          = abi.ITab
	nameOff       = abi.NameOff
	typeOff       = abi.TypeOff
	textOff       = abi.TextOff
	name          = abi.Name
)

// moduledata mirrors C's ModuleData (runtime/abi/module.h); the linker fills the one of the program.
type moduledata struct {
	pclntab               unsafe.Pointer
	pclntablen            uintptr
	text, etext           uintptr
	types, etypes         uintptr
	rodata, erodata       uintptr
	data, edata           uintptr
	bss, ebss             uintptr
	noptrdata, enoptrdata uintptr
	noptrbss, enoptrbss   uintptr
	gcdata, gcbss         *byte
	stackmaps, gofunc     *byte
	typelinks             []int32
	itablinks             []*itab
	inittasks             []*initTask
	buildversion          string
	modinfo               string
	modulename            string
	end                   uintptr
	covctrs, ecovctrs     uintptr
	hasmain, pie, cgo     uint8
	_                     [5]uint8
	next                  *moduledata
}

// module describes the program.
var module *moduledata

// reflectOffs numbers what reflect made at run time: offsets below zero.
var reflectOffs struct {
	lock mutex
	next int32
	m    map[int32]unsafe.Pointer
	minv map[unsafe.Pointer]int32
}

func addReflectOff(ptr unsafe.Pointer) int32 {
	lock(&reflectOffs.lock)
	if reflectOffs.m == nil {
		reflectOffs.m = make(map[int32]unsafe.Pointer)
		reflectOffs.minv = make(map[unsafe.Pointer]int32)
		reflectOffs.next = -2 // -1 marks methods that the linker removed
	}
	id, found := reflectOffs.minv[ptr]
	if !found {
		id = reflectOffs.next
		reflectOffs.next--
		reflectOffs.m[id] = ptr
		reflectOffs.minv[ptr] = id
	}
	unlock(&reflectOffs.lock)
	return id
}

func reflectOffPtr(off int32) unsafe.Pointer {
	lock(&reflectOffs.lock)
	p := reflectOffs.m[off]
	unlock(&reflectOffs.lock)
	if p == nil {
		throw("runtime: offset of an unknown type, name or method")
	}
	return p
}

func inTypes(p unsafe.Pointer) bool {
	md := module
	return uintptr(p) >= md.types && uintptr(p) < md.etypes
}

func resolveNameOff(ptrInModule unsafe.Pointer, off nameOff) name {
	if off == 0 {
		return name{}
	}
	if off > 0 {
		return name{Bytes: (*byte)(unsafe.Pointer(module.types + uintptr(off)))}
	}
	return name{Bytes: (*byte)(reflectOffPtr(int32(off)))}
}

func resolveTypeOff(ptrInModule unsafe.Pointer, off typeOff) *_type {
	if off == 0 || off == -1 {
		return nil
	}
	if off > 0 {
		return (*_type)(unsafe.Pointer(module.types + uintptr(off)))
	}
	return (*_type)(reflectOffPtr(int32(off)))
}

func resolveTextOff(ptrInModule unsafe.Pointer, off textOff) unsafe.Pointer {
	if off == -1 {
		return unsafe.Pointer(abi.FuncPCABIInternal(unreachableMethod))
	}
	if off >= 0 {
		return unsafe.Pointer(module.text + uintptr(off))
	}
	return reflectOffPtr(int32(off))
}

// unreachableMethod stands where the linker removed a method that nothing could call.
func unreachableMethod() {
	throw("unreachable method called. linker bug?")
}

type rtype struct {
	*_type
}

func toRType(t *_type) rtype { return rtype{t} }

func (t rtype) string() string {
	s := resolveNameOff(unsafe.Pointer(t._type), t.Str).Name()
	if t.TFlag&abi.TFlagExtraStar != 0 {
		return s[1:]
	}
	return s
}

func (t rtype) pkgpath() string {
	if u := t.Uncommon(); u != nil {
		return resolveNameOff(unsafe.Pointer(t._type), u.PkgPath).Name()
	}
	switch t.Kind_ & abi.KindMask {
	case abi.Struct:
		return (*structtype)(unsafe.Pointer(t._type)).PkgPath.Name()
	case abi.Interface:
		return (*interfacetype)(unsafe.Pointer(t._type)).PkgPath.Name()
	}
	return ""
}

// pkgPath is the package of an unexported name, "" if the name does not carry it.
func pkgPath(n name) string {
	if n.Bytes == nil || *n.Data(0)&(1<<2) == 0 {
		return ""
	}
	i, l := n.ReadVarint(1)
	off := 1 + i + l
	if *n.Data(0)&(1<<1) != 0 {
		i2, l2 := n.ReadVarint(off)
		off += i2 + l2
	}
	var nameoff nameOff
	*(*[4]byte)(unsafe.Pointer(&nameoff)) = *(*[4]byte)(unsafe.Pointer(n.Data(off)))
	return resolveNameOff(unsafe.Pointer(n.Bytes), nameoff).Name()
}

//go:linkname reflect_resolveNameOff reflect.resolveNameOff
func reflect_resolveNameOff(ptrInModule unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveNameOff(ptrInModule, nameOff(off)).Bytes)
}

//go:linkname reflect_resolveTypeOff reflect.resolveTypeOff
func reflect_resolveTypeOff(rtype unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveTypeOff(rtype, typeOff(off)))
}

//go:linkname reflect_resolveTextOff reflect.resolveTextOff
func reflect_resolveTextOff(rtype unsafe.Pointer, off int32) unsafe.Pointer {
	return resolveTextOff(rtype, textOff(off))
}

//go:linkname reflectlite_resolveNameOff internal/reflectlite.resolveNameOff
func reflectlite_resolveNameOff(ptrInModule unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveNameOff(ptrInModule, nameOff(off)).Bytes)
}

//go:linkname reflectlite_resolveTypeOff internal/reflectlite.resolveTypeOff
func reflectlite_resolveTypeOff(rtype unsafe.Pointer, off int32) unsafe.Pointer {
	return unsafe.Pointer(resolveTypeOff(rtype, typeOff(off)))
}

//go:linkname reflect_addReflectOff reflect.addReflectOff
func reflect_addReflectOff(ptr unsafe.Pointer) int32 { return addReflectOff(ptr) }

//go:linkname reflect_typelinks reflect.typelinks
func reflect_typelinks() ([]unsafe.Pointer, [][]int32) {
	return []unsafe.Pointer{unsafe.Pointer(module.types)}, [][]int32{module.typelinks}
}

// reflect_gcbits gives one byte for each word of what the pointer in x points to, 1 for a pointer, up to the last pointer: for
// package reflect's tests. Of an object in the heap that is what the collector knows, to the object's end.
//
//go:linkname reflect_gcbits reflect.gcbits
func reflect_gcbits(x any) []byte {
	e := (*eface)(unsafe.Pointer(&x))
	t := (*ptrtype)(unsafe.Pointer(e._type)).Elem
	base, size := findobject(e.data)
	n := t.Size_
	if base != 0 {
		n = base + size - uintptr(e.data)
	}
	bits := make([]byte, n/goarch.PtrSize)
	if base == 0 {
		putgcbits(t, bits)
	} else {
		for p := nextpointer_(e.data); p != nil; p = nextpointer_(add(p, goarch.PtrSize)) {
			bits[(uintptr(p)-uintptr(e.data))/goarch.PtrSize] = 1
			if uintptr(p)+goarch.PtrSize == base+size {
				break
			}
		}
	}
	for len(bits) > 0 && bits[len(bits)-1] == 0 {
		bits = bits[:len(bits)-1]
	}
	return bits
}

func putgcbits(t *_type, bits []byte) {
	if t.PtrBytes == 0 {
		return
	}
	if t.Kind_&abi.KindGCProg == 0 {
		for i := uintptr(0); i < t.PtrBytes/goarch.PtrSize; i++ {
			bits[i] = *(*byte)(add(unsafe.Pointer(t.GCData), i/8)) >> (i % 8) & 1
		}
		return
	}
	switch t.Kind_ & abi.KindMask {
	case abi.Array:
		a := (*abi.ArrayType)(unsafe.Pointer(t))
		for i := uintptr(0); i < a.Len; i++ {
			putgcbits(a.Elem, bits[i*a.Elem.Size_/goarch.PtrSize:])
		}
	case abi.Struct:
		for _, f := range (*abi.StructType)(unsafe.Pointer(t)).Fields {
			putgcbits(f.Typ, bits[f.Offset/goarch.PtrSize:])
		}
	}
}
