// go mod download, verify, graph; and what a build asks for.

package main

import (
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
)

func downloadFlags(f *flag.FlagSet) {
	f.BoolVar(&cfg.json, "json", false, "")
	f.Func("reuse", "", func(string) error { return errors.New("-reuse is not supported by this go command") })
}

// downloaded is what go mod download -json prints of a module.
type downloaded struct {
	Path     string          `json:",omitempty"`
	Version  string          `json:",omitempty"`
	Query    string          `json:",omitempty"`
	Error    string          `json:",omitempty"`
	Info     string          `json:",omitempty"`
	GoMod    string          `json:",omitempty"`
	Zip      string          `json:",omitempty"`
	Dir      string          `json:",omitempty"`
	Sum      string          `json:",omitempty"`
	GoModSum string          `json:",omitempty"`
	Origin   json.RawMessage `json:",omitempty"`
}

// fetch fills in everything about one module version.
func (d *downloaded) fetch(m module.Version) error {
	info, err := stat(m.Path, m.Version)
	if err != nil {
		return err
	}
	d.Info, _ = cacheFile(m, ".info")
	d.Origin = info.Origin
	mod, err := goMod(m)
	if err != nil {
		return err
	}
	d.GoMod, _ = cacheFile(m, ".mod")
	if d.GoModSum, err = modHash(mod); err != nil {
		return err
	}
	if d.Zip, err = moduleZipFile(m); err != nil {
		return err
	}
	if d.Dir, err = moduleTree(m); err != nil {
		return err
	}
	hash, _ := cacheFile(m, ".ziphash")
	sum, err := os.ReadFile(hash)
	d.Sum = strings.TrimSpace(string(sum))
	return err
}

// downloadList are the modules of go mod download without arguments: with pruning those that go.mod names.
func downloadList() []module.Version {
	if work == nil && isPruned() {
		return requirements()
	}
	return mustGraph().buildList()
}

// wanted turns an argument, path@query, a path of the build list or "all", into versions.
func wanted(args []string) (list []*downloaded) {
	var build []module.Version
	var haveBuild bool
	for _, a := range args {
		path, q, ok := strings.Cut(a, "@")
		if ok {
			d := &downloaded{Path: path, Query: q}
			if info, err := query(path, q, "", allowed); err != nil {
				d.Error = err.Error()
				d.Query = ""
			} else {
				d.Version = info.Version
				if q == info.Version {
					d.Query = ""
				}
			}
			list = append(list, d)
			continue
		}
		if !haveBuild {
			needMain()
			build, haveBuild = mustGraph().buildList(), true
		}
		hit := false
		for _, m := range build {
			if a == "all" || a == m.Path || strings.Contains(a, "...") && matchPattern(a, m.Path) {
				hit = true
				list = append(list, &downloaded{Path: m.Path, Version: m.Version})
			}
		}
		switch {
		case hit:
		case strings.Contains(a, "..."):
			logf("warning: pattern %q matched no module dependencies", a)
		case isMain(a):
			logf("skipping download of %s that resolves to the main module", a)
		case a != "all":
			list = append(list, &downloaded{Path: a, Error: "module " + a + ": not a known dependency"})
		}
	}
	return list
}

func cmdDownload(args []string) {
	quiet = true
	explicit := len(args) > 0
	var list []*downloaded
	if explicit {
		loadMains()
		list = wanted(args)
	} else {
		if loadMains(); len(mains) == 0 {
			fatalf("no modules specified (see 'go help mod download')")
		}
		for _, m := range downloadList() {
			list = append(list, &downloaded{Path: m.Path, Version: m.Version})
		}
		if len(list) == 0 {
			logf("no module dependencies to download")
		}
	}
	keep := map[module.Version]bool{}
	parallel(len(list), func(i int) {
		d := list[i]
		if d.Error != "" {
			return
		}
		m := replaced(module.Version{Path: d.Path, Version: d.Version})
		if m.Version == "" {
			return // a folder
		}
		if err := d.fetch(m); err != nil {
			d.Error = err.Error()
		}
	})
	for _, d := range list {
		m := replaced(module.Version{Path: d.Path, Version: d.Version})
		if m.Version == "" && d.Error == "" {
			continue
		}
		if cfg.json {
			printJSON(d)
		}
		if d.Error != "" {
			exitCode = 1
			if !cfg.json {
				logf("%s", d.Error)
			}
			continue
		}
		mod := module.Version{Path: m.Path, Version: m.Version + "/go.mod"}
		// without arguments the sums of go.mod files suffice, unless pruning leaves no more to be known
		keep[mod] = true
		if explicit || cfg.gomod != "" && !isPruned() {
			keep[m] = true
		}
	}
	if len(mains) > 0 {
		writeGoSum(keep, false)
	}
}

