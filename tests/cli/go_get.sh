# go_get.sh: go get, go mod and go list -m, against what gc's go command says and writes. go_get.want is its transcript:
#	REFERENCE=/usr/lib/go-1.23/bin/go sh tests/run cli go_get
# makes it anew, with that go command in place of the SDK's.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/modproxy.sh"
need go compile link gomod
export GOPATH="$WORK/gopath" GOFLAGS= GOSUMDB=off GONOSUMDB= GOPRIVATE= GOPROXY="file://$WORK/proxy" GOMODCACHE="$WORK/mod" GOTOOLCHAIN=local
proxy_build
module_trees trees
proxy_make trees proxy
for branch in main abcdef012345; do
	cp proxy/example.com/b/@v/v1.1.1-0.20210203040506-abcdef012345.info proxy/example.com/b/@v/$branch.info
done

module_program prog
put comments/go.mod '// Head comment.

// Package doc.
module example.com/p // its name

go 1.21 // language

// A block.
require (
	// why a
	example.com/a v1.0.0 // a suffix
	example.com/b v1.0.0 // indirect
)

require example.com/d v1.0.0 // indirect; kept

replace example.com/zz => ../zz // local

exclude example.com/b v1.1.0

// The beginning.
retract (
	v0.9.0 // broken
	[v0.1.0, v0.2.0]
)
'
put comments/m.go 'package main\n\nimport "example.com/a"\n\nfunc main() { println(a.V) }\n'
put unpruned/go.mod 'module example.com/old\n\ngo 1.16\n'
put unpruned/m.go 'package main\n\nimport "example.com/a"\n\nfunc main() { println(a.V) }\n'
put replaced/go.mod 'module example.com/p\n\ngo 1.20\n\nreplace example.com/c => ./loc\n\nreplace example.com/b v1.1.0 => example.com/b v1.0.0\n'
put replaced/main.go 'package main\n\nimport (\n\t"example.com/Up/v2"\n\t"example.com/a"\n\t"example.com/c/sub"\n)\n\nfunc main() { println(a.V, up.V, sub.T) }\n'
put replaced/loc/go.mod 'module example.com/c\n\ngo 1.16\n'
put replaced/loc/c.go 'package c\n'
put replaced/loc/LICENSE 'licence\n'
put replaced/loc/sub/s.go 'package sub\n\nimport _ "embed"\n\n//go:embed t.txt\nvar T string\n'
put replaced/loc/sub/t.txt 'embedded'
put ws/m1/go.mod 'module example.com/m1\n\ngo 1.21\n'
put ws/m1/main.go 'package main\n\nimport "example.com/a"\n\nfunc main() { println(a.V) }\n'
put ws/m2/go.mod 'module example.com/m2\n\ngo 1.22\n\nrequire example.com/c v1.0.0\n'
put ws/m2/m.go 'package main\n\nimport _ "example.com/c"\n\nfunc main() {}\n'

project prog
step 'go_ build'
step 'go_ mod tidy'
step 'go_ run .'
step 'go_ mod graph'
step 'go_ mod why example.com/b example.com/d example.com/c'
step 'go_ mod why -m example.com/c'
step 'go_ list -m -u all'
step 'go_ get example.com/b@v1.0.0'
step 'go_ build -o /dev/null'
step 'go_ list -m -u all'
step 'go_ list -m -versions example.com/b'
step 'go_ list -m -versions -retracted example.com/b'
step 'go_ list -m example.com/b@main example.com/a@latest example.com/b@v1 "example.com/a@<v1.1.0"'
step 'go_ list -m example.com/zz@latest'
step 'go_ get example.com/a'
step 'go_ get -u'
step 'go_ get example.com/b@none'
step 'go_ get .'
step 'go_ get example.com/b@main'
step 'go_ get example.com/d/sub'
step 'go_ get example.com/d/zz'
step 'go_ get example.com/zz'
step 'go_ get example.com/new'
step 'go_ get example.com/b@v2'
step 'go_ get example.com/b@patch'
step 'go_ get example.com/nosuch@v1.0.0'
step 'go_ get example.com/b@v1.0.0 example.com/b@v1.1.0'
step 'go_ get example.com/a@'
step 'go_ get ./nosuch'
step 'go_ get -u -t ./...'
step 'go_ mod tidy -v'
step 'go_ mod tidy -diff'
step 'go_ get -foo'
step 'go_ mod tidy -foo'
step 'go_ mod verify x'
step 'go_ mod download example.com/zz@v1.0.0'
step 'go_ mod download -json example.com/c@latest'
step 'go_ mod edit -droprequire=example.com/b; go_ mod tidy -diff'
step 'go_ build -mod=mod -o /dev/null'
step 'go_ run example.com/Up/v2/cmd/hi@v2.0.1'
step 'go_ run example.com/Up/v2/cmd/hi@v2.0.0'
step 'go_ run example.com/a@latest'
step 'go_ run example.com/zz@latest'
step 'GOBIN=$WORK/bin go_ install example.com/Up/v2/cmd/hi@latest; $WORK/bin/hi; go_ version -m $WORK/bin/hi | grep "path\|mod\|dep"'

