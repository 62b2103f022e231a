/* diag_test.c - positions, //line, messages, the ends of a process, flags, files. */
#include "../../cmocka_all.h"

#include "base/base.h"

#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

/* Three lines of 5, 0 and 7 bytes. */
static SrcFile *
threelines(const char *name)
{
	SrcFile *f = pos_addfile(name, 14, 1);

	pos_newline(f, 6);
	pos_newline(f, 7);
	return f;
}

static void
positions_become_lines_and_columns(void **state)
{
	SrcFile *f = threelines("a.go"), *g = threelines("b.go");
	Pos p = pos_make(g, 9);
	Loc l = pos_loc(p);

	(void)state;
	assert_string_equal(l.file, "b.go");
	assert_int_equal(l.line, 3);
	assert_int_equal(l.col, 3);
	assert_int_equal(pos_line(pos_make(f, 0)), 1);
	assert_int_equal(pos_line(pos_make(f, 6)), 2);
	assert_int_equal(pos_loc(pos_make(f, 14)).col, 8);
	assert_ptr_equal(pos_file(pos_make(f, 14)), f);
	assert_int_equal(pos_offset(p), 9);
	assert_int_equal(pos_loc(0).line, 0);
}

static void
line_directives_renumber(void **state)
{
	SrcFile *f = pos_addfile("c.go", 100, 1);

	(void)state;
	for (size_t i = 10; i < 100; i += 10)
		pos_newline(f, i);
	pos_linedirective(f, 20, intern_str("x.y"), 50, 0);
	pos_linedirective(f, 45, intern_str("z.y"), 7, 3);
	assert_string_equal(pos_loc(pos_make(f, 19)).file, "c.go");
	assert_string_equal(pos_loc(pos_make(f, 20)).file, "x.y");
	assert_int_equal(pos_loc(pos_make(f, 35)).line, 51);
	assert_int_equal(pos_loc(pos_make(f, 35)).col, 0);
	assert_int_equal(pos_loc(pos_make(f, 47)).line, 7);
	assert_int_equal(pos_loc(pos_make(f, 47)).col, 5);
	assert_int_equal(pos_loc(pos_make(f, 52)).line, 8);
	assert_int_equal(pos_loc(pos_make(f, 52)).col, 3);
}

static void
trimpath_rewrites_absolute_names_only(void **state)
{
	SrcFile *f;

	(void)state;
	pos_trimpath("/src/x=>mod@v1;/gone");
	f = pos_addfile("/src/x/a.go", 1, 1);
	assert_string_equal(pos_loc(pos_make(f, 0)).absfile, "mod@v1/a.go");
	assert_string_equal(pos_loc(pos_make(f, 0)).file, "/src/x/a.go");
	f = pos_addfile("/src/xy/a.go", 1, 1);
	assert_string_equal(pos_loc(pos_make(f, 0)).absfile, "/src/xy/a.go");
	f = pos_addfile("/gone/b/a.go", 1, 1);
	assert_string_equal(pos_loc(pos_make(f, 0)).absfile, "b/a.go");
	pos_trimpath("");
}

static void
messages_are_sorted_and_not_repeated(void **state)
{
	SrcFile *f = threelines("m.go");

	(void)state;
	diag_reset();
	diag_error(pos_make(f, 8), "late %d", 1);
	diag_error(pos_make(f, 1), "early");
	diag_error(pos_make(f, 2), "early");
	diag_syntax(pos_make(f, 3), "one");
	diag_syntax(pos_make(f, 4), "a second on the same line");
	assert_string_equal(diag_text(), "m.go:1:2: early\nm.go:1:4: syntax error: one\nm.go:3:2: late 1\n");
	assert_int_equal(diag.nerrors, 3);
	diag_reset();
}

/* Runs fn in a child; returns its exit code and what it printed. */
static int
child(void (*fn)(void), char *out, size_t size)
{
	int fds[2], status;
	size_t n = 0;
	ssize_t r;
	pid_t pid;

	assert_int_equal(pipe(fds), 0);
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		dup2(fds[1], 1);
		dup2(fds[1], 2);
		close(fds[0]);
		close(fds[1]);
		fn();
		_exit(99);
	}
	close(fds[1]);
	while (n + 1 < size && (r = read(fds[0], out + n, size - 1 - n)) > 0)
		n += (size_t)r;
	out[n] = '\0';
	close(fds[0]);
	waitpid(pid, &status, 0);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
