// map.go - maps: open addressing over groups of eight slots.
//
// A group is the bucket type of the map descriptor: eight control bytes, eight keys, eight elements (and a word that gc's maps use
// for chaining, unused here). A control byte is 0 for an empty slot, so that zeroed memory is an empty table, 1 for a deleted one,
// and 0x80 | seven bits of the hash for a slot in use. A search starts at the group that the other bits of the hash name,
// steps by 1, 2, 3, ... groups, which meets all of a power of two, and ends at a group with an empty slot. At most 7/8
// of the slots are ever not empty, so there is one. A map of at most eight entries is one group.
//
// Growth copies everything into a new table; tables are never rearranged in place. So an iterator keeps the table that it started with:
// while that is still the map's own it reads it directly, and afterwards it looks every key of it up in the map, which tells what was
// deleted or changed since; what was added since may be missed, as the language allows. Keys that are not equal to
// themselves cannot be looked up, but cannot be deleted or changed either, except by clear, which changes clearseq.
//
// hmap.flags detects, by chance, goroutines that use a map at the same time as one changes it.

package runtime

import (
	"internal/abi"
	"internal/goarch"
	"runtime/internal/math"
	"runtime/internal/sys"
	"unsafe"
)

const (
	slotEmpty   = 0
	slotDeleted = 1
	slotFull    = 0x80

	groupSlots = abi.MapBucketCount
	ctrlSize   = 8

	lsbs = 0x0101010101010101
	msbs = 0x8080808080808080

	mapWriting = 1
)

// hmap is a map. Compiled code reads count.
type hmap struct {
	count    int
	groups   unsafe.Pointer // array of mask+1 groups; nil before the first insertion
	mask     uintptr
	left     int // empty slots that may still be used before the table is renewed
	seed     uint32
	clearseq uint32
	flags    uint8
}

// hiter is an iterator: 96 bytes, of which the first eight words may be pointers. Compiled code reads key and elem; reflect tests t.
type hiter struct {
	key, elem unsafe.Pointer
	t         *maptype
	m         *hmap
	groups    unsafe.Pointer
	_         [3]unsafe.Pointer
	mask      uintptr
	start     uintptr // group where it began
	visited   uintptr // slots visited: groups * 8 + slots of the current one
	seqs      uintptr // low 32 bits: clearseq at the start; 3 bits above them: first slot of each group
}

type ctrlGroup uint64

func loadCtrl(g unsafe.Pointer) ctrlGroup { return ctrlGroup(*(*uint64)(g)) }

// match has the top bit of each byte that equals 0x80|h set, and perhaps of some that are full and differ.
func (c ctrlGroup) match(h uintptr) ctrlGroup {
	v := uint64(c) ^ (lsbs * uint64(slotFull|h&0x7f))
	return ctrlGroup((v - lsbs) &^ v & msbs)
}

func (c ctrlGroup) matchEmpty() ctrlGroup { return ^c &^ (c << 7) & msbs }
func (c ctrlGroup) matchFree() ctrlGroup  { return ^c & msbs }
func (c ctrlGroup) matchFull() ctrlGroup  { return c & msbs }

// first is the lowest slot of a match.
func (c ctrlGroup) first() uintptr {
	if goarch.BigEndian {
		return uintptr(sys.Len64(uint64(c))-1)>>3 ^ 7
	}
	return uintptr(sys.TrailingZeros64(uint64(c))) >> 3
}

// rest is the match without its lowest slot.
func (c ctrlGroup) rest() ctrlGroup {
	if goarch.BigEndian {
		return c &^ (1 << (sys.Len64(uint64(c)) - 1))
	}
	return c & (c - 1)
}

func ctrlAt(g unsafe.Pointer, i uintptr) *uint8 { return (*uint8)(add(g, i)) }

func slotKey(t *maptype, g unsafe.Pointer, i uintptr) unsafe.Pointer {
	return add(g, ctrlSize+i*uintptr(t.KeySize))
}

func slotElem(t *maptype, g unsafe.Pointer, i uintptr) unsafe.Pointer {
	return add(g, ctrlSize+groupSlots*uintptr(t.KeySize)+i*uintptr(t.ValueSize))
}

func keyOf(t *maptype, g unsafe.Pointer, i uintptr) unsafe.Pointer {
	k := slotKey(t, g, i)
	if t.IndirectKey() {
		k = *(*unsafe.Pointer)(k)
	}
	return k
}

