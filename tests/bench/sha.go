// Hashes and checksums in pure Go, compression: shifts, rotations, tables.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/md5"
	"crypto/sha256"
	"fmt"
	"hash/crc32"
	"io"
)

func main() {
	data := make([]byte, 4<<20)
	x := uint32(7)
	for i := range data {
		x = x*1103515245 + 12345
		data[i] = byte(x>>16) & 31
	}
	for r := 0; r < 5; r++ {
		s, m := sha256.Sum256(data), md5.Sum(data)
		fmt.Printf("%x %x %x\n", s[:4], m[:4], crc32.ChecksumIEEE(data))
		data[r]++
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	w.Write(data)
	w.Close()
	n := b.Len()
	z, err := gzip.NewReader(&b)
	if err != nil {
		panic(err)
	}
	back, err := io.ReadAll(z)
	fmt.Println(n, len(back), err, bytes.Equal(back, data))
}
