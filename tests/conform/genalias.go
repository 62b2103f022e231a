// run -goexperiment aliastypeparams

// Generic aliases: of literals, of generic types with arguments of their own, of each other; as receivers of inference,
// embedded, below a defined type, and gone without a trace at run time.
package main

import "fmt"

type Set[K comparable] = map[K]struct{}

type Pair[A, B any] struct {
	X A
	Y B
}

func (p Pair[A, B]) Swap() Pair[B, A] { return Pair[B, A]{p.Y, p.X} }

type (
	IntPair[B any]  = Pair[int, B]
	Twice[T any]    = IntPair[Pair[T, T]]
	Self[T any]     = T
	Fn[In, Out any] = func(In) Out
	Defined[P any]  IntPair[P]
)

func size[K comparable](s Set[K]) int { return len(s) }

func apply[T any](f Fn[T, string], x Self[T]) string { return f(x) }

type holder struct {
	IntPair[bool]
}

func local[T any](x T) any {
	type list = []T
	return map[string]list{"": {x}}
}

func main() {
	s := Set[string]{"a": {}, "b": {}}
	fmt.Println(size(s), apply(func(i int) string { return fmt.Sprint(i) }, 7))
	var t Twice[string]
	fmt.Printf("%T %T %T %T\n", s, t, IntPair[bool]{}.Swap(), Defined[byte]{})
	fmt.Printf("%T %T\n", local(1), local(Self[string]("x")))
	fmt.Println(holder{IntPair[bool]{1, true}}.Swap())
	var a any = t
	if _, ok := a.(Pair[int, Pair[string, string]]); !ok {
		panic("an alias is no type")
	}
}
