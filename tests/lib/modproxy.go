// modproxy makes a module proxy of module trees, and serves it with a checksum database; for tests of the go command.
//
//	modproxy make TREES PROXY	TREES/example.com/a@v1.0.0/... becomes PROXY/example.com/a/@v/v1.0.0.{info,mod,zip} and list
//	modproxy serve PROXY URLFILE	by HTTP on a free port of 127.0.0.1; writes the URL when it is ready
//	modproxy key		the GOSUMDB name of the database that serve offers
//
// What serve does wrong on purpose stands in the file PROXY/faults, read anew for each request: lines "WORD PREFIX" for paths that
// start with PREFIX. WORD is a status code, "cut" (half of the body), or "hang". Requests are written to PROXY/log.
package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"io/fs"
	"log"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

// zeros is a source of random numbers that makes the same key each time.
type zeros struct{}

func (zeros) Read(p []byte) (int, error) {
	clear(p)
	return len(p), nil
}

func keys() (skey, vkey string) {
	skey, vkey, err := note.GenerateKey(zeros{}, "sumdb.example")
	check(err)
	return skey, vkey
}

func makeVersion(tree, proxy, rel string) {
	path, version, _ := strings.Cut(rel, "@")
	esc, err := module.EscapePath(path)
	check(err)
	escver, err := module.EscapeVersion(version)
	check(err)
	dir := filepath.Join(proxy, esc, "@v")
	check(os.MkdirAll(dir, 0777))
	var buf bytes.Buffer
	z := zip.NewWriter(&buf)
	gomod := []byte("module " + path + "\n")
	root := filepath.Join(tree, rel)
	check(filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		check(err)
		in, _ := filepath.Rel(root, name)
		if in == "go.mod" {
			gomod = data
		}
		w, err := z.Create(rel + "/" + in)
		check(err)
		_, err = w.Write(data)
		return err
	}))
	check(z.Close())
	base := filepath.Join(dir, escver)
	when := "2020-01-02T03:04:05Z"
	if t, err := module.PseudoVersionTime(version); err == nil {
		when = t.Format(time.RFC3339)
	}
	check(os.WriteFile(base+".zip", buf.Bytes(), 0666))
	check(os.WriteFile(base+".mod", gomod, 0666))
	check(os.WriteFile(base+".info", []byte(fmt.Sprintf("{\"Version\":%q,\"Time\":%q}", version, when)), 0666))
	if !module.IsPseudoVersion(version) {
		f, err := os.OpenFile(filepath.Join(dir, "list"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0666)
		check(err)
		fmt.Fprintln(f, version)
		check(f.Close())
	}
}

func makeProxy(tree, proxy string) {
	var found []string
	check(filepath.WalkDir(tree, func(name string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && strings.Contains(d.Name(), "@") {
			rel, _ := filepath.Rel(tree, name)
			found = append(found, rel)
			return filepath.SkipDir
		}
		return err
	}))
	sort.Strings(found)
	for _, rel := range found {
		makeVersion(tree, proxy, rel)
	}
}

// fault finds what the faults file says of a path.
func fault(proxy, path string) string {
	data, _ := os.ReadFile(filepath.Join(proxy, "faults"))
	for _, line := range strings.Split(string(data), "\n") {
		word, prefix, ok := strings.Cut(line, " ")
		if ok && strings.HasPrefix(path, prefix) {
			return word
		}
	}
	return ""
}

func gosum(proxy, path, version string) ([]byte, error) {
	esc, err := module.EscapePath(path)
	if err != nil {
		return nil, err
	}
	base := filepath.Join(proxy, esc, "@v", version)
	mod, err := os.ReadFile(base + ".mod")
	if err != nil {
		return nil, err
	}
	h, err := dirhash.HashZip(base+".zip", dirhash.DefaultHash)
	if err != nil {
		return nil, err
	}
	m, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(mod)), nil })
	if err != nil {
		return nil, err
	}
	return []byte(fmt.Sprintf("%s %s %s\n%s %s/go.mod %s\n", path, version, h, path, version, m)), nil
}

func serve(proxy, urlfile string) {
	skey, _ := keys()
	db := sumdb.NewServer(sumdb.NewTestServer(skey, func(path, version string) ([]byte, error) {
		if fault(proxy, "/sumdb/sumdb.example/lookup/"+path+"@"+version) == "lie" {
			sum := sha256.Sum256([]byte(path))
			h := "h1:" + base64.StdEncoding.EncodeToString(sum[:])
			return []byte(fmt.Sprintf("%s %s %s\n%s %s/go.mod %s\n", path, version, h, path, version, h)), nil
		}
		return gosum(proxy, path, version)
	}))
	files := http.FileServer(http.Dir(proxy))
	requests, err := os.OpenFile(filepath.Join(proxy, "log"), os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0666)
	check(err)
	var mu sync.Mutex
	handler := func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		fmt.Fprintln(requests, r.URL.Path)
		mu.Unlock()
		what := fault(proxy, r.URL.Path)
		if code, err := strconv.Atoi(what); err == nil {
			http.Error(w, "says the proxy: "+what, code)
			return
		}
		switch what {
		case "hang":
			time.Sleep(time.Hour)
		case "cut":
			data, err := os.ReadFile(filepath.Join(proxy, r.URL.Path))
			check(err)
			w.Header().Set("Content-Length", strconv.Itoa(len(data)))
			w.Write(data[:len(data)/2])
			return
		}
		if rest, ok := strings.CutPrefix(r.URL.Path, "/sumdb/sumdb.example"); ok {
			if rest == "/supported" {
				return
			}
			r.URL.Path = rest
			db.ServeHTTP(w, r)
			return
		}
		files.ServeHTTP(w, r)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	check(err)
	check(os.WriteFile(urlfile+".tmp", []byte("http://"+l.Addr().String()), 0666))
	check(os.Rename(urlfile+".tmp", urlfile))
	log.Fatal(http.Serve(l, http.HandlerFunc(handler)))
}

func main() {
	switch {
	case len(os.Args) == 4 && os.Args[1] == "make":
		makeProxy(os.Args[2], os.Args[3])
	case len(os.Args) == 4 && os.Args[1] == "serve":
		serve(os.Args[2], os.Args[3])
	case len(os.Args) == 2 && os.Args[1] == "key":
		_, vkey := keys()
		fmt.Println(vkey)
	default:
		log.Fatal("usage: modproxy make TREES PROXY | serve PROXY URLFILE | key")
	}
}
