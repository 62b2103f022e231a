#!/bin/sh
# install.sh - install, upgrade or remove Slipway. Needs a POSIX shell, awk, sed, tar, gzip and sha256sum (BusyBox has them all); no
# root, no network.
set -eu
umask 022

usage() {
	cat <<EOF
usage: install.sh [--prefix DIR] [--targets LIST] [--without-clang] [FILE]
       install.sh [--prefix DIR] --uninstall

FILE is the archive slipway-VERSION.linux-ARCH.tar.gz; without it, that beside this script, or the tree that this
script is part of. It is checked against SHA256SUMS beside it before anything is changed. The C compiler for cgo, the archive
slipway-VERSION-clang.linux-ARCH.tar.xz, is installed too if it lies there; that needs xz.

  --prefix DIR     where to install [/usr/local for root, else ~/.local]
  --targets LIST   keep only these, e.g. linux/amd64,linux/arm64 [all that the archive has]
  --without-clang  leave out the C compiler
  --uninstall      remove what an earlier run installed
  --version        print the version that would be installed
  --help           this text

Files go to DIR/lib/slipway; links to them are DIR/go, DIR/bin/go, DIR/bin/gofmt and some below DIR/share. An upgrade
unpacks the new version beside the old one and then changes one link, so there is a working go all the time; when it
fails or is interrupted, the old version stays in use. The version before stays until the next upgrade, and others as
long as a program of theirs runs.

Exit status: 0 done, 1 refused or failed, 2 usage.
EOF
}

warn() {
	echo "install.sh: $*" >&2
}

fail() {
	warn "$*"
	exit 1
}

misuse() {
	warn "$*"
	echo "Try 'install.sh --help'." >&2
	exit 2
}

prefix=
targets=
action=install
withclang=yes
file=
while [ $# -gt 0 ]; do
	case $1 in
	--prefix=?*)	prefix=${1#*=} ;;
	--targets=?*)	targets=${1#*=} ;;
	--prefix|--targets)
		[ -n "${2:-}" ] || misuse "$1 needs a value"
		case $1 in --prefix) prefix=$2 ;; *) targets=$2 ;; esac
		shift ;;
	--prefix=|--targets=) misuse "${1%=} needs a value" ;;
	--uninstall)	action=uninstall ;;
	--version)	action=version ;;
	--without-clang) withclang=no ;;
	--help|-h)	usage; exit 0 ;;
	-*)		misuse "unknown option $1" ;;
	*)		[ -z "$file" ] || misuse "more than one archive: $file and $1"
			file=$1 ;;
	esac
	shift
done
for tool in awk gzip sed sha256sum tar; do
	command -v $tool > /dev/null || fail "this needs the program $tool"
done

if [ -z "$prefix" ]; then
	if [ "$(id -u)" = 0 ]; then
		prefix=/usr/local
	else
		[ -n "${HOME:-}" ] && [ -d "$HOME" ] || misuse "there is no home folder: give --prefix DIR"
		prefix=$HOME/.local
	fi
