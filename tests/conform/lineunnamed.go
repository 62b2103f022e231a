// run

// A line directive without a file name and column forgets the file; with a column it keeps the last one.
package main

import "runtime"

func at(file string, line int) {
	if _, f, l, _ := runtime.Caller(1); f != file || l != line {
		println(f, l, "instead of", file, line)
		panic("wrong position")
	}
}

func main() {
//line :7
	at("??", 7)
//line other.go:20
	at("other.go", 20)
//line :30:2
	at("other.go", 30)
	/*line :40*/ at("??", 40)
}
