#!/bin/sh
# linked.sh - print which source packages a binary package of sysroots/sources is made of, "NAME VERSION LICENCE" one a line: its
# own, and those whose libraries its static programs have in them, as the package itself says (Built-Using).
#
# usage: linked.sh NAME
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$(dirname "$here")")
kind= package= version= licence= files=
. "$top/sysroots/sources/$1"
[ "$kind" = binary ] || exit 0
sh "$top/sysroots/fetch.sh" "$1" >&2
deb=$SLIPWAY_DOWNLOADS/$(echo "$files" | awk 'NF { print $2; exit }')
# "qemu (1:7.2)" or "qemu", if the version is the same
dpkg-deb -f "$deb" Source | awk -v p="$package" -v v="$version" -v l="$licence" '
	{ p = $1; if (NF > 1) { v = $2; gsub(/[()]/, "", v) } } END { print p, v, l }'
dpkg-deb -f "$deb" Built-Using | tr ',' '\n' | awk '
	BEGIN {
		split("capstone BSD-3-Clause;gcc-12 GPL-3.0-or-later WITH GCC-exception-3.1;glib2.0 LGPL-2.1-or-later;" \
			"glibc LGPL-2.1-or-later;gnutls28 LGPL-2.1-or-later;liburing LGPL-2.1-or-later OR MIT;" \
			"numactl LGPL-2.1-only;zlib Zlib", table, ";")
		for (i in table) {
			name = table[i]
			sub(/ .*/, "", name)
			licence[name] = substr(table[i], length(name) + 2)
		}
	}
	NF { gsub(/[()=]/, ""); if (!($1 in licence)) { print "linked.sh: what is the licence of " $1 "?" > "/dev/stderr"; exit 1 }
		print $1, $2, licence[$1] }'
