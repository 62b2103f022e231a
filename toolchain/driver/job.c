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
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "driver/driver.h"

extern char **environ;
static Vec(Job *) running;
static sigset_t oldmask, caught;
static bool blocked;
static int sigfd = -1;
static const char *work;
bool job_stopping;

int64_t
clock_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000000000 + ts.tv_nsec;
}

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
	sigfd = signalfd(-1, &caught, SFD_CLOEXEC | SFD_NONBLOCK);
	if (sigfd < 0)
		fatal("signalfd:");
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
		if (running.at[i]->pid > 0 && !running.at[i]->exited)
			kill(running.at[i]->pid, SIGKILL);
	for (int i = 0; i < running.n; i++)
		if (running.at[i]->pid > 0 && !running.at[i]->exited)
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

static int
spawn(Job *j, const Strs *argv, const char *dir, const Strs *env, int out)
{
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t at;
	int err;

	job_signals();
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	if (out >= 0) {
		posix_spawn_file_actions_adddup2(&fa, out, 1);
		if (j->noerrors)
			posix_spawn_file_actions_addopen(&fa, 2, "/dev/null", O_WRONLY, 0);
		else
			posix_spawn_file_actions_adddup2(&fa, out, 2);
	} else {
		posix_spawn_file_actions_adddup2(&fa, 1, 2);
	}
	if (dir != NULL)
		posix_spawn_file_actions_addchdir_np(&fa, dir);
	posix_spawnattr_init(&at);
	posix_spawnattr_setflags(&at, POSIX_SPAWN_SETSIGMASK);
	posix_spawnattr_setsigmask(&at, &oldmask);
	err = posix_spawnp(&j->pid, argv->at[0], &fa, &at, cvec(argv), environment(env));
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&at);
	return err;
}

/* Why a program could not be started, in the words of Go's os/exec. */
static const char *
spawnerror(const Strs *argv, const char *dir, int err)
{
	const char *why = err == ENOENT ? "no such file or directory" :
	    err == EACCES               ? "permission denied" :
	    err == ENOEXEC              ? "exec format error" :
					  errtext(err);

	if (dir != NULL && access(dir, F_OK) < 0)
		return intern_printf("chdir %s: %s", dir, errtext(errno));
	if (err == ENOENT && strchr(argv->at[0], '/') == NULL)
		return intern_printf("exec: %s: executable file not found in $PATH", goquoted(argv->at[0]));
	return intern_printf("fork/exec %s: %s", argv->at[0], why);
}

Job *
job_start(const Strs *argv, const char *dir, const Strs *env, void *ctx)
{
	Job *j = NEW(perm, Job);
	int err;

	j->ctx = ctx;
	j->dir = dir;
	j->outfd = memfd_create("output", MFD_CLOEXEC);
	if (j->outfd < 0)
		fatal("memfd_create:");
	err = spawn(j, argv, dir, env, j->outfd);
	if (err != 0) {
		char msg[600];
		int n = snprintf(msg, sizeof msg, "%s\n", spawnerror(argv, dir, err));

		if (write(j->outfd, msg, (size_t)n) < 0)
			fputs(msg, stderr);
		j->pid = 0;
		j->status = 127 << 8;
	}
	vec_push(perm, &running, j);
	return j;
}

