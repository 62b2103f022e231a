// env.go - arguments, environment, GODEBUG.

package runtime

import (
	"internal/bytealg"
	"internal/runtime/atomic"
	"unsafe"
)

var (
	argslice []string
	envs     []string
)

func goargs() {
	n := argc_()
	argslice = make([]string, n)
	for i := range argslice {
		argslice[i] = gostringnocopy(argv_(i))
	}
}

func goenvs() {
	first := argc_() + 1
	n := 0
	for argv_(first+n) != nil {
		n++
	}
	envs = make([]string, n)
	for i := range envs {
		envs[i] = gostring(argv_(first + i))
	}
}

// envOf reads the initial environment without memory, before envs is there.
func envOf(key string) (string, bool) {
	for i := argc_() + 1; ; i++ {
		p := argv_(i)
		if p == nil {
			return "", false
		}
		s := gostringnocopy(p)
		if len(s) > len(key) && s[len(key)] == '=' && s[:len(key)] == key {
			return s[len(key)+1:], true
		}
	}
}

func gogetenv(key string) string {
	s, _ := envOf(key)
	return s
}

//go:linkname os_runtime_args os.runtime_args
func os_runtime_args() []string { return append([]string{}, argslice...) }

//go:linkname syscall_runtime_envs syscall.runtime_envs
func syscall_runtime_envs() []string { return append([]string{}, envs...) }

//go:linkname syscall_runtimeSetenv syscall.runtimeSetenv
func syscall_runtimeSetenv(k, v string) {
	csetenv(k, v)
	if k == "GODEBUG" {
		godebugEnv = v
		applyGODEBUG()
		notifyGODEBUG()
	}
}

//go:linkname syscall_runtimeUnsetenv syscall.runtimeUnsetenv
func syscall_runtimeUnsetenv(k string) {
	cunsetenv(k)
	if k == "GODEBUG" {
		godebugEnv = ""
		applyGODEBUG()
		notifyGODEBUG()
	}
}

//go:linkname getAuxv
func getAuxv() []uintptr {
	p := auxv_()
	if p == nil {
		return nil
	}
	n := 0
	for *(*uintptr)(add(unsafe.Pointer(p), uintptr(n)*ptrSize)) != 0 {
		n += 2
	}
	return append([]uintptr{}, unsafe.Slice(p, n)...)
}

// write is write(2) for internal/godebug, which must not use package os.
//
//go:linkname write
func write(fd uintptr, p unsafe.Pointer, n int32) int32 { return int32(write_(fd, p, int(n))) }

// debug holds the GODEBUG settings that Go code of this package reads. C has read the environment for its own.
var debug struct {
	inittrace int
	panicnil  int
	cgocheck  int
}

var godebugEnv string // value of the environment variable now

func readGODEBUG() {
	godebugEnv = gogetenv("GODEBUG")
	applyGODEBUG()
}

func applyGODEBUG() {
	debug.inittrace, debug.panicnil, debug.cgocheck = 0, 0, 1
	eachGODEBUG(godebugDefault)
	eachGODEBUG(godebugEnv)
}

func eachGODEBUG(s string) {
	for s != "" {
		var field string
		if i := bytealg.IndexByteString(s, ','); i >= 0 {
			field, s = s[:i], s[i+1:]
		} else {
			field, s = s, ""
		}
		i := bytealg.IndexByteString(field, '=')
		if i < 0 {
			continue
		}
		n, ok := atoi(field[i+1:])
		if !ok {
			continue
		}
		switch field[:i] {
		case "inittrace":
			debug.inittrace = n
		case "panicnil":
			debug.panicnil = n
		case "cgocheck":
			debug.cgocheck = n
		}
	}
}

// Package internal/godebug registers callbacks.

var (
	godebugUpdate       func(def, env string)
	godebugNewIncrement func(name string) func()
	panicnilInc         func()
	godebugMetricsLock  mutex
	godebugMetrics      map[string]func() uint64
)

func notifyGODEBUG() {
	if f := godebugUpdate; f != nil {
		f(godebugDefault, godebugEnv)
	}
}

//go:linkname godebug_setUpdate internal/godebug.setUpdate
func godebug_setUpdate(update func(string, string)) {
	godebugUpdate = update
	notifyGODEBUG()
}

//go:linkname godebug_registerMetric internal/godebug.registerMetric
func godebug_registerMetric(name string, read func() uint64) {
	lock(&godebugMetricsLock)
	if godebugMetrics == nil {
		godebugMetrics = make(map[string]func() uint64)
	}
	godebugMetrics[name] = read
	unlock(&godebugMetricsLock)
}

//go:linkname godebug_setNewIncNonDefault internal/godebug.setNewIncNonDefault
func godebug_setNewIncNonDefault(f func(string) func()) { godebugNewIncrement = f }

var panicnilOnce atomic.Uint32

// panicnilIncNonDefault counts a panic(nil) under GODEBUG=panicnil=1.
func panicnilIncNonDefault() {
	if panicnilOnce.CompareAndSwap(0, 1) && godebugNewIncrement != nil {
		panicnilInc = godebugNewIncrement("panicnil")
	}
	if panicnilInc != nil {
		panicnilInc()
	}
}

// Levels of GOTRACEBACK, as C wants them: level, 1<<8 all goroutines, 1<<9 crash.
func tracebackFlags(level string) (uint32, bool) {
	switch level {
	case "none":
		return 0, true
	case "single":
		return 1, true
	case "all":
		return 1 | 1<<8, true
	case "system":
		return 2 | 1<<8, true
	case "crash", "wer":
		return 2 | 1<<8 | 1<<9, true
	}
	if n, ok := atoi(level); ok && n >= 0 {
		return uint32(min(n, 255)) | uint32(bool2int(n > 0))<<8, true
	}
	return 0, false
}

var tracebackFromEnv uint32

func setTracebackEnv() {
	s, ok := envOf("GOTRACEBACK")
	if !ok || s == "" {
		s = "single"
	}
	f, ok := tracebackFlags(s)
	if !ok {
		f = 1 | 1<<8
	}
	tracebackFromEnv = f
	settraceback_(f)
}

// setTraceback is debug.SetTraceback: it never asks for less than the environment does.
//
//go:linkname setTraceback runtime/debug.SetTraceback
func setTraceback(level string) {
	f, ok := tracebackFlags(level)
	if !ok {
		f = 1 | 1<<8
	}
	lvl := max(f&0xff, tracebackFromEnv&0xff)
	settraceback_(lvl | (f|tracebackFromEnv)&^0xff)
}

//go:linkname setCrashFD
func setCrashFD(fd uintptr) uintptr { return setcrashfd_(fd) }
