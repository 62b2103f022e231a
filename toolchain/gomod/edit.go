// go mod edit and go work edit: changes to the lines of a file, without a look at anything else.

package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
)

// editable is what go.mod and go.work have in common.
type editable interface {
	AddGoStmt(version string) error
	DropGoStmt()
	AddToolchainStmt(name string) error
	DropToolchainStmt()
	AddGodebug(key, value string) error
	DropGodebug(key string) error
	AddReplace(oldPath, oldVers, newPath, newVers string) error
	DropReplace(oldPath, oldVers string) error
	Cleanup()
	SortBlocks()
}

var edits struct {
	fmt, print bool
	list       []func(editable) // in the order of the command line
}

// edited is a flag that may be given many times, each of them a change.
func edited(f *flag.FlagSet, name string, apply func(e editable, arg string) error) {
	f.Func(name, "", func(arg string) error {
		edits.list = append(edits.list, func(e editable) {
			if err := apply(e, arg); err != nil {
				fatalf("%v", err)
			}
		})
		return nil
	})
}

// onMod and onWork are changes that only one kind of file can take.
func onMod(apply func(f *modfile.File, arg string) error) func(editable, string) error {
	return func(e editable, arg string) error {
		if f, ok := e.(*modfile.File); ok {
			return apply(f, arg)
		}
		return errors.New("this flag is for go.mod")
	}
}

func onWork(apply func(f *modfile.WorkFile, arg string) error) func(editable, string) error {
	return func(e editable, arg string) error {
		if f, ok := e.(*modfile.WorkFile); ok {
			return apply(f, arg)
		}
		return errors.New("this flag is for go.work")
	}
}

// pathVersion splits path@version.
func pathVersion(name, arg string) (path, v string, err error) {
	path, v, ok := strings.Cut(arg, "@")
	if !ok {
		return "", "", fmt.Errorf("-%s=%s: need path@version", name, arg)
	}
	path, v = strings.TrimSpace(path), strings.TrimSpace(v)
	if err := module.CheckImportPath(path); err != nil {
		return "", "", fmt.Errorf("-%s=%s: invalid path: %v", name, arg, err)
	}
	if v == "" || strings.ContainsAny(v, " \t\n\"'`") {
		return "", "", fmt.Errorf("-%s=%s: invalid version %q", name, arg, v)
	}
	return path, v, nil
}

// maybeVersion splits path[@version].
func maybeVersion(name, what, arg string, dirs bool) (path, v string, err error) {
	path, v, _ = strings.Cut(arg, "@")
	if !dirs || !modfile.IsDirectoryPath(path) {
		if err := module.CheckImportPath(path); err != nil {
			return "", "", fmt.Errorf("-%s=%s: invalid %s path: %v", name, arg, what, err)
		}
	}
	return path, v, nil
}

