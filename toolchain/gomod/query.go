// Queries: from @latest, @v1.2, @master and the like to a version, and from an import path to a module.

package main

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
)

// allowed tells why a version must not be chosen; nil: it may.
func allowed(m module.Version) error {
	if excludes[m] {
		return errors.New("excluded by go.mod")
	}
	return retraction(m)
}

// A retracted version is one that a later version of the module takes back.
type retracted struct{ rationale []string }

func (r retracted) Error() string {
	if len(r.rationale) == 0 || r.rationale[0] == "" {
		return "retracted by module author"
	}
	return "retracted by module author: " + strings.Join(r.rationale, "; ")
}

// latestSummary is the go.mod of the latest version: it says what is retracted or deprecated.
func latestSummary(path string) (*summary, error) {
	list, err := versions(path)
	if err != nil {
		return nil, err
	}
	v := ""
	if len(list) > 0 {
		v = pickLatest(path, list, func(module.Version) error { return nil })
	} else {
		info, err := latestInfo(path)
		if err != nil {
			return nil, err
		}
		v = info.Version
	}
	return summarize(module.Version{Path: path, Version: v})
}

func retraction(m module.Version) error {
	if _, ok := replacement(m); ok || m.Version == "" {
		return nil
	}
	s, err := latestSummary(m.Path)
	if err != nil {
		return nil // unknown is not retracted
	}
	var why []string
	hit := false
	for i, r := range s.retract {
		if semver.Compare(r.Low, m.Version) <= 0 && semver.Compare(m.Version, r.High) <= 0 {
			hit = true
			if s.rationale[i] != "" {
				why = append(why, s.rationale[i])
			}
		}
	}
	if hit {
		return retracted{why}
	}
	return nil
}

// pickLatest is the highest release of an ordered list that is allowed, or else the highest pre-release.
func pickLatest(path string, list []string, ok func(module.Version) error) string {
	for _, pre := range []bool{false, true} {
		for i := len(list) - 1; i >= 0; i-- {
			v := list[i]
			if (semver.Prerelease(v) != "") == pre && ok(module.Version{Path: path, Version: v}) == nil {
				// v2+incompatible is only the latest if no version of the path itself has a go.mod
				if strings.HasSuffix(v, "+incompatible") && hasCompatible(path, list[:i]) {
					continue
				}
				return v
			}
		}
	}
	return ""
}

func hasCompatible(path string, list []string) bool {
	for i := len(list) - 1; i >= 0; i-- {
		if !strings.HasSuffix(list[i], "+incompatible") {
			data, err := goMod(module.Version{Path: path, Version: list[i]})
			return err == nil && strings.Contains(string(data), "\n") && !isSynthetic(path, data)
		}
	}
	return false
}

// isSynthetic tells whether a go.mod is the one that proxies make up for a module without.
func isSynthetic(path string, data []byte) bool {
	return strings.TrimSpace(string(data)) == "module "+path || strings.TrimSpace(string(data)) == "module "+fmt.Sprintf("%q", path)
}

// query answers path@q. current is the version in use, for upgrade and patch; ok may be nil: anything is allowed.
func query(modpath, q, current string, ok func(module.Version) error) (*versionInfo, error) {
	if ok == nil {
		ok = func(module.Version) error { return nil }
	}
	m := module.Version{Path: modpath, Version: q}
	if v := module.CanonicalVersion(q); v == q && semver.IsValid(q) {
		if err := module.CheckPathMajor(q, pathMajor(modpath)); err != nil {
			return nil, versionError(m, err)
		}
		info, err := stat(modpath, q)
		if err != nil {
			return nil, err
		}
		if excludes[m] {
			return nil, versionError(m, errors.New("excluded by go.mod"))
		}
		return info, nil
	}
	op, prefix := "", q
	switch {
	case q == "latest" || q == "upgrade":
	case q == "patch":
		if current == "" {
			return nil, versionError(m, errors.New("can't query version \"patch\" of module "+modpath+": no existing version is required"))
		}
	case strings.HasPrefix(q, "<=") || strings.HasPrefix(q, ">="):
		op, prefix = q[:2], q[2:]
	case strings.HasPrefix(q, "<") || strings.HasPrefix(q, ">"):
		op, prefix = q[:1], q[1:]
	case semver.IsValid(q) && semver.Prerelease(q) == "" && semver.Build(q) == "" && strings.Count(q, ".") < 2:
		op = "prefix"
	default:
		info, err := stat(modpath, q)
		if err != nil {
			return nil, err
		}
		return info, nil
	}
	if op != "" && !semver.IsValid(prefix) {
		return nil, versionError(m, fmt.Errorf("invalid semantic version %q in range %q", prefix, q))
	}
	list, err := versions(modpath)
	if err != nil {
		return nil, err
	}
	var fit []string
	for _, v := range list {
		if matches(v, q, op, prefix, current) {
			fit = append(fit, v)
		}
	}
	v := ""
	switch op {
	case ">", ">=":
		for _, f := range fit { // the lowest, releases first
			if ok(module.Version{Path: modpath, Version: f}) == nil && (v == "" || semver.Prerelease(v) != "" && semver.Prerelease(f) == "") {
				v = f
			}
		}
	default:
		v = pickLatest(modpath, fit, ok)
	}
	if (q == "upgrade" || q == "patch") && current != "" && semver.Compare(v, current) < 0 {
		return stat(modpath, current)
	}
	if v != "" {
		return stat(modpath, v)
	}
	if q == "latest" || q == "upgrade" {
		info, err := latestInfo(modpath)
		if err != nil {
			return nil, err
		}
		if q == "upgrade" && current != "" && semver.Compare(info.Version, current) < 0 {
			return stat(modpath, current)
		}
		return info, nil
	}
	if q == "patch" {
		return stat(modpath, current)
	}
	return nil, versionError(m, fmt.Errorf("no matching versions for query %q", q))
}

