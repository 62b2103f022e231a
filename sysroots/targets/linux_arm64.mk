# linux_arm64.mk - flags for linux/arm64, nothing else. Read by make and, as NAME = words lines, by build.sh.
# Unless told, clang makes atomics calls or not depending on whether a GCC for arm64 is installed.
linux_arm64_DONE = yes
linux_arm64_TRIPLE = aarch64-linux-musl
linux_arm64_CFLAGS = -mno-outline-atomics
linux_arm64_QEMU = qemu-aarch64-static
linux_arm64_KHEADERS = aarch64-linux-gnu
linux_arm64_BUILTINS = @generic @bf16 @tf @lse aarch64/fp_mode.c cpu_model/aarch64.c
