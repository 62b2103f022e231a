// contract checks that nothing std needs is missing: it type-checks all packages of a merged src/ and lists functions
// without a body that neither Go code, the C runtime, its assembly nor the compiler's intrinsics define.
//
// usage: contract GOROOT REPOSITORY PACKAGE...     e.g. contract build/sdk . $(go list std)
package main

import (
	"fmt"
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
)

var ctx = build.Default
var fset = token.NewFileSet()
var pkgs = map[string]*types.Package{}
var nerr int

type imp struct{}

func (imp) Import(p string) (*types.Package, error) { return load(p) }

var bodyless = map[string]string{} // symbol -> where it is declared
var defined = map[string]string{}

// what matches in a file of the repository is defined outside Go; parts of the match are joined
func native(repo, glob, expr string, name func(m []string) string) {
	files, _ := filepath.Glob(filepath.Join(repo, glob))
	re := regexp.MustCompile(expr)
	for _, f := range files {
		text, _ := os.ReadFile(f)
		for _, m := range re.FindAllStringSubmatch(string(text), -1) {
			defined[name(m)] = f
		}
	}
}

func load(path string) (*types.Package, error) {
	if path == "unsafe" {
		return types.Unsafe, nil
	}
	dir := filepath.Join(ctx.GOROOT, "src", path)
	if _, err := os.Stat(dir); err != nil {
		path = "vendor/" + path
		dir = filepath.Join(ctx.GOROOT, "src", path)
	}
	if p, ok := pkgs[path]; ok {
		return p, nil
	}
	bp, err := ctx.ImportDir(dir, 0)
	if err != nil {
		return nil, err
	}
	var files []*ast.File
	for _, f := range bp.GoFiles {
		af, err := parser.ParseFile(fset, filepath.Join(dir, f), nil, parser.ParseComments)
		if err != nil {
			fmt.Println(err)
			nerr++
			continue
		}
		files = append(files, af)
	}
	conf := types.Config{Importer: imp{}, FakeImportC: true, Sizes: types.SizesFor("gc", "amd64"), Error: func(err error) {
		nerr++
		fmt.Println(err)
	}}
	p, _ := conf.Check(path, fset, files, nil)
	pkgs[path] = p
	// symbols
	for _, f := range files {
		ln := map[string]string{}
		push := map[string]bool{}
		for _, cg := range f.Comments {
			for _, c := range cg.List {
				if strings.HasPrefix(c.Text, "//go:linkname ") {
					w := strings.Fields(c.Text)
					if len(w) == 3 {
						ln[w[1]] = w[2]
					} else if len(w) == 2 {
						push[w[1]] = true
					}
				}
			}
		}
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				name := d.Name.Name
				sym := path + "." + name
				if d.Recv != nil {
					t := d.Recv.List[0].Type
					star := ""
					if s, ok := t.(*ast.StarExpr); ok {
						t = s.X
						star = "*"
					}
					if i, ok := t.(*ast.IndexExpr); ok {
						t = i.X
					}
					if id, ok := t.(*ast.Ident); ok {
						if star != "" {
							sym = path + ".(*" + id.Name + ")." + name
						} else {
							sym = path + "." + id.Name + "." + name
						}
					}
				} else if l, ok := ln[name]; ok {
					sym = l
				}
				if d.Body == nil {
					if _, ok := bodyless[sym]; !ok {
						bodyless[sym] = path + "." + name
					}
				} else {
					if w, ok := defined[sym]; ok && name != "init" && name != "_" && sym != path+".init" {
						fmt.Println("defined twice:", sym, w, path+"."+name)
						nerr++
					}
					defined[sym] = path + "." + name
				}
			}
		}
	}
	return p, nil
}

func main() {
	ctx.GOROOT = os.Args[1]
	ctx.CgoEnabled = false
	ctx.GOOS = "linux"
	ctx.GOARCH = "amd64"
	ctx.BuildTags = []string{"purego", "math_big_pure_go"}
	repo := os.Args[2]
	native(repo, "runtime/abi/exports.def", `(?m)^F\(([^,]+),`, func(m []string) string { return m[1] })
	native(repo, "runtime/arch/"+ctx.GOARCH+"/*.S", `(?m)^(?:GOFUNC|HASH) ([^\s,]+)`, func(m []string) string { return m[1] })
	native(repo, "runtime/arch/"+ctx.GOARCH+"/*.S", `(?m)^BOUNDS (\w+)`, func(m []string) string { return "runtime.panic" + m[1] })
	native(repo, "runtime/arch/"+ctx.GOARCH+"/*.S", `(?m)^REFLECTSTUB (\w+)`, func(m []string) string { return "reflect." + m[1] })
	short := map[string]string{"A": "internal/runtime/atomic", "S": "sync/atomic", "B": "math/bits", "Y": "runtime/internal/sys"}
	intrinsics := defined
	defined = map[string]string{}
	native(repo, "toolchain/lower/intrinsic.c", `\{ "?([\w/]+)"?, "(\w+)", IN_`, func(m []string) string {
		if p, ok := short[m[1]]; ok {
			return p + "." + m[2]
		}
		return m[1] + "." + m[2]
	})
	// an intrinsic may have a body too
	intrinsics, defined = defined, intrinsics
	// the compiler's own; main.main is the program's; the rest only tests call
	for _, n := range []string{"internal/abi.FuncPCABI0", "internal/abi.FuncPCABIInternal", "main.main", "reflect.(*Value).pointer", "runtime/internal/startlinetest.AsmFunc"} {
		defined[n] = "compiler"
	}
	for _, p := range os.Args[3:] {
		if _, err := load(p); err != nil {
			if _, ok := err.(*build.NoGoError); !ok {
				fmt.Println(p, err)
				nerr++
			}
		}
	}
	var missing []string
	for s, w := range bodyless {
		if defined[s] == "" && intrinsics[s] == "" && !strings.HasPrefix(s, "unsafe.") {
			missing = append(missing, s+" declared as "+w)
		}
	}
	sort.Strings(missing)
	for _, s := range missing {
		fmt.Println("missing:", s)
	}
	fmt.Println(len(pkgs), "packages,", nerr, "errors,", len(missing), "missing")
	if nerr+len(missing) > 0 {
		os.Exit(1)
	}
}
