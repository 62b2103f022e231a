# full: builds the SDK again, minutes.
# The archive and the images are the same bytes when the sources are built in another folder, whose name has a blank, by another
# umask, in another time zone and another language, below a go.mod and a go.work that mean nothing.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
. "$TOP/tests/lib/distenv.sh"
unset VERSION GOVERSION HOST MAKEFLAGS MAKELEVEL
[ -f "$dist/images/IDS" ] || die "there are no images: run make images"
echo nonsense > go.mod
echo nonsense > go.work
mkdir 'another build'
cd 'another build' || exit 1
umask 077
export TZ=Asia/Tokyo LANG=C.UTF-8
unset LC_ALL
ok sh "$TOP/configure" --targets="$(echo $TARGETS | tr ' ' ',')" > ../configure.out
unset TARGETS
cgo=
! grep -q -e '-clang\.' "$dist/SHA256SUMS" || cgo=dist-cgo
ok make -j2 images $cgo > ../make.out 2>&1
ok cmp "$dist/SHA256SUMS" build/dist/SHA256SUMS
ok cmp "$dist/images/IDS" build/dist/images/IDS
ok cmp "$dist/images/sdk.tar" build/dist/images/sdk.tar
