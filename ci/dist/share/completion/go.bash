# bash completion for the go command of Slipway.
_go() {
	local cur prev cmd i words
	cur=${COMP_WORDS[COMP_CWORD]}
	prev=${COMP_WORDS[COMP_CWORD-1]}
	cmd=
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) ;;
		*) cmd=${COMP_WORDS[i]}; break ;;
		esac
	done
	COMPREPLY=()
	if [ -z "$cmd" ]; then
		words=$(go help 2> /dev/null | awk '/^The commands are:/ { on = 1 } /^Use / { on = 0 } on && /^\t/ { print $1 }')
		COMPREPLY=($(compgen -W "$words help" -- "$cur"))
		return
	fi
	case $prev in
	-o|-C|-modfile|-overlay|-coverprofile|-cpuprofile|-memprofile) compopt -o default; return ;;
	esac
	case $cmd:$cur in
	*:-*)
		words=$(go help "$cmd" 2> /dev/null | grep -oE '^	-[a-z][a-z0-9-]*' | tr -d '\t')
		case $cmd in
		build|install|run|test|list|vet|clean|get|generate)
			words="$words -C -a -n -p -race -v -work -x -asmflags -buildmode -buildvcs -gcflags -ldflags -mod -modfile -overlay -tags -toolexec -trimpath" ;;
		esac
		COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
	help:*)	words=$(go help 2> /dev/null | awk '/^\t[a-z]/ { print $1 }')
		COMPREPLY=($(compgen -W "$words" -- "$cur")) ;;
	tool:*)	COMPREPLY=($(compgen -W "$(go tool 2> /dev/null)" -- "$cur")) ;;
	env:*)	COMPREPLY=($(compgen -W "$(go env 2> /dev/null | sed 's/=.*//')" -- "$cur")) ;;
	mod:*)	COMPREPLY=($(compgen -W "download edit graph init tidy vendor verify why" -- "$cur")) ;;
	work:*)	COMPREPLY=($(compgen -W "edit init sync use vendor" -- "$cur")) ;;
	list:[a-z]*|doc:*)
		COMPREPLY=($(compgen -W "$(go list std 2> /dev/null)" -- "$cur"))
		compopt -o default ;;
	*)	compopt -o default -o dirnames 2> /dev/null ;;
	esac
}
complete -F _go go
