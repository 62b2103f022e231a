#!/bin/sh
# qemu.sh - put the emulators of some targets into the SDK.
#
# usage: qemu.sh HOST DIR GOOS_GOARCH...      e.g. qemu.sh linux_amd64 build/sdk/lib/qemu linux_arm64
#
# DIR becomes a folder of qemu-<goarch>, for the targets whose file in targets/ names an emulator; VERSION, the version of
# the package; and copyright. They are programs for HOST and come from sources/qemu-HOST: a host without that file gets none.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
export LC_ALL=C

[ $# -ge 2 ] || { echo "usage: qemu.sh HOST DIR GOOS_GOARCH..." >&2; exit 2; }
source=qemu-$1
out=$2
shift 2

wanted=
for t in "$@"; do
	program=$(sed -n "s/^${t}_QEMU *= *//p" "$here/targets/$t.mk")
	[ -z "$program" ] || wanted="$wanted ${t#*_}=$program"
done
if [ ! -f "$here/sources/$source" ] || [ -z "$wanted" ]; then
	rm -rf "$out"
	exit 0
fi

# Each emulator is kept in the cache by itself, and those that are missing are unpacked in one pass over the package.
source_read "$source"
cached=$SLIPWAY_CACHE/$source-$(hash_files "$here/sources/$source" "$here/qemu.sh" | cut -c1-16)
copyright=usr/share/doc/$package/copyright
members=
[ -f "$cached/$copyright" ] || members=./$copyright
for w in $wanted; do
	[ -f "$cached/usr/bin/${w#*=}" ] || members="$members ./usr/bin/${w#*=}"
done
mkdir -p "$cached" "$(dirname "$out")"
tmp=$(mktemp -d "$cached/tmp.XXXXXX")
trap 'rm -rf "$tmp" "$out.tmp"' EXIT
trap 'exit 1' HUP INT TERM
if [ -n "$members" ]; then
	sh "$here/fetch.sh" "$source"
	say UNPACK "$package"
	dpkg-deb --fsys-tarfile "$SLIPWAY_DOWNLOADS/$(echo "$files" | awk 'NF { print $2 }')" | tar -xf - -C "$tmp" --no-same-owner $members ||
		fail "$package $version lacks one of: $members"
	for m in $members; do
		mkdir -p "$cached/${m%/*}"
		mv "$tmp/$m" "$cached/$m"
	done
fi

rm -rf "$out.tmp"
mkdir -p "$out.tmp"
for w in $wanted; do
	cp "$cached/usr/bin/${w#*=}" "$out.tmp/qemu-${w%%=*}"
done
cp "$cached/$copyright" "$out.tmp/copyright"
echo "$version" > "$out.tmp/VERSION"
rm -rf "$out"
mv "$out.tmp" "$out"
