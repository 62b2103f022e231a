// Statements.
package p

func a() {
	if x {
	}
	if {
	}
	if x; {
	}
	if x := 1; x == 1 {
	} else y {
	}
	if x = 1 {
	}
	if x := 1 {
	}
	if a + b = c {
	}
	if x == (T{1}) {
	}
	if x
	{
	}
	if var y = 1; y {
	}
}

func b() {
	for {
	}
	for x {
	}
	for i := 0; i < 10; i++ {
	}
	for i := 0; i < 10 {
	}
	for i := 0; i < 10; i := 1 {
	}
	for range 10 {
	}
	for a, b := range x {
	}
	for a, b, c = range x {
	}
	for range f(T{}) {
	}
	for var i = 0; i < 1; i++ {
	}
	for ;; {
	}
	for i := range x; y {
	}
	for x = 1 {
	}
}

func c() {
	switch {
	}
	switch x {
	case 1, 2:
		f()
		fallthrough
	default:
	}
	switch x := y.(type) {
	case int, nil:
	}
	switch a, b := y.(type) {
	}
	switch x := 1; y.(type) {
	}
	switch x {
		f()
	}
	switch
	{
	}
	select {
	case x <- 1:
	case <-y:
	case a, ok := <-b:
	default:
	}
	select x {
	}
}

func d() {
	go f()
	defer (f())
	go func() {}
	defer
	a, b := c, d
	a, b
	a, b += 1
	a += 1, 2
	a++
	a++ + 1
	++a
	x <- y
	L: f()
	M:
	goto
	return 1, 2
	break L
	continue 5
	var x int
	const y = 1
	type z int
	{ f() }
	;
	a b
	import "x"
	func e() {}
	func() {}()
	else {
	}
	case 1:
}

func f() {
	x = (
	y
	}
}
