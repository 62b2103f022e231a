// Network: an HTTP server and its client over the loopback interface, files, and a child process.
package main

import (
	"bytes"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strings"
	"sync"
)

func check(err error) {
	if err != nil {
		fmt.Println("error:", err)
		os.Exit(1)
	}
}

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	mux := http.NewServeMux()
	mux.HandleFunc("GET /hello/{name}", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "hello %s", r.PathValue("name"))
	})
	mux.HandleFunc("POST /upper", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		w.Write(bytes.ToUpper(b))
	})
	go http.Serve(ln, mux)
	base := "http://" + ln.Addr().String()

	var mu sync.Mutex
	var wg sync.WaitGroup
	var got []string
	for i := range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			resp, err := http.Get(fmt.Sprintf("%s/hello/%02d", base, i))
			check(err)
			defer resp.Body.Close()
			b, err := io.ReadAll(resp.Body)
			check(err)
			mu.Lock()
			got = append(got, string(b))
			mu.Unlock()
		}()
	}
	wg.Wait()
	sort.Strings(got)
	fmt.Println(len(got), got[0], got[19])

	big := strings.Repeat("abc", 100000)
	resp, err := http.Post(base+"/upper", "text/plain", strings.NewReader(big))
	check(err)
	b, err := io.ReadAll(resp.Body)
	check(err)
	fmt.Println(resp.StatusCode, len(b), string(b[:6]))
	resp, err = http.Get(base + "/nothing")
	check(err)
	fmt.Println(resp.Status)

	dir, err := os.MkdirTemp("", "network")
	check(err)
	defer os.RemoveAll(dir)
	for _, n := range []string{"b", "a", "c"} {
		check(os.WriteFile(filepath.Join(dir, n+".txt"), []byte(n+"\n"), 0o644))
	}
	names, err := filepath.Glob(filepath.Join(dir, "*.txt"))
	check(err)
	cmd := exec.Command("sort", append([]string{"-r"}, names...)...)
	outp, err := cmd.Output()
	check(err)
	fmt.Printf("%q\n", outp)
	err = exec.Command("sh", "-c", "exit 7").Run()
	fmt.Println(err)
	_, err = os.Open(filepath.Join(dir, "missing"))
	fmt.Println(os.IsNotExist(err))
}
