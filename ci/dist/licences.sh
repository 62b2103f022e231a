# licences.sh - share/licences and share/sources of the staged tree; sourced by stage.sh.
#
# lib/<target>/licences stays where it is: that is what is linked into users' programs.

# emulator_of GOOS/GOARCH: its path in the tree, or nothing.
emulator_of() {
	[ ! -f "$stage/lib/qemu/qemu-${1#*/}" ] || echo "lib/qemu/qemu-${1#*/}"
}

: "${SLIPWAY_CACHE:=build/cache}"
# unpacked NAME: the folder of a source of sysroots/sources.
unpacked() {
	sh "$top/sysroots/unpack.sh" "$1"
}

l=$stage/share/licences
cp "$top/LICENSE" "$l/slipway"
cp "$(unpacked go)/usr/share/doc/golang-1.23-src/copyright" "$l/go"
for f in "$stage"/lib/*_*/licences/*; do
	cp "$f" "$l/"
done
sed -n '1,/\*\//p' "$(unpacked gmp)/mini-gmp/mini-gmp.c" > "$l/mini-gmp"
for f in GPL-2 GPL-3 LGPL-2.1 LGPL-3; do
	cp "/usr/share/common-licenses/$f" "$l/$f"
done
[ ! -d "$stage/lib/qemu" ] || cp "$stage/lib/qemu/copyright" "$l/qemu"
cp "$(unpacked gmp)"/mini-gmp/mini-gmp.[ch] "$stage/share/sources/"

# The offer that the GPL asks for: exact names, so that the sources can be found without us, too.
{
	cat <<-EOF
	Sources of what is shipped

	The sources of Slipway itself, of the Go standard library (src/) and of mini-gmp (share/sources) are here or come from
	where this archive comes from; with them every program of this archive can be built again.

	Whoever hands on this archive offers, for three years from that day, to anybody who asks, the complete sources of the
	programs below for no more than the cost of copying them. They are the source packages of Debian of the very
	versions named here, unchanged but for the patches in the folder sysroots/patches of Slipway's sources, and Debian
	keeps all of them at https://snapshot.debian.org/.

	EOF
	for s in "$top"/sysroots/sources/*; do
		(
			kind= package= suite= version= licence= series= members= files=
			. "$s"
			case ${s##*/} in
			qemu-*) [ -d "$stage/lib/qemu" ] || exit 0 ;;
			image-*|clang-*) exit 0 ;;	# in images and in the clang archive only
			esac
			echo "$package $version"
			echo "$files" | awk 'NF { print "    " $2 "\n    SHA-256 " $1 }'
			sh "$top/ci/dist/linked.sh" "${s##*/}" | awk '
				{ print (NR == 1 ? "    made from the source package " : "    with libraries of the source package ") $1, $2 }'
		)
	done
} > "$l/SOURCES"
