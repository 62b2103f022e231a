# The archive: checksums, one top folder, nothing that should not be there, licences, bill of materials.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
media media
cd media || exit 1
ok sha256sum -c SHA256SUMS > /dev/null
if command -v busybox > /dev/null; then
	ok busybox sha256sum -c SHA256SUMS > /dev/null
fi
tar -tvzf "${archive##*/}" > ../list || die "tar cannot list it"
cd ..
[ "$(awk '{ sub(/\/.*/, "", $6); print $6 }' list | sort -u)" = go ] || die "there is something beside go/"
[ "$(awk '{ print $2 }' list | sort -u)" = 0/0 ] || die "owners"
[ "$(awk '{ print $4 }' list | sort -u)" = 2025-01-01 ] || die "times"
! grep -E 'go/src/.*_test\.go$|\.syso$|/\.hash$|\.tmp$|src/cmd/|/testdata/' list || die "these should not be in it"
for t in $targets; do
	d=$(echo "$t" | tr / _)
	for f in pkg/$d/fmt.a lib/$d/libruntime.a lib/$d/libc.a lib/$d/licences/musl; do
		grep -q " go/$f\$" list || die "no $f"
	done
	[ "$t" = "$host" ] || grep -q "^emulator $t " "$dist/go/share/slipway/info" || die "no emulator for $t"
done
for f in LICENSE install.sh share/licences/go share/licences/mini-gmp share/licences/GPL-2 share/licences/SOURCES bin/go bin/gofmt; do
	grep -q " go/$f\$" list || die "no $f"
done
ok cmp "$TOP/ci/dist/install.sh" "$dist/go/install.sh"
ok sh -c "cd '$dist/go' && sha256sum -c --quiet share/slipway/manifest"

# Every program is static: it needs nothing of the machine.
for f in "$dist"/go/bin/* "$dist"/go/pkg/tool/*/*; do
	readelf -lW "$f" > elf || die "$f is no ELF program"
	! grep -qE 'INTERP|DYNAMIC' elf || die "$f is not static"
done

# The standard library is used as it is shipped: nothing of it is compiled again.
for t in $targets; do
	env -i HOME="$WORK" GOOS="${t%/*}" GOARCH="${t#*/}" "$dist/go/bin/go" list -f '{{.Export}}' -export -deps net/http > exports || die "go list for $t"
	if grep "^$WORK" exports; then die "packages of $t are compiled again"; fi
	grep -q "/pkg/$(echo "$t" | tr / _)/fmt.a" exports || die "no archives of $t are used"
done

# Size of a target's standard library.
for t in $targets; do
	n=$(find "$dist/go/pkg/$(echo "$t" | tr / _)" -type f -printf '%s\n' | awk '{ s += $1 } END { print s }')
	[ "$n" -le 25000000 ] || die "the archives of $t have $n bytes"
done

# The bill of materials is read by a program of the SDK's own making.
qemu=
[ ! -d "$dist/go/lib/qemu" ] || qemu=qemu-user-static
export GOCACHE="$WORK/cache"
ok "$dist/go/bin/go" run "$TOP/tests/lib/sbom.go" "$dist/go/share/slipway/sbom.spdx.json" slipway golang-1.23-src musl llvm-toolchain-19 zlib linux-libc-dev cmocka gmp \
	golang.org/x/net golang.org/x/tools $qemu

# Every package of the list has its licence in the archive, and every licence there is of one of them. What is a module of Go's own is
# under Go's.
sbom=$dist/go/share/slipway/sbom.spdx.json
sed -n 's/^ *"SPDXID": "SPDXRef-\(.*\)",$/\1/p' "$sbom" |
	sed '/^DOCUMENT$/d; /^module-golang.org-x-/d; /^linked-/d; s/^gmp$/mini-gmp/; s/^go-generated$/go/; s/^qemu-.*/qemu/' | sort -u > listed
ls "$dist/go/share/licences" | grep -vE '^(L?GPL-[0-9.]*|SOURCES)$' > shipped
same listed shipped
for f in $(sed -n 's/^ *"licenseDeclared": //p' "$sbom" | grep -oE 'L?GPL-[0-9.]+' | sed 's/\.0$//' | sort -u); do
	[ -s "$dist/go/share/licences/$f" ] || die "no text of $f"
done

# The emulators: the offer names the source package, and those of the libraries in them.
if [ -n "$qemu" ]; then
	for n in qemu glib2.0 glibc; do
		grep -q " source package $n [0-9]" "$dist/go/share/licences/SOURCES" || die "SOURCES does not name $n"
	done
	grep -q '"SPDXRef-linked-glib2.0"' "$sbom" || die "glib2.0 is not listed"
fi

# What the manual page names is there.
sed -n 's/^\.I GOROOT\/\(.*\)$/\1/p' "$dist/go/share/man/slipway.7" > named
[ -s named ] || die "the manual page names no file"
while read -r f; do
	[ -e "$dist/go/$f" ] || die "the manual page names $f"
done < named
