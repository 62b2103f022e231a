/* text_test.c - what the go command reads: constraints, heads of files, versions, go.mod, templates. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "driver/driver.h"

static int
setup(void **state)
{
	(void)state;
	cfg.goos = "linux";
	cfg.goarch = "amd64";
	cfg.cwd = "/work/here";
	return 0;
}

static bool
eval(const char *expr)
{
	const char *err;
	bool r = constraint_eval(expr, false, &err);

	assert_null(err);
	return r;
}

static void
build_expressions_follow_target_and_tags(void **state)
{
	(void)state;
	assert_true(eval("linux"));
	assert_true(eval("linux && amd64 && !windows"));
	assert_false(eval("linux && !amd64"));
	assert_true(eval("(windows || unix) && gc"));
	assert_true(eval("go1.1 && go1.23"));
	assert_false(eval("go1.24"));
	assert_false(eval("cgo"));
	assert_false(eval("purego"));
	assert_false(eval("ignore"));
	cfg.tags.n = 0;
	strs_add(&cfg.tags, "mine");
	assert_true(eval("mine"));
	cfg.tags.n = 0;
}

static void
std_has_tags_of_its_own(void **state)
{
	const char *err;

	(void)state;
	assert_true(constraint_eval("purego && math_big_pure_go", true, &err));
	assert_null(err);
}

static void
malformed_expressions_are_reported(void **state)
{
	static const char *const bad[] = { "", "&&", "a &&", "(a", "a b", "!!a", "a || || b", "a)" };
	const char *err;

	(void)state;
	for (size_t i = 0; i < NELEM(bad); i++) {
		constraint_eval(bad[i], false, &err);
		assert_non_null(err);
	}
}

static void
deep_expressions_end_in_an_error(void **state)
{
	static char deep[200001];
	const char *err;

	(void)state;
	memset(deep, '(', sizeof deep - 1);
	constraint_eval(deep, false, &err);
	assert_non_null(err);
}

static void
file_names_carry_targets(void **state)
{
	(void)state;
	assert_true(filename_match("a.go"));
	assert_true(filename_match("linux.go"));
	assert_true(filename_match("a_linux.go"));
	assert_true(filename_match("a_linux_amd64.go"));
	assert_true(filename_match("a_linux_test.go"));
	assert_true(filename_match("a_foo.go"));
	assert_true(filename_match("windows_foo.go"));
	assert_false(filename_match("a_windows.go"));
	assert_false(filename_match("a_arm64.s"));
	assert_false(filename_match("a_linux_arm64_test.go"));
	assert_false(filename_match("a_windows_amd64.go"));
}

static void
scan(SrcInfo *s, const char *text)
{
	memset(s, 0, sizeof *s);
	source_scan(s, (const uint8_t *)text, strlen(text), true);
}

static void
heads_of_files_are_read(void **state)
{
	SrcInfo s;

	(void)state;
	scan(&s,
	    "// Copyright\n\n//go:build a && b\n\n/* Package p is here. More. */\npackage p // import \"x/p\"\n"
	    "import \"fmt\"\nimport (\n\tm \"math\"; . `os`\n\t_ \"embed\"\n)\n//go:embed a \"b c\" `d`\nvar x = "
	    "`\n//go:embed no\n`\n");
	assert_string_equal(s.err, "");
	assert_string_equal(s.pkg, "p");
	assert_string_equal(s.constraint, "a && b");
	assert_string_equal(s.doc, "Package p is here.");
	assert_string_equal(s.importcomment, "x/p");
	assert_int_equal(s.imports.n, 4);
	assert_string_equal(s.imports.at[1].path, "math");
	assert_int_equal(s.imports.at[1].line, 9);
	assert_int_equal(s.imports.at[1].col, 2);
	assert_int_equal(s.embeds.n, 3);
	assert_string_equal(s.embeds.at[1].path, "b c");
}

static void
broken_heads_say_where(void **state)
{
	SrcInfo s;

	(void)state;
	scan(&s, "");
	assert_string_equal(s.err, "1:1: expected 'package', found 'EOF'");
	scan(&s, "pckage x\n");
	assert_string_equal(s.err, "1:1: expected 'package', found pckage");
	scan(&s, "package x\nimport y\n");
	assert_string_equal(s.err, "2:9: missing import path");
	scan(&s, "package x\nimport (\n\"a\"\n");
	assert_true(s.bad);
	scan(&s, "/* never closed");
	assert_true(s.bad);
	scan(&s, "package x\nimport \"abc\n");
	assert_true(s.bad);
}

static void
versions_are_ordered(void **state)
{
	static const char *const semver[] = { "v0.0.0-20200101000000-abcdef", "v0.1.0", "v1.0.0-alpha",
		"v1.0.0-alpha.1", "v1.0.0-alpha.beta", "v1.0.0-beta.2", "v1.0.0-beta.11", "v1.0.0-rc.1", "v1.0.0",
		"v1.2.0", "v1.10.0", "v2.0.0+incompatible" };
	static const char *const gover[] = { "1.4", "1.20rc1", "1.20", "1.20.1", "1.21", "1.21rc2", "1.21.0", "1.21.5",
		"1.22", "1.23.5" };

	(void)state;
	for (int i = 0; i < (int)NELEM(semver); i++)
		for (int j = 0; j < (int)NELEM(semver); j++)
			assert_int_equal(semver_cmp(semver[i], semver[j]) < 0 ? -1 :
										semver_cmp(semver[i], semver[j]) > 0,
			    i < j ? -1 : i > j);
	for (int i = 0; i < (int)NELEM(gover); i++)
		for (int j = 0; j < (int)NELEM(gover); j++)
			assert_int_equal(gover_cmp(gover[i], gover[j]), i < j ? -1 : i > j);
	assert_false(semver_valid("1.2.3"));
	assert_false(semver_valid("v1.02.3"));
	assert_string_equal(gover_lang("1.21.3"), "1.21");
}

