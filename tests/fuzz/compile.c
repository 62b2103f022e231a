/*
 * compile.c - mutants of Go files through a compiler: nothing but exit codes 0, 1 and 2 with a message is right, and soon.
 *
 * usage: compile [-n N] [-seed S] [-keep DIR] [-gentle] [-panic] COMPILER IMPORTCFG FILE.go...
 *
 * -keep DIR says where mutants go that show a bug, with what was said in a file beside; -panic counts internal errors after
 * errors of the user's too, which are silent otherwise. Best with a compiler that has sanitizers. Exit code 1 if any mutant failed.
 */
// link: tests/fuzz/mutate.c
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "mutate.h"

enum { SECONDS = 5 };

static const char *keep = ".";
static int count = 1000, seed = 1;
static bool panics, gentle;

static void
put(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		fatal("%s:", path);
}

/* Runs the compiler; the result is its exit code, 128 + signal, or 124 after SECONDS of its own time. */
static int
compile(const char *compiler, const char *cfg, const char *src, const char *out, const char *said)
{
	int st;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		fatal("fork:");
	if (pid == 0) {
		struct rlimit cpu = { SECONDS, SECONDS + 1 };
		int fd = open(said, O_RDWR | O_CREAT | O_TRUNC, 0666);

		dup2(fd, 1);
		dup2(fd, 2);
		setrlimit(RLIMIT_CPU, &cpu);
		alarm(30);
		execl(compiler, compiler, panics ? "-d=panic" : "-c=1", "-o", out, "-p", "main", "-importcfg", cfg, src,
		    (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(st))
		return WEXITSTATUS(st);
	return WTERMSIG(st) == SIGXCPU || WTERMSIG(st) == SIGALRM ? 124 : 128 + WTERMSIG(st);
}

static const char *
verdict(int rc, const char *said)
{
	Bytes b;
	const char *why = NULL, *text;

	if (rc == 124)
		return "takes too long";
	if (rc > 2)
		return "crashes";
	if (!file_trymap(said, &b))
		return "said nothing";
	text = (const char *)b.p;
	if (b.n == 0 && rc != 0)
		why = "fails without a word";
	else if (b.n > 0 && (strstr(text, "runtime error") != NULL || strstr(text, "Sanitizer") != NULL))
		why = "sanitizer";
	else if (b.n > 0 && (strstr(text, "internal compiler error") != NULL))
		why = "internal error";
	file_unmap(b);
	return why;
}

int
main(int argc, char **argv)
{
	static const Flag flags[] = {
		{ "n", FLAG_INT, &count, "count", "how many mutants" },
		{ "seed", FLAG_INT, &seed, "seed", "which ones" },
		{ "keep", FLAG_STRING, &keep, "dir", "where those that show a bug go" },
		{ "gentle", FLAG_BOOL, &gentle, NULL, "mutants of which many compile" },
		{ "panic", FLAG_BOOL, &panics, NULL, "internal errors after errors of the user's count" },
	};
	char dir[] = "/tmp/fuzz.XXXXXX", *src, *out, *said;
	Mutator *m;
	int first, nbad = 0, codes[3] = { 0 };

	diag_init("compile-fuzz");
	first = flag_parse("compile [flags] COMPILER IMPORTCFG FILE.go...", flags, NELEM(flags), argc, argv);
	if (argc - first < 3)
		fatal("usage: compile [flags] COMPILER IMPORTCFG FILE.go...");
	if (mkdtemp(dir) == NULL)
		fatal("mkdtemp:");
	src = arena_printf(perm, "%s/x.go", dir);
	out = arena_printf(perm, "%s/x.a", dir);
	said = arena_printf(perm, "%s/said", dir);
	m = mutate_new(perm, (uint64_t)seed);
	for (int i = first + 2; i < argc; i++)
		mutate_addfile(m, file_map(argv[i]));
	for (int i = 0; i < count; i++) {
		Bytes b = gentle ? mutate_gently(m) : mutate_next(m);
		const char *why;
		int rc;

		put(src, b.p, b.n);
		rc = compile(argv[first], argv[first + 1], src, out, said);
		if (rc <= 2)
			codes[rc]++;
		why = verdict(rc, said);
		if (why != NULL) {
			char *name = arena_printf(perm, "%s/%d_%d.go", keep, seed, i);
			Bytes text = file_map(said);

			nbad++;
			put(name, b.p, b.n);
			put(arena_printf(perm, "%s.said", name), text.p, text.n);
			file_unmap(text);
			printf("%s: %s (exit code %d)\n", name, why, rc);
			fflush(stdout);
		}
	}
	printf("%d mutants: %d compiled, %d refused, %d fatal; %d bad\n", count, codes[0], codes[1], codes[2], nbad);
	unlink(src);
	unlink(out);
	unlink(said);
	rmdir(dir);
	return nbad > 0;
}
