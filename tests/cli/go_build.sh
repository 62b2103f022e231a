# go_build.sh: what go build compiles, when it compiles nothing, and what it survives.
. "$TOP/tests/lib/test.sh"
need go compile link
export GOCACHE="$WORK/cache" TMPDIR="$WORK/tmp"
mkdir -p "$TMPDIR" p/lib
cd p || exit 1

# runs WHAT COMMAND...: the number of times tool WHAT was started must be N.
ran() {
	ran_n=$(grep -c "/$2 -o" log)
	[ "$ran_n" -eq "$1" ] || { cat log; die "$2 ran $ran_n times, not $1: $3"; }
}
prints() {
	[ "$("$2" 2>&1)" = "$1" ] || die "$2 prints '$("$2" 2>&1)', not '$1'"
}

printf 'module example.com/p\n\ngo 1.23\n' > go.mod
printf 'package lib\n\nfunc V() int { return 1 }\n' > lib/l.go
printf 'package main\n\nimport "example.com/p/lib"\n\nfunc main() { println(lib.V()) }\n' > main.go

ok go build -x 2> log
prints 1 ./p
ok go build -x 2> log
ran 0 compile "nothing changed"
ran 0 link "nothing changed"
touch main.go lib/l.go
ok go build -x 2> log
ran 0 compile "only times changed"
echo '// more' >> lib/l.go
ok go build -x 2> log
ran 1 compile "a comment at the end of lib"
ran 0 link "a comment at the end of lib"
rm p
ok go build -x 2> log
ran 0 compile "the executable was removed"
ran 1 link "the executable was removed"

# A change that keeps size and modification time.
touch -d '2020-01-01 00:00:00.5' lib/l.go
ok go build
sed 's/return 1/return 2/' lib/l.go > new
cat new > lib/l.go
touch -d '2020-01-01 00:00:00.5' lib/l.go
ok go build
prints 2 ./p
rm new

# Damage of the cache costs time, nothing else.
for f in "$GOCACHE"/*/*-d; do printf XXXX | dd of="$f" bs=1 seek=50 conv=notrunc 2> /dev/null; done
rm -f p
ok go build
prints 2 ./p
for f in "$GOCACHE"/*/*-?; do head -c 40 "$f" > "$f.x" && mv "$f.x" "$f"; done
rm -f p
ok go build
prints 2 ./p
head -c 4000 /dev/urandom > "$GOCACHE/slipway-index"
rm -f p
ok go build
prints 2 ./p

# Killed at any moment.
rm -rf "$GOCACHE"/[0-9a-f][0-9a-f]
for t in 0.01 0.02 0.05 0.1 0.2; do
	go build -o k > /dev/null 2>&1 &
	pid=$!
	sleep $t
	kill -9 $pid 2> /dev/null
	wait $pid 2> /dev/null