static void
module_paths(void **state)
{
	(void)state;
	assert_string_equal(mod_escape("github.com/Azure/x"), "github.com/!azure/x");
	assert_string_equal(mod_pathmajor("a.b/c/v2"), "/v2");
	assert_string_equal(mod_pathmajor("gopkg.in/yaml.v3"), ".v3");
	assert_string_equal(mod_pathmajor("a.b/c/v1"), "");
	assert_null(mod_checkpath("example.com/x_y-z/v2"));
	assert_non_null(mod_checkpath("a//b"));
	assert_non_null(mod_checkpath("a b"));
}

static void
go_mod_is_read(void **state)
{
	const char *err;
	Modfile *f = modfile_parse("/work/here/go.mod",
	    "// head\nmodule \"a.b/c\" // x\n\ngo 1.21\nrequire x.y/z v1.2.3\nrequire (\n\tp.q/r/v2 v2.0.0 // "
	    "indirect\n)\n"
	    "replace p.q/r/v2 v2.0.0 => ../local\nexclude x.y/z v1.0.0\nretract [v1.0.0, v1.1.0]\n",
	    false, &err);

	(void)state;
	assert_null(err);
	assert_string_equal(f->module, "a.b/c");
	assert_int_equal(f->require.n, 2);
	assert_true(f->require.at[1].indirect);
	assert_string_equal(f->replace.at[0].new.path, "../local");
	f = modfile_parse("/work/here/go.mod", "module a\ngo 1.x\nfoo bar\nrequire a v2.0.0\n", false, &err);
	assert_null(f);
	assert_string_equal(err,
	    "go.mod:2: invalid go version '1.x': must match format 1.23.0\ngo.mod:3: unknown directive: foo\n"
		"go.mod:4: require a: version \"v2.0.0\" invalid: should be v0 or v1, not v2");
}

static const char *
render(const char *text, Value *v)
{
	Buf b = { 0 };
	const char *s;

	template_run(template_parse(text), v, &b);
	s = intern_str(buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void
templates(void **state)
{
	Value *v = val_struct(), *m = val_struct();
	Strs l = { 0 };

	(void)state;
	strs_add(&l, "x");
	strs_add(&l, "y");
	val_set(v, "Name", val_str("main"), false);
	val_set(v, "L", val_strs(&l), false);
	val_set(v, "B", val_bool(true), false);
	val_set(m, "Path", val_str("p"), false);
	val_set(v, "M", m, false);
	assert_string_equal(render("{{.Name}} {{.L}} {{.M.Path}}", v), "main [x y] p");
	assert_string_equal(render("{{range $i, $x := .L}}{{$i}}{{$x}} {{else}}none{{end}}", v), "0x 1y ");
	assert_string_equal(render("{{if not .B}}a{{else if eq .Name \"main\" \"x\"}}b{{else}}c{{end}}", v), "b");
	assert_string_equal(render("a {{- /* c */ -}} b", v), "ab");
	assert_string_equal(render("{{with .M}}{{.Path}}{{end}}{{len .L}}{{index .L 1}}{{join .L \"+\"}}", v),
	    "p2yx+y");
	assert_string_equal(render("{{printf \"%q|%-5s|%v\" .Name .Name .B}}", v), "\"main\"|main |true");
	assert_string_equal(
	    render("{{(index .L 0) | printf \"<%s>\"}}{{$n := .Name}}{{range .L}}{{$n}}{{break}}{{end}}", v),
	    "<x>main");
	assert_string_equal(render("{{and .B .Name}} {{or \"\" .Name}} {{lt 1 2}}", v), "main main true");
}

static void
patterns_match_like_globs_with_dots(void **state)
{
	(void)state;
	assert_true(pattern_match("a/...", "a"));
	assert_true(pattern_match("a/...", "a/b/c"));
	assert_false(pattern_match("a/...", "ab"));
	assert_true(pattern_match("a...c", "abbc"));
	assert_true(pattern_match(".../x", "a/b/x"));
	assert_false(pattern_match("a", "b"));
}

static void
short_paths(void **state)
{
	(void)state;
	assert_string_equal(shortpath("/work/here"), ".");
	assert_string_equal(shortpath("/work/here/a/b.go"), "a/b.go");
	assert_string_equal(shortpath("/work/other/b.go"), "../other/b.go");
	assert_string_equal(shortpath("/x"), "/x");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(build_expressions_follow_target_and_tags),
		cmocka_unit_test(std_has_tags_of_its_own),
		cmocka_unit_test(malformed_expressions_are_reported),
		cmocka_unit_test(deep_expressions_end_in_an_error),
		cmocka_unit_test(file_names_carry_targets),
		cmocka_unit_test(heads_of_files_are_read),
		cmocka_unit_test(broken_heads_say_where),
		cmocka_unit_test(versions_are_ordered),
		cmocka_unit_test(module_paths),
		cmocka_unit_test(go_mod_is_read),
		cmocka_unit_test(templates),
		cmocka_unit_test(patterns_match_like_globs_with_dots),
		cmocka_unit_test(short_paths),
	};

	diag_init("driver_test");
	return cmocka_run_group_tests(tests, setup, NULL);
}
