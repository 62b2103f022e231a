/*
 * help.c - go help TOPIC: what is not about one command. Topics of Go's are told in short; targets, emulators and offline are ours.
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

const HelpTopic *
help_topics(int *n)
{
	*n = (int)NELEM(topics);
	return topics;
}
