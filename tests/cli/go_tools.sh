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
