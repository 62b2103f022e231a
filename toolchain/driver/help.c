/*
 * help.c - go help TOPIC, and go help mod and work COMMAND: what main.c has no row for. Topics of Go's are told in short; targets, emulators and offline are ours.
 */
#include "driver/driver.h"

static const HelpTopic topics[] = {
	{ "buildconstraint", "build constraints",
		"A line //go:build EXPRESSION before the package clause says when a file is built.\n"
		"The expression has tags, ! && || and parentheses. Tags that hold: GOOS, GOARCH,\n"
		"unix, gc, cgo if it is enabled, go1.1 to go1.23, and those of -tags. A file name\n"
		"that ends in _GOOS, _GOARCH or _GOOS_GOARCH (before _test) is constrained, too.\n" },
	{ "buildmode", "build modes",
		"-buildmode=exe builds static executables, and is the default; pie builds those\n"
		"that can be loaded anywhere; archive builds packages other than main.\n" },
	{ "c", "calling between Go and C",
		"Files that import \"C\" are built when CGO_ENABLED=1. They need a C compiler for\n"
		"the target; headers and a static C library are part of this SDK.\n" },
	{ "cache", "build and test caching",
		"Results of compiling and testing are kept in the folder of 'go env GOCACHE' under\n"
		"hashes of what went into them. 'go clean -cache' empties it; 'go test -count=1'\n"
		"runs tests whatever is kept. The standard library comes built with the SDK.\n" },
	{ "emulators", "running programs for other CPUs",
		"go run and go test start programs that are not for this machine in an emulator:\n\n"
		"\tthe command of -exec, if given\n"
		"\tgo_GOOS_GOARCH_exec, if a program of that name is in PATH\n"
		"\tQEMU in GOROOT/lib/qemu, which comes with the SDK\n\n"
		"Neither root nor any setting of the kernel is needed. The variables of QEMU have\n"
		"their effect: QEMU_STRACE=1 prints system calls, QEMU_CPU chooses the CPU.\n" },
	{ "environment", "environment variables",
		"'go env' prints the settings. A variable of the environment is used first, then\n"
		"the file named by GOENV, which 'go env -w' writes, then GOROOT/go.env, then the\n"
		"default. GOOS and GOARCH choose the target, GOCACHE the build cache, GOFLAGS flags\n"
		"for every command.\n" },
	{ "filetype", "file types",
		"Of a package's folder these are looked at: .go, .c .h .cc .cpp .cxx .m .s .S .f .F\n"
		".for .f90 .swig .swigcxx .syso. Names that start with _ or . are ignored.\n" },
	{ "go.mod", "the go.mod file",
		"go.mod in a module's top folder has the lines module, go, require, replace,\n"
		"exclude, retract and toolchain. 'go mod edit' and 'go mod tidy' change it.\n" },
	{ "gopath", "GOPATH environment variable",
		"GOPATH ($HOME/go) holds bin, where 'go install' writes executables, and pkg/mod,\n"
		"the module cache. Executables for another target go to bin/GOOS_GOARCH, unless GOBIN\n"
		"says where.\n" },
	{ "goproxy", "module proxy protocol",
		"GOPROXY lists where modules come from: URLs (https, http, file), direct for the\n"
		"repository itself, off for nowhere. After a comma the next one is asked if the one\n"
		"before has no such module (404, 410), after a bar whatever went wrong. GONOPROXY\n"
		"and GOPRIVATE are patterns of modules that come from their repositories. A copy of\n"
		"cache/download of a module cache is a proxy: GOPROXY=file:///DIR.\n" },
	{ "importpath", "import path syntax",
		"An import path names a package: of the standard library, or the path of a module\n"
		"followed by the folder in it. ./x and ../x are folders on the command line.\n" },
	{ "modules", "modules, module versions, and more",
		"A module is a folder with go.mod and the packages below it. The versions of other\n"
		"modules are the highest that any go.mod in the graph asks for.\n" },
	{ "module-auth", "module authentication using go.sum",
		"What is downloaded must have the hash that go.sum has for it. What go.sum does not\n"
		"know is asked of the checksum database GOSUMDB, except for modules that match\n"
		"GONOSUMDB or GOPRIVATE, and added to go.sum by 'go get' and 'go mod tidy'.\n" },
	{ "offline", "building without a network",
		"Only modules that go.mod requires are ever downloaded. GOTOOLCHAIN is local: a\n"
		"go.mod that asks for a newer Go is refused with a message. Without a network\n"
		"modules come from\n\n"
		"\tthe vendor folder: run 'go mod vendor' where there is a network\n"
		"\tgo.work, and replace lines of go.mod: folders with sources\n"
		"\tthe module cache, GOMODCACHE: copy pkg/mod/cache/download and pkg/mod of a\n"
		"\tmachine where 'go mod download' was run\n"
		"\ta folder that serves as a proxy: GOPROXY=file:///DIR with a copy of pkg/mod/cache/download\n\n"
		"With GOPROXY=off nothing is asked for.\n" },
	{ "packages", "package lists and patterns",
		"Packages are named by import paths, by folders that start with ./ or ../, or by a\n"
		"list of .go files. x/... is x and all below it; std, cmd and all are lists.\n" },
	{ "private", "configuration for downloading non-public code",
		"GOPRIVATE is a list of patterns of module paths that no public proxy and no public\n"
		"checksum database is asked about; GONOPROXY and GONOSUMDB say the two apart.\n" },
	{ "slipway", "how this Go differs from others",
		"This go command, its compiler, linker and runtime are Slipway's; GOROOT/share/slipway/info\n"
		"says which version. The standard library is Go's own. Different are:\n\n"
		"\ttargets		those of 'go tool dist list', see 'go help targets'\n"
		"\texecutables	always static\n"
		"\tCGO_ENABLED	is 0 unless set, whatever the target; musl and headers are there\n"
		"\tgo run, go test	programs for other CPUs run in QEMU, see 'go help emulators'\n"
		"\tGOTOOLCHAIN	is local: no other version of Go is ever fetched or started\n"
		"\tGOBIN		takes programs for other CPUs, too\n"
		"\tGOEXPERIMENT	aliastypeparams: aliases may have type parameters; nothing else can be switched\n"
		"\tvcs stamps	of Git repositories only\n"
		"\t-run, -skip	of go generate are extended regular expressions of POSIX\n\n"
		"What is not supported is refused with a message that names it.\n" },
	{ "targets", "what can be built for",
		"'go tool dist list' prints the targets of this SDK. GOOS and GOARCH choose one:\n\n"
		"\tGOARCH=arm64 go build ./...\n\n"
		"Everything that is needed comes with the SDK: the built standard library, the\n"
		"runtime, a C library. Executables are static, and run in an empty container.\n" },
	{ "testflag", "testing flags",
		"See 'go help test'. Flags of the test binary may be given to 'go test' as they are,\n"
		"or with the prefix -test. .\n" },
	{ "testfunc", "testing functions",
		"In files x_test.go: func TestXxx(*testing.T), BenchmarkXxx(*testing.B),\n"
		"FuzzXxx(*testing.F), ExampleXxx() with a comment \"Output:\" at its end, and\n"
		"TestMain(*testing.M).\n" },
	{ "vcs", "controlling version control with GOVCS",
		"Modules that come from their repositories (see 'go help goproxy') need git. GOVCS\n"
		"says for which it may be used: pattern:vcs|vcs,... where a pattern may be public or\n"
		"private (GOPRIVATE), and vcs is git, all or off.\n"
		"'go build' and 'go install' ask Git what revision a program is made from (-buildvcs),\n"
		"and 'go version -m' shows it.\n" },
};