func editFlags(f *flag.FlagSet) {
	f.BoolVar(&edits.fmt, "fmt", false, "")
	f.BoolVar(&edits.print, "print", false, "")
	f.BoolVar(&cfg.json, "json", false, "")
	edited(f, "module", onMod(func(m *modfile.File, arg string) error {
		if err := module.CheckImportPath(arg); err != nil {
			return fmt.Errorf("invalid -module: %v", err)
		}
		return m.AddModuleStmt(arg)
	}))
	edited(f, "go", func(e editable, arg string) error {
		if arg == "none" {
			e.DropGoStmt()
			return nil
		}
		if !modfile.GoVersionRE.MatchString(arg) {
			return fmt.Errorf(`mod: invalid -go option; expecting something like "-go %s"`, goVersion)
		}
		return e.AddGoStmt(arg)
	})
	edited(f, "toolchain", func(e editable, arg string) error {
		if arg == "none" {
			e.DropToolchainStmt()
			return nil
		}
		if !modfile.ToolchainRE.MatchString(arg) {
			return fmt.Errorf(`mod: invalid -toolchain option; expecting something like "-toolchain go%s"`, goVersion)
		}
		return e.AddToolchainStmt(arg)
	})
	edited(f, "godebug", func(e editable, arg string) error {
		key, value, ok := strings.Cut(arg, "=")
		if !ok || strings.ContainsAny(arg, "\"`',") {
			return fmt.Errorf("-godebug=%s: need key=value", arg)
		}
		return e.AddGodebug(key, value)
	})
	edited(f, "dropgodebug", func(e editable, arg string) error { return e.DropGodebug(arg) })
	edited(f, "require", onMod(func(m *modfile.File, arg string) error {
		path, v, err := pathVersion("require", arg)
		if err != nil {
			return err
		}
		return m.AddRequire(path, v)
	}))
	edited(f, "droprequire", onMod(func(m *modfile.File, arg string) error {
		path, _, err := maybeVersion("droprequire", "module", arg, false)
		if err != nil {
			return err
		}
		return m.DropRequire(path)
	}))
	edited(f, "exclude", onMod(func(m *modfile.File, arg string) error {
		path, v, err := pathVersion("exclude", arg)
		if err != nil {
			return err
		}
		return m.AddExclude(path, v)
	}))
	edited(f, "dropexclude", onMod(func(m *modfile.File, arg string) error {
		path, v, err := pathVersion("dropexclude", arg)
		if err != nil {
			return err
		}
		return m.DropExclude(path, v)
	}))
	edited(f, "replace", func(e editable, arg string) error {
		old, new, ok := strings.Cut(arg, "=")
		if !ok {
			return fmt.Errorf("-replace=%s: need old[@v]=new[@w] (missing =)", arg)
		}
		if strings.HasPrefix(new, ">") {
			return fmt.Errorf("-replace=%s: separator between old and new is =, not =>", arg)
		}
		oldPath, oldV, err := maybeVersion("replace", "old", old, false)
		if err != nil {
			return err
		}
		newPath, newV, err := maybeVersion("replace", "new", new, true)
		if err != nil {
			return err
		}
		if newV == "" && !modfile.IsDirectoryPath(newPath) {
			return fmt.Errorf("-replace=%s: unversioned new path must be local directory", arg)
		}
		return e.AddReplace(oldPath, oldV, newPath, newV)
	})
	edited(f, "dropreplace", func(e editable, arg string) error {
		path, v, err := maybeVersion("dropreplace", "old", arg, true)
		if err != nil {
			return err
		}
		return e.DropReplace(path, v)
	})
	edited(f, "retract", onMod(func(m *modfile.File, arg string) error {
		vi, err := interval("retract", arg)
		if err != nil {
			return err
		}
		return m.AddRetract(vi, "")
	}))
	edited(f, "dropretract", onMod(func(m *modfile.File, arg string) error {
		vi, err := interval("dropretract", arg)
		if err != nil {
			return err
		}
		return m.DropRetract(vi)
	}))
	edited(f, "use", onWork(func(w *modfile.WorkFile, arg string) error { return w.AddUse(folder(arg), "") }))
	edited(f, "dropuse", onWork(func(w *modfile.WorkFile, arg string) error { return w.DropUse(folder(arg)) }))
}

// folder is a path that cannot be taken for an import path.
func folder(path string) string {
	if modfile.IsDirectoryPath(path) {
		return path
	}
	return "./" + filepath.ToSlash(filepath.Clean(path))
}

// interval is "v1.0.0" or "[v1.0.0,v1.2.0]".
func interval(name, arg string) (modfile.VersionInterval, error) {
	s, ok := strings.CutPrefix(arg, "[")
	if !ok {
		return modfile.VersionInterval{Low: arg, High: arg}, nil
	}
	s, ok = strings.CutSuffix(s, "]")
	low, high, comma := strings.Cut(s, ",")
	if !ok || !comma {
		return modfile.VersionInterval{}, fmt.Errorf("-%s=%s: need version or [low,high]", name, arg)
	}
	return modfile.VersionInterval{Low: strings.TrimSpace(low), High: strings.TrimSpace(high)}, nil
}

func cmdEdit(args []string)     { edit(args, false) }
func cmdWorkEdit(args []string) { edit(args, true) }

