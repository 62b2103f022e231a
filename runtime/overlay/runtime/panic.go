// panic.go - defer, panic, recover and Goexit.
//
// Deferred calls of a goroutine are a list, innermost first, at g._defer. Records lie in frames (deferprocStack) or on the heap; while a record is on
// the list C keeps its sp right when the stack moves. A frame is otherwise named by its depth, the distance of its SP from the top of the
// stack, which does not change.
//
// gopanic runs deferred calls from where it is, on top of the frames that panicked. When one of them has called recover, the
// frame that deferred it goes on at its deferreturn point: it runs what else it has deferred and returns. Everything above it is gone then,
// including other panics that were being handled there.
//
// recover works in the deferred function itself only: its caller must be the frame of gopanic, with nothing but wrappers made by the
// compiler in between. So gorecover compares the address of the arguments of its caller with that of the calls that gopanic makes.

package runtime

import (
	"internal/abi"
	"internal/runtime/atomic"
	"unsafe"
)

// _defer mirrors C's Defer (runtime/abi/type.h); compiled code lays it in frames and sets fn.
type _defer struct {
	heap      bool
	rangefunc bool // holds a list of calls deferred by the body of a range over a function
	_         [ptrSize - 2]uint8
	sp, pc    uintptr // of the frame that deferred the call
	fn        func()
	link      *_defer
	head      *rangeDefers
}

// rangeDefers collects, newest first, what loop bodies defer on behalf of the function that has the loop.
type rangeDefers struct {
	list   *_defer
	closed bool // the function has run its deferred calls
}

// _panic is a panic or Goexit in progress; it lies in the frame of gopanic.
type _panic struct {
	arg       any
	link      *_panic
	depth     uintptr // of the frame that called gopanic: it is over when that frame goes on
	argdepth  uintptr // of the arguments of the deferred calls it makes
	recovered bool
	goexit    bool
}

var runningPanicDefers atomic.Uint32

//go:noinline
func getargp() uintptr { return getcallersp() }

// deferproc defers fn by a record on the heap: for defer statements in loops.
func deferproc(fn func()) {
	gp := getg()
	d := new(_defer)
	d.heap = true
	d.fn = fn
	d.sp = getcallersp()
	d.pc = getcallerpc()
	d.link = gp._defer
	gp._defer = d
}

// deferprocStack puts a record in the caller's frame on the list. The record is new memory in a stack: no barriers.
//
//go:nosplit
func deferprocStack(d *_defer) {
	gp := getg()
	d.heap = false
	d.rangefunc = false
	d.sp = getcallersp()
	d.pc = getcallerpc()
	*(*uintptr)(unsafe.Pointer(&d.head)) = 0
	*(*uintptr)(unsafe.Pointer(&d.link)) = uintptr(unsafe.Pointer(gp._defer))
	*(*uintptr)(unsafe.Pointer(&gp._defer)) = uintptr(unsafe.Pointer(d))
}

// deferrangefunc reserves the caller's next place on the list for what the body of its range over a function will defer.
func deferrangefunc() any {
	gp := getg()
	d := new(_defer)
	d.heap = true
	d.rangefunc = true
	d.head = new(rangeDefers)
	d.sp = getcallersp()
	d.pc = getcallerpc()
	d.link = gp._defer
	gp._defer = d
	return d.head
}

// deferprocat defers fn in the function that the token of deferrangefunc names. The body may run on another goroutine.
func deferprocat(fn func(), frame any) {
	h := frame.(*rangeDefers)
	d := new(_defer)
	d.heap = true
	d.fn = fn
	lock(&rangeDeferLock)
	if h.closed {
		unlock(&rangeDeferLock)
		throw("defer after range func returned")
	}
	d.link = h.list
	h.list = d
	unlock(&rangeDeferLock)
}

var rangeDeferLock mutex

