# The targets of the SDK: go tool dist list, builds for those that are there, and a clear message for the others.
. "$TOP/tests/lib/test.sh"
need go
cat > main.go <<'X'
package main

func main() { println("x") }
X
ok go tool dist list > list
[ -s list ] || die "no targets"
sort -c list || die "not sorted"
for t in $(cat list); do
	[ -f "$SDK/lib/${t%/*}_${t#*/}/libruntime.a" ] || die "$t has no runtime"
	[ -f "$SDK/pkg/${t%/*}_${t#*/}/fmt.a" ] || die "$t has no standard library"
	GOOS=${t%/*} GOARCH=${t#*/} ok go build -o "prog-${t#*/}" main.go
done
ok go tool dist list -json > json
[ "$(grep -c '"GOARCH"' json)" = "$(wc -l < list)" ] || die "list -json: $(cat json)"
[ "$(go tool dist version)" = "$(go env GOVERSION)" ] || die "go tool dist version: $(go tool dist version)"
not go tool dist bootstrap 2> err
grep -q 'bootstrap is not a command' err || die "$(cat err)"

GOOS=plan9 GOARCH=arm not go build -o x main.go 2> err
grep -q '^go: this SDK cannot build for plan9/arm; its targets are: .*linux/' err || die "$(cat err)"
grep -q 'configure --targets' err || die "$(cat err)"
GOOS=linux GOARCH=vax not go build -o x main.go 2> err
grep -q '^go: unsupported GOOS/GOARCH pair linux/vax$' err || die "$(cat err)"
[ ! -f x ] || die "something was written"

cat > decode.go <<'X'
package main

import (
	"encoding/json"
	"fmt"
	"os"
)

func main() {
	var v []struct {
		GOOS, GOARCH             string
		CgoSupported, FirstClass *bool
	}
	if err := json.NewDecoder(os.Stdin).Decode(&v); err != nil {
		panic(err)
	}
	for _, t := range v {
		if t.CgoSupported == nil || t.FirstClass == nil || (t.GOARCH == "amd64") && !*t.FirstClass {
			panic(t.GOARCH)
		}
		fmt.Printf("%s/%s\n", t.GOOS, t.GOARCH)
	}
}
X
go run decode.go < json > list2 || die "list -json is not JSON: $(cat json)"
same list list2
