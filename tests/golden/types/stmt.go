// Statements.
package p

func results() (int, string) {
	return 1
}

func named() (err error) {
	{
		err := error(nil)
		return
	}
}

func missing(b bool) int {
	for b {
	}
}

func ends(b bool) int {
	for {
	}
}

func stmts(i int, s string, x any, c chan int, r <-chan int, w chan<- int) {
	if i {
	}
	for i {
	}
	i++
	s++
	i = s
	i, s = s, i
	i, s = 1
	1 = i
	f() = 1
	x.y = 1
	s[0] = 'a'
	i += s
	switch i {
	case 1, 2:
	case "a":
	case 1:
	default:
	default:
	}
	switch {
	case i:
	}
	switch x.(type) {
	case int, string:
	case int:
	case nosuch:
	}
	switch y := x.(type) {
	}
	switch i.(type) {
	}
	switch f {
	}
	select {
	case i := <-c:
	case c <- "a":
	case w <- 1:
	case <-w:
	case r <- 1:
	}
	for i := range c {
	}
	for i, j := range c {
	}
	for range w {
	}
	for k, v := range 10 {
	}
	for k := range 1.5 {
	}
	for x := range f {
	}
	for range func(yield func(int) bool) {} {
	}
	go f
	defer int(i)
	defer len(s)
	i
	f
	len(s)
	-i
	var a [3]int
	a[5] = 1
	return 1
}

func f() {}
