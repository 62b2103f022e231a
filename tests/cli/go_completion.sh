# The completions: bash's is asked as bash would ask it; zsh and fish read theirs, where they are installed. The manual page formats.
. "$TOP/tests/lib/test.sh"
need go
share=$TOP/ci/dist/share

cat > complete.bash <<'Y'
. "$1/completion/go.bash"
bad=0
# gives WANT WORD...: the words so far, the last of them to be completed; WANT must be among the answers, "-WORD" must not, "=" are all.
gives() {
	local want=$1 w
	shift
	COMP_WORDS=("$@")
	COMP_CWORD=$(($# - 1))
	COMPREPLY=()
	_go
	if [ "${want#=}" != "$want" ]; then
		[ "${COMPREPLY[*]}" = "${want#=}" ] && return
		echo "$*: '${COMPREPLY[*]}', not '${want#=}'"
		bad=1
		return
	fi
	for w in $want; do
		case " ${COMPREPLY[*]} " in
		*" $w "*) [ "${w#!}" = "$w" ] || continue ;;
		*) [ "${w#!}" != "$w" ] && case " ${COMPREPLY[*]} " in *" ${w#!} "*) ;; *) continue ;; esac
			echo "$*: no $w in '${COMPREPLY[*]}'"
			bad=1 ;;
		esac
	done
}
gives 'build test run env mod tool version help generate !Use !targets' go ''
gives '=bug build' go bu
gives '=version' go vers
gives '-o -v -tags -trimpath -ldflags -C -buildvcs' go build -
gives '=-tags' go build -tag
gives '-run -bench -count -timeout -v -short -coverprofile -json -c -exec -tags' go test -
gives '=-timeout' go test -time
gives '-json -w -u -changed !-tags' go env -
gives 'compile link cover dist' go tool ''
gives '=GOARCH' go env GOARC
gives "=$ARCHES" go env -w GOARCH =
gives '=arm64' go env -w GOARCH = arm
gives '=linux' go env -w GOOS = li
gives '=mod readonly vendor' go build -mod = ''
gives '=pie' go build -buildmode p
gives '=tidy' go mod ti
gives '=targets' go help targ
gives 'build targets' go help ''
gives 'fmt net/http' go doc ''
gives '=' go run ./x
exit $bad
Y
archs=$(go tool dist list | sed 's,.*/,,' | sort -u)
if command -v bash > /dev/null; then
	ARCHES=$(echo $archs) bash --norc --noprofile -u complete.bash "$share" 2>&1 || die "bash"
fi
! command -v zsh > /dev/null || ok zsh -n "$share/completion/_go"
! command -v fish > /dev/null || ok fish --no-execute "$share/completion/go.fish"

if command -v man > /dev/null; then
	MANWIDTH=80 man --warnings -E UTF-8 -l -Tutf8 -Z "$share/man/slipway.7" 2> warnings > /dev/null
	[ ! -s warnings ] || { cat warnings; die "the manual page"; }
fi
