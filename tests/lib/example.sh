# example.sh - one example: example.sh NAME builds examples/NAME and compares what it prints with the file "want".
#
# in     standard input, if there
# args   arguments, separated by blanks, if there
# want   may hold $GOOS/$GOARCH
# cmd    a shell script that replaces build and run; starts in a copy of the folder
. "$TOP/tests/lib/test.sh"
need go
src=$TOP/examples/$1
cp -R "$src/." .
if [ -f cmd ]; then
	sh ./cmd > got.out 2>&1 || { cat got.out; die "cmd failed"; }
else
	[ -f go.mod ] && pkg=. || pkg=$(echo ./*.go)
	ok go build -o prog $pkg
	in=/dev/null
	[ ! -f in ] || in=in
	target_run ./prog $(cat args 2> /dev/null) < "$in" > got.out 2>&1
	rc=$?
	[ $rc -lt 124 ] || { tail -n 30 got.out; die "exit code $rc"; }
	[ $rc = "$(cat rc 2> /dev/null || echo 0)" ] || { tail -n 30 got.out; die "exit code $rc"; }
fi
sed "s,\$GOOS/\$GOARCH,$GOOS/$GOARCH," want > want.out
same want.out got.out
