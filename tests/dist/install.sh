# install.sh: first installation, upgrade, repair, removal; damaged archive, full disk, interruption. All as a user without
# rights and without a network.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
media media
mkdir user
! isroot || chown 65534:65534 user
export HOME="$WORK/user"
p=$WORK/user/prefix
file=$WORK/media/${archive##*/}

install() {
	offline sh "$WORK/media/install.sh" --prefix "$p" "$@"
}
# works: the installed go builds a program that runs.
works() {
	cat > "$WORK/user/hello.go" <<-X
	package main
	import "fmt"
	func main() { fmt.Println("hello", 6*7) }
	X
	[ "$(offline "$p/bin/go" run "$WORK/user/hello.go" 2>&1)" = "hello 42" ] || die "the installed go does not work: $1"
}
# refuses TEXT ARGUMENT...: exit code 1, TEXT in the output, prefix as before.
refuses() {
	text=$1
	shift
	ls -lR "$p" > before 2>&1
	rc=0
	install "$@" > out 2>&1 || rc=$?
	[ $rc = 1 ] || { cat out; die "exit code $rc of install.sh $*"; }
	grep -qF -e "$text" out || { cat out; die "no '$text' from install.sh $*"; }
	ls -lR "$p" > after 2>&1
	cmp -s before after || { diff before after; die "install.sh $* refused and still changed something"; }
}

# Command line.
says 'usage: install.sh' sh media/install.sh --help
rc=0; sh media/install.sh --bogus > out 2>&1 || rc=$?
[ $rc = 2 ] || die "exit code $rc for an unknown option"

# What is damaged or unknown is refused before anything is written.
mkdir damaged
cp media/SHA256SUMS damaged/
head -c 20000000 "$file" > "damaged/${archive##*/}"
chmod -R a+rX damaged
refuses 'is damaged' "$WORK/damaged/${archive##*/}"
cp "$file" damaged/
printf X | dd of="damaged/${archive##*/}" bs=1 seek=9000000 conv=notrunc 2> /dev/null
chmod -R a+rX damaged
refuses 'is damaged' "$WORK/damaged/${archive##*/}"
rm damaged/SHA256SUMS
refuses 'there is no SHA256SUMS' "$WORK/damaged/${archive##*/}"
refuses 'cannot read' "$WORK/damaged/no-such-file"
mkdir -p user/prefix/bin
echo other > user/prefix/bin/go
! isroot || chown -R 65534:65534 user/prefix
refuses 'is there already and not Slipway' "$file"
rm -r user/prefix

# First installation.
ok install > out
grep -q 'is installed in' out || die "no word of success"
works first
offline "$p/go/bin/go" version | grep -q '^go version go1\.[0-9.]* linux/' || die "go version"
id=$(readlink "$p/lib/slipway/current")
install | grep -q already || die "a second run does not see the first"
[ "$(readlink "$p/lib/slipway/current")" = "$id" ] || die "a second run changes the installation"

# An unknown target leaves everything as it is.
rc=0; install --targets plan9/386 > out 2>&1 || rc=$?
[ $rc = 1 ] && grep -q 'plan9/386 is not in this archive' out || { cat out; die "unknown target: exit code $rc"; }
works 'after a refused target'

# Upgrade: another version is what --targets makes. go is there all the time, and what it began it ends: a program of three
# packages, built over and over.
mkdir -p user/mod/a user/mod/b
printf 'module example.com/mod\n\ngo 1.23\n' > user/mod/go.mod
printf 'package a\n\nimport "net/http"\n\nvar A = http.StatusText(200)\n' > user/mod/a/a.go
printf 'package b\n\nimport "encoding/json"\n\nfunc B(v any) string { b, _ := json.Marshal(v); return string(b) }\n' > user/mod/b/b.go
printf 'package main\n\nimport (\n\t"example.com/mod/a"\n\t"example.com/mod/b"\n)\n\nfunc main() { println(b.B(a.A)) }\n' > user/mod/main.go
: > user/busy
: > user/failures
! isroot || chown -R 65534 user/mod
(
	while [ -e user/busy ]; do
		[ "$(offline "$p/bin/go" env GOHOSTOS 2>&1)" = linux ] || echo env >> user/failures
		sleep 0.05
	done
) 2> /dev/null &
loop=$!
(
	cd user/mod || exit 1
	while [ -e ../busy ]; do
		said=$(GOCACHE=$WORK/user/cache-$(date +%N) && export GOCACHE && offline sh -c '"$1" build -o prog . && ./prog; rm -rf "$GOCACHE"' x "$p/bin/go" 2>&1)
		[ "$said" = '"OK"' ] && echo built >> ../built || echo "build: $said" >> ../failures
	done
) &
builds=$!
ok install --targets "$host" > out
ok install > out
ok install --targets "$host" > out
rm user/busy
wait $loop $builds
[ ! -s user/failures ] || { sort user/failures | uniq -c; die "go was missing or failed during upgrades"; }
[ -s user/built ] || die "nothing was built during upgrades"
ok install > out
[ "$(ls "$p/lib/slipway" | wc -l)" = 3 ] || die "more than two versions are kept: $(ls "$p/lib/slipway")"
works upgraded
less=$(echo "$p/lib/slipway/$id"-*)
[ -d "$less" ] && [ "$(ls "$less/lib" | grep -c _)" = 1 ] || die "--targets kept others: $(ls "$less/lib")"
ok sh -c "cd '$less' && sha256sum -c share/slipway/manifest > /dev/null"

# Killed in the middle, at several moments: the old version works, and the next run cleans up.
killed=0
for delay in 0.4 1.1; do
	offline setsid sh -c 'echo $$ > "$0"; exec sh "$@"' "$WORK/user/pid" "$WORK/media/install.sh" --prefix "$p" > /dev/null 2>&1 &
	sleep $delay
	kill -s KILL -- "-$(cat user/pid)" 2> /dev/null && killed=$((killed + 1))
	wait
	works "killed after $delay s"
done
[ $killed -gt 0 ] || die "no run was killed: this machine is too fast for the test"
ok install > out
works 'after kills'
left=$(find "$p/lib/slipway" -maxdepth 1 -name '.*' ! -path "$p/lib/slipway")
[ -z "$left" ] || die "left behind: $left"

# A damaged installation is repaired by the same archive, also from the unpacked tree; a damaged tree is refused.
at=$(readlink -f "$p/go")
echo damage >> "$at/src/fmt/print.go"
mkdir unpacked
ok tar -xzf "$file" -C unpacked
chmod -R a+rX unpacked
ok offline sh "$WORK/unpacked/go/install.sh" --prefix "$p" > out
ok sh -c "cd '$p/go' && sha256sum -c share/slipway/manifest > /dev/null"
works repaired
echo damage >> unpacked/go/bin/go
rc=0; offline sh "$WORK/unpacked/go/install.sh" --prefix "$p" > out 2>&1 || rc=$?
[ $rc = 1 ] && grep -q 'is damaged' out || { cat out; die "a damaged tree: exit code $rc"; }

# Removal takes what is ours and leaves the rest.
echo mine > "$p/bin/other"
ok install --uninstall > out
[ "$(cd "$p" && find . ! -type d)" = ./bin/other ] || die "left: $(find "$p")"
refuses 'is not installed' --uninstall

# BusyBox alone is enough.
if command -v busybox > /dev/null; then
	mkdir box
	busybox --install -s "$WORK/box" || ln -s "$(command -v busybox)" box/sh
	p="$WORK/user/a b"
	ok offline env PATH="$WORK/box" sh "$WORK/media/install.sh" --prefix "$p" > out
	works BusyBox
	ok offline env PATH="$WORK/box" sh "$WORK/media/install.sh" --uninstall --prefix="$p" > out
	[ ! -e "$p/lib" ] && [ ! -e "$p/go" ] || die "BusyBox leaves: $(find "$p" | head)"
fi

# A full disk, in a file system of our own: the old version stays in use.
if isroot; then
	mkdir small
	need=$(du -sm "$dist/go" | cut -f1)
	WORK=$WORK TOP=$TOP sh "$TOP/tests/lib/fulldisk.sh" $((need * 3 / 2)) "$host" || die "full disk"
fi
