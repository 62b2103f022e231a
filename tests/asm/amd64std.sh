# amd64std.sh - the bytes of the standard library's assembly for amd64.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/asm.sh"
asm_compare amd64 "" -- $(asm_std amd64)
