/*
 * job.c - child processes, the folder $WORK, and how the go command ends.
 *
 * Once job_signals was called, signals are blocked and taken where we wait for children, so that no moment exists in
 * which an interrupt is lost; children get the mask they would have had. An interrupt kills the children, waits for
 * them and removes $WORK.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "driver/driver.h"

extern char **environ;
static Vec(Job *) running;
static sigset_t oldmask, caught;
static bool blocked;
static const char *work;

void
job_signals(void)
{
	if (blocked)
		return;
	blocked = true;
	sigemptyset(&caught);
	sigaddset(&caught, SIGINT);
	sigaddset(&caught, SIGTERM);
	sigaddset(&caught, SIGHUP);
	sigaddset(&caught, SIGQUIT);
	sigaddset(&caught, SIGCHLD);
	sigprocmask(SIG_BLOCK, &caught, &oldmask);
}

const char *
work_dir(void)
{
	if (work == NULL) {
		const char *t = env_get("GOTMPDIR");
		struct timespec ts;
		char *dir;

		if (cfg.n) {
			work = "$WORK";
			return work;
		}
		if (t[0] == '\0') {
			t = getenv("TMPDIR");
			if (t == NULL || *t == '\0')
				t = "/tmp";
		}
		job_signals();
		clock_gettime(CLOCK_REALTIME, &ts);
		for (uint32_t i = (uint32_t)ts.tv_nsec ^ (uint32_t)getpid() << 12;; i = i * 1664525 + 1013904223) {
			dir = arena_printf(perm, "%s/go-build%u", path_abs(t), i);
			if (mkdir(dir, 0700) == 0)
				break;
			if (errno != EEXIST) {
				fprintf(stderr, "go: creating work dir: mkdir %s: %s\n", dir, errtext(errno));
				go_exit(2);
			}
		}
		work = intern_str(dir);
		if (cfg.work || cfg.x)
			fprintf(stderr, "WORK=%s\n", work);
	}
	return work;
}

static int
remove1(const char *path, const struct stat *st, int flag, struct FTW *f)
{
	(void)st;
	(void)f;
	if (flag == FTW_DP || flag == FTW_DNR || flag == FTW_D)
		rmdir(path);
	else
		unlink(path);
	return 0;
}

void
work_cleanup(void)
{
	if (work != NULL && !cfg.work && work[0] == '/')
		nftw(work, remove1, 16, FTW_DEPTH | FTW_PHYS);
	work = NULL;
}

void
go_exit(int code)
{
	fflush(stdout);
	work_cleanup();
	dirs_save();
	fflush(stderr);
	_exit(code);
}

static void
interrupted(int sig)
{
	for (int i = 0; i < running.n; i++)
		kill(running.at[i]->pid, SIGKILL);
	for (int i = 0; i < running.n; i++)
		waitpid(running.at[i]->pid, NULL, 0);
	go_exit(sig == SIGINT ? 1 : 128 + sig);
}

static char **
cvec(const Strs *v)
{
	char **out = NEWN(perm, char *, v->n + 1);

	for (int i = 0; i < v->n; i++)
		out[i] = (char *)(uintptr_t)v->at[i];
	return out;
}

/* Our environment with the given settings on top. */
static char **
environment(const Strs *env)
{
	Strs v = { 0 };

	if (env == NULL || env->n == 0)
		return environ;
	for (char **e = environ; *e != NULL; e++) {
		size_t n = strcspn(*e, "=");
		bool over = false;

		for (int i = 0; i < env->n && !over; i++)
			over = strncmp(env->at[i], *e, n + 1) == 0;
		if (!over)
			strs_add(&v, *e);
	}
	strs_append(&v, env);
	return cvec(&v);
}