func elemOf(t *maptype, g unsafe.Pointer, i uintptr) unsafe.Pointer {
	e := slotElem(t, g, i)
	if t.IndirectElem() {
		e = *(*unsafe.Pointer)(e)
	}
	return e
}

func groupAt(t *maptype, groups unsafe.Pointer, i uintptr) unsafe.Pointer {
	return add(groups, i*uintptr(t.BucketSize))
}

func h1(hash uintptr) uintptr { return hash >> 7 }

func (m *hmap) startWrite() {
	if m.flags&mapWriting != 0 {
		fatal("concurrent map writes")
	}
	m.flags ^= mapWriting
}

func (m *hmap) endWrite() {
	if m.flags&mapWriting == 0 {
		fatal("concurrent map writes")
	}
	m.flags &^= mapWriting
}

func newTable(t *maptype, ngroups uintptr) unsafe.Pointer {
	size, overflow := math.MulUintptr(t.Bucket.Size_, ngroups)
	if overflow || size > maxAlloc {
		panic(plainError("runtime error: map too large"))
	}
	return mallocgc(size, t.Bucket, true)
}

const maxAlloc = 1<<(32+15*(goarch.PtrSize>>3)) - 1

// capacityOf is how many slots of a table may be used.
func capacityOf(ngroups uintptr) int {
	if ngroups == 1 {
		return groupSlots
	}
	return int(ngroups * groupSlots / 8 * 7)
}

func makemap_small() *hmap {
	return &hmap{seed: uint32(rand())}
}

func makemap64(t *maptype, hint int64, m *hmap) *hmap {
	if int64(int(hint)) != hint {
		hint = 0
	}
	return makemap(t, int(hint), m)
}

// makemap makes a map with room for hint entries, in m if that is given.
//
//go:linkname makemap
func makemap(t *maptype, hint int, m *hmap) *hmap {
	if m == nil {
		m = new(hmap)
	}
	m.seed = uint32(rand())
	if hint > groupSlots {
		n := uintptr(2)
		for capacityOf(n) < hint && n < 1<<40/groupSlots {
			n *= 2
		}
		if size, overflow := math.MulUintptr(t.Bucket.Size_, n); !overflow && size <= maxAlloc {
			m.groups = newTable(t, n)
			m.mask = n - 1
			m.left = capacityOf(n)
		}
	}
	return m
}

// find is the slot of a key: its group and index, or nil.
func (m *hmap) find(t *maptype, key unsafe.Pointer) (unsafe.Pointer, uintptr) {
	hash := t.Hasher(key, uintptr(m.seed))
	mask := m.mask
	i := h1(hash) & mask
	for step := uintptr(1); ; step++ {
		g := groupAt(t, m.groups, i)
		c := loadCtrl(g)
		for w := c.match(hash); w != 0; w = w.rest() {
			s := w.first()
			if t.Key.Equal(key, keyOf(t, g, s)) {
				return g, s
			}
		}
		if c.matchEmpty() != 0 || step > mask {
			return nil, 0
		}
		i = (i + step) & mask
	}
}

// lookup is the element of a key, or nil.
func lookup(t *maptype, m *hmap, key unsafe.Pointer) unsafe.Pointer {
	if m == nil || m.count == 0 {
		if t.HashMightPanic() {
			t.Hasher(key, 0)
		}
		return nil
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map read and map write")
	}
	g, s := m.find(t, key)
	if g == nil {
		return nil
	}
	return elemOf(t, g, s)
}

//go:linkname mapaccess1
func mapaccess1(t *maptype, m *hmap, key unsafe.Pointer) unsafe.Pointer {
	if e := lookup(t, m, key); e != nil {
		return e
	}
	return unsafe.Pointer(&zeroVal[0])
}

//go:linkname mapaccess2
func mapaccess2(t *maptype, m *hmap, key unsafe.Pointer) (unsafe.Pointer, bool) {
	if e := lookup(t, m, key); e != nil {
		return e, true
	}
	return unsafe.Pointer(&zeroVal[0]), false
}

func mapaccess1_fat(t *maptype, m *hmap, key, zero unsafe.Pointer) unsafe.Pointer {
	if e := lookup(t, m, key); e != nil {
		return e
	}
	return zero
}

func mapaccess2_fat(t *maptype, m *hmap, key, zero unsafe.Pointer) (unsafe.Pointer, bool) {
	if e := lookup(t, m, key); e != nil {
		return e, true
	}
	return zero, false
}

func panicNilMap() {
	panic(plainError("assignment to entry in nil map"))
}

