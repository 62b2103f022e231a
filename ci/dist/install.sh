#!/bin/sh
# install.sh - install, upgrade or remove Slipway. Needs a POSIX shell, tar, gzip and sha256sum (BusyBox has them all); no root, no
# network.
set -eu

usage() {
	cat <<EOF
usage: install.sh [--prefix DIR] [--targets LIST] [FILE]
       install.sh [--prefix DIR] --uninstall

FILE is the archive slipway-VERSION.linux-ARCH.tar.gz; without it, that beside this script, or the tree that this
script is part of. It is checked against SHA256SUMS beside it before anything is changed.

  --prefix DIR     where to install [/usr/local for root, else ~/.local]
  --targets LIST   keep only these, e.g. linux/amd64,linux/arm64 [all that the archive has]
  --uninstall      remove what an earlier run installed
  --help           this text

Files go to DIR/lib/slipway; links to them are DIR/go, DIR/bin/go, DIR/bin/gofmt and some below DIR/share. An upgrade
unpacks the new version beside the old one and then changes one link, so there is a working go all the time; when it
fails or is interrupted, the old version stays in use. The version before stays until the next upgrade, for builds that
are running.

Exit status: 0 done, 1 refused or failed, 2 usage.
EOF
}

fail() {
	echo "install.sh: $*" >&2
	exit 1
}

misuse() {
	echo "install.sh: $*" >&2
	echo "Try 'install.sh --help'." >&2
	exit 2
}

prefix=
targets=
uninstall=no
file=
while [ $# -gt 0 ]; do
	case $1 in
	--prefix=*)	prefix=${1#*=} ;;
	--targets=*)	targets=${1#*=} ;;
	--prefix|--targets)
		[ $# -ge 2 ] || misuse "$1 needs a value"
		case $1 in --prefix) prefix=$2 ;; *) targets=$2 ;; esac
		[ -n "$2" ] || misuse "$1 needs a value"
		shift ;;
	--uninstall)	uninstall=yes ;;
	--help|-h)	usage; exit 0 ;;
	-*)		misuse "unknown option $1" ;;
	*)		[ -z "$file" ] || misuse "more than one archive: $file and $1"
			file=$1 ;;
	esac
	shift
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

# ours LINK TARGET: it is the link that we make.
ours() {
	[ -L "$prefix/$1" ] && [ "$(readlink "$prefix/$1")" = "$2" ]
}

new=
locked=no
cleanup() {
	[ -z "$new" ] || { chmod -R u+w "$new" 2> /dev/null || :; rm -rf "$new"; }
	[ $locked = no ] || rm -rf "$dir/.lock"
}
trap cleanup EXIT
trap 'exit 1' HUP INT TERM

# One at a time. A lock whose process is gone was left by a killed run, and so were the trees in .new.*.
lock() {
	mkdir -p "$dir" || fail "cannot create $dir"
	if ! mkdir "$dir/.lock" 2> /dev/null; then
		[ -d "$dir/.lock" ] || fail "cannot write to $dir"
		pid=$(cat "$dir/.lock/pid" 2> /dev/null || :)
		if [ -n "$pid" ] && [ -d "/proc/$pid" ]; then
			fail "another installation is at work in $dir (process $pid)"
		fi
		# A rename has one winner.
		mv "$dir/.lock" "$dir/.lock.$$" 2> /dev/null && rm -rf "$dir/.lock.$$" && mkdir "$dir/.lock" 2> /dev/null ||
			fail "another installation is at work in $dir"
	fi
	locked=yes
	echo $$ > "$dir/.lock/pid" || fail "cannot write to $dir"
	for left in "$dir"/.new.*; do
		[ ! -e "$left" ] || { chmod -R u+w "$left" 2> /dev/null || :; rm -rf "$left"; }
	done
}

