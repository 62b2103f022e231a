// go get: other versions of what go.mod requires.

package main

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

var getOpts struct {
	t      bool
	update string // "", "upgrade", "patch": -u
}

// updateFlag is -u, -u=patch.
type updateFlag struct{}

func (updateFlag) IsBoolFlag() bool { return true }
func (updateFlag) String() string   { return "" }
func (updateFlag) Set(s string) error {
	switch s {
	case "true":
		getOpts.update = "upgrade"
	case "false":
		getOpts.update = ""
	case "patch":
		getOpts.update = s
	default:
		return fmt.Errorf("invalid value %q: want \"patch\"", s)
	}
	return nil
}

func getFlags(f *flag.FlagSet) {
	f.BoolVar(&getOpts.t, "t", false, "")
	f.BoolVar(&cfg.v, "v", false, "")
	f.Var(updateFlag{}, "u", "")
	f.Func("d", "", func(string) error { return nil })
	f.Lookup("d").Value = ignored{}
}

// ignored is a flag that once meant something.
type ignored struct{}

func (ignored) IsBoolFlag() bool { return true }
func (ignored) String() string   { return "" }
func (ignored) Set(string) error { return nil }

// A getter collects what was asked for.
type getter struct {
	ld   *loader
	want map[string]string // module path -> version, "none"
	by   map[string]string // the argument that wanted it
}

func (g *getter) set(path, v, arg string) {
	if old, ok := g.want[path]; ok && old != v {
		fatalf("%s conflicts with %s", arg, g.by[path])
	}
	g.want[path], g.by[path] = v, arg
}

func (g *getter) current(path string) string { return g.ld.selected(path) }

// resolve turns one argument into versions of modules and packages to load.
func (g *getter) resolve(arg string) {
	ld := g.ld
	path, q, explicit := strings.Cut(arg, "@")
	if !explicit {
		q = "upgrade"
		if getOpts.update == "patch" {
			q = "patch"
		}
	}
	if explicit && (q == "" || path == "") {
		fatalf("invalid module version syntax %q", arg)
	}
	switch {
	case path == "go" || path == "toolchain":
		return // applied to the lines of go.mod
	case isLocal(path) || inMain(path):
		if explicit && q != "upgrade" && q != "patch" {
			if isMain(path) {
				fatalf("can't request version %q of the main module (%s)", q, path)
			}
			fatalf("%s: can't request explicit version %q of path %q in main module", arg, q, path)
		}
		list := packages(ld, path)
		if len(list) == 0 && !strings.Contains(path, "...") {
			abs, _ := filepath.Abs(path)
			if st, err := os.Stat(abs); err == nil && st.IsDir() {
				fatalf("no Go files in %s", abs)
			}
			fatalf("%s (%s) is not a package in module rooted at %s", path, abs, mains[0].dir)
		}
		ld.seeds = append(ld.seeds, list...)
		return
	case path == "all" || strings.Contains(path, "..."):
		g.resolvePattern(arg, path, q)
		return
	case q == "none":
		g.set(path, "none", arg)
		return
	}
	if err := module.CheckImportPath(path); err != nil {
		fatalf("%v", err)
	}
	if _, ok := stdDir(path); ok {
		if explicit && q != "upgrade" && q != "patch" {
			fatalf("%s: can't request explicit version of standard library package", arg)
		}
		return
	}
	if g.current(path) != "" && explicit { // a module; its version so far does not matter
		info, err := query(path, q, g.current(path), allowed)
		if err != nil {
			if !strings.HasPrefix(err.Error(), arg+":") {
				err = fmt.Errorf("%s: %w", arg, err)
			}
			fatalf("%v", err)
		}
		g.set(path, info.Version, arg)
		if root, err := treeOf(module.Version{Path: path, Version: info.Version}); err != nil {
			fatalf("%v", err)
		} else if hasGo(root) {
			ld.seeds = append(ld.seeds, path)
		}
		return
	}
	// A module of the build list that has the package stays the one, unless another version of it has not.
	if m, _, err := ld.provider(path); err == nil {
		if info, err := query(m.Path, q, m.Version, allowed); err == nil {
			g.set(m.Path, info.Version, arg)
			ld.seeds = append(ld.seeds, path)
			return
		} else if explicit && q != "upgrade" && q != "patch" {
			fatalf("%v", err)
		}
		g.set(m.Path, m.Version, arg)
		ld.seeds = append(ld.seeds, path)
		return
	}
	m, err := queryPackage(path, q, g.current, allowed)
	var np noPackage
	if errors.As(err, &np) && np.m.Path == path {
		// a module without a package at its root
		g.set(path, np.m.Version, arg)
		return
	}
	if err != nil {
		fatalf("%v", err)
	}
	g.set(m.Path, m.Version, arg)
	ld.seeds = append(ld.seeds, path)
}

