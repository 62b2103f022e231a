// Server answers every request with the name of the system that it was built for.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"runtime"
)

func hello(w http.ResponseWriter, r *http.Request) {
	fmt.Fprintf(w, "Hello from %s/%s: %s\n", runtime.GOOS, runtime.GOARCH, r.URL.Path)
}

func main() {
	addr := flag.String("addr", ":8080", "address to listen on")
	flag.Parse()
	log.Fatal(http.ListenAndServe(*addr, http.HandlerFunc(hello)))
}
