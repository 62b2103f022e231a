// Targz writes a compressed archive into memory, reads it back, and checks sizes, modes, times and checksums.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"time"
)

func main() {
	when := time.Date(2024, 2, 29, 12, 0, 0, 0, time.UTC)
	files := []struct {
		name string
		mode fs.FileMode
		body string
	}{
		{"dir/", fs.ModeDir | 0o755, ""},
		{"dir/hello.txt", 0o644, "Hello, archive\n"},
		{"dir/zeros", 0o600, strings.Repeat("\x00", 100000)},
		{"dir/" + strings.Repeat("long-", 40) + "name", 0o444, strings.Repeat("abcdefgh", 1000)},
		{"ünï/文件", 0o755, "unicode"},
	}
	var buf bytes.Buffer
	zw, _ := gzip.NewWriterLevel(&buf, gzip.BestCompression)
	zw.Name, zw.ModTime = "archive.tar", when
	tw := tar.NewWriter(zw)
	for _, f := range files {
		h := &tar.Header{Name: f.name, Mode: int64(f.mode.Perm()), Size: int64(len(f.body)), ModTime: when, Uname: "user"}
		if f.mode.IsDir() {
			h.Typeflag = tar.TypeDir
		}
		if err := tw.WriteHeader(h); err != nil {
			fmt.Println(err)
		}
		io.WriteString(tw, f.body)
	}
	fmt.Println(tw.Close(), zw.Close())
	fmt.Println("compressed:", buf.Len(), buf.Len() < 1200)
	packed := bytes.Clone(buf.Bytes())

	zr, err := gzip.NewReader(&buf)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(zr.Name, zr.ModTime.UTC())
	tr := tar.NewReader(zr)
	for {
		h, err := tr.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			fmt.Println(err)
			return
		}
		sum := sha256.New()
		n, _ := io.Copy(sum, tr)
		name := h.Name
		if len(name) > 30 {
			name = fmt.Sprint(name[:30], "...", len(name))
		}
		fmt.Printf("%v %6d %x %s %s\n", h.FileInfo().Mode(), n, sum.Sum(nil)[:6], h.ModTime.UTC().Format(time.DateOnly), name)
	}

	packed[len(packed)-6] ^= 1
	zr, _ = gzip.NewReader(bytes.NewReader(packed))
	_, err = io.Copy(io.Discard, zr)
	fmt.Println(err, errors.Is(err, gzip.ErrChecksum))
	_, err = gzip.NewReader(strings.NewReader("not gzip at all"))
	fmt.Println(err)
}