func (g *getter) resolvePattern(arg, pattern, q string) {
	hit := false
	for _, m := range g.ld.graph.buildList() {
		if pattern != "all" && !matchPattern(pattern, m.Path) && !mayHold(pattern, m.Path) {
			continue
		}
		if pattern == "all" && q == "upgrade" && getOpts.update == "" {
			continue
		}
		hit = true
		if q == "none" {
			g.set(m.Path, "none", arg)
			continue
		}
		info, err := query(m.Path, q, m.Version, allowed)
		if err != nil {
			errorf("%v", err)
			continue
		}
		g.set(m.Path, info.Version, arg)
	}
	if pattern == "all" {
		g.ld.seeds = append(g.ld.seeds, mainPackages()...)
		return
	}
	if !hit {
		base := strings.TrimSuffix(pattern[:strings.Index(pattern, "...")], "/")
		info, err := query(base, q, "", allowed)
		if err != nil {
			fatalf("%s: %v", arg, err)
		}
		g.set(base, info.Version, arg)
	}
	exitIfErrors()
	g.ld.seeds = append(g.ld.seeds, packages(g.ld, pattern)...)
}

// apply makes the roots follow what is wanted: raises, and for what is to be lower everything that requires more.
func (g *getter) apply() {
	ld := g.ld
	if !ld.pruned { // versions that the old versions implied stay
		for p, v := range ld.graph.selected {
			ld.roots[p] = v
		}
	}
	limit := map[string]string{}
	for _, p := range sortedKeys(g.want) {
		v := g.want[p]
		ld.listed[p] = v != "none"
		if cur := ld.selected(p); v == "none" || semver.Compare(v, cur) < 0 {
			limit[p] = v
		}
		if v == "none" {
			delete(ld.roots, p)
		} else {
			ld.roots[p] = v
		}
	}
	// what was lowered is a limit for others in turn
	for again := len(limit) > 0; again; {
		again = false
		for _, p := range sortedKeys(ld.roots) {
			if _, asked := g.want[p]; asked {
				continue
			}
			v := lower(module.Version{Path: p, Version: ld.roots[p]}, limit, ld.pruned)
			if v == ld.roots[p] {
				continue
			}
			again = true
			if ld.roots[p], limit[p] = v, v; v == "" {
				delete(ld.roots, p)
				limit[p] = "none"
			}
		}
	}
	ld.graph = nil
	if err := ld.needGraph(); err != nil {
		fatalf("%v", err)
	}
	for _, p := range sortedKeys(g.want) {
		v := g.want[p]
		if got := ld.graph.selected[p]; got != v && !(v == "none" && got == "") {
			errorf("%s requires %s@%s, not %s@%s", ld.requirer(p, got), p, got, p, v)
		}
	}
	exitIfErrors()
}

// requirer is a root that leads to a version.
func (ld *loader) requirer(path, v string) string {
	for _, r := range ld.graph.roots {
		if slices.Contains(ld.graph.require[r], module.Version{Path: path, Version: v}) {
			return r.String()
		}
	}
	for m, list := range ld.graph.require {
		if slices.Contains(list, module.Version{Path: path, Version: v}) {
			return m.String()
		}
	}
	return "another module"
}

// lower is the highest version of m, not above its own, that reaches no module above its limit; "" if there is none.
func lower(m module.Version, limit map[string]string, pruned bool) string {
	fits := func(v string) bool {
		sub, err := readGraph([]module.Version{{Path: m.Path, Version: v}}, pruned)
		if err != nil {
			return false
		}
		for p, l := range limit {
			if got := sub.selected[p]; got != "" && (l == "none" || semver.Compare(got, l) > 0) {
				return false
			}
		}
		return true
	}
	if fits(m.Version) {
		return m.Version
	}
	list, _ := versions(m.Path)
	for _, v := range slices.Backward(list) {
		if semver.Compare(v, m.Version) < 0 && allowed(module.Version{Path: m.Path, Version: v}) == nil && fits(v) {
			return v
		}
	}
	return ""
}

