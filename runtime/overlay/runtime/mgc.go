// mgc.go - the collector's goroutine and what packages ask of the collector. Marking and sweeping are C.

package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// Hooks that run once per cycle.
var (
	poolCleanup      func() // with the world stopped: must not allocate or block
	uniqueMapCleanup func() // on a goroutine of its own, after the cycle
	uniqueG          *g
	uniqueDue        uint32 // a cycle has ended, perhaps before its goroutine ran
	boringCaches     []unsafe.Pointer
)

// collector drives collections: C wakes it when one is wanted.
func collector() {
	for {
		gcwait()
		if f := poolCleanup; f != nil || boringCaches != nil {
			stopTheWorld()
			if f != nil {
				f()
			}
			for _, p := range boringCaches {
				*(*unsafe.Pointer)(p) = nil
			}
			starttheworld_()
		}
		for !gcrun() {
			Gosched()
		}
		for gcsweep(64) > 0 {
			Gosched()
		}
		atomic.Xchg(&uniqueDue, 1)
		if uniqueG != nil {
			unpark_(uniqueG)
		}
	}
}

//go:linkname sync_runtime_registerPoolCleanup sync.runtime_registerPoolCleanup
func sync_runtime_registerPoolCleanup(f func()) { poolCleanup = f }

//go:linkname unique_runtime_registerUniqueMapCleanup unique.runtime_registerUniqueMapCleanup
func unique_runtime_registerUniqueMapCleanup(f func()) {
	uniqueMapCleanup = f
	newsystemproc(func() {
		uniqueG = getg()
		for {
			for atomic.Xchg(&uniqueDue, 0) == 0 {
				park_(waitForcedGC)
			}
			uniqueMapCleanup()
		}
	})
}

const waitForcedGC = 16 // WAIT_FORCEGC in sched/sched.h

//go:linkname boring_registerCache crypto/internal/boring/bcache.registerCache
func boring_registerCache(p unsafe.Pointer) { boringCaches = append(boringCaches, p) }

// GC runs a garbage collection and blocks the caller until the garbage collection is complete. It may also block the entire program.
func GC() {
	gcrequest()
	for gcsweep(1<<20) > 0 {
	}
}

//go:linkname runtime_debug_freeOSMemory runtime/debug.freeOSMemory
func runtime_debug_freeOSMemory() {
	GC()
	gcscavenge(true)
}

// A MemStats records statistics about the memory allocator.
type MemStats struct {
	// General statistics: bytes of allocated heap objects, their sum over time, memory from the OS, unused, number of allocations and frees.
	Alloc      uint64
	TotalAlloc uint64
	Sys        uint64
	Lookups    uint64
	Mallocs    uint64
	Frees      uint64

	// Heap memory statistics.
	HeapAlloc    uint64
	HeapSys      uint64
	HeapIdle     uint64
	HeapInuse    uint64
	HeapReleased uint64
	HeapObjects  uint64

	// Memory that is not used for Go objects.
	StackInuse  uint64
	StackSys    uint64
	MSpanInuse  uint64
	MSpanSys    uint64
	MCacheInuse uint64
	MCacheSys   uint64
	BuckHashSys uint64
	GCSys       uint64
	OtherSys    uint64

	// Garbage collector statistics: times in nanoseconds; PauseNs[(NumGC+255)%256] is the most recent pause.
	NextGC        uint64
	LastGC        uint64
	PauseTotalNs  uint64
	PauseNs       [256]uint64
	PauseEnd      [256]uint64
	NumGC         uint32
	NumForcedGC   uint32
	GCCPUFraction float64
	EnableGC      bool
	DebugGC       bool

	// BySize reports per-size class allocation statistics.
	BySize [61]struct {
		Size    uint32
		Mallocs uint64
		Frees   uint64
	}
}

