# go_modfetch.sh: modules come from proxies, are checked, and lie in the cache as every go command expects them.
# What is expected of go.mod, go.sum and the cache was compared with what gc's go command makes of the same modules.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/modproxy.sh"
need go compile link gomod
export GOMODCACHE="$WORK/mod" GOPATH="$WORK/gopath" GOFLAGS= GOSUMDB=off GONOSUMDB= GOPRIVATE=
proxy_build
module_trees trees
proxy_make trees proxy
proxy_serve proxy
faults() { printf "$1" > "$WORK/proxy/faults"; }
module_program app
cd app || exit 1
cat > go.mod <<'END'
module example.com/p

go 1.21

require (
	example.com/Up/v2 v2.0.1
	example.com/a v1.1.0
)

require (
	example.com/b v1.1.0 // indirect
	example.com/d v1.0.0 // indirect
)
END
cat > ../good.sum <<'END'
example.com/Up/v2 v2.0.1 h1:6TZm7EAvOE9mNjgmpDRINezboPTcxCMvimm/txiEZ5o=
example.com/Up/v2 v2.0.1/go.mod h1:669vSvyU9KX/zDGJtBQAEBwvpxGeDwETQK13h7CEfjc=
example.com/a v1.1.0 h1:E/VzRJbleqBTr3eric4WC1QNfMhFSKBpjulsxT7UTyI=
example.com/a v1.1.0/go.mod h1:qOB+YEoyCmXBQv16ZgSp751S+11NR09tc/7E4iDM/9I=
example.com/b v1.1.0 h1:SS5AMo6dg0hvrNsOUiukubjPuMz67C7DlRmqWxt31Kk=
example.com/b v1.1.0/go.mod h1:/dSxWUqB1Lxi0w/rxe7AGCcFymcWG2cH9zYP6PWTebM=
example.com/c v1.0.0 h1:ZMrEOGbHrUBrbtfWE2n+hcYY7h/yf/aFVu73TRlJ+JA=
example.com/c v1.0.0/go.mod h1:rU0lisckXxOTAg7YlsSL1KnSHIerjCRFLzuVoaYsGo4=
example.com/d v1.0.0 h1:I9UBwUBd8DI2JRWXL9Yw8Op4GvkSuqMGExpFllYSeM8=
example.com/d v1.0.0/go.mod h1:gx9Owoyv0aAusVvljW4wc84t/Omsyh1ko6K0lPH+o3A=
END
cp ../good.sum go.sum
cp go.mod ../good.mod

# as in a Dockerfile: go.mod and go.sum first, then without a network
mkdir ../layer && cp go.mod go.sum ../layer/
export GOPROXY="$proxy_url"
(cd ../layer && ok go mod download) > ../out 2>&1
[ ! -s ../out ] || { cat ../out; die "go mod download is not silent"; }
same ../good.sum ../layer/go.sum
cat > ../want <<'END'
cache/download/example.com/!up/v2/@v/list
cache/download/example.com/!up/v2/@v/v2.0.1.info
cache/download/example.com/!up/v2/@v/v2.0.1.lock
cache/download/example.com/!up/v2/@v/v2.0.1.mod
cache/download/example.com/!up/v2/@v/v2.0.1.zip
cache/download/example.com/!up/v2/@v/v2.0.1.ziphash
example.com/!up/v2@v2.0.1/cmd/hi/u.go
example.com/!up/v2@v2.0.1/go.mod
example.com/!up/v2@v2.0.1/u.go
END
(cd "$GOMODCACHE" && find . -type f -path '*!up*' | sed 's#^\./##' | sort) > ../got
same ../want ../got
says '{"Version":"v2.0.1","Time":"2020-01-02T03:04:05Z"}' cat "$GOMODCACHE/cache/download/example.com/!up/v2/@v/v2.0.1.info"
says 'h1:6TZm7EAvOE9mNjgmpDRINezboPTcxCMvimm/txiEZ5o=' cat "$GOMODCACHE/cache/download/example.com/!up/v2/@v/v2.0.1.ziphash"
says 'v2.0.1' cat "$GOMODCACHE/cache/download/example.com/!up/v2/@v/list"
[ "$(stat -c %a "$GOMODCACHE/example.com/a@v1.1.0" "$GOMODCACHE/example.com/a@v1.1.0/a.go" | tr '\n' ' ')" = '555 444 ' ] || die "modes of a module"
says 'a1.1 b1.1 up2' env GOPROXY=off go run .
says 'all modules verified' env GOPROXY=off go mod verify
same ../good.mod go.mod
same ../good.sum go.sum

