// run

// Prints type descriptors as package reflect and the raw memory show them. Everything printed is the same for any
// compiler that lays out internal/abi's types as Go 1.23 does.
package main

import (
	"fmt"
	"io"
	"os"
	"reflect"
	"sort"
	"sync"
	"time"
	"unsafe"
)

type rtype struct {
	Size, PtrBytes           uintptr
	Hash                     uint32
	TFlag, Align, FieldAlign uint8
	Kind                     uint8
	Equal                    unsafe.Pointer
	GCData                   *byte
	Str, PtrToThis           int32
}

type mapType struct {
	rtype
	Key, Elem, Bucket  *rtype
	Hasher             func(unsafe.Pointer, uintptr) uintptr
	KeySize, ValueSize uint8
	BucketSize         uint16
	Flags              uint32
}

type eface struct {
	t *rtype
	p unsafe.Pointer
}

func raw(t reflect.Type) *rtype {
	var i any = t
	return (*rtype)((*eface)(unsafe.Pointer(&i)).p)
}

func mask(r *rtype) string {
	if r.PtrBytes == 0 {
		return "-"
	}
	if r.Kind&64 != 0 {
		return fmt.Sprint("program")
	}
	s := ""
	for i := uintptr(0); i < r.PtrBytes/8; i++ {
		b := *(*byte)(unsafe.Add(unsafe.Pointer(r.GCData), i/8))
		s += string('0' + (b>>(i%8))&1)
		if i > 200 {
			return s + "..."
		}
	}
	return s
}

var seen = map[reflect.Type]bool{}
var queue []reflect.Type

func add(t reflect.Type) {
	if t != nil && !seen[t] {
		seen[t] = true
		queue = append(queue, t)
	}
}

func show(t reflect.Type) {
	r := raw(t)
	fmt.Printf("%s: name %q pkg %q kind %v(%d) size %d ptr %d tflag %d align %d %d eq %v mask %s\n", t, t.Name(), t.PkgPath(), t.Kind(), r.Kind, r.Size,
		r.PtrBytes, r.TFlag, r.Align, r.FieldAlign, r.Equal != nil, mask(r))
	switch t.Kind() {
	case reflect.Array:
		fmt.Println("\tlen", t.Len())
		add(t.Elem())
	case reflect.Chan:
		fmt.Println("\tdir", t.ChanDir())
		add(t.Elem())
	case reflect.Slice, reflect.Pointer:
		add(t.Elem())
	case reflect.Func:
		fmt.Println("\tvariadic", t.IsVariadic())
		for i := 0; i < t.NumIn(); i++ {
			fmt.Println("\tin", t.In(i))
			add(t.In(i))
		}
		for i := 0; i < t.NumOut(); i++ {
			fmt.Println("\tout", t.Out(i))
			add(t.Out(i))
		}
	case reflect.Map:
		m := (*mapType)(unsafe.Pointer(r))
		fmt.Println("\tmap", m.KeySize, m.ValueSize, m.BucketSize, m.Flags, "bucket", m.Bucket.Size, m.Bucket.PtrBytes, mask(m.Bucket), m.Bucket.Align)
		add(t.Key())
		add(t.Elem())
	case reflect.Struct:
		for i := 0; i < t.NumField(); i++ {
			f := t.Field(i)
			fmt.Printf("\tfield %s %q %v tag %q off %d embedded %v exported %v\n", f.Name, f.PkgPath, f.Type, f.Tag, f.Offset, f.Anonymous, f.IsExported())
			add(f.Type)
		}
	}
	for i := 0; i < t.NumMethod(); i++ {
		m := t.Method(i)
		fmt.Printf("\tmethod %s %q %v %v\n", m.Name, m.PkgPath, m.Type, m.Func.IsValid())
		if t.Kind() == reflect.Interface {
			add(m.Type)
		}
	}
}

type Small struct {
	A int8
	B int32
	_ int16
	C string `json:"c,omitempty" xml:"d"`
}
type Inner struct {
	X, Y int
	p    *int
}

func (i Inner) Sum() int            { return i.X + i.Y }
func (i *Inner) Set(x int)          { i.X = x }
func (i Inner) hidden(a, b float64) {}

