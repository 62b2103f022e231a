// metrics.go - runtime/metrics: every name of its list has a value here; what is not measured is zero.

package runtime

import (
	"internal/godebugs"
	"unsafe"
)

const (
	metricKindBad = iota
	metricKindUint64
	metricKindFloat64
	metricKindHistogram
)

// metricSample mirrors metrics.Sample.
type metricSample struct {
	name    string
	kind    int
	scalar  uint64
	pointer unsafe.Pointer
}

// metricHistogram mirrors metrics.Float64Histogram.
type metricHistogram struct {
	counts  []uint64
	buckets []float64
}

func (s *metricSample) set(v uint64) {
	s.kind, s.scalar = metricKindUint64, v
}

func (s *metricSample) setFloat(v float64) {
	s.kind, s.scalar = metricKindFloat64, bitsOf(v)
}

// hist makes the value a histogram with those bounds, reusing one that is there.
func (s *metricSample) hist(buckets []float64) *metricHistogram {
	h := (*metricHistogram)(s.pointer)
	if s.kind != metricKindHistogram || h == nil || len(h.counts) != len(buckets)-1 {
		h = &metricHistogram{counts: make([]uint64, len(buckets)-1)}
		s.pointer = unsafe.Pointer(h)
	}
	s.kind = metricKindHistogram
	clear(h.counts)
	h.buckets = buckets
	return h
}

var (
	metricsLock mutex
	timeBuckets []float64
	sizeBuckets []float64
)

func metricsInit() {
	if timeBuckets != nil {
		return
	}
	posinf, neginf := fromBits(infBits), fromBits(infBits|1<<63)
	t := []float64{neginf, 0}
	for ns := float64(64); ns < 1e11; ns *= 1.25 {
		t = append(t, ns/1e9)
	}
	timeBuckets = append(t, posinf)
	b := []float64{1}
	for size := uintptr(8); size < 32768; {
		size = roundupsize(size, true)
		b = append(b, float64(size)+1)
		size++
	}
	sizeBuckets = append(b, posinf)
}

//go:linkname readMetrics runtime/metrics.runtime_readMetrics
func readMetrics(samplesp unsafe.Pointer, len int, cap int) {
	samples := unsafe.Slice((*metricSample)(samplesp), len)
	lock(&metricsLock)
	defer unlock(&metricsLock)
	metricsInit()
	var w [256]uint64
	readmemstats_(&w)
	for i := range samples {
		readMetric(&samples[i], &w)
	}
}

// gcPercent is GOGC as it is now: there is only a call that sets it.
func gcPercent() int32 {
	old := setgcpercent_(100)
	setgcpercent_(old)
	return old
}

