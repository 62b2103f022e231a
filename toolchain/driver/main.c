/*
 * main.c - go COMMAND: the table of commands, go help, go tool, go fmt, go vet.
 */
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/driver.h"

int go_status;

void
go_fatal(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("go: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_exit(1);
}

void
go_error(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	go_status = 1;
}

extern const DFlag clean_flags[], env_flags[], version_flags[], list_flags[], generate_flags[];

static bool tool_n;
static const char *fmt_mod;
static const DFlag build_flags[] = { { "o", DF_STRING, &cfg.o } };
static const DFlag run_flags[] = { { "exec", DF_STRING, &cfg.exec } };
static const DFlag tool_flags[] = { { "n", DF_BOOL, &tool_n } };
static const char *fix_list;
static const DFlag fix_flags[] = { { "fix", DF_STRING, &fix_list } };
static const DFlag fmt_flags[] = { { "n", DF_BOOL, &cfg.n }, { "x", DF_BOOL, &cfg.x }, { "mod", DF_STRING, &fmt_mod } };

/* A report goes to whoever made the SDK, so no browser is opened. */
static void
cmd_bug(int argc, char **argv)
{
	const char *info = text_file(path_join(cfg.goroot, "share/slipway/info"), NULL);
	struct utsname u;

	(void)argv;
	if (argc > 0)
		go_fatal("bug takes no arguments");
	puts("Please report it where this SDK comes from, using this template:\n");
	puts("### What version of Go are you using (`go version`)?\n\n<pre>\n$ go version");
	cmd_version(0, NULL);
	printf("%s</pre>\n\n### Does this issue reproduce with the latest release?\n\n\n", info != NULL ? info : "");
	puts("### What operating system and processor architecture are you using (`go env`)?\n");
	puts("<details><summary><code>go env</code> Output</summary><br><pre>\n$ go env");
	cmd_env(0, NULL);
	if (uname(&u) == 0)
		printf("uname -sr: %s %s\n", u.sysname, u.release);
	puts("</pre></details>\n\n### What did you do?\n\n<!--\nIf possible, provide a recipe for reproducing the "
	     "error.\n"
	     "A complete runnable program is good.\n-->\n\n\n\n### What did you expect to see?\n\n\n\n"
	     "### What did you see instead?\n\n");
}

/* There is none, and it says so in Go's word; to switch it off is no mistake. */
static void
cmd_telemetry(int argc, char **argv)
{
	if (argc == 0) {
		puts("off");
		return;
	}
	if (argc == 1 && (streq(argv[0], "on") || streq(argv[0], "local")))
		go_fatal("this go command has no telemetry: it can only be off");
	if (argc > 1 || !streq(argv[0], "off")) {
		fprintf(stderr, "usage: go telemetry [off|local|on]\nRun 'go help telemetry' for details.\n");
		go_exit(2);
	}
}

static void cmd_fix(int argc, char **argv);

static void
cmd_get(int argc, char **argv)
{
	modtool_command("get", argc, argv);
}

static void
cmd_doc(int argc, char **argv)
{
	char **v = NEWN(perm, char *, argc + 2), name[] = "doc";

	v[0] = name;
	memcpy(v + 1, argv, sizeof *argv * (size_t)argc);
	cmd_tool(argc + 1, v);
}

/* clang-format off */
static const Command commands[] = {
	{ "bug", "go bug", "start a bug report",
		"Bug prints a template of a report, with what is known of the SDK and this machine.\n", cmd_bug, NULL, 0, false, false },
	{ "build", "go build [-o output] [build flags] [packages]", "compile packages and dependencies",
		"Build compiles the packages named by the import paths, along with what they\n"
		"import. A command (package main) is linked; the executable is named after the\n"
		"folder, or the first file, and written to the current folder. With several\n"
		"packages, or one that is not a command, the results are only checked and kept\n"
		"in the cache.\n\n"
		"\t-o output	file or folder for what is written\n"
		"\t-a		build again what is up to date\n"
		"\t-n		print the commands, do not run them\n"
		"\t-p n		number of programs run at a time\n"
		"\t-v		print the names of packages as they are compiled\n"
		"\t-work		print the name of the temporary folder and keep it\n"
		"\t-x		print the commands\n"
		"\t-gcflags '[pattern=]args'	arguments for compile; -ldflags: for link\n"
		"\t-buildmode mode	exe (default), pie, archive\n"
		"\t-buildvcs auto	stamp executables with the state of the Git repository; true: or fail; false\n"
		"\t-mod mode	readonly, vendor or mod\n"
		"\t-modfile file	use this file instead of go.mod\n"
		"\t-overlay file	sources and go.mod files as this JSON text says: {\"Replace\": {\"path\": \"file with its\n"
		"\t\t\tcontent\"}}; with \"\" there is no such file\n"
		"\t-tags a,b	more build tags\n"
		"\t-trimpath	leave folders of this machine out of the results\n"
		"\t-toolexec 'cmd args'	run tools through this program\n",
		cmd_build, build_flags, NELEM(build_flags), true, false },
	{ "clean", "go clean [-i] [-r] [-cache] [-testcache] [-modcache] [-fuzzcache] [build flags] [packages]", "remove object files and cached files",
		"Clean removes what building left in the packages' folders.\n\n"
		"\t-i	also what go install wrote\n\t-n	print what would be removed\n\t-x	print what is removed\n"
		"\t-cache	everything in the build cache\n\t-testcache	test results\n\t-modcache	downloaded modules\n"
		"\t-fuzzcache	inputs that go test -fuzz found interesting\n",
		cmd_clean, clean_flags, 6, true, false },
	{ "doc", "go doc [doc flags] [package|[package.]symbol[.methodOrField]]", "show documentation for package or symbol",
		"Doc prints the documentation of a package, or of one of its symbols.\n\n"
		"\t-all	everything\n\t-c	upper and lower case differ\n\t-cmd	treat a command as a package\n\t-short	one line for each symbol\n"
		"\t-src	the source\n\t-u	unexported symbols, too\n", cmd_doc, NULL, 0, false, true },
	{ "env", "go env [-json] [-changed] [-u] [-w] [var ...]", "print Go environment information",
		"Env prints the settings of the go command as shell assignments, or the values\nof those named.\n\n"
		"\t-json	as JSON\n\t-changed	only those that differ from their default\n"
		"\t-w K=V	change the default in the file named by GOENV\n\t-u K	forget a default set with -w\n",
		cmd_env, env_flags, 4, false, false },
	{ "fix", "go fix [-fix list] [packages]", "update packages to use new APIs",
		"Fix runs 'go tool fix' on the files of the packages, which it rewrites.\n\n\t-fix list	only these; 'go doc cmd/fix' names them\n",
		cmd_fix, fix_flags, NELEM(fix_flags), true, false },
	{ "fmt", "go fmt [-n] [-x] [packages]", "gofmt (reformat) package sources",
		"Fmt runs 'gofmt -l -w' on the files of the packages and prints the names of\nthose it changed.\n", cmd_fmt, fmt_flags, NELEM(fmt_flags), false, false },
	{ "generate", "go generate [-run regexp] [-n] [-v] [-x] [build flags] [file.go... | packages]", "generate Go files by processing source",
		"Generate runs the commands of lines //go:generate in the Go files of the packages, as\nthey are listed, in the file's folder. No other command runs it.\n\n"
		"\t//go:generate command argument...	one blank or tab; words in double quotes are Go strings\n"
		"\t//go:generate -command name word...	name stands for the words in the rest of the file\n\n"
		"Words have $NAME and ${NAME} replaced; set are GOARCH, GOOS, GOFILE, GOLINE, GOPACKAGE,\nGOROOT, DOLLAR and PATH, with this go first. The build tag generate holds.\n\n"
		"\t-run regexp	only lines that match; -skip: only others\n\t-n		print the commands, do not run them\n"
		"\t-v		print the names of files\n\t-x		print the commands\n",
		cmd_generate, generate_flags, 2, true, false },
	{ "get", "go get [-t] [-u] [-v] [build flags] [packages]", "add dependencies to current module and install them",
		"Get changes what go.mod requires, so that it has the packages or modules named,\nat the version after @ or the latest one, and downloads them.\n\n"
		"\t@v1.2.3 @v1 @latest @upgrade @patch @<v2 @branch @commit	which version; @none removes a requirement\n"
		"\t-t	tests of the packages named count, too\n\t-u	also newer versions of all that the packages import; -u=patch: of the same minor version\n\t-x	print requests\n",
		cmd_get, NULL, 0, false, true },
	{ "install", "go install [build flags] [packages]", "compile and install packages and dependencies",
		"Install builds as 'go build' does, and writes executables to GOBIN, or bin in the\nfirst folder of GOPATH; those for another target to bin/GOOS_GOARCH there.\n", cmd_install, NULL, 0, true, false },
	{ "list", "go list [-f format] [-json] [-m] [list flags] [build flags] [packages]", "list packages or modules",
		"List prints the import paths of packages, one per line.\n\n"
		"\t-f format	a template of package text/template with the fields of a package\n"
		"\t-json[=fields]	as JSON\n\t-deps	what they import, too\n\t-e	packages with errors are listed as well\n"
		"\t-export	sets Export to the archive\n\t-compiled	sets CompiledGoFiles\n\t-find	do not follow imports\n"
		"\t-test	also the packages that tests are made of: p.test, \"p [p.test]\", \"p_test [p.test]\"\n"
		"\t-m	modules instead of packages\n",
		cmd_list, list_flags, 13, true, false },
	{ "mod", "go mod <command> [arguments]", "module maintenance", NULL, cmd_mod, NULL, 0, false, true },
	{ "work", "go work <command> [arguments]", "workspace maintenance", NULL, cmd_work, NULL, 0, false, true },
	{ "run", "go run [build flags] [-exec xprog] package [arguments...]", "compile and run Go program",
		"Run builds a command in a temporary folder and runs it with the arguments. Its\nexit status is printed when it is not zero; go run's own is then 1.\n\n"
		"\t-exec 'cmd args'	run the executable through this program\n",
		cmd_run, run_flags, NELEM(run_flags), true, false },
	{ "telemetry", "go telemetry [off|local|on]", "manage telemetry data and settings",
		"Telemetry prints off: this go command collects nothing and sends nothing.\n", cmd_telemetry, NULL, 0, false, true },
	{ "test", "go test [build/test flags] [packages] [build/test flags & test binary flags]", "test packages",
		"Test builds the tests of each package and runs them in the package's folder.\nResults of packages that are named are kept in the cache.\n\n"
		"\t-c		only build pkg.test\n\t-o file	where to write the test binary; it is run too\n\t-exec 'cmd args'	run the test binary through this program\n"
		"\t-json		print events as JSON (go doc test2json)\n\t-vet list	analyzers of go vet to run first; off, all\n"
		"\t-args		what follows is for the test binary\n\n"
		"Of the test binary: -bench regexp -benchmem -benchtime t -count n -cpu list -failfast\n-fullpath -list regexp -parallel n -run regexp -short -shuffle off,on,N -skip regexp\n"
		"-timeout d -v, -blockprofile -cpuprofile -memprofile -mutexprofile -outputdir -trace;\nof coverage: -cover -covermode set,count,atomic -coverpkg list -coverprofile file.\n\n"
		"Of fuzzing: -fuzz regexp -fuzztime t -fuzzminimizetime t, t as 30s or 1000x. It takes one package,\nruns its fuzz test until it fails or is interrupted, and writes what made it fail to\n"
		"testdata/fuzz/NAME, which belongs to the seed corpus from then on. Inputs that reach new code\nare kept in GOCACHE/fuzz.\n",
		cmd_test, NULL, 0, false, true },
	{ "tool", "go tool [-n] command [args...]", "run specified go tool",
		"Tool runs a program of the SDK's tool folder; without arguments it lists them.\n\n\t-n	print the command, do not run it\n",
		cmd_tool, tool_flags, NELEM(tool_flags), false, false },
	{ "version", "go version [-m] [-v] [file ...]", "print Go version",
		"Version prints the version of Go, or that of the Go executables named.\n\n\t-m	also the modules and settings they were built with\n"
		"\t-v	report files that are not recognised in folders\n",
		cmd_version, version_flags, 2, false, false },
	{ "vet", "go vet [build flags] [-vettool prog] [vet flags] [packages]", "report likely mistakes in packages", NULL, cmd_vet, NULL, 0, false, true },
	{ "help", "go help", NULL, NULL, cmd_help, NULL, 0, false, true },
};
/* clang-format on */

static const Command *
findcommand(const char *name)
{
	for (size_t i = 0; i < NELEM(commands); i++)
		if (streq(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void
mainusage(FILE *f)
{
	int n;
	const HelpTopic *topics = help_topics(&n);

	fprintf(f,
	    "Go is a tool for managing Go source code.\n\nUsage:\n\n\tgo <command> [arguments]\n\nThe commands "
	    "are:\n\n");
	for (size_t i = 0; i < NELEM(commands); i++)
		if (commands[i].summary != NULL)
			fprintf(f, "\t%-11s %s\n", commands[i].name, commands[i].summary);
	fprintf(f, "\nUse \"go help <command>\" for more information about a command.\n\nAdditional help topics:\n\n");
	for (int i = 0; i < n; i++)
		fprintf(f, "\t%-15s %s\n", topics[i].name, topics[i].summary);
	fprintf(f, "\nUse \"go help <topic>\" for more information about that topic.\n\n");
}

void
cmd_help(int argc, char **argv)
{
	const Command *c;

	if (argc == 0) {
		mainusage(stdout);
		return;
	}
	c = findcommand(argv[0]);
	if (c != NULL && (c->run == cmd_mod || c->run == cmd_work)) {
		if (argc == 1) {
			help_group(stdout, c->name);
			return;
		}
		if (argc == 2 && help_subcommand(c->name, argv[1]))
			return;
	}
	if (c != NULL && argc > 1) {
		Strs v = { 0 };

		for (int i = 0; i < argc; i++)
			strs_add(&v, argv[i]);
		fprintf(stderr, "go help %s: unknown help topic. Run 'go help %s'.\n", strs_join(&v, " "), c->name);
		go_exit(2);
	}
	if (c == NULL || c->summary == NULL) {
		Strs v = { 0 };
		int n;
		const HelpTopic *t = help_topics(&n);

		for (int i = 0; argc == 1 && i < n; i++)
			if (streq(t[i].name, argv[0])) {
				fputs(t[i].text, stdout);
				return;
			}
		for (int i = 0; i < argc; i++)
			strs_add(&v, argv[i]);
		fprintf(stderr, "go help %s: unknown help topic. Run 'go help'.\n", strs_join(&v, " "));
		go_exit(2);
		return;
	}
	printf("usage: %s\n\n%s\n", c->usage, c->help != NULL ? c->help : intern_printf("%s.\n", c->summary));
}

/* ---- go tool ---- */

static void
listtools(void)
{
	DirInfo *d = dir_read(cfg.tooldir);
	Strs v = { 0 };

	strs_add(&v, "dist");
	for (int i = 0; i < d->nfiles; i++)
		if (!d->files[i].isdir && strchr(d->files[i].name, '.') == NULL)
			strs_add(&v, d->files[i].name);
	strs_sort(&v);
	for (int i = 0; i < v.n; i++)
		printf("%s\n", v.at[i]);
}

void
cmd_tool(int argc, char **argv)
{
	Strs v = { 0 };
	bool dist = argc > 0 && streq(argv[0], "dist");	/* no program of its own */
	int status;

	if (argc == 0) {
		listtools();
		return;
	}
	for (const char *p = argv[0]; *p != '\0'; p++)
		if (!((*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9') || *p == '_')) {
			fprintf(stderr, "go: bad tool name %s\n", goquoted(argv[0]));
			go_exit(2);
		}
	if (dist && !tool_n)
		go_exit(dist_main(argc, argv));
	if (!dist && !file_exists(tool_path(argv[0]))) {
		fprintf(stderr, "go: no such tool %s\n", goquoted(argv[0]));
		go_exit(2);
	}
	strs_add(&v, dist ? intern_printf("%s/bin/go tool dist", cfg.goroot) : tool_path(argv[0]));
	for (int i = 1; i < argc; i++)
		strs_add(&v, argv[i]);
	if (tool_n) {
		printf("%s\n", strs_join(&v, " "));
		return;
	}
	{
		Strs env = { 0 };

		strs_add(&env, intern_printf("GOROOT=%s", cfg.goroot));
		status = job_run(&v, NULL, &env);
	}
	if (status < 0)
		go_exit(1);
	if (WIFSIGNALED(status)) {
		fprintf(stderr, "go tool %s: signal: %s\n", argv[0], strsignal(WTERMSIG(status)));
		go_exit(1);
	}
	go_exit(WEXITSTATUS(status));
}

/* ---- go fmt, go fix: programs that rewrite the files of packages ---- */

static Strs
gofilesof(const Pkg *p)
{
	const Strs *lists[] = { &p->ignoredgo, &p->gofiles, &p->cgofiles, &p->testgo, &p->xtestgo };
	Strs v = { 0 };

	for (size_t k = 0; k < NELEM(lists); k++)
		for (int i = 0; i < lists[k]->n; i++)
			strs_add(&v, shortpath(path_join(p->dir, lists[k]->at[i])));
	return v;
}

/* Whether p is one of those that these commands may change; says why not. */
static bool
isours(const Pkg *p, const char *doing)
{
	static bool said;

	if (p->mod == NULL || p->mod->main)
		return true;
	if (!said)
		fprintf(stderr, "go: not %s packages in dependency modules\n", doing);
	said = true;
	return false;
}

/* Runs it with the files; its exit code. */
static int
rewrite(Strs v, const Pkg *p)
{
	Strs files = gofilesof(p);
	int status;

	strs_append(&v, &files);
	if (files.n == 0)
		return 0;
	if (cfg.n || cfg.x)
		printf("%s\n", strs_join(&v, " "));
	if (cfg.n)
		return 0;
	status = job_run(&v, NULL, NULL);
	return status == 0 ? 0 : status > 0 && WIFEXITED(status) ? WEXITSTATUS(status) : 1;
}

static void
cmd_fix(int argc, char **argv)
{
	Pkgs ps = load_args(argc, argv);

	if (!file_exists(tool_path("fix"))) {
		fprintf(stderr, "go: no such tool \"fix\"\n");
		go_exit(2);
	}
	for (int i = 0; i < ps.n; i++) {
		Pkg *p = ps.at[i];
		Strs v = { 0 };
		int rc;

		if (p->err != NULL)
			go_error("%s", pkgerror_text(p->err));
		if (p->err != NULL || !isours(p, "fixing"))
			continue;
		strs_add(&v, tool_path("fix"));
		strs_add(&v,
		    p->std       ? "-go=go1.23" :
		    p->mod != NULL ? intern_printf("-go=go%s", p->mod->goversion != NULL ? p->mod->goversion : "") :
				     "-go=");
		if (fix_list != NULL && fix_list[0] != '\0')
			strs_add(&v, intern_printf("-r=%s", fix_list));
		rc = rewrite(v, p);
		if (rc != 0)
			go_error("exit status %d", rc);
	}
}

void
cmd_fmt(int argc, char **argv)
{
	const char *gofmt = path_join(cfg.goroot, "bin/gofmt");
	Pkgs ps;
	int rc = 0;

	if (fmt_mod != NULL)
		cfg.mod = fmt_mod;
	if (!file_exists(gofmt))
		go_fatal("can't find gofmt: %s is not part of this SDK yet", gofmt);
	cfg.find = true;
	ps = load_args(argc, argv);
	for (int i = 0; i < ps.n; i++) {
		Pkg *p = ps.at[i];
		Strs v = { 0 };
		int status;

		if (p->err != NULL && p->dir[0] == '\0') {
			go_error("%s", pkgerror_text(p->err));
			continue;
		}
		if (!isours(p, "formatting"))
			continue;
		strs_add(&v, gofmt);
		strs_add(&v, "-l");
		strs_add(&v, "-w");
		status = rewrite(v, p);
		if (status != 0)
			rc = status;
	}
	go_exit(rc != 0 ? rc : go_status);
}

/* ---- */

int
go_main(int argc, char **argv)
{
	const Command *c;
	int i = 1, n;

	if (argc >= 2 && (streq(argv[1], "-h") || streq(argv[1], "-help") || streq(argv[1], "--help"))) {
		mainusage(stderr);
		exit(2);
	}
	if (argc < 2) {
		mainusage(stderr);
		exit(2);
	}
	/* go -C dir cmd is not allowed, go cmd -C dir is, when it comes first */
	c = findcommand(argv[1]);
	if (c != NULL && argc > 2 && (hasprefix(argv[2], "-C") || hasprefix(argv[2], "--C"))) {
		const char *a = argv[2] + (argv[2][1] == '-' ? 3 : 2), *dir = NULL;
		int used = 0;

		if (*a == '=') {
			dir = a + 1;
			used = 1;
		} else if (*a == '\0') {
			if (argc < 4) {
				fprintf(stderr, "go: flag needs an argument: -C\n");
				exit(2);
			}
			dir = argv[3];
			used = 2;
		}
		if (dir != NULL) {
			if (chdir(dir) < 0) {
				fprintf(stderr, "go: chdir %s: %s\n", dir, errtext(errno));
				exit(1);
			}
			unsetenv("PWD");
			memmove(argv + 2, argv + 2 + used, sizeof *argv * (size_t)(argc - 2 - used + 1));
			argc -= used;
		}
	}
	if (c == NULL) {
		if (argv[1][0] == '-') {
			fprintf(stderr, "flag provided but not defined: %s\n", argv[1]);
			mainusage(stderr);
			exit(2);
		}
		fprintf(stderr, "go %s: unknown command\nRun 'go help' for usage.\n", argv[1]);
		exit(2);
	}
	cfg.cmdname = c->name;
	env_init();
	i = 2;
	if (!c->rawargs)
		i += flags_parse(c, argc - 2, argv + 2);
	n = argc - i;
	c->run(n, argv + i);
	go_exit(go_status);
}
