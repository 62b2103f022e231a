// Gomod is what of the go command needs module proxies or rewrites go.mod: go get, go mod, go install path@version, and the
// download of what a build lacks.
//
// The go command itself reads go.mod and the module cache; it starts this program when something is missing there, or when it was
// asked for one of these commands. What it knows comes in the environment: GOMOD, GOWORK and GOFLAGS as in effect, and all variables
// that go help modules names. Sources: go.dev/ref/mod; go help goproxy, module-auth, private, get, mod.
package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
)

var cfg struct {
	gomod, gowork string // files, "" if there are none; gomod may be that of -modfile
	root          string // folder of the main module
	modcache      string
	goroot        string
	mod, tags     string // -mod, -tags
	modcacherw    bool
	v, x, json    bool
	modfile       string
	overlay       string // -overlay, a file
	out           string // -o: where answers for the go command go
}

type command struct {
	name, usage string
	run         func(args []string)
	flags       func(f *flag.FlagSet)
}

// The commands; those in capitals are for the go command, or for gomod itself.
var commands = []command{
	{"download", "go mod download [-x] [-reuse=old.json] [-json] [modules]", cmdDownload, downloadFlags},
	{"edit", "go mod edit [editing flags] [-fmt|-print|-json] [go.mod]", cmdEdit, editFlags},
	{"workedit", "go work edit [editing flags] [go.work]", cmdWorkEdit, editFlags},
	{"worksync", "go work sync", cmdWorkSync, nil},
	{"workvendor", "go work vendor [-e] [-v] [-o outdir]", cmdWorkVendor, vendorFlags},
	{"graph", "go mod graph [-go=version] [-x]", cmdGraph, graphFlags},
	{"tidy", "go mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]", cmdTidy, tidyFlags},
	{"vendor", "go mod vendor [-e] [-v] [-o outdir]", cmdVendor, vendorFlags},
	{"verify", "go mod verify", cmdVerify, nil},
	{"why", "go mod why [-m] [-vendor] packages...", cmdWhy, whyFlags},
	{"get", "go get [-t] [-u] [-v] [build flags] [packages]", cmdGet, getFlags},
	{"FETCH", "", cmdFetch, fetchFlags},
	{"SYNC", "", cmdSync, fetchFlags},
	{"INSTALL", "", cmdInstall, fetchFlags},
	{"MEMBER", "", cmdMember, fetchFlags},
	{"QUERY", "", cmdQuery, fetchFlags},
}

var exitCode int

// stderr is shared by goroutines; a line is written at once.
func logf(format string, args ...any) { fmt.Fprintf(os.Stderr, "go: "+format+"\n", args...) }

func fatalf(format string, args ...any) {
	logf(format, args...)
	exit(1)
}

// exit ends the program, after a word about the network if there was none.
func exit(code int) {
	if offline.Load() && (code != 0 || cfg.out != "") {
		fmt.Fprintf(os.Stderr, "go: no module proxy could be reached (GOPROXY=%s). Without a network modules can come from vendor/ (go mod vendor\n"+
			"\twhere there is one), or from a folder: GOPROXY=file:///DIR, where DIR is a copy of a module cache's cache/download.\n",
			os.Getenv("GOPROXY"))
	}
	os.Exit(code)
}

// errorf reports a failure and goes on; the exit code will be 1.
func errorf(format string, args ...any) {
	logf(format, args...)
	exitCode = 1
}

func exitIfErrors() {
	if exitCode != 0 {
		exit(exitCode)
	}
}

func tracef(format string, args ...any) {
	if cfg.x {
		fmt.Fprintf(os.Stderr, "# "+format+"\n", args...)
	}
}

// parallel calls f for 0 <= i < n, a few at a time: enough to hide the latency of a network.
func parallel(n int, f func(i int)) {
	var wg sync.WaitGroup
	limit := make(chan bool, max(10, runtime.GOMAXPROCS(0)))
	for i := range n {
		wg.Add(1)
		limit <- true
		go func() {
			defer func() { <-limit; wg.Done() }()
			f(i)
		}()
	}
	wg.Wait()
}

