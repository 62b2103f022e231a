// Requirements: go.mod files, the module graph with pruning, and minimal version selection.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"go/version"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sort"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// A mainModule is the module of GOMOD, or one of go.work's.
type mainModule struct {
	path string
	dir  string
	file *modfile.File
	text []byte // as it was read
}

var (
	mains    []*mainModule
	work     *modfile.WorkFile
	replaces = map[module.Version]module.Version{} // folders are absolute
	excludes = map[module.Version]bool{}
)

var goVersion = strings.TrimPrefix(runtime.Version(), "go")

// goCompare compares versions of the go line; "" is older than all.
func goCompare(a, b string) int { return version.Compare("go"+a, "go"+b) }

// tooNew is the refusal of a go.mod of the future.
func tooNew(what, v string) error {
	return fmt.Errorf("%s requires go >= %s (running go %s; GOTOOLCHAIN=local)", what, v, goVersion)
}

func readMain(name string) *mainModule {
	data, err := readSource(name)
	if err != nil {
		fatalf("reading %v", err)
	}
	f, err := modfile.Parse(name, data, fixVersion)
	if err != nil {
		fatalf("errors parsing %s:\n%v", shortPath(name), trimErrors(err))
	}
	if f.Go != nil && goCompare(f.Go.Version, goVersion) > 0 {
		fatalf("%v", tooNew(shortPath(name), f.Go.Version))
	}
	if f.Module == nil {
		fatalf("error reading %s: missing module declaration. To specify the module path:\n\tgo mod edit -module=example.com/mod", shortPath(name))
	}
	return &mainModule{f.Module.Mod.Path, filepath.Dir(name), f, data}
}

// trimErrors is a list of syntax errors with short names of files.
func trimErrors(err error) error {
	var list modfile.ErrorList
	if !errors.As(err, &list) {
		return err
	}
	var lines []string
	for _, e := range list {
		e.Filename = shortPath(e.Filename)
		lines = append(lines, e.Error())
	}
	return errors.New(strings.Join(lines, "\n"))
}

// fixVersion turns what people write into go.mod (v1, master) into a version.
func fixVersion(path, v string) (string, error) {
	if c := module.CanonicalVersion(v); c == v && semver.IsValid(v) {
		return v, module.CheckPathMajor(v, pathMajor(path))
	}
	info, err := query(path, v, "", nil)
	if err != nil {
		return "", err
	}
	return info.Version, nil
}

func pathMajor(path string) string {
	_, m, _ := module.SplitPathVersion(path)
	return m
}

func addReplaces(list []*modfile.Replace, dir string) {
	for _, r := range list {
		n := r.New
		if n.Version == "" && !filepath.IsAbs(n.Path) {
			n.Path = filepath.Join(dir, n.Path)
		}
		replaces[r.Old] = n
	}
}

// loadMains reads go.mod, or go.work and the go.mod files that it names.
func loadMains() {
	if cfg.gowork == "" {
		if cfg.gomod == "" {
			return
		}
		m := readMain(cfg.gomod)
		m.dir = cfg.root
		mains = append(mains, m)
		addReplaces(m.file.Replace, m.dir)
	} else {
		data, err := readSource(cfg.gowork)
		if err != nil {
			fatalf("reading go.work: %v", err)
		}
		if work, err = modfile.ParseWork(cfg.gowork, data, nil); err != nil {
			fatalf("errors parsing %s:\n%v", shortPath(cfg.gowork), trimErrors(err))
		}
		for _, u := range work.Use {
			dir := u.Path
			if !filepath.IsAbs(dir) {
				dir = filepath.Join(filepath.Dir(cfg.gowork), dir)
			}
			m := readMain(filepath.Join(dir, "go.mod"))
			mains = append(mains, m)
			addReplaces(m.file.Replace, m.dir)
		}
		addReplaces(work.Replace, filepath.Dir(cfg.gowork))
	}
	for _, m := range mains {
		for _, e := range m.file.Exclude {
			excludes[e.Mod] = true
		}
	}
}

func needMain() {
	if len(mains) == 0 {
		loadMains()
	}
	if len(mains) == 0 {
		fatalf("go.mod file not found in current directory or any parent directory; see 'go help modules'")
	}
}

// oneMain is for commands that change go.mod: workspaces do not count.
func oneMain() *mainModule {
	cfg.gowork = ""
	needMain()
	return mains[0]
}

func (m *mainModule) goVersion() string {
	if m.file.Go == nil {
		return "1.16"
	}
	return m.file.Go.Version
}

func (m *mainModule) pruned() bool { return goCompare(m.goVersion(), "1.17") >= 0 }

func mainByPath(path string) *mainModule {
	for _, m := range mains {
		if m.path == path {
			return m
		}
	}
	return nil
}

// replacement is what stands in for a module: a version of another, or a folder (no version).
func replacement(m module.Version) (module.Version, bool) {
	if r, ok := replaces[m]; ok {
		return r, true
	}
	r, ok := replaces[module.Version{Path: m.Path}]
	return r, ok
}

