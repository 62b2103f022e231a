# fulldisk.sh - part of tests/dist/install.sh, in a mount namespace of its own: fulldisk.sh MEGABYTES TARGET
if [ "${3:-}" = "" ]; then
	exec unshare -m sh "$0" "$1" "$2" inside
fi
set -eu
mount -t tmpfs -o "size=${1}m" none "$WORK/small"
sh "$WORK/media/install.sh" --prefix "$WORK/small" > /dev/null
rc=0
sh "$WORK/media/install.sh" --prefix "$WORK/small" --targets "$2" > "$WORK/out" 2>&1 || rc=$?
[ $rc = 1 ] || { cat "$WORK/out"; echo "exit code $rc with a full disk"; exit 1; }
left=$(find "$WORK/small/lib/slipway" -maxdepth 1 -name '.*' ! -path "$WORK/small/lib/slipway")
[ -z "$left" ] || { echo "left behind: $left"; exit 1; }
cd "$WORK/small/go"
sha256sum -c --quiet share/slipway/manifest
[ "$("$WORK/small/bin/go" env GOHOSTOS)" = linux ]
