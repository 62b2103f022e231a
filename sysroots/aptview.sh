#!/bin/sh
# aptview.sh - a private view of this machine's own Debian mirror, with more suites and with sources.
#
# usage: aptview.sh DIR SUITE...
#
# Writes DIR/apt.conf, to be used as APT_CONFIG. The mirror is the one that /etc/apt names, in whichever of its two
# formats, so no host is written down here. /etc/apt, /var/lib/apt and /var/cache/apt are read, never changed.
set -eu

[ $# -ge 1 ] || { echo "usage: aptview.sh DIR SUITE..." >&2; exit 2; }
mkdir -p "$1"
dir=$(cd "$1" && pwd)
shift
mkdir -p "$dir/sources" "$dir/lists/partial" "$dir/cache/archives/partial"

# One line "base-uri suite" for each index of binary packages.
indexes() {
	apt-get "$@" indextargets --format '$(REPO_URI) $(RELEASE) $(CREATED_BY) $(COMPONENT)' |
		awk '$3 == "Packages" && $4 == "main" { print $1, $2 }' | sort -u
}

indexes > "$dir/indexes"
if [ ! -s "$dir/indexes" ]; then
	# indextargets prints nothing before the first "apt-get update", as in a fresh container: do one on the side.
	mkdir -p "$dir/first/lists/partial" "$dir/first/cache/archives/partial"
	apt-get -qq -o "Dir::State::Lists=$dir/first/lists" -o "Dir::Cache=$dir/first/cache" update
	indexes -o "Dir::State::Lists=$dir/first/lists" > "$dir/indexes"
fi

. /etc/os-release
base=$(awk -v s="${VERSION_CODENAME:-none}" '$2 == s { print $1; exit }' "$dir/indexes")
if [ -z "$base" ]; then
	echo "aptview.sh: /etc/apt names no Debian mirror for the suite '${VERSION_CODENAME:-}'" >&2
	exit 1
fi

# apt 2.6 cannot say which key an index is signed by, so Debian's key ring is named.
key=/usr/share/keyrings/debian-archive-keyring.gpg
[ -r "$key" ] && signed="[signed-by=$key]" || signed=

{
	# The machine's own suites, but not those of other vendors: they are signed with other keys.
	awk -v s="$VERSION_CODENAME" '$2 == s || index($2, s "-") == 1 { print }' "$dir/indexes"
	for suite in "$@"; do
		echo "$base $suite"
	done
} | sort -u | while read -r uri suite; do
	echo "deb $signed $uri $suite main"
	echo "deb-src $signed $uri $suite main"
done > "$dir/sources/view.list"

# Dir::Cache is set as well, or apt would rewrite the machine's package cache.
cat > "$dir/apt.conf.tmp" <<EOF
Dir::Etc::sourcelist "-";
Dir::Etc::sourceparts "$dir/sources";
Dir::State::Lists "$dir/lists";
Dir::Cache "$dir/cache";
APT::Sandbox::User "root";
EOF
APT_CONFIG="$dir/apt.conf.tmp" apt-get -qq update
mv "$dir/apt.conf.tmp" "$dir/apt.conf"