func edit(args []string, isWork bool) {
	name, what := cfg.gomod, "mod"
	if isWork {
		name, what = cfg.gowork, "work"
	}
	if len(args) > 1 {
		fatalf("go %s edit: too many arguments", what)
	}
	if !edits.fmt && !edits.print && !cfg.json && len(edits.list) == 0 {
		fatalf("no flags specified (see 'go help %s edit').", what)
	}
	if cfg.json && edits.print {
		fatalf("go mod edit: cannot use both -json and -print")
	}
	switch {
	case len(args) == 1:
		name = args[0]
	case name == "" && isWork:
		fatalf("no go.work file found\n\t(run 'go work init' first or specify path using GOWORK environment variable)")
	case name == "":
		fatalf("go.mod file not found in current directory or any parent directory; see 'go help modules'")
	}
	data, err := os.ReadFile(name)
	if err != nil {
		fatalf("%v", err)
	}
	var f editable
	var syntax *modfile.FileSyntax
	if isWork {
		w, e := modfile.ParseWork(name, data, nil)
		if err = e; err == nil {
			f, syntax = w, w.Syntax
		}
	} else {
		m, e := modfile.Parse(name, data, nil)
		if err = e; err == nil {
			f, syntax = m, m.Syntax
		}
	}
	if err != nil {
		fatalf("errors parsing %s:\n%v", shortPath(name), err)
	}
	for _, apply := range edits.list {
		apply(f)
	}
	f.SortBlocks()
	f.Cleanup()
	if cfg.json {
		editJSON(f)
		return
	}
	out := modfile.Format(syntax)
	if edits.print {
		os.Stdout.Write(out)
		return
	}
	if !isWork {
		defer sideLock()()
	}
	if now, err := os.ReadFile(name); err != nil || !bytes.Equal(now, data) {
		fatalf("%s changed during editing; not overwriting", shortPath(name))
	}
	if !bytes.Equal(out, data) {
		if err := rewriteFile(name, out); err != nil {
			fatalf("%v", err)
		}
	}
}

// The shapes of go help mod edit and go help work edit.
type jsonModule struct {
	Path       string
	Version    string `json:",omitempty"`
	Deprecated string `json:",omitempty"`
}
type jsonGodebug struct{ Key, Value string }
type jsonRequire struct {
	Path     string
	Version  string `json:",omitempty"`
	Indirect bool   `json:",omitempty"`
}
type jsonReplace struct{ Old, New jsonModule }
type jsonRetract struct {
	Low       string `json:",omitempty"`
	High      string `json:",omitempty"`
	Rationale string `json:",omitempty"`
}
type jsonUse struct {
	DiskPath   string
	ModulePath string `json:",omitempty"`
}

func editJSON(f editable) {
	godebugs := func(list []*modfile.Godebug) (out []jsonGodebug) {
		for _, g := range list {
			out = append(out, jsonGodebug{g.Key, g.Value})
		}
		return out
	}
	replaced := func(list []*modfile.Replace) (out []jsonReplace) {
		for _, r := range list {
			out = append(out, jsonReplace{jsonModule{Path: r.Old.Path, Version: r.Old.Version}, jsonModule{Path: r.New.Path, Version: r.New.Version}})
		}
		return out
	}
	switch f := f.(type) {
	case *modfile.File:
		out := struct {
			Module    jsonModule
			Go        string        `json:",omitempty"`
			Toolchain string        `json:",omitempty"`
			GoDebug   []jsonGodebug `json:",omitempty"`
			Require   []jsonRequire
			Exclude   []jsonModule
			Replace   []jsonReplace
			Retract   []jsonRetract
		}{GoDebug: godebugs(f.Godebug), Replace: replaced(f.Replace)}
		if f.Module != nil {
			out.Module = jsonModule{Path: f.Module.Mod.Path, Deprecated: f.Module.Deprecated}
		}
		if f.Go != nil {
			out.Go = f.Go.Version
		}
		if f.Toolchain != nil {
			out.Toolchain = f.Toolchain.Name
		}
		for _, r := range f.Require {
			out.Require = append(out.Require, jsonRequire{r.Mod.Path, r.Mod.Version, r.Indirect})
		}
		for _, x := range f.Exclude {
			out.Exclude = append(out.Exclude, jsonModule{Path: x.Mod.Path, Version: x.Mod.Version})
		}
		for _, r := range f.Retract {
			out.Retract = append(out.Retract, jsonRetract{r.Low, r.High, r.Rationale})
		}
		printJSON(out)
	case *modfile.WorkFile:
		out := struct {
			Go        string        `json:",omitempty"`
			Toolchain string        `json:",omitempty"`
			GoDebug   []jsonGodebug `json:",omitempty"`
			Use       []jsonUse
			Replace   []jsonReplace
		}{GoDebug: godebugs(f.Godebug), Replace: replaced(f.Replace)}
		if f.Go != nil {
			out.Go = f.Go.Version
		}
		if f.Toolchain != nil {
			out.Toolchain = f.Toolchain.Name
		}
		for _, u := range f.Use {
			out.Use = append(out.Use, jsonUse{filepath.ToSlash(u.Path), u.ModulePath})
		}
		printJSON(out)
	}
}