func replaced(m module.Version) module.Version {
	if r, ok := replacement(m); ok {
		return r
	}
	return m
}

// A summary is what of a dependency's go.mod matters to others.
type summary struct {
	goVersion  string
	toolchain  string
	pruned     bool
	require    []module.Version
	deprecated string
	retract    []modfile.VersionInterval
	rationale  []string
	path       string
	file       string
	directive  string // "replace", "exclude": has such lines
}

var summaryCache once[*summary]

// summarize reads the go.mod of a dependency, or of what replaces it.
func summarize(m module.Version) (*summary, error) {
	return summaryCache.do(m, func() (*summary, error) { return readSummary(m) })
}

func readSummary(m module.Version) (*summary, error) {
	actual := replaced(m)
	var data []byte
	var err error
	name := filepath.Join(actual.Path, "go.mod")
	if actual.Version == "" {
		if data, err = os.ReadFile(name); err != nil {
			return nil, versionError(m, fmt.Errorf("reading %s: %w", shortPath(name), err))
		}
	} else {
		name, _ = cacheFile(actual, ".mod")
		if data, err = goMod(actual); err != nil {
			return nil, err
		}
	}
	f, err := modfile.ParseLax(name, data, nil)
	if err != nil {
		return nil, versionError(m, fmt.Errorf("parsing %s: %v", shortPath(name), err))
	}
	s := &summary{file: name}
	if f.Module != nil {
		s.path, s.deprecated = f.Module.Mod.Path, f.Module.Deprecated
	}
	if s.path != m.Path && s.path != "" && actual == m {
		return nil, versionError(m, fmt.Errorf("parsing go.mod:\n\tmodule declares its path as: %s\n\t        but was required as: %s", s.path, m.Path))
	}
	if f.Go != nil {
		s.goVersion = f.Go.Version
		s.pruned = goCompare(s.goVersion, "1.17") >= 0
		if goCompare(s.goVersion, goVersion) > 0 {
			return nil, tooNew(m.String(), s.goVersion)
		}
	}
	if f.Toolchain != nil {
		s.toolchain = f.Toolchain.Name
	}
	for _, r := range f.Require {
		if !excludes[r.Mod] {
			s.require = append(s.require, r.Mod)
		}
	}
	for _, stmt := range f.Syntax.Stmt { // lines that are parsed in main modules only
		var words []string
		switch stmt := stmt.(type) {
		case *modfile.Line:
			words = stmt.Token
		case *modfile.LineBlock:
			words = stmt.Token
		}
		if len(words) > 0 && (words[0] == "replace" || words[0] == "exclude") {
			s.directive = words[0]
		}
	}
	for _, r := range f.Retract {
		s.retract = append(s.retract, r.VersionInterval)
		s.rationale = append(s.rationale, r.Rationale)
	}
	return s, nil
}

// A graph is the part of the module graph that decides about versions.
type graph struct {
	roots    []module.Version
	selected map[string]string
	require  map[module.Version][]module.Version // of those whose go.mod was read
	order    []module.Version                    // breadth first
	deep     map[module.Version]bool             // of these all requirements were followed
}

func isMain(path string) bool { return mainByPath(path) != nil }

// requirements are the roots of the graph as go.mod, or go.work's go.mod files, list them.
func requirements() []module.Version {
	best := map[string]string{}
	for _, m := range mains {
		for _, r := range m.file.Require {
			if !excludes[r.Mod] && !isMain(r.Mod.Path) && semver.Compare(r.Mod.Version, best[r.Mod.Path]) > 0 {
				best[r.Mod.Path] = r.Mod.Version
			}
		}
	}
	return sortedMods(best)
}

func sortedMods(m map[string]string) []module.Version {
	var list []module.Version
	for p, v := range m {
		if v != "" && v != "none" {
			list = append(list, module.Version{Path: p, Version: v})
		}
	}
	module.Sort(list)
	return list
}

// readGraph reads all that can be reached from the roots. With pruned roots only the direct requirements of modules that prune
// count, and all requirements below one that does not.
func readGraph(roots []module.Version, pruned bool) (*graph, error) {
	g := &graph{roots: roots, selected: map[string]string{}, require: map[module.Version][]module.Version{},
		deep: map[module.Version]bool{}}
	type todo struct {
		m     module.Version
		prune bool
	}
	var level []todo
	seen := map[todo]bool{}
	add := func(m module.Version) {
		if !isMain(m.Path) && semver.Compare(m.Version, g.selected[m.Path]) > 0 {
			g.selected[m.Path] = m.Version
		}
	}
	for _, m := range roots {
		add(m)
		level = append(level, todo{m, pruned})
	}
	for len(level) > 0 {
		var work []todo
		for _, t := range level {
			if t.m.Version != "none" && !isMain(t.m.Path) && !seen[t] && !seen[todo{t.m, false}] {
				seen[t] = true
				work = append(work, t)
			}
		}
		sums := make([]*summary, len(work))
		errs := make([]error, len(work))
		parallel(len(work), func(i int) { sums[i], errs[i] = summarize(work[i].m) })
		level = nil
		for i, t := range work {
			if errs[i] != nil {
				return nil, errs[i]
			}
			if _, ok := g.require[t.m]; !ok {
				g.require[t.m] = sums[i].require
				g.order = append(g.order, t.m)
			}
			deep := !t.prune || !sums[i].pruned
			g.deep[t.m] = g.deep[t.m] || deep
			for _, r := range sums[i].require {
				add(r)
				if deep {
					level = append(level, todo{r, t.prune && sums[i].pruned})
				}
			}
		}
	}
	return g, nil
}

