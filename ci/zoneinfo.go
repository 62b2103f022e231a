// zoneinfo writes lib/time/zoneinfo.zip of the SDK, where programs find time zones on machines without any: the bytes are those that
// package time/tzdata embeds.
//
// usage: zoneinfo zoneinfo.zip zzipdata.go
package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"log"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

func main() {
	log.SetFlags(0)
	log.SetPrefix("zoneinfo: ")
	if len(os.Args) != 3 {
		log.Fatal("usage: zoneinfo zoneinfo.zip zzipdata.go")
	}
	f, err := parser.ParseFile(token.NewFileSet(), os.Args[2], nil, 0)
	if err != nil {
		log.Fatal(err)
	}
	var zip strings.Builder
	ast.Inspect(f, func(n ast.Node) bool {
		if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
			s, err := strconv.Unquote(lit.Value)
			if err != nil {
				log.Fatal(err)
			}
			zip.WriteString(s)
		}
		return true
	})
	if !strings.HasPrefix(zip.String(), "PK\x03\x04") {
		log.Fatalf("%s holds no zip archive", os.Args[2])
	}
	if err := os.MkdirAll(filepath.Dir(os.Args[1]), 0777); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(os.Args[1], []byte(zip.String()), 0666); err != nil {
		log.Fatal(err)
	}
}
