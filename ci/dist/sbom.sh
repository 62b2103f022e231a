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

# json TEXT: a quoted string. The texts here are words of ours without control characters.
json() {
	printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

# package ID NAME VERSION LICENCE SUPPLIER DOWNLOAD PURL SUMS COMMENT: SUMS are lines "SHA256 FILE".
sep=
package() {
	printf '%s\n    {\n' "$sep"
	sep=,
	printf '      "SPDXID": %s,\n      "name": %s,\n      "versionInfo": %s,\n' "$(json "SPDXRef-$1")" "$(json "$2")" "$(json "$3")"
	printf '      "supplier": %s,\n      "downloadLocation": %s,\n      "filesAnalyzed": false,\n' "$(json "$5")" "$(json "$6")"
	printf '      "licenseConcluded": %s,\n      "licenseDeclared": %s,\n      "copyrightText": "NOASSERTION"' "$(json "$4")" "$(json "$4")"
	[ -z "$9" ] || printf ',\n      "comment": %s' "$(json "$9")"
	[ -z "$7" ] || printf ',\n      "externalRefs": [\n        {\n          "referenceCategory": "PACKAGE-MANAGER",\n          "referenceType": "purl",\n          "referenceLocator": %s\n        }\n      ]' "$(json "$7")"
	# An SPDX package has one file name; a source of several files has its first one's.
	[ -z "$8" ] || echo "$8" | awk 'NF && !seen++ { printf ",\n      \"packageFileName\": \"%s\",\n      \"checksums\": [\n        {\n          \"algorithm\": \"SHA256\",\n          \"checksumValue\": \"%s\"\n        }\n      ]", $2, $1 }'
	printf '\n    }'
	ids="$ids $1"
}

# debian NAME VERSION ARCH: its package URL.
debian() {
	echo "pkg:deb/debian/$1@$(printf '%s' "$2" | sed 's/:/%3A/g; s/+/%2B/g; s/~/%7E/g')?arch=$3"
}

cat <<EOF
{
  "spdxVersion": "SPDX-2.3",
  "dataLicense": "CC0-1.0",
  "SPDXID": "SPDXRef-DOCUMENT",
  "name": $(json "$name"),
  "documentNamespace": $(json "https://spdx.org/spdxdocs/$id"),
  "creationInfo": {
    "created": "2025-01-01T00:00:00Z",
    "creators": [
      $(json "Tool: slipway-sbom-$VERSION")
    ]
  },
EOF
printf '  "packages": ['
ids=
package slipway slipway "$VERSION" BSD-3-Clause NOASSERTION NOASSERTION "" "" "go, compile, link, runtime; for $TARGETS"
for s in "$top"/sysroots/sources/*; do
	n=${s##*/}
	kind= package= suite= version= licence= series= members= files=
	. "$s"
	licence=$(echo "$licence" | sed 's/public-domain/LicenseRef-public-domain/; s/GPL-2.0 WITH/GPL-2.0-only WITH/')
	comment=
	case $n in
	qemu-*)	[ -d "$stage/lib/qemu" ] || continue
		comment="user mode emulators in lib/qemu" ;;
	image-*) continue ;;
	gmp)	comment="mini-gmp only, linked into compile" ;;
	go)	comment="standard library in src and pkg, tools in bin and pkg/tool; with changes of Slipway's in src/runtime and others" ;;
	compiler-rt) comment="libclang_rt.builtins.a only" ;;
	esac
	# letters, digits, dots and dashes are all that an identifier may have
	package "$(echo "$n" | tr _ -)" "$package" "$version" "$licence" "Organization: Debian" NOASSERTION \
		"$(debian "$package" "$version" "$([ "$kind" = source ] && echo source || echo "${HOST#*/}")")" "$files" "$comment"
done
# What the emulators have linked in.
for s in "$top"/sysroots/sources/qemu-*; do
	[ ! -d "$stage/lib/qemu" ] || [ ! -f "$s" ] || sh "$here/linked.sh" "${s##*/}" | sed 1d
done > "$stage.linked"
while read -r n version licence; do
	package "linked-$n" "$n" "$version" "$licence" "Organization: Debian" NOASSERTION "$(debian "$n" "$version" source)" "" "in the programs of lib/qemu"
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
	package "module-$(printf '%s-%s' "$m" "$v" | tr -c 'A-Za-z0-9.-' -)" "$m" "$v" "$licence" NOASSERTION NOASSERTION "pkg:golang/$m@$v" "" "$comment"
done < "$stage.modules"
rm -f "$stage.modules" "$stage.tools"
cat <<EOF

  ],
  "hasExtractedLicensingInfos": [
    {
      "licenseId": "LicenseRef-public-domain",
      "extractedText": "This database is in the public domain.",
      "name": "Public domain",
      "comment": "the time zone database in time/tzdata"
    }
  ],
EOF
printf '  "relationships": [\n'
printf '    {\n      "spdxElementId": "SPDXRef-DOCUMENT",\n      "relationshipType": "DESCRIBES",\n      "relatedSpdxElement": "SPDXRef-slipway"\n    }'
for i in $ids; do
	[ "$i" = slipway ] || printf ',\n    {\n      "spdxElementId": "SPDXRef-slipway",\n      "relationshipType": "CONTAINS",\n      "relatedSpdxElement": "SPDXRef-%s"\n    }' "$i"
done
printf '\n  ]\n}\n'
