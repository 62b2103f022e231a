// Labels and branches.
package p

var (
	x  any
	ch chan int
)

func f() {}

func a() {
L:
	for {
		break L
		continue L
		goto L
	}
M:
N:
	f()
	break
	continue
	fallthrough
	goto M
	goto nowhere
	break nowhere
	continue N
	break N
}

func b() {
	goto L
	v := 1
	_ = v
L:
	goto M
	var y, z int
	_, _ = y, z
M:
	{
		goto out
	N:
		goto N
	}
	goto N
out:
}

func c() {
L:
	switch {
	case true:
		break L
		fallthrough
	case false:
		continue L
		fallthrough
	}
	switch x.(type) {
	case int:
		fallthrough
	case string:
	}
	select {
	case <-ch:
		break
		fallthrough
	}
	for {
		func() { break }()
		func() { continue }()
		func() { break L }()
	}
L:
	for range 3 {
		switch {
		default:
			continue
		}
		if true {
			break
		}
	}
_:
	for {
		break _
	}
}

func d() {
	if true {
		goto L
	} else {
	L:
	}
	for {
		goto K
	}
	for {
	K:
		f()
	}
}