// buildList is the selected version of every module, without the main ones.
func (g *graph) buildList() []module.Version { return sortedMods(g.selected) }

// goNeeded is the highest go line of the modules.
func goNeeded(list []module.Version) (high string) {
	for _, m := range list {
		if s, err := summarize(m); err == nil && goCompare(s.goVersion, high) > 0 {
			high = s.goVersion
		}
	}
	return high
}

func isPruned() bool {
	if work != nil {
		return true
	}
	return mains[0].pruned()
}

func mustGraph() *graph {
	g, err := readGraph(requirements(), isPruned())
	if err != nil {
		fatalf("%v", err)
	}
	return g
}

// ---- writing go.mod ----

// setRequirements makes go.mod list exactly the roots; direct says of which no comment "// indirect" is due.
func (m *mainModule) setRequirements(roots []module.Version, direct map[string]bool) {
	var list []*modfile.Require
	for _, r := range roots {
		list = append(list, &modfile.Require{Mod: r, Indirect: !direct[r.Path]})
	}
	if m.pruned() {
		m.file.SetRequireSeparateIndirect(list)
	} else {
		m.file.SetRequire(list)
	}
}

// format is go.mod as it is to be written.
func (m *mainModule) format() []byte {
	if m.file.Go == nil {
		m.file.AddGoStmt("1.16")
	}
	m.file.Cleanup()
	data, err := m.file.Format()
	if err != nil {
		fatalf("%v", err)
	}
	return data
}

func (m *mainModule) write() {
	data := m.format()
	if bytes.Equal(data, m.text) {
		return
	}
	if isOverlaid(m.file.Syntax.Name) {
		fatalf("updates to go.mod needed, but go.mod is part of the overlay specified with -overlay")
	}
	defer sideLock()()
	if !sameFile(m.file.Syntax.Name, m.text) {
		fatalf("existing contents of %s have changed since last read", shortPath(m.file.Syntax.Name))
	}
	if err := rewriteFile(m.file.Syntax.Name, data); err != nil {
		fatalf("updating go.mod: %v", err)
	}
	m.text = data
}

// direct are the requirements that go.mod does not mark as indirect.
func (m *mainModule) direct() map[string]bool {
	d := map[string]bool{}
	for _, r := range m.file.Require {
		if !r.Indirect {
			d[r.Mod.Path] = true
		}
	}
	return d
}

// keep adds to keep the go.mod files that the graph was read from.
func (g *graph) keep(keep map[module.Version]bool) {
	for _, m := range g.order {
		if r := replaced(m); r.Version != "" {
			keep[module.Version{Path: r.Path, Version: r.Version + "/go.mod"}] = true
		}
	}
}

// minimal drops of the build list what the rest implies, except for the paths in base: the go.mod of modules that do not prune.
func (g *graph) minimal(base map[string]bool, list []module.Version) []module.Version {
	var post []module.Version
	seen := map[module.Version]bool{}
	var walk func(m module.Version)
	walk = func(m module.Version) {
		if seen[m] || isMain(m.Path) {
			return
		}
		seen[m] = true
		for _, r := range g.require[m] {
			walk(r)
		}
		post = append(post, m)
	}
	for _, m := range list {
		walk(m)
	}
	have := map[string]string{}
	done := map[module.Version]bool{}
	var mark func(m module.Version)
	mark = func(m module.Version) {
		if done[m] || isMain(m.Path) {
			return
		}
		done[m] = true
		if semver.Compare(m.Version, have[m.Path]) > 0 {
			have[m.Path] = m.Version
		}
		for _, r := range g.require[m] {
			mark(r)
		}
	}
	out := map[string]string{}
	for _, m := range list {
		if base[m.Path] {
			out[m.Path] = m.Version
			mark(m)
		}
	}
	wanted := map[module.Version]bool{}
	for _, m := range list {
		wanted[m] = true
	}
	for _, m := range slices.Backward(post) {
		if wanted[m] && semver.Compare(have[m.Path], m.Version) < 0 {
			out[m.Path] = m.Version
			mark(m)
		}
	}
	return sortedMods(out)
}

func sortedKeys[V any](m map[string]V) []string {
	var list []string
	for k := range m {
		list = append(list, k)
	}
	sort.Strings(list)
	return list
}
