# export.sh: export data of all of std is the same when read back, kept bodies check again, and go/importer reads it.
#
# REFGO names a go command that can build and run programs; without it the part with go/importer is left out.
. "$TOP/tests/lib/test.sh"
[ -f "$BUILD/obj/san/libtoolchain.a" ] || skip "the tools are not built with sanitizers (make check-programs)"
[ -d "$SDK/src/fmt" ] || skip "the Go sources are not unpacked (make src)"
go=${REFGO:-$SDK/bin/go}
form='{{.ImportPath}}|{{.Dir}}|{{join .GoFiles ","}}|{{range $k,$v := .ImportMap}}{{$k}}={{$v}},{{end}}'
CGO_ENABLED=0 "$go" list -f "$form" -tags purego std > std.list 2> list.err || skip "go list does not work: $(head -n 1 list.err)"
awk -F'|' '$3 != "" && $1 != "unsafe" { print $1 }' std.list > packages
ok cc -std=c11 -D_GNU_SOURCE -g -O1 -fsanitize=address,undefined -I"$TOP/toolchain" -I"$TOP/runtime" -o exportcheck \
	"$TOP/tests/tools/exportcheck.c" "$BUILD/obj/san/libtoolchain.a" -lz -lpthread -lm
mkdir exp
ok ./exportcheck -list=std.list -write=exp -all $(cat packages) > written
ok ./exportcheck -read=exp -all $(cat packages) > read
# two spellings of one constraint become one
for f in written read; do
	grep -v '^	body ' $f | grep -v '^func maps.Copy\[' | LC_ALL=C sort > $f.sorted
done
same written.sorted read.sorted
ok ./exportcheck -read=exp -all -bodies $(cat packages) > bodies
[ -n "${REFGO:-}" ] || exit 0
export GO111MODULE=off CGO_ENABLED=0 GOFLAGS=-tags=purego
ok "$REFGO" build -o goimport "$TOP/tests/tools/goimport/main.go"
grep -v '^vendor/\|^crypto/internal/nistec$' packages > public	# nistec: go/importer ignores the tag
ok ./goimport exp $(cat public) > exp.out
ok ./goimport source $(cat public) > source.out
same source.out exp.out