// renew gives the map a table with room for at least one more entry: twice the size, or the same if enough slots are merely deleted.
func (m *hmap) renew(t *maptype) {
	if m.groups == nil {
		m.groups = newTable(t, 1)
		m.mask = 0
		m.left = groupSlots
		return
	}
	n := m.mask + 1
	old := m.groups
	if m.count*32 > int(n*groupSlots)*25 || n == 1 && m.count == groupSlots {
		n *= 2
	}
	groups := newTable(t, n)
	mask := n - 1
	left := capacityOf(n)
	for oi := uintptr(0); oi <= m.mask; oi++ {
		og := groupAt(t, old, oi)
		for w := loadCtrl(og).matchFull(); w != 0; w = w.rest() {
			s := w.first()
			hash := t.Hasher(keyOf(t, og, s), uintptr(m.seed))
			g, d := freeSlot(t, groups, mask, hash)
			*ctrlAt(g, d) = uint8(slotFull | hash&0x7f)
			copySlot(t, g, d, og, s)
			left--
		}
	}
	m.groups = groups
	m.mask = mask
	m.left = left
}

// freeSlot finds an unused slot for a hash in a table that has one.
func freeSlot(t *maptype, groups unsafe.Pointer, mask, hash uintptr) (unsafe.Pointer, uintptr) {
	i := h1(hash) & mask
	for step := uintptr(1); ; step++ {
		g := groupAt(t, groups, i)
		if w := loadCtrl(g).matchFree(); w != 0 {
			return g, w.first()
		}
		i = (i + step) & mask
	}
}

func copySlot(t *maptype, g unsafe.Pointer, d uintptr, og unsafe.Pointer, s uintptr) {
	k, ok := slotKey(t, g, d), slotKey(t, og, s)
	if t.IndirectKey() {
		*(*unsafe.Pointer)(k) = *(*unsafe.Pointer)(ok)
	} else {
		typedmemmove(t.Key, k, ok)
	}
	e, oe := slotElem(t, g, d), slotElem(t, og, s)
	if t.IndirectElem() {
		*(*unsafe.Pointer)(e) = *(*unsafe.Pointer)(oe)
	} else {
		typedmemmove(t.Elem, e, oe)
	}
}

// claim takes a slot for a new key of that hash, which is not in the map; the map may get a new table.
func (m *hmap) claim(t *maptype, hash uintptr) (unsafe.Pointer, uintptr) {
	if m.groups == nil {
		m.renew(t)
	}
	g, s := freeSlotOrNone(t, m, hash)
	if g == nil || (*ctrlAt(g, s) == slotEmpty && m.left == 0) {
		m.renew(t)
		g, s = freeSlot(t, m.groups, m.mask, hash)
	}
	c := ctrlAt(g, s)
	if *c == slotEmpty {
		m.left--
	}
	*c = uint8(slotFull | hash&0x7f)
	m.count++
	return g, s
}

// freeSlotOrNone: a table of one group may be full.
func freeSlotOrNone(t *maptype, m *hmap, hash uintptr) (unsafe.Pointer, uintptr) {
	if m.mask == 0 {
		w := loadCtrl(m.groups).matchFree()
		if w == 0 {
			return nil, 0
		}
		return m.groups, w.first()
	}
	return freeSlot(t, m.groups, m.mask, hash)
}

// mapassign finds or makes the entry of a key; compiled code stores the element.
//
//go:linkname mapassign
func mapassign(t *maptype, m *hmap, key unsafe.Pointer) unsafe.Pointer {
	if m == nil {
		panicNilMap()
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map writes")
	}
	hash := t.Hasher(key, uintptr(m.seed)) // may panic, so the map is not marked yet
	m.startWrite()
	var e unsafe.Pointer
	if m.groups != nil {
		mask := m.mask
		i := h1(hash) & mask
	search:
		for step := uintptr(1); ; step++ {
			g := groupAt(t, m.groups, i)
			c := loadCtrl(g)
			for w := c.match(hash); w != 0; w = w.rest() {
				s := w.first()
				k := keyOf(t, g, s)
				if t.Key.Equal(key, k) {
					if t.NeedKeyUpdate() {
						typedmemmove(t.Key, k, key)
					}
					e = elemOf(t, g, s)
					break search
				}
			}
			if c.matchEmpty() != 0 || step > mask {
				break
			}
			i = (i + step) & mask
		}
	}
	if e == nil {
		g, s := m.claim(t, hash)
		k := slotKey(t, g, s)
		if t.IndirectKey() {
			p := newobject(t.Key)
			*(*unsafe.Pointer)(k) = p
			k = p
		}
		e = slotElem(t, g, s)
		if t.IndirectElem() {
			p := newobject(t.Elem)
			*(*unsafe.Pointer)(e) = p
			e = p
		}
		typedmemmove(t.Key, k, key)
	}
	m.endWrite()
	return e
}

