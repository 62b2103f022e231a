// Expressions.
package p

var (
	a = x[]
	b = x[1:2:3]
	c = x[::]
	d = x[1::]
	e = x[:1:]
	f = x[1, 2]
	g = x[1 2]
	h = f(1, 2...)
	i = f(x..., 1)
	j = f(1 2)
	k = T{1, 2}
	l = T{a: 1, b: 2,
	}
	m = []int{1, 2
	}
	n = (T){1}
	o = &(T{})
	q = (*T){}
	r = x.(int)
	s = x.(type)
	t = x.5
	u = x.
	v = 1 +
	w = + - ! ^ & * <- x
	y = <-chan int(nil)
	z = <-chan<- int(nil)
	aa = <-<-chan int(nil)
	bb = func() {}
	cc = func() { return }()
	dd = func[P any]() {}
	ee = [...]int{1: 2, {3}, 4: {5}}
	ff = if
	gg = a ? b : c
	hh = a++
	ii = (a, b)
	jj = ()
	kk = map[string]int{"a": 1}["a"]
	ll = struct{ a int }{1}.a
	mm = x.y.(z).w[1](2)[3:]
	nn = T[int]{1}
	oo = a && b || c == d + e * f << 2 &^ 3
	pp = ~x
)