// shortPath is the name relative to the current folder if that is shorter.
func shortPath(path string) string {
	wd, _ := os.Getwd()
	if rel, err := filepath.Rel(wd, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}

// buildFlags are those flags of go build that mean something here; the others are accepted, so that GOFLAGS may hold them.
func buildFlags(f *flag.FlagSet) {
	f.StringVar(&cfg.mod, "mod", cfg.mod, "")
	f.StringVar(&cfg.modfile, "modfile", cfg.modfile, "")
	f.StringVar(&cfg.overlay, "overlay", cfg.overlay, "")
	f.StringVar(&cfg.tags, "tags", cfg.tags, "")
	f.BoolVar(&cfg.modcacherw, "modcacherw", cfg.modcacherw, "")
	f.BoolVar(&cfg.x, "x", cfg.x, "")
}

func goflags() {
	f := flag.NewFlagSet("GOFLAGS", flag.ContinueOnError)
	f.SetOutput(io.Discard)
	buildFlags(f)
	for _, w := range strings.Fields(os.Getenv("GOFLAGS")) {
		name, _, _ := strings.Cut(strings.TrimLeft(w, "-"), "=")
		if f.Lookup(name) != nil {
			f.Parse([]string{w})
		}
	}
}

// init makes the kernel end this process when the go command is killed: locks must not outlive it.
func init() {
	const setDeathSignal = 1
	syscall.RawSyscall(syscall.SYS_PRCTL, setDeathSignal, uintptr(syscall.SIGKILL), 0)
}

func setup() {
	cfg.modcache = os.Getenv("GOMODCACHE")
	cfg.goroot = os.Getenv("GOROOT")
	if v := os.Getenv("GOWORK"); v != "off" {
		cfg.gowork = v
	}
	if cfg.gomod = os.Getenv("GOMOD"); cfg.gomod == os.DevNull {
		cfg.gomod = ""
	}
	if cfg.gomod != "" {
		cfg.root = filepath.Dir(cfg.gomod)
	}
	if cfg.modfile != "" && cfg.gomod != "" {
		cfg.gomod, _ = filepath.Abs(cfg.modfile)
	}
	if cfg.modcache == "" {
		fatalf("module cache not found: neither GOMODCACHE nor GOPATH is set")
	}
}

// title is the command as the user writes it.
func (c *command) title() string {
	name, _, _ := strings.Cut(c.usage, " [")
	return name
}

func (c *command) fail(err error) {
	name := strings.TrimPrefix(c.title(), "go ")
	if !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, strings.Replace(err.Error(), "provided but not defined: --", "provided but not defined: -", 1))
	}
	fmt.Fprintf(os.Stderr, "usage: %s\nRun 'go help %s' for details.\n", c.usage, name)
	os.Exit(2)
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, "usage: gomod command [arguments]; the go command starts it")
		os.Exit(2)
	}
	for _, c := range commands {
		if c.name != os.Args[1] {
			continue
		}
		f := flag.NewFlagSet(c.name, flag.ContinueOnError)
		f.SetOutput(io.Discard)
		goflags()
		buildFlags(f)
		if c.flags != nil {
			c.flags(f)
		}
		if err := f.Parse(os.Args[2:]); err != nil {
			c.fail(err)
		}
		if cfg.overlay != "" && c.usage != "" {
			fatalf("-overlay is not supported by %s", c.title())
		}
		setup()
		if cfg.overlay != "" {
			loadOverlay(cfg.overlay)
		}
		c.run(f.Args())
		exit(exitCode)
	}
	fmt.Fprintf(os.Stderr, "gomod: unknown command %q\n", os.Args[1])
	os.Exit(2)
}
