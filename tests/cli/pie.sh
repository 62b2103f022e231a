# pie.sh: position-independent programs (-buildmode=pie) of both linkers, for every target of the SDK.
. "$TOP/tests/lib/test.sh"
need go compile link cgo
export GOCACHE="$WORK/cache"
host=$(go env GOHOSTOS)_$(go env GOHOSTARCH)

# Says where things are: no memory may be written and executed, types may only be read.
cat > maps.go <<'EOF'
package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"unsafe"
)

var sink any = struct{ a, b int }{}

func main() {
	typ := *(*uintptr)(unsafe.Pointer(&sink))
	maps, err := os.Open("/proc/self/maps")
	if err != nil {
		panic(err)
	}
	for s := bufio.NewScanner(maps); s.Scan(); {
		var lo, hi uintptr
		var perm string
		fmt.Sscanf(s.Text(), "%x-%x %s", &lo, &hi, &perm)
		if strings.Contains(perm, "wx") {
			fmt.Println("written and executed:", s.Text())
		}
		if typ >= lo && typ < hi {
			fmt.Println("types:", perm)
		}
	}
	if len(os.Args) > 1 {
		fmt.Printf("%x\n", typ)
	}
}
EOF
echo 'types: r--p' > want

for dir in "$SDK"/pkg/*_*/; do
	target=$(basename "$dir")
	[ -f "$SDK/lib/$target/libruntime.a" ] || continue
	export GOOS="${target%_*}" GOARCH="${target#*_}"
	ok go build -buildmode=pie -o maps maps.go
	od -An -tu1 -j16 -N1 maps | grep -qx ' *3' || die "$target: not of type ET_DYN"
	timeout 100 go run -buildmode=pie maps.go > got || die "$target: maps failed"
	same want got
	programs="examples/cgozlib examples/assembly"
	[ "$target" != "$host" ] || programs="$programs examples/json examples/memory tests/cgo/callbacks"
	for t in $programs; do
		export CGO_ENABLED=1
		rm -rf "${t##*/}"
		cp -R "$TOP/$t" .
		(cd "${t##*/}" && { [ -f go.mod ] || printf 'module example\n\ngo 1.23\n' > go.mod; } &&
			timeout 300 go run -buildmode=pie . > got 2>&1) || { tail -n 30 "${t##*/}/got"; die "$target: $t failed"; }
		same "${t##*/}/want" "${t##*/}/got"
	done
done
unset GOOS GOARCH
export CGO_ENABLED=0

# Each run is somewhere else; tools know where code would lie; the same sources give the same bytes.
ok go build -buildmode=pie -o maps maps.go
ok go build -a -buildmode=pie -o again maps.go
same maps again
[ "$(./maps x | tail -n 1)" != "$(./maps x | tail -n 1)" ] || die "two runs at the same address"
says 'T main.main' go tool nm maps
says 'TEXT main.main(SB)' go tool objdump -s '^main.main$' maps
says 'build	-buildmode=pie' go version -m maps

# What is not position independent is refused.
mkdir fixed && cd fixed || exit 1
printf 'module fixed\n\ngo 1.23\n' > go.mod
cat > main.go <<'EOF'
package main

/*
#cgo CFLAGS: -fno-pie
int values[4] = { 1, 2, 3, 4 };
int *address(long i) { return &values[i]; }
*/
import "C"

func main() { println(*C.address(2)) }
EOF
export CGO_ENABLED=1
case $(go env GOARCH) in
amd64)
	says 'compile with -fPIE' not go build -buildmode=pie .
	ok go build . ;;
esac
sed -i '/CFLAGS/d' main.go
ok go build -buildmode=pie .
[ "$(./fixed 2>&1)" = 3 ] || die "fixed: $(./fixed 2>&1)"

# By the C compiler.
cd "$WORK" || exit 1
export CGO_ENABLED=0
case $(go env CC) in
*clang*)
	ok go build -buildmode=pie -ldflags=-linkmode=external -o maps maps.go
	ok ./maps > got
	same want got ;;
esac
if command -v gcc > /dev/null && gcc -print-prog-name=ld > /dev/null; then
	ok go build -buildmode=pie -ldflags='-linkmode=external -extld=gcc' -o maps maps.go
	ok ./maps > got
	same want got
fi

# Other modes are named.
for mode in c-shared shared plugin; do
	says "-buildmode=$mode not supported on " not go build -buildmode=$mode maps.go
done
ok go build -buildmode=exe -o maps maps.go
