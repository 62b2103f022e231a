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
cat > sbom.go <<'X'
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
)

func main() {
	var d struct {
		SPDXVersion, DataLicense, SPDXID, Name, DocumentNamespace string
		CreationInfo struct {
			Created  string
			Creators []string
		}
		Packages []struct {
			SPDXID, Name, VersionInfo, DownloadLocation, LicenseConcluded, LicenseDeclared, CopyrightText string
			FilesAnalyzed                                                                                 *bool
			Checksums                                                                                     []struct{ Algorithm, ChecksumValue string }
		}
		Relationships []struct{ SpdxElementID, RelationshipType, RelatedSpdxElement string }
	}
	b, err := os.ReadFile(os.Args[1])
	if err == nil {
		err = json.Unmarshal(b, &d)
	}
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	bad := func(f string, a ...any) { fmt.Printf(f+"\n", a...); os.Exit(1) }
	if d.SPDXVersion != "SPDX-2.3" || d.DataLicense != "CC0-1.0" || d.SPDXID != "SPDXRef-DOCUMENT" || d.Name == "" ||
		!strings.HasPrefix(d.DocumentNamespace, "https://") || len(d.CreationInfo.Creators) == 0 || d.CreationInfo.Created == "" {
		bad("document: %+v", d)
	}
	id, sum := regexp.MustCompile(`^SPDXRef-[A-Za-z0-9.-]+$`), regexp.MustCompile(`^[0-9a-f]{64}$`)
	names, ids := map[string]bool{}, map[string]bool{"SPDXRef-DOCUMENT": true}
	for _, p := range d.Packages {
		if !id.MatchString(p.SPDXID) || ids[p.SPDXID] || p.Name == "" || p.VersionInfo == "" || p.DownloadLocation == "" ||
			p.LicenseDeclared == "" || p.LicenseDeclared == "NOASSERTION" || p.CopyrightText == "" || p.FilesAnalyzed == nil || *p.FilesAnalyzed {
			bad("package: %+v", p)
		}
		for _, c := range p.Checksums {
			if c.Algorithm != "SHA256" || !sum.MatchString(c.ChecksumValue) {
				bad("checksum: %+v", p)
			}
		}
		ids[p.SPDXID], names[p.Name] = true, true
	}
	for _, r := range d.Relationships {
		if !ids[r.SpdxElementID] || !ids[r.RelatedSpdxElement] {
			bad("relationship: %+v", r)
		}
	}
	for _, want := range os.Args[2:] {
		if !names[want] {
			bad("%s is not listed", want)
		}
	}
	if len(d.Relationships) != len(d.Packages) {
		bad("%d packages, %d relationships", len(d.Packages), len(d.Relationships))
	}
}
X
qemu=
[ ! -d "$dist/go/lib/qemu" ] || qemu=qemu-user-static
export GOCACHE="$WORK/cache"
ok "$dist/go/bin/go" run sbom.go "$dist/go/share/slipway/sbom.spdx.json" slipway golang-1.23-src musl llvm-toolchain-19 zlib linux-libc-dev cmocka gmp \
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
