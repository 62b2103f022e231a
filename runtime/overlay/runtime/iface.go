// iface.go - interface tables made at run time, conversions and assertions.
//
// The table of itabs is open addressing over (interface, type). Readers take no lock: entries only ever appear, and a bigger
// table replaces the whole at once. It starts with the itabs that the compiler made, since comparing interfaces compares itabs.

package runtime

import (
	"internal/abi"
	"internal/goarch"
	"internal/runtime/atomic"
	"unsafe"
)

type itabTableType struct {
	mask    uintptr
	count   uintptr
	entries []*itab
}

var (
	itabLock  mutex
	itabTable *itabTableType
)

func itabHash(inter *interfacetype, typ *_type) uintptr {
	return uintptr(inter.Type.Hash ^ typ.Hash)
}

// itabsinit runs before the first conversion that needs a table.
func itabsinit() {
	links := module.itablinks
	n := uintptr(256)
	for n*3/4 <= uintptr(len(links)) {
		n *= 2
	}
	t := newItabTable(n)
	for _, m := range links {
		t.add(m)
	}
	itabTable = t
}

func newItabTable(n uintptr) *itabTableType {
	return &itabTableType{mask: n - 1, entries: make([]*itab, n)}
}

func (t *itabTableType) find(inter *interfacetype, typ *_type) *itab {
	h := itabHash(inter, typ) & t.mask
	for i := uintptr(1); ; i++ {
		m := (*itab)(atomic.Loadp(unsafe.Pointer(&t.entries[h])))
		if m == nil {
			return nil
		}
		if m.Inter == inter && m.Type == typ {
			return m
		}
		h = (h + i) & t.mask
	}
}

func (t *itabTableType) add(m *itab) {
	h := itabHash(m.Inter, m.Type) & t.mask
	for i := uintptr(1); ; i++ {
		p := &t.entries[h]
		if *p == m {
			return
		}
		if *p == nil {
			// The descriptor is not on the heap: no barrier is needed.
			atomic.StorepNoWB(unsafe.Pointer(p), unsafe.Pointer(m))
			t.count++
			return
		}
		h = (h + i) & t.mask
	}
}

// getitab finds or makes the table of typ for inter. A type that lacks a method gives nil if canfail, else a panic.
func getitab(inter *interfacetype, typ *_type, canfail bool) *itab {
	if len(inter.Methods) == 0 {
		throw("internal error - misuse of itab")
	}
	if typ.TFlag&abi.TFlagUncommon == 0 {
		if canfail {
			return nil
		}
		panic(&TypeAssertionError{nil, typ, &inter.Type, firstMethod(inter)})
	}
	t := (*itabTableType)(atomic.Loadp(unsafe.Pointer(&itabTable)))
	m := t.find(inter, typ)
	if m == nil {
		m = (*itab)(persistentalloc(unsafe.Sizeof(itab{})+uintptr(len(inter.Methods)-1)*goarch.PtrSize, 8))
		m.Inter = inter
		m.Type = typ
		// Switches compare the hash of the type they name with that of the table.
		m.Hash = typ.Hash
		itabInit(m)
		lock(&itabLock)
		t = itabTable
		if old := t.find(inter, typ); old != nil {
			m = old
		} else {
			if t.count*4 >= (t.mask+1)*3 {
				n := newItabTable((t.mask + 1) * 2)
				for _, e := range t.entries {
					if e != nil {
						n.add(e)
					}
				}
				atomicstorep(unsafe.Pointer(&itabTable), unsafe.Pointer(n))
				t = n
			}
			t.add(m)
		}
		unlock(&itabLock)
	}
	if m.Fun[0] != 0 {
		return m
	}
	if canfail {
		return nil
	}
	panic(&TypeAssertionError{concrete: typ, asserted: &inter.Type, missingMethod: itabInit(m)})
}

func firstMethod(inter *interfacetype) string {
	return resolveNameOff(unsafe.Pointer(inter), inter.Methods[0].Name).Name()
}

