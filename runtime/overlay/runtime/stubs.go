// stubs.go - what Go code of this package knows of the C runtime: the start of its G and the functions of runtime/abi/exports.def.
//
// Replaces upstream's package runtime, which is Go and assembly throughout. The functions without a body are stubs made
// from exports.def: they leave the goroutine's stack, run C and come back, so they need no stack of their own and
// are no place where a stack is copied unless their row says CALL or NOPOLL.

package runtime

import (
	"internal/abi"
	"internal/goarch"
	"unsafe"
)

// g mirrors the first G_GO_END bytes of C's G (runtime/abi/g.h).
type g struct {
	stacklo, stackhi, stackguard0 uintptr
	_panic                        *_panic
	_defer                        *_defer
	m                             uintptr
	sp, bp, pc                    uintptr
	ctxt                          unsafe.Pointer
	ret                           [9]uintptr
	spill                         [9]uintptr
	spillmask, poll               uint32
	stop, insyscall               uint32
	goid                          uint64
	param                         unsafe.Pointer
	labels                        unsafe.Pointer
	gopc, startpc                 uintptr
	parentGoid                    uint64
	flags                         uint32
	locks                         uint32
	syncGroup                     unsafe.Pointer
}

const (
	gfPanicOnFault = 1
	gfGoexiting    = 2
	gfSystem       = 4
)

// Intrinsics.

func getg() *g
func getcallerpc() uintptr
func getcallersp() uintptr
func getclosureptr() uintptr

//go:linkname publicationBarrier
func publicationBarrier()

// KeepAlive marks its argument as reachable at this point.
//
//go:noinline
func KeepAlive(x any) {}

// Memory: leaves.

//go:linkname memmove
//go:noescape
func memmove(to, from unsafe.Pointer, n uintptr)

//go:linkname memclrNoHeapPointers
//go:noescape
func memclrNoHeapPointers(ptr unsafe.Pointer, n uintptr)

//go:linkname memequal
//go:noescape
func memequal(a, b unsafe.Pointer, size uintptr) bool

//go:noescape
func memequal_varlen(a, b unsafe.Pointer) bool

//go:noescape
func cmpstring(a, b string) int

//go:linkname typedmemmove
//go:noescape
func typedmemmove(typ *_type, dst, src unsafe.Pointer)

//go:noescape
func typedmemclr(typ *_type, ptr unsafe.Pointer)

//go:noescape
func memclrHasPointers(ptr unsafe.Pointer, n uintptr)

//go:linkname memhash
//go:noescape
func memhash(p unsafe.Pointer, h, s uintptr) uintptr

//go:noescape
func memhash_varlen(p unsafe.Pointer, h uintptr) uintptr

//go:linkname strhash
//go:noescape
func strhash(p unsafe.Pointer, h uintptr) uintptr

//go:linkname procyield
func procyield(cycles uint32)
func cputicks() int64

//go:linkname reflectcall
//go:noescape
func reflectcall(stackArgsType *_type, fn, stackArgs unsafe.Pointer, stackArgsSize, stackRetOffset, frameSize uint32, regArgs *abi.RegArgs)

//go:noescape
func shadeslot_(slot, ptr unsafe.Pointer)

// Allocation and collection.

//go:linkname mallocgc
func mallocgc(size uintptr, typ *_type, needzero bool) unsafe.Pointer

//go:linkname newobject
func newobject(typ *_type) unsafe.Pointer

//go:linkname makeslice
func makeslice(et *_type, len, cap int) unsafe.Pointer
func makeslice64(et *_type, len64, cap64 int64) unsafe.Pointer
func makeslicecopy(et *_type, tolen, fromlen int, from unsafe.Pointer) unsafe.Pointer

//go:linkname growslice
func growslice(oldPtr unsafe.Pointer, newLen, oldCap, num int, et *_type) slice
func roundupsize(size uintptr, noscan bool) uintptr
func persistentalloc(size, align uintptr) unsafe.Pointer

