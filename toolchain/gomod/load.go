// Packages: which modules provide what the main module imports.

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
)

// A pkg is one package, or with isTest what its test files import.
type pkg struct {
	path    string
	mod     module.Version // zero: main module or standard library
	main    bool           // of the main module
	std     bool
	isTest  bool
	root    bool // named by the patterns
	inAll   bool
	dir     string
	imports []*pkg
	test    *pkg
	err     error
	stack   *pkg // who asked for it first
	loaded  bool
	tests   []string
}

// A loader finds all that some packages import, in terms of roots, which it adds to.
type loader struct {
	tags     tags
	tests    bool // of the packages that are named
	allTests bool // of all packages
	resolve  bool // look for modules that provide what no module of the list does
	promotes bool // modules of packages in all become roots, as with resolve
	roots    map[string]string
	listed   map[string]bool // paths that go.mod lists or somebody asked for: they stay listed without pruning
	direct   map[string]bool
	pruned   bool
	graph    *graph // of all roots; nil: not needed so far
	pkgs     map[string]*pkg
	list     []*pkg // in the order in which they were found
	seeds    []string
	found    map[string]module.Version // import path -> module added for it
	keepMods bool                      // go.sum has the go.mod of every module whose zip it has: since go 1.21
	mods     map[string]bool           // paths of modules whose zips were looked into
}

func newLoader() *loader {
	ld := &loader{roots: map[string]string{}, direct: map[string]bool{}, pruned: isPruned(), found: map[string]module.Version{}}
	ld.listed = map[string]bool{}
	for _, r := range requirements() {
		ld.roots[r.Path] = r.Version
		ld.listed[r.Path] = true
	}
	ld.keepMods = work != nil || goCompare(mains[0].goVersion(), "1.21") >= 0
	for _, m := range mains {
		for p := range m.direct() {
			ld.direct[p] = true
		}
	}
	return ld
}

func (ld *loader) needGraph() error {
	if ld.graph != nil {
		return nil
	}
	g, err := readGraph(sortedMods(ld.roots), ld.pruned)
	if err != nil {
		return err
	}
	// the roots are at least at the versions that they require of each other
	for p, v := range ld.roots {
		if s := g.selected[p]; s != v && s != "" {
			ld.roots[p] = s
		}
	}
	ld.graph = g
	return nil
}

func (ld *loader) selected(path string) string {
	if ld.graph != nil {
		return ld.graph.selected[path]
	}
	return ld.roots[path]
}

func stdDir(path string) (string, bool) {
	first, _, _ := strings.Cut(path, "/")
	if strings.Contains(first, ".") {
		return "", false
	}
	dir := filepath.Join(cfg.goroot, "src", path)
	return dir, hasGo(dir)
}

// treeOf is the folder of a module as it is used.
func treeOf(m module.Version) (string, error) {
	if r := replaced(m); r.Version == "" {
		if st, err := os.Stat(r.Path); err != nil || !st.IsDir() {
			return "", versionError(m, fmt.Errorf("replacement directory %s does not exist", shortPath(r.Path)))
		}
		return r.Path, nil
	} else {
		return moduleTree(r)
	}
}

// dirIn is the folder of a package in a module's tree, unless a go.mod on the way takes it out of the module.
func dirIn(root, modpath, pkgpath string) (string, bool) {
	dir := filepath.Join(root, strings.TrimPrefix(pkgpath[len(modpath):], "/"))
	if !hasGo(dir) {
		return "", false
	}
	for d := dir; d != root && len(d) > len(root); d = filepath.Dir(d) {
		if isFile(filepath.Join(d, "go.mod")) {
			return "", false
		}
	}
	return dir, true
}

type ambiguous struct {
	path string
	mods []string
}

func (a ambiguous) Error() string {
	return fmt.Sprintf("ambiguous import: found package %s in multiple modules:\n\t%s", a.path, strings.Join(a.mods, "\n\t"))
}

var errNone = errors.New("no module provides the package")

