#!/bin/sh
# sbom.sh - print the bill of materials of a staged tree: SPDX 2.3 as JSON.
#
# usage: sbom.sh STAGE
#
# Packages: Slipway, everything of sysroots/sources that is shipped, and the modules that the Go sources and upstream's tools
# carry along (their vendor/modules.txt). All of it is read from where the build reads it, so the list cannot fall behind.
# Environment: VERSION, GOVERSION, HOST, TARGETS.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$(dirname "$here")")
export LC_ALL=C
[ $# -eq 1 ] || { echo "usage: sbom.sh STAGE" >&2; exit 2; }
stage=$1
name=slipway-$VERSION.$(echo "$HOST" | tr / -)
id=$(sed -n 's/^id //p' "$stage/share/slipway/info")

. "$here/spdx.sh"

spdx_begin "$name" "$id"
spdx_package slipway slipway "$VERSION" BSD-3-Clause NOASSERTION NOASSERTION "" "" "go, compile, link, runtime; for $TARGETS"
for s in "$top"/sysroots/sources/*; do
	n=${s##*/}
	comment=
	case $n in
	qemu-*)	[ -d "$stage/lib/qemu" ] || continue
		comment="user mode emulators in lib/qemu" ;;
	image-*|clang-*) continue ;;
	gmp)	comment="mini-gmp only, linked into compile" ;;
	go)	comment="standard library in src and pkg, tools in bin and pkg/tool; with changes of Slipway's in src/runtime and others" ;;
	compiler-rt) comment="libclang_rt.builtins.a only" ;;
	esac
	spdx_source "$s" "$comment"
done
# What the emulators have linked in.
for s in "$top"/sysroots/sources/qemu-*; do
	[ ! -d "$stage/lib/qemu" ] || [ ! -f "$s" ] || sh "$here/linked.sh" "${s##*/}" | sed 1d
done > "$stage.linked"
while read -r n version licence; do
	spdx_package "linked-$n" "$n" "$version" "$licence" "Organization: Debian" NOASSERTION "$(spdx_debian "$n" "$version" source)" "" "in the programs of lib/qemu"
done < "$stage.linked"
rm -f "$stage.linked"
up=$(sh "$top/sysroots/unpack.sh" go)/usr/share/go-1.23/src
# Of what the tools carry, that which a program has in it: the names of its functions say so.
awk '/^# / { print $2, $3 }' "$up/cmd/vendor/modules.txt" | while read -r m v; do
	! cat "$stage"/bin/* "$stage"/pkg/tool/*/* | grep -qF -e "cmd/vendor/$m/" || echo "$m $v carried by upstream's tools"
done > "$stage.tools"
awk '/^# / { print $2, $3, "carried by the standard library" }' "$up/vendor/modules.txt" | sort - "$stage.tools" | awk '{	# one that both carry is one package
	key = $1 " " $2
	if (key == last)
		line = line substr($0, index($0, " by "))
	else {
		if (line != "") print line
		line = $0
	}
	last = key
	gsub(/ by the standard library by/, " by the standard library and", line)
} END { print line }' > "$stage.modules"
while read -r m v comment; do
	case $m in
	golang.org/x/*) licence=BSD-3-Clause ;;
	*) licence=NOASSERTION ;;
	esac
	spdx_package "module-$(printf '%s-%s' "$m" "$v" | tr -c 'A-Za-z0-9.-' -)" "$m" "$v" "$licence" NOASSERTION NOASSERTION "pkg:golang/$m@$v" "" "$comment"
done < "$stage.modules"
rm -f "$stage.modules" "$stage.tools"
spdx_end '    {
      "licenseId": "LicenseRef-public-domain",
      "extractedText": "This database is in the public domain.",
      "name": "Public domain",
      "comment": "the time zone database in time/tzdata"
    }'
