/*
 * corpus_test.c - parses every Go file below the folder $GOCORPUS (the src of
 * a Go distribution) except those in testdata folders, and wants no error.
 * Prints lines per second. Skips without $GOCORPUS.
 */
#include "syntax/syntax.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>

static size_t nfiles, nlines, nbytes;
static double seconds;
static Arena *pkg;

static void
onefile(const char *name)
{
	struct timespec a, b;
	Bytes text = file_map(name);

	for (size_t i = 0; i < text.n; i++)
		nlines += text.p[i] == '\n';
	clock_gettime(CLOCK_MONOTONIC, &a);
	parse_file(pkg, pos_addfile(name, text.n, 1), text, PARSE_STD | PARSE_RUNTIME);
	clock_gettime(CLOCK_MONOTONIC, &b);
	seconds += (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	nfiles++;
	nbytes += text.n;
	arena_reset(pkg);
	file_unmap(text);
}

static void
folder(const char *name)
{
	DIR *dir = opendir(name);
	struct dirent *e;

	if (dir == NULL)
		fatal("%s:", name);
	while ((e = readdir(dir)) != NULL) {
		size_t n = strlen(e->d_name);
		const char *path = intern_printf("%s/%s", name, e->d_name);
		struct stat st;

		if (e->d_name[0] == '.' || strcmp(e->d_name, "testdata") == 0 || stat(path, &st) < 0)
			continue;
		if (S_ISDIR(st.st_mode))
			folder(path);
		else if (n > 3 && strcmp(e->d_name + n - 3, ".go") == 0)
			onefile(path);
	}
	closedir(dir);
}

int
main(void)
{
	const char *top = getenv("GOCORPUS");

	if (top == NULL) {
		printf("1..0 # SKIP GOCORPUS is not set\n");
		return 77;
	}
	diag_init("corpus_test");
	pkg = arena_new("pkg");
	folder(top);
	printf("1..1\n# %zu files, %zu lines, %zu bytes in %.2f s: %.2f million lines a second\n", nfiles, nlines,
	    nbytes, seconds, (double)nlines / seconds / 1e6);
	diag_checkpoint();
	printf("ok 1 - all files parse\n");
	return 0;
}
