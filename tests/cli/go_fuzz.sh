# go_fuzz.sh - go test -fuzz: counters guide it to a bug behind nested comparisons, the input is kept and runs again; which edges have
# counters; fuzzing for foreign targets; what is refused, in gc's words.
. "$TOP/tests/lib/test.sh"
need go compile link
printf 'module example.com/fz\n\ngo 1.22\n' > go.mod
mkdir two
cat > f.go <<'EOF'
package fz

func Parse(b []byte) int {
	if len(b) > 2 && b[0] == 'F' {
		if b[1] == 'U' {
			if b[2] == 'Z' {
				panic("found")
			}
			return 2
		}
		return 1
	}
	return 0
}
EOF
cat > f_test.go <<'EOF'
package fz

import "testing"

func FuzzParse(f *testing.F) {
	f.Add([]byte("seed"))
	f.Fuzz(func(t *testing.T, b []byte) { Parse(b) })
}
EOF
cat > two/t_test.go <<'EOF'
package two

import "testing"

func FuzzA(f *testing.F) { f.Add(1); f.Fuzz(func(t *testing.T, n int) {}) }
func FuzzB(f *testing.F) {
	f.Fuzz(func(t *testing.T, s string, n int) {
		if n == 77 {
			t.Error("seven")
		}
	})
}
func TestX(t *testing.T) {}
EOF
ok go clean -fuzzcache
guided() { grep -q counters_supported.go "$1"; }

# chance alone needs millions of runs for it; with counters it is found in thousands
go list -f '{{.GoFiles}}' internal/fuzz > files
if guided files; then
	not go test -fuzz=. -fuzztime=120s > log 2>&1
	says 'gathering baseline coverage: 1/1 completed, now fuzzing with' cat log
	says 'panic: found' cat log
	says 'Failing input written to testdata/fuzz/FuzzParse/' cat log
	says 'go test -run=FuzzParse/' cat log
	[ "$(cat testdata/fuzz/FuzzParse/*)" = 'go test fuzz v1
[]byte("FUZ")' ] || die "it was not made smaller: $(cat testdata/fuzz/FuzzParse/*)"
	says 'panic: found' not go test
	says 'example.com/fz/FuzzParse' ls -d "$GOCACHE"/fuzz/example.com/fz/FuzzParse
	ok go clean -fuzzcache
	[ ! -e "$GOCACHE/fuzz" ] || die "go clean -fuzzcache left it"
fi

# a corpus of one's own runs with every test
mkdir -p two/testdata/fuzz/FuzzB
printf 'go test fuzz v1\nstring("x")\nint(77)\n' > two/testdata/fuzz/FuzzB/mine
says '--- FAIL: FuzzB/mine' not go test ./two
says 'failure while testing seed corpus entry: FuzzB/mine' not go test -fuzz=FuzzB -fuzztime=5x ./two
printf 'go test fuzz v2\n' > two/testdata/fuzz/FuzzB/mine
says 'unknown encoding version: go test fuzz v2' not go test -run=FuzzB ./two
rm -r two/testdata

for arch in $(go tool dist list | sed 's#.*/##'); do
	GOARCH=$arch go test -fuzz=FuzzA -fuzztime=20x -parallel=1 ./two > log 2>&1 || { cat log; die "$arch"; }
	says 'ok  	example.com/fz/two' cat log
	GOARCH=$arch go list -f '{{.GoFiles}}' internal/fuzz > files
	if guided files; then
		says 'now fuzzing with 1 workers' cat log
	else
		says 'was not built with coverage instrumentation' cat log
	fi
done
says 'testing: warning: no fuzz tests to fuzz' go test -fuzz=None ./two
go test -fuzz=None ./two | grep -qF '[no fuzz tests to fuzz]' && die "gc's go command does not say so here"
says 'will not fuzz, -fuzz matches more than one fuzz test: [FuzzA FuzzB]' not go test -fuzz=. ./two
says 'cannot use -fuzz flag with multiple packages' not go test -fuzz=. ./...
says 'cannot use -coverprofile flag with -fuzz flag' not go test -fuzz=FuzzA -coverprofile=x ./two
says 'cannot use -cpuprofile flag with -fuzz flag' not go test -fuzz=FuzzA -cpuprofile=x ./two
says 'cannot use -fuzz flag on package outside the main module' not go test -fuzz=. strings
says 'invalid value "bad" for flag -test.fuzztime: invalid duration' not go test -fuzz=FuzzA -fuzztime=bad ./two

# edges NUMBER BODY: gc has as many
edges() {
	printf 'package e\n\n%s\n' "$2" > e.go
	ok go tool compile -l -p e -d=libfuzzer -o e.o e.go
	got=$(grep -ao 'e\.\.edge_[0-9]*' e.o | sort -u | wc -l)
	[ "$got" -eq "$1" ] || die "$got edges, not $1, in: $2"
	ok go tool compile -l -p e -o e.o e.go
	grep -q 'e\.\.edge_' e.o && die "edges without -d=libfuzzer"
	return 0
}
edges 1 'func f() {}'
edges 3 'func f(a bool) { if a { println() } }'
edges 5 'func f(a, b bool) { if a { println(1) } else if b { println(2) } else { println(3) } }'
edges 3 'func f(a, b, c bool) bool { return a && b || c }'
edges 2 'func f(n int) { for i := 0; i < n; i++ { println(i) } }'
edges 5 'func f(s []int, m map[int]int, c chan int, t string) { for range s { println() }; for range m { println() }; for range c { println() }; for range t { println() } }'
edges 4 'func f(n int) { switch n { case 1: println(1); case 2, 3: fallthrough; default: println(2) } }'
edges 4 'func f(s string) { switch s { case "a": println(1); case "b": println(2) } }'
edges 3 'func f(x any) { switch x.(type) { case int: println(1) } }'
edges 3 'func f(a, b chan int) { select { case <-a: println(1); case b <- 1: println(2) } }'
edges 2 'func f() func() { return func() { println() } }'
exit 0
