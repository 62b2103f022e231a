// mprof.go - profiles. What is sampled is kept by C (runtime/prof); here it takes the forms that users know.

package runtime

import (
	"internal/profilerecord"
	"unsafe"
)

// MemProfileRate controls the fraction of memory allocations that are recorded and reported in the memory profile.
var MemProfileRate int = 512 * 1024

// A StackRecord describes a single execution stack.
type StackRecord struct {
	Stack0 [32]uintptr // stack trace for this record; ends at first 0 entry
}

// Stack returns the stack trace associated with the record, a prefix of r.Stack0.
func (r *StackRecord) Stack() []uintptr { return upToZero(r.Stack0[:]) }

func upToZero(s []uintptr) []uintptr {
	for i, pc := range s {
		if pc == 0 {
			return s[:i]
		}
	}
	return s
}

// A MemProfileRecord describes the live objects allocated by a particular call sequence (stack trace).
type MemProfileRecord struct {
	AllocBytes, FreeBytes     int64       // number of bytes allocated, freed
	AllocObjects, FreeObjects int64       // number of objects allocated, freed
	Stack0                    [32]uintptr // stack trace for this record; ends at first 0 entry
}

// InUseBytes returns the number of bytes in use (AllocBytes - FreeBytes).
func (r *MemProfileRecord) InUseBytes() int64 { return r.AllocBytes - r.FreeBytes }

// InUseObjects returns the number of objects in use (AllocObjects - FreeObjects).
func (r *MemProfileRecord) InUseObjects() int64 { return r.AllocObjects - r.FreeObjects }

// Stack returns the stack trace associated with the record, a prefix of r.Stack0.
func (r *MemProfileRecord) Stack() []uintptr { return upToZero(r.Stack0[:]) }

// BlockProfileRecord describes blocking events originated at a particular call sequence (stack trace).
type BlockProfileRecord struct {
	Count  int64
	Cycles int64
	StackRecord
}

const (
	profMem = iota
	profBlock
	profMutex
)

// profrecord is a sample site as C keeps it.
type profrecord struct {
	v   [4]uint64 // memory: objects and bytes allocated, freed; others: count, nanoseconds
	stk []uintptr
}

func profread_(kind int, buf *uint64, n int) (records, words int)
func profset_(kind int, rate int) int

// profrecords gives all sites of a kind.
func profrecords(kind int) []profrecord {
	var buf []uint64
	n, need := profread_(kind, nil, 0)
	for need > len(buf) {
		buf = make([]uint64, need+need/8+64)
		n, need = profread_(kind, &buf[0], len(buf))
	}
	list := make([]profrecord, n)
	for i := range list {
		k := buf[0]
		copy(list[i].v[:], buf[1:5])
		list[i].stk = unsafe.Slice((*uintptr)(unsafe.Pointer(unsafe.SliceData(buf[5:]))), k)
		buf = buf[5+k:]
	}
	return list
}

// memrecords leaves out sites of which nothing is in use, if so wished.
func memrecords(inuseZero bool) []profrecord {
	list := profrecords(profMem)
	k := 0
	for _, r := range list {
		if inuseZero || r.v[1] != r.v[3] {
			list[k] = r
			k++
		}
	}
	return list[:k]
}

// MemProfile returns a profile of memory allocated and freed per allocation site, as of the last garbage collection.
func MemProfile(p []MemProfileRecord, inuseZero bool) (n int, ok bool) {
	list := memrecords(inuseZero)
	if len(list) > len(p) {
		return len(list), false
	}
	for i, r := range list {
		p[i] = MemProfileRecord{AllocBytes: int64(r.v[1]), FreeBytes: int64(r.v[3]), AllocObjects: int64(r.v[0]), FreeObjects: int64(r.v[2])}
		copy(p[i].Stack0[:], r.stk)
	}
	return len(list), true
}

