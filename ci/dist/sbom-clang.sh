#!/bin/sh
# sbom-clang.sh - print the bill of materials of the clang archive.
#
# usage: sbom-clang.sh DIR       DIR is the pkg/clang that sysroots/clang.sh made, with its manifest
#
# Environment: VERSION, HOST.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$(dirname "$here")")
export LC_ALL=C
[ $# -eq 1 ] || { echo "usage: sbom-clang.sh DIR" >&2; exit 2; }
. "$here/spdx.sh"
name=slipway-$VERSION-clang.$(echo "$HOST" | tr / -)
spdx_begin "$name" "$name-$(sha256sum < "$1/manifest" | cut -c1-12)"
spdx_package slipway-clang slipway-clang "$VERSION" BSD-3-Clause NOASSERTION NOASSERTION "" "" "the launcher in bin, and stubs of libraries that are not used"
for s in "$top"/sysroots/sources/clang-*; do
	spdx_source "$s" ""
done
spdx_source "$top/sysroots/sources/musl" "linked into the launcher"
spdx_end
