# The part of libruntime.a for riscv64.
runtime_SRC_riscv64 := \
	switch.S leaf.S reflect.S syscall.S cgo.S