type Outer struct {
	Inner
	*Small
	io.Reader
	f  func(int, ...string) (error, bool)
	m  map[string][]int
	ch <-chan struct{}
}
type One struct{ p *Outer }

func (o One) Get() *Outer { return o.p }

type Big [300]struct {
	p *int
	n [3]int
}
type Huge [30000]struct {
	a int
	p *int
}
type Named int

func (n Named) String() string { return fmt.Sprintf("Named(%d)", int(n)) }

type F func(Named) string

func (f F) Call(n Named) string { return f(n) }

type Iface interface {
	fmt.Stringer
	Set(int)
	private()
}
type Gen[T any, U comparable] struct {
	v T
	m map[U]T
	n *Gen[T, U]
}

func (g *Gen[T, U]) Put(u U, t T)  { g.m = map[U]T{u: t} }
func (g Gen[T, U]) Len() int       { return len(g.m) }
func (g *Gen[T, U]) private(x T) U { var u U; return u }

type Rec struct {
	next *Rec
	kids []Rec
	by   map[string]*Rec
}
type key struct {
	s string
	f float32
	i interface{ M() }
}

func main() {
	type local struct{ Inner }
	for _, v := range []any{
		int(0), uint8(0), "", 1.5, complex64(1), true, uintptr(0), unsafe.Pointer(nil), Small{}, &Small{}, Inner{}, &Inner{}, Outer{}, &Outer{}, One{}, &One{},
		Big{}, (*Huge)(nil), Named(3), (*Named)(nil), F(nil), (*Iface)(nil), Gen[int, string]{}, &Gen[Named, [2]int]{}, &Gen[*Small, key]{}, Rec{},
		map[key][200]byte{}, map[[129]byte]int{}, map[float64]bool{}, map[int32]*int{}, map[any]any{}, map[Named]struct{}{}, [0]int{}, [1]*int{}, [3]string{},
		struct{}{}, struct{ F func() }{}, struct{ A, b int }{}, struct {
			*Inner
			time.Time `k:"v"`
		}{}, [2]chan<- chan (<-chan int){}, func(int, string) {}, func(...any) (int, error) { return 0, nil }, local{}, &local{},
		sync.Mutex{}, &sync.WaitGroup{}, os.Stdout, time.Second, io.EOF, struct {
			a int8
			b struct{}
		}{}, struct{ Stringer fmt.Stringer }{}, [][]map[string]func(*Rec) [4]any{}, interface{ M(x int) (y error) }(nil),
	} {
		add(reflect.TypeOf(v))
	}
	sort.SliceStable(queue, func(i, j int) bool { return false })
	for len(queue) > 0 {
		t := queue[0]
		queue = queue[1:]
		show(t)
	}
	// methods reached through reflection, interfaces and promotion
	o := &Outer{Inner: Inner{X: 1, Y: 2}}
	v := reflect.ValueOf(o)
	v.MethodByName("Set").Call([]reflect.Value{reflect.ValueOf(40)})
	fmt.Println(v.MethodByName("Sum").Call(nil)[0].Int(), v.Elem().MethodByName("Sum").Call(nil)[0].Int())
	fmt.Println(reflect.ValueOf(One{o}).Method(0).Call(nil)[0].Interface().(*Outer) == o)
	fmt.Println(reflect.ValueOf(F(func(n Named) string { return n.String() + "!" })).Method(0).Call([]reflect.Value{reflect.ValueOf(Named(7))})[0])
	g := &Gen[Named, [2]int]{}
	reflect.ValueOf(g).MethodByName("Put").Call([]reflect.Value{reflect.ValueOf([2]int{1, 2}), reflect.ValueOf(Named(5))})
	fmt.Println(g.m, g.Len(), reflect.ValueOf(*g).MethodByName("Len").Call(nil)[0])
	fmt.Println(reflect.TypeOf(map[string]int{}) == reflect.MapOf(reflect.TypeOf(""), reflect.TypeOf(0)), reflect.PointerTo(reflect.TypeOf(Big{})) == reflect.TypeOf((*Big)(nil)))
	fmt.Println(key{"a", 1, nil} == key{"a", 1, nil}, any(key{"a", 1, nil}) == any(key{"a", 2, nil}), any([3]string{"x"}) == any([3]string{"x"}))
}
