# go generate: which lines run, in what environment, and what ends a package. Expectations are what Go 1.23 prints.
. "$TOP/tests/lib/test.sh"
need go
mkdir -p m/sub m/bin
cd m || exit 1
export PATH="$PWD/bin:$PATH"
printf '#!/bin/sh\nfor a; do printf "<%%s>" "$a"; done\necho\n' > bin/show
chmod 755 bin/show
printf 'module example.com/m\n\ngo 1.23\n' > go.mod

# prints TEXT ARGUMENT...: what go generate prints, both streams.
prints() {
	printf '%s\n' "$1" > ../want
	shift
	go generate "$@" > ../got 2>&1 < /dev/null
	rc=$?
	same ../want ../got
}
# file LINE...: a.go with these lines after the package clause.
file() {
	{
		echo 'package main'
		printf '%s\n' "$@"
	} > a.go
}

export OUTER='o u' EMPTY=
file '//go:generate show $GOFILE $GOLINE $GOPACKAGE $GOOS/${GOARCH} "a b\tc\u00e4\x41\101" ${DOLLAR}x $OUTER $EMPTY' \
	'  //go:generate show indented' '//go:generatex show' '// //go:generate show' \
	"//go:generate	show	tab" '//go:generate -command twice show 1 2' '//go:generate twice "$GOLINE" 4'
prints "<a.go><2><main><linux/$(go env GOARCH)><a b	cäAA><\$x><o u><>
<tab>
<1><2><8><4>"
[ $rc = 0 ] || die "exit code $rc"
file '//go:generate show $GOARCH'
GOARCH=arm64 prints '<arm64>'
file '//go:generate show $$ $ ${} $9 ${x ${GOLINE}y'
prints '<><$><><><x><2y>'
printf 'package main\r\n//go:generate show cr\r\n' > a.go
prints '<cr>'

# -n, -x, -v, -run, -skip
file '//go:generate show one' '//go:generate show two' '//go:generate false'
prints 'a.go
show one
show two
false' -n -v
prints 'show two
<two>' -x -run 't.o$'
prints '<one>' -skip 'two|false'
not go generate -run '(' 2> ../err
grep -q '^generate: error parsing regexp: ' ../err || die "bad -run: $(cat ../err)"

# What is wrong ends the package with its place, and exit code 1; other packages go on.
printf 'package sub\n\n//go:generate show sub\n' > sub/s.go
printf 'package sub_test\n\n//go:generate show $GOPACKAGE\n' > sub/s_test.go
printf '//go:build generate\n\npackage sub\n\n//go:generate show only\n' > sub/only.go
printf '//go:build ignore\n\npackage sub\n\n//go:generate show never\n' > sub/ignored.go
while IFS='|' read -r line text; do
	file '//go:generate show before' "$line" '//go:generate show after'
	prints "<before>
a.go:3: $text
<only>
<sub>
<sub_test>" ./...
	[ $rc = 1 ] || die "exit code $rc for $line"
done <<'X'
//go:generate false|running "false": exit status 1
//go:generate sh -c "kill -9 ${DOLLAR}${DOLLAR}"|running "sh": signal: killed
//go:generate no-such-program x|running "no-such-program": exec: "no-such-program": executable file not found in $PATH
//go:generate |no arguments to directive
//go:generate show "x|mismatched quoted string
//go:generate show "x\|bad backslash
//go:generate show "\q"|bad quoted string
//go:generate show "x"y|expect space after quoted argument
//go:generate -command|no command specified for -command
X
file '//go:generate -command x show' '//go:generate -command x show'
prints 'a.go:3: command "x" multiply defined'
printf 'package main\n//go:generate show' > a.go
prints 'a.go:2: error reading a.go: unexpected EOF'

# The same go is first on PATH; a script is found from the file's folder; standard input is empty.
rm sub/only.go sub/s_test.go
printf '#!/bin/sh\ncat\npwd\necho "$PWD"\n' > sub/gen.sh
chmod 755 sub/gen.sh
printf 'package sub\n\n//go:generate ./gen.sh\n//go:generate sh -c "command -v go"\n//go:generate go env GOFILE GOOS\n' > sub/s.go
echo typed | go generate ./sub > ../got 2>&1
printf '%s\n%s\n%s\n\nlinux\n' "$PWD/sub" "$PWD/sub" "$SDK/bin/go" > ../want
same ../want ../got

# go build takes what was generated.
cat > a.go <<'Y'
package main

//go:generate sh -c "printf 'package main\n\nconst V = 7\n' > v.go"

func main() { println(V) }
Y
ok go generate
[ "$(go run . 2>&1)" = 7 ] || die "what was generated: $(cat v.go)"
