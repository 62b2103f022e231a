# fish completion for the go command of Slipway.
function __slipway_go_commands
	go help 2> /dev/null | awk '/^The commands are:/ { on = 1 } /^Use / { on = 0 }
		on && /^\t/ { c = $1; $1 = ""; sub(/^ /, ""); print c "\t" $0 }'
end
function __slipway_go_flags
	set -l cmd (commandline -opc)[2]
	go help $cmd 2> /dev/null | grep -oE '(^|[^A-Za-z0-9_/$])--?[a-zA-Z][a-z0-9]*' | grep -oE -e '-[a-zA-Z][a-z0-9]*'
	if contains -- "$cmd" build clean generate get install list run test vet
		printf '%s\n' -C -a -asmflags -buildmode -buildvcs -cover -covermode -coverpkg -gcflags -ldflags -mod -modcacherw -modfile \
			-n -overlay -p -pgo -tags -toolexec -trimpath -v -work -x
	end
end
complete -c go -n '__fish_use_subcommand' -f -a '(__slipway_go_commands)'
complete -c go -n 'not __fish_use_subcommand; and string match -q -- "-*" (commandline -ct)' -f -a '(__slipway_go_flags)'
complete -c go -n '__fish_seen_subcommand_from tool' -f -a '(go tool 2> /dev/null)'
complete -c go -n '__fish_seen_subcommand_from env' -f -a '(go env 2> /dev/null | string replace -r "=.*" "")'
complete -c go -n '__fish_seen_subcommand_from help' -f -a '(go help 2> /dev/null | string match -r "^\t[a-z.-]+" | string trim)'
complete -c go -n '__fish_seen_subcommand_from mod' -f -a 'download edit graph init tidy vendor verify why'
complete -c go -n '__fish_seen_subcommand_from work' -f -a 'edit init sync use vendor'
complete -c go -n '__fish_seen_subcommand_from doc' -f -a '(go list std 2> /dev/null)'
