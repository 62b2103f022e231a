package a

type alias = []string

var (
	Predeclared any = struct{ int }{1}
	Alias       any = struct{ alias }{}
	Exported    any = struct{ Int }{1}
)

type Int = int