/* Commands of go mod and go work, with what gc says of them in the list. */
static const struct {
	const char *group, *name, *usage, *summary, *text;
} subcommands[] = {
	{ "mod", "download", "go mod download [-x] [-json] [modules]", "download modules to local cache",
		"Download puts the modules named (path@version, or those of the build list that match a\n"
		"pattern) into the module cache; without arguments all that go.mod requires.\n\n"
		"\t-json	print what was downloaded as JSON\n\t-x	print requests\n" },
	{ "mod", "edit", "go mod edit [editing flags] [-fmt|-print|-json] [go.mod]",
	    "edit go.mod from tools or scripts",
		"Edit changes go.mod, and reads nothing else. Flags are applied in their order.\n\n"
		"\t-module path	the module line\n\t-go version -toolchain name	these lines\n"
		"\t-require path@version -droprequire path\n\t-exclude path@version -dropexclude path@version\n"
		"\t-replace old[@v]=new[@v] -dropreplace old[@v]\n\t-retract version -dropretract version	or [low,high]\n"
		"\t-godebug key=value -dropgodebug key\n"
		"\t-fmt	only format\n\t-print	to standard output instead\n\t-json	the same as JSON\n" },
	{ "mod", "graph", "go mod graph [-go=version] [-x]", "print module requirement graph",
		"Graph prints a line for each requirement: a module and one that it requires.\n\n"
		"\t-go version	as a go.mod with this go line would have it\n\t-x	print requests\n" },
	{ "mod", "init", "go mod init [module-path]", "initialize new module in current directory",
		"Init writes a go.mod to the current folder, which must have none.\n" },
	{ "mod", "tidy", "go mod tidy [-e] [-v] [-x] [-diff] [-go=version] [-compat=version]",
		"add missing and remove unused modules",
		"Tidy makes go.mod require exactly the modules that the packages of the main module and\n"
		"their tests need, for any system, and go.sum hold their checksums.\n\n"
		"\t-e	go on after errors\n\t-v	print modules that were not used\n\t-x	print requests\n"
		"\t-diff	print what would change instead; exit code 1 if anything would\n"
	    "\t-go version	set the go line\n\t-compat version	keep checksums that this version of Go "
	    "needs\n" },
	{ "mod", "vendor", "go mod vendor [-e] [-v] [-o outdir]", "make vendored copy of dependencies",
		"Vendor makes the folder vendor anew: all packages that those of the main module and\n"
		"their tests import, and modules.txt.\n\n"
	    "\t-e	go on after errors\n\t-v	print modules and packages\n\t-o outdir	another folder, for "
	    "other tools\n" },
	{ "mod", "verify", "go mod verify", "verify dependencies have expected content",
		"Verify compares the modules in the module cache with the hashes of their download.\n" },
	{ "mod", "why", "go mod why [-m] [-vendor] packages...", "explain why packages or modules are needed",
		"Why prints for each package the shortest way of imports from the main module to it.\n\n"
		"\t-m	the arguments are modules\n\t-vendor	leave tests of other modules out\n" },
	{ "work", "edit", "go work edit [editing flags] [go.work]", "edit go.work from tools or scripts",
		"Edit changes go.work, and reads nothing else. Flags are applied in their order.\n\n"
		"\t-use path -dropuse path	the use lines\n\t-replace old[@v]=new[@v] -dropreplace old[@v]\n"
		"\t-go version -toolchain name	these lines\n\t-godebug key=value -dropgodebug key\n"
		"\t-fmt	only format\n\t-print	to standard output instead\n\t-json	the same as JSON\n" },
	{ "work", "init", "go work init [moddirs]", "initialize workspace file",
		"Init writes a go.work to the current folder, with the modules in these folders.\n" },
	{ "work", "sync", "go work sync", "sync workspace build list to modules",
		"Sync raises what each go.mod of the workspace requires to the versions that are selected\n"
		"for the workspace as a whole, where packages of that module need them.\n" },
	{ "work", "use", "go work use [-r] [moddirs]", "add modules to workspace file",
		"Use adds a use line for each folder, or drops it if the folder has no go.mod any more.\n\n"
		"\t-r	all folders below that have a go.mod\n" },
	{ "work", "vendor", "go work vendor [-e] [-v] [-o outdir]", "make vendored copy of dependencies",
		"Vendor makes the folder vendor beside go.work anew: all packages that those of the\n"
		"workspace's modules and their tests import, and modules.txt.\n\n"
	    "\t-e	go on after errors\n\t-v	print modules and packages\n\t-o outdir	another folder, for "
	    "other tools\n" },
};

