// run

// What a dead variable of the frame holds is not kept alive, and a live one keeps what it holds.

package main

import "runtime"

type thing struct {
	pad [4]int
	n   int
}

type holder struct {
	t [6]*thing
	n int
}

//go:noinline
func look(h *holder) int { return h.t[3].n }

//go:noinline
func same(h *holder) *holder { return h }

//go:noinline
func fill(h *holder, n int, freed *int) {
	t := &thing{n: n}
	runtime.SetFinalizer(t, func(*thing) { *freed++ })
	h.t[3] = t
}

func collect(done func() bool) bool {
	for range 20 {
		runtime.GC()
		runtime.Gosched()
		if done() {
			return true
		}
	}
	return false
}

func main() {
	freed := 0
	for i := range 3 {
		var h holder
		fill(&h, i, &freed)
		if look(&h) != i || collect(func() bool { return freed > i }) {
			panic("freed while in use")
		}
		if look(same(&h)) != i {
			panic("lost")
		}
		if !collect(func() bool { return freed > i }) {
			panic("kept")
		}
	}

	// what was received is let go while the next one is waited for
	c, d, quit := make(chan holder), make(chan holder), make(chan bool)
	go func() {
		for h := range c {
			look(&h)
		}
		quit <- true
	}()
	go func() {
		for {
			select {
			case h := <-d:
				look(&h)
			case <-quit:
				quit <- true
				return
			}
		}
	}()
	before := freed
	func() {
		var h holder
		fill(&h, 20, &freed)
		c <- h
		fill(&h, 21, &freed)
		d <- h
	}()
	if !collect(func() bool { return freed == before+2 }) {
		panic("kept by a receiver")
	}
	close(c)
	<-quit

	// two that may be behind one pointer, across a loop
	var a, b holder
	fill(&a, 10, &freed)
	fill(&b, 11, &freed)
	p := &a
	for i := range 4 {
		if look(p) != 10+i%2 {
			panic("mixed up")
		}
		runtime.GC()
		if p == &a {
			p = &b
		} else {
			p = &a
		}
	}
}
