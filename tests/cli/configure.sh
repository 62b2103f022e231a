# configure: options, refusals, a build folder whose name has a blank.
. "$TOP/tests/lib/test.sh"
unset SLIPWAY_CACHE SLIPWAY_DOWNLOADS

# refuses TEXT ARGUMENT...: exit code 1, TEXT in the output, nothing written.
refuses() {
	text=$1
	shift
	sh "$TOP/configure" "$@" > out 2>&1
	rc=$?
	[ $rc = 1 ] || { cat out; die "exit code $rc of configure $*"; }
	grep -qF -e "$text" out || { cat out; die "no '$text' from configure $*"; }
	[ ! -e build ] || die "configure $* refused and still wrote something"
}
refuses 'unknown option --fo' --fo
refuses 'unknown variable FOO' FOO=1
refuses '--targets needs a value' --targets
refuses 'linux/mips is not supported yet' --targets=linux/amd64,linux/mips
refuses 'linux/pdp11 is not a GOOS/GOARCH pair' --targets=linux/pdp11
refuses 'linux/s390x is not supported yet' --target=s390x-unknown-linux-gnu
refuses '--host=linux/arm64' --host=linux/arm64
refuses 'not an absolute path' --prefix=here
refuses 'not found' --with-clang=no-such-clang

mkdir 'with a blank'
cd 'with a blank' || exit 1
all=$(cd "$TOP/sysroots/targets" && for f in linux_*.mk; do f=${f%.mk}; echo "${f%_*}/${f#*_}"; done)
for t in '' --targets=all; do
	ok sh "$TOP/configure" $t > out
	[ "$(sed -n 's/^TARGETS = //p' build/config.mak)" = "$(echo $all)" ] || die "all targets: $(grep TARGETS build/config.mak)"
done
ok sh "$TOP/configure" --targets=x86_64-linux-musl,linux/amd64 --prefix=/opt/x 'CFLAGS=-O1 -g' > out
grep -q '^TARGETS = linux/amd64$' build/config.mak || die "targets: $(grep TARGETS build/config.mak)"
grep -q '^CFLAGS = -O1 -g$' build/config.mak || die "CFLAGS"
[ -f build/config.h ] && [ -f Makefile ] || die "missing results"
says 'make check' make help

# The record repeats it, and what did not change keeps its time.
touch -d '2020-01-01' build/config.h
ok sh build/config.status > out2
cmp -s out out2 || die "config.status does something else"
[ -n "$(find build/config.h -not -newermt 2020-01-02)" ] || die "config.h was written again without a change"
