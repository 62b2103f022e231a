# go_vet.sh - go vet with a vet built by this SDK: printf wrappers of the package itself are seen, spelled ...any too.
. "$TOP/tests/lib/test.sh"
need go compile link

ok go build -o vettool cmd/vet
mkdir p && cd p || die "mkdir"
printf 'module example.com/p\n\ngo 1.23\n' > go.mod
cat > main.go <<'EOF'
package main

import "fmt"

func old(format string, args ...interface{}) { fmt.Printf(format, args...) }
func now(format string, args ...any)         { fmt.Printf(format, args...) }

func main() {
	old("%d\n", "x")
	now("%d\n", "x")
	now("%s\n", "x")
}
EOF
not go vet -vettool ../vettool . > log 2>&1
says './main.go:9:2: example.com/p.old format %d has arg "x" of wrong type string' cat log
says './main.go:10:2: example.com/p.now format %d has arg "x" of wrong type string' cat log
[ "$(grep -c main.go log)" -eq 2 ] || die "findings: $(cat log)"
sed -i 's/%d/%s/' main.go
ok go vet -vettool ../vettool .
exit 0
