// reflect.Call and MakeFunc over many signatures, methods, struct copies, maps and channels by reflection.
package main

import (
	"fmt"
	"os"
	"reflect"
)

type small struct {
	a int8
	b float32
}
type mid struct {
	a int
	s string
	f float64
}
type big struct{ a [10]int }
type onefn struct{ f func(int) int }

type T struct{ n int }

func (t T) Val(a int, s string) (string, int) { return s + fmt.Sprint(t.n), a + t.n }
func (t *T) Ptr(f ...float64) (r float64) {
	for _, x := range f {
		r += x
	}
	t.n++
	return
}

func equal(got, want any) {
	if fmt.Sprint(got) != fmt.Sprint(want) {
		fmt.Println("got", got, "want", want)
		os.Exit(1)
	}
}

var fns = []any{
	func() {},
	func(a int) int { return a + 1 },
	func(a, b, c, d, e, f, g, h, i, j, k, l int) int {
		return a + 2*b + 3*c + 4*d + 5*e + 6*f + 7*g + 8*h + 9*i + 10*j + 11*k + 12*l
	},
	func(a float64, b float32, c int8, d uint16) (uint16, int8, float32, float64) { return d, c, b, a },
	func(s string, b []byte, e error, i any) (any, error, []byte, string) { return i, e, b, s },
	func(a small, b mid, c big) (big, mid, small) { c.a[3]++; b.s += "!"; a.a++; return c, b, a },
	func(a [1]string, b [2]int, c [0]int, d struct{}) ([2]int, [1]string) { return b, a },
	func(c complex128, d complex64) (complex64, complex128) { return d, c },
	func(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p float64) float64 {
		return a + b*2 + c*3 + d + e + f + g + h + i + j + k + l + m + n*14 + o*15 + p*16
	},
	func(o onefn, m map[string]int, c chan int, p *T) (int, int, chan int, *T) {
		return o.f(1), m["x"], c, p
	},
	func(a bool, b mid, c bool, d mid, e bool, f mid) (bool, mid, mid, mid, bool) { return e, f, d, b, c },
	func(a int, rest ...string) (int, []string) { return a, rest },
}

func value(t reflect.Type, n int) reflect.Value {
	v := reflect.New(t).Elem()
	switch t.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		v.SetInt(int64(n % 100))
	case reflect.Uint16:
		v.SetUint(uint64(n))
	case reflect.Float64, reflect.Float32:
		v.SetFloat(float64(n) * 0.5)
	case reflect.Complex128, reflect.Complex64:
		v.SetComplex(complex(float64(n), 1))
	case reflect.String:
		v.SetString(fmt.Sprint("s", n))
	case reflect.Bool:
		v.SetBool(n%2 == 0)
	case reflect.Array:
		for i := 0; i < t.Len(); i++ {
			v.Index(i).Set(value(t.Elem(), n+i))
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(t, 3, 3))
		for i := 0; i < 3; i++ {
			if t.Elem().Kind() != reflect.Uint8 {
				v.Index(i).Set(value(t.Elem(), n+i))
			}
		}
	case reflect.Map:
		v.Set(reflect.MakeMap(t))
		v.SetMapIndex(reflect.ValueOf("x"), reflect.ValueOf(n))
	}
	return v
}

func strs(v []reflect.Value) string {
	s := ""
	for _, x := range v {
		s += fmt.Sprint(x.Type(), "=")
		if x.Kind() != reflect.Chan && x.Kind() != reflect.Pointer {
			s += fmt.Sprintf("%v ", x)
		}
	}
	return s
}

func main() {
	for round := 0; round < 300; round++ {
		for k, fn := range fns {
			f := reflect.ValueOf(fn)
			t := f.Type()
			args := make([]reflect.Value, t.NumIn())
			for i := range args {
				args[i] = value(t.In(i), round+i)
				if t.In(i) == reflect.TypeOf(onefn{}) {
					args[i] = reflect.ValueOf(onefn{func(x int) int { return x + round }})
				}
			}
			call := f.Call
			if t.IsVariadic() {
				call = f.CallSlice
			}
			want := strs(call(args))
			// a function made by reflection, called directly by reflection and through its real type
			seen := ""
			mk := reflect.MakeFunc(t, func(in []reflect.Value) []reflect.Value {
				seen = strs(in)
				return call(in)
			})
			wantin := strs(args)
			if t.IsVariadic() {
				equal(strs(mk.CallSlice(args)), want)
			} else {
				equal(strs(mk.Call(args)), want)
			}
			equal(seen, wantin)
			if k == 2 {
				g := mk.Interface().(func(a, b, c, d, e, f, g, h, i, j, k, l int) int)
				equal(g(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12), 650)
			}
			if k == 5 {
				g := mk.Interface().(func(a small, b mid, c big) (big, mid, small))
				x, y, z := g(small{1, 2}, mid{1, "q", 3}, big{[10]int{5: 6}})
				equal(fmt.Sprint(x, y, z), "{[0 0 0 1 0 6 0 0 0 0]} {1 q! 3} {2 2}")
			}
		}
		p := &T{round}
		v := reflect.ValueOf(p)
		equal(v.MethodByName("Val").Call([]reflect.Value{reflect.ValueOf(5), reflect.ValueOf("z")})[1], 5+round)
		equal(v.MethodByName("Ptr").Call([]reflect.Value{reflect.ValueOf(1.5), reflect.ValueOf(2.5)})[0], 4)
		m := v.Method(1).Interface().(func(int, string) (string, int))
		_, n := m(1, "")
		equal(n, 2+round)
		st := reflect.StructOf([]reflect.StructField{{Name: "A", Type: reflect.TypeOf(0), Tag: `json:"a"`}, {Name: "B", Type: reflect.TypeOf([]string{})}})
		s := reflect.New(st).Elem()
		s.Field(0).SetInt(int64(round))
		s.Field(1).Set(reflect.ValueOf([]string{"x"}))
		equal(fmt.Sprintf("%+v", s), fmt.Sprintf("{A:%d B:[x]}", round))
		ft := reflect.FuncOf([]reflect.Type{reflect.TypeOf(""), st}, []reflect.Type{st, reflect.TypeOf("")}, false)
		r := reflect.MakeFunc(ft, func(in []reflect.Value) []reflect.Value { return []reflect.Value{in[1], in[0]} }).Call([]reflect.Value{reflect.ValueOf("k"), s})
		equal(r[1], "k")
		equal(r[0].Field(0), round)
		c := reflect.MakeChan(reflect.ChanOf(reflect.BothDir, st), 1)
		c.Send(s)
		i, got, ok := reflect.Select([]reflect.SelectCase{{Dir: reflect.SelectRecv, Chan: c}, {Dir: reflect.SelectDefault}})
		equal(fmt.Sprint(i, got.Field(0), ok), fmt.Sprint(0, round, true))
		mt := reflect.MakeMap(reflect.MapOf(reflect.ArrayOf(2, reflect.TypeOf("")), st))
		mt.SetMapIndex(reflect.ValueOf([2]string{"a", "b"}), s)
		equal(mt.MapIndex(reflect.ValueOf([2]string{"a", "b"})).Field(0), round)
	}
	fmt.Println("ok")
}
