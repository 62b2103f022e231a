/*
 * cgoflags.c - flags for C compilers and the linker: #cgo lines in the comment before import "C", CGO_* variables, and which flags sources may ask for.
 *
 * A package that was downloaded must not make the compiler run its own programs (-fplugin=, -B, @file ...): so flags in #cgo lines are
 * compared with a list of harmless ones. What the user sets in the environment is not checked.
 * Source: go help c, go doc cmd/cgo, "Using cgo with the go command"; golang.org/s/invalidflag.
 */
#include <stdlib.h>

#include "driver/driver.h"

/* ---- the comments before import "C" ---- */

typedef struct {
	const char *p, *end;
	const char *doc, *docend;	/* comments that end on line docline, without a gap */
	int line, docline;
} Scan;

static void
comment(Scan *s)
{
	const char *at = s->p;
	int line = s->line;

	if (s->p[1] == '/') {
		while (s->p < s->end && *s->p != '\n')
			s->p++;
	} else {
		for (s->p += 2; s->p + 1 < s->end && !(s->p[0] == '*' && s->p[1] == '/'); s->p++)
			s->line += *s->p == '\n';
		s->p = s->p + 2 < s->end ? s->p + 2 : s->end;
	}
	if (s->doc == NULL || line > s->docline + 1)
		s->doc = at;
	s->docend = s->p;
	s->docline = s->line;
}

/* Up to the next token; comments passed are kept. */
static void
blanks(Scan *s)
{
	for (; s->p < s->end; s->p++) {
		while (s->p + 1 < s->end && *s->p == '/' && (s->p[1] == '/' || s->p[1] == '*')) {
			comment(s);
			if (s->p >= s->end)
				return;
		}
		if (*s->p == '\n')
			s->line++;
		else if (*s->p != ' ' && *s->p != '\t' && *s->p != '\r' && *s->p != ';')
			return;
	}
}

static bool
isword(int c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c >= 0x80;
}

static const char *
token(Scan *s, size_t *n)
{
	const char *at;

	blanks(s);
	at = s->p;
	if (at >= s->end) {
		*n = 0;
		return at;
	}
	if (*at == '"' || *at == '`') {
		for (s->p++; s->p < s->end && *s->p != *at && *s->p != '\n'; s->p++)
			;
		s->p += s->p < s->end;
	} else if (isword((unsigned char)*at)) {
		while (s->p < s->end && isword((unsigned char)*s->p))
			s->p++;
	} else {
		s->p++;
	}
	*n = (size_t)(s->p - at);
	return at;
}

static bool
is(const char *t, size_t n, const char *s)
{
	return n == strlen(s) && memcmp(t, s, n) == 0;
}

typedef struct {
	Pkg *p;
	const char *file, *err;		/* err: first one */
} Cgo;

static void directive(Cgo *c, const char *line);

/* Lines of a group of comments, without the marks. */
static void
directives(Cgo *c, const char *p, const char *end)
{
	bool block = false;

	while (p < end) {
		const char *e = memchr(p, '\n', (size_t)(end - p)), *q = p;
		size_t n;

		if (e == NULL)
			e = end;
		if (!block)
			while (q < e && (*q == ' ' || *q == '\t'))
				q++;
		if (!block && e - q >= 2 && q[0] == '/') {
			block = q[1] == '*';
			q += 2;
		}
		n = (size_t)(e - q);
		if (block) {
			const char *close = memmem(q, n, "*/", 2);

			if (close != NULL) {
				n = (size_t)(close - q);
				block = false;
			}
		}
		while (n > 0 && (*q == ' ' || *q == '\t'))
			q++, n--;
		while (n > 0 && (q[n - 1] == ' ' || q[n - 1] == '\t' || q[n - 1] == '\r'))
			n--;
		if (n >= 5 && memcmp(q, "#cgo", 4) == 0 && (q[4] == ' ' || q[4] == '\t'))
			directive(c, sub(q, n));
		p = e + 1;
	}
}

static void
spec(Cgo *c, Scan *s, const char *t, size_t n, const char *doc, const char *docend)
{
	if (*t != '"' && *t != '`')	/* a name for the package */
		t = token(s, &n);
	if ((is(t, n, "\"C\"") || is(t, n, "`C`")) && doc != NULL)
		directives(c, doc, docend);
}

