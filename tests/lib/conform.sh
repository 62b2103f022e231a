# conform.sh - one conformance test: conform.sh own/FILE (tests/conform) or go/FILE (upstream's test folder).
#
# The file's first comment says what to do, in the words of upstream's test folder:
#
#   // run [args]      build and run; output must equal FILE.out if there is one
#   // runoutput       build and run, then build and run what it printed
#   // compile         must compile        // build    must link      // buildrun  both
#   // errorcheck      each line with ERROR "regexp" has a message, and each message matches one of its line's; must not compile
#                      unless -0 says so: then the messages are what the compiler reports of its work (-m ...)
#   // rundir          FILE.dir holds packages, one per file, compiled in the order of their names; main runs
#   // compiledir, errorcheckdir
#   // skip reason
#
# Flags of the compiler after the word are honoured; tests for flags that only gc has are skipped.
. "$TOP/tests/lib/test.sh"
need go compile
case $1 in
own/*)	file=$TOP/tests/conform/${1#own/} ;;
go/*)	[ -n "${SLIPWAY_GOTEST:-}" ] || skip "upstream's test folder is not unpacked (make src)"
	file=$SLIPWAY_GOTEST/${1#go/} ;;
esac
[ -f "$file" ] || die "no such file: $file"
dir=${file%.go}.dir
base=$(basename "$file")

# Upstream's own run expects these to fail: what gc says of them is not what they ask for.
case $1 in
go/shift1.go|go/fixedbugs/issue10700.go|go/fixedbugs/issue18331.go|go/fixedbugs/issue18419.go|go/fixedbugs/issue20233.go|\
go/fixedbugs/issue20245.go|go/fixedbugs/issue31053.go|go/fixedbugs/notinheap.go)
	skip "fails with gc too" ;;
esac

# The action is the first comment line that is not a build constraint or empty.
action=$(sed -n '/^\/\/go:build/d; /^\/\/ +build/d; /^$/d; s/^\/\/ *//p; q' "$file")
if [ -z "$action" ]; then
	action=$(grep -m1 -E '^// (run|errorcheck|compile|build|skip|cmpout)' "$file" | sed 's/^\/\/ *//')
fi
set -- $action
verb=${1:-}
[ $# -eq 0 ] || shift

if [ "$verb" != errorcheck ] && ! grep -qE '^package ' "$file" && [ ! -d "$dir" ]; then skip "no package clause"; fi
constraint=$(sed -n 's/^\/\/go:build //p' "$file" | head -n 1)
case $constraint in
''|linux|$GOARCH|cgo\ \&\&\ linux|gc|$GOARCH\ \&\&\ !gcflags_noopt|\($GOARCH\ \&\&\ !gcflags_noopt\)*|!gcflags_noopt*|!386*|!ignore|*\|\|*linux*|*\|\|*$GOARCH*|linux\ \|\|*|$GOARCH\ \|\|*|!js*|!nacl*|!windows*|!plan9*|!wasm*|goexperiment.rangefunc|go1.*|!android*|!goexperiment*|!aix*) ;;
*) skip "build constraint: $constraint" ;;
esac

# Flags before -- or up to the first word that is no flag are the compiler's.
gcflags=
nolimit=-e
single=no
compiles=no
while [ $# -gt 0 ]; do
	case $1 in
	-e=0) nolimit=; shift ;;
	-0) compiles=yes; shift ;;
	-1|-d=panic) shift ;;		# what they ask for is always so here
	-t) shift 2 ;;			# a time limit
	-m|-m=*|-live|-d=*|-d|-wb=*|-S|-l|-N|-race|-std|-+|-complete|-dynlink|-smallframes)
		case $verb in
		run|build|buildrun|compile|rundir)
			[ "$1" != -race ] && [ "$1" != -dynlink ] || skip "flag $1"
			[ "$1" != -d ] || shift
			shift ;;
		*) gcflags="$gcflags $1"; shift ;;
		esac ;;
	-s) single=yes; shift ;;
	-lang=*|-p=*) gcflags="$gcflags $1"; shift ;;
	-goexperiment) export GOEXPERIMENT="$2"; shift 2 ;;
	-gcflags=*|-ldflags=*|-gomodversion=*) skip "flag $1" ;;
	*) break ;;
	esac
done

