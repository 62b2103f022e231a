# dist.sh - for tests/dist: what was made for handing on, and running things as a user would; sourced after test.sh.

dist=$BUILD/dist
archive=$(echo "$dist"/slipway-*.tar.gz)
[ -f "$archive" ] || die "there is no archive in $dist: run make dist"
unset GOOS GOARCH QEMU GOROOT GOCACHE GOENV GOFLAGS GOPATH GOPROXY GONOSUMDB
PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
export PATH

targets=$(sed -n 's/^targets //p' "$dist/go/share/slipway/info")
host=$(sed -n 's/^host //p' "$dist/go/share/slipway/info")

# Folders on the way must be open to others: some commands run as nobody.
chmod 755 "$(dirname "$WORK")" "$WORK"

# isroot: whether namespaces and mounts are ours to make.
isroot() {
	[ "$(id -u)" = 0 ]
}

# offline COMMAND...: without any network interface that is up, as a user without rights if we are root.
offline() {
	if isroot; then
		unshare -n setpriv --reuid 65534 --regid 65534 --clear-groups --inh-caps=-all --no-new-privs "$@"
	else
		unshare -rn "$@"
	fi
}
if isroot; then
	offline true 2> /dev/null || skip "unshare -n and setpriv do not work here"
else
	unshare -rn true 2> /dev/null || skip "user namespaces are not allowed here"
fi

# media DIR: a copy of what is handed on, where everybody can read it; without the clang archive, which is a matter of its own.
media() {
	mkdir -p "$1"
	grep -v -e '-clang\.' "$dist/SHA256SUMS" > "$1/SHA256SUMS"
	cp "$dist/install.sh" "$archive" "$1/"
	ln -f "$1/${archive##*/}" "$1/$(basename "$(echo "$dist"/go1*.tar.gz)")"
	chmod -R a+rX "$1"
}
