# link_text.sh - -ldflags=-T: the text begins where it is wanted, for every target, and the program runs, its tracebacks and stacks too.
. "$TOP/tests/lib/test.sh"
need go compile link
printf 'module example.com/t\n\ngo 1.23\n' > go.mod
cat > main.go <<'EOF'
package main

import (
	"debug/elf"
	"fmt"
	"os"
	"runtime"
	"strings"
)

func main() {
	f, err := elf.Open(os.Args[1])
	if err != nil {
		panic(err)
	}
	text := f.Section(".text")
	pc, file, line, _ := runtime.Caller(0)
	inside := uint64(pc)-text.Addr < text.Size
	syms, err := f.Symbols()
	for _, s := range syms {
		if s.Name == "runtime.text" && s.Value != text.Addr {
			fmt.Println("runtime.text is elsewhere")
		}
	}
	fmt.Printf("%#x %v %v %d %v\n", text.Addr, inside, strings.HasSuffix(file, "main.go"), line, err)
}
EOF
for arch in $(go tool dist list | sed 's#.*/##'); do
	for at in 0x10000000 0x401000 0x10000800 268435456; do
		GOARCH=$arch go build -ldflags="-T $at" -o prog . > log 2>&1 || { cat log; die "$arch -T $at"; }
		want="$(printf '0x%x' $((at))) true true 17 <nil>"
		got=$(GOARCH=$arch go run -ldflags="-T $at" . prog 2>&1)
		[ "$got" = "$want" ] || die "$arch -T $at: '$got', not '$want'"
	done
done
while IFS='|' read -r at text; do
	says "$text" not go build -ldflags="-T $at" -o bad .
	[ ! -e bad ] || die "-T $at left a file"
done <<'EOF'
0x10000801|-T 0x10000801: text symbols are aligned to
0x1000|-T 0x1000: there is no room for
0|-T 0x0: there is no room for
0x7ffff000|-T 0x7ffff000: a program lies in the lowest 2 GB of memory
0x7fff00000000|-T 0x7fff00000000: a program lies in the lowest 2 GB of memory
0xffff800000000000|invalid value "0xffff800000000000" for flag -T: value out of range
99999999999999999999|invalid value "99999999999999999999" for flag -T: value out of range
-5|invalid value "-5" for flag -T: parse error
x|invalid value "x" for flag -T: parse error
EOF
says '-T is not supported with -buildmode=pie' not go build -buildmode=pie -ldflags='-T 0x401000' -o bad .
exit 0
