#!/bin/sh
# stage.sh - make the tree that is shipped from the built SDK.
#
# usage: stage.sh SDK STAGE
#
# STAGE is made anew: the SDK without what ci/dist/exclude names, headers that all targets share once instead of once each,
# licences, bill of materials, installer, completions, manual, and share/slipway: "info" says what this is, "manifest"
# holds the SHA-256 of every file in the form that sha256sum -c checks.
#
# Environment: VERSION, GOVERSION, HOST, TARGETS, from build/config.mak; SLIPWAY_CACHE, SLIPWAY_DOWNLOADS.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
top=$(dirname "$(dirname "$here")")
export LC_ALL=C

[ $# -eq 2 ] || { echo "usage: stage.sh SDK STAGE" >&2; exit 2; }
sdk=$1
stage=$2
rm -rf "$stage"
mkdir -p "$stage"
sed 's/#.*//; /^$/d' "$here/exclude" > "$stage.exclude"
tar -C "$sdk" --exclude-from="$stage.exclude" -cf - . | tar -C "$stage" --no-same-owner -xf -
rm -f "$stage.exclude"
find "$stage" -type d -empty -delete
for index in "$stage"/pkg/*/pkg.index; do
	pkg=$(dirname "$index")
	awk -v pkg="$pkg" 'NR == 1 || (getline line < (pkg "/" $1 ".a")) >= 0' "$index" > "$index.tmp"
	mv "$index.tmp" "$index"
done

# Headers: what every target has alike goes to lib/include, and links point there. One folder or file of the first level
# at a time, which the compilers do not notice.
first=
n=0
for t in $TARGETS; do
	n=$((n + 1))
	[ -n "$first" ] || first=$stage/lib/$(echo "$t" | tr / _)/include
done
if [ $n -gt 1 ]; then
	mkdir "$stage/lib/include"
	for entry in "$first"/*; do
		entry=${entry##*/}
		for t in $TARGETS; do
			diff -rq "$first/$entry" "$stage/lib/$(echo "$t" | tr / _)/include/$entry" > /dev/null 2>&1 || continue 2
		done
		mv "$first/$entry" "$stage/lib/include/"
		for t in $TARGETS; do
			d=$stage/lib/$(echo "$t" | tr / _)/include
			rm -rf "${d:?}/$entry"
			ln -s "../../include/$entry" "$d/$entry"
		done
	done
fi

mkdir -p "$stage/share/slipway" "$stage/share/licences" "$stage/share/sources"
cp "$top/LICENSE" "$stage/LICENSE"
cp -R "$here/share/." "$stage/share/"
cp "$here/install.sh" "$stage/install.sh"
mkdir -p "$stage/share/examples/server"
cp "$top"/examples/docker/*.go "$top"/examples/docker/go.mod "$top"/examples/docker/Dockerfile "$stage/share/examples/server/"
. "$here/licences.sh"

emulators=
for t in $TARGETS; do
	e=$(emulator_of "$t")
	[ -z "$e" ] || emulators="$emulators
emulator $t $e"
done
id=$(cd "$stage" && find . -type f -print | sort | tr '\n' '\0' | xargs -0 sha256sum | sha256sum | cut -c1-12)
cat > "$stage/share/slipway/info" <<EOF
id $VERSION-$GOVERSION-$id
version $VERSION ($GOVERSION)
host $HOST
targets $TARGETS$emulators
EOF
sh "$here/sbom.sh" "$stage" > "$stage/share/slipway/sbom.spdx.json"

# The same modes whatever the umask was.
find "$stage" -type d -exec chmod 755 {} +
find "$stage" -type f -perm -u+x -exec chmod 755 {} +
find "$stage" -type f ! -perm -u+x -exec chmod 644 {} +
(cd "$stage" && find . -type f ! -path ./share/slipway/manifest | sort | tr '\n' '\0' | xargs -0 sha256sum) > "$stage.manifest"
mv "$stage.manifest" "$stage/share/slipway/manifest"
chmod 644 "$stage/share/slipway/manifest"
