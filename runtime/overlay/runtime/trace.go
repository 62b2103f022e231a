// trace.go - hooks of execution traces and coverage. Traces are not recorded yet: starting one is an error.

package runtime

import (
	"internal/coverage/rtcov"
	"unsafe"
)

// StartTrace enables tracing for the current process.
func StartTrace() error { return errorString("execution traces are not supported yet") }

// StopTrace stops tracing, if it was previously enabled.
func StopTrace() {}

// ReadTrace returns the next chunk of binary tracing data, nil once tracing is turned off.
func ReadTrace() []byte { return nil }

//go:linkname trace_userTaskCreate runtime/trace.userTaskCreate
func trace_userTaskCreate(id, parentID uint64, taskType string) {}

//go:linkname trace_userTaskEnd runtime/trace.userTaskEnd
func trace_userTaskEnd(id uint64) {}

//go:linkname trace_userRegion runtime/trace.userRegion
func trace_userRegion(id, mode uint64, name string) {}

//go:linkname trace_userLog runtime/trace.userLog
func trace_userLog(id uint64, category, message string) {}

// addCovMeta registers the coverage meta-data of one package.
func addCovMeta(p unsafe.Pointer, dlen uint32, hash [16]byte, pkgpath string, pkgid int, cmode uint8, cgran uint8) uint32 {
	id := rtcov.AddMeta(p, dlen, hash, pkgpath, pkgid, cmode, cgran)
	if id == 0 {
		throw("runtime.addCovMeta: coverage package map collision")
	}
	return id
}

//go:linkname coverage_getCovCounterList internal/coverage/cfile.getCovCounterList
func coverage_getCovCounterList() []rtcov.CovCounterBlob {
	md := module
	if md.covctrs == md.ecovctrs {
		return nil
	}
	return []rtcov.CovCounterBlob{{Counters: (*uint32)(unsafe.Pointer(md.covctrs)), Len: uint64((md.ecovctrs - md.covctrs) / 4)}}
}

