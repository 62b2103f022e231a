// lock.go - mutual exclusion between goroutines inside this package, which cannot import sync.
//
// A lock is never held while C may ask for a panic, and never by code that runs while the world is stopped.

package runtime

import "internal/runtime/atomic"

// mutex: 0 free, 1 held, 2 held and perhaps waited for.
type mutex struct {
	state uint32
	sema  uint32
}

func lock(l *mutex) {
	if atomic.Cas(&l.state, 0, 1) {
		return
	}
	for i := 0; i < 4; i++ {
		procyield(20)
		if atomic.Cas(&l.state, 0, 1) {
			return
		}
	}
	for atomic.Xchg(&l.state, 2) != 0 {
		semacquire(&l.sema)
	}
}

func unlock(l *mutex) {
	if atomic.Xchg(&l.state, 0) == 2 {
		semrelease(&l.sema)
	}
}
