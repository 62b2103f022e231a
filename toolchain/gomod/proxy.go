// Proxies: where a file of the GOPROXY protocol is read from.

package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/mod/module"
)

// A source is one entry of GOPROXY.
type source struct {
	url         string // or "direct", "off", "noproxy"
	fallOnError bool   // "|" follows: any error leads to the next one; otherwise only that the file does not exist
}

var errOff = errors.New("module lookup disabled by GOPROXY=off")

// missing is an answer that says "there is no such file", with the words of the server.
type missing struct{ err error }

func (m missing) Error() string        { return m.err.Error() }
func (m missing) Unwrap() error        { return m.err }
func (m missing) Is(target error) bool { return target == fs.ErrNotExist }

func notExist(err error) bool { return errors.Is(err, fs.ErrNotExist) }

var sources = sync.OnceValues(func() ([]source, error) {
	var list []source
	proxy := os.Getenv("GOPROXY")
	for proxy != "" {
		var s source
		if i := strings.IndexAny(proxy, ",|"); i >= 0 {
			s.url, s.fallOnError, proxy = proxy[:i], proxy[i] == '|', proxy[i+1:]
		} else {
			s.url, proxy = proxy, ""
		}
		s.url = strings.TrimSpace(s.url)
		if s.url == "" {
			continue
		}
		if s.url == "off" || s.url == "direct" {
			list = append(list, s)
			break // what follows is never asked
		}
		if strings.ContainsAny(s.url, ".:/") && !strings.Contains(s.url, ":/") && !filepath.IsAbs(s.url) && !path.IsAbs(s.url) {
			s.url = "https://" + s.url
		}
		u, err := url.Parse(s.url)
		switch {
		case err != nil:
			return nil, fmt.Errorf("invalid proxy URL %q: %v", s.url, err)
		case u.Scheme != "http" && u.Scheme != "https" && u.Scheme != "file":
			return nil, fmt.Errorf("invalid proxy URL scheme (must be https, http, file): %s", u.Redacted())
		case u.Scheme == "file" && u.Host != "":
			return nil, fmt.Errorf("invalid proxy URL: file URL must have an empty host: %s", u.Redacted())
		}
		s.url = strings.TrimSuffix(s.url, "/")
		list = append(list, s)
	}
	if len(list) == 0 {
		return nil, errors.New("GOPROXY list is not the empty string, but contains no entries")
	}
	return list, nil
})

// trySources calls f for one source after the other, as GOPROXY orders it. Its error is that of the first source that knew something.
func trySources(modpath string, f func(s source) error) error {
	private := os.Getenv("GONOPROXY")
	if private == "" {
		private = os.Getenv("GOPRIVATE")
	}
	if module.MatchPrefixPatterns(private, modpath) && private != "none" {
		return f(source{url: "direct"})
	}
	list, err := sources()
	if err != nil {
		return err
	}
	var best error
	for _, s := range list {
		if s.url == "off" {
			err = errOff
		} else {
			err = f(s)
		}
		if err == nil {
			return nil
		}
		// "not found" of an earlier source says less than another error, "off" and "direct" less than what a proxy said
		if best == nil || notExist(best) && !notExist(err) && s.url != "off" {
			best = err
		}
		if !notExist(err) && !s.fallOnError {
			break
		}
	}
	return best
}

// offline says that a server could not be asked at all.
var offline atomic.Bool

