// mapfast.go - maps whose keys are words or strings: the hash and the comparison are in line.
//
// The hash must be what the descriptor's Hasher gives: memhash32, memhash64 and strhash. See map.go for how maps work.

package runtime

import "unsafe"

// keySize of these maps is that of the key, and keys are never indirect.

type word interface{ uint32 | uint64 }

// findWord is the element of a key, nil if there is none.
func findWord[K word](t *maptype, m *hmap, key K) unsafe.Pointer {
	if m == nil || m.count == 0 {
		return nil
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map read and map write")
	}
	hash := mixword(uint64(key), uint64(m.seed))
	mask := m.mask
	i := h1(hash) & mask
	for step := uintptr(1); ; step++ {
		g := groupAt(t, m.groups, i)
		c := loadCtrl(g)
		for w := c.match(hash); w != 0; w = w.rest() {
			s := w.first()
			if *(*K)(add(g, ctrlSize+s*unsafe.Sizeof(key))) == key {
				return elemOf(t, g, s)
			}
		}
		if c.matchEmpty() != 0 || step > mask {
			return nil
		}
		i = (i + step) & mask
	}
}

//go:linkname mapaccess1_fast32
func mapaccess1_fast32(t *maptype, m *hmap, key uint32) unsafe.Pointer {
	if e := findWord(t, m, key); e != nil {
		return e
	}
	return unsafe.Pointer(&zeroVal[0])
}

//go:linkname mapaccess2_fast32
func mapaccess2_fast32(t *maptype, m *hmap, key uint32) (unsafe.Pointer, bool) {
	if e := findWord(t, m, key); e != nil {
		return e, true
	}
	return unsafe.Pointer(&zeroVal[0]), false
}

// assignWord is the entry of a key; a new one has its key slot, the second result, still to be stored.
func assignWord[K word](t *maptype, m *hmap, key K) (elem, newkey unsafe.Pointer) {
	if m == nil {
		panicNilMap()
	}
	m.startWrite()
	hash := mixword(uint64(key), uint64(m.seed))
	if m.groups != nil {
		mask := m.mask
		i := h1(hash) & mask
		for step := uintptr(1); ; step++ {
			g := groupAt(t, m.groups, i)
			c := loadCtrl(g)
			for w := c.match(hash); w != 0; w = w.rest() {
				s := w.first()
				if *(*K)(add(g, ctrlSize+s*unsafe.Sizeof(key))) == key {
					m.endWrite()
					return elemOf(t, g, s), nil
				}
			}
			if c.matchEmpty() != 0 || step > mask {
				break
			}
			i = (i + step) & mask
		}
	}
	g, s := m.claim(t, hash)
	newkey = add(g, ctrlSize+s*unsafe.Sizeof(key))
	elem = newElem(t, g, s)
	m.endWrite()
	return
}

//go:linkname mapassign_fast32
func mapassign_fast32(t *maptype, m *hmap, key uint32) unsafe.Pointer {
	e, k := assignWord(t, m, key)
	if k != nil {
		*(*uint32)(k) = key
	}
	return e
}

//go:linkname mapassign_fast32ptr
func mapassign_fast32ptr(t *maptype, m *hmap, key unsafe.Pointer) unsafe.Pointer {
	e, k := assignWord(t, m, uint32(uintptr(key)))
	if k != nil {
		*(*unsafe.Pointer)(k) = key
	}
	return e
}

//go:linkname mapdelete_fast32
func mapdelete_fast32(t *maptype, m *hmap, key uint32) {
	mapdelete(t, m, noescape(unsafe.Pointer(&key)))
}

//go:linkname mapaccess1_fast64
func mapaccess1_fast64(t *maptype, m *hmap, key uint64) unsafe.Pointer {
	if e := findWord(t, m, key); e != nil {
		return e
	}
	return unsafe.Pointer(&zeroVal[0])
}

//go:linkname mapaccess2_fast64
func mapaccess2_fast64(t *maptype, m *hmap, key uint64) (unsafe.Pointer, bool) {
	if e := findWord(t, m, key); e != nil {
		return e, true
	}
	return unsafe.Pointer(&zeroVal[0]), false
}

