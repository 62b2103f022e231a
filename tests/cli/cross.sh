# One module built for every target: files chosen by name and by tag, an embedded file, and a program that runs there.
. "$TOP/tests/lib/test.sh"
need go compile link
ok go tool dist list > targets
cat > go.mod <<'X'
module example.com/cross

go 1.23
X
mkdir word words
cat > main.go <<'X'
package main

import (
	_ "embed"
	"fmt"
	"os"
	"runtime"
	"unsafe"

	"example.com/cross/word"
)

//go:embed words/all.txt
var words string

func main() {
	fmt.Println(runtime.GOOS, runtime.GOARCH, word.ByName, word.ByTag, 8*unsafe.Sizeof(uintptr(0)), len(os.Args))
	fmt.Print(words)
	if len(os.Args) > 1 {
		os.Exit(len(os.Args))
	}
}
X
printf 'first\nlast\n' > words/all.txt
# Each CPU has a file that is chosen by its name and one that is chosen by its tag; the others must stay out.
for t in $(cat targets) linux/vax; do
	arch=${t#*/}
	[ "$arch" = vax ] && arch=sparc64
	printf 'package word\n\nconst ByName = "name-%s"\n' "$arch" > "word/name_linux_$arch.go"
	printf '//go:build %s && !windows\n\npackage word\n\nconst ByTag = "tag-%s"\n' "$arch" "$arch" > "word/tag$arch.go"
done
printf 'package word\n\nconst ByName = "wrong"\n' > word/name_windows.go
printf '//go:build !linux\n\npackage word\n\nconst ByTag = "wrong"\n' > word/other.go

host=$(go env GOHOSTARCH)
for t in $(cat targets); do
	export GOOS="${t%/*}" GOARCH="${t#*/}"
	ok go build -o "prog-$GOARCH" .
	GOCACHE=$PWD/again.cache ok go build -o again .
	cmp -s "prog-$GOARCH" again || die "$t: two builds differ"
	ok go vet .
	[ "$(go list -f '{{.GoFiles}}' ./word)" = "[name_linux_$GOARCH.go tag$GOARCH.go]" ] || die "$t: $(go list -f '{{.GoFiles}}' ./word)"
	bits=64
	case $GOARCH in
	386|arm|mips|mipsle) bits=32 ;;
	esac
	printf '%s %s name-%s tag-%s %s 1\nfirst\nlast\n' "$GOOS" "$GOARCH" "$GOARCH" "$GOARCH" $bits > want
	ok go run . > got
	same want got
	# -S: the blocks of each function, and its bytes, as many as its head says
	ok go build -gcflags=-S -o again . 2> listing
	awk '/^main.main STEXT size=/ { size = substr($3, 6); f = 1; next } / STEXT / { f = 0 } f && /^\t\t(RET|J|B|THEN)/ { ends++ }
		f && /^\t[0-9a-f][0-9a-f]( [0-9a-f][0-9a-f])*$/ { n += NF } END { exit !(size > 0 && n == size && ends > 1) }' listing ||
		die "$t: -S: $(head -n 40 listing)"
	# go run gives 1 for whatever the program's exit code is, and says it.
	go run . a b > got 2> err
	[ $? = 1 ] || die "$t: go run does not fail"
	grep -qx 'exit status 3' err || die "$t: $(cat err)"
	unset GOOS GOARCH
done
# The programs are for different CPUs: e_machine of the ELF header.
for t in $(cat targets); do
	od -An -tx1 -j18 -N2 "prog-${t#*/}"
done > machines
[ "$(sort -u machines | wc -l)" = "$(wc -l < targets)" ] || die "e_machine: $(cat machines)"
