/*
 * pkgconfig.c - flags of libraries named in #cgo pkg-config lines: by the program pkg-config, or, where there is none, by reading the .pc files.
 *
 * Programs are static, so what a library needs itself (Requires.private, Libs.private) always counts: pkg-config is told --static. The
 * reader knows all that .pc files usually have but comparisons of versions, which it passes over.
 * Source: pc(5), pkg-config(1).
 */
#include <stdlib.h>
#include <sys/wait.h>

#include "driver/driver.h"

typedef struct {
	bool libs;		/* Libs, or else Cflags */
	Strs dirs;		/* where .pc files are */
	Strs seen;
	Strs *out;
	const char *err;	/* the first one */
} Search;

typedef struct {
	const char *path;
	Strs keys, values;	/* variables and fields; the key of a field ends with a colon */
} PcFile;

static const char *
lookup(const PcFile *f, const char *key)
{
	for (int i = 0; i < f->keys.n; i++)
		if (streq(f->keys.at[i], key))
			return f->values.at[i];
	return NULL;
}

/* text with values instead of ${variables}. */
static const char *
expand(Search *s, const PcFile *f, const char *text)
{
	Buf b = { 0 };
	const char *r;

	for (const char *p = text; *p != '\0'; p++) {
		const char *end = hasprefix(p, "${") ? strchr(p, '}') : NULL;

		if (end != NULL) {
			const char *name = sub(p + 2, (size_t)(end - p - 2)), *v = lookup(f, name);

			if (v == NULL && s->err == NULL)
				s->err = intern_printf("%s: variable %s is not defined", f->path, name);
			buf_str(&b, v != NULL ? v : "");
			p = end;
		} else {
			p += hasprefix(p, "$$");
			buf_byte(&b, (uint8_t)*p);
		}
	}
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

/* One line: key=value or Key: value. */
static void
parseline(Search *s, PcFile *f, const char *line)
{
	size_t key = strcspn(line, "=: \t#"), sep = key + strspn(line + key, " \t"), from, n;

	if (key == 0 || (line[sep] != '=' && line[sep] != ':'))
		return;
	from = sep + 1 + strspn(line + sep + 1, " \t");
	for (n = strcspn(line + from, "#"); n > 0 && strchr(" \t\r", line[from + n - 1]) != NULL; n--)
		;
	strs_add(&f->keys, intern_printf("%.*s%s", (int)key, line, line[sep] == ':' ? ":" : ""));
	strs_add(&f->values, expand(s, f, sub(line + from, n)));
}

static void
parse(Search *s, PcFile *f, const char *text)
{
	Buf b = { 0 };
	Strs lines = { 0 };

	for (; *text != '\0'; text++)
		if (hasprefix(text, "\\\n"))
			text++;
		else
			buf_byte(&b, (uint8_t)*text);
	strs_split(&lines, buf_cstr(&b), '\n');
	buf_free(&b);
	strs_add(&f->keys, "pcfiledir");
	strs_add(&f->values, path_dir(f->path));
	for (int i = 0; i < lines.n; i++)
		parseline(s, f, lines.at[i]);
}

static void package(Search *s, const char *name, int depth);

/* Packages of a Requires field: names, commas, and versions behind operators. */
static void
	requires(Search *s, const char *list, int depth)
{
	while (list != NULL && *list != '\0') {
		size_t n = strcspn(list, ", \t<>=!");

		if (n > 0)
			package(s, sub(list, n), depth);
		list += n;
		n = strspn(list, "<>=!");
		if (n > 0) {
			list += n;
			list += strspn(list, " \t");
			list += strcspn(list, ", \t");
		}
		list += strspn(list, ", \t");
	}
}

/* Flags of a package and then of those that it requires, each once. */
static void
package(Search *s, const char *name, int depth)
{
	PcFile f = { 0 };
	const char *text = NULL, *v;
	const char *own[] = { s->libs ? "Libs:" : "Cflags:", s->libs ? "Libs.private:" : "Cflags.private:" };

	if (depth > 100 || strs_has(&s->seen, name))
		return;
	strs_add(&s->seen, name);
	for (int i = 0; i < s->dirs.n && text == NULL; i++) {
		f.path = path_join(s->dirs.at[i], intern_printf("%s.pc", name));
		text = s->dirs.at[i][0] != '\0' ? text_file(f.path, NULL) : NULL;
	}
	if (text == NULL) {
		if (s->err == NULL)
			s->err = intern_printf(
			    "package %s was not found: there is no %s.pc in %s (PKG_CONFIG_PATH names more folders)",
			    name, name, strs_join(&s->dirs, ":"));
		return;
	}
	parse(s, &f, text);
	for (size_t i = 0; i < NELEM(own); i++)
		if ((v = lookup(&f, own[i])) != NULL && !strs_shellwords(s->out, v) && s->err == NULL)
			s->err = intern_printf("%s: a quote is open at the end of %s", f.path, own[i]);
	requires(s, lookup(&f, "Requires:"), depth + 1);
	requires(s, lookup(&f, "Requires.private:"), depth + 1);
}

/* NULL, or what is wrong. */
static const char *
readflags(const Strs *names, const char *libdir, bool libs, Strs *out)
{
	Search s = { .libs = libs, .out = out };
	const char *more = getenv("PKG_CONFIG_PATH");

	if (more != NULL)
		strs_split(&s.dirs, more, ':');
	strs_split(&s.dirs, libdir, ':');
	for (int i = 0; i < names->n; i++)
		package(&s, names->at[i], 0);
	return s.err;
}

/* The same by the program. */
static const char *
runprogram(const Strs *argv, const char *libdir, Strs *out)
{
	Strs env = { 0 };
	const char *text;
	size_t n;
	Job *j;

	strs_add(&env, intern_printf("PKG_CONFIG_LIBDIR=%s", libdir));
	j = job_start(argv, NULL, &env, NULL);
	while (job_wait() != j)
		;
	text = job_output(j, &n);
	if (j->status != 0)
		return n > 0 ? sub(text, n - (text[n - 1] == '\n')) : job_status(j->status);
	return strs_shellwords(out, sub(text, n)) ? NULL : "a quote is open at the end of its output";
}

const char *
pkgconfig_flags(const Pkg *p, bool libs, Strs *out)
{
	Strs argv = { 0 }, names = { 0 }, got = { 0 };
	const char *what = libs ? "--libs" : "--cflags", *libdir = getenv("PKG_CONFIG_LIBDIR"), *err;

	/* nothing of this machine's own, unless the user says where to look */
	if (libdir == NULL)
		libdir = intern_printf("%s/lib/%s_%s/pkgconfig", cfg.goroot, cfg.goos, cfg.goarch);
	if (!strs_quotedfields(&argv, env_get("PKG_CONFIG")) || argv.n == 0)
		go_fatal("PKG_CONFIG: unterminated quote");
	strs_add(&argv, what);
	strs_add(&argv, "--static");
	for (int i = 0; i < p->cgopkgconfig.n; i++) {
		const char *word = p->cgopkgconfig.at[i];

		if (word[0] == '-' && !hasprefix(word, "--"))
			return intern_printf("invalid pkg-config package name: %s", word);
		strs_add(hasprefix(word, "--") ? &argv : &names, word);
	}
	strs_add(&argv, "--");
	strs_append(&argv, &names);
	if (cfg.n || cfg.x)
		build_show(NULL, &argv, "");
	if (cc_find(argv.at[0]) != NULL)
		err = runprogram(&argv, libdir, &got);
	else if (streq(argv.at[0], "pkg-config"))
		err = readflags(&names, libdir, libs, &got);
	else
		err = intern_printf("exec: %s: executable file not found in $PATH", goquoted(argv.at[0]));
	if (err != NULL)
		return intern_printf("[%s]\n%s", strs_join(&argv, " "), err);
	strs_append(out, &got);
	return cgo_checkwords(libs ? "LDFLAGS" : "CFLAGS", intern_printf("pkg-config %s", what), &got);
}
