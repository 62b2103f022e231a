# go_list.sh: packages by pattern, folder and name; templates and JSON; constraints; embedded files.
. "$TOP/tests/lib/test.sh"
need go
is() {
	is_want=$1
	shift
	is_got=$("$@" 2>&1)
	[ "$is_got" = "$is_want" ] || die "$*: '$is_got', not '$is_want'"
}
printf 'module example.com/l\n\ngo 1.21\n' > go.mod
mkdir -p a/b testdata/x _u .h vendor0 c/d/e c/d/.hid c/d/_un nest
printf '// Package l is short. Not this.\npackage main\n\nimport (\n\t"fmt"\n\t"example.com/l/a"\n)\n\nfunc main() { fmt.Println(a.A) }\n' > main.go
printf 'package a\n\nconst A = 1\n' > a/a.go
printf 'package a\n' > a/a_windows.go
printf 'package a\n' > a/a_linux_s390x.go
printf '//go:build !linux || (foo && bar)\n\npackage a\n' > a/tagged.go
printf '//go:build go1.23 && !go1.24 && gc && unix\n\npackage a\n' > a/release.go
printf 'package a\n\nimport "testing"\n\nfunc TestX(t *testing.T) {}\n' > a/a_test.go
printf 'package b\n\nimport "C"\n' > a/b/cgo.go
printf 'package b\n' > a/b/b.go
printf 'package x\n' > testdata/x/x.go
printf 'package u\n' > _u/u.go
printf 'module nest\n' > nest/go.mod
printf 'package nest\n' > nest/n.go
printf 'package c\n\nimport "embed"\n//go:embed d *.txt\n//go:embed "sp ace"\nvar F embed.FS\n\nvar s = "//go:embed no"\n' > c/c.go
touch c/1.txt c/2.txt c/d/x c/d/.h c/d/_u c/d/e/y c/d/.hid/z 'c/sp ace'

is 'example.com/l' go list
is 'example.com/l
example.com/l/a
example.com/l/a/b
example.com/l/c' go list ./...
is 'example.com/l/a
example.com/l/a/b' go list ./a/...
is 'example.com/l/a' go list -f '{{.ImportPath}}' ./a
is '[a.go release.go]' go list -f '{{.GoFiles}}' ./a
is '[a_linux_s390x.go a_windows.go tagged.go]' go list -f '{{.IgnoredGoFiles}}' ./a
is '[a.go release.go tagged.go]' go list -tags foo,bar -f '{{.GoFiles}}' ./a
is 'a_test.go' go list -f '{{join .TestGoFiles ","}}' ./a
is '[b.go] [cgo.go]' go list -f '{{.GoFiles}} {{.IgnoredGoFiles}}' ./a/b
is 'Package l is short.' go list -f '{{.Doc}}' .
is '[1.txt 2.txt d/e/y d/x sp ace]' go list -f '{{.EmbedFiles}}' ./c
is 'example.com/l/a fmt ' go list -f '{{range .Imports}}{{.}} {{end}}' .
is '0=main.go;main is main' go list -f '{{range $i, $f := .GoFiles}}{{$i}}={{$f}};{{end}}{{if eq .Name "main"}}{{.Name}} is {{printf "%s" .Name}}{{else}}no{{end}}' .
is 'ne' go list -f '{{if ne .Name "keep"}}ne{{end}}' .
is 'yes' go list -f '{{with .Module}}{{if and .Main (not .Replace)}}yes{{end}}{{else}}none{{end}}' .
is 'true true' go list -f '{{.Standard}} {{.Goroot}}' fmt
is 'vendor/golang.org/x/net/dns/dnsmessage' go list -f '{{index .ImportMap "golang.org/x/net/dns/dnsmessage"}}' net
is "linux" env GOOS=linux go list -f '{{context.GOOS}}' .
is '{
	"ImportPath": "example.com/l/a",
	"Name": "a"
}' go list -json=Name,ImportPath ./a
says '"DepOnly": true' go list -deps -json ./a ./c
[ "$(go list -deps . | tail -n 1)" = example.com/l ] || die "-deps is not in dependency order"
[ "$(go list std | wc -l)" -gt 200 ] || die "go list std"
go list std | grep -q '^builtin$' && die "builtin is not part of std"
go list cmd | grep -q '^cmd/gofmt$' || die "go list cmd"
is '&lt;a&#34;&#39;&amp;&gt; \u003Ca\"\'"'"'\u0026\u003E a+%2F%25' go list -f '{{html "<a\"'"'"'&>"}} {{js "<a\"'"'"'&>"}} {{urlquery "a /%"}}' .
is '<main 1><a> inner fmt, end' go list -f '{{define "T"}}<{{.}}{{end}}{{template "T" .Name}} {{len .GoFiles}}>{{define "U"}}{{$}}>{{end}}<{{template `U` "a"}}{{block "B" .Imports}} inner {{index . 1}}{{end}}, end' .
is 'template: main:1:11: executing "main" at <{{template "T"}}>: template "T" not defined' go list -f '{{template "T"}}' .
is 'template: main:1:2: executing "main" at <nil>: nil is not a command' go list -f '{{nil}}' .
says 'exceeded maximum template depth' not go list -f '{{define "T"}}{{template "T"}}{{end}}{{template "T"}}' .
says 'template: main:1: unexpected EOF' not go list -f '{{define "T"}}' .
says 'template: main:1: unexpected "x" in define clause' not go list -f '{{define x}}{{end}}' .
is 'template: main:1: missing value for if' go list -f '{{if}}x{{end}}' .
is '[] [] []' go list -find -f '{{.TestImports}} {{.XTestImports}} {{.Deps}}' ./a
is 'example.com/l' go list -m
is 'example.com/l 1.21' go list -m -f '{{.Path}} {{.GoVersion}}'
not go list -f '{{.Nothing}}' .
not go list -f '{{if}}' .
exit 0
# Strings that differ by 2 are strings, too: go doc asks this.
is 'go1.14' go list -m -f '{{range context.ReleaseTags}}{{if eq . "go1.14"}}{{.}}{{end}}{{end}}'
