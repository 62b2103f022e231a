# gosrc.sh: the overlay replaces, adds and removes, and what it no longer names becomes upstream's again.
. "$TOP/tests/lib/test.sh"
up=$(sed -n '1s/^upstream //p' "$BUILD/gosrc.list" 2> /dev/null)
[ -d "$up" ] || skip "the Go sources are not unpacked (make src)"
# The SDK's own sources came from the same script: look at those rather than copy 130 MB once more.
src=$SDK/src
up=$(echo "$up"/usr/share/go-*/src)
[ -f "$src/fmt/print.go" ] || die "no fmt in $src"
cmp -s "$src/fmt/print.go" "$up/fmt/print.go" || die "fmt/print.go is not upstream's"
grep -q 'defaultGO386 = `sse2`' "$src/internal/buildcfg/zbootstrap.go" || die "GO386"
[ -s "$src/time/tzdata/zzipdata.go" ] || die "no time zones"
overlay=$TOP/runtime/overlay
[ -d "$overlay" ] || skip "there is no overlay yet"
(cd "$overlay" && find . -type f ! -name REMOVE ! -name '*.md') | while read -r f; do
	cmp -s "$overlay/$f" "$src/$f" || die "$f of the overlay is not in src"
done || exit 1
says 'go1.23.5' cat "$SDK/VERSION"
says 'GOTOOLCHAIN=local' cat "$SDK/go.env"
