// go work sync and vendor.

package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

func needWork() {
	if cfg.gowork == "" {
		fatalf("no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)")
	}
	needMain()
}

func cmdWorkVendor(args []string) {
	if len(args) > 0 {
		fatalf("'go work vendor' accepts no arguments")
	}
	needWork()
	goV := "1.18"
	if work.Go != nil {
		goV = work.Go.Version
	}
	vendor(filepath.Dir(cfg.gowork), goV)
}

// relativeTo is a folder as a replace line names it.
func relativeTo(base, dir string) string {
	rel, err := filepath.Rel(base, dir)
	if err != nil {
		return dir
	}
	if rel != ".." && !strings.HasPrefix(rel, "../") {
		rel = "./" + rel
	}
	return rel
}

// cmdWorkSync makes each go.mod of the workspace require the versions that the workspace selects for what its packages import and what tests of
// that need. Each is changed by a process of its own, MEMBER: which go.mod files count is global here.
func cmdWorkSync(args []string) {
	needWork()
	shared := newLoader()
	if err := shared.needGraph(); err != nil {
		fatalf("%v", err)
	}
	keep := map[module.Version]bool{}
	for _, m := range mains {
		ld := newLoader()
		ld.allTests, ld.graph, ld.roots = true, shared.graph, shared.roots
		ld.seeds = packagesBelow(m.dir, m.path)
		ld.loadAll()
		used := map[string]string{}
		for _, p := range ld.list {
			if p.mod.Version != "" && p.err == nil {
				used[p.mod.Path] = p.mod.Version
			}
		}
		var list []string
		for _, mod := range sortedMods(used) {
			list = append(list, mod.String())
		}
		for k := range ld.keepSums() {
			keep[k] = true
		}
		syncMember(m, list)
	}
	writeGoSum(keep, false)
	raiseWork()
}

func syncMember(m *mainModule, list []string) {
	self, err := os.Executable()
	if err != nil {
		fatalf("%v", err)
	}
	c := exec.Command(self, append([]string{"MEMBER"}, list...)...)
	c.Dir = m.dir
	c.Stdout, c.Stderr = os.Stdout, os.Stderr
	c.Env = append(os.Environ(), "GOWORK=", "GOMOD="+filepath.Join(m.dir, "go.mod"))
	var ended *exec.ExitError
	if err := c.Run(); errors.As(err, &ended) {
		os.Exit(ended.ExitCode())
	} else if err != nil {
		fatalf("%v", err)
	}
}

// cmdMember gives a module the versions that it is told, as go get would, and tidies its go.mod if that changes anything.
func cmdMember(args []string) {
	m := oneMain()
	g := &getter{ld: newLoader(), want: map[string]string{}, by: map[string]string{}}
	if err := g.ld.needGraph(); err != nil {
		fatalf("%v", err)
	}
	for _, a := range args {
		path, v, _ := strings.Cut(a, "@")
		if g.ld.graph.selected[path] != v {
			g.want[path] = v
		}
	}
	if len(g.want) == 0 {
		return
	}
	g.apply()
	ld := g.ld
	ld.allTests, ld.promotes = true, true
	ld.seeds = mainPackages()
	roots, direct := ld.settle()
	m.setRequirements(roots, direct)
	m.file.SortBlocks()
	ld.raiseGo(m)
	m.write()
	writeGoSum(ld.keepSums(), false)
}

// raiseWork makes the go line of go.work at least that of each module.
func raiseWork() {
	high := "1.18"
	if work.Go != nil {
		high = work.Go.Version
	}
	for _, m := range mains {
		data, err := os.ReadFile(m.file.Syntax.Name)
		if err != nil {
			fatalf("%v", err)
		}
		if f, err := modfile.ParseLax("go.mod", data, nil); err == nil && f.Go != nil && goCompare(f.Go.Version, high) > 0 {
			high = f.Go.Version
		}
	}
	if work.Go != nil && work.Go.Version == high {
		return
	}
	if err := work.AddGoStmt(high); err != nil {
		fatalf("%v", err)
	}
	if work.Toolchain == nil && goCompare(goVersion, high) > 0 {
		if err := work.AddToolchainStmt("go" + goVersion); err != nil {
			fatalf("%v", err)
		}
	}
	work.Cleanup()
	if err := rewriteFile(cfg.gowork, modfile.Format(work.Syntax)); err != nil {
		fatalf("updating go.work: %v", err)
	}
}