func printJSON(v any) {
	e := json.NewEncoder(os.Stdout)
	e.SetIndent("", "\t")
	e.Encode(v)
}

// ---- go mod verify ----

func cmdVerify(args []string) {
	if len(args) > 0 {
		fatalf("verify takes no arguments")
	}
	needMain()
	list := mustGraph().buildList()
	problems := make([][]string, len(list))
	parallel(len(list), func(i int) { problems[i] = verify(list[i]) })
	for _, ps := range problems {
		for _, p := range ps {
			fmt.Println(p)
			exitCode = 1
		}
	}
	exitIfErrors()
	fmt.Println("all modules verified")
}

// verify compares the zip file and the folder of a module with the hash of the download.
func verify(m module.Version) (problems []string) {
	m = replaced(m)
	if m.Version == "" {
		return nil
	}
	say := func(format string, args ...any) {
		problems = append(problems, fmt.Sprintf("%s %s: ", m.Path, m.Version)+fmt.Sprintf(format, args...))
	}
	zip, _ := cacheFile(m, ".zip")
	hashfile, _ := cacheFile(m, ".ziphash")
	dir, _ := moduleDir(m)
	_, zipErr := os.Stat(zip)
	_, dirErr := os.Stat(dir)
	data, err := os.ReadFile(hashfile)
	if err != nil {
		if notExist(zipErr) && notExist(dirErr) {
			return nil // nothing was downloaded
		}
		say("missing ziphash: %v", err)
		return problems
	}
	h := strings.TrimSpace(string(data))
	if err := checkSum(m, h); err != nil {
		return append(problems, err.Error())
	}
	if zipErr == nil {
		if got, err := dirhash.HashZip(zip, dirhash.DefaultHash); err != nil {
			say("%v", err)
		} else if got != h {
			say("zip has been modified (%v)", zip)
		}
	}
	if dirErr == nil {
		if got, err := dirhash.HashDir(dir, m.Path+"@"+m.Version, dirhash.DefaultHash); err != nil {
			say("%v", err)
		} else if got != h {
			say("dir has been modified (%v)", dir)
		}
	}
	return problems
}

// ---- go mod graph ----

var graphGo string

func graphFlags(f *flag.FlagSet) { f.StringVar(&graphGo, "go", "", "") }

func cmdGraph(args []string) {
	if len(args) > 0 {
		fatalf("graph takes no arguments")
	}
	needMain()
	pruned := isPruned()
	if graphGo != "" {
		pruned = goCompare(graphGo, "1.17") >= 0
	}
	g, err := readGraph(requirements(), pruned)
	if err != nil {
		fatalf("%v", err)
	}
	// breadth first; the go line is a requirement, too, and go itself requires its toolchain
	var queue []module.Version
	seen := map[module.Version]bool{}
	visit := func(m module.Version) {
		if !seen[m] {
			seen[m] = true
			queue = append(queue, m)
		}
	}
	edges := func(from string, require []module.Version, goVersion, toolchain string) {
		list := append([]module.Version{}, require...)
		if goCompare(goVersion, "1.21") >= 0 || isMain(from) {
			list = append(list, module.Version{Path: "go", Version: goVersion})
		}
		if toolchain != "" {
			list = append(list, module.Version{Path: "toolchain", Version: toolchain})
		}
		if isMain(from) {
			sort.SliceStable(list, func(i, j int) bool { return list[i].Path < list[j].Path })
		}
		for _, r := range list {
			fmt.Printf("%s %s@%s\n", from, r.Path, r.Version)
			visit(r)
		}
	}
	for _, m := range mains {
		var list []module.Version
		for _, r := range m.file.Require {
			if !excludes[r.Mod] {
				list = append(list, r.Mod)
			}
		}
		tool := ""
		if m.file.Toolchain != nil {
			tool = m.file.Toolchain.Name
		}
		edges(m.path, list, m.goVersion(), tool)
	}
	deep := map[string]bool{mains[0].goVersion(): true} // go lines whose own requirement is part of the graph
	if work != nil && work.Go != nil {
		deep[work.Go.Version] = true
	}
	for m := range g.deep {
		if s, _ := summarize(m); g.deep[m] {
			deep[s.goVersion] = true
		}
	}
	for i := 0; i < len(queue); i++ {
		m := queue[i]
		switch _, read := g.require[m]; {
		case m.Path == "go" && goCompare(m.Version, "1.21") >= 0 && deep[m.Version]:
			fmt.Printf("%s toolchain@go%s\n", m, m.Version)
		case read:
			s, _ := summarize(m)
			edges(m.String(), s.require, s.goVersion, s.toolchain)
		}
	}
}

