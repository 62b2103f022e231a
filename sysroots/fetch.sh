#!/bin/sh
# fetch.sh - get the pinned packages with this machine's apt, and check them.
#
# usage: fetch.sh [--missing] NAME...      NAME is a file of sources/
#
# --missing leaves out what is unpacked in the cache already.
#
# Files go to $SLIPWAY_DOWNLOADS (default build/downloads). Nothing is asked of the network when they are there already,
# so a directory filled on another machine makes the build work offline. The SHA-256 of sources/ is what is trusted;
# apt's own signature check comes on top.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"

mkdir -p "$SLIPWAY_DOWNLOADS"
SLIPWAY_DOWNLOADS=$(cd "$SLIPWAY_DOWNLOADS" && pwd)

# good SHA FILE: it is there and right; a damaged one is removed.
good() {
	[ -f "$SLIPWAY_DOWNLOADS/$2" ] || return 1
	[ "$(sha256sum < "$SLIPWAY_DOWNLOADS/$2" | cut -d' ' -f1)" = "$1" ] && return 0
	echo "fetch.sh: $2 has a wrong SHA-256 and is fetched again" >&2
	rm -f "$SLIPWAY_DOWNLOADS/$2"
	return 1
}

# have_all: every file of the current source is good.
have_all() {
	while read -r sha file; do
		[ -z "$sha" ] || good "$sha" "$file" || return 1
	done <<-EOF
	$files
	EOF
}

view() {
	[ -f "$tmp/view/apt.conf" ] && return 0
	say APT "reading the mirror's indexes"
	sh "$here/aptview.sh" "$tmp/view" bookworm bookworm-backports trixie > "$tmp/view.log" 2>&1 && return 0
	cat "$tmp/view.log" >&2
	return 1
}

# try APT-GET-ARGUMENTS: in a directory of its own; keeps what arrived.
try() {
	rm -rf "$tmp/get"
	mkdir -p "$tmp/get"
	(cd "$tmp/get" && APT_CONFIG=$tmp/view/apt.conf timeout 1200 apt-get -qq "$@") >> "$tmp/log" 2>&1 || :
	while read -r sha file; do
		[ -n "$sha" ] || continue
		# The file name on disk is percent-decoded by apt; an older apt keeps ":" encoded.
		if [ -f "$tmp/get/$file" ]; then
			mv "$tmp/get/$file" "$SLIPWAY_DOWNLOADS/$file.tmp.$$"
			mv "$SLIPWAY_DOWNLOADS/$file.tmp.$$" "$SLIPWAY_DOWNLOADS/$file"
		fi
	done <<-EOF
	$files
	EOF
	have_all
}

# Source packages: a mirror may lack the packaging files of a version and still have its tarball, hence --tar-only when
# the tarball is all that is wanted. The suite is named as a second try: the same tarball serves several revisions.
get() {
	view || return 1
	case $kind in
	binary)
		try download "$package=$version" || try download "$package/$suite" ;;
	source)
		only=--tar-only
		[ "$series" = debian ] && only=
		try source --download-only $only "$package=$version" || try source --download-only $only "$package/$suite" ;;
	*)
		fail "sources/$name: unknown kind '$kind'" ;;
	esac
}

tmp=$(mktemp -d "${TMPDIR:-/tmp}/slipway-fetch.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

missing=no
if [ "${1:-}" = --missing ]; then
	missing=yes
	shift
fi
for name in "$@"; do
	[ $missing = no ] || [ ! -d "$(source_dir "$name")" ] || continue
	source_read "$name"
	have_all && continue
	command -v apt-get > /dev/null || fail "$package $version is missing in $SLIPWAY_DOWNLOADS, and there is no apt-get to fetch it"
	say FETCH "$package $version"
	get && continue
	grep -v '^$' "$tmp/log" 2>/dev/null | tail -n 5 >&2 || :
	cat >&2 <<-EOF
	fetch.sh: this machine's mirror did not give $package $version ($suite).
	Either put these files into $SLIPWAY_DOWNLOADS:
	$(echo "$files" | sed '/^$/d; s/^/    /')
	from another mirror, an archive of old packages or another build's downloads,
	or pin the version that the mirror has now: edit sysroots/sources/$name (version and SHA-256), then build again.
	EOF
	exit 1
done
