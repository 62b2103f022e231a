# go_listtest.sh - go list -test, and -e -export: what editors ask for. Packages compiled for a test have names of their own, in ImportPath,
# Imports, ImportMap and Deps; what a compiler says is the package's error.
. "$TOP/tests/lib/test.sh"
need go compile
mkdir -p a b c1 c2 bad t/sub n e
printf 'module example.com/m\n\ngo 1.22\n' > go.mod
printf 'package a\n\nfunc A() int { return 1 }\n' > a/a.go
printf 'package a\n\nimport "testing"\n\nvar X int\n\nfunc TestIn(t *testing.T) {}\n' > a/in_test.go
printf 'package a_test\n\nimport (\n\t"testing"\n\n\t"example.com/m/a"\n\t"example.com/m/b"\n)\n\nfunc TestX(t *testing.T) { t.Log(a.X, b.B()) }\n' > a/x_test.go
printf 'package b\n\nimport "example.com/m/a"\n\nfunc B() int { return a.A() }\n' > b/b.go
printf 'package c1\n\nimport _ "example.com/m/c2"\n' > c1/c.go
printf 'package c2\n\nimport _ "example.com/m/c1"\n' > c2/c.go
printf 'package bad\n\nvar x int = "s"\n' > bad/b.go
printf 'package n\n\nimport _ "example.com/m/bad"\n' > n/n.go
printf 'package t\n' > t/t.go
printf 'package t\n\nimport (\n\t"testing"\n\t_ "example.com/m/t/sub"\n)\n\nfunc TestT(t *testing.T) {}\n' > t/t_test.go
printf 'package sub\n\nimport _ "example.com/m/t"\n' > t/sub/s.go
printf 'package e\n' > e/e.go
printf 'package e\n\nfunc (\n' > e/e_test.go

go list -test ./a ./b > got || die "list -test"
printf '%s\n' example.com/m/a example.com/m/b example.com/m/a.test 'example.com/m/a [example.com/m/a.test]' \
	'example.com/m/a_test [example.com/m/a.test]' > want
same want got
go list -test -deps ./a | grep '^example' > got
printf '%s\n' example.com/m/a 'example.com/m/a [example.com/m/a.test]' 'example.com/m/b [example.com/m/a.test]' \
	'example.com/m/a_test [example.com/m/a.test]' example.com/m/a.test > want
same want got

go list -test -deps -f '{{with .ForTest}}{{$.ImportPath}}|{{.}}|{{$.DepOnly}}|{{$.Imports}}{{range $k, $v := $.ImportMap}}|{{$k}}={{$v}}{{end}}{{end}}' ./a > got
grep . got > lines
cat > want <<'EOF'
example.com/m/a [example.com/m/a.test]|example.com/m/a|false|[testing]
example.com/m/b [example.com/m/a.test]|example.com/m/a|true|[example.com/m/a [example.com/m/a.test]]|example.com/m/a=example.com/m/a [example.com/m/a.test]
example.com/m/a_test [example.com/m/a.test]|example.com/m/a|false|[example.com/m/a [example.com/m/a.test] example.com/m/b [example.com/m/a.test] testing]|example.com/m/a=example.com/m/a [example.com/m/a.test]|example.com/m/b=example.com/m/b [example.com/m/a.test]
EOF
same want lines
go list -test -json=Name,ImportPath,Imports,Match,TestGoFiles,ImportMap ./a | sed -n '/"Name": "main"/,/^}/p' | sed 1d > got
cat > want <<'EOF'
	"Imports": [
		"example.com/m/a [example.com/m/a.test]",
		"example.com/m/a_test [example.com/m/a.test]",
		"os",
		"reflect",
		"testing",
		"testing/internal/testdeps"
	],
	"ImportMap": {
		"example.com/m/a": "example.com/m/a [example.com/m/a.test]",
		"example.com/m/a_test": "example.com/m/a_test [example.com/m/a.test]"
	}
}
EOF
same want got
main=$(go list -test -f '{{if eq .Name "main"}}{{index .GoFiles 0}}{{end}}' ./a | grep .)
says '{"TestX", _xtest.TestX}' cat "$main"
for p in $(go list -test -export -f '{{.Export}}' ./a); do
	[ -s "$p" ] || die "no archive $p"
done

# what go/packages asks for; nothing is printed beside the answer
go list -e '-json=Name,ImportPath,Error,CompiledGoFiles,Export,DepsErrors,Deps,Incomplete' -compiled=true -test=true -export=true -deps=true \
	-find=false -pgo=off -- ./... > json 2> err || die "exit code"
[ ! -s err ] || die "messages: $(cat err)"
# entry PATH: what is said of it, without the archive's name and the standard library
entry() {
	awk -v p="\"ImportPath\": \"$1\"," '/^\{/ { s = ""; hit = 0 } { s = s $0 "\n" } index($0, p) { hit = 1 } /^\}/ { if (hit) printf "%s", s }' json |
		grep -v '"Export"'
}
entry example.com/m/bad > got
cat > want <<'EOF'
{
	"ImportPath": "example.com/m/bad",
	"Name": "bad",
	"CompiledGoFiles": [
		"b.go"
	],
	"Error": {
		"ImportStack": null,
		"Pos": "",
		"Err": "# example.com/m/bad\nbad/b.go:3:13: cannot use \"s\" (untyped string constant) as int value in variable declaration\n"
	}
}
EOF
same want got
entry example.com/m/n > got
cat > want <<'EOF'
{
	"ImportPath": "example.com/m/n",
	"Name": "n",
	"Deps": [
		"example.com/m/bad"
	],
	"DepsErrors": [
		{
			"ImportStack": null,
			"Pos": "",
			"Err": "# example.com/m/bad\nbad/b.go:3:13: cannot use \"s\" (untyped string constant) as int value in variable declaration\n"
		}
	]
}
EOF
same want got
entry example.com/m/c1 > got
cat > want <<'EOF'
{
	"ImportPath": "example.com/m/c1",
	"Name": "c1",
	"Incomplete": true,
	"Deps": [
		"example.com/m/c1",
		"example.com/m/c2"
	],
	"Error": {
		"ImportStack": [
			"example.com/m/c1",
			"example.com/m/c2",
			"example.com/m/c1"
		],
		"Pos": "",
		"Err": "import cycle not allowed"
	},
	"DepsErrors": [
		{
			"ImportStack": [
				"example.com/m/c1",
				"example.com/m/c2",
				"example.com/m/c1"
			],
			"Pos": "",
			"Err": "import cycle not allowed"
		}
	]
}
EOF
same want got
says '"Err": "import cycle not allowed in test"' entry 'example.com/m/t [example.com/m/t.test]'
says '"Pos": "e/e_test.go:4:1"' entry example.com/m/e.test

entry unsafe > got
grep -q CompiledGoFiles got && die "unsafe is not compiled"
# without -e they end it
says 'import cycle not allowed in test' not go list -test ./t
says 'go: can'\''t load test package: e/e_test.go:4:1: syntax error' not go list -test ./e
says 'go list -test cannot be used with -find' not go list -find -test ./a

# tools ask which Go this is before they know of a module
cd / && says 'go1.23]' env GO111MODULE=off go list -e -f '{{context.ReleaseTags}}' -- unsafe
says 'GOPATH mode (GO111MODULE=off) is not supported by this go command' env GO111MODULE=off go list example.com/x
exit 0
