// Bench compares an SDK with another: compiling all of std, linking, program sizes, and the programs of this folder.
//
// usage: bench SDK REFERENCE WORK PROGRAM.go...      REFERENCE may be ""
//
// Times are processor time (user and system): they depend less on what else the machine does than wall time. Programs run
// in turns, each three times, and the smallest time counts.
package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

type result struct {
	out []byte
	cpu time.Duration
	rss int64 // KiB
}

func fail(a ...any) {
	fmt.Fprintln(os.Stderr, append([]any{"bench:"}, a...)...)
	os.Exit(1)
}

func run(env []string, name string, args ...string) result {
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	c.Stderr = &stderr
	out, err := c.Output()
	if err != nil {
		fail(name, args, err, stderr.String())
	}
	st := c.ProcessState
	return result{append(out, stderr.Bytes()...), st.UserTime() + st.SystemTime(), st.SysUsage().(*syscall.Rusage).Maxrss}
}

type sdk struct {
	root, work string
	env        []string
}

func open(root, work string) *sdk {
	if root == "" {
		return nil
	}
	os.MkdirAll(work, 0o777)
	return &sdk{root, work, []string{"GOROOT=" + root, "GOCACHE=" + work + "/cache", "GOPATH=" + work + "/gopath", "CGO_ENABLED=0", "GOTOOLCHAIN=local",
		"GOFLAGS=", "GOENV=off", "GOPROXY=off"}}
}

func (s *sdk) tool(args ...string) result { return run(s.env, s.root+"/bin/go", args...) }

func (s *sdk) build(src string) string {
	exe := filepath.Join(s.work, strings.TrimSuffix(filepath.Base(src), ".go"))
	s.tool("build", "-o", exe, src)
	return exe
}

// link measures the linker alone: the last command that "go build" prints.
func (s *sdk) link(src string) result {
	out := string(s.tool("build", "-x", "-work", "-a", "-o", s.work+"/linked", src).out)
	var work, line string
	for _, l := range strings.Split(out, "\n") {
		if w, ok := strings.CutPrefix(l, "WORK="); ok {
			work = w
		}
		if strings.Contains(l, "/link -o ") {
			line = l
		}
	}
	if line == "" || work == "" {
		fail("no link command in the output of go build -x")
	}
	defer os.RemoveAll(work)
	best := result{cpu: time.Hour}
	for i := 0; i < 3; i++ {
		os.MkdirAll(work+"/b001/exe", 0o777)
		r := run(append(s.env, "WORK="+work), "sh", "-c", line)
		if r.cpu < best.cpu {
			best = r
		}
	}
	return best
}

var failed bool

func row(what string, a, b float64, unit string) {
	if b < 0 {
		fmt.Printf("%-34s %10.2f %10s %8s %s\n", what, a, "-", "-", unit)
		return
	}
	fmt.Printf("%-34s %10.2f %10.2f %8.2f %s\n", what, a, b, a/b, unit)
}

func main() {
	if len(os.Args) < 4 {
		fail("usage: bench SDK REFERENCE WORK PROGRAM.go...")
	}
	work := os.Args[3]
	ours, ref := open(os.Args[1], work+"/a"), open(os.Args[2], work+"/b")
	fmt.Printf("%-34s %10s %10s %8s  (%d processors)\n", "", "this SDK", "reference", "ratio", runtime.NumCPU())
	compare := func(what, unit string, f func(*sdk) float64) {
		a, b := f(ours), -1.0
		if ref != nil {
			b = f(ref)
		}
		row(what, a, b, unit)
	}
	hello := os.Args[4]
	if os.Getenv("BENCH_STD") != "no" {
		var rss [2]float64
		i := 0
		compare("go build -a std", "s", func(s *sdk) float64 {
			r := s.tool("build", "-a", "std")
			rss[i] = float64(r.rss) / 1024
			i++
			return r.cpu.Seconds()
		})
		if ref == nil {
			rss[1] = -1
		}
		row("  largest process", rss[0], rss[1], "MB")
	}
	compare("link hello", "s", func(s *sdk) float64 { return s.link(hello).cpu.Seconds() })
	compare("size of hello", "MB", func(s *sdk) float64 {
		st, err := os.Stat(s.build(hello))
		if err != nil {
			fail(err)
		}
		return float64(st.Size()) / (1 << 20)
	})
	for _, p := range os.Args[5:] {
		sdks := []*sdk{ours}
		if ref != nil {
			sdks = append(sdks, ref)
		}
		var best [2]result
		var exe [2]string
		for i, s := range sdks {
			exe[i] = s.build(p)
			best[i].cpu = time.Hour
		}
		for n := 0; n < 3; n++ {
			for i := range sdks {
				if r := run(nil, exe[i]); r.cpu < best[i].cpu {
					best[i] = r
				}
			}
		}
		name := strings.TrimSuffix(filepath.Base(p), ".go")
		if ref == nil {
			row(name, best[0].cpu.Seconds(), -1, "s")
			continue
		}
		row(name, best[0].cpu.Seconds(), best[1].cpu.Seconds(), fmt.Sprintf("s   %.0f / %.0f MB", float64(best[0].rss)/1024, float64(best[1].rss)/1024))
		if !bytes.Equal(best[0].out, best[1].out) {
			fmt.Println("  OUTPUT DIFFERS")
			failed = true
		}
	}
	if failed {
		os.Exit(1)
	}
}
