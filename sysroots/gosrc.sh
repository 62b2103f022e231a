#!/bin/sh
# gosrc.sh - make src/ of the SDK: upstream's Go sources with the overlay laid over them.
#
# usage: gosrc.sh OVERLAY SDK       e.g. gosrc.sh runtime/overlay build/sdk
#
# OVERLAY mirrors src/: a file there replaces upstream's or is added. OVERLAY/REMOVE lists, one a line, what of upstream's
# goes away first: files, folders, shell patterns; # starts a comment.
#
# SDK also gets VERSION, go.env and pkg/include. Only files that differ are written, so a change of one overlay file
# leaves the time stamps of the others alone; SDK/../gosrc.list remembers which paths are not upstream's.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
export LC_ALL=C

[ $# -eq 2 ] || { echo "usage: gosrc.sh OVERLAY SDK" >&2; exit 2; }
mkdir -p "$2"
overlay=$1
sdk=$(cd "$2" && pwd)
list=$(dirname "$sdk")/gosrc.list

sh "$here/unpack.sh" go > /dev/null
up=$(cd "$(source_dir go)/usr/share/go-1.23" && pwd)

source_read go
gover=go${version%%-*}
put() {
	printf '%s\n' "$2" | cmp -s - "$sdk/$1" && return 0
	printf '%s\n' "$2" > "$sdk/$1.tmp"
	mv "$sdk/$1.tmp" "$sdk/$1"
}
# The time is that of upstream's release of 1.23.5, not of this build.
put VERSION "$gover
time 2025-01-10T16:44:59Z"
put go.env '# Defaults of the go command; GOENV and the environment override them.

GOPROXY=https://proxy.golang.org,direct
GOSUMDB=sum.golang.org

# This SDK has one toolchain and never downloads another.
GOTOOLCHAIN=local'

# A new upstream package starts over.
if [ "$(sed -n 1p "$list" 2>/dev/null)" != "upstream ${up%/usr/*}" ] || [ ! -d "$sdk/src" ]; then
	say GOSRC "$gover"
	rm -rf "$sdk/src.tmp" "$list"
	cp -Rp "$up/src" "$sdk/src.tmp"
	rm -rf "$sdk/src"
	mv "$sdk/src.tmp" "$sdk/src"
	mkdir -p "$sdk/pkg"
	rm -rf "$sdk/pkg/include"
	mkdir -p "$sdk/pkg/include"
	for h in textflag.h funcdata.h asm_amd64.h asm_ppc64x.h; do
		cp -p "$up/src/runtime/$h" "$sdk/pkg/include/"
	done
fi

tmp=$(mktemp -d "${TMPDIR:-/tmp}/slipway-gosrc.XXXXXX")
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

: > "$tmp/removed"
: > "$tmp/added"
if [ -d "$overlay" ]; then
	if [ -f "$overlay/REMOVE" ]; then
		sed 's/#.*//; s/[[:space:]]*$//; /^$/d' "$overlay/REMOVE" > "$tmp/patterns"
		(
			cd "$up/src"
			while read -r pattern; do
				set -- $pattern
				[ -e "$1" ] || { echo "gosrc.sh: REMOVE names $pattern, which upstream does not have" >&2; exit 1; }
				find "$@" ! -type d
			done < "$tmp/patterns"
		) > "$tmp/all"
		sort -u "$tmp/all" > "$tmp/removed"
	fi
	(cd "$overlay" && find . -type f ! -name REMOVE ! -name '*.md' ! -name '*~' | sed 's#^\./##' | sort) > "$tmp/added"
fi
sort -u "$tmp/removed" "$tmp/added" > "$tmp/touched"
sed 1d "$list" 2>/dev/null | sort > "$tmp/before" || :

# What was touched last time and is not any more becomes upstream's again.
comm -23 "$tmp/before" "$tmp/touched" | while IFS= read -r f; do
	if [ -e "$up/src/$f" ]; then
		mkdir -p "$sdk/src/$(dirname "$f")"
		cp -p "$up/src/$f" "$sdk/src/$f"
	else
		rm -f "$sdk/src/$f"
	fi
done
comm -23 "$tmp/removed" "$tmp/added" | sed "s#^#./#" | (cd "$sdk/src" && tr '\n' '\0' | xargs -0 -r rm -f)
while IFS= read -r f; do
	cmp -s "$overlay/$f" "$sdk/src/$f" && continue
	mkdir -p "$sdk/src/$(dirname "$f")"
	cp "$overlay/$f" "$sdk/src/$f.tmp"
	mv "$sdk/src/$f.tmp" "$sdk/src/$f"
done < "$tmp/added"
find "$sdk/src" -type d -empty -delete

{ echo "upstream ${up%/usr/*}"; cat "$tmp/touched"; } > "$list.tmp"
mv "$list.tmp" "$list"
