# amd64.sh - the bytes of upstream's instruction tests for amd64, AVX-512 included.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/asm.sh"
data=$SDK/src/cmd/asm/internal/asm/testdata
asm_compare amd64 "$TOP/tests/asm/amd64.refused" -- "$data/amd64.s" "$data/amd64enc.s" "$data/amd64enc_extra.s" "$data"/avx512enc/*.s
