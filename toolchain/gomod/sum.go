// go.sum and the checksum database: whether what was downloaded is what everybody else got.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"sync"

	"golang.org/x/mod/module"
	"golang.org/x/mod/sumdb"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/sumdb/note"
)

// A sumLine is what go.sum says of a module, or of its go.mod when the version ends in /go.mod.
type sumLine struct {
	m module.Version
	h string
}

var gosum struct {
	mu     sync.Mutex
	loaded bool
	known  map[module.Version][]string // go.sum as it was, and what was found out since
	work   map[module.Version][]string // go.work.sum and, in a workspace, the go.sum of its modules: known, but written nowhere
	fresh  map[sumLine]bool            // found out since
	strict bool                        // nothing that go.sum does not know may be used: -mod=readonly
}

func gosumFile() string {
	if cfg.gomod == "" || cfg.gowork != "" {
		return ""
	}
	return strings.TrimSuffix(cfg.gomod, ".mod") + ".sum"
}

func readSums(name string, into map[module.Version][]string) {
	data, err := readSource(name)
	if err != nil && !notExist(err) {
		fatalf("%v", err)
	}
	for i, line := range strings.Split(string(data), "\n") {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		if len(f) != 3 {
			fatalf("malformed go.sum:\n%s:%d: wrong number of fields %d", name, i+1, len(f))
		}
		m := module.Version{Path: f[0], Version: f[1]}
		into[m] = append(into[m], f[2])
	}
}

func loadSums() {
	if gosum.loaded {
		return
	}
	gosum.loaded = true
	gosum.known = map[module.Version][]string{}
	gosum.work = map[module.Version][]string{}
	gosum.fresh = map[sumLine]bool{}
	if name := gosumFile(); name != "" {
		readSums(name, gosum.known)
	}
	if cfg.gowork != "" {
		readSums(cfg.gowork+".sum", gosum.work)
		for _, m := range mains {
			readSums(strings.TrimSuffix(m.file.Syntax.Name, ".mod")+".sum", gosum.work)
		}
	}
}

func haveSum(m module.Version) bool {
	gosum.mu.Lock()
	defer gosum.mu.Unlock()
	loadSums()
	return len(gosum.known[m]) > 0 || len(gosum.work[m]) > 0
}

// errNoSum is the refusal to use what go.sum does not know.
type errNoSum struct{ m module.Version }

func (e errNoSum) Error() string {
	v, mod := strings.CutSuffix(e.m.Version, "/go.mod")
	if mod {
		return fmt.Sprintf("%s@%s: missing go.sum entry for go.mod file; to add it:\n\tgo mod download %s", e.m.Path, v, e.m.Path)
	}
	return fmt.Sprintf("%s@%s: missing go.sum entry", e.m.Path, v)
}

// mayFetch refuses downloads of what could not be verified afterwards.
func mayFetch(m module.Version) error {
	if gosum.strict && !haveSum(m) {
		return errNoSum{m}
	}
	return nil
}

func modHash(data []byte) (string, error) {
	return dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(data)), nil })
}

const security = "\n\nSECURITY ERROR\n" +
	"This download does NOT match an earlier download recorded in go.sum.\n" +
	"The bits may have been replaced on the origin server, or an attacker may\n" +
	"have intercepted the download attempt.\n\n" +
	"For more information, see 'go help module-auth'.\n"

const sumdbSecurity = "\n\nSECURITY ERROR\n" +
	"This download does NOT match the one reported by the checksum server.\n" +
	"The bits may have been replaced on the origin server, or an attacker may\n" +
	"have intercepted the download attempt.\n\n" +
	"For more information, see 'go help module-auth'.\n"

// checkSum compares a hash with go.sum, or if that knows none with the checksum database, and remembers it.
func checkSum(m module.Version, h string) error {
	gosum.mu.Lock()
	loadSums()
	known := append(append([]string{}, gosum.known[m]...), gosum.work[m]...)
	gosum.mu.Unlock()
	for _, k := range known {
		if k == h {
			return nil
		}
		if strings.HasPrefix(k, "h1:") {
			fmt.Fprintf(os.Stderr, "verifying %s@%s: checksum mismatch\n\tdownloaded: %v\n\tgo.sum:     %v"+security, m.Path, m.Version, h, k)
			os.Exit(1)
		}
	}
	if useSumDB(m) {
		if err := checkSumDB(m, h); err != nil {
			return err
		}
	}
	gosum.mu.Lock()
	defer gosum.mu.Unlock()
	if !gosum.fresh[sumLine{m, h}] {
		gosum.fresh[sumLine{m, h}] = true
		gosum.known[m] = append(gosum.known[m], h)
	}
	return nil
}

