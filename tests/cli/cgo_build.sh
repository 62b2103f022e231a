# cgo_build.sh: what the go command makes of packages with C: bytes, cache, flags, messages.
. "$TOP/tests/lib/test.sh"
need go compile link cgo
export GOCACHE="$WORK/cache" CGO_ENABLED=1
host=$(go env GOHOSTOS)_$(go env GOHOSTARCH)

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

# Tests of a package with cgo; vet reads what cgo made, whether that is new or from the cache, and so does go list -compiled.
mkdir mixed
cd mixed || exit 1
printf 'module example.com/mixed\n\ngo 1.23\n' > go.mod
cat > a.go <<'X'
package mixed

// static int f(void) { return 4; }
// static void take(void *p) { (void)p; }
import "C"

import (
	"fmt"
	"unsafe"
)

func F() int { return int(C.f()) }

func Logf(format string, a ...any) { fmt.Printf(format, a...) }

func Take() {
	c := make(chan int)
	C.take(unsafe.Pointer(&c))
}
X
printf 'package mixed\n\nfunc G() int {\n\tLogf("%%d", "x")\n\treturn F() + 1\n}\n' > b.go
printf 'package mixed\n\nimport "testing"\n\nfunc TestG(t *testing.T) {\n\tif G() != 5 {\n\t\tt.Fatal(G())\n\t}\n}\n' > b_test.go
mkdir user
printf 'package user\n\nimport "example.com/mixed"\n\nfunc H() { mixed.Logf("%%s", 1) }\n' > user/user.go
for how in new cached; do
	rm -f vet.out
	not go vet ./... > vet.out 2>&1
	for line in './a.go:18:9: possibly passing Go type with embedded pointer to C' \
		'./b.go:4:2: example.com/mixed.Logf format %d has arg "x" of wrong type string' \
		'user/user.go:5:12: example.com/mixed.Logf format %s has arg 1 of wrong type int'; do
		grep -qxF -e "$line" vet.out || { cat vet.out; die "go vet, $how: no '$line'"; }
	done
done
says 'format %d has arg "x" of wrong type' go test
printf 'package mixed\n\nfunc G() int { return F() + 1 }\n' > b.go
ok go test
for f in $(go list -compiled -f '{{join .CompiledGoFiles "\n"}}'); do
	echo "$f" >> compiled
	ok grep -q '^package mixed' "$f"
done
[ "$(wc -l < compiled)" = 3 ] && [ "$(sed -n 1p compiled)" = b.go ] || die "go list -compiled: $(cat compiled)"
rm compiled
cd ..

# Libraries by pkg-config: the program, where there is one, and our own reader find the same.
mkdir pc noprogram
printf '#!%s\nPATH=%s exec %s "$@"\n' "$(command -v sh)" "$PATH" "$(go env CC)" > noprogram/clang-19
chmod +x noprogram/clang-19
cd pc || exit 1
printf 'module example.com/pc\n\ngo 1.23\n' > go.mod
cat > main.go <<'X'
package main

// #cgo pkg-config: zlib
// #include <zlib.h>
import "C"
import "fmt"

func main() { fmt.Println(C.GoString(C.zlibVersion()), C.ZLIB_VERSION) }
X
v=$(sed -n 's/^Version: //p' "$SDK/lib/$host/pkgconfig/zlib.pc")
noprogram() {
	env PATH="$WORK/noprogram" "$SDK/bin/go" "$@"
}
[ "$(noprogram run .)" = "$v $v" ] || die "pkg-config: zlib: $(noprogram run . 2>&1)"
mkdir more
export PKG_CONFIG_PATH="$PWD/more"
cat > more/own.pc <<'X'
prefix=/opt/own
libdir=${prefix}/lib\
/deep
Name: own
Description: all that may stand in such a file
Version: 1
Requires: zlib >= 1.2, other
Requires.private: cmocka > 1
Libs: -L${libdir} -lown '-L/a b'
Libs.private: -lm # a comment
Cflags: -I${pcfiledir}/inc -DX=\"y\"
X
printf 'Name: other\nDescription: other\nVersion: 2\nRequires: own\nLibs: -lother\nCflags: -DOTHER\n' > more/other.pc
sed 's/pkg-config: zlib/pkg-config: own/' main.go > new && mv new main.go
noprogram build -n 2>&1 | grep 'cgo -objdir' > own
grep -qF -e '\"-L/opt/own/lib/deep\" \"-lown\" \"-L/a b\" \"-lm\" \"-lz\" \"-lother\" \"-lcmocka\"" -- '"-I$PWD/more/inc \"-DX=\\\"y\\\"\" -DOTHER" own ||
	die "our reader: $(cat own)"
if command -v pkg-config > /dev/null; then
	go build -n 2>&1 | grep 'cgo -objdir' > theirs
	same theirs own
	[ "$(PKG_CONFIG_LIBDIR="$SDK/lib/$host/pkgconfig" pkg-config --modversion zlib)" = "$v" ] || die "pkg-config cannot read zlib.pc"
fi
printf 'Cflags: -fplugin=evil\n' >> more/own.pc
sed '/^Cflags: -I/d' more/own.pc > new && mv new more/own.pc
says 'invalid flag in pkg-config --cflags: -fplugin=evil' noprogram build
printf 'Libs: ${nothing}\n' > more/own.pc
says 'own.pc: variable nothing is not defined' noprogram build
rm more/own.pc
says 'package own was not found: there is no own.pc in ' noprogram build
says 'executable file not found in $PATH' env PKG_CONFIG=/nonexistent/pkg-config "$SDK/bin/go" build
unset PKG_CONFIG_PATH
cd ..

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
source '// #cgo CFLAGS: -DX=1 -UX=1'
says 'invalid flag in #cgo CFLAGS: -UX=1' go build
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
