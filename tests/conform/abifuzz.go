// runoutput

// Calls of functions with random signatures, in every way there is: directly, through closures, interfaces, method values
// and expressions, promoted methods, go, defer, reflect.Value.Call, and functions that reflect.MakeFunc made.
//
// This program prints a program that makes them. Each function checks that its parameters arrive as the caller wrote them, after
// calls that use all registers, grow the stack, or collect; each caller checks the results. The seeds are fixed. With
// FULL=yes there are more; ABISEED=n ABICOUNT=n choose one.
package main

import (
	"fmt"
	"math/rand"
	"os"
	"strconv"
	"strings"
)

var (
	r       *rand.Rand
	named   []string // declarations of the types made so far
	structs []*typ // those that are complete

	nstructs int
)

type typ struct {
	name   string
	lit    func() string
	fields []*typ
	fn     bool // a func: compared by calling it
}

func pick[T any](v ...T) T { return v[r.Intn(len(v))] }

func basic(name string, lit func() string) *typ { return &typ{name: name, lit: lit} }

func integer(name string, bits int, signed bool) *typ {
	return basic(name, func() string {
		u := r.Uint64() >> (64 - bits)
		if signed {
			u >>= 1
			if r.Intn(2) == 0 {
				return fmt.Sprintf("%s(-%d)", name, u)
			}
		}
		return fmt.Sprintf("%s(%d)", name, u)
	})
}

func number() string { return fmt.Sprintf("%d.%d", r.Intn(2000)-1000, pick(0, 25, 5, 75)) }

func text() string {
	return strconv.Quote(strings.Repeat(string(rune('a'+r.Intn(26))), r.Intn(20)))
}

var basics = []*typ{
	basic("bool", func() string { return pick("true", "false") }),
	integer("int8", 8, true), integer("uint8", 8, false), integer("int16", 16, true), integer("uint16", 16, false),
	integer("int32", 32, true), integer("uint32", 32, false), integer("int64", 64, true), integer("uint64", 64, false),
	integer("int", 32, true), integer("uint", 32, false), integer("uintptr", 32, false),
	basic("float32", func() string { return "float32(" + number() + ")" }),
	basic("float64", func() string { return "float64(" + number() + ")" }),
	basic("complex64", func() string { return "complex(float32(" + number() + ")," + number() + ")" }),
	basic("complex128", func() string { return "complex(float64(" + number() + ")," + number() + ")" }),
	basic("string", text),
	basic("[]byte", func() string { return "[]byte(" + text() + ")" }),
	basic("any", func() string { return pick("any(nil)", "any("+text()+")", "any(int16(-7))", "any(big)", "any(pair{1, 2.5})") }),
	basic("error", func() string { return pick("error(nil)", "errors.New("+text()+")") }),
	basic("*int", func() string { return pick("(*int)(nil)", "&word") }),
	basic("chan int", func() string { return pick("pipe", "(chan int)(nil)") }),
	basic("map[string]int", func() string { return "map[string]int{" + text() + ": 3}" }),
	basic("unsafe.Pointer", func() string { return "unsafe.Pointer(&word)" }),
	basic("pair", func() string { return "pair{3, " + number() + "}" }),
	basic("empty", func() string { return "empty{}" }),
}

var function = &typ{name: "func() int", fn: true, lit: func() string { return fmt.Sprintf("func() int { return word + %d }", r.Intn(100)) }}

