#!/usr/bin/env python3
"""cmpgc.py - compares the type checker's messages with those of the real gc.

usage: GOROOT=... cmpgc.py GOCHECK LIST IMPORTCFG CACHEDIR [filter]

Takes every errorcheck file of GOROOT/test and every single-file test of
GOROOT/src/internal/types/testdata, runs `go tool compile -e` (cached in
CACHEDIR) and gocheck on it, and counts files where acceptance, the set of
lines, and the exact messages with columns agree. Differences go to
CACHEDIR/diff.txt.
"""
import os, re, subprocess, sys, collections, json

goroot = os.environ["GOROOT"]
gocheck, lst, importcfg, cache = sys.argv[1:5]
flt = sys.argv[5] if len(sys.argv) > 5 else ""
os.makedirs(cache, exist_ok=True)

def tests():
    for root in (goroot + "/test", goroot + "/src/internal/types/testdata"):
        for d, dirs, files in os.walk(root + "/"):
            dirs[:] = sorted(x for x in dirs if not x.endswith(".dir"))
            for f in sorted(files):
                p = os.path.join(d, f).replace("//", "/")
                if not f.endswith(".go") or flt not in p:
                    continue
                text = open(p, encoding="utf-8", errors="replace").read()
                first = text.split("\n", 1)[0]
                lang = "go1.23"
                if root.endswith("/test"):
                    m = re.search(r"^// (errorcheck|compile|run)\b(.*)$", text, re.M)
                    if not m:
                        continue
                    flags = m.group(2)
                    if m.group(1) in ("compile", "run") and not os.environ.get("ALL"):
                        continue
                    if re.search(r"-(m|live|d=|race|\+|std)", flags) or "-0 -m" in flags:
                        continue
                    if re.search(r"^//go:build .*(!amd64|cgo|386|arm|s390|wasm|ignore)", text, re.M):
                        continue
                else:
                    flags = first[2:] if first.startswith("// -") else ""
                m = re.search(r"-lang=(go1\.\d+)", flags)
                if m:
                    lang = m.group(1)
                if "goexperiment" in flags.lower() or "gotypesalias" in flags.lower():
                    continue
                yield p, lang

def norm(out):
    """Output lines as messages: (line, col, text), continuation lines joined."""
    msgs = []
    for line in out.splitlines():
        m = re.match(r"^(.*?\.go):(\d+):(?:(\d+):)? (.*)$", line)
        if m and not line.startswith("\t"):
            msgs.append([int(m.group(2)), int(m.group(3) or 0), m.group(4)])
        elif msgs and line.startswith("\t"):
            # positions inside messages without directories
            msgs[-1][2] += "\n" + re.sub(r"(\S*/)?([^/\s]+\.go:\d+:\d+)", r"\2", line)
    return [(a, b, re.sub(r"(\S*/)?([^/\s]+\.go:\d+:\d+)", r"\2", c)) for a, b, c in msgs]

def gc(p, lang):
    key = os.path.join(cache, re.sub(r"\W", "_", p[len(goroot):]) + ".json")
    if os.path.exists(key):
        return json.load(open(key))
    r = subprocess.run([goroot + "/bin/go", "tool", "compile", "-e", "-p=main", "-complete", "-lang=" + lang,
                        "-importcfg=" + importcfg, "-o", os.path.join(cache, "out.o"), p], capture_output=True, text=True, errors="replace")
    res = {"rc": r.returncode, "out": r.stdout + r.stderr}
    json.dump(res, open(key, "w"))
    return res

todo = collections.defaultdict(list)
for p, lang in tests():
    todo[lang].append(p)

accept = lines = exact = total = crashes = 0
nmsgs = same = 0
missing, extra = collections.Counter(), collections.Counter()
diff = open(os.path.join(cache, "diff.txt"), "w")
for lang, files in sorted(todo.items()):
    for i in range(0, len(files), 400):
        part = files[i:i + 400]
        r = subprocess.run([gocheck, "-list=" + lst, "-lang=" + lang, "-preload=fmt,os,strings,unsafe,math,time,reflect,net/http,io,sort,errors", "-files"] + part,
                           capture_output=True, text=True, errors="replace")
        outs = {}
        cur = None
        for line in r.stdout.split("\n"):
            if line.startswith("== "):
                cur = line[3:]
                outs[cur] = []
            elif cur is not None:
                outs[cur].append(line)
        for p in part:
            g = gc(p, lang)
            mine = outs.get(p, ["CRASH"])
            total += 1
            if any(l.startswith("CRASH") for l in mine):
                crashes += 1
                diff.write("## %s CRASH\n%s\n" % (p, "\n".join(mine[:5])))
                continue
            gm, mm = norm(g["out"]), norm("\n".join(mine))
            gs, ms = set(gm), set(mm)
            ok = bool(gm) == bool(mm)
            accept += ok
            lok = {a for a, b, c in gm} == {a for a, b, c in mm}
            lines += lok
            exact += gs == ms
            nmsgs += len(gs)
            same += len(gs & ms)
            if gs != ms:
                diff.write("## %s (%s)%s\n" % (p, lang, "" if ok else " ACCEPT/REJECT"))
                for x in sorted(gs - ms):
                    diff.write("  gc   %d:%d %s\n" % x)
                    missing[re.sub(r"\b\w*\d\w*\b", "N", x[2])[:70]] += 1
                for x in sorted(ms - gs):
                    diff.write("  mine %d:%d %s\n" % x)
                    extra[re.sub(r"\b\w*\d\w*\b", "N", x[2])[:70]] += 1
print("files %d: accept/reject agrees %d, lines agree %d, exact %d, crashes %d; messages %d of %d exact" % (total, accept, lines, exact, crashes, same, nmsgs))
