// run

// Calls are evaluated before variables are read, as in gc: programs return a variable beside the call that fills it.

package main

type OID struct{ der []byte }

func (o *OID) parse(s string) error {
	o.der = []byte(s)
	return nil
}

func parse(s string) (OID, error) {
	var o OID
	return o, o.parse(s)
}

var g = 1

func set(n int) int { g = n; return n }

func add(a, b int) int { return a*100 + b }

type S struct {
	list []int
	n    int
}

func (s *S) grow() int {
	s.list = append(s.list, 0, 0, 0, 0, 0, 0, 0, 0)
	s.n++
	return 7
}

func anys(xs ...any) int { return xs[0].(int) }

type P struct{ a, b int }

func (p *P) set(n int) int { p.a = n; return n }

var gp = P{1, 2}

func anyp(xs ...any) int { return xs[0].(P).a }

func want(what string, got, n int) {
	if got != n {
		println(what, "got", got, "want", n)
		panic("order")
	}
}

type Q struct {
	a int
	p P
	b int
	_ int
	c [2]int
	s string
}

func literals() {
	g = 1
	small := P{g, set(5)}
	want("small literal", small.a*10+small.b, 55)
	g = 1
	q := &Q{a: g, p: P{g, set(2)}, b: g, c: [2]int{g, set(3)}, s: "s"}
	want("literal", q.a*10000+q.p.a*1000+q.p.b*100+q.b*10+q.c[0], 33233)
	g = 1
	list := []int{g, set(4), g}
	want("slice literal", list[0]*100+list[1]*10+list[2], 444)
	g = 1
	nested := [...]P{{g, 7}, {set(6), g}, {b: g}}
	want("array of literals", nested[0].a*100+nested[1].b*10+nested[2].b, 666)
	g = 1
	maps := map[int]P{1: {g, set(7)}, 2: {g, set(8)}}
	want("map literal", maps[1].a*10+maps[2].a, 78)
	g = 1
	keys := map[int][]int{g: {g, set(4)}}
	want("key of a literal", keys[4][0], 4)
}

func main() {
	o, _ := parse("abc")
	want("return", len(o.der), 3)
	g = 1
	want("binary", g+set(5), 10)
	g = 1
	want("args", add(g, set(5)), 505)
	g = 1
	want("interface", anys(g, set(5)), 5)
	p := P{1, 2}
	want("struct in interface", anyp(p, p.set(5)), 5)
	want("global in interface", anyp(gp, gp.set(5)), 5)
	pp := &gp
	gp.a = 1
	want("pointer in interface", anyp(*pp, gp.set(5)), 5)
	s := &S{list: make([]int, 1)}
	s.list[0] = s.grow()
	want("index", s.list[0], 7)
	s.n = 0
	s.n += s.grow()
	want("op=", s.n, 8)
	g = 1
	a, b := g, set(9)
	want("define", a*10+b, 99)
	literals()
	m := map[string]int{}
	m["a"] = len(m)
	want("map", m["a"], 0)
}