//go:noescape
func typedslicecopy(typ *_type, dst unsafe.Pointer, dstLen int, src unsafe.Pointer, srcLen int) int

//go:noescape
func findobject(p unsafe.Pointer) (base, size uintptr)

func gcenable_()
func gcwait()
func gcrun() bool
func gcsweep(n int) int
func gcrequest()
func gcscavenge(all bool)
func addfinalizer(obj, fn unsafe.Pointer, nret uintptr, fint, ot *_type) int
func removefinalizer(obj unsafe.Pointer)
func nextfinalizer() (fn *funcval, arg unsafe.Pointer, nret uintptr, fint *_type, ot *ptrtype)
func finalizersidle() bool

//go:noescape
func readmemstats_(buf *[256]uint64)

//go:noescape
func readgcpauses_(buf *uint64, n int) int

func heapdump_(fd uintptr)

//go:linkname setgcpercent_ runtime/debug.setGCPercent
func setgcpercent_(percent int32) int32

//go:linkname setmemorylimit_ runtime/debug.setMemoryLimit
func setmemorylimit_(limit int64) int64

// Goroutines.

func newproc(fn *funcval)
func newsystemproc(fn func())
func gosched_()
func goschedguarded()
func goyield_()
func goexit0_()
func block()
func park_(reason int) bool
func unpark_(gp *g)

// LockOSThread wires the calling goroutine to its current operating system thread.
func LockOSThread()

// UnlockOSThread undoes an earlier call to LockOSThread.
func UnlockOSThread()

func gomaxprocs_(n int) int
func numcpu_() int
func numgoroutine_() int
func numthread_() int
func stoptheworld_() bool
func starttheworld_()

//go:noescape
func allgs_(buf **g, n int) int
func gstatus_(gp *g) (status int, reason *byte)

//go:linkname procPin
func procPin() int

//go:linkname procUnpin
func procUnpin()

func newcoro(f func(*coro)) *coro
func coroswitch(c *coro)
func coroexit_(c *coro)
func corofn_(c *coro) func(*coro)

// Semaphores and channels.

//go:linkname semacquire
func semacquire(addr *uint32)

//go:linkname semrelease
func semrelease(addr *uint32)

func makechan(t *chantype, size int) *hchan
func makechan64(t *chantype, size int64) *hchan
func chansend1(c *hchan, elem unsafe.Pointer)
func chanrecv1(c *hchan, elem unsafe.Pointer)
func chanrecv2(c *hchan, elem unsafe.Pointer) bool
func closechan(c *hchan)
func chanlen(c *hchan) int
func chancap(c *hchan) int
func selectnbsend(c *hchan, elem unsafe.Pointer) bool
func selectnbrecv(elem unsafe.Pointer, c *hchan) (selected, received bool)
func selectgo(cas0 *scase, order0 *uint16, pc0 *uintptr, nsends, nrecvs int, block bool) (int, bool)

// Time.

//go:linkname nanotime
func nanotime() int64
func walltime() (sec int64, nsec int32)
func nexttimerfunc() (f func(any, uintptr, int64), arg any, seq uintptr, delta int64)

// The operating system.

//go:linkname entersyscall
func entersyscall()

//go:linkname exitsyscall
func exitsyscall()
func exit(code int)
func raise_(sig uint32)

//go:noescape
func write_(fd uintptr, p unsafe.Pointer, n int) int
func fcntl(fd, cmd, arg int32) (int32, int32)
func getpid_() int

// moduledata_ is the linker's runtime.firstmoduledata.
func moduledata_() *moduledata
func argc_() int
func argv_(i int) *byte
func auxv_() *uintptr

// Failing and unwinding.

//go:linkname throw
func throw(s string)

//go:linkname fatal
func fatal(s string)
func dopanic_()
func recoverframe_(sp, pc uintptr)
func recoverable_(argp, limit uintptr) bool

