# Docker images: the same bytes again, the ID that was announced, the habits of the official golang image, a multi-stage
# build that ends in FROM scratch for two targets, with and without BuildKit.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
. "$TOP/tests/lib/docker.sh"
images=$dist/images
[ -f "$images/IDS" ] || die "there are no images: run make images"

# Sizes, as the sum of the layers: the budget of the SDK with two targets, 40 MB for each other, and of slim with one target.
awk -v max=$((70000000 + 40000000 * $(echo $targets | wc -w))) '$1 == "sdk" && $3 > max || $1 ~ /^slim-/ && $3 > 80000000 { print $1, $3, "bytes"; bad = 1 } END { exit bad }' "$images/IDS" || die "too large"

docker_start
ok docker load -q -i "$images/sdk.tar" > /dev/null
ok docker load -q -i "$images/slim.tar" > /dev/null
for i in sdk:latest slim:slim; do
	id=$(docker image inspect -f '{{.Id}}' "slipway/sdk:${i#*:}")
	grep -q "^${i%:*} $id " "$images/IDS" || die "slipway/sdk:${i#*:} has the ID $id; $(cat "$images/IDS")"
done
[ "$(docker image inspect -f '{{.Config.Entrypoint}} {{.Config.User}} {{.Config.WorkingDir}}' slipway/sdk)" = '[]  /go' ] || die "entry point, user or folder"
docker image inspect -f '{{range $k, $v := .Config.Labels}}{{$k}}={{$v}}
{{end}}' slipway/sdk > labels
for l in created description licenses revision title vendor version; do
	grep -q "^org.opencontainers.image.$l=." labels || die "no label $l"
done

# Habits: any user, no HOME, a mounted folder; nothing is written outside.
mkdir src
cp "$TOP"/examples/docker/* src/
chmod -R a+rX src
run() {
	docker run --rm --network none "$@"
}
v=$(run slipway/sdk go version)
[ "$v" = "go version $(sed -n 1p "$dist/go/VERSION") $host" ] || die "$v"
run slipway/sdk env > env
grep -q '^GOPATH=/go$' env && grep -q '^GOTOOLCHAIN=local$' env && grep -q '^PATH=/go/bin:/usr/local/go/bin:' env || die "environment: $(cat env)"
run -u 1234:5678 -v "$PWD/src:/src:ro" -w /src slipway/sdk sh -c 'go vet ./... && go test ./... && go build -o /tmp/app . && go install . && ls /go/bin/server' > out 2>&1 ||
	{ cat out; die "as user 1234"; }
grep -q '^ok ' out || { cat out; die "go test"; }
run slipway/sdk sh -c 'TZ=Europe/Berlin date -d @0 +%H; grep -c BEGIN /etc/ssl/certs/ca-certificates.crt' > out
[ "$(sed -n 1p out)" = 01 ] || die "time zones: $(cat out)"
[ "$(sed -n 2p out)" -gt 100 ] || die "certificates: $(cat out)"

# slim is for COPY --from, into a base that has nothing.
cat > src/Dockerfile.slim <<'X'
FROM scratch
COPY --from=slipway/sdk:slim /usr/local/go /usr/local/go
COPY . /src
WORKDIR /src
ENV GOCACHE=/cache GOPATH=/gopath GOTMPDIR=/src
RUN ["/usr/local/go/bin/go", "build", "-o", "/app", "."]
RUN ["/usr/local/go/bin/go", "vet", "."]
RUN ["/usr/local/go/bin/go", "list", "-f", "{{if .Export}}{{.Export}}{{end}}", "-export", "-deps", "net/http"]
RUN ["/usr/local/go/bin/go", "test", "."]
X
DOCKER_BUILDKIT=0 docker build --network none -f src/Dockerfile.slim -t slim-user src > out 2>&1 || { cat out; die "FROM scratch with slim"; }
grep -q '^/usr/local/go/pkg/.*/net/http.a$' out && ! grep '^/cache/' out || die "slim compiles its standard library"

# The multi-stage build of examples/docker, for the host and a foreign target, by both builders.
foreign=
for t in $targets; do
	[ "$t" = "$host" ] || [ -n "$foreign" ] || foreign=$t
done
# answers IMAGE TARGET: the server in it answers; a foreign one runs in the emulator that the SDK's image has.
answers() {
	c=$(docker create "$1") || die "docker create $1"
	docker cp "$c:/server" server > /dev/null || die "no /server in $1"
	[ "$(docker export "$c" > export.tar; tar -tf export.tar | grep -vE '/$|^\.dockerenv$|^(etc|dev|proc|sys)/')" = server ] || die "$1 holds more than the server"
	docker rm "$c" > /dev/null
	emulator=$(sed -n "s|^emulator $2 |/usr/local/go/|p" "$dist/go/share/slipway/info")
	chmod 755 server
	got=$(run -v "$PWD/server:/server:ro" slipway/sdk sh -c "$emulator /server -addr 127.0.0.1:8080 &
		for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do sleep 0.5; wget -q -O - http://127.0.0.1:8080/x && exit; done")
	[ "$got" = "Hello from $2: /x" ] || die "$1 says '$got'"
}
sed 's/ --platform=$BUILDPLATFORM//; s/ --mount=[^ ]*//' src/Dockerfile > src/Dockerfile.classic
for t in $host $foreign; do
	DOCKER_BUILDKIT=1 docker build --progress plain --network none --platform "$t" -t "app-$t" src > out 2>&1 || { cat out; die "BuildKit, $t"; }
	answers "app-$t" "$t"
	[ "$(docker image inspect -f '{{.Os}}/{{.Architecture}}' "app-$t")" = "$t" ] || die "app-$t says it is for another platform"
done
t=${foreign:-$host}
DOCKER_BUILDKIT=0 docker build --network none --build-arg "TARGETOS=${t%/*}" --build-arg "TARGETARCH=${t#*/}" -f src/Dockerfile.classic -t "old-$t" src > out 2>&1 ||
	{ cat out; die "without BuildKit, $t"; }
answers "old-$t" "$t"
# The host's image starts by itself.
c=$(docker run -d --network none "app-$host") || die "docker run"
sleep 1
[ "$(docker inspect -f '{{.State.Running}}' "$c")" = true ] || { docker logs "$c"; die "the server ended"; }
docker rm -f "$c" > /dev/null

# The same bytes again, under another umask, time zone and folder.
(umask 077 && mkdir again && . "$TOP/tests/lib/distenv.sh" && TZ=Pacific/Auckland sh "$TOP/docker/images.sh" "$dist/go" again/images > out 2>&1) || { cat out; die "images.sh"; }
for f in IDS index.json sdk.tar slim.tar; do
	ok cmp "$images/$f" "again/images/$f"
done
