# stress.sh - one stress program: stress.sh NAME runs tests/stress/NAME.go, stress.sh NAME-hard the same under the runtime's hard modes.
#
# Its output must equal NAME.out. Its head comment may name arguments: "// quick: ..." for an ordinary run (a full run, tests/run --full,
# has none), "// hard: ..." for the hard modes, which are slow. Under QEMU, ten times as slow again, the hard modes are one mixture instead
# of four. What a program prints on stderr as "steps: N" is shown.
. "$TOP/tests/lib/test.sh"
need go compile link
name=${1%-hard}
src=$TOP/tests/stress/$name.go

# args WORD: what stands after it in the head comment.
args() {
	sed -n "/^package/q; s|^// $1: *||p" "$src"
}

# try GODEBUG ARGS...
try() {
	try_knobs=$1
	shift
	GODEBUG=$try_knobs target_run ./prog "$@" > got.out 2> got.err
	try_rc=$?
	[ $try_rc = 0 ] || { tail -n 5 got.out; head -n 30 got.err; die "exit code $try_rc of: GODEBUG=$try_knobs $name $*"; }
	same "$TOP/tests/stress/$name.out" got.out
	sed -n 's/^steps: */# steps: /p' got.err
}

! grep -q '^import "C"$' "$src" || export CGO_ENABLED=1
ok go build -o prog "$src"
if [ "$name" = "$1" ]; then
	if [ "${FULL:-no}" = yes ]; then
		try ""
	else
		try "" $(args quick)
	fi
	exit 0
fi
if [ -n "$QEMU" ] && [ "${FULL:-no}" = no ]; then
	try hardpoll=1,hardmove=1,hardpreempt=2000,hardgc=50,clobberfree=1 $(args hard)
	exit 0
fi
for knobs in hardgc=3,clobberfree=1 hardmove=1,hardgc=20,gccheckmark=1 hardpoll=1,hardmove=1,hardgc=9,clobberfree=1,gcmode=2 \
	hardpreempt=50,hardgc=100,clobberfree=1; do
	try $knobs $(args hard)
done
