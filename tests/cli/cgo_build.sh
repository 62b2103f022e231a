# cgo_build.sh: what the go command makes of packages with C: bytes, cache, flags, messages.
. "$TOP/tests/lib/test.sh"
need go compile link cgo
export GOCACHE="$WORK/cache" CGO_ENABLED=1

# Static whatever uses it, and the same bytes from anywhere.
cp -R "$TOP/tests/cgo/files" .
cd files || exit 1
ok go build -trimpath -o one .
command -v readelf > /dev/null && readelf -lW one | grep -q INTERP && die "the program wants an interpreter"
cp -R . ../elsewhere
(cd ../elsewhere && rm -f one && ok env GOCACHE="$WORK/cache2" go build -trimpath -o two .)
cmp -s one ../elsewhere/two || die "-trimpath: the bytes depend on the folder"

# The cache: nothing runs again, a header counts, flags count.
ok go build -o prog .
ok go build -x -o prog . 2> log
grep -q 'cgo2.c\|/cgo ' log && die "cgo ran again though nothing changed"
sed 's/heap + sched/heap - sched/' square.c > new && mv new square.c
ok go build -x -o prog . 2> log
grep -q 'square.c' log || die "a changed C file was not compiled"
printf '\n/* more */\n' >> own.h
ok go build -x -o prog . 2> log
grep -q 'square.c' log || die "a changed header was not noticed"
CGO_CFLAGS=-O1 go build -x -o prog . 2> log
grep -q 'square.c' log || die "a changed flag was not noticed"
cd ..

# Tests of a package with cgo; vet passes over it.
mkdir mixed
printf 'module example.com/mixed\n\ngo 1.23\n' > mixed/go.mod
printf 'package mixed\n\n// static int f(void) { return 4; }\nimport "C"\n\nfunc F() int { return int(C.f()) }\n' > mixed/a.go
printf 'package mixed\n\nfunc G() int { return F() + 1 }\n' > mixed/b.go
printf 'package mixed\n\nimport "testing"\n\nfunc TestG(t *testing.T) {\n\tif G() != 5 {\n\t\tt.Fatal(G())\n\t}\n}\n' > mixed/b_test.go
(cd mixed && ok go vet && ok go test) || exit 1

# What is refused, and how it is said.
mkdir bad
cd bad || exit 1
printf 'module example.com/bad\n\ngo 1.23\n' > go.mod
source() {
	printf 'package main\n\n%s\nimport "C"\n\nfunc main() { %s }\n' "$1" "${2-}" > main.go
}
source '// #cgo CFLAGS: -fplugin=evil.so'
says 'invalid flag in #cgo CFLAGS: -fplugin=evil.so' go build
source '// #cgo LDFLAGS: -Wl,-rpath,x,--other'
says 'invalid flag in #cgo LDFLAGS: -Wl,-rpath,x,--other' go build
source '// #cgo CFLAGS: -include @file'
says 'invalid flag in #cgo CFLAGS: -include @file' go build
source '// #cgo CFLAGS -O2'
says 'invalid #cgo line: #cgo CFLAGS -O2' go build
source '// #cgo WHAT: -O2'
says 'invalid #cgo verb: #cgo WHAT: -O2' go build
source '// #cgo LDFLAGS: -lnosuchlibrary' ''
says 'cannot find -lnosuchlibrary' go build
source '// int missing(int);' 'C.missing(1)'
says 'relocation target missing not defined' go build
source '// #include <stdio.h>' 'C.printf(nil)'
says 'cgo: ' go build
source '// #error wrong' ''
says 'wrong' go build
source '// int f(void) { return 1; }' 'C.f()'
says 'no C compiler for' env PATH=/nonexistent CC= "$SDK/bin/go" build
says 'executable file not found' env CC=/nonexistent/cc go build
says 'they use cgo, which is off: set CGO_ENABLED=1' env CGO_ENABLED=0 go build
[ "$(go list -f '{{.CgoFiles}} {{.CgoCFLAGS}}')" = '[main.go] []' ] || die "go list: $(go list -f '{{.CgoFiles}} {{.CgoCFLAGS}}')"
source '// #cgo CFLAGS: -DX=1 -I${SRCDIR}/inc'
[ "$(go list -f '{{.CgoCFLAGS}}')" = "[-DX=1 -I$PWD/inc]" ] || die "go list: $(go list -f '{{.CgoCFLAGS}}')"