void
help_group(FILE *f, const char *group)
{
	fprintf(f, "%s\n\nUsage:\n\n\tgo %s <command> [arguments]\n\nThe commands are:\n\n",
	    streq(group, "work") ?
		"Work provides access to operations on workspaces." :
		"Go mod provides access to operations on modules.\n\n"
		"Note that support for modules is built into all the go commands,\nnot just 'go mod'. For example, "
		"day-to-day adding, removing, upgrading,\nand downgrading of dependencies should be done using 'go "
		"get'.\nSee 'go help modules' for an overview of module functionality.",
	    group);
	for (size_t i = 0; i < NELEM(subcommands); i++)
		if (streq(subcommands[i].group, group))
			fprintf(f, "\t%-11s %s\n", subcommands[i].name, subcommands[i].summary);
	fprintf(f, "\nUse \"go help %s <command>\" for more information about a command.\n\n", group);
}

bool
help_subcommand(const char *group, const char *name)
{
	for (size_t i = 0; i < NELEM(subcommands); i++)
		if (streq(subcommands[i].group, group) && streq(subcommands[i].name, name)) {
			printf("usage: %s\n\n%s\n", subcommands[i].usage, subcommands[i].text);
			return true;
		}
	return false;
}

const HelpTopic *
help_topics(int *n)
{
	*n = (int)NELEM(topics);
	return topics;
}
