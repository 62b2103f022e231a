# go_direct.sh: GOPROXY=direct, modules out of git repositories: tags, branches, commits, folders, major versions, export attributes.
# go_direct.want is the transcript of gc's go command (see go_get.sh); hashes of commits are always the same.
. "$TOP/tests/lib/test.sh"
. "$TOP/tests/lib/modproxy.sh"
need go compile link gomod
command -v git > /dev/null || skip "git is not installed"
export GOPATH="$WORK/gopath" GOFLAGS= GOSUMDB=off GONOSUMDB= GOPRIVATE= GOPROXY=direct GOMODCACHE="$WORK/mod" GOTOOLCHAIN=local
export GIT_CONFIG_GLOBAL="$WORK/gitconfig" GIT_CONFIG_NOSYSTEM=1 GIT_AUTHOR_NAME=n GIT_AUTHOR_EMAIL=e GIT_COMMITTER_NAME=n GIT_COMMITTER_EMAIL=e
cat > gitconfig <<END
[url "$WORK/r"]
	insteadOf = https://github.com/u/r
[url "$WORK/plain"]
	insteadOf = https://github.com/u/plain
[safe]
	directory = *
END
# commit DAY
commit() {
	git add .
	GIT_AUTHOR_DATE="2021-01-0$1T00:00:00Z" GIT_COMMITTER_DATE="2021-01-0$1T00:00:00Z" git commit -qm "$1"
}
mkdir r plain
cd r || exit 1
git init -q -b master .
put LICENSE 'licence\n'
put go.mod 'module github.com/u/r\n\ngo 1.20\n'
put r.go 'package r\n\nconst V = "r1.0"\n'
commit 1
git tag v1.0.0
put sub/go.mod 'module github.com/u/r/sub\n\ngo 1.20\n\nrequire github.com/u/r v1.0.0\n'
put sub/s.go 'package sub\n\nimport "github.com/u/r"\n\nconst V = "sub " + r.V\n'
commit 2
git tag -a -m x sub/v0.1.0
put r.go 'package r\n\nconst V = "r1.1"\n'
ln -s r.go link
commit 3
git tag -a -m x v1.1.0
put v2/go.mod 'module github.com/u/r/v2\n\ngo 1.20\n'
put v2/r.go 'package r\n\nconst V = "r2"\n'
commit 4
git tag v2.0.0
put r.go 'package r\n\nconst V = "r head"\n'
commit 5
git branch dev
head=$(git rev-parse HEAD)
cd ../plain || exit 1
git init -q -b master .
put p/p.go 'package p\n\nconst P = "plain"\n'
put p/x.txt 'kept\n'
put .gitattributes '*.txt export-ignore\n'
commit 6
cd ..
put g/go.mod 'module example.com/g\n\ngo 1.21\n'
put g/m.go 'package main\n\nimport (\n\t"github.com/u/plain/p"\n\t"github.com/u/r"\n\t"github.com/u/r/sub"\n\tr2 "github.com/u/r/v2"\n)\n\nfunc main() { println(r.V, sub.V, r2.V, p.P) }\n'

project g
step 'go_ mod tidy'
step 'go_ run .'
step 'cat $GOMODCACHE/cache/download/github.com/u/r/@v/v1.1.0.info $GOMODCACHE/cache/download/github.com/u/plain/@v/*.info'
step 'cat $GOMODCACHE/cache/download/github.com/u/r/sub/@v/*.info $GOMODCACHE/github.com/u/plain@*/p/x.txt $GOMODCACHE/github.com/u/r/sub@*/LICENSE'
step 'go_ get github.com/u/r@master'
step 'go_ run .'
step 'go_ get github.com/u/r@v1.0.0'
step 'go_ get github.com/u/r@$head'
step 'go_ get github.com/u/r@dev'
step 'go_ list -m -versions github.com/u/r'
step 'go_ list -m github.com/u/r/v2@latest github.com/u/r/sub@latest github.com/u/plain@latest'
step 'go_ get github.com/u/r@nosuch'
step 'go_ get github.com/u/r/v3'
step 'go_ mod verify'
says 'needs git, which is not in PATH' not env PATH="$SDK/bin" go list -m github.com/u/other@latest
says "GOVCS disallows using git for public github.com/u/r; see 'go help vcs'" not env GOVCS=public:off go list -m github.com/u/r@v1.0.1
says "GOVCS disallows using git for private github.com/u/r" not env GOPRIVATE=github.com/u GOVCS='private:hg,*:all' go list -m github.com/u/r@v1.0.1
transcript_is go_direct.want
exit 0