func plain(m module.Version) module.Version {
	m.Version = strings.TrimSuffix(m.Version, "/go.mod")
	return m
}

// subject is what a message verifies: the go.mod file is named.
func subject(m module.Version) string {
	if strings.HasSuffix(m.Version, "/go.mod") {
		return "go.mod"
	}
	return "module"
}

// writeGoSum adds to go.sum what was found out, of those that keep holds. With trim lines go that keep does not hold.
func writeGoSum(keep map[module.Version]bool, trim bool) {
	gosum.mu.Lock()
	defer gosum.mu.Unlock()
	loadSums()
	name := gosumFile()
	if cfg.gowork != "" {
		name = cfg.gowork + ".sum"
	}
	if name == "" {
		return
	}
	if !trim && !slices.ContainsFunc(slices.Collect(maps.Keys(gosum.fresh)), func(s sumLine) bool { return keep[s.m] }) {
		return
	}
	defer sideLock()()
	out := map[module.Version][]string{}
	readSums(name, out) // as it is now: another process may have added to it
	for s := range gosum.fresh {
		if keep[s.m] {
			out[s.m] = append(out[s.m], s.h)
		}
	}
	if trim {
		for m := range out {
			if !keep[m] {
				delete(out, m)
			}
		}
	}
	data := formatSums(out)
	old, _ := readSource(name)
	if bytes.Equal(old, data) {
		return
	}
	if cfg.mod == "readonly" && cfg.gowork == "" {
		fatalf("updates to go.sum needed, disabled by -mod=readonly")
	}
	if isOverlaid(name) {
		fatalf("updates to go.sum needed, but go.sum is part of the overlay specified with -overlay")
	}
	if err := rewriteFile(name, data); err != nil {
		fatalf("updating go.sum: %v", err)
	}
}

func formatSums(sums map[module.Version][]string) []byte {
	var list []module.Version
	for m := range sums {
		list = append(list, m)
	}
	module.Sort(list)
	var b bytes.Buffer
	for _, m := range list {
		hs := sums[m]
		sort.Strings(hs)
		for i, h := range hs {
			if i == 0 || hs[i-1] != h {
				fmt.Fprintf(&b, "%s %s %s\n", m.Path, m.Version, h)
			}
		}
	}
	return b.Bytes()
}

// sumsAfter is go.sum as writeGoSum would leave it; for go mod tidy -diff.
func sumsAfter(keep map[module.Version]bool) []byte {
	out := map[module.Version][]string{}
	for m, hs := range gosum.known {
		if keep[m] {
			out[m] = append([]string{}, hs...)
		}
	}
	return formatSums(out)
}

// ---- the checksum database ----

func privateModule(path string) bool { return module.MatchPrefixPatterns(os.Getenv("GOPRIVATE"), path) }

func useSumDB(m module.Version) bool {
	if os.Getenv("GOSUMDB") == "off" {
		return false
	}
	none := os.Getenv("GONOSUMDB")
	if none == "" {
		none = os.Getenv("GOPRIVATE")
	}
	return !module.MatchPrefixPatterns(none, m.Path)
}

// The key of the database that everybody uses. It is published in cmd/go's documentation of GOSUMDB.
const sumGolangOrg = "sum.golang.org+033de0ae+Ac4zctda0e5eza+HJyk9SxEdh+s3Ux18htTTAD8OuAn8"

type sumDB struct {
	client *sumdb.Client
	name   string
	err    error
	ops    *dbOps
}

var database = sync.OnceValue(func() (db sumDB) {
	words := strings.Fields(os.Getenv("GOSUMDB"))
	if len(words) > 0 && words[0] == "sum.golang.google.cn" {
		words = []string{"sum.golang.org", "https://sum.golang.google.cn"}
	}
	switch {
	case len(words) == 0:
		db.err = errors.New("missing GOSUMDB")
		return db
	case len(words) > 2:
		db.err = fmt.Errorf("invalid GOSUMDB: too many fields")
		return db
	}
	key := words[0]
	if key == "sum.golang.org" {
		key = sumGolangOrg
	}
	verifier, err := note.NewVerifier(key)
	if err != nil {
		db.err = fmt.Errorf("invalid GOSUMDB: %v", err)
		return db
	}
	db.name = verifier.Name()
	direct := "https://" + db.name
	if len(words) == 2 {
		direct = words[1]
		if !strings.Contains(direct, "://") {
			direct = "https://" + direct
		}
	}
	db.ops = &dbOps{name: db.name, key: key, direct: strings.TrimSuffix(direct, "/")}
	db.client = sumdb.NewClient(db.ops)
	return db
})

