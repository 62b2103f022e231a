// Generics: constraints, inference, generic methods, a linked list, range over functions.
package main

import (
	"cmp"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"
)

type Number interface {
	~int | ~int64 | ~float64
}

func Sum[T Number](xs ...T) (s T) {
	for _, x := range xs {
		s += x
	}
	return
}

func Map[T, U any](xs []T, f func(T) U) []U {
	out := make([]U, 0, len(xs))
	for _, x := range xs {
		out = append(out, f(x))
	}
	return out
}

type List[T any] struct {
	head, tail *node[T]
	n          int
}

type node[T any] struct {
	v    T
	next *node[T]
}

func (l *List[T]) Push(v T) *List[T] {
	e := &node[T]{v: v}
	if l.tail == nil {
		l.head = e
	} else {
		l.tail.next = e
	}
	l.tail = e
	l.n++
	return l
}

func (l *List[T]) All() iter.Seq2[int, T] {
	return func(yield func(int, T) bool) {
		i := 0
		for e := l.head; e != nil; e = e.next {
			if !yield(i, e.v) {
				return
			}
			i++
		}
	}
}

type Celsius float64

func (c Celsius) String() string { return fmt.Sprintf("%.1f°C", float64(c)) }

func Join[T fmt.Stringer](xs []T) string {
	return strings.Join(Map(xs, T.String), " ")
}

type Tree[K cmp.Ordered, V any] struct {
	left, right *Tree[K, V]
	key         K
	val         V
}

func (t *Tree[K, V]) Put(k K, v V) *Tree[K, V] {
	if t == nil {
		return &Tree[K, V]{key: k, val: v}
	}
	switch c := cmp.Compare(k, t.key); {
	case c < 0:
		t.left = t.left.Put(k, v)
	case c > 0:
		t.right = t.right.Put(k, v)
	default:
		t.val = v
	}
	return t
}

func (t *Tree[K, V]) Walk(yield func(K, V) bool) bool {
	return t == nil || t.left.Walk(yield) && yield(t.key, t.val) && t.right.Walk(yield)
}

func main() {
	fmt.Println(Sum(1, 2, 3), Sum(1.5, 2.5), Sum[Celsius](20, 1.5))
	fmt.Println(Map([]string{"a", "bb", "ccc"}, func(s string) int { return len(s) }))
	fmt.Println(Join([]Celsius{1, 2.25}))

	var l List[string]
	l.Push("one").Push("two").Push("three").Push("four")
	for i, s := range l.All() {
		if i == 3 {
			break
		}
		fmt.Println(i, s)
	}

	var t *Tree[string, int]
	for i, w := range strings.Fields("the quick brown fox jumps over the lazy dog") {
		t = t.Put(w, i)
	}
	t.Walk(func(k string, v int) bool {
		fmt.Print(k, "=", v, " ")
		return k != "over"
	})
	fmt.Println()

	m := map[string]int{"x": 3, "y": 1, "z": 2}
	keys := slices.SortedFunc(maps.Keys(m), func(a, b string) int { return cmp.Compare(m[a], m[b]) })
	fmt.Println(keys, min(3, 1, 2), max(2.5, 1))

	next, stop := iter.Pull2(l.All())
	defer stop()
	next()
	i, s, ok := next()
	fmt.Println(i, s, ok)
}