//go:noescape
func callers_(skip int, buf *uintptr, n int) int

//go:noescape
func gcallers_(gp *g, buf *uintptr, n int) int

//go:noescape
func symbolize_(pc uintptr, depth int, out *[8]uintptr) bool
func findfunc_(pc uintptr) *_func

//go:noescape
func expandpc_(pc uintptr, buf *uintptr, n int) int

//go:noescape
func stackdump_(buf *byte, n int, all bool) int
func settraceback_(flags uint32)
func setcrashfd_(fd uintptr) uintptr
func inpanic_(delta int)
func breakpoint_()

// Printing.

func printlock()
func printunlock()

// Random numbers, options, hashing.

//go:linkname rand
func rand() uint64

//go:linkname cheaprand
func cheaprand() uint32
func rand32() uint32
func debugvar_(name string, value int)
func hashseed_() uint64

// What reflect and others call C for, under names of their own, is in exports.def.

type funcval struct {
	fn uintptr
}

type slice struct {
	array unsafe.Pointer
	len   int
	cap   int
}

type stringStruct struct {
	str unsafe.Pointer
	len int
}

type eface struct {
	_type *_type
	data  unsafe.Pointer
}

type iface struct {
	tab  *itab
	data unsafe.Pointer
}

type hchan struct{ opaque byte }
type coro struct{ opaque byte }

type scase struct {
	c    *hchan
	elem unsafe.Pointer
}

func efaceOf(ep *any) *eface { return (*eface)(unsafe.Pointer(ep)) }

func add(p unsafe.Pointer, x uintptr) unsafe.Pointer {
	return unsafe.Pointer(uintptr(p) + x)
}

// noescape hides a pointer from escape analysis: for records that the goroutine's own stack holds and C adjusts.
//
//go:nosplit
func noescape(p unsafe.Pointer) unsafe.Pointer {
	x := uintptr(p)
	return unsafe.Pointer(x ^ 0)
}

var (
	never bool
	sink  any
)

// escapes makes sure that x is on the heap: it goes where escape analysis cannot follow.
func escapes(x any) {
	if never {
		sink = x
	}
}

func bool2int(b bool) int {
	if b {
		return 1
	}
	return 0
}

// writeBarrier is the flag that compiled code and arch/<cpu>/leaf.S test before pointers are stored; C sets it.
var writeBarrier [4]uint32

// zerobase is where all objects without size are.
var zerobase [2]uintptr

// gostring makes a string of a C string in memory that never changes.
func gostringnocopy(p *byte) string {
	if p == nil {
		return ""
	}
	return unsafe.String(p, findnull(p))
}

// gostringn and gobytes are C.GoStringN and C.GoBytes.
func gostringn(p *byte, n int) string {
	return string(unsafe.Slice(p, n))
}

func gobytes(p *byte, n int) []byte {
	if n < 0 {
		panic(errorString("gobytes: length out of range"))
	}
	return append(make([]byte, 0, n), unsafe.Slice(p, n)...)
}

func gostring(p *byte) string {
	s := gostringnocopy(p)
	b := make([]byte, len(s))
	copy(b, s)
	return unsafe.String(unsafe.SliceData(b), len(b))
}

func findnull(p *byte) int {
	n := 0
	for *(*byte)(add(unsafe.Pointer(p), uintptr(n))) != 0 {
		n++
	}
	return n
}

var (
	// zeroVal is what a map gives for absent keys, and what reflect uses as zero values.
	//
	//go:linkname zeroVal
	zeroVal [abi.ZeroValSize]byte

	// CPU features that compiled code asks for.
	x86HasPOPCNT    bool
	x86HasSSE41     bool
	x86HasFMA       bool
	armHasVFPv4     bool
	arm64HasATOMICS bool
)

const ptrSize = goarch.PtrSize

// haveHighResSleep: a sleep is exact to a millisecond. The tests of package time ask.
var haveHighResSleep = true
