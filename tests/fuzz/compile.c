/*
 * compile.c - mutants of Go files through a compiler: nothing but exit codes 0, 1 and 2 with a message is right, and soon.
 *
 * usage: compile [-n N] [-seed S] [-keep DIR] [-gentle] [-panic] COMPILER IMPORTCFG FILE.go...
 *
 * -keep DIR says where mutants go that show a bug, with what was said in a file beside; -panic counts internal errors after
 * errors of the user's too, which are silent otherwise. Best with a compiler that has sanitizers. Exit code 1 if any mutant failed.
 */
// link: tests/fuzz/mutate.c tests/fuzz/trial.c
#include <stdlib.h>
#include <unistd.h>

#include "mutate.h"
#include "trial.h"

enum { SECONDS = 5 };

static const char *keep = ".";
static int count = 1000, seed = 1;
static bool panics, gentle;

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
		char *cmd[] = { argv[first], panics ? "-d=panic" : "-c=1", "-o", out, "-p", "main", "-importcfg",
			argv[first + 1], src, NULL };

		trial_write(src, b.p, b.n);
		rc = trial_run(cmd, said, SECONDS);
		if (rc <= 2)
			codes[rc]++;
		why = trial_verdict(rc, said);
		if (why != NULL) {
			nbad++;
			trial_keep(arena_printf(perm, "%s/%d_%d.go", keep, seed, i), b.p, b.n, said, why, rc);
		}
	}
	printf("%d mutants: %d compiled, %d refused, %d fatal; %d bad\n", count, codes[0], codes[1], codes[2], nbad);
	unlink(src);
	unlink(out);
	unlink(said);
	rmdir(dir);
	return nbad > 0;
}
