package main

import "./b"

type K b.T

func main() {
	k := K([]byte("key"))
	if len(k) != 3 || string(b.T(k)) != "key" {
		panic(k)
	}
}
