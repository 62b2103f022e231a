# linux_amd64.mk - flags for linux/amd64, nothing else. Read by make and, as NAME = words lines, by build.sh.
linux_amd64_DONE = yes
linux_amd64_TRIPLE = x86_64-linux-musl
linux_amd64_CFLAGS =
linux_amd64_QEMU = qemu-x86_64-static
linux_amd64_KHEADERS = x86_64-linux-gnu
linux_amd64_BUILTINS = @generic @bf16 @xf @tf fp_mode.c cpu_model/x86.c
