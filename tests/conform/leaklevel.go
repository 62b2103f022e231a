// errorcheck -0 -m -l

// What -m says of parameters, with the number of dereferences on the way to a result, and of maps.
package p

type N struct {
	next *N
	v    int
}

var sink *N

func same(n *N) *N { return n } // ERROR "^leaking param: n to result ~r0 level=0$"

func next(n *N) (r *N) { return n.next } // ERROR "^leaking param: n to result r level=1$"

func two(n *N) (a, b *N) { return n, n.next.next } // ERROR "^leaking param: n to result a level=0$" "^leaking param: n to result b level=2$"

func keep(n *N) { sink = n } // ERROR "^leaking param: n$"

func keepnext(n *N) *N { // ERROR "^leaking param content: n$" "^leaking param: n to result ~r0 level=0$"
	sink = n.next
	return n
}

func all(n *N) *N { // ERROR "^leaking param: n$"
	sink = n
	return n.next
}

func none(n *N) int { return n.v } // ERROR "^n does not escape$"

func third(s []*N) *N { return s[2] } // ERROR "^leaking param: s to result ~r0 level=1$"

func made() (map[string]int, chan int) {
	return make(map[string]int), make(chan int, 1) // ERROR "make\(map\[string\]int\) escapes to heap$"
}

func literal() map[string]int { return map[string]int{"a": 1} } // ERROR "map\[string\]int{...} escapes to heap$"
