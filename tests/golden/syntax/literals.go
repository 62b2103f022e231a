// What the scanner refuses.
package p

const (
	a1 = 09
	a2 = 0b102
	a3 = 0o8
	a4 = 1_
	a5 = 0x
	a6 = 1__0
	a7 = 0_x
	a8 = 1e
	a9 = 1p3
	b1 = 0x1.0
	b2 = 0x1e+2p
	b3 = 0b1e3
	b4 = 0o1.5
	b5 = 089.5
	b6 = 0b
	b7 = 0x_
	b8 = 1_000_000i
)

var (
	c1 = ''
	c2 = 'ab'
	c3 = '\q'
	c4 = '\400'
	c5 = '\ud800'
	c6 = '\U00110000'
	c7 = '\x4'
	c8 = '\u12"4'
	c9 = "\08"
	d1 = "unfinished
	d2 = 'x
	d3 = "\'"
	d4 = '\"'
	d5 = "fine \a\b\f\n\r\t\v\\\" \x41\u00e4\U0001F600 \101"
	d6 = 'ä'
)

var e1 = @
var e2 = #x
var é1 = 1
var €2 = 2
var ٣x = 3
var x٣ = 4
var q1 = “quoted”
