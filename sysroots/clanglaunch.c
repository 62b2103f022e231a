/*
 * clanglaunch.c - bin/clang and bin/clang++ of the clang archive: starts the real program with the libraries that lie beside it.
 *
 * A static program, so that it runs on any Linux, whatever libc that has. bin/NAME runs libexec/clang by lib/ld.so, which is told where the
 * libraries are and what the program is called; clang finds its own headers by that name. Symbolic links to bin/NAME work too.
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

int
main(int argc, char **argv)
{
	char self[4096], *slash, *dir, **v = calloc((size_t)argc + 8, sizeof *v);
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	const char *name = argc > 0 ? argv[0] : "clang", *base = strrchr(name, '/');
	int k = 0;

	if (n < 0 || v == NULL) {
		perror("clang: /proc/self/exe");
		return 127;
	}
	self[n] = '\0';
	for (int up = 0; up < 2; up++) {	/* dir/bin/NAME */
		slash = strrchr(self, '/');
		if (slash == NULL) {
			fprintf(stderr, "clang: %s is not in a folder\n", self);
			return 127;
		}
		*slash = '\0';
	}
	dir = self;
	base = base != NULL ? base + 1 : name;
	v[k++] = join(dir, "/lib/ld.so");
	v[k++] = (char[]){ "--library-path" };
	v[k++] = join(dir, "/lib");
	v[k++] = (char[]){ "--argv0" };
	v[k++] = join(dir, strstr(base, "++") != NULL ? "/bin/clang++" : "/bin/clang");
	v[k++] = join(dir, "/libexec/clang");
	/* the name counts, not what /proc says: that is ld.so. What clang starts for itself (-cc1) knows already. */
	if (argc < 2 || strncmp(argv[1], "-cc1", 4) != 0)
		v[k++] = (char[]){ "-no-canonical-prefixes" };
	for (int i = 1; i < argc; i++)
		v[k++] = argv[i];
	execv(v[0], v);
	perror(v[0]);
	return 127;
}
