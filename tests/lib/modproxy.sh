# modproxy.sh - a module proxy for tests (modproxy.go); sourced after test.sh.

# proxy_build: compiles it, with upstream's golang.org/x/mod from the sources of the SDK.
proxy_build() {
	mkdir -p "$WORK/modproxy.src/vendor/golang.org/x"
	cp -R "$SDK/src/cmd/vendor/golang.org/x/mod" "$WORK/modproxy.src/vendor/golang.org/x/"
	cp "$TOP/tests/lib/modproxy.go" "$WORK/modproxy.src/"
	printf 'module modproxy\n\ngo 1.23\n\nrequire golang.org/x/mod v0.0.0\n' > "$WORK/modproxy.src/go.mod"
	{
		printf '# golang.org/x/mod v0.0.0\n## explicit; go 1.18\n'
		printf 'golang.org/x/mod/%s\n' internal/lazyregexp module semver sumdb sumdb/dirhash sumdb/note sumdb/tlog
	} > "$WORK/modproxy.src/vendor/modules.txt"
	(cd "$WORK/modproxy.src" && GOFLAGS= GOPROXY=off go build -o "$WORK/modproxy" .) || die "the proxy for tests does not build"
}

# proxy_make TREES PROXY: makes the files of a proxy from trees/PATH@VERSION.
proxy_make() { ok "$WORK/modproxy" make "$1" "$2"; }

# proxy_serve PROXY: serves them; sets proxy_url, and GOSUMDB's value sumdb_key. The server ends with the test.
proxy_serve() {
	rm -f "$WORK/proxy.url"
	"$WORK/modproxy" serve "$1" "$WORK/proxy.url" &
	proxy_pid=$!
	trap 'kill $proxy_pid' EXIT
	while [ ! -f "$WORK/proxy.url" ]; do kill -0 $proxy_pid || die "the proxy for tests did not start"; sleep 0.05; done
	proxy_url=$(cat "$WORK/proxy.url")
	sumdb_key=$("$WORK/modproxy" key)
}

# also TEXT: the output that says looked at must hold this, too.
also() {
	grep -qF -e "$1" says.out && return 0
	cat says.out
	die "no '$1' in the same output"
}

# put FILE TEXT: a file with the folders above it; TEXT is a format of printf.
put() {
	mkdir -p "$(dirname "$1")"
	printf "$2" > "$1"
}

# wipe_modcache: removes what was downloaded, read-only as it is.
wipe_modcache() {
	[ ! -d "$GOMODCACHE" ] || chmod -R u+w "$GOMODCACHE"
	rm -rf "$GOMODCACHE"
}