func blockrecords(p []BlockProfileRecord, kind int) (n int, ok bool) {
	list := profrecords(kind)
	if len(list) > len(p) {
		return len(list), false
	}
	for i, r := range list {
		p[i] = BlockProfileRecord{Count: int64(r.v[0]), Cycles: int64(r.v[1])}
		copy(p[i].Stack0[:], r.stk)
	}
	return len(list), true
}

// BlockProfile returns n, the number of records in the current blocking profile.
func BlockProfile(p []BlockProfileRecord) (n int, ok bool) { return blockrecords(p, profBlock) }

// MutexProfile returns n, the number of records in the current mutex profile.
func MutexProfile(p []BlockProfileRecord) (n int, ok bool) { return blockrecords(p, profMutex) }

// ThreadCreateProfile returns n, the number of records in the thread creation profile: one empty stack per thread.
func ThreadCreateProfile(p []StackRecord) (n int, ok bool) {
	n = numthread_()
	if n > len(p) {
		return n, false
	}
	clear(p[:n])
	return n, true
}

// SetBlockProfileRate controls the fraction of goroutine blocking events that are reported in the blocking profile: one sample per rate nanoseconds
// spent blocked. 1 takes every event, 0 or less none.
func SetBlockProfileRate(rate int) { profset_(profBlock, max(rate, 0)) }

// SetMutexProfileFraction controls the fraction of mutex contention events that are reported in the mutex profile. It returns the previous rate.
func SetMutexProfileFraction(rate int) int {
	if rate < 0 {
		old := profset_(profMutex, 0)
		profset_(profMutex, old)
		return old
	}
	return profset_(profMutex, rate)
}

const profDepth = 128

// stacksOf gives the stacks of all goroutines that users see, and their labels, with the world stopped; for each it calls f(i, stack, labels).
func stacksOf(n int, f func(i int, stk []uintptr, labels unsafe.Pointer)) (total int, ok bool) {
	gs := make([]*g, n+8)
	stk := make([]uintptr, profDepth)
	me := getg()
	stopTheWorld()
	total = allgs_(&gs[0], len(gs))
	if total > n {
		starttheworld_()
		return total, false
	}
	for i, gp := range gs[:total] {
		var k int
		if gp == me {
			k = callers_(2, &stk[0], len(stk))
		} else {
			k = gcallers_(gp, &stk[0], len(stk))
		}
		f(i, stk[:k], gp.labels)
	}
	starttheworld_()
	return total, true
}

// GoroutineProfile returns n, the number of records in the active goroutine stack profile.
func GoroutineProfile(p []StackRecord) (n int, ok bool) {
	return stacksOf(len(p), func(i int, stk []uintptr, labels unsafe.Pointer) {
		p[i] = StackRecord{}
		copy(p[i].Stack0[:], stk)
	})
}

//go:linkname pprof_goroutineProfileWithLabels
func pprof_goroutineProfileWithLabels(p []profilerecord.StackRecord, labels []unsafe.Pointer) (n int, ok bool) {
	// No memory can be had while the world is stopped.
	room := make([]uintptr, len(p)*profDepth)
	return stacksOf(len(p), func(i int, stk []uintptr, l unsafe.Pointer) {
		s := room[i*profDepth:][:len(stk):len(stk)]
		copy(s, stk)
		p[i].Stack = s
		if i < len(labels) {
			labels[i] = l
		}
	})
}

//go:linkname pprof_cyclesPerSecond runtime/pprof.runtime_cyclesPerSecond
func pprof_cyclesPerSecond() int64 { return 1e9 }

//go:linkname pprof_memProfileInternal
func pprof_memProfileInternal(p []profilerecord.MemProfileRecord, inuseZero bool) (n int, ok bool) {
	list := memrecords(inuseZero)
	if len(list) > len(p) {
		return len(list), false
	}
	for i, r := range list {
		p[i] = profilerecord.MemProfileRecord{AllocBytes: int64(r.v[1]), FreeBytes: int64(r.v[3]), AllocObjects: int64(r.v[0]),
			FreeObjects: int64(r.v[2]), Stack: r.stk}
	}
	return len(list), true
}

