// Messages name an alias where one was written, and what it stands for where the type was computed.
package p

type (
	T    struct{}
	A    = T
	I    = int
	F    = func(I) A
	P    = *A
	L    = []A
	Shpr = interface{ M(I) }
)

func (A) m() {}

var (
	_ I            = "x"
	_ A            = 1
	_ P            = A{}
	_ L            = []P{}
	_ F            = func(I) I { return 0 }
	_ map[I]A      = T{}
	_ struct{ f A } = L(nil)
	_ Shpr         = A{}
)

func (I) n()  {}
func (L) n()  {}
func (*P) n() {}

func f(a A, i I) {
	a.x()
	_ = a + i
	_ = i + "x"
	var q []A
	for _, v := range q {
		_ = v + 1
	}
	switch i {
	case 1, 1:
	}
	type local = map[string]I
	var l local = i
	_ = l == l
}

// Without the experiment there are no generic aliases, but those that use one hear of it only once.
type G[E any] = []E

var _ G[int] = 1
var _ G = 1
var _ G[int, int]
