#!/bin/sh
# clang.sh - a clang and an lld that can be unpacked anywhere, for cgo on machines without a C compiler.
#
# usage: clang.sh LAUNCHER DIR       e.g. clang.sh build/obj/clanglaunch build/clang/go/pkg/clang
#
# DIR becomes bin/ (LAUNCHER under the names of what it starts, see clanglaunch.c), libexec/ with the programs, lib/ with the loader, the
# libraries and clang's own headers, and share/licences. All comes from the packages of sources/clang-*. Some libraries are named by libLLVM
# alone, for things that a compiler never does (solvers, XML manifests, line editing, interpreting code): stubs of a few KB take their
# place, which define the names that are wanted of them.
#
# Environment: CLANG, READELF, NM (default clang-19, llvm-readelf-19, llvm-nm-19); SLIPWAY_CACHE, SLIPWAY_DOWNLOADS.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
export LC_ALL=C
: "${CLANG:=clang-19}" "${READELF:=llvm-readelf-19}" "${NM:=llvm-nm-19}"

[ $# -eq 2 ] || { echo "usage: clang.sh LAUNCHER DIR" >&2; exit 2; }
launcher=$1
out=$2
stubbed='libz3.so.4 libxml2.so.2 libedit.so.2 libffi.so.8'
tmp=$(mktemp -d "${TMPDIR:-/tmp}/slipway-clang.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# All packages in one tree.
sources=$(cd "$here/sources" && echo clang-*)
for dir in $(sh "$here/unpack.sh" $sources); do
	(cd "$dir" && tar -cf - .) | tar -C "$tmp" -xf -
done
rm -rf "$out"
mkdir -p "$out/bin" "$out/libexec" "$out/lib" "$out/share/licences"
cp "$launcher" "$out/bin/clang"
ln -s clang "$out/bin/clang++"
ln -s clang "$out/bin/ld.lld"
cp "$tmp"/usr/lib/llvm-*/bin/* "$out/libexec/"
find "$tmp" -name '*.so.*' | while read -r f; do
	name=$("$READELF" -d "$f" | sed -n 's/.*(SONAME).*\[\(.*\)\].*/\1/p')
	case $name in
	ld-linux*)	cp -L "$f" "$out/lib/ld.so" ;;
	'')		fail "${f#"$tmp"} has no name" ;;
	*)		cp -L "$f" "$out/lib/$name" ;;
	esac
done

# Headers, but those that go with other languages or with libraries that are not here.
cp -R "$tmp"/usr/lib/llvm-*/lib/clang "$out/lib/"
(cd "$out"/lib/clang/*/include && rm -rf *cuda* *hip* *hlsl* hlsl opencl* *openmp* llvm_libc_wrappers llvm_offload_wrappers fuzzer orc profile sanitizer xray)

# wanted FILE...: names that nothing here defines, the version in which each is wanted, if any; not those that may be missing.
wanted() {
	"$NM" --quiet -D --defined-only "$@" | sed 's/@.*//' | awk 'NF == 3 { print $3 }' | sort -u > "$tmp/has"
	"$NM" --quiet -D --undefined-only "$@" | awk '$1 == "U" { print $2 }' | sed 's/@@*/ /' | sort -u > "$tmp/wants"
	awk 'NR == FNR { has[$1]; next } !($1 in has)' "$tmp/has" "$tmp/wants"
}
wanted "$out"/lib/*.so* "$out"/libexec/* > "$tmp/names"
# The libraries of names that have versions; the first stub defines all the others.
"$READELF" -V "$out"/lib/*.so.* | awk '/File: / { sub(/.*File: /, ""); file = $1 } / Name: / && file != "" { sub(/.* Name: /, ""); print $1, file }' | sort -u > "$tmp/versions"
for name in $stubbed; do
	awk -v lib="$name" -v rest="${stubbed%% *}" 'NR == FNR { file[$1] = $2; next }
		($2 == "" ? rest : file[$2]) == lib' "$tmp/versions" "$tmp/names" > "$tmp/own"
	awk '{ print "\t.globl " $1 "\n\t.type " $1 ", @function\n" $1 ":\n\tud2\n\t.size " $1 ", 2" }' "$tmp/own" > "$tmp/stub.s"
	awk '$2 != "" { v[$2] = v[$2] " " $1 ";" } END { for (k in v) print k " { global:" v[k] " };" }' "$tmp/own" | sort > "$tmp/map"
	version=
	[ ! -s "$tmp/map" ] || version=-Wl,--version-script=$tmp/map
	"$CLANG" -shared -nostdlib -fuse-ld=lld "-Wl,-soname,$name" $version -Wl,--build-id=none "$tmp/stub.s" -o "$out/lib/$name"
done
wanted "$out"/lib/*.so* "$out"/libexec/* > "$tmp/missing"
[ ! -s "$tmp/missing" ] || fail "nothing here defines: $(awk '{ print $1 }' "$tmp/missing" | head -n 5 | tr '\n' ' ')"

# Licences, the texts that they refer to, and the offer that the GPL asks for.
for f in "$tmp"/usr/share/doc/*/copyright; do
	cp "$f" "$out/share/licences/$(basename "$(dirname "$f")")"
done
for f in $(grep -oh '/usr/share/common-licenses/[A-Za-z0-9.-]*[A-Za-z0-9]' "$out"/share/licences/* | sort -u); do
	[ -f "$f" ] || fail "a licence refers to $f, which is not there"
	cp -L "$f" "$out/share/licences/"
done
{
	cat <<-EOF
	Sources of what is in pkg/clang

	Programs and libraries come from the packages of Debian below, unchanged. Whoever hands them on offers, for three years from that day,
	to anybody who asks, their complete sources for no more than the cost of copying them. Debian keeps packages and sources of these very
	versions at https://snapshot.debian.org/. The program in bin comes with the sources of Slipway: sysroots/clanglaunch.c.

	EOF
	for s in $sources; do
		source_read "$s"
		echo "$package $version"
		echo "$files" | awk 'NF { print "    " $2 "\n    SHA-256 " $1 }'
	done
} > "$out/share/licences/SOURCES"
