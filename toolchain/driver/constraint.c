/*
 * constraint.c - which files belong to a build: //go:build expressions, names with GOOS and GOARCH, tags.
 *
 * The standard library is compiled with the tags purego and math_big_pure_go besides (see design: std tags); these are
 * never true for anything else.
 * Source: go help buildconstraint; the older // +build lines: documentation of go/build/constraint.
 */
#include <stdlib.h>

#include "driver/driver.h"

static const char oses[] =
    " aix android darwin dragonfly freebsd hurd illumos ios js linux nacl netbsd openbsd plan9 solaris "
			   "wasip1 windows zos ";
static const char unixes[] = " aix android darwin dragonfly freebsd hurd illumos ios linux netbsd openbsd solaris ";
static const char arches[] =
    " 386 amd64 amd64p32 arm armbe arm64 arm64be loong64 mips mipsle mips64 mips64le mips64p32 "
			     "mips64p32le ppc ppc64 ppc64le riscv riscv64 s390 s390x sparc sparc64 wasm ";
static const char pairs[] =
    " aix/ppc64 android/386 android/amd64 android/arm android/arm64 darwin/amd64 darwin/arm64 "
			    "dragonfly/amd64 freebsd/386 freebsd/amd64 freebsd/arm freebsd/arm64 freebsd/riscv64 illumos/amd64 "
			    "ios/amd64 ios/arm64 js/wasm linux/386 linux/amd64 linux/arm linux/arm64 linux/loong64 linux/mips "
			    "linux/mips64 linux/mips64le linux/mipsle linux/ppc64 linux/ppc64le linux/riscv64 linux/s390x "
			    "netbsd/386 netbsd/amd64 netbsd/arm netbsd/arm64 openbsd/386 openbsd/amd64 openbsd/arm "
			    "openbsd/arm64 openbsd/ppc64 openbsd/riscv64 plan9/386 plan9/amd64 plan9/arm solaris/amd64 "
			    "wasip1/wasm windows/386 windows/amd64 windows/arm windows/arm64 ";
/* Ports whose failures hold up a release of Go. Source: go.dev/wiki/PortingPolicy */
static const char firstclass[] =
    " darwin/amd64 darwin/arm64 linux/386 linux/amd64 linux/arm linux/arm64 windows/386 windows/amd64 ";

static bool
inlist(const char *list, const char *s, size_t n)
{
	if (n == 0 || n > 40)
		return false;
	for (const char *p = list; (p = strchr(p, ' ')) != NULL; p++)
		if (strncmp(p + 1, s, n) == 0 && p[1 + n] == ' ')
			return true;
	return false;
}

bool
known_os(const char *s)
{
	return inlist(oses, s, strlen(s));
}

bool
known_arch(const char *s)
{
	return inlist(arches, s, strlen(s));
}

bool
supported_pair(const char *os, const char *arch)
{
	const char *s = intern_printf("%s/%s", os, arch);

	return inlist(pairs, s, strlen(s));
}

bool
firstclass_pair(const char *pair)
{
	return inlist(firstclass, pair, strlen(pair));
}

static bool
osmatch(const char *s, size_t n)
{
	if (strlen(cfg.goos) == n && memcmp(s, cfg.goos, n) == 0)
		return true;
	return (n == 5 && memcmp(s, "linux", 5) == 0 && streq(cfg.goos, "android")) ||
	       (n == 7 && memcmp(s, "solaris", 7) == 0 && streq(cfg.goos, "illumos")) ||
	       (n == 6 && memcmp(s, "darwin", 6) == 0 && streq(cfg.goos, "ios"));
}

