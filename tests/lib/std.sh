# std.sh - upstream's tests of one package of the standard library: std.sh PACKAGE runs go test -short for GOARCH, with vet on the host.
#
# Tests that tests/std/skip names are left out; tests/run --full tries those too, each alone, and says which pass.
. "$TOP/tests/lib/test.sh"
need go compile link
pkg=$1
ls "$SDK/src/$pkg"/*_test.go > /dev/null 2>&1 || skip "this SDK was shipped without upstream's tests"
skips=$(awk -v pkg="$pkg" -v arch="$GOARCH" -v qemu="$QEMU" \
	'$1 == pkg && ($2 == "all" || $2 == arch || ($2 == "emulated" && qemu != "")) { gsub("/", "$/^", $3); print "^" $3 "$" }' "$TOP/tests/std/skip")

# gotest SECONDS ARGS...
gotest() {
	gotest_s=$1
	shift
	[ -z "$QEMU" ] || set -- -vet=off "$@"
	go test -short -count=1 -timeout "${gotest_s}s" "$@" "$pkg"
}

gotest $((TIMEOUT - 10)) ${skips:+-skip "$(echo "$skips" | paste -sd '|')"} || exit 1
if [ "${FULL:-no}" = yes ]; then
	for t in $skips; do
		! gotest 60 -run "$t" > one.out 2>&1 || echo "# passes, but tests/std/skip lists it: $t"
	done
fi
