// extern.go - who calls whom: callers, frames, functions; and what program this is.

package runtime

import (
	"internal/abi"
	"internal/goarch"
	"internal/goos"
	"unsafe"
)

// Compiler is the name of the compiler toolchain that built the running binary. Packages test for "gc", whose language, ABI and object format
// this toolchain shares.
const Compiler = "gc"

// GOOS is the running program's operating system target.
const GOOS string = goos.GOOS

// GOARCH is the running program's architecture target.
const GOARCH string = goarch.GOARCH

// String variables that the linker sets.
var (
	buildVersion   string
	defaultGOROOT  string
	modinfo        string
	godebugDefault string
)

// Version returns the Go tree's version string.
func Version() string {
	if buildVersion != "" {
		return buildVersion
	}
	return module.buildversion
}

// GOROOT returns the root of the Go tree: the GOROOT environment variable, if set at process start, or else the root used during the Go build.
func GOROOT() string {
	if s := gogetenv("GOROOT"); s != "" {
		return s
	}
	return defaultGOROOT
}

//go:linkname debug_modinfo runtime/debug.modinfo
func debug_modinfo() string {
	if modinfo != "" {
		return modinfo
	}
	return module.modinfo
}

// _func is C's PclnFunc: gc's record of a function in .gopclntab.
type _func struct {
	entryOff uint32
	nameOff  int32
}

// A Func represents a Go function in the running binary: a PclnFunc in the function table, or a funcinl.
type Func struct {
	opaque struct{}
}

// funcinl is a function that was compiled into others at the place asked about.
type funcinl struct {
	ones      uint32 // no function starts at this offset
	entry     uintptr
	name      string
	file      string
	line      int
	startLine int
}

type symbol struct {
	name, file      string
	line, startLine int
	entry           uintptr
	inlined         bool
	funcID          abi.FuncID
}

// symbolize describes the logical frame number depth at pc, 0 being the innermost.
func symbolize(pc uintptr, depth int) (s symbol, ok bool) {
	var w [8]uintptr
	if !symbolize_(pc, depth, &w) {
		return
	}
	s.name = unsafe.String((*byte)(unsafe.Pointer(w[0])), int(w[1]))
	s.file = unsafe.String((*byte)(unsafe.Pointer(w[2])), int(w[3]))
	s.line = int(w[4])
	s.entry = w[5]
	s.startLine = int(w[6])
	s.inlined = w[7]&0xff != 0
	s.funcID = abi.FuncID(w[7] >> 8)
	return s, true
}

func funcNameAt(pc uintptr) string {
	s, _ := symbolize(pc, 0)
	return s.name
}

// Caller reports file and line number information about function invocations on the calling goroutine's stack. The argument skip is the number of
// stack frames to ascend, with 0 identifying the caller of Caller.
func Caller(skip int) (pc uintptr, file string, line int, ok bool) {
	var buf [1]uintptr
	if skip < -1 || callers_(skip+1, &buf[0], 1) < 1 {
		return
	}
	s, ok := symbolize(buf[0]-1, 0)
	return buf[0] - 1, s.file, s.line, ok
}

// Callers fills the slice pc with the return program counters of function invocations on the calling goroutine's stack. The argument skip is the
// number of stack frames to skip before recording in pc, with 0 identifying the frame for Callers itself and 1 identifying the caller of Callers.
func Callers(skip int, pc []uintptr) int {
	if len(pc) == 0 {
		return 0
	}
	return callers_(max(skip, 0), &pc[0], len(pc))
}

// Frames may be used to get function/file/line information for a slice of PC values returned by Callers.
type Frames struct {
	callers []uintptr
	depth   int // of the next frame at callers[0]
}

// Frame is the information returned by Frames for each call frame.
type Frame struct {
	// PC is the program counter for the location in this frame.
	PC uintptr
	// Func is the Func value of this call frame; nil for non-Go code or fully inlined functions.
	Func *Func
	// Function is the package path-qualified function name of this call frame.
	Function string
	// File and Line are the file name and line number of the location in this frame.
	File string
	Line int

	startLine int

	// Entry point program counter for the function; may be zero if not known.
	Entry uintptr

	symbolName string
}

// CallersFrames takes a slice of PC values returned by Callers and prepares to return function/file/line information.
func CallersFrames(callers []uintptr) *Frames {
	return &Frames{callers: callers}
}

