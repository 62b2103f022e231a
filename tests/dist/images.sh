# Docker images: the same bytes again, the ID that was announced, the habits of the official golang image, a multi-stage
# build that ends in FROM scratch for two targets, with and without BuildKit.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
. "$TOP/tests/lib/docker.sh"
images=$dist/images
[ -f "$images/IDS" ] || die "there are no images: run make images"

# Sizes, as the sum of the layers: the SDK with the host and one other target below 150 MB, with each further one 40 MB more; slim with
# one target below 80 MB. What the images of all targets and of one share follows from the sums, and so do those of two targets.
awk -v n="$(echo $targets | wc -w)" -v host="sdk-$(echo "$host" | tr / -)" '
	function atmost(max, name, size) { if (size >= max) { print name, size, "bytes"; bad = 1 } }
	$1 == "sdk" { atmost(70000000 + 40000000 * n, $1, all = $3) }
	$1 ~ /^slim-/ || $1 == "slim" && n == 1 { atmost(80000000, $1, $3) }
	$1 ~ /^sdk-/ { one[$1] = $3; sum += $3 }
	END {
		if (n > 1) for (i in one) if (i != host) atmost(150000000, host " and " i, one[host] + one[i] - (sum - all) / (n - 1))
		exit bad
	}' "$images/IDS" || die "too large"

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
for l in created description documentation licenses revision title vendor version; do
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

# What programs ask the system for, as a user it does not know.
mkdir system
cat > system/main.go <<'X'
package main

import (
	"crypto/x509"
	"fmt"
	"net"
	"os"
	"os/user"
	"time"
)

func main() {
	pool, err := x509.SystemCertPool()
	fmt.Println(len(pool.Subjects()) > 100, err)
	zone, err := time.LoadLocation("Europe/Berlin")
	fmt.Println(time.Unix(0, 0).In(zone).Hour(), err)
	nobody, err := user.Lookup("nobody")
	fmt.Println(nobody.Uid, err)
	addrs, err := net.LookupHost("localhost")
	fmt.Println(len(addrs) > 0, err)
	f, err := os.CreateTemp("", "x")
	fmt.Println(f != nil, err)
	s, err := os.Stat("/tmp")
	fmt.Println(s.Mode(), err)
}
X
printf '%s <nil>\n' true 1 65534 true true dtrwxrwxrwx > want
chmod -R a+rX system
run -u 1234:5678 -v "$PWD/system:/src:ro" -w /src slipway/sdk go run main.go > out 2>&1
same want out

# Jobs of CI systems: the script on standard input, or steps in a container that sleeps.
[ "$(echo 'cd /tmp && go version > v && cut -c1-10 v' | run -i slipway/sdk sh)" = 'go version' ] || die "a script on standard input"
c=$(docker run -d --network none --entrypoint tail slipway/sdk -f /dev/null) || die "docker run"
[ "$(docker exec -w /tmp "$c" sh -e -c 'go env GOOS')" = linux ] || die "a step in a container"
docker rm -f "$c" > /dev/null

# What is in it: for each target the archives of std and the C library, an emulator for those that are not the host; tools; no
# tests, no C compiler.
run slipway/sdk find / -xdev -type f > files
for t in $targets; do
	d=$(echo "$t" | tr / _)
	grep -qx "/usr/local/go/pkg/$d/net/http.a" files && grep -qx "/usr/local/go/lib/$d/libc.a" files || die "no archives of $t"
	[ "$t" = "$host" ] || grep -qx "/usr/local/go/lib/qemu/qemu-${t#*/}" files || die "no emulator for $t"
	n=$(run slipway/sdk find "/usr/local/go/pkg/$d" -type f -exec stat -c %s '{}' + | awk '{ n += $1 } END { print n }')
	[ "$n" -gt 0 ] && [ "$n" -le 25000000 ] || die "the archives of $t have $n bytes"
done
for f in addr2line asm buildid cgo compile covdata cover doc fix gomod link nm objdump pack test2json vet; do
	grep -qx "/usr/local/go/pkg/tool/$(echo "$host" | tr / _)/$f" files || die "no tool $f"
done
grep -qx /usr/local/go/src/fmt/print.go files || die "no src"
! grep -E '/usr/local/go/src/.*(_test\.go$|/testdata/)|/(cc|gcc|clang|clang-[0-9]+|tcc|as|ld|ld\.lld)$' files || die "these should not be in it"

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
	DOCKER_BUILDKIT=0 docker build --network none --build-arg "TARGETOS=${t%/*}" --build-arg "TARGETARCH=${t#*/}" -f src/Dockerfile.classic \
		-t "old-$t" src > out 2>&1 || { cat out; die "without BuildKit, $t"; }
	answers "old-$t" "$t"
done
# The host's image starts by itself.
c=$(docker run -d --network none "app-$host") || die "docker run"
sleep 1
[ "$(docker inspect -f '{{.State.Running}}' "$c")" = true ] || { docker logs "$c"; die "the server ended"; }
docker rm -f "$c" > /dev/null

# Layers for modules, sources and tests, as those who use caches write them; the variant of a CPU may be empty.
mkdir -p layers/cmd/app
cp src/*.go layers/cmd/app/
cp src/go.mod layers/
: > layers/go.sum
cat > layers/Dockerfile <<'X'
ARG SDK=slipway/sdk
FROM --platform=$BUILDPLATFORM ${SDK} AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG TARGETOS
ARG TARGETARCH
ARG TARGETVARIANT
ENV CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod \
    --mount=type=cache,target=/go/.cache \
    GOARM="${TARGETVARIANT#v}" \
    go build -trimpath -ldflags='-s -w' -o /out/server ./cmd/app

FROM build AS test
RUN --mount=type=cache,target=/go/.cache \
    GOARM="${TARGETVARIANT#v}" go test ./...

FROM scratch AS final
COPY --from=build /out/server /server
USER 65532:65532
ENTRYPOINT ["/server"]
X
for t in $host $foreign; do
	DOCKER_BUILDKIT=1 docker build --progress plain --network none --platform "$t" --target test layers > out 2>&1 || { cat out; die "layers, $t"; }
	grep -q ' ok .*example.com/server/cmd/app' out || { cat out; die "layers, $t: no test ran"; }
	DOCKER_BUILDKIT=1 docker build --progress plain --network none --platform "$t" -o layers/dist layers > out 2>&1 || { cat out; die "layers, $t"; }
	[ -x layers/dist/server ] || die "docker build -o, $t"
	rm -r layers/dist
done

# The OCI layout and the archives are read by buildah, and so by all that have its library.
if command -v buildah > /dev/null; then
	small=slim-$(echo "$host" | tr / -)
	grep -q "^$small " "$images/IDS" || small=slim
	for f in "oci:$images:$small" "oci-archive:$images/$small.tar:$small" "docker-archive:$images/$small.tar"; do
		id=$(buildah --root "$WORK/buildah/root" --runroot "$WORK/buildah/run" --storage-driver vfs pull -q "$f") || die "buildah pull $f"
		grep -q "^$small sha256:$id " "$images/IDS" || die "$f has the ID $id"
	done
fi

# The same bytes again, under another umask, time zone and folder.
(umask 077 && mkdir again && . "$TOP/tests/lib/distenv.sh" && TZ=Pacific/Auckland sh "$TOP/docker/images.sh" "$dist/go" again/images > out 2>&1) || { cat out; die "images.sh"; }
for f in IDS index.json sdk.tar slim.tar; do
	ok cmp "$images/$f" "again/images/$f"
done
