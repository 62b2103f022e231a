package a

type T []byte
