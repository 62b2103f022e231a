// Twenty thousand requests over a hundred connections to a server in the same program; none is lost.
//
// quick: 2000
// hard: 400
package main

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strings"
	"sync"
	"sync/atomic"
)

func main() {
	n := 20000
	if len(os.Args) > 1 {
		fmt.Sscan(os.Args[1], &n)
	}
	var served atomic.Int64
	mux := http.NewServeMux()
	mux.HandleFunc("POST /echo/{id}", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(r.Body)
		served.Add(1)
		fmt.Fprintf(w, "%s:%s", r.PathValue("id"), b)
	})
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	srv := &http.Server{Handler: mux}
	go srv.Serve(l)
	tr := &http.Transport{MaxIdleConnsPerHost: 100, MaxConnsPerHost: 100}
	c := &http.Client{Transport: tr}
	var wg sync.WaitGroup
	var bad atomic.Int64
	for g := 0; g < 100; g++ {
		wg.Add(1)
		go func() {
			defer wg.Done()
			for i := 0; i < n/100; i++ {
				body := strings.Repeat("x", i%50) + fmt.Sprint(g)
				r, err := c.Post(fmt.Sprintf("http://%s/echo/%d", l.Addr(), i), "text/plain", strings.NewReader(body))
				if err != nil {
					fmt.Println(err)
					bad.Add(1)
					continue
				}
				b, err := io.ReadAll(r.Body)
				r.Body.Close()
				if err != nil || string(b) != fmt.Sprintf("%d:%s", i, body) {
					fmt.Printf("%v %q\n", err, b)
					bad.Add(1)
				}
			}
		}()
	}
	wg.Wait()
	srv.Close()
	tr.CloseIdleConnections()
	fmt.Println(int(served.Load()) == n, bad.Load())
}
