#!/bin/sh
# unpack.sh - unpack and patch pinned packages.
#
# usage: unpack.sh NAME...
#
# Each goes to $SLIPWAY_CACHE/src-NAME-HASH, whose path is printed; HASH covers everything that goes into it, so an
# existing directory is complete and right. Patches: Debian's series if sources/NAME asks for it, then patches/NAME.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
mkdir -p "$SLIPWAY_CACHE"

for name in "$@"; do
	dir=$(source_dir "$name")
	if [ -d "$dir" ]; then
		echo "$dir"
		continue
	fi
	sh "$here/fetch.sh" "$name" >&2
	source_read "$name"
	say UNPACK "$package" >&2
	tmp=$dir.tmp.$$
	trap 'rm -rf "$tmp"' EXIT
	trap 'exit 1' HUP INT TERM
	mkdir -p "$tmp/tree"
	debian=
	set -f	# $members is a pattern for tar, not for the shell
	for file in $(echo "$files" | awk '{ print $2 }'); do
		path=$SLIPWAY_DOWNLOADS/$file
		case $file in
		*.debian.tar.*)
			debian=$tmp/debian
			mkdir -p "$debian"
			tar -xf "$path" -C "$debian" --strip-components=1 ;;
		*.deb)
			dpkg-deb --fsys-tarfile "$path" | tar -xf - -C "$tmp/tree" --no-same-owner --wildcards ${members:-'*'} ;;
		*)
			tar -xf "$path" -C "$tmp/tree" --strip-components=1 --no-same-owner --wildcards --no-wildcards-match-slash ${members:-'*'} ;;
		esac
	done
	set +f
	if [ "$series" = debian ]; then
		sed '/^#/d; /^$/d' "$debian/patches/series" | while read -r p _; do
			patch -s -p1 -d "$tmp/tree" < "$debian/patches/$p" || fail "$name: Debian's $p does not apply"
		done
	fi
	for p in "$here/patches/$name"/*.diff; do
		[ -f "$p" ] || continue
		patch -s -p1 -d "$tmp/tree" < "$p" || fail "$name: ${p##*/} does not apply"
	done
	mv -T "$tmp/tree" "$dir" 2>/dev/null || [ -d "$dir" ] || fail "cannot create $dir"
	rm -rf "$tmp"
	echo "$dir"
done
