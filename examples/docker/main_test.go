package main

import (
	"net/http/httptest"
	"runtime"
	"testing"
)

func TestHello(t *testing.T) {
	w := httptest.NewRecorder()
	hello(w, httptest.NewRequest("GET", "/path", nil))
	want := "Hello from " + runtime.GOOS + "/" + runtime.GOARCH + ": /path\n"
	if got := w.Body.String(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