// ---- for the go command ----

var fetchTests bool

func fetchFlags(f *flag.FlagSet) {
	f.BoolVar(&fetchTests, "t", false, "")
	f.StringVar(&cfg.out, "o", "", "")
}

// answer writes what the go command asked for.
func answer(text string) {
	if err := os.WriteFile(cfg.out, []byte(text), 0666); err != nil {
		fatalf("%v", err)
	}
}

// cmdFetch puts into the cache what the packages need that are named: import paths, folders ("./x"), patterns, or modules
// (path@version) whatever they are needed for; "mod:path@version" is a go.mod file, "graph" all that the build list depends on.
// Nothing else changes.
func cmdFetch(args []string) {
	gosum.strict = cfg.mod != "mod" && cfg.gowork == ""
	needMain()
	ld := newLoader()
	ld.tags = targetTags()
	ld.tests = fetchTests
	var graphErr error
	var mods []module.Version
	for _, a := range args {
		switch path, v, ok := strings.Cut(a, "@"); {
		case a == "graph":
			graphErr = ld.needGraph()
		case ok:
			mods = append(mods, module.Version{Path: path, Version: v})
		default:
			ld.seeds = append(ld.seeds, packages(ld, a)...)
		}
	}
	parallel(len(mods), func(i int) {
		if path, ok := strings.CutPrefix(mods[i].Path, "mod:"); ok {
			goMod(module.Version{Path: path, Version: mods[i].Version})
		} else if _, err := goMod(mods[i]); err == nil {
			moduleTree(mods[i])
		}
	})
	ld.loadAll()
	ld.readUsed()
	if cfg.gowork != "" { // go.work.sum may grow, whatever the command
		keep := map[module.Version]bool{}
		for s := range gosum.fresh {
			keep[s.m] = true
		}
		writeGoSum(keep, false)
	}
	// what is wrong is said by the go command, with the positions of imports
	var text strings.Builder
	gomods.failed(func(m module.Version, err error) { fmt.Fprintf(&text, "mod:%s\n%v\x00%s\n%v\x00", m, err, m, err) })
	dirs.failed(func(m module.Version, err error) { fmt.Fprintf(&text, "%s\n%v\x00", m, err) })
	if graphErr != nil {
		fmt.Fprintf(&text, "graph\n%v\x00", graphErr)
	}
	answer(text.String())
}

// readUsed reads the go.mod files of all modules that were looked into: the go command will do so, too.
func (ld *loader) readUsed() {
	used := map[string]string{}
	for p := range ld.mods {
		used[p] = ld.selected(p)
	}
	list := sortedMods(used)
	parallel(len(list), func(i int) { summarize(list[i]) })
}

// cmdSync is go build -mod=mod: adds to go.mod and go.sum what the packages named need.
func cmdSync(args []string) {
	m := oneMain()
	ld := newLoader()
	ld.tags = targetTags()
	ld.tests = fetchTests
	ld.resolve = true
	for _, a := range args {
		ld.seeds = append(ld.seeds, packages(ld, a)...)
	}
	ld.loadAll()
	ld.update(m)
	var text strings.Builder
	for _, p := range ld.list {
		if p.err != nil {
			fmt.Fprintf(&text, "package %s\n%v\x00", p.path, p.err)
		}
	}
	answer(text.String())
}

