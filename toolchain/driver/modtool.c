/*
 * modtool.c - starting gomod, the program that talks to module proxies and rewrites go.mod (toolchain/gomod).
 *
 * It is written in Go, for the sake of TLS, and started only when a command is all about modules or something is missing in the
 * module cache: then once for everything that the packages of the command line need, and again only for what that missed.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "driver/driver.h"

static Strs wanted;		/* patterns of the command line */
static bool wantall;		/* not fetched so far */
static Map *failures;		/* "path version" -> what is wrong */

static Strs
words(const char *command)
{
	Strs v = { 0 };

	if (!file_exists(tool_path("gomod")))
		go_fatal("%s: the program for module downloads is missing in this SDK (%s)", command,
		    tool_path("gomod"));
	strs_add(&v, tool_path("gomod"));
	strs_add(&v, command);
	if (cfg.mod != NULL && cfg.mod[0] != '\0')
		strs_add(&v, intern_printf("-mod=%s", cfg.mod));
	if (cfg.modfile != NULL && cfg.modfile[0] != '\0')
		strs_add(&v, intern_printf("-modfile=%s", cfg.modfile));
	if (cfg.overlay != NULL && cfg.overlay[0] != '\0')
		strs_add(&v, intern_printf("-overlay=%s", path_abs(cfg.overlay)));
	if (cfg.tags.n > 0)
		strs_add(&v, intern_printf("-tags=%s", strs_join(&cfg.tags, ",")));
	if (cfg.modcacherw)
		strs_add(&v, "-modcacherw");
	if (cfg.x)
		strs_add(&v, "-x");
	return v;
}

static int
run(const Strs *v)
{
	static const char *const names[] = { "GOFLAGS", "GOINSECURE", "GOMODCACHE", "GONOPROXY", "GONOSUMDB", "GOPATH",
		"GOPRIVATE", "GOPROXY", "GOSUMDB", "GOVCS" };
	Strs env = { 0 };
	int status;

	for (size_t i = 0; i < NELEM(names); i++)
		strs_add(&env, intern_printf("%s=%s", names[i], env_get(names[i])));
	strs_add(&env, intern_printf("GOROOT=%s", cfg.goroot));
	strs_add(&env, intern_printf("GOOS=%s", cfg.goos));
	strs_add(&env, intern_printf("GOARCH=%s", cfg.goarch));
	strs_add(&env, intern_printf("CGO_ENABLED=%d", cfg.cgo));
	strs_add(&env, intern_printf("GOMOD=%s", mods_findgomod()));
	strs_add(&env, intern_printf("GOWORK=%s", mods_findgowork()));
	status = job_run(v, NULL, &env);
	if (status < 0)
		go_exit(1);
	if (WIFSIGNALED(status)) {
		fprintf(stderr, "go: gomod: %s\n", job_status(status));
		go_exit(1);
	}
	return WEXITSTATUS(status);
}

void
modtool_command(const char *command, int argc, char **argv)
{
	Strs v = { 0 };

	v = words(command);
	for (int i = 0; i < argc; i++)
		strs_add(&v, argv[i]);
	go_exit(run(&v));
}

/* Runs a command that writes its answer to the file after -o: memory that it inherits. */
static const char *
answer(const char *command, const Strs *args, size_t *n)
{
	Strs v = words(command);
	int fd = memfd_create("answer", 0), status;
	const char *file = intern_printf("/proc/self/fd/%d", fd), *text;

	if (fd < 0)
		fatal("memfd_create:");
	strs_add(&v, intern_printf("-o=%s", file));
	strs_append(&v, args);
	status = run(&v);
	if (status != 0)
		go_exit(status);
	text = text_file(file, n);
	if (text == NULL)
		go_fatal("reading %s: %s", file, errtext(errno));
	close(fd);
	return text;
}

const char *
modtool_query(const char *what, const Strs *args)
{
	Strs v = { 0 };
	size_t n;

	strs_add(&v, what);
	strs_append(&v, args);
	return answer("QUERY", &v, &n);
}

void
modtool_atversion(int n, char **args)
{
	Strs v = { 0 };
	size_t len;
	bool dry = cfg.n;

	cfg.n = false;		/* the folder is needed even if nothing is built */
	strs_add(&v, work_dir());
	cfg.n = dry;
	for (int i = 0; i < n; i++) {
		char *at = strchr(args[i], '@');

		if (at == NULL || args[i][0] == '.' || args[i][0] == '/')
			go_fatal("%s: all arguments must have a version when one has (path@version), and be no folders",
			    args[i]);
		strs_add(&v, args[i]);
		args[i] = (char *)(uintptr_t)sub(args[i], (size_t)(at - args[i]));
	}
	cfg.mod = cfg.modfile = NULL;
	answer("INSTALL", &v, &len);
	mods_use(path_join(work_dir(), "go.mod"));
}

void
modtool_want(int n, char **patterns)
{
	wantall = true;
	for (int i = 0; i < n; i++)
		strs_add(&wanted, patterns[i]);
}

/* What could not be had: records "what\ntext\0". */
static void
readfailures(const char *text, size_t n)
{
	if (failures == NULL)
		failures = map_new(perm);
	for (const char *end = text + n; text < end; text += strlen(text) + 1) {
		const char *nl = strchr(text, '\n');

		if (nl != NULL)
			map_set(failures, sub(text, (size_t)(nl - text)), (void *)(uintptr_t)intern_str(nl + 1));
	}
}

void
modtool_sync(void)
{
	const char *text;
	size_t n;

	wantall = false;
	text = answer("SYNC", &wanted, &n);
	readfailures(text, n);
}

bool
modtool_fetch(const char *what)
{
	const char *proxy = env_get("GOPROXY"), *text;
	Strs args = { 0 };
	size_t n;

	/* what cannot be fetched anyway needs no process to say so */
	if (streq(proxy, "off") && env_get("GONOPROXY")[0] == '\0')
		return false;
	if (failures == NULL)
		failures = map_new(perm);
	if (map_has(failures, intern_str(what)))
		return false;
	map_set(failures, intern_str(what), NULL);
	if (streq(cfg.cmdname, "test") || streq(cfg.cmdname, "vet"))
		strs_add(&args, "-t");
	if (wantall)
		strs_append(&args, &wanted);
	wantall = false;
	strs_addnew(&args, what);
	text = answer("FETCH", &args, &n);
	readfailures(text, n);
	return true;
}

const char *
modtool_error(const char *what)
{
	return failures != NULL ? map_get(failures, intern_str(what)) : NULL;
}