// itabInit fills the code pointers of m; if a method is missing, Fun[0] is 0 and its name is the result. Both lists of methods are
// in the same order.
func itabInit(m *itab) string {
	inter, typ := m.Inter, m.Type
	x := typ.Uncommon()
	methods := x.Methods()
	fun := (*[1 << 16]uintptr)(unsafe.Pointer(&m.Fun[0]))[:len(inter.Methods):len(inter.Methods)]
	var first uintptr
	j := 0
next:
	for k := range inter.Methods {
		im := &inter.Methods[k]
		itype := resolveTypeOff(unsafe.Pointer(inter), im.Typ)
		iname := resolveNameOff(unsafe.Pointer(inter), im.Name)
		ipkg := ""
		for ; j < len(methods); j++ {
			t := &methods[j]
			tname := resolveNameOff(unsafe.Pointer(typ), t.Name)
			if resolveTypeOff(unsafe.Pointer(typ), t.Mtyp) != itype || tname.Name() != iname.Name() {
				continue
			}
			if !tname.IsExported() {
				if ipkg == "" {
					if ipkg = pkgPath(iname); ipkg == "" {
						ipkg = inter.PkgPath.Name()
					}
				}
				p := pkgPath(tname)
				if p == "" {
					p = resolveNameOff(unsafe.Pointer(typ), x.PkgPath).Name()
				}
				if p != ipkg {
					continue
				}
			}
			fn := uintptr(resolveTextOff(unsafe.Pointer(typ), t.Ifn))
			if k == 0 {
				first = fn // Fun[0] is stored last: it says that the table is complete
			} else {
				fun[k] = fn
			}
			j++
			continue next
		}
		return iname.Name()
	}
	fun[0] = first
	return ""
}

func assertE2I(inter *interfacetype, t *_type) *itab {
	if t == nil {
		panic(&TypeAssertionError{nil, nil, &inter.Type, ""})
	}
	return getitab(inter, t, false)
}

func assertE2I2(inter *interfacetype, t *_type) *itab {
	if t == nil {
		return nil
	}
	return getitab(inter, t, true)
}

// typeAssert is an assertion at a place that has a record of its own; records' caches are not used yet.
func typeAssert(s *abi.TypeAssert, t *_type) *itab {
	if t == nil {
		if !s.CanFail {
			panic(&TypeAssertionError{nil, nil, &s.Inter.Type, ""})
		}
		return nil
	}
	return getitab(s.Inter, t, s.CanFail)
}

// interfaceSwitch finds the first case of a switch that t implements.
func interfaceSwitch(s *abi.InterfaceSwitch, t *_type) (int, *itab) {
	cases := unsafe.Slice(&s.Cases[0], s.NCases)
	for i, c := range cases {
		if m := getitab(c, t, true); m != nil {
			return i, m
		}
	}
	return s.NCases, nil
}

func panicdottypeE(have, want, iface *_type) {
	panic(&TypeAssertionError{iface, have, want, ""})
}

func panicdottypeI(have *itab, want, iface *_type) {
	var t *_type
	if have != nil {
		t = have.Type
	}
	panicdottypeE(t, want, iface)
}

func panicnildottype(want *_type) {
	panic(&TypeAssertionError{nil, nil, want, ""})
}

