# lib.sh - what fetch.sh, unpack.sh, build.sh and gosrc.sh share; sourced, with $here set to this folder.

: "${SLIPWAY_DOWNLOADS:=build/downloads}"
: "${SLIPWAY_CACHE:=build/cache}"

fail() {
	echo "${0##*/}: $*" >&2
	exit 1
}

# say WHAT WHICH: a progress line in the manner of the Makefile's.
say() {
	printf '  %-9s%s\n' "$1" "$2"
}

# source_read NAME: sets kind package suite version licence series members files from sources/NAME.
source_read() {
	[ -f "$here/sources/$1" ] || fail "no such source: $1 (known: $(cd "$here/sources" && echo *))"
	kind= package= suite= version= licence= series= members= files=
	. "$here/sources/$1"
}

# hash_files FILE...: one SHA-256 over names and contents; names are cut to their last component, so that the hash is
# the same wherever the tree lies.
hash_files() {
	for f in "$@"; do
		printf '%s %s\n' "${f##*/}" "$(sha256sum < "$f" | cut -d' ' -f1)"
	done | sha256sum | cut -d' ' -f1
}

# source_hash NAME: identifies the unpacked tree: what is downloaded, which part is kept, which patches are applied.
source_hash() {
	set -- "$here/sources/$1" "$here/unpack.sh" "$here/patches/$1"/*.diff
	[ -f "$3" ] || set -- "$1" "$2"
	hash_files "$@" | cut -c1-16
}

# source_dir NAME: where unpack.sh leaves it.
source_dir() {
	echo "$SLIPWAY_CACHE/src-$1-$(source_hash "$1")"
}
