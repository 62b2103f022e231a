// What a folder of Go files imports, for one target or for all of them at once.

package main

import (
	"bytes"
	"go/build/constraint"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// tags are the build tags that hold; nil: all of them, and their negations.
type tags map[string]bool

// targetTags are those of GOOS, GOARCH and -tags.
func targetTags() tags {
	env := func(name, otherwise string) string {
		if v := os.Getenv(name); v != "" {
			return v
		}
		return otherwise
	}
	t := tags{"gc": true, "unix": true}
	t[env("GOOS", runtime.GOOS)] = true
	t[env("GOARCH", runtime.GOARCH)] = true
	t["cgo"] = os.Getenv("CGO_ENABLED") == "1"
	minor, _ := strconv.Atoi(strings.Split(goVersion, ".")[1])
	for i := 1; i <= minor; i++ {
		t["go1."+strconv.Itoa(i)] = true
	}
	for _, w := range strings.FieldsFunc(cfg.tags, func(r rune) bool { return r == ',' || r == ' ' }) {
		t[w] = true
	}
	return t
}

func (t tags) match(x constraint.Expr, prefer bool) bool {
	switch x := x.(type) {
	case *constraint.TagExpr:
		if t == nil && x.Tag != "ignore" {
			return prefer // both the tag and its negation are wanted
		}
		return t[x.Tag]
	case *constraint.NotExpr:
		return !t.match(x.X, !prefer)
	case *constraint.AndExpr:
		return t.match(x.X, prefer) && t.match(x.Y, prefer)
	case *constraint.OrExpr:
		return t.match(x.X, prefer) || t.match(x.Y, prefer)
	}
	return true
}

const (
	systems = " aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris wasip1 windows zos "
	cpus    = " 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 mips64p32le ppc ppc64 ppc64le " +
		"riscv riscv64 s390 s390x sparc sparc64 wasm "
)

// matchName tells whether the name of a file, like x_linux_arm64_test.go, admits it.
func (t tags) matchName(name string) bool {
	if t == nil {
		return true
	}
	w := strings.Split(strings.TrimSuffix(name, ".go"), "_")[1:]
	if n := len(w); n > 0 && w[n-1] == "test" {
		w = w[:n-1]
	}
	known := func(list, s string) bool { return s != "" && strings.Contains(list, " "+s+" ") }
	switch n := len(w); {
	case n >= 2 && known(systems, w[n-2]) && known(cpus, w[n-1]):
		return t[w[n-2]] && t[w[n-1]]
	case n >= 1 && (known(systems, w[n-1]) || known(cpus, w[n-1])):
		return t[w[n-1]]
	}
	return true
}

// matchText evaluates the build constraint at the head of a file.
func (t tags) matchText(src []byte) bool {
	for len(src) > 0 {
		line, rest, _ := bytes.Cut(src, []byte("\n"))
		src = rest
		s := strings.TrimSpace(string(line))
		switch {
		case s == "":
		case strings.HasPrefix(s, "/*"):
			i := bytes.Index(append(line, src...), []byte("*/"))
			if i < 0 {
				return true
			}
			if i >= len(line) {
				src = src[min(len(src), i+2-len(line)):]
			}
		case !strings.HasPrefix(s, "//"):
			return true
		case constraint.IsGoBuild(s):
			x, err := constraint.Parse(s)
			return err != nil || t.match(x, true)
		}
	}
	return true
}

// scanDir lists what the Go files of a folder import, without and with tests. found says that there are any Go files at all.
func scanDir(dir string, t tags) (imports, tests []string, err error) {
	names, err := goFiles(dir)
	if err != nil {
		return nil, nil, err
	}
	for _, name := range names {
		if name[0] == '_' || name[0] == '.' || !t.matchName(name) {
			continue
		}
		file := filepath.Join(dir, name)
		src, err := readSource(file)
		if err != nil {
			return nil, nil, err
		}
		if !t.matchText(src) {
			continue
		}
		paths := fileImports(file, src)
		if slices.Contains(paths, "C") && t != nil && !t["cgo"] {
			continue
		}
		if strings.HasSuffix(name, "_test.go") {
			tests = append(tests, paths...)
		} else {
			imports = append(imports, paths...)
		}
	}
	return uniq(imports), uniq(tests), nil
}

// fileImports are the imports of one file, as far as it can be read.
func fileImports(name string, src []byte) (paths []string) {
	f, _ := parser.ParseFile(token.NewFileSet(), name, src, parser.ImportsOnly)
	if f == nil {
		return nil
	}
	for _, spec := range f.Imports {
		if p, err := strconv.Unquote(spec.Path.Value); err == nil {
			paths = append(paths, p)
		}
	}
	return paths
}

func uniq(list []string) []string {
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(s string) bool { return s == "C" })
}

// hasGo tells whether a folder holds a Go file that could be part of a package.
func hasGo(dir string) bool {
	names, _ := goFiles(dir)
	return len(names) > 0
}

// embedPatterns are those of the //go:embed lines of a folder's Go files, without tests.
func embedPatterns(dir string) (list []string) {
	entries, _ := os.ReadDir(dir)
	for _, e := range entries {
		if n := e.Name(); !strings.HasSuffix(n, ".go") || strings.HasSuffix(n, "_test.go") {
			continue
		}
		src, _ := os.ReadFile(filepath.Join(dir, e.Name()))
		for _, line := range strings.Split(string(src), "\n") {
			rest, ok := strings.CutPrefix(line, "//go:embed ")
			for ok && rest != "" {
				rest = strings.TrimLeft(rest, " \t\r")
				if q, err := strconv.QuotedPrefix(rest); err == nil {
					p, _ := strconv.Unquote(q)
					list = append(list, p)
					rest = rest[len(q):]
					continue
				}
				w, more, _ := strings.Cut(rest, " ")
				if w != "" {
					list = append(list, strings.TrimSpace(w))
				}
				rest = more
			}
		}
	}
	return list
}