// upgradeAll is -u: raises the modules of all that was loaded until nothing gets higher.
func (g *getter) upgradeAll() {
	ld := g.ld
	for {
		seen := map[string]string{}
		for _, p := range ld.list {
			if p.mod.Version != "" && !p.isTest {
				seen[p.mod.Path] = p.mod.Version
			}
		}
		mods := sortedMods(seen)
		next := make([]string, len(mods))
		parallel(len(mods), func(i int) {
			next[i] = mods[i].Version
			if _, asked := g.want[mods[i].Path]; asked {
				return
			}
			if info, err := query(mods[i].Path, getOpts.update, mods[i].Version, allowed); err == nil {
				next[i] = info.Version
			}
		})
		changed := false
		for i, m := range mods {
			if semver.Compare(next[i], m.Version) > 0 {
				ld.roots[m.Path] = next[i]
				changed = true
			}
		}
		if !changed {
			return
		}
		ld.graph = nil
		if err := ld.needGraph(); err != nil {
			fatalf("%v", err)
		}
		ld.loadAll()
	}
}

// update writes go.mod and go.sum for what was loaded; requirements only grow.
func (ld *loader) update(m *mainModule) {
	if err := ld.needGraph(); err != nil {
		fatalf("%v", err)
	}
	for path := range ld.markDirect() {
		ld.direct[path] = true
	}
	roots := sortedMods(ld.roots)
	ld.raiseGo(m)
	switch {
	case m.pruned() && !ld.pruned: // pruning sees less: what was implied so far is listed
		roots = ld.graph.buildList()
	case ld.pruned:
		for _, p := range ld.list {
			if p.inAll && p.mod.Version != "" {
				ld.roots[p.mod.Path] = ld.graph.selected[p.mod.Path]
			}
		}
		for p := range ld.roots {
			if v := ld.graph.selected[p]; v != "" {
				ld.roots[p] = v
			}
		}
		roots = sortedMods(ld.roots)
	default:
		roots = ld.graph.minimal(ld.listed, ld.graph.buildList())
	}
	m.setRequirements(roots, ld.direct)
	keep := ld.keepSums()
	for _, b := range ld.graph.buildList() {
		keep[replaced(b)] = true
	}
	m.write()
	writeGoSum(keep, false)
}

func cmdGet(args []string) {
	if cfg.gomod == "" {
		fatalf("go.mod file not found in current directory or any parent directory.\n" +
			"\t'go get' is no longer supported outside a module.\n" +
			"\tTo build and install a command, use 'go install' with a version,\n" +
			"\tlike 'go install example.com/cmd@latest'\n" +
			"\tFor more information, see https://golang.org/doc/go-get-install-deprecation\n" +
			"\tor run 'go help get' or 'go help install'.")
	}
	if cfg.mod == "readonly" || cfg.mod == "vendor" {
		cfg.mod = ""
	}
	quietSearch = true
	m := oneMain()
	before := map[string]string{"go": m.goVersion()}
	if m.file.Toolchain != nil {
		before["toolchain"] = m.file.Toolchain.Name
	}
	for _, r := range m.file.Require {
		before[r.Mod.Path] = r.Mod.Version
	}
	g := &getter{ld: newLoader(), want: map[string]string{}, by: map[string]string{}}
	g.ld.tests, g.ld.resolve = getOpts.t, true
	if len(args) == 0 {
		args = []string{"."}
	}
	if err := g.ld.needGraph(); err != nil {
		fatalf("%v", err)
	}
	old := g.ld.graph
	for p, v := range old.selected {
		if before[p] == "" {
			before["\x00"+p] = v // required, though not by go.mod
		}
	}
	for _, a := range args {
		g.resolve(a)
		setGoLine(m, a)
	}
	g.apply()
	g.ld.loadAll()
	if getOpts.update != "" {
		g.upgradeAll()
	}
	for _, p := range g.ld.list {
		if p.err != nil && !p.isTest && (p.root || errors.Is(p.err, errNone)) {
			g.ld.report(true)
			break
		}
	}
	exitIfErrors()
	old.sumsOfOthers(g.ld)
	g.ld.update(m)
	g.reportChanges(m, before)
	g.warn()
}