fi
case $prefix in
/*) ;;
*) prefix=$PWD/$prefix ;;
esac
dir=$prefix/lib/slipway

# What stands where in the prefix: each line a link and what it points to.
links='go lib/slipway/current
bin/go ../lib/slipway/current/bin/go
bin/gofmt ../lib/slipway/current/bin/gofmt
share/bash-completion/completions/go ../../../lib/slipway/current/share/completion/go.bash
share/zsh/site-functions/_go ../../../lib/slipway/current/share/completion/_go
share/fish/vendor_completions.d/go.fish ../../../lib/slipway/current/share/completion/go.fish
share/man/man7/slipway.7 ../../../lib/slipway/current/share/man/slipway.7'

# absolute TARGET: the same, for a folder that is itself a link to somewhere else.
absolute() {
	echo "$dir/current${1##*lib/slipway/current}"
}
# ours LINK TARGET: it is the link that we make.
ours() {
	[ -L "$prefix/$1" ] && case $(readlink "$prefix/$1") in "$2"|"$(absolute "$2")") ;; *) false ;; esac
}
# remove TREE...: read-only ones, too.
remove() {
	chmod -R u+w "$@" 2> /dev/null || :
	rm -rf "$@"
}

new=
locked=no
cleanup() {
	[ -z "$new" ] || remove "$new"
	if [ $locked = yes ]; then
		rm -f "$dir/.lock"
		rmdir "$dir" "$prefix/lib" 2> /dev/null || :	# if nothing is in them
	fi
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# holder PID: what a lock of this process says: its number, and when it started, because numbers are used again.
holder() {
	if [ -r "/proc/$1/stat" ]; then
		echo "$1-$(sed 's/.*) //' "/proc/$1/stat" | cut -d ' ' -f 20)"
	elif kill -0 "$1" 2> /dev/null; then
		echo "$1-"
	fi
}
# One at a time. The lock is a link, which exists and has its content at once. One whose process is gone was left by a run that was
# killed, and so were the trees in .new.*.
lock() {
	mkdir -p "$dir" 2> /dev/null && [ -w "$dir" ] || fail "cannot create or write to $dir"
	me=$(holder $$)
	if ! ln -s "$me" "$dir/.lock" 2> /dev/null; then
		other=$(readlink "$dir/.lock") || fail "cannot lock $dir: try again"
		[ "$other" != "$(holder "${other%-*}")" ] || fail "another installation is at work in $dir (process ${other%-*})"
		# Of several that see this at once one succeeds in taking it away.
		mv "$dir/.lock" "$dir/.new.lock.$$" 2> /dev/null && [ "$(readlink "$dir/.new.lock.$$")" = "$other" ] &&
			ln -s "$me" "$dir/.lock" 2> /dev/null || fail "another installation is at work in $dir"
	fi
	locked=yes
	for left in "$dir"/.new.*; do
		[ ! -e "$left" ] && [ ! -L "$left" ] || remove "$left"
	done
}

if [ $action = uninstall ]; then
	[ -z "$file$targets" ] || misuse "--uninstall takes no archive and no targets"
	[ -d "$dir" ] || fail "Slipway is not installed in $prefix"
	lock
	echo "$links" | while read -r link target; do
		! ours "$link" "$target" || rm -f "$prefix/$link"
	done
	# Folders that are empty now; others are not ours to remove. While the tree is there, a run that was killed can be repeated.
	for d in bin share/bash-completion/completions share/bash-completion share/zsh/site-functions share/zsh \
		share/fish/vendor_completions.d share/fish share/man/man7 share/man share; do
		rmdir "$prefix/$d" 2> /dev/null || :
	done
	rm -f "$dir/current"
	remove "$dir"/*
	rm -f "$dir/.lock"	# last: nobody installs here until all else is gone
	locked=no
	rmdir "$dir" 2> /dev/null || fail "cannot remove all of $dir"
	rmdir "$prefix/lib" 2> /dev/null || :
	echo "Slipway is removed from $prefix."
	exit 0
fi

# --- the source: an archive, or the tree that this script is in

here=$(cd "$(dirname "$0")" && pwd -P)
case $(uname -m) in
x86_64)		arch=amd64 ;;
aarch64)	arch=arm64 ;;
*)		arch=$(uname -m) ;;
esac
tree=
if [ -z "$file" ]; then
	if [ -f "$here/share/slipway/manifest" ]; then
		tree=$here
	else
		for f in "$here"/slipway-*.linux-"$arch".tar.gz; do
			[ -f "$f" ] || fail "there is no slipway-VERSION.linux-$arch.tar.gz in $here"
			[ -z "$file" ] || fail "there is more than one archive in $here: say which"
			file=$f
		done
	fi
fi

# intact DIR: every file of the tree is there and right, also those of a C compiler that was unpacked over it.
intact() {
	(cd "$1" && sha256sum -c share/slipway/manifest && { [ ! -f pkg/clang/manifest ] || { cd pkg/clang && sha256sum -c manifest; }; }) \
		> /dev/null 2>&1
}

[ -z "$file" ] || { [ -f "$file" ] && [ -r "$file" ]; } || fail "cannot read $file"
if [ $action = version ]; then
	if [ -n "$file" ]; then tar -xzOf "$file" go/share/slipway/info; else cat "$tree/share/slipway/info"; fi 2> /dev/null |
		awk '/^version / { sub(/^version /, ""); print "Slipway", $0; n++ } END { exit !n }' || fail "$file is no archive of Slipway"
	exit 0
fi

# undamaged FILE: it is what SHA256SUMS beside it says.
undamaged() {
	[ -r "$1" ] || fail "cannot read $1"
	sums=$(dirname "$1")/SHA256SUMS
	[ -f "$sums" ] || fail "there is no SHA256SUMS beside $1 to check it against"
	name=$(basename "$1")
	want=$(awk -v n="$name" '$2 == n || $2 == "*" n { print $1 }' "$sums")
	[ -n "$want" ] || fail "SHA256SUMS does not name $name"
	have=$(sha256sum < "$1" | awk '{ print $1 }')
	[ "$have" = "$want" ] || fail "$name is damaged: its SHA-256 is $have and should be $want"
}

clang=
if [ -n "$file" ]; then
	undamaged "$file"
	# SHA256SUMS is of one version, so the name in it is that of the clang that belongs to the archive.
	name=$(awk -v arch="$arch" '{ sub(/^\*/, "", $2) } $2 ~ "^slipway-.*-clang[.]linux-" arch "[.]tar[.]xz$" { print $2 }' "$sums")
	if [ $withclang = yes ] && [ -n "$name" ] && [ -f "$(dirname "$file")/$name" ]; then
		clang=$(dirname "$file")/$name
		undamaged "$clang"
		command -v xz > /dev/null || fail "xz is missing, which unpacks $name: install it (Debian: xz-utils), or say --without-clang"
	fi
