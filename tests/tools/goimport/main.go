// Goimport prints the exported objects of packages, read by go/importer either
// from the .i files that exportcheck wrote to a directory, or from source.
//
//	goimport DIR|source PACKAGE...
//
// Both must print the same. Constants are printed as float64 when they are
// floating-point, because export data keeps 512 bits of them only.
package main

import (
	"fmt"
	"go/constant"
	"go/importer"
	"go/token"
	"go/types"
	"io"
	"os"
	"sort"
	"strings"
)

func main() {
	dir := os.Args[1]
	imp := importer.ForCompiler(token.NewFileSet(), "source", nil)
	if dir != "source" {
		imp = importer.ForCompiler(token.NewFileSet(), "gc", func(path string) (io.ReadCloser, error) {
			return os.Open(dir + "/" + strings.ReplaceAll(path, "/", ",") + ".i")
		})
	}
	failed := false
	for _, path := range os.Args[2:] {
		p, err := imp.Import(path)
		if err != nil {
			fmt.Println(path, err)
			failed = true
			continue
		}
		dump(p)
	}
	if failed {
		os.Exit(1)
	}
}

func dump(p *types.Package) {
	fmt.Println("package", p.Path(), p.Name())
	for _, name := range p.Scope().Names() {
		o := p.Scope().Lookup(name)
		if !o.Exported() {
			continue
		}
		fmt.Println(o)
		switch o := o.(type) {
		case *types.Const:
			v := o.Val()
			if k := v.Kind(); k == constant.Float {
				f, _ := constant.Float64Val(v)
				fmt.Println("\t=", f)
			} else {
				fmt.Println("\t=", v.ExactString())
			}
		case *types.TypeName:
			named, ok := o.Type().(*types.Named)
			if !ok || o.IsAlias() {
				break
			}
			var ms []string
			for i := 0; i < named.NumMethods(); i++ {
				if m := named.Method(i); m.Exported() {
					ms = append(ms, m.String())
				}
			}
			sort.Strings(ms)
			for _, m := range ms {
				fmt.Printf("\t%s\n", m)
			}
		}
	}
}
