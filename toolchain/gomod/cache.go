// The module cache: GOMODCACHE/cache/download holds files as proxies give them, GOMODCACHE/path@version the unpacked modules.
//
// Layout, names, modes and locks are those of every other go command, so that they may share the folder at the same time.

package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
	modzip "golang.org/x/mod/zip"
)

// versionInfo is an .info file.
type versionInfo struct {
	Version string
	Time    time.Time
	Origin  json.RawMessage `json:",omitempty"`
}

// cacheFile is the name of a file that belongs to a module version.
func cacheFile(m module.Version, suffix string) (string, error) {
	esc, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	escver, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(cfg.modcache, "cache/download", esc, "@v", escver+suffix), nil
}

// moduleDir is the folder that a module version is unpacked into.
func moduleDir(m module.Version) (string, error) {
	esc, err := module.EscapePath(m.Path)
	if err != nil {
		return "", err
	}
	escver, err := module.EscapeVersion(m.Version)
	if err != nil {
		return "", err
	}
	return filepath.Join(cfg.modcache, esc+"@"+escver), nil
}

// lockFile takes an exclusive lock that ends with the process at the latest.
func lockFile(name string) (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(name), 0777); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0666)
	if err != nil {
		return nil, err
	}
	for {
		if err = syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		f.Close()
		return nil, &fs.PathError{Op: "lock", Path: name, Err: err}
	}
	return func() { f.Close() }, nil
}

// sideLock is held while go.mod and go.sum are rewritten.
func sideLock() func() {
	unlock, err := lockFile(filepath.Join(cfg.modcache, "cache/lock"))
	if err != nil {
		fatalf("%v", err)
	}
	return unlock
}