// Words of readmemstats_ that are not in the order of MemStats (runtime/gc/stats.c).
const (
	statAlloc = iota // as in MemStats up to here and below
	statTotalAlloc
	statSys
	statLookups
	statMallocs
	statFrees
	statHeapAlloc
	statHeapSys
	statHeapIdle
	statHeapInuse
	statHeapReleased
	statHeapObjects
	statStackInuse
	statStackSys
	statMSpanInuse
	statMSpanSys
	statMCacheInuse
	statMCacheSys
	statBuckHashSys
	statGCSys
	statOtherSys
	statNextGC
	statLastGC // ns since 1970
	statPauseTotal
	statNumGC
	statNumForcedGC
	statGCCPUFraction
	statEnableGC
	statTinyAllocs
	statLive // bytes marked by the last cycle

	statBySize = 64
)

// ReadMemStats populates m with memory allocator statistics.
func ReadMemStats(m *MemStats) {
	var w [256]uint64
	var p [512]uint64
	stopTheWorld()
	readmemstats_(&w)
	n := readgcpauses_(&p[0], len(p))
	starttheworld_()
	*m = MemStats{
		Alloc:         w[statAlloc],
		TotalAlloc:    w[statTotalAlloc],
		Sys:           w[statSys],
		Lookups:       w[statLookups],
		Mallocs:       w[statMallocs],
		Frees:         w[statFrees],
		HeapAlloc:     w[statHeapAlloc],
		HeapSys:       w[statHeapSys],
		HeapIdle:      w[statHeapIdle],
		HeapInuse:     w[statHeapInuse],
		HeapReleased:  w[statHeapReleased],
		HeapObjects:   w[statHeapObjects],
		StackInuse:    w[statStackInuse],
		StackSys:      w[statStackSys],
		MSpanInuse:    w[statMSpanInuse],
		MSpanSys:      w[statMSpanSys],
		MCacheInuse:   w[statMCacheInuse],
		MCacheSys:     w[statMCacheSys],
		BuckHashSys:   w[statBuckHashSys],
		GCSys:         w[statGCSys],
		OtherSys:      w[statOtherSys],
		NextGC:        w[statNextGC],
		LastGC:        w[statLastGC],
		PauseTotalNs:  w[statPauseTotal],
		NumGC:         uint32(w[statNumGC]),
		NumForcedGC:   uint32(w[statNumForcedGC]),
		GCCPUFraction: fromBits(w[statGCCPUFraction]),
		EnableGC:      w[statEnableGC] != 0,
	}
	for i := 0; i < n; i++ {
		j := (uint(m.NumGC) + 255 - uint(i)) % 256
		m.PauseNs[j], m.PauseEnd[j] = p[2*i], p[2*i+1]
	}
	for i := range m.BySize {
		b := w[statBySize+3*i:]
		m.BySize[i].Size, m.BySize[i].Mallocs, m.BySize[i].Frees = uint32(b[0]), b[1], b[2]
	}
}

// readGCStats fills its argument, whose capacity is enough, with pauses, their ends (newest first), the time of the last collection, their number
// and the sum of pauses: the form that debug.ReadGCStats takes apart.
//
//go:linkname readGCStats runtime/debug.readGCStats
func readGCStats(pauses *[]uint64) {
	var w [256]uint64
	var p [512]uint64
	readmemstats_(&w)
	n := readgcpauses_(&p[0], len(p))
	s := (*pauses)[:0]
	if cap(s) < 2*n+3 {
		throw("readGCStats: short slice")
	}
	for i := 0; i < n; i++ {
		s = append(s, p[2*i])
	}
	for i := 0; i < n; i++ {
		s = append(s, p[2*i+1])
	}
	*pauses = append(s, w[statLastGC], w[statNumGC], w[statPauseTotal])
}

//go:linkname runtime_debug_WriteHeapDump runtime/debug.WriteHeapDump
func runtime_debug_WriteHeapDump(fd uintptr) {
	stopTheWorld()
	heapdump_(fd)
	starttheworld_()
}