func matches(v, q, op, prefix, current string) bool {
	c := semver.Compare(v, prefix)
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "prefix":
		return v == prefix || strings.HasPrefix(v, prefix+".")
	}
	if q == "patch" {
		return semver.MajorMinor(v) == semver.MajorMinor(current)
	}
	return true
}

// prefixes are the paths of modules that may hold a package, longest first.
func prefixes(pkgpath string) []string {
	var list []string
	for p := pkgpath; p != "." && p != "/"; p = path.Dir(p) {
		if _, _, ok := module.SplitPathVersion(p); ok && module.CheckPath(p) == nil {
			list = append(list, p)
		}
	}
	return list
}

// A found is a module version that may hold a package.
type found struct {
	m   module.Version
	err error
}

// queryPackage looks for the module with the longest path that has, at the version of the query, the package.
func queryPackage(pkgpath, q string, current func(string) string, ok func(module.Version) error) (module.Version, error) {
	list := prefixes(pkgpath)
	if len(list) == 0 {
		return module.Version{}, module.CheckPath(pkgpath)
	}
	res := make([]found, len(list))
	parallel(len(list), func(i int) {
		info, err := query(list[i], q, current(list[i]), ok)
		if err != nil {
			res[i].err = err
			return
		}
		res[i].m = module.Version{Path: list[i], Version: info.Version}
	})
	// a module without the package says more than an error, and that more than that a module does not exist
	var first error
	for _, r := range res {
		if r.err != nil {
			if !notExist(r.err) && first == nil {
				first = r.err
			}
			continue
		}
		root, err := treeOf(r.m)
		if err != nil {
			return r.m, err
		}
		if _, ok := dirIn(root, r.m.Path, pkgpath); ok {
			return r.m, nil
		}
		if first == nil {
			what := "module " + r.m.Path + "@" + q + " found"
			if q != r.m.Version {
				what += " (" + r.m.Version + ")"
			}
			first = noPackage{r.m, what + ", but does not contain package " + pkgpath}
		}
	}
	if first == nil {
		first = res[0].err
	}
	return module.Version{}, first
}

// noPackage is that a module exists, and has no such package.
type noPackage struct {
	m    module.Version
	text string
}

func (e noPackage) Error() string { return e.text }

// quietSearch: go get, which reports in the end what it added.
var quietSearch bool

// queryImport finds a module for a package that no module of the build list has.
func queryImport(pkgpath string, current func(string) string) (module.Version, error) {
	// what is replaced is preferred: somebody wants it to be used
	for _, p := range prefixes(pkgpath) {
		best := ""
		hit := false
		for r := range replaces {
			if r.Path != p {
				continue
			}
			hit = true
			if semver.Compare(r.Version, best) > 0 {
				best = r.Version
			}
		}
		if !hit {
			continue
		}
		if best == "" { // a replacement of all versions
			best = "v0.0.0-00010101000000-000000000000"
			if pm := module.PathMajorPrefix(pathMajor(p)); pm != "" && pm != "v1" && pm != "v0" {
				best = pm + ".0.0-00010101000000-000000000000"
			}
		}
		m := module.Version{Path: p, Version: best}
		if root, err := treeOf(m); err == nil {
			if _, ok := dirIn(root, p, pkgpath); ok {
				return m, nil
			}
		}
	}
	if !quietSearch {
		logf("finding module for package %s", pkgpath)
	}
	m, err := queryPackage(pkgpath, "latest", func(string) string { return "" }, allowed)
	if err != nil {
		return m, fmt.Errorf("cannot find module providing package %s: %w", pkgpath, err)
	}
	if cur := current(m.Path); cur != "" && semver.Compare(m.Version, cur) <= 0 {
		return m, fmt.Errorf("module %s@%s found (%s), but does not contain package %s", m.Path, "latest", m.Version, pkgpath)
	}
	return m, nil
}
