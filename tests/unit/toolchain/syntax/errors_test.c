/* errors_test.c - tests/golden/syntax without a compiler: parsing alone gives the messages of X.go.want. */
#include "../../cmocka_all.h"

#include "syntax/syntax.h"

#include <dirent.h>
#include <stdlib.h>
#include <unistd.h>

static int
byname(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static void
messages_are_those_of_the_golden_files(void **state)
{
	const char *top = getenv("TOP");
	Vec(char *) names = { 0 };
	struct dirent *e;
	DIR *dir;

	(void)state;
	if (top == NULL)
		top = ".";
	assert_int_equal(chdir(arena_printf(perm, "%s/tests/golden/syntax", top)), 0);
	dir = opendir(".");
	assert_non_null(dir);
	while ((e = readdir(dir)) != NULL)
		if (strlen(e->d_name) > 3 && strcmp(e->d_name + strlen(e->d_name) - 3, ".go") == 0)
			vec_push(perm, &names, arena_strndup(perm, e->d_name, strlen(e->d_name)));
	closedir(dir);
	assert_true(names.n > 0);
	qsort(names.at, (size_t)names.n, sizeof *names.at, byname);
	for (int i = 0; i < names.n; i++) {
		Bytes text = file_map(names.at[i]);
		Bytes want = file_map(arena_printf(perm, "%s.want", names.at[i]));

		diag_reset();
		parse_file(perm, pos_addfile(names.at[i], text.n, 1), text, 0);
		assert_string_equal(diag_text(), (const char *)want.p);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(messages_are_those_of_the_golden_files),
	};

	diag.all = true;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
