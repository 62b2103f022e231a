# linux_riscv64.mk - flags for linux/riscv64, nothing else. Read by make and, as NAME = words lines, by build.sh.
# Relaxation is off because our linker does none: code keeps the length that the compiler gave it.
linux_riscv64_DONE = yes
linux_riscv64_TRIPLE = riscv64-linux-musl
linux_riscv64_CFLAGS = -march=rv64gc -mabi=lp64d -mno-relax
linux_riscv64_QEMU = qemu-riscv64-static
linux_riscv64_KHEADERS = riscv64-linux-gnu
linux_riscv64_BUILTINS = @generic @bf16 @tf riscv/fp_mode.c riscv/save.S riscv/restore.S