# the cache is a proxy itself
cp -R "$GOMODCACHE/cache/download" ../second
wipe_modcache
says 'a1.1 b1.1 up2' env GOPROXY="file://$WORK/second" go run .

# a build fetches what it needs, in one go, and nothing else; what needs nothing starts nothing
wipe_modcache
: > ../proxy/log
ok go build 2> ../err
printf 'go: downloading example.com/%s\n' 'Up/v2 v2.0.1' 'a v1.1.0' 'b v1.1.0' > ../want
sort ../err > ../got
same ../want ../got
grep -q '/example.com/d/' ../proxy/log && die "a module that no package needs was fetched"
says 'v1.1.0	h1:E/VzRJbleqBTr3eric4WC1QNfMhFSKBpjulsxT7UTyI=' go version -m p
lines=$(wc -l < ../proxy/log)
ok go build
[ "$lines" = "$(wc -l < ../proxy/log)" ] || die "a build with everything in the cache asked the proxy"
mkdir ../tools
ln -s "$(dirname "$(tool gomod)")"/* ../tools/
rm ../tools/gomod
GOTOOLDIR="$WORK/tools" ok go build
(cd "$GOMODCACHE" && touch example.com/a@v1.1.0/x 2> /dev/null) && [ "$(id -u)" != 0 ] && die "a module can be written to"
wipe_modcache
GOFLAGS=-modcacherw ok go build
[ "$(stat -c %a "$GOMODCACHE/example.com/a@v1.1.0")" = 755 ] || die "-modcacherw"

# lists of proxies: what is not found is looked for at the next one, other errors count unless a bar says otherwise
wipe_modcache
mkdir ../empty
says 'a1.1 b1.1 up2' env GOPROXY="file://$WORK/empty,$proxy_url" go run .
wipe_modcache
faults '500 /example.com/a/\n'
says "main.go:5:2: example.com/a@v1.1.0: reading $proxy_url/example.com/a/@v/v1.1.0.zip: 500 Internal Server Error" \
	not env GOPROXY="$proxy_url,file://$WORK/second" go build
also 'server response: says the proxy: 500'
says 'a1.1 b1.1 up2' env GOPROXY="$proxy_url|file://$WORK/second" go run .
for code in 404 410; do
	wipe_modcache
	faults "$code /example.com/a/\n"
	says "$code" not go build
	says 'a1.1 b1.1 up2' env GOPROXY="$proxy_url,file://$WORK/second" go run .
done
faults ''
wipe_modcache
says 'main.go:5:2: example.com/a@v1.1.0: module lookup disabled by GOPROXY=off' not env GOPROXY=off go build
says 'connection refused' not env GOPROXY=http://127.0.0.1:9 go build
also 'GOPROXY=file:///'
says 'invalid proxy URL scheme' not env GOPROXY=ftp://x.com go build

# what does not match its checksum is not used and not kept
sed 's/^\(example.com.a v1.1.0 h1:\)E/\1F/' ../good.sum > go.sum
says 'SECURITY ERROR' not go build
also 'verifying example.com/a@v1.1.0: checksum mismatch'
also 'downloaded: h1:E/VzRJbleqBTr3eric4WC1QNfMhFSKBpjulsxT7UTyI='
also 'go.sum:     h1:F/VzRJbleqBTr3eric4WC1QNfMhFSKBpjulsxT7UTyI='
[ ! -e "$GOMODCACHE/example.com/a@v1.1.0" ] || die "a module with the wrong checksum was unpacked"
grep -v '^example.com/a v1.1.0 ' ../good.sum > go.sum
says 'main.go:5:2: missing go.sum entry for module providing package example.com/a (imported by example.com/p); to add:' not go build
also 'go get example.com/p'
grep -v '^example.com/a v1.1.0/go.mod ' ../good.sum > go.sum
says 'main.go:5:2: example.com/a@v1.1.0: missing go.sum entry for go.mod file; to add it:' not go build
cp ../good.sum go.sum

# damaged and truncated files
wipe_modcache
faults 'cut /example.com/a/@v/v1.1.0.zip\n'
says 'unexpected EOF' not go build
faults ''
wipe_modcache
mv ../proxy/example.com/a/@v/v1.1.0.zip ../a.zip
head -c 300 ../a.zip > ../proxy/example.com/a/@v/v1.1.0.zip
says 'zip: not a valid zip file' not go build
mv ../a.zip ../proxy/example.com/a/@v/v1.1.0.zip
ls "$GOMODCACHE"/cache/download/example.com/a/@v/*.tmp 2> /dev/null && die "a temporary file was left"
says 'a1.1 b1.1 up2' go run .

# killed while it downloads, and while it unpacks
wipe_modcache
faults 'hang /example.com/a/@v/v1.1.0.zip\n'
go mod download & pid=$!
while ! ls "$GOMODCACHE"/cache/download/example.com/a/@v/*.tmp > /dev/null 2>&1; do kill -0 $pid || die "it ended"; sleep 0.05; done
kill -9 $pid
wait $pid 2> /dev/null
faults ''
says 'a1.1 b1.1 up2' go run .
ls "$GOMODCACHE"/cache/download/example.com/a/@v/*.tmp 2> /dev/null && die "a temporary file was left"
chmod -R u+w "$GOMODCACHE/example.com/a@v1.1.0"
rm "$GOMODCACHE/example.com/a@v1.1.0/a.go"
: > "$GOMODCACHE/cache/download/example.com/a/@v/v1.1.0.partial"
says 'a1.1 b1.1 up2' go run .

# two at once
wipe_modcache
: > ../proxy/log
go mod download & one=$!
go mod download & two=$!
wait $one || die "one of two"
wait $two || die "the other of two"
for zip in '!up/v2/@v/v2.0.1' a/@v/v1.1.0 b/@v/v1.1.0 d/@v/v1.0.0; do
	[ "$(grep -cF "/example.com/$zip.zip" ../proxy/log)" = 1 ] || die "$zip.zip was not fetched exactly once"
done

# the checksum database
wipe_modcache
rm go.sum
export GOSUMDB="$sumdb_key"
ok go mod tidy
same ../good.mod go.mod
same ../good.sum go.sum
grep -v example.com/d ../good.mod > go.mod
chmod 640 go.mod
ok go mod tidy
same ../good.mod go.mod
[ "$(stat -c %a go.mod)" = 640 ] || die "go.mod has another mode"
ls -a | grep tmp && die "a temporary file was left"
says 'go.sum database tree' cat "$GOPATH/pkg/sumdb/sumdb.example/latest"
[ -d "$GOMODCACHE/cache/download/sumdb/sumdb.example/tile/8/0" ] || die "no tiles in the cache"
wipe_modcache
rm -r "$GOPATH"
cd ../empty || exit 1	# no go.sum here
mkdir ../proxy2 && cp -R ../proxy/example.com ../proxy2/
kill $proxy_pid
printf 'lie /sumdb/sumdb.example/lookup/example.com/d@\n' > ../proxy2/faults
proxy_serve ../proxy2
export GOPROXY="$proxy_url"
says 'This download does NOT match the one reported by the checksum server.' not go mod download example.com/d@v1.0.0
also 'go: example.com/d@v1.0.0: verifying go.mod: checksum mismatch'
also 'sumdb.example: h1:'
for private in GONOSUMDB GOPRIVATE; do
	says '"Sum": "h1:I9UBwUBd8DI2JRWXL9Yw8Op4GvkSuqMGExpFllYSeM8="' \
		env $private=example.com/d GONOPROXY=none go mod download -json example.com/d@v1.0.0
	wipe_modcache
done
printf '404 /sumdb/\n' > ../proxy2/faults
says 'verifying' not env GOSUMDB="$sumdb_key http://127.0.0.1:9" go mod download example.com/d@v1.0.0
printf '404 /sumdb/sumdb.example/supported\n' > ../proxy2/faults
says 'h1:SS5AMo6dg0hvrNsOUiukubjPuMz67C7DlRmqWxt31Kk=' \
	env GOSUMDB="$sumdb_key $proxy_url/sumdb/sumdb.example" go mod download -json example.com/b@v1.1.0
wipe_modcache
exit 0
