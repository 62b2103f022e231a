# The installer by itself, with small archives made here, so that it can run some hundred times: killed before each command that
# changes something, with any amount of free space, several at once, into all kinds of places, from damaged archives, in other shells.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
other=linux/$([ "$host" = linux/arm64 ] && echo amd64 || echo arm64)
nobody=65534
! isroot || install -d -o $nobody user
mkdir -p user
p=$WORK/user/prefix

# mini VERSION: the archive, with what belongs to it, in a folder VERSION. Its go prints VERSION.
mini() {
	mkdir -p "$1/go/bin" "$1/go/share/slipway" "$1/go/share/completion" "$1/go/share/man"
	for mini_t in $host $other; do
		mini_t=$(echo "$mini_t" | tr / _)
		mkdir -p "$1/go/pkg/$mini_t" "$1/go/lib/$mini_t"
		head -c 300000 /dev/urandom > "$1/go/pkg/$mini_t/fmt.a"
		echo lib > "$1/go/lib/$mini_t/libc.a"
	done
	printf '#!/bin/sh\necho %s\n' "$1" | tee "$1/go/bin/go" > "$1/go/bin/gofmt"
	chmod 755 "$1/go/bin/go" "$1/go/bin/gofmt"
	for mini_f in completion/go.bash completion/_go completion/go.fish man/slipway.7; do
		echo "$1" > "$1/go/share/$mini_f"
	done
	cp "$TOP/ci/dist/install.sh" "$1/go/"
	printf 'id %s\nversion %s (go1)\nhost %s\ntargets %s %s\n' "$1" "$1" "$host" "$host" "$other" > "$1/go/share/slipway/info"
	(cd "$1/go" && find . -type f ! -name manifest -exec sha256sum {} + > share/slipway/manifest)
	pack "$1"
}
# pack VERSION: the archive and its sum from the tree.
pack() {
	(cd "$1" && tar -czf "slipway-$1.linux-${host#*/}.tar.gz" go && cp go/install.sh . && sha256sum slipway-* > SHA256SUMS)
	chmod -R a+rX "$1"
}
for v in one two; do
	mini $v
done

# install VERSION ARGUMENT...; SHELL_ is the shell.
SHELL_=sh
install() {
	install_v=$1
	shift
	offline $SHELL_ "$WORK/$install_v/install.sh" --prefix "$p" "$@"
}
# state VERSION...: the installed go is one of them, complete, and nothing of an interrupted run is left.
state() {
	state_go=$("$p/bin/go" 2>&1)
	case " $* " in
	*" $state_go "*) ;;
	*) die "go says '$state_go', not one of: $*" ;;
	esac
	[ "$("$p/go/bin/gofmt")" = "$state_go" ] || die "gofmt is another version"
	(cd "$p/go" && sha256sum -c share/slipway/manifest) > sums 2>&1 || { cat sums; die "the tree is damaged"; }
	[ "$(cat "$p/share/man/man7/slipway.7" "$p/share/zsh/site-functions/_go" | sort -u)" = "$state_go" ] || die "manual or completion"
}
tidy() {
	tidy_left=$(find "$p/lib/slipway" -mindepth 1 -maxdepth 1 -name '.*')
	[ -z "$tidy_left" ] || die "left behind: $tidy_left"
}
# fails CODE TEXT COMMAND...
fails() {
	fails_code=$1
	fails_text=$2
	shift 2
	fails_rc=0
	"$@" > out 2>&1 || fails_rc=$?
	[ $fails_rc = "$fails_code" ] && grep -qF -e "$fails_text" out || { cat out; die "exit code $fails_rc, or no '$fails_text': $*"; }
}
gone() {
	[ -z "$(find "$p" -mindepth 1 ! -path "$p/lib" 2> /dev/null)" ] || die "not removed: $(find "$p")"
}

# --- the command line