// sumsOfOthers finds the sums of modules whose version changed, if go.sum had that of the version before: then something needs them.
func (old *graph) sumsOfOthers(ld *loader) {
	if err := ld.needGraph(); err != nil {
		fatalf("%v", err)
	}
	var list []module.Version
	for _, m := range old.buildList() {
		v := ld.graph.selected[m.Path]
		if r := replaced(module.Version{Path: m.Path, Version: v}); v != "" && v != m.Version && r.Version != "" && haveSum(replaced(m)) {
			list = append(list, r)
		}
	}
	parallel(len(list), func(i int) {
		if _, err := moduleZipFile(list[i]); err != nil {
			errorf("%v", err)
		}
	})
	exitIfErrors()
}

// setGoLine applies go@version and toolchain@version.
func setGoLine(m *mainModule, arg string) {
	what, v, _ := strings.Cut(arg, "@")
	switch what {
	case "go":
		if v == "none" {
			fatalf("can't remove the go line: go get go@none is not supported")
		}
		if v == "latest" || v == "" || v == "upgrade" {
			v = goVersion
		}
		if goCompare(v, goVersion) > 0 {
			fatalf("%v", tooNew(arg, v))
		}
		if err := m.file.AddGoStmt(v); err != nil {
			fatalf("%v", err)
		}
	case "toolchain":
		if v == "none" || v == "" {
			m.file.DropToolchainStmt()
		} else if err := m.file.AddToolchainStmt(v); err != nil {
			fatalf("%v", err)
		}
	}
}

func (g *getter) reportChanges(m *mainModule, before map[string]string) {
	after := map[string]string{"go": m.goVersion()}
	if m.file.Toolchain != nil {
		after["toolchain"] = m.file.Toolchain.Name
	}
	for _, r := range m.file.Require {
		after[r.Mod.Path] = r.Mod.Version
	}
	names := map[string]bool{}
	for p := range before {
		if p[0] != 0 {
			names[p] = true
		}
	}
	for p := range after {
		names[p] = true
	}
	for p := range g.want {
		names[p] = true
	}
	list := sortedKeys(names)
	slices.SortStableFunc(list, func(a, b string) int { return strings.Compare(rank(a), rank(b)) })
	for _, p := range list {
		old, new := before[p], after[p]
		if old == "" {
			old = before["\x00"+p]
		}
		if new == "" {
			new = g.ld.graph.selected[p]
		}
		c := semver.Compare(old, new)
		if p == "go" || p == "toolchain" {
			c = goCompare(strings.TrimPrefix(old, "go"), strings.TrimPrefix(new, "go"))
		}
		switch {
		case old == new:
		case old == "":
			logf("added %s %s", p, new)
		case new == "":
			logf("removed %s %s", p, old)
		case p == "go" && goCompare(old, "1.17") < 0 && goCompare(new, "1.17") >= 0:
			logf("upgraded go %s => %s\n\tnote: expanded dependencies to upgrade to go 1.17 or higher; run 'go mod tidy' to clean up", old, new)
		case c < 0:
			logf("upgraded %s %s => %s", p, old, new)
		default:
			logf("downgraded %s %s => %s", p, old, new)
		}
	}
}

func rank(p string) string {
	switch p {
	case "go":
		return "0"
	case "toolchain":
		return "1"
	}
	return "2" + p
}

