# go build -buildvcs: what go version -m says about the repository. Expectations are what Go 1.23 says.
. "$TOP/tests/lib/test.sh"
need go compile link
command -v git > /dev/null || skip "there is no git"
export GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_DATE='2024-02-29T23:59:58Z' GIT_COMMITTER_DATE='2024-02-29T23:59:58+02:00'
git config --global user.email nobody@example.com
git config --global user.name Nobody

# stamps TEXT ARGUMENT...: the settings vcs.* of what go build ARGUMENT... makes, on one line.
stamps() {
	want=$1
	shift
	rm -f "$WORK/prog"
	ok go build -o "$WORK/prog" "$@"
	got=$(go version -m "$WORK/prog" | awk -F '\t' '$3 ~ /^vcs/ { printf "%s ", $3 }')
	[ "$got" = "${want:+$want }" ] || die "go build $*: '$got', not '$want'"
}
# refused TEXT ARGUMENT...
refused() {
	text="error obtaining VCS status: $1
	Use -buildvcs=false to disable VCS stamping."
	shift
	rc=0
	go build -o "$WORK/prog" "$@" 2> "$WORK/err" || rc=$?
	[ $rc = 1 ] && [ "$(cat "$WORK/err")" = "$text" ] || die "go build $*: exit code $rc, $(cat "$WORK/err")"
}

mkdir -p r/m r/m/sub
cd r/m || exit 1
printf 'module example.com/m\n\ngo 1.23\n' > go.mod
printf 'package main\n\nfunc main() {}\n' > main.go
cp main.go sub/
stamps '' .
git init -q ..
stamps 'vcs=git vcs.modified=true' .
git add .
git commit -q -m one
rev=$(git rev-parse HEAD)
clean="vcs=git vcs.revision=$rev vcs.time=2024-02-29T21:59:58Z vcs.modified=false"
stamps "$clean" .
stamps "$clean" ./sub
stamps "$clean" -trimpath -ldflags='-s -w' .
stamps '' -buildvcs=false .
stamps '' main.go
GOFLAGS=-buildvcs=false stamps '' .
: > untracked
stamps "${clean%false}true" .
go build -x -o "$WORK/prog" . 2>&1 | grep -q '^git -c log.showsignature=false log -1 --format=%H:%ct$' || die "-x does not show git"
rm untracked

# It is part of what a program is made of: a commit links again, nothing compiles.
: > note
git add note
git commit -q -m two
go build -x -o "$WORK/prog" . > "$WORK/log" 2>&1
grep -q '/link ' "$WORK/log" || die "a commit does not link again"
! grep -q '/compile ' "$WORK/log" || die "a commit compiles"
[ "$(GOBIN="$WORK/bin" go install . && go version -m "$WORK/bin/m" | grep -c vcs)" = 4 ] || die "go install"

# go run and go test say nothing, unless they are told to.
printf 'package main\n\nimport "runtime/debug"\n\nfunc main() {\n\tb, _ := debug.ReadBuildInfo()\n\tfor _, s := range b.Settings {\n\t\tif s.Key[0] == 118 {\n\t\t\tprintln(s.Key, s.Value)\n\t\t}\n\t}\n}\n' > main.go
[ -z "$(go run . 2>&1)" ] || die "go run: $(go run . 2>&1)"
go run -buildvcs=true . 2>&1 | grep -q '^vcs.modified true$' || die "go run -buildvcs=true"

# Another repository below, and one that git refuses to look into.
git init -q sub
printf 'module example.com/sub\n\ngo 1.23\n' > sub/go.mod
printf 'go 1.23\n\nuse .\nuse ./sub\n' > go.work
stamps '' ./sub
(cd sub && stamps 'vcs=git vcs.modified=true' .) || exit 1
refused "main package is in repository \"$PWD/sub\" but current directory is in repository \"${PWD%/m}\"" -buildvcs=true ./sub
mkdir "$WORK/bin2"
printf '#!/bin/sh\necho "fatal: detected dubious ownership" >&2\nexit 128\n' > "$WORK/bin2/git"
chmod 755 "$WORK/bin2/git"
PATH="$WORK/bin2:$PATH" refused 'exit status 128' .

# Without git there are no stamps, and that is an error only if they were asked for.
go=$SDK/bin/go
PATH=/nowhere "$go" build -o "$WORK/prog" . || die "no git: exit code $?"
! go version -m "$WORK/prog" | grep -q vcs || die "stamps without git"
PATH=/nowhere "$go" build -buildvcs=true -o "$WORK/prog" . 2> "$WORK/err" && die "no git, and still stamps"
grep -qF 'exec: "git": executable file not found in $PATH' "$WORK/err" || die "no git: $(cat "$WORK/err")"
