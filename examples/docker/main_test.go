package main

import (
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"testing"
)

func TestHello(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(hello))
	defer s.Close()
	r, err := http.Get(s.URL + "/path")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	got, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := "Hello from " + runtime.GOOS + "/" + runtime.GOARCH + ": /path\n"
	if string(got) != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
