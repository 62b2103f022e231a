# go_overlay.sh - -overlay: files replaced, added and hidden for every command that reads sources; the names that programs and messages
# have; what is wrong with the JSON text, in gc's words.
. "$TOP/tests/lib/test.sh"
need go compile link vet cover
mkdir -p m/a o && cd m || die "mkdir"
printf 'module example.com/m\n\ngo 1.23\n' > go.mod
printf 'package main\n\nimport "example.com/m/a"\n\nfunc main() { println(a.A()) }\n' > main.go
printf 'package a\n\nfunc A() int { return 1 }\n' > a/a.go
printf 'package a\n\nfunc A() int { return 2 }\n' > ../o/two.go
printf 'package a\n\nfunc A() int { panic("x") }\n' > ../o/panic.go
printf 'package a\n\nfunc A() int { return x }\n' > ../o/bad.go

# over JSON: the overlay of what follows
over() { printf '%s' "$1" > ../o.json; }
prints() {
	got=$(go run -overlay ../o.json . 2>&1)
	[ "$got" = "$1" ] || die "it printed '$got', not '$1'"
}

over '{"Replace": {"a/a.go": "../o/two.go"}}'
prints 2
[ "$(go run . 2>&1)" = 1 ] || die "the overlay is there without the flag"
prints 2
printf 'package a\n\nfunc A() int { return 3 }\n' > ../o/two.go
prints 3
over '{"replace": {"./a/a.go": "../o/panic.go"}, "other": [1.5e3, true, null, "\u0041\n"]}'
says "$PWD/a/a.go:3" go run -overlay ../o.json .
over '{"Replace": {"a/a.go": "../o/bad.go"}}'
says '../o/bad.go:3:23: undefined: x' go build -overlay ../o.json ./...

# a go.mod, a folder and an embedded file that are only here; a hidden file
mkdir -p ../o/f
printf 'module example.com/other\n\ngo 1.23\n' > ../o/go.mod
printf 'package main\n\nimport (\n\t_ "embed"\n\n\t"example.com/other/only/here"\n)\n\n//go:embed d/t.txt\nvar s string\n\nfunc main() { println(s + here.X) }\n' > ../o/main.go
printf 'package here\n\nvar X = "added"\n' > ../o/here.go
printf 'embedded and ' > ../o/t
over '{"Replace": {"go.mod": "../o/go.mod", "main.go": "../o/main.go", "only/here/x.go": "../o/here.go", "d/t.txt": "../o/t", "a/a.go": ""}}'
prints 'embedded and added'
go list -overlay ../o.json -f '{{.ImportPath}} {{.GoFiles}} {{.EmbedFiles}}' ./... > list
printf '%s\n' 'example.com/other [main.go] [d/t.txt]' 'example.com/other/only/here [x.go] []' > want
same want list
says 'embedded and added' go run -overlay ../o.json main.go
[ ! -e only ] || die "a folder of the overlay was made"

# vet and test see it, under the names on disk
printf 'package a\n\nimport "fmt"\n\nfunc A() int { fmt.Printf("%%d", "x"); return 2 }\n' > ../o/vet.go
printf 'package a\n\nimport "testing"\n\nfunc TestA(t *testing.T) { t.Error("here", A()) }\n' > ../o/test.go
over '{"Replace": {"a/a.go": "../o/vet.go", "a/a_test.go": "../o/test.go"}}'
not go vet -overlay ../o.json ./... > log 2>&1
says '../o/vet.go:5:16: fmt.Printf format %d has arg "x" of wrong type string' cat log
for flags in '' '-coverprofile=prof'; do
	not go test -vet=off $flags -overlay ../o.json ./a > log 2>&1
	says 'a_test.go:5: here 2' cat log
done
says 'example.com/m/a/a.go:5.14,5.49 2 1' cat prof

# the standard library is no exception
printf 'package sort\n\nconst Overlaid = 7\n' > ../o/sort.go
printf 'package main\n\nimport "sort"\n\nfunc main() { println(sort.Overlaid) }\n' > ../o/main.go
over "{\"Replace\": {\"main.go\": \"../o/main.go\", \"$(go env GOROOT)/src/sort/overlaid.go\": \"../o/sort.go\"}}"
prints 7

wrong() {
	over "$1"
	says "go: $2" go build -overlay ../o.json ./...
	go build -overlay ../o.json ./... > log 2>&1 && die "accepted: $1"
}
while IFS='|' read -r json text; do
	wrong "$json" "$text"
done <<'EOF'
{"Replace": {"a/a.go": 1}}|parsing overlay JSON: json: cannot unmarshal number into Go struct field OverlayJSON.Replace of type string
{"Replace": 5}|parsing overlay JSON: json: cannot unmarshal number into Go struct field OverlayJSON.Replace of type map[string]string
[1]|parsing overlay JSON: json: cannot unmarshal array into Go value of type fsys.OverlayJSON
{"Replace": {"a/a.go" "x"}}|parsing overlay JSON: invalid character '"' after object key
{"Replace": {"a/a.go": 'x'}}|parsing overlay JSON: invalid character '\'' looking for beginning of value
{"Replace": {"a/a.go":"x",}}|parsing overlay JSON: invalid character '}' looking for beginning of object key string
{"Replace": {"a/a.go":"x"|parsing overlay JSON: unexpected end of JSON input
{"Replace": é}|parsing overlay JSON: invalid character 'Ã' looking for beginning of value
{"Replace": nul}|parsing overlay JSON: invalid character '}' in literal null (expecting 'l')
{"Replace": {"\q": "x"}}|parsing overlay JSON: invalid character 'q' in string escape code
{"n": [1, 01]}|parsing overlay JSON: invalid character '1' after array element
{} x|parsing overlay JSON: invalid character 'x' after top-level value
|parsing overlay JSON: unexpected end of JSON input
{"Replace": {"": "x"}}|empty string key in overlay file Replace map
{"Replace": {"a/a.go": "../o/two.go", "a": "../o/two.go"}}|invalid overlay: path
{"Replace": {"a/a.go": "../o/nosuch.go"}}|stat
EOF
wrong '{"Replace": {"a/a.go": "x", "./a/a.go": "x"}}' "paths \"./a/a.go\" and \"a/a.go\" both canonicalize to \"$PWD/a/a.go\" in overlay file Replace map"
wrong '{"Replace": {"a/a.go": "../o"}}' "Stat $PWD/a/a.go: replacement path"
says 'go: reading overlay file: open ../nosuch.json: no such file or directory' go list -overlay ../nosuch.json ./...
# deep nesting ends in a message
awk 'BEGIN { for (i = 0; i < 200000; i++) printf "["; print "" }' > ../o.json
says 'parsing overlay JSON: exceeded max depth' go list -overlay ../o.json ./...
exit 0
