# go help: every command and topic that it names has a text; what is unknown is refused. go env and go version keep Go's form.
. "$TOP/tests/lib/test.sh"
need go
go help > help || die "go help"
for c in $(awk '/^\t/ { print $1 }' help | grep -v '^go$'); do
	go help "$c" > text 2>&1 || die "go help $c: $(cat text)"
	[ "$(wc -l < text)" -ge 1 ] || die "go help $c says nothing"
done
for t in slipway targets emulators offline c; do
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

# go env -changed, go env -w: what is a change, and what is refused.
unset GOPATH GOENV GOCACHE GOPROXY GOFLAGS GOROOT GONOSUMDB GOPATH
export HOME="$WORK/home" XDG_CONFIG_HOME="$WORK/config"
[ "$(go env -changed)" = '' ] || die "changed: $(go env -changed)"
[ "$(GOARCH=riscv64 GOFLAGS= go env -changed)" = "GOARCH='riscv64'" ] || die "changed: $(GOARCH=riscv64 go env -changed)"
[ "$(GOENV=$WORK/env go env -changed)" = "GOENV='$WORK/env'" ] || die "changed: $(GOENV=$WORK/env go env -changed)"
ok go env -w GOFLAGS=-trimpath GOPROXY=off
[ "$(cat config/go/env)" = "GOFLAGS=-trimpath
GOPROXY=off" ] || die "the file: $(cat config/go/env)"
[ "$(go env -changed | tr '\n' ' ')" = "GOFLAGS='-trimpath' GOPROXY='off' " ] || die "changed: $(go env -changed)"
[ "$(go env -json -changed GOFLAGS GONONE)" = '{
	"GOFLAGS": "-trimpath",
	"GONONE": ""
}' ] || die "-json: $(go env -json -changed GOFLAGS GONONE)"
says 'go: invalid GO111MODULE value "maybe"' not go env -w GO111MODULE=maybe
says 'go: GOVERSION cannot be modified' not go env -w GOVERSION=go2
says 'go: unknown go command variable GONONE' not go env -w GONONE=1
says 'go: unsupported GOOS/GOARCH pair linux/z80' not go env -w GOARCH=z80
ok go env -u GOFLAGS GOPROXY
[ "$(go env -changed)" = '' ] || die "changed after -u: $(go env -changed)"

# GOEXPERIMENT: unknown names as Go says it, others are not silently ignored.
printf 'package main\n\nfunc main() {}\n' > e.go
says 'go: unknown GOEXPERIMENT nonsense' not env GOEXPERIMENT=nonsense go build e.go
says 'go: GOEXPERIMENT boringcrypto is not supported' not env GOEXPERIMENT=boringcrypto go build e.go
ok env GOEXPERIMENT=rangefunc,regabiargs go build e.go

# go install: programs for another target, with and without GOBIN.
mkdir tool
printf 'module example.com/tool\n\ngo 1.23\n' > tool/go.mod
cp e.go tool/
for t in $(go tool dist list); do
	(cd tool && ok env GOOS="${t%/*}" GOARCH="${t#*/}" GOBIN="$WORK/$t" go install) || exit 1
	(cd tool && ok env GOOS="${t%/*}" GOARCH="${t#*/}" go install) || exit 1
	[ -x "$WORK/$t/tool" ] || die "GOBIN and $t"
	d=$(echo "$t" | tr / _)
	[ "$t" != "$(go env GOHOSTOS)/$(go env GOHOSTARCH)" ] || d=
	[ -x "$HOME/go/bin/$d/tool" ] || die "GOPATH/bin and $t"
done

# go version FILE: what is no Go program is said, and only what is missing is a failure.
ok go build -o prog e.go
cp prog plain
chmod -x plain
cp e.go other
chmod +x other
[ "$(go version prog plain other 2>&1)" = "prog: $(sed -n 1p "$SDK/VERSION")
plain: $(sed -n 1p "$SDK/VERSION")
other: could not read Go build info from other: unrecognized file format" ] || die "go version FILE: $(go version prog plain other 2>&1)"
says 'stat missing: no such file or directory' not go version missing
says "go: 'go version' only accepts -m flag with arguments" not go version -m
says "Run 'go help env'" not go help env build
[ "$(go telemetry)" = off ] || die "go telemetry"
ok go telemetry off
says 'it can only be off' not go telemetry on
says 'usage: go telemetry [off|local|on]' not go telemetry maybe
[ "$(go env GOTELEMETRY)" = off ] || die "GOTELEMETRY"
says '### What did you expect to see?' go bug
says "GOARCH='$(go env GOARCH)'" go bug
says 'go: bug takes no arguments' not go bug x
# go mod and go work: each command of the list has a text of its own
for group in mod work; do
	go help $group | sed -n '/^The commands are/,$s/^\t\([a-z]*\) .*/\1/p' > names
	[ "$(wc -l < names)" -ge 5 ] || die "go help $group: $(cat names)"
	while read -r name; do
		says "usage: go $group $name" go help $group "$name"
		[ "$(wc -l < says.out)" -ge 3 ] || die "go help $group $name has no text"
	done < names
	says "go help $group nosuch: unknown help topic. Run 'go help $group'." not go help $group nosuch
done
for t in asm compile link; do
	go tool $t -V | grep -qx "$t version go1.23.5 slipway" || die "$t -V"
	go tool $t -V=full | grep -qx "$t version go1.23.5 slipway buildID=[0-9a-f]\{40\}" || die "$t -V=full"
done

# Levels of a CPU that there are not.
for kv in amd64:GOAMD64=v9 arm64:GOARM64=v8 arm64:GOARM64=v8.0,sse riscv64:GORISCV64=rva; do
	arch=${kv%%:*} set=${kv#*:}
	go tool dist list | grep -q "/$arch\$" || continue
	says "go: invalid ${set%%=*}: must be " not env GOARCH=$arch "$set" go build -o prog e.go
done
ok env GOARCH="$(go env GOHOSTARCH)" GOAMD64=v3 GOARM64=v8.1,lse,crypto go build -o prog e.go
