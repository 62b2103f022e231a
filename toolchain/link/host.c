/*
 * host.c - -linkmode=external: the C compiler as the linker.
 *
 * It is given our object first, so that .text starts with Go's code, where tools look for it; the start files of the
 * sysroot's libc, the C objects of packages, the runtime, the libraries that packages and the user name, and libc. With
 * -nostdlib nothing of the machine's own gets in. What starts is musl's _start, as in internal links. --gc-sections: the runtime's
 * C has parts that only some programs need, and these want Go functions that are in such programs only.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "link/link.h"

typedef Vec(const char *) Args;

static const char *dir;
static bool own;	/* dir is ours: it goes when we end */

static void
cleanup(void)
{
	DIR *d = own ? opendir(dir) : NULL;

	if (d == NULL)
		return;
	for (struct dirent *e; (e = readdir(d)) != NULL;)
		unlink(arena_printf(perm, "%s/%s", dir, e->d_name));
	closedir(d);
	rmdir(dir);
	own = false;
}

static void
makedir(void)
{
	const char *tmp = getenv("TMPDIR");
	char *name = arena_printf(l.a, "%s/go-link-XXXXXX", tmp != NULL && tmp[0] != 0 ? tmp : "/tmp");

	dir = l.tmpdir;
	if (dir != NULL)
		return;
	dir = mkdtemp(name);
	if (dir == NULL)
		fatal("cannot make a temporary directory %s:", name);
	own = true;
	diag_atexit(cleanup);
}

/* Words separated by blanks, or within quotes, as cmd/internal/quoted splits them. */
static void
words(Args *v, const char *s)
{
	while (s != NULL && s[strspn(s, " \t\n\r")] != 0) {
		size_t n;
		char q;

		s += strspn(s, " \t\n\r");
		q = *s == '\'' || *s == '"' ? *s++ : 0;
		n = q != 0 ? strcspn(s, q == '"' ? "\"" : "'") : strcspn(s, " \t\n\r");
		if (q != 0 && s[n] == 0)
			fatal("-extldflags: unterminated %c string", q);
		vec_push(l.a, v, arena_strndup(l.a, s, n));
		s += n + (q != 0);
	}
}

static void
file(Args *v, const char *name)
{
	vec_push(l.a, v, arena_printf(l.a, "%s/%s", l.libdir, name));
}

/* The C compiler that can link for the target if nobody says which: clang, with the flags the sysroot was built with. */
static void
compiler(Args *v)
{
	Bytes b;

	if (l.extld != NULL) {
		words(v, l.extld);
		return;
	}
	vec_push(l.a, v, "clang");
	if (file_trymap(arena_printf(l.a, "%s/cflags", l.libdir), &b))
		words(v, arena_strndup(l.a, (const char *)b.p, b.n));
	vec_push(l.a, v, "-fuse-ld=lld");
}

static Args
command(const char *object)
{
	const char *const start[] = { l.pie ? "-static-pie" : "-static", "-nostdlib", "-Wl,--eh-frame-hdr", "-Wl,-X",
		"-Wl,--gc-sections", "-Wl,-z,nostart-stop-gc", "-Wl,-z,relro,-z,now" };
	Args v = { 0 };

	compiler(&v);
	for (size_t i = 0; i < NELEM(start); i++)
		vec_push(l.a, &v, start[i]);
	if (l.nosym || l.nodwarf)
		vec_push(l.a, &v, l.nosym ? "-s" : "-Wl,-S");
	if (l.gnuid.n > 0) {
		Buf id = { 0 };

		buf_str(&id, "-Wl,--build-id=0x");
		for (size_t i = 0; i < l.gnuid.n; i++)
			buf_printf(&id, "%02x", l.gnuid.p[i]);
		vec_push(l.a, &v, buf_cstr(&id));
	}
	if (strcmp(l.entry, "_start") != 0)
		vec_push(l.a, &v, arena_printf(l.a, "-Wl,-e,%s", l.entry));
	if (l.debug.n > 0 && !l.nocompress)
		vec_push(l.a, &v, "-Wl,--compress-debug-sections=zlib");
	vec_push(l.a, &v, "-o");
	vec_push(l.a, &v, l.out);
	vec_push(l.a, &v, object);
	file(&v, l.pie ? "rcrt1.o" : "crt1.o");
	file(&v, "crti.o");
	for (int i = 0; i < l.hostobjs.n; i++) {
		const char *name = arena_printf(l.a, "%s/%06d.o", dir, i);

		file_replace(name, l.hostobjs.at[i].p, l.hostobjs.at[i].n, 0666);
		vec_push(l.a, &v, name);
	}
	vec_push(l.a, &v, arena_printf(l.a, "-L%s", l.libdir));
	vec_push(l.a, &v, "-Wl,--start-group");
	file(&v, "libruntime.a");
	for (int i = 0; i < l.hostflags.n; i++)
		vec_push(l.a, &v, l.hostflags.at[i]);
	words(&v, l.extldflags);
	file(&v, "libc.a");
	file(&v, "libclang_rt.builtins.a");
	vec_push(l.a, &v, "-Wl,--end-group");
	file(&v, "crtn.o");
	return v;
}

/* Runs it, what it says into a file; its wait status, or -1. */
static int
run(const Args *v, const char *said)
{
	const char **argv = NEWN(l.a, const char *, v->n + 1);
	int st, fd;
	pid_t pid;

	for (int i = 0; i < v->n; i++)
		argv[i] = v->at[i];
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -1;
	if (pid == 0) {
		fd = open(said, O_WRONLY | O_CREAT | O_TRUNC, 0666);
		if (fd < 0 || dup2(fd, 1) < 0 || dup2(fd, 2) < 0)
			_exit(127);
		execvp(argv[0], (char **)(uintptr_t)argv);
		dprintf(2, "exec: \"%s\": %s\n", argv[0],
		    errno == ENOENT ? "executable file not found in $PATH" : strerror(errno));
		_exit(127);
	}
	while (waitpid(pid, &st, 0) < 0)
		if (errno != EINTR)
			return -1;
	return st;
}

static const char *
joined(const Args *v)
{
	Buf b = { 0 };

	for (int i = 0; i < v->n; i++)
		buf_printf(&b, "%s%s", i > 0 ? " " : "", v->at[i]);
	return buf_cstr(&b);
}

void
link_host(void)
{
	const char *object, *said;
	Bytes text = { NULL, 0 };
	Args v;
	int st;

	if (!l.external)
		return;
	makedir();
	object = arena_printf(l.a, "%s/go.o", dir);
	said = arena_printf(l.a, "%s/said", dir);
	external_write(object);
	v = command(object);
	if (l.verbose)
		printf("host link: %s\n", joined(&v));
	st = run(&v, said);
	if (!file_trymap(said, &text))
		text.n = 0;
	if (st != 0) {
		fprintf(stderr, "link: running %s failed: %s %d\n%s\n%.*s", v.at[0],
		    WIFSIGNALED(st) ? "signal" : "exit status", WIFSIGNALED(st) ? WTERMSIG(st) : WEXITSTATUS(st),
		    joined(&v), (int)text.n, (const char *)text.p);
		if (WIFEXITED(st) && WEXITSTATUS(st) == 127)
			fprintf(stderr,
			    "link: -linkmode=external needs a C compiler that links for linux/%s: install clang 19 and "
			    "lld "
			    "(Debian: apt-get install clang-19 lld-19), or name one with -extld\n",
			    l.t->name);
		cleanup();
		exit(2);
	}
	if (text.n > 0)
		printf("%.*s", (int)text.n, (const char *)text.p);
	cleanup();
}