says 'usage: install.sh' sh one/install.sh --help
[ "$(sh one/install.sh --version)" = 'Slipway one (go1)' ] || die "--version"
[ "$(sh one/go/install.sh --version)" = 'Slipway one (go1)' ] || die "--version of a tree"
fails 2 'unknown option --bogus' sh one/install.sh --bogus
fails 2 '--prefix needs a value' sh one/install.sh --prefix
fails 2 '--prefix needs a value' sh one/install.sh --prefix=
fails 2 '--targets needs a value' sh one/install.sh --targets ''
fails 2 'more than one archive' sh one/install.sh a b
fails 2 'takes no archive' sh one/install.sh --uninstall a
fails 2 'there is no home folder' env -u HOME setpriv --reuid $nobody --clear-groups sh "$WORK/one/install.sh"
fails 1 'needs the program awk' env PATH="$WORK/few" /bin/sh one/install.sh
fails 1 'is not in this archive' install one --targets plan9/386
[ ! -e "$p/lib" ] || die "a refused installation leaves $p/lib"

# --- damaged archives: nothing is changed

ok install one > out
state one
listing() {
	find "$p" -type d -printf '%p %i %m\n' -o -printf '%p %i %m %l %T@\n'
}
# refused TEXT: the archive in the folder bad.
refused() {
	listing > before
	fails 1 "$1" install bad "$WORK/bad/slipway-two.linux-${host#*/}.tar.gz"
	listing > after
	same before after
	rm -r bad
}
bad() {
	rm -rf bad
	cp -R two bad
	f=bad/slipway-two.linux-${host#*/}.tar.gz
}
bad
size=$(wc -c < "two/${f#*/}")
for at in 0 9 1000 $((size / 2)) $((size - 1)); do
	bad
	byte=$(dd if="$f" bs=1 skip=$at count=1 2> /dev/null | od -An -tu1)
	printf "\\$(printf %o $((byte ^ 1)))" | dd of="$f" bs=1 seek=$at conv=notrunc 2> /dev/null
	refused 'is damaged'
done
for n in 0 1 1000 $((size - 1)); do
	bad
	head -c "$n" "two/${f#*/}" > "$f"
	refused 'is damaged'
done
bad; sed -i 's/^../00/' bad/SHA256SUMS; refused 'is damaged'
bad; sed -i 's/slipway/x/' bad/SHA256SUMS; refused 'SHA256SUMS does not name'
bad; rm bad/SHA256SUMS; refused 'there is no SHA256SUMS'
bad; rm "$f"; refused 'cannot read'
bad; mkdir bad/go/x; rm bad/go/bin/gofmt; (cd bad && tar -czf slipway-*.gz go && sha256sum slipway-*.gz > SHA256SUMS); refused 'do not arrive complete'
bad; rm -r bad/go/share; (cd bad && tar -czf slipway-*.gz go && sha256sum slipway-*.gz > SHA256SUMS); refused 'no archive of Slipway'

# --- killed before each command that changes something

# Each of these programs counts, and kills the installer with all its children when its turn has come.
real=$PATH
mkdir kill
for c in chmod ln mkdir mv rm rmdir sha256sum tar; do
	printf '#!/bin/sh\nPATH=%s\nn=$(($(cat "%s/count") + 1))\necho $n > "%s/count"\n[ $n != "$KILL_AT" ] || kill -s KILL -- "-$(cat "%s/pid")"\nexec %s "$@"\n' \
		"$real" "$WORK/user" "$WORK/user" "$WORK/user" "$c" > "kill/$c"
done
chmod -R a+rx kill
# killed N VERSION ARGUMENT...: false when it ended before its Nth command.
killed() {
	killed_at=$1
	killed_v=$2
	shift 2
	echo 0 > user/count
	chmod a+w user/count
	: > user/pid
	chmod a+w user/pid
	! offline env PATH="$WORK/kill:$real" KILL_AT="$killed_at" setsid -w sh -c 'echo $$ > "$0"; exec sh "$@"' "$WORK/user/pid" \
		"$WORK/$killed_v/install.sh" --prefix "$p" "$@" > out 2>&1
}
n=0
while killed $((n + 1)) two; do
	n=$((n + 1))
	state one two
	ok install one > out
	state one
	tidy
	[ $n -lt 200 ] || die "the installer never ends"
done
state two
tidy
[ $n -gt 8 ] || die "only $n places to kill an upgrade"
total=$n
n=0
while killed $((n + 1)) one --uninstall; do
	n=$((n + 1))
	install one --uninstall > out 2>&1 || grep -q 'not installed' out || { cat out; die "--uninstall after a killed one"; }
	gone
	ok install one > out
	state one
done
gone
total=$((total + n))
n=0
while killed $((n + 1)) one --targets "$other"; do
	n=$((n + 1))
	[ ! -e "$p/bin/go" ] || [ "$("$p/bin/go")" = one ] || die "a first installation was killed, and go says $("$p/bin/go")"
	ok install two > out
	state two
	tidy
	ok install one --uninstall > out
	gone
done
state one
total=$((total + n))

# --- targets: one, then another

[ "$(cd "$p/go/pkg" && echo *)" = "$(echo "$other" | tr / _)" ] || die "targets: $(ls "$p/go/pkg")"
grep -qx "targets $other" "$p/go/share/slipway/info" || die "targets in info"
ok install one --targets "$host" > out
state one
[ "$(cd "$p/go/pkg" && echo *)" = "$(echo "$host" | tr / _)" ] || die "targets: $(ls "$p/go/pkg")"
ok install one --targets "$host,$other" > out
[ "$(ls "$p/go/pkg" | wc -l)" = 2 ] || die "targets: $(ls "$p/go/pkg")"
fails 2 'names no target' install one --targets ,

# --- several at once, and somebody who uses it

: > user/busy
(
	while [ -e user/busy ]; do
		case $("$p/bin/go" 2>&1) in one|two) ;; *) echo missing >> misses ;; esac
	done
) &
loop=$!
for i in 1 2 3 4 5 6; do
	for v in one two; do
		(
			rc=0
			install $v > "out.$i$v" 2>&1 || rc=$?
			[ $rc = 0 ] || { [ $rc = 1 ] && grep -q 'another installation is at work' "out.$i$v"; } || echo "exit code $rc: $(cat "out.$i$v")" >> odd
		) &
		eval "job$i$v=$!"
	done
