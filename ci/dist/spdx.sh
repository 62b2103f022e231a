# spdx.sh - a bill of materials, SPDX 2.3 as JSON; sourced. spdx_begin, a package that holds the others, the others, spdx_end.
#
# Environment: VERSION, HOST.

# json TEXT: a quoted string. The texts here are words of ours without control characters.
json() {
	printf '"%s"' "$(printf '%s' "$1" | sed 's/\\/\\\\/g; s/"/\\"/g')"
}

# spdx_begin NAME ID: ID is another one for other contents.
spdx_begin() {
	cat <<-EOF
	{
	  "spdxVersion": "SPDX-2.3",
	  "dataLicense": "CC0-1.0",
	  "SPDXID": "SPDXRef-DOCUMENT",
	  "name": $(json "$1"),
	  "documentNamespace": $(json "https://spdx.org/spdxdocs/$2"),
	  "creationInfo": {
	    "created": "2025-01-01T00:00:00Z",
	    "creators": [
	      $(json "Tool: slipway-sbom-$VERSION")
	    ]
	  },
	EOF
	printf '  "packages": ['
	spdx_sep=
	spdx_ids=
}

# spdx_package ID NAME VERSION LICENCE SUPPLIER DOWNLOAD PURL SUMS COMMENT: SUMS are lines "SHA256 FILE".
spdx_package() {
	printf '%s\n    {\n' "$spdx_sep"
	spdx_sep=,
	printf '      "SPDXID": %s,\n      "name": %s,\n      "versionInfo": %s,\n' "$(json "SPDXRef-$1")" "$(json "$2")" "$(json "$3")"
	printf '      "supplier": %s,\n      "downloadLocation": %s,\n      "filesAnalyzed": false,\n' "$(json "$5")" "$(json "$6")"
	printf '      "licenseConcluded": %s,\n      "licenseDeclared": %s,\n      "copyrightText": "NOASSERTION"' "$(json "$4")" "$(json "$4")"
	[ -z "$9" ] || printf ',\n      "comment": %s' "$(json "$9")"
	[ -z "$7" ] || printf ',\n      "externalRefs": [\n        {\n          "referenceCategory": "PACKAGE-MANAGER",\n          "referenceType": "purl",\n          "referenceLocator": %s\n        }\n      ]' "$(json "$7")"
	# An SPDX package has one file name; a source of several files has its first one's.
	[ -z "$8" ] || echo "$8" | awk 'NF && !seen++ { printf ",\n      \"packageFileName\": \"%s\",\n      \"checksums\": [\n        {\n          \"algorithm\": \"SHA256\",\n          \"checksumValue\": \"%s\"\n        }\n      ]", $2, $1 }'
	printf '\n    }'
	spdx_ids="$spdx_ids $1"
}


# spdx_debian NAME VERSION ARCH: its package URL.
spdx_debian() {
	echo "pkg:deb/debian/$(printf '%s@%s' "$1" "$2" | sed 's/:/%3A/g; s/+/%2B/g; s/~/%7E/g')?arch=$3"
}

# spdx_source FILE COMMENT: a package of Debian, as a file of sysroots/sources pins it.
spdx_source() {
	kind= package= suite= version= licence= series= members= files=
	. "$1"
	# letters, digits, dots and dashes are all that an identifier may have
	licence=$(echo "$licence" | sed 's/public-domain/LicenseRef-public-domain/; s/GPL-2.0 WITH/GPL-2.0-only WITH/')
	spdx_package "$(basename "$1" | tr _ -)" "$package" "$version" "$licence" "Organization: Debian" NOASSERTION \
		"$(spdx_debian "$package" "$version" "$([ "$kind" = source ] && echo source || echo "${HOST#*/}")")" "$files" "$2"
}

# spdx_end [LICENCES]: LICENCES are objects that describe the LicenseRef-* that were used.
spdx_end() {
	printf '\n  ],\n'
	[ -z "${1:-}" ] || printf '  "hasExtractedLicensingInfos": [\n%s\n  ],\n' "$1"
	set -- $spdx_ids
	printf '  "relationships": [\n    {\n      "spdxElementId": "SPDXRef-DOCUMENT",\n      "relationshipType": "DESCRIBES",\n      "relatedSpdxElement": "SPDXRef-%s"\n    }' "$1"
	spdx_first=$1
	shift
	for i in "$@"; do
		printf ',\n    {\n      "spdxElementId": "SPDXRef-%s",\n      "relationshipType": "CONTAINS",\n      "relatedSpdxElement": "SPDXRef-%s"\n    }' "$spdx_first" "$i"
	done
	printf '\n  ]\n}\n'
}
