// Expressions: operands, selectors, calls, literals, conversions.
package p

import "unsafe"

type S struct {
	a, B int
}

func (s S) val()  {}
func (s *S) ptr() {}

type I interface {
	m(int) string
}

type impl struct{}

func (impl) m() {}

func two() (int, string) { return 1, "a" }
func none()              {}

func operands(i int, s string, f float64, p *int, sl []int, m map[string]int, ch chan<- int, x I) {
	_ = i + s
	_ = i + 1.5
	_ = s - s
	_ = -s
	_ = !i
	_ = &i + p
	_ = *i
	_ = &1
	_ = <-ch
	_ = <-i
	_ = sl == sl
	_ = m == m
	_ = f % 2
	_ = i << f
	_ = i << -1
	_ = p < p
	_ = x == i
	_ = nil == nil
	_ = undefined
	_ = int
	_ = len
	_ = none()
	_ = two()
	_ = i.x
	_ = S{}.c
	_ = S{}.b
	S{}.ptr()
	_ = S.ptr
	_ = (*S).zzz
	i()
	two(1)
	_ = sl["a"]
	_ = sl[1.5]
	_ = sl[-1]
	_ = m[1]
	_ = s[2:1]
	_ = i[0]
	_ = f[:]
	_ = i.(int)
	_ = x.(S)
	_ = x.(impl)
	_ = []int{1, 2, 2: 3, 2: 4}
	_ = [2]int{1, 2, 3}
	_ = S{1}
	_ = S{1, 2, 3}
	_ = S{a: 1, a: 2}
	_ = S{c: 1}
	_ = S{a: 1, 2}
	_ = map[string]int{"a": 1, "a": 2}
	_ = map[string]int{1}
	_ = int{}
	_ = string(f)
	_ = int("a")
	_ = uint8(300)
	_ = []byte(i)
	_ = S(i)
	_ = int(1, 2)
	_ = int()
	_ = unsafe.Sizeof()
	_ = unsafe.Offsetof(i)
	_ = make(int)
	_ = make([]int)
	_ = make([]int, 2, 1)
	_ = make([]int, -1)
	_ = append(i, 1)
	_ = append(sl, "a")
	_ = copy(sl, s)
	_ = cap(m)
	_ = len(i)
	_ = new(1)
	_ = min(1, "a")
	_ = complex(1, s)
	_ = real(i)
	delete(sl, 1)
	close(i)
	clear(s)
	panic()
	none(two()...)
	_ = func() int {}
}