if [ $uninstall = yes ]; then
	[ -z "$file$targets" ] || misuse "--uninstall takes no archive and no targets"
	[ -d "$dir" ] || fail "Slipway is not installed in $prefix"
	lock
	echo "$links" | while read -r link target; do
		! ours "$link" "$target" || rm -f "$prefix/$link"
	done
	rm -f "$dir/current"
	chmod -R u+w "$dir" 2> /dev/null || :
	rm -rf "$dir"
	locked=no
	# Folders that are empty now; others are not ours to remove.
	for d in bin lib share/bash-completion/completions share/bash-completion share/zsh/site-functions share/zsh \
		share/fish/vendor_completions.d share/fish share/man/man7 share/man share; do
		rmdir "$prefix/$d" 2> /dev/null || :
	done
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

# intact DIR: every file of the tree is there and right.
intact() {
	(cd "$1" && sha256sum -c share/slipway/manifest) > /dev/null 2>&1
}

if [ -n "$file" ]; then
	[ -f "$file" ] && [ -r "$file" ] || fail "cannot read $file"
	sums=$(dirname "$file")/SHA256SUMS
	[ -f "$sums" ] || fail "there is no SHA256SUMS beside $file to check it against"
	name=$(basename "$file")
	want=$(awk -v n="$name" '$2 == n || $2 == "*" n { print $1 }' "$sums")
	[ -n "$want" ] || fail "SHA256SUMS does not name $name"
	have=$(sha256sum < "$file" | awk '{ print $1 }')
	[ "$have" = "$want" ] || fail "$name is damaged: its SHA-256 is $have and should be $want"
else
	intact "$tree" || fail "$tree is damaged: files are missing or differ from share/slipway/manifest"
fi

# --- nothing of somebody else's is touched

echo "$links" | while read -r link target; do
	if [ -e "$prefix/$link" ] || [ -L "$prefix/$link" ]; then
		ours "$link" "$target" || fail "$prefix/$link is there already and not Slipway's: remove it or choose another --prefix"
	fi
done

# --- unpack beside

lock
new=$dir/.new.$$
mkdir "$new" || fail "cannot create $new"
if [ -n "$file" ]; then
	tar -xzf "$file" -C "$new" 2> "$new/log" || fail "cannot unpack $file in $dir: $(tail -n 1 "$new/log")"
else
	mkdir "$new/go"
	(cd "$tree" && tar -cf - .) 2> /dev/null | (cd "$new/go" && tar -xf -) 2> "$new/log" ||
		fail "cannot copy $tree to $dir: $(tail -n 1 "$new/log")"
fi
info=$new/go/share/slipway/info
[ -f "$info" ] || fail "this is no archive of Slipway"
intact "$new/go" || fail "files do not arrive complete in $dir: is the disk full?"
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

# --- switch: after the rename of one link, everything is new

was=$(readlink "$dir/current" 2> /dev/null || :)
if [ -d "$dir/$id" ] && [ "$was" = "$id" ] && intact "$dir/$id"; then
	echo "Slipway $version is installed in $prefix already."
else
	# A damaged tree of the same name moves aside; what is in use never does, so its repair has a name of its own.
	place=$id
	n=1
	while [ -e "$dir/$place" ]; do
		if [ "$place" != "$was" ]; then
			chmod -R u+w "$dir/$place" 2> /dev/null || :
			rm -rf "$dir/$place"
			break
		fi
		n=$((n + 1))
		place=$id.$n
	done
	mv "$new/go" "$dir/$place" || fail "cannot rename $new/go"
	ln -s "$place" "$new/current"
	mv -f -T "$new/current" "$dir/current" || { rm -rf "${dir:?}/$place"; fail "cannot change the link $dir/current"; }
	# The version before stays for builds that are running; older ones go.
	for old in "$dir"/*; do
		case ${old##*/} in
		current|"$place"|"$was") ;;
		*) chmod -R u+w "$old" 2> /dev/null || :; rm -rf "$old" ;;
		esac
	done
	echo "Slipway $version is installed in $prefix."
fi
echo "$links" | while read -r link target; do
	ours "$link" "$target" && continue
	mkdir -p "$(dirname "$prefix/$link")" && ln -s "$target" "$prefix/$link" || fail "cannot create the link $prefix/$link"
done
case ":$PATH:" in
*":$prefix/bin:"*|*":$prefix/go/bin:"*) ;;
*) echo "Add it to your PATH:  export PATH=$prefix/bin:\$PATH" ;;
esac