var client = &http.Client{Transport: &http.Transport{
	Proxy:                 http.ProxyFromEnvironment,
	DialContext:           (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
	TLSHandshakeTimeout:   30 * time.Second,
	ResponseHeaderTimeout: 2 * time.Minute,
	MaxIdleConnsPerHost:   16,
	ForceAttemptHTTP2:     true,
}}

func redacted(where string) string {
	if u, err := url.Parse(where); err == nil {
		return u.Redacted()
	}
	return where
}

// netrc is the user and password that the file NETRC or ~/.netrc has for a host.
func netrc(host string) (user, password string) {
	name := os.Getenv("NETRC")
	if name == "" {
		home, _ := os.UserHomeDir()
		name = filepath.Join(home, ".netrc")
	}
	data, _ := os.ReadFile(name)
	words := strings.Fields(string(data))
	machine := ""
	for i := 0; i+1 < len(words); i += 2 {
		switch words[i] {
		case "machine":
			if machine == host && user != "" {
				return user, password
			}
			machine = words[i+1]
		case "login":
			if machine == host {
				user = words[i+1]
			}
		case "password":
			if machine == host {
				password = words[i+1]
			}
		case "default":
			return user, password
		}
	}
	return user, password
}

// open reads one URL; http, https or file.
func open(where string) (io.ReadCloser, error) {
	u, err := url.Parse(where)
	if err != nil {
		return nil, err
	}
	tracef("get %s", u.Redacted())
	if u.Scheme == "file" {
		f, err := os.Open(u.Path)
		if err != nil {
			return nil, fmt.Errorf("reading %s: %w", where, errors.Unwrap(err))
		}
		return f, nil
	}
	req, err := http.NewRequest("GET", where, nil)
	if err != nil {
		return nil, err
	}
	if user, password := netrc(u.Hostname()); user != "" && u.User == nil && u.Scheme == "https" {
		req.SetBasicAuth(user, password)
	}
	resp, err := client.Do(req)
	if err != nil {
		offline.Store(true)
		var ue *url.Error
		if errors.As(err, &ue) {
			ue.URL = redacted(ue.URL)
		}
		return nil, err
	}
	tracef("get %s: %s", u.Redacted(), resp.Status)
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	err = fmt.Errorf("reading %s: %s%s", u.Redacted(), resp.Status, serverSays(resp))
	if resp.StatusCode == http.StatusNotFound || resp.StatusCode == http.StatusGone {
		err = missing{err}
	}
	return nil, err
}

// serverSays is the text of an answer that is not the file, if it is text and short enough to be meant for people.
func serverSays(resp *http.Response) string {
	if t := resp.Header.Get("Content-Type"); !strings.HasPrefix(t, "text/plain") {
		return ""
	}
	data, _ := io.ReadAll(io.LimitReader(resp.Body, 8<<10))
	text := strings.TrimRight(string(data), "\n")
	switch lines := strings.Split(text, "\n"); {
	case text == "":
		return ""
	case len(lines) == 1:
		return "\n\tserver response: " + text
	default:
		return "\n\tserver response:\n\t" + strings.Join(lines[:min(len(lines), 8)], "\n\t")
	}
}

func readURL(where string) ([]byte, error) {
	r, err := open(where)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	data, err := io.ReadAll(io.LimitReader(r, 64<<20))
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", redacted(where), err)
	}
	return data, nil
}

// proxyURL is the address of a file of a module: "@latest", "@v/list", "@v/v1.0.0.mod".
func proxyURL(s source, modpath, file string) (string, error) {
	esc, err := module.EscapePath(modpath)
	if err != nil {
		return "", err
	}
	return s.url + "/" + strings.ReplaceAll(url.PathEscape(esc+"/"+file), "%2F", "/"), nil
}

// moduleFile reads a small file of a module from wherever GOPROXY says.
func moduleFile(modpath, file string) (data []byte, err error) {
	err = trySources(modpath, func(s source) error {
		if s.url == "direct" {
			data, err = directFile(modpath, file)
			return err
		}
		where, err := proxyURL(s, modpath, file)
		if err == nil {
			data, err = readURL(where)
		}
		return err
	})
	return data, err
}

// moduleZip copies the zip file of a module version to w.
func moduleZip(m module.Version, w *os.File) error {
	escver, err := module.EscapeVersion(m.Version)
	if err != nil {
		return err
	}
	return trySources(m.Path, func(s source) error {
		if _, err := w.Seek(0, io.SeekStart); err != nil {
			return err
		}
		if err := w.Truncate(0); err != nil {
			return err
		}
		if s.url == "direct" {
			data, err := directFile(m.Path, "@v/"+escver+".zip")
			if err == nil {
				_, err = io.Copy(w, bytes.NewReader(data))
			}
			return err
		}
		where, err := proxyURL(s, m.Path, "@v/"+escver+".zip")
		if err != nil {
			return err
		}
		r, err := open(where)
		if err != nil {
			return err
		}
		defer r.Close()
		if _, err := io.Copy(w, r); err != nil {
			return fmt.Errorf("reading %s: %w", redacted(where), err)
		}
		return nil
	})
}
