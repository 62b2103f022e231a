# cgo.sh: programs of tests/cgo on every target of the SDK that has std, and how programs die with C in them.
. "$TOP/tests/lib/test.sh"
need go compile link cgo
export GOCACHE="$WORK/cache" CGO_ENABLED=1

host=$(go env GOHOSTOS)_$(go env GOHOSTARCH)
for dir in "$SDK"/pkg/*_*/; do
	target=$(basename "$dir")
	[ -f "$SDK/lib/$target/libruntime.a" ] || continue
	export GOOS="${target%_*}" GOARCH="${target#*_}"
	# an emulator is slow, and what the CPU has to do with is in these
	programs='values callbacks panics objects'
	[ "$target" != "$host" ] || programs="$programs threads rules files"
	for t in $programs; do
		rm -rf "$t"
		cp -R "$TOP/tests/cgo/$t" .
		(cd "$t" && timeout 300 go run . > got 2>&1) || { tail -n 30 "$t/got"; die "$target: $t failed"; }
		same "$t/want" "$t/got"
	done
done
unset GOOS GOARCH

# How programs die.
cp -R "$TOP/tests/cgo/crash" .
cd crash || exit 1
ok go build -o prog .
for how in 'segv SIGSEGV: segmentation violation' 'abort SIGABRT: abort' 'panic panic: in a callback'; do
	./prog "${how%% *}" > out 2>&1
	[ $? -eq 2 ] || die "${how%% *}: exit code"
	grep -qxF -e "${how#* }" out || { cat out; die "${how%% *}: no such line"; }
done
./prog segv > out 2>&1
grep -qx 'signal arrived during cgo execution' out || die "segv in C is not told from one in Go"
./prog exit > out 2>&1
[ $? -eq 3 ] || die "os.Exit after C"