// newtype gives a type; depth limits how it is nested.
func newtype(depth int) *typ {
	k := r.Intn(20)
	switch {
	case depth == 0 || k < 12:
		return pick(basics...)
	case k < 14:
		e := newtype(depth - 1)
		n := pick(0, 1, 1, 1, 2, 3)
		name := fmt.Sprintf("[%d]%s", n, e.name)
		return basic(name, func() string {
			var l []string
			for range n {
				l = append(l, e.lit())
			}
			return name + "{" + strings.Join(l, ", ") + "}"
		})
	case k < 15:
		e := newtype(depth - 1)
		return basic("[]"+e.name, func() string { return "[]" + e.name + "{" + e.lit() + ", " + e.lit() + "}" })
	case k < 17 && len(structs) > 0:
		return pick(structs...)
	}
	s := &typ{name: fmt.Sprintf("struct%d", nstructs)}
	nstructs++
	var decl strings.Builder
	fmt.Fprintf(&decl, "type %s struct {\n", s.name)
	var names []string
	for i := range pick(0, 1, 1, 2, 2, 3, 4, 5, 7) {
		f := newtype(depth - 1)
		if r.Intn(12) == 0 {
			fmt.Fprintf(&decl, "\t_ %s\n", f.name)
			continue
		}
		name := fmt.Sprintf("%c%d", pick('a', 'B'), i)
		names = append(names, name)
		s.fields = append(s.fields, f)
		fmt.Fprintf(&decl, "\t%s %s\n", name, f.name)
	}
	decl.WriteString("}\n")
	s.lit = func() string {
		var l []string
		for i, f := range s.fields {
			l = append(l, names[i]+": "+f.lit())
		}
		return s.name + "{" + strings.Join(l, ", ") + "}"
	}
	named = append(named, decl.String())
	structs = append(structs, s)
	return s
}

func list(n int, sep string, f func(i int) string) string {
	var l []string
	for i := range n {
		l = append(l, f(i))
	}
	return strings.Join(l, sep)
}