else
	intact "$tree" || fail "$tree is damaged: files are missing or differ from share/slipway/manifest"
fi

# --- nothing of somebody else's is touched, and what cannot be finished is not begun

echo "$links" | while read -r link target; do
	ours "$link" "$target" && continue
	if [ -e "$prefix/$link" ] || [ -L "$prefix/$link" ]; then
		fail "$prefix/$link is there already and not Slipway's: remove it or choose another --prefix"
	fi
	above=$(dirname "$prefix/$link")
	while [ ! -e "$above" ] && [ ! -L "$above" ]; do
		above=$(dirname "$above")
	done
	[ -d "$above" ] && [ -w "$above" ] && [ -x "$above" ] || fail "cannot write to $above"
done
if [ -n "$tree" ] && [ -d "$prefix" ]; then
	case $(cd "$prefix" && pwd -P)/ in
	"$tree"/*) fail "$prefix is inside of the tree that is to be installed" ;;
	esac
fi

# --- unpack beside

lock
new=$dir/.new.$$
mkdir "$new" || fail "cannot create $new"
# Messages are kept in a variable: when they tell of a full disk, there is no room for a file.
if [ -n "$file" ]; then
	said=$(tar -xzf "$file" -C "$new" 2>&1) || fail "cannot unpack $file in $dir: $(echo "$said" | head -n 1)"
	[ -z "$clang" ] || said=$( (xz -dc "$clang" | tar -xf - -C "$new") 2>&1) || fail "cannot unpack $clang in $dir: $(echo "$said" | head -n 1)"
else
	mkdir "$new/go"
	said=$( (cd "$tree" && tar -cf - . 2> /dev/null) | (cd "$new/go" && tar -xf -) 2>&1) ||
		fail "cannot copy $tree to $dir: $(echo "$said" | head -n 1)"
	[ $withclang = yes ] || rm -rf "$new/go/pkg/clang"
fi
info=$new/go/share/slipway/info
[ -f "$info" ] || fail "this is no archive of Slipway"
intact "$new/go" || fail "files do not arrive complete in $dir: is the disk full?"
on=$(sed -n 's/^host //p' "$info")
id=$(sed -n 's/^id //p' "$info")
version=$(sed -n 's/^version //p' "$info")
all=$(sed -n 's/^targets //p' "$info")

if [ -n "$targets" ]; then
	keep=
	for t in $(echo "$targets" | tr ',' ' '); do
		case " $all " in
		*" $t "*) keep="$keep $t" ;;
		*) fail "--targets: $t is not in this archive (it has: $all)" ;;
		esac
	done
	[ -n "$keep" ] || misuse "--targets names no target"
	for t in $all; do
		case "$keep " in
		*" $t "*) continue ;;
		esac
		os=${t%/*} cpu=${t#*/}
		rm -rf "$new/go/pkg/${os}_$cpu" "$new/go/lib/${os}_$cpu"
		emulator=$(sed -n "s|^emulator $t ||p" "$info")
		[ -z "$emulator" ] || rm -f "$new/go/$emulator"
	done
	sed "s|^targets .*|targets${keep}|" "$info" > "$info.tmp"
	mv "$info.tmp" "$info"
	(cd "$new/go" && while read -r sum name; do
		[ ! -f "$name" ] || [ "$name" = ./share/slipway/info ] || echo "$sum  $name"
	done < share/slipway/manifest && sha256sum ./share/slipway/info) > "$new/manifest"
	mv "$new/manifest" "$new/go/share/slipway/manifest"
	id=$id-$(sha256sum < "$new/go/share/slipway/manifest" | cut -c1-8)
