# go_modules.sh: the module cache, replace, vendor, workspaces; no network anywhere.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/modproxy.sh"
need go compile link gomod
export GOMODCACHE="$WORK/mod" GOPROXY=off GOSUMDB=off GOFLAGS=
proxy_build
put trees/example.com/b@v1.0.0/go.mod 'module example.com/b\n'
put trees/example.com/b@v1.0.0/b.go 'package b\n\nconst V = "b1.0"\n'
put trees/example.com/b@v1.1.0/go.mod 'module example.com/b\n'
put trees/example.com/b@v1.1.0/b.go 'package b\n\nconst V = "b1.1"\n'
put trees/example.com/a@v1.0.0/go.mod 'module example.com/a\n\ngo 1.16\n\nrequire example.com/b v1.1.0\n'
put trees/example.com/a@v1.0.0/a.go 'package a\n\nimport "example.com/b"\n\nconst V = "a1.0 " + b.V\n'
put trees/example.com/Up/v2@v2.0.0/go.mod 'module example.com/Up/v2\n'
put trees/example.com/Up/v2@v2.0.0/u.go 'package up\n\nconst V = "up2"\n'
proxy_make trees proxy

mkdir p p/loc p/p1
cd p || exit 1
printf 'module example.com/p\n\ngo 1.16\n\nrequire (\n\texample.com/a v1.0.0\n\texample.com/b v1.1.0\n\texample.com/Up/v2 v2.0.0\n\texample.com/loc v0.0.0\n)\n\nreplace example.com/loc => ./loc\n' > go.mod
printf 'module example.com/loc\n' > loc/go.mod
printf 'package loc\n\nconst V = "loc"\n' > loc/l.go
printf 'package main\n\nimport (\n\t"example.com/Up/v2"\n\t"example.com/a"\n\t"example.com/b"\n\t"example.com/loc"\n)\n\nfunc main() { println(a.V, b.V, up.V, loc.V) }\n' > main.go
printf 'package p1\n' > p1/p.go
ok env GOPROXY="file://$WORK/proxy" go mod download all example.com/b@v1.0.0
says 'a1.0 b1.1 b1.1 up2 loc' go run .
says 'example.com/b v1.1.0' go list -m all
says 'example.com/loc v0.0.0 => ./loc' go list -m all
ok go build
says 'dep	example.com/a	v1.0.0	h1:' go version -m p
says '=>	./loc	(devel)' go version -m p

# errors
printf 'package q\n\nimport (\n\t_ "example.com/a/none"\n\t_ "example.com/zz"\n\t_ "nosuch/std"\n)\n' > p1/q.go
sed -i 's/package q/package p1/' p1/q.go
says 'p1/q.go:5:2: no required module provides package example.com/zz; to add it:' go build ./p1
says 'p1/q.go:6:2: package nosuch/std is not in std' go build ./p1
rm p1/q.go
cp go.sum sums.all
grep -v '^example.com/a ' sums.all > go.sum
says 'missing go.sum entry' go build
cp sums.all go.sum
sed 's/v1.0.0/v1.7.0/' go.mod > x.mod
cp x.mod other.mod && cp go.sum other.sum
says 'v1.7.0' not go build -modfile=other.mod
rm -f x.mod other.mod other.sum

sed -i 's/b v1.1.0/b v1.0.0/' go.mod
says 'updates to go.mod needed' not go build
says 'a1.0 b1.1 b1.1 up2 loc' go run -mod=mod .
sed -i 's/b v1.0.0/b v1.1.0/' go.mod

# vendor
ok go mod vendor
says '# example.com/a v1.0.0' cat vendor/modules.txt
mv "$GOMODCACHE" "$GOMODCACHE.away"
says 'a1.0 b1.1 b1.1 up2 loc' go run -mod=vendor .
says "$PWD/vendor/example.com/a" go list -f '{{.Dir}}' example.com/a
mv "$GOMODCACHE.away" "$GOMODCACHE"
sed -i 's/^# example.com.a v1.0.0/# example.com\/a v1.3.0/' vendor/modules.txt
says 'inconsistent vendoring in' not go build
says 'a1.0' go run -mod=mod .
rm -r vendor

# internal packages, cycles, commands
mkdir -p i/internal/x j c1 c2
printf 'package x\n' > i/internal/x/x.go
printf 'package j\n\nimport _ "example.com/p/i/internal/x"\n' > j/j.go
says 'use of internal package example.com/p/i/internal/x not allowed' not go build ./j
printf 'package c1\n\nimport _ "example.com/p/c2"\n' > c1/c.go
printf 'package c2\n\nimport _ "example.com/p/c1"\n' > c2/c.go
says 'import cycle not allowed' not go build ./c1
printf 'package j\n\nimport _ "example.com/p"\n' > j/j.go
says 'import "example.com/p" is a program, not an importable package' not go build ./j
rm -r i j c1 c2

# workspaces
mkdir ../w ../w/m1 ../w/m2
cd ../w || exit 1
printf 'module m1\n\ngo 1.21\n' > m1/go.mod
printf 'package main\n\nimport "m2.com/x"\n\nfunc main() { println(x.X) }\n' > m1/m.go
printf 'module m2.com/x\n\ngo 1.22\n' > m2/go.mod
printf 'package x\n\nconst X = "from the workspace"\n' > m2/x.go
ok go work init ./m1
ok go work use ./m2
says 'from the workspace' go run ./m1
says 'm2.com/x' go list -m
says "$PWD/go.work" go env GOWORK
says 'no required module provides package m2.com/x' env GOWORK=off sh -c 'cd m1 && ! go build'

# new modules
mkdir ../new && cd ../new || exit 1
says 'creating new go.mod: module example.com/new' go mod init example.com/new
says 'go 1.23.5' cat go.mod
says 'already exists' not go mod init x.com/y
says '"Path": "example.com/new"' go mod edit -json
printf 'module example.com/new\n\ngo 1.99\n' > go.mod
says 'go.mod requires go >= 1.99 (running go 1.23.5; GOTOOLCHAIN=local)' not go list
exit 0

# one folder cannot stand for two modules, nor two import paths differ in case alone
mkdir -p "$WORK/twice/same" "$WORK/twice/lib" "$WORK/twice/Lib"
cd "$WORK/twice" || exit 1
printf 'module example.com/same\n' > same/go.mod
printf 'package same\n' > same/s.go
printf 'module t\n\ngo 1.20\n\nrequire (\n\texample.com/a v0.0.0\n\texample.com/b v0.0.0\n)\n\nreplace (\n\texample.com/a => ./same\n\texample.com/b => ./same\n)\n' > go.mod
printf 'package t\n\nimport (\n\t_ "example.com/a"\n\t_ "example.com/b"\n)\n' > t.go
not go build . 2> err
printf 'go: ./same@ used for two different module paths (example.com/a and example.com/b)\n' > want
same want err
printf 'module t\n' > go.mod
printf 'package lib\n' | tee lib/l.go > Lib/l.go
printf 'package t\n\nimport (\n\t_ "t/Lib"\n\t_ "t/lib"\n)\n' > t.go
not go build . 2> err
printf 't.go:5:2: case-insensitive import collision: "t/lib" and "t/Lib"\n' > want
same want err
