# asm.sh - for tests/asm; sourced after test.sh. Upstream's assembler, which the SDK's own go builds from $SDK/src/cmd/asm, is the reference.

# asm_compare GOARCH REFUSED FLAGS... -- FILE.s...: REFUSED: file of statements that ours may refuse, or ""
asm_compare() {
	asm_goarch=$1
	asm_refused=$2
	shift 2
	need go asm
	ls "$SDK/src/cmd/asm/internal/asm/testdata/$asm_goarch"*.s > /dev/null 2>&1 || skip "this SDK was shipped without upstream's tests"
	: > go_asm.h
	[ -x refasm ] || ok env GOARCH= go build -o refasm cmd/asm
	[ -x asmcmp ] || ok env GOARCH= go build -o asmcmp "$TOP/tests/lib/asmcmp.go"
	case $asm_goarch in
	amd64)	asm_more=-D=GOAMD64_v1 ;;
	riscv64) asm_more="-D=GORISCV64_rva20u64 -noframe" ;;
	*)	asm_more=-noframe ;;
	esac
	asm_flag=
	case $asm_more in
	*-noframe) asm_flag=-noframe asm_more=${asm_more%-noframe} ;;
	esac
	env GOARCH="$asm_goarch" ./asmcmp $asm_flag ${asm_refused:+-refused "$asm_refused"} ./refasm "$(tool asm)" -p main -I . -I "$SDK/pkg/include" \
		-D=GOOS_linux "-D=GOARCH_$asm_goarch" $asm_more "$@"
}

# asm_std GOARCH: the .s files of upstream's packages that are for linux/GOARCH; the runtime's own take part in what only it may do.
asm_std() {
	find "$SDK/src" -name '*.s' ! -path '*/testdata/*' ! -path '*/cmd/*' ! -path '*/runtime/*' ! -path '*/reflect/*' |
		grep -E "(/|_)(linux_)?$1\.s\$|/[a-z0-9]*\.s\$" | sort
}