// provider finds the module of the list that a package is in.
func (ld *loader) provider(pkgpath string) (m module.Version, dir string, err error) {
	for again := false; ; again = true {
		var hits []string
		for p := pkgpath; p != "."; p = path.Dir(p) {
			if mm := mainByPath(p); mm != nil {
				if d, ok := dirIn(mm.dir, p, pkgpath); ok {
					hits = append(hits, fmt.Sprintf("%s (%s)", p, d))
					m, dir = module.Version{Path: p}, d
				}
				continue
			}
			v := ld.selected(p)
			if v == "" {
				continue
			}
			mod := module.Version{Path: p, Version: v}
			root, err := treeOf(mod)
			if err != nil {
				return mod, "", err
			}
			if d, ok := dirIn(root, p, pkgpath); ok {
				hits = append(hits, fmt.Sprintf("%s %s (%s)", p, v, d))
				if len(hits) == 1 {
					m, dir = mod, d
				}
			}
		}
		if len(hits) > 1 {
			return m, "", ambiguous{pkgpath, hits}
		}
		if len(hits) == 1 {
			return m, dir, nil
		}
		if again || ld.graph != nil {
			return module.Version{}, "", errNone
		}
		if err := ld.needGraph(); err != nil {
			return module.Version{}, "", err
		}
	}
}

// pkg is the package of a path, entered into the list when it is new.
func (ld *loader) pkg(path string, by *pkg) *pkg {
	p := ld.pkgs[path]
	if p == nil {
		p = &pkg{path: path, stack: by}
		ld.pkgs[path] = p
		ld.list = append(ld.list, p)
	}
	return p
}

// load finds p's folder and what it imports.
func (ld *loader) load(p *pkg) {
	if dir, ok := stdDir(p.path); ok {
		p.std, p.dir = true, dir
		return
	}
	var m module.Version
	m, p.dir, p.err = ld.provider(p.path)
	if p.err != nil {
		p.mod = m
		return
	}
	if m.Version == "" {
		p.main = true
	} else {
		p.mod = m
	}
}

// run loads everything, level by level, the packages of a level at the same time.
func (ld *loader) run() {
	ld.pkgs = map[string]*pkg{}
	ld.list = nil
	ld.mods = map[string]bool{}
	for _, s := range ld.seeds {
		p := ld.pkg(s, nil)
		p.root, p.inAll = true, true
	}
	// in two passes over the list: what is in all spreads further when something is found again through another importer
	for next := 0; next < len(ld.list); {
		level := ld.list[next:]
		next = len(ld.list)
		ld.prefetch(level)
		scans := make([]struct{ imports, tests []string }, len(level))
		parallel(len(level), func(i int) {
			p := level[i]
			if p.isTest {
				return
			}
			ld.load(p)
			if p.err == nil && !p.std {
				scans[i].imports, scans[i].tests, p.err = scanDir(p.dir, ld.tags)
			}
		})
		for i, p := range level {
			if p.isTest {
				continue
			}
			p.tests = scans[i].tests
			for _, path := range scans[i].imports {
				p.imports = append(p.imports, ld.pkg(path, p))
			}
			p.loaded = true
			if p.inAll {
				ld.spread(p)
			}
		}
	}
}

// spread marks what an all package imports as part of all, and adds its tests.
func (ld *loader) spread(p *pkg) {
	p.inAll = true
	if !p.loaded {
		return
	}
	for _, q := range p.imports {
		if !q.inAll {
			ld.spread(q)
		}
	}
	if (ld.allTests || ld.tests && p.root) && p.test == nil && !p.isTest && !p.std && len(p.tests) > 0 {
		t := &pkg{path: p.path, mod: p.mod, main: p.main, isTest: true, dir: p.dir, stack: p, loaded: true}
		p.test = t
		for _, path := range p.tests {
			q := ld.pkg(path, t)
			t.imports = append(t.imports, q)
			// tests of the main module are part of all, tests of others are only loaded
			if p.main && !q.inAll {
				ld.spread(q)
			}
		}
		ld.list = append(ld.list, t)
	}
}

// prefetch starts all downloads that a level needs before the graph's lock-step order asks for them.
func (ld *loader) prefetch(level []*pkg) {
	var mods []module.Version
	for _, p := range level {
		if _, ok := stdDir(p.path); ok || p.isTest {
			continue
		}
		hit := false
		for d := p.path; d != "."; d = path.Dir(d) {
			if isMain(d) {
				hit = true
			} else if v := ld.selected(d); v != "" {
				hit = true
				if !ld.mods[d] {
					ld.mods[d] = true
					mods = append(mods, module.Version{Path: d, Version: v})
				}
			}
		}
		if !hit && ld.graph == nil {
			p.err = ld.needGraph()
		}
	}
	parallel(len(mods), func(i int) { treeOf(mods[i]) })
}

// loadAll loads, and adds modules for missing packages until none is left that could be found.
func (ld *loader) loadAll() {
	for {
		ld.run()
		if !ld.resolve && !ld.promotes || !ld.promote() && !(ld.resolve && ld.addMissing()) {
			return
		}
	}
}

