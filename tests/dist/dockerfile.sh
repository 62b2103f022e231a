# docker/Dockerfile: its stages work. By default over a small base with BuildKit; with --full all stages, by BuildKit, by the
# classic builder and by buildah, over Debian. No registry and no network: the bases are made here.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/dist.sh"
. "$TOP/tests/lib/distenv.sh"
. "$TOP/tests/lib/docker.sh"
. "$TOP/tests/lib/debian.sh"
[ -f "$dist/images/IDS" ] || die "there are no images: run make images"
one=$host
for t in $targets; do
	[ "$t" = "$host" ] || one=$t
done

mkdir src cgo slim
cp "$TOP"/examples/docker/*.go "$TOP"/examples/docker/go.mod src/
cp src/* slim/
cat > cgo/main.go <<'X'
package main

// #cgo LDFLAGS: -lz
// #include <zlib.h>
import "C"
import "fmt"

func main() { fmt.Println("zlib", C.GoString(C.zlibVersion()) != "") }
X
printf 'module example.com/cgo\n\ngo 1.23\n' > cgo/go.mod
cat > slim/Dockerfile <<'X'
FROM slip:slim AS sdk
FROM scratch
COPY --from=sdk /usr/local/go /usr/local/go
COPY . /src
WORKDIR /src
ARG GOARCH
ENV GOARCH=$GOARCH GOCACHE=/cache GOTMPDIR=/src
RUN ["/usr/local/go/bin/go", "test", "."]
X
chmod -R a+rX src cgo slim

# Each builder has: X_base FILE NAME, an image of a root file system; X_build NAME FOLDER ARGUMENT...; X_inside NAME FOLDER
# COMMAND..., as a user that the image does not know.
buildkit_base() {
	docker import "$1" "$2" > /dev/null
}
buildkit_build() {
	docker_n=$1 docker_d=$2
	shift 2
	docker build --network none -t "$docker_n" "$@" "$docker_d"
}
buildkit_inside() {
	docker_n=$1 docker_d=$2
	shift 2
	docker run --rm --network none -u 1234:5678 -v "$PWD/$docker_d:/src:ro" -w /src "$docker_n" "$@"
}
classic_base() {
	buildkit_base "$@"
}
classic_build() {
	buildkit_build "$@"
}
classic_inside() {
	buildkit_inside "$@"
}

buildah() {
	command buildah --root "$WORK/buildah/root" --runroot "$WORK/buildah/run" --storage-driver vfs "$@"
}
buildah_base() {
	buildah_c=$(buildah from scratch) && buildah add -q "$buildah_c" "$1" / > /dev/null &&
		buildah commit -q --rm "$buildah_c" "$2" > /dev/null
}
buildah_build() {
	buildah_n=$1 buildah_d=$2
	shift 2
	buildah bud --isolation chroot --pull-never -t "$buildah_n" "$@" "$buildah_d"
}
buildah_inside() {
	buildah_d=$2
	buildah_c=$(buildah from --pull-never "$1") || return 1
	shift 2
	buildah run --isolation chroot --user 1234:5678 -v "$PWD/$buildah_d:/src:ro" --workingdir /src "$buildah_c" -- "$@"
	buildah_rc=$?
	buildah rm "$buildah_c" > /dev/null
	return $buildah_rc
}

# stage NAME ARGUMENT...: one image of docker/Dockerfile, by $builder, as slip:NAME.
stage() {
	stage_n=$1
	shift
	"${builder}_build" "slip:$stage_n" "$dist" -f "$TOP/docker/Dockerfile" --target "$stage_n" "$@" > out 2>&1 ||
		{ tail -n 40 out; die "$builder, $stage_n"; }
}
# works NAME TARGET...: it has the habits of the image that make images makes, and builds and tests for each target.
works() {
	works_n=$1
	shift
	"${builder}_inside" "slip:$works_n" src sh -c 'env; go version' > out 2>&1
	for e in 'PATH=/go/bin:/usr/local/go/bin:.*' "GOLANG_VERSION=${GOVERSION#go}" GOTOOLCHAIN=local GOPATH=/go \
		GOCACHE=/go/.cache/go-build "go version $GOVERSION $host"; do
		grep -qx "$e" out || { cat out; die "$builder, $works_n: no $e"; }
	done
	for t in "$@"; do
		"${builder}_inside" "slip:$works_n" src sh -c "export GOOS=${t%/*} GOARCH=${t#*/}"'
			go vet . && go test . && go build -o /tmp/server . && go install . && find /go/bin -name server | grep .' > out 2>&1 ||
			{ cat out; die "$builder, $works_n, $t"; }
		grep -q '^ok ' out || { cat out; die "$builder, $works_n, $t: no test ran"; }
	done
}

# From the archive alone, checked, for those who have no images: without a network.
media air
cat > air/Dockerfile <<'X'
ARG BASE=base
FROM ${BASE}
COPY slipway-*.tar.gz SHA256SUMS /tmp/
RUN cd /tmp && \
    grep ' slipway-.*\.tar\.gz$' SHA256SUMS | sha256sum -c - && \
    mkdir -p /usr/local/go && \
    tar -xzf slipway-*.tar.gz -C /usr/local/go --strip-components=1 && \
    rm -f slipway-*.tar.gz SHA256SUMS
ENV GOPATH=/go GOTOOLCHAIN=local GOPROXY=off GOFLAGS=-mod=vendor GOLANG_VERSION=1.23.5 GOCACHE=/go/.cache/go-build
ENV PATH=/go/bin:/usr/local/go/bin:$PATH
RUN mkdir -p /go/src /go/bin && chmod -R 1777 /go
WORKDIR /go
X

docker_start
export DOCKER_BUILDKIT=1
builder=buildkit
if [ "$FULL" = no ]; then
	ok buildkit_base "$dist/images/rootfs.tar" base
	stage on --build-arg BASE=base
	works on $targets
	buildkit_build slip:air air > out 2>&1 || { cat out; die "from the archive"; }
	works air "$one"
	exit 0
fi

debian_tar
command -v buildah > /dev/null || skip "there is no buildah (ci/setup --tests installs it)"
clang=$(cd "$dist" && ls slipway-*-clang.*.tar.xz 2> /dev/null)
for builder in buildkit classic buildah; do
	[ $builder = buildkit ] || export DOCKER_BUILDKIT=0
	ok "${builder}_base" "$debian_file" debian:bookworm-slim
	stage sdk
	works sdk $targets
	stage one --build-arg "TARGETS=$one"
	works one "$one"
	stage slim --build-arg "TARGETS=$one"
	"${builder}_build" slip:user slim --build-arg "GOARCH=${one#*/}" > out 2>&1 || { tail -n 40 out; die "$builder, slim"; }
	stage on
	works on $targets
	[ -n "$clang" ] || continue
	stage cgo
	for t in $targets; do
		[ "$("${builder}_inside" slip:cgo cgo env "GOARCH=${t#*/}" go run . 2>&1 | tee out)" = 'zlib true' ] ||
			{ cat out; die "$builder, cgo, $t"; }
	done
done
[ -n "$clang" ] || echo "# without the stage cgo: make dist-cgo makes its archive"
