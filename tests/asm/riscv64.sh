# riscv64.sh - the bytes of upstream's instruction tests for riscv64 and of the standard library's assembly for it.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/asm.sh"
asm_compare riscv64 "$TOP/tests/asm/riscv64.refused" -- $(ls "$SDK/src/cmd/asm/internal/asm/testdata/riscv64"*.s | grep -v error) $(asm_std riscv64)