// Next returns a Frame representing the next call frame in the slice of PC values. The more result indicates whether the next call to Next will
// return a valid Frame.
//
// Callers gives one PC for each logical frame. Of a PC from elsewhere, such as a printed trace, the frames around an inlined one are
// given too, unless they follow in the slice or it is the last.
func (f *Frames) Next() (frame Frame, more bool) {
	for len(f.callers) > 0 {
		pc := f.callers[0]
		if pc == 0 {
			f.advance()
			continue
		}
		at := pc - 1
		if s, ok := symbolize(pc, 0); ok && s.entry == pc {
			at = pc // nobody returns to the start of a function
		}
		s, ok := symbolize(at, f.depth)
		if !ok {
			f.advance()
			continue
		}
		frame = Frame{PC: at, Function: funcNameForPrint(s.name), File: s.file, Line: s.line, startLine: s.startLine, Entry: s.entry, symbolName: s.name}
		if !s.inlined {
			frame.Func = (*Func)(unsafe.Pointer(findfunc_(at)))
		}
		if s.inlined && !f.outerFollows(at, f.depth+1) {
			f.depth++
		} else {
			f.advance()
		}
		return frame, len(f.callers) > 0
	}
	return
}

func (f *Frames) advance() {
	f.callers = f.callers[1:]
	f.depth = 0
}

func (f *Frames) outerFollows(at uintptr, depth int) bool {
	if len(f.callers) < 2 {
		return true
	}
	if f.callers[1] == 0 {
		return false
	}
	outer, ok := symbolize(at, depth)
	if !ok {
		return true
	}
	next, ok := symbolize(f.callers[1]-1, 0)
	return ok && next.name == outer.name && next.line == outer.line && next.entry == outer.entry
}

// funcNameForPrint shows the type arguments of generic functions as [...].
func funcNameForPrint(name string) string {
	i := 0
	for i < len(name) && name[i] != '[' {
		i++
	}
	j := lastIndexByte(name, ']')
	if i == len(name) || j <= i {
		return name
	}
	return name[:i] + "[...]" + name[j+1:]
}

// FuncForPC returns a *Func describing the function that contains the given program counter address, or else nil.
func FuncForPC(pc uintptr) *Func {
	s, ok := symbolize(pc, 0)
	if !ok {
		return nil
	}
	if s.inlined {
		return (*Func)(unsafe.Pointer(&funcinl{ones: ^uint32(0), entry: s.entry, name: s.name, file: s.file, line: s.line, startLine: s.startLine}))
	}
	return (*Func)(unsafe.Pointer(findfunc_(pc)))
}

func (f *Func) inl() *funcinl {
	if fi := (*funcinl)(unsafe.Pointer(f)); fi.ones == ^uint32(0) {
		return fi
	}
	return nil
}

func (f *Func) entry() uintptr {
	return module.text + uintptr((*_func)(unsafe.Pointer(f)).entryOff)
}

// Name returns the name of the function.
func (f *Func) Name() string {
	if f == nil {
		return ""
	}
	if fi := f.inl(); fi != nil {
		return funcNameForPrint(fi.name)
	}
	// The outermost frame at the entry is the function itself: the first instruction may belong to an inlined call.
	s := f.outermost(f.entry())
	return funcNameForPrint(s.name)
}

func (f *Func) outermost(pc uintptr) symbol {
	var last symbol
	for depth := 0; ; depth++ {
		s, ok := symbolize(pc, depth)
		if !ok {
			return last
		}
		last = s
		if !s.inlined {
			return s
		}
	}
}

// Entry returns the entry address of the function.
func (f *Func) Entry() uintptr {
	if fi := f.inl(); fi != nil {
		return fi.entry
	}
	return f.entry()
}

// FileLine returns the file name and line number of the source code corresponding to the program counter pc.
func (f *Func) FileLine(pc uintptr) (file string, line int) {
	if fi := f.inl(); fi != nil {
		return fi.file, fi.line
	}
	s, ok := symbolize(pc, 0)
	if !ok || s.entry != f.entry() {
		return "?", 0
	}
	return s.file, s.line
}

// Stack formats a stack trace of the calling goroutine into buf and returns the number of bytes written to buf. If all is true, Stack formats stack
// traces of all other goroutines into buf after the trace for the current goroutine.
func Stack(buf []byte, all bool) int {
	if len(buf) == 0 {
		return 0
	}
	if all {
		stopTheWorld()
	}
	n := stackdump_(&buf[0], len(buf), all)
	if all {
		starttheworld_()
	}
	return n
}

//go:linkname runtime_FrameStartLine runtime/pprof.runtime_FrameStartLine
func runtime_FrameStartLine(f *Frame) int { return f.startLine }

//go:linkname runtime_FrameSymbolName runtime/pprof.runtime_FrameSymbolName
func runtime_FrameSymbolName(f *Frame) string { return f.symbolName }

// runtime_expandFinalInlineFrame adds the frames around the last PC, which a limit may have cut off.
//
//go:linkname runtime_expandFinalInlineFrame runtime/pprof.runtime_expandFinalInlineFrame
func runtime_expandFinalInlineFrame(stk []uintptr) []uintptr {
	if len(stk) == 0 {
		return stk
	}
	var buf [profDepth]uintptr
	last := len(stk) - 1
	n := expandpc_(stk[last], &buf[0], len(buf))
	if n <= 1 {
		return stk
	}
	return append(stk[:last], buf[:n]...)
}

// goexit stands for the bottom of every goroutine's stack.
func goexit() { goexit() }
