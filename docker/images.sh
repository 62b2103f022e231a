#!/bin/sh
# images.sh - make the Docker images from the staged tree, without Docker.
#
# usage: images.sh STAGE OUT       e.g. images.sh build/dist/go build/dist/images
#
# OUT becomes an OCI layout that holds every image (blobs shared), and one archive OUT/NAME.tar for each, which docker load
# and skopeo (docker-archive:FILE, oci-archive:FILE:TAG) read. Everything in it depends on the contents of STAGE only, so the ID of an image
# is the same wherever it is made: docker/README.md tells how to compare.
#
#   sdk                    shell, certificates, time zones, the whole SDK: FROM slipway/sdk AS build
#   sdk-GOOS-GOARCH        the same for one target
#   slim                   the SDK alone, fewer tools, no shell: COPY --from=slipway/sdk:slim /usr/local/go /usr/local/go
#   slim-GOOS-GOARCH       the same for one target
#
# Environment: VERSION, GOVERSION, HOST, TARGETS; SLIPWAY_CACHE, SLIPWAY_DOWNLOADS; SOURCE, the address of the sources, for a label.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$here")
export LC_ALL=C TZ=UTC
umask 022
created=2025-01-01T00:00:00Z
epoch=1735689600

[ $# -eq 2 ] || { echo "usage: images.sh STAGE OUT" >&2; exit 2; }
stage=$(cd "$1" && pwd)
rm -rf "$2"
mkdir -p "$2/blobs/sha256"
out=$(cd "$2" && pwd)
work=$out/.work
mkdir "$work"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
unpacked() {
	sh "$top/sysroots/unpack.sh" "$1"
}
sh "$top/sysroots/fetch.sh" --missing image-busybox image-certificates image-tzdata

# blob FILE: into the layout; prints its digest.
blob() {
	blob_sum=$(sha256sum < "$1" | cut -d' ' -f1)
	mv "$1" "$out/blobs/sha256/$blob_sum"
	echo "$blob_sum"
}

# layer NAME DIR: DIR's contents as a layer; NAME.diff holds the digest of the tar, NAME.blob that of its compressed form.
layer() {
	tar -C "$2" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$epoch --format=ustar -cf "$work/$1.tar" .
	sha256sum < "$work/$1.tar" | cut -d' ' -f1 > "$work/$1.diff"
	stat -c %s "$work/$1.tar" > "$work/$1.size"
	gzip -n -6 < "$work/$1.tar" > "$work/$1.gz"
	# docker/Dockerfile starts from this one.
	if [ "$1" = base ]; then mv "$work/$1.tar" "$out/rootfs.tar"; else rm "$work/$1.tar"; fi
	blob "$work/$1.gz" > "$work/$1.blob"
	rm -rf "$2"
}

# --- layer base: what is around the SDK

b=$work/base
mkdir -p "$b/bin" "$b/sbin" "$b/usr/bin" "$b/usr/sbin" "$b/usr/share/licences" "$b/usr/local/bin" "$b/etc/ssl/certs" "$b/root" \
	"$b/tmp" "$b/var/tmp" "$b/home" "$b/dev" "$b/proc" "$b/sys" "$b/go/src" "$b/go/bin" "$b/go/pkg" "$b/go/.cache"
chmod 700 "$b/root"
chmod 1777 "$b/tmp" "$b/var/tmp" "$b/go" "$b/go/src" "$b/go/bin" "$b/go/pkg" "$b/go/.cache"
bb=$(unpacked image-busybox)
cp "$bb/bin/busybox" "$b/bin/busybox"
cp "$bb/usr/share/doc/busybox-static/copyright" "$b/usr/share/licences/busybox"
"$b/bin/busybox" --list-full | while read -r path; do
	[ -e "$b/$path" ] || { mkdir -p "$b/$(dirname "$path")" && ln -s /bin/busybox "$b/$path"; }
done
ca=$(unpacked image-certificates)
cat "$ca"/usr/share/ca-certificates/mozilla/*.crt > "$b/etc/ssl/certs/ca-certificates.crt"
cp "$ca/usr/share/doc/ca-certificates/copyright" "$b/usr/share/licences/ca-certificates"
tz=$(unpacked image-tzdata)
cp "$tz/usr/share/doc/tzdata/copyright" "$b/usr/share/licences/tzdata"
(cd "$tz/usr/share" && tar --exclude=zoneinfo/right --exclude=zoneinfo/posix --exclude=zoneinfo/localtime -cf - zoneinfo) | tar -C "$b/usr/share" --no-same-owner -xf -
cat > "$b/etc/passwd" <<EOF
root:x:0:0:root:/root:/bin/sh
nobody:x:65534:65534:nobody:/nonexistent:/bin/false
EOF
cat > "$b/etc/group" <<EOF
root:x:0:
nogroup:x:65534:
EOF
echo 'hosts: files dns' > "$b/etc/nsswitch.conf"
cat > "$b/etc/os-release" <<EOF
NAME="Slipway SDK"
ID=slipway
VERSION_ID=$VERSION
PRETTY_NAME="Slipway SDK $VERSION"
EOF
for s in image-busybox image-certificates image-tzdata; do
	(
		. "$top/sysroots/sources/$s"
		echo "$package $version (source package of Debian, kept at https://snapshot.debian.org/)"
	)
done > "$b/usr/share/licences/SOURCES"
layer base "$b"

# --- layers of the SDK: one for each target, one for the rest, one for the rest without what slim leaves out

# sdk NAME TAR-OPTION...: a layer from parts of the tree.
sdk() {
	sdk_name=$1
	shift
	mkdir -p "$work/$sdk_name/usr/local/go"
	tar -C "$stage" -cf - "$@" | tar -C "$work/$sdk_name/usr/local/go" --no-same-owner -xf -
	layer "$sdk_name" "$work/$sdk_name"
}
each=
for t in $TARGETS; do
	d=$(echo "$t" | tr / _)
	each="$each --exclude=./pkg/$d --exclude=./lib/$d --exclude=./lib/qemu/qemu-${t#*/}"
	parts="./pkg/$d ./lib/$d"
	[ ! -f "$stage/lib/qemu/qemu-${t#*/}" ] || parts="$parts ./lib/qemu/qemu-${t#*/}"
	sdk "$d" $parts