# module_trees DIR: modules for several tests. a@v1.0.0 needs b@v1.0.0, a@v1.1.0 needs b@v1.1.0; tests of a need c, and c needs d without saying
# so to modules that prune; b@v1.1.0 takes v1.0.0 back and says that b is deprecated; Up/v2 has upper case and a command.
module_trees() {
	t=$1/example.com
	for v in 0 1; do
		put "$t/a@v1.$v.0/go.mod" "module example.com/a\n\ngo 1.20\n\nrequire (\n\texample.com/b v1.$v.0\n\texample.com/c v1.0.0\n)\n"
		put "$t/a@v1.$v.0/a.go" "package a\n\nimport \"example.com/b\"\n\nconst V = \"a1.$v \" + b.V\n"
		put "$t/a@v1.$v.0/a_test.go" 'package a\n\nimport _ "example.com/c"\n'
	done
	put "$t/a@v1.1.0/win/w_windows.go" 'package win\n\nimport _ "example.com/d"\n'
	put "$t/b@v1.0.0/go.mod" 'module example.com/b\n'
	put "$t/b@v1.0.0/b.go" 'package b\n\nconst V = "b1.0"\n'
	put "$t/b@v1.1.0/go.mod" '// Deprecated: use c instead\nmodule example.com/b\n\nretract v1.0.0 // it was wrong\n'
	put "$t/b@v1.1.0/b.go" 'package b\n\nconst V = "b1.1"\n'
	put "$t/b@v1.2.0-pre/go.mod" 'module example.com/b\n'
	put "$t/b@v1.2.0-pre/b.go" 'package b\n\nconst V = "b1.2pre"\n'
	put "$t/b@v1.1.1-0.20210203040506-abcdef012345/go.mod" 'module example.com/b\n'
	put "$t/b@v1.1.1-0.20210203040506-abcdef012345/b.go" 'package b\n\nconst V = "b pseudo"\n'
	put "$t/c@v1.0.0/go.mod" 'module example.com/c\n\ngo 1.16\n\nrequire example.com/d v1.0.0\n'
	put "$t/c@v1.0.0/c.go" 'package c\n\nimport _ "example.com/d"\n'
	put "$t/d@v1.0.0/go.mod" 'module example.com/d\n\ngo 1.17\n'
	put "$t/d@v1.0.0/d.go" 'package d\n'
	put "$t/d@v1.0.0/sub/d.go" 'package sub\n'
	put "$t/Up/v2@v2.0.0/go.mod" 'module example.com/Up/v2\n\ngo 1.21\n'
	put "$t/Up/v2@v2.0.1/go.mod" 'module example.com/Up/v2\n\ngo 1.21\n\nrequire example.com/a v1.0.0\n\nrequire example.com/b v1.0.0 // indirect\n'
	for v in 0 1; do
		put "$t/Up/v2@v2.0.$v/u.go" 'package up\n\nconst V = "up2"\n'
		put "$t/Up/v2@v2.0.$v/cmd/hi/u.go" 'package main\n\nimport "example.com/a"\n\nfunc main() { println("hi", a.V) }\n'
	done
	put "$t/new@v1.0.0/go.mod" 'module example.com/new\n\ngo 1.99\n'
	put "$t/new@v1.0.0/n.go" 'package new\n'
}

# module_program DIR: a program that imports a and Up/v2.
module_program() {
	put "$1/go.mod" '// A program.\nmodule example.com/p // its name\n\ngo 1.21\n'
	put "$1/main.go" 'package main\n\nimport (\n\t"example.com/Up/v2"\n\t"example.com/a"\n)\n\nfunc main() { println(a.V, up.V) }\n'
}

# ---- transcripts of a go command: REFERENCE is another one to make them with

REFERENCE=${REFERENCE:-}
[ -z "$REFERENCE" ] || unset GOROOT
go_() { if [ -n "$REFERENCE" ]; then "$REFERENCE" "$@"; else go "$@"; fi; }

# project NAME: the steps that follow are in this folder, with an empty module cache.
project() {
	cd "$WORK/$1" || exit 1
	wipe_modcache
	echo "== $1" >> "$WORK/transcript"
	: > "$WORK/go.mod.before"
	: > "$WORK/go.sum.before"
}

# step COMMAND: its output (the lines sorted, as downloads end in any order), its exit code, go.mod and go.sum if they changed.
step() {
	(eval "$1") > "$WORK/output" 2>&1
	step_rc=$?
	{
		echo "\$ $1"
		sed "s#$WORK#WORK#g" "$WORK/output" | LC_ALL=C sort
		[ $step_rc = 0 ] || echo "rc $step_rc"
		for step_file in go.mod go.sum; do
			[ -f $step_file ] || continue
			cmp -s $step_file "$WORK/$step_file.before" && continue
			echo "-- $step_file"
			cat $step_file
			cp $step_file "$WORK/$step_file.before"
		done
	} >> "$WORK/transcript"
}

# transcript_is FILE: the end of a test; FILE is the expectation beside it, which REFERENCE writes.
transcript_is() {
	[ -z "$REFERENCE" ] || cp "$WORK/transcript" "$TOP/tests/cli/$1"
	same "$TOP/tests/cli/$1" "$WORK/transcript"
}
