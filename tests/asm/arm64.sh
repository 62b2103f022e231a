# arm64.sh - the bytes of upstream's instruction tests for arm64 and of the standard library's assembly for it.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/asm.sh"
asm_compare arm64 "" -- $(ls "$SDK/src/cmd/asm/internal/asm/testdata/arm64"*.s | grep -v error) $(asm_std arm64)
