# cgo_compilers.sh: which C compiler is taken, how it is called, and that objects of clang and of gcc, by many flags, link and run.
. "$TOP/tests/lib/test.sh"
need go compile link cgo
export GOCACHE="$WORK/cache" CGO_ENABLED=1
host=$(go env GOHOSTARCH)
clang=$(go env CC)
case $clang in *clang*) ;; *) die "this test wants clang to be the compiler that is found: $clang" ;; esac

# Objects. What a package asks for must not make them such that they do not link: models of TLS, LTO.
cp -R "$TOP/tests/cgo/objects" .
cd objects || exit 1
tried=
for compiler in "$host $clang" "arm64 $clang" "riscv64 $clang" "$host gcc" "arm64 aarch64-linux-gnu-gcc" "riscv64 riscv64-linux-gnu-gcc"; do
	arch=${compiler%% *} cc=${compiler#* }
	[ -d "$SDK/lib/linux_$arch" ] && command -v "$cc" > /dev/null || continue
	tried="$tried ${cc##*/}"
	for flags in '-O2 -g' '-O0 -fPIC -fno-plt -ftls-model=global-dynamic -gz' '-O3 -flto -fcommon -fstack-protector-strong -D_FORTIFY_SOURCE=2'; do
		CC=$cc GOARCH=$arch CGO_CFLAGS=$flags go run . > got 2>&1 || { cat got; die "$arch, $cc $flags"; }
		same want got
	done
done
case $tried in *\ gcc*) ;; *) die "gcc was not tried:$tried" ;; esac
cd ..
echo "# compilers:$tried"

mkdir one programs
cd one || exit 1
printf 'module example.com/one\n\ngo 1.23\n' > go.mod
printf 'package main\n\n// #include <zlib.h>\n// int f(void) { return 42; }\nimport "C"\n\nfunc main() { println(C.f()) }\n' > main.go
sdkgo=$SDK/bin/go
# program NAME COMMAND: a script in the only folder of PATH.
program() {
	printf '#!%s\nPATH=%s\n%s\n' "$(command -v sh)" "$PATH" "$2" > "$WORK/programs/$1"
	chmod +x "$WORK/programs/$1"
}
only() {
	env PATH="$WORK/programs" "$@"
}
# is WANT COMMAND...: that is its output.
is() {
	is_want=$1
	shift
	is_got=$("$@" 2>&1)
	[ "$is_got" = "$is_want" ] || die "'$is_got' instead of '$is_want' from: $*"
}

# The order: nothing, zig, gcc, clang, and what the variables say.
says "no C compiler for linux/$host was found; unpack slipway-*-clang.linux-$host.tar.xz" only "$sdkgo" build
says "apt-get install clang-19" only "$sdkgo" build
program zig 'echo "$*" >> "$ZIGLOG"
shift
for a; do shift; case $a in -target) continue ;; *-linux-musl) a=--target=$a ;; esac; set -- "$@" "$a"; done
exec '"$clang"' -nostdlibinc "$@"'
export ZIGLOG="$WORK/ziglog"
is "$WORK/programs/zig cc" only "$sdkgo" env CC
is "$WORK/programs/zig c++" only "$sdkgo" env CXX
GOARCH=arm64 only "$sdkgo" build -o prog . > log 2>&1 || { cat log; die "zig"; }
grep -q "^cc -target aarch64-linux-musl -isystem $SDK/lib/linux_arm64/include " "$ZIGLOG" || die "zig was called thus: $(sed -n 1p "$ZIGLOG")"
program gcc 'exec gcc "$@"'
program aarch64-linux-gnu-gcc "exec $clang"' --target=aarch64-linux-musl "$@"'
is "$WORK/programs/gcc" only "$sdkgo" env CC
is "$WORK/programs/aarch64-linux-gnu-gcc" only GOARCH=arm64 "$sdkgo" env CC
program clang "exec $clang"' "$@"'
program clang-19 "exec $clang"' "$@"'
is "$WORK/programs/clang-19" only "$sdkgo" env CC
is gcc only CC=gcc "$sdkgo" env CC
is 42 only "$sdkgo" run .
is 42 only CC=gcc "$sdkgo" run .

