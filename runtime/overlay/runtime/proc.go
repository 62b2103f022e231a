// proc.go - the main goroutine, goroutines as the exported functions show them, and the runtime's own.

package runtime

import (
	"internal/cpu"
	"internal/runtime/atomic"
	"internal/runtime/exithook"
	"unsafe"
)

//go:linkname main_main main.main
func main_main()

var mainStarted, runtimeInitTime = false, int64(0)

// main is the first goroutine. C has set up memory, the scheduler and signals; nothing of Go has run.
func main() {
	module = moduledata_()
	readGODEBUG()
	cpu.Initialize(godebugEnv)
	alginit()
	itabsinit()
	goargs()
	goenvs()
	setTracebackEnv()
	exithook.Gosched = Gosched
	exithook.Goid = func() uint64 { return getg().goid }
	exithook.Throw = throw
	runtimeInitTime = nanotime()
	newsystemproc(collector)
	newsystemproc(timerLoop)
	gcenable_()

	mainStarted = true
	LockOSThread() // init functions run on the main thread
	for _, t := range module.inittasks {
		runInitTask(t)
	}
	cgoready_()
	UnlockOSThread()

	main_main()

	// Deferred calls of other goroutines that panic may still run; give them some time, and print them if nobody recovers.
	for i := 0; i < 1000 && runningPanicDefers.Load() != 0; i++ {
		Gosched()
	}
	runExitHooks(0)
	exit(0)
}

func runExitHooks(code int) { exithook.Run(code) }

// initTask mirrors C's InitTask: code addresses follow.
type initTask struct {
	state uint32 // 0 to do, 1 doing, 2 done
	nfns  uint32
}

func runInitTask(t *initTask) {
	switch t.state {
	case 2:
		return
	case 1:
		throw("recursive call during initialization - linker skew")
	}
	t.state = 1
	var start int64
	if debug.inittrace != 0 {
		start = nanotime()
	}
	for i := uint32(0); i < t.nfns; i++ {
		p := add(unsafe.Pointer(t), 8+uintptr(i)*ptrSize)
		// A func value is a pointer to a code address, which is what lies here.
		f := *(*func())(unsafe.Pointer(&p))
		f()
	}
	if debug.inittrace != 0 && t.nfns > 0 {
		us := (nanotime() - start) / 1000
		at := (start - runtimeInitTime) / 1000
		name := funcNameAt(*(*uintptr)(add(unsafe.Pointer(t), 8)))
		print("init ", pkgOfFunc(name), " @", at/1000, ".", at/10%100, " ms, ", us/1000, ".", us%1000, " ms clock\n")
	}
	t.state = 2
}

// pkgOfFunc is the import path in a function's name.
func pkgOfFunc(name string) string {
	i := lastIndexByte(name, '/') + 1
	for i < len(name) && name[i] != '.' {
		i++
	}
	return name[:i]
}

// timerLoop runs the functions of timers that are not channel timers: they are short, or start a goroutine.
func timerLoop() {
	for {
		f, arg, seq, delta := nexttimerfunc()
		if f != nil {
			f(arg, seq, delta)
		}
	}
}

// corostart is the first function of a coroutine's goroutine.
func corostart(c *coro) {
	defer coroexit_(c)
	corofn_(c)(c)
}

// Gosched yields the processor, allowing other goroutines to run. It does not suspend the current goroutine, so execution resumes automatically.
func Gosched() { gosched_() }

// GOMAXPROCS sets the maximum number of CPUs that can be executing simultaneously and returns the previous setting. If n < 1, it does not change the
// current setting.
func GOMAXPROCS(n int) int {
	if n < 0 {
		n = 0
	}
	for {
		if r := gomaxprocs_(n); r >= 0 {
			return r
		}
		Gosched()
	}
}

// NumCPU returns the number of logical CPUs usable by the current process.
func NumCPU() int { return numcpu_() }

// NumCgoCall returns the number of cgo calls made by the current process.
func NumCgoCall() int64 { return int64(numcgocall_()) }

// NumGoroutine returns the number of goroutines that currently exist.
func NumGoroutine() int { return numgoroutine_() }

// Breakpoint executes a breakpoint trap.
func Breakpoint() { breakpoint_() }

func stopTheWorld() {
	for !stoptheworld_() {
		Gosched()
	}
}

//go:linkname os_beforeExit os.runtime_beforeExit
func os_beforeExit(code int) { runExitHooks(code) }

//go:linkname sync_atomic_StorePointer sync/atomic.StorePointer
func sync_atomic_StorePointer(ptr *unsafe.Pointer, new unsafe.Pointer) {
	shade(unsafe.Pointer(ptr), new)
	atomic.StorepNoWB(unsafe.Pointer(ptr), new)
}

//go:linkname sync_atomic_SwapPointer sync/atomic.SwapPointer
func sync_atomic_SwapPointer(ptr *unsafe.Pointer, new unsafe.Pointer) unsafe.Pointer {
	shade(unsafe.Pointer(ptr), new)
	return unsafe.Pointer(atomic.Xchguintptr((*uintptr)(unsafe.Pointer(ptr)), uintptr(new)))
}

//go:linkname sync_atomic_CompareAndSwapPointer sync/atomic.CompareAndSwapPointer
func sync_atomic_CompareAndSwapPointer(ptr *unsafe.Pointer, old, new unsafe.Pointer) bool {
	shade(unsafe.Pointer(ptr), new)
	return atomic.Casp1(ptr, old, new)
}

//go:linkname atomic_storePointer internal/runtime/atomic.storePointer
func atomic_storePointer(ptr *unsafe.Pointer, new unsafe.Pointer) {
	shade(unsafe.Pointer(ptr), new)
	atomic.StorepNoWB(unsafe.Pointer(ptr), new)
}

//go:linkname atomic_casPointer internal/runtime/atomic.casPointer
func atomic_casPointer(ptr *unsafe.Pointer, old, new unsafe.Pointer) bool {
	shade(unsafe.Pointer(ptr), new)
	return atomic.Casp1(ptr, old, new)
}

func atomicstorep(ptr, new unsafe.Pointer) {
	shade(ptr, new)
	atomic.StorepNoWB(ptr, new)
}

// shade is the barrier of an atomic store: what the slot held and what it gets are marked.
func shade(slot, new unsafe.Pointer) {
	if writeBarrier[0] != 0 {
		shadeslot_(slot, new)
	}
}

// Names by which packages outside std reach into the runtime (go.dev/issue/67401).

//go:linkname fastrand
func fastrand() uint32 { return uint32(rand()) }

//go:linkname fastrandn
func fastrandn(n uint32) uint32 { return uint32(uint64(uint32(rand())) * uint64(n) >> 32) }

//go:linkname fastrand64
func fastrand64() uint64 { return rand() }

//go:linkname cheaprandn
func cheaprandn(n uint32) uint32 { return fastrandn(n) }

//go:linkname randn
func randn(n uint32) uint32 { return fastrandn(n) }

//go:linkname nanotime1
func nanotime1() int64 { return nanotime() }

//go:linkname usleep
func usleep(usec uint32) {
	for end := nanotime() + int64(usec)*1000; nanotime() < end; {
		procyield(30)
	}
}

//go:linkname goyield
func goyield() { goyield_() }
