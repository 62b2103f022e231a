# full: needs what make dist-cgo makes, minutes.
# The clang archive: what is in it, the installer, and C in programs for every target, in a root that has BusyBox and nothing else, by
# a user without rights and without a network.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
clang=$(echo "$dist"/slipway-*-clang.*.tar.xz)
[ -f "$clang" ] || die "there is no clang archive in $dist: run make dist-cgo"
command -v busybox > /dev/null || skip "there is no BusyBox"
media media
cp "$clang" media/
cp "$dist/SHA256SUMS" media/
chmod -R a+rX media
ok sh -c 'cd media && sha256sum -c --quiet SHA256SUMS'

# What is in it.
xz -dc "$clang" | tar -tvf - > list || die "tar cannot list it"
[ "$(awk '{ print $6 }' list | cut -d/ -f1-3 | sort -u | tr '\n' ' ')" = 'go/ go/pkg/ go/pkg/clang ' ] || die "there is something beside go/pkg/clang"
[ "$(awk '{ print $2, $4 }' list | sort -u)" = '0/0 2025-01-01' ] || die "owners or times"
[ "$(stat -c %s "$clang")" -le 50000000 ] || die "it has $(stat -c %s "$clang") bytes"
for f in bin/clang bin/clang++ bin/ld.lld manifest share/sbom.spdx.json share/licences/SOURCES share/licences/libllvm19 share/licences/libc6 \
	share/licences/gcc-12-base share/licences/musl share/licences/slipway share/licences/LGPL-2.1; do
	grep -q " go/pkg/clang/$f" list || die "no $f"
done
tag=$(basename "$clang" .tar.xz)
echo "# $tag: $(stat -c %s "$clang") bytes, $(awk '{ s += $3 } END { print s }' list) unpacked"

# The installer takes it along when it lies beside, and leaves it out when told so; both are checked.
mkdir user
! isroot || chown 65534:65534 user
export HOME="$WORK/user"
p=$WORK/user/prefix
install() {
	offline sh "$WORK/media/install.sh" --prefix "$p" "$@"
}
printf X | dd of="media/${clang##*/}" bs=1 seek=9000000 conv=notrunc 2> /dev/null
says "${clang##*/} is damaged" install
[ ! -e "$p" ] || die "a damaged clang archive, and still something is installed"
cp "$clang" media/
chmod a+r media/*
mkdir box
busybox --install -s "$WORK/box"
rm box/xz
says 'xz is missing' offline env PATH="$WORK/box" /bin/sh "$WORK/media/install.sh" --prefix "$p"
ok install --without-clang > out
[ ! -e "$p/go/pkg/clang" ] || die "--without-clang installs it"
ok install > out
grep -q 'with clang is installed' out || { cat out; die "clang is not installed"; }
[ "$(offline "$p/bin/go" env CC)" = "$(readlink -f "$p/go")/pkg/clang/bin/clang" ] || die "CC is $(offline "$p/bin/go" env CC)"
ok sh -c "cd '$p/go/pkg/clang' && sha256sum -c --quiet manifest"
install | grep -q already || die "a second run does not see the first"
printf x >> "$p/go/pkg/clang/libexec/lld"
ok install > out
ok sh -c "cd '$p/go/pkg/clang' && sha256sum -c --quiet manifest"
ok install --without-clang > out
grep -q 'this one has none' out || { cat out; die "no word of the C compiler that is gone"; }
ok install --uninstall > out
[ -z "$(find "$p" ! -type d 2> /dev/null)" ] || die "left: $(find "$p" | head)"

# The root: BusyBox, its links, the two archives as BusyBox itself unpacks them, and what is built.
mkdir -p root/bin root/tmp root/proc root/dev root/usr/local root/src
cp "$(command -v busybox)" root/bin/busybox
for a in $(busybox --list); do	# itself, too
	[ -e "root/bin/$a" ] || ln -s busybox "root/bin/$a"
done
gzip -dc "$archive" | busybox tar -C root/usr/local -xf -
busybox xz -dc "$clang" | busybox tar -C root/usr/local -xf -
cp -R "$TOP/examples/cgozlib" "$TOP/tests/cgo/objects" "$TOP/tests/cgo/callbacks" root/src/
mkdir root/src/mixed
cat > root/src/mixed/mixed.go <<'E'
package mixed

// #cgo pkg-config: zlib
// #include <zlib.h>
// static unsigned long crc(const char *s, unsigned n) { return crc32(0, (const unsigned char *)s, n); }
import "C"

import "fmt"

func CRC(s string) string {
	fmt.Printf("%d\n", s)
	return fmt.Sprint(uint32(C.crc(C.CString(s), C.uint(len(s)))))
}
E
printf 'module example.com/mixed\n\ngo 1.23\n' > root/src/mixed/go.mod
printf 'package mixed\n\nimport "testing"\n\nfunc TestCRC(t *testing.T) {\n\tif CRC("abc") != "891568578" {\n\t\tt.Fatal(CRC("abc"))\n\t}\n}\n' > root/src/mixed/mixed_test.go
cat > root/build.sh <<'E'
set -eu
export PATH=/usr/local/go/bin:/bin HOME=/tmp CGO_ENABLED=1
fail() { echo "FAIL: $*"; exit 1; }
for f in /lib/ld-* /lib64 /usr/lib /usr/include; do [ ! -e $f ] || fail "this root has $f"; done
[ "$(id -u)" != 0 ] || [ -n "${MAYBEROOT:-}" ] || fail "this should not be root"
[ "$(go env CC)" = /usr/local/go/pkg/clang/bin/clang ] || fail "CC is $(go env CC)"
[ "$(clang=$(go env CC); $clang -print-prog-name=ld.lld)" = /usr/local/go/pkg/clang/bin/ld.lld ] || fail "clang does not find its linker"
for t in $1; do
	export GOOS=${t%/*} GOARCH=${t#*/}
	for d in cgozlib objects callbacks; do
		cd /src/$d
		go run . > /tmp/got 2>&1 || { cat /tmp/got; fail "$t: $d"; }
		cmp /tmp/got want || { cat /tmp/got; fail "$t: $d prints something else"; }
	done
	cd /src/mixed
	go test -vet=off > /tmp/got 2>&1 || { cat /tmp/got; fail "$t: go test"; }
	if go vet > /tmp/got 2>&1; then fail "$t: go vet finds nothing"; fi
	grep -q 'mixed.go:11:2: fmt.Printf format %d has arg s of wrong type string' /tmp/got || { cat /tmp/got; fail "$t: go vet"; }
	echo "$t"