// staticuint64s holds the values of one byte, so that they need no memory as interface data.
var staticuint64s = [...]uint64{
	0x00, 0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x07, 0x08, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f,
	0x10, 0x11, 0x12, 0x13, 0x14, 0x15, 0x16, 0x17, 0x18, 0x19, 0x1a, 0x1b, 0x1c, 0x1d, 0x1e, 0x1f,
	0x20, 0x21, 0x22, 0x23, 0x24, 0x25, 0x26, 0x27, 0x28, 0x29, 0x2a, 0x2b, 0x2c, 0x2d, 0x2e, 0x2f,
	0x30, 0x31, 0x32, 0x33, 0x34, 0x35, 0x36, 0x37, 0x38, 0x39, 0x3a, 0x3b, 0x3c, 0x3d, 0x3e, 0x3f,
	0x40, 0x41, 0x42, 0x43, 0x44, 0x45, 0x46, 0x47, 0x48, 0x49, 0x4a, 0x4b, 0x4c, 0x4d, 0x4e, 0x4f,
	0x50, 0x51, 0x52, 0x53, 0x54, 0x55, 0x56, 0x57, 0x58, 0x59, 0x5a, 0x5b, 0x5c, 0x5d, 0x5e, 0x5f,
	0x60, 0x61, 0x62, 0x63, 0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6a, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f,
	0x70, 0x71, 0x72, 0x73, 0x74, 0x75, 0x76, 0x77, 0x78, 0x79, 0x7a, 0x7b, 0x7c, 0x7d, 0x7e, 0x7f,
	0x80, 0x81, 0x82, 0x83, 0x84, 0x85, 0x86, 0x87, 0x88, 0x89, 0x8a, 0x8b, 0x8c, 0x8d, 0x8e, 0x8f,
	0x90, 0x91, 0x92, 0x93, 0x94, 0x95, 0x96, 0x97, 0x98, 0x99, 0x9a, 0x9b, 0x9c, 0x9d, 0x9e, 0x9f,
	0xa0, 0xa1, 0xa2, 0xa3, 0xa4, 0xa5, 0xa6, 0xa7, 0xa8, 0xa9, 0xaa, 0xab, 0xac, 0xad, 0xae, 0xaf,
	0xb0, 0xb1, 0xb2, 0xb3, 0xb4, 0xb5, 0xb6, 0xb7, 0xb8, 0xb9, 0xba, 0xbb, 0xbc, 0xbd, 0xbe, 0xbf,
	0xc0, 0xc1, 0xc2, 0xc3, 0xc4, 0xc5, 0xc6, 0xc7, 0xc8, 0xc9, 0xca, 0xcb, 0xcc, 0xcd, 0xce, 0xcf,
	0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0xda, 0xdb, 0xdc, 0xdd, 0xde, 0xdf,
	0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6, 0xe7, 0xe8, 0xe9, 0xea, 0xeb, 0xec, 0xed, 0xee, 0xef,
	0xf0, 0xf1, 0xf2, 0xf3, 0xf4, 0xf5, 0xf6, 0xf7, 0xf8, 0xf9, 0xfa, 0xfb, 0xfc, 0xfd, 0xfe, 0xff,
}

// The data word of an interface that holds a value: new memory with a copy of it.

func convT(t *_type, v unsafe.Pointer) unsafe.Pointer {
	x := mallocgc(t.Size_, t, false)
	typedmemmove(t, x, v)
	return x
}

func convTnoptr(t *_type, v unsafe.Pointer) unsafe.Pointer {
	x := mallocgc(t.Size_, t, false)
	memmove(x, v, t.Size_)
	return x
}

func smallInt(val uint64, size uintptr) unsafe.Pointer {
	p := unsafe.Pointer(&staticuint64s[val])
	if goarch.BigEndian {
		p = add(p, 8-size)
	}
	return p
}

func convT16(val uint16) unsafe.Pointer {
	if val < 256 {
		return smallInt(uint64(val), 2)
	}
	p := new(uint16)
	*p = val
	return unsafe.Pointer(p)
}

func convT32(val uint32) unsafe.Pointer {
	if val < 256 {
		return smallInt(uint64(val), 4)
	}
	p := new(uint32)
	*p = val
	return unsafe.Pointer(p)
}

func convT64(val uint64) unsafe.Pointer {
	if val < 256 {
		return smallInt(val, 8)
	}
	p := new(uint64)
	*p = val
	return unsafe.Pointer(p)
}

func convTstring(val string) unsafe.Pointer {
	if val == "" {
		return unsafe.Pointer(&zeroVal[0])
	}
	p := new(string)
	*p = val
	return unsafe.Pointer(p)
}

func convTslice(val []byte) unsafe.Pointer {
	if (*slice)(unsafe.Pointer(&val)).array == nil {
		return unsafe.Pointer(&zeroVal[0])
	}
	p := new([]byte)
	*p = val
	return unsafe.Pointer(p)
}

func ifaceE2I(inter *interfacetype, e eface, dst *iface) {
	dst.tab = assertE2I(inter, e._type)
	dst.data = e.data
}

//go:linkname reflect_ifaceE2I reflect.ifaceE2I
func reflect_ifaceE2I(inter *interfacetype, e eface, dst *iface) { ifaceE2I(inter, e, dst) }

//go:linkname reflectlite_ifaceE2I internal/reflectlite.ifaceE2I
func reflectlite_ifaceE2I(inter *interfacetype, e eface, dst *iface) { ifaceE2I(inter, e, dst) }
