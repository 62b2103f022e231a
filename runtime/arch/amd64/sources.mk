# The part of libruntime.a for amd64.
runtime_SRC_amd64 := \
	switch.S leaf.S reflect.S syscall.S cgo.S