// promote makes the module of every package in all a root, as pruning wants it: the graph then reaches further.
func (ld *loader) promote() (changed bool) {
	for _, p := range ld.list {
		if m := p.mod; ld.pruned && p.inAll && m.Version != "" && ld.roots[m.Path] == "" {
			ld.roots[m.Path] = m.Version
			changed = true
		}
	}
	if changed {
		ld.graph = nil
		if err := ld.needGraph(); err != nil {
			fatalf("%v", err)
		}
	}
	return changed
}

// addMissing looks for modules that provide the packages that none provides so far.
func (ld *loader) addMissing() bool {
	var need []*pkg
	for _, p := range ld.list {
		if errors.Is(p.err, errNone) && !p.isTest && (module.CheckImportPath(p.path) == nil) {
			if first, _, _ := strings.Cut(p.path, "/"); strings.Contains(first, ".") || ld.replacedPrefix(p.path) {
				need = append(need, p)
			}
		}
	}
	if len(need) == 0 {
		return false
	}
	mods := make([]module.Version, len(need))
	parallel(len(need), func(i int) { mods[i], need[i].err = queryImport(need[i].path, ld.selected) })
	changed := false
	for i, p := range need {
		if p.err != nil {
			continue
		}
		if !quietSearch {
			logf("found %s in %s %s", p.path, mods[i].Path, mods[i].Version)
		}
		ld.found[p.path] = mods[i]
		if ld.roots[mods[i].Path] != mods[i].Version {
			ld.roots[mods[i].Path] = mods[i].Version
			ld.listed[mods[i].Path] = true
			changed = true
		}
	}
	if changed {
		ld.graph = nil
		if err := ld.needGraph(); err != nil {
			fatalf("%v", err)
		}
	}
	return changed
}

func (ld *loader) replacedPrefix(p string) bool {
	for ; p != "."; p = path.Dir(p) {
		for r := range replaces {
			if r.Path == p {
				return true
			}
		}
	}
	return false
}

// report prints what could not be loaded, with the chain of imports that leads there.
func (ld *loader) report(all bool) {
	for _, p := range ld.list {
		if p.err == nil || p.isTest || !(all || p.inAll) {
			continue
		}
		if errors.Is(p.err, errNone) {
			p.err = fmt.Errorf("no required module provides package %s; to add it:\n\tgo get %s", p.path, p.path)
			if first, _, _ := strings.Cut(p.path, "/"); !strings.Contains(first, ".") {
				p.err = fmt.Errorf("package %s is not in std (%s)", p.path, filepath.Join(cfg.goroot, "src", p.path))
			}
		}
		errorf("%s%s: %v", p.chain(), p.path, p.err)
	}
}

// chain is "a imports\n\tb imports\n\t" for the packages that lead to p.
func (p *pkg) chain() string {
	var up []string
	for q := p.stack; q != nil; q = q.stack {
		s := q.path
		if q.isTest {
			if q.stack != nil {
				up = append(up, q.path+" tested by\n\t"+q.path+".test imports\n\t")
				q = q.stack
				continue
			}
		}
		up = append(up, s+" imports\n\t")
	}
	slices.Reverse(up)
	return strings.Join(up, "")
}

// mainPackages are all import paths of the main modules.
func mainPackages() []string {
	var list []string
	for _, m := range mains {
		list = append(list, packagesBelow(m.dir, m.path)...)
	}
	return list
}

// packagesBelow are the packages in a folder of a module and below, without nested modules.
func packagesBelow(dir, prefix string) []string {
	var list []string
	filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return nil
		}
		if !d.IsDir() {
			return nil
		}
		base := d.Name()
		if name != dir {
			if base == "vendor" || base == "testdata" || base[0] == '.' || base[0] == '_' {
				return filepath.SkipDir
			}
			if isFile(filepath.Join(name, "go.mod")) {
				return filepath.SkipDir
			}
		}
		if hasGo(name) {
			rel, _ := filepath.Rel(dir, name)
			list = append(list, path.Join(prefix, filepath.ToSlash(rel)))
		}
		return nil
	})
	for _, d := range addedDirs(dir) {
		rel, _ := filepath.Rel(dir, d)
		if p := path.Join(prefix, filepath.ToSlash(rel)); hasGo(d) && !slices.Contains(list, p) {
			list = append(list, p)
		}
	}
	return list
}
