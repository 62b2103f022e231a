# go_asm.sh - packages with .s files: go build, vet, list; messages of the assembler.
. "$TOP/tests/lib/test.sh"
need go asm
export GOARCH=amd64 GOFLAGS=-mod=mod
mkdir m && cd m || die mkdir
cat > go.mod <<'END'
module example.com/m

go 1.23
END
cat > main.go <<'END'
package main

import "fmt"

const Seven = 7

type Pair struct {
	A byte
	B int64
}

var table = [3]uint32{10, 20, 30}

// sum adds what go_asm.h and a variable of the package say.
func sum(a, b int64) int64

// apply calls double through the stack.
func apply(n int64) int64

func double(n int64) int64 { return 2 * n }

func main() { fmt.Println(sum(1, 2), apply(21)) }
END
cat > sum_amd64.s <<'END'
#include "textflag.h"
#include "funcdata.h"
#include "go_asm.h"
#include "local.h"

// func sum(a, b int64) int64
TEXT ·sum(SB), NOSPLIT, $0-24
	MOVQ a+0(FP), AX
	ADD(b+8(FP), AX)
	ADDQ $(const_Seven*100 + Pair_B), AX
	MOVL ·table+8(SB), CX
	ADDQ CX, AX
	ADDQ one<>(SB), AX
	MOVQ AX, ret+16(FP)
	RET

// func apply(n int64) int64
TEXT ·apply(SB), 0, $16-16
	NO_LOCAL_POINTERS
	MOVQ n+0(FP), AX
	MOVQ AX, 0(SP)
	CALL ·double(SB)
	MOVQ 8(SP), AX
	MOVQ AX, ret+8(FP)
	RET

DATA one<>+0(SB)/8, $EXTRA
GLOBL one<>(SB), RODATA, $8
END
cat > local.h <<'END'
#ifndef EXTRA
#define EXTRA 1
#endif
#define ADD(what, where) \
	ADDQ what, where
END
cat > other_s390x.s <<'END'
this is for another machine
END

# run, vet, list
[ "$(ok go run .)" = "742 42" ] || die "go run"
ok go vet .
[ "$(ok go list -f '{{.SFiles}} {{.IgnoredOtherFiles}} {{.HFiles}}' .)" = "[sum_amd64.s] [other_s390x.s] [local.h]" ] || die "go list"
ok go tool > tools.txt
grep -qx asm tools.txt || die "go tool does not list asm"

# the order of commands
ok go build -a -x -o prog . 2> x.txt
grep -oE 'echo -n > \$WORK/b001/go_asm.h|/asm .* -gensymabis .*|/compile .*-symabis \$WORK/b001/symabis .* -asmhdr \$WORK/b001/go_asm.h .*|/asm .* -o \$WORK/b001/sum_amd64.o ./sum_amd64.s|pack r .*b001.*|/link -o .*b001/' x.txt |
	sed 's/ .*//; s,.*/,,' > order.txt
printf '%s\n' echo asm compile asm pack link > order.want
same order.want order.txt
grep -q 'asm -p main -trimpath "$WORK/b001=>" -I $WORK/b001/ -I .*/pkg/include -D GOOS_linux -D GOARCH_amd64 -D GOAMD64_v1 -gensymabis' x.txt || die "flags of asm"
mkdir level
printf 'module example.com/level\n\ngo 1.23\n' > level/go.mod
printf 'package main\n\nfunc nothing()\n\nfunc main() { nothing() }\n' > level/main.go
printf '#include "textflag.h"\n\nTEXT \302\267nothing(SB), NOSPLIT, $0-0\n\tRET\n' > level/nothing.s
for kv in v8.0:no v8.0,crypto:no v8.0,lse:yes v8.1:yes v9.0,crypto:yes; do
	(cd level && GOARCH=arm64 GOARM64=${kv%:*} go build -n .) 2> level.txt || die "GOARM64=${kv%:*}: $(cat level.txt)"
	grep -q '/asm .*nothing.s' level.txt || die "nothing is assembled"
	got=no
	grep -q '/asm .* -D GOARM64_LSE ' level.txt && got=yes
	[ "$got" = "${kv#*:}" ] || die "GOARM64=${kv%:*}: GOARM64_LSE is defined: $got"
done
ok go build -n -a . 2> n.txt
grep -q 'pack r .*sum_amd64.o' n.txt || die "go build -n"

# what makes it assemble again: files, headers, flags
assembled() { go build -x -o prog "$@" . 2>&1 | grep -c '/asm '; }
assembled > /dev/null
[ "$(assembled)" = 0 ] || die "assembled without a reason"
[ "$(assembled -asmflags=-D=EXTRA=5)" = 2 ] || die "-asmflags do not count"
[ "$(ok ./prog)" = "746 42" ] || die "-asmflags"
printf '// more\n' >> local.h
[ "$(assembled)" = 2 ] || die "a header does not count"

# what a declaration says of escapes holds, wrapper or not; a variable may get its content here
mkdir esc && cd esc || die mkdir
printf 'package esc\n\n//go:noescape\nfunc length(b []byte) int\n\nvar table [2]uint64\n' > esc.go
cat > esc_amd64.s <<'END'
#include "textflag.h"
TEXT ·length(SB), NOSPLIT, $0-32
	MOVQ b_len+8(FP), AX
	MOVQ AX, ret+24(FP)
	RET
