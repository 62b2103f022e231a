// run

// debug.WriteHeapDump writes records that can be read back: an object with its bytes and its pointers, the goroutine's frames, finalizers.

package main

import (
	"bufio"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"unsafe"
)

type node struct {
	mark uint64
	next *node
	n    int
	also *node
}

var (
	r    *bufio.Reader
	kept = &node{mark: 0x1122334455667788}
)

func num() uint64 {
	v, err := binary.ReadUvarint(r)
	if err != nil {
		panic(err)
	}
	return v
}

func nums(n int) (v []uint64) {
	for range n {
		v = append(v, num())
	}
	return v
}

func mem() []byte {
	b := make([]byte, num())
	if _, err := io.ReadFull(r, b); err != nil {
		panic(err)
	}
	return b
}

func fields() (f []uint64) {
	for {
		switch k := num(); k {
		case 0:
			return f
		case 1:
			f = append(f, num())
		default:
			panic(k)
		}
	}
}

func dump(f *os.File) {
	debug.WriteHeapDump(f.Fd())
}

func main() {
	f, err := os.CreateTemp("", "heapdump")
	if err != nil {
		panic(err)
	}
	os.Remove(f.Name())
	kept.next = &node{mark: 7, also: kept}
	runtime.SetFinalizer(kept.next, func(*node) {})
	dump(f)
	f.Seek(0, 0)
	r = bufio.NewReader(f)
	if head, _ := r.ReadString('\n'); head != "go1.7 heap dump\n" {
		panic(head)
	}
	count := map[uint64]int{}
	found := ""
	inmain := false
	for tag := num(); tag != 0; tag = num() {
		count[tag]++
		switch tag {
		case 1:
			addr, b, fl := num(), mem(), fields()
			if addr == uint64(uintptr(unsafe.Pointer(kept))) {
				next := binary.NativeEndian.Uint64(b[8:])
				found = fmt.Sprintf("%x %v %v %d", binary.NativeEndian.Uint64(b), fl, next == uint64(uintptr(unsafe.Pointer(kept.next))), len(b))
			}
		case 4:
			nums(8)
			mem()
			nums(4)
		case 5:
			nums(3)
			mem()
			nums(3)
			if string(mem()) == "main.dump" {
				inmain = true
			}
			fields()
		case 6:
			nums(4)
			if arch := string(mem()); arch != runtime.GOARCH {
				panic(arch)
			}
			mem()
			num()
		case 7, 11:
			nums(5)
		case 8:
			nums(2)
		case 9:
			nums(3)
		case 10:
			nums(24 + 256 + 1)
		case 12, 13:
			num()
			mem()
			fields()
		case 14:
			nums(7)
		default:
			panic(fmt.Sprint("unknown record ", tag))
		}
	}
	if _, err := r.ReadByte(); err != io.EOF {
		fmt.Println("more behind the end")
	}
	if found != "1122334455667788 [8 24] true 32" {
		fmt.Println("object:", found)
	}
	if !inmain || count[7] == 0 || count[6] != 1 || count[10] != 1 || count[8] == 0 || count[9] == 0 || count[12] != 1 || count[13] != 1 {
		fmt.Println("missing:", inmain, count)
	}
	runtime.KeepAlive(kept)
}