done
for i in 1 2 3 4 5 6; do
	eval "wait \$job${i}one \$job${i}two"
done
rm user/busy
wait $loop
[ ! -e odd ] || { cat odd; die "installers at once"; }
[ ! -e misses ] || die "go was missing $(wc -l < misses) times"
state one two
tidy

# What a killed run left does not count, whoever has its number now; what runs does.
ln -s 1-1 "$p/lib/slipway/.lock"
ok install one > out
state one
mkdir slow
printf '#!/bin/sh\nPATH=%s\n: > "%s/user/started"\nwhile [ ! -e "%s/user/go" ]; do sleep 0.05; done\nexec tar "$@"\n' "$real" "$WORK" "$WORK" > slow/tar
chmod -R a+rx slow
offline env PATH="$WORK/slow:$real" sh "$WORK/two/install.sh" --prefix "$p" > slow.out 2>&1 &
slow=$!
while [ ! -e user/started ]; do sleep 0.05; done
fails 1 'another installation is at work' install one
fails 1 'another installation is at work' install one --uninstall
: > user/go
wait $slow || { cat slow.out; die "the slow installer"; }
state two

# A tree stays while a program of it runs.
cp "$(command -v sleep)" "$p/go/bin/sleep"
offline sh -c 'echo $$ > "$0"; exec "$1" 300' "$WORK/user/sleeper" "$p/go/bin/sleep" &
while [ ! -s user/sleeper ]; do sleep 0.05; done
ok install one > out
ok install one --targets "$host" > out
[ -d "$p/lib/slipway/two" ] || die "the tree of a running program was removed"
kill "$(cat user/sleeper)"
wait $! 2> /dev/null
ok install one > out
[ ! -d "$p/lib/slipway/two" ] || die "a tree that nobody uses stays"
echo mine > "$p/bin/mine"
mkdir "$p/share/mine"
ok install one --uninstall > out
[ "$(cd "$p" && find . | sort | tr '\n' ' ')" = '. ./bin ./bin/mine ./share ./share/mine ' ] || die "what is not ours: $(find "$p")"
rm -r "$p"

# --- places, in every shell

