package main

import (
	"reflect"

	"./a"
	"./b"
)

func main() {
	if a.Predeclared == b.Predeclared || reflect.TypeOf(a.Predeclared) == reflect.TypeOf(b.Predeclared) {
		panic("struct{ int }")
	}
	if reflect.TypeOf(a.Alias) == reflect.TypeOf(b.Alias) {
		panic("struct{ alias }")
	}
	if a.Exported != b.Exported {
		panic("struct{ Int }")
	}
	if s := reflect.TypeOf(a.Predeclared).String(); s != "struct { int }" {
		panic(s)
	}
}