func readMetric(s *metricSample, w *[256]uint64) {
	sec := func(ns uint64) float64 { return float64(ns) / 1e9 }
	total := uint64(nanotime()-runtimeInitTime) * uint64(gomaxprocs_(0))
	gccpu := w[statPauseTotal] * uint64(gomaxprocs_(0))
	switch s.name {
	case "/cgo/go-to-c-calls:calls":
		s.set(uint64(numcgocall_()))
	case "/cpu/classes/gc/mark/assist:cpu-seconds":
		s.setFloat(0)
	case "/cpu/classes/gc/mark/dedicated:cpu-seconds", "/cpu/classes/gc/mark/idle:cpu-seconds", "/cpu/classes/scavenge/assist:cpu-seconds",
		"/cpu/classes/scavenge/background:cpu-seconds", "/cpu/classes/scavenge/total:cpu-seconds", "/cpu/classes/idle:cpu-seconds":
		s.setFloat(0)
	case "/cpu/classes/gc/pause:cpu-seconds":
		s.setFloat(sec(w[statPauseTotal] * uint64(gomaxprocs_(0))))
	case "/cpu/classes/gc/total:cpu-seconds":
		s.setFloat(sec(gccpu))
	case "/cpu/classes/total:cpu-seconds":
		s.setFloat(sec(total))
	case "/cpu/classes/user:cpu-seconds":
		if total < gccpu {
			total = gccpu
		}
		s.setFloat(sec(total - gccpu))
	case "/gc/cycles/automatic:gc-cycles":
		s.set(w[statNumGC] - w[statNumForcedGC])
	case "/gc/cycles/forced:gc-cycles":
		s.set(w[statNumForcedGC])
	case "/gc/cycles/total:gc-cycles":
		s.set(w[statNumGC])
	case "/gc/gogc:percent":
		s.set(uint64(gcPercent()))
	case "/gc/gomemlimit:bytes":
		s.set(uint64(setmemorylimit_(-1)))
	case "/gc/heap/allocs-by-size:bytes", "/gc/heap/frees-by-size:bytes":
		s.hist(sizeBuckets)
	case "/gc/heap/allocs:bytes":
		s.set(w[statTotalAlloc])
	case "/gc/heap/allocs:objects":
		s.set(w[statMallocs] - w[statTinyAllocs])
	case "/gc/heap/frees:bytes":
		s.set(w[statTotalAlloc] - w[statHeapAlloc])
	case "/gc/heap/frees:objects":
		s.set(w[statFrees])
	case "/gc/heap/goal:bytes":
		s.set(w[statNextGC])
	case "/gc/heap/live:bytes":
		s.set(w[statLive])
	case "/gc/heap/objects:objects":
		s.set(w[statMallocs] - w[statFrees])
	case "/gc/heap/tiny/allocs:objects":
		s.set(w[statTinyAllocs])
	case "/gc/limiter/last-enabled:gc-cycle":
		s.set(0)
	case "/gc/pauses:seconds", "/sched/pauses/total/gc:seconds", "/sched/pauses/stopping/gc:seconds":
		h := s.hist(timeBuckets)
		if s.name == "/sched/pauses/stopping/gc:seconds" {
			break
		}
		var p [512]uint64
		n := readgcpauses_(&p[0], len(p))
		for i := 0; i < n; i++ {
			t := sec(p[2*i])
			k := 0
			for k+2 < len(h.buckets) && h.buckets[k+1] <= t {
				k++
			}
			h.counts[k]++
		}
	case "/sched/pauses/stopping/other:seconds", "/sched/pauses/total/other:seconds", "/sched/latencies:seconds":
		s.hist(timeBuckets)
	case "/gc/scan/globals:bytes":
		md := module
		s.set(uint64(md.edata - md.data + md.ebss - md.bss))
	case "/gc/scan/heap:bytes":
		s.set(w[statLive])
	case "/gc/scan/stack:bytes":
		s.set(w[statStackInuse])
	case "/gc/scan/total:bytes":
		md := module
		s.set(uint64(md.edata-md.data+md.ebss-md.bss) + w[statLive] + w[statStackInuse])
	case "/gc/stack/starting-size:bytes":
		s.set(2048)
	case "/memory/classes/heap/free:bytes":
		s.set(w[statHeapIdle] - w[statHeapReleased])
	case "/memory/classes/heap/objects:bytes":
		s.set(w[statHeapAlloc])
	case "/memory/classes/heap/released:bytes":
		s.set(w[statHeapReleased])
	case "/memory/classes/heap/stacks:bytes":
		s.set(w[statStackInuse])
	case "/memory/classes/heap/unused:bytes":
		s.set(w[statHeapInuse] - w[statHeapAlloc])
	case "/memory/classes/metadata/mcache/free:bytes":
		s.set(w[statMCacheSys] - w[statMCacheInuse])
	case "/memory/classes/metadata/mcache/inuse:bytes":
		s.set(w[statMCacheInuse])
	case "/memory/classes/metadata/mspan/free:bytes":
		s.set(w[statMSpanSys] - w[statMSpanInuse])
	case "/memory/classes/metadata/mspan/inuse:bytes":
		s.set(w[statMSpanInuse])
	case "/memory/classes/metadata/other:bytes":
		s.set(w[statGCSys])
	case "/memory/classes/os-stacks:bytes":
		s.set(w[statStackSys] - w[statStackInuse])
	case "/memory/classes/other:bytes":
		s.set(w[statOtherSys])
	case "/memory/classes/profiling/buckets:bytes":
		s.set(0)
	case "/memory/classes/total:bytes":
		s.set(w[statSys])
	case "/sched/gomaxprocs:threads":
		s.set(uint64(gomaxprocs_(0)))
	case "/sched/goroutines:goroutines":
		s.set(uint64(numgoroutine_()))
	case "/sync/mutex/wait/total:seconds":
		s.setFloat(0)
	default:
		const prefix, suffix = "/godebug/non-default-behavior/", ":events"
		if hasPrefix(s.name, prefix) && len(s.name) > len(prefix)+len(suffix) && s.name[len(s.name)-len(suffix):] == suffix {
			for i := range godebugs.All {
				d := &godebugs.All[i]
				if d.Name != s.name[len(prefix):len(s.name)-len(suffix)] || d.Opaque {
					continue
				}
				lock(&godebugMetricsLock)
				read := godebugMetrics[s.name]
				unlock(&godebugMetricsLock)
				if read != nil {
					s.set(read())
				} else {
					s.set(0)
				}
				return
			}
		}
		s.kind, s.scalar, s.pointer = metricKindBad, 0, nil
	}
}

