/*
 * trial.c - see trial.h.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "trial.h"

void
trial_write(const char *path, const void *p, size_t n)
{
	FILE *f = fopen(path, "w");

	if (f == NULL || fwrite(p, 1, n, f) != n || fclose(f) != 0)
		fatal("%s:", path);
}

int
trial_run(char **argv, const char *said, int seconds)
{
	int st;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		fatal("fork:");
	if (pid == 0) {
		struct rlimit cpu = { (rlim_t)seconds, (rlim_t)seconds + 1 };
		int fd = open(said, O_RDWR | O_CREAT | O_TRUNC, 0666);

		dup2(fd, 1);
		dup2(fd, 2);
		setrlimit(RLIMIT_CPU, &cpu);
		alarm((unsigned)seconds * 6);
		execvp(argv[0], argv);
		_exit(127);
	}
	while (waitpid(pid, &st, 0) < 0 && errno == EINTR)
		;
	if (WIFEXITED(st))
		return WEXITSTATUS(st);
	return WTERMSIG(st) == SIGXCPU || WTERMSIG(st) == SIGALRM ? 124 : 128 + WTERMSIG(st);
}

const char *
trial_verdict(int rc, const char *said)
{
	const char *why = NULL;
	Bytes b;
	char *text;

	if (rc == 124)
		return "takes too long";
	if (rc > 2)
		return "crashes";
	if (!file_trymap(said, &b))
		return "said nothing";
	text = arena_alloc(perm, b.n + 1);
	if (b.n > 0)
		memcpy(text, b.p, b.n);
	if (b.n == 0 && rc != 0)
		why = "fails without a word";
	else if (strstr(text, "runtime error") != NULL || strstr(text, "Sanitizer") != NULL)
		why = "sanitizer";
	else if (strstr(text, "internal compiler error") != NULL || strstr(text, ": signal ") != NULL)
		why = "internal error";
	file_unmap(b);
	return why;
}

void
trial_keep(const char *name, const void *p, size_t n, const char *said, const char *why, int rc)
{
	Bytes text = file_map(said);

	trial_write(name, p, n);
	trial_write(arena_printf(perm, "%s.said", name), text.p, text.n);
	file_unmap(text);
	printf("%s: %s (exit code %d)\n", name, why, rc);
	fflush(stdout);
}
