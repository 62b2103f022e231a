// GOPROXY's "direct": modules out of the git repositories that they live in, as if there were a proxy in front of them.

package main

import (
	"archive/zip"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"sort"
	"strings"
	"sync"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	modzip "golang.org/x/mod/zip"
)

// A repo is a repository with a copy in cache/vcs; several modules may share it.
type repo struct {
	root string // import path of its top folder
	url  string
	dir  string
	mu   sync.Mutex
	refs map[string]string // of the remote: refs/tags/v1.0.0 -> hash
	full bool              // everything was fetched in this process
}

// A location is where in a repository a module lies.
type location struct {
	*repo
	modpath string
	sub     string // folder, without the major version
	major   string // "v2", or ""
}

var repos struct {
	sync.Mutex
	m map[string]func() (*repo, error)
}

// directFile makes a file of the proxy protocol from the repository of a module.
func directFile(modpath, file string) ([]byte, error) {
	l, err := locate(modpath)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	unlock, err := lockFile(l.dir + ".lock")
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := l.open(); err != nil {
		return nil, err
	}
	if file == "@v/list" {
		return []byte(strings.Join(l.tags(), "\n") + "\n"), nil
	}
	rev := "HEAD"
	ext := path.Ext(file)
	if file != "@latest" {
		if rev, err = module.UnescapeVersion(strings.TrimSuffix(strings.TrimPrefix(file, "@v/"), ext)); err != nil {
			return nil, err
		}
	}
	c, err := l.resolve(rev)
	if err != nil {
		return nil, err
	}
	switch ext {
	case ".mod":
		return c.gomod, nil
	case ".zip":
		return l.zip(c)
	}
	return json.Marshal(c.info)
}

// ---- which repository ----

var (
	hosts  = regexp.MustCompile(`^[\w.]+/[\w.~-]+/[\w.~-]+`)
	dotGit = regexp.MustCompile(`^([\w.:~-]+(/[\w.~-]+)*?/[\w.~-]+\.git)(/|$)`)
	meta   = regexp.MustCompile(`(?is)<meta\s[^>]*?name\s*=\s*["']?go-import["']?\s[^>]*?content\s*=\s*["']([^"']*)["']`)
)

// mayUseGit asks GOVCS: the first pattern that fits decides.
func mayUseGit(modpath string) error {
	private := privateModule(modpath)
	kind := "public"
	if private {
		kind = "private"
	}
	for _, rule := range strings.Split(os.Getenv("GOVCS")+",public:git|hg,private:all", ",") {
		pattern, list, ok := strings.Cut(strings.TrimSpace(rule), ":")
		if !ok || pattern != kind && (pattern == "public" || pattern == "private" || pattern != "*" && !module.MatchPrefixPatterns(pattern, modpath)) {
			continue
		}
		for _, vcs := range strings.Split(list, "|") {
			if vcs == "git" || vcs == "all" {
				return nil
			}
		}
		break
	}
	return fmt.Errorf("GOVCS disallows using git for %s %s; see 'go help vcs'", kind, modpath)
}

func locate(modpath string) (*location, error) {
	root, where, err := findRepo(modpath)
	if err == nil {
		err = mayUseGit(root)
	}
	if err != nil {
		return nil, err
	}
	repos.Lock()
	if repos.m == nil {
		repos.m = map[string]func() (*repo, error){}
	}
	f := repos.m[where]
	if f == nil {
		f = sync.OnceValues(func() (*repo, error) {
			dir := filepath.Join(cfg.modcache, "cache/vcs", fmt.Sprintf("%x", sha256.Sum256([]byte("git3:"+where))))
			return &repo{root: root, url: where, dir: dir}, nil
		})
		repos.m[where] = f
	}
	repos.Unlock()
	r, err := f()
	if err != nil {
		return nil, err
	}
	prefix, major, _ := module.SplitPathVersion(modpath)
	sub := ""
	if len(prefix) > len(root) {
		sub = prefix[len(root)+1:]
	}
	return &location{r, modpath, sub, strings.TrimLeft(major, "/.")}, nil
}