// one prints function number id and its calls.
func one(id int) {
	var in, out []*typ
	for range r.Intn(pick(4, 8, 16)) {
		if r.Intn(15) == 0 {
			in = append(in, function)
		} else {
			in = append(in, newtype(2))
		}
	}
	for range r.Intn(pick(2, 4, 12)) {
		out = append(out, newtype(2))
	}
	variadic := len(in) > 0 && !in[len(in)-1].fn && r.Intn(6) == 0
	more := 0
	if variadic {
		more = r.Intn(3)
	}
	fixed := len(in)
	if variadic {
		fixed--
	}
	// What is passed and what it must arrive as.
	var args, want []string
	for _, t := range in[:fixed] {
		args = append(args, t.lit())
	}
	want = append(want, args...)
	if variadic {
		t := in[fixed]
		var l []string
		for range more {
			l = append(l, t.lit())
		}
		args = append(args, l...)
		if more == 0 {
			want = append(want, "[]"+t.name+"(nil)")
		} else {
			want = append(want, "[]"+t.name+"{"+strings.Join(l, ", ")+"}")
		}
	}
	var results []string
	for _, t := range out {
		results = append(results, t.lit())
	}
	param := func(i int) string {
		if variadic && i == fixed {
			return fmt.Sprintf("p%d ...%s", i, in[i].name)
		}
		return fmt.Sprintf("p%d %s", i, in[i].name)
	}
	kind := func(i int) string { return strings.SplitN(param(i), " ", 2)[1] }
	params := list(len(in), ", ", param)
	sig := "(" + params + ") (" + list(len(out), ", ", func(i int) string { return out[i].name }) + ")"
	ftype := "func(" + list(len(in), ", ", kind) + ") (" + list(len(out), ", ", func(i int) string { return out[i].name }) + ")"
	pass := list(len(in), ", ", func(i int) string { return fmt.Sprintf("p%d", i) })
	passdots := pass
	if variadic {
		passdots += "..."
	}
	ps := "[]any{" + pass + "}"
	arg := strings.Join(args, ", ")
	ret := "return " + strings.Join(results, ", ")
	rs := list(len(out), ", ", func(i int) string { return fmt.Sprintf("r%d", i) })
	call := func(way, f string) {
		if len(out) == 0 {
			fmt.Printf("\t%s(%s)\n\tsame(%d, %q, nil)\n", f, arg, id, way)
		} else {
			fmt.Printf("\t{\n\t\t%s := %s(%s)\n\t\tsame(%d, %q, []any{%s})\n\t}\n", rs, f, arg, id, way, rs)
		}
	}
	forward := func(f string) string {
		if len(out) == 0 {
			return f + "(" + passdots + ")"
		}
		return "return " + f + "(" + passdots + ")"
	}

	fmt.Printf("\n//go:noinline\nfunc f%d%s {\n\t%s\n\tarrive(%d, %s)\n\t%s\n}\n\n", id, sig, pick("clobber(1, 2)", "grow(200)", "runtime.GC()", ""), id, ps, ret)
	fmt.Printf("var v%d %s = f%d\n\n", id, ftype, id)
	recv := pick("m method", "m *method", "m thin", "m wide", "m word1")
	rt := strings.Fields(recv)[1]
	fmt.Printf("func (%s) F%d%s {\n\tm.look(%d)\n\t%s\n}\n\n", recv, id, sig, id, forward(fmt.Sprintf("f%d", id)))
	fmt.Printf("type face%d interface{ F%d%s }\n\n", id, id, sig)
	value := map[string]string{"method": "aMethod", "*method": "(&aMethod)", "thin": "thin{&aMethod}", "wide": "aWide", "word1": "word1(77)"}[rt]
	embed := strings.TrimPrefix(rt, "*")
	if rt == "*method" {
		fmt.Printf("type outer%d struct {\n\tpad [3]int\n\t*method\n}\n\n", id)
	} else {
		fmt.Printf("type outer%d struct {\n\tpad [3]int\n\t%s\n}\n\n", id, embed)
	}
	fmt.Printf("func test%d() {\n\texpect(%d, []any{%s}, []any{%s})\n", id, id, strings.Join(want, ", "), strings.Join(results, ", "))
	call("direct", fmt.Sprintf("f%d", id))
	call("func value", fmt.Sprintf("v%d", id))
	fmt.Printf("\tcaptured, more := id(%d), \"x\"\n\tclosure := func%s {\n\t\tif captured != %d {\n\t\t\tfail(%d, \"captured variable\")\n\t\t}\n\t\tmore += \"y\"\n\t\t%s\n\t}\n", id, sig, id, id, forward(fmt.Sprintf("f%d", id)))
	fmt.Printf("\tkeep(&closure)\n")
	call("closure", "closure")
	fmt.Printf("\tif more != \"xy\" {\n\t\tfail(%d, \"captured by reference\")\n\t}\n", id)
	fmt.Printf("\tm := %s\n", value)
	call("method", fmt.Sprintf("m.F%d", id))
	fmt.Printf("\tvar i face%d = m\n\tkeep(&i)\n", id)
	call("interface", fmt.Sprintf("i.F%d", id))
	fmt.Printf("\tmv := m.F%d\n\tkeep(&mv)\n", id)
	call("method value", "mv")
	fmt.Printf("\tmv = i.F%d\n\tkeep(&mv)\n", id)
	call("method value of an interface", "mv")
	fmt.Printf("\to := outer%d{%s: m}\n", id, embed)
	fmt.Printf("\ti = o\n\tkeep(&i)\n")
	call("promoted method", fmt.Sprintf("i.F%d", id))
	// method expression: the receiver is the first argument
	fmt.Printf("\tme := (%s).F%d\n\tkeep(&me)\n", rt, id)
	sep := ""
	if arg != "" {
		sep = ", "
	}
	if len(out) == 0 {
		fmt.Printf("\tme(m%s%s)\n\tsame(%d, \"method expression\", nil)\n", sep, arg, id)
	} else {
		fmt.Printf("\t{\n\t\t%s := me(m%s%s)\n\t\tsame(%d, \"method expression\", []any{%s})\n\t}\n", rs, sep, arg, id, rs)
	}
	fmt.Printf("\tgo f%d(%s)\n\tawait(%d, \"go\")\n\tgo i.F%d(%s)\n\tawait(%d, \"go of an interface's method\")\n", id, arg, id, id, arg, id)
	fmt.Printf("\tfunc() { defer f%d(%s) }()\n\tawait(%d, \"defer\")\n", id, arg, id)
	fmt.Printf("\tfunc() {\n\t\tfor range 2 {\n\t\t\tdefer mv(%s)\n\t\t}\n\t}()\n\tawait(%d, \"defer in a loop\")\n\tawait(%d, \"defer in a loop\")\n", arg, id, id)
	rargs := "values([]any{" + arg + "}, typeOf(v" + fmt.Sprint(id) + "))"
	refl := func(way, v string) {
		fmt.Printf("\tsame(%d, %q, interfaces(%s.Call(%s)))\n", id, way, v, rargs)
	}
	refl("reflect.Call", fmt.Sprintf("reflect.ValueOf(f%d)", id))
	refl("reflect.Call of a closure", "reflect.ValueOf(closure)")
	refl("reflect.Call of a method", fmt.Sprintf("reflect.ValueOf(m).MethodByName(\"F%d\")", id))
	refl("reflect.Call of an interface's method", fmt.Sprintf("reflect.ValueOf(&i).Elem().MethodByName(\"F%d\")", id))
	refl("reflect.Call of a promoted method", fmt.Sprintf("reflect.ValueOf(o).MethodByName(\"F%d\")", id))
	fmt.Printf("\tmv = reflect.ValueOf(m).MethodByName(\"F%d\").Interface().(%s)\n", id, ftype)
	call("method value made by reflect", "mv")
	fmt.Printf("\tmade := reflect.MakeFunc(typeOf(v%d), func(in []reflect.Value) []reflect.Value {\n\t\tclobber(3, 4)\n\t\tarrive(%d, interfaces(in))\n\t\treturn values([]any{%s}, nil, outs(typeOf(v%d))...)\n\t})\n", id, id, strings.Join(results, ", "), id)
	fmt.Printf("\tmf := made.Interface().(%s)\n\tkeep(&mf)\n", ftype)
	call("reflect.MakeFunc", "mf")
	refl("reflect.Call of reflect.MakeFunc", "made")
	fmt.Printf("\tgo mf(%s)\n\tawait(%d, \"go of reflect.MakeFunc\")\n", arg, id)
	fmt.Printf("\tfunc() { defer mf(%s) }()\n\tawait(%d, \"defer of reflect.MakeFunc\")\n", arg, id)
	fmt.Printf("}\n")
}