for SHELL_ in dash bash 'busybox sh'; do
	command -v ${SHELL_% *} > /dev/null || continue
	for p in "$WORK/user/a b" "$WORK/user/q\"uo'te \$HOME *" "$WORK/user/-dash" "$WORK/user/deep/er/"; do
		ok install one > out
		state one
		eval "$(sed -n 's/^Add it to your PATH: *//p' out); command -v go > which"
		[ "$(cat which)" = "${p%/}/bin/go" ] || [ "$(cat which)" = "$p/bin/go" ] || die "what it says of PATH: $(cat out)"
		PATH=$real
		ok install two > out
		state two
		ok install one --uninstall > out
		gone
	done
done
SHELL_=sh
cd user || exit 1
p=rel/ative
ok install one > ../out
state one
! isroot || chown -h $nobody rel rel/ative
mv rel 'moved on'
cd ..
p="$WORK/user/moved on/ative"
state one
ln -s "$p" user/link
chown -h $nobody user/link 2> /dev/null
p=$WORK/user/link
ok install two > out
state two
ok install two --uninstall > out

# Folders of the prefix that are links to elsewhere.
p=$WORK/user/linked
mkdir -p user/linked user/elsewhere/bin user/elsewhere/share
! isroot || chown -R $nobody user/linked user/elsewhere
ln -s ../elsewhere/bin user/linked/bin
ln -s ../elsewhere/share user/linked/share
ok install one > out
state one
ok install two > out
state two
ok install two --uninstall > out
[ -z "$(find user/elsewhere -type l)" ] || die "links stay: $(find user/elsewhere)"

# Where it cannot be: said before anything is there.
p=$WORK/user/ro/prefix
mkdir -p user/ro/prefix
chmod 555 user/ro user/ro/prefix
fails 1 'cannot write to' install one
p=$WORK/user/file/prefix
: > user/file
fails 1 'cannot write to' install one
p=$WORK/user/foreign
mkdir -p user/foreign/bin
! isroot || chown -R $nobody user/foreign
echo mine > user/foreign/bin/gofmt
fails 1 "bin/gofmt is there already and not Slipway's" install one
[ "$(find user/foreign | wc -l)" = 3 ] || die "a refused installation leaves: $(find user/foreign)"
p=$WORK/user/inside/go/x
cp -R one user/inside
mkdir user/inside/go/x
! isroot || chown -R $nobody user/inside
fails 1 'is inside of the tree' offline sh user/inside/go/install.sh --prefix "$p"

# --- a full disk: the old version stays, whatever the room

isroot || { echo "# killed in $total places; a full disk needs root"; exit 0; }
cat > full.sh <<'X'
mount -t tmpfs -o size=3m,nr_inodes=200 none "$WORK/small"
p=$WORK/small/prefix
sh "$WORK/one/install.sh" --prefix "$p" > /dev/null || exit 1
refused=0 done=0
for free in 0 4 8 64 400 620 640 660 720 1000; do
	rm -f "$WORK/small/filler"
	have=$(df -k "$WORK/small" | awk 'NR == 2 { print $4 }')
	[ $((have - free)) -lt 0 ] || head -c $(((have - free) * 1024)) /dev/zero > "$WORK/small/filler"
	rc=0
	sh "$WORK/two/install.sh" --prefix "$p" > out 2>&1 || rc=$?
	case $rc-$("$p/bin/go") in
	0-two)	done=$((done + 1))
		rm "$WORK/small/filler"
		sh "$WORK/one/install.sh" --prefix "$p" > /dev/null || exit 1 ;;
	1-one)	refused=$((refused + 1))
		grep -qE 'No space left|is the disk full|cannot' out || { cat out; exit 1; } ;;
	*)	cat out; echo "exit code $rc with $free KB free, and go says $("$p/bin/go")"; exit 1 ;;
	esac
	left=$(find "$p/lib/slipway" -mindepth 1 -maxdepth 1 -name '.*')
	[ -z "$left" ] || { echo "left behind with $free KB free: $left"; exit 1; }
	(cd "$p/go" && sha256sum -c --quiet share/slipway/manifest) || exit 1
done
[ $refused -gt 3 ] && [ $done -gt 0 ] || { echo "$refused refused, $done done"; exit 1; }
X
mkdir small
WORK=$WORK unshare -m sh full.sh || die "full disk"
echo "# killed in $total places"