// findRepo tells which repository a path belongs to: known hosts, names with .git, or what the server of the path says.
func findRepo(modpath string) (root, where string, err error) {
	scheme := "https://"
	if module.MatchPrefixPatterns(os.Getenv("GOINSECURE"), modpath) {
		scheme = "http://"
	}
	if m := dotGit.FindStringSubmatch(modpath); m != nil {
		return m[1], scheme + m[1], nil
	}
	host, _, _ := strings.Cut(modpath, "/")
	switch host {
	case "github.com", "bitbucket.org", "gitlab.com":
		if root = hosts.FindString(modpath); root == "" {
			return "", "", missing{fmt.Errorf("invalid %s import path %q", host, modpath)}
		}
		return root, scheme + root, nil
	}
	if !strings.Contains(host, ".") {
		return "", "", missing{fmt.Errorf("unrecognized import path %q: import path does not begin with hostname", modpath)}
	}
	data, err := readURL(scheme + modpath + "?go-get=1")
	if err != nil {
		return "", "", fmt.Errorf("unrecognized import path %q: %w", modpath, err)
	}
	for _, m := range meta.FindAllSubmatch(data, -1) {
		f := strings.Fields(string(m[1]))
		if len(f) != 3 || modpath != f[0] && !strings.HasPrefix(modpath, f[0]+"/") {
			continue
		}
		if f[1] != "git" {
			return "", "", fmt.Errorf("%s is in a repository of %s, and only git is supported; name a module proxy in GOPROXY", modpath, f[1])
		}
		u, err := url.Parse(f[2])
		if err != nil || u.Scheme != "https" && u.Scheme != "ssh" && u.Scheme != "git+ssh" && scheme != "http://" {
			return "", "", fmt.Errorf("insecure protocol of repository %s, which %s names; GOINSECURE allows it", f[2], modpath)
		}
		return f[0], f[2], nil
	}
	return "", "", missing{fmt.Errorf("unrecognized import path %q: no go-import meta tags", modpath)}
}

// ---- git ----

func (r *repo) git(args ...string) ([]byte, error) {
	tracef("git %s # in %s", strings.Join(args, " "), r.dir)
	cmd := exec.Command("git", args...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_TERMINAL_PROMPT=0", "GCM_INTERACTIVE=never", "GIT_DIR="+r.dir)
	if os.Getenv("GIT_SSH") == "" && os.Getenv("GIT_SSH_COMMAND") == "" {
		cmd.Env = append(cmd.Env, "GIT_SSH_COMMAND=ssh -o ControlMaster=no -o BatchMode=yes")
	}
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		return nil, fmt.Errorf("%s needs git, which is not in PATH: install it, or name a module proxy in GOPROXY", r.url)
	}
	if err != nil {
		text := strings.ReplaceAll(strings.TrimSpace(stderr.String()), "\n", "\n\t")
		return nil, fmt.Errorf("git %s in %s: %v:\n\t%s", strings.Join(args, " "), r.dir, err, text)
	}
	return out, nil
}

// open makes the copy when there is none, and asks the remote for its branches and tags.
func (r *repo) open() error {
	if r.refs != nil {
		return nil
	}
	if _, err := os.Stat(filepath.Join(r.dir, "HEAD")); err != nil {
		if err := os.MkdirAll(r.dir, 0777); err != nil {
			return err
		}
		if _, err := r.git("init", "--bare"); err != nil {
			return err
		}
		if _, err := r.git("remote", "add", "origin", "--", r.url); err != nil {
			return err
		}
		if err := os.WriteFile(r.dir+".info", []byte("git3:"+r.url+"\n"), 0666); err != nil {
			return err
		}
		// the files as they are, whatever the repository says of exports
		if err := os.MkdirAll(filepath.Join(r.dir, "info"), 0777); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(r.dir, "info/attributes"), []byte("\n* -export-subst -export-ignore\n"), 0666); err != nil {
			return err
		}
	}
	out, err := r.git("ls-remote", "-q", "origin")
	if err != nil {
		return err
	}
	refs := map[string]string{}
	for _, line := range strings.Split(string(out), "\n") {
		if f := strings.Fields(line); len(f) == 2 {
			refs[f[1]] = f[0]
		}
	}
	r.refs = refs
	return nil
}