fi
what="Slipway $version"
if [ -f "$new/go/pkg/clang/manifest" ]; then
	id=$id-clang$(sha256sum < "$new/go/pkg/clang/manifest" | cut -c1-8)
	what="$what with clang"
fi

# running NAME: a program of this tree runs, as far as we may see.
real=$(cd "$dir" && pwd -P)
running() {
	ls -l /proc/[0-9]*/exe 2> /dev/null | grep -v ' (deleted)$' | grep -qF -e "-> $real/$1/"
}

# --- switch: after the rename of one link, everything is new

was=$(readlink "$dir/current" 2> /dev/null || :)
if [ -d "$dir/$id" ] && [ "$was" = "$id" ] && intact "$dir/$id"; then
	echo "$what is installed in $prefix already."
else
	# A damaged tree of the same name moves aside; what is in use never does, so its repair has a name of its own.
	place=$id
	n=1
	while [ -e "$dir/$place" ]; do
		if [ "$place" != "$was" ] && ! running "$place"; then
			remove "$dir/$place"
			break
		fi
		n=$((n + 1))
		place=$id.$n
	done
	mv "$new/go" "$dir/$place" || fail "cannot rename $new/go"
	ln -s "$place" "$new/current"
	mv -f -T "$new/current" "$dir/current" || { rm -rf "${dir:?}/$place"; fail "cannot change the link $dir/current"; }
	for old in "$dir"/*; do
		case ${old##*/} in
		current|"$place"|"$was") ;;
		*) running "${old##*/}" || remove "$old" ;;
		esac
	done
	echo "$what is installed in $prefix."
	[ -d "$dir/$place/pkg/clang" ] || [ ! -d "$dir/$was/pkg/clang" ] ||
		echo "The version before had a C compiler for cgo; this one has none, because no archive slipway-*-clang.* lies beside the other."
fi
echo "$links" | while read -r link target; do
	ours "$link" "$target" && continue
	mkdir -p "$(dirname "$prefix/$link")" && ln -s "$target" "$prefix/$link" || fail "cannot create the link $prefix/$link"
	[ -e "$prefix/$link" ] || ln -sfn "$(absolute "$target")" "$prefix/$link" || fail "cannot create the link $prefix/$link"
done
[ "$on" = "linux/$arch" ] || warn "note: its programs are for $on, and this machine is linux/$arch"
case ":$PATH:" in
*":$prefix/bin:"*|*":$prefix/go/bin:"*) ;;
*) echo "Add it to your PATH:  export PATH=\"$(printf %s "$prefix" | sed 's/["$`\\]/\\&/g')/bin:\$PATH\"" ;;
esac