project comments
step 'go_ mod edit -json'
step 'go_ mod edit -require=example.com/b@v1.1.0 -dropexclude=example.com/b@v1.1.0'
step 'go_ mod edit -require=example.com/q@v1.2.3 -droprequire=example.com/d'
step 'go_ mod edit -go=1.22 -toolchain=go1.23.5 -godebug=panicnil=1 -replace=example.com/x@v1.0.0=../x -replace=example.com/y=example.com/z@v1.1.1'
step 'go_ mod edit -print -fmt'
step 'go_ mod edit -retract=v0.3.0 -dropretract=v0.9.0 -module=example.com/newname -exclude=example.com/q@v1.0.0'
step 'go_ mod edit -require=foo'
step 'go_ mod edit'
step 'go_ mod edit -dropreplace=example.com/y -dropgodebug=panicnil -toolchain=none -droprequire=example.com/q'
step 'go_ mod tidy'
step 'go_ get example.com/b@latest'
step 'echo "foo bar" >> go.mod; go_ mod edit -json'
step 'go_ mod tidy'

project unpruned
step 'go_ mod tidy'
step 'go_ build -o /dev/null'
step 'go_ get example.com/c'
step 'go_ list -m all'
step 'go_ mod graph'
step 'go_ get example.com/a@v1.0.0'
step 'go_ get example.com/b@v1.0.0'
step 'go_ mod tidy -go=1.17'
step 'go_ mod tidy -go=1.18'
step 'go_ mod tidy -go=1.16'
step 'go_ mod vendor; find vendor -type f | sort; cat vendor/modules.txt'

project replaced
step 'go_ mod tidy'
step 'go_ run .'
step 'go_ mod vendor; find vendor -type f | sort; cat vendor/modules.txt'
step 'go_ run .'
step 'rm -r vendor; go_ mod verify'
step 'go_ mod graph'
step 'go_ get example.com/a@v1.0.0'
step 'go_ list -m all'

project ws
step 'cd m1 && go_ mod tidy'
step 'go_ work init ./m1; cat go.work'
step 'go_ work use ./m2; cat go.work'
step 'go_ run ./m1'
step 'go_ build -o /dev/null ./m2'
step 'cat go.work.sum'
step 'go_ list -m all'
step 'go_ mod download'
step 'go_ work edit -replace=example.com/b@v1.1.0=example.com/b@v1.0.0; cat go.work'
step 'go_ run ./m1'
step 'go_ list -m all; cat go.work.sum'
step 'echo "// kept" >> go.work; go_ work edit -dropuse=./m2 -go=1.23; cat go.work'
step 'go_ work use -r .; cat go.work'
step 'go_ work use ./none'
step 'go_ work edit -json'
step 'go_ mod vendor'
step 'go_ clean -modcache; ls $GOMODCACHE | wc -l'

put "$WORK/nosums"/go.mod 'module example.com/p\n\ngo 1.21\n\nrequire example.com/a v1.1.0\n\nrequire example.com/b v1.1.0 // indirect\n'
put "$WORK/nosums"/main.go 'package main\n\nimport "example.com/a"\n\nfunc main() { println(a.V) }\n'
put "$WORK/nosums"/sub/s.go 'package sub\n\nimport _ "example.com/zz"\n'
project nosums
step 'go_ list -e -f "{{.ImportPath}}{{range .DepsErrors}} {{.Pos}} {{.Err}}{{end}}" ./...'
step 'rm -r sub; go_ mod tidy'
step 'go_ list -m example.com/a example.com/nosuch'
step 'go_ list -m -e example.com/a example.com/nosuch'
step 'go_ list -m -e -json example.com/nosuch'
step 'go_ list -f "{{(module \`example.com/a\`).Version}} {{module \`example.com/b\`}} {{module \`example.com/zz\`}}" .'
step 'go_ list -m -f "{{.Path}} {{.Time}} {{.Dir}}" example.com/b@latest'
# a go.mod and sources that are only in an overlay, with nothing downloaded so far
put "$WORK/ov/go.mod" 'module example.com/p\n\ngo 1.21\n'
put "$WORK/ov/main.go" 'package main\n\nfunc main() {}\n'
put "$WORK/ov.json" '{"Replace": {"go.mod": "../nosums/go.mod", "go.sum": "../nosums/go.sum", "main.go": "../nosums/main.go", "more/m.go": "../nosums/main.go"}}'
project ov
GOPROXY="file://$WORK/proxy"
step 'go_ run -overlay ../ov.json .'
step 'go_ build -overlay ../ov.json ./more'
project ov
step 'go_ list -overlay ../ov.json -deps -f "{{if .Module}}{{.ImportPath}} {{.Module}}{{end}}" ./...'
transcript_is go_get.want
[ -n "$REFERENCE" ] || says '-overlay is not supported by go mod tidy' not go mod tidy -overlay ../ov.json
exit 0