/* sink NULL: the child writes to our standard output itself. */
Job *
job_startstream(const Strs *argv, const char *dir, const Strs *env, void *ctx,
    void (*sink)(Job *, const char *, size_t), int64_t limit, int64_t grace)
{
	Job *j = NEW(perm, Job);
	int fds[2] = { -1, -1 }, err;

	j->ctx = ctx;
	j->dir = dir;
	j->sink = sink;
	j->own = true;
	j->grace = grace;
	if (limit > 0)
		j->deadline = clock_ns() + limit;
	fflush(stdout);
	if (sink != NULL && pipe2(fds, O_CLOEXEC) < 0)
		fatal("pipe:");
	err = spawn(j, argv, dir, env, fds[1]);
	if (sink != NULL)
		close(fds[1]);
	j->outfd = fds[0];
	if (err != 0) {
		j->pid = 0;
		j->error = spawnerror(argv, dir, err);
		if (fds[0] >= 0)
			close(fds[0]);
		j->outfd = -1;
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

/* Notes which children have ended. */
static void
reap(void)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
		for (int i = 0; i < running.n; i++) {
			Job *j = running.at[i];

			if (j->pid == pid && !j->exited) {
				j->exited = true;
				j->status = status;
				j->ended = clock_ns();
				if (j->grace > 0)
					j->deadline = j->ended + j->grace;
				else
					j->deadline = 0;
			}
		}
	if (pid < 0 && errno == ECHILD)
		for (int i = 0; i < running.n; i++)
			if (running.at[i]->pid != 0 && !running.at[i]->exited)
				fatal("lost a child process");
}

/* Time is up: first SIGQUIT, so that a Go program says where it is, then SIGKILL; output that others keep open is left. */
static void
overdue(Job *j)
{
	if (j->exited) {
		j->incomplete = j->outfd >= 0;
		close(j->outfd);
		j->outfd = -1;
	} else if (!j->quit) {
		j->quit = true;
		kill(j->pid, SIGQUIT);
		j->deadline = clock_ns() + (j->grace > 0 ? j->grace : 5000000000);
	} else {
		kill(j->pid, SIGKILL);
		j->deadline = clock_ns() + 1000000000;
	}
}

static void
drain(Job *j)
{
	char buf[65536];
	ssize_t n = read(j->outfd, buf, sizeof buf);

	if (n > 0) {
		j->sink(j, buf, (size_t)n);
	} else if (n == 0 || (errno != EINTR && errno != EAGAIN)) {
		close(j->outfd);
		j->outfd = -1;
	}
}

/* A signal to us while tests run: the terminal's have reached them too, others are passed on; a second one ends us. */
static void
gotsignal(const struct signalfd_siginfo *si)
{
	bool own = false;

	for (int i = 0; i < running.n; i++)
		own = own || running.at[i]->own;
	if (!own || job_stopping || (si->ssi_signo != SIGINT && si->ssi_signo != SIGQUIT))
		interrupted((int)si->ssi_signo);
	job_stopping = true;
	for (int i = 0; i < running.n; i++)
		if (running.at[i]->pid > 0 && !running.at[i]->exited && si->ssi_code <= 0)
			kill(running.at[i]->pid, (int)si->ssi_signo);
}

/* Waits for a signal, output or the next deadline. */
static void
waitevent(void)
{
	static Vec(struct pollfd) pf;
	struct signalfd_siginfo si;
	int64_t next = 0, now = clock_ns();
	int timeout = -1;

	pf.n = 0;
	vec_push(perm, &pf, ((struct pollfd){ .fd = sigfd, .events = POLLIN }));
	for (int i = 0; i < running.n; i++) {
		Job *j = running.at[i];

		if (j->sink != NULL && j->outfd >= 0)
			vec_push(perm, &pf, ((struct pollfd){ .fd = j->outfd, .events = POLLIN }));
		if (j->deadline != 0 && (next == 0 || j->deadline < next))
			next = j->deadline;
	}
	if (next != 0)
		timeout = next <= now ? 0 : next - now > 3600000000000 ? 3600000 : (int)((next - now) / 1000000 + 1);
	if (poll(pf.at, (nfds_t)pf.n, timeout) < 0 && errno != EINTR)
		fatal("poll:");
	for (int k = 1; k < pf.n; k++)
		for (int i = 0; i < running.n && (pf.at[k].revents & (POLLIN | POLLHUP | POLLERR)); i++)
			if (running.at[i]->sink != NULL && running.at[i]->outfd == pf.at[k].fd) {
				drain(running.at[i]);
				break;
			}
	while (read(sigfd, &si, sizeof si) == (ssize_t)sizeof si)
		if (si.ssi_signo != SIGCHLD)
			gotsignal(&si);
	now = clock_ns();
	for (int i = 0; i < running.n; i++)
		if (running.at[i]->deadline != 0 && running.at[i]->deadline <= now)
			overdue(running.at[i]);
}

Job *
job_wait(void)
{
	if (running.n == 0)
		return NULL;
	for (;;) {
		reap();
		for (int i = 0; i < running.n; i++) {
			Job *j = running.at[i];

			if (j->pid == 0 || (j->exited && (j->sink == NULL || j->outfd < 0))) {
				forget(j);
				return j;
			}
		}
		waitevent();
	}
}

const char *
job_output(Job *j, size_t *n)
{
	struct stat st;
	char *p;
	size_t got = 0;

	*n = 0;
	if (j->outfd < 0)
		return "";
	if (fstat(j->outfd, &st) < 0 || st.st_size == 0) {
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

static const char *
capture(Job *j, const Strs *argv, const char *dir)
{
	size_t n;
	int err;

	j->outfd = memfd_create("output", MFD_CLOEXEC);
	if (j->outfd < 0)
		fatal("memfd_create:");
	err = spawn(j, argv, dir, NULL, j->outfd);
	if (err != 0) {
		close(j->outfd);
		j->status = 127 << 8;
		return intern_printf("%s\n", spawnerror(argv, dir, err));
	}
	while (waitpid(j->pid, &j->status, 0) < 0 && errno == EINTR)
		;
	return job_output(j, &n);
}

const char *
job_capture(const Strs *argv, const char *dir)
{
	return capture(&(Job){ 0 }, argv, dir);
}

const char *
job_answer(const Strs *argv, const char *dir, int *status)
{
	Job j = { .noerrors = true };
	const char *out = capture(&j, argv, dir);

	*status = j.status;
	return out;
}

const char *
job_status(int status)
{
	/* Names of syscall.Signal. */
	static const struct {
		int sig;
		const char *name;
	/* clang-format off */
	} names[] = {
		{ SIGHUP, "hangup" }, { SIGINT, "interrupt" }, { SIGQUIT, "quit" }, { SIGILL, "illegal instruction" },
		{ SIGTRAP, "trace/breakpoint trap" }, { SIGABRT, "aborted" }, { SIGBUS, "bus error" }, { SIGFPE, "floating point exception" },
		{ SIGKILL, "killed" }, { SIGUSR1, "user defined signal 1" }, { SIGSEGV, "segmentation fault" },
		{ SIGUSR2, "user defined signal 2" }, { SIGPIPE, "broken pipe" }, { SIGALRM, "alarm clock" }, { SIGTERM, "terminated" },
		{ SIGXCPU, "CPU time limit exceeded" }, { SIGXFSZ, "file size limit exceeded" }, { SIGSYS, "bad system call" },
	};
	/* clang-format on */
	const char *name;

	if (!WIFSIGNALED(status))
		return intern_printf("exit status %d", WEXITSTATUS(status));
	name = intern_printf("signal %d", WTERMSIG(status));
	for (size_t i = 0; i < NELEM(names); i++)
		if (names[i].sig == WTERMSIG(status))
			name = names[i].name;
	return intern_printf("signal: %s%s", name, WCOREDUMP(status) ? " (core dumped)" : "");
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
		fprintf(stderr, "%s\n", spawnerror(argv, dir, err));
		return -1;
	}
	for (;;) {
		siginfo_t info;
		int sig;

		if (waitpid(pid, &status, WNOHANG) == pid)
			return status;
		sig = sigwaitinfo(&caught, &info);
		if (sig > 0 && sig != SIGCHLD && (info.si_code == SI_USER || sig == SIGTERM || sig == SIGHUP) &&
		    info.si_pid != pid)
			kill(pid, sig);
	}
}
