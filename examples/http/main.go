// Http is a server and its clients in one process, on the loopback interface: routing patterns, JSON, streaming,
// middleware, cookies, timeouts, and a graceful stop.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/cookiejar"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

type store struct {
	mu sync.Mutex
	m  map[string]string
}

func (s *store) handler(hits *atomic.Int64) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /items/{key}", func(w http.ResponseWriter, r *http.Request) {
		s.mu.Lock()
		v, ok := s.m[r.PathValue("key")]
		s.mu.Unlock()
		if !ok {
			http.Error(w, "no such item", http.StatusNotFound)
			return
		}
		json.NewEncoder(w).Encode(map[string]string{"value": v})
	})
	mux.HandleFunc("PUT /items/{key}", func(w http.ResponseWriter, r *http.Request) {
		b, _ := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16))
		s.mu.Lock()
		s.m[r.PathValue("key")] = string(b)
		s.mu.Unlock()
		w.WriteHeader(http.StatusCreated)
	})
	mux.HandleFunc("GET /stream", func(w http.ResponseWriter, r *http.Request) {
		for i := range 3 {
			fmt.Fprintf(w, "chunk %d\n", i)
			w.(http.Flusher).Flush()
		}
	})
	mux.HandleFunc("GET /visit", func(w http.ResponseWriter, r *http.Request) {
		n := 0
		if c, err := r.Cookie("n"); err == nil {
			fmt.Sscan(c.Value, &n)
		}
		http.SetCookie(w, &http.Cookie{Name: "n", Value: fmt.Sprint(n + 1)})
		fmt.Fprintf(w, "visit %d", n+1)
	})
	mux.HandleFunc("GET /slow", func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	mux.HandleFunc("GET /panic", func(w http.ResponseWriter, r *http.Request) { panic(http.ErrAbortHandler) })
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		hits.Add(1)
		w.Header().Set("X-Served-By", "slipway")
		mux.ServeHTTP(w, r)
	})
}

func get(c *http.Client, url string) string {
	resp, err := c.Get(url)
	if err != nil {
		return "error"
	}
	defer resp.Body.Close()
	b, _ := io.ReadAll(resp.Body)
	return resp.Status + " " + strings.TrimSpace(string(b))
}

func main() {
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		fmt.Println(err)
		return
	}
	var hits atomic.Int64
	srv := &http.Server{Handler: (&store{m: map[string]string{}}).handler(&hits)}
	done := make(chan error, 1)
	go func() { done <- srv.Serve(ln) }()
	base := "http://" + ln.Addr().String()
	jar, _ := cookiejar.New(nil)
	c := &http.Client{Jar: jar, Timeout: 5 * time.Second}

	var wg sync.WaitGroup
	var mu sync.Mutex
	var lines []string
	for i := range 20 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			key := fmt.Sprintf("%s/items/k%02d", base, i)
			req, _ := http.NewRequest("PUT", key, strings.NewReader(fmt.Sprint("value ", i*i)))
			resp, err := c.Do(req)
			if err != nil {
				return
			}
			resp.Body.Close()
			mu.Lock()
			lines = append(lines, fmt.Sprintf("k%02d %d %s", i, resp.StatusCode, get(c, key)))
			mu.Unlock()
		}()
	}
	wg.Wait()
	sort.Strings(lines)
	fmt.Println(strings.Join(lines, "\n"))
	fmt.Println(get(c, base+"/items/none"))
	fmt.Println(get(c, base+"/nowhere"))
	fmt.Println(get(c, base+"/stream"))
	fmt.Println(get(c, base+"/visit"), "/", get(c, base+"/visit"))
	fmt.Println(get(c, base+"/panic"))

	ctx, cancel := context.WithTimeout(context.Background(), 50*time.Millisecond)
	req, _ := http.NewRequestWithContext(ctx, "GET", base+"/slow", nil)
	_, err = c.Do(req)
	cancel()
	fmt.Println("slow:", errors.Is(err, context.DeadlineExceeded))

	resp, err := c.Head(base + "/stream")
	if err == nil {
		fmt.Println(resp.Status, resp.Header.Get("X-Served-By"))
	}
	fmt.Println("stop:", srv.Shutdown(context.Background()), errors.Is(<-done, http.ErrServerClosed))
	fmt.Println("requests:", hits.Load() >= 47)
}