// replaceFile writes a file under another name first, so that nobody ever sees half of it.
func replaceFile(name string, data []byte, perm fs.FileMode) error {
	if err := os.MkdirAll(filepath.Dir(name), 0777); err != nil {
		return err
	}
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+"*.tmp")
	if err != nil {
		return err
	}
	if perm == 0666 {
		perm &^= umask()
	}
	_, err = f.Write(data)
	if err == nil {
		err = f.Chmod(perm)
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err == nil {
		err = os.Rename(f.Name(), name)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// rewriteFile replaces a file of the user's: under its own mode, and in place where the folder does not let it be renamed.
func rewriteFile(name string, data []byte) error {
	perm := fs.FileMode(0666)
	if real, err := filepath.EvalSymlinks(name); err == nil {
		name = real
	}
	st, err := os.Stat(name)
	if err == nil {
		perm = st.Mode().Perm()
	}
	if err == nil && perm&0200 == 0 {
		return &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
	}
	if replaceFile(name, data, perm) == nil {
		if err == nil {
			return os.Chmod(name, perm)
		}
		return nil
	}
	return os.WriteFile(name, data, perm) // a single file that is mounted, say
}

// once runs a download once for all goroutines that ask for it.
type once[V any] struct {
	mu sync.Mutex
	m  map[module.Version]func() (V, error)
}

func (o *once[V]) do(m module.Version, f func() (V, error)) (V, error) {
	o.mu.Lock()
	if o.m == nil {
		o.m = map[module.Version]func() (V, error){}
	}
	g := o.m[m]
	if g == nil {
		g = sync.OnceValues(f)
		o.m[m] = g
	}
	o.mu.Unlock()
	return g()
}

// failed calls f for those that ended with an error.
func (o *once[V]) failed(f func(m module.Version, err error)) {
	for m, g := range o.m {
		if _, err := g(); err != nil {
			f(m, err)
		}
	}
}

var (
	gomods once[[]byte]
	dirs   once[string]
	infos  once[*versionInfo]
	lists  once[[]string]
)

// quiet downloads say nothing: go mod download, whose only job they are.
var quiet bool

func versionError(m module.Version, err error) error {
	var me *module.ModuleError
	if errors.As(err, &me) {
		return err
	}
	return &module.ModuleError{Path: m.Path, Version: m.Version, Err: err}
}

// goMod is the go.mod file of a version, checked against go.sum and the checksum database.
func goMod(m module.Version) ([]byte, error) {
	return gomods.do(m, func() ([]byte, error) {
		file, err := cacheFile(m, ".mod")
		if err != nil {
			return nil, err
		}
		data, err := os.ReadFile(file)
		cached := err == nil
		if !cached {
			if err := mayFetch(module.Version{Path: m.Path, Version: m.Version + "/go.mod"}); err != nil {
				return nil, err
			}
			escver, _ := module.EscapeVersion(m.Version)
			if data, err = moduleFile(m.Path, "@v/"+escver+".mod"); err != nil {
				return nil, versionError(m, err)
			}
		}
		h, err := modHash(data)
		if err != nil {
			return nil, err
		}
		if err := checkSum(module.Version{Path: m.Path, Version: m.Version + "/go.mod"}, h); err != nil {
			return nil, err
		}
		if !cached {
			if err := replaceFile(file, data, 0666); err != nil {
				return nil, err
			}
			rewriteList(filepath.Dir(file))
		}
		return data, nil
	})
}

// stat asks what version a query stands for that is not answered by a list: a canonical version, a branch, a commit.
func stat(path, rev string) (*versionInfo, error) {
	m := module.Version{Path: path, Version: rev}
	return infos.do(m, func() (*versionInfo, error) {
		isVersion := semver.IsValid(rev) && rev == module.CanonicalVersion(rev)
		file, err := cacheFile(m, ".info")
		if err != nil {
			return nil, err
		}
		if isVersion {
			data, err := os.ReadFile(file)
			info := new(versionInfo)
			if err == nil && json.Unmarshal(data, info) == nil && info.Version == rev {
				return info, nil
			}
		}
		escver, _ := module.EscapeVersion(rev)
		data, err := moduleFile(path, "@v/"+escver+".info")
		if err != nil {
			return nil, versionError(m, err)
		}
		return keepInfo(path, data)
	})
}

// keepInfo parses an .info file of a proxy and puts it into the cache under the version that it names.
func keepInfo(path string, data []byte) (*versionInfo, error) {
	info := new(versionInfo)
	if err := json.Unmarshal(data, info); err != nil {
		return nil, &module.ModuleError{Path: path, Err: fmt.Errorf("invalid response from proxy: %w", err)}
	}
	if info.Version != module.CanonicalVersion(info.Version) || !semver.IsValid(info.Version) {
		return nil, &module.ModuleError{Path: path, Err: fmt.Errorf("invalid response from proxy: version %q", info.Version)}
	}
	if err := module.Check(path, info.Version); err != nil {
		return nil, err
	}
	file, err := cacheFile(module.Version{Path: path, Version: info.Version}, ".info")
	if err != nil {
		return nil, err
	}
	if old, err := os.ReadFile(file); err != nil || len(old) == 0 {
		out, err := json.Marshal(info)
		if err == nil {
			err = replaceFile(file, out, 0666)
		}
		if err != nil {
			return nil, err
		}
	}
	return info, nil
}

// versions lists the tagged versions of a module in order.
func versions(path string) ([]string, error) {
	return lists.do(module.Version{Path: path}, func() ([]string, error) {
		data, err := moduleFile(path, "@v/list")
		if err != nil {
			return nil, &module.ModuleError{Path: path, Err: err}
		}
		var list []string
		_, pathMajor, _ := module.SplitPathVersion(path)
		for _, line := range strings.Split(string(data), "\n") {
			f := strings.Fields(line)
			if len(f) > 0 && semver.IsValid(f[0]) && module.CanonicalVersion(f[0]) == f[0] && !module.IsPseudoVersion(f[0]) &&
				(module.CheckPathMajor(f[0], pathMajor) == nil) {
				list = append(list, f[0])
			}
		}
		semver.Sort(list)
		return list, nil
	})
}

// latestInfo is what the proxy calls the latest version: asked when there are no tagged ones.
func latestInfo(path string) (*versionInfo, error) {
	data, err := moduleFile(path, "@latest")
	if err != nil {
		return nil, &module.ModuleError{Path: path, Err: err}
	}
	return keepInfo(path, data)
}

// inCache reports the folder of a module version if it is there as a whole.
func inCache(m module.Version) (string, bool) {
	dir, err := moduleDir(m)
	if err != nil {
		return "", false
	}
	partial, _ := cacheFile(m, ".partial")
	hash, _ := cacheFile(m, ".ziphash")
	if _, err := os.Stat(partial); err == nil {
		return dir, false
	}
	if st, err := os.Stat(dir); err != nil || !st.IsDir() {
		return dir, false
	}
	_, err = os.Stat(hash)
	return dir, err == nil
}

// moduleTree is the folder with the files of a version, downloaded, checked and unpacked if need be.
func moduleTree(m module.Version) (string, error) {
	return dirs.do(m, func() (string, error) {
		dir, ok := inCache(m)
		if ok {
			return dir, checkZipHash(m)
		}
		if err := mayFetch(m); err != nil {
			return "", err
		}
		zipfile, err := moduleZipFile(m)
		if err != nil {
			return "", err
		}
		lock, _ := cacheFile(m, ".lock")
		unlock, err := lockFile(lock)
		if err != nil {
			return "", err
		}
		defer unlock()
		if _, ok := inCache(m); ok {
			return dir, nil
		}
		return dir, unpack(m, zipfile, dir)
	})
}

func checkZipHash(m module.Version) error {
	file, _ := cacheFile(m, ".ziphash")
	data, err := os.ReadFile(file)
	if err != nil {
		return versionError(m, err)
	}
	return checkSum(m, strings.TrimSpace(string(data)))
}

// unpack makes the folder of a module; .partial says while it lasts that it is not to be trusted.
func unpack(m module.Version, zipfile, dir string) error {
	removeTree(dir)
	if err := os.MkdirAll(filepath.Dir(dir), 0777); err != nil {
		return err
	}
	partial, _ := cacheFile(m, ".partial")
	if err := os.WriteFile(partial, nil, 0666); err != nil {
		return err
	}
	if err := modzip.Unzip(dir, m, zipfile); err != nil {
		logf("%s@%s: unzip %s: %v", m.Path, m.Version, zipfile, err)
		removeTree(dir)
		os.Remove(partial)
		return versionError(m, err)
	}
	if err := os.Remove(partial); err != nil {
		return err
	}
	if !cfg.modcacherw {
		filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.IsDir() {
				defer os.Chmod(path, 0555)
			}
			return nil
		})
	}
	return nil
}

