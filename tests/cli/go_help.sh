# go help: every command and topic that it names has a text; what is unknown is refused. go env and go version keep Go's form.
. "$TOP/tests/lib/test.sh"
need go
go help > help || die "go help"
for c in $(awk '/^\t/ { print $1 }' help | grep -v '^go$'); do
	go help "$c" > text 2>&1 || die "go help $c: $(cat text)"
	[ "$(wc -l < text)" -ge 1 ] || die "go help $c says nothing"
done
for t in targets emulators offline; do
	grep -q "^	$t " help || die "go help does not name $t"
done
says 'unknown help topic' go help nonsense
rc=0; go help nonsense 2> /dev/null || rc=$?
[ $rc = 2 ] || die "exit code $rc of go help nonsense"

[ "$(go version | awk '{ print NF, $1, $2, $3, $4 }')" = "4 go version $(sed -n 1p "$SDK/VERSION") $(go env GOHOSTOS)/$(go env GOHOSTARCH)" ] || die "go version: $(go version)"
# What go env prints is shell, and names the same values as -json does.
go env > env.sh
go env -json > env.json
grep -vE "^[A-Z0-9_]+='.*'$" env.sh && die "not a shell assignment"
(
	. ./env.sh
	[ "$GOARCH" = "$(go env GOARCH)" ] && [ "$GOROOT" = "$(go env GOROOT)" ]
) || die "go env does not read back"
cat > env.go <<'X'
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"strings"
)

func main() {
	b, _ := os.ReadFile("env.json")
	var m map[string]string
	if err := json.Unmarshal(b, &m); err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	f, _ := os.Open("env.sh")
	n := 0
	for s := bufio.NewScanner(f); s.Scan(); n++ {
		k, v, _ := strings.Cut(s.Text(), "=")
		if m[k] != strings.Trim(v, "'") && !strings.Contains(v, "go-build") {
			fmt.Printf("%s is %s, and %q in JSON\n", k, v, m[k])
			os.Exit(1)
		}
	}
	if n != len(m) {
		fmt.Println(n, "lines,", len(m), "in JSON")
		os.Exit(1)
	}
}
X
ok go run env.go