bool
tag_match(const char *tag, bool std)
{
	size_t n = strlen(tag);
	const char *v;

	if (osmatch(tag, n) || streq(tag, cfg.goarch))
		return true;
	if (streq(tag, "cgo"))
		return cfg.cgo;
	if (streq(tag, "gc"))
		return true;
	if (streq(tag, "unix"))
		return inlist(unixes, cfg.goos, strlen(cfg.goos));
	if (streq(tag, "boringcrypto"))
		tag = "goexperiment.boringcrypto";
	v = cutprefix(tag, "go1.");
	if (v != NULL && *v >= '1' && *v <= '9') {
		char *end;
		long minor = strtol(v, &end, 10);

		if (*end == '\0')
			return minor <= GOLANG_MINOR;
	}
	/* experiments that are on for everybody in 1.23; regabi is what our calling convention is */
	v = cutprefix(tag, "goexperiment.");
	if (v != NULL)
		return streq(v, "regabiwrappers") || streq(v, "regabiargs") || streq(v, "coverageredesign");
	if (std && (streq(tag, "purego") || streq(tag, "math_big_pure_go")))
		return true;
	if (cfg.race && streq(tag, "race"))
		return true;
	if (cfg.msan && streq(tag, "msan"))
		return true;
	if (cfg.asan && streq(tag, "asan"))
		return true;
	v = strchr(tag, '.');
	if (v != NULL) {	/* amd64.v1 ... amd64.vN */
		const char *name, *level = env_archlevel(&name);
		size_t m = strlen(cfg.goarch);

		if (level != NULL && level[0] == 'v' && strncmp(tag, cfg.goarch, m) == 0 && tag[m] == '.' &&
		    tag[m + 1] == 'v')
			return atoi(tag + m + 2) >= 1 && atoi(tag + m + 2) <= atoi(level + 1);
		if (level != NULL && strncmp(tag, cfg.goarch, m) == 0 && tag[m] == '.')
			return streq(tag + m + 1, level);
	}
	return strs_has(&cfg.tags, tag);
}

/* ---- expressions: ! && || ( ) and tags ---- */

typedef struct {
	const char *p;
	const char *err;
	bool std;
	int depth;
} Eval;

static bool eval_or(Eval *e);

static void
skipspace(Eval *e)
{
	while (*e->p == ' ' || *e->p == '\t')
		e->p++;
}

static bool
eval_atom(Eval *e)
{
	const char *start;
	bool r;

	skipspace(e);
	if (++e->depth > 1000)
		e->err = "build expression too large";
	if (e->err != NULL)
		return false;
	if (*e->p == '!') {
		e->p++;
		skipspace(e);
		if (*e->p == '!')
			e->err = "double negation not allowed";
		r = !eval_atom(e);
		e->depth--;
		return r;
	}
	if (*e->p == '(') {
		e->p++;
		r = eval_or(e);
		skipspace(e);
		if (*e->p != ')' && e->err == NULL)
			e->err = "missing close paren";
		if (*e->p == ')')
			e->p++;
		e->depth--;
		return r;
	}
	start = e->p;
	for (;;) {
		uint32_t r1;
		int k;

		if (*e->p == '\0')
			break;
		k = utf8_decode((const uint8_t *)e->p, strlen(e->p), &r1);
		if (!utf8_isletter(r1) && !utf8_isdigit(r1) && r1 != '_' && r1 != '.')
			break;
		e->p += k;
	}
	if (start == e->p) {
		e->err = *e->p == '\0' ? "unexpected end of expression" : intern_printf("unexpected token %c", *e->p);
		return false;
	}
	e->depth--;
	return tag_match(sub(start, (size_t)(e->p - start)), e->std);
}

static bool
eval_and(Eval *e)
{
	bool r = eval_atom(e);

	for (;;) {
		skipspace(e);
		if (e->err != NULL || e->p[0] != '&' || e->p[1] != '&')
			return r;
		e->p += 2;
		if (!eval_atom(e))
			r = false;
	}
}

static bool
eval_or(Eval *e)
{
	bool r = eval_and(e);

	for (;;) {
		skipspace(e);
		if (e->err != NULL || e->p[0] != '|' || e->p[1] != '|')
			return r;
		e->p += 2;
		if (eval_and(e))
			r = true;
	}
}