done
E
chmod -R a+rX root
chmod 1777 root/tmp
[ "$(cd root/usr/local/go/pkg/clang && find . -type f ! -path ./manifest | wc -l)" = "$(wc -l < root/usr/local/go/pkg/clang/manifest)" ] || die "files that the manifest does not have"
inroot() {
	if isroot; then
		unshare -mnpf --mount-proc="$WORK/root/proc" sh -c 'mount --rbind /dev "$0/dev" && exec chroot --userspec=65534:65534 "$0" "$@"' "$WORK/root" "$@"
	else
		unshare -rmnpf --mount-proc="$WORK/root/proc" sh -c 'mount --rbind /dev "$0/dev" && exec chroot "$0" "$@"' "$WORK/root" "$@"
	fi
}
unset HOME
MAYBEROOT=$(isroot || echo yes) inroot /bin/sh /build.sh "$targets" > out 2>&1 || { cat out; die "in the empty root"; }
[ "$(tr '\n' ' ' < out)" = "$targets " ] || { cat out; die "not every target"; }

# Without /proc, as a chroot may be; and the bill of materials.
if isroot; then
	[ "$(chroot --userspec=65534:65534 "$WORK/root" /usr/local/go/pkg/clang/bin/clang --version | head -n 1 | cut -d' ' -f1-3)" = 'Debian clang version' ] ||
		die "clang does not start without /proc"
fi
export GOCACHE="$WORK/cache" HOME="$WORK/user"
ok "$dist/go/bin/go" run "$TOP/tests/lib/sbom.go" root/usr/local/go/pkg/clang/share/sbom.spdx.json slipway-clang clang-19 lld-19 libllvm19 libclang-cpp19 \
	libclang-common-19-dev libc6 libstdc++6 libgcc-s1 gcc-12-base zlib1g libzstd1 musl