// cmdInstall prepares go install and go run of path@version: writes into a folder a go.mod and go.sum with the build list of the module.
func cmdInstall(args []string) {
	dir, args := args[0], args[1:]
	var mod module.Version
	var paths []string
	cfg.gomod, cfg.gowork, cfg.mod = "", "", ""
	for _, a := range args {
		pattern, q, _ := strings.Cut(a, "@")
		path := pattern
		if i := strings.Index(path, "..."); i >= 0 {
			path = strings.TrimSuffix(path[:i], "/")
		}
		m, err := queryPackage(path, q, func(string) string { return "" }, allowed)
		if np := new(noPackage); errors.As(err, np) && pattern != path {
			m, err = np.m, nil
		}
		if err != nil {
			fatalf("%s: %v", a, err)
		}
		if mod.Path != "" && mod != m {
			fatalf("%s: all arguments must refer to packages in the same module at the same version (@%s)", a, mod.Version)
		}
		mod = m
		paths = append(paths, pattern)
	}
	s, err := summarize(mod)
	if err != nil {
		fatalf("%v", err)
	}
	if s.directive != "" {
		fatalf("%s (in %s):\n\tThe go.mod file for the module providing named packages contains one or\n\tmore %s directives. It must not contain directives that would cause\n"+
			"\tit to be interpreted differently than if it were the main module.", args[0], mod, s.directive)
	}
	if err := retraction(mod); err != nil {
		logf("warning: %s: %v", mod, err)
	}
	g, err := readGraph(append([]module.Version{mod}, s.require...), s.pruned)
	if err != nil {
		fatalf("%v", err)
	}
	goLine := s.goVersion
	if !s.pruned {
		goLine = "1.17"
	}
	write := func(list []module.Version) {
		text := "module command-line-arguments\n\ngo " + goLine + "\n\nrequire (\n"
		for _, m := range list {
			text += "\t" + m.Path + " " + m.Version + "\n"
		}
		if err := os.WriteFile(cfg.gomod, []byte(text+")\n"), 0666); err != nil {
			fatalf("%v", err)
		}
	}
	cfg.gomod, cfg.root = filepath.Join(dir, "go.mod"), dir
	write(g.buildList())
	loadMains()
	ld := newLoader()
	ld.tags = targetTags()
	ld.resolve = true // a module may be released without all that it needs in its go.mod
	for _, p := range paths {
		ld.seeds = append(ld.seeds, packages(ld, p)...)
	}
	ld.loadAll()
	ld.readUsed()
	if err := ld.needGraph(); err != nil {
		fatalf("%v", err)
	}
	write(ld.graph.buildList())
	keep := map[module.Version]bool{}
	for s := range gosum.fresh {
		keep[s.m] = true
	}
	writeGoSum(keep, false)
	answer("")
}

// cmdQuery answers go list -m for each argument path@version with fields "Name value\0", and "\0" at the end. The letters of the first
// argument say what: u updates, v versions, r retracted ones too; an argument "?path@query" wants the version, too.
func cmdQuery(args []string) {
	what, args := args[0][1:], args[1:] // "=uv"
	loadMains()
	list := make([]fields, len(args))
	parallel(len(args), func(i int) { list[i].about(what, args[i]) })
	var text strings.Builder
	for _, f := range list {
		text.WriteString(strings.Join(append(f, "", ""), "\x00"))
	}
	answer(text.String())
}

type fields []string

func (f *fields) set(name, value string) { *f = append(*f, name+" "+value) }

func (f *fields) info(prefix string, info *versionInfo) {
	f.set(prefix+"Version", info.Version)
	if !info.Time.IsZero() {
		f.set(prefix+"Time", info.Time.Format(time.RFC3339Nano))
	}
}

func (f *fields) about(what, arg string) {
	path, v, _ := strings.Cut(arg, "@")
	path, isQuery := strings.CutPrefix(path, "?")
	if isQuery {
		info, err := query(path, v, "", allowed)
		if err != nil {
			f.set("Error", err.Error())
			return
		}
		if v != info.Version {
			f.set("Query", v)
		}
		v = info.Version
		f.info("", info)
		if s, err := summarize(module.Version{Path: path, Version: v}); err != nil {
			f.set("Error", err.Error())
		} else {
			f.set("GoMod", s.file)
			f.set("GoVersion", s.goVersion)
		}
	} else if v != "" {
		if info, err := stat(path, v); err == nil {
			f.info("", info)
		}
	}
	if strings.Contains(what, "v") {
		list, err := versions(path)
		if err != nil && v != "" {
			f.set("Error", err.Error())
		}
		for _, x := range list {
			if strings.Contains(what, "r") || allowed(module.Version{Path: path, Version: x}) == nil {
				f.set("Versions", x)
			}
		}
	}
	if v == "" {
		return
	}
	if strings.Contains(what, "u") {
		if info, err := query(path, "upgrade", v, allowed); err == nil && semver.Compare(info.Version, v) > 0 {
			f.info("Update", info)
		} else if err != nil && !notExist(err) {
			f.set("Error", err.Error())
		}
	}
	if strings.ContainsAny(what, "ru") {
		var r retracted
		if errors.As(retraction(module.Version{Path: path, Version: v}), &r) {
			if len(r.rationale) == 0 {
				r.rationale = []string{"retracted by module author"}
			}
			for _, why := range r.rationale {
				f.set("Retracted", why)
			}
		}
	}
	if strings.Contains(what, "u") {
		if s, err := latestSummary(path); err == nil && s.deprecated != "" {
			f.set("Deprecated", s.deprecated)
		}
	}
}