# matches FILE MESSAGES: every ERROR "re" of FILE finds its line in MESSAGES, and no message stands at another line.
matches() {
	awk -v name="$(basename "$1")" '
		# want[line] holds regexps, separated by newlines; got[line] messages.
		FNR == NR {
			i = match($0, /\/\/ *(ERROR|GC_ERROR)(AUTO|NEXT)? /)
			if (i == 0 || /\/\/\/\//)	# a doubled comment is none
				next
			rest = substr($0, i)
			at = rest ~ /^\/\/ *(GC_)?ERRORNEXT/ ? FNR + 1 : FNR
			sub(/^[^"]*/, "", rest)
			while (match(rest, /^"[^"]*"/)) {	# what stands between the quotes is the regexp, as it is
				re = substr(rest, 2, RLENGTH - 2)
				following = substr(rest, RLENGTH + 1)
				gsub(/LINE\+[0-9]+|LINE-[0-9]+|LINE/, "[^ \t]*[0-9]+", re)
				while (match(re, /(\\.|[^\\])\{[0-9]\}/)) {	# not every awk knows x{3}
					atom = substr(re, RSTART, RLENGTH - 3)
					times = ""
					for (j = substr(re, RSTART + RLENGTH - 2, 1); j > 0; j--)
						times = times atom
					re = substr(re, 1, RSTART - 1) times substr(re, RSTART + RLENGTH)
				}
				gsub(/\\d/, "[0-9]", re); gsub(/\\s/, "[ \t]", re); gsub(/\\w/, "[A-Za-z0-9_]", re)
				gsub(/\(\?:/, "(", re); gsub(/\.\*\?/, ".*", re); gsub(/\\`/, "`", re)
				if (re ~ /^\||\|\||\|$/)
					re = ""		# an empty alternative
				want[at] = want[at] re "\n"
				rest = following
				sub(/^[^"]*/, "", rest)
			}
			next
		}
		/^\t/ { if (cur != "") got[cur] = got[cur] $0 "\n"; next }
		match($0, /^[^:]*\.go:[0-9]+/) {
			split($0, p, ":")
			n = split(p[1], q, "/")
			cur = ""	# of another file
			if (q[n] != name)
				next
			cur = p[2] + 0
			sub(/^[^ ]* /, "")	# regexps see the text without the position
			got[cur] = got[cur] $0 "\n"
			next
		}
		# stray: a message in text, with what continues it, matches none of the regexps.
		function stray(text, res,	i, j, n, k, part, w, msg) {
			n = split(text, part, "\n")
			k = split(res, w, "\n")
			for (i = 1; i < n; i++) {
				msg = part[i]
				while (i + 1 < n && part[i + 1] ~ /^\t/)
					msg = msg "\n" part[++i]
				for (j = 1; j < k && msg !~ w[j]; j++)
					;
				if (j == k)
					return msg
			}
			return ""
		}
		# any: some line of text, or all of it, matches re.
		function any(text, re,	i, n, part) {
			sub(/\n$/, "", text)
			n = split(text, part, "\n")
			for (i = 1; i <= n; i++)
				if (part[i] ~ re)
					return 1
			return text ~ re
		}
		END {
			for (l in want) {
				k = split(want[l], w, "\n")
				for (j = 1; j < k; j++)
					if (!(l in got)) {
						print name ":" l ": missing error \"" w[j] "\""; bad = 1
					} else if (!any(got[l], w[j])) {
						print name ":" l ": no match for \"" w[j] "\" in: " got[l]; bad = 1
					}
				if (l in got && (msg = stray(got[l], want[l])) != "") {
					print name ":" l ": unexpected: " msg; bad = 1
				}
			}
			for (l in got)
				if (!(l in want)) {
					print name ":" l ": unexpected: " got[l]; bad = 1
				}
			exit bad
		}' "$1" "$2"
}

compile=$(tool compile)
importcfg() {
	go list -export -f '{{if .Export}}packagefile {{.ImportPath}}={{.Export}}{{end}}' std > importcfg 2> list.err || {
		cat list.err
		die "go list -export std failed"
	}
}

# compile_dir: compiles each package of $dir, in the order of its first file: files with the same package clause are one
# package, unless -s was given. It is imported as "./first-file" or "./package". Sets last to the archive of the last
# one, status to 1 if any does not compile; messages go to err.FILE.
compile_dir() {
	importcfg
	cp importcfg linkcfg
	status=0
	for f in "$dir"/*.go; do
		n=$(basename "$f" .go)
		name=$(sed -n 's/^package \([A-Za-z0-9_]*\).*/\1/p' "$f" | head -n 1)
		[ "$single" = no ] || name=$n.$name
		printf '%s %s\n' "$name" "$f"
	done > files
	for name in $(awk '!seen[$1]++ { print $1 }' files); do
		list=$(awk -v n="$name" '$1 == n { print $2 }' files)
		n=$(basename "$(echo "$list" | head -n 1)" .go)
		p=test/$n
		[ "${name#*.}" != main ] || p=main
		"$compile" $gcflags -e -importcfg importcfg -p "$p" -o "$n.a" $list > "err.$n" 2>&1
		rc=$?
		[ $rc -le 2 ] || { cat "err.$n"; die "the compiler crashed on $n.go, exit code $rc"; }
		if [ $rc -ne 0 ]; then
			status=1
			cat "err.$n" >> err.all
		else
			echo "packagefile $p=$PWD/$n.a" | tee -a linkcfg >> importcfg
			printf 'importmap ./%s=%s\n' "$n" "$p" >> importcfg
			[ "$name" = "$n" ] || [ "$name" = main ] || [ "$single" = yes ] || printf 'importmap ./%s=%s\n' "$name" "$p" >> importcfg
		fi
		last=$n
	done
}

# run_in DIR PROGRAM ARGS...
run_in() {
	(cd "$1" && shift && target_run "$@")
}

run_and_compare() {
	"$@" > got.out 2>&1
	rc=$?
	[ $rc = 0 ] || { tail -n 40 got.out; die "exit code $rc"; }
	want=${file%.go}.out
	if [ -f "$want" ]; then
		same "$want" got.out
	fi
}

case $verb in
run|cmpout)
	cp "$file" .
	# Words that name Go files are further files of the program; the others are its arguments.
	more=
	while [ $# -gt 0 ] && [ "${1%.go}" != "$1" ]; do
		cp "$(dirname "$file")/$1" .
		more="$more $1"
		shift
	done
	ok go build -gcflags="$gcflags" -o prog "$base" $more
	# Upstream runs these in its test folder; some read files below it.
	case $file in
	"${SLIPWAY_GOTEST:-/nonexistent}"/*)	top=$SLIPWAY_GOTEST ;;
	*)	top=$(dirname "$file") ;;
	esac
	# Those that start the compiler themselves are told where the standard library is.
	if grep -q STDLIB_IMPORTCFG "$file"; then
		importcfg
		export STDLIB_IMPORTCFG="$PWD/importcfg"
	fi
	run_and_compare run_in "$top" "$PWD/prog" "$@" ;;
runoutput)
	# The words after it name further files of the program.
	(cd "$(dirname "$file")" && go run "$base" "$@") > tmp__.go 2> run.err || { cat run.err; die "the generator failed"; }
	run_and_compare go run tmp__.go ;;
build|buildrun)
	cp "$file" .
	ok go build -o prog "$base"
	[ $verb = build ] || run_and_compare target_run ./prog ;;
compile)
	importcfg
	ok "$compile" $gcflags -e -p "$(sed -n 's/^package \([A-Za-z0-9_]*\).*/\1/p' "$file" | head -n 1)" -importcfg importcfg -o x.a "$file" ;;
errorcheck)
	importcfg
	"$compile" $gcflags $nolimit -p "$(sed -n 's/^package \([^ ]*\).*/\1/p; $s/.*/p/p' "$file" | head -n 1)" -importcfg importcfg -o x.a "$file" > messages 2>&1
	rc=$?
	[ $rc -le 2 ] || { cat messages; die "the compiler crashed, exit code $rc"; }
	[ $compiles = yes ] || [ $rc -ne 0 ] || die "it compiled"
	matches "$file" messages || die "messages differ" ;;
compiledir)
	compile_dir
	[ $status = 0 ] || { cat err.all; die "does not compile"; } ;;
errorcheckdir)
	compile_dir
	for f in "$dir"/*.go; do
		cat err.* > messages
		matches "$f" messages || bad=1
	done
	[ -z "${bad:-}" ] || die "messages differ" ;;
rundir)
	compile_dir
	[ $status = 0 ] || { cat err.all; die "does not compile"; }
	ok "$(tool link)" -importcfg linkcfg -o prog "$last.a"
	run_and_compare target_run ./prog ;;
skip)
	skip "$*" ;;
*)
	skip "action '$verb' is not known here" ;;
esac
exit 0