done
ok go build -o k
prints 2 ./k
rm -rf "${TMPDIR:?}"/*

# Two at once, and an interrupt that leaves nothing behind.
rm -rf "$GOCACHE"/[0-9a-f][0-9a-f]
go build -o a1 &
go build -o a2 &
wait
prints 2 ./a1
prints 2 ./a2
printf 'package main\n\nimport "os"\n\nfunc main() {\n\tos.Stdin.Read(make([]byte, 1))\n\tselect {}\n}\n' > wait.go
mkfifo fifo
go run wait.go < fifo > /dev/null 2>&1 &
pid=$!
exec 9> fifo
sleep 1
kill -TERM $pid
wait $pid
exec 9>&-
[ -z "$(ls "$TMPDIR")" ] || die "left in the temporary folder: $(ls "$TMPDIR")"
rm -f wait.go fifo exit.go

# The same bytes from another folder with -trimpath, and std comes from pkg either way.
ok go build -trimpath -o t1 main.go
mkdir ../q && cp -R go.mod main.go lib ../q/
(cd ../q && GOCACHE="$WORK/cache2" go build -trimpath -o t2 -x main.go 2> log) || die "build in another folder"
cmp -s t1 ../q/t2 || die "the folder shows in a -trimpath build"
grep -q '/compile.* -p fmt ' ../q/log && die "-trimpath compiled std anew"

# What stands where the program goes may have any bytes: program headers and notes that lead nowhere.
for patch in '32 \377\377\377\377\377\377\377\377' '32 \370\017' '54 \001\000' '54 \377\377\377\377' '4 \001\002'; do
	ok go build -o t1 main.go
	printf "${patch#* }" | dd of=t1 bs=1 seek="${patch%% *}" conv=notrunc 2> /dev/null
	ok go build -o t1 main.go
	ok ./t1 > /dev/null
done

# Names, places, modes.
ok go build -o out/ .
[ -x out/p ] || die "-o out/"
ok go build -o /dev/null ./...
not go build -o nowhere ./lib .
mkdir p2 && cp main.go p2/ && (cd p2 && not go build ../nosuch) > log 2>&1
ok go build main.go
[ -x main ] || die "files name the executable"
ok go run main.go
printf 'package main\n\nimport "os"\n\nfunc main() { println(os.Args[1]); os.Exit(7) }\n' > exit.go
go run exit.go word > log 2>&1
[ $? -eq 1 ] || die "exit code of go run"
says 'exit status 7' cat log
says 'word' cat log
[ -z "$(ls "$TMPDIR")" ] || die "left in the temporary folder: $(ls "$TMPDIR")"
rm -f wait.go fifo exit.go

# Errors of the compiler stand under their package; the others are built.
mkdir bad && printf 'package bad\n\nvar x int = "s"\n' > bad/b.go
go build -v ./bad ./lib > log 2>&1 && die "an error and exit code 0"
says '# example.com/p/bad' cat log
says 'bad/b.go:3:13: cannot use "s"' cat log
cd bad && says './b.go:3:13: cannot use "s"' go build
cd .. && rm -r bad

# The same program, whether the standard library comes from the SDK's pkg or is compiled again.
ok go build -a -o again .
ok cmp p again

# What an executable says of itself.
ok go version -m p > log
says 'go1.23.5' cat log
says 'mod	example.com/p	(devel)' cat log
says 'build	GOARCH=' cat log
# Flags of go build: exit code and message of those that are refused.
while IFS='|' read -r rc flag text; do
	go build "$flag" -o never . > log 2>&1
	got=$?
	[ $got -eq "$rc" ] || die "exit code $got of $flag: $(cat log)"
	says "$text" cat log
	[ ! -e never ] || die "$flag left a program"
done <<'EOF'
1|-pgo=nosuch|preprofile: error opening profile: open
1|-toolexec=nosuch x|exec: "nosuch": executable file not found in $PATH
1|-toolexec=/nosuch|exec: "/nosuch": no such file or directory
2|-compiler=x|invalid value "x" for flag -compiler: unknown compiler "x"
1|-compiler=gccgo|-compiler gccgo is not supported by this SDK
2|-race|-race is not supported on
2|-msan|-msan is not supported on
2|-asan|-asan is not supported on
1|-linkshared|-linkshared is not supported
1|-buildmode=plugin|-buildmode=plugin not supported on
1|-buildmode=c-archive|-buildmode=c-archive not supported on
1|-buildmode=x|buildmode=x not supported
1|-p=0|-p must be a positive integer: 0
2|-buildvcs=x|invalid boolean value "x" for -buildvcs
2|-covermode=x|valid modes are "set", "count", or "atomic"
2|-debug-trace=x|flag provided but not defined: -debug-trace
EOF
: > profile
for flag in -pgo=off -pgo=auto -pgo=profile -installsuffix=x -pkgdir=x -asmflags=-x -gccgoflags=-x -compiler=gc -modcacherw -buildmode=default; do
	ok go build "$flag" -o never .
done
says 'warning: no packages being built depend on matches for pattern x' go build -cover -coverpkg=x -o never .
says 'exec: "nosuch": executable file not found in $PATH' not go run -exec=nosuch .
exit 0
