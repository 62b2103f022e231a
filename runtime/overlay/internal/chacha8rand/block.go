// block.go - block is assembly upstream on some CPUs: here it is the generic code everywhere.

package chacha8rand

import _ "unsafe" // for linkname

//go:linkname portableBlock internal/chacha8rand.block
func portableBlock(seed *[4]uint64, blocks *[32]uint64, counter uint32) {
	block_generic(seed, blocks, counter)
}