// erase empties a slot in use.
func (m *hmap) erase(t *maptype, g unsafe.Pointer, s uintptr) {
	k := slotKey(t, g, s)
	if t.IndirectKey() {
		*(*unsafe.Pointer)(k) = nil
	} else if t.Key.Pointers() {
		memclrHasPointers(k, t.Key.Size_)
	}
	e := slotElem(t, g, s)
	if t.IndirectElem() {
		*(*unsafe.Pointer)(e) = nil
	} else if t.Elem.Pointers() {
		memclrHasPointers(e, t.Elem.Size_)
	} else {
		memclrNoHeapPointers(e, t.Elem.Size_)
	}
	m.count--
	c := ctrlAt(g, s)
	if loadCtrl(g).matchEmpty() != 0 || m.mask == 0 {
		*c = slotEmpty // no search goes past this group
		m.left++
	} else {
		*c = slotDeleted
	}
	if m.count == 0 {
		m.seed = m.seed*1664525 + 1013904223 // whoever found keys that collide starts again
	}
}

//go:linkname mapdelete
func mapdelete(t *maptype, m *hmap, key unsafe.Pointer) {
	if m == nil || m.count == 0 {
		if t.HashMightPanic() {
			t.Hasher(key, 0)
		}
		return
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map writes")
	}
	g, s := m.find(t, key)
	if g == nil {
		return
	}
	m.startWrite()
	m.erase(t, g, s)
	m.endWrite()
}

func mapclear(t *maptype, m *hmap) {
	if m == nil {
		return
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map writes")
	}
	if m.count == 0 && m.left == capacityOf(m.mask+1) {
		return
	}
	m.startWrite()
	if m.groups != nil {
		n := (m.mask + 1) * t.Bucket.Size_
		if t.Bucket.Pointers() {
			memclrHasPointers(m.groups, n)
		} else {
			memclrNoHeapPointers(m.groups, n)
		}
		m.left = capacityOf(m.mask + 1)
	}
	m.count = 0
	m.clearseq++
	m.seed = uint32(rand())
	m.endWrite()
}

// mapiterinit starts an iteration; it is zeroed memory.
//
//go:linkname mapiterinit
func mapiterinit(t *maptype, m *hmap, it *hiter) {
	it.t = t
	if m == nil || m.count == 0 {
		return
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map iteration and map write")
	}
	it.m = m
	it.groups = m.groups
	it.mask = m.mask
	r := rand()
	it.start = uintptr(r) & m.mask
	off := uintptr(r>>61) & 7
	if goarch.PtrSize == 4 {
		off = 0
	}
	it.seqs = uintptr(m.clearseq)<<3>>3 | off<<(8*goarch.PtrSize-3)
	mapiternext(it)
}

// mapiternext moves to the next entry; key is nil after the last.
//
//go:linkname mapiternext
func mapiternext(it *hiter) {
	t, m := it.t, it.m
	if m == nil {
		it.key, it.elem = nil, nil
		return
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map iteration and map write")
	}
	mask := it.mask
	off := it.seqs >> (8*goarch.PtrSize - 3)
	v := it.visited
	end := (mask + 1) * groupSlots
	for v < end {
		g := groupAt(t, it.groups, (it.start+v/groupSlots)&mask)
		if v%groupSlots == 0 && loadCtrl(g).matchFull() == 0 {
			v += groupSlots
			continue
		}
		s := (v + off) % groupSlots
		v++
		if *ctrlAt(g, s)&slotFull == 0 {
			continue
		}
		k := keyOf(t, g, s)
		if it.groups == m.groups {
			it.key, it.elem = k, elemOf(t, g, s)
			it.visited = v
			return
		}
		if t.ReflexiveKey() || t.Key.Equal(k, k) {
			if m.count == 0 {
				continue
			}
			ng, ns := m.find(t, k)
			if ng == nil {
				continue
			}
			it.key, it.elem = keyOf(t, ng, ns), elemOf(t, ng, ns)
		} else {
			if uint32(m.clearseq)<<3>>3 != uint32(it.seqs)<<3>>3 {
				continue
			}
			it.key, it.elem = k, elemOf(t, g, s)
		}
		it.visited = v
		return
	}
	it.visited = v
	it.key, it.elem = nil, nil
}

