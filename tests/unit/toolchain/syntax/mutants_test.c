/*
 * mutants_test.c - broken Go files give messages and nothing worse.
 *
 * Starts from tests/golden/syntax and from the Go files named as arguments;
 * -n COUNT, -seed N and -write DIR (to keep the mutants) are for searches by
 * hand. Each text lies in memory of its exact size, so that the sanitizers see
 * a scanner that reads too far.
 */
// link: tests/fuzz/mutate.c
#include "../../../fuzz/mutate.h"

#include "syntax/syntax.h"

#include <dirent.h>
#include <stdlib.h>

static void
golden(Mutator *m)
{
	const char *top = getenv("TOP");
	const char *folder = intern_printf("%s/tests/golden/syntax", top != NULL ? top : ".");
	/* clang-format off */
	static const char *const names[] = {
		"decl", "expr", "header", "labels", "lines", "literals", "stmt", "types",
	};
	/* clang-format on */

	for (size_t i = 0; i < NELEM(names); i++)
		mutate_addfile(m, file_map(intern_printf("%s/%s.go", folder, names[i])));
}

int
main(int argc, char **argv)
{
	int count = 3000, seed = 1, bad = 0;
	const char *dir = NULL;
	const Flag flags[] = {
		{ "n", FLAG_INT, &count, "count", "number of mutants" },
		{ "seed", FLAG_INT, &seed, "n", "seed of the generator" },
		{ "write", FLAG_STRING, &dir, "dir", "write the mutants there instead" },
	};
	int arg = flag_parse("usage: mutants_test [flags] [file.go...]", flags, NELEM(flags), argc, argv);
	Arena *pkg = arena_new("pkg");
	Mutator *m = mutate_new(perm, (uint64_t)seed);

	diag_init("mutants_test");
	diag_bigstack();
	diag.all = diag.showbugs = true;
	if (arg == argc)
		golden(m);
	for (; arg < argc; arg++)
		mutate_addfile(m, file_map(argv[arg]));
	for (int i = 0; i < count; i++) {
		Bytes t = mutate_next(m);
		uint8_t *copy;

		if (dir != NULL) {
			file_replace(intern_printf("%s/%d.go", dir, i), t.p, t.n, 0644);
			continue;
		}
		copy = malloc(t.n + 1);
		memcpy(copy, t.p, t.n + 1);
		diag_reset();
		parse_file(pkg, pos_addfile("mutant.go", t.n, 1), (Bytes){ copy, t.n }, 0);
		bad += diag.nerrors > 0;
		arena_reset(pkg);
		free(copy);
	}
	printf("1..1\n# %d mutants, %d with errors\nok 1 - no mutant does harm\n", count, bad);
	return 0;
}
