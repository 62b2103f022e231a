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

# frames of every size that is a multiple of 8: a local at their top, a call, arguments and results above them
mkdir sizes && cd sizes || die mkdir
printf 'module sizes\n' > go.mod
{
	printf 'package main\n\n'
	for n in 8 16 24 32 40 48; do echo "func f$n(x int) int"; done
	printf '\nfunc main() {\n\tprintln(%s)\n}\n' 'f8(8), f16(16), f24(24), f32(32), f40(40), f48(48)'
} > main.go
while read -r GOARCH mov reg; do
	{
		printf '#include "textflag.h"\n\nTEXT leaf<>(SB), NOSPLIT, $0-0\n\tRET\n'
		for n in 8 16 24 32 40 48; do
			printf '\nTEXT ·f%s(SB), NOSPLIT, $%s-16\n' $n $n
			printf "\t$mov %s, %s\n" x+0\(FP\) "$reg" "$reg" tmp-8\(SP\) '$0' "$reg"
			printf '\tCALL leaf<>(SB)\n'
			printf "\t$mov %s, %s\n" tmp-8\(SP\) "$reg" "$reg" ret+8\(FP\)
			printf '\tRET\n'
		done
	} > "f_$GOARCH.s"
done <<'END'
amd64 MOVQ AX
arm64 MOVD R3
riscv64 MOV X5
END
for GOARCH in $(go tool dist list | sed 's,.*/,,'); do
	export GOARCH
	QEMU=$SDK/lib/qemu/qemu-$GOARCH
	[ -x "$QEMU" ] || QEMU=
	ok go build -o prog .
	[ "$(target_run ./prog 2>&1)" = '8 16 24 32 40 48' ] || die "$GOARCH: $(target_run ./prog 2>&1)"
done