// mapinitnoop stands for the initialisation of a map variable that nothing refers to.
func mapinitnoop() {}

// What reflect and reflectlite call.

//go:linkname reflect_makemap reflect.makemap
func reflect_makemap(t *maptype, cap int) *hmap {
	if t.Key.Equal == nil {
		throw("runtime.reflect_makemap: unsupported map key type")
	}
	return makemap(t, cap, nil)
}

//go:linkname reflect_mapaccess reflect.mapaccess
func reflect_mapaccess(t *maptype, m *hmap, key unsafe.Pointer) unsafe.Pointer {
	return lookup(t, m, key)
}

//go:linkname reflect_mapaccess_faststr reflect.mapaccess_faststr
func reflect_mapaccess_faststr(t *maptype, m *hmap, key string) unsafe.Pointer {
	return lookup(t, m, noescape(unsafe.Pointer(&key)))
}

//go:linkname reflect_mapassign0 reflect.mapassign0
func reflect_mapassign0(t *maptype, m *hmap, key, elem unsafe.Pointer) {
	typedmemmove(t.Elem, mapassign(t, m, key), elem)
}

//go:linkname reflect_mapassign_faststr0 reflect.mapassign_faststr0
func reflect_mapassign_faststr0(t *maptype, m *hmap, key string, elem unsafe.Pointer) {
	typedmemmove(t.Elem, mapassign(t, m, noescape(unsafe.Pointer(&key))), elem)
}

//go:linkname reflect_mapdelete reflect.mapdelete
func reflect_mapdelete(t *maptype, m *hmap, key unsafe.Pointer) { mapdelete(t, m, key) }

//go:linkname reflect_mapdelete_faststr reflect.mapdelete_faststr
func reflect_mapdelete_faststr(t *maptype, m *hmap, key string) {
	mapdelete(t, m, noescape(unsafe.Pointer(&key)))
}

//go:linkname reflect_mapiterinit reflect.mapiterinit
func reflect_mapiterinit(t *maptype, m *hmap, it *hiter) { mapiterinit(t, m, it) }

//go:linkname reflect_mapiternext reflect.mapiternext
func reflect_mapiternext(it *hiter) { mapiternext(it) }

//go:linkname reflect_mapiterkey reflect.mapiterkey
func reflect_mapiterkey(it *hiter) unsafe.Pointer { return it.key }

//go:linkname reflect_mapiterelem reflect.mapiterelem
func reflect_mapiterelem(it *hiter) unsafe.Pointer { return it.elem }

//go:linkname reflect_maplen reflect.maplen
func reflect_maplen(m *hmap) int {
	if m == nil {
		return 0
	}
	return m.count
}

//go:linkname reflectlite_maplen internal/reflectlite.maplen
func reflectlite_maplen(m *hmap) int { return reflect_maplen(m) }

//go:linkname reflect_mapclear reflect.mapclear
func reflect_mapclear(t *maptype, m *hmap) { mapclear(t, m) }

//go:linkname mapclone maps.clone
func mapclone(m any) any {
	e := efaceOf(&m)
	e.data = unsafe.Pointer(clonemap((*maptype)(unsafe.Pointer(e._type)), (*hmap)(e.data)))
	return m
}

func clonemap(t *maptype, m *hmap) *hmap {
	if m == nil {
		return makemap(t, 0, nil)
	}
	n := makemap(t, m.count, nil)
	if m.flags&mapWriting != 0 {
		fatal("concurrent map clone and map write")
	}
	if m.count == 0 {
		return n
	}
	for i := uintptr(0); i <= m.mask; i++ {
		g := groupAt(t, m.groups, i)
		for w := loadCtrl(g).matchFull(); w != 0; w = w.rest() {
			s := w.first()
			typedmemmove(t.Elem, mapassign(t, n, keyOf(t, g, s)), elemOf(t, g, s))
		}
	}
	if m.flags&mapWriting != 0 {
		fatal("concurrent map clone and map write")
	}
	return n
}

// sameSizeGrowForIssue69110Test tells a test of upstream's maps whether one is copying itself at the same size: ours are never in between.
//
//go:linkname sameSizeGrowForIssue69110Test
func sameSizeGrowForIssue69110Test(m *hmap) bool { return false }
