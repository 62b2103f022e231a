package sub

// static int shared(int x) { return x + 20; }
import "C"

func Shared(x int) int { return int(C.shared(C.int(x))) }