// ---- finalizers ----

var (
	finLock    mutex
	finStarted bool
	finG       *g
)

func startFinalizers() {
	lock(&finLock)
	if !finStarted {
		finStarted = true
		newsystemproc(runfinq)
	}
	unlock(&finLock)
}

// runfinq runs finalizers one at a time.
func runfinq() {
	finG = getg()
	for {
		fn, arg, nret, fint, ot := nextfinalizer()
		if fn != nil {
			finG.flags &^= gfSystem // users see it while it runs code of theirs
			runFinalizer(fn, arg, nret, fint, ot)
			finG.flags |= gfSystem
		}
	}
}

// runFinalizer calls fn(arg), which takes *ot as a value of type fint and gives nret bytes of results that nobody wants.
func runFinalizer(fn *funcval, arg unsafe.Pointer, nret uintptr, fint *_type, ot *ptrtype) {
	var val [2]unsafe.Pointer // a pointer, or an interface
	words := 1
	switch fint.Kind_ & abi.KindMask {
	case abi.Pointer:
		val[0] = arg
	case abi.Interface:
		words = 2
		it := (*interfacetype)(unsafe.Pointer(fint))
		val[1] = arg
		if len(it.Methods) == 0 {
			val[0] = unsafe.Pointer(ot)
		} else {
			val[0] = unsafe.Pointer(assertE2I(it, &ot.Type))
		}
	default:
		throw("bad kind in runfinq")
	}
	var regs abi.RegArgs
	size := unsafe.Sizeof(val) + (nret+ptrSize-1)&^(ptrSize-1)
	frame := mallocgc(size, nil, true)
	if abi.IntArgRegs >= 2 {
		for i := 0; i < words; i++ {
			regs.Ints[i] = uintptr(val[i])
			regs.Ptrs[i] = val[i]
		}
	} else {
		*(*[2]uintptr)(frame) = [2]uintptr{uintptr(val[0]), uintptr(val[1])}
	}
	reflectcall(nil, unsafe.Pointer(fn), frame, uint32(size), uint32(size), uint32(size), &regs)
	KeepAlive(val)
}

// SetFinalizer sets the finalizer associated with obj to the provided finalizer function. When the garbage collector finds an unreachable block with an
// associated finalizer, it clears the association and runs finalizer(obj) in a separate goroutine. SetFinalizer(obj, nil) clears any finalizer
// associated with obj.
func SetFinalizer(obj any, finalizer any) {
	e := efaceOf(&obj)
	etyp := e._type
	if etyp == nil {
		throw("runtime.SetFinalizer: first argument is nil")
	}
	if etyp.Kind_&abi.KindMask != abi.Pointer {
		throw("runtime.SetFinalizer: first argument is " + toRType(etyp).string() + ", not pointer")
	}
	ot := (*ptrtype)(unsafe.Pointer(etyp))
	if ot.Elem == nil {
		throw("nil elem type!")
	}
	if e.data == nil {
		throw("nil pointer in SetFinalizer")
	}
	base, _ := findobject(e.data)
	if base == 0 {
		// Data that lives as long as the program, and objects without size, have no finalizers that could run.
		p := uintptr(e.data)
		md := module
		if ot.Elem.Size_ == 0 || p >= md.data && p < md.edata || p >= md.bss && p < md.ebss || p >= md.noptrdata && p < md.enoptrdata ||
			p >= md.noptrbss && p < md.enoptrbss || p >= md.rodata && p < md.erodata {
			return
		}
		throw("runtime.SetFinalizer: pointer not in heap")
	}
	// Small objects without pointers may share a block.
	if uintptr(e.data) != base && (ot.Elem.Pointers() || ot.Elem.Size_ >= 16 || (uintptr(e.data)-base) >= 16) {
		throw("runtime.SetFinalizer: pointer not at beginning of allocated block")
	}
	f := efaceOf(&finalizer)
	ftyp := f._type
	if ftyp == nil {
		removefinalizer(e.data)
		return
	}
	if ftyp.Kind_&abi.KindMask != abi.Func {
		throw("runtime.SetFinalizer: second argument is " + toRType(ftyp).string() + ", not a function")
	}
	ft := (*functype)(unsafe.Pointer(ftyp))
	if ft.IsVariadic() {
		throw("runtime.SetFinalizer: cannot pass " + toRType(etyp).string() + " to finalizer " + toRType(ftyp).string() + " because dotdotdot")
	}
	if ft.InCount != 1 || !canPass(etyp, ft.InSlice()[0]) {
		throw("runtime.SetFinalizer: cannot pass " + toRType(etyp).string() + " to finalizer " + toRType(ftyp).string())
	}
	nret := uintptr(0)
	for _, t := range ft.OutSlice() {
		nret = (nret+uintptr(t.Align_)-1)&^(uintptr(t.Align_)-1) + t.Size_
	}
	nret = (nret + ptrSize - 1) &^ (ptrSize - 1)
	startFinalizers()
	switch addfinalizer(e.data, f.data, nret, ft.InSlice()[0], etyp) {
	case 1:
		throw("runtime.SetFinalizer: finalizer already set")
	case 2:
		throw("runtime.SetFinalizer: pointer not at beginning of allocated block")
	}
}

