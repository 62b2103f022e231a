# debian.sh - a base image of Debian without a registry, made by debootstrap from the mirror that this machine's apt names; sourced
# after docker.sh and distenv.sh.

# debian_tar: the path of its root file system, made once and kept in the cache; ends the test as skipped where it cannot be.
debian_tar() {
	debian_file=$SLIPWAY_CACHE/base-debian-bookworm.tar
	[ ! -f "$debian_file" ] || return 0
	[ "$(id -u)" = 0 ] || skip "debootstrap needs root"
	command -v debootstrap > /dev/null || skip "there is no debootstrap (ci/setup --tests installs it)"
	debian_mirror=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' |
		awk '$2 == "bookworm" && $3 == "main" { print $1; exit }')
	[ -n "$debian_mirror" ] || skip "apt's configuration has no mirror of bookworm"
	debootstrap --variant=minbase bookworm "$WORK/debian" "$debian_mirror" > debootstrap.out 2>&1 ||
		skip "debootstrap: $(tail -n 1 debootstrap.out)"
	tar -C "$WORK/debian" --exclude='./dev/*' --exclude='./var/cache/apt/*' --exclude='./var/lib/apt/lists/*' -cf "$debian_file.tmp.$$" .
	mv "$debian_file.tmp.$$" "$debian_file"
	rm -rf "$WORK/debian"
}
