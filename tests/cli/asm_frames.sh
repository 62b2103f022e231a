# asm_frames.sh - assembly that calls Go, for each CPU: stacks that grow and collections below it, panics through it, tracebacks, as it is and in hard mode.
. "$TOP/tests/lib/test.sh"
need go asm
cp -R "$TOP/tests/asmcall" m && cd m || die cp
printf '%s\n' 'from below assembly' 'main.back main.go' 'main.call call_CPU.s' 'main.try main.go' 'main.main main.go' '<nil>' > wanted
for GOARCH in $(go tool dist list | sed 's,.*/,,'); do
	export GOARCH
	QEMU=$SDK/lib/qemu/qemu-$GOARCH
	[ -x "$QEMU" ] || QEMU=
	export QEMU
	ok go build -o prog .
	sed "s/CPU/$GOARCH/" wanted > want
	ok target_run ./prog > got
	same want got
	ok env GODEBUG=hardmove=1,hardgc=50,clobberfree=1 sh -c '. "$TOP/tests/lib/test.sh"; target_run ./prog' > got
	same want got
	not target_run ./prog untyped > got 2>&1
	grep -q 'runtime: frame main.untyped untyped locals' got && grep -q 'fatal error: missing stackmap' got || die "untyped: $(cat got)"
done