DATA ·table+0(SB)/8, $5
DATA ·table+8(SB)/8, $6
GLOBL ·table(SB), NOPTR, $16
END
cat > esc_test.go <<'END'
package esc

import "testing"

var sink int

func TestNoEscape(t *testing.T) {
	s := "abcdefgh"
	n := testing.AllocsPerRun(100, func() {
		var b [100]byte
		sink = length(b[:]) + length([]byte(s))
	})
	if n != 0 || sink != 108 || table != [2]uint64{5, 6} {
		t.Error(n, sink, table)
	}
}
END
ok go test .
cd .. || die cd

# a vet finding
sed 's/\$0-24/$0-16/' sum_amd64.s > t.s && mv sum_amd64.s keep && mv t.s sum_amd64.s
says '[amd64] sum: wrong argument size 16; expected $...-24' go vet .
mv keep sum_amd64.s

# messages: each line of bad_amd64.s that has one says so behind //
mkdir bad && cd bad || die mkdir
printf 'package bad\n\nfunc F()\n' > bad.go
cat > bad_amd64.s <<'END'
#include "textflag.h"
TEXT ·F(SB), NOSPLIT, $0-0
	FOO AX, BX		// unrecognized instruction "FOO"
	ADDQ $1, X0		// invalid instruction: ADDQ $1, X0
	MOVQ AX			// invalid instruction: MOVQ AX
	MOVQ x(FP), (AX*3)	// bad scale: 3
	MOVQ (FP), AX		// cannot reference FP without a symbol
	MOVQ R1<<2, AX		// expected '(', found <<
	MOVQ R1, AX		// illegal or missing addressing mode for symbol R1
	JMP nowhere		// undefined label nowhere
	MOVQ $(1/0), AX		// division by zero
	RET
END
not go build . > out 2>&1
echo '# example.com/m/bad' > want
n=0
while IFS= read -r l; do
	n=$((n + 1))
	case $l in
	*//*) echo "./bad_amd64.s:$n: ${l##*// }" ;;
	esac
done < bad_amd64.s > want.errs
# the parser stops before the encoder
grep -v 'invalid instruction' want.errs >> want
printf 'asm: assembly of ./bad_amd64.s failed\n' >> want
same want out
sed -i '/FOO\|\*3\|(FP), AX\|R1\|1\/0\|nowhere/s/.*//' bad_amd64.s
not go build . > out 2>&1
echo '# example.com/m/bad' > want
grep 'invalid instruction' want.errs >> want
printf 'asm: assembly of ./bad_amd64.s failed\n' >> want
same want out

# one statement, one message
try() {
	printf '#include "textflag.h"\n%s\n' "$2" > bad_amd64.s
	says "bad_amd64.s:2: $1" go build .
}
try 'TEXT example.com/m/bad.F: frame size must be an immediate constant' 'TEXT ·F(SB), NOSPLIT, 8'
try 'TEXT example.com/m/bad.F: argument size must be of form -integer' 'TEXT ·F(SB), NOSPLIT, $8+8'
try 'unaligned stack size 4' 'TEXT ·F(SB), NOSPLIT, $4'
try 'expect two or three operands for TEXT' 'TEXT ·F(SB)'
try 'TEXT symbol "example.com/m/bad.F" must not be offset from SB' 'TEXT ·F+8(SB), NOSPLIT, $0'
try 'ABI selector only permitted when compiling runtime, reference was to "example.com/m/bad.F"' 'TEXT ·F<ABIInternal>(SB), NOSPLIT, $0'
try 'GLOBL example.com/m/bad.x: missing Go type information for global symbol: size 8' 'GLOBL ·x(SB), $8'
try 'MOVQ outside of a function' 'MOVQ AX, BX'
try "#include: open $SDK/pkg/include/nothing.h: no such file or directory" '#include "nothing.h"'
says 'input recursion' sh -c 'printf "#define A A\nA\n" > bad_amd64.s; go build .'
says 'unclosed #ifdef or #ifndef' sh -c 'printf "#ifdef A\n" > bad_amd64.s; go build .'
says 'unbalanced PUSH/POP' sh -c 'printf "TEXT ·F(SB), 4, \$0\n\tPUSHQ AX\n\tRET\n" > bad_amd64.s; go build .'
says 'too many errors' sh -c '{ echo "TEXT ·F(SB), 4, \$0"; yes "	FOO" | head -n 30; } > bad_amd64.s; go build .'

# symbols that are missing, and a body that is
cd .. || die cd
printf 'TEXT ·gone(SB), 4, $0\n\tJMP ·nowhere(SB)\nTEXT ·loc(SB), 4, $0\n\tMOVQ ·missing(SB), AX\n\tRET\n' > bad_amd64.s
printf 'package main\n\nfunc gone()\nfunc loc()\n\nfunc init() { gone(); loc() }\n' > bad.go
says 'main.gone: relocation target main.nowhere not defined' go build .
says 'main.loc: relocation target main.missing not defined' go build .
printf 'TEXT ·gone(SB), 4, $0\n\tJMP fmt·Println(SB)\nTEXT ·loc(SB), 4, $0\n\tRET\n' > bad_amd64.s
says 'main.gone: relocation target fmt.Println not defined for ABI0 (but is defined for ABIInternal)' go build .
rm bad_amd64.s
says 'relocation target main.gone' go build .
rm sum_amd64.s
says 'missing function body' go build .
