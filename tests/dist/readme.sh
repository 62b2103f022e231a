# The script of README.md, as it stands there, where only the archive is: no network, no rights, no HOME of before. Its
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

media media
mkdir home
! isroot || chown 65534:65534 home media
cd media || exit 1
offline env -i HOME="$WORK/home" PATH=/usr/bin:/bin sh -e "$WORK/script" > ../out 2>&1 || { cat ../out; die "the script fails"; }
cd server || exit 1
for t in $targets; do
	[ -x "server-${t#*/}" ] || { cat ../../out; die "no server for $t"; }
done
[ "$(grep -c '^--- PASS: TestHello' ../../out)" = "$(echo $targets | wc -w)" ] || { cat ../../out; die "not every target's test passed"; }
grep -q '^FAIL' ../../out && die "a test failed"

# What was installed can be moved, be read-only, and be reached through a link: all of that at once.
cd "$WORK" || exit 1
mv home/slipway 'home/moved here'
chmod -R a-w 'home/moved here'
ln -s "$WORK/home/moved here/bin/go" home/golink
ln -s "$WORK/home/moved here/go" home/root
for go in "$WORK/home/moved here/bin/go" "$WORK/home/golink" "$WORK/home/root/bin/go"; do
	offline env -i HOME="$WORK/home" GOCACHE="$WORK/home/cache2" PATH=/usr/bin:/bin sh -c 'cd "$1" && "$2" build -o /dev/null . && "$2" test . && "$2" vet .' x \
		"$WORK/media/server" "$go" > out 2>&1 || { cat out; die "moved, read-only, as $go"; }
done
# And from within, with a relative name and an empty environment.
cd "$WORK/home/moved here/go/bin" || exit 1
[ "$(offline env -i ./go env GOROOT)" = "$(readlink -f ..)" ] || die "GOROOT: $(offline env -i ./go env GOROOT)"
chmod -R u+w "$WORK/home/moved here"
