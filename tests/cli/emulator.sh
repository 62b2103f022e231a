# emulator.sh - programs that start themselves again when they run under an emulator, and who chooses the emulator. A script takes
# the emulator's place, so that this works for the machine the tests run on.
. "$TOP/tests/lib/test.sh"
need go compile link
mkdir p && cd p || die "mkdir"
printf 'module example.com/p\n\ngo 1.23\n' > go.mod
cat > main.go <<'EOF'
package main

import (
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

func child(path string, args ...string) {
	cmd := exec.Command(path, args...)
	cmd.Args[0] = "zero"
	out, err := cmd.CombinedOutput()
	fmt.Printf("%s %v: %s", args[0], err, out)
}

func main() {
	if v, ok := os.LookupEnv("SLIPWAY_EMULATOR"); ok || strings.Contains(strings.Join(os.Environ(), " "), "SLIPWAY_EMU") {
		fmt.Println("the program sees", v)
	}
	if len(os.Args) > 1 {
		fmt.Println("child", os.Args[1:], "keep="+os.Getenv("KEEP"))
		if os.Args[1] == "one" {
			child("/proc/self/exe", "two", "by /proc/self/exe")
		}
		return
	}
	self, err := os.Executable()
	if err != nil {
		fmt.Println(err)
	}
	child(self, "one", "with blank")
	os.WriteFile("script", []byte("#!/bin/sh\necho script $1 ${SLIPWAY_EMULATOR-unset}\n"), 0777)
	child("./script", "x")
	fmt.Println(exec.Command("./nosuch").Run())
	b, _ := os.ReadFile(self)
	os.WriteFile("noexec", b, 0644)
	fmt.Println(exec.Command("./noexec").Run())
	os.WriteFile("bad", []byte("\x7fELF"), 0777)
	fmt.Println(exec.Command("./bad").Run())
	fmt.Println(syscall.Exec(self, []string{"zero", "three"}, append(os.Environ(), "KEEP=kept")))
}
EOF
cat > emu <<EOF
#!/bin/sh
# The child of the emulated program gets the variable again.
[ "\$1" = -0 ] && [ "\$2" = zero ] && [ "\$SLIPWAY_EMULATOR" = "$PWD/emu" ] || { echo "emulator: \$*"; exit 9; }
echo "\$*" >> "$PWD/log"
shift 2
exec "\$@"
EOF
chmod +x emu
ok go build -o prog
SLIPWAY_EMULATOR=$PWD/emu ./prog > got 2>&1
cat > want <<'EOF'
one <nil>: child [one with blank] keep=
two <nil>: child [two by /proc/self/exe] keep=
x <nil>: script x unset
fork/exec ./nosuch: no such file or directory
fork/exec ./noexec: permission denied
fork/exec ./bad: exec format error
child [three] keep=kept
EOF
same want got
cat > want <<EOF
-0 zero $PWD/prog one with blank
-0 zero $PWD/prog two by /proc/self/exe
-0 zero $PWD/prog three
EOF
same want log
rm log
./prog > got 2>&1
[ ! -f log ] || die "an emulator was started without need"

# -exec and a program on PATH come before the emulator; without any the message says what to do.
case $(go env GOARCH) in amd64) other=arm64 ;; *) other=amd64 ;; esac
says "fork/exec" env GOROOT="$GOROOT" go run -exec /nonexistent main.go
cat > "go_linux_${other}_exec" <<'EOF'
#!/bin/sh
echo "wrapped: $(basename "$1") $2"
EOF
printf '#!/bin/sh\necho "$1 $0 $(basename "$2") $3"\n' > wrap
chmod +x "go_linux_${other}_exec" wrap
if [ -f "$SDK/lib/linux_$other/libruntime.a" ]; then
	says "wrapped: main arg" env PATH="$PWD:$PATH" GOARCH=$other go run main.go arg
	says "my $PWD/wrap main arg" env PATH="$PWD:$PATH" GOARCH=$other go run -exec "'$PWD/wrap' my" main.go arg
	if [ -x "$SDK/lib/qemu/qemu-$other" ]; then
		# the whole of it under the real emulator
		GOARCH=$other go build -o prog
		says "child [three] keep=kept" env GOARCH=$other go run main.go
	else
		says "there is no emulator $SDK/lib/qemu/qemu-$other" env GOARCH=$other go run main.go
	fi
fi
exit 0
