// Planets under each other's pull: floating-point arithmetic on fields.
package main

import (
	"fmt"
	"math"
)

type body struct{ x, y, z, vx, vy, vz, mass float64 }

const (
	solar = 4 * math.Pi * math.Pi
	year  = 365.24
)

type system []body

func (s system) energy() float64 {
	e := 0.0
	for i := range s {
		b := &s[i]
		e += 0.5 * b.mass * (b.vx*b.vx + b.vy*b.vy + b.vz*b.vz)
		for j := i + 1; j < len(s); j++ {
			o := &s[j]
			dx, dy, dz := b.x-o.x, b.y-o.y, b.z-o.z
			e -= b.mass * o.mass / math.Sqrt(dx*dx+dy*dy+dz*dz)
		}
	}
	return e
}

func (s system) advance(dt float64) {
	for i := range s {
		b := &s[i]
		for j := i + 1; j < len(s); j++ {
			o := &s[j]
			dx, dy, dz := b.x-o.x, b.y-o.y, b.z-o.z
			d2 := dx*dx + dy*dy + dz*dz
			mag := dt / (d2 * math.Sqrt(d2))
			bm, om := b.mass*mag, o.mass*mag
			b.vx -= dx * om
			b.vy -= dy * om
			b.vz -= dz * om
			o.vx += dx * bm
			o.vy += dy * bm
			o.vz += dz * bm
		}
	}
	for i := range s {
		b := &s[i]
		b.x += dt * b.vx
		b.y += dt * b.vy
		b.z += dt * b.vz
	}
}

func main() {
	s := system{
		{0, 0, 0, 0, 0, 0, solar},
		{4.84, -1.16, -0.10, 0.00166 * year, 0.00770 * year, -0.00007 * year, 0.00095 * solar},
		{8.34, 4.12, -0.40, -0.00277 * year, 0.00499 * year, 0.00002 * year, 0.00029 * solar},
		{12.89, -15.11, -0.22, 0.00296 * year, 0.00238 * year, -0.00003 * year, 0.00004 * solar},
		{15.38, -25.92, 0.18, 0.00268 * year, 0.00163 * year, -0.00010 * year, 0.00005 * solar},
	}
	fmt.Printf("%.9f\n", s.energy())
	for i := 0; i < 4000000; i++ {
		s.advance(0.01)
	}
	fmt.Printf("%.6f\n", s.energy())
}