const char *
cgo_scan(Pkg *p, const char *name)
{
	size_t n;
	const char *text = text_file(path_join(p->dir, name), &n), *t;
	Scan s = { .p = text, .end = text + n, .line = 1 };
	Cgo c = { .p = p, .file = path_join(p->dir, name) };

	if (text == NULL)
		return NULL;
	token(&s, &n);		/* package x */
	token(&s, &n);
	for (;;) {
		const char *doc, *docend;

		s.doc = NULL;
		t = token(&s, &n);
		if (!is(t, n, "import"))
			return c.err;
		doc = s.doc != NULL && s.docline >= s.line - 1 ? s.doc : NULL;
		docend = s.docend;
		t = token(&s, &n);
		if (!is(t, n, "(")) {
			spec(&c, &s, t, n, doc, docend);
			continue;
		}
		for (int k = 0;; k++) {
			bool own;

			s.doc = NULL;
			t = token(&s, &n);
			if (n == 0 || is(t, n, ")"))
				break;
			own = s.doc != NULL && s.docline >= s.line - 1;
			/* the comment of the whole declaration counts if there is nothing else in it */
			spec(&c, &s, t, n, own ? s.doc : k == 0 ? doc : NULL, own ? s.docend : docend);
		}
	}
}

/* ---- one line: #cgo [conditions] VERB: words ---- */

/* Alternatives of terms joined by commas, as in // +build; or an expression of //go:build. */
static bool
condition(const Pkg *p, const char *s)
{
	Strs terms = { 0 };

	if (strpbrk(s, "&|()") != NULL) {
		const char *err = NULL;

		return constraint_eval(s, p->std, &err) && err == NULL;
	}
	strs_split(&terms, s, ',');
	for (int i = 0; i < terms.n; i++) {
		const char *t = terms.at[i];
		bool not = t[0] == '!';

		if (tag_match(t + not, p->std) == not)
			return false;
	}
	return true;
}

/* Only what no shell or response file could take for something else. */
static bool
safename(const char *s)
{
	for (const unsigned char *p = (const unsigned char *)s; *p != 0; p++)
		if (*p < 0x80 && !isword(*p) && strchr("+-.,/=:$@%~^ ", *p) == NULL)
			return false;
	return *s != 0;
}

static const char *
expandsrcdir(const char *s, const char *dir)
{
	Buf b = { 0 };
	const char *r;

	for (const char *q; (q = strstr(s, "${SRCDIR}")) != NULL; s = q + 9) {
		buf_put(&b, s, (size_t)(q - s));
		buf_str(&b, dir);
	}
	buf_str(&b, s);
	r = intern_str(buf_cstr(&b));
	buf_free(&b);
	return r;
}

/* Folders of -I and -L are meant from where the source lies. */
static void
absolute(Strs *v, const char *dir)
{
	for (int i = 0; i < v->n; i++) {
		bool flag = hasprefix(v->at[i], "-I") || hasprefix(v->at[i], "-L");

		if (flag && v->at[i][2] != '\0' && v->at[i][2] != '/' && v->at[i][2] != '=' && v->at[i][2] != '$')
			v->at[i] = intern_printf("%.2s%s", v->at[i], path_join(dir, v->at[i] + 2));
		else if (flag && v->at[i][2] == '\0' && i + 1 < v->n && v->at[i + 1][0] != '/' &&
		    v->at[i + 1][0] != '=' && v->at[i + 1][0] != '$') {
			v->at[i + 1] = path_join(dir, v->at[i + 1]);
			i++;
		}
	}
}

static void
directive(Cgo *c, const char *line)
{
	const struct {
		const char *verb;
		Strs *to;
	} verbs[] = { { "CFLAGS", &c->p->cgocflags }, { "CPPFLAGS", &c->p->cgocppflags },
		{ "CXXFLAGS", &c->p->cgocxxflags }, { "FFLAGS", &c->p->cgofflags }, { "LDFLAGS", &c->p->cgoldflags },
		{ "pkg-config", &c->p->cgopkgconfig } };
	Strs words = { 0 }, args = { 0 };
	const char *colon = strchr(line, ':');
	bool ok = false;

	if (c->err != NULL)
		return;
	strs_fields(&words, line);
	if (words.n == 3 && (streq(words.at[1], "nocallback") || streq(words.at[1], "noescape")))
		return;		/* for cgo itself */
	words.n = 0;
	if (colon == NULL || (strs_fields(&words, sub(line + 4, (size_t)(colon - line - 4))), words.n == 0) ||
		!strs_shellwords(&args, colon + 1)) {
		c->err = intern_printf("%s: invalid #cgo line: %s", c->file, line);
		return;
	}
	for (int i = 0; i < words.n - 1; i++)
		ok = ok || condition(c->p, words.at[i]);
	if (words.n > 1 && !ok)
		return;
	for (int i = 0; i < args.n; i++) {
		const char *with = expandsrcdir(args.at[i], c->p->dir);

		if (!safename(with)) {
			c->err = intern_printf("%s: malformed #cgo argument: %s", c->file, args.at[i]);
			return;
		}
		args.at[i] = with;
	}
	for (size_t i = 0; i < NELEM(verbs); i++)
		if (streq(verbs[i].verb, words.at[words.n - 1])) {
			if (verbs[i].to != &c->p->cgopkgconfig)
				absolute(&args, c->p->dir);
			strs_append(verbs[i].to, &args);
			return;
		}
	c->err = intern_printf("%s: invalid #cgo verb: %s", c->file, line);
}