// removeTree removes a folder whose subfolders may be read-only.
func removeTree(dir string) error {
	filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			os.Chmod(path, 0777)
		}
		return nil
	})
	return os.RemoveAll(dir)
}

// moduleZipFile is the zip file of a version in the cache, downloaded and checked if need be.
func moduleZipFile(m module.Version) (string, error) {
	zipfile, err := cacheFile(m, ".zip")
	if err != nil {
		return "", err
	}
	hashfile, _ := cacheFile(m, ".ziphash")
	exist := func() bool {
		_, err1 := os.Stat(zipfile)
		_, err2 := os.Stat(hashfile)
		return err1 == nil && err2 == nil
	}
	if exist() {
		return zipfile, checkZipHash(m)
	}
	if err := mayFetch(m); err != nil {
		return "", err
	}
	if !quiet {
		logf("downloading %s %s", m.Path, m.Version)
	}
	lock, _ := cacheFile(m, ".lock")
	unlock, err := lockFile(lock)
	if err != nil {
		return "", err
	}
	defer unlock()
	if exist() {
		return zipfile, checkZipHash(m)
	}
	return zipfile, downloadZip(m, zipfile, hashfile)
}

func downloadZip(m module.Version, zipfile, hashfile string) (err error) {
	if _, err := os.Stat(zipfile); err == nil {
		return hashZip(m, zipfile, hashfile) // interrupted between the two
	}
	// what an interrupted download left: nobody else holds the lock
	old, _ := filepath.Glob(zipfile + "*.tmp")
	for _, name := range old {
		os.Remove(name)
	}
	f, err := os.CreateTemp(filepath.Dir(zipfile), filepath.Base(zipfile)+"*.tmp")
	if err != nil {
		return err
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	if err := moduleZip(m, f); err != nil {
		return versionError(m, err)
	}
	size, err := f.Stat()
	if err != nil {
		return err
	}
	z, err := zip.NewReader(f, size.Size())
	if err != nil {
		return versionError(m, err)
	}
	prefix := m.Path + "@" + m.Version + "/"
	for _, e := range z.File {
		if !strings.HasPrefix(e.Name, prefix) {
			return versionError(m, fmt.Errorf("zip for %s has unexpected file %s", prefix[:len(prefix)-1], e.Name))
		}
	}
	if err := f.Sync(); err != nil {
		return err
	}
	if err := f.Chmod(0666 &^ umask()); err != nil {
		return err
	}
	if err := hashZip(m, f.Name(), hashfile); err != nil {
		return err
	}
	return os.Rename(f.Name(), zipfile)
}

var umask = sync.OnceValue(func() fs.FileMode {
	old := syscall.Umask(0)
	syscall.Umask(old)
	return fs.FileMode(old)
})

// hashZip checks the hash of a zip file and writes it beside the file.
func hashZip(m module.Version, name, hashfile string) error {
	h, err := dirhash.HashZip(name, dirhash.DefaultHash)
	if err != nil {
		return versionError(m, err)
	}
	if err := checkSum(m, h); err != nil {
		return err
	}
	return replaceFile(hashfile, []byte(h), 0666)
}

// rewriteList makes the list of versions whose go.mod is in the cache, for those who use it as a proxy.
func rewriteList(dir string) {
	name := filepath.Join(dir, "list")
	unlock, err := lockFile(name)
	if err != nil {
		return
	}
	defer unlock()
	files, _ := filepath.Glob(filepath.Join(dir, "*.mod"))
	var list []string
	for _, f := range files {
		v := strings.TrimSuffix(filepath.Base(f), ".mod")
		if module.CanonicalVersion(v) == v && !module.IsPseudoVersion(v) {
			list = append(list, v)
		}
	}
	semver.Sort(list)
	data := []byte(strings.Join(list, "\n") + "\n")
	if len(list) > 0 && !sameFile(name, data) {
		os.WriteFile(name, data, 0666)
	}
}

func sameFile(name string, data []byte) bool {
	old, err := os.ReadFile(name)
	return err == nil && bytes.Equal(old, data)
}
