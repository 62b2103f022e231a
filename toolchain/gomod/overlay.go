// -overlay of the build that fetches: files of main modules may be replaced, added or hidden.

package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// overlay has the file with the content of each path, "" if there is to be none; paths are absolute. The go command has checked the text.
var overlay map[string]string

func loadOverlay(name string) {
	data, err := os.ReadFile(name)
	if err != nil {
		fatalf("reading overlay file: %v", err)
	}
	var text struct{ Replace map[string]string }
	if err := json.Unmarshal(data, &text); err != nil {
		fatalf("parsing overlay JSON: %v", err)
	}
	overlay = map[string]string{}
	for from, to := range text.Replace {
		from, _ = filepath.Abs(from)
		if to != "" {
			to, _ = filepath.Abs(to)
		}
		overlay[from] = to
	}
}

func isOverlaid(name string) bool {
	abs, _ := filepath.Abs(name)
	_, ok := overlay[abs]
	return ok
}

// sourceFile is where the content of a file is.
func sourceFile(name string) (string, error) {
	if len(overlay) > 0 {
		abs, _ := filepath.Abs(name)
		if to, ok := overlay[abs]; ok {
			if to == "" {
				return "", &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
			}
			return to, nil
		}
	}
	return name, nil
}

func readSource(name string) ([]byte, error) {
	file, err := sourceFile(name)
	if err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

func isFile(name string) bool {
	file, err := sourceFile(name)
	if err != nil {
		return false
	}
	st, err := os.Stat(file)
	return err == nil && st.Mode().IsRegular()
}

// goFiles are the names of a folder's Go files, sorted.
func goFiles(dir string) (list []string, err error) {
	entries, err := os.ReadDir(dir)
	for _, e := range entries {
		list = append(list, e.Name())
	}
	for from := range overlay {
		if filepath.Dir(from) == dir {
			list = append(list, filepath.Base(from))
			err = nil
		}
	}
	slices.Sort(list)
	return slices.DeleteFunc(slices.Compact(list), func(name string) bool {
		return !strings.HasSuffix(name, ".go") || !isFile(filepath.Join(dir, name))
	}), err
}

// addedDirs are folders below dir, dir among them, that the overlay has files in.
func addedDirs(dir string) (list []string) {
	for from, to := range overlay {
		if d := filepath.Dir(from); to != "" && (d == dir || strings.HasPrefix(d, dir+"/")) {
			list = append(list, d)
		}
	}
	slices.Sort(list)
	return slices.Compact(list)
}
