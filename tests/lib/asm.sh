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
	# what is left to the linker in another way: addresses and loads of symbols on arm64, jumps to functions on riscv64
	case $asm_goarch in
	amd64)	set -- -D=GOAMD64_v1 "$@"
		asm_flags= asm_skip='^$' ;;
	arm64)	asm_flags='-noframe -literals' asm_skip='^ADR |^MOVD [^$].*\(SB\), ' ;;
	riscv64) set -- -D=GORISCV64_rva20u64 "$@"
		asm_flags=-noframe asm_skip='^JMP .*\(SB\)$' ;;
	esac
	env GOARCH="$asm_goarch" ./asmcmp $asm_flags -skip "$asm_skip" ${asm_refused:+-refused "$asm_refused"} ./refasm "$(tool asm)" -p main -I . -I "$SDK/pkg/include" \
		-D=GOOS_linux "-D=GOARCH_$asm_goarch" "$@"
}

# asm_std GOARCH: the .s files of upstream's packages that are for linux/GOARCH; the runtime's own take part in what only it may do.
asm_std() {
	find "$SDK/src" -name "*_$1.s" ! -path '*/testdata/*' ! -path '*/cmd/*' ! -path '*/runtime/*' ! -path '*/reflect/*' |
		grep -vE '_(darwin|[a-z]*bsd|solaris|windows|plan9|aix|dragonfly|netbsd)_[a-z0-9]*\.s$' | sort
}