done
sdk common $each .
# slim: what building and testing need; files of other systems and CPUs only serve go list and go vet for those.
sed 's/#.*//; /^$/d' "$here/slim-exclude" > "$out/slim-exclude"
# Upstream calls what concerns a CPU of both byte orders x: mipsx is mips and mipsle.
for f in "$stage"/src/internal/goarch/zgoarch_*.go; do
	cpu=${f##*/zgoarch_}
	cpu=${cpu%.go}
	case "$(echo $TARGETS) " in
	*/"$cpu"\ *|*/"${cpu}le"\ *|*/"${cpu%le}"\ *) ;;
	*)	echo "*_$cpu.go"
		[ "$cpu" = "${cpu%le}" ] || echo "*_${cpu%le}x.go" ;;
	esac
done >> "$out/slim-exclude"
sdk slimcommon $each --exclude-from="$out/slim-exclude" .

# --- images: config, manifest, archive

revision=$(sed -n 's/^id //p' "$stage/share/slipway/info")
index=

# image NAME DESCRIPTION LAYER...
image() {
	name=$1
	description=$2
	shift 2
	# Tags as those of the official golang image: the version alone is the whole SDK.
	case $name in
	sdk)	tags="latest $VERSION" ;;
	sdk-*)	tags="${name#sdk-} $VERSION-${name#sdk-}" ;;
	*)	tags="$name $VERSION-$name" ;;
	esac
	diffs= blobs= history= layers= total=0
	for l in "$@"; do
		n=$(cat "$work/$l.blob")
		size=$(stat -c %s "$out/blobs/sha256/$n")
		diffs="$diffs${diffs:+,}\"sha256:$(cat "$work/$l.diff")\""
		blobs="$blobs${blobs:+,}{\"mediaType\":\"application/vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:$n\",\"size\":$size}"
		layers="$layers${layers:+,}\"blobs/sha256/$n\""
		history="$history${history:+,}{\"created\":\"$created\",\"created_by\":\"docker/images.sh $l\"}"
		total=$((total + $(cat "$work/$l.size")))
	done
	env='"PATH=/go/bin:/usr/local/go/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin","GOLANG_VERSION='${GOVERSION#go}'","GOTOOLCHAIN=local","GOPATH=/go","GOCACHE=/go/.cache/go-build"'
	cmd='["/bin/sh"]'
	case $name in
	slim*) cmd='["/usr/local/go/bin/go","version"]' ;;
	esac
	# Labels sorted by name, as every writer of JSON objects in Go does.
	printf '%s' "{\"architecture\":\"${HOST#*/}\",\"config\":{\"Cmd\":$cmd,\"Env\":[$env],\"Labels\":{\
\"org.opencontainers.image.created\":\"$created\",\
\"org.opencontainers.image.description\":\"$description\",\
\"org.opencontainers.image.documentation\":\"file:///usr/local/go/share/man/slipway.7\",\
\"org.opencontainers.image.licenses\":\"BSD-3-Clause AND Apache-2.0 WITH LLVM-exception AND MIT AND Zlib AND GPL-2.0-only AND GPL-2.0-or-later AND LGPL-3.0-or-later AND MPL-2.0\",\
\"org.opencontainers.image.revision\":\"$revision\",\
${SOURCE:+\"org.opencontainers.image.source\":\"$SOURCE\",}\
\"org.opencontainers.image.title\":\"slipway/sdk:${tags##* }\",\
\"org.opencontainers.image.vendor\":\"Slipway\",\
\"org.opencontainers.image.version\":\"$VERSION\"},\"WorkingDir\":\"/go\"},\"created\":\"$created\",\"history\":[$history],\"os\":\"${HOST%/*}\",\"rootfs\":{\"diff_ids\":[$diffs],\"type\":\"layers\"}}" > "$work/config"
	csize=$(stat -c %s "$work/config")
	config=$(blob "$work/config")
	printf '%s' "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"sha256:$config\",\"size\":$csize},\"layers\":[$blobs]}" > "$work/manifest"
	msize=$(stat -c %s "$work/manifest")
	manifest=$(blob "$work/manifest")
	entries= repotags=
	for tag in $tags; do
		entries="$entries${entries:+,}{\"mediaType\":\"application/vnd.oci.image.manifest.v1+json\",\"digest\":\"sha256:$manifest\",\"size\":$msize,\"annotations\":{\"org.opencontainers.image.ref.name\":\"$tag\",\"io.containerd.image.name\":\"docker.io/slipway/sdk:$tag\"},\"platform\":{\"architecture\":\"${HOST#*/}\",\"os\":\"${HOST%/*}\"}}"
		repotags="$repotags${repotags:+,}\"slipway/sdk:$tag\""
	done
	index="$index${index:+,}$entries"
	# The archive: the same blobs, an index of this image alone, and the file that docker load looks for.
	a=$work/archive
	rm -rf "$a"
	mkdir -p "$a/blobs/sha256"
	for l in "$@"; do
		ln -f "$out/blobs/sha256/$(cat "$work/$l.blob")" "$a/blobs/sha256/"
	done
	ln "$out/blobs/sha256/$config" "$out/blobs/sha256/$manifest" "$a/blobs/sha256/"
	printf '{"imageLayoutVersion":"1.0.0"}' > "$a/oci-layout"
	printf '%s' "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[$entries]}" > "$a/index.json"
	printf '%s' "[{\"Config\":\"blobs/sha256/$config\",\"RepoTags\":[$repotags],\"Layers\":[$layers]}]" > "$a/manifest.json"
	tar -C "$a" --sort=name --owner=0 --group=0 --numeric-owner --mtime=@$epoch --mode=u+rw,go=rX --format=ustar -cf "$out/$name.tar" \
		blobs index.json manifest.json oci-layout
	printf '%s sha256:%s %s\n' "$name" "$config" "$total" >> "$out/IDS"
}

set --
for t in $TARGETS; do
	d=$(echo "$t" | tr / _)
	set -- "$@" "$d"
done
image sdk "Go ${GOVERSION#go} cross-compilation SDK for $TARGETS" base common "$@"
image slim "Go ${GOVERSION#go} cross-compilation SDK for $TARGETS, without a shell" slimcommon "$@"
if [ $# -gt 1 ]; then
	for t in $TARGETS; do
		d=$(echo "$t" | tr / _)
		image "sdk-$(echo "$t" | tr / -)" "Go ${GOVERSION#go} cross-compilation SDK for $t" base common "$d"
		image "slim-$(echo "$t" | tr / -)" "Go ${GOVERSION#go} cross-compilation SDK for $t, without a shell" slimcommon "$d"
	done
fi
printf '{"imageLayoutVersion":"1.0.0"}' > "$out/oci-layout"
printf '%s' "{\"schemaVersion\":2,\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"manifests\":[$index]}" > "$out/index.json"
