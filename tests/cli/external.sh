# external.sh: programs that the C compiler links (-linkmode=external), for every target of the SDK, and flags of the linker.
. "$TOP/tests/lib/test.sh"
need go compile link cgo
export GOCACHE="$WORK/cache"
external='-ldflags=-linkmode=external'
host=$(go env GOHOSTOS)_$(go env GOHOSTARCH)
clang=$(go env CC)
case $clang in *clang*) ;; *) die "go env CC says $clang: this test needs clang" ;; esac
"$clang" -print-prog-name=ld.lld | grep -q '^/' || skip "no lld beside $clang"

# copy FOLDER: it becomes the current one, a module.
copy() {
	rm -rf "$WORK/${1##*/}"
	cp -R "$TOP/$1" "$WORK" && cd "$WORK/${1##*/}" || exit 1
	[ -f go.mod ] || printf 'module example\n\ngo 1.23\n' > go.mod
}

# hardlib TARGET: libhard.a of tests/cgo/hard.
hardlib() {
	flags="$(cat "$SDK/lib/$1/cflags") -nostdlibinc -isystem $SDK/lib/$1/include -fPIC -O2"
	for file in hard other helper; do
		lto=
		[ $file != helper ] || lto=-flto
		ok "$clang" $flags $lto -c lib/$file.c -o $file.o
	done
	rm -f libhard.a
	printf '!<arch>\n' > libhard.a
	ar=$(command -v llvm-ar-19 || command -v llvm-ar) || die "no llvm-ar"
	ok "$ar" rcsD libhard.a hard.o other.o helper.o
}

for dir in "$SDK"/pkg/*_*/; do
	target=$(basename "$dir")
	[ -f "$SDK/lib/$target/libruntime.a" ] || continue
	export GOOS="${target%_*}" GOARCH="${target#*_}"
	programs='examples/workers examples/assembly examples/cgozlib tests/cgo/hard'
	[ "$target" != "$host" ] || programs="$programs examples/json tests/cgo/callbacks"
	for t in $programs; do
		CGO_ENABLED=0
		case $t in *cgo*) CGO_ENABLED=1 ;; esac
		export CGO_ENABLED
		copy "$t"
		[ "$t" != tests/cgo/hard ] || hardlib "$target"
		timeout 300 go run "$external" . > got 2>&1 || { tail -n 30 got; die "$target: $t failed"; }
		same want got
	done
done
unset GOOS GOARCH

# What the internal linker says of such a library.
copy tests/cgo/hard
export CGO_ENABLED=1
hardlib "$host"
says 'lets the C compiler link' not go build .
sed -i 's/-lhard/-lnope/' main.go
says '# hard' not go build "$external" .
grep -q "^link: running $clang failed: exit status 1" says.out || die "the C compiler's failure is not told"
grep -q 'lnope' says.out || die "what the C compiler says is not told"
export CGO_ENABLED=0

# Tools read such programs; the same sources give the same bytes; dying looks the same.
cd "$WORK" || exit 1
cat > crash.go <<'EOF'
package main

import "runtime"

//go:noinline
func read(p *int) int { return *p }

func main() {
	runtime.GC()
	println(read(nil))
}
EOF
ok go build "$external" -o crash crash.go
ok go build -a "$external" -o again crash.go
same crash again
ok go build -o internal crash.go
for p in crash internal; do
	./$p > $p.out 2>&1
	[ $? -eq 2 ] || die "$p: exit code"
	sed 's/0x[0-9a-f]*/X/g' $p.out > $p.text
done
same internal.text crash.text
says 'build	-ldflags=-linkmode=external' go version -m crash
says 'T main.main' go tool nm crash
says 'TEXT main.read(SB) ' go tool objdump -s '^main.read$' crash
go tool buildid crash | grep -q '/.*/' || die "no build ID"
go tool nm crash | awk '$3 == "main.read" { print "0x" $1 }' | go tool addr2line crash > line
grep -q 'crash.go:6' line || die "addr2line: $(cat line)"
ok go build -ldflags='-s -w -linkmode external -extldflags "-static"' -o small crash.go
[ "$(wc -c < small)" -lt "$(wc -c < crash)" ] || die "-s -w leaves everything in"
./small > small.out 2>&1
sed 's/0x[0-9a-f]*/X/g' small.out > small.text
same internal.text small.text

# Another linker.
if command -v gcc > /dev/null && gcc -print-prog-name=ld > /dev/null; then
	ok go build -ldflags='-linkmode=external -extld=gcc' -o other crash.go
	./other > other.out 2>&1
	sed 's/0x[0-9a-f]*/X/g' other.out > other.text
	same internal.text other.text
	says 'TEXT main.read(SB) ' go tool objdump -s '^main.read$' other
	go tool buildid other | grep -q '/.*/' || die "GNU ld: no build ID"
	says 'path	command-line-arguments' go version -m other
fi

# Nothing that could link.
says 'install clang 19 with lld' env PATH="$SDK/bin" "$SDK/bin/go" build "$external" crash.go > /dev/null
says 'exec: "no-such-cc": executable file not found' not go build -ldflags='-linkmode=external -extld=no-such-cc' crash.go
grep -q 'or name one with -extld' says.out || die "no advice"

# Flags: those that mean nothing here are taken, others named.
ok go build -ldflags='-linkmode=internal -compressdwarf=false -r /x -I /lib/ld.so -H linux -d -bindnow -checklinkname=0 -extld=x -extldflags=-y' \
	-o flags crash.go
[ "$(wc -c < flags)" -gt "$(wc -c < internal)" ] || die "-compressdwarf=false"
ok go build -ldflags='-B 0x12345678' -o note crash.go
ok go build "-ldflags=-B=0x12345678 -linkmode=external" -o note2 crash.go
for p in note note2; do
	od -An -c $p | tr -d ' \n' | grep -qF 'GNU\00224Vx' || die "-B: no such note in $p"
done
printf 'package main\n\nimport "strings"\n\nfunc main() { println(strings.ToUpper("by hand")) }\n' > hand.go
ok go tool compile -o hand.o -I "$SDK/pkg/$host" hand.go
ok go tool link -o hand -L "$WORK/nowhere" -L "$SDK/pkg/$host" hand.o
[ "$(./hand 2>&1)" = 'BY HAND' ] || die "-L: $(./hand 2>&1)"
says '-T is not supported with -linkmode=external' not go build -ldflags='-linkmode=external -T 0x401000' hand.go
says '-H=windowsgui: programs for linux are ELF files' not go build -ldflags=-H=windowsgui crash.go
says 'invalid linkmode: "sideways"' not go build -ldflags=-linkmode=sideways crash.go
says 'flag provided but not defined: -wrong' not go build -ldflags=-wrong crash.go
says '-B argument must start with 0x: 123' not go build -ldflags='-B 123' crash.go
