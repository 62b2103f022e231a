// Types.
package p

type s1 struct {
	a, b int "tag"
	T
	*T
	p.T
	*p.T `raw`
	(T)
	*(T)
	(*T)
	T[int]
	T[int, string]
	a []int
	b [5]int
	c [N]int
	d [N]
	e int 'x'
	f, g
	5 int
	h int i int
}

type i1 interface {
	m()
	m(a, b int) (c string)
	T
	p.T
	T[int]
	~int
	~int | string | p.T
	m[P any]()
	m[]()
	T[]
	*int
	func()
	5
	(T)
}

type (
	c1 chan
	c2 chan int
	c3 <-chan int
	c4 chan<- chan<- int
	c5 chan (<-chan int)
	c6 <-int
	m1 map[string]int
	m2 map[string
	m3 map[]int
)

type (
	f1 func()
	f2 func(int, ...string) (a, b int)
	f3 func[P any](P)
	a1 [...]int
	a2 [1,]int
	a3 []
	a4 [x y]int
	p1 **int
	q1 a.b.c
	q2 (((int)))
)