func blockrecordsInternal(p []profilerecord.BlockProfileRecord, kind int) (n int, ok bool) {
	list := profrecords(kind)
	if len(list) > len(p) {
		return len(list), false
	}
	for i, r := range list {
		p[i] = profilerecord.BlockProfileRecord{Count: int64(r.v[0]), Cycles: int64(r.v[1]), Stack: r.stk}
	}
	return len(list), true
}

//go:linkname pprof_blockProfileInternal
func pprof_blockProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return blockrecordsInternal(p, profBlock)
}

//go:linkname pprof_mutexProfileInternal
func pprof_mutexProfileInternal(p []profilerecord.BlockProfileRecord) (n int, ok bool) {
	return blockrecordsInternal(p, profMutex)
}

//go:linkname pprof_threadCreateInternal
func pprof_threadCreateInternal(p []profilerecord.StackRecord) (n int, ok bool) {
	n = numthread_()
	if n > len(p) {
		return n, false
	}
	clear(p[:n])
	return n, true
}

//go:linkname pprof_fpunwindExpand
func pprof_fpunwindExpand(dst, src []uintptr) int { return copy(dst, src) }

//go:linkname pprof_makeProfStack
func pprof_makeProfStack() []uintptr { return make([]uintptr, profDepth) }

//go:linkname runtime_setProfLabel runtime/pprof.runtime_setProfLabel
func runtime_setProfLabel(labels unsafe.Pointer) { getg().labels = labels }

//go:linkname runtime_getProfLabel runtime/pprof.runtime_getProfLabel
func runtime_getProfLabel() unsafe.Pointer { return getg().labels }

// CPU profiles: samples come from C, after a header.
var cpuprof struct {
	lock   mutex
	hz     int
	header bool // the header was read
}

func setcpuprofile_(hz int)
func readcpuprofile_(buf *uint64, n int, tags *unsafe.Pointer, ntags int) (words, samples int)

// What samples outside Go code are charged to.
func _ExternalCode() { _ExternalCode() }
func _System()       { _System() }

// SetCPUProfileRate sets the CPU profiling rate to hz samples per second. If hz <= 0, SetCPUProfileRate turns off profiling.
func SetCPUProfileRate(hz int) {
	hz = min(max(hz, 0), 1000000)
	lock(&cpuprof.lock)
	if hz > 0 && cpuprof.hz != 0 {
		print("runtime: cannot set cpu profile rate until previous profile has finished.\n")
	} else {
		if hz > 0 {
			cpuprof.header = false
		}
		if hz != cpuprof.hz {
			setcpuprofile_(hz)
		}
		cpuprof.hz = hz
	}
	unlock(&cpuprof.lock)
}

//go:linkname runtime_pprof_readProfile runtime/pprof.readProfile
func runtime_pprof_readProfile() (data []uint64, tags []unsafe.Pointer, eof bool) {
	lock(&cpuprof.lock)
	defer unlock(&cpuprof.lock)
	if !cpuprof.header {
		cpuprof.header = true
		hz := cpuprof.hz
		if hz == 0 {
			hz = 100
		}
		return []uint64{3, 0, uint64(hz)}, []unsafe.Pointer{nil}, false
	}
	data = make([]uint64, 16384)
	tags = make([]unsafe.Pointer, 1024)
	n, k := readcpuprofile_(&data[0], len(data), &tags[0], len(tags))
	return data[:n], tags[:k], n == 0 && cpuprof.hz == 0
}

// CPUProfile panics. It formerly provided raw access to chunks of a pprof-format profile generated by the runtime.
func CPUProfile() []byte { panic("CPUProfile no longer available") }

// SetCgoTraceback records three C functions to use to gather traceback information from C code; there is no C code of users here.
func SetCgoTraceback(version int, traceback, context, symbolizer unsafe.Pointer) {
	if version != 0 {
		panic("unsupported version")
	}
}