bool
constraint_eval(const char *expr, bool std, const char **err)
{
	Eval e = { .p = expr, .std = std };
	bool r = eval_or(&e);

	skipspace(&e);
	if (e.err == NULL && *e.p != '\0')
		e.err = intern_printf("unexpected token %c", *e.p);
	*err = e.err;
	return e.err == NULL && r;
}

/* ---- the older form: // +build a,!b c ---- */

enum { PLUSMAX = 100 };	/* operators of a line; one with more counts for nothing, as in go/build */

static bool
isblank1(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\v' || c == '\f';
}

static bool
isvalidtag(const char *s, size_t n)
{
	for (size_t i = 0; i < n;) {
		uint32_t r;

		i += (size_t)utf8_decode((const uint8_t *)s + i, n - i, &r);
		if (!utf8_isletter(r) && !utf8_isdigit(r) && r != '_' && r != '.')
			return false;
	}
	return n > 0;
}

/* One term, "tag" or "!tag". What is neither is the tag ignore, which nobody sets. */
static void
put_term(Buf *b, const char *s, size_t n)
{
	bool negated = n > 1 && s[0] == '!' && s[1] != '!';

	if (negated) {
		buf_byte(b, '!');
		s++;
		n--;
	}
	if (isvalidtag(s, n))
		buf_put(b, s, n);
	else
		buf_str(b, "ignore");
}

/* Words are alternatives, terms between commas must all hold. False: too many. */
static bool
put_plusbuild(Buf *b, const char *s, const char *end)
{
	int operators = 0;

	for (const char *first = s; s < end; first = NULL) {
		const char *e = s;

		if (first == NULL) {
			buf_str(b, " || ");
			operators++;
		}
		while (e < end && !isblank1(*e) && *e != ',')
			e++;
		put_term(b, s, (size_t)(e - s));
		for (s = e; s < end && *s == ','; s = e) {
			for (e = ++s; e < end && !isblank1(*e) && *e != ',';)
				e++;
			buf_str(b, " && ");
			operators++;
			put_term(b, s, (size_t)(e - s));
		}
		while (s < end && isblank1(*s))
			s++;
	}
	return operators <= PLUSMAX;
}

const char *
constraint_plusbuild(const char *line, size_t n)
{
	const char *s = line + 2, *end = line + n, *r;
	Buf b = { 0 };

	while (s < end && isblank1(*s))
		s++;
	if (end - s < 6 || memcmp(s, "+build", 6) != 0 || (end - s > 6 && !isblank1(s[6])))
		return NULL;
	for (s += 6; s < end && isblank1(*s);)
		s++;
	if (s == end)
		buf_str(&b, "ignore");
	r = put_plusbuild(&b, s, end) ? intern_str(buf_cstr(&b)) : NULL;
	buf_free(&b);
	return r;
}

/* name_$(GOOS).*, name_$(GOARCH).*, name_$(GOOS)_$(GOARCH).*, each with _test before the dot or not. The part before the first _ never counts. */
bool
filename_match(const char *name)
{
	const char *dot = strchr(name, '.'), *end = dot != NULL ? dot : name + strlen(name),
		   *first = memchr(name, '_', (size_t)(end - name));
	const char *last, *prev;
	size_t n;

	if (first == NULL)
		return true;
	if (end - first >= 5 && memcmp(end - 5, "_test", 5) == 0)
		end -= 5;
	if (end <= first)
		return true;
	for (last = end; last > first && last[-1] != '_'; last--)
		;
	if (last <= first)
		return true;
	n = (size_t)(end - last);
	for (prev = last - 1; prev > first && prev[-1] != '_'; prev--)
		;
	if (prev > first && inlist(oses, prev, (size_t)(last - 1 - prev)) && inlist(arches, last, n))
		return osmatch(prev, (size_t)(last - 1 - prev)) && strlen(cfg.goarch) == n &&
		    memcmp(last, cfg.goarch, n) == 0;
	if (inlist(oses, last, n))
		return osmatch(last, n);
	if (inlist(arches, last, n))
		return strlen(cfg.goarch) == n && memcmp(last, cfg.goarch, n) == 0;
	return true;
}