Job *
job_start(const Strs *argv, const char *dir, const Strs *env, void *ctx)
{
	Job *j = NEW(perm, Job);
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	int err;

	job_signals();
	j->ctx = ctx;
	j->dir = dir;
	j->outfd = memfd_create("output", MFD_CLOEXEC);
	if (j->outfd < 0)
		fatal("memfd_create:");
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_adddup2(&fa, j->outfd, 1);
	posix_spawn_file_actions_adddup2(&fa, j->outfd, 2);
	if (dir != NULL)
		posix_spawn_file_actions_addchdir_np(&fa, dir);
	posix_spawnattr_init(&at);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&at, &oldmask);
	err = posix_spawnp(&j->pid, argv->at[0], &fa, &at, cvec(argv), environment(env));
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	if (err != 0) {
		char msg[600];
		int n = snprintf(msg, sizeof msg, "fork/exec %s: %s\n", argv->at[0], err == ENOENT ? "no such file or directory" :
			err == EACCES ? "permission denied" : errtext(err));

		if (write(j->outfd, msg, (size_t)n) < 0)
			fputs(msg, stderr);
		j->pid = 0;
		j->status = 127 << 8;
	}
	vec_push(perm, &running, j);
	return j;
}

static void
forget(Job *j)
{
	for (int i = 0; i < running.n; i++)
		if (running.at[i] == j) {
			memmove(&running.at[i], &running.at[i + 1], sizeof running.at[0] * (size_t)(running.n - i - 1));
			running.n--;
			return;
		}
}

Job *
job_wait(void)
{
	if (running.n == 0)
		return NULL;
	for (;;) {
		int status, sig;
		pid_t pid;

		for (int i = 0; i < running.n; i++)
			if (running.at[i]->pid == 0) {
				Job *j = running.at[i];

				forget(j);
				return j;
			}
		pid = waitpid(-1, &status, WNOHANG);
		if (pid > 0) {
			for (int i = 0; i < running.n; i++)
				if (running.at[i]->pid == pid) {
					Job *j = running.at[i];

					j->status = status;
					forget(j);
					return j;
				}
			continue;
		}
		if (pid < 0 && errno == ECHILD)
			fatal("lost a child process");
		sig = sigwaitinfo(&caught, NULL);
		if (sig > 0 && sig != SIGCHLD)
			interrupted(sig);
	}
}

const char *
job_output(Job *j, size_t *n)
{
	struct stat st;
	char *p;
	size_t got = 0;

	*n = 0;
	if (j->outfd < 0 || fstat(j->outfd, &st) < 0 || st.st_size == 0) {
		close(j->outfd);
		return "";
	}
	p = arena_alloc(perm, (size_t)st.st_size + 1);
	while (got < (size_t)st.st_size) {
		ssize_t r = pread(j->outfd, p + got, (size_t)st.st_size - got, (off_t)got);

		if (r <= 0)
			break;
		got += (size_t)r;
	}
	close(j->outfd);
	*n = got;
	return p;
}

/* The child has our terminal and decides what an interrupt means; what is sent to us alone is passed on. */
int
job_run(const Strs *argv, const char *dir, const Strs *env)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	pid_t pid;
	int err, status;

	job_signals();
	fflush(stdout);
	posix_spawn_file_actions_init(&fa);
	if (dir != NULL)
		posix_spawn_file_actions_addchdir_np(&fa, dir);
	posix_spawnattr_init(&at);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&at, &oldmask);
	err = posix_spawnp(&pid, argv->at[0], &fa, &at, cvec(argv), environment(env));
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	if (err != 0) {
		fprintf(stderr, "fork/exec %s: %s\n", argv->at[0], err == ENOENT ? "no such file or directory" :
			err == EACCES ? "permission denied" : err == ENOEXEC ? "exec format error" : errtext(err));
		return -1;
	}
	for (;;) {
		siginfo_t info;
		int sig;

		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		sig = sigwaitinfo(&caught, &info);
		if (sig > 0 && sig != SIGCHLD && (info.si_code == SI_USER || sig == SIGTERM || sig == SIGHUP) && info.si_pid != pid)
			kill(pid, sig);
	}
}