//go:linkname mapassign_fast64
func mapassign_fast64(t *maptype, m *hmap, key uint64) unsafe.Pointer {
	e, k := assignWord(t, m, key)
	if k != nil {
		*(*uint64)(k) = key
	}
	return e
}

//go:linkname mapassign_fast64ptr
func mapassign_fast64ptr(t *maptype, m *hmap, key unsafe.Pointer) unsafe.Pointer {
	e, k := assignWord(t, m, uint64(uintptr(key)))
	if k != nil {
		*(*unsafe.Pointer)(k) = key
	}
	return e
}

//go:linkname mapdelete_fast64
func mapdelete_fast64(t *maptype, m *hmap, key uint64) {
	mapdelete(t, m, noescape(unsafe.Pointer(&key)))
}

func newElem(t *maptype, g unsafe.Pointer, s uintptr) unsafe.Pointer {
	e := slotElem(t, g, s)
	if t.IndirectElem() {
		p := newobject(t.Elem)
		*(*unsafe.Pointer)(e) = p
		return p
	}
	return e
}

const strSize = 2 * ptrSize

func sameString(k *stringStruct, s *stringStruct) bool {
	return k.len == s.len && (k.str == s.str || memequal(k.str, s.str, uintptr(s.len)))
}

func findstr(t *maptype, m *hmap, key string) (unsafe.Pointer, uintptr) {
	ks := (*stringStruct)(unsafe.Pointer(&key))
	mask := m.mask
	if mask == 0 {
		// One group: comparing lengths is cheaper than hashing.
		g := m.groups
		for w := loadCtrl(g).matchFull(); w != 0; w = w.rest() {
			s := w.first()
			if sameString((*stringStruct)(add(g, ctrlSize+s*strSize)), ks) {
				return g, s
			}
		}
		return nil, 0
	}
	hash := strhash(unsafe.Pointer(&key), uintptr(m.seed))
	i := h1(hash) & mask
	for step := uintptr(1); ; step++ {
		g := groupAt(t, m.groups, i)
		c := loadCtrl(g)
		for w := c.match(hash); w != 0; w = w.rest() {
			s := w.first()
			if sameString((*stringStruct)(add(g, ctrlSize+s*strSize)), ks) {
				return g, s
			}
		}
		if c.matchEmpty() != 0 || step > mask {
			return nil, 0
		}
		i = (i + step) & mask
	}
}

//go:linkname mapaccess1_faststr
func mapaccess1_faststr(t *maptype, m *hmap, key string) unsafe.Pointer {
	e, _ := mapaccess2_faststr(t, m, key)
	return e
}

//go:linkname mapaccess2_faststr
func mapaccess2_faststr(t *maptype, m *hmap, key string) (unsafe.Pointer, bool) {
	if m == nil || m.count == 0 {
		return unsafe.Pointer(&zeroVal[0]), false
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map read and map write")
	}
	g, s := findstr(t, m, key)
	if g == nil {
		return unsafe.Pointer(&zeroVal[0]), false
	}
	return elemOf(t, g, s), true
}

//go:linkname mapassign_faststr
func mapassign_faststr(t *maptype, m *hmap, key string) unsafe.Pointer {
	if m == nil {
		panicNilMap()
	}
	m.startWrite()
	if m.groups != nil {
		if g, s := findstr(t, m, key); g != nil {
			// The new key may keep less memory alive than the old one: it is stored, as gc does.
			(*stringStruct)(add(g, ctrlSize+s*strSize)).str = (*stringStruct)(unsafe.Pointer(&key)).str
			m.endWrite()
			return elemOf(t, g, s)
		}
	}
	g, s := m.claim(t, strhash(unsafe.Pointer(&key), uintptr(m.seed)))
	*(*string)(add(g, ctrlSize+s*strSize)) = key
	e := newElem(t, g, s)
	m.endWrite()
	return e
}

//go:linkname mapdelete_faststr
func mapdelete_faststr(t *maptype, m *hmap, key string) {
	if m == nil || m.count == 0 {
		return
	}
	m.startWrite()
	if g, s := findstr(t, m, key); g != nil {
		m.erase(t, g, s)
	}
	m.endWrite()
}
