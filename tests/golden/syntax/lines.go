// Line directives move messages.
package p

//line other.go:100
var a = @
var b /*line third.go:7:3*/ = @
var c = @
//line :9
var d = @
//line x.go:0
//line x.go:y
//line x.go:1:0
 //line ignored.go:5
var e = @
//line end.go:20:5
var f = @