// fetchAll brings the whole history.
func (r *repo) fetchAll() error {
	if r.full {
		return nil
	}
	args := []string{"fetch", "-f", "-q", "origin", "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*"}
	if _, err := os.Stat(filepath.Join(r.dir, "shallow")); err == nil {
		args = append(args, "--unshallow")
	}
	_, err := r.git(args...)
	r.full = err == nil
	return err
}

func (r *repo) has(hash string) bool {
	_, err := r.git("cat-file", "-e", hash+"^{commit}")
	return err == nil
}

// ---- versions ----

func (l *location) tagPrefix() string {
	if l.sub == "" {
		return ""
	}
	return l.sub + "/"
}

// fits tells whether a version can be one of this module.
func (l *location) fits(v string) bool {
	return semver.IsValid(v) && module.CanonicalVersion(v) == v && !module.IsPseudoVersion(v) && module.CheckPathMajor(v, pathMajor(l.modpath)) == nil
}

func (l *location) tags() (list []string) {
	for ref := range l.refs {
		if v, ok := strings.CutPrefix(ref, "refs/tags/"+l.tagPrefix()); ok && l.fits(v) {
			list = append(list, v)
		}
	}
	sort.Slice(list, func(i, j int) bool { return semver.Compare(list[i], list[j]) < 0 })
	return list
}

// A commit is one that a version was made of.
type commit struct {
	info  versionInfo
	hash  string
	dir   string // of the module
	gomod []byte
}

type origin struct {
	VCS    string
	URL    string
	Subdir string `json:",omitempty"`
	Hash   string
	Ref    string `json:",omitempty"`
}

// resolve finds the commit of a version, branch, tag or hash, and what version it is.
func (l *location) resolve(rev string) (*commit, error) {
	ref, hash := "", ""
	for _, name := range []string{"refs/tags/" + l.tagPrefix() + strings.TrimSuffix(rev, "+incompatible"), "refs/tags/" + rev, "refs/heads/" + rev, rev} {
		if h := l.refs[name]; h != "" {
			ref, hash = name, h
			break
		}
	}
	pseudo := module.IsPseudoVersion(rev)
	isTag := strings.HasPrefix(ref, "refs/tags/") && l.fits(rev)
	switch {
	case isTag && !l.has(hash):
		if _, err := l.git("fetch", "-f", "-q", "--depth=1", "origin", ref+":"+ref); err != nil {
			return nil, err
		}
	case !isTag:
		if semver.IsValid(rev) && !pseudo && module.CanonicalVersion(rev) == rev {
			return nil, missing{fmt.Errorf("invalid version: unknown revision %s%s", l.tagPrefix(), rev)}
		}
		if err := l.fetchAll(); err != nil {
			return nil, err
		}
		if pseudo {
			hash, _ = module.PseudoVersionRev(rev)
		} else if hash == "" {
			hash = rev
		}
	}
	out, err := l.git("log", "-n1", "--format=format:%H %ct", hash, "--")
	if err != nil {
		return nil, missing{fmt.Errorf("invalid version: unknown revision %s", hash)}
	}
	var c commit
	var seconds int64
	if _, err := fmt.Sscan(string(out), &c.hash, &seconds); err != nil {
		return nil, err
	}
	c.info.Time = time.Unix(seconds, 0).UTC()
	c.info.Version = rev
	if !isTag {
		c.info.Version = l.version(&c)
		if pseudo && c.info.Version != rev && pseudoTail(c.info.Version) != pseudoTail(rev) {
			return nil, fmt.Errorf("invalid pseudo-version: does not match version-control timestamp and commit (expected %s)", pseudoTail(c.info.Version))
		}
		if pseudo {
			c.info.Version = rev
		}
	}
	if ref == "" || !isTag {
		ref = strings.TrimPrefix(ref, "HEAD")
	}
	if err := l.readMod(&c); err != nil {
		return nil, err
	}
	c.info.Origin, err = json.Marshal(origin{"git", l.url, l.sub, c.hash, ref})
	return &c, err
}

