# distenv.sh - sourced: what make hands to ci/dist/stage.sh and docker/images.sh, read from the build's settings.
for v in VERSION GOVERSION HOST TARGETS; do
	eval "$v=\$(sed -n 's/^$v = //p' \"\$BUILD/config.mak\")"
	export "${v?}"
done
for v in SLIPWAY_DOWNLOADS SLIPWAY_CACHE; do
	eval "[ -n \"\${$v:-}\" ] || $v=\$(sed -n 's/^export $v ?= //p' \"\$BUILD/config.mak\")"
	eval "case \$$v in /*) ;; *) $v=\$(dirname \"\$BUILD\")/\$$v ;; esac"
	export "${v?}"
done
