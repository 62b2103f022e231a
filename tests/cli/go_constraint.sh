# go_constraint.sh: which files the lines "// +build" of older sources leave in, beside //go:build; what go/build documents.
. "$TOP/tests/lib/test.sh"
need go
printf 'module example.com/c\n\ngo 1.16\n' > go.mod
n=0 want=
# rule in|out TEXT: a file that starts with TEXT (\n as in printf) is in the package, or out of it
rule() {
	n=$((n + 1))
	# shellcheck disable=SC2059
	printf "$2" > "f$(printf %02d "$n").go"
	echo 'package c' >> "f$(printf %02d "$n").go"
	[ "$1" = out ] || want="$want f$(printf %02d "$n").go"
}
rule in  '// +build linux\n\n'
rule out '// +build windows\n\n'
rule in  '// +build windows linux\n\n'
rule out '// +build linux,cgo\n\n'
rule in  '// +build windows,cgo linux,!cgo\n\n'
rule out '// +build linux\n// +build windows\n\n'
rule in  '//+build linux\n\n'
rule in  '// +build windows\n'				# no blank line: text
rule out '// +build windows\n\n// Package c.\n'
rule in  '/* c */\n// +build windows\n\n'
rule out '// Copyright\n\n// +build windows\n\n/* c */\n'
rule out '// +build ignore\n\n'
rule out '// +build\n\n'
rule in  '// +build !ignore\n\n'
rule out '// +build !!linux\n\n'
rule out '// +build lin-ux\n\n'
rule in  '// +build !lin-ux\n\n'
rule in  '// +builder windows\n\n'
rule in  '//go:build linux\n// +build windows\n\n'	# the newer line decides
rule out '// +build linux\n//go:build windows\n\n'
rule in  '// +build \tlinux \r\n\r\n'
rule out '// +build linux,\n\n'
rule out '// +build windows\n'"$(awk 'BEGIN { for (i = 0; i < 101; i++) printf "// +build %swindows\\n", i % 2 ? "!" : "" }')"'\n'
rule in  "// +build $(awk 'BEGIN { for (i = 0; i < 102; i++) printf "windows " }')"'\n\n'	# too many operators: no rule
rule out "// +build $(awk 'BEGIN { for (i = 0; i < 101; i++) printf "windows " }')"'\n\n'
got=$(CGO_ENABLED=0 go list -f '{{range .GoFiles}} {{.}}{{end}}')
[ "$got" = "$want" ] || die "files:$got, not$want"
