// run

// Statements, expressions, methods, closures, maps and slices: what gc prints is in the .out file.

package main

var trace string

func f(s string, n int) int { trace += s + " "; return n }
func p(s string, x *int) *int { trace += s + " "; return x }

type S struct {
	a    int
	arr  [3]int
	m    map[string]int
	next *S
	big  [20]int
}

func two() (int, int) { return 7, 8 }

type E struct{ S }

func (s *S) ptr() int  { return s.a }
func (s S) val() int   { return s.a * 2 }
func (e E) String() string { return "E" }

type Stringer interface{ String() string }

func variadic(pre string, xs ...interface{}) int {
	n := 0
	for _, x := range xs {
		switch v := x.(type) {
		case int:
			n += v
		case string:
			n += len(v)
		case nil:
			n += 1000
		case []int:
			n += len(v) * 100
		case Stringer:
			n += 5000
		case func() int:
			n += v()
		case error, bool:
			n += 7
		default:
			n += 9
		}
	}
	return n
}

type myerr struct{}

func (*myerr) Error() string { return "myerr" }

func swap(a, b []int) {
	a[0], b[0] = b[0], a[0]
	i := 0
	i, a[i] = 1, 99
	println(i, a[0], a[1])
}

func multi() {
	m := map[string]int{"x": 1}
	v, ok := m["x"]
	println(v, ok)
	v, ok = m["y"]
	println(v, ok)
	m["z"]++
	m["z"] += 5
	m["q"] |= 3
	delete(m, "x")
	println(len(m), m["z"], m["q"])
	var i interface{} = 3
	s, ok2 := i.(string)
	println(s, ok2)
	n, ok3 := i.(int)
	println(n, ok3)
	type key struct {
		a int
		b string
	}
	mm := map[key][]int{}
	mm[key{1, "a"}] = append(mm[key{1, "a"}], 1, 2)
	mm[key{1, "a"}] = append(mm[key{1, "a"}], 3)
	println(len(mm), len(mm[key{1, "a"}]))
	mi := map[interface{}]int{1: 1, "a": 2, 2.5: 3, key{1, "x"}: 4}
	println(mi[1], mi["a"], mi[2.5], mi[key{1, "x"}], mi[nil])
	var nm map[string]int
	println(nm["a"], len(nm))
	ma := map[[2]int]S{{1, 2}: {a: 5}}
	println(ma[[2]int{1, 2}].a, ma[[2]int{2, 2}].a)
	for k, v := range map[string]int{"only": 9} {
		println(k, v)
	}
	clear(m)
	println(len(m))
}

func slices() {
	a := [5]int{1, 2, 3, 4, 5}
	s := a[1:3]
	println(len(s), cap(s), s[0])
	s = s[:4]
	println(len(s), s[3])
	s = a[1:2:3]
	s = append(s, 100)
	println(a[2], len(s), cap(s))
	s = append(s, 200, 300)
	println(a[3], len(s))
	b := make([]byte, 3, 10)
	copy(b, "hello")
	println(string(b), len(b[:5]))
	b = append(b, " world"...)
	println(string(b))
	arr := [4]int(append([]int{}, 9, 8, 7, 6))
	println(arr[0], arr[3])
	pa := (*[2]int)(arr[:])
	pa[1] = 55
	println(arr[1])
	var z []int
	println(z == nil, len(z[:0]), len(z[0:]))
	x := []string{2: "c", 0: "a"}
	println(len(x), x[0], x[1], x[2])
	for i, c := range "héé\xff!" {
		print(i, ":", c, " ")
	}
	println()
	rs := []rune("héé")
	println(len(rs), string(rs[1:]), string(rune(0x4e16)))
	var arr2 [3][2]int
	for i := range arr2 {
		for j := range arr2[i] {
			arr2[i][j] = i*10 + j
		}
	}
	println(arr2[2][1], arr2 == [3][2]int{{0, 1}, {10, 11}, {20, 21}})
	c := arr2
	c[0][0] = 7
	println(arr2[0][0], c != arr2)
	for i, v := range arr {
		arr[3] = 1000
		if i == 3 {
			println(v)
		}
	}
	println(min(3, 1, 2), max("a", "b"), min(2.5, 1.5))
}

func floats() {
	x, y := 1.5, 0.25
	println(x+y, x-y, x*y, x/y, -x)
	var f32 float32 = 16777216
	println(f32+1 == f32, float32(0.1) == 0.1)
	c := complex(1, 2)
	d := c * c / complex(0, 1)
	println(real(d), imag(d), c == complex(1, 2))
	f1, f2 := 3.99, -3.99; m128, m1 := int8(-128), int8(-1); println(int(f1), int(f2), m128/m1)
	var u uint64 = 1 << 63
	println(float64(u), uint64(float64(u)), u>>63, int64(u)>>63)
	n := 70
	println(1<<n == 0, int32(-8)>>n, -7/2, -7%2, 7&^5)
	zero := 0.0
	println(x/zero > 1e300, zero/zero == zero/zero, zero/zero != zero/zero)
	var i8 int8 = 127
	i8++
	println(i8, ^0, ^uint8(1), uint32(1)<<31)
}

func compare() {
	type P struct {
		a int
		s string
		i interface{}
	}
	p1, p2 := P{1, "x", 2}, P{1, "x", 2}
	println(p1 == p2, p1 == P{1, "x", "2"})
	var e1, e2 error
	println(e1 == e2, e1 == nil)
	e1 = &myerr{}
	e2 = e1
	println(e1 == e2, e1 != nil, e1.Error())
	var i1 interface{} = e1
	println(i1 == e1, i1 == e2)
	println("abc" < "abd", "a" >= "b", "" == "")
	var ch1, ch2 chan int
	println(ch1 == ch2)
	var b1, b2 struct {
		_ int
		x int
	}
	println(b1 == b2)
	var bigs [2]S2
	bigs[0].z = 1
	println(bigs[0] == bigs[1], bigs[1] == S2{})
	var pi interface{} = S2{z: 3}
	println(pi == S2{z: 3}, pi == interface{}(3))
}

