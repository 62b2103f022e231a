// marks.go - the functions whose presence in a binary tells which crypto it has: empty, assembly upstream.

package sig

import _ "unsafe" // for linkname

//go:linkname boringCrypto crypto/internal/boring/sig.BoringCrypto
func boringCrypto() {}

//go:linkname fipsOnly crypto/internal/boring/sig.FIPSOnly
func fipsOnly() {}

//go:linkname standardCrypto crypto/internal/boring/sig.StandardCrypto
func standardCrypto() {}
