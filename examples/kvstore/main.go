// Kvstore is a small persistent key/value store: an append-only log with checksums, an index in memory, compaction, and
// recovery from a torn write. Records are framed with encoding/binary, values are encoded with gob.
package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"os"
	"path/filepath"
	"sort"
)

type Value struct {
	Rev  int
	Data []byte
	Meta map[string]string
	Next any
}

type Point struct{ X, Y float64 }

type Store struct {
	path  string
	f     *os.File
	index map[string]int64
	end   int64
}

type header struct {
	Sum    uint32
	Key    uint16
	Delete bool
	_      uint8
	Len    uint32
}

var errCorrupt = errors.New("corrupt record")

func Open(path string) (*Store, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	s := &Store{path: path, f: f, index: map[string]int64{}}
	r := bufio.NewReader(f)
	for {
		key, _, del, n, err := read(r)
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			fmt.Println("recovered at", s.end, "of a longer file:", err)
			return s, f.Truncate(s.end)
		}
		if del {
			delete(s.index, key)
		} else {
			s.index[key] = s.end
		}
		s.end += n
	}
}

func read(r io.Reader) (key string, val []byte, del bool, n int64, err error) {
	var h header
	if err = binary.Read(r, binary.LittleEndian, &h); err != nil {
		if err == io.ErrUnexpectedEOF {
			err = errCorrupt
		}
		return
	}
	buf := make([]byte, int(h.Key)+int(h.Len))
	if _, err = io.ReadFull(r, buf); err != nil || crc32.ChecksumIEEE(buf) != h.Sum {
		err = errCorrupt
		return
	}
	return string(buf[:h.Key]), buf[h.Key:], h.Delete, int64(binary.Size(h) + len(buf)), nil
}

func (s *Store) append(key string, val []byte, del bool) error {
	body := append([]byte(key), val...)
	var b bytes.Buffer
	binary.Write(&b, binary.LittleEndian, header{Sum: crc32.ChecksumIEEE(body), Key: uint16(len(key)), Delete: del, Len: uint32(len(val))})
	b.Write(body)
	if _, err := s.f.WriteAt(b.Bytes(), s.end); err != nil {
		return err
	}
	if del {
		delete(s.index, key)
	} else {
		s.index[key] = s.end
	}
	s.end += int64(b.Len())
	return nil
}

func (s *Store) Put(key string, v Value) error {
	var b bytes.Buffer
	if err := gob.NewEncoder(&b).Encode(v); err != nil {
		return err
	}
	return s.append(key, b.Bytes(), false)
}

func (s *Store) Get(key string) (v Value, ok bool, err error) {
	off, ok := s.index[key]
	if !ok {
		return
	}
	_, val, _, _, err := read(io.NewSectionReader(s.f, off, s.end-off))
	if err == nil {
		err = gob.NewDecoder(bytes.NewReader(val)).Decode(&v)
	}
	return v, true, err
}

func (s *Store) Compact() error {
	t, err := Open(s.path + ".new")
	if err != nil {
		return err
	}
	for key, off := range s.index {
		_, val, _, _, err := read(io.NewSectionReader(s.f, off, s.end-off))
		if err != nil {
			return err
		}
		if err := t.append(key, val, false); err != nil {
			return err
		}
	}
	s.f.Close()
	s.f, s.index, s.end = t.f, t.index, t.end
	return os.Rename(t.path, s.path)
}

func main() {
	gob.Register(Point{})
	dir, err := os.MkdirTemp("", "kvstore")
	if err != nil {
		fmt.Println(err)
		os.Exit(1)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "db")
	s, err := Open(path)
	fmt.Println(err)
	for rev := range 10 {
		for i := range 100 {
			key := fmt.Sprintf("key%03d", i)
			v := Value{Rev: rev, Data: bytes.Repeat([]byte{byte(i)}, i), Meta: map[string]string{"k": key}}
			if i%10 == 0 {
				v.Next = Point{float64(i), float64(rev) / 4}
			}
			if err := s.Put(key, v); err != nil {
				fmt.Println(err)
			}
		}
	}
	for i := 0; i < 100; i += 3 {
		s.append(fmt.Sprintf("key%03d", i), nil, true)
	}
	before := s.end
	fmt.Println(len(s.index), s.Compact(), s.end < before/5)
	s.f.WriteAt([]byte("torn"), s.end)
	s.f.Close()
	s, err = Open(path)
	fmt.Println(err, len(s.index))
	var keys []string
	for k := range s.index {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys[:7] {
		v, ok, err := s.Get(k)
		fmt.Println(k, v.Rev, len(v.Data), v.Meta, v.Next, ok, err)
	}
	_, ok, err := s.Get("key000")
	fmt.Println(ok, err)
	v, _, _ := s.Get("key010")
	fmt.Printf("%+v\n", v.Next)
}