# Words in the variables; the one for a target comes first.
CC="$clang -O1 '-DONE=a b'" go build -x -o prog . 2> log || { cat log; die "CC with words"; }
grep -q "clang[^ ]* -O1 \"-DONE=a b\" --target=" log || die "CC with words: $(grep -m 1 cgo2.c log)"
CC=/nonexistent CC_FOR_linux_arm64="$clang -DFOR_ARM64" GOARCH=arm64 go build -x -o prog . 2> log || { cat log; die "CC_FOR_linux_arm64"; }
grep -q -e '-DFOR_ARM64 --target=aarch64-linux-musl' log || die "CC_FOR_linux_arm64"
says 'it is the value of CC)' env CC=/nonexistent "$sdkgo" build
program ccache 'exec "$@"'
CC="$WORK/programs/ccache $clang" GOARCH=arm64 go build -x -o prog . 2> log || { cat log; die "ccache"; }
grep -q "ccache $clang --target=aarch64-linux-musl" log || die "ccache hides clang: $(grep -m 1 cgo2.c log)"

# CGO_CFLAGS, and flags that only the user may allow.
CGO_CFLAGS='-O1 -DMINE' go build -x -o prog . 2> log || die "CGO_CFLAGS"
grep -q -e '-O1 -DMINE' log || die "CGO_CFLAGS are not used"
sed 's|^// #include|// #cgo CFLAGS: -fno-strict-aliasing -finstrument-nothing -I.\n&|' main.go > new && mv new main.go
says 'invalid flag in #cgo CFLAGS: -finstrument-nothing' go build
says "unknown argument: '-finstrument-nothing'" env CGO_CFLAGS_ALLOW='-finstrument-.*' "$sdkgo" build
sed 's| -finstrument-nothing||' main.go > new && mv new main.go
says 'invalid flag in #cgo CFLAGS: -fno-strict-aliasing' env CGO_CFLAGS_DISALLOW='-fno-s.*' "$sdkgo" build
ok go build -o prog .

# C++ without a library, and what is said to those who want one.
sed 's|^int f.*|int f(void);|; s|^// int f.*|// int f(void);|; /^.. #cgo/d' main.go > new && mv new main.go
cat > f.cc <<'C'
struct Base { virtual int get() { return 40; } };
struct Own : Base { int n = 2; int get() override { return Base::get() + n; } };
template <class T> static T add(T a, T b) { return a + b; }
static Own &own() { static Own o; return o; }
extern "C" int f(void) { Base &b = own(); return add(b.get(), 0); }
C
is 42 go run .
! command -v g++ > /dev/null || is 42 env CC=gcc CXX=g++ "$sdkgo" run .
for a in arm64 riscv64; do
	[ ! -d "$SDK/lib/linux_$a" ] || is 42 env GOARCH=$a "$sdkgo" run .
done
printf '#include <string>\nextern "C" int f(void) { return std::string("x").size(); }\n' > f.cc
says 'there is no C++ library in this SDK' go build
printf 'extern "C" int f(void) { try { throw 1; } catch (int) { } return 0; }\n' > f.cc
says "with exceptions disabled" go build
printf 'int *kept;\nextern "C" int f(void) { return *(kept = new int(1)); }\n' > f.cc
says "relocation target _Znwm not defined" go build

# What go list says of it.
is '[main.go] [f.cc] [-DX=1] [-lz] [zlib]' sh -c "sed 's|^// #include|// #cgo CFLAGS: -DX=1\n// #cgo LDFLAGS: -lz\n// #cgo pkg-config: zlib\n&|' main.go > new && mv new main.go &&
	go list -f '{{.CgoFiles}} {{.CXXFiles}} {{.CgoCFLAGS}} {{.CgoLDFLAGS}} {{.CgoPkgConfig}}'"
go list -json=CgoFiles,CXXFiles,CgoCFLAGS > json
for f in '"CgoFiles": \[' '"main.go"' '"CXXFiles": \[' '"CgoCFLAGS": \[' '"-DX=1"'; do
	grep -q "$f" json || { cat json; die "go list -json: no $f"; }
done
exit 0