// expandRange replaces the record d, first on the list, by the calls that it collected.
func expandRange(gp *g, d *_defer) {
	lock(&rangeDeferLock)
	list := d.head.list
	d.head.list = nil
	d.head.closed = true
	unlock(&rangeDeferLock)
	gp._defer = d.link
	if list == nil {
		return
	}
	last := list
	for e := list; e != nil; e = e.link {
		e.sp, e.pc = d.sp, d.pc
		last = e
	}
	last.link = d.link
	gp._defer = list
}

// deferreturn runs the calls that its caller has deferred.
func deferreturn() {
	gp := getg()
	depth := gp.stackhi - getcallersp()
	for {
		d := gp._defer
		if d == nil || gp.stackhi-d.sp != depth {
			return
		}
		if d.rangefunc {
			expandRange(gp, d)
			continue
		}
		fn := d.fn
		d.fn = nil
		gp._defer = d.link
		fn()
	}
}

// gopanic is the built-in function panic.
func gopanic(e any) {
	if e == nil {
		if debug.panicnil != 1 {
			e = new(PanicNilError)
		} else {
			panicnilIncNonDefault()
		}
	}
	escapes(e)
	gp := getg()
	var p _panic
	p.arg = e
	p.link = gp._panic
	p.depth = gp.stackhi - getcallersp()
	p.argdepth = gp.stackhi - getargp()
	gp._panic = (*_panic)(noescape(unsafe.Pointer(&p)))
	runningPanicDefers.Add(1)
	for {
		d := gp._defer
		if d == nil {
			break
		}
		if d.rangefunc {
			expandRange(gp, d)
			continue
		}
		depth, pc := gp.stackhi-d.sp, d.pc
		fn := d.fn
		d.fn = nil
		gp._defer = d.link
		fn()
		if p.recovered {
			unwindTo(gp, depth, pc)
		}
	}
	textOfPanics(gp._panic)
	fatalpanic(gp._panic)
}

// unwindTo leaves gopanic for the frame of that depth. Panics that were started above it are over, but a Goexit goes on.
func unwindTo(gp *g, depth, pc uintptr) {
	goexit := false
	for gp._panic != nil && gp._panic.depth >= depth {
		if gp._panic.goexit {
			goexit = true
		} else {
			runningPanicDefers.Add(-1)
		}
		gp._panic = gp._panic.link
	}
	if goexit {
		// The frames stay until the goroutine ends, which is what its remaining deferred calls see.
		Goexit()
	}
	recoverframe_(gp.stackhi-depth, pc)
	throw("recovery failed")
}

// gorecover is the built-in function recover, called by the function whose arguments are at argp.
func gorecover(argp unsafe.Pointer) any {
	gp := getg()
	p := gp._panic
	if p == nil || p.goexit || p.recovered {
		return nil
	}
	want := gp.stackhi - p.argdepth
	if uintptr(argp) != want && !recoverable_(uintptr(argp), want) {
		return nil
	}
	p.recovered = true
	return p.arg
}

// Goexit terminates the goroutine that calls it. No other goroutine is affected. Goexit runs all deferred calls before terminating the
// goroutine. Because Goexit is not a panic, any recover calls in those deferred functions will return nil.
func Goexit() {
	gp := getg()
	var p _panic
	p.goexit = true
	p.link = gp._panic
	p.depth = gp.stackhi - getcallersp()
	p.argdepth = gp.stackhi - getargp()
	gp._panic = (*_panic)(noescape(unsafe.Pointer(&p)))
	gp.flags |= gfGoexiting
	for {
		d := gp._defer
		if d == nil {
			break
		}
		if d.rangefunc {
			expandRange(gp, d)
			continue
		}
		fn := d.fn
		d.fn = nil
		gp._defer = d.link
		fn()
	}
	// Panics below this point, whose deferred call has called Goexit, end here.
	for q := gp._panic; q != nil; q = q.link {
		if !q.goexit {
			runningPanicDefers.Add(-1)
		}
	}
	gp._panic = nil
	goexit0_()
}