type S2 struct {
	a, b, c, d, e float64
	s             string
	z             int
}

func deferorder() (r int) {
	for i := 0; i < 3; i++ {
		defer func(n int) { r = r*10 + n + i }(i)
	}
	defer println("first", f("arg", 5))
	return 1
}

func rec(n int) (r string) {
	defer func() {
		if e := recover(); e != nil {
			r = "recovered " + e.(string)
		}
	}()
	if n == 0 {
		panic("bottom")
	}
	return rec(n-1) + "."
}

type Node struct {
	l, r *Node
	v    int
}

func (n *Node) insert(v int) *Node {
	if n == nil {
		return &Node{v: v}
	}
	if v < n.v {
		n.l = n.l.insert(v)
	} else {
		n.r = n.r.insert(v)
	}
	return n
}
func (n *Node) walk(f func(int)) {
	if n != nil {
		n.l.walk(f)
		f(n.v)
		n.r.walk(f)
	}
}

func sw(n int, s string) string {
	switch {
	case n > 100:
		return "big"
	case n < 0:
		fallthrough
	case n == 1:
		s += "neg or one"
	default:
		s += "other"
	}
	switch s {
	case "a", "bneg or one", "c":
		return "m1"
	case "dother", "eother":
		return "m2"
	case "aother":
		return "m3"
	}
	switch n {
	case 0, 1, 2, 3, 4, 5, 6, 7:
		return "small"
	case 10:
		return "ten"
	case 11:
		return "eleven"
	case 20, 21, 22:
		return "twenties"
	}
	return s
}

func main() {
	x := 1
	s := &S{m: map[string]int{}}
	s.arr[f("i", 1)], *p("p", &x), s.m["k"] = f("a", 10), f("b", 20), f("c", 30)
	println(trace, s.arr[1], x, s.m["k"])
	s.a, x = two()
	println(s.a, x)
	e := E{*s}
	println(e.ptr(), e.val(), e.S.val(), (*S).ptr(s), S.val(*s), E.val(e))
	g := e.ptr
	e.a = 100
	h := e.val
	e.a = 200
	println(g(), h())
	var st Stringer = e
	println(st.String(), Stringer.String(st))
	println(variadic("x", 1, "abc", nil, []int{1, 2}, e, func() int { return 3 }, true, 1.5, &myerr{}))
	println(variadic("x"), variadic("y", []interface{}{4, 5}...))
	swap([]int{1, 2}, []int{3})
	multi()
	slices()
	floats()
	compare()
	println(deferorder())
	println(rec(3))
	var root *Node
	for _, v := range []int{5, 2, 8, 1, 9} {
		root = root.insert(v)
	}
	sum := 0
	root.walk(func(v int) { print(v, " "); sum += v })
	println(sum)
	println(sw(0, "d"), sw(1, "b"), sw(200, ""), sw(-5, "q"), sw(3, "zz"), sw(10, ""), sw(21, ""), sw(50, "x"))
	var fs [3]func() int
	for i := 0; i < 3; i++ {
		fs[i] = func() int { i += 10; return i }
	}
	println(fs[0](), fs[1](), fs[2](), fs[0]())
	const c = 1 << 40
	println(c, uint64(1<<64-1), 'x', "const"+"ant")
	type L[T any] struct {
		v    T
		next *L[T]
	}
	l := &L[string]{"a", &L[string]{"b", nil}}
	println(l.next.v)
	println(Map([]int{1, 2, 3}, func(i int) string { return string(rune('a' + i)) })[2])
	println(Sum([]float64{1, 2.5}), Sum([]int8{100, 100}))
	var st2 Stack[string]
	st2.Push("p")
	st2.Push("q")
	println(st2.Pop(), st2.Len())
lbl:
	for i := 0; ; i++ {
		for j := 0; j < 5; j++ {
			if j == 3 {
				continue lbl
			}
			if i == 3 {
				break lbl
			}
		}
	}
	i := 0
loop:
	if i < 3 {
		i++
		goto loop
	}
	println(i)
	anon := struct {
		a int
		f func(int) int
	}{3, func(x int) int { return x * x }}
	println(anon.f(anon.a))
	pp := &anon.a
	*pp += 4
	println(anon.a)
	bigp := &s.big
	bigp[3] = 4
	for i, v := range bigp {
		if v != 0 {
			println(i, v)
		}
	}
	s2 := *s
	s2.big[3]++
	println(s.big[3], s2.big[3])
	func() {
		defer func() {
			r := recover()
			_, isErr := r.(error)
			println("recovered", isErr || true)
		}()
		var np *S
		println(np.next.a)
	}()
}

type Number interface {
	~int | ~int8 | ~float64
}

func Sum[T Number](xs []T) (t T) {
	for _, x := range xs {
		t += x
	}
	return
}
func Map[T, U any](xs []T, f func(T) U) []U {
	var r []U
	for _, x := range xs {
		r = append(r, f(x))
	}
	return r
}

type Stack[T any] struct{ items []T }

func (s *Stack[T]) Push(x T) { s.items = append(s.items, x) }
func (s *Stack[T]) Pop() T {
	x := s.items[len(s.items)-1]
	s.items = s.items[:len(s.items)-1]
	return x
}
func (s Stack[T]) Len() int { return len(s.items) }