// warn says what authors have said of the versions that are now in use.
func (g *getter) warn() {
	seen := map[string]string{}
	for _, p := range g.ld.list {
		if p.mod.Version != "" {
			seen[p.mod.Path] = p.mod.Version
		}
	}
	for p, v := range g.want {
		seen[p] = v
	}
	var mods []module.Version
	for _, p := range sortedKeys(seen) {
		mods = append(mods, module.Version{Path: p, Version: seen[p]})
	}
	took := make([]error, len(mods))
	deprecated := make([]string, len(mods))
	parallel(len(mods), func(i int) {
		if _, ok := replacement(mods[i]); ok {
			return
		}
		if mods[i].Version != "none" {
			took[i] = retraction(mods[i])
		}
		if _, asked := g.want[mods[i].Path]; asked || g.ld.direct[mods[i].Path] {
			if s, err := latestSummary(mods[i].Path); err == nil {
				deprecated[i] = s.deprecated
			}
		}
	})
	for i, m := range mods {
		if deprecated[i] != "" {
			logf("module %s is deprecated: %s", m.Path, deprecated[i])
		}
	}
	for i, m := range mods {
		if took[i] != nil {
			logf("warning: %s@%s: %v", m.Path, m.Version, took[i])
			logf("to switch to the latest unretracted version, run:\n\tgo get %s@latest", m.Path)
		}
	}
}

// ---- patterns ----

func isLocal(p string) bool {
	return p == "." || p == ".." || strings.HasPrefix(p, "./") || strings.HasPrefix(p, "../") || filepath.IsAbs(p)
}

func inMain(p string) bool {
	for _, m := range mains {
		if p != m.path && !strings.HasPrefix(p, m.path+"/") {
			continue
		}
		if p == m.path || strings.Contains(p, "...") {
			return true
		}
		if _, ok := dirIn(m.dir, m.path, p); ok {
			return true
		}
	}
	return false
}

// matchPattern is the "..." of go help packages.
func matchPattern(pattern, name string) bool {
	if rest, ok := strings.CutSuffix(pattern, "/..."); ok && name == rest {
		return true
	}
	before, after, dots := strings.Cut(pattern, "...")
	if !dots {
		return pattern == name
	}
	rest, ok := strings.CutPrefix(name, before)
	if !ok {
		return false
	}
	for i := 0; i <= len(rest); i++ {
		if matchPattern(after, rest[i:]) {
			return true
		}
	}
	return false
}

// mayHold tells whether packages of a module could match.
func mayHold(pattern, modpath string) bool {
	before, _, _ := strings.Cut(pattern, "...")
	n := min(len(before), len(modpath))
	return before[:n] == modpath[:n] && len(before) >= len(modpath)
}

// packages are the import paths that an argument of the command line names.
func packages(ld *loader, arg string) []string {
	dots := strings.Contains(arg, "...")
	switch {
	case arg == "all":
		return mainPackages()
	case arg == "std" || arg == "cmd":
		return nil
	case strings.HasSuffix(arg, ".go"):
		src, _ := os.ReadFile(arg)
		return fileImports(arg, src)
	case isLocal(arg):
		base := arg
		if dots {
			base = arg[:strings.Index(arg, "...")]
			base = base[:strings.LastIndexByte("/"+base, '/')]
			if base == "" {
				base = "."
			}
		}
		dir, err := filepath.Abs(base)
		if err != nil {
			fatalf("%v", err)
		}
		if st, err := os.Stat(dir); err != nil || !st.IsDir() {
			return nil
		}
		for _, m := range mains {
			rel, err := filepath.Rel(m.dir, dir)
			if err != nil || rel == ".." || strings.HasPrefix(rel, "../") {
				continue
			}
			path := m.path
			if rel != "." {
				path += "/" + filepath.ToSlash(rel)
			}
			if !dots {
				if !hasGo(dir) {
					return nil
				}
				return []string{path}
			}
			abs, _ := filepath.Abs(strings.ReplaceAll(arg, "...", "\x01"))
			pattern := strings.ReplaceAll(path+abs[len(dir):], "\x01", "...")
			return matching(pattern, packagesBelow(dir, path))
		}
		return nil
	case dots:
		var list []string
		for _, m := range mains {
			list = append(list, matching(arg, packagesBelow(m.dir, m.path))...)
		}
		if err := ld.needGraph(); err != nil {
			fatalf("%v", err)
		}
		for _, m := range ld.graph.buildList() {
			if mayHold(arg, m.Path) || matchPattern(arg, m.Path) {
				if root, err := treeOf(m); err == nil {
					list = append(list, matching(arg, packagesBelow(root, m.Path))...)
				} else {
					errorf("%v", err)
				}
			}
		}
		return list
	}
	return []string{arg}
}

func matching(pattern string, list []string) []string {
	return slices.DeleteFunc(list, func(p string) bool { return !matchPattern(pattern, p) })
}