// pseudoTail is the part of a pseudo-version that says time and commit.
func pseudoTail(v string) string {
	t, _ := module.PseudoVersionTime(v)
	rev, _ := module.PseudoVersionRev(v)
	return t.Format(module.PseudoVersionTimestampFormat) + "-" + rev
}

// version is the tag of a commit, or a pseudo-version after the highest tag before it.
func (l *location) version(c *commit) string {
	older := ""
	out, _ := l.git("for-each-ref", "--format=%(refname) %(objectname) %(*objectname)", "--merged", c.hash, "refs/tags")
	for _, line := range strings.Split(string(out), "\n") {
		f := strings.Fields(line)
		if len(f) < 2 {
			continue
		}
		v, ok := strings.CutPrefix(f[0], "refs/tags/"+l.tagPrefix())
		if !ok || !l.fits(v) {
			continue
		}
		if f[len(f)-1] == c.hash {
			return v
		}
		if semver.Compare(v, older) > 0 {
			older = v
		}
	}
	return module.PseudoVersion(l.major, older, c.info.Time, c.hash[:12])
}

// readMod finds go.mod: in the folder of the major version, if there is one, or above it.
func (l *location) readMod(c *commit) error {
	dirs := []string{l.sub}
	if l.major != "" {
		dirs = []string{path.Join(l.sub, l.major), l.sub}
	}
	for _, dir := range dirs {
		data, err := l.git("cat-file", "blob", c.hash+":"+path.Join(dir, "go.mod"))
		if err == nil && (modfile.ModulePath(data) == l.modpath || dir == l.sub && l.major == "") {
			c.dir, c.gomod = dir, data
			return nil
		}
	}
	if l.sub != "" || l.major != "" && strings.HasPrefix(pathMajor(l.modpath), "/") {
		return missing{fmt.Errorf("missing %s/go.mod at revision %s", l.modpath, c.info.Version)}
	}
	c.gomod = []byte("module " + modfile.AutoQuote(l.modpath) + "\n")
	return nil
}

// ---- files ----

// zipEntry is a file of git's archive for x/mod/zip.
type zipEntry struct {
	name string
	f    *zip.File
}

func (e zipEntry) Path() string                 { return e.name }
func (e zipEntry) Lstat() (os.FileInfo, error)  { return e.f.FileInfo(), nil }
func (e zipEntry) Open() (io.ReadCloser, error) { return e.f.Open() }

// zip makes a module zip of a commit: the files below the module's folder, and the licence of the repository if it has none.
func (l *location) zip(c *commit) ([]byte, error) {
	data, err := l.git("-c", "core.autocrlf=input", "-c", "core.eol=lf", "archive", "--format=zip", "--prefix=x/", c.hash)
	if err != nil {
		return nil, err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	prefix := "x/"
	if c.dir != "" {
		prefix += c.dir + "/"
	}
	var files []modzip.File
	var licence *zip.File
	for _, f := range z.File {
		if f.Name == "x/LICENSE" {
			licence = f
		}
		if name, ok := strings.CutPrefix(f.Name, prefix); ok && name != "" && !strings.HasSuffix(name, "/") {
			files = append(files, zipEntry{name, f})
			if name == "LICENSE" {
				licence = nil
			}
		}
	}
	if licence != nil && prefix != "x/" {
		files = append(files, zipEntry{"LICENSE", licence})
	}
	var out bytes.Buffer
	err = modzip.Create(&out, module.Version{Path: l.modpath, Version: c.info.Version}, files)
	return out.Bytes(), err
}
