// go mod tidy, vendor and why.

package main

import (
	"bytes"
	"flag"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

var tidyOpts struct {
	e, diff   bool
	goV, comp string
}

func tidyFlags(f *flag.FlagSet) {
	f.BoolVar(&tidyOpts.e, "e", false, "")
	f.BoolVar(&cfg.v, "v", false, "")
	f.BoolVar(&tidyOpts.diff, "diff", false, "")
	f.StringVar(&tidyOpts.goV, "go", "", "")
	f.StringVar(&tidyOpts.comp, "compat", "", "")
}

// keepSums collects what go.sum must know: the go.mod files of the graph, and the zip of every module that could hold a loaded package.
func (ld *loader) keepSums() map[module.Version]bool {
	keep := map[module.Version]bool{}
	zip := func(m module.Version) {
		if r := replaced(m); r.Version != "" {
			keep[r] = true
			if ld.keepMods {
				keep[module.Version{Path: r.Path, Version: r.Version + "/go.mod"}] = true
			}
		}
	}
	for _, p := range ld.list {
		if p.mod.Version == "" && !p.main || p.err != nil && p.mod.Version == "" {
			continue
		}
		for d := p.path; d != "."; d = path.Dir(d) {
			if v := ld.selected(d); v != "" && !isMain(d) {
				zip(module.Version{Path: d, Version: v})
			}
		}
	}
	if ld.graph != nil {
		ld.graph.keep(keep)
	}
	var mods []module.Version
	for m := range keep {
		if _, ok := strings.CutSuffix(m.Version, "/go.mod"); !ok && ld.keepMods {
			mods = append(mods, m)
		}
	}
	parallel(len(mods), func(i int) { goMod(mods[i]) })
	return keep
}

// markDirect notes what the packages and tests of the main module import themselves.
func (ld *loader) markDirect() map[string]bool {
	direct := map[string]bool{}
	for _, p := range ld.list {
		if p.main {
			for _, q := range p.imports {
				if q.mod.Path != "" {
					direct[q.mod.Path] = true
				}
			}
		}
	}
	return direct
}

// tidyRoots is the list that go.mod must have for the packages that were loaded.
func (ld *loader) tidyRoots(direct map[string]bool) []module.Version {
	used := map[string]string{}
	for _, p := range ld.list {
		if p.inAll && p.mod.Version != "" {
			used[p.mod.Path] = p.mod.Version
		}
	}
	if !ld.pruned {
		for _, p := range ld.list {
			if p.mod.Version != "" {
				used[p.mod.Path] = p.mod.Version
			}
		}
		return ld.graph.minimal(direct, sortedMods(used))
	}
	// What only tests of other modules import is listed if the version would be another one otherwise.
	for {
		g, err := readGraph(sortedMods(used), true)
		if err != nil {
			fatalf("%v", err)
		}
		grown := false
		for _, p := range ld.list {
			if p.mod.Version != "" && used[p.mod.Path] == "" && semver.Compare(g.selected[p.mod.Path], p.mod.Version) < 0 {
				used[p.mod.Path] = p.mod.Version
				grown = true
			}
		}
		if !grown {
			return sortedMods(used)
		}
	}
}

func cmdTidy(args []string) {
	if len(args) > 0 {
		fatalf("'go mod tidy' accepts no arguments")
	}
	if cfg.mod == "readonly" || cfg.mod == "vendor" {
		cfg.mod = "" // of GOFLAGS: tidy is there to change go.mod
	}
	m := oneMain()
	if v := tidyOpts.goV; v != "" {
		if goCompare(v, goVersion) > 0 {
			fatalf("%v", tooNew("go.mod", v))
		}
		m.file.AddGoStmt(v)
	}
	ld := newLoader()
	ld.allTests, ld.resolve = true, true
	ld.seeds = mainPackages()
	roots, direct := ld.settle()
	if ld.raiseGo(m) { // other rules may hold now
		if !ld.pruned { // versions stay what they were found to be
			for p, v := range ld.graph.selected {
				ld.roots[p] = v
			}
		}
		ld.pruned, ld.keepMods, ld.graph = m.pruned(), goCompare(m.goVersion(), "1.21") >= 0, nil
		roots, direct = ld.settle()
	}
	ld.report(false)
	if exitCode != 0 && !tidyOpts.e {
		exit(1)
	}
	exitCode = 0
	oldSum, _ := os.ReadFile(gosumFile())
	for _, r := range m.file.Require {
		if cfg.v && !hasRoot(roots, r.Mod.Path) {
			fmt.Fprintf(os.Stderr, "unused %s\n", r.Mod.Path)
		}
	}
	m.setRequirements(roots, direct)
	m.file.SortBlocks()
	keep := ld.keepSums()
	ld.compatSums(m, roots, keep)
	if tidyOpts.diff {
		data := m.format()
		sums := sumsAfter(keep)
		changed := printDiff("go.mod", m.text, data)
		if printDiff("go.sum", oldSum, sums) || changed {
			os.Exit(1)
		}
		return
	}
	m.write()
	writeGoSum(keep, true)
}

func hasRoot(roots []module.Version, path string) bool {
	for _, r := range roots {
		if r.Path == path {
			return true
		}
	}
	return false
}

// settle loads, and cuts the roots down to what is needed, until cutting changes no version of what was loaded.
func (ld *loader) settle() (roots []module.Version, direct map[string]bool) {
	for range 20 {
		ld.loadAll()
		if err := ld.needGraph(); err != nil {
			fatalf("%v", err)
		}
		direct = ld.markDirect()
		roots = ld.tidyRoots(direct)
		ld.roots = map[string]string{}
		for _, r := range roots {
			ld.roots[r.Path] = r.Version
		}
		ld.graph = nil
		if err := ld.needGraph(); err != nil {
			fatalf("%v", err)
		}
		stable := true
		for _, p := range ld.list {
			if p.mod.Version != "" && ld.selected(p.mod.Path) != p.mod.Version {
				stable = false
			}
		}
		if stable {
			return roots, direct
		}
	}
	fatalf("go.mod does not settle: requirements keep changing each other")
	return nil, nil
}

// raiseGo makes the go line at least that of what is required, and tells whether it was not.
func (ld *loader) raiseGo(m *mainModule) bool {
	v := goNeeded(ld.graph.order)
	if goCompare(v, m.goVersion()) <= 0 || goCompare(v, "1.21") < 0 {
		return false
	}
	if tidyOpts.goV != "" {
		for _, r := range ld.graph.order {
			if s, err := summarize(r); err == nil && goCompare(s.goVersion, tidyOpts.goV) > 0 {
				fatalf("%s requires go@%s, but %s is requested", r, s.goVersion, tidyOpts.goV)
			}
		}
	}
	m.file.AddGoStmt(v)
	if m.file.Toolchain == nil && goCompare(goVersion, v) > 0 {
		m.file.AddToolchainStmt("go" + goVersion)
	}
	return true
}

// compatSums keeps what the release before the one of the go line would need to know: go 1.16 does not prune.
func (ld *loader) compatSums(m *mainModule, roots []module.Version, keep map[module.Version]bool) {
	comp := tidyOpts.comp
	if comp == "" && m.pruned() && goCompare(m.goVersion(), "1.18") < 0 {
		comp = "1.16"
	}
	if comp == "" || goCompare(comp, "1.17") >= 0 || !m.pruned() {
		return
	}
	g, err := readGraph(roots, false)
	if err != nil {
		fatalf("%v", err)
	}
	g.keep(keep)
	old := &loader{graph: g, list: ld.list}
	for k := range old.keepSums() {
		if r := (module.Version{Path: k.Path, Version: strings.TrimSuffix(k.Version, "/go.mod")}); r == k {
			if _, err := moduleTree(r); err != nil {
				fatalf("%v", err)
			}
		}
		keep[k] = true
	}
}

// A diffLine is one line of a diff: ' ', '-' or '+', and how many lines of the two texts come before it.
type diffLine struct {
	op       byte
	text     string
	old, new int
}

func diffLines(a, b []string) (lines []diffLine) {
	// lengths of the longest common subsequences of what follows i and j
	n := make([][]int, len(a)+1)
	for i := range n {
		n[i] = make([]int, len(b)+1)
	}
	for i := len(a) - 1; i >= 0; i-- {
		for j := len(b) - 1; j >= 0; j-- {
			if a[i] == b[j] {
				n[i][j] = n[i+1][j+1] + 1
			} else {
				n[i][j] = max(n[i+1][j], n[i][j+1])
			}
		}
	}
	for i, j := 0, 0; i < len(a) || j < len(b); {
		switch {
		case i < len(a) && j < len(b) && a[i] == b[j]:
			lines = append(lines, diffLine{' ', a[i], i, j})
			i, j = i+1, j+1
		case i < len(a) && (j == len(b) || n[i+1][j] >= n[i][j+1]):
			lines = append(lines, diffLine{'-', a[i], i, j})
			i++
		default:
			lines = append(lines, diffLine{'+', b[j], i, j})
			j++
		}
	}
	return lines
}

// printDiff prints a unified diff of two texts, and tells whether there is any.
func printDiff(name string, old, new []byte) bool {
	if bytes.Equal(old, new) {
		return false
	}
	split := func(text []byte) []string {
		list := strings.SplitAfter(string(text), "\n")
		return list[:len(list)-1]
	}
	const context = 3
	lines := diffLines(split(old), split(new))
	fmt.Printf("diff current/%s tidy/%s\n--- current/%s\n+++ tidy/%s\n", name, name, name, name)
	for i := 0; i < len(lines); {
		for i < len(lines) && lines[i].op == ' ' {
			i++
		}
		if i == len(lines) {
			break
		}
		from, to := max(0, i-context), i
		for j := i; j < len(lines) && j <= to+2*context; j++ {
			if lines[j].op != ' ' {
				to = j
			}
		}
		i = min(len(lines), to+1+context)
		hunk := lines[from:i]
		var m, n int
		for _, l := range hunk {
			if l.op != '+' {
				m++
			}
			if l.op != '-' {
				n++
			}
		}
		fmt.Printf("@@ -%d,%d +%d,%d @@\n", hunk[0].old+min(m, 1), m, hunk[0].new+min(n, 1), n)
		for _, l := range hunk {
			fmt.Printf("%c%s", l.op, l.text)
		}
	}
	fmt.Println()
	return true
}

// ---- go mod vendor ----

var vendorOpts struct {
	e   bool
	out string
}

func vendorFlags(f *flag.FlagSet) {
	f.BoolVar(&vendorOpts.e, "e", false, "")
	f.BoolVar(&cfg.v, "v", false, "")
	f.StringVar(&vendorOpts.out, "o", "", "")
}

func cmdVendor(args []string) {
	if len(args) > 0 {
		fatalf("'go mod vendor' accepts no arguments")
	}
	if cfg.gowork != "" {
		fatalf("'go mod vendor' cannot be run in workspace mode. Run 'go work vendor' to vendor the workspace or set 'GOWORK=off' to exit workspace mode.")
	}
	m := oneMain()
	vendor(m.dir, m.goVersion())
}

// vendor makes the folder vendor in root for the main modules; goV is the go line that counts.
func vendor(root, goV string) {
	out := filepath.Join(root, "vendor")
	if vendorOpts.out != "" {
		out, _ = filepath.Abs(vendorOpts.out)
	}
	gosum.strict = cfg.mod != "mod" && work == nil
	ld := newLoader()
	ld.tests = true
	ld.seeds = mainPackages()
	ld.loadAll()
	if err := ld.needGraph(); err != nil {
		fatalf("%v", err)
	}
	ld.report(false)
	if exitCode != 0 && !vendorOpts.e {
		exit(1)
	}
	if err := removeTree(out); err != nil {
		fatalf("%v", err)
	}
	if work != nil {
		writeGoSum(ld.keepSums(), false)
	}
	text := ld.vendorText(out, goCompare(goV, "1.17") >= 0)
	if cfg.v {
		os.Stderr.Write(text)
	}
	if len(text) == 0 {
		logf("no dependencies to vendor")
		return
	}
	if err := os.MkdirAll(out, 0777); err != nil {
		fatalf("%v", err)
	}
	if err := os.WriteFile(filepath.Join(out, "modules.txt"), text, 0666); err != nil {
		fatalf("%v", err)
	}
}

// vendorText copies the packages to out, and is what modules.txt says of them.
func (ld *loader) vendorText(out string, goLines bool) []byte {
	var b bytes.Buffer
	if work != nil {
		b.WriteString("## workspace\n")
	}
	explicit := map[module.Version]bool{}
	mods := map[module.Version]bool{}
	for _, m := range mains {
		for _, r := range m.file.Require {
			// in a workspace all that is required is listed, otherwise what was selected of it
			explicit[r.Mod] = true
			if !isMain(r.Mod.Path) && (work != nil || ld.graph.selected[r.Mod.Path] == r.Mod.Version) {
				mods[r.Mod] = true
			}
		}
	}
	pkgs := map[module.Version]map[string]*pkg{}
	for _, p := range ld.list {
		if p.inAll && !p.isTest && p.mod.Version != "" && p.err == nil {
			if pkgs[p.mod] == nil {
				pkgs[p.mod] = map[string]*pkg{}
			}
			pkgs[p.mod][p.path] = p
			mods[p.mod] = true
		}
	}
	list := slices.Collect(maps.Keys(mods))
	module.Sort(list)
	for _, mod := range list {
		b.WriteString(vendorLine(mod))
		s, err := summarize(module.Version{Path: mod.Path, Version: ld.graph.selected[mod.Path]})
		if err != nil {
			fatalf("%v", err)
		}
		var notes []string
		if explicit[mod] {
			notes = append(notes, "explicit")
		}
		if s.goVersion != "" && goLines {
			notes = append(notes, "go "+s.goVersion)
		}
		if len(notes) > 0 {
			fmt.Fprintf(&b, "## %s\n", strings.Join(notes, "; "))
		}
		for _, path := range sortedKeys(pkgs[mod]) {
			fmt.Fprintln(&b, path)
			vendorPackage(out, pkgs[mod][path], mod.Path)
		}
	}
	for _, old := range replacedPaths() {
		if !mods[old] {
			b.WriteString(vendorLine(old))
		}
	}
	return b.Bytes()
}

// replacedPaths are the left sides of all replace lines: those of go.work, then those of each go.mod.
func replacedPaths() (list []module.Version) {
	var lines []*modfile.Replace
	if work != nil {
		lines = append(lines, work.Replace...)
	}
	for _, m := range mains {
		lines = append(lines, m.file.Replace...)
	}
	for _, r := range lines {
		if !slices.Contains(list, r.Old) {
			list = append(list, r.Old)
		}
	}
	return list
}

func vendorLine(mod module.Version) string {
	s := "# " + mod.Path
	if mod.Version != "" {
		s += " " + mod.Version
	}
	if r := writtenReplacement(mod); r.Path != "" {
		s += " => " + r.Path
		if r.Version != "" {
			s += " " + r.Version
		}
	}
	return s + "\n"
}

// writtenReplacement is the replacement as go.mod or go.work has it: with a relative folder, in a workspace relative to that.
func writtenReplacement(mod module.Version) (out module.Version) {
	find := func(lines []*modfile.Replace, dir string) bool {
		for _, r := range lines {
			if r.Old != mod && (r.Old.Path != mod.Path || r.Old.Version != "") {
				continue
			}
			out = r.New
			if work != nil && out.Version == "" && !filepath.IsAbs(out.Path) {
				out.Path = relativeTo(filepath.Dir(cfg.gowork), filepath.Join(dir, out.Path))
			}
			if r.Old == mod {
				return true
			}
		}
		return false
	}
	if work != nil && (find(work.Replace, filepath.Dir(cfg.gowork)) || out.Path != "") {
		return out
	}
	for _, m := range mains {
		if find(m.file.Replace, m.dir) {
			return out
		}
	}
	return out
}

// vendorPackage copies the files of a package, those it embeds, and licences of the folders above it.
func vendorPackage(out string, p *pkg, modpath string) {
	root := p.dir[:len(p.dir)-len(strings.TrimPrefix(p.path, modpath))]
	to := filepath.Join(out, p.path)
	copyFiles(to, p.dir, func(name string) bool {
		return !strings.HasSuffix(name, "_test.go") && (!mains[0].pruned() || name != "go.mod" && name != "go.sum") && !ignoredFile(filepath.Join(p.dir, name))
	})
	for _, name := range embedded(p.dir) {
		if err := copyFile(filepath.Join(to, name), filepath.Join(p.dir, name)); err != nil {
			fatalf("vendor: %v", err)
		}
	}
	for dir := p.dir; ; dir = filepath.Dir(dir) {
		copyFiles(filepath.Join(out, modpath, strings.TrimPrefix(dir, root)), dir, isMeta)
		if dir == root || len(dir) <= len(root) {
			break
		}
	}
}

// isMeta holds for the files that say what may be done with a module.
func isMeta(name string) bool {
	for _, prefix := range []string{"AUTHORS", "CONTRIBUTORS", "COPYLEFT", "COPYING", "COPYRIGHT", "LEGAL", "LICENSE", "NOTICE", "PATENTS"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// ignoredFile holds for Go files that no build ever takes.
func ignoredFile(name string) bool {
	if !strings.HasSuffix(name, ".go") {
		return false
	}
	src, err := os.ReadFile(name)
	return err == nil && !tags(nil).matchText(src)
}

func copyFiles(to, from string, wanted func(name string) bool) {
	entries, err := os.ReadDir(from)
	if err != nil {
		fatalf("vendor: %v", err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !wanted(e.Name()) {
			continue
		}
		if err := copyFile(filepath.Join(to, e.Name()), filepath.Join(from, e.Name())); err != nil {
			fatalf("vendor: %v", err)
		}
	}
}

func copyFile(to, from string) error {
	data, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0777); err != nil {
		return err
	}
	return os.WriteFile(to, data, 0666)
}

// embedded lists the files below dir that its Go files embed.
func embedded(dir string) (list []string) {
	for _, pattern := range embedPatterns(dir) {
		pattern, all := strings.CutPrefix(pattern, "all:")
		matches, _ := filepath.Glob(filepath.Join(dir, filepath.FromSlash(pattern)))
		for _, m := range matches {
			filepath.WalkDir(m, func(name string, d fs.DirEntry, err error) error {
				if err != nil {
					return nil
				}
				hidden := strings.HasPrefix(d.Name(), ".") || strings.HasPrefix(d.Name(), "_")
				if d.IsDir() {
					_, err := os.Stat(filepath.Join(name, "go.mod"))
					if name != m && (hidden && !all || err == nil) {
						return filepath.SkipDir
					}
					return nil
				}
				if d.Type().IsRegular() && (name == m || all || !hidden) {
					rel, _ := filepath.Rel(dir, name)
					list = append(list, rel)
				}
				return nil
			})
		}
	}
	return list
}

// ---- go mod why ----

var whyOpts struct{ m, vendor bool }

func whyFlags(f *flag.FlagSet) {
	f.BoolVar(&whyOpts.m, "m", false, "")
	f.BoolVar(&whyOpts.vendor, "vendor", false, "")
}

func cmdWhy(args []string) {
	needMain()
	gosum.strict = cfg.mod != "mod"
	ld := newLoader()
	ld.allTests = !whyOpts.vendor
	ld.seeds = mainPackages()
	ld.loadAll()
	all := ld.reached()
	for i, a := range args {
		if i > 0 {
			fmt.Println()
		}
		fmt.Printf("# %s\n", a)
		best := []string(nil)
		for _, p := range ld.list {
			if (whyOpts.m && p.mod.Path == a || !whyOpts.m && p.path == a) && !p.isTest {
				if c := all[p]; c != nil && (best == nil || len(c) < len(best)) {
					best = c
				}
			}
		}
		what, vendoring := "package", ""
		if whyOpts.m {
			what = "module"
		}
		if whyOpts.vendor {
			vendoring = " to vendor"
		}
		switch {
		case best == nil:
			fmt.Printf("(main module does not need%s %s %s)\n", vendoring, what, a)
		default:
			fmt.Println(strings.Join(best, "\n"))
		}
	}
}

// reached gives for every package the shortest chain of imports that leads to it.
func (ld *loader) reached() map[*pkg][]string {
	out := map[*pkg][]string{}
	var level []*pkg
	for _, p := range ld.list {
		if p.root {
			out[p] = []string{p.path}
			level = append(level, p)
		}
	}
	for i := 0; i < len(level); i++ {
		p := level[i]
		next := p.imports
		if p.test != nil {
			next = append(next[:len(next):len(next)], p.test)
		}
		for _, q := range next {
			if out[q] == nil {
				name := q.path
				if q.isTest {
					name += ".test"
				}
				out[q] = append(append([]string{}, out[p]...), name)
				level = append(level, q)
			}
		}
	}
	return out
}
