// arch.go - no CPU has CRC instructions as far as this package knows: upstream's use of them is assembly.

package crc32

func archAvailableIEEE() bool       { return false }
func archAvailableCastagnoli() bool { return false }

func archInitIEEE()       { panic("crc32: no such code") }
func archInitCastagnoli() { panic("crc32: no such code") }

func archUpdateIEEE(crc uint32, p []byte) uint32       { panic("crc32: no such code") }
func archUpdateCastagnoli(crc uint32, p []byte) uint32 { panic("crc32: no such code") }
