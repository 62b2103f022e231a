# go_workspace.sh: go work sync and go work vendor, against what gc's go command says and writes. go_workspace.want is its transcript:
#	REFERENCE=/usr/lib/go-1.23/bin/go sh tests/run cli go_workspace
# makes it anew, with that go command in place of the SDK's.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/modproxy.sh"
need go compile link gomod
export GOPATH="$WORK/gopath" GOFLAGS= GOSUMDB=off GONOSUMDB= GOPRIVATE= GOPROXY="file://$WORK/proxy" GOMODCACHE="$WORK/mod" GOTOOLCHAIN=local
proxy_build
module_trees trees
proxy_make trees proxy

put ws/go.work 'go 1.22\n\nuse (\n\t./m1\n\t./m2\n)\n'
put ws/m1/go.mod 'module example.com/m1\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n\nrequire example.com/b v1.0.0 // indirect\n'
put ws/m1/main.go 'package main\n\nimport "example.com/a"\n\nfunc main() { println(a.V) }\n'
put ws/m2/go.mod 'module example.com/m2\n\ngo 1.22\n\nrequire (\n\texample.com/a v1.1.0\n\texample.com/c v1.0.0\n)\n\nrequire (\n\texample.com/b v1.1.0 // indirect\n\texample.com/d v1.0.0 // indirect\n)\n'
put ws/m2/m.go 'package main\n\nimport (\n\t"example.com/a"\n\t_ "example.com/c"\n)\n\nfunc main() { println(a.V) }\n'
cp -r ws synced
cp -r ws same
put same/m1/go.mod 'module example.com/m1\n\ngo 1.21\n'
put same/m1/main.go 'package main\n\nfunc main() {}\n'
cp -r ws fresh
put fresh/go.work 'go 1.21\n\nuse ./m1\n\nuse ./m2\n'
put fresh/m3/go.mod 'module example.com/m3\n\ngo 1.23\n'
cp -r ws replaced
put replaced/go.work 'go 1.22\n\nuse (\n\t./m1\n\t./m2\n)\n\nreplace example.com/b => ./local/b\n\nreplace example.com/unused v1.0.0 => example.com/c v1.0.0\n'
put replaced/local/b/go.mod 'module example.com/b\n\ngo 1.17\n'
put replaced/local/b/b.go 'package b\n\nconst V = "local"\n'
put replaced/m1/go.mod 'module example.com/m1\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n\nrequire example.com/b v1.0.0 // indirect\n\nreplace example.com/d => ../local/d\n'
put replaced/local/d/go.mod 'module example.com/d\n'
put replaced/local/d/d.go 'package d\n'
mkdir none

show() { for f in "$@"; do echo "-- $f"; cat "$f"; done; }

project none
step 'go_ work sync'
step 'go_ work vendor'

project synced
step 'go_ work sync; show m1/go.mod m2/go.mod go.work'
step 'go_ work sync; show m1/go.mod m2/go.mod go.work'

project same
step 'go_ work sync; show m1/go.mod m2/go.mod go.work'

project fresh
step 'go_ work use ./m3; go_ work sync; show go.work m1/go.mod m3/go.mod'

project ws
step 'go_ mod vendor'
step 'go_ work vendor; find vendor -type f; cat vendor/modules.txt'
step 'GOPROXY=off; GOMODCACHE=/nowhere; export GOPROXY GOMODCACHE; go_ run ./m1; go_ run ./m2; go_ list -f "{{.Dir}}" example.com/a'
step 'go_ work vendor -o elsewhere; find elsewhere -type f'
step 'rm -r vendor; go_ work vendor -v'

project replaced
step 'go_ work vendor; cat vendor/modules.txt; cat vendor/example.com/b/b.go; go_ run ./m1'
transcript_is go_workspace.want
[ -z "$REFERENCE" ] || exit 0
# the module that was changed can be built on its own; gc leaves out hashes of go.mod files
cd ../synced/m1 || exit 1
says 'a1.1 b1.1' env GOWORK=off go run .
says "go: 'go work vendor' accepts no arguments" go work vendor extra
exit 0