tenerrors(void)
{
	SrcFile *f = pos_addfile("t.go", 20, 1);

	for (size_t i = 20; i > 0; i--)
		diag_error(pos_make(f, i), "number %d", (int)i);
}

static void
missingfile(void)
{
	diag.tool = "test";
	file_map("/no/such/file");
}

static void
ourbug(void)
{
	diag.phase = "lower";
	diag.subject = "main.f";
	bug("bad value %d", 5);
}

static void
ourbugaftererrors(void)
{
	diag_error(0, "something is wrong");
	bug("bad value %d", 5);
}

static void
processes_end_as_documented(void **state)
{
	char out[2000];

	(void)state;
	assert_int_equal(child(tenerrors, out, sizeof out), 1);
	assert_non_null(strstr(out, "t.go:1:12: number 11\n"));
	assert_non_null(strstr(out, "t.go:1:12: too many errors\n"));
	assert_null(strstr(out, "number 10\n"));
	assert_int_equal(child(missingfile, out, sizeof out), 2);
	assert_string_equal(out, "test: open /no/such/file: No such file or directory\n");
	assert_int_equal(child(ourbug, out, sizeof out), 2);
	assert_string_equal(out, "<unknown line number>: internal compiler error: bad value 5 [lower of main.f]\n");
	assert_int_equal(child(ourbugaftererrors, out, sizeof out), 1);
	assert_string_equal(out, "something is wrong\n");
}

static bool verbose;
static int level, number = 7;
static const char *name = "default";

static void
flags_are_parsed_as_go_does(void **state)
{
	static const Flag flags[] = {
		{ "v", FLAG_BOOL, &verbose, NULL, "verbose" },
		{ "l", FLAG_COUNT, &level, NULL, "level" },
		{ "n", FLAG_INT, &number, "n", "number" },
		{ "o", FLAG_STRING, &name, "file", "output" },
	};
	char *argv[] = { "x", "-v", "--n=0x10", "-l", "-l", "-o", "-", "-v=false", "rest", "-v", NULL };

	(void)state;
	assert_int_equal(flag_parse("usage: x", flags, NELEM(flags), 10, argv), 8);
	assert_false(verbose);
	assert_int_equal(number, 16);
	assert_int_equal(level, 2);
	assert_string_equal(name, "-");
}

static void
files_are_mapped_with_a_nul_and_replaced_whole(void **state)
{
	static const size_t sizes[] = { 0, 1, 4095, 4096, 16384, 16385, 65536, 100000 };
	char path[] = "diag_test.XXXXXX";
	uint8_t *data = malloc(100000);
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	close(fd);
	memset(data, 'x', 100000);
	for (size_t i = 0; i < NELEM(sizes); i++) {
		Bytes b;

		file_replace(path, data, sizes[i], 0644);
		b = file_map(path);
		assert_int_equal(b.n, sizes[i]);
		assert_int_equal(b.p[b.n], 0);
		if (b.n > 0)
			assert_memory_equal(b.p, data, b.n);
		file_unmap(b);
	}
	assert_int_equal(unlink(path), 0);
	free(data);
}

static void
response_files_are_expanded(void **state)
{
	char path[] = "diag_test.XXXXXX";
	int fd = mkstemp(path);
	static const char text[] = "-o\na b\\nc\\\\\nlast\n";
	char *args[] = { "x", NULL, "end", NULL }, **argv = args;
	int argc = 3;

	(void)state;
	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
	close(fd);
	args[1] = arena_printf(perm, "@%s", path);
	flag_expand(&argc, &argv);
	unlink(path);
	assert_int_equal(argc, 5);
	assert_string_equal(argv[2], "a b\nc\\");
	assert_string_equal(argv[4], "end");
	assert_null(argv[5]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(positions_become_lines_and_columns),
		cmocka_unit_test(line_directives_renumber),
		cmocka_unit_test(trimpath_rewrites_absolute_names_only),
		cmocka_unit_test(messages_are_sorted_and_not_repeated),
		cmocka_unit_test(processes_end_as_documented),
		cmocka_unit_test(flags_are_parsed_as_go_does),
		cmocka_unit_test(files_are_mapped_with_a_nul_and_replaced_whole),
		cmocka_unit_test(response_files_are_expanded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
