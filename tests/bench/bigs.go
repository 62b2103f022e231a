// math/big and strconv: carries, wide multiplication.
package main

import (
	"fmt"
	"math/big"
)

func main() {
	// digits of pi, by Gibbons' spigot
	q, r, t := big.NewInt(1), big.NewInt(0), big.NewInt(1)
	k, n, l := big.NewInt(1), big.NewInt(3), big.NewInt(3)
	var a, b, c big.Int
	one, two, ten := big.NewInt(1), big.NewInt(2), big.NewInt(10)
	sum := 0
	for i := 0; i < 1500; {
		a.Mul(big.NewInt(4), q)
		a.Add(&a, r)
		a.Sub(&a, t)
		b.Mul(n, t)
		if a.Cmp(&b) < 0 {
			sum = sum*31 + int(n.Int64())
			i++
			a.Mul(n, t)
			b.Sub(r, &a)
			b.Mul(&b, ten)
			c.Mul(big.NewInt(3), q)
			c.Add(&c, r)
			c.Mul(&c, ten)
			c.Div(&c, t)
			a.Mul(ten, n)
			c.Sub(&c, &a)
			q.Mul(q, ten)
			r.Set(&b)
			n.Set(&c)
		} else {
			a.Mul(two, q)
			a.Add(&a, r)
			a.Mul(&a, l)
			b.Mul(big.NewInt(7), k)
			b.Add(&b, two)
			b.Mul(&b, q)
			c.Mul(r, l)
			b.Add(&b, &c)
			c.Mul(t, l)
			b.Div(&b, &c)
			q.Mul(q, k)
			t.Mul(t, l)
			l.Add(l, two)
			k.Add(k, one)
			n.Set(&b)
			r.Set(&a)
		}
	}
	f := new(big.Int).MulRange(1, 20000)
	fmt.Println(sum, f.BitLen(), len(f.String()))
}