// textOfPanics replaces the values of all panics by what is printed of them: their methods run before anything is printed.
func textOfPanics(p *_panic) {
	defer func() {
		if r := recover(); r != nil {
			if s, ok := r.(string); ok {
				throw("panic while printing panic value: " + s)
			}
			throw("panic while printing panic value: type " + toRType(efaceOf(&r)._type).string())
		}
	}()
	for ; p != nil; p = p.link {
		if e, ok := p.arg.(error); ok {
			p.arg = e.Error()
		} else if s, ok := p.arg.(stringer); ok {
			p.arg = s.String()
		}
	}
}

// printPanics prints the oldest panic first, those that came of it indented below.
func printPanics(p *_panic) {
	if p.link != nil {
		printPanics(p.link)
		if !p.link.goexit {
			print("\t")
		}
	}
	if p.goexit {
		return
	}
	print("panic: ")
	printpanicval(p.arg)
	if p.recovered {
		print(" [recovered]")
	}
	print("\n")
}

// fatalpanic ends the program because of an unrecovered panic.
func fatalpanic(p *_panic) {
	inpanic_(1)
	runningPanicDefers.Add(-1)
	printlock()
	printPanics(p)
	printunlock()
	dopanic_()
	throw("dopanic_ returned")
}

// rtpanic panics for C: kinds are those of runtime/abi/panic.h.
func rtpanic(kind int, a, b uintptr) {
	switch kind {
	case 1:
		panicmakeslicelen()
	case 2:
		panicmakeslicecap()
	case 3:
		panic(errorString("growslice: len out of range"))
	case 4:
		panic(plainError("makechan: size out of range"))
	case 5:
		panic(plainError("send on closed channel"))
	case 6:
		panic(plainError("close of nil channel"))
	case 7:
		panic(plainError("close of closed channel"))
	case 8:
		fatal("go of nil func value")
	case 9:
		panicshift()
	case 10:
		panicmem()
	case 11:
		panicmemAddr(a)
	case 12:
		panicdivide()
	case 13:
		panicoverflow()
	case 14:
		panicfloat()
	case 15:
		panic(errorString(unsafe.String((*byte)(unsafe.Pointer(a)), int(b))))
	case 16:
		panic(errorString("allocation size out of range"))
	case 17:
		panic(plainError(unsafe.String((*byte)(unsafe.Pointer(a)), int(b))))
	default:
		throw("rtpanic: unknown kind")
	}
}

// sigpanic is what a hardware fault in Go code turns into, and what a stub jumps to when C asks for a panic: as if the faulting instruction, or the
// caller of the stub, had called it. That frame has no room for arguments, so they come in g.ret.
func sigpanic() {
	gp := getg()
	rtpanic(int(gp.ret[0]), gp.ret[1], gp.ret[2])
}

// boundspanic is where failed bounds checks end: index, length and kind in g.ret, kinds as the compiler numbers them.
func boundspanic() {
	gp := getg()
	kind := gp.ret[2]
	panic(boundsError{int64(gp.ret[0]), int(gp.ret[1]), kind&1 == 0, uint8(kind / 2)})
}

// panicrangestate reports a loop body that was called when it must not be: states are internal/abi.RF_State.
func panicrangestate(state int) {
	switch abi.RF_State(state) {
	case abi.RF_DONE:
		panic(rangeDoneError)
	case abi.RF_PANIC:
		panic(rangePanicError)
	case abi.RF_EXHAUSTED:
		panic(rangeExhaustedError)
	case abi.RF_MISSING_PANIC:
		panic(rangeMissingPanicError)
	}
	throw("unexpected state set by loop body function")
}

var (
	rangeDoneError         = error(errorString("range function continued iteration after function for loop body returned false"))
	rangePanicError        = error(errorString("range function continued iteration after loop body panic"))
	rangeExhaustedError    = error(errorString("range function continued iteration after whole loop exit"))
	rangeMissingPanicError = error(errorString("range function recovered a loop body panic and did not resume panicking"))
)

func panicnil() { gopanic(nil) }
