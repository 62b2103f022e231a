// asmcmp - compares the bytes of two Plan 9 assemblers.
//
// usage: asmcmp [-refused FILE] [-noframe] [-skip REGEXP] [-literals] REFERENCE OURS FLAGS... -- FILE.s...
//
// Both list each file (-S); what a line of source comes to must be the same bytes. Not compared: the lines of TEXT, which
// stand for prologues; and with -noframe, for CPUs whose frames are laid out differently, the lines of functions with a frame that
// mention FP, SP or RET or jump.
// Nor are statements that match -skip; and with -literals, for arm64, where constants behind the code stand: what is loaded from there, and
// what follows the last instruction.
// A line that an assembler refuses is left out of the next try; of those that only ours refuses, the statements must be those in -refused.
package main

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
)

var (
	refusedFile = flag.String("refused", "", "statements that ours may refuse, one a line")
	noframe     = flag.Bool("noframe", false, "frames are laid out differently")
	skip        = flag.String("skip", "^$", "statements that are not compared")
	literals    = flag.Bool("literals", false, "constants stand behind the code")

	startRE = regexp.MustCompile(`^(\S+) STEXT.* size=(\d+)`)
	insnRE  = regexp.MustCompile(`^\t0x[0-9a-f]+ (\d+) \((.*):(\d+)\)\t(\S+)`)
	dumpRE  = regexp.MustCompile(`^\t0x([0-9a-f]+) ((?:[0-9a-f]{2} )+)`)
	errorRE = regexp.MustCompile(`(?m)(\S+\.s):(\d+)[:)]`)
	frameRE = regexp.MustCompile(`\((FP|SP)\)|^\s*(RET|CALL|BL|B|JMP|J[A-Z]+|B[A-Z]+|CB[A-Z]+|TB[A-Z]+)\b`)
)

type function struct {
	name  string
	frame bool
	lines map[int][]byte
}

// The functions of a listing of file, in order.
func parse(listing, file string) []*function {
	type insn struct{ pc, line int }
	var funcs []*function
	var f *function
	var code []byte
	var insns []insn
	flush := func() {
		if f == nil {
			return
		}
		for i, in := range insns {
			end := len(code)
			if i+1 < len(insns) {
				end = insns[i+1].pc
			}
			if in.line > 0 && in.pc <= end && end <= len(code) {
				f.lines[in.line] = append(f.lines[in.line], code[in.pc:end]...)
			}
		}
	}
	text := 0
	for _, l := range strings.Split(listing, "\n") {
		if m := startRE.FindStringSubmatch(l); m != nil {
			flush()
			n, _ := strconv.Atoi(m[2])
			f = &function{name: strings.TrimSuffix(m[1], "<>"), lines: map[int][]byte{}}
			f.frame = !strings.Contains(l, " locals=0x0")
			code, insns, text = make([]byte, n), nil, 0
			funcs = append(funcs, f)
		} else if m := insnRE.FindStringSubmatch(l); m != nil && f != nil {
			pc, _ := strconv.Atoi(m[1])
			line, _ := strconv.Atoi(m[3])
			if m[4] == "PCALIGN" { // upstream's has no line for it
				continue
			}
			if m[4] == "TEXT" && text == 0 {
				text = line
			}
			if line == text || m[4] == "FUNCDATA" || m[4] == "PCDATA" || filepath.Base(m[2]) != filepath.Base(file) {
				line = 0
			}
			insns = append(insns, insn{pc, line})
		} else if m := dumpRE.FindStringSubmatch(l); m != nil && f != nil {
			off, _ := strconv.ParseInt(m[1], 16, 32)
			b, _ := hex.DecodeString(strings.ReplaceAll(m[2], " ", ""))
			if int(off) < len(code) {
				copy(code[off:], b)
			}
		} else if l != "" && l[0] != '\t' { // data
			flush()
			f = nil
		}
	}
	flush()
	return funcs
}

// Lists the source; the lines it refuses are made empty in a copy.
func assemble(tool string, flags []string, file string, src []string) (string, map[int]bool) {
	refused := map[int]bool{}
	work, err := os.MkdirTemp("", "asmcmp")
	if err != nil {
		fail("%v", err)
	}
	defer os.RemoveAll(work)
	copied := filepath.Join(work, filepath.Base(file))
	for try := 0; try < 8; try++ {
		lines := append([]string(nil), src...)
		for n := range refused {
			lines[n-1] = ""
		}
		os.WriteFile(copied, []byte(strings.Join(lines, "\n")), 0o666)
		args := append(append([]string{}, flags...), "-I", filepath.Dir(file), "-e", "-S", "-o", filepath.Join(work, "o"), copied)
		cmd := exec.Command(tool, args...)
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if cmd.Run() == nil {
			return out.String(), refused
		}
		n := len(refused)
		for _, m := range errorRE.FindAllStringSubmatch(errs.String()+"\n"+firstErrors(out.String()), -1) {
			if line, _ := strconv.Atoi(m[2]); filepath.Base(m[1]) == filepath.Base(file) && line <= len(src) {
				refused[line] = true
			}
		}
		if len(refused) == n {
			return "", nil
		}
	}
	return "", nil
}

