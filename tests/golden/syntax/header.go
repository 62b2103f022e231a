package p;
func f() {
	"string not terminated
}
var x = `raw
