# bash completion for the go command of Slipway. What there is to complete it asks go for.

# Flags that every command has which builds packages.
_go_buildflags='-C -a -asmflags -buildmode -buildvcs -cover -covermode -coverpkg -gcflags -ldflags -mod -modcacherw -modfile -n -overlay -p -pgo
	-tags -toolexec -trimpath -v -work -x'

_go() {
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} cmd= words= i
	local go=${COMP_WORDS[0]}
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in
		-*) ;;
		*) cmd=${COMP_WORDS[i]}; break ;;
		esac
	done
	COMPREPLY=()
	# GOARCH=arm64 and -mod=vendor are three words each; the middle one may be the last so far.
	[ "$cur" = = ] && cur= || { [ "$prev" = = ] && prev=${COMP_WORDS[COMP_CWORD-2]}; }
	[ "$cur" != '' ] || [ "${COMP_WORDS[COMP_CWORD]}" != = ] || prev=${COMP_WORDS[COMP_CWORD-1]}
	case $cmd:$prev in
	env:GOOS)	words=$("$go" tool dist list 2> /dev/null | sed 's,/.*,,' | sort -u) ;;
	env:GOARCH)	words=$("$go" tool dist list 2> /dev/null | sed 's,.*/,,' | sort -u) ;;
	?*:-buildmode)	words='archive default exe pie' ;;
	?*:-buildvcs)	words='auto false true' ;;
	?*:-covermode)	words='atomic count set' ;;
	?*:-mod)	words='mod readonly vendor' ;;
	?*:-vet)	words='all off' ;;
	?*:-o|?*:-C|?*:-modfile|?*:-overlay|?*:-pgo|?*:-*profile|?*:-trace|?*:-outputdir)
		compopt -o default 2> /dev/null
		return ;;
	esac
	if [ -z "$words" ]; then
		case $cmd:$cur in
		:*)	words=$("$go" help 2> /dev/null | awk '/^The commands are:/ { on = 1 } /^Use / { on = 0 } on && /^\t/ { print $1 }; END { print "help" }') ;;
		*:-*)	words=$("$go" help "$cmd" 2> /dev/null | grep -oE '(^|[^A-Za-z0-9_/$])--?[a-zA-Z][a-z0-9]*' | grep -oE -e '-[a-zA-Z][a-z0-9]*')
			case $cmd in build|clean|generate|get|install|list|run|test|vet) words="$words $_go_buildflags" ;; esac ;;
		help:*)	words=$("$go" help 2> /dev/null | awk '/^\t[a-z]/ && $1 != "go" { print $1 }') ;;
		tool:*)	[ "$prev" = tool ] && words=$("$go" tool 2> /dev/null) ;;
		env:*)	words=$("$go" env 2> /dev/null | sed 's/=.*//') ;;
		mod:*)	[ "$prev" = mod ] && words='download edit graph init tidy vendor verify why' ;;
		work:*)	[ "$prev" = work ] && words='edit init sync use vendor' ;;
		doc:*|list:[a-z]*) words=$("$go" list std 2> /dev/null) ;;
		esac
		case $cmd:$cur in
		:*|help:*|*:-*) ;;
		*)	compopt -o default 2> /dev/null ;;
		esac
	fi
	COMPREPLY=($(compgen -W "$words" -- "$cur" | sort -u))
}
complete -F _go go
