# docker.sh - a Docker engine for tests/dist: the one that runs here, or one of our own that ends with the test; sourced.
#
# docker() calls the client without touching HOME. Nothing needs a network or a bridge.

# The client of the engine's own version comes first: newer ones ask for plug-ins.
docker_client=
for docker_c in /usr/bin/docker /usr/local/bin/docker; do
	[ -n "$docker_client" ] || [ ! -x "$docker_c" ] || docker_client=$docker_c
done
[ -n "$docker_client" ] || skip "there is no docker (ci/setup --tests installs it)"
docker() {
	"$docker_client" --config "$WORK/docker-config" "$@"
}

docker_pid=
docker_stop() {
	[ -n "$docker_pid" ] || return 0
	kill "$docker_pid" 2> /dev/null
	docker_n=0
	while [ -d "/proc/$docker_pid" ] && [ $docker_n -lt 100 ]; do
		sleep 0.1
		docker_n=$((docker_n + 1))
	done
	kill -9 "$docker_pid" 2> /dev/null
	docker_pid=
	# What the engine mounted goes away with it; a mount left over would keep the folder.
	grep -o " $WORK/engine[^ ]*" /proc/mounts | sort -r | while read -r docker_m; do
		umount "$docker_m" 2> /dev/null
	done
	rm -rf "$WORK/engine"
}

# docker_start: ends the test as skipped where no engine can run.
docker_start() {
	docker version > /dev/null 2>&1 && return 0
	[ "$(id -u)" = 0 ] || skip "no Docker engine runs, and only root can start one"
	command -v dockerd > /dev/null || skip "there is no dockerd (ci/setup --tests installs it)"
	mkdir -p "$WORK/engine"
	for docker_driver in overlay2 vfs; do
		dockerd --data-root="$WORK/engine/data" --exec-root="$WORK/engine/exec" --pidfile="$WORK/engine/pid" \
			-H "unix://$WORK/engine/sock" --storage-driver=$docker_driver --iptables=false --ip6tables=false --bridge=none \
			> "$WORK/engine-log" 2>&1 &
		docker_pid=$!
		trap docker_stop EXIT
		trap 'exit 1' HUP INT TERM
		export DOCKER_HOST="unix://$WORK/engine/sock"
		docker_n=0
		while [ -d "/proc/$docker_pid" ] && [ $docker_n -lt 120 ]; do
			docker version > /dev/null 2>&1 && return 0
			sleep 0.25
			docker_n=$((docker_n + 1))
		done
		docker_stop
	done
	skip "dockerd does not start here: $(tail -n 1 "$WORK/engine-log")"
}
