# stress.sh - one stress program: stress.sh NAME runs tests/stress/NAME.go, stress.sh NAME-hard the same under the runtime's hard modes.
#
# Its output must equal NAME.out. Its head comment may name arguments: "// quick: ..." for an ordinary run (a full run, tests/run --full,
# has none), "// hard: ..." for the hard modes, which are slow.
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
	GODEBUG=$try_knobs ./prog "$@" > got.out 2> got.err
	try_rc=$?
	[ $try_rc = 0 ] || { tail -n 5 got.out; head -n 30 got.err; die "exit code $try_rc of: GODEBUG=$try_knobs $name $*"; }
	same "$TOP/tests/stress/$name.out" got.out
}

ok go build -o prog "$src"
if [ "$name" = "$1" ]; then
	if [ "${FULL:-no}" = yes ]; then
		try ""
	else
		try "" $(args quick)
	fi
	exit 0
fi
for knobs in hardgc=3,clobberfree=1 hardmove=1,hardgc=20,gccheckmark=1 hardpoll=1,hardmove=1,hardgc=9,clobberfree=1 \
	hardpreempt=50,hardgc=100,clobberfree=1; do
	try $knobs $(args hard)
done