/* ---- what a source may ask for: extended regular expressions, each for a whole flag ---- */

static const char *const compilerflags[] = { "-(D[A-Za-z_][A-Za-z0-9_]*(=[^@-]*)?|U[A-Za-z_][A-Za-z0-9_]*)",
	"-[IF][^@-].*", "-O([^@-].*)?", "-W([^@,]+)?", "-Wa,-mbig-obj",
	"-Wp,-(D[A-Za-z_][A-Za-z0-9_]*(=[^@,-]*)?|U[A-Za-z_][A-Za-z0-9_]*)", "-ansi",
	"-f(no-)?(asynchronous-unwind-tables|blocks|common|constant-cfstrings|eliminate-unused-debug-types|exceptions|"
	"fast-math|fat-lto-objects"
	"|inline-functions|keep-inline-dllexport|lto|modules|objc-arc|objc-nonfragile-abi|objc-legacy-dispatch|omit-"
	"frame-pointer|openmp(-simd)?"
	"|permissive|pic|PIC|pie|PIE|plt|rtti|split-stack|stack-.+|strict-aliasing|use-linker-plugin|visibility-"
	"inlines-hidden)",
	"-fno-builtin-[A-Za-z0-9_]*", "-f(debug|file)-prefix-map=[^@]+=[^@]+", "-fdiagnostics-show-note-include-stack",
	"-fno-canonical-system-headers", "-finput-charset=[^@-].*", "-fmacro-backtrace-limit=.+", "-fmessage-length=.+",
	"-funsigned-char", "-fsanitize=.+", "-ftemplate-depth-.+", "-fvisibility=.+", "-g([^@-].*)?",
	"-m(32|64|arm|thumb|threads|windows|nop-fun-dllimport|thumb-interwork)",
	"-m(abi|arch|cpu|fpu|tune|float-abi)=[^@-].*",
	"-m(no-)?(v?aes|avx[0-9a-z.]*|ms-bitfields|stack-.+|sse[0-9.]*|ssse3)", "-mcmodel=[0-9a-z-]+",
	"-mfpmath=[0-9a-z,+]*",
	"-m(macosx-|ios-simulator-version-min=|iphoneos-version-min=|tvos-simulator-version-min=|tvos-version-min=).+",
	"-mwatchos-(simulator-)?version-min=.+", "-mlarge-data-threshold=[0-9]+", "-no-canonical-prefixes",
	"--param=ssp-buffer-size=[0-9]*", "-pedantic(-errors)?", "-pipe", "-pthread", "-?-std(lib)?=[^@-].*",
	"--sysroot=[^@-].*", "-w", "-x[^@-].*", "-v", NULL };
static const char *const compilernext[] = { "-arch", "-D", "-U", "-I", "-F", "-framework", "-include", "-isysroot",
	"-isystem", "--sysroot", "-target", "-x", NULL };
static const char *const linkerflags[] = { "-[FlL][^@-].*", "-O([^@-].*)?", "-f(no-)?(pic|PIC|pie|PIE|openmp(-simd)?)",
	"-fsanitize=[^@-].*", "-flat_namespace", "-g([^@-].*)?", "-headerpad_max_install_names",
	"-m(abi|arch|cpu|fpu|tune|float-abi)=[^@-].*", "-m(macosx-|ios-simulator-version-min=|iphoneos-version-min=).+",
	"-m(threads|windows)", "-(pic|PIC|pie|PIE)", "-pthread", "-rdynamic", "-shared", "-?-static[-a-z0-9+]*",
	"-?-stdlib=[^@-].*", "-v",
	/* -Wl, hands what follows to the linker and splits it at commas: no commas in what is free */
	"-Wl,--(no-)?(allow-multiple-definition|allow-shlib-undefined|as-needed|export-dynamic)",
	"-Wl,-B(dynamic|static|symbolic-functions)", "-Wl,-berok", "-Wl,-O[0-9]+", "-Wl,-d[ny]",
	"-Wl,--(disable|enable)-new-dtags", "-Wl,-e[=,][a-zA-Z0-9]+", "-Wl,--(start|end)-group", "-Wl,-E",
	"-Wl,-framework,[^,@-][^,]+", "-Wl,--hash-style=(sysv|gnu|both)", "-Wl,-headerpad_max_install_names",
	"-Wl,--no-undefined", "-Wl,-R,?[^@,-][^,@]*", "-Wl,--just-symbols[=,][^,@-][^,@]+",
	"-Wl,-rpath(-link)?[=,][^,@-][^,]+", "-Wl,-s", "-Wl,-search_paths_first",
	"-Wl,-sectcreate,[^,@-][^,]+,[^,@-][^,]+,[^,@-][^,]+", "-Wl,-?-static",
	"-Wl,-?-subsystem,(native|windows|console|posix|xbox)", "-Wl,-syslibroot[=,][^,@-][^,]+",
	"-Wl,-undefined[=,][^,@-][^,]+", "-Wl,-?-unresolved-symbols=[^,]+", "-Wl,--(no-)?warn-[^,]+",
	"-Wl,-?-wrap[=,][^,@-][^,]*", "-Wl(,-z,(relro|now|(no)?execstack))+",
	"[a-zA-Z0-9_/].*\\.(a|o|obj|dll|dylib|so|tbd)", "\\./.*\\.(a|o|obj|dll|dylib|so|tbd)", NULL };
