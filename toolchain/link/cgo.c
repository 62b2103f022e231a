/*
 * cgo.c - what cgo asks of the linker: //go:cgo_... lines of Go packages, kept in their objects.
 *
 *	cgo_import_static NAME	the Go variable NAME stands for a symbol of C, from an object of the package or a library
 *	cgo_ldflag "FLAG"	from #cgo LDFLAGS and CGO_LDFLAGS: libraries and folders to look in
 *	cgo_export_static NAME	a function that C calls: kept in external links, where C's own references are not seen
 * The others (dynamic) ask for nothing in a static program.
 */
#include <unistd.h>

#include "link/link.h"

static Vec(const char *) dirs, libs;	/* -L; -l, .a and .o files in order */

/* Flags that a static link without an external linker does anyway, or that only tune it. */
static bool
harmless(const char *f)
{
	/* clang-format off */
	static const char *const whole[] = {
		"-static", "--static", "-pthread", "-rdynamic", "-g", "-O", "-s", "-v", "-no-pie", "-fno-pie", "-static-libgcc", "-Wl,-s", "-Wl,-E",
		"-Wl,-static", "-Wl,--static", "-Wl,-Bstatic", "-Wl,-Bdynamic", "-Wl,--start-group", "-Wl,--end-group", "-Wl,--as-needed",
		"-Wl,--no-as-needed", "-Wl,--gc-sections", "-Wl,--no-gc-sections", "-Wl,--export-dynamic", "-Wl,--no-undefined",
	};
	/* clang-format on */
	static const char *const prefix[] = { "-O", "-g",
		"-march=", "-mtune=", "-mcpu=", "-mabi=", "-mfpu=", "-mfloat-abi=", "-Wl,-O", "-Wl,-z,", "-Wl,-rpath",
		"-Wl,--hash-style=", "-Wl,--build-id" };

	for (size_t i = 0; i < NELEM(whole); i++)
		if (strcmp(f, whole[i]) == 0)
			return true;
	for (size_t i = 0; i < NELEM(prefix); i++)
		if (strncmp(f, prefix[i], strlen(prefix[i])) == 0)
			return true;
	return false;
}

static bool
endswith(const char *s, const char *suffix)
{
	size_t n = strlen(s), k = strlen(suffix);

	return n > k && strcmp(s + n - k, suffix) == 0;
}

/* *f is a flag that takes a word; true if that is the next flag, which then is *f. */
static bool
word(const char *const *flag, int n, int *i, const char *name, const char **f)
{
	if (strncmp(*f, name, strlen(name)) != 0)
		return false;
	*f += strlen(name);
	if (**f == '\0') {
		if (++*i == n)
			fatal("#cgo LDFLAGS: flag needs an argument: %s", name);
		*f = flag[*i];
	}
	return true;
}

void
cgo_flags(const char *const *flag, int n)
{
	for (int i = 0; i < n; i++) {
		const char *f = flag[i];

		if (word(flag, n, &i, "-L", &f))
			vec_push(l.a, &dirs, f);
		else if (word(flag, n, &i, "-l", &f))
			vec_push(l.a, &libs, arena_printf(l.a, "-l%s", f));
		else if (f[0] != '-' && (endswith(f, ".a") || endswith(f, ".o")))
			vec_push(l.a, &libs, f);
		else if (!harmless(f))
			link_error("link: the flag %s of #cgo LDFLAGS is not known to Slipway's own linker; "
				   "-ldflags=-linkmode=external lets the C compiler link",
			    f);
	}
}

/* The text in double quotes after the first blank, or the rest of the line. */
static const char *
argument(const char *line)
{
	const char *s = strchr(line, ' ');
	size_t n;

	if (s == NULL)
		return "";
	s++;
	n = strlen(s);
	if (n >= 2 && s[0] == '"' && s[n - 1] == '"')
		return arena_strndup(l.a, s + 1, n - 2);
	return arena_strndup(l.a, s, strcspn(s, " "));
}

static void
importstatic(const Input *in, const char *name)
{
	Sym *s = link_find(name);

	if (s != NULL)
		s->host = true;
	if (s == NULL || !sym_yields(s) || s->chunk == NULL || s->chunk->in != in)
		return;		/* C has defined it already */
	s->kind = SYM_UNDEF;
	s->chunk = NULL;
	s->meta = NULL;
	s->size = 0;
	s->flags = 0;
}

void
cgo_directives(const Input *in, const char *const *line, int n)
{
	Vec(const char *) flags = { 0 };

	for (int i = 0; i < n; i++) {
		if (strncmp(line[i], "cgo_import_static ", 18) == 0)
			importstatic(in, argument(line[i]));
		else if (strncmp(line[i], "cgo_export_static ", 18) == 0)
			vec_push(l.a, &l.exports, argument(line[i]));
		else if (strncmp(line[i], "cgo_ldflag ", 11) == 0)
			vec_push(l.a, &flags, argument(line[i]));
	}
	if (!l.external)
		cgo_flags(flags.at, flags.n);
	for (int i = 0; i < flags.n; i++)
		vec_push(l.a, &l.hostflags, flags.at[i]);
}

static const char *
findlibrary(const char *name)
{
	const char *path;

	for (int i = 0; i <= dirs.n; i++) {
		path = arena_printf(l.a, "%s/lib%s.a", i < dirs.n ? dirs.at[i] : l.libdir, name);
		if (access(path, R_OK) == 0)
			return path;
	}
	for (int i = 0; i < dirs.n; i++)
		if (access(arena_printf(l.a, "%s/lib%s.so", dirs.at[i], name), R_OK) == 0)
			link_error("link: lib%s in %s is a shared library; programs are static: lib%s.a is needed",
			    name, dirs.at[i], name);
	return NULL;
}

void
cgo_open(void)
{
	for (int i = 0; i < libs.n; i++) {
		const char *f = libs.at[i];

		if (endswith(f, ".o")) {
			load_object(f, file_map(f));
			continue;
		}
		if (strncmp(f, "-l", 2) == 0) {
			f = findlibrary(f + 2);
			if (f == NULL) {
				link_error("link: cannot find -l%s: no lib%s.a in %s%s", libs.at[i] + 2, libs.at[i] + 2,
				    l.libdir, dirs.n > 0 ? " or the folders of -L" : "");
				continue;
			}
		}
		library_open(f);
	}
}
