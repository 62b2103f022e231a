# test.sh - for shell tests (tests/cli, tests/golden/*/x_test.sh, other helpers of this folder); sourced, under sh.
#
# The test starts in a fresh directory ($WORK) with $SDK/bin in front of PATH, GOROOT, GOCACHE and HOME set. TOP is the
# source tree. It ends with exit code 0 (passed), 77 (skipped) or another (failed).
set -u

# skip REASON: ends the test.
skip() {
	echo "$*"
	exit 77
}

# die TEXT: ends the test as failed.
die() {
	echo "FAIL: $*"
	exit 1
}

# not COMMAND...: succeeds if the command refuses with exit code 1 or 2. A crash is never a refusal.
not() {
	"$@"
	not_rc=$?
	case $not_rc in
	1|2) return 0 ;;
	0) die "this should have failed: $*" ;;
	*) die "exit code $not_rc of: $*" ;;
	esac
}

# ok COMMAND...: ends the test if the command fails.
ok() {
	"$@" || die "exit code $? of: $*"
}

# same WANT GOT: both are files.
same() {
	cmp -s "$1" "$2" && return 0
	diff -u "$1" "$2" | head -n 60
	die "$2 is not what is wanted"
}

# says TEXT COMMAND...: the command's output (both streams) must hold TEXT.
says() {
	says_text=$1
	shift
	"$@" > says.out 2>&1
	grep -qF -e "$says_text" says.out && return 0
	cat says.out
	die "no '$says_text' in the output of: $*"
}

# need PROGRAM...: tools of the SDK (go, or names in pkg/tool); without them the test fails, because skips would hide it.
need() {
	for need_p in "$@"; do
		[ -x "$SDK/bin/$need_p" ] || [ -x "$(tool "$need_p")" ] || die "the SDK has no $need_p"
	done
}

# target_run PROGRAM ARGS...: runs a program made for GOARCH: under QEMU, if it is for another CPU, and so what it starts itself.
target_run() {
	if [ -n "${QEMU:-}" ]; then SLIPWAY_EMULATOR=$QEMU "$QEMU" "$@"; else "$@"; fi
}

# tool NAME: its path.
tool() {
	for tool_d in "$SDK"/pkg/tool/*/; do
		[ -x "$tool_d$1" ] && { echo "$tool_d$1"; return; }
	done
	echo "$SDK/pkg/tool/missing/$1"
}