static const char *const linkernext[] = { "-arch", "-F", "-l", "-L", "-framework", "-isysroot", "--sysroot", "-target",
	"-Wl,-framework", "-Wl,-rpath", "-Wl,-R", "-Wl,--just-symbols", "-Wl,-undefined", NULL };

static bool
matches(const char *re, const char *s)
{
	return regex_match(intern_printf("^(%s)$", re), s);
}

static bool
anymatch(const char *const *res, const char *s)
{
	for (; *res != NULL; res++)
		if (matches(*res, s))
			return true;
	return false;
}

/* A word that no program takes for a flag or a file of flags. */
static bool
plainword(const char *s)
{
	return isword((unsigned char)s[0]) || s[0] == '.' || s[0] == '/';
}

/* May the word after a flag stand there? */
static bool
nextok(const char *flag, const char *next)
{
	if (plainword(next))
		return true;
	if (hasprefix(flag, "-Wl,") && hasprefix(next, "-Wl,"))
		return plainword(next + 4) && strchr(next + 4, ',') == NULL;
	return streq(flag, "-I") && (next[0] == '=' || hasprefix(next, "$SYSROOT")) && plainword(next + 1);
}

/* NULL, or what is wrong. source: where the words stand, for the message. */
static const char *
check(const char *name, const char *source, const Strs *v, const char *const *valid, const char *const *withnext)
{
	const char *allow = env_get(intern_printf("CGO_%s_ALLOW", name)),
		   *deny = env_get(intern_printf("CGO_%s_DISALLOW", name));

	for (int i = 0; i < v->n; i++) {
		const char *f = v->at[i];
		int k = 0;

		if (deny[0] != '\0' && matches(deny, f))
			return intern_printf("invalid flag in %s: %s", source, f);
		if ((allow[0] != '\0' && matches(allow, f)) || (!streq(f, "-lto_library") && anymatch(valid, f)))
			continue;
		while (withnext[k] != NULL && !streq(withnext[k], f))
			k++;
		if (withnext[k] == NULL)
			return intern_printf("invalid flag in %s: %s", source, f);
		if (i + 1 == v->n)
			return intern_printf(
			    "invalid flag in %s: %s without argument (see https://golang.org/s/invalidflag)", source,
			    f);
		if (!nextok(f, v->at[++i]))
			return intern_printf("invalid flag in %s: %s %s (see https://golang.org/s/invalidflag)", source,
			    f, v->at[i]);
	}
	return NULL;
}

const char *
cgo_checkwords(const char *name, const char *source, const Strs *v)
{
	bool ld = streq(name, "LDFLAGS");

	return check(name, source, v, ld ? linkerflags : compilerflags, ld ? linkernext : compilernext);
}

const char *
cgo_checkflags(const Pkg *p)
{
	const struct {
		const char *name;
		const Strs *v;
	} lists[] = { { "CPPFLAGS", &p->cgocppflags }, { "CFLAGS", &p->cgocflags }, { "CXXFLAGS", &p->cgocxxflags },
		{ "FFLAGS", &p->cgofflags }, { "LDFLAGS", &p->cgoldflags } };
	const char *err = NULL;

	for (size_t i = 0; i < NELEM(lists) && err == NULL; i++)
		err = cgo_checkwords(lists[i].name, intern_printf("#cgo %s", lists[i].name), lists[i].v);
	return err;
}

Strs
cgo_envflags(const char *name, const Strs *more)
{
	Strs v = { 0 };

	if (!strs_quotedfields(&v, env_get(name)))
		go_fatal("%s: unterminated quote", name);
	if (more != NULL)
		strs_append(&v, more);
	return v;
}
