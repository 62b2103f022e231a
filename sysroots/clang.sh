#!/bin/sh
# clang.sh - a clang that can be unpacked anywhere, for cgo on machines without a C compiler.
#
# usage: clang.sh LAUNCHER DIR       e.g. clang.sh build/obj/clanglaunch build/clang/go/pkg/clang
#
# DIR becomes bin/clang and bin/clang++ (LAUNCHER, see clanglaunch.c), libexec/clang, lib/ with the loader, the libraries and
# clang's own headers, licences/ and PACKAGES. All is taken from the packages that the compiler of this build came in. Some
# libraries are there only because libLLVM names them, for things a compiler never does (solvers, XML manifests, line editing):
# they are replaced by stubs of a few KB that define the names libLLVM wants.
#
# Environment: CLANG, READELF, NM (default clang-19, llvm-readelf-19, llvm-nm-19).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
export LC_ALL=C
: "${CLANG:=clang-19}" "${READELF:=llvm-readelf-19}" "${NM:=llvm-nm-19}"

[ $# -eq 2 ] || { echo "usage: clang.sh LAUNCHER DIR" >&2; exit 2; }
launcher=$1
out=$2
stubbed="libz3.so.4 libxml2.so.2 libedit.so.2"

# What is called clang-19 may be a cache of compilers: the real one lies beside its headers.
own=$("$CLANG" -print-resource-dir)
program=$(readlink -f "$own/../../../bin/clang")
[ -x "$program" ] || fail "no clang beside $own"
ldd "$program" > /dev/null || fail "$program is not a program for this machine"
tmp=$(mktemp -d "${TMPDIR:-/tmp}/slipway-clang.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

# pathof NAME: where the loader finds a library.
ldd "$program" | sed -n 's/^[[:space:]]*\([^ ]*\) => \(\/[^ ]*\) .*/\1 \2/p; s/^[[:space:]]*\(\/[^ ]*\) (.*/\1 \1/p' > "$tmp/paths"
pathof() {
	awk -v n="$1" '$1 == n { print $2; exit }' "$tmp/paths"
}
needed() {
	"$READELF" -d "$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\].*/\1/p'
}

rm -rf "$out"
mkdir -p "$out/bin" "$out/libexec" "$out/lib/clang" "$out/licences"
cp "$program" "$out/libexec/clang"
cp "$launcher" "$out/bin/clang"
ln -s clang "$out/bin/clang++"
mkdir -p "$out/lib/clang/$(basename "$own")"
cp -RL "$own/include" "$out/lib/clang/$(basename "$own")/"
echo "$program" > "$tmp/used"

# Libraries that can be reached without going through a stub.
loader=$("$READELF" -l "$program" | sed -n 's/.*interpreter: \(.*\)\]/\1/p')
cp -L "$loader" "$out/lib/ld.so"
readlink -f "$loader" >> "$tmp/used"
needed "$program" > "$tmp/todo"
while [ -s "$tmp/todo" ]; do
	name=$(sed -n 1p "$tmp/todo")
	sed -i 1d "$tmp/todo"
	[ ! -e "$out/lib/$name" ] || continue
	case " $stubbed ld-linux-x86-64.so.2 " in
	*" $name "*) continue ;;
	esac
	path=$(pathof "$name")
	[ -n "$path" ] || fail "$name, which clang needs, is not there"
	cp -L "$path" "$out/lib/$name"
	readlink -f "$path" >> "$tmp/used"
	needed "$path" >> "$tmp/todo"
done

# Stubs: every name that some library wants of them, in the version it wants.
for name in $stubbed; do
	path=$(pathof "$name")
	[ -n "$path" ] || continue
	"$NM" -D --defined-only "$path" | sed 's/@.*//' | awk '{ print $3, $2 }' | sort -u > "$tmp/has"
	for lib in "$out"/lib/*.so* "$out/libexec/clang"; do
		"$NM" -D --undefined-only "$lib" 2> /dev/null
	done | awk '{ print $2 }' | sort -u | sed 's/@@*/ /' > "$tmp/wants"
	awk 'NR == FNR { kind[$1] = $2; next } $1 in kind { print $1, kind[$1], $2 }' "$tmp/has" "$tmp/wants" | sort -u > "$tmp/names"
	awk '{
		print "\t.globl " $1
		if ($2 ~ /[TWi]/)
			print "\t.text\n\t.type " $1 ", @function\n" $1 ":\n\tud2\n\t.size " $1 ", 2"
		else
			print "\t.data\n\t.type " $1 ", @object\n" $1 ":\n\t.quad 0\n\t.size " $1 ", 8"
	}' "$tmp/names" > "$tmp/stub.s"
	awk '$3 != "" { v[$3] = v[$3] " " $1 ";" } END { for (k in v) print k " { global:" v[k] " };" }' "$tmp/names" | sort > "$tmp/map"
	version=
	[ ! -s "$tmp/map" ] || version=-Wl,--version-script=$tmp/map
	"$CLANG" -shared -nostdlib -fuse-ld=lld "-Wl,-soname,$name" $version -Wl,--build-id=none "$tmp/stub.s" -o "$out/lib/$name"
done

# Where all of it came from.
while read -r f; do
	dpkg -S "$f" 2> /dev/null || dpkg -S "${f#/usr}" 2> /dev/null || fail "$f is of no package"
done < "$tmp/used" | cut -d: -f1 | sort -u > "$tmp/packages"
while read -r p; do
	dpkg-query -W -f '${Package} ${Version}\n' "$p" | sed -n 1p
	cp -L "/usr/share/doc/$p/copyright" "$out/licences/$p"
done < "$tmp/packages" > "$out/PACKAGES"
