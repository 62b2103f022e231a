// compile

// Copies and clearings of more than 2 GB.

package p

type T struct {
	p *int
	a [3 << 30]byte
}

func cp(a, b *T)                  { *a = *b }
func zr(a *T)                     { *a = T{} }
func cpb(a, b *[5<<30 + 7]byte)   { *a = *b }
func zrb(a *[5<<30 + 7]byte)      { *a = [5<<30 + 7]byte{} }
func val(a *[5<<30 + 7]byte) byte { x := *a; x[3]++; return x[1<<32] }
func rng(x *[1 << 31]byte) byte {
	for _, b := range *x {
		return b
	}
	return 0
}