// canPass tells whether a pointer of type have may be an argument of type want.
func canPass(have, want *_type) bool {
	if have == want {
		return true
	}
	switch want.Kind_ & abi.KindMask {
	case abi.Pointer:
		// Assignable if one of the two is not a defined type.
		return (want.Uncommon() == nil || have.Uncommon() == nil) && (*ptrtype)(unsafe.Pointer(want)).Elem == (*ptrtype)(unsafe.Pointer(have)).Elem
	case abi.Interface:
		it := (*interfacetype)(unsafe.Pointer(want))
		return len(it.Methods) == 0 || getitab(it, have, true) != nil
	}
	return false
}

// blockUntilEmptyFinalizerQueue waits until all finalizers that are due have run; for tests.
//
//go:linkname blockUntilEmptyFinalizerQueue
func blockUntilEmptyFinalizerQueue(timeout int64) bool {
	start := nanotime()
	for nanotime()-start < timeout {
		if !finStarted || finalizersidle() {
			return true
		}
		Gosched()
	}
	return false
}

// ---- pinning ----

// A Pinner is a set of Go objects each pinned to a fixed location in memory. Objects never move here, so pinning keeps them alive.
type Pinner struct {
	*pinner
}

type pinner struct {
	refs []unsafe.Pointer
}

// Pin pins a Go object, preventing it from being moved or freed by the garbage collector until the Unpin method has been called.
func (p *Pinner) Pin(pointer any) {
	e := efaceOf(&pointer)
	if e._type == nil {
		panic(errorString("runtime.Pinner: argument is nil"))
	}
	if k := e._type.Kind_ & abi.KindMask; k != abi.Pointer && k != abi.UnsafePointer {
		panic(errorString("runtime.Pinner: argument is not a pointer: " + toRType(e._type).string()))
	}
	if p.pinner == nil {
		p.pinner = new(pinner)
		SetFinalizer(p.pinner, func(q *pinner) {
			if len(q.refs) != 0 {
				pinnerLeakPanic()
			}
		})
	}
	p.pinner.refs = append(p.pinner.refs, e.data)
	pinCount(e.data, 1)
}

// Unpin unpins all pinned objects of the Pinner.
func (p *Pinner) Unpin() {
	if p.pinner != nil {
		for _, r := range p.pinner.refs {
			pinCount(r, -1)
		}
		clear(p.pinner.refs)
		p.pinner.refs = p.pinner.refs[:0]
	}
}

var pinnerLeakPanic = func() {
	panic(errorString("runtime.Pinner: found leaking pinned pointer; forgot to call Unpin?"))
}
