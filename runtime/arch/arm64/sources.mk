# The part of libruntime.a for arm64.
runtime_SRC_arm64 := \
	switch.S leaf.S reflect.S syscall.S cgo.S
