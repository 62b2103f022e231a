# Upstream's tools, built by the SDK: gofmt, vet, doc and those that read executables.
. "$TOP/tests/lib/test.sh"
need go gofmt addr2line buildid cgo covdata cover doc fix nm objdump pack test2json vet
cat > bad.go <<'X'
package main
import "fmt"
func main( ) { fmt.Printf("%d\n", "x") }
X
cp bad.go good.go
says 'bad.go' gofmt -l bad.go
ok go fmt good.go
grep -q '^func main() { fmt.Printf' good.go || die "go fmt did not format"
says 'fmt.Printf format %d has arg "x" of wrong type string' go vet good.go
says 'Println formats using the default formats' go doc fmt.Println
not go doc fmt.NoSuchThing 2> err
ok go build -o prog good.go
says ' T main.main' go tool nm prog
says 'good.go:5' go tool objdump -s main.main prog
ok go tool buildid prog > id
[ "$(wc -c < id)" -gt 40 ] || die "build ID: $(cat id)"
address=$(go tool nm prog | awk '$3 == "main.main" { print $1 }')
echo "0x$address" | says 'main.main' go tool addr2line prog

# compile -D says where ./a is
mkdir local
(
	cd local || exit 1
	printf 'package a\n\nconst A = 1\n' > a.go
	printf 'package b\n\nimport "./a"\n\nconst B = a.A\n' > b.go
	echo 'packagefile d/a=a.o' > cfg
	ok go tool compile -p d/a -o a.o a.go
	ok go tool compile -p d/b -D d -importcfg cfg -o b.o b.go
	not go tool compile -p d/b -D e -importcfg cfg -o b.o b.go > /dev/null 2>&1
) || exit 1

# go fix rewrites the files of the packages, constrained ones too
mkdir -p fix/p fix/bad
(
	cd fix || exit 1
	printf 'module example.com/f\n\ngo 1.20\n' > go.mod
	printf '//go:build linux\n// +build linux\n\npackage p\n' > p/p.go
	printf '//go:build windows\n// +build windows\n\npackage p\n' > p/other.go
	printf 'package bad\n\nfunc (\n' > bad/b.go
	says '/fix -go=go1.20 p/other.go p/p.go' go fix -n ./p
	grep -q '+build' p/p.go || die "go fix -n changed a file"
	ok go fix -fix printerconfig ./p
	grep -q '+build' p/p.go || die "another fix changed the file"
	go fix ./p > log 2>&1 || die "go fix: $(cat log)"
	printf '%s\n' 'p/other.go: fixed buildtag' 'p/p.go: fixed buildtag' > want
	same want log
	grep '+build' p/*.go && die "go fix left lines"
	go fix ./p > log 2>&1
	[ ! -s log ] || die "go fix twice: $(cat log)"
	says 'exit status 2' not go fix ./...
) || exit 1
