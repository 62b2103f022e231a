# The script of README.md, as it stands there, where only the archive is: a root folder with BusyBox, no network, no rights. Its
# Dockerfile is that of examples/docker, which the test of images builds.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"

# block LANGUAGE: the first fenced block of README.md in it.
block() {
	awk -v fence="\`\`\`" -v start="\`\`\`$1" '$0 == start { on = 1; next } on && $0 == fence { exit } on' "$TOP/README.md"
}
block dockerfile > Dockerfile
same "$TOP/examples/docker/Dockerfile" Dockerfile
block sh > script
[ "$(grep -c . script)" -le 10 ] || die "the script is not of ten lines any more"

# A machine: BusyBox, /proc, /dev/null, a folder for everybody. What is handed on lies in the user's home.
machine=$WORK/machine
home=$machine/home/user
busybox=$(command -v busybox) || skip "there is no busybox"
! readelf -lW "$busybox" | grep -q INTERP || skip "busybox is not static"
mkdir -p "$machine/bin" "$machine/proc" "$machine/dev" "$machine/tmp" "$home"
cp "$busybox" "$machine/bin/"
for c in $(busybox --list); do
	[ "$c" = busybox ] || ln -s busybox "$machine/bin/$c"
done
: > "$machine/dev/null"
chmod 1777 "$machine/tmp"
media "$home"
cp script "$home/"
! isroot || chown 65534:65534 "$home"

# within SCRIPT ARGUMENT...: /bin/sh on that machine.
within() {
	cat > "$WORK/enter" <<-'X'
	mount --rbind /proc "$1/proc" && mount --bind /dev/null "$1/dev/null" || exit 99
	root=$1
	shift
	exec env -i HOME=/home/user PATH=/bin "$(command -v chroot)" $AS "$root" /bin/sh -e "$@"
	X
	if isroot; then
		AS=--userspec=65534:65534 unshare -nm sh "$WORK/enter" "$machine" "$@"
	else
		AS='' unshare -rnm sh "$WORK/enter" "$machine" "$@"
	fi
}
echo 'cd; . ./script' > "$home/start"
within /home/user/start > out 2>&1 || { cat out; die "the script fails"; }
for t in $targets; do
	[ -x "$home/server/server-${t#*/}" ] || { cat out; die "no server for $t"; }
done
[ "$(grep -c '^--- PASS: TestHello' out)" = "$(echo $targets | wc -w)" ] || { cat out; die "not every target's test passed"; }
! grep -q '^FAIL' out || die "a test failed"

# What was installed can be moved, be read-only, and be reached through a link: all of that at once.
mv "$home/slipway" "$home/moved here"
chmod -R a-w "$home/moved here"
ln -s "moved here/bin/go" "$home/golink"
ln -s "moved here/go" "$home/root"
cat > "$home/again" <<'X'
cd ~/server
export GOCACHE=$HOME/cache2
for go in "$HOME/moved here/bin/go" ~/golink ~/root/bin/go; do
	for t in $("$go" tool dist list); do
		GOARCH=${t#*/} "$go" build -o ../server-again .
		GOARCH=${t#*/} "$go" test .
		"$go" vet .
	done
done
X
within /home/user/again > out 2>&1 || { cat out; die "moved, read-only, through a link"; }

# And from within, with a relative name and an empty environment.
cd "$home/moved here/go/bin" || exit 1
[ "$(offline env -i ./go env GOROOT)" = "$(readlink -f ..)" ] || die "GOROOT: $(offline env -i ./go env GOROOT)"
chmod -R u+w "$home/moved here"