const head = `package main

import (
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"sync/atomic"
	"time"
	"unsafe"
)

type (
	pair  struct {
		a int8
		b float64
	}
	empty  struct{}
	method struct{ text string; n int }
	thin   struct{ p *method }
	wide   struct{ a [5]int; m method }
	word1  uint16
)

var (
	word    = 5
	big     = [3]string{"x", "", "yy"}
	pipe    = make(chan int)
	aMethod = method{"it", 9}
	aWide   = wide{[5]int{1, 2, 3, 4, 5}, aMethod}

	wantIn, wantOut []any
	arrivals        atomic.Int32
	kept            any
	_               = errors.New
	_               unsafe.Pointer
)

func fail(id int, what string, args ...any) {
	fmt.Printf("function %d: "+what+"\n", append([]any{id}, args...)...)
	os.Exit(1)
}

func (m method) look(id int) {
	if m != aMethod {
		fail(id, "receiver is %v", m)
	}
}

func (m thin) look(id int)  { m.p.look(id) }
func (m wide) look(id int)  { if m != aWide { fail(id, "receiver is %v", m) } }
func (m word1) look(id int) { if m != 77 { fail(id, "receiver is %v", uint16(m)) } }

//go:noinline
func id(n int) int { return n }

//go:noinline
func keep(p any) { kept = p; kept = nil }

//go:noinline
func clobber(a, b float64) (x, y, z, u, v, w, s, t float64, i, j, k, l, m, n, o, p int) {
	q := int(a + b)
	return a + 1, b + 2, a * b, a - b, b - a, a * 3, b * 4, a / b, q, q + 1, q + 2, q + 3, q + 4, q + 5, q + 6, q + 7
}

//go:noinline
func grow(n int) int {
	var room [64]int
	if n == 0 {
		return room[n]
	}
	room[n%64] = grow(n - 1)
	return room[n%64]
}

func equal(a, b any) bool {
	if f, ok := a.(func() int); ok {
		g, ok := b.(func() int)
		return ok && f != nil && g != nil && f() == g()
	}
	// Without variadic arguments the slice is nil in a plain call and empty in reflect's.
	if v := reflect.ValueOf(a); v.Kind() == reflect.Slice && v.Len() == 0 && v.Type() == reflect.TypeOf(b) {
		return reflect.ValueOf(b).Len() == 0
	}
	return reflect.DeepEqual(a, b)
}

func expect(id int, in, out []any) { wantIn, wantOut = in, out; arrivals.Store(0) }

func arrive(id int, in []any) {
	if len(in) != len(wantIn) {
		fail(id, "%d arguments, not %d", len(in), len(wantIn))
	}
	for i := range in {
		if !equal(in[i], wantIn[i]) {
			fail(id, "argument %d is %#v, not %#v", i, in[i], wantIn[i])
		}
	}
	arrivals.Add(1)
}

func await(id int, way string) {
	for n := 0; arrivals.Load() == 0; n++ {
		if n > 3000 {
			fail(id, "%s: it was not called", way)
		}
		time.Sleep(10 * time.Microsecond << min(n, 10))
	}
	arrivals.Add(-1)
}

func same(id int, way string, out []any) {
	if arrivals.Load() != 1 {
		fail(id, "%s: called %d times", way, arrivals.Load())
	}
	arrivals.Store(0)
	if len(out) != len(wantOut) {
		fail(id, "%s: %d results, not %d", way, len(out), len(wantOut))
	}
	for i := range out {
		if !equal(out[i], wantOut[i]) {
			fail(id, "%s: result %d is %#v, not %#v", way, i, out[i], wantOut[i])
		}
	}
}

func typeOf(f any) reflect.Type { return reflect.TypeOf(f) }

func outs(f reflect.Type) []reflect.Type {
	var l []reflect.Type
	for i := range f.NumOut() {
		l = append(l, f.Out(i))
	}
	return l
}

// values: as arguments of f, or of the given types.
func values(v []any, f reflect.Type, types ...reflect.Type) []reflect.Value {
	var l []reflect.Value
	for i, x := range v {
		var t reflect.Type
		if f == nil {
			t = types[i]
		} else if f.IsVariadic() && i >= f.NumIn()-1 {
			t = f.In(f.NumIn() - 1).Elem()
		} else {
			t = f.In(i)
		}
		p := reflect.New(t).Elem()
		if x != nil {
			p.Set(reflect.ValueOf(x))
		}
		l = append(l, p)
	}
	return l
}

func interfaces(v []reflect.Value) []any {
	var l []any
	for _, x := range v {
		l = append(l, x.Interface())
	}
	return l
}
`

func main() {
	seeds, count := []int64{1, 2}, 40
	if os.Getenv("FULL") == "yes" {
		seeds = []int64{1, 2, 3, 4, 5, 6, 7, 8}
	}
	if s, err := strconv.ParseInt(os.Getenv("ABISEED"), 10, 64); err == nil {
		seeds = []int64{s}
	}
	if n, err := strconv.Atoi(os.Getenv("ABICOUNT")); err == nil {
		count = n
	}
	fmt.Print(head)
	id := 0
	for _, s := range seeds {
		r = rand.New(rand.NewSource(s))
		for range count {
			one(id)
			id++
		}
	}
	for _, d := range named {
		fmt.Printf("\n%s", d)
	}
	fmt.Printf("\nfunc main() {\n")
	for i := range id {
		fmt.Printf("\ttest%d()\n", i)
	}
	fmt.Printf("\t_ = runtime.GC\n}\n")
}
