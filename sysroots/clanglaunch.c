/*
 * clanglaunch.c - bin/clang, bin/clang++ and bin/ld.lld of the clang archive: starts the real program with the libraries that lie beside it.
 *
 * A static program, so that it runs on any Linux, whatever libc that has. bin/NAME runs a program of libexec by lib/ld.so, which is told where
 * the libraries are and what the program is called; clang finds its own headers and ld.lld by that name. Symbolic links to bin/NAME work too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *
join(const char *a, const char *b)
{
	size_t n = strlen(a) + strlen(b) + 1;
	char *s = malloc(n);

	if (s == NULL) {
		fputs("clang: out of memory\n", stderr);
		exit(127);
	}
	snprintf(s, n, "%s%s", a, b);
	return s;
}

/* The folder above bin. Where there is no /proc, the way that we were called has to do. */
static char *
folder(const char *name)
{
	char *self = realpath("/proc/self/exe", NULL), *slash;

	if (self == NULL && strchr(name, '/') != NULL)
		self = realpath(name, NULL);
	if (self == NULL) {
		perror("clang: /proc/self/exe");
		exit(127);
	}
	for (int up = 0; up < 2; up++) {
		slash = strrchr(self, '/');
		if (slash == NULL) {
			fprintf(stderr, "clang: %s is not in a folder\n", self);
			exit(127);
		}
		*slash = '\0';
	}
	return self;
}

int
main(int argc, char **argv)
{
	const char *name = argc > 0 ? argv[0] : "clang", *slash = strrchr(name, '/'),
		   *base = slash != NULL ? slash + 1 : name;
	int isclang = strstr(base, "lld") == NULL, k = 0;
	char *dir = folder(name), **v = calloc((size_t)argc + 8, sizeof *v);

	if (v == NULL) {
		perror("clang");
		return 127;
	}
	v[k++] = join(dir, "/lib/ld.so");
	v[k++] = (char[]){ "--library-path" };
	v[k++] = join(dir, "/lib");
	v[k++] = (char[]){ "--argv0" };
	v[k++] = join(dir, !isclang ? "/bin/ld.lld" : strstr(base, "++") != NULL ? "/bin/clang++" : "/bin/clang");
	v[k++] = join(dir, isclang ? "/libexec/clang" : "/libexec/lld");
	/* the name counts, not what /proc says: that is ld.so. What clang starts for itself (-cc1) knows already. */
	if (isclang && (argc < 2 || strncmp(argv[1], "-cc1", 4) != 0))
		v[k++] = (char[]){ "-no-canonical-prefixes" };
	for (int i = 1; i < argc; i++)
		v[k++] = argv[i];
	execv(v[0], v);
	perror(v[0]);
	return 127;
}