// The messages of an assembler that prints them to standard output.
func firstErrors(out string) string {
	var s []string
	for _, l := range strings.Split(out, "\n") {
		if !strings.HasPrefix(l, "\t") && !startRE.MatchString(l) {
			s = append(s, l)
		}
	}
	return strings.Join(s, "\n")
}

// Whether x, upstream's, and y are the same code.
func equal(x, y []byte) bool {
	if !*literals || len(y)%4 != 0 {
		return bytes.Equal(x, y)
	}
	for i := 0; i < len(y); i += 4 {
		a, b := binary.LittleEndian.Uint32(x[i:]), binary.LittleEndian.Uint32(y[i:])
		if a&0x3b000000 == 0x18000000 { // LDR literal
			a, b = a&^0x00ffffe0, b&^0x00ffffe0
		}
		if a != b {
			return false
		}
	}
	return true
}

func fail(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "asmcmp: "+format+"\n", args...)
	os.Exit(2)
}

func statement(s string) string {
	s, _, _ = strings.Cut(s, "//")
	return strings.Join(strings.Fields(s), " ")
}

func main() {
	flag.Parse()
	args := flag.Args()
	sep := 0
	for sep < len(args) && args[sep] != "--" {
		sep++
	}
	if sep < 2 || sep == len(args) {
		fail("usage: asmcmp REFERENCE OURS FLAGS... -- FILE.s...")
	}
	skipRE := regexp.MustCompile(*skip)
	ref, ours, flags := args[0], args[1], args[2:sep]
	ok := map[string]bool{}
	if *refusedFile != "" {
		b, err := os.ReadFile(*refusedFile)
		if err != nil {
			fail("%v", err)
		}
		for _, l := range strings.Split(string(b), "\n") {
			ok[statement(l)] = true
		}
	}
	nlines, nfiles, nbad, nskip := 0, 0, 0, 0
	bad := func(format string, args ...any) {
		if nbad++; nbad <= 30 {
			fmt.Printf(format+"\n", args...)
		}
	}
	for _, file := range args[sep+1:] {
		b, err := os.ReadFile(file)
		if err != nil {
			fail("%v", err)
		}
		src := strings.Split(string(b), "\n")
		want, theirs := assemble(ref, flags, file, src)
		if theirs == nil {
			nskip++
			continue
		}
		for n := range theirs {
			src[n-1] = ""
		}
		got, refused := assemble(ours, flags, file, src)
		if refused == nil {
			bad("%s: not assembled", file)
			continue
		}
		for n := range refused {
			if !ok[statement(src[n-1])] {
				bad("%s:%d: refused: %s", file, n, statement(src[n-1]))
			}
			src[n-1] = ""
		}
		if len(refused) > 0 {
			want, _ = assemble(ref, flags, file, src)
		}
		a, b2 := parse(want, file), parse(got, file)
		if len(a) != len(b2) {
			bad("%s: %d functions, not %d", file, len(b2), len(a))
			continue
		}
		nfiles++
		for i, f := range a {
			var lines []int
			for n := range f.lines {
				lines = append(lines, n)
			}
			sort.Ints(lines)
			for k, n := range lines {
				if *noframe && (f.frame || b2[i].frame) && frameRE.MatchString(src[n-1]) {
					continue
				}
				if skipRE.MatchString(statement(src[n-1])) {
					continue
				}
				nlines++
				x, y := f.lines[n], b2[i].lines[n]
				if k == len(lines)-1 && *literals && len(y) > 0 && len(y) < len(x) {
					x = x[:len(y)]
				}
				if len(x) != len(y) || !equal(x, y) {
					bad("%s:%d: %s: want %.32x, have %.32x", file, n, statement(src[n-1]), x, y)
				}
			}
		}
	}
	if nbad > 0 {
		fmt.Printf("%d differences\n", nbad)
		os.Exit(1)
	}
	if nfiles == 0 {
		fail("nothing was compared")
	}
	fmt.Printf("# the bytes of %d lines in %d files are upstream's (%d files are not for this target)\n", nlines, nfiles, nskip)
}