// readMetricNames is for the tests of runtime/metrics: all names that are read here.
//
//go:linkname readMetricNames runtime/metrics_test.runtime_readMetricNames
func readMetricNames() []string {
	var names []string
	for i := range godebugs.All {
		if d := &godebugs.All[i]; !d.Opaque {
			names = append(names, "/godebug/non-default-behavior/"+d.Name+":events")
		}
	}
	return append(names, metricNames[:]...)
}

var metricNames = [...]string{
	"/cgo/go-to-c-calls:calls",
	"/cpu/classes/gc/mark/assist:cpu-seconds",
	"/cpu/classes/gc/mark/dedicated:cpu-seconds",
	"/cpu/classes/gc/mark/idle:cpu-seconds",
	"/cpu/classes/gc/pause:cpu-seconds",
	"/cpu/classes/gc/total:cpu-seconds",
	"/cpu/classes/idle:cpu-seconds",
	"/cpu/classes/scavenge/assist:cpu-seconds",
	"/cpu/classes/scavenge/background:cpu-seconds",
	"/cpu/classes/scavenge/total:cpu-seconds",
	"/cpu/classes/total:cpu-seconds",
	"/cpu/classes/user:cpu-seconds",
	"/gc/cycles/automatic:gc-cycles",
	"/gc/cycles/forced:gc-cycles",
	"/gc/cycles/total:gc-cycles",
	"/gc/gogc:percent",
	"/gc/gomemlimit:bytes",
	"/gc/heap/allocs-by-size:bytes",
	"/gc/heap/allocs:bytes",
	"/gc/heap/allocs:objects",
	"/gc/heap/frees-by-size:bytes",
	"/gc/heap/frees:bytes",
	"/gc/heap/frees:objects",
	"/gc/heap/goal:bytes",
	"/gc/heap/live:bytes",
	"/gc/heap/objects:objects",
	"/gc/heap/tiny/allocs:objects",
	"/gc/limiter/last-enabled:gc-cycle",
	"/gc/pauses:seconds",
	"/gc/scan/globals:bytes",
	"/gc/scan/heap:bytes",
	"/gc/scan/stack:bytes",
	"/gc/scan/total:bytes",
	"/gc/stack/starting-size:bytes",
	"/memory/classes/heap/free:bytes",
	"/memory/classes/heap/objects:bytes",
	"/memory/classes/heap/released:bytes",
	"/memory/classes/heap/stacks:bytes",
	"/memory/classes/heap/unused:bytes",
	"/memory/classes/metadata/mcache/free:bytes",
	"/memory/classes/metadata/mcache/inuse:bytes",
	"/memory/classes/metadata/mspan/free:bytes",
	"/memory/classes/metadata/mspan/inuse:bytes",
	"/memory/classes/metadata/other:bytes",
	"/memory/classes/os-stacks:bytes",
	"/memory/classes/other:bytes",
	"/memory/classes/profiling/buckets:bytes",
	"/memory/classes/total:bytes",
	"/sched/gomaxprocs:threads",
	"/sched/goroutines:goroutines",
	"/sched/latencies:seconds",
	"/sched/pauses/stopping/gc:seconds",
	"/sched/pauses/stopping/other:seconds",
	"/sched/pauses/total/gc:seconds",
	"/sched/pauses/total/other:seconds",
	"/sync/mutex/wait/total:seconds",
}