func checkSumDB(m module.Version, h string) error {
	what := plain(m)
	if subject(m) == "go.mod" {
		what.Version = m.Version
	}
	db := database()
	if db.err != nil {
		return versionError(plain(m), fmt.Errorf("verifying %s: %w", subject(m), db.err))
	}
	lines, err := db.client.Lookup(m.Path, m.Version)
	if err != nil {
		return versionError(plain(m), fmt.Errorf("verifying %s: %w", subject(m), err))
	}
	prefix := m.Path + " " + m.Version + " "
	for _, line := range lines {
		if line == prefix+h {
			return nil
		}
		if strings.HasPrefix(line, prefix+"h1:") {
			return versionError(plain(m), fmt.Errorf("verifying %s: checksum mismatch\n\tdownloaded: %v\n\t%s: %v"+sumdbSecurity,
				subject(m), h, db.name, line[len(prefix):]))
		}
	}
	return nil
}

// dbOps gives the client of x/mod/sumdb its files: remote ones through GOPROXY or from the database itself, cached ones beside the modules.
type dbOps struct {
	name, key, direct string
	once              sync.Once
	base              string
	baseErr           error
}

// find chooses the proxy that also serves the database. Those that do not say 404 or 410.
func (c *dbOps) find() {
	list, err := sources()
	if err != nil {
		c.baseErr = err
		return
	}
	for _, s := range list {
		switch s.url {
		case "off":
			c.baseErr = errors.New("checksum database disabled by GOPROXY=off")
			return
		case "direct":
			c.base = c.direct
			return
		}
		if _, err := readURL(s.url + "/sumdb/" + c.name + "/supported"); err == nil {
			c.base = s.url + "/sumdb/" + c.name
			return
		} else if !notExist(err) && !s.fallOnError {
			c.baseErr = err
			return
		}
	}
	c.base = c.direct
}

func (c *dbOps) ReadRemote(path string) ([]byte, error) {
	c.once.Do(c.find)
	if c.baseErr != nil {
		return nil, c.baseErr
	}
	return readURL(c.base + path)
}

func (c *dbOps) configFile(file string) (string, error) {
	list := filepath.SplitList(os.Getenv("GOPATH"))
	if len(list) == 0 || list[0] == "" {
		return "", errors.New("missing $GOPATH")
	}
	return filepath.Join(list[0], "pkg/sumdb", file), nil
}

func (c *dbOps) ReadConfig(file string) ([]byte, error) {
	if file == "key" {
		return []byte(c.key), nil
	}
	name, err := c.configFile(file)
	if err != nil {
		return nil, err
	}
	data, err := os.ReadFile(name)
	if notExist(err) && strings.HasSuffix(file, "/latest") {
		return []byte{}, nil // the database was never asked
	}
	return data, err
}

func (c *dbOps) WriteConfig(file string, old, new []byte) error {
	if file == "key" {
		return errors.New("cannot write key")
	}
	name, err := c.configFile(file)
	if err != nil {
		return err
	}
	unlock, err := lockFile(name + ".lock")
	if err != nil {
		return err
	}
	defer unlock()
	now, err := os.ReadFile(name)
	if err != nil && !notExist(err) {
		return err
	}
	if !bytes.Equal(now, old) {
		return sumdb.ErrWriteConflict
	}
	return replaceFile(name, new, 0666)
}

func (c *dbOps) ReadCache(file string) ([]byte, error) {
	data, err := os.ReadFile(filepath.Join(cfg.modcache, "cache/download/sumdb", file))
	if err == nil && len(data) == 0 {
		err = &fs.PathError{Op: "read", Path: file, Err: fs.ErrNotExist}
	}
	return data, err
}

func (c *dbOps) WriteCache(file string, data []byte) {
	replaceFile(filepath.Join(cfg.modcache, "cache/download/sumdb", file), data, 0666)
}

func (c *dbOps) Log(msg string)           { tracef("%s", msg) }
func (c *dbOps) SecurityError(msg string) { fatalf("%s", msg) }
