# The jobs of examples/ci: what they run is run here, for every value of their matrix, on the module of examples/docker.
. "$TOP/tests/lib/test.sh"
need go

# steps FILE: the commands, one a line: the list below a key "script", and what follows "- run:".
steps() {
	awk '
		/^ *script:$/ { list = 1; next }
		list && /^ *- / { sub(/^ *- /, ""); print; next }
		{ list = 0 }
		/^ *- run: / { sub(/^ *- run: /, ""); print }' "$TOP/examples/ci/$1"
}
# values FILE KEY: those of a list [a, b].
values() {
	sed -n "s/^ *$2: \[\(.*\)\]\$/\1/p" "$TOP/examples/ci/$1" | tr -d ' "' | tr ',' ' '
}

for f in github.yml gitlab.yml; do
	! grep -n "	" "$TOP/examples/ci/$f" || die "$f has tabs, which YAML does not allow"
	! grep -nE '^( {2})* [^ ]' "$TOP/examples/ci/$f" || die "$f: indented by an odd number of blanks"
	if python3 -c 'import yaml' 2> /dev/null; then
		ok python3 -c 'import sys, yaml; yaml.safe_load(open(sys.argv[1]))' "$TOP/examples/ci/$f"
	fi
	steps $f > steps
	[ "$(wc -l < steps)" -ge 4 ] || die "only $(wc -l < steps) commands in $f"
	# What stands there is what a shell gets: no block, no quotes of YAML, nothing that ends a plain scalar.
	! grep -nE '^[]|>{}"'\''&*!%@`[#-]|: | #|:$' steps || die "$f: a command that is no plain scalar"
	archs=$(values $f 'goarch')$(values $f 'GOARCH')
	[ "$(echo $archs)" = "$(go tool dist list | sed 's,.*/,,' | tr '\n' ' ' | sed 's/ $//')" ] || {
		[ "$(go tool dist list | wc -l)" -lt 3 ] || die "$f is for '$archs', the SDK for $(go tool dist list | tr '\n' ' ')"
		archs=$(go tool dist list | sed 's,.*/,,')
	}
	for a in $archs; do
		rm -rf job
		cp -R "$TOP/examples/docker" job
		sed "s/\${{ matrix.goarch }}/$a/g" steps > commands
		! grep -F '${{' commands || die "$f: an expression that is not known here"
		(cd job && GOOS=linux GOARCH=$a CGO_ENABLED=0 ok sh -e ../commands > ../log 2>&1) || { cat log; die "$f for $a"; }
		grep -q '"Action":"pass","Package":"[^"]*","Test":"TestHello"' "job/test-$a.json" || die "$f for $a: the test did not pass"
		[ -n "$(find job/dist -type f -perm -u+x)" ] || die "$f for $a: no program in dist"
		env GOARCH= go version -m "$(find job/dist -type f)" | grep -q "GOARCH=$a" || die "$f for $a: a program for another"
	done
done
# What the uploads name is what the commands write.
grep -q "test-\*.json" "$TOP/examples/ci/github.yml" && grep -q "dist/" "$TOP/examples/ci/github.yml" || die "github.yml uploads something else"
